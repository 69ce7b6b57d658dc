// A second implementation of the log's formats (RFC 6962, C2SP tlog-tiles, signed-note, tlog-checkpoint, tlog-proof), written apart from the
// server's and another way: by the recursive definitions, with node:crypto alone.
import { createHash, createPublicKey, verify } from 'node:crypto';

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const need = (condition, words) => { if (!condition) throw new Error(`the log: ${words}`); };
const base64 = (text) => {
  const bytes = Buffer.from(text, 'base64');
  need(bytes.toString('base64') === text, 'not base64');
  return bytes;
};
const hash32 = (text) => {
  const bytes = base64(text);
  need(bytes.length === 32, 'a hash is 32 bytes');
  return bytes;
};
const number = (text) => {
  need(/^(0|[1-9]\d*)$/.test(text) && Number.isSafeInteger(Number(text)), 'not a number');
  return Number(text);
};

export const emptyRoot = sha256();
export const leafHash = (entry) => sha256(Buffer.of(0), entry);
export const nodeHash = (left, right) => sha256(Buffer.of(1), left, right);

const split = (n) => {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
};

/** MTH of hashes of leaves. */
export function rootOf(hashes) {
  if (hashes.length === 0) return emptyRoot;
  if (hashes.length === 1) return hashes[0];
  const k = split(hashes.length);
  return nodeHash(rootOf(hashes.slice(0, k)), rootOf(hashes.slice(k)));
}

/** Whether the leaf is at the index of the tree. The proof is an array of 32-byte buffers, the leaf's neighbour first. */
export function verifyInclusion(leaf, index, size, root, proof) {
  if (!(index >= 0 && index < size) || [leaf, root, ...proof].some((hash) => hash.length !== 32)) return false;
  const rest = [...proof];
  const climb = (m, n) => {
    if (n === 1) return leaf;
    const [k, beside] = [split(n), rest.pop()];
    if (!beside) return null;
    const below = m < k ? climb(m, k) : climb(m - k, n - k);
    return below && (m < k ? nodeHash(below, beside) : nodeHash(beside, below));
  };
  const climbed = climb(index, size);
  return climbed !== null && rest.length === 0 && climbed.equals(root);
}

/** Whether the old tree is the beginning of the new one. */
export function verifyConsistency(oldSize, oldRoot, newSize, newRoot, proof) {
  if (!(oldSize >= 0 && oldSize <= newSize) || [oldRoot, newRoot, ...proof].some((hash) => hash.length !== 32)) return false;
  if (oldSize === 0) return proof.length === 0 && oldRoot.equals(emptyRoot) && (newSize > 0 || newRoot.equals(emptyRoot));
  const rest = [...proof];
  const climb = (m, n, whole) => {
    if (m === n) return whole ? [oldRoot, oldRoot] : Array(2).fill(rest.pop());
    const [k, beside] = [split(n), rest.pop()];
    if (!beside) return [];
    const [before, after] = m <= k ? climb(m, k, whole) : climb(m - k, n - k, false);
    if (!before) return [];
    return m <= k ? [before, nodeHash(after, beside)] : [nodeHash(beside, before), nodeHash(beside, after)];
  };
  const [before, after] = climb(oldSize, newSize, true);
  return Boolean(before) && rest.length === 0 && before.equals(oldRoot) && after.equals(newRoot);
}

/** A vkey, `name+id+key`, Ed25519 alone. */
export function parseKey(vkey) {
  const [, name, id, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/.exec(vkey) ?? [];
  need(name, 'a key is name+id+key');
  const typed = base64(encoded);
  need(typed.length === 33 && typed[0] === 1, 'not an Ed25519 key');
  need(sha256(name, '\n', typed).subarray(0, 4).toString('hex') === id, 'the id is not the key\'s');
  return { name, id, key: createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: typed.subarray(1).toString('base64url') }, format: 'jwk' }) };
}

/** The text of a note that the key has signed. */
export function openNote(note, vkey) {
  const { name, id, key } = parseKey(vkey);
  const division = note.lastIndexOf('\n\n');
  need(division >= 0 && note.endsWith('\n'), 'a note has signatures');
  const text = note.slice(0, division + 1);
  let signed = false;
  for (const line of note.slice(division + 2, -1).split('\n')) {
    const [, by, encoded] = /^\u2014 ([^+\s]+) ([A-Za-z0-9+/=]+)$/.exec(line) ?? [];
    need(by, 'not a signature line');
    const bytes = base64(encoded);
    if (by !== name || bytes.subarray(0, 4).toString('hex') !== id) continue;
    need(verify(null, Buffer.from(text), key, bytes.subarray(4)), 'the signature is wrong');
    signed = true;
  }
  need(signed, 'the key has not signed');
  return text;
}

