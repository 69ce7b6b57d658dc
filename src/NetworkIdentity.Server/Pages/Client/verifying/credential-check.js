// The steps of the nation's own verifier, against what is known here and nothing else: no network, no clock of its own [RFC9901 §7.3] [SD-JWT-VC §2.5].
import { sha256, toBase64, toBase64Url } from "../shared/bytes.js";
import { isSigned } from "../shared/jose.js";
import { Certificates, isInItsTime, PURPOSES, thumbprintOf, thumbprintOfCertificate } from "./certificates.js";
import { SKEW, verifyKeyBinding } from "./key-binding.js";
import { compileSchema } from "./schema.js";
import { readSdJwtVc } from "./sd-jwt-vc.js";
import { checkTime, meaningAt, openList } from "./status-list.js";
import { NotUnderstood, Walk } from "./verdict.js";

/** A printed card: its header names its key alone, to be short. */
export const CARD = "urn:network-identity:card:1";

/** What the envelope says, not the issuer of the holder. */
const APART = ["iss", "iat", "nbf", "exp", "cnf", "status", "vct", "vct#integrity", "aka_vcts", "_sd_alg"];

/** What is found out once of what is known: keys, lists and schemas. */
const KEPT = new WeakMap();

/**
 * @typedef {object} Known what is known here; it does not change while it is used
 * @property {Map<string, { roots: Uint8Array[], types: string[], leaves?: Uint8Array[], isByDid?: boolean, until?: number }>} issuers who is trusted, for which types (`vct`), by which roots in DER; `leaves`: the
 *   certificates that its DID has, for printed cards; `isByDid`: no other is taken; one without a root is trusted and not known; `until`: when that ends, in ms
 * @property {Record<string, { metadata: object, schema: object }>} types by `vct`
 * @property {Map<string, string>} lists the compact tokens, by URI
 */

/**
 * @typedef {object} Verdict
 * @property {'accepted' | 'refused' | 'undetermined'} outcome
 * @property {string | null} step the one that decided: shape, schema, issuer, proof, validity, holder or status
 * @property {string | null} reason as docs/errors.md explains it
 * @property {string} words for a developer
 * @property {string[]} held the steps that held
 * @property {boolean} isHolderProven whether who shows it answered the challenge
 * @property {string | null} issuer
 * @property {string | null} type
 * @property {object | null} claims what it says, without the envelope; this and what follows is null where its proof did not hold
 * @property {number | null} validFrom in ms, as all times but keyBinding.iat
 * @property {number | null} validUntil
 * @property {number | null} issuedAt
 * @property {string | null} holderKey the thumbprint of the key that it was given to
 * @property {string | null} digest base64url of the SHA-256 of what the issuer signed
 * @property {number | null} listAt when the list that was read was signed
 * @property {{ nonce: string, aud: string, iat: number } | null} keyBinding what the holder signed, where that held
 */

/**
 * Checks a credential.
 * @param {string} text an SD-JWT VC, with or without key binding, or a printed card
 * @param {Known} known
 * @param {{ challenge: { nonce: string, audience: string } | null, now: number, listsAt?: number }} asked what its holder must answer, null where nobody was asked; the time in ms;
 *   and the time at which lists must be in theirs, where another limit than their own says how old they may be: a door's (decision 0052)
 * @returns {Promise<Verdict>}
 */
export async function checkCredential(text, known, { challenge, now, listsAt = now }) {
  const walk = new Walk();
  const facts = { issuer: null, type: null, claims: null, validFrom: null, validUntil: null, issuedAt: null, holderKey: null, digest: null, listAt: null, keyBinding: null };
  let verdict;
  try {
    verdict = await examine(String(text).trim(), kept(known), { challenge, now, listsAt, walk, facts });
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError || error instanceof DOMException || error instanceof NotUnderstood)) throw error; // DOMException: what WebCrypto says of a key that is none
    verdict = walk.of(error);
  }
  return { ...verdict, isHolderProven: challenge !== null && verdict.held.includes("holder"), ...facts };
}

