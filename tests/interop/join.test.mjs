// Journey 1: a person asks to join, two members vouch, stewards admit them at the desk, and their wallet takes the membership. In the browser, by keyboard alone.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { besidesRefusals, openHere, press, screen, take } from './lib/browser-wallet.mjs';
import { browserTest, openBrowser, openPage, says, scan } from './lib/browser.mjs';
import { lookerAt, tabTo, WAYS } from './lib/pages.mjs';
import { startServer } from './lib/server.mjs';

const CHARTER = new URL('../../docs/charters/co-living.json', import.meta.url);
const NAME = 'Kim <b>Example</b>';
const STATEMENT = 'I cook on Thursdays, and I sing.\nI spent the summer in the house in Lisbon.';

describe('A person joins', () => {
  let server, browser;
  before(async () => {
    server = await startServer({ wallet: true });
    browser = await openBrowser();

    // The co-living charter, for a nation whose members have just come.
    const charter = JSON.parse(await readFile(CHARTER, 'utf8'));
    charter.vouching.member_for_days = 0;
    charter.vouching.open_at_once = 20;
    const file = join(server.directory, 'charter.json');
    await writeFile(file, JSON.stringify(charter));
    await server.run('charter', 'adopt', file);
    await server.run('node', 'add', '--name', 'Lisbon', '--region', 'Portugal');
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  for (const [where, { rtl, ...options }] of Object.entries(WAYS)) {
    browserTest(`${where}: applies, is vouched for, admitted, and takes the membership, by keyboard, with no barrier that axe finds`, async () => {
      const [ana, ben, kim] = [await steward('Ana of Lisbon', options), await steward('بن', options), await openPage(browser, options)];
      try {
        const look = await lookerAt(kim.page, where);
        await kim.page.goto(`${server.issuer}/`);
        await look('home');
        await follow(kim.page, 'Ask to join');
        await says(kim.page, /2 members must vouch/);
        await follow(kim.page, /^the charter/);
        await says(kim.page, /Who decides what/);
        await look('charter');
        await kim.page.goBack();

        // A form that is sent with something missing keeps what was typed, and says what is wrong beside it.
        await tabToField(kim.page, 'name');
        await kim.page.keyboard.type(NAME);
        await send(kim.page, 'Send my application');
        await says(kim.page, /Nothing was sent/);
        assert.equal(await kim.page.locator('#name').inputValue(), NAME);
        assert.equal(await kim.page.locator('#statement').getAttribute('aria-describedby'), 'statement-error statement-hint');
        await look('apply');
        await tabToField(kim.page, 'statement');
        await kim.page.keyboard.type(STATEMENT);
        await tabToField(kim.page, 'node');
        await kim.page.keyboard.type('Lisbon');
        await send(kim.page, 'Send my application');
        await says(kim.page, /0 of 2 vouch/);
        await look('application');
        const application = kim.page.url();

        // The code on the screen is the link in words; and nothing secret stands in the address.
        const vouch = await kim.page.locator('#vouch').inputValue();
        assert.equal(await scan(kim.page), vouch);
        const kept = await kim.page.locator('#keep').inputValue();
        assert.ok(!application.includes(kept.split('/').at(-1)));

        for (const [member, name] of [[ana, 'ana'], [ben, 'ben']]) {
          const lookHere = await lookerAt(member.page, where);
          await signInTo(member.page, vouch);
          await says(member.page, /asks to join/);
          assert.equal(await member.page.locator('h1 bdi').innerText(), NAME);
          await lookHere(`vouch-${name}`);
          await tabToField(member.page, 'words');
          await member.page.keyboard.type(`${name} cooked with them.`);
          await send(member.page, 'Vouch for them');
          await says(member.page, /You vouch for them/);
        }

        // At the desk each reads who asks and what was said of them, and admits.
        for (const [member, name] of [[ana, 'ana'], [ben, 'ben']]) {
          await member.page.goto(`${server.issuer}/desk`);
          await follow(member.page, /^Admit a person/);
          await says(member.page, /It waits for approvals/);
          const said = (await member.page.locator('dd .said').allTextContents()).map((text) => text.trim());
          for (const words of [NAME, STATEMENT, 'ana cooked with them.', 'ben cooked with them.']) assert.ok(said.includes(words), `${words} in ${said}`);
          const lookHere = await lookerAt(member.page, where);
          if (name === 'ana') {
            if (rtl) await member.page.reload();
            await lookHere('admission');
            await follow(member.page, 'Propose to refuse them');
            await says(member.page, /Which criterion of the charter/);
            await lookHere('refuse');
            await member.page.goBack();
          }
          await send(member.page, 'Approve');
          await says(member.page, name === 'ana' ? /1 of 2/ : /It was carried out/);
        }

        // From another browser the link that was kept leads back.
        const elsewhere = await openPage(browser, options);
        try {
          await elsewhere.page.goto(kept);
          assert.equal(elsewhere.page.url(), application);
          await says(elsewhere.page, /You are admitted/);
          assert.deepEqual(besidesRefusals(elsewhere.faults), []);
        } finally {
          await elsewhere.close();
        }

        await kim.page.goto(application);
        await says(kim.page, /You are admitted/);
        await look('admitted');
        const code = await kim.page.locator('.digits').innerText();
        await send(kim.page, 'Take the membership');
        await openHere(kim.page).click();
        await kim.page.getByLabel('The code you were given').fill(code);
        await press(kim.page, 'Take it');
        await screen(kim.page, 'It is yours');
        await kim.page.goto(application);
        await says(kim.page, /You are a member/);
        await look('joined');
        await signInTo(kim.page, `${server.issuer}/account`);
        await says(kim.page, /What you are signed in to/);
        assert.deepEqual(besidesRefusals([...ana.faults, ...ben.faults, ...kim.faults]), []);
      } finally {
        for (const opened of [ana, ben, kim]) await opened.close();
      }
    });
  }

  /** A member with a wallet in a browser of their own, and a mandate to admit for the whole nation. */
  async function steward(name, options) {
    const opened = await openPage(browser, options);
    const { member_id: id } = await take(opened.page, server, { claims: { display_name: name } });
    const until = new Date(Date.now() + 300 * 86_400_000).toISOString().slice(0, 10);
    await server.netid('member', 'appoint', id, '--act', 'admit', '--until', until);
    return opened;
  }
});

/** Opens a page that asks who one is; the wallet of this browser says it, and the page is there. */
async function signInTo(page, url) {
  await page.goto(url);
  await openHere(page).click();
  await press(page, 'Show it');
  await page.waitForURL(url);
}

/** Goes to a link by keyboard. */
async function follow(page, name) {
  const fits = (element) => element.href && (typeof name === 'string' ? element.name === name : name.test(element.name));
  const focused = await tabTo(page, fits);
  assert.ok(focused.visible, 'the focus shows');
  await page.keyboard.press('Enter');
}

/** Presses Tab until a field has the focus. */
async function tabToField(page, id) {
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(() => document.activeElement.id) === id) return;
  }
  assert.fail(`forty presses of Tab do not reach ${id}`);
}

/** Presses a button by keyboard. */
async function send(page, name) {
  const focused = await tabTo(page, (element) => element.name === name);
  assert.ok(focused.visible, 'the focus shows');
  await page.keyboard.press('Enter');
}
