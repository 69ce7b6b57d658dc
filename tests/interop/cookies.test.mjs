import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { register, startApp } from './lib/app.mjs';
import { browserTest, comeBack, openBrowser, openPage, openWithoutCookies, textOf, walletLink } from './lib/browser.mjs';
import { startServer } from './lib/server.mjs';
import { becomeMember } from './lib/story.mjs';

describe('A browser\'s cookies', () => {
  let server, app, partner, profile;
  before(async () => {
    server = await startServer();
    app = await startApp();
    partner = await register(server, app);
    profile = await mkdtemp(join(tmpdir(), 'netid-profile-'));
  });
  after(async () => {
    await app?.close();
    await server?.stop();
    await rm(profile, { recursive: true, force: true });
  });

  browserTest('refused: the page says so and what to do, and the same of a sign-in that never was', async () => {
    const context = await openWithoutCookies(profile);
    try {
      const page = await context.newPage();
      const response = await page.goto((await partner.begin()).url);
      assert.match(page.url(), /\/sign-in\/[a-z0-9]+$/);
      assert.equal(response.status(), 404);
      assert.deepEqual(await context.cookies(), []);
      const text = await textOf(page);
      assert.match(text, /keeps no cookies/);
      assert.match(text, /let this browser keep cookies for this site/);
      assert.match(text, /Go back to the app/);
      await page.goto(`${server.issuer}/sign-in/${'a'.repeat(26)}`);
      const reference = /Reference \S+/;
      assert.equal((await textOf(page)).replace(reference, ''), text.replace(reference, ''));
    } finally {
      await context.close();
    }
  });

  browserTest('given to two tabs in the same instant: both sign-ins are its own, and both end', async () => {
    const browser = await openBrowser();
    const ada = await becomeMember(server);
    try {
      const { context, page, faults } = await openPage(browser);
      const tabs = [page, await context.newPage()];
      // Both answers are held back until both tabs have asked: neither has a cookie to send.
      const asked = [];
      let both;
      const gate = new Promise((resolve) => (both = resolve));
      await context.route(/\/authorize\?/, async (route) => {
        asked.push(await route.request().headerValue('cookie'));
        if (asked.length === 2) both();
        await gate;
        await route.continue();
      });
      const begun = await Promise.all(tabs.map(() => partner.begin()));
      await Promise.all(tabs.map((tab, index) => tab.goto(begun[index].url)));
      assert.deepEqual(asked, [null, null]);
      for (const [index, tab] of tabs.entries()) {
        const { status, redirectUri } = await ada.wallet.present(await walletLink(tab), ada.credential);
        assert.equal(status, 200);
        await comeBack(tab, redirectUri);
        assert.ok((await partner.finish(begun[index])).claims.sub);
      }
      assert.deepEqual(faults, []);
    } finally {
      await browser.close();
    }
  });
});
