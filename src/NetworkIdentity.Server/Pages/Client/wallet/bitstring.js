// Whether a W3C credential still stands, by the lists that its issuer signs: one for each purpose [BSL §3.2].
import { namesIssuer } from "./credential.js";
import { proofOf, verify } from "../shared/data-integrity.js";
import { readChain } from "../shared/der.js";
import { inflate } from "../shared/inflate.js";
import { assertionKeys } from "./issuer-did.js";
import { isSigned, keyOfCertificate, readJws } from "../shared/jose.js";
import { fromMultibase64 } from "../shared/multibase.js";
import { bitAt } from "../shared/token-list.js";

const SKEW_MS = 60_000;

/**
 * Reads the status of a credential's first copy. One that is revoked is so, whatever the other list says; else both must be read.
 * @param {import("./credential.js").Credential} credential
 * @param {import("./wire.js").Wire} wire
 * @returns {Promise<'valid' | 'revoked' | 'suspended'>} rejects where it could not be read
 */
export async function readBitstring(credential, wire) {
  const keyOf = assertionKeys(credential.issuer, wire);
  const read = await Promise.allSettled(credential.status.map(async (entry) => ({ purpose: entry.purpose, isSet: await isSet(entry, credential, wire, keyOf) })));
  const set = read.filter(({ value }) => value?.isSet).map(({ value }) => value.purpose);
  if (set.includes("revocation")) return "revoked";
  const failed = read.find(({ status }) => status === "rejected");
  if (failed) throw failed.reason;
  return set.includes("suspension") ? "suspended" : "valid";
}

async function isSet({ purpose, uri, idx }, credential, wire, keyOf) {
  const response = await wire.fetch(uri, { headers: { accept: "application/vc" }, note: `The wallet asks whether the credential still stands: ${purpose}.` });
  if (!response.ok) throw new SyntaxError("the list is not there");
  const list = await openList((await response.text()).trim(), uri, credential, keyOf);
  if (![list.type].flat().includes("BitstringStatusListCredential") || (list.id ?? uri) !== uri) throw new SyntaxError("it is not the list that was asked for");
  if (!(Date.parse(list.validFrom) <= Date.now() + SKEW_MS)) throw new SyntaxError("validFrom is missing, or in the future");
  if (list.validUntil !== undefined && !(Date.parse(list.validUntil) > Date.now())) throw new SyntaxError("the list has expired");
  const { type, statusPurpose, statusSize = 1, encodedList } = list.credentialSubject ?? {};
  if (type !== "BitstringStatusList" || ![statusPurpose].flat().includes(purpose) || statusSize !== 1) throw new SyntaxError("the list is about something else");
  return bitAt(await inflate(fromMultibase64(encodedList), "gzip"), idx);
}

/** The list's credential in either of its forms: with a proof inside, by the key of a DID; or as JWT, by that or by a certificate. Throws where the issuer did not sign it. */
async function openList(text, uri, credential, keyOf) {
  const did = credential.claims.issuer?.id ?? credential.claims.issuer;
  const own = (list) => {
    if (![did, credential.issuer].includes(list.issuer?.id ?? list.issuer)) throw new SyntaxError("the list is another issuer’s");
    return list;
  };
  if (text.startsWith("{")) {
    const list = JSON.parse(text);
    const proof = proofOf(list);
    if (proof.proofPurpose !== "assertionMethod") throw new SyntaxError("the proof is for something else");
    return own(await verify(list, await keyOf(proof.verificationMethod), Date.now()));
  }
  const jws = readJws(text);
  const { typ, kid, x5c } = jws.header;
  const key = () => (String(kid).startsWith("did:") ? keyOf(kid) : certifiedKey(x5c, uri, credential));
  if (typ !== "vc+jwt") throw new SyntaxError("typ is not vc+jwt");
  if (!(await isSigned(jws, await key()))) throw new SyntaxError("the signature is not the issuer’s");
  return own(jws.claims);
}

/** The root is not in x5c, and nothing else ties the certificate to the issuer: so the list must come from the issuer's own address. */
async function certifiedKey(x5c, uri, { issuer }) {
  const [leaf] = await readChain(x5c);
  if (!namesIssuer(leaf, issuer) || !uri.startsWith(`${issuer.replace(/\/$/, "")}/`)) throw new SyntaxError("the certificate does not name the issuer, or the list is not at its address");
  return keyOfCertificate(leaf);
}
