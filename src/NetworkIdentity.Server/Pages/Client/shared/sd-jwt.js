// Selective disclosure: what a credential says, what of it is shown, and the proof of who shows it [RFC9901].
import { fromBase64Url, fromUtf8, sha256, toBase64Url, utf8 } from "./bytes.js";
import { readJws, signJws } from "./jose.js";

const DEEPEST = 64;

/**
 * @typedef {object} Disclosure
 * @property {string} text as it stands between the tildes
 * @property {string} salt
 * @property {string | undefined} name undefined for an array's element
 * @property {unknown} value
 * @property {string} digest
 * @property {(string | number)[]} [path] where its claim stands, once processed
 */

/**
 * Reads an SD-JWT, with or without key binding [RFC9901 §4]; nothing is verified yet. Throws a SyntaxError.
 * @returns {Promise<{ jwt: string, jws: ReturnType<typeof readJws>, disclosures: Disclosure[], kbJwt: string | null }>}
 */
export async function readSdJwt(text) {
  const [jwt, ...rest] = String(text).split("~");
  if (rest.length === 0) throw new SyntaxError("not an SD-JWT: it has no tilde");
  const kbJwt = rest.pop();
  return { jwt, jws: readJws(jwt), disclosures: await Promise.all(rest.map(readDisclosure)), kbJwt: kbJwt === "" ? null : kbJwt };
}

async function readDisclosure(text) {
  const parts = JSON.parse(fromUtf8(fromBase64Url(text)));
  const fits = Array.isArray(parts) && (parts.length === 2 || (parts.length === 3 && typeof parts[1] === "string")) && typeof parts[0] === "string";
  if (!fits) throw new SyntaxError("not a disclosure");
  const name = parts.length === 3 ? parts[1] : undefined;
  return { text, salt: parts[0], name, value: parts.at(-1), digest: await digestOf(text) };
}

/** The digest of a text, as SD-JWT takes it [RFC9901 §4.2.3]. */
export const digestOf = async (text) => toBase64Url(await sha256(text));

/**
 * Puts the disclosures where their digests stand [RFC9901 §7.1, steps 2.5 to 5]. Throws a SyntaxError at whatever is not as it must be.
 * @param {Awaited<ReturnType<typeof readSdJwt>>} sdJwt
 * @returns {{ claims: object, disclosures: Disclosure[] }} the claims without digests; the disclosures, each with its path
 */
export function processSdJwt({ jws, disclosures }) {
  const { _sd_alg: hash = "sha-256", ...payload } = jws.claims;
  if (hash !== "sha-256") throw new SyntaxError("_sd_alg must be sha-256");
  const byDigest = new Map(disclosures.map((disclosure) => [disclosure.digest, disclosure]));
  if (byDigest.size !== disclosures.length) throw new SyntaxError("a disclosure stands twice");
  const seen = new Set();
  const placed = [];

  const find = (digest, path, isElement) => {
    if (typeof digest !== "string") throw new SyntaxError("a digest must be a string");
    if (seen.has(digest)) throw new SyntaxError("a digest stands twice");
    seen.add(digest);
    const disclosure = byDigest.get(digest);
    if (!disclosure) return null;
    if ((disclosure.name === undefined) !== isElement) throw new SyntaxError("a disclosure stands where it does not belong");
    if (!isElement) refuseReserved(disclosure.name);
    const found = { ...disclosure, path: isElement ? path : [...path, disclosure.name] };
    placed.push(found);
    return found;
  };

  const value = (given, path) => {
    if (given === null || typeof given !== "object") return given;
    if (path.length > DEEPEST) throw new SyntaxError("nested too deep");
    return Array.isArray(given) ? array(given, path) : object(given, path);
  };

  // Claims are gathered in a Map, so that no name of one means anything to JavaScript.
  const object = ({ _sd: digests = [], ...members }, path) => {
    const claims = new Map();
    for (const [name, member] of Object.entries(members)) {
      refuseReserved(name);
      claims.set(name, value(member, [...path, name]));
    }
    if (!Array.isArray(digests)) throw new SyntaxError("_sd must be an array of strings");
    for (const digest of digests) {
      const disclosure = find(digest, path, false);
      if (!disclosure) continue;
      if (claims.has(disclosure.name)) throw new SyntaxError("a disclosed claim is there already");
      claims.set(disclosure.name, value(disclosure.value, disclosure.path));
    }
    return Object.fromEntries(claims);
  };

  // An element whose digest no disclosure has is not there: another holder's choice, or a decoy. The place of one is among those that are there, as in the claims.
  const array = (items, path) => {
    const elements = [];
    for (const item of items) {
      const at = [...path, elements.length];
      if (item === null || typeof item !== "object" || !Object.hasOwn(item, "...")) {
        elements.push(value(item, at));
        continue;
      }
      if (Object.keys(item).length !== 1) throw new SyntaxError("the digest of an array element has members beside it");
      const disclosure = find(item["..."], at, true);
      if (disclosure) elements.push(value(disclosure.value, at));
    }
    return elements;
  };

  const claims = object(payload, []);
  if (placed.length !== disclosures.length) throw new SyntaxError("a disclosure is referenced by no digest");
  return { claims, disclosures: placed };
}

function refuseReserved(name) {
  if (name === "_sd" || name === "..." || name === "_sd_alg") throw new SyntaxError(`a claim may not be named ${name}`);
}

/**
 * The disclosures that show these paths: what leads there, and all that lies beneath. The claims that are always visible need none.
 * @param {Disclosure[]} disclosures processed, each with its path
 * @param {(string | number)[][]} paths
 */
export const disclosuresFor = (disclosures, paths) =>
  disclosures.filter((disclosure) => paths.some((path) => startsWith(path, disclosure.path) || startsWith(disclosure.path, path)));

/** Whether one path leads through, or to, another. */
export const startsWith = (path, start) => start.length <= path.length && start.every((step, at) => step === path[at]);

/**
 * Adds the holder's proof [RFC9901 §4.3].
 * @param {string} shown the SD-JWT with what is disclosed; it ends in a tilde
 * @param {CryptoKey} key the holder's private key
 * @param {{ audience: string, nonce: string, now?: number }} to `now` in seconds
 * @returns {Promise<string>} the SD-JWT+KB
 */
export async function bindToHolder(shown, key, { audience, nonce, now = Math.floor(Date.now() / 1000) }) {
  return shown + await signJws({ alg: "ES256", typ: "kb+jwt" }, { iat: now, aud: audience, nonce, sd_hash: await digestOf(shown) }, key);
}

/** A disclosure's text for other content: how the practice wallet lies. */
export const writeDisclosure = (...parts) => toBase64Url(utf8(JSON.stringify(parts)));
