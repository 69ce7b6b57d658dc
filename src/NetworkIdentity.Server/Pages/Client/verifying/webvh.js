// The log of a did:webvh: its whole history, proven by itself, whoever hands it out [DID-WebVH §Read (Resolve)].
import { concat, fromBase64, sha256, utf8 } from "../shared/bytes.js";
import { proofOf, verify } from "../shared/data-integrity.js";
import { readCertificate } from "../shared/der.js";
import { keyOfMultikey } from "../shared/did-key.js";
import { canonicalize } from "../shared/jcs.js";
import { fromBase58, toBase58 } from "../shared/multibase.js";
import { thumbprintOf, thumbprintOfCertificate } from "./certificates.js";
import { isObject, strictJson, strictObject } from "./strict-json.js";

const METHOD = "did:webvh:1.0";
const LONGEST = 1 << 20;
const LONGEST_ENTRY = 256 * 1024;
const MOST = 64;
const PLACEHOLDER = "{SCID}";

/** In ms: how far ahead of the reader's clock an entry may be. */
const TOLERANCE = 60_000;

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]00:00)$/;
const PARAMETERS = {
  method: (value) => value === METHOD,
  scid: (value) => typeof value === "string",
  updateKeys: isList, nextKeyHashes: isList, watchers: isList,
  witness: isObject,
  portable: (value) => typeof value === "boolean",
  deactivated: (value) => typeof value === "boolean",
  ttl: (value) => Number.isInteger(value) && value >= 0 && value <= 2 ** 31,
};

/**
 * @typedef {object} Version
 * @property {string} versionId
 * @property {number} number
 * @property {number} time when its author says that it was made, in ms
 * @property {string} did
 * @property {object} document
 * @property {object} active the parameters that hold after it
 * @property {{ threshold: number, keys: string[] }} approvers who must have approved of it
 */

/**
 * Reads and verifies a log, and hears its witnesses. What can't be verified ends the history there: `failure` says why, and what came before stands.
 * @param {string} text did.jsonl
 * @param {{ witness?: unknown, now: number }} beside `witness`: did-witness.json, parsed or as text, where there is one; the time in ms
 * @returns {Promise<History>}
 * @throws {SyntaxError} already the first entry is wrong
 */
export async function readLog(text, { witness = null, now }) {
  if (utf8(text).length > LONGEST) throw new SyntaxError("the log is too long");
  const versions = [];
  let failure = null;
  for (const line of text.replace(/\n$/, "").split("\n")) {
    try {
      versions.push(await verifyEntry(versions.at(-1) ?? null, readEntry(line), now));
    } catch (error) {
      if (versions.length === 0) throw asSyntax(error);
      failure = asSyntax(error).message;
      break;
    }
  }
  if (!versions.some(({ approvers }) => approvers.keys.length > 0)) return new History(versions, failure);
  const approved = await approvedBy(witness === null || witness === undefined ? [] : readWitnesses(witness), versions, now);
  if (approved === 0) throw new SyntaxError("an entry was not approved by enough of its witnesses");
  return approved === versions.length ? new History(versions, failure) : new History(versions.slice(0, approved), "an entry was not approved by enough of its witnesses");
}

/** The versions that were verified and approved. */
export class History {
  /** @param {Version[]} versions one at least @param {string | null} failure what is wrong with the entry after them */
  constructor(versions, failure) {
    Object.assign(this, { versions, failure, scid: versions[0].active.scid, newest: versions.at(-1) });
  }

  /** Whether the DID was ended. */
  get isEnded() {
    return this.newest.active.deactivated;
  }

  /**
   * The version that stood at a time, in ms; null where the DID was not there yet. After an entry that could not be verified nothing is known: a SyntaxError.
   * @returns {Version | null}
   */
  at(time) {
    if (this.failure !== null && time >= this.newest.time) throw new SyntaxError(this.failure);
    return this.versions.findLast((version) => version.time <= time) ?? null;
  }

  /** Whether this history goes on from another, by its version ids: each of them is its own. */
  goesOnFrom(versionIds) {
    return versionIds.every((versionId, at) => this.versions[at]?.versionId === versionId);
  }

