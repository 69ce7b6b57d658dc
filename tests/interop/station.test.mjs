// The steward's station in a real browser: a camera that sees real codes, no network, no nation, no storage, another version, a slow phone.
import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { chromium } from 'playwright-core';
import { press, screen } from './lib/browser-wallet.mjs';
import { browserTest, chromiumPath, openBrowser, openPage, says, scan } from './lib/browser.mjs';
import { ahead } from './lib/clock.mjs';
import { openDoorway, storyIn } from './lib/doorway.mjs';
import { Forged } from './lib/forge.mjs';
import { addressOf, bundleOf, decide, filmOfCodes, practicePeople, present } from './lib/station.mjs';
import { answerBefore, begin, besidesOffline, camera, hear, kept, nextPerson, told, typed } from './lib/steward.mjs';
import { PHONE } from './lib/pages.mjs';
import { eventually } from './lib/server.mjs';
import { becomeMember } from './lib/story.mjs';

const HOUR = 3_600_000;

describe('Journey 3, arrive: the station at the door', () => {
  let doorway, server, browser, folder, film, ada, bo, gone;
  before(async () => {
    ({ server, browser, folder, film, ada } = doorway = await openDoorway());
    [bo, gone] = [await becomeMember(server), await becomeMember(server)];
    await server.netid('credential', 'revoke', await server.credentialOf(gone.memberId), '--reason', 'for the test');
    const copy = gone.credential.slice(0, gone.credential.lastIndexOf('~') + 1);
    const atDoor = async () => decide(copy, { bundle: (await bundleOf(server)).bundle, node: 'Lisbon', requests: [], spent: new Set(), here: async () => false, now: Date.now() });
    await eventually('the bundle knows who is revoked', async () => (await atDoor()).reason === 'revoked', 60);
  });
  after(() => doorway?.close());

  const story = storyIn(() => browser);

  story('admits whose wallet answers, read by the camera from several codes, and counts it', async (page) => {
    await begin(page, server);
    assert.match(await page.locator('[data-age]').textContent(), /^Bundle \d+ min old, good for \d+ h$/);
    const request = await nextPerson(page);
    assert.equal(await scan(page), `${server.wallet}/present#${request.query}`, 'the code on the screen is the request');
    await answerBefore(page, server, film, ada, request);
    await told(page, 'admit', 'admitted');
    await press(page, 'Back');
    assert.deepEqual(await page.locator('.counts dd').allTextContents(), ['1', '0', '0']);

    // The same once more, and the same credential to a fresh code.
    await press(page, 'Type or paste instead');
    await page.getByLabel('The answer').fill(addressOf(server.issuer, request, await present(ada, server.issuer, request)));
    await press(page, 'Check');
    await told(page, 'refuse', 'replayed');
    const again = await nextPerson(page);
    await answerBefore(page, server, film, ada, again);
    await told(page, 'ask', 'already_here');
  });

  story('A95 asks where a copy is shown to the camera, and refuses what was revoked', async (page) => {
    await begin(page, server);
    await filmOfCodes([ada.credential.slice(0, ada.credential.indexOf('~') + 1)], film);
    await press(page, 'Scan a card on paper');
    await told(page, 'ask', 'copy');
    const request = await nextPerson(page);
    await answerBefore(page, server, film, gone, request);
    await told(page, 'refuse', 'revoked');
    assert.match(await says(page, /It was revoked/), /how to appeal/);
  });

  story('goes on without a network, and with the nation stopped', async (page, { context }) => {
    await begin(page, server);
    assert.equal(await kept(page), 1);
    await context.setOffline(true);
    await page.goto(`${server.issuer}/station`);
    await screen(page, 'Lisbon');
    assert.match(await page.locator('[data-state]').textContent(), /Offline/);
    const request = await nextPerson(page);
    await page.goto(`${addressOf(server.issuer, request, await present(ada, server.issuer, request))}`); // the wallet of the same device leads here
    await told(page, 'admit', 'admitted');
    assert.equal(new URL(page.url()).hash, '', 'the answer is gone from the address');
    await context.setOffline(false);
    await server.halt();
    try {
      await page.goto(`${server.issuer}/station`);
      await screen(page, 'Lisbon');
      await typed(page, (await nextPerson(page), 'https://example.org/'));
      await told(page, 'ask', 'not_a_code');
      const late = await nextPerson(page);
      await answerBefore(page, server, film, gone, late);
      await told(page, 'refuse', 'revoked');
    } finally {
      await server.start();
    }
  });

  story('keeps nothing of a person past the shift: its counts alone wait, and it says where they belong', async (page) => {
    await begin(page, server);
    const request = await nextPerson(page);
    await typed(page, addressOf(server.issuer, request, await present(ada, server.issuer, request)));
    await told(page, 'admit', 'admitted');
    await press(page, 'Back');
    const stored = () => page.evaluate(async () => {
      const database = await new Promise((resolve) => { indexedDB.open('station').onsuccess = ({ target }) => resolve(target.result); });
      const store = database.transaction('kept').objectStore('kept');
      const all = (ask) => new Promise((resolve) => { ask.onsuccess = () => resolve(ask.result); });
      const [keys, values] = await Promise.all([all(store.getAllKeys()), all(store.getAll())]);
      database.close();
      return Object.fromEntries(keys.map((key, at) => [key, values[at]]));
    });
    const during = await stored();
    assert.equal(during.shift.here.length, 1);
    assert.ok(!JSON.stringify(during).includes(ada.credential.split('.')[2].slice(0, 40)));
    await page.locator('summary', { hasText: 'This shift' }).click();
    await press(page, 'End the shift');
    await screen(page, 'The shift has ended');
    const after_ = await stored();
    assert.equal(after_.shift, undefined);
    assert.deepEqual(Object.keys(after_.waiting[0]), ['shift', 'node', 'from', 'until', 'admit', 'ask', 'refuse']);
    await press(page, 'Send the counts');
    await says(page, /wait here/);
    assert.equal((await stored()).waiting.length, 1);
  });

  story('practises each verdict with a sound, a sign and a ground of its own, touches no shift, and says on every screen that it is practice', async (page) => {
    await hear(page);
    await begin(page, server);
    await page.locator('summary', { hasText: 'This shift' }).click();
    await press(page, 'Practice');
    const [heard, seen] = [new Map(), new Map()];
    for (const [reason, { name }] of Object.entries(practicePeople)) {
      await screen(page, 'Practice');
      assert.equal(await page.locator('[data-band]').isVisible(), true);
      await page.evaluate(() => { globalThis.sounds = []; });
      await press(page, name);
      await page.locator('.verdict').waitFor();
      assert.equal(await page.locator('.verdict code').textContent(), reason);
      assert.equal(await page.locator('[data-band]').isVisible(), true);
      const light = await page.locator('.verdict').getAttribute('data-light');
      const sound = await page.evaluate(() => JSON.stringify([globalThis.sounds, globalThis.shaken]));
      if (heard.has(light)) assert.equal(sound, heard.get(light));
      heard.set(light, sound);
      const look = await page.locator('.verdict').evaluate((verdict) => [verdict.querySelector('svg').innerHTML, getComputedStyle(verdict).backgroundColor]);
      if (seen.has(light)) assert.deepEqual(look, seen.get(light));
      seen.set(light, look);
      await press(page, 'Next person');
    }
    assert.equal(new Set(heard.values()).size, 3);
    for (const part of [0, 1]) assert.equal(new Set([...seen.values()].map((look) => look[part])).size, 3);
    await press(page, 'End practice');
    await screen(page, 'Lisbon');
    assert.deepEqual(await page.locator('.counts dd').allTextContents(), ['0', '0', '0']);
    assert.equal(await page.locator('[data-band]').isVisible(), false);
  });

  story('says what to do where storage was cleared', async (page, { context }) => {
    await begin(page, server);
    const devtools = await context.newCDPSession(page);
    await devtools.send('Storage.clearDataForOrigin', { origin: server.issuer, storageTypes: 'all' });
    await screen(page, 'The station’s storage was closed');
    await context.setOffline(true);
    await context.setOffline(false);
    await press(page, 'Load again');
    await screen(page, 'Begin a shift');
  });

  story('says what to do where it never had a bundle and there is none to have', async (page, { context }) => {
    await context.route('**/station/bundle', (route) => route.fulfill({ status: 503 }));
    await page.goto(`${server.issuer}/station`);
    await screen(page, 'No bundle yet');
    assert.match(await page.locator('[data-age]').textContent(), /No bundle/);
    await context.unroute('**/station/bundle');
    await press(page, 'Load the bundle');
    await screen(page, 'Begin a shift');
  });

  browserTest('takes the answer as text where there is no camera', async () => {
    const blind = await openBrowser();
    const session = await openPage(blind, PHONE);
    try {
      await begin(session.page, server);
      await nextPerson(session.page);
      await press(session.page, 'Scan their answer');
      await screen(session.page, 'Type or paste');
      await says(session.page, /camera/);
      assert.deepEqual(besidesOffline(session.faults), []);
    } finally {
      await blind.close();
    }
  });

  story('is a program that can be installed', async (page, { context }) => {
    await page.goto(`${server.issuer}/station`);
    await kept(page);
    const devtools = await context.newCDPSession(page);
    const { errors, data } = await devtools.send('Page.getAppManifest');
    assert.deepEqual(errors, []);
    assert.equal(JSON.parse(data).name, 'Station at the door');
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
    assert.deepEqual(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito'), []);
  });

  browserTest('a newer version takes its place between two people, never while one is checked, and says so', async () => {
    let isNewer = false;
    const target = new URL(server.issuer);
    const door = createServer((request, response) => {
      httpRequest({ host: 'localhost', port: target.port, path: request.url, method: request.method, headers: { ...request.headers, host: target.host } }, async (from) => {
        const body = Buffer.concat(await from.toArray());
        const { 'content-length': _, etag: __, ...headers } = from.headers;
        const edit = isNewer && { '/station/service-worker.js': (text) => text.replace(/const version = "\w+"/, 'const version = "newer"'), '/station': (text) => text.replace('and not kept.', 'and not kept. Newer.') }[request.url];
        response.writeHead(from.statusCode, headers).end(edit ? edit(body.toString()) : body);
      }).once('error', () => response.writeHead(502).end()).end();
    });
    await new Promise((resolve) => door.listen(0, 'localhost', resolve));
    const session = await openPage(browser, PHONE);
    const { page } = session;
    try {
      // By another port it is another nation to the station: practice is there all the same.
      const address = `http://localhost:${door.address().port}/station`;
      await page.goto(address);
      await screen(page, 'No bundle yet');
      assert.equal(await kept(page), 1);
      await page.goto(address);
      await screen(page, 'No bundle yet');
      await press(page, 'Practice');
      await press(page, practicePeople.admitted.name);
      await page.locator('.verdict').waitFor();
      isNewer = true;
      await page.evaluate(async () => { await (await navigator.serviceWorker.ready).update(); });
      await eventually('the newer worker is there', () => page.evaluate(async () => (await caches.keys()).includes('station newer')));
      assert.equal(await page.locator('.verdict').count(), 1, 'who is checked is not disturbed');
      await press(page, 'Back');
      await press(page, 'End practice');
      await eventually('it says so', async () => /updated/.test(await page.locator('#notices').textContent()));
      assert.match(await page.locator('footer').textContent(), /Newer/);
    } finally {
      await session.close();
      await new Promise((resolve) => { door.close(resolve); door.closeAllConnections(); });
    }
  });

  story('decides on a phone that is four times slower: at the p95 within 300 ms of work from scan to answer', async (page, { context }) => {
    await begin(page, server);
    const devtools = await context.newCDPSession(page);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });

    // Its own work is what is measured; on a machine with much else to do it is measured again.
    for (let round = 1, p95 = Infinity; p95 > 300; round++) {
      const times = [];
      for (let person = 0; person < 20; person++) {
        const request = await nextPerson(page);
        await typed(page, addressOf(server.issuer, request, await present(ada, server.issuer, request)));
        await page.locator('.verdict').waitFor();
        times.push(await page.evaluate(() => performance.getEntriesByName('station-verdict').at(-1).duration));
      }
      times.sort((a, b) => a - b);
      p95 = times[18];
      console.log(`# work from scan to answer, CPU throttled four times: median ${times[10].toFixed(0)} ms, p95 ${p95.toFixed(0)} ms`);
      assert.ok(p95 <= 300 || round < 20, `${p95} ms at the p95, in the twentieth round`);
    }
  });

  const alone = process.getuid?.() === 0;
  it('A96 F17 admits and refuses in a network namespace without a route', { skip: !chromiumPath ? 'chromium is not installed' : alone ? false : 'a namespace takes root' }, async () => {
    const profile = join(folder, 'profile');
    const options = { ...PHONE, permissions: ['camera'], args: ['--no-sandbox', '--disable-dev-shm-usage', ...camera(film)] };
    const first = await chromium.launchPersistentContext(profile, { executablePath: chromiumPath, ...options });
    try {
      const page = first.pages()[0];
      await begin(page, server);
      assert.equal(await kept(page), 1);
      await page.goto(`${server.issuer}/station`); // by the worker
      await screen(page, 'Lisbon');
    } finally {
      await first.close();
    }
    const wrapper = join(folder, 'chromium-alone');
    await writeFile(wrapper, `#!/bin/sh\nexec unshare --net -- "${chromiumPath}" "$@"\n`);
    await chmod(wrapper, 0o755);
    const second = await chromium.launchPersistentContext(profile, { executablePath: wrapper, ...options });
    try {
      const page = second.pages()[0];
      await assert.rejects((await second.newPage()).goto(`${server.issuer}/health/live`), /ERR_/, 'there is no way to the nation');
      await page.bringToFront();
      await page.goto(`${server.issuer}/station`);
      await screen(page, 'Lisbon');
      const asked = await nextPerson(page);
      const answer = addressOf(server.issuer, asked, await present(ada, server.issuer, asked));
      await typed(page, answer);
      await told(page, 'admit', 'admitted');
      await answerBefore(page, server, film, gone, await nextPerson(page));
      await told(page, 'refuse', 'revoked');

      // Given before; shown with another wallet's key; of another issuer, which did all else right. And somebody who practises each verdict, whose credential has ended among them.
      await nextPerson(page);
      await typed(page, answer);
      await told(page, 'refuse', 'replayed');
      const lent = await nextPerson(page);
      await typed(page, addressOf(server.issuer, lent, await present({ wallet: gone.wallet, credential: ada.credential }, server.issuer, lent)));
      await told(page, 'refuse', 'cloned');
      const other = await nextPerson(page);
      const claims = { aud: other.query.get('client_id'), nonce: other.nonce };
      await typed(page, addressOf(server.issuer, other, new Forged('https://other.example').membership({ kb: { claims } })));
      await told(page, 'refuse', 'other_issuer');
      await press(page, 'Back');
      await page.locator('summary', { hasText: 'This shift' }).click();
      await press(page, 'Practice');
      for (const reason of ['expired', 'not_yet_valid', 'suspended', 'admitted']) {
        await press(page, practicePeople[reason].name);
        await told(page, reason === 'admitted' ? 'admit' : 'refuse', reason);
        await press(page, 'Next person');
      }
      await press(page, 'End practice');

      // A phone whose clock was set back opens with its bundle, and says so on every verdict; past the limit nobody is admitted.
      await second.addInitScript(ahead, -2 * HOUR);
      await page.goto(`${server.issuer}/station`);
      await screen(page, 'Lisbon');
      const later = { iat: Math.floor(Date.now() / 1000) + 600 }; // the bundle was signed a while ago
      await answerBefore(page, server, film, bo, await nextPerson(page), later);
      await told(page, 'ask', 'clock');
      assert.match(await page.locator('.warned').first().textContent(), /clock is behind/);
      await answerBefore(page, server, film, gone, await nextPerson(page), later);
      await told(page, 'refuse', 'revoked');
      await second.addInitScript(ahead, 25 * HOUR);
      await begin(page, server); // the shift of the day before is over
      assert.match(await page.locator('[data-age]').textContent(), /past its limit/);
      await answerBefore(page, server, film, bo, await nextPerson(page));
      await told(page, 'refuse', 'bundle_old');
    } finally {
      await second.close();
    }
  });
});
