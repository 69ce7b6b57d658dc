// A token status list: what it must say of itself, and the status at an index [TSL §5.1]; and the bit at an index of the W3C's [BSL §3.2]. Who may sign them is for their reader to know.
import { fromBase64Url } from "./bytes.js";
import { inflate } from "./inflate.js";

/** Header `typ`, and the media type without `application/`. */
export const LIST_TYPE = "statuslist+jwt";

/** What a status means [TSL §7.1]; any other is unknown. */
const MEANINGS = ["valid", "revoked", "suspended"];

const MOST_TTL = 365 * 86_400;

/** The last second that has a date. */
const LATEST = 253_402_300_799;

/** In bytes: a shorter list of the W3C's would tell who it is about [BSL §3.2]. */
const SHORTEST = 16 * 1024;

/**
 * Reads what a list says of itself. Throws a SyntaxError where it can't be relied on.
 * @param {ReturnType<typeof import("./jose.js").readJws>} jws whose signature is looked at elsewhere
 * @param {string} uri where it was asked for
 * @param {{ now: number, skew: number }} time in seconds; `skew`: how far ahead the issuer's clock may be
 * @returns {{ bits: number, lst: string, issuedAt: number, expiresAt: number | null }} times in seconds
 */
export function readTokenList({ header, claims }, uri, { now, skew }) {
  if (header.typ !== LIST_TYPE) throw new SyntaxError(`typ is not ${LIST_TYPE}`);
  if (claims.sub !== uri) throw new SyntaxError("sub is not the list's URI");
  const [iat, exp, { ttl }] = [numericDate(claims, "iat"), numericDate(claims, "exp"), claims];
  if (iat === null || iat > now + skew) throw new SyntaxError("iat is missing, or in the future");
  if (exp !== null && exp <= now) throw new SyntaxError("the list has expired");
  if (ttl !== undefined && !(Number.isInteger(ttl) && ttl > 0 && ttl <= MOST_TTL)) throw new SyntaxError("ttl must be from a second to a year");
  const { bits, lst } = claims.status_list ?? {};
  if (![1, 2, 4, 8].includes(bits)) throw new SyntaxError("bits must be 1, 2, 4 or 8");
  return { bits, lst, issuedAt: iat, expiresAt: exp };
}

/** A NumericDate, a fraction cut off; null where it is absent. Throws a SyntaxError. */
function numericDate(claims, name) {
  const value = claims[name];
  if (value === undefined) return null;
  if (!(typeof value === "number" && value >= 0 && value <= LATEST)) throw new SyntaxError(`${name} must be a NumericDate`);
  return Math.trunc(value);
}

/** Inflates a list that was read. @returns {Promise<{ bits: number, bytes: Uint8Array, issuedAt: number, expiresAt: number | null }>} */
export async function openTokenList({ lst, ...list }) {
  return { ...list, bytes: await inflate(fromBase64Url(lst)) };
}

/** The status at an index, the first in the lowest bits of a byte [TSL §4.1]. @returns {number | undefined} undefined beyond the end */
export function statusAt(bytes, bits, index) {
  const byte = bytes[Math.floor((index * bits) / 8)];
  return byte === undefined ? undefined : (byte >> ((index * bits) % 8)) & ((1 << bits) - 1);
}

/** What the status at an index means. @returns {'valid' | 'revoked' | 'suspended' | 'unknown'} unknown beyond the end, too */
export const meaningAt = ({ bytes, bits }, index) => MEANINGS[statusAt(bytes, bits, index)] ?? "unknown";

/** The bit at an index of a list of the W3C's, the first in the highest of a byte [BSL §3.2]. Throws a SyntaxError beyond the end. */
export function bitAt(bytes, index) {
  if (bytes.length < SHORTEST || !(index < bytes.length * 8)) throw new SyntaxError("the list is too short");
  return ((bytes[Math.floor(index / 8)] >> (7 - (index % 8))) & 1) === 1;
}
