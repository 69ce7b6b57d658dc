// did:webvh, to a stranger's library: the logs that we wrote, and those that it wrote itself, which the tests of the server's side resolve (StrangersLogTests.cs).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { histories, resolve } from './lib/webvh.mjs';

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
