// A lost wallet, from the call to the new one, with the days between: three attest, one too few does nothing, two stewards decide, an objection ends it, and apps know the person as before.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { register, startApp } from './lib/app.mjs';
import { besidesRefusals, openHere, press, screen, signInHere, take } from './lib/browser-wallet.mjs';
import { chromiumPath, openBrowser, openPage, says } from './lib/browser.mjs';
import { daysLater, fakeTime, today } from './lib/clock.mjs';
import { lookerAt, tabTo, WAYS } from './lib/pages.mjs';
import { eventually, startServer } from './lib/server.mjs';

const CHARTER = new URL('../../docs/charters/co-living.json', import.meta.url);
const missing = [chromiumPath ? null : 'chromium', fakeTime ? null : 'faketime'].find(Boolean);
const WAY = 'on a phone from right to left, in the dark, with forced colours';
const { rtl, ...OPTIONS } = WAYS[WAY];

describe('Who lost their wallet gets another', { skip: missing ? `${missing} is not installed` : false }, () => {
  let server, browser, app, partner;
  before(async () => {
    server = await startServer({ wallet: true });
    browser = await openBrowser();
    app = await startApp();
    partner = await register(server, app);

    // The co-living charter, without a second proof: desk.test.mjs has that.
    const charter = JSON.parse(await readFile(CHARTER, 'utf8'));
    delete charter.acts.rebind.prove_again;
    const file = join(server.directory, 'charter.json');
    await writeFile(file, JSON.stringify(charter));
    await server.run('charter', 'adopt', file);
  });
  after(async () => {
    today();
    await browser?.close();
    await app?.close();
    await server?.stop();
  });

  it('after the days that the charter wants', async () => {
    const people = {};
    for (const name of ['Fay', 'Ana', 'Ben', 'Cyd', 'Dee', 'Eve', 'New']) people[name] = await openPage(browser, name === 'New' || name === 'Ana' ? OPTIONS : {});
    const { Fay, Ana, Ben, Cyd, Dee, Eve, New } = people;
    const contexts = Object.values(people).map((person) => person.context);
    for (const name of ['Fay', 'Ana', 'Ben', 'Cyd', 'Dee', 'Eve']) people[name].memberId = (await take(people[name].page, server, { claims: { display_name: name } })).member_id;
    const until = new Date(Date.now() + 300 * 86_400_000).toISOString().slice(0, 10);
    for (const { memberId } of [Dee, Eve]) await server.netid('member', 'appoint', memberId, '--act', 'rebind', '--until', until);
    const before = (await signInHere(Fay.page, partner)).claims.sub;

    // Three are named; it holds after three days.
    await at(Fay.page, '/account/recovery');
    await Fay.page.getByLabel('Their ids, one on each line').fill([Ana, Ben, Cyd].map((one) => one.memberId).join('\n'));
    await press(Fay.page, 'Name them');
    await says(Fay.page, /Who will be, from/);
    await daysLater(4, server, ...contexts);

    // Ana is called, and reads a code out; the person types it in, with no wallet at all.
    const [lookAna, look] = [await lookerAt(Ana.page, WAY), await lookerAt(New.page, WAY)];
    await at(Ana.page, '/account/recovery');
    await send(Ana.page, /^They lost their wallet/);
    await says(Ana.page, /Read this code out to them/);
    await lookAna('recovery-code');
    const first = await Ana.page.locator('section[aria-labelledby=code] code strong').textContent();
    await New.page.goto(`${server.issuer}/recover`);
    await New.page.getByLabel('The code that was read out to you').focus();
    await New.page.keyboard.type(first);
    await New.page.keyboard.press('Enter');
    await says(New.page, /Read this code out/);
    await look('recovery-attesting');
    const [page, code] = [New.page.url(), await New.page.locator('section[aria-labelledby=code] code strong').textContent()];

    // Two of three are not enough: nothing is put to anybody.
    for (const one of [Ana, Ben]) await attest(one, code, one === Ana ? lookAna : undefined);
    await New.page.reload();
    await says(New.page, /2 of 3 attested/);
    await at(Dee.page, '/desk');
    assert.equal(await Dee.page.getByText('Bind a new wallet to a member').count(), 0);
    await attest(Cyd, code);

    // Stewards decide; one alone does not.
    await Dee.page.goto(`${server.issuer}/desk`);
    await Dee.page.getByRole('link', { name: 'Bind a new wallet to a member' }).click();
    await press(Dee.page, 'Approve');
    await says(Dee.page, /1 of 2/);
    const decision = Dee.page.url();
    await at(Eve.page, '/desk');
    await Eve.page.goto(decision);
    await press(Eve.page, 'Approve');
    await says(Eve.page, /waits for its day/);
    await New.page.goto(page);
    await says(New.page, /You can take your membership from/);
    await look('recovery-waits');
    assert.equal(await New.page.getByRole('button', { name: 'Get my membership' }).count(), 0);

    // Until it is taken the old wallet works, and its holder could object: the page says so.
    await at(Fay.page, '/account/recovery');
    await says(Fay.page, /A new wallet is asked for in your name/);
    await daysLater(8, server, ...contexts);

    // The delay is over, which a server sees within a minute: the new wallet takes it.
    await New.page.goto(page);
    await eventually('the new wallet can be taken', async () => {
      await New.page.reload();
      return await New.page.getByRole('button', { name: 'Get my membership' }).count() > 0;
    }, 180);
    await send(New.page, 'Get my membership');
    await New.page.getByRole('heading', { name: 'Take it with your wallet' }).waitFor();
    await look('recovery-offer');
    const [offer, tx] = [await New.page.getByRole('link', { name: /Open the offer/ }).getAttribute('href'), await New.page.locator('section[aria-labelledby=take] code strong').textContent()];
    await New.page.goto(offer);
    await openHere(New.page).click();
    await New.page.getByRole('textbox').fill(tx);
    await press(New.page, 'Take it');
    await screen(New.page, 'It is yours');
    await New.page.goto(page);
    await says(New.page, /It is done/);
    await look('recovery-done');

    // The app knows the person as before, and the lost wallet as revoked.
    assert.equal((await signInHere(New.page, partner)).claims.sub, before);
    await Fay.page.goto((await partner.begin({ prompt: 'login' })).url);
    await openHere(Fay.page).click();
    await says(Fay.page, /Revoked|revoked/);
    assert.deepEqual(besidesRefusals(Object.values(people).flatMap(({ faults }) => faults)), []);
    for (const person of Object.values(people)) await person.close();
  });

  /** Opens a page of the nation's own, which asks who one is where one is not signed in; the wallet of this browser says it. */
  async function at(page, path) {
    await page.goto(`${server.issuer}${path}`);
    if (page.url().includes('/sign-in/')) {
      await openHere(page).click();
      await press(page, 'Show it');
    }
    await page.waitForURL(`${server.issuer}${path}`);
  }

  async function attest({ page }, code, look) {
    await at(page, '/account/recovery');
    await page.getByLabel('The code', { exact: true }).fill(code);
    await press(page, 'Go on');
    await says(page, /Is it Fay\?/);
    await look?.('recovery-attest');
    await send(page, 'I spoke with them, and it is them');
    await says(page, /You attested that it is them/);
  }
});

/** Presses a button by keyboard. */
async function send(page, name) {
  const focused = await tabTo(page, (element) => (typeof name === 'string' ? element.name === name : name.test(element.name)));
  assert.ok(focused.visible, 'the focus shows');
  await page.keyboard.press('Enter');
}
