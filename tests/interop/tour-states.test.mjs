// What becomes of the tour when something is missing or ends in the middle: each time a state with a name, and a way on.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { browserTest, closeTab, openBrowser, openPage, openWithoutCookies, says, walletLink } from './lib/browser.mjs';
import { noBarrier } from './lib/pages.mjs';
import { eventually, startServer } from './lib/server.mjs';
import { Tourist } from './lib/tourist.mjs';
import { Wallet } from './lib/wallet.mjs';

describe('The tour goes on', () => {
  let server, browser;
  before(async () => {
    browser = await openBrowser();
    server = browser && await startServer({ practice: true });
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const story = (name, tell, options) => browserTest(name, async () => {
    const { context, page, close } = await openPage(browser, options);
    try {
      await tell(new Tourist(context, server.issuer), page, context);
    } finally {
      await close();
    }
  });

  /** The `sub` that the library shows. */
  const subject = (library) => library.locator('dd code, dd', { hasText: /^[\w-]{43}$/ }).first().innerText();

  story('without JavaScript, with a wallet that needs none: each page says how to go on', async (ada, page) => {
    await ada.begin(page);
    await ada.beAdmitted();
    const link = await page.getByRole('link', { name: /wallet in this browser/ }).getAttribute('href');

    // The wallet in the browser makes keys with a script, and says so.
    const inBrowser = await ada.opened(() => ada.press(page.getByRole('link', { name: /wallet in this browser/ })));
    await says(inBrowser, /JavaScript/);
    await closeTab(inBrowser);

    const wallet = await Wallet.create(server);
    const { credential } = await wallet.receive(`openid-credential-offer://${new URL(link).search}`, { txCode: await ada.code() });
    await ada.press(page.getByRole('link', { name: 'Look now' }));
    await page.getByText('You belong.').waitFor();

    await ada.next('Sign in');
    const library = await ada.opened(() => ada.press(page.getByRole('link', { name: /Open Harbour Library/ })));
    await ada.press(library.getByRole('link', { name: /^Sign in with/ }));
    const answer = await wallet.present(await walletLink(library), credential);
    await library.goto(answer.redirectUri);
    await library.getByRole('button', { name: 'Sign out' }).waitFor();
    await ada.press(page.getByRole('link', { name: 'Look now' }));
    await page.getByRole('heading', { name: 'What you hold, and what the app learned' }).waitFor();
  }, { javaScriptEnabled: false });

  story('when the server stops and starts again: the page says so and goes on by itself; what is held is kept, and what is lost is named', async (ada, page) => {
    await ada.begin(page);
    await ada.belong();
    const library = await ada.signIn();
    await server.halt();
    await page.getByText('The server does not answer.').waitFor();
    await server.start();
    await page.getByText('The server does not answer.').waitFor({ state: 'hidden' });

    // The library's own session was in its memory's keys.
    await library.reload();
    await library.getByRole('link', { name: /^Sign in/ }).first().waitFor();
    await page.goto(`${server.issuer}/tour/join`);
    await page.getByText('You belong.').waitFor();
    await page.getByText('is not known any more').waitFor();
    await ada.toWallet(library, /^Sign in/);
    await ada.press(library.getByRole('button', { name: 'Show it', exact: true }));
    await library.getByRole('button', { name: 'Sign out' }).waitFor();
  });

  story('when the server stops in the middle of the application: what was decided so far stands', async (ada, page) => {
    await ada.begin(page);
    await ada.press(page.getByRole('button', { name: 'Apply', exact: true }));
    await ada.press(page.getByRole('button', { name: 'Let Dele vouch for you' }));
    await page.getByText('1 of 2 vouch').waitFor();
    await server.halt();
    await page.getByText('The server does not answer.').waitFor();
    await server.start();
    await page.getByText('The server does not answer.').waitFor({ state: 'hidden' });
    await page.getByText('1 of 2 vouch').waitFor();
    for (const name of ['Let Esra vouch for you', 'Let Benedita approve', 'Let Cormac approve']) await ada.press(page.getByRole('button', { name }));
    await ada.takeOffer('after');
    await page.getByText('You belong.').waitFor();
  });

  story('when the server starts again between the question and the answer', async (ada, page) => {
    await ada.begin(page);
    await ada.belong();
    await ada.next('Sign in');
    const library = await ada.opened(() => ada.press(page.getByRole('link', { name: /Open Harbour Library/ })));
    await ada.toWallet(library, /^Sign in with/);
    await server.halt();
    await ada.press(library.getByRole('button', { name: 'Show it', exact: true }));
    await library.getByRole('heading', { name: 'No answer' }).waitFor();
    await server.start();
    await ada.press(library.getByRole('button', { name: 'Show it', exact: true }));

    // The nation kept the sign-in. The library did not keep its own half, and says what to do.
    await library.waitForURL(/\/\/library\./);
    await ada.press(library.getByRole('link', { name: /Sign in|Try again/ }).first());
    await library.getByRole('heading', { name: /^Sign in to/ }).waitFor();
  });

  story('when the tab is closed in the middle, of the application, of the offer and of the sign-in', async (ada, page) => {
    await ada.begin(page);
    await ada.press(page.getByRole('button', { name: 'Apply', exact: true }));
    await page.getByText('0 of 2 vouch').waitFor();
    const asked = await ada.context.newPage();
    await asked.goto(`${server.issuer}/tour/join`);
    await asked.getByText('0 of 2 vouch').waitFor();
    await closeTab(asked);
    await ada.beDecided();
    const left = await ada.opened(() => ada.press(page.getByRole('link', { name: /wallet in this browser/ })));
    await left.getByRole('button', { name: 'Take it' }).waitFor();
    await closeTab(left);
    await page.reload();
    await ada.takeOffer('again');
    await page.getByText('You belong.').waitFor();

    await ada.next('Sign in');
    const abandoned = await ada.opened(() => ada.press(page.getByRole('link', { name: /Open Harbour Library/ })));
    await ada.toWallet(abandoned, /^Sign in with/);
    await closeTab(abandoned);
    const library = await ada.opened(() => ada.press(page.getByRole('link', { name: /Open Harbour Library/ })));
    await ada.toWallet(library, /^Sign in with/);
    await ada.press(library.getByRole('button', { name: 'Show it', exact: true }));
    await library.getByRole('button', { name: 'Sign out' }).waitFor();
  });

  story('when the wallet’s storage is cleared: it says that nothing fits, a new offer mends it, and the library knows the member again', async (ada, page) => {
    await ada.begin(page);
    await ada.belong();
    const library = await ada.signIn();
    const before = await subject(library);
    await ada.press(library.getByRole('button', { name: 'Sign out' }));

    const wallet = await ada.context.newPage();
    await wallet.goto(server.issuer.replace('//localhost', '//wallet.localhost'));
    await wallet.evaluate(async () => {
      for (const { name } of await indexedDB.databases()) await new Promise((resolve) => { indexedDB.deleteDatabase(name).onsuccess = resolve; });
    });
    await closeTab(wallet);

    await ada.press(library.getByRole('link', { name: /^Sign in with/ }));
    await ada.press(library.getByRole('link', { name: 'Open the wallet in this browser' }));
    await library.getByRole('heading', { name: 'Nothing here fits' }).waitFor();

    await page.goto(`${server.issuer}/tour/join`);
    await ada.press(page.getByRole('button', { name: 'Offer me another' }));
    await ada.takeOffer('another');
    await ada.press(library.getByRole('button', { name: 'Look again' }));
    await ada.press(library.getByRole('button', { name: 'Show it', exact: true }));
    await library.getByRole('button', { name: 'Sign out' }).waitFor();
    assert.equal(await subject(library), before);
  });

  story('when there is no network: the page says so, and is not left behind', async (ada, page, context) => {
    await ada.begin(page);
    await context.setOffline(true);
    await page.getByText('The server does not answer.').waitFor();
    await context.setOffline(false);
    await page.getByText('The server does not answer.').waitFor({ state: 'hidden' });
  });

  browserTest('when the browser refuses cookies: the tour, the library and the wallet each say so', async () => {
    const profile = await mkdtemp(join(tmpdir(), 'netid-profile-'));
    const context = await openWithoutCookies(profile);
    try {
      const ada = new Tourist(context, server.issuer);
      const page = await context.newPage();
      await ada.begin(page);
      await ada.press(page.getByRole('button', { name: 'Apply', exact: true }));
      await page.getByText('did not keep the cookie').waitFor();
      await noBarrier(page, 'the tour without cookies');

      await page.goto(server.env.NETID__Practice__Library);
      await ada.press(page.getByRole('link', { name: /^Sign in with/ }));
      await says(page, /keeps no cookies/);
      await page.goto(server.issuer.replace('//localhost', '//wallet.localhost'));
      await eventually('the wallet names it', async () => (await page.getByRole('heading', { level: 1 }).innerText()) === 'This browser keeps nothing here');
    } finally {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    }
  });
});
