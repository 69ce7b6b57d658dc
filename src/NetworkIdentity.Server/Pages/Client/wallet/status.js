// Whether a credential still stands, by the list that its issuer signs [TSL §8.3] [BSL §3.2].
import { fromBase64, fromBase64Url, sameBytes } from "./bytes.js";
import { readBitstring } from "./bitstring.js";
import { isW3c, namesIssuer } from "./credential.js";
import { readChain, readCertificate } from "./der.js";
import { inflate } from "./inflate.js";
import { isSigned, keyOfCertificate, readJws } from "./jose.js";
import { readSdJwt } from "./sd-jwt.js";

const TYPE = "statuslist+jwt";
const SKEW_SECONDS = 60;

/** What a status means [TSL §7.1]; any other is unknown. */
const MEANINGS = { 0: "valid", 1: "revoked", 2: "suspended" };

/**
 * Reads the status of a credential's first copy: its copies are revoked together.
 * @param {import("./credential.js").Credential} credential
 * @param {import("./wire.js").Wire} wire
 * @returns {Promise<'valid' | 'revoked' | 'suspended' | 'unknown'>} unknown where it could not be read, whatever the reason: what could not be checked is never valid
 */
export async function readStatus(credential, wire) {
  if (credential.status === null) return "unknown";
  try {
    if (isW3c(credential)) return await readBitstring(credential, wire);
    const { uri, idx } = credential.status;
    const response = await wire.fetch(uri, { headers: { accept: `application/${TYPE}` }, note: "The wallet asks whether the credential still stands." });
    if (!response.ok) return "unknown";
    const { bits, bytes } = await readList(await response.text(), uri, credential);
    return MEANINGS[statusAt(bytes, bits, idx)] ?? "unknown";
  } catch {
    return "unknown"; // the wire keeps what was answered
  }
}

/** A list that the credential's issuer signed, and that is in its time [TSL §5.1]. Throws where it is not. */
async function readList(token, uri, credential) {
  const jws = readJws(token.trim());
  const { header, claims } = jws;
  if (header.typ !== TYPE) throw new SyntaxError(`typ is not ${TYPE}`);
  if (claims.sub !== uri) throw new SyntaxError("sub is not the list's URI");

  // The root is not in x5c, so that this is as far as a wallet gets: a certificate for the issuer, by whoever certified the credential's key.
  const [leaf] = await readChain(header.x5c);
  const { jws: { header: { x5c } } } = await readSdJwt(credential.copies[0].sdJwt);
  if (!namesIssuer(leaf, credential.issuer)) throw new SyntaxError("the certificate does not name the issuer");
  if (!sameBytes(leaf.issuer, readCertificate(fromBase64(x5c[0])).issuer)) throw new SyntaxError("the certificate is of another authority");
  if (!(await isSigned(jws, await keyOfCertificate(leaf)))) throw new SyntaxError("the signature is not the issuer's");

  const now = Date.now() / 1000;
  if (claims.exp !== undefined && !(claims.exp > now)) throw new SyntaxError("the list has expired");
  if (!(claims.iat <= now + SKEW_SECONDS)) throw new SyntaxError("iat is missing, or in the future");
  const { bits, lst } = claims.status_list ?? {};
  if (![1, 2, 4, 8].includes(bits)) throw new SyntaxError("bits must be 1, 2, 4 or 8");
  return { bits, bytes: await inflate(fromBase64Url(lst)) };
}

/** The status at an index, the first in the lowest bits of a byte [TSL §4.1]. @returns {number | undefined} undefined beyond the end */
export function statusAt(bytes, bits, index) {
  const byte = bytes[Math.floor((index * bits) / 8)];
  return byte === undefined ? undefined : (byte >> ((index * bits) % 8)) & ((1 << bits) - 1);
}
