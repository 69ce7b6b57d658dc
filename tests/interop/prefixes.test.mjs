import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { decodeProtectedHeader } from 'jose';
import { openWithoutBrowser, register, startApp } from './lib/app.mjs';
import { browserTest, openBrowser, openPage, scan } from './lib/browser.mjs';
import { startServer } from './lib/server.mjs';
import { becomeMember, confirm, signIn } from './lib/story.mjs';

const clientIdOf = (link) => new URLSearchParams(link.split('?')[1]).get('client_id');

for (const prefix of ['x509_hash', 'x509_san_dns', 'decentralized_identifier']) {
  describe(`A stranger's wallet knows who asks by ${prefix}`, () => {
    let server, app, partner, ada;
    before(async () => {
      server = await startServer({ env: { NETID__Presentation__ClientIdPrefix: prefix } });
      app = await startApp();
      partner = await register(server, app);
      ada = await becomeMember(server);
    });
    after(async () => {
      await app?.close();
      await server?.stop();
    });

    const open = async () => (await openWithoutBrowser(server, (await partner.begin()).url)).link;

    for (const method of ['get', 'post']) {
      it(`believes a request that it fetched by ${method.toUpperCase()}`, async () => {
        const request = await ada.wallet.resolve(await open(), { method });
        assert.equal(request.client.prefix, prefix);
        assert.equal(request.client.effective, request.authorizationRequestPayload.client_id);
        const header = decodeProtectedHeader(await rawOf(request));
        assert.equal(header.x5c === undefined, prefix === 'decentralized_identifier');
      });
    }

    it('does not believe a link that says another name', async () => {
      const link = await open();
      for (const clientId of [
        `${prefix}:${prefix === 'x509_san_dns' ? 'elsewhere.example' : 'x'.repeat(43)}`,
        clientIdOf(link).slice(prefix.length + 1),
      ]) {
        await assert.rejects(ada.wallet.resolve(link.replace(/client_id=[^&]+/, `client_id=${encodeURIComponent(clientId)}`)), clientId);
      }
      assert.equal((await ada.wallet.present(await open(), ada.credential)).status, 200);
    });

    it('is refused when it answers the name without its prefix', async () => {
      const link = await open();
      const refused = await ada.wallet.present(link, ada.credential, { aud: clientIdOf(link).slice(prefix.length + 1) });
      assert.equal(refused.status, 400);
      assert.match(refused.body.error_description, /Holder/);
      assert.equal((await ada.wallet.present(link, ada.credential)).status, 200);
    });

    browserTest('and its member signs in, on this device and from the screen', async () => {
      const browser = await openBrowser();
      try {
        const { page, faults } = await openPage(browser);
        const { claims, answer } = await signIn(page, partner, ada);
        assert.equal(answer.request.client.prefix, prefix);
        const begun = await partner.begin({ prompt: 'login' });
        await page.goto(begun.url);
        const { status, redirectUri } = await ada.wallet.present(await scan(page), ada.credential);
        assert.equal(status, 200);
        await confirm(page, redirectUri);
        assert.equal((await partner.finish(begun)).claims.sub, claims.sub);
        assert.deepEqual(faults, []);
      } finally {
        await browser.close();
      }
    });

    /** The request object as the wallet got it: fetched again, since fetching changes nothing. */
    const rawOf = async ({ params }) => (await server.fetch(params.request_uri)).text();
  });
}
