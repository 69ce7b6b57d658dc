// A verifiable credential in SD-JWT form, read as strictly as the nation reads it [RFC9901 §7.1] [SD-JWT-VC]. Its times, its issuer and its status are not yet judged.
import { fromBase64Url, fromUtf8 } from "../shared/bytes.js";
import { processSdJwt, readSdJwt } from "../shared/sd-jwt.js";
import { strictJson, isObject } from "./strict-json.js";
import { readStrictJws } from "./strict-jws.js";
import { Issued, NEVER_DISCLOSABLE } from "./type-metadata.js";

const LONGEST = 256 * 1024;
const MOST_DISCLOSURES = 200;

/** The last second that has a date. */
const LATEST = 253_402_300_799;
const MOST_INDEX = 2 ** 31 - 1;
const PRIVATE = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/**
 * Reads one. Throws a SyntaxError.
 * @param {string} text with a key binding or without
 * @returns {Promise<{ jws: object, kbJwt: string | null, shown: string, claims: object, issued: Issued, type: string, issuer: string | null, issuedAt: number | null,
 *   notBefore: number | null, expiresAt: number | null, holder: object | null, status: { uri: string, idx: number } | null }>} times in ms; `shown`: up to the last tilde
 */
export async function readSdJwtVc(text) {
  if (text.length > LONGEST) throw new SyntaxError("the SD-JWT is too long");
  const parts = text.split("~");
  if (parts.length > MOST_DISCLOSURES + 2) throw new SyntaxError("the SD-JWT has too many disclosures");
  for (const disclosure of parts.slice(1, -1)) strictJson(fromUtf8(fromBase64Url(disclosure)));
  const { jwt, disclosures: given, kbJwt } = await readSdJwt(text);
  const jws = readStrictJws(jwt);
  if (jws.header.typ !== "dc+sd-jwt") throw new SyntaxError("typ of the credential must be dc+sd-jwt");
  const { claims, disclosures } = processSdJwt({ jws, disclosures: given });
  const issued = new Issued(jws.claims, disclosures);
  for (const name of NEVER_DISCLOSABLE) if (issued.isDisclosable(name)) throw new SyntaxError(`${name} may not be selectively disclosable`);

  const type = string(claims, "vct") ?? "";
  if (type === "") throw new SyntaxError("vct is missing or empty");
  const others = claims.aka_vcts;
  if (others !== undefined && !(Array.isArray(others) && others.length > 0 && others.every((one) => typeof one === "string" && one !== type))) throw new SyntaxError("aka_vcts must name other types than vct");
  string(claims, "vct#integrity");
  return {
    jws, kbJwt, shown: text.slice(0, text.lastIndexOf("~") + 1), claims, issued, type,
    issuer: string(claims, "iss"), issuedAt: time(claims, "iat"), notBefore: time(claims, "nbf"), expiresAt: time(claims, "exp"),
    holder: holderOf(claims.cnf), status: statusOf(claims.status),
  };
}

/** A claim that is a text where it is there. Throws a SyntaxError. */
export function string(claims, name) {
  if (!Object.hasOwn(claims, name)) return null;
  if (typeof claims[name] !== "string") throw new SyntaxError(`${name} must be a string`);
  return claims[name];
}

/** A NumericDate in ms, where it is there. Throws a SyntaxError. */
export function time(claims, name) {
  if (!Object.hasOwn(claims, name)) return null;
  if (!(typeof claims[name] === "number" && claims[name] >= 0 && claims[name] <= LATEST)) throw new SyntaxError(`${name} must be a NumericDate`);
  return Math.trunc(claims[name]) * 1000;
}

function holderOf(cnf) {
  if (cnf === undefined) return null;
  const jwk = cnf?.jwk;
  if (!isObject(jwk)) throw new SyntaxError("cnf has no jwk, and no other confirmation method is supported");
  if (PRIVATE.some((name) => Object.hasOwn(jwk, name))) throw new SyntaxError("the key holds a private member");
  const coordinates = jwk.kty === "EC" && jwk.crv === "P-256" ? [jwk.x, jwk.y] : jwk.kty === "OKP" && jwk.crv === "Ed25519" ? [jwk.x] : null;
  if (coordinates === null) throw new SyntaxError("the key is not EC P-256 or OKP Ed25519");
  if (coordinates.some((text) => fromBase64Url(text).length !== 32)) throw new SyntaxError("a coordinate of the key has a wrong length");
  return jwk;
}

function statusOf(status) {
  if (status === undefined) return null;
  const list = status?.status_list;
  if (!isObject(list)) throw new SyntaxError("status has no status_list, and no other mechanism is supported");
  if (!(Number.isInteger(list.idx) && list.idx >= 0 && list.idx <= MOST_INDEX)) throw new SyntaxError("idx is out of range");
  if (typeof list.uri !== "string" || !isAbsoluteUrl(list.uri)) throw new SyntaxError("uri of the status list must be an absolute URI");
  return { uri: list.uri, idx: list.idx };
}

/** Whether a text is an absolute URL, whatever a lenient parser would make of it. */
export const isAbsoluteUrl = (text) => text.length <= 2048 && /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`\p{Cc}]+$/u.test(text) && (!/^https?:/i.test(text) || /^https?:\/\/[^/?#]/i.test(text)) && URL.canParse(text);
