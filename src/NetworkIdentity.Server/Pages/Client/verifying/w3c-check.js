// A W3C credential of a nation's, with a Data Integrity proof or as vc+jwt, by the keys that its DID had when it says that it was signed [VCDM §4] [DI §4.4] [VC-JOSE-COSE §4].
import { concat, fromBase64, sha256, toBase64Url, utf8 } from "../shared/bytes.js";
import { proofOf, verify } from "../shared/data-integrity.js";
import { keyOfMultikey } from "../shared/did-key.js";
import { checkDigests } from "../shared/digests.js";
import { inflate } from "../shared/inflate.js";
import { canonicalize } from "../shared/jcs.js";
import { isSigned, keyOfJwk } from "../shared/jose.js";
import { fromMultibase64 } from "../shared/multibase.js";
import { bitAt } from "../shared/token-list.js";
import { SKEW } from "./key-binding.js";
import { isAbsoluteUrl, time } from "./sd-jwt-vc.js";
import { isObject } from "./strict-json.js";
import { readStrictJws } from "./strict-jws.js";

const CONTEXT = "https://www.w3.org/ns/credentials/v2";
const TYPE = "VerifiableCredential";
const TIME = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/;
const MOST_INDEX = 2 ** 31 - 1;

/** What must say its type where it is there, whether or not it is read here [VCDM §4] [VCDM §5]. */
const TYPED = ["credentialStatus", "credentialSchema", "refreshService", "termsOfUse", "evidence", "confidenceMethod", "renderMethod"];

/** The contexts that are known here, by their addresses, the last by what stands behind the issuer's: the digests of their files, which tests/interop/verifying.test.mjs holds to schemas/contexts. */
export const CONTEXTS = {
  "https://www.w3.org/ns/credentials/v2": { "SHA-256": "WZVc7WaX1h4D8rJVb+vlMIqxaEKEb1tYbX8fet7JJzQ=", "SHA-384": "l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU", "SHA-512": "XVVFK9Lc+KKfWikEc+skKxxft31OaPGgqoe6pNuiaUhS1l7GPUisBKmdlW+fcVO5QG+E0tBMdIabAsI5odgTBQ==" },
  "https://www.w3.org/2018/credentials/v1": { "SHA-256": "q03dmlMXWIB6eaW0UFENYa6NFH6rlmzJogDAcJWwzcw=", "SHA-384": "gsOz6rhjdUu/0rnxfY1tufYRafMBy/CwXh/EvrX1xR3U0uiIwnT0nD+7JAj2H67R", "SHA-512": "U2pAs5DdqUqeORlsAAkPYmaOgYT+PIwCxKIshWZuaL9uhdPcfy26hbK2Lvldl94kEyVo2FBNtD8snILS6IQY0g==" },
  "/schemas/network-identity-v1.jsonld": { "SHA-256": "GEQEbUSuLWuscQwXryHLlpA53hHl5iVuwW7Up/J5O/o=", "SHA-384": "0yk8DT68kGicwydmVAkr/onpCNQAmWITCWq0YV+R6C+QjrfpPdmw0JfuKCjEJZWi", "SHA-512": "NWDcgMevmym+ODwomTGTADyc/gesHyKp0k00VTrPyn9pU+MwuMu1MoJ61QGuDk9eZ0/IOTOPZRSeVl+pTO2uUQ==" },
};

const RELATIONSHIPS = ["assertionMethod", "authentication", "keyAgreement", "capabilityInvocation", "capabilityDelegation"];
const SECRETS = ["secretKeyMultibase", "secretKeyJwk", "privateKeyMultibase", "privateKeyJwk"];

/** In ms: many credentials say the day alone on which they were signed, so a time means what stood a day later. */
export const DAY = 86_400_000;

/**
 * Reads a W3C credential; nothing is verified yet. Throws a SyntaxError.
 * @param {string | object} given vc+jwt, or a document with a proof inside
 * @returns {{ document: object, issuer: string, signedAt: number | null, verify: (key: CryptoKey, now: number) => Promise<string>, keyUrl: string, validFrom: number | null, validUntil: number | null }}
 *   `verify` gives the digest that the public log has of what was signed, and throws where it was not, or where its proof was not in its time; times in ms
 */
