// The status lists, in both standards' formats, read by libraries that this project did not write: @sd-jwt/jwt-status-list and @digitalbazaar/vc-bitstring-status-list.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { checkStatus, decodeList } from '@digitalbazaar/vc-bitstring-status-list';
import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify } from 'jose';
import { eventually, startServer } from './lib/server.mjs';
import { becomeMember } from './lib/story.mjs';
import { jwtOf, readStatus } from './lib/verifier.mjs';

const VALID = 0, INVALID = 1, SUSPENDED = 2;
const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

describe('Status, to a stranger\'s libraries', () => {
  let server, rootPem, member, other, record;
  before(async () => {
    server = await startServer();
    rootPem = await server.exportRoot();
    [member, other] = [await becomeMember(server), await becomeMember(server)];
    record = await server.credentialOf(member.memberId);
  });
  after(() => server?.stop());

  const referenceOf = ({ credential }) => decodeJwt(jwtOf(credential)).status.status_list;

  /** A list as a Bitstring Status List credential, its signature verified by the keys of the nation's DID. */
  async function bitstring(purpose, { credential } = member) {
    const url = `${referenceOf({ credential }).uri}/${purpose}`;
    const response = await server.fetch(url);
    assert.equal(response.headers.get('content-type'), 'application/vc+jwt');
    const token = await response.text();
    const { kid, alg } = decodeProtectedHeader(token);
    const { did } = await server.netid('did', 'show');
    assert.ok(kid.startsWith(`${did}#`));
    const { verificationMethod } = await (await server.fetch(`${server.issuer}/.well-known/did.json`)).json();
    const { publicKeyJwk } = verificationMethod.find(({ id }) => id.endsWith(kid.slice(did.length)));
    const { payload } = await jwtVerify(token, await importJWK(publicKeyJwk, alg), { typ: 'vc+jwt' });
    assert.equal(payload.id, url);
    assert.equal(payload.issuer, did);
    return payload;
  }

  /** What the library says of a credential that would name the list by an entry: whether its status for the purpose is set. */
  async function checked(purpose, one) {
    const list = await bitstring(purpose, one);
    const { idx } = referenceOf(one);
    const credentialStatus = { type: 'BitstringStatusListEntry', statusPurpose: purpose, statusListIndex: `${idx}`, statusListCredential: list.id };
    const result = await checkStatus({
      credential: { '@context': ['https://www.w3.org/ns/credentials/v2'], issuer: list.issuer, type: ['VerifiableCredential'], credentialSubject: {}, credentialStatus },
      documentLoader: async (url) => ({ document: url === list.id ? list : assert.fail(url) }),
      suite: [], // the proof is the JWT's, which is verified above
      verifyBitstringStatusListCredential: false,
    });
    if (result.error) throw result.error;
    const decoded = await decodeList({ encodedList: list.credentialSubject.encodedList });
    assert.equal(decoded.length, 1_048_576);
    assert.equal(result.results[0].status, decoded.getStatus(idx));
    return decoded.getStatus(idx);
  }

  /** Waits until both formats say this of the member, within the interval and a little; the other member is untouched. */
  async function says(status) {
    await eventually(`the list says ${status}`, async () => (await readStatus(member.credential, { fetch: server.fetch, rootPem })).status === status);
    await eventually('the bitstring of revocation', async () => (await checked('revocation', member)) === (status === INVALID));
    await eventually('the bitstring of suspension', async () => (await checked('suspension', member)) === (status === SUSPENDED));
    assert.equal((await readStatus(other.credential, { fetch: server.fetch, rootPem })).status, VALID);
    assert.deepEqual([await checked('revocation', other), await checked('suspension', other)], [false, false]);
  }

  it('is valid, suspended, valid again, and revoked in the end: in both formats', async () => {
    await says(VALID);
    await server.netid('credential', 'suspend', record, '--reason', 'a quarrel', '--until', inDays(3));
    await says(SUSPENDED);
    await server.netid('credential', 'resume', record, '--reason', 'it is settled');
    await says(VALID);
    await server.netid('credential', 'revoke', record, '--reason', 'for good');
    await says(INVALID);
    await assert.rejects(server.netid('credential', 'resume', record, '--reason', 'please'), /already_revoked/);
    const { acts } = await server.netid('credential', 'show', record);
    assert.deepEqual(acts.map((act) => act.split(' ').slice(1).join(' ')), ['issue by founder', 'suspend by founder', 'resume by founder', 'revoke by founder']);
  });

  it('is found by the aggregation, kept by its tag, and served as it stands now alone', async () => {
    const { uri } = referenceOf(member);
    const metadata = await (await server.fetch(`${server.issuer}/.well-known/oauth-authorization-server`)).json();
    const all = await (await server.fetch(metadata.status_list_aggregation_endpoint)).json();
    assert.deepEqual(all, { status_lists: [uri] });
    assert.equal(decodeJwt(await (await server.fetch(uri)).text()).status_list.aggregation_uri, metadata.status_list_aggregation_endpoint);

    const first = await server.fetch(uri);
    const seconds = Number(/^public, max-age=(\d+)$/.exec(first.headers.get('cache-control'))[1]);
    assert.ok(seconds >= 1 && seconds <= 5, `${seconds}`);
    const again = await server.fetch(uri, { headers: { 'if-none-match': first.headers.get('etag') } });
    assert.equal(again.status, 304);
    assert.equal((await server.fetch(`${uri}?time=${Math.floor(Date.now() / 1000)}`)).status, 501);
  });
});
