// Who is suspended or revoked reads their case in the browser, by the wallet that no app takes, appeals, and belongs again.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { besidesRefusals, openHere, press, screen, take } from './lib/browser-wallet.mjs';
import { browserTest, openBrowser, openPage, says } from './lib/browser.mjs';
import { lookerAt, tabTo, WAYS } from './lib/pages.mjs';
import { startServer } from './lib/server.mjs';

const CHARTER = new URL('../../docs/charters/co-living.json', import.meta.url);
const REASON = 'Broke a door on 3 March, and a window the day after.';
const WORDS = 'It was the wind.\nAsk Gil, who stood beside me <and saw it>.';

describe('Who is out reads their case', () => {
  let server, browser;
  before(async () => {
    server = await startServer({ wallet: true });
    browser = await openBrowser();

    // The co-living charter, with a quorum of two where it wants three, and without a second proof: desk.test.mjs has that.
    const charter = JSON.parse(await readFile(CHARTER, 'utf8'));
    charter.acts.decide_appeal.approvals = charter.acts.reinstate.approvals = 2;
    delete charter.acts.suspend_at_once.prove_again;
    const file = join(server.directory, 'charter.json');
    await writeFile(file, JSON.stringify(charter));
    await server.run('charter', 'adopt', file);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  for (const [where, { rtl, ...options }] of Object.entries(WAYS)) {
    browserTest(`${where}: a suspended member reads why, appeals by keyboard, and others undo it`, async () => {
      const people = await Promise.all([open('Fay', options), open('Ana', options, 'suspend_at_once', 'decide_appeal'), open('Ben', options, 'decide_appeal'), open('Cyd', options, 'decide_appeal')]);
      const [fay, ana, ben, cyd] = people;
      try {
        const look = await lookerAt(fay.page, where);
        await goTo(ana.page, '/desk');
        await ana.page.goto(`${server.issuer}/desk/propose/suspend_at_once`);
        await ana.page.getByLabel('The member’s id').fill(fay.memberId);
        await ana.page.getByLabel('Reasons').fill(REASON);
        await ana.page.getByLabel('For how many days').fill('7');
        await press(ana.page, 'Propose');
        await says(ana.page, /It was carried out/);

        await goTo(fay.page, '/case');
        await says(fay.page, /Your membership is suspended until/);
        await says(fay.page, /You were suspended at once/);
        await look('case');
        await tabToField(fay.page, 'words-0');
        await send(fay.page, 'Appeal');
        await says(fay.page, /Nothing was done/);
        assert.equal(await fay.page.locator('#words-0').getAttribute('aria-describedby'), 'words-0-error words-0-hint');
        await look('case-error');
        await tabToField(fay.page, 'words-0');
        await fay.page.keyboard.type(WORDS);
        await send(fay.page, 'Appeal');
        await says(fay.page, /You appealed\. It waits/);
        assert.equal(await fay.page.locator('dd .said', { hasText: 'It was the wind' }).textContent(), WORDS);
        await look('case-appealed');

        // Who decided first isn't asked; two others are.
        await ana.page.goto(`${server.issuer}/desk`);
        assert.equal(await ana.page.getByText('Undo what was appealed').count(), 0);
        const lookBen = await lookerAt(ben.page, where);
        for (const { page } of [ben, cyd]) {
          await goTo(page, '/desk');
          const href = await page.getByRole('link', { name: 'Undo what was appealed' }).last().getAttribute('href');
          await tabTo(page, (element) => element.href === href);
          await page.keyboard.press('Enter');
          await says(page, /What the person says to it/);
          if (page === ben.page) await lookBen('appeal-question');
          await send(page, 'Approve');
          await says(page, /Take my approval back|It was carried out/);
        }

        await fay.page.goto(`${server.issuer}/case`);
        await says(fay.page, /Your appeal was granted/);
        await says(fay.page, /You belong\. Your membership stands/);
        await look('case-granted');
        assert.deepEqual(besidesRefusals(people.flatMap(({ faults }) => faults)), []);
      } finally {
        for (const person of people) await person.close();
      }
    });
  }

  browserTest('who was revoked is reinstated, and takes the new membership into the same wallet', async () => {
    const people = await Promise.all([open('Fay', {}), open('Ana', {}, 'reinstate'), open('Ben', {}, 'reinstate')]);
    const [fay, ana, ben] = people;
    try {
      const held = (await server.list('credential')).find((row) => Object.values(row).includes(fay.memberId));
      await server.netid('credential', 'revoke', held.id, '--reason', 'A mistake.');
      await goTo(fay.page, '/case');
      await says(fay.page, /Your membership was revoked on/);

      await goTo(ana.page, '/desk');
      await ana.page.goto(`${server.issuer}/desk/propose/reinstate`);
      await ana.page.getByLabel('The member’s id').fill(fay.memberId);
      await ana.page.getByLabel('Reasons').fill('It was a mistake.');
      await press(ana.page, 'Propose');
      await says(ana.page, /1 of 2/);
      const decision = ana.page.url();
      await goTo(ben.page, '/desk');
      await ben.page.goto(decision);
      await press(ben.page, 'Approve');
      await says(ben.page, /It was carried out/);

      await fay.page.goto(`${server.issuer}/case`);
      await says(fay.page, /A membership is ready for you/);
      await send(fay.page, 'Take my membership');
      await openHere(fay.page).click();
      await press(fay.page, 'Take it');
      await screen(fay.page, 'It is yours');
      await fay.page.goto(`${server.issuer}/case`);
      await says(fay.page, /You belong/);
      assert.deepEqual(besidesRefusals(people.flatMap(({ faults }) => faults)), []);
    } finally {
      for (const person of people) await person.close();
    }
  });

  /** Somebody with a wallet in a browser of their own, and perhaps a mandate for the whole nation. */
  async function open(name, options, ...acts) {
    const opened = await openPage(browser, options);
    const { member_id: memberId } = await take(opened.page, server, { claims: { display_name: name } });
    const until = new Date(Date.now() + 300 * 86_400_000).toISOString().slice(0, 10);
    if (acts.length > 0) await server.netid('member', 'appoint', memberId, ...acts.flatMap((act) => ['--act', act]), '--until', until);
    return Object.assign(opened, { memberId });
  }

  /** Opens a page of the nation's own, which asks who one is; the wallet of this browser says it. */
  async function goTo(page, path) {
    await page.goto(`${server.issuer}${path}`);
    await openHere(page).click();
    await press(page, 'Show it');
    await page.waitForURL(`${server.issuer}${path}`);
  }
});

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
