// Two devices, or one: how many steps a person takes, what the page does meanwhile, and the browser's own way to a wallet.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { register, startApp } from './lib/app.mjs';
import { openHere, press, screen, take } from './lib/browser-wallet.mjs';
import { browserTest, openBrowser, openPage, says, scan, textOf, walletLink } from './lib/browser.mjs';
import { noBarrier, PHONE, tabTo } from './lib/pages.mjs';
import { eventually, startServer } from './lib/server.mjs';
import { becomeMember, confirm, numberOn } from './lib/story.mjs';

// With NETID_PICTURES=DIRECTORY these pages are photographed on the way.
const pictures = process.env.NETID_PICTURES;
const photograph = async (name, page) => {
  if (!pictures) return;
  await mkdir(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true, scale: 'css' });
};

describe('A sign-in over one device or two', () => {
  let server, browser, app, partner, ada;
  before(async () => {
    server = await startServer({ wallet: true });
    browser = await openBrowser();
    app = await startApp();
    partner = await register(server, app);
    ada = await becomeMember(server);
  });
  after(async () => {
    await browser?.close();
    await app?.close();
    await server?.stop();
  });

  /** Counts what a person presses, in every page of a session from now on. */
  const counting = async (context) => {
    let taps = 0;
    await context.exposeFunction('__tapped', () => { taps += 1; });
    await context.addInitScript(() => addEventListener('click', (event) => event.isTrusted && window.__tapped(), true));
    return () => taps;
  };

  browserTest('takes two taps on the same device', async () => {
    const { context, page, faults, close } = await openPage(browser, PHONE);
    await take(page, server);
    const begun = await partner.begin();
    const taps = await counting(context);
    const started = Date.now();
    await page.goto(begun.url);
    await openHere(page).tap();
    await page.getByRole('button', { name: 'Show it', exact: true }).tap();
    assert.ok((await partner.finish(begun)).claims.sub);
    await page.waitForURL(`${app.origin}/**`, { waitUntil: 'commit' });
    assert.equal(taps(), 2);
    assert.ok(Date.now() - started < 180_000);
    assert.deepEqual(faults, []);
    await close();
  });

  browserTest('takes a scan and two taps on another device, and nothing on the first', async () => {
    const [desk, phone] = [await openPage(browser), await openPage(browser, PHONE)];
    await take(phone.page, server);
    const begun = await partner.begin();
    await desk.page.goto(begun.url);
    const link = await scan(desk.page);
    const [deskTaps, phoneTaps] = [await counting(desk.context), await counting(phone.context)];
    const started = Date.now();
    await phone.page.goto(`${server.wallet}/present${link.slice(link.indexOf('?'))}`); // where the wallet's own camera leads
    await phone.page.getByRole('button', { name: 'Show it', exact: true }).tap();
    await screen(phone.page, 'Which number is on your other screen?');
    const number = await numberOn(desk.page);
    await photograph('confirming-desk', desk.page);
    await photograph('choose-phone', phone.page);
    await phone.page.getByRole('button', { name: number, exact: true }).tap();
    await screen(phone.page, 'Done here');
    assert.ok((await partner.finish(begun)).claims.sub);
    await desk.page.waitForURL(`${app.origin}/**`, { waitUntil: 'commit' });
    assert.deepEqual([deskTaps(), phoneTaps()], [0, 2]);
    assert.ok(Date.now() - started < 180_000);
    for (const { faults, close } of [desk, phone]) {
      assert.deepEqual(faults, []);
      await close();
    }
  });

  browserTest('shows another code twice a minute, and whoever reads or tabs there notices nothing', async () => {
    const { page, faults, close } = await openPage(browser);
    const begun = await partner.begin();
    await page.goto(begun.url);
    const read = () => eventually('the code and its text are one', async () => {
      const text = await page.locator('[data-copy-text]').inputValue();
      return await scan(page) === text && text;
    }, 90);
    const [first, here] = [await read(), await walletLink(page)];
    await page.evaluate(() => { window.untouched = true; document.querySelector('.copy summary').click(); document.querySelector('form button').focus(); scrollTo(0, 40); });
    await eventually('there is another', async () => await page.locator('[data-copy-text]').inputValue() !== first, 90);
    const second = await read();
    assert.notEqual(second, first);
    assert.equal(await walletLink(page), here, 'the link for this device stays');
    assert.deepEqual(await page.evaluate(() => [window.untouched, document.activeElement.matches('form button'), document.querySelector('.copy').open]), [true, true, true]);

    // Scanned, it stays; and it signs in.
    await ada.wallet.resolve(second);
    await says(page, /Continue in your wallet/);
    const { redirectUri } = await ada.wallet.present(second, ada.credential);
    await confirm(page, redirectUri);
    assert.ok((await partner.finish(begun)).claims.sub);
    await assert.rejects(ada.wallet.resolve(first));
    assert.deepEqual(faults, []);
    await close();
  });

  browserTest('ends by another number, and the browser that asked says so', async () => {
    const [desk, phone] = [await openPage(browser), await openPage(browser, { ...PHONE, colorScheme: 'dark' })];
    const begun = await partner.begin();
    await desk.page.goto(begun.url);
    const { redirectUri } = await ada.wallet.present(await scan(desk.page), ada.credential);
    await phone.page.goto(redirectUri);
    const number = await numberOn(desk.page);
    await photograph('choose-phone-dark', phone.page);
    await phone.page.locator(`.choice button:not([value="${number}"])`).first().tap();
    await says(phone.page, /That was another number/);
    await photograph('wrong-number-phone-dark', phone.page);
    await says(desk.page, /Sign-in cancelled/);
    await desk.page.getByRole('link', { name: /Back to/ }).click();
    await assert.rejects(partner.finish(begun), ({ error }) => error === 'access_denied');
    for (const { close } of [desk, phone]) await close();
  });

  browserTest('is chosen by keyboard alone, and "this was not me" too', async () => {
    for (const isMine of [true, false]) {
      const [desk, phone] = [await openPage(browser), await openPage(browser)];
      const begun = await partner.begin();
      await desk.page.goto(begun.url);
      const { redirectUri } = await ada.wallet.present(await scan(desk.page), ada.credential);
      await phone.page.goto(redirectUri);
      const name = isMine ? await numberOn(desk.page) : 'This was not me';
      assert.ok((await tabTo(phone.page, (element) => element.name === name)).visible, 'the focus shows');
      await phone.page.keyboard.press('Enter');
      await says(phone.page, isMine ? /Done here/ : /This sign-in is gone/);
      if (isMine) assert.ok((await partner.finish(begun)).claims.sub);
      else await says(desk.page, /Sign-in cancelled/);
      for (const { close } of [desk, phone]) await close();
    }
  });

  describe('by the browser\'s own API for credentials', () => {
    /** A browser that has it, with a wallet behind it: the platform tells the wallet the page's origin. */
    const openWith = async (answer, options = {}) => {
      const session = await openPage(browser, options);
      await session.page.exposeFunction('__wallet', (request, origin) => answer(request, origin));
      await session.page.addInitScript(() => {
        window.DigitalCredential = class DigitalCredential { static userAgentAllowsProtocol(protocol) { return protocol === 'openid4vp-v1-signed'; } };
        Object.defineProperty(navigator.credentials, 'get', {
          value: async ({ digital }) => {
            if (!navigator.userActivation.isActive) throw new DOMException('no activation', 'NotAllowedError');
            const [request] = digital.requests;
            const answered = await window.__wallet(request, location.origin);
            if (answered === null) throw new DOMException('closed', 'NotAllowedError');
            return { protocol: request.protocol, data: answered };
          },
        });
      });
      return session;
    };

    for (const [where, without] of [
      ['has none', () => { delete window.DigitalCredential; }],
      ['does not know the protocol', () => { window.DigitalCredential = class DigitalCredential { static userAgentAllowsProtocol() { return false; } }; }],
    ]) {
      browserTest(`it is not there where the browser ${where}`, async () => {
        const { page, faults, close } = await openPage(browser);
        await page.addInitScript(without);
        await page.goto((await partner.begin()).url);
        await page.locator('[data-copy]').waitFor({ state: 'attached' });
        await eventually('the script has run', async () => await page.locator('[data-copy]').getAttribute('hidden') === null);
        assert.ok(await page.locator('[data-digital]').isHidden());
        assert.ok(await walletLink(page));
        assert.deepEqual(faults, []);
        await close();
      });
    }

    browserTest('a member signs in with one tap on the page', async () => {
      let asked;
      const { page, faults, close } = await openWith(async ({ protocol, data }, origin) => {
        assert.equal(protocol, 'openid4vp-v1-signed');
        const { request, data: answer } = await ada.wallet.presentDigitally(data, origin, ada.credential);
        asked = request;
        return answer;
      });
      const begun = await partner.begin();
      await page.goto(begun.url);
      await noBarrier(page, 'waiting, with the browser’s own way');
      await photograph('digital-desk', page);
      await page.getByRole('button', { name: 'Choose a credential' }).click();
      const { claims } = await partner.finish(begun);
      assert.equal(claims.acr, 'urn:network-identity:acr:digital-credentials');
      assert.deepEqual(asked.authorizationRequestPayload.expected_origins, [new URL(server.issuer).origin]);
      assert.equal(asked.client.prefix, 'x509_hash');
      assert.deepEqual(faults, []);
      await close();
    });

    browserTest('who closes its dialog has the other ways, and it again', async () => {
      let turn = 0;
      const { page, faults, close } = await openWith(async ({ data }, origin) => (turn++ < 2 ? [null, {}][turn - 1] : (await ada.wallet.presentDigitally(data, origin, ada.credential)).data));
      const begun = await partner.begin();
      await page.goto(begun.url);
      await page.getByRole('button', { name: 'Choose a credential' }).click();
      await eventually('it was closed', () => turn === 1);
      assert.ok(await walletLink(page));

      // Nor is what makes no sense the end of it.
      await page.route('**/digital', (route) => route.abort(), { times: 1 });
      await page.getByRole('button', { name: 'Choose a credential' }).click();
      await says(page, /found no wallet that answers this/);
      await page.getByRole('button', { name: 'Choose a credential' }).click();
      assert.ok((await partner.finish(begun)).claims.sub);
      assert.deepEqual(faults.filter((fault) => !/ERR_FAILED/.test(fault)), []);
      await close();
    });

    browserTest('a wallet keeps its answer from a page of another origin, and one that does not is refused here', async () => {
      const evil = 'https://evil.example';
      let refusal;
      const { page, close } = await openWith(async ({ data }) => {
        refusal = await ada.wallet.presentDigitally(data, evil, ada.credential).then(() => null, (error) => error);
        return (await ada.wallet.presentDigitally(data, new URL(server.issuer).origin, ada.credential, { aud: `origin:${evil}` })).data;
      });
      const begun = await partner.begin();
      await page.goto(begun.url);
      await page.getByRole('button', { name: 'Choose a credential' }).click();
      await says(page, /could not show that this is yours/);
      assert.match(String(refusal), /expected_origins/);
      assert.ok(!(await textOf(page)).includes('You are signed in'));
      await close();
    });
  });
});
