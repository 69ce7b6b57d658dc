// The status of a credential, by the list that its issuer signed, as it was brought here [TSL §8.3]. Whatever is wrong with a list makes the status unknown, never valid.
import { isSigned } from "../shared/jose.js";
import { meaningAt, openTokenList, readTokenList } from "../shared/token-list.js";
import { PURPOSES } from "./certificates.js";
import { readStrictJws } from "./strict-jws.js";

/** In seconds: how far the issuer's clock may run ahead. */
const SKEW = 60;

/** In seconds: how long after its `iat` a list ends, whatever its `exp`. */
export const LONGEST_BELIEVED = 7 * 86_400;

/**
 * Opens a list.
 * @param {string} token the compact form
 * @param {string} uri the list's
 * @param {string} issuer who must have signed it
 * @param {import("./certificates.js").Certificates} certificates
 * @param {number} now in ms
 * @returns {Promise<{ bits: number, bytes: Uint8Array, issuedAt: number, expiresAt: number | null }>} times in seconds
 * @throws {SyntaxError} it is not the issuer's list of this URI, or it can't be relied on now
 */
export async function openList(token, uri, issuer, certificates, now) {
  const jws = readStrictJws(token);
  const { found, why } = await certificates.find(jws.header, PURPOSES.list, issuer, now);
  if (found === null) throw new SyntaxError(why);
  if (!(await isSigned(jws, found.key))) throw new SyntaxError("the list's signature is not its key's");
  const list = await openTokenList(readTokenList(jws, uri, { now: now / 1000, skew: SKEW }));
  return list;
}

/** The list, where it is in its time: it may have been opened earlier. Throws a SyntaxError where it is not. */
export function checkTime(list, now) {
  if (list.issuedAt > now / 1000 + SKEW) throw new SyntaxError("iat of the list is in the future");
  if (!(Math.min(list.expiresAt ?? Infinity, list.issuedAt + LONGEST_BELIEVED) > now / 1000)) throw new SyntaxError("the status list has expired");
  return list;
}

export { meaningAt };
