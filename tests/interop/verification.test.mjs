import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { eventually, startServer } from './lib/server.mjs';
import { becomeMember } from './lib/story.mjs';
import { chain, jwtOf, keyByCertificate, keyByMetadata, namesOf, readStatus, verifyCredential } from './lib/verifier.mjs';

describe('A stranger\'s library verifies the credential', () => {
  let server, rootPem, member;
  before(async () => {
    server = await startServer();
    rootPem = await server.exportRoot();
    member = await becomeMember(server);
  });
  after(() => server?.stop());

  it('by the certificate in its header', async () => {
    const { payload } = await verifyCredential(member.credential, { key: await keyByCertificate(jwtOf(member.credential)), fetch: server.fetch });
    assert.equal(payload.vct, 'urn:network-identity:membership:1');
  });

  it('by the issuer\'s metadata', async () => {
    const { payload } = await verifyCredential(member.credential, { key: await keyByMetadata(jwtOf(member.credential), server.fetch), fetch: server.fetch });
    assert.equal(payload.iss, server.issuer);
  });

  it('up to the root that the nation publishes, for the issuer that the certificate names', async () => {
    const leaf = chain(decodeProtectedHeader(jwtOf(member.credential)).x5c, rootPem);
    assert.ok(namesOf(leaf).sanUriNames.includes(server.issuer));
    assert.ok(namesOf(leaf).sanDnsNames.includes(new URL(server.issuer).hostname));
    assert.equal(leaf.ca, false);
    assert.ok(Date.parse(leaf.validTo) / 1000 >= decodeJwt(jwtOf(member.credential)).exp, 'the certificate outlives the credential');
  });

  it('with the proof that the holder\'s key made', async () => {
    const payload = decodeJwt(jwtOf(member.credential));
    const request = {
      authorizationRequestPayload: { client_id: 'x509_hash:someone-else', nonce: 'a-nonce-of-another-verifier' },
      dcql: { query: { credentials: [{ id: 'm', claims: [{ path: ['display_name'] }] }] } },
    };
    const presentation = await member.wallet.presentation(request, member.credential);
    const { payload: shown, kb } = await verifyCredential(presentation, {
      key: await keyByCertificate(jwtOf(presentation)), fetch: server.fetch, nonce: 'a-nonce-of-another-verifier',
    });
    assert.equal(kb.payload.aud, 'x509_hash:someone-else');
    assert.equal(shown.display_name, 'Ada Example');
    assert.equal(shown.node, undefined);
    assert.deepEqual(shown.cnf, payload.cnf);
  });

  it('by a signed status list that says revoked within five seconds', async () => {
    const valid = await readStatus(member.credential, { fetch: server.fetch, rootPem });
    assert.equal(valid.status, 0);
    assert.ok(valid.payload.iat <= Date.now() / 1000);
    assert.ok(valid.payload.exp > Date.now() / 1000);
    assert.ok(namesOf(valid.leaf).sanUriNames.includes(server.issuer));
    assert.notEqual(valid.header.x5c[0], decodeProtectedHeader(jwtOf(member.credential)).x5c[0], 'status lists have a key of their own');

    await server.netid('credential', 'revoke', await server.credentialOf(member.memberId), '--reason', 'lost phone');
    await eventually('the list says revoked', async () => (await readStatus(member.credential, { fetch: server.fetch, rootPem })).status === 1, 20); // with time for a machine that has much else to do
    const key = await keyByCertificate(jwtOf(member.credential));
    await assert.rejects(verifyCredential(member.credential, { key, fetch: server.fetch }), /Status is not valid/);
  });

  it('and the record keeps who, what and why', async () => {
    const other = await becomeMember(server);
    const id = await server.credentialOf(other.memberId);
    await server.netid('credential', 'revoke', id, '--reason', 'left in anger');
    const shown = JSON.stringify(await server.netid('credential', 'show', id));
    assert.match(shown, /left in anger/);
    assert.match(shown, /revoked/i);
    assert.ok((await server.list('member')).some((row) => Object.values(row).includes(other.memberId)));
    assert.match(JSON.stringify(await server.netid('member', 'show', other.memberId)), new RegExp(other.memberId));
  });
});
