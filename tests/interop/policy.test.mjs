// A policy with claims that are required, on request and optional, as wallets, an app and people meet it.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openWithoutBrowser, register, startApp } from './lib/app.mjs';
import { ask, press, signInHere, take } from './lib/browser-wallet.mjs';
import { browserTest, openBrowser, openPage, says } from './lib/browser.mjs';
import { fits, noBarrier, PHONE, tabTo } from './lib/pages.mjs';
import { startServer } from './lib/server.mjs';
import { becomeMember } from './lib/story.mjs';

const POLICY = {
  version: 1,
  purpose: 'To lend you books, and to greet you by name if you like.',
  credentials: [
    { type: 'membership', claims: { required: ['tier'], on_request: ['member_since'], optional: ['display_name', 'node'] }, max_age_days: 30 },
    { type: 'residency', required: false, min_days_left: 7 },
  ],
};
const TIER = [{ type: 'urn:network-identity:credential-presentation', credential_type: 'membership', claims: ['member_since'] }];
const VERIFIED = { id_token: { verified_claims: { verification: { trust_framework: null, time: null, evidence: null }, claims: { membership: null } } } };

describe('A policy', () => {
  let server, browser, app, partner, folder, ada, ben;
  before(async () => {
    [server, folder] = [await startServer({ wallet: true }), await mkdtemp(join(tmpdir(), 'netid-policy-'))];
    const policyFile = join(folder, 'policy.json');
    await writeFile(policyFile, JSON.stringify(POLICY));
    [browser, app] = [await openBrowser(), await startApp()];
    partner = await register(server, app, { policyFile });
    [ada, ben] = [await becomeMember(server), await becomeMember(server, { claims: { node: 'Porto' } })];
  });
  after(async () => {
    await browser?.close();
    await app?.close();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const signIn = async ({ wallet, credential }, parameters) => {
    const begun = await partner.begin(parameters);
    const { link, cookie } = await openWithoutBrowser(server, begun.url);
    const answered = await wallet.present(link, credential);
    assert.equal(answered.status, 200, answered.text);
    const back = await server.fetch(answered.redirectUri, { redirect: 'manual', headers: { cookie } });
    return { ...(await partner.finish(begun, new URL(back.headers.get('location')))), answered };
  };

  it('is answered by a wallet of strangers with what is optional, and by one whose credential lacks it without', async () => {
    const [all, less] = [await signIn(ada), await signIn(ben)];
    assert.deepEqual(all.claims.membership, { ...all.claims.membership, tier: 'member', display_name: 'Ada Example', node: 'Lisbon' });
    assert.deepEqual(Object.keys(all.claims.membership).sort(), ['display_name', 'member_since', 'node', 'tier']);
    assert.deepEqual(Object.keys(less.claims.membership).sort(), ['member_since', 'tier']);
    assert.deepEqual(less.userinfo.membership, less.claims.membership);
  });

  it('gives openid-client what authorization_details and verified_claims ask, inside it', async () => {
    const { tokens, claims } = await signIn(ada, { scope: 'openid', authorization_details: JSON.stringify(TIER) });
    assert.deepEqual(tokens.authorization_details, TIER);
    assert.deepEqual(Object.keys(claims.membership).sort(), ['member_since', 'tier']);

    const verified = await signIn(ada, { scope: 'openid', claims: JSON.stringify(VERIFIED) });
    const { verification, claims: said } = verified.claims.verified_claims;
    assert.equal(verification.evidence[0].record.source.name, server.issuer);
    assert.equal(verification.evidence[0].record.type, 'urn:network-identity:membership:1');
    assert.match(verification.evidence[0].record.created_at, /^\d{4}-\d\d-\d\dT00:00:00Z$/);
    assert.equal(said.membership.display_name, 'Ada Example');
    assert.deepEqual(verified.claims.membership, { tier: 'member' });

    const { url } = await partner.begin({ authorization_details: JSON.stringify([{ ...TIER[0], claims: ['rights'] }]) });
    const refused = await server.fetch(url, { redirect: 'manual' });
    assert.equal(new URL(refused.headers.get('location')).searchParams.get('error'), 'invalid_authorization_details');
  });

  browserTest('is answered by the wallet in the browser with what must be shown, and with more where its holder says so', async () => {
    const { page, faults, close } = await openPage(browser);
    try {
      await take(page, server, { claims: { display_name: 'Cora', node: 'Faro' } });
      const least = await signInHere(page, partner);
      assert.deepEqual(Object.keys(least.claims.membership).sort(), ['member_since', 'tier']);

      const begun = await ask(page, partner, { prompt: 'login' });
      const more = page.getByRole('checkbox', { name: 'Show Node and Name too. It is not required.' });
      assert.doesNotMatch(await page.locator('.choices').innerText(), /Cora/);
      await noBarrier(page, 'what is optional');
      await more.press('Space');
      await says(page, /Cora/);
      assert.ok(await more.isChecked());
      await noBarrier(page, 'with what is optional');
      await shot(page, 'wallet');
      await press(page, 'Show it');
      const { claims } = await partner.finish(begun);
      assert.deepEqual([claims.membership.display_name, claims.membership.node], ['Cora', 'Faro']);
      assert.deepEqual(faults, []);
    } finally {
      await close();
    }
  });

  for (const [where, options] of Object.entries({ 'on a desktop': {}, 'on a desktop in the dark': { colorScheme: 'dark' }, 'on a phone': PHONE, 'on a phone in the dark': { ...PHONE, colorScheme: 'dark' } })) {
    browserTest(`is told on the sign-in page and in the preview without a barrier ${where}`, async () => {
      const { page, faults, close } = await openPage(browser, options);
      try {
        await page.goto((await partner.begin({ scope: 'openid membership residency', claims: JSON.stringify(VERIFIED) })).url);
        await says(page, /greet you by name/);
        await noBarrier(page, 'a policy');
        await fits(page);
        await shot(page, `sign-in ${where}`);

        await page.goto(`${server.issuer}/preview`);
        await noBarrier(page, 'no preview yet');
        await page.goto(`${server.issuer}/preview?client_id=${partner.registered.client_id}`);
        await says(page, /greet you by name/);
        await noBarrier(page, 'preview');
        await fits(page);
        await shot(page, `preview ${where}`);
        for (const summary of await page.locator('summary').all()) await summary.click();
        await noBarrier(page, 'preview unfolded');
        await fits(page);
        await shot(page, `preview unfolded ${where}`);
        assert.deepEqual(faults, []);
      } finally {
        await close();
      }
    });
  }

  browserTest('is previewed with the keyboard alone', async () => {
    const { page, close } = await openPage(browser);
    try {
      await page.goto(`${server.issuer}/preview`);
      await page.keyboard.press('Tab');
      await page.keyboard.type(partner.registered.client_id);
      await page.keyboard.press('Tab');
      await page.keyboard.type('openid');
      await page.keyboard.press('Enter');
      await says(page, /Preview: Harbour Library/);
      assert.doesNotMatch(await page.locator('.preview').innerText(), /Member since|Residency/);
      const folded = await tabTo(page, ({ name }) => name === 'The policy');
      assert.ok(folded.visible);
      await page.keyboard.press('Enter');
      await says(page, /"version": 1/);

      await page.goto(`${server.issuer}/preview?client_id=nobody`);
      await says(page, /No app is registered here/);
      await noBarrier(page, 'no app');
    } finally {
      await close();
    }
  });
});

/** A picture, where somebody asks for one. */
async function shot(page, name) {
  if (process.env.NETID_PICTURES) await page.screenshot({ path: join(process.env.NETID_PICTURES, `${name}.png`), fullPage: true });
}
