// The desk: stewards propose and approve in the browser, each with the wallet of their own browser, by keyboard alone.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { besidesRefusals, prove, take, takeSteward } from './lib/browser-wallet.mjs';
import { browserTest, openBrowser, openPage, says } from './lib/browser.mjs';
import { lookerAt, tabTo, WAYS } from './lib/pages.mjs';
import { startServer } from './lib/server.mjs';
import { becomeMember } from './lib/story.mjs';

const CHARTER = new URL('../../docs/charters/co-living.json', import.meta.url);
const REASON = 'Broke a door on 3 March, and a window the day after.\nWas asked to mend them, and said no.';

describe('Members decide at the desk', () => {
  let server, browser;
  before(async () => {
    server = await startServer({ wallet: true });
    browser = await openBrowser();

    // The co-living charter, with a quorum of two for a revocation.
    const charter = JSON.parse(await readFile(CHARTER, 'utf8'));
    charter.acts.revoke.approvals = 2;
    const file = join(server.directory, 'charter.json');
    await writeFile(file, JSON.stringify(charter));
    await server.run('charter', 'adopt', file);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  for (const [where, { rtl, ...options }] of Object.entries(WAYS)) {
    browserTest(`${where}: one proposes a revocation, another approves, by keyboard, with no barrier that axe finds`, async () => {
      const [ana, ben] = [await steward('Ana of Lisbon', options), await steward('بن', options)];
      try {
        const { memberId: fay } = await becomeMember(server, { claims: { display_name: 'Fay <i>Example</i>' } });

        // A form that is sent with something missing keeps what was typed, and says what is wrong beside it.
        const look = await lookerAt(ana.page, where);
        await atTheDesk(ana.page, server);
        await look('desk');
        await tabTo(ana.page, (element) => element.name === 'Revoke a membership');
        await ana.page.keyboard.press('Enter');
        await prove(ana.page);
        await says(ana.page, /By the charter 2 must approve/);
        await tabToField(ana.page, 'member');
        await ana.page.keyboard.type(fay);
        await send(ana.page, 'Propose');
        await says(ana.page, /Nothing was proposed/);
        assert.equal(await ana.page.locator('#member').inputValue(), fay);
        assert.equal(await ana.page.locator('#reason').getAttribute('aria-describedby'), 'reason-error reason-hint');
        await look('form');
        await tabToField(ana.page, 'reason');
        await ana.page.keyboard.type(REASON);
        await send(ana.page, 'Propose');
        await says(ana.page, /1 of 2/);
        assert.equal(await ana.page.locator('dd .said', { hasText: 'Broke a door' }).textContent(), REASON);
        assert.equal(await ana.page.locator('dd .said').first().innerText(), 'Fay <i>Example</i>');
        await look('decision');

        const lookBen = await lookerAt(ben.page, where);
        await atTheDesk(ben.page, server);
        await lookBen('waiting');
        const decision = ana.page.url();
        await tabTo(ben.page, (element) => element.href === decision);
        await ben.page.keyboard.press('Enter');
        await says(ben.page, /It waits for approvals/);
        await send(ben.page, 'Approve');
        await prove(ben.page);
        await ben.page.waitForURL(decision);
        await says(ben.page, /It waits for approvals/);
        await send(ben.page, 'Approve');
        await says(ben.page, /It waits for its day/);
        await says(ben.page, /Enough had approved/);
        await lookBen('decided');

        // Where one takes it back, the day is gone.
        await send(ben.page, 'Take my approval back');
        await says(ben.page, /Not enough any more/);
        assert.deepEqual(besidesRefusals([...ana.faults, ...ben.faults]), []);
      } finally {
        await ana.close();
        await ben.close();
      }
    });
  }

  /** Somebody with a wallet in a browser of their own, and a mandate for the whole nation. */
  async function steward(name, options) {
    const opened = await openPage(browser, options);
    const { member_id: id } = await take(opened.page, server, { claims: { display_name: name } });
    const until = new Date(Date.now() + 300 * 86_400_000).toISOString().slice(0, 10);
    await server.netid('member', 'appoint', id, '--act', 'revoke', '--act', 'suspend', '--until', until);
    await takeSteward(opened.page, server);
    return opened;
  }
});

/** Opens the desk: where the browser has no session, the wallet in it says who one is. */
async function atTheDesk(page, server) {
  await page.goto(`${server.issuer}/desk`);
  await page.getByRole('heading', { name: 'The desk', level: 1 }).waitFor();
  assert.equal(page.url(), `${server.issuer}/desk`);
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
  const focused = await tabTo(page, (element) => element.name === name);
  assert.ok(focused.visible, 'the focus shows');
  await page.keyboard.press('Enter');
}
