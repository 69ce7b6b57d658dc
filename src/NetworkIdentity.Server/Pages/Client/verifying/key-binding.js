// The key binding JWT: the holder's signature over this presentation, for this verifier, now [RFC9901 §4.3, §7.3 step 5].
import { isSigned, keyOfJwk } from "../shared/jose.js";
import { digestOf } from "../shared/sd-jwt.js";
import { string, time } from "./sd-jwt-vc.js";
import { readStrictJws } from "./strict-jws.js";

/** In ms: how old an answer may be, and how far the holder's clock may be wrong. The nonce makes it fresh; this bounds a clock that is wrong. */
const OLDEST = 600_000;
export const SKEW = 60_000;

/**
 * Verifies that the holder made this presentation. One that nobody asked for answered someone else, which proves nobody here; it is whole all the same, or it is not what the holder gave.
 * @param {Awaited<ReturnType<typeof import("./sd-jwt-vc.js").readSdJwtVc>>} vc
 * @param {{ nonce: string, audience: string } | null} challenge null where nobody was asked
 * @param {number} now in ms
 * @returns {Promise<{ nonce: string, aud: string, iat: number }>}
 * @throws {SyntaxError} with words of its own for each step
 */
export async function verifyKeyBinding({ holder, kbJwt, shown }, challenge, now) {
  if (kbJwt === null) throw new SyntaxError("the key binding JWT is missing");
  const { use, key_ops: operations, alg } = holder;
  if ((use !== undefined && use !== "sig") || (operations !== undefined && !operations.includes("verify"))) throw new SyntaxError("the key is not for verifying signatures");
  const key = await keyOfJwk(holder).catch((error) => {
    throw new SyntaxError("the key is not a valid public key", { cause: error });
  });
  const jws = readStrictJws(kbJwt);
  const isBound = alg === undefined || alg === jws.header.alg || key.algorithm.name !== "ECDSA";
  if (!isBound || !(await isSigned(jws, key))) throw new SyntaxError("the key binding JWT is not signed by the holder's key");
  if (jws.header.typ !== "kb+jwt") throw new SyntaxError("typ of the key binding JWT must be kb+jwt");
  const { claims } = jws;
  const issuedAt = time(claims, "iat");
  if (issuedAt === null) throw new SyntaxError("iat of the key binding JWT is missing");
  if (issuedAt > now + SKEW) throw new SyntaxError("iat of the key binding JWT is in the future");
  if (challenge !== null && issuedAt < now - OLDEST - SKEW) throw new SyntaxError("iat of the key binding JWT is too long ago");
  const [aud, nonce, hash] = ["aud", "nonce", "sd_hash"].map((name) => string(claims, name));
  if ([aud, nonce, hash].includes(null)) throw new SyntaxError("aud, nonce or sd_hash of the key binding JWT is missing");
  if (challenge !== null && aud !== challenge.audience) throw new SyntaxError("aud of the key binding JWT is not this verifier");
  if (challenge !== null && nonce !== challenge.nonce) throw new SyntaxError("nonce of the key binding JWT is not the request's");
  if (hash !== (await digestOf(shown))) throw new SyntaxError("sd_hash of the key binding JWT is of another presentation");
  const [expires, notBefore] = [time(claims, "exp"), time(claims, "nbf")];
  if (expires !== null && expires <= now - SKEW) throw new SyntaxError("the key binding JWT has expired");
  if (notBefore !== null && notBefore > now + SKEW) throw new SyntaxError("the key binding JWT is not yet valid");
  return { nonce, aud, iat: claims.iat };
}
