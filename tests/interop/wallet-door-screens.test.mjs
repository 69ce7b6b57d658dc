// A door without a network, as the person sees it who stands before it: a real browser that is offline, and a camera that reads its screen.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { besidesRefusals, press, screen, take } from './lib/browser-wallet.mjs';
import { browserTest, openBrowser, openPage, says, textOf } from './lib/browser.mjs';
import { doorLink, filmOfCodes, presentationIn, readCodes, verifyAnswer } from './lib/door.mjs';
import { toFrames } from './lib/core.mjs';
import { fits, lookerAt, PHONE, WAYS } from './lib/pages.mjs';
import { eventually, startServer } from './lib/server.mjs';
import { ADA } from './lib/story.mjs';

const MEMBERSHIP = 'urn:network-identity:membership:1';
const NODE = { vct: MEMBERSHIP, claims: [{ path: ['node'] }] };
const BY_CODE = 'Show it as codes';
const ASKED = 'Someone asks to see something';

describe('The wallet in the browser at a door', () => {
  let server, browser, door;
  before(async () => {
    server = await startServer({ wallet: true });
    door = `${server.issuer}/station/answer`;
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  /** Goes to what a door asks, as a phone's camera or a link does. */
  const go = async (page, changes = NODE, address = door) => {
    const { link, parameters } = doorLink(address, changes, `${server.wallet}/present`);
    await page.goto(link.replace('?', '#'));
    return parameters;
  };
  const byAddress = () => `Send it to ${new URL(door).host}`;

  /** Someone who has taken a membership and whose wallet's files are kept; offline from then on. What leaves the wallet after that is noted. */
  const story = (name, tell, options = PHONE) => browserTest(name, async () => {
    const session = await openPage(browser, options);
    const { page, context } = session;
    try {
      await take(page, server, { claims: ADA });
      await page.goto(server.wallet, { waitUntil: 'networkidle' }); // it has asked for what it holds
      await says(page, /Valid/);
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
      await context.setOffline(true);
      const left = [];
      page.on('request', (request) => { if (!request.url().startsWith(server.wallet)) left.push(request.url()); });
      await tell(page, { ...session, left });
      assert.deepEqual(besidesRefusals(session.faults), []);
    } finally {
      await session.close();
    }
  });

  story('says who asks and that nobody signed it, shows codes without a network, and a camera and strangers’ libraries read the answer', async (page, { left }) => {
    const parameters = await go(page);
    await screen(page, ASKED);
    const text = await textOf(page);
    assert.match(text, /says that they are The door of Lisbon\. You can’t be sure, because this request is not signed\./);
    assert.match(text, new RegExp(`Your answer is good for ${new URL(door).host} alone[\\s\\S]*${BY_CODE}[\\s\\S]*${byAddress()}`), 'the host stands before the buttons');
    assert.doesNotMatch((await page.locator('main').textContent()).replaceAll('The door of Lisbon', ''), /\bdoor/i, 'nothing calls a door what only says that it is one');
    assert.match(text, /Will be shown[\s\S]*Lisbon[\s\S]*Stays hidden[\s\S]*Name/);
    assert.doesNotMatch(text.split('Stays hidden')[0], /Ada Example/);
    await press(page, BY_CODE);
    await screen(page, 'Hold this before their camera');
    await fits(page);
    const { text: answer, count } = await readCodes(page);
    assert.ok(count > 1 && count <= 5, `${count} codes: five that follow each other three times a second are seen in two [journey 3]`);
    const claims = await verifyAnswer(answer, parameters);
    assert.deepEqual([claims.vct, claims.node, claims.display_name], [MEMBERSHIP, 'Lisbon', undefined]);
    assert.deepEqual(left, [], 'nothing left the wallet');

    await page.getByRole('link', { name: 'Shown' }).click();
    await screen(page, 'What was shown');
    assert.match(await textOf(page), /The door of Lisbon[\s\S]*Shown by codes or an address[\s\S]*Lisbon/);
  });

  story('sends it to who asks on the same device, behind their address, once: Back leads to what was before', async (page, { context }) => {
    await context.route(`${new URL(door).origin}/**`, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><html lang="en"><title>Door</title><link rel="icon" href="data:,">' }));
    for (const [first, way] of [[null, byAddress()], [BY_CODE, byAddress()], ['Don’t show it', `Say so to ${new URL(door).host}`]]) {
      await page.goto(`${new URL(door).origin}/before`);
      const parameters = await go(page);
      if (first) await press(page, first);
      await press(page, way);
      await page.waitForURL((url) => url.href.startsWith(door));
      if (first === 'Don’t show it') assert.equal(page.url(), `${door}#error=access_denied&state=${parameters.state}`);
      else assert.equal((await verifyAnswer(page.url(), parameters)).node, 'Lisbon');
      assert.equal(await page.evaluate(() => document.referrer), '');
      await page.goBack();
      assert.equal(page.url(), `${new URL(door).origin}/before`);
    }
  });

  story('goes on by hand where less motion is asked for, and rests and turns by itself as it is told', async (page) => {
    const parameters = await go(page);
    await press(page, BY_CODE);
    const count = page.locator('[data-count]');
    await count.waitFor();
    assert.match(await count.textContent(), /^Code 1 of \d+$/);
    await page.waitForTimeout(1000);
    assert.match(await count.textContent(), /^Code 1 of/, 'nothing moves by itself');
    const { text } = await readCodes(page, { next: () => press(page, 'Next') });
    await verifyAnswer(text, parameters);
    const before = await count.textContent();
    await press(page, 'Previous');
    assert.notEqual(await count.textContent(), before);
    await press(page, 'Play');
    const resting = await count.textContent();
    await eventually('they turn', async () => (await count.textContent()) !== resting);
    await press(page, 'Pause');
    const paused = await count.textContent();
    await page.waitForTimeout(1000);
    assert.equal(await count.textContent(), paused);
  }, { ...PHONE, reducedMotion: 'reduce' });

  story('keeps the screen on while the codes are there, and no longer', async (page) => {
    await page.addInitScript(() => {
      globalThis.locks = [];
      Object.defineProperty(navigator, 'wakeLock', { value: { request: async (kind) => { locks.push(kind); return { release: async () => { locks.push('released'); } }; } } });
    });
    await go(page);
    await screen(page, ASKED);
    assert.deepEqual(await page.evaluate(() => locks), []);
    await press(page, BY_CODE);
    await eventually('it is kept on', () => page.evaluate(() => locks.join() === 'screen'));
    await page.evaluate(() => { location.hash = '#history'; });
    await screen(page, 'What was shown');
    await eventually('it may rest', () => page.evaluate(() => locks.join() === 'screen,released'));
  });

  story('says no: nothing is shown', async (page, { left }) => {
    await go(page);
    await press(page, 'Don’t show it');
    await screen(page, 'You said no');
    assert.deepEqual(left, []);
    await page.goto(`${server.wallet}/#history`);
    await says(page, /You said no: nothing was shown/);
    assert.doesNotMatch(await textOf(page), /Shown by codes/);
  });

  story('opens the request behind # and in the query, and pasted leads to the first', async (page) => {
    const { link } = doorLink(door, NODE, `${server.wallet}/present`);
    await page.goto(link);
    await screen(page, ASKED);
    await page.goto(`${server.wallet}/#paste`);
    await page.getByLabel('The link').fill(doorLink(door, NODE).link);
    await press(page, 'Open');
    await screen(page, ASKED);
    assert.match(page.url(), /\/present#response_type=vp_token&/);
  });

  story('shows the same copy at the same door for the day, and another at another, of another node too', async (page) => {
    const shown = [];
    const austin = { ...NODE, client_metadata: JSON.stringify({ client_name: 'The door of Austin' }) };
    for (const [address, changes] of [[door, NODE], [door, NODE], [door.replace('/station', '/other/station'), NODE], [door, austin]]) {
      const parameters = await go(page, changes, address);
      await press(page, BY_CODE);
      shown.push((await presentationIn((await readCodes(page)).text, parameters)).split('~')[0]);
    }
    assert.deepEqual(shown.map((one) => shown.indexOf(one)), [0, 0, 2, 3]);
  });

  story('lies on purpose, and says that it does; an honest answer still works', async (page) => {
    let parameters = await go(page);
    await page.locator('summary', { hasText: 'Break it on purpose' }).click();
    await press(page, 'Replay');
    await says(page, /nothing to send again yet/);
    for (const [lie, refusal] of [['Copy', /signature verification failed/], ['Wrong audience', /"aud"/]]) {
      await page.locator('summary', { hasText: 'Break it on purpose' }).click().catch(() => {});
      if (!await page.getByRole('button', { name: lie, exact: true }).isVisible()) await page.locator('summary', { hasText: 'Break it on purpose' }).click();
      await press(page, lie);
      await says(page, new RegExp(`dishonest on purpose: ${lie}`));
      const { text } = await readCodes(page);
      await assert.rejects(verifyAnswer(text, parameters), refusal);
      await press(page, 'Back to what is asked');
      await screen(page, ASKED);
    }
    await press(page, BY_CODE);
    await verifyAnswer((await readCodes(page)).text, parameters);

    parameters = await go(page);
    await page.locator('summary', { hasText: 'Break it on purpose' }).click();
    await press(page, 'Replay');
    await assert.rejects(verifyAnswer((await readCodes(page)).text, parameters), /strictly equal/);
    await page.goto(`${server.wallet}/#history`);
    assert.match(await says(page, /Broken on purpose: Replay/), /Broken on purpose: Wrong audience[\s\S]*Broken on purpose: Copy/);
  });

  story('that asks for what is not there, or asks wrongly: says so, and asks nobody', async (page, { left }) => {
    await go(page, { vct: 'urn:example:other' });
    await screen(page, 'Nothing here fits');
    await press(page, 'Don’t show anything');
    await screen(page, 'You said no');
    await go(page, { ...NODE, response_mode: 'direct_post' });
    await says(page, /in a way that this wallet does not know/);
    await go(page, { dcql_query: JSON.stringify({ credentials: ['a', 'b'].map((id) => ({ id, format: 'dc+sd-jwt', meta: { vct_values: [MEMBERSHIP] } })) }) });
    await says(page, /This request is not signed, and asks for more than whoever is not known may/);
    await go(page, { ...NODE, redirect_uri: 'https://evil.example/' });
    await screen(page, 'Who asks is not certain');
    assert.deepEqual(left, []);
  });

  story('by a name that means ill: it stays text, and changes no other words', async (page) => {
    const name = `<img src=x onerror="document.title='owned'"> \u202Egro.live\u202C ${'Lisbon'.repeat(80)}`;
    await go(page, { ...NODE, client_metadata: JSON.stringify({ client_name: name }) });
    await screen(page, ASKED);
    const text = await page.locator('main').textContent();
    assert.match(text, /<img src=x onerror="document\.title='owned'"> gro\.live Lisbon/);
    assert.match(text, new RegExp(`good for ${new URL(door).host} alone`));
    assert.ok(!(await page.title()).startsWith('owned'));
    await fits(page);
  });

  for (const [how, textsOf] of [['one code', (link) => [link]], ['several codes', toFrames]]) {
    browserTest(`scans a door’s request in ${how} with its camera`, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'netid-film-'));
      let filming, session;
      try {
        const { link } = doorLink(door, { ...NODE, ...(how === 'one code' ? {} : { state: randomBytes(400).toString('base64url') }) });
        await filmOfCodes(await textsOf(link), join(folder, 'codes.y4m'), { each: 6 });
        filming = await openBrowser({ args: ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${join(folder, 'codes.y4m')}`] });
        session = await openPage(filming);
        await take(session.page, server, { claims: ADA });
        await session.page.goto(`${server.wallet}/#scan`);
        await screen(session.page, ASKED);
        assert.deepEqual(session.faults, []);
      } finally {
        await session?.close();
        await filming?.close();
        await rm(folder, { recursive: true, force: true });
      }
    });
  }

  for (const [where, { rtl: _, ...options }] of Object.entries(WAYS)) {
    story(`has no barrier that axe finds, and nothing too wide, ${where}`, async (page) => {
      const look = await lookerAt(page, where);
      await go(page);
      await screen(page, ASKED);
      await look('door');
      await press(page, BY_CODE);
      await press(page, 'Pause');
      await look('door-codes');
      await go(page);
      await page.locator('summary', { hasText: 'Break it on purpose' }).click();
      await press(page, 'Replay');
      await says(page, /nothing to send again yet|Hold this before/);
      await look('door-lies');
      await go(page);
      await press(page, 'Don’t show it');
      await screen(page, 'You said no');
      await look('door-no');
    }, options);
  }
});
