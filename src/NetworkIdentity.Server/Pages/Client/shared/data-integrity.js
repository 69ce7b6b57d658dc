// Proofs inside the document that they are of, over its one spelling [DI §4] [DI-EdDSA §3.3] [DI-ECDSA §3.3].
import { concat, sha256, utf8 } from "./bytes.js";
import { canonicalize } from "./jcs.js";
import { fromBase58, toBase58 } from "./multibase.js";

/** The suites that are verified here, by the kind of key that goes with them; the wallet signs by the second. */
const SUITES = { Ed25519: "eddsa-jcs-2022", ECDSA: "ecdsa-jcs-2019" };

/** What a proof may name as its cryptosuite. */
export const CRYPTOSUITES = Object.values(SUITES);

const SIGNING = { Ed25519: "Ed25519", ECDSA: { name: "ECDSA", hash: "SHA-256" } };

/**
 * Adds a proof by `ecdsa-jcs-2019` [DI §4.2] [DI-ECDSA §3.3.1].
 * @param {object} document without a proof
 * @param {{ verificationMethod: string, proofPurpose: string, challenge?: string, domain?: string }} options
 * @param {CryptoKey} privateKey of P-256
 * @returns {Promise<object>}
 */
export async function secure(document, options, privateKey) {
  const proof = {
    type: "DataIntegrityProof", cryptosuite: SUITES.ECDSA, created: `${new Date().toISOString().slice(0, 19)}Z`, ...options,
    ...(document["@context"] === undefined ? {} : { "@context": document["@context"] }),
  };
  const signature = await crypto.subtle.sign(SIGNING.ECDSA, privateKey, await hashOf(document, proof));
  return { ...document, proof: { ...proof, proofValue: toBase58(new Uint8Array(signature)) } };
}

/**
 * Verifies the one proof of a document with a key. Whose key it must be, and for what the proof is, is for the caller to know [DI §4.4].
 * @param {object} document
 * @param {CryptoKey} key
 * @param {number} now in ms: when its proof must not have expired
 * @returns {Promise<object>} the document as it was signed, without the proof: what may be used of it
 * @throws {SyntaxError} where it does not verify
 */
export async function verify(document, key, now) {
  const { proofValue, ...options } = proofOf(document);
  if (options.expires !== undefined && !(Date.parse(options.expires) > now)) throw new SyntaxError("the proof has expired");
  if (options.cryptosuite !== SUITES[key.algorithm.name]) throw new SyntaxError("the cryptosuite does not go with the key");
  const { proof: _, ...unsecured } = document;
  if (options["@context"] !== undefined) {
    // The context may have grown since; what was signed is the one that the proof was made with [DI-EdDSA §3.3.2].
    const [now, then] = [document["@context"], options["@context"]].map((context) => [context].flat());
    if (!then.every((context, at) => canonicalize(context) === canonicalize(now[at] ?? null))) throw new SyntaxError("@context does not begin with the proof's");
    unsecured["@context"] = options["@context"];
  }
  const signature = fromBase58(proofValue);
  if (!(await crypto.subtle.verify(SIGNING[key.algorithm.name], key, signature, await hashOf(unsecured, options)))) throw new SyntaxError("the proof is not of this document, or of another key");
  return unsecured;
}

/** The one proof of a document, its form looked at and nothing verified. Throws a SyntaxError. */
export function proofOf(document) {
  const [proof, ...more] = [document?.proof].flat();
  if (more.length > 0) throw new SyntaxError("several proofs are more than are read here");
  if (proof === null || typeof proof !== "object" || proof.type !== "DataIntegrityProof") throw new SyntaxError("there is no proof of type DataIntegrityProof");
  if (!CRYPTOSUITES.includes(proof.cryptosuite)) throw new SyntaxError("a cryptosuite that is not known here");
  if (typeof proof.verificationMethod !== "string" || typeof proof.proofValue !== "string") throw new SyntaxError("the proof lacks verificationMethod or proofValue");
  return proof;
}

/** The options' hash, then the document's [DI-ECDSA §3.3.4]. */
const hashOf = async (document, options) => concat(...await Promise.all([options, document].map((part) => sha256(utf8(canonicalize(part))))));
