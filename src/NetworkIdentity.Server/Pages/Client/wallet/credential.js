// A credential as the wallet keeps it, and whether what an issuer gave is one [SD-JWT-VC §2].
import { readChain } from "./der.js";
import { isSigned, keyOfCertificate, publicJwk } from "./jose.js";
import { Problem } from "./problem.js";
import { processSdJwt, readSdJwt } from "./sd-jwt.js";

const SKEW_SECONDS = 60;

/** The last second that has a date. */
const LATEST = 8.64e12;

/** What the envelope says, not the issuer of the holder. */
const ENVELOPE = ["iss", "iat", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status", "jti"];

/** What differs from copy to copy, so that nobody can compare them: the key, the place in a status list, and times. */
const OF_ONE_COPY = ["cnf", "status", "iat", "nbf", "exp", "jti"];

/**
 * @typedef {object} Credential structured-cloneable
 * @property {string} id
 * @property {string} issuer
 * @property {string} issuerName
 * @property {string} vct
 * @property {string} name
 * @property {string} description
 * @property {Record<string, string>} labels by the JSON of the path: `labels['["node"]']`
 * @property {object} claims all of them, decoded, the envelope's too
 * @property {{ sdJwt: string, keys: CryptoKeyPair, shownAt: number | null }[]} copies
 * @property {number | null} issuedAt ms since 1970
 * @property {number | null} expiresAt ms since 1970; where copies end at different times, the first of these
 * @property {{ uri: string, idx: number } | null} status the first copy's
 * @property {number} takenAt ms since 1970
 */

/**
 * Checks what an issuer gave for a Pending: type, issuer, time, our keys, and the signature by a certificate that names the issuer; and that every copy
 * says and hides the same, since what the holder sees is read from one, and another may be shown.
 * @param {{ credential: string }[]} given the `credentials` of its answer
 * @param {import("./issuance.js").Pending} pending
 * @returns {Promise<Credential>}
 * @throws {Problem} invalid_credential, untrusted_certificate
 */
export async function checkCredential(given, pending) {
  if (!Array.isArray(given) || given.length === 0 || given.length > pending.keys.length) throw invalid("credentials must hold one for each proof");
  const left = await Promise.all(pending.keys.map(async (keys) => ({ keys, jwk: await publicJwk(keys.publicKey) })));
  const read = [];
  for (const one of given) {
    const { sdJwt, claims, told } = await readCredential(one?.credential, pending);
    const at = left.findIndex(({ jwk }) => claims.cnf?.jwk?.x === jwk.x && claims.cnf.jwk.y === jwk.y);
    if (at < 0) throw invalid("cnf holds a key that is not ours");
    if (read.length > 0 && told !== read[0].told) throw invalid("the copies say or hide different things");
    read.push({ sdJwt, claims, told, keys: left.splice(at, 1)[0].keys });
  }

  const { offer, configuration } = pending;
  const [{ claims }] = read;
  const list = claims.status?.status_list;
  const ends = read.map(({ claims: { exp } }) => exp).filter(Number.isFinite);
  return {
    id: pending.id,
    issuer: offer.issuer,
    issuerName: offer.issuerName,
    vct: configuration.vct,
    name: configuration.name,
    description: configuration.description,
    labels: Object.fromEntries(configuration.claims.map(({ path, label }) => [JSON.stringify(path), label])),
    claims,
    copies: read.map(({ sdJwt, keys }) => ({ sdJwt, keys, shownAt: null })),
    issuedAt: Number.isFinite(claims.iat) ? claims.iat * 1000 : null,
    expiresAt: ends.length > 0 ? Math.min(...ends) * 1000 : null,
    status: typeof list?.uri === "string" && Number.isInteger(list.idx) ? { uri: list.uri, idx: list.idx } : null,
    takenAt: Date.now(),
  };
}

async function readCredential(text, { offer, configuration }) {
  let sdJwt, claims, disclosures;
  try {
    sdJwt = await readSdJwt(text);
    ({ claims, disclosures } = processSdJwt(sdJwt));
  } catch (error) {
    throw invalid(error.message, error);
  }
  const { header } = sdJwt.jws;
  if (header.typ !== "dc+sd-jwt") throw invalid("typ is not dc+sd-jwt");
  if (sdJwt.kbJwt !== null) throw invalid("an issuer does not bind a credential to a verifier");
  if (claims.iss !== offer.issuer) throw invalid("iss is not the issuer that offered it");
  if (claims.vct !== configuration.vct) throw invalid("vct is not the type that was offered");

  const now = Date.now() / 1000;
  const isTime = (time) => time === undefined || (Number.isFinite(time) && Math.abs(time) <= LATEST);
  if (![claims.exp, claims.iat, claims.nbf].every(isTime)) throw invalid("exp, iat or nbf is not a time");
  if (Number.isFinite(claims.exp) && claims.exp <= now) throw invalid("it has expired");
  if ([claims.iat, claims.nbf].some((time) => Number.isFinite(time) && time > now + SKEW_SECONDS)) throw invalid("it is not valid yet");

  const [leaf] = await readChain(header.x5c);
  if (!namesIssuer(leaf, claims.iss)) throw invalid("the certificate does not name the issuer");
  if (!(await isSigned(sdJwt.jws, await keyOfLeaf(leaf)))) throw invalid("the signature is not the issuer's");
  return { sdJwt: text, claims, told: toldOf(claims, disclosures) };
}

/** What a copy says, and which of it can be hidden, in one spelling: salts and order are not in it. */
function toldOf(claims, disclosures) {
  const said = Object.fromEntries(Object.entries(claims).filter(([name]) => !OF_ONE_COPY.includes(name)));
  const sorted = (_, value) => (value === null || typeof value !== "object" || Array.isArray(value) ? value
    : Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))));
  return JSON.stringify([said, disclosures.map(({ path }) => JSON.stringify(path)).sort()], sorted);
}

/** Whether a certificate is for an issuer: its URL as URI, or its host as DNS name [SD-JWT-VC §2.5]. */
export const namesIssuer = (leaf, issuer) => leaf.uris.includes(issuer) || leaf.dnsNames.includes(new URL(issuer).hostname);

async function keyOfLeaf(leaf) {
  try {
    return await keyOfCertificate(leaf);
  } catch (error) {
    throw invalid(error.message, error);
  }
}

/** What a credential says of its holder, without the envelope: what a person wants to read. */
export const saysOf = (credential) => inOrder(credential, Object.entries(credential.claims).filter(([name]) => !ENVELOPE.includes(name))
  .map(([name, value]) => ({ path: [name], label: labelOf(credential, [name]), value })));

/** Claims in the order in which the issuer names them; those that it doesn't name come last. */
export function inOrder({ labels }, told) {
  const named = Object.keys(labels);
  const place = ({ path }) => named.findIndex((key) => JSON.parse(key)[0] === path[0]) >>> 0; // -1 becomes the largest
  return told.toSorted((a, b) => place(a) - place(b));
}

/** Whether a top-level claim belongs to the envelope. */
export const isEnvelope = (name) => ENVELOPE.includes(name);

/** What a claim is called, in words where the issuer gave some. */
export const labelOf = ({ labels }, path) => labels[JSON.stringify(path)] ?? path.filter((step) => step !== null).join(" ");

const invalid = (detail, cause) => new Problem("invalid_credential", "What the issuer gave is not as it must be. It was not kept.", { mend: "Tell the issuer.", detail, cause });