export function readW3c(given) {
  const read = typeof given === "string" ? readEnveloped(given) : readEmbedded(given);
  const { document } = read;
  if ([document["@context"]].flat()[0] !== CONTEXT) throw new SyntaxError("@context does not begin with the data model’s");
  if (![document.type].flat().includes(TYPE)) throw new SyntaxError("type is not a credential’s");
  const subjects = [document.credentialSubject].flat();
  if (subjects.length !== 1 || !isObject(subjects[0])) throw new SyntaxError("credentialSubject is not one subject");
  const issuer = document.issuer?.id ?? document.issuer;
  if (typeof issuer !== "string") throw new SyntaxError("issuer is missing");
  const [validFrom, validUntil] = ["validFrom", "validUntil"].map((name) => momentOf(document[name], name, { orUtc: true }));
  if (validFrom !== null && validUntil !== null && validUntil < validFrom) throw new SyntaxError("validUntil is before validFrom");
  for (const name of TYPED) {
    for (const one of objectsIn(document, name)) {
      if (![one.type].flat().every((type) => typeof type === "string" && type !== "") || [one.type].flat().length === 0) throw new SyntaxError(`type of ${name} is missing`);
      if ((one.id !== undefined || name === "credentialSchema") && !isUrl(one.id)) throw new SyntaxError(`id of ${name} must be a URL`);
    }
  }
  for (const { id, digestSRI, digestMultibase } of objectsIn(document, "relatedResource")) {
    if (!isUrl(id) || (digestSRI === undefined && digestMultibase === undefined)) throw new SyntaxError("relatedResource must have a URL and a digest");
  }
  return { ...read, issuer, validFrom, validUntil, signedAt: read.signedAt ?? validFrom };
}

function readEmbedded(document) {
  const proof = proofOf(document);
  if (proof.proofPurpose !== "assertionMethod") throw new SyntaxError("the proof is for something else");
  const { proof: _, ...unsecured } = document;
  const signedAt = momentOf(proof.created, "created");
  return {
    document: unsecured, keyUrl: proof.verificationMethod, signedAt,
    verify: async (key, now) => {
      if (signedAt !== null && signedAt > now + SKEW) throw new SyntaxError("created of the proof is in the future");
      const signed = await verify(document, key, now);
      const { proofValue: __, ...options } = proof;
      return toBase64Url(await sha256(concat(...await Promise.all([options, signed].map((part) => sha256(utf8(canonicalize(part))))))));
    },
  };
}

function readEnveloped(text) {
  const jws = readStrictJws(text);
  if (jws.header.typ !== "vc+jwt") throw new SyntaxError("typ is not vc+jwt");
  if ("vc" in jws.claims || "vp" in jws.claims) throw new SyntaxError("the claims vc and vp are of another format");
  const issuer = jws.claims.issuer?.id ?? jws.claims.issuer;
  if (jws.claims.iss !== undefined && jws.claims.iss !== issuer) throw new SyntaxError("iss is not the issuer");
  const [notBefore, expiresAt] = [time(jws.claims, "nbf"), time(jws.claims, "exp")];
  const signedAt = typeof jws.claims.iat === "number" ? time(jws.claims, "iat") : null; // what is no number says nothing
  return {
    document: jws.claims, keyUrl: String(jws.header.kid), signedAt,
    verify: async (key, now) => {
      if (Math.max(signedAt ?? 0, notBefore ?? 0) >= now + SKEW || (expiresAt !== null && expiresAt <= now)) throw new SyntaxError("the signature is out of its time");
      if (!(await isSigned(jws, key))) throw new SyntaxError("the signature is not the issuer's");
      return toBase64Url(await sha256(await sha256(jws.signingInput)));
    },
  };
}

/** One object or several; none where the member is absent. Throws a SyntaxError. */
function objectsIn(document, name) {
  if (!Object.hasOwn(document, name)) return [];
  const all = [document[name]].flat();
  if (all.length === 0 || !all.every(isObject)) throw new SyntaxError(`${name} must be an object, or an array of some`);
  return all;
}

const isUrl = (text) => typeof text === "string" && isAbsoluteUrl(text);

/** Whether a text is a day that the calendar has. */
export const isDay = (text) => new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) ?? false;

function momentOf(text, name, { orUtc = false } = {}) {
  if (text === undefined) return null;
  const [, day, , offset] = (typeof text === "string" && TIME.exec(text)) || [];
  const moment = day && isDay(day) && (orUtc || offset) ? Date.parse(offset ? text : `${text}Z`) : NaN;
  if (Number.isNaN(moment)) throw new SyntaxError(`${name} is not a time with its offset`);
  return moment;
}

/**
 * The key of a verification method with which a document's DID may assert [CID §3.3].
 * @param {object} document the DID's, at its time
 * @param {string} url the method's
 * @param {number} now in ms: a key that has expired or was revoked then verifies nothing
 * @returns {Promise<CryptoKey>}
 * @throws {SyntaxError} where it has no such key
 */