  /** Whether a DID is, or was, the name of this log. */
  isOf(did) {
    return this.versions.some((version) => version.did === did);
  }
}

/**
 * What a nation's document publishes: the certificates of its roots and of the keys that they vouch for, in DER, and the Ed25519 keys that assert nothing, which its log signs with.
 * A method whose certificate is not of its own key vouches for nothing.
 * @param {object} document
 * @returns {Promise<{ roots: Uint8Array[], leaves: Uint8Array[], multikeys: string[] }>}
 */
export async function publishedIn(document) {
  const found = { roots: [], leaves: [], multikeys: [] };
  const asserting = [document.assertionMethod ?? []].flat();
  for (const method of [document.verificationMethod ?? []].flat()) {
    if (typeof method?.publicKeyMultibase === "string" && !asserting.includes(method.id)) found.multikeys.push(method.publicKeyMultibase);
    const [text] = [method?.publicKeyJwk?.x5c ?? []].flat();
    if (text === undefined) continue;
    try {
      const der = fromBase64(text);
      if ((await thumbprintOfCertificate(der)) !== (await thumbprintOf(method.publicKeyJwk))) continue;
      (readCertificate(der).isAuthority ? found.roots : found.leaves).push(der);
    } catch {
      // What is no certificate vouches for nothing.
    }
  }
  return found;
}

function readEntry(line) {
  if (line.length > LONGEST_ENTRY) throw new SyntaxError("a log entry is too long");
  const entry = strictObject(line);
  if (Object.keys(entry).some((name) => !["versionId", "versionTime", "parameters", "state", "proof"].includes(name))) throw new SyntaxError("a log entry has members that it must not have");
  const [, number, hash] = /^([1-9]\d{0,8})-(\w+)$/.exec(entry.versionId) ?? [];
  if (number === undefined || !isMultihash(hash)) throw new SyntaxError("versionId must be a number, a dash and a SHA-256 multihash");
  const time = typeof entry.versionTime === "string" && TIME.test(entry.versionTime) ? Date.parse(entry.versionTime) : NaN;
  if (Number.isNaN(time)) throw new SyntaxError("versionTime must be a time in UTC, with Z");
  if (!isObject(entry.parameters) || !isObject(entry.state)) throw new SyntaxError("parameters and state must be objects");
  if (Object.hasOwn(entry.parameters, "method") && entry.parameters.method !== METHOD) throw new SyntaxError(`the method is not ${METHOD}`);
  for (const [name, value] of Object.entries(entry.parameters)) {
    if (!Object.hasOwn(PARAMETERS, name) || !PARAMETERS[name](value)) throw new SyntaxError(`the parameter ${name.slice(0, 40)} is not one of this version of the method, or has a value that it may not have`);
  }
  const witness = entry.parameters.witness && readRule(entry.parameters.witness);
  return { entry, number: Number(number), hash, time, set: { ...entry.parameters, ...(witness ? { witness } : {}) } };
}

async function verifyEntry(before, { entry, number, hash, time, set }, now) {
  if (before?.active.deactivated) throw new SyntaxError("an entry follows the one that ended the DID");

  // Steps 1 and 7: the parameters, pre-rotation among them.
  const active = before === null ? first(set) : await then(before.active, set);

  // Steps 3.1 and 4: the number and the time.
  if (number !== (before?.number ?? 0) + 1) throw new SyntaxError("the versions are not numbered one by one");
  if (before !== null && time <= before.time) throw new SyntaxError("versionTime is not later than that of the entry before");
  if (time > now + TOLERANCE) throw new SyntaxError("versionTime is in the future");

  // Step 6: the document is this DID's, and it moves only if it may.
  const did = entry.state.id;
  if (scidOf(did) !== active.scid) throw new SyntaxError("the SCID of the document's id is not that of the log");
  if (before !== null && did !== before.did) {
    if (!before.active.portable) throw new SyntaxError("the DID moved and is not portable");
    if (![entry.state.alsoKnownAs].flat().includes(before.did)) throw new SyntaxError("the DID moved without its name before in alsoKnownAs");
  }

  // Step 5: the SCID is the hash of the first entry, with the placeholder wherever it stands; step 3.3: the hash, over the entry and the one before.
  const { proof, ...unproven } = entry;
  const preliminary = (versionId) => canonicalize({ ...unproven, versionId });
  if (before === null && (await hashOf(canonicalize(JSON.parse(preliminary(PLACEHOLDER).replaceAll(active.scid, PLACEHOLDER))))) !== active.scid) throw new SyntaxError("the SCID is not the hash of the first entry");
  if ((await hashOf(preliminary(before?.versionId ?? active.scid))) !== hash) throw new SyntaxError("the hash of an entry is not its own");

  // Step 2: every proof is by a key that may sign this entry: with pre-rotation the entry's own, which were committed to, and without it the ones before.
  await verifyProofs(unproven, proof, before === null || before.active.nextKeyHashes.length > 0 ? active.updateKeys : before.active.updateKeys, now);

  // A first list of witnesses holds at once; a new one, or none any more, is approved by the old [DID-WebVH §Witness Lists].
  const approvers = before !== null && before.active.witness.keys.length > 0 ? before.active.witness : active.witness;
  return { versionId: entry.versionId, number, time, did, document: entry.state, active, approvers };
}

