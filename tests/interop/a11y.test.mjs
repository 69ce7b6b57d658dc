import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { register, startApp } from './lib/app.mjs';
import { browserTest, goBackToTheApp, openBrowser, openPage, says, textOf, walletLink } from './lib/browser.mjs';
import { fits, noBarrier, PHONE, tabTo } from './lib/pages.mjs';
import { eventually, startServer } from './lib/server.mjs';
import { becomeMember, choose, numberOn } from './lib/story.mjs';

const SCREENS = {
  'on a desktop': {},
  'on a desktop in the dark': { colorScheme: 'dark' },
  'on a phone': PHONE,
  'on a phone in the dark': { ...PHONE, colorScheme: 'dark' },
};

const API = 'https://lending-desk.library.example/an/interface/of/some/length';

describe('The sign-in page serves everyone', () => {
  let server, browser, app, partner, lending, ada, gone;
  before(async () => {
    server = await startServer();
    browser = await openBrowser();
    app = await startApp();
    partner = await register(server, app);
    await server.netid('resource', 'add', API, '--name', 'Lending desk of the library', '--scope', 'lend', '--scope', 'return');
    lending = await register(server, app, { optional: ['residency'], scopes: ['lend', 'return'] });
    [ada, gone] = [await becomeMember(server), await becomeMember(server)];
    await server.netid('credential', 'revoke', await server.credentialOf(gone.memberId), '--reason', 'for the test');
  });
  after(async () => {
    await browser?.close();
    await app?.close();
    await server?.stop();
  });

  for (const [where, options] of Object.entries(SCREENS)) {
    browserTest(`has no barrier that axe finds ${where}: waiting, scanned, cancelled, asked for much, failed`, async () => {
      const { page, faults, close } = await openPage(browser, options);
      try {
        await page.goto((await partner.begin()).url);
        const link = await walletLink(page);
        await noBarrier(page, 'waiting');
        await fits(page);
        const waiting = await textOf(page);
        await ada.wallet.resolve(link);
        await eventually('the page tells that a wallet has the request', async () => !sameWords(await textOf(page), waiting));
        await noBarrier(page, 'scanned');
        await ada.wallet.decline(link);
        await says(page, /cancelled|declined|said no/i);
        await noBarrier(page, 'cancelled');

        // All that a request can ask: two types, one of which may be left out, and what the app may do elsewhere.
        await page.goto((await lending.begin({ scope: 'openid membership residency lend return', resource: API })).url);
        assert.match(await textOf(page), /Lending desk of the library/);
        await noBarrier(page, 'asked for much');
        await fits(page);

        await page.goto((await partner.begin()).url);
        await gone.wallet.present(await walletLink(page), gone.credential);
        await says(page, /revoked/i);
        await noBarrier(page, 'failed');
        await fits(page);
        assert.deepEqual(faults, []);
      } finally {
        await close();
      }
    });

    browserTest(`has no barrier that axe finds ${where}: the number on the wallet's device, another browser's sign-in, an offer`, async () => {
      const [screen, phone] = [await openPage(browser, options), await openPage(browser, options)];
      try {
        await screen.page.goto((await partner.begin()).url);
        const link = await screen.page.locator('[data-copy-text]').inputValue();
        const { redirectUri } = await ada.wallet.present(link, ada.credential);
        await numberOn(screen.page);
        await noBarrier(screen.page, 'confirming');
        for (const [state, url] of [['number', redirectUri], ['not here', `${server.issuer}/sign-in/${'a'.repeat(26)}`], ['offer', (await server.offerMembership()).credential_offer_uri]]) {
          await phone.page.goto(url);
          await noBarrier(phone.page, state);
          await fits(phone.page);
        }

        // Right, and on another sign-in wrong; what is chosen is big enough to touch.
        await phone.page.goto(redirectUri);
        for (const choice of await phone.page.locator('.choice button').all()) {
          const { width, height } = await choice.boundingBox();
          assert.ok(width >= 44 && height >= 44, `${width} x ${height}`);
        }
        await choose(phone.page, await numberOn(screen.page));
        await noBarrier(phone.page, 'confirmed');
        await fits(phone.page);
        await eventually('the app has the person', () => screen.page.url().startsWith(app.origin));
        await screen.page.goto((await partner.begin({ prompt: 'login' })).url);
        const other = await ada.wallet.present(await screen.page.locator('[data-copy-text]').inputValue(), ada.credential);
        await phone.page.goto(other.redirectUri);
        const number = await numberOn(screen.page);
        await phone.page.locator(`.choice button:not([value="${number}"])`).first().click();
        await says(phone.page, /That was another number/);
        await noBarrier(phone.page, 'wrong number');
        await fits(phone.page);
        await says(screen.page, /Sign-in cancelled/);
      } finally {
        await screen.close();
        await phone.close();
      }
    });
  }

  browserTest('has no barrier where a request is refused before it begins', async () => {
    const { page, close } = await openPage(browser);
    try {
      const url = new URL((await partner.begin()).url);
      url.searchParams.set('client_id', 'nobody');
      assert.equal((await page.goto(url.href)).status(), 400);
      await noBarrier(page, 'refused');
    } finally {
      await close();
    }
  });

  browserTest('shows the way to a wallet on this phone first, without scrolling', async () => {
    const { page, close } = await openPage(browser, PHONE);
    try {
      await page.goto((await partner.begin()).url);
      const box = await page.locator('a[href^="openid4vp:"]').first().boundingBox();
      assert.ok(box && box.y + box.height <= PHONE.viewport.height, JSON.stringify(box));
      assert.ok(box.height >= 24 && box.width >= 24, 'large enough to touch [WCAG 2.5.8]');
    } finally {
      await close();
    }
  });

  browserTest('is reached by keyboard alone, with the focus in sight', async () => {
    const { page, close } = await openPage(browser);
    try {
      await page.goto((await partner.begin()).url);
      const focused = await tabTo(page, (element) => element.href?.startsWith('openid4vp:'));
      assert.ok(focused.visible, 'the focus shows');
      await gone.wallet.present(await walletLink(page), gone.credential);
      await says(page, /revoked/i);
      await goBackToTheApp(page, app, async (way) => {
        const name = await way.innerText();
        await tabTo(page, (element) => element.name === name);
        await page.keyboard.press('Enter');
      });
      await eventually('the app has the person back', () => app.callbacks.some((path) => path.includes('error=access_denied')));
    } finally {
      await close();
    }
  });

  browserTest('is guarded by a policy without inline script, and cannot be framed', async () => {
    const { page, close } = await openPage(browser);
    try {
      const response = await page.goto((await partner.begin()).url);
      const policy = response.headers()['content-security-policy'];
      assert.match(policy, /frame-ancestors 'none'/);
      assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval/);
      assert.match(response.headers()['cache-control'], /no-store/);
    } finally {
      await close();
    }
  });
});

/** The same words, whatever the seconds left. */
const sameWords = (one, other) => one.replace(/\d+/g, '') === other.replace(/\d+/g, '');
