// Keys as Multikey, and the DID that is nothing but a key [CID §2.2.2] [DID-Key].
import { concat, fromBase64Url, sameBytes, toBase64Url } from "./bytes.js";
import { keyOfJwk, publicJwk } from "./jose.js";
import { fromBase58, toBase58 } from "./multibase.js";

/** What stands before a key and says of which kind it is. */
const P256 = new Uint8Array([0x80, 0x24]);
const ED25519 = new Uint8Array([0xed, 0x01]);

/** A public P-256 key as Multikey: its point, compressed. */
export async function multikeyOf(publicKey) {
  const { x, y } = await publicJwk(publicKey);
  return toBase58(concat(P256, [2 + (fromBase64Url(y).at(-1) & 1)], fromBase64Url(x)));
}

/** The did:key of a public P-256 key. */
export const didKeyOf = async (publicKey) => `did:key:${await multikeyOf(publicKey)}`;

/** The one verification method of a did:key, which is named like the key. */
export const methodOf = (did) => `${did}#${did.slice("did:key:".length)}`;

/** A key that verifies, from a Multikey: P-256 or Ed25519. Throws a SyntaxError where it is neither, or no key. @returns {Promise<CryptoKey>} */
export async function keyOfMultikey(text) {
  const bytes = fromBase58(text);
  const [kind, key] = [bytes.subarray(0, 2), bytes.subarray(2)];
  if (sameBytes(kind, ED25519) && key.length === 32) return keyOfJwk({ kty: "OKP", crv: "Ed25519", x: toBase64Url(key) });
  if (sameBytes(kind, P256) && key.length === 33 && (key[0] === 2 || key[0] === 3)) return keyOfJwk({ kty: "EC", crv: "P-256", ...decompress(key) });
  throw new SyntaxError("not a Multikey that is verified with here");
}

const FIELD = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

/** The point of a P-256 key from its half, since browsers read it whole alone. The number is public: how long this takes tells nothing. */
function decompress(bytes) {
  const x = numberOf(bytes.subarray(1));
  const square = (x ** 3n - 3n * x + B) % FIELD;
  const root = power(square, (FIELD + 1n) / 4n);
  if (x >= FIELD || (root * root - square) % FIELD !== 0n) throw new SyntaxError("not a point of P-256");
  const y = (root & 1n) === BigInt(bytes[0] & 1) ? root : FIELD - root;
  return { x: toBase64Url(bytes.subarray(1)), y: toBase64Url(bytesOf(y)) };
}

function power(base, exponent) {
  let result = 1n;
  for (let square = ((base % FIELD) + FIELD) % FIELD; exponent > 0n; exponent >>= 1n, square = (square * square) % FIELD) {
    if (exponent & 1n) result = (result * square) % FIELD;
  }
  return result;
}

const numberOf = (bytes) => bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);

const bytesOf = (number) => Uint8Array.from({ length: 32 }, (_, at) => Number((number >> BigInt(8 * (31 - at))) & 255n));