function first(set) {
  if (set.method === undefined) throw new SyntaxError("the first entry has no method");
  if (!(set.updateKeys?.length > 0)) throw new SyntaxError("the first entry has no updateKeys");
  if (set.scid === undefined || !isMultihash(set.scid)) throw new SyntaxError("the scid of the first entry is not a SHA-256 multihash");
  return { nextKeyHashes: [], witness: { threshold: 0, keys: [] }, portable: false, deactivated: false, ...set };
}

async function then(active, set) {
  if (set.scid !== undefined) throw new SyntaxError("scid stands in the first entry only");
  if (set.portable === true) throw new SyntaxError("portable is set to true in the first entry only");
  if (active.nextKeyHashes.length > 0) {
    // Nothing is inherited while keys are committed to: who has the old ones could else go on with them.
    if (!(set.updateKeys?.length > 0) || set.nextKeyHashes === undefined) throw new SyntaxError("with pre-rotation each entry has updateKeys and nextKeyHashes");
    for (const key of set.updateKeys) if (!active.nextKeyHashes.includes(await hashOf(key))) throw new SyntaxError("a key of updateKeys was not committed to in nextKeyHashes");
  }
  return { ...active, ...set };
}

/** Every proof of a document, each by one of the keys; one at least. Throws a SyntaxError. */
async function verifyProofs(unproven, proof, keys, now) {
  const proofs = [proof ?? []].flat();
  if (proofs.length === 0) throw new SyntaxError("an entry has no proof");
  for (const one of proofs) {
    const document = { ...unproven, proof: one };
    const { cryptosuite, proofPurpose, verificationMethod } = proofOf(document);
    if (cryptosuite !== "eddsa-jcs-2022") throw new SyntaxError("a proof is not of eddsa-jcs-2022");
    const key = bodyOf(verificationMethod);
    if (!keys.includes(key)) throw new SyntaxError("a proof is by a key that may not sign this");
    if (proofPurpose !== "assertionMethod") throw new SyntaxError("a proof is for something else");
    await verify(document, await keyOfMultikey(key), now);
  }
}

