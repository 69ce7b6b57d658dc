// Journeys 4 and 5: stewards attest a stay and contributions; the member takes what follows, and contests what is wrong. A stranger's program makes the same band.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { fileURLToPath } from 'node:url';
import { besidesRefusals, prove, take, takeEarned } from './lib/browser-wallet.mjs';
import { browserTest, openBrowser, openPage, says } from './lib/browser.mjs';
import { lookerAt, tabTo, WAYS } from './lib/pages.mjs';
import { startServer } from './lib/server.mjs';
import { bands } from './reputation.mjs';

const CHARTER = fileURLToPath(new URL('../../docs/charters/co-living.json', import.meta.url));
const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

describe('What others have seen is earned, shown and contested', () => {
  let server, browser;
  let files = 0;
  before(async () => {
    server = await startServer({ wallet: true });
    browser = await openBrowser();
    await server.run('charter', 'adopt', CHARTER);
    await server.run('node', 'add', '--name', 'Lisbon', '--region', 'Europe');
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  for (const [where, { rtl, ...options }] of Object.entries(WAYS)) {
    browserTest(`${where}: a stay makes a residency, facts make a reputation, and a fact is contested, with no barrier that axe finds`, async () => {
      const [gil, dee, ivy] = [await person('Gil', options), await person('دي', options), await person('Ivy <i>Example</i>', options)];
      try {
        for (const steward of [gil, dee]) await server.netid('member', 'appoint', steward.id, '--act', 'witness', '--until', day(300));

        // Gil attests a stay, by keyboard.
        const look = await lookerAt(gil.page, where);
        await arrive(gil.page, '/desk', 'The desk');
        await tabTo(gil.page, (element) => element.name === 'Witness what happened');
        await gil.page.keyboard.press('Enter');
        await says(gil.page, /one person is enough/);
        await send(gil.page, 'Propose');
        await says(gil.page, /Nothing was proposed/);
        await look('witness');
        await attest(gil.page, { member: ivy.id, kind: 'stay', from: day(-100), until: day(0) });
        await says(gil.page, /It was carried out/);
        await says(gil.page, /100 nights/);
        await look('witnessed');

        // Ivy sees it, and takes the residency that follows.
        const lookIvy = await lookerAt(ivy.page, where);
        await arrive(ivy.page, '/account/facts', 'What was witnessed of you');
        await says(ivy.page, /100 nights/);
        await lookIvy('facts');
        await ivy.page.goto(`${server.issuer}/account/residency`);
        await says(ivy.page, /Not an immigration status/);
        await says(ivy.page, /Resident/);
        await lookIvy('residency');
        await takeEarned(ivy.page, server, 'residency');
        await says(ivy.page, /Residency/);

        // Two people attest contributions: a band, which a stranger's program makes of the exported facts, too.
        await contribution(gil.page, ivy.id, 'Gave a course on bees');
        await arrive(dee.page, '/desk', 'The desk');
        await contribution(dee.page, ivy.id, 'Mended the roof');
        await ivy.page.goto(`${server.issuer}/account/reputation`);
        await says(ivy.page, /emerging/);
        await lookIvy('reputation');
        await takeEarned(ivy.page, server, 'reputation');
        const file = join(server.directory, `facts-${files++}.json`);
        await server.run('facts', 'export', file, '--member', ivy.id);
        const document = JSON.parse(await readFile(file, 'utf8'));
        const made = bands(document, day(0)).filter((one) => one.member === document.about);
        assert.deepEqual(made.map(({ domain, band }) => [domain, band]), [['contribution', 'emerging']]);

        // The stay was otherwise: Ivy contests it, Dee decides, and Gil has no say.
        await ivy.page.goto(`${server.issuer}/account/facts`);
        await tabTo(ivy.page, (element) => element.name.startsWith('A stay'));
        await ivy.page.keyboard.press('Enter');
        await says(ivy.page, /Contest it/);
        await lookIvy('contest');
        await send(ivy.page, 'Contest it');
        await says(ivy.page, /Nothing was done/);
        assert.equal(await ivy.page.locator('#text').getAttribute('aria-describedby'), 'text-error text-hint');
        await lookIvy('contest-wrong');
        await ivy.page.locator('#from').fill(day(-120));
        await ivy.page.locator('#text').fill('I came in <b>July</b>');
        await send(ivy.page, 'Contest it');
        await says(ivy.page, /You contest it/);
        await lookIvy('contested');
        await gil.page.goto(`${server.issuer}/desk`);
        await says(gil.page, /Nothing waits for you now/);
        await dee.page.goto(`${server.issuer}/desk`);
        await tabTo(dee.page, (element) => element.href?.includes('/desk/decisions/'));
        await dee.page.keyboard.press('Enter');
        await says(dee.page, /I came in <b>July<\/b>/);
        await send(dee.page, 'Approve');
        await says(dee.page, /It was carried out/);
        await ivy.page.reload();
        await says(ivy.page, /It was corrected/);
        assert.deepEqual(besidesRefusals([...gil.faults, ...dee.faults, ...ivy.faults]), []);
      } finally {
        for (const one of [gil, dee, ivy]) await one.close();
      }
    });
  }

  /** A member with a wallet in a browser of their own. */
  async function person(name, options) {
    const opened = await openPage(browser, options);
    const { member_id: id } = await take(opened.page, server, { claims: { display_name: name, node: 'Lisbon' } });
    return { ...opened, id };
  }

  /** Comes to a page for the first time: the wallet of this browser says who one is. */
  async function arrive(page, path, heading) {
    await page.goto(`${server.issuer}${path}`);
    await prove(page);
    await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
    assert.equal(page.url(), `${server.issuer}${path}`);
  }

  async function contribution(page, member, text) {
    await page.goto(`${server.issuer}/desk/propose/witness`);
    await attest(page, { member, kind: 'contribution', from: day(-1), until: day(-1), text });
    await says(page, /It was carried out/);
  }
});

/** Fills in the form of a fact, and sends it by keyboard. */
async function attest(page, { member, kind, from, until, text = '' }) {
  await page.locator('#member').fill(member);
  await page.locator('#kind').selectOption(kind);
  await page.locator('#node').selectOption('node:Lisbon');
  await page.locator('#from').fill(from);
  await page.locator('#until').fill(until);
  await page.locator('#text').fill(text);
  await send(page, 'Propose');
}

/** Presses a button by keyboard. */
async function send(page, name) {
  const focused = await tabTo(page, (element) => element.name === name);
  assert.ok(focused.visible, 'the focus shows');
  await page.keyboard.press('Enter');
}
