// A printed card: made on the member's own page, printed by the browser, read from the paper by a library that is not ours, and verified by others: its signature and that it is nobody's key's.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { after, before, describe } from 'node:test';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import jsQR from 'jsqr';
import { PNG } from 'pngjs';
import { besidesRefusals, openHere, press, take } from './lib/browser-wallet.mjs';
import { browserTest, openBrowser, openPage, says } from './lib/browser.mjs';
import { lookerAt, tabTo, WAYS } from './lib/pages.mjs';
import { eventually, startServer } from './lib/server.mjs';
import { keyByMetadata, readStatus, verifyCredential } from './lib/verifier.mjs';

const [VALID, INVALID] = [0, 1];
const NAME = 'Fay <i>Example</i> مريم';

describe('A printed card', () => {
  let server, browser, rootPem;
  before(async () => {
    server = await startServer({ wallet: true });
    rootPem = await server.exportRoot();
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  for (const [where, { rtl, ...options }] of Object.entries(WAYS)) {
    browserTest(`${where}: is printed and ended by keyboard, with no barrier that axe finds, and a stranger's libraries read and verify what is on the paper`, async () => {
      const { page, faults, close } = await openPage(browser, options);
      try {
        const look = await lookerAt(page, where);
        await take(page, server, { claims: { display_name: NAME } });
        await page.goto(`${server.issuer}/account`);
        await openHere(page).click();
        await press(page, 'Show it');
        await page.getByRole('heading', { name: 'Your page', level: 1 }).waitFor();
        await follow(page, 'Print a card');
        await page.getByRole('heading', { name: 'Your printed card', level: 1 }).waitFor();
        await look('card-none');
        await pressByKeyboard(page, 'Print a card');
        await page.locator('.card .matrix svg').waitFor();
        await says(page, /not that who bears it is the person/);
        assert.equal(await page.locator('.called').textContent(), NAME);
        await look('card');

        // What a printer gets: the card alone, black on white, of the size of two bank cards.
        const held = await page.locator('#held').inputValue();
        const paper = await onPaper(page, where);
        assert.equal(paper.text, held);
        assert.ok(held.length <= 1500, `${held.length} characters`);
        assert.deepEqual([paper.millimetres.width, paper.millimetres.height].map(Math.round), [86, 109]);
        assert.equal(paper.shown, false, 'nothing but the card is on the paper');
        await verified(held);
        await eventually('its status is published', async () => (await readStatus(held, { fetch: server.fetch, rootPem })).status === VALID);

        // Anyone pastes it, and reads that the person is not proven.
        const anyone = await openPage(browser, options);
        await anyone.page.goto(`${server.issuer}/verify`);
        await anyone.page.locator('#text').fill(paper.text);
        await pressByKeyboard(anyone.page, 'Check it');
        await says(anyone.page, /Signature right, person not proven/);
        assert.equal(await anyone.page.locator('.verdict.person').count(), 1);
        if (process.env.NETID_PICTURES) await anyone.page.screenshot({ path: `${process.env.NETID_PICTURES}/${where.replaceAll(/\W+/g, '-')}-card-checked.png`, fullPage: true });
        await anyone.close();

        await pressByKeyboard(page, 'It is lost: end the card');
        await says(page, /For when you have no phone at hand/);
        assert.equal(await page.locator('.card').count(), 0);
        await eventually('the list says that it has ended', async () => (await readStatus(held, { fetch: server.fetch, rootPem })).status === INVALID, 90);
        assert.deepEqual(besidesRefusals(faults), []);
      } finally {
        await close();
      }
    });
  }

  /** By @sd-jwt and jose, with the key that the issuer's metadata has under the card's kid: the nation says it, and it is nobody's key's. */
  async function verified(card) {
    const [jwt] = card.split('~');
    assert.deepEqual(Object.keys(decodeProtectedHeader(jwt)).sort(), ['alg', 'kid', 'typ']);
    const { payload } = await verifyCredential(card, { key: await keyByMetadata(jwt, server.fetch), fetch: server.fetch });
    assert.equal(payload.vct, 'urn:network-identity:card:1');
    assert.equal(payload.display_name, NAME);
    assert.equal(payload.notice, 'Printed card: the bearer is not proven');
    assert.equal(decodeJwt(jwt).cnf, undefined);
  }
});

/** What is on the paper: the code as it is read from a picture of 150 dots an inch, how large the card is, and whether anything else shows. */
async function onPaper(page, where) {
  await page.emulateMedia({ media: 'print' });
  try {
    const card = page.locator('.card');
    const { width, height } = await card.boundingBox();
    const png = await card.screenshot();
    if (process.env.NETID_PICTURES) {
      await writeFile(`${process.env.NETID_PICTURES}/${where.replaceAll(/\W+/g, '-')}-card-printed.png`, png);
      await page.screenshot({ path: `${process.env.NETID_PICTURES}/${where.replaceAll(/\W+/g, '-')}-card-page-printed.png`, fullPage: true });
    }
    const { data, width: wide, height: high } = PNG.sync.read(png);
    const shown = await page.evaluate(() => [...document.querySelectorAll('header, footer, h1, form, details, .lead')].some((element) => element.checkVisibility()));
    const over = await page.evaluate(() => [...document.querySelectorAll('.face')].filter((face) => face.scrollHeight > face.clientHeight + 1).length);
    assert.equal(over, 0, 'what is on a face fits it');
    return { text: jsQR(new Uint8ClampedArray(data), wide, high)?.data, millimetres: { width: width / 96 * 25.4, height: height / 96 * 25.4 }, shown };
  } finally {
    await page.emulateMedia({ media: 'screen' });
  }
}

/** Presses a button that the keyboard comes to. */
async function pressByKeyboard(page, name) {
  const { visible } = await tabTo(page, (element) => element.name.trim() === name);
  assert.ok(visible, `the focus shows on ${name}`);
  await page.keyboard.press('Enter');
  await page.waitForLoadState();
}

/** Follows a link that the keyboard comes to. */
async function follow(page, name) {
  await tabTo(page, (element) => element.href && element.name.trim() === name);
  await page.keyboard.press('Enter');
  await page.waitForLoadState();
}
