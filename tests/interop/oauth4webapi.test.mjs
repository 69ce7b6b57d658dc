// oauth4webapi: each request and each check by itself. An app of FAPI 2.0, a public app whose refresh token rotates, and one that registers itself.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as oauth from 'oauth4webapi';
import { Person, registerMetadata } from './lib/person.mjs';
import { startServer } from './lib/server.mjs';
import { becomeMember } from './lib/story.mjs';

describe('oauth4webapi', () => {
  let server, ada, as, http;
  before(async () => {
    server = await startServer();
    ada = await becomeMember(server);
    http = { [oauth.allowInsecureRequests]: true };
    const issuer = new URL(server.issuer);
    as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, http));
  });
  after(() => server?.stop());

  /** Where the browser of a member comes back to: an address that nobody serves. */
  const comeBack = async (url, redirectUri) => {
    const person = new Person(ada);
    try {
      await assert.rejects(person.go(url));
      const last = person.visits.at(-1).split(' ')[1];
      assert.ok(last.startsWith(redirectUri), last);
      return new URL(last);
    } finally {
      await person.close();
    }
  };

  const asked = async (client, redirectUri, more = {}) => {
    const checks = { state: oauth.generateRandomState(), nonce: oauth.generateRandomNonce(), verifier: oauth.generateRandomCodeVerifier() };
    const parameters = new URLSearchParams({
      client_id: client.client_id, redirect_uri: redirectUri, response_type: 'code', scope: 'openid membership', state: checks.state, nonce: checks.nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(checks.verifier), code_challenge_method: 'S256', ...more,
    });
    return { checks, parameters };
  };

  /** Asks once, and once more where the nation wants its nonce in the proof. */
  const withNonce = async (ask, read) => {
    try {
      return await read(await ask());
    } catch (error) {
      if (!oauth.isDPoPNonceError(error)) throw error;
      return read(await ask());
    }
  };

  test('an app of FAPI 2.0: pushed, bound to a key, renewed, asked about and taken back', async () => {
    const redirectUri = 'https://app.example/callback';
    const pair = await oauth.generateKeyPair('ES256', { extractable: true });
    const jwk = { ...await crypto.subtle.exportKey('jwk', pair.publicKey), kid: 'one', alg: 'ES256' };
    const { client_id } = await registerMetadata(server, {
      client_name: 'Bank', redirect_uris: [redirectUri], grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwk] },
    }, '--profile', 'fapi2');
    const client = { client_id, id_token_signed_response_alg: 'ES256' };
    const auth = oauth.PrivateKeyJwt({ key: pair.privateKey, kid: 'one' });
    const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
    const { checks, parameters } = await asked(client, redirectUri);

    const pushed = await withNonce(() => oauth.pushedAuthorizationRequest(as, client, auth, parameters, { ...http, DPoP }), (response) => oauth.processPushedAuthorizationResponse(as, client, response));
    const to = new URL(as.authorization_endpoint);
    to.search = new URLSearchParams({ client_id, request_uri: pushed.request_uri });
    const back = oauth.validateAuthResponse(as, client, await comeBack(to, redirectUri), checks.state);
    const tokens = await withNonce(
      () => oauth.authorizationCodeGrantRequest(as, client, auth, back, redirectUri, checks.verifier, { ...http, DPoP }),
      (response) => oauth.processAuthorizationCodeResponse(as, client, response, { expectedNonce: checks.nonce, requireIdToken: true }));
    const { sub } = oauth.getValidatedIdTokenClaims(tokens);

    const info = async (token) => withNonce(() => oauth.userInfoRequest(as, client, token, { ...http, DPoP }), (response) => oauth.processUserInfoResponse(as, client, sub, response));
    assert.ok((await info(tokens.access_token)).membership);

    // The answer is lost: the same refresh token again, and again.
    const renew = () => withNonce(() => oauth.refreshTokenGrantRequest(as, client, auth, tokens.refresh_token, { ...http, DPoP }), (response) => oauth.processRefreshTokenResponse(as, client, response));
    const [first, second] = [await renew(), await renew()];
    assert.equal(first.refresh_token, undefined);
    assert.notEqual(first.access_token, second.access_token);

    const about = await oauth.processIntrospectionResponse(as, client, await oauth.introspectionRequest(as, client, auth, second.access_token, http));
    assert.equal(about.active, true);
    assert.equal(about.sub, sub);
    await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, auth, tokens.refresh_token, http));
    await assert.rejects(info(second.access_token), oauth.WWWAuthenticateChallengeError);
    await assert.rejects(renew(), ({ error }) => error === 'invalid_grant');
  });

  test('a public app: its refresh token rotates, and a lost answer signs nobody out', async () => {
    const redirectUri = 'http://127.0.0.1:9/callback';
    const { client_id } = await registerMetadata(server, {
      client_name: 'Phone', redirect_uris: [redirectUri], application_type: 'native', token_endpoint_auth_method: 'none', grant_types: ['authorization_code', 'refresh_token'],
    });
    const client = { client_id };
    const auth = oauth.None();
    const { checks, parameters } = await asked(client, redirectUri);
    const back = oauth.validateAuthResponse(as, client, await comeBack(`${as.authorization_endpoint}?${parameters}`, redirectUri), checks.state);
    const response = await oauth.authorizationCodeGrantRequest(as, client, auth, back, redirectUri, checks.verifier, http);
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, { expectedNonce: checks.nonce, requireIdToken: true });
    await oauth.validateApplicationLevelSignature(as, response, http);
    const renew = async (token) => oauth.processRefreshTokenResponse(as, client, await oauth.refreshTokenGrantRequest(as, client, auth, token, http));

    const lost = await renew(tokens.refresh_token);
    const again = await renew(tokens.refresh_token);
    assert.ok(lost.refresh_token && lost.refresh_token !== tokens.refresh_token);
    assert.equal(again.refresh_token, lost.refresh_token);
    const next = await renew(again.refresh_token);

    // Once its successor was used, who comes with the old one is somebody else: it all ends.
    await assert.rejects(renew(tokens.refresh_token), ({ error }) => error === 'invalid_grant');
    await assert.rejects(renew(next.refresh_token), ({ error }) => error === 'invalid_grant');
  });

  test('an app that registers itself, with userinfo as a signed JWT', async () => {
    const redirectUri = 'https://own.example/callback';
    const { initial_access_token: token } = await server.netid('client', 'token', 'add');
    const client = await oauth.processDynamicClientRegistrationResponse(await oauth.dynamicClientRegistrationRequest(as, {
      client_name: 'Own', redirect_uris: [redirectUri], token_endpoint_auth_method: 'client_secret_post', userinfo_signed_response_alg: 'ES256', id_token_signed_response_alg: 'ES256',
    }, { ...http, initialAccessToken: token }));
    assert.ok(client.registration_access_token);
    const auth = oauth.ClientSecretPost(client.client_secret);
    const { checks, parameters } = await asked(client, redirectUri, { response_mode: 'query' });
    const back = oauth.validateAuthResponse(as, client, await comeBack(`${as.authorization_endpoint}?${parameters}`, redirectUri), checks.state);
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, await oauth.authorizationCodeGrantRequest(as, client, auth, back, redirectUri, checks.verifier, http), { expectedNonce: checks.nonce, requireIdToken: true });
    const info = await oauth.userInfoRequest(as, client, tokens.access_token, http);
    assert.equal(info.headers.get('content-type').split(';')[0], 'application/jwt');
    assert.ok((await oauth.processUserInfoResponse(as, client, oauth.getValidatedIdTokenClaims(tokens).sub, info)).membership);
    await oauth.validateApplicationLevelSignature(as, info, http);
  });

  test('takes no answer of another issuer, and none to a question that it did not ask', async () => {
    const client = { client_id: 'x' };
    const answer = new URL(`http://127.0.0.1:9/callback?code=c&state=s&iss=${encodeURIComponent('https://evil.example')}`);
    assert.throws(() => oauth.validateAuthResponse(as, client, answer, 's'), /iss/);
  });
});
