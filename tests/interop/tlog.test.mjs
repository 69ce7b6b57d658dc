// The second implementation of the log's proofs, held against the official vectors: a log of 15 leaves with a checkpoint of every size.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { vectorPath, withoutVector } from './lib/core.mjs';
import { emptyRoot, leafHash, openCheckpoint, openNote, openProof, proveConsistency, proveInclusion, readLog, rootOf, tilePath, verifyConsistency, verifyInclusion } from './lib/tlog.mjs';

const folder = 'tlog/testdata/log';
const skip = withoutVector(folder);
const origin = 'example.com/log/testdata';
const vkey = 'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx';
const file = (path) => readFile(join(vectorPath(folder), path));
const log = (size, change = (bytes) => bytes) => readLog(async (path) => change(await file(path === 'checkpoint' ? `checkpoint.${size}` : path), path), vkey, origin);
const flip = (bytes, at) => Buffer.from(bytes.map((byte, i) => (i === at ? byte ^ 1 : byte)));

test('the example of the note\'s specification verifies', () => {
  const text = 'This is an example message.\n';
  const note = `${text}\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n`;
  const foo = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
  assert.equal(openNote(note, foo), text);
  assert.throws(() => openNote(note.replace('message', 'massage'), foo), /wrong/);
  assert.throws(() => openNote(note, vkey), /has not signed/);
});

test('paths of tiles are the specification\'s', () => {
  assert.equal(tilePath(0, 1234067), 'tile/0/x001/x234/067');
  assert.equal(tilePath('entries', 0, 5), 'tile/entries/000.p/5');
  assert.equal(tilePath(1, 999, 255), 'tile/1/999.p/255');
  assert.equal(tilePath(0, 1000), 'tile/0/x001/000');
});

test('a log of every size reads whole', { skip }, async () => {
  for (let size = 0; size <= 15; size++) {
    const read = await log(size);
    assert.equal(read.entries.length, size);
    assert.deepEqual(read.root, rootOf(read.leaves));
  }
});

test('every leaf is proved in every size, and every size continues every earlier one', { skip }, async () => {
  const { leaves } = await log(15);
  const roots = await Promise.all(Array.from({ length: 16 }, async (_, size) => openCheckpoint(String(await file(`checkpoint.${size}`)), vkey, origin).root));
  assert.deepEqual(roots[0], emptyRoot);
  for (let size = 1; size <= 15; size++) {
    for (let index = 0; index < size; index++) {
      const proof = proveInclusion(leaves.slice(0, size), index);
      assert.ok(verifyInclusion(leaves[index], index, size, roots[size], proof));
      proof.forEach((hash, i) => assert.ok(!verifyInclusion(leaves[index], index, size, roots[size], proof.with(i, flip(hash, i)))));
      assert.ok(!verifyInclusion(leaves[index], index, size, roots[size], [...proof, emptyRoot]));
      assert.ok(!verifyInclusion(leaves[index], index, size, roots[size - 1], proof));
      if (proof.length > 0) assert.ok(!verifyInclusion(leaves[index], index, size, roots[size], proof.slice(1)));
    }
    for (let old = 0; old <= size; old++) {
      const proof = proveConsistency(leaves.slice(0, size), old);
      assert.ok(verifyConsistency(old, roots[old], size, roots[size], proof));
      proof.forEach((hash, i) => assert.ok(!verifyConsistency(old, roots[old], size, roots[size], proof.with(i, flip(hash, i)))));
      assert.ok(!verifyConsistency(old, roots[old], size, roots[size], [...proof, emptyRoot]));
      assert.ok(!verifyConsistency(old, flip(roots[old], 3), size, roots[size], proof));
      if (proof.length > 0) assert.ok(!verifyConsistency(old, roots[old], size, roots[size], proof.slice(1)));
    }
  }
});

test('F11 a flipped byte or a missing end of anything served is found', { skip }, async () => {
  for (const served of ['checkpoint', 'tile/entries/000.p/15', 'tile/0/000.p/15']) {
    const { length } = await file(served);
    for (let at = 0; at < length; at += 7) {
      await assert.rejects(log(15, (bytes, path) => (path === served ? flip(bytes, at) : bytes)), /the log: /);
      await assert.rejects(log(15, (bytes, path) => (path === served ? bytes.subarray(0, at) : bytes)), /the log: /);
    }
  }
});

test('a receipt is verified with the log\'s key alone', { skip }, async () => {
  const { leaves, entries } = await log(15);
  const note = String(await file('checkpoint.15'));
  const receipt = (index) => ['c2sp.org/tlog-proof@v1', 'extra AQID', `index ${index}`, ...proveInclusion(leaves, index).map((hash) => hash.toString('base64')), '', note].join('\n');
  const { index, extra, checkpoint } = openProof(receipt(14), leafHash(entries[14]), vkey, origin);
  assert.deepEqual([index, [...extra], checkpoint.size], [14, [1, 2, 3], 15]);
  assert.throws(() => openProof(receipt(14), leaves[13], vkey, origin), /not in the tree/);
  assert.throws(() => openProof(receipt(14).replace('index 14', 'index 13'), leaves[14], vkey, origin), /not in the tree/);
  assert.throws(() => openProof(receipt(14), leaves[14], vkey, 'example.com/another'), /another log/);
});
