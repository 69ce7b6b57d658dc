// Bytes and their spellings.

const ALPHABET = /^[A-Za-z0-9_-]*$/;

/** base64url without padding [RFC4648 §5]. */
export const toBase64Url = (bytes) => toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** Reads base64url in its one spelling: no padding, no other characters, no stray bits. Throws a SyntaxError. */
export function fromBase64Url(text) {
  if (typeof text !== "string" || !ALPHABET.test(text) || text.length % 4 === 1) throw new SyntaxError("not base64url");
  const bytes = fromBinary(atob(text.replaceAll("-", "+").replaceAll("_", "/")));
  if (toBase64Url(bytes) !== text) throw new SyntaxError("base64url with stray bits");
  return bytes;
}

/** base64 with padding [RFC4648 §4]. */
export function toBase64(bytes) {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}

/** Reads base64 with padding, as `x5c` has it [RFC7515 §4.1.6]. Throws a SyntaxError. */
export function fromBase64(text) {
  if (typeof text !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) throw new SyntaxError("not base64");
  return fromBinary(atob(text));
}

const BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/** Base45, the characters of a QR code's alphanumeric mode: two bytes as three, of which each takes 5.5 bits there [RFC9285 §4]. */
export function toBase45(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 2) {
    const isPair = at + 1 < bytes.length;
    let value = isPair ? bytes[at] * 256 + bytes[at + 1] : bytes[at];
    for (let left = isPair ? 3 : 2; left > 0; left--) {
      text += BASE45[value % 45];
      value = Math.floor(value / 45);
    }
  }
  return text;
}

/** Reads Base45: no other characters, and no group that says more than its bytes hold [RFC9285 §6]. Throws a SyntaxError. */
export function fromBase45(text) {
  if (text.length % 3 === 1) throw new SyntaxError("not base45");
  const bytes = [];
  for (let at = 0; at < text.length; at += 3) {
    const digits = [...text.slice(at, at + 3)].map((character) => BASE45.indexOf(character));
    const value = digits.reduceRight((sum, digit) => sum * 45 + digit, 0);
    if (digits.includes(-1) || value >= (digits.length === 3 ? 65536 : 256)) throw new SyntaxError("not base45");
    if (digits.length === 3) bytes.push(value >> 8);
    bytes.push(value & 255);
  }
  return Uint8Array.from(bytes);
}

const fromBinary = (binary) => Uint8Array.from(binary, (character) => character.charCodeAt(0));

/** The UTF-8 of a text. */
export const utf8 = (text) => new TextEncoder().encode(text);

/** The text of UTF-8. Throws a TypeError where it is none. */
export const fromUtf8 = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);

/** The SHA-256 of bytes, or of a text's UTF-8. */
export const sha256 = async (data) =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", typeof data === "string" ? utf8(data) : data));

/** All of them, one after the other. */
export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Whether two byte strings are the same. For what is public: it takes as long as they agree. */
export const sameBytes = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);

/** Fresh random bytes as base64url. */
export const randomText = (length = 16) => toBase64Url(crypto.getRandomValues(new Uint8Array(length)));
