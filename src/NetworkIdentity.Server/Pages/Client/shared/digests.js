// The digests that a credential names for a file, and the file held against them [VCDM §5.3] [SRI].
import { fromBase64, sameBytes, utf8 } from "./bytes.js";
import { fromBase58, fromMultibase64 } from "./multibase.js";

/** The hashes, the stronger later; and the bytes of a digest of each. */
const LENGTHS = { "SHA-256": 32, "SHA-384": 48, "SHA-512": 64 };
const HASHES = Object.keys(LENGTHS);
const OF_SRI = { sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" };
const OF_MULTIHASH = { 0x12: "SHA-256", 0x20: "SHA-384", 0x13: "SHA-512" };
const MOST = 16;

/**
 * Holds a file against `digestSRI` and `digestMultibase`, each where it is there. Of several in one the strongest hash counts, and one digest of it must be the file's.
 * @param {{ digestSRI?: string | string[], digestMultibase?: string | string[] }} named
 * @param {string | ((hash: string) => Uint8Array)} file its text, or its digests where those are all that is known of it
 * @throws {SyntaxError} it is another file; or a digest is none, or of unknown hashes alone
 */
export async function checkDigests({ digestSRI, digestMultibase }, file) {
  const spellings = [[digestSRI, (said) => said.split(/[ \t\n\r\f]+/).filter(Boolean).map(ofSri)], [digestMultibase, (said) => [ofMultihash(said)]]];
  for (const [said, read] of spellings) {
    if (said === undefined) continue;
    const texts = [said].flat();
    if (!texts.every((one) => typeof one === "string")) throw new SyntaxError("a digest is a text");
    const digests = texts.flatMap(read);
    if (digests.length === 0 || digests.length > MOST) throw new SyntaxError("there is no digest, or too many");
    const hash = HASHES.findLast((name) => digests.some((digest) => digest.hash === name));
    if (!hash) throw new SyntaxError("there is a digest of an unknown hash alone");
    const found = typeof file === "string" ? new Uint8Array(await crypto.subtle.digest(hash, utf8(file))) : file(hash);
    if (!digests.some((digest) => digest.hash === hash && sameBytes(digest.bytes, found))) throw new SyntaxError("it is another file than its digest says");
  }
}

function ofSri(expression) {
  const [, name, base64] = /^([^-]*)-([^?]*)/.exec(expression) ?? [];
  return sized(OF_SRI[name], fromBase64(base64));
}

function ofMultihash(text) {
  const [code, length, ...bytes] = text.startsWith("z") ? fromBase58(text) : fromMultibase64(text);
  if (!(code < 0x80) || length !== bytes.length || length === 0) throw new SyntaxError("not a multihash");
  return sized(OF_MULTIHASH[code], bytes);
}

function sized(hash, bytes) {
  if (hash !== undefined && bytes.length !== LENGTHS[hash]) throw new SyntaxError("a digest of a wrong length");
  return { hash, bytes };
}
