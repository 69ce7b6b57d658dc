// Every screen of the station without a barrier, by keyboard, on a phone and in the sun; those of a fault among them, and the camera.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe } from 'node:test';
import { press, screen } from './lib/browser-wallet.mjs';
import { says } from './lib/browser.mjs';
import { ahead } from './lib/clock.mjs';
import { toFrames } from './lib/core.mjs';
import { openDoorway, storyIn } from './lib/doorway.mjs';
import { fits, lookerAt, tabTo, WAYS } from './lib/pages.mjs';
import { eventually } from './lib/server.mjs';
import { addressOf, filmOfCodes, practicePeople, present } from './lib/station.mjs';
import { begin, kept, nextPerson, store, told, typed } from './lib/steward.mjs';

const HOUR = 3_600_000;
const DESKTOP = { viewport: { width: 1280, height: 900 }, isMobile: false, hasTouch: false };
const SMALL = { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true };

describe('The station at the door serves every steward', () => {
  let doorway, server, ada;
  before(async () => {
    ({ server, ada } = doorway = await openDoorway());
    await filmOfCodes((await toFrames(randomBytes(1500).toString('base64url'))).slice(0, 1), doorway.film); // the first of several: the camera waits for the others
  });
  after(() => doorway?.close());

  const story = storyIn(() => doorway.browser);

  story('works by keyboard alone', async (page) => {
    await page.goto(`${server.issuer}/station`);
    await screen(page, 'Begin a shift');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await tabTo(page, ({ name }) => name === 'Begin');
    await page.keyboard.press('Enter');
    await says(page, /Next person/);
    const focus = await tabTo(page, ({ name }) => name === 'Next person');
    assert.ok(focus.visible);
    await page.keyboard.press('Enter');
    await screen(page, 'Show this code');
    await tabTo(page, ({ name }) => name === 'Type or paste it');
    await page.keyboard.press('Enter');
    await tabTo(page, ({ name }) => name === '');
    await page.keyboard.type('nonsense');
    await tabTo(page, ({ name }) => name === 'Check');
    await page.keyboard.press('Enter');
    await told(page, 'ask', 'not_a_code');
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1', 'who listens hears the verdict');
  });

  for (const [where, { rtl: _, ...options }] of Object.entries({ ...WAYS, 'on a narrow phone': SMALL })) {
    story(`has no barrier that axe finds, words at seven to one, and nothing too wide ${where}`, async (page, { context }) => {
      const look = where in WAYS ? await lookerAt(page, where) : (() => fits(page));
      const looked = async (name) => {
        await look(name);
        if (where in WAYS && options.forcedColors === undefined) await contrast(page, name);
      };
      await context.route('**/station/bundle', (route) => route.fulfill({ status: 503 }));
      await page.goto(`${server.issuer}/station`);
      await screen(page, 'No bundle yet');
      await looked('no-bundle');
      await context.unroute('**/station/bundle');
      await press(page, 'Load the bundle');
      await screen(page, 'Begin a shift');
      await looked('begin');
      await page.getByRole('radio', { name: 'Lisbon' }).check();
      await press(page, 'Begin');
      await screen(page, 'Lisbon');
      await page.locator('summary', { hasText: 'This phone' }).click();
      await looked('home');
      await context.route('**/station/bundle', (route) => route.fulfill({ body: 'x.y.z' }));
      await press(page, 'Update the bundle');
      await says(page, /The one from before stays/);
      await looked('wrong-bundle');
      await context.unroute('**/station/bundle');
      await press(page, 'Update the bundle');
      await says(page, /up to date/);
      await nextPerson(page);
      await looked('asking');
      await press(page, 'Scan their answer');
      await eventually('the camera reads', async () => /1 of/.test(await page.locator('.progress').textContent()));
      await looked('scanning');
      await press(page, 'Type or paste instead');
      await screen(page, 'Type or paste');
      await looked('typing');
      await press(page, 'Back');
      await page.locator('summary', { hasText: 'This shift' }).click();
      await press(page, 'Practice');
      await screen(page, 'Practice');
      await looked('practice');
      for (const reason of ['admitted', 'copy', 'revoked', 'clock']) {
        await press(page, practicePeople[reason].name);
        await settled(page);
        await looked(reason);
        await press(page, 'Next person');
      }
      await press(page, 'End practice');

      // At a door that the bundle does not name.
      await store(page, 'shift', { node: 'Gone' });
      await page.goto(`${server.issuer}/station`);
      await screen(page, 'Gone');
      await looked('no-door');
      const request = await nextPerson(page);
      await typed(page, addressOf(server.issuer, request, await present(ada, server.issuer, request)));
      await told(page, 'ask', 'no_policy');
      await settled(page);
      await looked('no-policy');
      await press(page, 'Back');
      await page.locator('summary', { hasText: 'This shift' }).click();
      await press(page, 'End the shift');
      await screen(page, 'The shift has ended');
      await looked('ended');

      // On the day after, without a network; and when its storage is cleared.
      await kept(page);
      await context.setOffline(true);
      await page.addInitScript(ahead, 25 * HOUR);
      await begin(page, server);
      assert.match(await page.locator('[data-age]').textContent(), /past its limit/);
      await looked('past-the-limit');
      const devtools = await context.newCDPSession(page);
      await devtools.send('Storage.clearDataForOrigin', { origin: server.issuer, storageTypes: 'all' });
      await screen(page, 'The station’s storage was closed');
      await looked('storage-lost');
    }, { ...DESKTOP, ...options });
  }

  /** The verdict is there, as it stays. */
  async function settled(page) {
    await page.locator('.verdict').waitFor();
    await page.locator('.verdict').evaluate((element) => Promise.all(element.getAnimations().map(({ finished }) => finished)));
  }

  /** Words that are read in the sun: seven to one [WCAG 1.4.6]. axe is there by `look`. */
  async function contrast(page, state) {
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: { type: 'rule', values: ['color-contrast-enhanced'] } }));
    assert.deepEqual(violations.flatMap(({ nodes }) => nodes.map(({ html, failureSummary }) => `${state}: ${html} ${failureSummary}`)), []);
  }
});
