import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as client from 'openid-client';
import { register, startApp } from './lib/app.mjs';
import { browserTest, comeBack, openBrowser, openPage, says, walletLink } from './lib/browser.mjs';
import { fits, noBarrier, PHONE, tabTo } from './lib/pages.mjs';
import { startServer } from './lib/server.mjs';
import { becomeMember, signIn } from './lib/story.mjs';

const SCREENS = {
  'on a desktop': {},
  'on a desktop in the dark': { colorScheme: 'dark' },
  'on a phone': PHONE,
  'on a phone in the dark': { ...PHONE, colorScheme: 'dark' },
};

describe('A member signs out', () => {
  let server, browser, app, partner;
  before(async () => {
    server = await startServer();
    browser = await openBrowser();
    app = await startApp();
    partner = await register(server, app);
  });
  after(async () => {
    await browser?.close();
    await app?.close();
    await server?.stop();
  });

  it('at the address that openid-client finds by discovery', () => {
    const url = client.buildEndSessionUrl(partner.config, { id_token_hint: 'x' });
    assert.equal(url.origin + url.pathname, `${server.issuer}/logout`);
  });

  for (const [where, options] of Object.entries(SCREENS)) {
    browserTest(`${where}: asked, and done, of the account and of all, by keyboard, with no barrier that axe finds`, async () => {
      const { page, faults, close } = await openPage(browser, options);
      try {
        const ada = await becomeMember(server);
        const { tokens } = await signIn(page, partner, ada);

        // The account asks for a proof of its own, as an app does.
        await page.goto(`${server.issuer}/account`);
        const { redirectUri } = await ada.wallet.present(await walletLink(page), ada.credential);
        await comeBack(page, redirectUri);
        await says(page, /What you are signed in to/);
        await says(page, /Harbour Library/);
        await look(page, where, 'account');
        await tabTo(page, (element) => element.name.startsWith('Sign out in this browser'));
        await page.keyboard.press('Enter');
        await says(page, /No app knows you now/);
        await look(page, where, 'account-empty');
        const told = await client.fetchUserInfo(partner.config, tokens.access_token, tokens.claims().sub).catch((error) => error);
        assert.match(String(told.cause?.status ?? told.status ?? told), /401/);

        // And all of it, from the account's foot.
        await signIn(page, partner, ada);
        await page.goto(`${server.issuer}/account`);
        await tabTo(page, (element) => element.name === 'Sign out of everything in this browser');
        await page.keyboard.press('Enter');
        await says(page, /Sign out\?/);
        await look(page, where, 'asked');
        await tabTo(page, (element) => element.name === 'Sign out');
        await page.keyboard.press('Enter');
        await says(page, /You are signed out/);
        await look(page, where, 'done');
        await page.goto(`${server.issuer}/logout`);
        await says(page, /You were not signed in here/);
        await page.goto(`${server.issuer}/logout?id_token_hint=x`);
        await says(page, /You are not signed out yet/);
        await look(page, where, 'refused');
        assert.deepEqual(faults.filter((fault) => !/status of 400/.test(fault)), []);
      } finally {
        await close();
      }
    });
  }
});

/** No barrier, nothing wider than the screen; with NETID_SCREENSHOTS, a picture for people to look at. */
async function look(page, where, state) {
  await noBarrier(page, state);
  await fits(page);
  if (process.env.NETID_SCREENSHOTS) await page.screenshot({ path: `${process.env.NETID_SCREENSHOTS}/${state} ${where}.png`, fullPage: true });
}
