// The wallet in the browser with W3C credentials, of a stranger's issuer and for a stranger's verifier: what a member is told, and that it serves everyone.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { besidesRefusals, press, screen } from './lib/browser-wallet.mjs';
import { browserTest, openBrowser, openPage, says, textOf } from './lib/browser.mjs';
import { serveWallet } from './lib/core.mjs';
import { lookerAt, tabTo, WAYS } from './lib/pages.mjs';
import { BASE_TYPE, didDocument, listOf, sign, verifier, VOCABULARY, w3cIssuer } from './lib/w3c.mjs';

const W3C = { id: 'w', format: 'ldp_vc', meta: { type_values: [[BASE_TYPE, `${VOCABULARY}MembershipCredential`]] }, claims: [{ path: ['credentialSubject', 'tier'] }] };
const SD_JWT = { id: 's', format: 'dc+sd-jwt', meta: { vct_values: ['urn:example:membership'] }, claims: [{ path: ['tier'] }] };

describe('The wallet in the browser holds W3C credentials', () => {
  let wallet, browser;
  before(async () => {
    wallet = await serveWallet();
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await wallet?.close();
  });

  /** A page of the wallet, to which an issuer and a verifier answer as if they were on the web. */
  async function open(changes, options) {
    const [made, app] = [w3cIssuer(changes), verifier()];
    const session = await openPage(browser, { ours: ['issuer.example', 'app.example'], ...options });
    const { page } = session;
    for (const [host, fetcher] of [['issuer.example', made.fetcher], ['app.example', app.fetcher]]) {
      await page.route(`https://${host}/**`, async (route) => {
        const request = route.request();
        const answer = await fetcher(request.url(), { method: request.method(), body: request.postData() });
        await route.fulfill({ status: answer.status, headers: { ...Object.fromEntries(answer.headers), 'access-control-allow-origin': '*' }, body: await answer.text() });
      });
    }
    return {
      ...session, made,
      take: async () => {
        await page.goto(`${wallet.origin}/offer${new URL(made.link).search}`);
        await press(page, 'Take it');
        await screen(page, 'It is yours');
      },
      ask: async (query) => {
        await page.goto(`${wallet.origin}/present${await app.ask(query)}`);
        await page.getByRole('heading', { level: 1, name: /asks|fits/ }).waitFor();
      },
    };
  }

  const story = (name, tell, changes) => browserTest(name, async () => {
    const session = await open(changes);
    try {
      await tell(session.page, session);
      assert.deepEqual(besidesRefusals(session.faults), []);
    } finally {
      await session.close();
    }
  });

  story('beside the form that hides: an offer of both is told in words, and both are taken', async (page, { take, made }) => {
    await page.goto(`${wallet.origin}/offer${new URL(made.link).search}`);
    await screen(page, 'Take your Membership');
    const text = await textOf(page);
    assert.match(text, /two forms, and you take both/);
    assert.match(text, /One shows only what you agree to/);
    assert.equal(text.match(/What it can say about you/g).length, 1);
    await take();
    await says(page, /in two forms/);
    assert.deepEqual(await page.locator('.card .shows').allInnerTexts(), ['Shows only what you agree to', 'Shows all that it says, each time']);
    await page.goto(wallet.origin);
    await page.locator('.card', { hasText: 'Shows all' }).getByRole('link').click();
    const told = await says(page, /A W3C credential/);
    assert.match(told, /Tier\s+member[\s\S]*Valid|Valid[\s\S]*Tier\s+member/);
    await page.locator('summary', { hasText: 'The credential as it is signed' }).click();
    await says(page, /"cryptosuite": "eddsa-jcs-2022"/);
  });

  story('and shows one whole: what was asked and what was not is listed before, and is in the history after', async (page, { take, ask }) => {
    await take();
    await ask({ credentials: [W3C] });
    assert.match(await textOf(page), /shows all of its claims[\s\S]*Will be shown\s+Tier\s+member\s+Shown too, though not asked for\s+Member since\s+2026-01-01\s+display_name\s+Ada/);
    assert.equal(await page.locator('.hidden-claims').count(), 0);
    await press(page, 'Show it');
    await screen(page, 'It was shown');
    await page.goto(`${wallet.origin}/#history`);
    assert.match(await says(page, /Shown/), /The Library[\s\S]*Tier\s+member\s+Member since\s+2026-01-01\s+display_name\s+Ada/);
  });

  story('and shows the form that hides where either is taken, and says so', async (page, { take, ask }) => {
    await take();
    await ask({ credentials: [W3C, SD_JWT], credential_sets: [{ options: [['w'], ['s']] }] });
    const text = await textOf(page);
    assert.match(text, /This is the one that shows least/);
    assert.ok(!text.includes('Ada') && !text.includes('shows all of its claims'), text);
    await press(page, 'Show it');
    await screen(page, 'It was shown');
  });

  story('and misbehaves with them on purpose: each lie is refused by name', async (page, { take, ask }) => {
    await take();
    await ask({ credentials: [W3C] });
    await press(page, 'Show it');
    await screen(page, 'It was shown');
    await ask({ credentials: [W3C] });
    await page.locator('summary', { hasText: 'Break it on purpose' }).click();
    for (const [lie, reason] of [['Tamper', /does not hold: issuer$/], ['Copy', /does not hold: proof$/], ['Replay', /does not hold: proof$/], ['Wrong audience', /does not hold: proof$/]]) {
      await press(page, lie);
      const line = page.locator('.results li', { hasText: lie });
      await line.waitFor();
      assert.match(await line.innerText(), reason, lie);
    }
    await press(page, 'Show it');
    await screen(page, 'It was shown');
  });

  story('and keeps the form that came where the other is not as it must be, which can be forgotten', async (page, { made }) => {
    await page.goto(`${wallet.origin}/offer${new URL(made.link).search}`);
    await press(page, 'Take it');
    await screen(page, 'It is yours');
    await says(page, /Not all of it came/);
    assert.equal(await page.locator('.card').count(), 1);
    await page.goto(wallet.origin);
    await press(page, 'Finish');
    await screen(page, 'It was not taken');
    await page.goto(wallet.origin);
    await press(page, 'Forget it');
    await says(page, /Forgotten/);
  }, { did: didDocument({ assertionMethod: [] }) });

  story('and says what is missing, by the end of its name', async (page, { ask }) => {
    await ask({ credentials: [W3C] });
    assert.match(await textOf(page), /for an offer of MembershipCredential, with tier/);
  });

  story('and shows one by keyboard alone', async (page, { take, ask }) => {
    await take();
    await ask({ credentials: [W3C] });
    assert.ok((await tabTo(page, ({ name }) => name === 'Show it')).visible);
    await page.keyboard.press('Enter');
    await screen(page, 'It was shown');
  });

  for (const [where, { rtl: _, ...options }] of Object.entries(WAYS)) {
    browserTest(`without a barrier that axe finds, and nothing too wide, ${where}`, async () => {
      const { page, faults, close, made, take, ask } = await open({ lists: { suspension: sign(listOf('suspension', [9])).then(JSON.stringify) } }, options);
      try {
        const look = await lookerAt(page, where);
        await page.goto(`${wallet.origin}/offer${new URL(made.link).search}`);
        await screen(page, 'Take your Membership');
        await look('w3c-offer');
        await take();
        await look('w3c-taken');
        await page.goto(wallet.origin);
        await says(page, /Suspended/);
        await look('w3c-home');
        await page.locator('.card', { hasText: 'Shows all' }).getByRole('link').click();
        await page.locator('summary', { hasText: 'The credential as it is signed' }).click();
        await look('w3c-credential');
        await ask({ credentials: [W3C] });
        await look('w3c-request');
        await ask({ credentials: [W3C, SD_JWT], credential_sets: [{ options: [['w'], ['s']] }] });
        await look('w3c-either');
        assert.deepEqual(besidesRefusals(faults), []);
      } finally {
        await close();
      }
    });
  }
});