async function examine(text, known, { challenge, now, listsAt, walk, facts }) {
  // 1. Shape: an SD-JWT whose disclosures and digests fit each other, holding an SD-JWT VC.
  const vc = await readSdJwtVc(text);
  [facts.issuer, facts.type] = [vc.issuer, vc.type];

  // 2. Type and schema: what is disclosed is what the type says it may be.
  walk.to("schema");
  if (!known.hasType(vc.type)) return walk.refused("unknown_type");
  const { metadata, violationsOf } = known.type(vc.type);
  if (metadata.vct !== vc.type) throw new SyntaxError("the type metadata describes another type than vct");
  for (const claim of metadata.claims ?? []) vc.issued.check(claim);
  const [violation] = violationsOf(vc.claims);
  if (violation) return walk.refused("schema_violated", `${violation.path} ${violation.words}`);

  // 3. Issuer: trusted for this type, and still so.
  walk.to("issuer");
  const trusted = known.issuers.get(vc.issuer);
  if (!trusted?.types.includes(vc.type)) return walk.refused("issuer_not_trusted");
  if (trusted.until !== undefined && trusted.until <= now) return walk.refused("issuer_not_trusted", "the recognition of its issuer is over");

  // 4. Proof: a leaf of the trusted root, for credentials, of this issuer; of a time when it signed; the signature.
  walk.to("proof");
  if (trusted.roots.length === 0) throw new NotUnderstood("the issuer is trusted, and its certificates are not known here");
  const header = vc.type === CARD ? await named(vc.jws.header, trusted) : vc.jws.header;
  const { found, why } = await known.certificates.find(header, PURPOSES.credential, vc.issuer, now);
  if (found === null) return walk.refused("issuer_key_not_trusted", why);
  if (vc.issuedAt === null) return walk.refused("issuer_key_retired", "the credential does not say when it was signed");
  if (!isInItsTime(found.chain[0], vc.issuedAt)) return walk.refused("issuer_key_retired");
  if (!(await isSigned(vc.jws, found.key))) return walk.refused("signature_invalid");
  Object.assign(facts, {
    claims: Object.fromEntries(Object.entries(vc.claims).filter(([name]) => !APART.includes(name))),
    validFrom: vc.notBefore ?? vc.issuedAt, validUntil: vc.expiresAt, issuedAt: vc.issuedAt,
    holderKey: vc.holder && (await thumbprintOf(vc.holder)), digest: toBase64Url(await sha256(vc.jws.signingInput)),
  });

  // 5. Validity: judged on what was signed, never on what was disclosed.
  walk.to("validity");
  if (Math.max(vc.issuedAt, vc.notBefore ?? 0) > now + SKEW) return walk.refused("not_yet_valid");
  if (vc.expiresAt === null || vc.expiresAt <= now) return walk.refused("expired");

  // 7 before 6, as the nation does: a status is not looked up for who can't show that it is theirs [TSL §8.3].
  if (challenge !== null || vc.kbJwt !== null) {
    walk.to("holder");
    if (vc.holder === null) return walk.refused("no_holder_key");
    facts.keyBinding = await verifyKeyBinding(vc, challenge, now);
  }

  // 6. Status: by the list that the issuer signed, as it was brought here.
  walk.to("status");
  if (vc.status === null) return walk.refused("no_status");
  const { list, unknown } = await known.list(vc.status.uri, vc.issuer, listsAt);
  if (!list) return walk.undetermined("status_unknown", unknown);
  facts.listAt = list.issuedAt * 1000;
  switch (meaningAt(list, vc.status.idx)) {
    case "valid": return walk.accepted(wordsOf(vc, challenge));
    case "revoked": return walk.refused("revoked", "the credential was revoked");
    case "suspended": return walk.refused("suspended", "the credential is suspended");
    default: return walk.undetermined("status_unknown", "the list does not have the credential, or says a status that has no meaning here");
  }
}

/** The header of a printed card with the certificate of the key that it names. It is checked as one that came with it. */
async function named(header, { leaves }) {
  if (header.x5c !== undefined || header.kid === undefined) return header;
  if (leaves === undefined) throw new NotUnderstood("a printed card names its key alone, and the issuer's certificates are not known here");
  for (const leaf of leaves) if ((await thumbprintOfCertificate(leaf)) === header.kid) return { ...header, x5c: [toBase64(leaf)] };
  return header;
}

function wordsOf({ type }, challenge) {
  if (challenge !== null) return "Everything holds, and who shows it is who it was given to.";
  if (type === CARD) return "Signature OK, person NOT proven: this is a printed card, and anyone may bear it or a copy. Ask for more, or compare it with the person.";
  return "The signature is right and the credential is in force. The person is not proven: anyone may have a copy.";
}

/**
 * The issuers beside one's own who are trusted at a time, and of whom a status list that is known here can't be used, or none is known: of what they revoked not all is known.
 * @param {Known} known
 * @param {string} own
 * @param {number} at in ms
 * @returns {Promise<string[]>}
 */
export async function issuersUnread(known, own, at) {
  const others = [...known.issuers].filter(([issuer, { until = Infinity }]) => issuer !== own && until > at).map(([issuer]) => issuer);

  // Of two at one host, one below the other, a list is the nearer one's.
  const issuerOf = (uri) => [...known.issuers.keys()].filter((issuer) => uri.startsWith(`${issuer}/`)).sort((a, b) => b.length - a.length)[0];
  const lists = await Promise.all([...known.lists.keys()].map((uri) => ({ uri, issuer: issuerOf(uri) })).filter(({ issuer }) => others.includes(issuer))
    .map(async ({ uri, issuer }) => ({ issuer, isRead: (await kept(known).list(uri, issuer, at)).list !== undefined })));
  return others.filter((issuer) => !lists.some((list) => list.issuer === issuer) || lists.some((list) => list.issuer === issuer && !list.isRead));
}

function kept(known) {
  if (!KEPT.has(known)) KEPT.set(known, new Kept(known));
  return KEPT.get(known);
}

/** What is known, read once: a list of a million takes a while, and a key costs more than what it is imported for. */
class Kept {
  #types = new Map();
  #lists = new Map();
  #known;

  constructor(known) {
    this.#known = known;
    this.issuers = known.issuers;
    const leavesOf = ({ leaves = [], isByDid = false } = {}) => (isByDid ? leaves : null);
    this.certificates = new Certificates((issuer) => known.issuers.get(issuer)?.roots ?? [], (issuer) => leavesOf(known.issuers.get(issuer)));
  }

  hasType(vct) {
    return Object.hasOwn(this.#known.types, vct);
  }

  type(vct) {
    if (!this.#types.has(vct)) {
      const { metadata, schema } = this.#known.types[vct];
      this.#types.set(vct, { metadata, violationsOf: compileSchema(schema) });
    }
    return this.#types.get(vct);
  }

  /** A list; or why there is none. */
  async list(uri, issuer, now) {
    const token = this.#known.lists.get(uri);
    if (token === undefined) return { unknown: "the status list is not among what is known here" };
    const name = JSON.stringify([uri, issuer]);
    try {
      if (!this.#lists.has(name)) this.#lists.set(name, await openList(token, uri, issuer, this.certificates, now));
      return { list: checkTime(this.#lists.get(name), now) };
    } catch (error) {
      return { unknown: error.message };
    }
  }
}
