// The credential in evidence, as its issuer gave it: who signed it, by the keys that the DID had then, and when it was valid.
import { statusAt } from "../shared/token-list.js";
import { Certificates } from "./certificates.js";
import { checkCredential } from "./credential-check.js";
import { publishedAt } from "./evidence-history.js";
import { SKEW } from "./key-binding.js";
import { readSdJwtVc, time } from "./sd-jwt-vc.js";
import { meaningAt, openList } from "./status-list.js";
import { isObject } from "./strict-json.js";
import { readStrictJws } from "./strict-jws.js";
import TYPES from "./types.js";
import { assertingKey, checkContexts, DAY, entriesOf, readBitstringToken, readW3c } from "./w3c-check.js";

/**
 * Reads it; nothing is verified yet.
 * @param {unknown} credential a compact token or a document
 * @returns {Promise<{ vc: object } | { w3c: object }>} an SD-JWT VC, or one of the W3C's data model
 * @throws {SyntaxError}
 */
export async function readCredential(credential) {
  const isSdJwt = typeof credential === "string" && credential.includes("~");
  if (typeof credential === "string" && !/^[!-\x7e]+$/.test(credential)) throw new SyntaxError("there is something around the credential");
  if (!isSdJwt && typeof credential !== "string" && !isObject(credential)) throw new SyntaxError("the credential is a compact token or a document");
  const read = isSdJwt ? { vc: await readSdJwtVc(credential) } : { w3c: readW3c(credential) };
  if (read.vc && read.vc.kbJwt !== null) throw new SyntaxError("the credential in evidence has no key binding: it is not shown to anyone");
  return read;
}

/**
 * Verifies an SD-JWT VC.
 * @param {object} vc
 * @param {{ credential: string, issuer: string, type?: object }} bundle the file
 * @param {{ history: import("./webvh.js").History, on: number, isTyped: boolean }} beside the DID's history, the moment in ms, and whether nothing is wrong with its type
 * @param {import("./evidence-findings.js").Findings} findings
 * @returns {Promise<{ uri: string, read: (token: string) => Promise<object> }[]>} where its status stands; none where that can't be said
 */
export async function checkSdJwtVc(vc, { credential, issuer, type }, { history, on, isTyped }, findings) {
  const { roots, leaves } = await publishedAt(history, vc.issuedAt ?? on);
  const known = {
    issuers: new Map([[issuer, { roots, leaves, isByDid: true, types: [vc.type] }]]),
    types: { [vc.type]: TYPES[vc.type] ?? (isTyped ? type : { metadata: { vct: vc.type }, schema: true }) }, // a type that is known here is judged by what is known of it
    lists: new Map(), // they are looked at beside, each as of its own time
  };
  const looked = await checkCredential(credential, known, { challenge: null, now: within(vc.notBefore ?? vc.issuedAt, vc.expiresAt, on, findings) });
  for (const name of Object.keys(findings.told)) findings.told[name] = looked[name];
  for (const step of looked.held) if (step !== "schema" || isTyped) findings.held.add(step);
  if (looked.step !== "status" || looked.reason === "no_status") return findings.fault(looked) ?? [];
  return [{ uri: vc.status.uri, read: (token) => readTokenList(token, vc.status, issuer, history) }];
}

/** By the keys of the list's own time. */
async function readTokenList(token, { uri, idx }, issuer, history) {
  const issuedAt = time(readStrictJws(token).claims, "iat");
  if (issuedAt === null) throw new SyntaxError("iat of the status list token is missing");
  const { roots, leaves } = await publishedAt(history, issuedAt);
  const list = await openList(token, uri, issuer, new Certificates(() => roots, () => leaves), issuedAt);
  if (list.expiresAt === null) throw new SyntaxError("the status list does not say how long it stands");
  if (statusAt(list.bytes, list.bits, idx) === undefined) throw new SyntaxError("the index is not in the status list"); // such a credential must be rejected [TSL §8.3]
  return { issuedAt, expiresAt: list.expiresAt * 1000, meaning: meaningAt(list, idx) };
}

/** Verifies a W3C credential; its parameters are those of the other. */
export async function checkDocument(w3c, { did, issuer }, { history, on }, findings) {
  const { document, validFrom, validUntil, signedAt } = w3c;
  const entries = entriesOf(document);
  Object.assign(findings.told, { issuer: w3c.issuer, type: [document.type].flat().filter((name) => name !== "VerifiableCredential").join(" ") });
  if (w3c.issuer !== did) return findings.wrong("issuer", "issuer_not_trusted", "the credential is another issuer’s") ?? [];
  findings.held.add("issuer");

  const moment = within(validFrom, validUntil, on, findings);
  const then = history.at((signedAt ?? on) + DAY) ?? history.versions[0];
  try {
    findings.told.digest = await w3c.verify(await assertingKey(then.document, w3c.keyUrl, moment), moment);
    await checkContexts(document, issuer);
  } catch (error) {
    return findings.wrong("proof", "proof_invalid", error.message) ?? [];
  }
  findings.held.add("proof");
  Object.assign(findings.told, { claims: document.credentialSubject, validFrom, validUntil, issuedAt: signedAt });
  findings.held.add("validity");
  if (entries.some(({ isKnown }) => !isKnown)) return findings.missing("status", "status_unknown", "a status of a kind that is not known here") ?? [];
  if (!entries.some(({ purpose }) => purpose === "revocation")) return findings.wrong("status", "no_status", "it names no list by which it could be revoked") ?? [];
  return entries.map((entry) => ({ uri: entry.uri, read: (token) => readBitstringToken(token, entry, did, history) }));
}

/** Of a day on which it was not valid, what remains is looked at as of the nearest on which it was: so that what is wrong is told of it, and not of a certificate that was not there yet. */
function within(from, until, on, findings) {
  if (from !== null && from - SKEW > on) return findings.wrong("validity", "not_yet_valid", "it was not valid yet at that moment") ?? from;
  if (until !== null && until <= on) return findings.wrong("validity", "expired", "it was over at that moment") ?? until - 1000;
  return on;
}
