// JWS and JWE, with the algorithms that are known here: ES256, Ed25519 where the browser has it, ECDH-ES with AES-GCM.
import { concat, fromBase64Url, fromUtf8, sha256, toBase64Url, utf8 } from "./bytes.js";
import { curveOf, importSpki } from "./der.js";

/** What is encrypted with here [RFC7518 §5.3]: the length of each key in bits. */
export const ENCRYPTIONS = { A128GCM: 128, A256GCM: 256 };

const P256 = { name: "ECDSA", namedCurve: "P-256" };

/**
 * Reads a compact JWS [RFC7515 §7.1]; nothing is verified yet. Throws a SyntaxError.
 * @returns {{ header: object, claims: object, signingInput: Uint8Array, signature: Uint8Array }}
 */
export function readJws(compact) {
  const parts = String(compact).split(".");
  if (parts.length !== 3) throw new SyntaxError("not a compact JWS");
  const header = objectIn(parts[0]);
  // A header that must be understood, and is not [RFC7515 §4.1.11].
  if ("crit" in header) throw new SyntaxError("crit is not understood");
  return { header, claims: objectIn(parts[1]), signingInput: utf8(`${parts[0]}.${parts[1]}`), signature: fromBase64Url(parts[2]) };
}

/** The JSON object that a part of a JWS holds. Throws a SyntaxError. */
export function objectIn(part) {
  const value = JSON.parse(fromUtf8(fromBase64Url(part)));
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw new SyntaxError("not a JSON object");
  return value;
}

/** A key that verifies, from a public JWK: P-256 or Ed25519 [RFC7518 §6.2] [RFC8037 §2]. Throws where it is neither. */
export function keyOfJwk({ kty, crv, x, y }) {
  if (kty === "EC" && crv === "P-256") return crypto.subtle.importKey("jwk", { kty, crv, x, y }, P256, true, ["verify"]);
  if (kty === "OKP" && crv === "Ed25519") return crypto.subtle.importKey("jwk", { kty, crv, x }, "Ed25519", true, ["verify"]);
  throw new SyntaxError("not a key that is verified with here");
}

/** A key that verifies, from a certificate: P-256. Throws where it is another. */
export function keyOfCertificate({ spki }) {
  if (curveOf(spki)?.name !== "P-256") throw new SyntaxError("the certificate holds no P-256 key");
  return importSpki(spki, P256.namedCurve, true);
}

/** Whether a JWS is signed by a key; the key decides the algorithm, not the header [RFC8725 §3.1]. */
export async function isSigned({ header, signingInput, signature }, key) {
  const algorithms = key.algorithm.name === "ECDSA" ? ["ES256"] : ["EdDSA", "Ed25519"];
  return algorithms.includes(header.alg) && crypto.subtle.verify(signatureOf(key), key, signature, signingInput);
}

/** Signs with a P-256 key. @returns {Promise<string>} the compact JWS */
export async function signJws(header, claims, privateKey) {
  const input = [header, claims].map((part) => toBase64Url(utf8(JSON.stringify(part)))).join(".");
  return `${input}.${toBase64Url(new Uint8Array(await crypto.subtle.sign(signatureOf(privateKey), privateKey, utf8(input))))}`;
}

const signatureOf = (key) => (key.algorithm.name === "ECDSA" ? { name: "ECDSA", hash: "SHA-256" } : "Ed25519");

/** A fresh P-256 key that signs and can't be taken out of the browser. @returns {Promise<CryptoKeyPair>} */
export const newKey = () => crypto.subtle.generateKey(P256, false, ["sign", "verify"]);

/** The public key as JWK, with what makes it and no more. */
export async function publicJwk(key) {
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", key);
  return { kty, crv, x, y };
}

/**
 * Encrypts claims to a P-256 key by ECDH-ES, direct [RFC7516 §5.1] [RFC7518 §4.6].
 * @param {object} claims
 * @param {{ x: string, y: string, kid?: string }} jwk the receiver's
 * @param {keyof ENCRYPTIONS} enc
 * @returns {Promise<string>} the compact JWE
 */
export async function encryptJwe(claims, jwk, enc) {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const receiver = await crypto.subtle.importKey("jwk", { kty: "EC", crv: "P-256", x: jwk.x, y: jwk.y }, curve, false, []);
  const ephemeral = await crypto.subtle.generateKey(curve, false, ["deriveBits"]);
  const agreed = new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: receiver }, ephemeral.privateKey, 256));
  const key = await crypto.subtle.importKey("raw", await concatKdf(agreed, enc), "AES-GCM", false, ["encrypt"]);

  const header = { alg: "ECDH-ES", enc, ...(jwk.kid === undefined ? {} : { kid: jwk.kid }), epk: await publicJwk(ephemeral.publicKey) };
  const protectedHeader = toBase64Url(utf8(JSON.stringify(header)));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8(protectedHeader), tagLength: 128 }, key, utf8(JSON.stringify(claims))));
  return [protectedHeader, "", toBase64Url(iv), toBase64Url(sealed.subarray(0, -16)), toBase64Url(sealed.subarray(-16))].join(".");
}

/** One round of Concat KDF, which these key lengths need, without apu and apv [RFC7518 §4.6.2]. */
async function concatKdf(agreed, enc) {
  const bits = ENCRYPTIONS[enc];
  const name = utf8(enc);
  const hashed = await sha256(concat(uint32(1), agreed, uint32(name.length), name, uint32(0), uint32(0), uint32(bits)));
  return hashed.subarray(0, bits / 8);
}

const uint32 = (number) => new Uint8Array([number >>> 24, number >>> 16, number >>> 8, number]);
