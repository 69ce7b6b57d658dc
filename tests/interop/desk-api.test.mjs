// The desk by a stranger's program: openid-client signs stewards in with a code, PKCE and DPoP, finds the desk by its metadata, proposes and approves (RFC 9728, RFC 9449, RFC 9470, RFC 9457).
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import * as client from 'openid-client';
import { openWithoutBrowser } from './lib/app.mjs';
import { startServer } from './lib/server.mjs';
import { becomeMember } from './lib/story.mjs';

const CHARTER = new URL('../../docs/charters/co-living.json', import.meta.url);
const redirect_uri = 'http://127.0.0.1:4711/callback';

describe('A program of a stranger at the desk', () => {
  let server, desk, config;
  before(async () => {
    server = await startServer();
    const charter = JSON.parse(await readFile(CHARTER, 'utf8'));
    charter.acts.revoke.approvals = 2;
    const file = join(server.directory, 'charter.json');
    await writeFile(file, JSON.stringify(charter));
    await server.run('charter', 'adopt', file);
    desk = `${server.issuer}/api/desk`;
    await server.netid('resource', 'add', desk, '--name', 'The desk', '--scope', 'desk');
    const { client_id } = await server.netid('client', 'add', '--name', 'A program', '--redirect-uri', 'http://127.0.0.1/callback', '--auth', 'none', '--scope', 'desk');
    config = await client.discovery(new URL(server.issuer), client_id, undefined, client.None(), { execute: [client.allowInsecureRequests], [client.customFetch]: server.fetch });
  });
  after(() => server?.stop());

  /** Somebody with a mandate for the whole nation, signed in to the program with a key of their own. */
  const steward = async (name) => {
    const person = await becomeMember(server, { claims: { display_name: name } });
    const until = new Date(Date.now() + 300 * 86_400_000).toISOString().slice(0, 10);
    await server.netid('member', 'appoint', person.memberId, '--act', 'revoke', '--until', until);
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
    const checks = { expectedState: client.randomState(), pkceCodeVerifier: client.randomPKCECodeVerifier(), idTokenExpected: true };
    const page = await openWithoutBrowser(server, client.buildAuthorizationUrl(config, {
      redirect_uri, scope: 'openid desk', resource: desk, state: checks.expectedState, max_age: '300',
      code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier), code_challenge_method: 'S256',
    }).href);
    assert.match(page.text, /may use <bdi>The desk<\/bdi> for you: desk/);
    const answer = await person.wallet.present(page.link, person.credential);
    const back = await server.fetch(answer.redirectUri, { redirect: 'manual', headers: { cookie: page.cookie } });
    const tokens = await client.authorizationCodeGrant(config, new URL(back.headers.get('location')), { ...checks, maxAge: 300 }, { resource: desk }, { DPoP });
    assert.equal(tokens.token_type, 'dpop');
    const call = async (method, path, body, headers = {}) => {
      const ask = () => client.fetchProtectedResource(config, tokens.access_token, new URL(`${desk}/decisions${path}`), method, body && JSON.stringify(body),
        new Headers({ ...(body ? { 'content-type': 'application/json' } : {}), ...headers }), { DPoP });
      let response = await ask().catch((error) => error.response ?? error.cause?.response ?? Promise.reject(error));
      if (response.status === 401 && /use_dpop_nonce/.test(response.headers.get('www-authenticate'))) response = await ask();
      return { status: response.status, headers: response.headers, json: await response.json() };
    };
    return { ...person, call };
  };

  test('is told where its tokens are from', async () => {
    const refused = await server.fetch(`${desk}/decisions`);
    assert.equal(refused.status, 401);
    const at = /resource_metadata="([^"]+)"/.exec(refused.headers.get('www-authenticate'))[1];
    const metadata = await (await server.fetch(at)).json();
    assert.equal(metadata.resource, desk);
    assert.deepEqual(metadata.scopes_supported, ['desk']);
    assert.equal(metadata.dpop_bound_access_tokens_required, true);
  });

  test('proposes once, approves what it read, and is told in words what is refused', async () => {
    const [ana, ben] = [await steward('Ana'), await steward('Ben')];
    const { memberId: fay } = await becomeMember(server, { claims: { display_name: 'Fay' } });
    const proposal = { act: 'revoke', member: fay, ground: 'harm', reason: 'Broke a door.\nمريم saw it.' };
    const key = { 'idempotency-key': crypto.randomUUID() };
    const first = await ana.call('POST', '', proposal, key);
    assert.equal(first.status, 201, JSON.stringify(first.json));
    const again = await ana.call('POST', '', proposal, key);
    assert.deepEqual([again.status, again.json, again.headers.get('location')], [201, first.json, first.headers.get('location')]);
    const other = await ana.call('POST', '', { ...proposal, reason: 'Another.' }, key);
    assert.deepEqual([other.status, other.json.title, other.headers.get('content-type')], [422, 'idempotency_key_reused', 'application/problem+json']);

    const { json: list } = await ben.call('GET', '');
    assert.deepEqual(list.decisions.map((decision) => [decision.id, decision.member_name, decision.counted, decision.needed]), [[first.json.id, 'Fay', 1, 2]]);
    const path = `/${first.json.id}`;
    const read = await ben.call('GET', path);
    assert.equal(read.json.content.reason, proposal.reason);
    assert.equal((await ben.call('POST', `${path}/approve`)).status, 428);
    assert.equal((await ben.call('POST', `${path}/approve`, undefined, { 'if-match': '"7.7"' })).status, 412);
    const approved = await ben.call('POST', `${path}/approve`, undefined, { 'if-match': read.headers.get('etag') });
    assert.deepEqual([approved.status, approved.json.counted, approved.json.approved], [200, 2, true]);
    assert.ok(approved.json.due_at, 'it waits for its day');
    const taken = await ana.call('POST', `${path}/take-back`, undefined, { 'if-match': approved.headers.get('etag') });
    assert.deepEqual([taken.status, taken.json.counted, taken.json.due_at], [200, 1, null]);
    assert.equal((await ana.call('POST', `${path}/withdraw`, undefined, { 'if-match': taken.headers.get('etag') })).json.state, 'withdrawn');
  });
});
