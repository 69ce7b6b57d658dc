// The public log, as others read it: signed notes, checkpoints, proofs that a leaf is in a tree, and what a leaf commits to [C2SP-Note] [C2SP-Checkpoint] [C2SP-Proof] [RFC6962 §2.1].
import { concat, fromBase64, fromBase64Url, fromUtf8, sameBytes, sha256, toBase64, toBase64Url, utf8 } from "../shared/bytes.js";
import { keyOfJwk } from "../shared/jose.js";
import { isObject, strictObject } from "./strict-json.js";

const LONGEST = 1_000_000;
const MOST_SIGNATURES = 100;
const MOST_HASHES = 63;
const DASH = "\u2014 ";
const FIRST_LINE = "c2sp.org/tlog-proof@v1";

/** The acts whose leaves stand open: the entry itself holds the record and its salt. */
const OPEN_ACTS = ["found", "make-key", "open-list", "publish-list", "restore", "recognise", "end_recognition", "take-census"];

/**
 * Reads a key, `name+id+key`, of Ed25519.
 * @param {string} vkey
 * @returns {Promise<{ name: string, id: Uint8Array, raw: Uint8Array, key: CryptoKey }>}
 * @throws {SyntaxError}
 */
export async function readVkey(vkey) {
  const [, name, id, encoded] = /^([^+\s\p{Cc}]+)\+([0-9a-f]{8})\+(\S+)$/u.exec(vkey) ?? [];
  if (name === undefined) throw new SyntaxError("a note's key is name+id+key");
  const typed = fromBase64(encoded);
  if (typed.length !== 33 || typed[0] !== 1) throw new SyntaxError("the note's key is of a type that is not supported");
  const hash = (await sha256(concat(utf8(`${name}\n`), typed))).subarray(0, 4);
  if (hex(hash) !== id) throw new SyntaxError("the id of the note's key is not the key's");
  const raw = typed.subarray(1);
  return { name, id: hash, raw, key: await keyOfJwk({ kty: "OKP", crv: "Ed25519", x: toBase64Url(raw) }) };
}

/** The text of a note, which the key has signed. Throws a SyntaxError. */
export async function openNote(note, vkey) {
  if (note.length > LONGEST) throw new SyntaxError("the note is too long");
  if (Array.from(note).some((character) => character < " " && character !== "\n")) throw new SyntaxError("the note has control characters");
  const known = await readVkey(vkey);
  const division = note.lastIndexOf("\n\n");
  if (division < 0 || !note.endsWith("\n")) throw new SyntaxError("the note has no signatures behind an empty line");
  const text = note.slice(0, division + 1);
  const lines = note.slice(division + 2).split("\n").slice(0, -1);
  if (lines.length === 0 || lines.length > MOST_SIGNATURES) throw new SyntaxError("the note has no signatures, or too many");
  let isSigned = false;
  for (const line of lines) {
    const [name, encoded, ...more] = line.startsWith(DASH) ? line.slice(DASH.length).split(" ") : [];
    if (!name || /[+\s]/.test(name) || encoded === undefined || more.length > 0) throw new SyntaxError("a signature line of the note is not a dash, a name and base64");
    const signature = canonicalBase64(encoded);
    if (signature.length <= 4) throw new SyntaxError("a signature line of the note is not a dash, a name and base64");
    if (name !== known.name || !sameBytes(signature.subarray(0, 4), known.id)) continue;
    if (!(await crypto.subtle.verify("Ed25519", known.key, signature.subarray(4), utf8(text)))) throw new SyntaxError("a signature of a known key on the note is wrong");
    isSigned = true;
  }
  if (!isSigned) throw new SyntaxError("the note has no signature of a known key");
  return text;
}

/**
 * A log's signed checkpoint. The log is known by its key: the origin must be the key's name.
 * @returns {Promise<{ origin: string, size: number, root: Uint8Array }>}
 * @throws {SyntaxError}
 */
export async function openCheckpoint(note, vkey) {
  const lines = (await openNote(note, vkey)).split("\n");
  if (lines.length < 4 || lines.pop() !== "" || lines.some((line) => line === "")) throw new SyntaxError("a checkpoint has at least three lines, none empty");
  const [origin, size, root] = [lines[0], numberIn(lines[1]), canonicalBase64(lines[2])];
  if (size === null || root.length !== 32) throw new SyntaxError("the size of the checkpoint is not a number, or its root not 32 bytes in base64");
  if (origin !== (await readVkey(vkey)).name) throw new SyntaxError("the checkpoint is another log's");
  return { origin, size, root };
}

