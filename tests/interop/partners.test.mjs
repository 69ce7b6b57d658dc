// The Node.js lines of docs/partners.md, run as they stand there: only addresses and ports are those of this machine.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { exportJWK, generateKeyPair } from 'jose';
import * as client from 'openid-client';
import { snippet } from './lib/documents.mjs';
import { Person, registerMetadata } from './lib/person.mjs';
import { eventually, freePort, startServer } from './lib/server.mjs';
import { becomeMember } from './lib/story.mjs';

const AsyncFunction = (async () => {}).constructor;

describe('docs/partners.md', () => {
  let server, person;
  before(async () => {
    server = await startServer();
    person = new Person(await becomeMember(server));
  });
  after(async () => {
    await person?.close();
    await server?.stop();
  });

  /** Runs a whole app at a port of its own, and looks at what a member gets to see. */
  const run = async (text, tell) => {
    const port = await freePort();
    const { client_id, client_secret } = await registerMetadata(server, { client_name: 'App', redirect_uris: [`http://localhost:${port}/callback`], post_logout_redirect_uris: [`http://localhost:${port}`] });
    const app = spawn(process.execPath, ['--input-type=module', '-e', text.replaceAll('3000', String(port)).replaceAll('http://localhost:5080', server.issuer)], {
      cwd: dirname(fileURLToPath(import.meta.url)), stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env.PATH, CLIENT_ID: client_id, CLIENT_SECRET: client_secret, APP_SECRET: 'a long secret of this app' },
    });
    let said = '';
    app.stderr.on('data', (chunk) => (said += chunk));
    try {
      await eventually('the app answers', () => fetch(`http://localhost:${port}/favicon.ico`, { redirect: 'manual' }), 90);
      await tell(await person.go(`http://localhost:${port}/`), `http://localhost:${port}`);
    } catch (error) {
      throw new Error(`${error.message}\n${said}`, { cause: error });
    } finally {
      app.kill('SIGTERM');
    }
  };

  test('the whole app of openid-client signs a member in', async () => {
    await run(await snippet('js', 'Open http://localhost:3000'), (page) => {
      assert.equal(page.status, 200, page.text);
      assert.ok(JSON.parse(page.text).membership.tier);
    });
  });

  test('the app of Express signs a member in, and out', async () => {
    await run(await snippet('mjs', 'express-openid-connect'), async (page, origin) => {
      // Whoever asks is sent to the nation by the library, and comes back.
      assert.equal(page.status, 200, page.text);
      assert.ok(JSON.parse(page.text).membership.tier);
      await person.go(`${origin}/logout`);
      assert.ok(person.visits.some((visit) => visit.startsWith(`GET ${server.issuer}/logout?`)));
    });
  });

  test('the few lines of openid-client sign a member in', async () => {
    const redirect_uri = 'http://127.0.0.1:9/callback';
    const { client_id, client_secret } = await registerMetadata(server, { client_name: 'App', redirect_uris: [redirect_uri] });
    const text = local((await snippet('js', 'buildAuthorizationUrl(config, { redirect_uri,')), 'clientId, clientSecret', 'clientId, clientSecret, undefined, options');
    const tokens = await new AsyncFunction('client', 'clientId', 'clientSecret', 'redirect_uri', 'options', 'comeBack', `${text}\nreturn tokens;`)(client, client_id, client_secret, redirect_uri, options(), comeBack);
    assert.ok(tokens.claims().membership.tier);
  });

  test('the few lines for an app of FAPI 2.0 sign a member in', async () => {
    const redirect_uri = 'https://app.example/callback';
    const { privateKey: key, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const { client_id } = await registerMetadata(server, {
      client_name: 'Bank', redirect_uris: [redirect_uri], token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [{ ...await exportJWK(publicKey), kid: 'one' }] },
    }, '--profile', 'fapi2');
    const session = { pkceCodeVerifier: client.randomPKCECodeVerifier(), expectedState: client.randomState(), expectedNonce: client.randomNonce() };
    const parameters = {
      redirect_uri, scope: 'openid membership', state: session.expectedState, nonce: session.expectedNonce,
      code_challenge: await client.calculatePKCECodeChallenge(session.pkceCodeVerifier), code_challenge_method: 'S256',
    };
    const text = local(await snippet('js', 'buildAuthorizationUrlWithPAR'), 'clientId, undefined, client.PrivateKeyJwt({ key, kid })', 'clientId, undefined, client.PrivateKeyJwt({ key, kid }), options');
    const info = await new AsyncFunction('client', 'clientId', 'key', 'kid', 'parameters', 'session', 'options', 'comeBack', `${text}\nreturn info;`)(client, client_id, key, 'one', parameters, session, options(), comeBack);
    assert.ok(info.membership.tier);
  });

  const options = () => ({ execute: [client.allowInsecureRequests] });

  /** The lines with the issuer of this machine, which is http, and the callback that the browser really comes to. */
  const local = (text, from, to) => {
    assert.ok(text.includes(from), text);
    return text.replace('https://id.nation.example', server.issuer).replace(from, to).replace('callbackUrl', 'await comeBack(to)');
  };

  const comeBack = async (to) => {
    await assert.rejects(person.go(to.href));
    return new URL(person.visits.at(-1).split(' ')[1]);
  };
});
