import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { browserTest, openBrowser, openPage } from './lib/browser.mjs';
import { fits, lookerAt, noBarrier, PHONE, WAYS } from './lib/pages.mjs';
import { startServer } from './lib/server.mjs';
import { Tourist } from './lib/tourist.mjs';

// With NETID_PICTURES=DIRECTORY these pages are photographed on the way, for docs/tour.md.
const pictures = process.env.NETID_PICTURES;
const PHOTOGRAPHED = [
  'start', 'belong', 'belong-applied', 'belong-alone', 'belong-admitted', 'belong-offer', 'belong-wire', 'sign-in-nation', 'sign-in-wallet', 'library-signed-in', 'sign-in-wire', 'wallet-lies', 'cheat-refused',
  'arrive-wallet', 'door-admit', 'library-ended', 'revoke-wire', 'stop', 'station-asks', 'station-wallet', 'station-admit',
];

const SCREENS = {
  desktop: {},
  'desktop-dark': { colorScheme: 'dark' },
  phone: PHONE,
  'phone-dark': { ...PHONE, colorScheme: 'dark' },
};

/** Looks at every page on the way: no barrier, nothing wider than the screen. */
const lookAs = (screen) => async (name, page) => {
  await noBarrier(page, `${name} ${screen}`);
  await fits(page);
  if (!pictures || !PHOTOGRAPHED.includes(name)) return;
  await mkdir(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}-${screen}.jpg`), type: 'jpeg', quality: 60, fullPage: true, scale: 'css' });
};

/** Moves to something by Tab alone. */
const reach = async (locator) => {
  await locator.waitFor();
  const page = locator.page();
  for (let presses = 0; presses < 80; presses++) {
    if (await locator.evaluate((element) => element === document.activeElement)) {
      assert.ok(await locator.evaluate((element) => getComputedStyle(element).outlineStyle !== 'none'), 'the focus shows');
      return page.keyboard;
    }
    await page.keyboard.press('Tab');
  }
  assert.fail(`the keyboard does not reach ${locator}`);
};

const byKeyboard = {
  press: async (locator) => (await reach(locator)).press('Enter'),
  type: async (locator, text) => (await reach(locator)).type(text),
};

describe('The tour', () => {
  let server, browser;
  before(async () => {
    browser = await openBrowser();
    server = browser && await startServer({ practice: true });
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const whole = async (options, tourist, { nation = server, goOn = async () => {} } = {}) => {
    const { context, page, faults, close } = await openPage(browser, options);
    try {
      const ada = new Tourist(context, nation.issuer, tourist);
      await ada.begin(page);
      await ada.belong();
      const library = await ada.signIn();
      await ada.lie(library);
      await ada.arrive();
      await ada.fall(library);
      await page.goto(nation.issuer);
      assert.equal(await page.locator('.stations .tick').count(), 5);
      // A refusal is an answer with 400, which the browser writes to its console.
      assert.deepEqual(faults.filter((fault) => !/status of 40[01]/.test(fault)), []);
      await goOn(ada);
    } finally {
      await close();
    }
  };

  browserTest('is made in one story in the order of the README, to its end while the server is stopped, and no page has a barrier: desktop', async () => {
    const own = await startServer({ practice: true });
    try {
      await whole(SCREENS.desktop, { look: lookAs('desktop') }, { nation: own, goOn: async (ada) => {
        await ada.takeAnother();
        const station = await ada.pass(() => own.stop(), (wallet) => wallet.getByText('Revoked', { exact: true }).first().waitFor());

        // What was taken back is in the wallet still: it is refused here, too.
        await ada.arriveAt(station, async (wallet) => {
          await wallet.getByRole('radio', { name: /number 1,.* Revoked$/ }).check();
          await ada.press(wallet.getByRole('button', { name: /^Send it to / }));
        });
        await station.getByRole('heading', { name: 'Refuse', exact: true }).waitFor();
        assert.equal(await station.locator('.verdict code').textContent(), 'revoked');
      } });
    } finally {
      await own.stop();
    }
  });

  for (const [screen, options] of Object.entries(SCREENS).filter(([screen]) => screen !== 'desktop'))
    browserTest(`is made from the first page to the last, and no page has a barrier: ${screen}`, () => whole(options, { look: lookAs(screen) }));

  for (const [where, options] of Object.entries(WAYS).filter(([, { rtl }]) => rtl))
    browserTest(`is begun ${where}, by keyboard, and no page of joining has a barrier`, async () => {
      const { context, page, faults, close } = await openPage(browser, options);
      try {
        const look = await lookerAt(page, where);
        const lookHere = async (name, shown) => {
          if (shown !== page) return;
          await page.waitForLoadState(); // The direction is set when the page is whole.
          await look(name);
        };
        const ada = new Tourist(context, server.issuer, { ...byKeyboard, look: lookHere });
        await ada.begin(page);
        await ada.belong();
        assert.deepEqual(faults.filter((fault) => !/status of 40[01]/.test(fault)), []);
      } finally {
        await close();
      }
    });

  browserTest('is made by keyboard alone', () => whole({}, byKeyboard));

  for (const [screen, options] of Object.entries(SCREENS))
    browserTest(`ends with journey 3: the server is stopped, and who belongs passes still: ${screen}`, async () => {
      const own = await startServer({ practice: true });
      const { context, page, close } = await openPage(browser, options);
      try {
        const ada = new Tourist(context, own.issuer, { look: lookAs(screen) });
        await ada.begin(page);
        await ada.belong();
        const station = await ada.pass(() => own.stop());

        // The same person again, and then a lie, with nobody to ask.
        await ada.arriveAt(station);
        await station.getByText('already_here').waitFor();
        await ada.arriveAt(station, async (wallet) => {
          await ada.press(wallet.getByText('Break it on purpose'));
          await ada.press(wallet.getByRole('button', { name: 'Copy', exact: true }));
          await wallet.getByRole('img', { name: /^Code 1 of/ }).waitFor();
          await ada.press(wallet.getByRole('button', { name: /^Send it to / }));
        });
        await station.getByText('cloned').waitFor();
        assert.equal(await station.locator('.verdict').getAttribute('data-light'), 'refuse');
      } finally {
        await close();
        await own.stop();
      }
    });
});
