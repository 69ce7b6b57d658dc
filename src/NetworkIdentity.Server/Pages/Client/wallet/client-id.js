// Who asks: the key behind a client id, by the client id's prefix [OpenID4VP §5.9].
import { fromBase64Url, fromUtf8, sha256, toBase64Url } from "../shared/bytes.js";
import { readChain } from "../shared/der.js";
import { isSigned, keyOfCertificate, keyOfJwk } from "../shared/jose.js";
import { Problem } from "../shared/problem.js";

/** What this wallet knows, as its metadata says. */
export const PREFIXES = ["x509_hash", "x509_san_dns", "decentralized_identifier"];

/**
 * Holds a signed request against its client id [OpenID4VP §5.9.3].
 * @param {ReturnType<typeof import("../shared/jose.js").readJws>} jws
 * @param {string} clientId
 * @returns {Promise<{ prefix: string, id: string }>} the prefix, and the client id without it
 * @throws {Problem} invalid_client, untrusted_certificate
 */
export async function checkClient(jws, clientId) {
  const colon = clientId.indexOf(":");
  const [prefix, id] = [clientId.slice(0, Math.max(colon, 0)), clientId.slice(colon + 1)];
  if (!PREFIXES.includes(prefix)) {
    throw new Problem("invalid_client", "This wallet can’t tell who asks, so it doesn’t answer.", {
      mend: "Go back and tell the app.", detail: `the client id prefix of ${clientId} is not one of ${PREFIXES.join(", ")}`,
    });
  }
  const key = prefix === "decentralized_identifier" ? await keyOfDid(id, jws.header.kid) : await keyOfLeaf(prefix, id, jws.header.x5c);
  if (!(await isSigned(jws, key))) throw stranger("the signature of the request is not its client's");
  return { prefix, id };
}

async function keyOfLeaf(prefix, id, x5c) {
  const [leaf] = await readChain(x5c);
  if (prefix === "x509_hash" ? toBase64Url(await sha256(leaf.der)) !== id : !leaf.dnsNames.includes(id)) throw stranger("the client id is another certificate's");
  try {
    return await keyOfCertificate(leaf);
  } catch (error) {
    throw stranger(error.message, error);
  }
}

/** did:jwk holds its key in its name, so that nothing needs to be fetched; its one verification method is #0. */
async function keyOfDid(did, kid) {
  const [, method, encoded] = did.split(":");
  if (!did.startsWith("did:") || method !== "jwk" || did.split(":").length !== 3) throw stranger("of decentralized identifiers, this wallet knows did:jwk alone");
  if (kid !== `${did}#0`) throw stranger("kid is not the key of the client's DID");
  try {
    return await keyOfJwk(JSON.parse(fromUtf8(fromBase64Url(encoded))));
  } catch (error) {
    throw stranger("the DID holds no key that this wallet verifies with", error);
  }
}

const stranger = (detail, cause) =>
  new Problem("invalid_client", "Whoever asks is not who they say they are.", { mend: "Don’t go on. Go back and tell the app.", detail, cause });
