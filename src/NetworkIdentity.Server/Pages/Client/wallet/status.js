// Whether a credential still stands, by the list that its issuer signs [TSL §8.3] [BSL §3.2].
import { fromBase64, sameBytes } from "../shared/bytes.js";
import { readBitstring } from "./bitstring.js";
import { isW3c, namesIssuer } from "./credential.js";
import { readChain, readCertificate } from "../shared/der.js";
import { isSigned, keyOfCertificate, readJws } from "../shared/jose.js";
import { readSdJwt } from "../shared/sd-jwt.js";
import { LIST_TYPE, meaningAt, openTokenList, readTokenList } from "../shared/token-list.js";

const SKEW_SECONDS = 60;

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
    const response = await wire.fetch(uri, { headers: { accept: `application/${LIST_TYPE}` }, note: "The wallet asks whether the credential still stands." });
    if (!response.ok) return "unknown";
    return meaningAt(await readList(await response.text(), uri, credential), idx);
  } catch {
    return "unknown"; // the wire keeps what was answered
  }
}

/** A list that the credential's issuer signed, and that is in its time [TSL §5.1]. Throws where it is not. */
async function readList(token, uri, credential) {
  const jws = readJws(token.trim());
  const { header } = jws;
  // The root is not in x5c, so that this is as far as a wallet gets: a certificate for the issuer, by whoever certified the credential's key.
  const [leaf] = await readChain(header.x5c);
  const { jws: { header: { x5c } } } = await readSdJwt(credential.copies[0].sdJwt);
  if (!namesIssuer(leaf, credential.issuer)) throw new SyntaxError("the certificate does not name the issuer");
  if (!sameBytes(leaf.issuer, readCertificate(fromBase64(x5c[0])).issuer)) throw new SyntaxError("the certificate is of another authority");
  if (!(await isSigned(jws, await keyOfCertificate(leaf)))) throw new SyntaxError("the signature is not the issuer's");

  return openTokenList(readTokenList(jws, uri, { now: Date.now() / 1000, skew: SKEW_SECONDS }));
}