/** A log's signed checkpoint: `{ origin, size, root }`. */
export function openCheckpoint(note, vkey, origin) {
  const lines = openNote(note, vkey).split('\n');
  need(lines.length >= 4 && lines.pop() === '' && lines.every((line) => line), 'a checkpoint is three lines or more');
  need(lines[0] === origin, 'another log\'s checkpoint');
  return { origin, size: number(lines[1]), root: hash32(lines[2]) };
}

/** Verifies a receipt (tlog-proof) for the leaf; `{ index, extra, checkpoint }`. */
export function openProof(text, leaf, vkey, origin) {
  const division = text.indexOf('\n\n');
  const [first, ...lines] = text.slice(0, division).split('\n');
  need(division > 0 && first === 'c2sp.org/tlog-proof@v1', 'not a tlog-proof');
  const extra = lines[0]?.startsWith('extra ') ? base64(lines.shift().slice('extra '.length)) : null;
  need(lines[0]?.startsWith('index '), 'a proof has an index');
  const index = number(lines.shift().slice('index '.length));
  const checkpoint = openCheckpoint(text.slice(division + 2), vkey, origin);
  need(verifyInclusion(leaf, index, checkpoint.size, checkpoint.root, lines.map(hash32)), 'the leaf is not in the tree');
  return { index, extra, checkpoint };
}

/** The path of a tile, or with 'entries' as level of an entry bundle. */
export function tilePath(level, index, width = 256) {
  const threes = String(index).padStart(Math.ceil(String(index).length / 3) * 3, '0').match(/\d{3}/g);
  const last = threes.pop();
  return `tile/${level}/${[...threes.map((three) => `x${three}`), last].join('/')}${width < 256 ? `.p/${width}` : ''}`;
}

/** The entries of a bundle. */
export function decodeBundle(bytes, width) {
  const entries = [];
  for (let at = 0; at < bytes.length;) {
    need(at + 2 <= bytes.length && at + 2 + bytes.readUInt16BE(at) <= bytes.length, 'a bundle is cut short');
    entries.push(bytes.subarray(at + 2, at + 2 + bytes.readUInt16BE(at)));
    at += 2 + entries.at(-1).length;
  }
  need(entries.length === width, 'a bundle has another number of entries than its tile');
  return entries;
}

/**
 * Reads a whole log as anyone can: its checkpoint, every entry and every tile, all held against one another.
 * @param {(path: string) => Promise<Buffer>} fetch bytes under the log's prefix; rejects where there is nothing
 * @returns {Promise<{ origin: string, size: number, root: Buffer, entries: Buffer[], leaves: Buffer[] }>}
 */
export async function readLog(fetch, vkey, origin) {
  const checkpoint = openCheckpoint((await fetch('checkpoint')).toString('utf8'), vkey, origin);
  const entries = [];
  for (let index = 0; index * 256 < checkpoint.size; index++) {
    const width = Math.min(256, checkpoint.size - index * 256);
    entries.push(...decodeBundle(await fetch(tilePath('entries', index, width)), width));
  }
  const leaves = entries.map(leafHash);
  need(rootOf(leaves).equals(checkpoint.root), 'the entries are not those of the checkpoint');

  let hashes = leaves;
  for (let level = 0; hashes.length > 0; level++) {
    const above = [];
    for (let index = 0; index * 256 < hashes.length; index++) {
      const tile = hashes.slice(index * 256, index * 256 + 256);
      need((await fetch(tilePath(level, index, tile.length))).equals(Buffer.concat(tile)), `${tilePath(level, index, tile.length)} is not the tree's`);
      if (tile.length === 256) above.push(rootOf(tile));
    }
    hashes = above;
  }
  return { ...checkpoint, entries, leaves };
}

/** The proof that a leaf is in a tree, from the hashes of all its leaves. */
export function proveInclusion(leaves, index) {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  return index < k
    ? [...proveInclusion(leaves.slice(0, k), index), rootOf(leaves.slice(k))]
    : [...proveInclusion(leaves.slice(k), index - k), rootOf(leaves.slice(0, k))];
}

/** The proof that the first leaves are the beginning of all, from the hashes of all leaves. */
export function proveConsistency(leaves, oldSize, whole = true) {
  if (oldSize === 0) return [];
  if (oldSize === leaves.length) return whole ? [] : [rootOf(leaves)];
  const k = split(leaves.length);
  return oldSize <= k
    ? [...proveConsistency(leaves.slice(0, k), oldSize, whole), rootOf(leaves.slice(k))]
    : [...proveConsistency(leaves.slice(k), oldSize - k, false), rootOf(leaves.slice(0, k))];
}
