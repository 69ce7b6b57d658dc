import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { register, startApp } from './lib/app.mjs';
import { browserTest, openBrowser, openPage } from './lib/browser.mjs';
import { startServer } from './lib/server.mjs';
import { becomeMember, signIn } from './lib/story.mjs';
import { chain, jwtOf, keyByMetadata, namesOf, readStatus, verifyCredential } from './lib/verifier.mjs';

describe('Over https with the development certificate', () => {
  let server, ada;
  before(async () => {
    server = await startServer({ https: true });
    ada = await becomeMember(server);
  });
  after(() => server?.stop());

  it('the server\'s own certificate hangs on the root that the command line exports', async () => {
    const response = await server.fetch(`${server.issuer}/.well-known/openid-configuration`);
    assert.equal((await response.json()).issuer, server.issuer);
    await assert.rejects(fetch(`${server.issuer}/.well-known/openid-configuration`), 'a client that does not trust the root is refused');
  });

  it('the credential and its status verify up to that root', async () => {
    const leaf = chain(decodeProtectedHeader(jwtOf(ada.credential)).x5c, server.root);
    assert.ok(namesOf(leaf).sanUriNames.includes(server.issuer));
    assert.equal(decodeJwt(jwtOf(ada.credential)).iss, server.issuer);
    await verifyCredential(ada.credential, { key: await keyByMetadata(jwtOf(ada.credential), server.fetch), fetch: server.fetch });
    assert.equal((await readStatus(ada.credential, { fetch: server.fetch, rootPem: server.root })).status, 0);
  });

  it('every address in the metadata is https', async () => {
    for (const path of ['openid-configuration', 'oauth-authorization-server', 'openid-credential-issuer', 'jwt-vc-issuer']) {
      const text = await (await server.fetch(`${server.issuer}/.well-known/${path}`)).text();
      assert.ok(!text.includes('"http://'), path);
    }
  });

  browserTest('a member signs in, and the session\'s cookies are for https alone', async () => {
    const app = await startApp();
    const browser = await openBrowser();
    try {
      const { page, context, faults } = await openPage(browser);
      const { claims } = await signIn(page, await register(server, app), ada);
      assert.ok(claims.sub);
      for (const cookie of await context.cookies(server.issuer)) {
        assert.ok(cookie.secure && cookie.httpOnly, cookie.name);
        assert.notEqual(cookie.sameSite, 'None', cookie.name);
      }
      assert.deepEqual(faults, []);
    } finally {
      await browser.close();
      await app.close();
    }
  });
});
