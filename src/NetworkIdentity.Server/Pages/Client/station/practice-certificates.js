// Certificates of a practice nation, made in the page and gone with it: as much of X.509 as the check at the door looks at [RFC5280 §4].
import { concat, sha256, utf8 } from "../shared/bytes.js";

const P256 = { name: "ECDSA", namedCurve: "P-256" };
const DAY = 86_400_000;

const der = (tag, ...parts) => {
  const content = concat(...parts);
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return concat(new Uint8Array([tag, ...length]), content);
};
const sequence = (...parts) => der(0x30, ...parts);
const octets = (...parts) => der(0x04, ...parts);
const bits = (bytes, unused = 0) => der(0x03, new Uint8Array([unused]), bytes);
const YES = new Uint8Array([0x01, 0x01, 0xff]);

/** A number without a sign; a first bit that is set gets a zero before it. */
const integer = (bytes) => {
  const start = bytes.findIndex((byte) => byte !== 0);
  const trimmed = bytes.subarray(start < 0 ? bytes.length - 1 : start);
  return der(0x02, ...(trimmed[0] & 0x80 ? [new Uint8Array([0])] : []), trimmed);
};

function oid(text) {
  const [first, second, ...rest] = text.split(".").map(Number);
  const arcs = [first * 40 + second, ...rest].flatMap((arc) => {
    const bytes = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) bytes.unshift(0x80 | (left & 0x7f));
    return bytes;
  });
  return der(0x06, new Uint8Array(arcs));
}

const ECDSA_SHA256 = sequence(oid("1.2.840.10045.4.3.2"));
const nameOf = (text) => sequence(der(0x31, sequence(oid("2.5.4.3"), der(0x0c, utf8(text)))));
const time = (ms) => der(0x18, utf8(new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, "")));
const extension = (id, value, isCritical = false) => sequence(oid(id), ...(isCritical ? [YES] : []), octets(value));

/**
 * A certificate with a key of its own.
 * @param {string} name
 * @param {{ now: number, above?: { name: string, key: CryptoKey, id: Uint8Array }, usage?: string, uri?: string }} of `above`: who signs it; without one it is a root
 * @returns {Promise<{ name: string, der: Uint8Array, key: CryptoKey, id: Uint8Array }>}
 */
export async function certificate(name, { now, above, usage, uri }) {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(P256, false, ["sign", "verify"]);
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", publicKey));
  const id = (await sha256(spki)).subarray(0, 20);
  const signer = above ?? { name, key: privateKey, id };
  const extensions = sequence(
    extension("2.5.29.19", above ? sequence() : sequence(YES), true),
    extension("2.5.29.15", above ? bits(new Uint8Array([0x80]), 7) : bits(new Uint8Array([0x06]), 1), true),
    ...(usage ? [extension("2.5.29.37", sequence(oid(usage)))] : []),
    ...(uri ? [extension("2.5.29.17", sequence(der(0x86, utf8(uri))))] : []),
    extension("2.5.29.14", octets(id)),
    extension("2.5.29.35", sequence(der(0x80, signer.id))),
  );
  const tbs = sequence(
    der(0xa0, integer(new Uint8Array([2]))), integer(crypto.getRandomValues(new Uint8Array(16))), ECDSA_SHA256, nameOf(signer.name),
    sequence(time(now - 400 * DAY), time(now + 400 * DAY)), nameOf(name), spki, der(0xa3, extensions),
  );
  const raw = new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, signer.key, tbs));
  return { name, der: sequence(tbs, ECDSA_SHA256, bits(sequence(integer(raw.subarray(0, 32)), integer(raw.subarray(32))))), key: privateKey, id };
}
