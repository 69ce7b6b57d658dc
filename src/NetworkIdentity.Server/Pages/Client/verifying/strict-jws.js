// A compact JWS as the nation reads it: strict JSON, and no header that changes what the signature is of.
import { fromBase64Url, fromUtf8 } from "../shared/bytes.js";
import { readJws } from "../shared/jose.js";
import { strictObject } from "./strict-json.js";

const LONGEST = 1024 * 1024;

/** Reads a compact JWS [RFC7515 §7.1]; nothing is verified yet. Throws a SyntaxError. @returns {ReturnType<typeof readJws>} */
export function readStrictJws(compact) {
  if (compact.length > LONGEST) throw new SyntaxError("the token is too long");
  const jws = readJws(compact);
  const [header, payload] = compact.split(".", 2).map((part) => fromUtf8(fromBase64Url(part)));
  strictObject(header);
  strictObject(payload);
  if ("b64" in jws.header) throw new SyntaxError("an unencoded payload is not supported");
  if (typeof jws.header.alg !== "string") throw new SyntaxError("alg is missing");
  for (const name of ["typ", "kid"]) if (name in jws.header && typeof jws.header[name] !== "string") throw new SyntaxError(`${name} must be a string`);
  return jws;
}
