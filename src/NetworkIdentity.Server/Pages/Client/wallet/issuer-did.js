// The keys of an issuer by its DID, as its own host publishes them [DID-Web] [DID-WebVH §Publishing a Parallel did:web DID].
import { keyOfMultikey } from "../shared/did-key.js";
import { keyOfJwk } from "../shared/jose.js";
import { objectOf } from "./wire.js";

/** The keys of an issuer, by verification method; each is asked for once. @returns {(method: string) => Promise<CryptoKey>} */
export function assertionKeys(issuer, wire) {
  const asked = new Map();
  return (method) => asked.get(method) ?? asked.set(method, assertionKey(method, issuer, wire)).get(method);
}

/**
 * The key of a verification method with which an issuer may assert [CID §3.3]. The DID must be at the place of the issuer that the holder was told of: a
 * did:webvh is read by the did:web that stands beside its log. So the wallet believes what https says of that host, as it does for all that an issuer
 * says; the log, and who witnessed it, is for those who must know what was so before.
 * @param {string} method a DID URL
 * @param {string} issuer the credential issuer identifier
 * @param {import("./wire.js").Wire} wire
 * @returns {Promise<CryptoKey>}
 * @throws {SyntaxError} where there is none; a Problem where the host does not answer
 */
async function assertionKey(method, issuer, wire) {
  const [did, fragment] = method.split("#");
  const web = webOf(did);
  if (web === null || placeOf(web) !== placeOfIssuer(issuer)) throw new SyntaxError("the key is not of a DID at the issuer’s own place");
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, "");
  const response = await wire.fetch(`${origin}${path || "/.well-known"}/did.json`, { headers: { accept: "application/did, application/json" }, note: "The wallet reads the issuer’s keys." });
  if (!response.ok) throw new SyntaxError("the issuer’s DID has no document");
  return keyIn(await objectOf(response, "The issuer’s DID document"), { did, web, fragment });
}

/** The did:web of a did:webvh, and of a did:web itself; null for any other DID. */
const webOf = (did) => /^did:web(?:vh:[^:]+)?:(.+)$/.exec(did)?.[1].replace(/^/, "did:web:") ?? null;

/** The host, with its port, and the path that a did:web is at. */
function placeOf(web) {
  const [host, ...path] = web.slice("did:web:".length).split(":");
  return [decodeURIComponent(host).toLowerCase(), ...path].join("/");
}

function placeOfIssuer(issuer) {
  const { host, pathname } = new URL(issuer);
  return `${host}${pathname.replace(/\/$/, "")}`;
}

function keyIn(document, { did, web, fragment }) {
  if (document.id !== web) throw new SyntaxError("the DID document is another’s");
  if (did !== web && ![document.alsoKnownAs].flat().includes(did)) throw new SyntaxError("the DID document does not know the DID");
  const id = `${web}#${fragment}`;
  const named = (one) => [id, `#${fragment}`].includes(one?.id ?? one);
  const listed = [document.assertionMethod ?? []].flat().find(named);
  const method = typeof listed === "object" ? listed : [document.verificationMethod ?? []].flat().find(named);
  if (!listed || !method) throw new SyntaxError("the DID document has no such key to assert with");
  if (method.controller !== web) throw new SyntaxError("the key is controlled by another");
  if (method.revoked !== undefined || (method.expires !== undefined && !(Date.parse(method.expires) > Date.now()))) throw new SyntaxError("the key is not in use any more");
  return method.publicKeyMultibase === undefined ? keyOfJwk(method.publicKeyJwk ?? {}) : keyOfMultikey(method.publicKeyMultibase);
}
