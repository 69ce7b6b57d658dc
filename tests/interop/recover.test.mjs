// A lost wallet: a member names people in the browser, one of them declines, and a code that is none begins nothing; by keyboard alone. What needs days to pass is in recover-days.test.mjs.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { fileURLToPath } from 'node:url';
import { besidesRefusals, openHere, press, take } from './lib/browser-wallet.mjs';
import { browserTest, openBrowser, openPage, says } from './lib/browser.mjs';
import { lookerAt, tabTo, WAYS } from './lib/pages.mjs';
import { startServer } from './lib/server.mjs';
import { becomeMember } from './lib/story.mjs';

const CHARTER = fileURLToPath(new URL('../../docs/charters/co-living.json', import.meta.url));

describe('Members name who can attest for them', () => {
  let server, browser;
  before(async () => {
    server = await startServer({ wallet: true });
    browser = await openBrowser();
    await server.run('charter', 'adopt', CHARTER);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  for (const [where, { rtl, ...options }] of Object.entries(WAYS)) {
    browserTest(`${where}: a member names three, one of them declines, with no barrier that axe finds`, async () => {
      const [fay, ana] = [await openPage(browser, options), await openPage(browser, options)];
      try {
        await take(fay.page, server, { claims: { display_name: 'Fay <i>Example</i>' } });
        const { member_id: anaId } = await take(ana.page, server, { claims: { display_name: 'أنا' } });
        const [ben, cyd] = [await becomeMember(server, { claims: { display_name: 'Ben' } }), await becomeMember(server, { claims: { display_name: 'Cyd' } })];

        // One too few is said beside the field, and what was typed stays.
        const look = await lookerAt(fay.page, where);
        await at(fay.page, server);
        await says(fay.page, /nobody could get you another/);
        await tabToField(fay.page, 'contacts');
        await fay.page.keyboard.type(`${anaId}\n${ben.memberId}`);
        await send(fay.page, 'Name them');
        await says(fay.page, /name 3 people at least/);
        assert.equal(await fay.page.locator('#contacts').inputValue(), `${anaId}\n${ben.memberId}`);
        assert.equal(await fay.page.locator('#contacts').getAttribute('aria-describedby'), 'contacts-error contacts-hint');
        await look('recovery-refused');
        await tabToField(fay.page, 'contacts');
        await fay.page.keyboard.press('Control+End');
        await fay.page.keyboard.type(`\n${cyd.memberId}`);
        await send(fay.page, 'Name them');
        await says(fay.page, /Who will be, from/);
        await look('recovery-named');

        const lookAna = await lookerAt(ana.page, where);
        await at(ana.page, server);
        await says(ana.page, /For whom you can attest/);
        assert.ok((await ana.page.locator('h3 .said').allInnerTexts()).includes('Fay <i>Example</i>'));
        await lookAna('recovery-for');
        await send(ana.page, /^I don’t want to attest/);
        await ana.page.getByRole('heading', { name: 'For whom you can attest' }).waitFor({ state: 'detached' });
        await fay.page.reload();
        await says(fay.page, /does not want to/);

        // Somebody without a wallet, whose code is none.
        await ana.page.goto(`${server.issuer}/recover`);
        await tabToField(ana.page, 'code');
        await ana.page.keyboard.type('abcd-efgh-2345');
        await send(ana.page, 'Begin');
        await says(ana.page, /Nothing begins by this code/);
        assert.equal(await ana.page.locator('#code').inputValue(), 'abcd-efgh-2345');
        await lookAna('recover');
        assert.deepEqual(besidesRefusals([...fay.faults, ...ana.faults]), []);
      } finally {
        await fay.close();
        await ana.close();
      }
    });
  }
});

/** Opens the page, which asks who one is; the wallet of this browser says it. */
async function at(page, server) {
  await page.goto(`${server.issuer}/account/recovery`);
  await openHere(page).click();
  await press(page, 'Show it');
  await page.getByRole('heading', { name: 'If you lose your wallet', level: 1 }).waitFor();
  assert.equal(page.url(), `${server.issuer}/account/recovery`);
}

/** Presses Tab until a field has the focus. */
async function tabToField(page, id) {
  for (let presses = 0; presses < 30; presses++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(() => document.activeElement.id) === id) return;
  }
  assert.fail(`thirty presses of Tab do not reach ${id}`);
}

/** Presses a button by keyboard. */
async function send(page, name) {
  const focused = await tabTo(page, (element) => (typeof name === 'string' ? element.name === name : name.test(element.name)));
  assert.ok(focused.visible, 'the focus shows');
  await page.keyboard.press('Enter');
}
