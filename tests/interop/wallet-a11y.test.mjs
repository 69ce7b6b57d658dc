import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { register, startApp } from './lib/app.mjs';
import { ask, besidesRefusals, openHere, press, screen, take } from './lib/browser-wallet.mjs';
import { browserTest, openBrowser, openPage, says } from './lib/browser.mjs';
import { fits, lookerAt, noBarrier, WAYS } from './lib/pages.mjs';
import { startServer } from './lib/server.mjs';
import { ADA } from './lib/story.mjs';

describe('The wallet in the browser serves everyone', () => {
  let server, browser, app, partner;
  before(async () => {
    server = await startServer({ wallet: true });
    browser = await openBrowser();
    app = await startApp();
    partner = await register(server, app);
  });
  after(async () => {
    await browser?.close();
    await app?.close();
    await server?.stop();
  });

  for (const [where, { rtl: _, ...options }] of Object.entries(WAYS)) {
    browserTest(`has no barrier that axe finds, and nothing too wide, on any screen ${where}`, async () => {
      const { page, faults, close } = await openPage(browser, options);
      const look = await lookerAt(page, where);
      const unfold = async (summary) => page.locator('summary', { hasText: summary }).first().click();
      try {
        await page.goto(server.wallet);
        await says(page, /none on this device/);
        await look('empty');
        await page.goto(`${server.wallet}/#paste`);
        await page.getByLabel('The link').fill('no link');
        await press(page, 'Open');
        await says(page, /neither an offer nor a request/);
        await look('paste');
        await page.goto(`${server.wallet}/#scan`);
        await screen(page, 'No camera');
        await look('no-camera');

        const coded = await server.offerMembership({ txCode: true });
        await page.goto(coded.credential_offer_uri);
        await noBarrier(page, 'the nation’s offer');
        await fits(page);
        await openHere(page).click();
        await press(page, 'Take it');
        await says(page, /Write the code first/);
        await look('offer-with-code');
        await page.goto(`${server.wallet}/offer?credential_offer_uri=${encodeURIComponent(`${server.issuer}/offer/none`)}`);
        await screen(page, 'This offer is closed');
        await look('offer-closed');

        await take(page, server, { claims: ADA });
        await unfold('What went over the wire');
        await page.locator('.wire summary').nth(5).click();
        await look('taken');
        await take(page, server, { claims: { node: 'Austin' } });
        await page.goto(server.wallet);
        await says(page, /Valid/);
        await look('home');
        await page.getByRole('link', { name: 'Membership' }).first().click();
        await says(page, /What it says/);
        await press(page, 'Remove…');
        await look('credential');

        await page.goto((await partner.begin()).url);
        await noBarrier(page, 'the nation’s sign-in');
        await fits(page);
        await ask(page, partner);
        await look('request');
        await unfold('Break it on purpose');
        for (const lie of ['Tamper', 'Replay']) await press(page, lie);
        await page.locator('.results li').nth(1).waitFor();
        await look('broken');
        await press(page, 'Show it');
        await page.waitForURL((url) => url.href.startsWith(app.origin));
        await page.goto(`${server.wallet}/#history`);
        await says(page, /Broken on purpose/);
        await look('history');
        await page.goto(`${server.wallet}/present?client_id=x`);
        await screen(page, 'This is no good request');
        await look('no-request');
        assert.deepEqual(besidesRefusals(faults), []);
      } finally {
        await close();
      }
    });
  }
});