export async function assertingKey(document, url, now) {
  const { id, assertionMethod = [] } = document;
  const absolute = (one) => (typeof one === "string" && one.startsWith("#") ? id + one : one);
  const isNamed = (one) => isObject(one) && absolute(one.id) === url;
  const found = ["verificationMethod", ...RELATIONSHIPS].flatMap((name) => document[name] ?? []).filter(isNamed);
  if (found.length !== 1 || url.split("#")[0] !== id) throw new SyntaxError("the issuer's DID did not have the key when the credential says that it was signed");
  const [method] = found;
  if (![assertionMethod].flat().some((one) => one === method || absolute(one) === url)) throw new SyntaxError("the key may not assert");
  if (absolute(method.controller) !== id) throw new SyntaxError("the key is another's");
  const [expires, revoked] = ["expires", "revoked"].map((name) => momentOf(method[name], name) ?? Infinity);
  if (expires <= now || revoked <= now) throw new SyntaxError("the key has expired, or was revoked");
  if (SECRETS.some((name) => name in method)) throw new SyntaxError("the verification method holds a secret key");
  const [isMultikey, isJwk] = ["publicKeyMultibase", "publicKeyJwk"].map((name) => name in method);
  if (method.type === "Multikey" && isMultikey && !isJwk) return keyOfMultikey(method.publicKeyMultibase);
  if (method.type === "JsonWebKey" && isJwk && !isMultikey && isObject(method.publicKeyJwk)) return keyOfJwk(method.publicKeyJwk);
  throw new SyntaxError("a verification method is a Multikey or a JsonWebKey, with its key in the one form of its type");
}

/**
 * Holds the contexts that are known here to the digests by which a credential names them [VCDM §5.3].
 * @param {object} document
 * @param {string} issuer the address where the nation's own context is
 * @throws {SyntaxError} one is another file
 */
export async function checkContexts(document, issuer) {
  for (const named of objectsIn(document, "relatedResource")) {
    const digests = CONTEXTS[named.id.startsWith(`${issuer}/`) ? named.id.slice(issuer.length) : named.id];
    if (digests) await checkDigests(named, (hash) => fromBase64(digests[hash]));
  }
}

/**
 * The lists that a credential names: one for each purpose [BSL §2.1]. Throws a SyntaxError where one is not as it must be.
 * @returns {{ uri: string, idx: number, purpose: string, isKnown: boolean }[]} `isKnown`: whether what the list says of it can be read here
 */
export function entriesOf({ credentialStatus }) {
  return [credentialStatus ?? []].flat().map(({ type, statusPurpose: purpose, statusListCredential: uri, statusListIndex: idx, statusSize = 1 }) => {
    if (type !== "BitstringStatusListEntry" || typeof purpose !== "string" || !isUrl(uri) || ![1, 2, 4, 8].includes(statusSize)) throw new SyntaxError("a status entry is not as it must be");
    if (typeof idx !== "string" || !/^(0|[1-9]\d{0,9})$/.test(idx) || Number(idx) > MOST_INDEX) throw new SyntaxError("statusListIndex is not a number as a text, or no list reaches that far");
    return { uri, idx: Number(idx), purpose, isKnown: statusSize === 1 && ["revocation", "suspension"].includes(purpose) };
  });
}

/**
 * Reads a list of the W3C's, by the issuer's keys of its own time.
 * @param {string} token vc+jwt
 * @param {{ uri: string, idx: number, purpose: string }} entry
 * @param {string} did the issuer's
 * @param {import("./webvh.js").History} history the issuer's
 * @returns {Promise<{ issuedAt: number, expiresAt: number, meaning: 'valid' | 'revoked' | 'suspended' }>} times in ms
 * @throws {SyntaxError} it is not the issuer's list of this address
 */
export async function readBitstringToken(token, { uri, idx, purpose }, did, history) {
  const list = readStrictJws(token);
  const { document, issuer, validFrom, validUntil, keyUrl, verify: check } = readW3c(token);
  if (![document.type].flat().includes("BitstringStatusListCredential") || (document.id ?? uri) !== uri || issuer !== did) throw new SyntaxError("it is not the issuer's list of this address");
  if (validFrom === null || validUntil === null) throw new SyntaxError("the status list does not say how long it stands");
  const then = history.at(validFrom + DAY);
  if (!then || list.header.kid !== keyUrl) throw new SyntaxError("the issuer's DID did not have the key of the list");
  const key = await assertingKey(then.document, keyUrl, validFrom);
  await check(key, validFrom);
  const { type, statusPurpose, statusSize = 1, encodedList } = document.credentialSubject;
  if (type !== "BitstringStatusList" || ![statusPurpose].flat().includes(purpose) || statusSize !== 1) throw new SyntaxError("the list is about something else");
  const isSet = bitAt(await inflate(fromMultibase64(encodedList), "gzip"), idx);
  return { issuedAt: validFrom, expiresAt: validUntil, meaning: isSet ? (purpose === "revocation" ? "revoked" : "suspended") : "valid" };
}
