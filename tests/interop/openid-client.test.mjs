// openid-client: an app that registers itself, renews its tokens and signs out; and a public one whose refresh token rotates. For FAPI 2.0 see fapi.test.mjs.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { formPosted, listen, Person, registerMetadata } from './lib/person.mjs';
import { eventually, startServer } from './lib/server.mjs';
import { becomeMember } from './lib/story.mjs';

describe('openid-client', () => {
  let server, ada, app;
  const told = [];
  const callbacks = [];
  before(async () => {
    server = await startServer({ env: { NETID__Fetch__Loopback: 'true' } });
    ada = await becomeMember(server);
    app = await listen(async (request, response) => {
      if (request.url === '/backchannel') told.push((await formPosted(request)).get('logout_token'));
      else callbacks.push(request.url);
      response.end('here');
    });
  });
  after(async () => {
    await app?.close();
    await server?.stop();
  });

  const options = () => ({ execute: [client.enableNonRepudiationChecks, client.allowInsecureRequests] });

  /** A sign-in in a browser: the tokens, and the browser. */
  const signIn = async (config, member = ada, more = {}) => {
    const checks = { expectedState: client.randomState(), expectedNonce: client.randomNonce(), pkceCodeVerifier: client.randomPKCECodeVerifier(), idTokenExpected: true };
    const to = client.buildAuthorizationUrl(config, {
      redirect_uri: `${app.origin}/callback`, scope: 'openid membership', state: checks.expectedState, nonce: checks.expectedNonce,
      code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier), code_challenge_method: 'S256', ...more,
    });
    const person = new Person(member);
    await person.go(to.href);
    const tokens = await client.authorizationCodeGrant(config, new URL(callbacks.at(-1), app.origin), checks);
    return { tokens, person };
  };

  test('registers an app, signs a member in, renews, and signs out at the nation, which sends the browser back', async () => {
    const { initial_access_token: token } = await server.netid('client', 'token', 'add');
    const config = await client.dynamicClientRegistration(new URL(server.issuer), {
      client_name: 'Own', redirect_uris: [`${app.origin}/callback`], post_logout_redirect_uris: [`${app.origin}/after`], grant_types: ['authorization_code', 'refresh_token'],
    }, undefined, { ...options(), initialAccessToken: token });
    assert.ok(config.clientMetadata().client_secret);
    const { tokens, person } = await signIn(config);
    const claims = tokens.claims();
    const renewed = await client.refreshTokenGrant(config, tokens.refresh_token);
    assert.equal(renewed.claims().sub, claims.sub);
    assert.equal(renewed.claims().sid, claims.sid);
    assert.equal((await client.refreshTokenGrant(config, tokens.refresh_token)).claims().auth_time, claims.auth_time, 'a lost answer is asked for again');
    assert.equal((await client.fetchUserInfo(config, renewed.access_token, claims.sub)).sub, claims.sub);

    const out = client.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri: `${app.origin}/after`, state: 'what-i-said' });
    const page = await person.go(out.href);
    assert.equal(page.url.href, `${app.origin}/after?state=what-i-said`);
    await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token), ({ error }) => error === 'invalid_grant');
    await assert.rejects(client.fetchUserInfo(config, renewed.access_token, claims.sub));
    await person.close();
  });

  test('is told from behind of a session that ended, by a token that the keys of its ID tokens signed', async () => {
    const { client_id, client_secret } = await registerMetadata(server, { client_name: 'Told', redirect_uris: [`${app.origin}/callback`], backchannel_logout_uri: `${app.origin}/backchannel` });
    const config = await client.discovery(new URL(server.issuer), client_id, client_secret, undefined, options());
    const gone = await becomeMember(server);
    const { tokens, person } = await signIn(config, gone);
    await server.netid('credential', 'revoke', await server.credentialOf(gone.memberId), '--reason', 'the quorum decided');
    await eventually('the app is told', () => told.length > 0, 60);
    const { payload, protectedHeader } = await jwtVerify(told[0], createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri)), { issuer: server.issuer, audience: client_id, typ: 'logout+jwt' });
    assert.equal(protectedHeader.alg, 'RS256');
    const { sub, sid } = tokens.claims();
    assert.deepEqual([payload.sub, payload.sid, Object.keys(payload.events)], [sub, sid, ['http://schemas.openid.net/event/backchannel-logout']]);
    assert.equal(payload.nonce, undefined);
    await person.close();
  });

  test('as a public app keeps the newest refresh token', async () => {
    const { client_id } = await registerMetadata(server, {
      client_name: 'Phone', redirect_uris: [`${app.origin}/callback`], application_type: 'native', token_endpoint_auth_method: 'none', grant_types: ['authorization_code', 'refresh_token'],
    });
    const config = await client.discovery(new URL(server.issuer), client_id, undefined, client.None(), options());
    const { tokens, person } = await signIn(config);
    const lost = await client.refreshTokenGrant(config, tokens.refresh_token);
    const again = await client.refreshTokenGrant(config, tokens.refresh_token);
    assert.equal(again.refresh_token, lost.refresh_token);
    const newest = await client.refreshTokenGrant(config, again.refresh_token);
    assert.notEqual(newest.refresh_token, again.refresh_token);
    assert.equal(newest.claims().sub, tokens.claims().sub);
    await person.close();
  });
});
