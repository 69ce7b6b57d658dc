// Bytes as text that says how it is written: base58btc and base64url [CID §2.4].
import { fromBase64Url } from "./bytes.js";

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** In characters: the keys, hashes and signatures here are far shorter, and base58 takes the square of the time. */
const LONGEST = 256;

/** base58btc, with its prefix. */
export function toBase58(bytes) {
  const digits = [];
  for (const byte of bytes) {
    let carry = byte;
    for (let at = 0; at < digits.length || carry > 0; at++) {
      carry += (digits[at] ?? 0) * 256;
      digits[at] = carry % 58;
      carry = Math.floor(carry / 58);
    }
  }
  const zeros = bytes.findIndex((byte) => byte !== 0);
  return `z${"1".repeat(zeros < 0 ? bytes.length : zeros)}${digits.reverse().map((digit) => ALPHABET[digit]).join("")}`;
}

/** Reads base58btc with its prefix. Throws a SyntaxError. */
export function fromBase58(text) {
  if (typeof text !== "string" || text[0] !== "z" || text.length > LONGEST) throw new SyntaxError("not base58btc");
  const bytes = [];
  for (const character of text.slice(1)) {
    let carry = ALPHABET.indexOf(character);
    if (carry < 0) throw new SyntaxError("not base58btc");
    for (let at = 0; at < bytes.length || carry > 0; at++) {
      carry += (bytes[at] ?? 0) * 58;
      bytes[at] = carry & 255;
      carry >>= 8;
    }
  }
  const zeros = text.slice(1).match(/^1*/)[0].length;
  return new Uint8Array([...new Uint8Array(zeros), ...bytes.reverse()]);
}

/** Reads base64url with its prefix. Throws a SyntaxError. */
export function fromMultibase64(text) {
  if (typeof text !== "string" || text[0] !== "u") throw new SyntaxError("not base64url with its prefix");
  return fromBase64Url(text.slice(1));
}
