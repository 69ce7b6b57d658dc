// The public log, read by a second implementation of its formats (lib/tlog.mjs), and watched from outside.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { eventually, startServer } from './lib/server.mjs';
import { becomeMember } from './lib/story.mjs';
import { leafHash, openProof, readLog, rootOf, verifyConsistency, verifyInclusion } from './lib/tlog.mjs';
import { jwtOf } from './lib/verifier.mjs';

const hashesOf = (text) => text.split('\n').filter(Boolean).map((line) => Buffer.from(line, 'base64'));
const actOf = (entry) => JSON.parse(entry.toString()).act;

describe('The public log, to somebody else', () => {
  let server, origin, vkey;
  const get = async (path) => {
    const response = await server.fetch(`${server.issuer}/log/${path}`);
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  };
  const text = async (path) => (await get(path)).toString();
  const read = () => readLog(get, vkey, origin);

  before(async () => {
    server = await startServer();
    origin = `${new URL(server.issuer).host}/log`;
    vkey = (await text('key')).trim();
  });
  after(() => server?.stop());

  it('is one tree: checkpoint, entries and tiles agree, and its proofs are those that anyone computes', async () => {
    await becomeMember(server);
    const first = await eventually('the issue is in the log', async () => {
      const log = await read().catch(() => null);
      return log?.entries.some((entry) => actOf(entry) === 'issue') && log;
    });
    await becomeMember(server);
    const second = await eventually('the log has grown', async () => {
      const log = await read();
      return log.size > first.size && log;
    });
    assert.deepEqual(second.leaves.slice(0, first.size), first.leaves);

    const consistency = hashesOf(await text(`proof/consistency?from=${first.size}&to=${second.size}`));
    assert.ok(verifyConsistency(first.size, first.root, second.size, second.root, consistency));
    assert.ok(!verifyConsistency(first.size, first.leaves[0], second.size, second.root, consistency));
    for (const index of [0, first.size - 1, second.size - 1]) {
      const inclusion = hashesOf(await text(`proof/inclusion?index=${index}&size=${second.size}`));
      assert.ok(verifyInclusion(second.leaves[index], index, second.size, second.root, inclusion));
      assert.ok(!verifyInclusion(second.leaves[(index + 1) % second.size], index, second.size, second.root, inclusion));
    }
  });

  it('gives who has a credential a receipt that verifies offline, and opens what the leaf says', async () => {
    const { credential, taken } = await becomeMember(server);
    const digest = createHash('sha256').update(jwtOf(credential).split('.').slice(0, 2).join('.')).digest('base64url');
    const mine = `receipt/${digest}?notification_id=${taken.credentialResponse.notification_id}`;
    const receipt = await eventually('there is a receipt', () => text(mine).catch(() => null));
    // Who was shown the credential has its digest too, and learns nothing by it.
    for (const path of [`receipt/${digest}`, `receipt/${digest}?notification_id=another`]) await assert.rejects(text(path), /404/);
    const { record, salt } = JSON.parse(Buffer.from(/^extra (.*)$/m.exec(receipt)[1], 'base64'));
    assert.equal(record.act, 'issue');
    assert.equal(record.detail, digest);
    const commitment = createHash('sha256').update(Buffer.from(salt, 'base64url')).update(JSON.stringify(record)).digest('base64url');
    const entry = Buffer.from(JSON.stringify({ act: 'issue', commitment }));
    openProof(receipt, leafHash(entry), vkey, origin);
    assert.throws(() => openProof(receipt, leafHash(Buffer.from('another')), vkey, origin));
  });

  it('says nothing about anyone: an entry of a member is an act and a commitment', async () => {
    const { entries } = await read();
    for (const entry of entries.map((bytes) => JSON.parse(bytes)))
      assert.deepEqual(Object.keys(entry), ['found', 'make-key', 'open-list', 'publish-list', 'take-census'].includes(entry.act) ? ['act', 'commitment', 'record', 'salt'] : ['act', 'commitment']);
  });

  it('has what was asked for and nothing else', async () => {
    const { size } = await read(); // it grows meanwhile: a list is published a moment later
    for (const path of ['tile/0/001', 'tile/0/000.p/256', 'tile/0/000.p/255', 'tile/0/0', 'tile/entries/x000/000', 'tile/64/000', 'receipt/none'])
      await assert.rejects(get(path), /: 404$/, path);
    for (const path of [`proof/inclusion?index=${size}&size=${size}`, `proof/inclusion?index=0&size=${size + 1000}`, 'proof/inclusion?index=-1&size=1', 'proof/consistency?from=2&to=1', 'proof/consistency?from=x&to=1'])
      await assert.rejects(get(path), /: 400$/, path);
  });

  it('is watched: a copy is kept, and a log that was changed is known by it', async () => {
    const url = `${server.issuer}/log`;
    const seen = await server.netid('audit', 'watch', url, '--local', '--keep', 'copy');
    assert.equal(seen.before, 0);
    assert.ok(seen.size > 0);
    const copy = join(server.directory, 'copy');
    const log = await readLog((path) => readFile(join(copy, path)), (await readFile(join(copy, 'key'), 'utf8')).trim(), origin);
    assert.equal(log.size, seen.size);
    assert.ok((await readdir(copy)).includes('checkpoint'));

    // The list that the issue is in is published of itself, before or after the issue's own leaf.
    await becomeMember(server);
    await eventually('the issue is in the log', async () => (await read()).entries.slice(seen.size).some((entry) => actOf(entry) === 'issue'));
    const again = await server.netid('audit', 'watch', url, '--local', '--keep', 'copy');
    assert.equal(again.before, seen.size);
    assert.equal(Object.values(again.acts).reduce((sum, count) => sum + count), again.size - again.before);
    assert.equal(again.acts.issue, 1);

    // Another nation at the same address, with the same key: what it says does not follow from what was seen.
    await assert.rejects(server.run('audit', 'watch', url, '--local', '--keep', 'copy2', '--key', vkey.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))), /name\+id\+key|not the key's/);
  });

  it('is audited from the records, and what was altered is named', async () => {
    const before = await server.netid('audit', 'verify');
    assert.deepEqual(before.faults, []);
    assert.ok(before.leaves > 0 && before.records > 0);
    assert.ok(rootOf((await read()).leaves));
  });
});
