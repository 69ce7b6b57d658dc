// The station in a real browser, when something is wrong, lost or over: a bundle, a clock, a door, a camera, a shift.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe } from 'node:test';
import { press, screen } from './lib/browser-wallet.mjs';
import { browserTest, openPage, says } from './lib/browser.mjs';
import { ahead } from './lib/clock.mjs';
import { toFrames } from './lib/core.mjs';
import { openDoorway, storyIn } from './lib/doorway.mjs';
import { PHONE } from './lib/pages.mjs';
import { eventually } from './lib/server.mjs';
import { addressOf, decide, filmOfCodes, practicePeople, present, readBundle } from './lib/station.mjs';
import { answerBefore, begin, besidesOffline, hear, kept, nextPerson, store, told, typed } from './lib/steward.mjs';
import { becomeMember } from './lib/story.mjs';

const HOUR = 3_600_000;

describe('The station, when something is wrong', () => {
  let doorway, server, browser, film, ada;
  before(async () => { ({ server, browser, film, ada } = doorway = await openDoorway()); });
  after(() => doorway?.close());

  const story = storyIn(() => browser);

  const answerTo = async (request, changes) => addressOf(server.issuer, request, await present(ada, server.issuer, request, changes));

  const fold = (page, name) => page.locator('summary', { hasText: name }).click();

  story('A67 an update that is not right is said at the top until a good one came, and the bundle from before goes on', async (page, { context }) => {
    await begin(page, server);
    const fault = page.locator('[data-fault]');
    assert.equal(await fault.textContent(), '');
    const before_ = await store(page, 'bundle');
    const [head, body, signature] = before_.text.split('.');
    await context.route('**/station/bundle', (route) => route.fulfill({ body: `${head}.${body}.${signature.slice(0, -8)}AAAAAAAA` }));
    await fold(page, 'This phone');
    await press(page, 'Update the bundle');
    await says(page, /The bundle stays as it is/);
    assert.match(await fault.textContent(), /not right \(bundle_untrusted\).*The one from before stays/);
    assert.deepEqual(await store(page, 'bundle'), before_);
    const request = await nextPerson(page);
    await typed(page, await answerTo(request));
    await told(page, 'admit', 'admitted');
    assert.equal(await fault.isVisible(), true, 'on every screen');
    await press(page, 'Back');

    // That nothing came is no reason to forget it.
    await context.unroute('**/station/bundle');
    await context.setOffline(true);
    await fold(page, 'This phone');
    await press(page, 'Update the bundle');
    await says(page, /no network/);
    assert.match(await fault.textContent(), /bundle_untrusted/);
    await context.setOffline(false);
    await eventually('a good one came', async () => (await fault.textContent()) === '');
  });

  story('A79 a newer bundle that another page of this phone took counts in this one too, where no network is', async (page, { context }) => {
    const gone = await becomeMember(server);
    await begin(page, server);
    await page.route('**/station/bundle', (route) => route.abort());
    await server.netid('credential', 'revoke', await server.credentialOf(gone.memberId), '--reason', 'for the test');
    const other = await context.newPage();
    const copy = gone.credential.slice(0, gone.credential.lastIndexOf('~') + 1);
    await eventually('the other page has taken it', async () => {
      await other.goto(`${server.issuer}/station`);
      await screen(other, 'Lisbon');
      const bundle = await readBundle((await store(other, 'bundle')).text, { pinned: null, now: Date.now() });
      return (await decide(copy, { bundle, node: 'Lisbon', requests: [], spent: new Set(), here: async () => false, now: Date.now() })).reason === 'revoked';
    }, 90);
    const request = await nextPerson(page);
    await typed(page, addressOf(server.issuer, request, await present(gone, server.issuer, request)));
    await told(page, 'refuse', 'revoked');
  });

  story('A62 an answer to a question of a shift that is over is none, also where the question still stands on a screen', async (page, { context }) => {
    await begin(page, server);
    const request = await nextPerson(page);
    const text = await answerTo(request);
    await press(page, 'Type or paste it');
    await page.getByLabel('The answer').fill(text);
    const other = await context.newPage();
    await other.goto(`${server.issuer}/station`);
    await screen(other, 'Lisbon');
    await fold(other, 'This shift');
    await press(other, 'End the shift');
    await screen(other, 'The shift has ended');
    await begin(other, server);
    await press(page, 'Check');
    await told(page, 'refuse', 'not_asked');
  });

  story('that no newer bundle could be had is told at the top, apart from one that is not right, until one came', async (page, { context }) => {
    await begin(page, server);
    const [fault, missed] = [page.locator('[data-fault]'), page.locator('[data-missed]')];
    await context.route('**/station/bundle', (route) => route.fulfill({ status: 503 }));
    await fold(page, 'This phone');
    await press(page, 'Update the bundle');
    await says(page, /The nation answered 503. The bundle stays as it is/);
    assert.deepEqual([await missed.textContent(), await fault.textContent()], ['No newer bundle came. The nation answered 503.', '']);
    await context.unroute('**/station/bundle');
    await press(page, 'Update the bundle');
    await eventually('one came', async () => (await missed.textContent()) === '');
  });

  story('a fault of the station’s own when it looks for a bundle is none of the bundle, is not swallowed, and checks go on', async (page, { faults }) => {
    await begin(page, server);
    const [fault, before_] = [page.locator('[data-fault]'), await store(page, 'bundle')];
    await page.evaluate(() => {
      globalThis.get = Headers.prototype.get;
      Headers.prototype.get = () => { throw new RangeError('of its own'); };
    });
    await fold(page, 'This phone');
    await press(page, 'Update the bundle');
    await says(page, /a mistake of the station’s/);
    assert.match(await fault.textContent(), /\(station_error\).*a mistake of its own.*Checks go on/);
    assert.match(faults.splice(0).join(), /of its own/);
    assert.deepEqual(await store(page, 'bundle'), before_);
    await typed(page, await answerTo(await nextPerson(page)));
    await told(page, 'admit', 'admitted');
    await press(page, 'Back');
    await page.evaluate(() => { Headers.prototype.get = globalThis.get; });
    await fold(page, 'This phone');
    await press(page, 'Update the bundle');
    await eventually('it is well again', async () => (await fault.textContent()) === '');
  });

  story('whose status lists could not be used is told at the top, and since when, until a bundle came with which they can', async (page, { context }) => {
    await begin(page, server);
    await kept(page);
    await context.setOffline(true);
    await store(page, 'bundle', { unread: { 'https://other.example': Date.UTC(2026, 0, 5, 12) / 1000 } }); // as it is kept: what makes it is tested in door.test.mjs
    await page.goto(`${server.issuer}/station`);
    await screen(page, 'Lisbon');
    const unread = page.locator('[data-unread]');
    assert.match(await unread.textContent(), /^What https:\/\/other\.example revoked is not all known here since Jan 5, 2026, .*Who is on them is Ask\.$/);
    await context.setOffline(false);
    await eventually('it is over', async () => (await unread.textContent()) === '');
  });

  story('A96 the age in sight is by the nation’s clock, where this one is off', async (page) => {
    await page.addInitScript(ahead, 10 * HOUR);
    await begin(page, server);
    await kept(page);
    assert.match(await page.locator('[data-age]').textContent(), /^Bundle \d min old, good for 2[34] h$/);
  });

  story('A96 a phone whose clock is set back opens without a network with its bundle, and warns', async (page, { context }) => {
    await begin(page, server);
    await kept(page);
    await context.setOffline(true);
    await page.addInitScript(ahead, -2 * HOUR);
    await page.goto(`${server.issuer}/station`);
    await screen(page, 'Lisbon');
    assert.match(await page.locator('[data-age]').textContent(), /good for/);
    const request = await nextPerson(page);
    await typed(page, await answerTo(request, { iat: Math.floor(Date.now() / 1000) + 600 })); // a while after the bundle was signed
    await told(page, 'ask', 'clock');
    assert.match(await page.locator('.warned').first().textContent(), /clock is behind/);
  });

  story('a door that a newer bundle names is there to choose, without loading the page again', async (page) => {
    await page.goto(`${server.issuer}/station`);
    await screen(page, 'Begin a shift');
    const name = `Porto ${Math.random()}`;
    await server.run('node', 'add', '--name', name, '--region', 'Somewhere');
    await fold(page, 'This phone');
    await eventually('the door is there', async () => {
      if (await page.getByRole('radio', { name }).count() === 1) return true;
      await page.locator('button', { hasText: 'Update the bundle' }).dispatchEvent('click', {}, { timeout: 2000 }); // folded again once it came
      return false;
    }, 60);
  });

  story('a door that the bundle does not name any more admits nobody, and says so', async (page) => {
    await begin(page, server);
    await store(page, 'shift', { node: 'Gone' });
    await page.goto(`${server.issuer}/station`);
    await screen(page, 'Gone');
    assert.match(await page.locator('.warning').textContent(), /does not name this door/);
    const request = await nextPerson(page);
    await typed(page, await answerTo(request));
    await told(page, 'ask', 'no_policy');
  });

  story('A61 what answers the question to the person before is refused at the next', async (page) => {
    await begin(page, server);
    const first = await nextPerson(page);
    await press(page, 'Back');
    const second = await nextPerson(page);
    await typed(page, await answerTo(first));
    await told(page, 'refuse', 'not_asked');
    await press(page, 'Back');
    assert.deepEqual(await page.locator('.counts dd').allTextContents(), ['0', '0', '0']);
    const third = await nextPerson(page);
    assert.notEqual(third.nonce, second.nonce);
    await typed(page, await answerTo(third));
    await told(page, 'admit', 'admitted');
  });

  story('codes of something else beside those of the answer stop no scan', async (page) => {
    await begin(page, server);
    const request = await nextPerson(page);
    const [mine, other] = [await toFrames(await answerTo(request)), await toFrames(`https://sticker.example/${'0123456789abcdef'.repeat(60)}${Math.random()}`, 40)];
    await filmOfCodes(mine.flatMap((frame, at) => [frame, other[at % 2]]), film);
    await press(page, 'Scan their answer');
    await told(page, 'admit', 'admitted');
  });

  story('a sticker whose whole text is in one code stops no scan between the codes of the answer, and is told where there is nothing else', async (page) => {
    await begin(page, server);
    const sticker = 'https://sticker.example/a';
    const stickers = [sticker, ...(await toFrames(`${sticker}b`))];
    assert.deepEqual([stickers.length, /^NIF1\/.{12}\/1\/1\//.test(stickers[1])], [2, true]);
    const request = await nextPerson(page);
    await filmOfCodes((await toFrames(await answerTo(request))).flatMap((frame, at) => [stickers[at % 2], frame, stickers[(at + 1) % 2]]), film);
    await press(page, 'Scan their answer');
    await told(page, 'admit', 'admitted');
    for (const alone of stickers) {
      await nextPerson(page);
      await filmOfCodes([alone], film);
      await press(page, 'Scan their answer');
      await told(page, 'ask', 'not_a_code');
    }
  });

  story('a camera that is taken away, and a reader that fails, are said, and there is a field to type into', async (page) => {
    await begin(page, server);
    const request = await nextPerson(page);
    await filmOfCodes((await toFrames(await answerTo(request))).slice(0, 1), film);
    await press(page, 'Scan their answer');
    await eventually('the camera reads', async () => /1 of/.test(await page.locator('.progress').textContent()));
    await page.evaluate(() => document.querySelector('video').srcObject.getTracks()[0].dispatchEvent(new Event('ended')));
    await screen(page, 'Type or paste');
    await says(page, /The camera stopped: another program took it/);

    await page.evaluate(() => { CanvasRenderingContext2D.prototype.getImageData = () => { throw new RangeError('no memory'); }; });
    await press(page, 'Use the camera');
    await says(page, /The camera stopped: no memory/);
    assert.equal(await page.evaluate(() => document.querySelector('video')), null);
    await page.getByLabel('The answer').fill(await answerTo(request));
    await press(page, 'Check');
    await told(page, 'admit', 'admitted');
  });

  browserTest('a browser that detects codes itself does so, and the library is not loaded', async () => {
    // Chromium has a detector on phones alone: the tests' own stands in for it, by another copy of a decoder.
    const decoder = await readFile(new URL('node_modules/jsqr/dist/jsQR.js', import.meta.url), 'utf8');
    const session = await openPage(browser, { ...PHONE, permissions: ['camera'] });
    const { page } = session;
    try {
      await page.addInitScript(`(() => {
        const module = { exports: {} };
        ((exports) => { ${decoder} })(module.exports);
        globalThis.detected = 0;
        globalThis.BarcodeDetector = class {
          static async getSupportedFormats() { return ['aztec', 'qr_code']; }
          constructor({ formats }) { if (String(formats) !== 'qr_code') throw new TypeError('formats'); }
          async detect(video) {
            const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
            const paper = canvas.getContext('2d');
            paper.drawImage(video, 0, 0);
            const { data, width, height } = paper.getImageData(0, 0, canvas.width, canvas.height);
            const code = (module.exports.default ?? module.exports)(data, width, height);
            if (code?.data) globalThis.detected++;
            return code?.data ? [{ rawValue: 'https://sticker.example/' + Math.random() }, { rawValue: code.data }] : [];
          }
        };
      })()`);
      await begin(page, server);
      await answerBefore(page, server, film, ada, await nextPerson(page));
      await told(page, 'admit', 'admitted');
      assert.ok(await page.evaluate(() => globalThis.detected) > 1);
      const loaded = await page.evaluate(() => [typeof globalThis.jsQR, ...performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)]);
      assert.equal(loaded[0], 'undefined');
      assert.ok(loaded.includes('/assets/shared/scan.js') && !loaded.includes('/assets/shared/vendor/jsQR.js'), loaded.join(' '));
      assert.deepEqual(besidesOffline(session.faults), []);
    } finally {
      await session.close();
    }
  });

  story('is silent once its sound is off, shakes still, and remembers it', async (page) => {
    await hear(page);
    await begin(page, server);
    const comes = async () => {
      await fold(page, 'This shift');
      await press(page, 'Practice');
      await page.evaluate(() => { [globalThis.sounds, globalThis.shaken] = [[], null]; });
      await press(page, practicePeople.admitted.name);
      await told(page, 'admit', 'admitted');
      const noted = await page.evaluate(() => [globalThis.sounds.length, globalThis.shaken]);
      await press(page, 'Next person');
      await press(page, 'End practice');
      await screen(page, 'Lisbon');
      return noted;
    };
    assert.deepEqual(await comes(), [2, [80]]);
    await fold(page, 'This phone');
    await press(page, 'Sound off');
    await says(page, /The sound is off/);
    await page.getByRole('button', { name: 'Sound on', exact: true }).waitFor();
    assert.deepEqual(await comes(), [0, [80]]);
    await page.goto(`${server.issuer}/station`);
    await screen(page, 'Lisbon');
    assert.deepEqual(await comes(), [0, [80]]);
    await fold(page, 'This phone');
    await press(page, 'Sound on');
    await says(page, /The sound is on/);
    assert.deepEqual(await comes(), [2, [80]]);
  });

  story('asks the browser once to keep what it keeps', async (page) => {
    await page.addInitScript(() => {
      StorageManager.prototype.persist = async () => { localStorage.asked = Number(localStorage.asked ?? 0) + 1; return true; };
    });
    await begin(page, server);
    assert.equal(await page.evaluate(() => localStorage.asked), '1');
    await fold(page, 'This shift');
    await press(page, 'End the shift');
    await screen(page, 'The shift has ended');
    await begin(page, server);
    assert.equal(await page.evaluate(() => localStorage.asked), '1');
  });

  story('a shift that is over by its time ends while the page is open, and when it is opened, before anything is shown', async (page) => {
    for (const reopen of [false, true]) {
      await begin(page, server);
      const request = await nextPerson(page);
      await typed(page, await answerTo(request));
      await told(page, 'admit', 'admitted');
      await press(page, 'Back');
      if (reopen) await page.goto(`${server.issuer}/verify`);
      await store(page, 'shift', { from: Date.now() - 17 * HOUR });
      if (reopen) await page.goto(`${server.issuer}/station`);
      await page.getByRole('heading', { name: 'Begin a shift', level: 1 }).waitFor();
      assert.equal(await store(page, 'shift'), undefined);
      assert.deepEqual((await store(page, 'waiting')).map(({ admit }) => admit), reopen ? [1, 1] : [1]);
    }
  });

  story('a shift that is over by its time keeps nothing of who came from the start of the worker on', async (page, { context }) => {
    await page.goto(`${server.issuer}/station`);
    await kept(page);
    await begin(page, server);
    const request = await nextPerson(page);
    await typed(page, await answerTo(request));
    await told(page, 'admit', 'admitted');
    await page.goto(`${server.issuer}/verify`);
    const during = await store(page, 'shift', { from: Date.now() - 17 * HOUR });
    assert.deepEqual([during.here.length, during.requests.length, during.spent.length], [1, 1, 1]);
    await store(page, 'shift', { person: 'what no shift begins with' });

    // Without the page's own script: it is the worker that answers.
    const devtools = await context.newCDPSession(page);
    await devtools.send('ServiceWorker.enable');
    await devtools.send('ServiceWorker.stopAllWorkers');
    await devtools.send('Emulation.setScriptExecutionDisabled', { value: true });
    await page.goto(`${server.issuer}/station`);
    await page.goto(`${server.issuer}/verify`);
    await devtools.send('Emulation.setScriptExecutionDisabled', { value: false });
    const left = await eventually('the worker has been there', async () => {
      const shift = await store(page, 'shift');
      return shift.here.length === 0 && shift;
    });
    assert.deepEqual([left.key, left.here, left.requests, left.spent, left.lights.admit], [null, [], [], [], 1]);
    assert.deepEqual(Object.keys(left).sort(), Object.keys(during).sort(), 'what a shift begins with, and nothing else');
    await page.goto(`${server.issuer}/station`);
    await screen(page, 'Begin a shift');
    assert.deepEqual((await store(page, 'waiting')).map(({ admit }) => admit), [1]);
  });
});