/** Reads a proof; nothing is verified yet. Throws a SyntaxError. @returns {{ index: number, inclusion: Uint8Array[], note: string, extra: Uint8Array | null }} */
export function readProof(text) {
  if (typeof text !== "string" || text.length > LONGEST) throw new SyntaxError("the proof is no text, or too long");
  const division = text.indexOf("\n\n");
  if (division < 0) throw new SyntaxError("the proof has no checkpoint behind an empty line");
  const lines = text.slice(0, division).split("\n");
  if (lines.shift() !== FIRST_LINE) throw new SyntaxError(`a proof begins with ${FIRST_LINE}`);
  const extra = lines[0]?.startsWith("extra ") ? canonicalBase64(lines.shift().slice("extra ".length)) : null;
  if (extra?.length === 0) throw new SyntaxError("extra of the proof is not base64 of something");
  const index = lines[0]?.startsWith("index ") ? numberIn(lines.shift().slice("index ".length)) : null;
  if (index === null) throw new SyntaxError("index of the proof is missing or not a number");
  const inclusion = lines.map(canonicalBase64);
  if (inclusion.length > MOST_HASHES || inclusion.some((hash) => hash.length !== 32)) throw new SyntaxError("a hash of the proof is not 32 bytes in base64, or there are too many");
  return { index, inclusion, note: text.slice(division + 2), extra };
}

/** Whether a leaf's hash is at an index of the tree with this root [RFC6962 §2.1.1]. */
export async function isIncluded(leaf, index, size, root, inclusion) {
  if (!(index >= 0 && index < size)) return false;
  let [fn, sn, hash] = [BigInt(index), BigInt(size - 1), leaf];
  for (const beside of inclusion) {
    if (sn === 0n) return false;
    if ((fn & 1n) === 1n || fn === sn) {
      hash = await hashNode(beside, hash);
      while ((fn & 1n) === 0n && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else {
      hash = await hashNode(hash, beside);
    }
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  return sn === 0n && sameBytes(hash, root);
}

/** The hash of a leaf's entry [RFC6962 §2.1]. */
export const hashLeaf = (entry) => sha256(concat([0], entry));

const hashNode = (left, right) => sha256(concat([1], left, right));

/**
 * What a proof shows: that a leaf with this opening is in a log. The entry that everyone sees is made anew from the opening, which is beside the proof.
 * @param {string} text a tlog-proof, with the opening as `extra`
 * @param {string} vkey the log's key
 * @returns {Promise<{ record: object, index: number, checkpoint: { origin: string, size: number, root: Uint8Array } }>} `record`: act, actor, at, subject, and detail where there is one
 * @throws {SyntaxError} it shows nothing of the kind
 */
export async function openReceipt(text, vkey) {
  const { index, inclusion, note, extra } = readProof(text);
  if (extra === null) throw new SyntaxError("the proof has no opening");
  const opening = textOf(extra);
  const { record, salt } = strictObject(opening);
  const [, written] = /^\{"record":(.*),"salt":"[A-Za-z0-9_-]*"\}$/s.exec(opening) ?? [];
  if (!isObject(record) || typeof record.act !== "string" || written === undefined) throw new SyntaxError("the opening is not a record and its salt");
  const commitment = toBase64Url(await sha256(concat(fromBase64Url(salt), utf8(written))));
  const entry = `{"act":${JSON.stringify(record.act)},"commitment":"${commitment}"${OPEN_ACTS.includes(record.act) ? `,${opening.slice(1)}` : "}"}`;
  const checkpoint = await openCheckpoint(note, vkey);
  if (!(await isIncluded(await hashLeaf(utf8(entry)), index, checkpoint.size, checkpoint.root, inclusion))) throw new SyntaxError("the proof does not show that the leaf is in the log");
  return { record, index, checkpoint };
}

function textOf(bytes) {
  try {
    return fromUtf8(bytes);
  } catch (error) {
    throw new SyntaxError("the opening is no text", { cause: error });
  }
}

/** base64 in its one spelling. */
function canonicalBase64(text) {
  const bytes = fromBase64(text);
  if (toBase64(bytes) !== text) throw new SyntaxError("base64 with stray bits");
  return bytes;
}

/** A decimal with no zero before it; null where it is none. */
const numberIn = (text) => (/^(0|[1-9]\d*)$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : null);

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
