// A guardian: named by others at the desk, accepted by themselves, does a few things for the ward, and is ended by the ward; by keyboard alone where they act.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { besidesRefusals, openHere, press, take } from './lib/browser-wallet.mjs';
import { browserTest, openBrowser, openPage, says } from './lib/browser.mjs';
import { lookerAt, tabTo, WAYS } from './lib/pages.mjs';
import { startServer } from './lib/server.mjs';

const CHARTER = new URL('../../docs/charters/co-living.json', import.meta.url);
const REASON = 'Fay is ill, and asked for it.';

describe('A member acts for another', () => {
  let server, browser, stewards;
  before(async () => {
    server = await startServer({ wallet: true });
    browser = await openBrowser();
    if (!browser) return;

    // The co-living charter, without a second proof: desk.test.mjs has that.
    const charter = JSON.parse(await readFile(CHARTER, 'utf8'));
    delete charter.acts.rebind.prove_again;
    const file = join(server.directory, 'charter.json');
    await writeFile(file, JSON.stringify(charter));
    await server.run('charter', 'adopt', file);
    const until = new Date(Date.now() + 300 * 86_400_000).toISOString().slice(0, 10);
    stewards = [await enter('Dee'), await enter('Eve')];
    for (const { memberId } of stewards) await server.netid('member', 'appoint', memberId, '--act', 'rebind', '--until', until);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  for (const where of ['on a desktop', 'on a phone in the dark', 'from right to left']) {
    browserTest(`${where}: named by others, accepted, prints a card and takes the file, and is ended by the ward, with no barrier that axe finds`, async () => {
      const { rtl, ...options } = WAYS[where];
      const [fay, ana] = [await enter('Fay', options), await enter('Ana <b>', options)];
      const [dee, eve] = stewards;
      await at(dee.page, '/desk/propose/name_guardian');
      await dee.page.getByLabel('The member’s id').fill(fay.memberId);
      await dee.page.locator('#guardian').fill(ana.memberId);
      await dee.page.locator('#until').fill(new Date(Date.now() + 100 * 86_400_000).toISOString().slice(0, 10));
      await dee.page.getByLabel('Reasons').fill(REASON);
      await press(dee.page, 'Propose');
      await says(dee.page, /1 of 2/);
      const decision = new URL(dee.page.url()).pathname;

      // Before it is decided nobody acts; and one who would be guardian has no say in it.
      await at(ana.page, '/account/wards');
      await says(ana.page, /Nobody acts for you, and you act for nobody/);
      await at(eve.page, decision);
      await press(eve.page, 'Approve');
      await says(eve.page, /It was carried out/);

      const [look, lookFay] = [await lookerAt(ana.page, where), await lookerAt(fay.page, where)];
      await at(ana.page, '/account/wards');
      await says(ana.page, /You were named, and have not accepted/);
      assert.equal(await ana.page.getByRole('button', { name: 'Print their card' }).count(), 0);
      await look('guardian-named');
      await send(ana.page, 'Accept');
      await says(ana.page, /Accepted\./);
      await look('guardian');
      const [file] = await Promise.all([ana.page.waitForEvent('download'), send(ana.page, 'All that is held about them, as a file')]);
      assert.equal(JSON.parse(await readFile(await file.path(), 'utf8')).member.id ?? fay.memberId, fay.memberId);
      await send(ana.page, 'Print their card');
      await ana.page.locator('.card .matrix svg').waitFor();
      assert.equal(await ana.page.locator('.called').textContent(), 'Fay');
      await look('guardian-card');

      // The ward sees it, and ends it with one press.
      await at(fay.page, '/account/wards');
      assert.equal(await fay.page.locator('.act .said').first().textContent(), 'Ana <b>');
      await lookFay('guardian-ward');
      await send(fay.page, 'They act for me no more');
      await says(fay.page, /Nobody acts for you/);
      await ana.page.goto(`${server.issuer}/account/wards`);
      await says(ana.page, /you act for nobody/);
      assert.deepEqual(besidesRefusals([...fay.faults, ...ana.faults]), []);
      await fay.close();
      await ana.close();
    });
  }

  /** Somebody with a wallet in a browser of their own. */
  async function enter(name, options = {}) {
    const opened = await openPage(browser, options);
    const { member_id: memberId } = await take(opened.page, server, { claims: { display_name: name } });
    return Object.assign(opened, { memberId });
  }

  /** Opens a page of the nation's own, which asks who one is where one is not signed in; the wallet of this browser says it. */
  async function at(page, path) {
    await page.goto(`${server.issuer}${path}`);
    if (page.url().includes('/sign-in/')) {
      await openHere(page).click();
      await press(page, 'Show it');
    }
    await page.waitForURL(`${server.issuer}${path}`);
  }
});

/** Presses a button by keyboard. */
async function send(page, name) {
  const focused = await tabTo(page, (element) => element.name === name);
  assert.ok(focused.visible, 'the focus shows');
  await page.keyboard.press('Enter');
}
