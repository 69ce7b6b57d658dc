// A bank's app by openid-client, through discovery alone: private_key_jwt, PAR, DPoP with the nation's nonces, refresh, userinfo (FAPI 2.0).
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import * as client from 'openid-client';
import { openWithoutBrowser } from './lib/app.mjs';
import { startServer } from './lib/server.mjs';
import { becomeMember } from './lib/story.mjs';

const redirect_uri = 'https://app.example/callback';

describe('A FAPI 2.0 client of openid-client', () => {
  let server, ada;
  before(async () => {
    server = await startServer();
    ada = await becomeMember(server);
  });
  after(() => server?.stop());

  /** Registers an app of the profile with a key of this algorithm, and configures the library. */
  const bank = async (alg) => {
    const { privateKey: key, publicKey } = await generateKeyPair(alg, { extractable: true });
    const kid = `key-${alg}`;
    const file = join(server.directory, `${kid}.json`);
    await writeFile(file, JSON.stringify({ keys: [{ ...await exportJWK(publicKey), kid }] }));
    const { client_id } = await server.netid('client', 'add', '--name', `Bank ${alg}`, '--redirect-uri', redirect_uri, '--auth', 'private_key_jwt', '--jwks', file, '--profile', 'fapi2');
    const config = await client.discovery(new URL(server.issuer), client_id, { id_token_signed_response_alg: 'ES256', use_mtls_endpoint_aliases: false },
      client.PrivateKeyJwt({ key, kid }), { execute: [client.enableNonRepudiationChecks, client.allowInsecureRequests], [client.customFetch]: server.fetch });
    return { config, key, kid, client_id };
  };

  /** Pushes a request, goes through the sign-in, and redeems the code. */
  const signIn = async ({ config, client_id }, DPoP, sign) => {
    const checks = { expectedState: client.randomState(), expectedNonce: client.randomNonce(), pkceCodeVerifier: client.randomPKCECodeVerifier(), idTokenExpected: true };
    const parameters = {
      redirect_uri, scope: 'openid membership', state: checks.expectedState, nonce: checks.expectedNonce,
      code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier), code_challenge_method: 'S256', response_type: 'code', client_id,
    };
    const to = await client.buildAuthorizationUrlWithPAR(config, sign ? { request: await sign(parameters) } : parameters, { DPoP });
    assert.deepEqual([...to.searchParams.keys()].sort(), ['client_id', 'request_uri']);
    const page = await openWithoutBrowser(server, to.href);
    const answer = await ada.wallet.present(page.link, ada.credential);
    const back = await server.fetch(answer.redirectUri, { redirect: 'manual', headers: { cookie: page.cookie } });
    return client.authorizationCodeGrant(config, new URL(back.headers.get('location')), checks, undefined, { DPoP });
  };

  for (const alg of ['ES256', 'PS256', 'EdDSA']) {
    test(`signs a member in, with a key for ${alg}`, async () => {
      const app = await bank(alg);
      const DPoP = client.getDPoPHandle(app.config, await client.randomDPoPKeyPair('ES256'));
      const tokens = await signIn(app, DPoP);
      assert.equal(tokens.token_type, 'dpop');
      const userinfo = await client.fetchUserInfo(app.config, tokens.access_token, tokens.claims().sub, { DPoP });
      assert.equal(userinfo.sub, tokens.claims().sub);
      const inspected = await client.tokenIntrospection(app.config, tokens.access_token);
      assert.equal(inspected.active, true);
      await client.tokenRevocation(app.config, tokens.access_token);
      await assert.rejects(client.fetchUserInfo(app.config, tokens.access_token, tokens.claims().sub, { DPoP }));
    });
  }

  test('signs its request as well', async () => {
    const app = await bank('ES256');
    const DPoP = client.getDPoPHandle(app.config, await client.randomDPoPKeyPair('ES256'));
    const tokens = await signIn(app, DPoP, (parameters) => new SignJWT(parameters).setProtectedHeader({ alg: 'ES256', typ: 'oauth-authz-req+jwt', kid: app.kid })
      .setIssuer(app.client_id).setAudience(server.issuer).setNotBefore('0s').setExpirationTime('1m').sign(app.key));
    assert.ok(tokens.claims().sub);
  });

  test('gets no tokens without a proof of a key', async () => {
    await assert.rejects(signIn(await bank('ES256'), undefined), (error) => error.error === 'invalid_dpop_proof');
  });
});
