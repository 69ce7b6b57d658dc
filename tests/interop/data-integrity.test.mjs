// Proofs by JCS, to a stranger's library: what we signed, and what it signed itself, which the tests of the server's side verify (StrangersProofTests.cs).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { proofs, verify } from './lib/proofs.mjs';

describe('Data Integrity by JCS, to Digital Bazaar\'s libraries', async () => {
  const [ours, theirs] = await Promise.all([proofs('ours'), proofs('theirs')]);
  for (const [whose, all] of Object.entries({ ours, theirs })) {
    for (const { name, document, controller } of all) {
      const count = [document.proof].flat().length;
      it(`verifies ${whose} by ${name}, and not when it was changed`, async () => {
        const verdict = await verify({ document: structuredClone(document), controller });
        assert.ok(verdict.verified, verdict.error);
        assert.equal(verdict.proofs, count);
        const changed = structuredClone(document);
        changed.credentialSubject.left = 0;
        const refused = await verify({ document: changed, controller });
        assert.equal(refused.verified, false);
        assert.equal(refused.proofs, 0);
      });
    }
  }
  it('has each kind of key and a set of proofs of both', () => assert.deepEqual([ours.length, theirs.length], [4, 4]));
});
