// A credential of the W3C's data model, secured by a proof inside: whether what an issuer gave is one, and how it is shown [VCDM §4] [OpenID4VP §B.1.3.2].
import { proofOf, secure, verify } from "../shared/data-integrity.js";
import { didKeyOf, methodOf } from "../shared/did-key.js";
import { checkDigests } from "../shared/digests.js";
import { canonicalize } from "../shared/jcs.js";
import { objectOf } from "./wire.js";

/** The name of the form in offers and requests. */
export const LDP_VC = "ldp_vc";

/** The context that comes first. It is known, and never fetched [VCDM §B.1]. */
const CONTEXT = "https://www.w3.org/ns/credentials/v2";
const TYPE = "VerifiableCredential";

const SKEW_MS = 60_000;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** What the envelope says, not the issuer of the holder. */
const ENVELOPE = ["@context", "id", "type", "issuer", "validFrom", "validUntil", "credentialStatus", "credentialSchema", "relatedResource", "proof"];

/** What differs from copy to copy. */
const OF_ONE_COPY = ["id", "validFrom", "validUntil", "credentialStatus", "proof"];

/**
 * Reads what an issuer gave: its form, its types, its time, and the issuer's proof by a key that the issuer's own host publishes.
 * @param {unknown} given
 * @param {import("./issuance.js").Pending} pending
 * @param {(method: string) => Promise<CryptoKey>} keyOf the issuer's key by its verification method
 * @returns {Promise<{ document: object, holder: string, told: string, issuedAt: number | null, expiresAt: number | null }>} `document` with its proof; `told` is what it
 *   says, in one spelling
 * @throws {SyntaxError} where it is not as it must be
 */
export async function readW3c(given, { configuration }, keyOf) {
  const proof = proofOf(given);
  const { issuer, type, validFrom, validUntil, credentialSubject: subject } = given;
  if ([given["@context"]].flat()[0] !== CONTEXT) throw new SyntaxError("@context does not begin with the data model’s");
  if (!Array.isArray(type) || ![TYPE, ...configuration.types].every((one) => type.includes(one))) throw new SyntaxError("type is not what was offered");
  if (subject === null || typeof subject !== "object" || typeof subject.id !== "string") throw new SyntaxError("credentialSubject is not one subject with an id");
  const [from, until] = [validFrom, validUntil].map(timeOf);
  if (until !== null && until <= Date.now()) throw new SyntaxError("it has expired");
  if (from !== null && from > Date.now() + SKEW_MS) throw new SyntaxError("it is not valid yet");

  const did = issuer?.id ?? issuer;
  if (proof.proofPurpose !== "assertionMethod" || proof.verificationMethod.split("#")[0] !== did) throw new SyntaxError("the proof is not the issuer’s own, or is for something else");
  const signed = await verify(given, await keyOf(proof.verificationMethod), Date.now());
  return { document: { ...signed, proof }, holder: subject.id, told: toldOf(signed), issuedAt: from, expiresAt: until };
}

function timeOf(text) {
  if (text === undefined) return null;
  const time = TIME.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(time)) throw new SyntaxError("validFrom or validUntil is not a time with its offset");
  return time;
}

function toldOf(signed) {
  const { id: _, ...said } = signed.credentialSubject;
  return canonicalize({ ...Object.fromEntries(Object.entries(signed).filter(([name]) => !OF_ONE_COPY.includes(name))), credentialSubject: said });
}

/**
 * The types by their whole names, as requests name them, out of the contexts [OpenID4VP §B.1.1]. Those lie at the issuer's own address, so that nobody else learns
 * of a credential; they are read once, when it is taken.
 * @param {object} document
 * @param {string} issuer
 * @param {import("./wire.js").Wire} wire
 * @returns {Promise<string[]>}
 * @throws {SyntaxError} a context that is elsewhere, or is not the file that the issuer meant
 */
export async function typesOf(document, issuer, wire) {
  const terms = {};
  for (const url of [document["@context"]].flat().slice(1)) {
    if (typeof url !== "string" || !url.startsWith(`${issuer.replace(/\/$/, "")}/`)) throw new SyntaxError("@context names what is not at the issuer’s own address");
    const response = await wire.fetch(url, { headers: { accept: "application/ld+json, application/json" }, note: "The wallet reads what the credential’s words mean." });
    if (!response.ok) throw new SyntaxError("a context could not be read");
    const text = await response.clone().text();
    for (const resource of [document.relatedResource ?? []].flat()) if (resource.id === url) await checkDigests(resource, text);
    Object.assign(terms, (await objectOf(response, "The context"))["@context"]);
  }
  return document.type.map((name) => (name === TYPE ? `https://www.w3.org/2018/credentials#${TYPE}` : expand(terms, name)));
}

/** The whole name of a type; one that no context defines is whole as it is. */
function expand(terms, name) {
  if (!Object.hasOwn(terms, name)) return name;
  const id = terms[name]?.["@id"] ?? terms[name];
  const [prefix, ...rest] = String(id).split(":");
  return Object.hasOwn(terms, prefix) && !rest[0]?.startsWith("//") ? `${terms[prefix]?.["@id"] ?? terms[prefix]}${rest.join(":")}` : String(id);
}

/** The entries of the issuer's status lists; null where there are none [BSL §2.1]. An index that can't be read is NaN, which no list has: the status is unknown then. */
export function statusOf({ credentialStatus }) {
  const entries = [credentialStatus ?? []].flat().filter((entry) => entry?.type === "BitstringStatusListEntry" && ["revocation", "suspension"].includes(entry.statusPurpose));
  return entries.length === 0 ? null : entries.map(({ statusPurpose: purpose, statusListCredential: uri, statusListIndex: idx, statusSize: size = 1 }) =>
    ({ purpose, uri, idx: /^\d{1,15}$/.test(idx) && size === 1 ? Number(idx) : NaN }));
}

/**
 * What a credential says, each with its place, without the envelope: everything that whoever it is shown to learns of its holder.
 * @returns {{ path: (string | number)[], value: unknown }[]}
 */
export const saidIn = ({ credentialSubject, ...document }) => [
  ...Object.entries(credentialSubject).filter(([name]) => name !== "id" && name !== "type").map(([name, value]) => ({ path: ["credentialSubject", name], value })),
  ...Object.entries(document).filter(([name]) => !ENVELOPE.includes(name)).map(([name, value]) => ({ path: [name], value })),
];

/**
 * A presentation of one credential, bound to who asks [OpenID4VP §B.1.3.2].
 * @param {object} document the credential with its proof
 * @param {CryptoKeyPair} keys the holder's
 * @param {{ challenge: string, domain: string }} to
 * @param {CryptoKey} [privateKey] another than the holder's: how the practice wallet lies
 */
export async function presentW3c(document, keys, to, privateKey = keys.privateKey) {
  const holder = await didKeyOf(keys.publicKey);
  const presentation = { "@context": [CONTEXT], type: ["VerifiablePresentation"], holder, verifiableCredential: [document] };
  return secure(presentation, { verificationMethod: methodOf(holder), proofPurpose: "authentication", ...to }, privateKey);
}
