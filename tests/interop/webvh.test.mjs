// did:webvh, to a stranger's library: the running nation's own DID, the logs that we wrote, and those that it wrote itself, which the tests of the server's side resolve (StrangersLogTests.cs).
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startServer } from './lib/server.mjs';
import { histories, resolve, resolveThere } from './lib/webvh.mjs';

describe('did:webvh, to didwebvh-ts', async () => {
  const [ours, theirs] = await Promise.all([histories('ours'), histories('theirs')]);
  for (const [whose, all] of Object.entries({ ours, theirs })) {
    for (const { name, log, witness, ended } of all) {
      it(`resolves ${whose} with ${name}, and not when an entry was changed`, async () => {
        const { doc, did, meta } = await resolve(log, witness);
        assert.equal(meta.error, undefined, JSON.stringify(meta.problemDetails));
        assert.equal(did, log.at(-1).state.id);
        assert.equal(meta.versionId, log.at(-1).versionId);
        assert.equal(meta.deactivated, ended);
        if (!ended) assert.deepEqual(doc.verificationMethod, log.at(-1).state.verificationMethod);
        assert.equal((await resolve(log, witness, { versionNumber: 1 })).meta.versionId, log[0].versionId);

        const changed = structuredClone(log);
        changed[0].state.alsoKnownAs = ['did:web:other.example'];
        let error;
        try {
          ({ meta: { error } } = await resolve(changed, witness));
        } catch (thrown) {
          error = thrown;
        }
        assert.ok(error);
      });
    }
  }
  it('has each kind of history', () => assert.deepEqual([ours.length, theirs.length], [3, 3]));
});

describe('the nation\'s DID, to didwebvh-ts, over its endpoints', () => {
  let server, did;
  before(async () => {
    server = await startServer({ https: true });
    ({ did } = await server.netid('did', 'show'));
  });
  after(() => server?.stop());

  const resolved = async (options) => {
    const { doc, meta } = await resolveThere(did, server.fetch, options);
    assert.equal(meta.error, undefined, JSON.stringify(meta.problemDetails));
    assert.equal(doc.id, did);
    return { doc, meta };
  };

  it('is resolved from where it says that its log is', async () => {
    const { doc, meta } = await resolved();
    assert.match(meta.versionId, /^1-/);
    assert.equal(doc.assertionMethod.length, 2);
    assert.equal(doc.verificationMethod.length, 7);
    assert.ok(doc.alsoKnownAs.includes(server.issuer));
    const web = await (await server.fetch(`${server.issuer}/.well-known/did.json`)).json();
    assert.deepEqual(web.verificationMethod.map((method) => method.publicKeyMultibase ?? method.publicKeyJwk), doc.verificationMethod.map((method) => method.publicKeyMultibase ?? method.publicKeyJwk));
    assert.ok(web.alsoKnownAs.includes(did));
  });

  it('is resolved after its log went on by the key that was committed to, and with its witness heard', async () => {
    await writeFile(join(server.directory, 'seed'), randomBytes(32).toString('hex'));
    const witness = await server.netid('did', 'witness-key', '--key', 'seed');
    const { pending } = await server.netid('did', 'witnesses', witness.did, '--threshold', '1');
    assert.match(pending, /^2-/);

    // It waits: nobody sees it yet.
    assert.match((await resolved()).meta.versionId, /^1-/);
    await writeFile(join(server.directory, 'pending.jsonl'), (await server.run('did', 'pending')).stdout);
    await writeFile(join(server.directory, 'proofs.json'), (await server.run('did', 'attest', 'pending.jsonl', '--key', 'seed', '--memory', 'approved')).stdout);
    assert.deepEqual(await server.netid('did', 'proofs', 'proofs.json'), { good: 1, waits: false });

    const { doc, meta } = await resolved();
    assert.equal(meta.versionId, pending);
    assert.match((await resolved({ versionNumber: 1 })).meta.versionId, /^1-/);
    const { didDocument } = await (await server.fetch(`${server.issuer}/1.0/identifiers/${encodeURIComponent(did)}`, { headers: { accept: 'application/did-resolution' } })).json();
    assert.deepEqual(didDocument.verificationMethod, doc.verificationMethod);
  });
});
