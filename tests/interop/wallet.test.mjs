import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { register, startApp } from './lib/app.mjs';
import { ask, besidesRefusals, filmOf, hostsOf, openHere, press, screen, signInHere, take } from './lib/browser-wallet.mjs';
import { browserTest, closeTab, goBackToTheApp, openBrowser, openPage, says, scan, textOf, unfoldCode } from './lib/browser.mjs';
import { tabTo } from './lib/pages.mjs';
import { eventually, startServer } from './lib/server.mjs';
import { ADA, choose, numberOn } from './lib/story.mjs';

describe('The wallet in the browser', () => {
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

  /** A story in a browser of its own, without an exception, a CSP violation or a third party. */
  const story = (name, tell, { faults: expected, ...options } = {}) => browserTest(name, async () => {
    const session = await openPage(browser, options);
    const hosts = hostsOf(session.page);
    try {
      await tell(session.page, session);
      assert.deepEqual(besidesRefusals(session.faults).filter((fault) => !expected?.test(fault)), []);
      assert.deepEqual([...hosts].filter((host) => host !== 'localhost' && host !== 'wallet.localhost'), []);
    } finally {
      await session.close();
    }
  });

  story('takes an offer by its link, and says what it says and until when', async (page) => {
    const offer = await server.offerMembership({ claims: ADA });
    await page.goto(offer.credential_offer_uri);
    assert.equal(await openHere(page).getAttribute('href'), `${server.wallet}/offer${(await page.locator('a[href^="openid-credential-offer:"]').first().getAttribute('href')).replace(/^[^?]*/, '')}`);
    await openHere(page).click();
    await screen(page, 'Take your Membership');
    const before = await textOf(page);
    assert.ok(before.includes('Practice Nation') && before.includes(new URL(server.issuer).host), before);
    await press(page, 'Take it');
    await screen(page, 'It is yours');
    await page.getByRole('link', { name: 'My credentials' }).click();
    const card = await says(page, /Valid/);
    assert.match(card, /Membership\s+Practice Nation\s+[^\n]*Lisbon[^\n]*\s+Until /);
    await page.getByRole('link', { name: 'Membership' }).first().click();
    const detail = await says(page, /Lisbon/);
    assert.ok(detail.includes(ADA.display_name), detail);
  });

  story('takes an offer by its pasted text, and says so where the text is none', async (page) => {
    await page.goto(server.wallet);
    await page.getByRole('link', { name: 'Paste a link' }).click();
    await page.getByLabel('The link').fill('good morning');
    await press(page, 'Open');
    await says(page, /neither an offer nor a request/);
    const offer = await server.offerMembership();
    await page.getByLabel('The link').fill(`  ${offer.link}\n`);
    await press(page, 'Open');
    await press(page, 'Take it');
    await screen(page, 'It is yours');
  });

  story('asks for the code of an offer, tells a wrong one, and takes the right one', async (page) => {
    const offer = await server.offerMembership({ txCode: true });
    await page.goto(offer.credential_offer_uri);
    await openHere(page).click();
    await press(page, 'Take it');
    await says(page, /Write the code first/);
    const field = page.getByLabel('The code you were given');
    await field.fill(offer.tx_code.replace(/./g, (digit) => (Number(digit) + 1) % 10));
    await press(page, 'Take it');
    await says(page, /not right.*That was try 1/);
    await field.fill(offer.tx_code);
    await press(page, 'Take it');
    await screen(page, 'It is yours');
  });

  browserTest('takes an offer that the camera reads', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'netid-film-'));
    let filming, session;
    try {
      const desk = await openPage(browser, { deviceScaleFactor: 1 });
      await desk.page.goto((await server.offerMembership()).credential_offer_uri);
      await unfoldCode(desk.page);
      await filmOf(await desk.page.locator('.qr').screenshot(), join(folder, 'qr.y4m'));
      await desk.close();
      filming = await openBrowser({ args: ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${join(folder, 'qr.y4m')}`] });
      session = await openPage(filming);
      await session.page.goto(server.wallet);
      await session.page.getByRole('link', { name: 'Scan a code' }).click();
      await press(session.page, 'Take it');
      await screen(session.page, 'It is yours');
      assert.deepEqual(session.faults, []);
    } finally {
      await session?.close();
      await filming?.close();
      await rm(folder, { recursive: true, force: true });
    }
  });

  story('names a camera that is refused or absent, and pastes instead', async (page) => {
    await page.goto(`${server.wallet}/#scan`);
    await screen(page, 'No camera');
    await page.getByLabel('The link').fill((await server.offerMembership()).link);
    await page.keyboard.press('Enter');
    await screen(page, 'Take your Membership');
  });

  story('signs in on the same device: it shows what will be seen and what not, and goes back to the app', async (page) => {
    await take(page, server, { claims: ADA });
    const begun = await ask(page, partner);
    const text = await textOf(page);
    assert.match(text, /Will be shown[\s\S]*Tier\s+member[\s\S]*Stays hidden/);
    assert.deepEqual((await page.locator('.hidden-claims li').allInnerTexts()).sort(), ['Name', 'Node']);
    assert.ok(text.includes(app.name) && text.includes(new URL(server.issuer).host), text);
    assert.ok(!text.includes(ADA.display_name), 'what stays hidden is named, and not said');
    await press(page, 'Show it');
    const { claims, userinfo } = await partner.finish(begun);
    await page.waitForURL(/[?&]code=/, { waitUntil: 'commit' });
    assert.ok(claims.sub && page.url().startsWith(app.origin));
    assert.ok(!JSON.stringify({ ...claims, ...userinfo }).includes(ADA.display_name));

    await page.goto(`${server.wallet}/#history`);
    const kept = await says(page, /Shown/);
    assert.ok(kept.includes(app.name) && kept.includes('Member since') && !kept.includes(ADA.display_name), kept);
    await page.locator('summary', { hasText: 'What went over the wire' }).click();
    await page.locator('.wire > li > details > summary', { hasText: '/request/' }).click();
    await page.locator('.token > summary').first().click();
    await says(page, /dcql_query/);
    await press(page, /^Erase the entry/);
    await says(page, /Nothing was shown to anyone/);
  });

  story('shows a fresh copy each time, so that two sign-ins have no signature in common', async (page) => {
    await take(page, server);
    await signInHere(page, partner);
    await signInHere(page, partner);
    await page.goto(server.wallet);
    const shown = await page.evaluate(() => new Promise((resolve) => {
      indexedDB.open('wallet').onsuccess = ({ target: { result: database } }) => {
        database.transaction('history').objectStore('history').getAll().onsuccess = ({ target }) => resolve(target.result.map((entry) => entry.presentations[0].presentation.split('~')[0]));
      };
    }));
    assert.equal(shown.length, 2);
    assert.notEqual(shown[0], shown[1]);
  });

  story('sends the same again where the reply was lost: the sign-in goes on, and the history tells it once', async (page) => {
    await take(page, server);
    const begun = await ask(page, partner);
    await page.route('**/response/*', async (route) => {
      await route.fetch();
      await route.abort();
    }, { times: 1 });
    await press(page, 'Show it');
    await says(page, /No answer/);
    const other = await page.context().newPage();
    await other.goto(`${server.wallet}/#history`);
    await says(other, /Sent: what came of it is not known/);
    await press(page, 'Show it');
    assert.ok((await partner.finish(begun)).claims.sub);
    const kept = await says(other, /^Shown$/m);
    assert.ok(!kept.includes('not known'), kept);
    assert.equal(await other.locator('.entries > li').count(), 1);
  }, { faults: /ERR_FAILED/ });

  story('has in its history what is on its way, also where the tab is closed before the reply comes', async (page) => {
    await take(page, server);
    await ask(page, partner);
    let arrived;
    const posted = new Promise((resolve) => { arrived = resolve; });
    await page.route('**/response/*', () => arrived()); // and no reply, ever
    await press(page, 'Show it');
    await posted;
    const other = await page.context().newPage();
    await closeTab(page);
    await other.goto(`${server.wallet}/#history`);
    const kept = await says(other, /Sent: what came of it is not known/);
    assert.ok(kept.includes(app.name) && kept.includes('Member since'), kept);
  });

  story('answers a request of another device, and leads to the question for its number', async (phone) => {
    await take(phone, server);
    const desk = await openPage(browser);
    try {
      const begun = await partner.begin();
      await desk.page.goto(begun.url);
      await phone.goto(`${server.wallet}/#paste`);
      await phone.getByLabel('The link').fill(await scan(desk.page));
      await press(phone, 'Open');
      await press(phone, 'Show it');
      await screen(phone, 'Which number is on your other screen?');
      await choose(phone, await numberOn(desk.page));
      assert.ok((await partner.finish(begun)).claims.sub);
    } finally {
      await desk.close();
    }
  });

  story('misbehaves on purpose: each lie is refused by name, and the honest answer still works', async (page) => {
    await take(page, server);
    let begun = await ask(page, partner);
    await page.locator('summary', { hasText: 'Break it on purpose' }).click();
    await press(page, 'Replay');
    await says(page, /nothing to send again yet/);
    await press(page, 'Show it');
    assert.ok((await partner.finish(begun)).claims.sub);
    await page.waitForURL(/[?&]code=/, { waitUntil: 'commit' });

    begun = await ask(page, partner);
    await page.locator('summary', { hasText: 'Break it on purpose' }).click();
    for (const [lie, reason] of [['Tamper', /disclosure/], ['Copy', /not signed by the holder's key/], ['Replay', /nonce|copy|replay|spent/i], ['Wrong audience', /aud of the key binding JWT/]]) {
      await press(page, lie);
      const line = page.locator('.results li', { hasText: lie });
      await line.waitFor();
      const text = await line.innerText();
      assert.match(text, new RegExp(`${lie}: refused`));
      assert.match(text, reason);
    }
    await press(page, 'Show it');
    assert.ok((await partner.finish(begun)).claims.sub);
    await page.waitForURL(/[?&]code=/, { waitUntil: 'commit' });
    await page.goto(`${server.wallet}/#history`);
    assert.equal((await says(page, /Broken on purpose: Tamper/)).match(/Broken on purpose/g).length, 4);
  });

  story('A76_a_no_in_the_wallet_reaches_the_app_as_access_denied', async (page) => {
    await take(page, server);
    const begun = await ask(page, partner);
    await press(page, 'Don’t show it');
    await says(page, /Your wallet declined/);
    await page.getByRole('button', { name: /^Cancel and go back/ }).click();
    await page.waitForURL(`${app.origin}/**`);
    await assert.rejects(partner.finish(begun), ({ error }) => error === 'access_denied');
    await page.waitForURL(/[?&]error=/, { waitUntil: 'commit' });
    await page.goto(`${server.wallet}/#history`);
    const kept = await says(page, /You said no: nothing was shown/);
    assert.ok(!kept.includes('Tier'), kept);
  });

  story('A76_also_from_another_device', async (phone) => {
    await take(phone, server);
    const desk = await openPage(browser);
    try {
      const begun = await partner.begin();
      await desk.page.goto(begun.url);
      await phone.goto(`${server.wallet}/#paste`);
      await phone.getByLabel('The link').fill(await scan(desk.page));
      await press(phone, 'Open');
      await press(phone, 'Don’t show it');
      await says(desk.page, /Your wallet declined/);
      await says(phone, /You said no[\s\S]*Nothing was shown/);
      await goBackToTheApp(desk.page, app);
      await assert.rejects(partner.finish(begun), ({ error }) => error === 'access_denied');
    } finally {
      await desk.close();
    }
  });

  story('shows that a credential was revoked, and that it is refused for that', async (page) => {
    const offer = await take(page, server);
    await signInHere(page, partner);
    const [copy] = (await server.list('credential')).filter(({ member_id: member }) => member === offer.member_id);
    await server.netid('credential', 'revoke', copy.id, '--reason', 'the quorum decided');
    await eventually('the list says it', async () => { // which is published again a few seconds after the last time
      await page.goto(server.wallet);
      return says(page, /Revoked/, 8);
    }, 60);
    const begun = await partner.begin();
    await page.goto(begun.url);
    const signIn = page.url();
    await openHere(page).click();
    await says(page, /This credential was revoked/);
    await press(page, 'Show it');
    const text = await says(page, /It was not accepted/);
    assert.match(text, /revoked/);
    assert.ok(!text.includes('the quorum decided'));
    const ways = await page.getByRole('link', { name: /^Practice Nation/ }).evaluateAll((links) => links.map(({ href }) => href));
    assert.deepEqual(ways, [`${server.issuer}/`, `${server.issuer}/`], 'where a new one is had, before and after');
    await page.goto(signIn);
    await says(page, /This credential was revoked/);
    await goBackToTheApp(page, app);
    await assert.rejects(partner.finish(begun), ({ error }) => error === 'access_denied');
  });

  story('prefers the one of a kind that stands, marks the one that was revoked, and tells them apart', async (page) => {
    const { member_id: member } = await take(page, server);
    const gone = await take(page, server, { member });
    const copies = await server.list('credential');
    const of = copies.filter(({ member_id: id }) => id === member);
    const list = async () => (await server.fetch((await server.netid('credential', 'show', of.at(-1).id)).status_uri)).text();
    const before = await list();
    await server.netid('credential', 'revoke', of.at(-1).id, '--reason', 'lost');
    await eventually('the list is published anew', async () => (await list()) !== before);

    // The screen waits for the lists for three seconds, and a machine with much else to do reads them later.
    await page.addInitScript(() => {
      const { setTimeout } = globalThis;
      globalThis.setTimeout = (act, ms, ...more) => setTimeout(act, ms === 3000 ? 60_000 : ms, ...more);
    });
    await ask(page, partner);
    const options = page.locator('.options label');
    assert.equal(await options.count(), 2, `${gone.member_id} holds two`);
    const [first, second] = await options.allInnerTexts();
    assert.ok(await options.first().getByRole('radio').isChecked());
    assert.match(first, /, number \d, taken .*\d:\d\d/);
    assert.ok(!first.includes('Revoked') && second.endsWith('Revoked'), `${first} | ${second}`);
    assert.notEqual(first.match(/number (\d)/)[1], second.match(/number (\d)/)[1]);
    assert.ok(!(await textOf(page)).includes('This credential was revoked'));
    await options.last().getByRole('radio').check();
    await says(page, /This credential was revoked/);
    await press(page, 'Show it');
    await says(page, /It was not accepted/);
    await press(page, 'Back to the app');
    await says(page, /Your wallet declined|no longer|revoked/);
  });

  story('says what is missing where nothing fits, and declines for the member', async (page) => {
    const begun = await partner.begin();
    await page.goto(begun.url);
    await openHere(page).click();
    await screen(page, 'Nothing here fits');
    assert.match(await textOf(page), /Ask Practice Nation.* for an offer of membership.*tier/is);
    assert.equal(await page.getByRole('link', { name: /^Practice Nation/ }).getAttribute('href'), server.issuer);
    await press(page, 'Don’t show anything');
    await says(page, /Your wallet declined/);
  });

  story('lets the member choose where several fit', async (page) => {
    await take(page, server, { claims: { node: 'Lisbon', tier: 'citizen' } });
    await take(page, server, { claims: { node: 'Austin', tier: 'steward' } });
    const begun = await ask(page, partner);
    await page.getByRole('radio', { name: /citizen/ }).check();
    assert.match(await textOf(page), /Tier\s+citizen/);
    await press(page, 'Show it');
    const { userinfo, claims } = await partner.finish(begun);
    assert.match(JSON.stringify({ ...claims, ...userinfo }), /citizen/);
  });

  story('is used by keyboard alone, from the offer to the app', async (page) => {
    const key = async (fitting) => {
      assert.ok((await tabTo(page, fitting)).visible, 'the focus shows');
      await page.keyboard.press('Enter');
    };
    await page.goto((await server.offerMembership()).credential_offer_uri);
    await key(({ href }) => href?.startsWith(server.wallet));
    await screen(page, 'Take your Membership');
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1', 'the heading has the focus');
    await key(({ name }) => name === 'Take it');
    await screen(page, 'It is yours');
    const begun = await partner.begin();
    await page.goto(begun.url);
    await key(({ href }) => href?.startsWith(server.wallet));
    await page.getByRole('heading', { level: 1, name: /asks/ }).waitFor();
    await key(({ name }) => name === 'Show it');
    assert.ok((await partner.finish(begun)).claims.sub);
  });

  story('says that a request has ended, and that an offer is taken', async (page) => {
    const begun = await partner.begin();
    await page.goto(begun.url);
    const link = await openHere(page).getAttribute('href');
    await page.locator('form[action$="/cancel"] button').click();
    await eventually('the app has the person back', () => page.url().startsWith(app.origin));
    await page.goto(link);
    await screen(page, 'This request has ended');

    const { credential_offer_uri: offer } = await take(page, server);
    await page.goto(`${server.wallet}/offer?${new URLSearchParams({ credential_offer_uri: offer })}`);
    await screen(page, 'This offer is closed');
    assert.match(await textOf(page), /ask for a new offer/);
  });
});