/** The key of a did:key's verification method: its body and its fragment are one. */
function bodyOf(url) {
  const [, body, fragment] = /^did:key:([^#]*)#([^#]*)$/.exec(url) ?? [];
  if (body === undefined || body !== fragment) throw new SyntaxError("the body and the fragment of the did:key differ");
  return body;
}

function readRule(witness) {
  if (Object.keys(witness).length === 0) return { threshold: 0, keys: [] };
  const { threshold, witnesses, ...more } = witness;
  if (Object.keys(more).length > 0 || !Array.isArray(witnesses) || witnesses.length === 0 || witnesses.length > MOST) throw new SyntaxError("witness must have a threshold and witnesses");
  const keys = witnesses.map((one) => {
    if (!isObject(one) || Object.keys(one).length !== 1 || typeof one.id !== "string") throw new SyntaxError("a witness is an object with its id alone");
    const key = one.id.replace(/^did:key:/, "");
    const bytes = fromBase58(key);
    if (bytes.length !== 34 || bytes[0] !== 0xed || bytes[1] !== 0x01) throw new SyntaxError("a witness is not a did:key of Ed25519");
    return key;
  });
  if (new Set(keys).size !== keys.length) throw new SyntaxError("a witness is listed twice");
  if (!(Number.isInteger(threshold) && threshold >= 1 && threshold <= keys.length)) throw new SyntaxError("threshold must be from 1 to the number of witnesses");
  return { threshold, keys };
}

function readWitnesses(witness) {
  const items = typeof witness === "string" ? strictJson(witness) : witness;
  if (!Array.isArray(items)) throw new SyntaxError("the witnesses' proofs are not an array");
  return items.flatMap((item) => {
    if (!isObject(item) || typeof item.versionId !== "string") throw new SyntaxError("the witnesses' proofs are malformed");
    return [item.proof ?? []].flat().map((proof) => ({ versionId: item.versionId, proof }));
  });
}

/** How many versions were approved [DID-WebVH §Verifying Witness Proofs During Resolution]. What a witness approved stands for all before; a witness counts once. */
async function approvedBy(proofs, versions, now) {
  const last = new Map();
  const placed = proofs.map((one) => ({ ...one, at: versions.findIndex(({ versionId }) => versionId === one.versionId) })).filter(({ at }) => at >= 0).sort((a, b) => b.at - a.at);
  for (const { versionId, proof, at } of placed) {
    try {
      const key = bodyOf(proof.verificationMethod);
      if (last.has(key) || !versions.some(({ approvers }) => approvers.keys.includes(key))) continue;
      await verifyProofs({ versionId }, proof, [key], now);
      last.set(key, at);
    } catch {
      // A proof that is wrong counts for nobody.
    }
  }
  const index = versions.findIndex(({ approvers }, at) => approvers.keys.filter((key) => last.get(key) >= at).length < approvers.threshold);
  return index < 0 ? versions.length : index;
}

const LABEL = "(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]{0,61}[A-Za-z0-9])";
const DID = new RegExp(`^did:webvh:([^:]+):(?:(?:${LABEL}\\.)+(${LABEL})|localhost)(?:%3[Aa](\\d{1,5}))?((?::[^:]+)*)$`);

/** The SCID of a did:webvh. Throws a SyntaxError where it is none, or at a host that is none. */
export function scidOf(did) {
  const [, scid, last = "", port = "1", path] = (typeof did === "string" && did.length <= 1024 && DID.exec(did)) || [];
  if (scid === undefined || !isMultihash(scid) || /^(\d+|0[xX][0-9A-Fa-f]*)$/.test(last) || Number(port) < 1 || Number(port) > 65535) throw new SyntaxError("not a did:webvh, or at a host that is none");
  for (const part of path.split(":").slice(1)) {
    const segment = /^(?:[\w.-]|%[0-9A-Fa-f]{2})+$/.test(part) ? decodeURIComponent(part) : "";
    if (["", ".", ".."].includes(segment) || /[/\\%\p{Cc}]/u.test(segment)) throw new SyntaxError("a path segment of the DID is empty, a dot segment, or holds what no segment may");
  }
  return scid;
}

function isMultihash(text) {
  if (text.length !== 46) return false;
  try {
    const bytes = fromBase58(`z${text}`);
    return bytes.length === 34 && bytes[0] === 0x12 && bytes[1] === 32;
  } catch {
    return false;
  }
}

const hashOf = async (text) => toBase58(concat([0x12, 32], await sha256(text))).slice(1);

function isList(value) {
  return Array.isArray(value) && value.length <= MOST && value.every((item) => typeof item === "string" && item.length > 0 && item.length <= 1024) && new Set(value).size === value.length;
}

/** What a stranger sent may be wrong in any way: all of it is one kind of fault. */
function asSyntax(error) {
  if (error instanceof SyntaxError) return error;
  if (error instanceof TypeError || error instanceof URIError || error instanceof DOMException) return new SyntaxError(`a log entry is malformed: ${error.message}`, { cause: error });
  throw error;
}
