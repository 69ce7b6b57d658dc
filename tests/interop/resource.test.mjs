// An API that takes the nation's tokens: an app and a machine get them with openid-client, and the API verifies them with jose, through discovery alone (RFC 8707, RFC 9068, RFC 9728).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createRemoteJWKSet, customFetch, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { openWithoutBrowser } from './lib/app.mjs';
import { startServer } from './lib/server.mjs';
import { becomeMember } from './lib/story.mjs';

const [api, redirect_uri] = ['https://api.example', 'https://app.example/callback'];

describe('An API beside the nation', () => {
  let server, ada, its;
  before(async () => {
    server = await startServer();
    ada = await becomeMember(server);
    its = await server.netid('client', 'add', '--name', 'The API', '--machine');
    await server.netid('resource', 'add', api, '--name', 'Example API', '--scope', 'read', '--scope', 'write', '--client', its.client_id);
  });
  after(() => server?.stop());

  const configure = ({ client_id, client_secret }) => client.discovery(new URL(server.issuer), client_id, client_secret, undefined,
    { execute: [client.allowInsecureRequests], [client.customFetch]: server.fetch });

  /** What the API does with a token. */
  const verify = async (token) => {
    const { jwks_uri, issuer } = (await configure(its)).serverMetadata();
    const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(jwks_uri), { [customFetch]: server.fetch }), { issuer, audience: api, typ: 'at+jwt', algorithms: ['ES256'] });
    return payload;
  };

  const active = async (token) => (await client.tokenIntrospection(await configure(its), token)).active;

  test('is called by an app for its member, whom it knows as the app does', async () => {
    const app = await server.netid('client', 'add', '--name', 'App', '--redirect-uri', redirect_uri, '--scope', 'read');
    const config = await configure(app);
    const checks = { expectedState: client.randomState(), expectedNonce: client.randomNonce(), pkceCodeVerifier: client.randomPKCECodeVerifier(), idTokenExpected: true };
    const page = await openWithoutBrowser(server, client.buildAuthorizationUrl(config, {
      redirect_uri, scope: 'openid read', resource: api, state: checks.expectedState, nonce: checks.expectedNonce,
      code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier), code_challenge_method: 'S256',
    }).href);
    const answer = await ada.wallet.present(page.link, ada.credential);
    const back = await server.fetch(answer.redirectUri, { redirect: 'manual', headers: { cookie: page.cookie } });
    const tokens = await client.authorizationCodeGrant(config, new URL(back.headers.get('location')), checks, { resource: api });
    const payload = await verify(tokens.access_token);
    assert.equal(payload.sub, tokens.claims().sub);
    assert.equal(payload.client_id, app.client_id);
    assert.equal(payload.scope, 'read');
    assert.equal(await active(tokens.access_token), true);
    await server.netid('client', 'retire', app.client_id);
    assert.equal(await active(tokens.access_token), false);
  });

  test('is called by a machine for itself', async () => {
    const job = await server.netid('client', 'add', '--name', 'Job', '--machine', '--scope', 'write');
    const config = await configure(job);
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
    for (const options of [undefined, { DPoP }]) {
      const tokens = await client.clientCredentialsGrant(config, { resource: api, scope: 'write' }, options);
      const payload = await verify(tokens.access_token);
      assert.deepEqual([payload.sub, payload.scope, !!payload.cnf], [job.client_id, 'write', options !== undefined]);
      assert.equal(await active(tokens.access_token), true);
    }
    await assert.rejects(client.clientCredentialsGrant(config, { resource: 'https://another.example' }), { error: 'invalid_target' });
    await assert.rejects(client.clientCredentialsGrant(config, { scope: 'read' }), { error: 'invalid_scope' });
  });

  test('and who comes to the nation without a token finds the way to one', async () => {
    const refused = await server.fetch(`${server.issuer}/userinfo`);
    const at = /resource_metadata="([^"]+)"/.exec(refused.headers.get('www-authenticate'))[1];
    const metadata = await (await server.fetch(at)).json();
    assert.equal(metadata.resource, `${server.issuer}/userinfo`);
    assert.deepEqual(metadata.authorization_servers, [server.issuer]);
  });
});
