// The station of a steward who is signed in: its counts reach the nation once, and a card that a member printed is Ask.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { filmOf, openHere, press, prove, screen, take } from './lib/browser-wallet.mjs';
import { browserTest, openPage, says } from './lib/browser.mjs';
import { openDoorway } from './lib/doorway.mjs';
import { PHONE } from './lib/pages.mjs';
import { eventually } from './lib/server.mjs';
import { addressOf, bundleOf, decide, present } from './lib/station.mjs';
import { begin, besidesOffline, nextPerson, store, told, typed } from './lib/steward.mjs';

describe('The station of a steward', () => {
  let doorway, server, browser, film, ada;
  before(async () => { ({ server, browser, film, ada } = doorway = await openDoorway()); });
  after(() => doorway?.close());

  browserTest('sends what it counted without a network when there is one again, once, and the nation counts it once', async () => {
    const { context, page, faults, close } = await openPage(browser, PHONE);
    try {
      const { member_id: id } = await take(page, server, { claims: { display_name: 'Gil' } });
      await server.netid('member', 'appoint', id, '--act', 'admit', '--until', new Date(Date.now() + 300 * 86_400_000).toISOString().slice(0, 10));
      await page.goto(`${server.issuer}/desk`);
      await prove(page);
      await screen(page, 'The desk');
      assert.equal(await page.getByRole('link', { name: 'The station' }).getAttribute('href'), `${server.issuer}/station`);
      const taken = [];
      page.on('response', (response) => { if (response.url().endsWith('/station/counts')) taken.push(response.status()); });

      const shift = async (whom) => {
        await begin(page, server);
        await context.setOffline(true);
        for (const text of whom) {
          const request = await nextPerson(page);
          await typed(page, text ?? addressOf(server.issuer, request, await present(ada, server.issuer, request)));
          await page.locator('.verdict').waitFor();
          await press(page, 'Back');
        }
        await page.locator('summary', { hasText: 'This shift' }).click();
        await press(page, 'End the shift');
        await screen(page, 'The shift has ended');
        await press(page, 'Send the counts');
        await says(page, /There is no network: the counts wait here/);
      };
      const noneWaits = () => eventually('nothing waits', async () => (await store(page, 'waiting')).length === 0);

      // One is admitted, one is in already, and one answers with something else. The network is back: it is sent by itself, and by whoever presses at the same time.
      await shift([null, null, ada.credential.replace(/~[^~]*$/, '~x.y.z')]);
      await context.setOffline(false);
      await page.getByRole('button', { name: 'Send the counts' }).dblclick();
      await noneWaits();
      await press(page, 'Send the counts');
      await says(page, /No counts wait/);
      await page.goto(`${server.issuer}/station`);
      await screen(page, 'Begin a shift');
      assert.deepEqual(taken, [204]);

      // The answer to the next is lost on its way: it waits, is sent again when the page is opened, and is the same.
      await shift([null]);
      await context.route('**/station/counts', async (route) => {
        assert.equal((await route.fetch()).status(), 204);
        await route.abort();
      });
      await context.setOffline(false);
      await press(page, 'Send the counts');
      await says(page, /There is no network: the counts wait here/);
      assert.equal((await store(page, 'waiting')).length, 1);
      await context.unroute('**/station/counts');
      await page.goto(`${server.issuer}/station`);
      await noneWaits();
      assert.deepEqual(taken, [204, 204]);

      await page.goto(`${server.issuer}/desk`);
      await screen(page, 'The desk');
      const table = page.locator('table', { has: page.locator('caption', { hasText: 'Lisbon' }) });
      assert.deepEqual(await table.locator('tbody td').allTextContents(), ['2', '1', '1']);
      assert.deepEqual(besidesOffline(faults).filter((fault) => !/ERR_FAILED/.test(fault)), []);
    } finally {
      await close();
    }
  });

  browserTest('A95 asks where a member’s printed card is held before its camera, and refuses it once it was ended', async () => {
    const { page, close } = await openPage(browser); // two pixels to one: at 1.7 of them to a module some contents are not read
    const door = await openPage(browser, { ...PHONE, permissions: ['camera'] });
    try {
      await take(page, server, { claims: { display_name: 'Fay Example' } });
      await page.goto(`${server.issuer}/account`);
      await openHere(page).click();
      await press(page, 'Show it');
      await screen(page, 'Your page');
      await page.getByRole('link', { name: 'Print a card' }).click();
      await screen(page, 'Your printed card');
      await press(page, 'Print a card');
      await page.locator('.card .matrix svg').waitFor();
      const held = await page.locator('#held').inputValue();
      await page.emulateMedia({ media: 'print' });
      await filmOf(await page.locator('.card .matrix').screenshot(), film);
      await page.emulateMedia({ media: 'screen' });
      const atDoor = async () => decide(held, { bundle: (await bundleOf(server)).bundle, node: 'Lisbon', requests: [], spent: new Set(), here: async () => false, now: Date.now() });
      await eventually('the bundle knows the card', async () => (await atDoor()).reason === 'copy', 90);

      await begin(door.page, server);
      await press(door.page, 'Scan a card on paper');
      await told(door.page, 'ask', 'copy');
      await says(door.page, /Who shows it is not proven/);
      await press(door.page, 'Back');
      assert.deepEqual(await door.page.locator('.counts dd').allTextContents(), ['0', '1', '0']);

      await press(page, 'It is lost: end the card');
      await says(page, /For when you have no phone at hand/);
      await eventually('the bundle knows that it has ended', async () => (await atDoor()).reason === 'revoked', 90);
      await door.page.goto(`${server.issuer}/station`);
      await door.page.locator('summary', { hasText: 'This phone' }).click();
      await press(door.page, 'Update the bundle');
      await says(door.page, /up to date/);
      await press(door.page, 'Scan a card on paper');
      await told(door.page, 'refuse', 'revoked');
      assert.deepEqual(besidesOffline(door.faults), []);
    } finally {
      await close();
      await door.close();
    }
  });
});
