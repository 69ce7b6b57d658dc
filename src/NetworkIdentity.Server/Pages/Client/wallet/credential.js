// A credential as the wallet keeps it, and whether what an issuer gave is one [SD-JWT-VC §2] [VCDM §4].
import { readChain } from "../shared/der.js";
import { didKeyOf } from "../shared/did-key.js";
import { assertionKeys } from "./issuer-did.js";
import { isSigned, keyOfCertificate, publicJwk } from "../shared/jose.js";
import { Problem } from "../shared/problem.js";
import { processSdJwt, readSdJwt } from "../shared/sd-jwt.js";
import { LDP_VC, readW3c, saidIn, statusOf, typesOf } from "./w3c-credential.js";

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
 * @property {'dc+sd-jwt' | 'ldp_vc'} [format] the first, where an older wallet took it and didn't say
 * @property {string} [vct] its type, of an SD-JWT VC
 * @property {string[]} [types] its types by their whole names, of a W3C credential
 * @property {string} name
 * @property {string} description
 * @property {Record<string, string>} labels by the JSON of the path: `labels['["node"]']`
 * @property {object} claims all of them, decoded, the envelope's too; of a W3C credential, the first copy's document
 * @property {({ keys: CryptoKeyPair, shownAt: number | null, atDoor?: { door: string, since: number } } & ({ sdJwt: string } | { document: object }))[]} copies
 * @property {number | null} issuedAt ms since 1970
 * @property {number | null} expiresAt ms since 1970; where copies end at different times, the first of these
 * @property {{ uri: string, idx: number } | { purpose: string, uri: string, idx: number }[] | null} status the first copy's
 * @property {number} takenAt ms since 1970
 */

/** Whether it is of the W3C's form, which can't hide a part of itself. */
export const isW3c = ({ format }) => format === LDP_VC;

/**
 * Checks what an issuer gave for a Pending: type, issuer, time, our keys, and the issuer's signature, by a certificate that names the issuer or by a key of its
 * DID; and that every copy says and hides the same, since what the holder sees is read from one, and another may be shown.
 * @param {{ credential: string | object }[]} given the `credentials` of its answer
 * @param {import("./issuance.js").Pending} pending
 * @param {import("./wire.js").Wire} wire
 * @returns {Promise<Credential>}
 * @throws {Problem} invalid_credential, untrusted_certificate; unreachable where the issuer's keys could not be asked for
 */
export async function checkCredential(given, pending, wire) {
  if (!Array.isArray(given) || given.length === 0 || given.length > pending.keys.length) throw invalid("credentials must hold one for each proof");
  const { offer, configuration } = pending;
  const readCopy = isW3c(configuration) ? readerOfW3c(pending, wire) : readSdJwtVc;
  const left = await Promise.all(pending.keys.map(async (keys) => ({ keys, jwk: await publicJwk(keys.publicKey), did: await didKeyOf(keys.publicKey) })));
  const read = [];
  for (const one of given) {
    const copy = await readCopy(one?.credential, pending);
    const at = left.findIndex(copy.isOn);
    if (at < 0) throw invalid("it is bound to a key that is not ours");
    if (read.length > 0 && copy.told !== read[0].told) throw invalid("the copies say or hide different things");
    read.push({ ...copy, keys: left.splice(at, 1)[0].keys });
  }

  const [{ claims, issuedAt, status, kind }] = read;
  const ends = read.map(({ expiresAt }) => expiresAt).filter((end) => end !== null);
  return {
    id: pending.id,
    issuer: offer.issuer,
    issuerName: offer.issuerName,
    format: configuration.format,
    ...kind,
    name: configuration.name,
    description: configuration.description,
    labels: Object.fromEntries(configuration.claims.map(({ path, label }) => [JSON.stringify(path), label])),
    claims,
    copies: read.map(({ signed, keys }) => ({ ...signed, keys, shownAt: null })),
    issuedAt,
    expiresAt: ends.length > 0 ? Math.min(...ends) : null,
    status,
    takenAt: pending.redeemedAt, // the same for all that one offer gave
  };
}

/** Reads the copies of a W3C credential; what they have in common is fetched once. */
function readerOfW3c({ offer }, wire) {
  const keyOf = assertionKeys(offer.issuer, wire);
  let types; // of the first: the copies must say the same
  return async (given, pending) => {
    try {
      const { document, holder, told, issuedAt, expiresAt } = await readW3c(given, pending, keyOf);
      types ??= await typesOf(document, offer.issuer, wire);
      return { signed: { document }, claims: document, told, isOn: ({ did }) => did === holder, issuedAt, expiresAt, status: statusOf(document), kind: { types } };
    } catch (error) {
      if (error.name === "NotSupportedError") {
        throw new Problem("unsupported_browser", "This browser can’t verify the issuer’s signature. Nothing was kept.", { mend: "Take it with a newer browser.", detail: error.message, cause: error });
      }
      throw error instanceof Problem ? error : invalid(error.message, error);
    }
  };
}

async function readSdJwtVc(text, { offer, configuration }) {
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
  const [list, jwk] = [claims.status?.status_list, claims.cnf?.jwk];
  return {
    signed: { sdJwt: text }, claims, told: toldOf(claims, disclosures),
    isOn: ({ jwk: { x, y } }) => jwk?.x === x && jwk.y === y,
    issuedAt: Number.isFinite(claims.iat) ? claims.iat * 1000 : null,
    expiresAt: Number.isFinite(claims.exp) ? claims.exp * 1000 : null,
    status: typeof list?.uri === "string" && Number.isInteger(list.idx) ? { uri: list.uri, idx: list.idx } : null,
    kind: { vct: configuration.vct },
  };
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
export const saysOf = (credential) => inOrder(credential, (isW3c(credential) ? saidIn(credential.claims) : saidInJwt(credential.claims))
  .map(({ path, value }) => ({ path, label: labelOf(credential, path), value })));

const saidInJwt = (claims) => Object.entries(claims).filter(([name]) => !ENVELOPE.includes(name)).map(([name, value]) => ({ path: [name], value }));

/** The claim that a path is of, or leads into: those of a W3C credential stand together under its subject. */
export const claimIn = (path) => (path[0] === "credentialSubject" ? path.slice(1) : path);

/** Claims in the order in which the issuer names them; those that it doesn't name come last. */
export function inOrder({ labels }, told) {
  const named = Object.keys(labels);
  const place = ({ path }) => named.findIndex((key) => claimIn(JSON.parse(key))[0] === claimIn(path)[0]) >>> 0; // -1 becomes the largest
  return told.toSorted((a, b) => place(a) - place(b));
}

/** Whether a top-level claim belongs to the envelope. */
export const isEnvelope = (name) => ENVELOPE.includes(name);

/** What a claim is called, in words where the issuer gave some. */
export const labelOf = ({ labels }, path) => labels[JSON.stringify(path)] ?? claimIn(path).filter((step) => step !== null).join(" ");

const invalid = (detail, cause) => new Problem("invalid_credential", "What the issuer gave is not as it must be. It was not kept.", { mend: "Tell the issuer.", detail, cause });
