// What a nation says under its own signature that is no credential and no list: a JWS by its key for statements, whose `typ` says of what kind it is.
import { isSigned } from "../shared/jose.js";
import { PURPOSES } from "./certificates.js";
import { readStrictJws } from "./strict-jws.js";

/** In ms: how far ahead of the reader's clock a statement may have been signed. */
const SKEW = 300_000;

/**
 * Reads a statement.
 * @param {import("./certificates.js").Certificates} certificates who is trusted
 * @param {string} text the compact form
 * @param {string} type the `typ` that it must have
 * @param {string} issuer who must have said it
 * @param {number} now in ms
 * @returns {Promise<object>} what is said, with `iss` and `iat`
 * @throws {SyntaxError} it is no such statement of that issuer's
 */
export async function readStatement(certificates, text, type, issuer, now) {
  const jws = readStrictJws(text);
  if (jws.header.typ !== type) throw new SyntaxError(`typ is not ${type}`);
  const { found, why } = await certificates.find(jws.header, PURPOSES.statement, issuer, now);
  if (found === null) throw new SyntaxError(why);
  if (!(await isSigned(jws, found.key))) throw new SyntaxError("the signature is not the issuer's");
  if (jws.claims.iss !== issuer) throw new SyntaxError("it is said by another issuer");
  if (!Number.isInteger(jws.claims.iat)) throw new SyntaxError("iat is missing");
  if (jws.claims.iat * 1000 > now + SKEW) throw new SyntaxError("it was signed in the future");
  return jws.claims;
}
