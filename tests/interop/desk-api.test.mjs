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
    const { client_id } = await server.netid('client', 'add', '--name', 'A program', '--redirect-uri', 'http://127.0.0.1/callback', '--auth', 'none', '--scope', 'desk', '--optional', 'steward');
    config = await client.discovery(new URL(server.issuer), client_id, undefined, client.None(), { execute: [client.allowInsecureRequests], [client.customFetch]: server.fetch });
  });
  after(() => server?.stop());

  /** Somebody with a mandate for the whole nation and its credential, signed in to the program with a key of their own. */
  const steward = async (name) => {
    const person = await becomeMember(server, { claims: { display_name: name } });
    const held = { membership: person.credential };
    const until = new Date(Date.now() + 300 * 86_400_000).toISOString().slice(0, 10);
    await server.netid('member', 'appoint', person.memberId, '--act', 'revoke', '--act', 'add_node', '--until', until);
    held.steward = await takeSteward(person);
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
    const asked = [];
    let tokens;

    // In a browser of its own each time. What the nation wanted in its challenge stands in the request [RFC9470 §4].
    const signIn = async ({ scope = 'openid desk', max_age } = {}) => {
      const checks = { expectedState: client.randomState(), pkceCodeVerifier: client.randomPKCECodeVerifier(), idTokenExpected: true };
      const page = await openWithoutBrowser(server, client.buildAuthorizationUrl(config, {
        redirect_uri, scope, resource: desk, state: checks.expectedState, ...(max_age ? { max_age } : {}),
        code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier), code_challenge_method: 'S256',
      }).href);
      assert.match(page.text, /may use <bdi>The desk<\/bdi> for you: desk/);
      const answer = await person.wallet.presentAll(page.link, held);
      asked.push(answer.request.dcql.query.credentials.map(({ id }) => id));
      const back = await server.fetch(answer.redirectUri, { redirect: 'manual', headers: { cookie: page.cookie } });
      tokens = await client.authorizationCodeGrant(config, new URL(back.headers.get('location')), { ...checks, ...(max_age ? { maxAge: Number(max_age) } : {}) }, { resource: desk }, { DPoP });
      assert.equal(tokens.token_type, 'dpop');
    };
    await signIn();
    const call = async (method, path, body, headers = {}) => {
      for (let attempt = 0; ; attempt++) {
        let challenge;
        const response = await client.fetchProtectedResource(config, tokens.access_token, new URL(`${desk}/decisions${path}`), method, body && JSON.stringify(body),
          new Headers({ ...(body ? { 'content-type': 'application/json' } : {}), ...headers }), { DPoP }).catch((error) => {
          challenge = error.cause?.[0]?.parameters;
          return error.response ?? Promise.reject(error);
        });
        if (attempt < 3 && challenge?.error === 'use_dpop_nonce') continue;
        if (attempt < 3 && challenge?.error === 'insufficient_user_authentication') await signIn(challenge);
        else return { status: response.status, headers: response.headers, json: await response.json() };
      }
    };
    return { ...person, call, asked };
  };

  /** Takes the credential of a mandate from the account, as the browser of its person would. */
  const takeSteward = async ({ wallet, credential }) => {
    const cookies = new Map();
    const url = `${server.issuer}/account/steward`;
    const { link } = await openWithoutBrowser(server, url, cookies);
    const { redirectUri } = await wallet.present(link, credential);
    const page = await openWithoutBrowser(server, redirectUri, cookies);
    const field = (name) => new RegExp(`name="${name}" value="([^"]+)"`).exec(page.text)[1];
    const sent = await server.fetch(url, {
      method: 'POST', body: new URLSearchParams({ form: field('form'), of: field('of') }), redirect: 'manual',
      headers: { cookie: page.cookie, 'content-type': 'application/x-www-form-urlencoded', origin: server.issuer },
    });
    return (await wallet.receive(`openid-credential-offer://?credential_offer_uri=${encodeURIComponent(sent.headers.get('location'))}`)).credential;
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
    assert.equal((await ana.call('POST', '', { act: 'add_node', name: 'Porto', region: 'Europe' }, { 'idempotency-key': crypto.randomUUID() })).status, 201);
    assert.deepEqual(ana.asked, [['membership']], 'an act that wants no more is proposed by who signed in');
    const key = { 'idempotency-key': crypto.randomUUID() };
    const first = await ana.call('POST', '', proposal, key);
    assert.equal(first.status, 201, JSON.stringify(first.json));
    assert.deepEqual(ana.asked, [['membership'], ['membership', 'steward']], 'the challenge says that this one wants a steward credential');
    const again = await ana.call('POST', '', proposal, key);
    assert.deepEqual([again.status, again.json, again.headers.get('location')], [201, first.json, first.headers.get('location')]);
    const other = await ana.call('POST', '', { ...proposal, reason: 'Another.' }, key);
    assert.deepEqual([other.status, other.json.title, other.headers.get('content-type')], [422, 'idempotency_key_reused', 'application/problem+json']);

    const { json: list } = await ben.call('GET', '');
    assert.deepEqual(list.decisions.map((decision) => [decision.act, decision.member_name, decision.counted, decision.needed]), [['add_node', null, 1, 4], ['revoke', 'Fay', 1, 2]]);
    const path = `/${first.json.id}`;
    const read = await ben.call('GET', path);
    assert.equal(read.json.content.reason, proposal.reason);
    assert.equal((await ben.call('POST', `${path}/approve`)).status, 428);
    assert.equal((await ben.call('POST', `${path}/approve`, undefined, { 'if-match': '"7.7"' })).status, 412);
    const approved = await ben.call('POST', `${path}/approve`, undefined, { 'if-match': read.headers.get('etag') });
    assert.deepEqual([approved.status, approved.json.counted, approved.json.approved], [200, 2, true]);
    assert.deepEqual(ben.asked, [['membership'], ['membership', 'steward']]);
    assert.ok(approved.json.due_at, 'it waits for its day');
    const taken = await ana.call('POST', `${path}/take-back`, undefined, { 'if-match': approved.headers.get('etag') });
    assert.deepEqual([taken.status, taken.json.counted, taken.json.due_at], [200, 1, null]);
    assert.equal((await ana.call('POST', `${path}/withdraw`, undefined, { 'if-match': taken.headers.get('etag') })).json.state, 'withdrawn');
  });
});
