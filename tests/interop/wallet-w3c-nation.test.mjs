// The practice wallet and the nation, with W3C credentials: taken in both forms, shown where an app takes either or this one alone, and revoked together.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openWithoutBrowser, register, startApp } from './lib/app.mjs';
import { ask as askHere, besidesRefusals, openHere, press, screen } from './lib/browser-wallet.mjs';
import { browserTest, openBrowser, openPage, says } from './lib/browser.mjs';
import { answer, collect, match, problem, readOffer, readRequest, readStatus, redeem, saysOf, Wire } from './lib/core.mjs';
import { lookerAt, WAYS } from './lib/pages.mjs';
import { eventually, startServer } from './lib/server.mjs';
import { ADA } from './lib/story.mjs';

const policyOf = (formats) => ({ version: 1, purpose: 'To lend you books.', credentials: [{ type: 'membership', formats, claims: { required: ['tier'] } }] });

describe('The practice wallet and the nation\'s W3C credentials', () => {
  let server, app, folder, browser, ada, byWhole, byEither, inTheClear;
  before(async () => {
    [server, app, folder, browser] = [await startServer({ wallet: true }), await startApp(), await mkdtemp(join(tmpdir(), 'netid-forms-')), await openBrowser()];
    const partnerOf = async (name, formats, more) => {
      await writeFile(join(folder, name), JSON.stringify(policyOf(formats)));
      return register(server, app, { policyFile: join(folder, name), ...more });
    };
    byWhole = await partnerOf('whole.json', ['ldp_vc']);
    inTheClear = await partnerOf('clear.json', ['ldp_vc'], { responseMode: 'direct_post' });
    byEither = await partnerOf('either.json', ['ldp_vc', 'dc+sd-jwt']);
    ada = await take();
  });
  after(async () => {
    await browser?.close();
    await app?.close();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Takes a membership in both forms, and tells whose it is. */
  async function take() {
    const { link, member_id: member } = await server.offerMembership({ claims: ADA });
    const wire = new Wire();
    const [sdJwt, w3c] = await Promise.all((await redeem(await readOffer(link, wire), {}, wire)).map((pending) => collect(structuredClone(pending), wire)));
    return { member, sdJwt, w3c };
  }

  async function ask(partner) {
    const [begun, cookies, wire] = [await partner.begin({ prompt: 'login' }), new Map(), new Wire()];
    const { link } = await openWithoutBrowser(server, begun.url, cookies);
    return { begun, cookies, wire, request: await readRequest(link, wire) };
  }

  const choose = async (request, ...held) => (await match(request, held)).answers.map(({ queryId, options }) => ({ queryId, credential: options[0].credential }));

  async function signIn(partner, ...held) {
    const asked = await ask(partner);
    const { redirectUri } = await answer(asked.request, await choose(asked.request, ...held), asked.wire);
    await openWithoutBrowser(server, redirectUri, asked.cookies);
    return partner.finish(asked.begun);
  }

  it('takes both forms with one code, which say the same', () => {
    const told = (credential) => saysOf(credential).map(({ label, value }) => [label, value]).sort();
    assert.deepEqual([ada.sdJwt.format, ada.w3c.format], ['dc+sd-jwt', 'ldp_vc']);
    assert.deepEqual(told(ada.w3c), told(ada.sdJwt));
    assert.equal(new Set(ada.w3c.copies.map(({ document }) => document.credentialSubject.id)).size, 4);
    assert.equal(new Set(ada.w3c.copies.map(({ document }) => document.credentialStatus[0].statusListIndex)).size, 4);
  });

  it('shows one encrypted and in the clear, and is the same member in whatever form', async () => {
    const subs = [];
    for (const [partner, held] of [[byWhole, ada.w3c], [inTheClear, ada.w3c], [byEither, ada.w3c], [byEither, ada.sdJwt]]) subs.push((await signIn(partner, held)).claims.sub);
    assert.ok(subs[0]);
    assert.equal(subs[2], subs[3]);
  });

  it('shows the form that shows least where either is taken', async () => {
    const { request } = await ask(byEither);
    const { answers } = await match(request, [ada.w3c, ada.sdJwt]);
    assert.deepEqual(answers.map(({ isLeast, options }) => [isLeast, options.map(({ credential }) => credential.format)]), [[true, ['dc+sd-jwt']]]);
  });

  for (const [twist, words] of [
    ['tamper', /step Proof: proof_invalid/], ['copy', /step Holder: holder_invalid: the proof is not/], ['replay', /step Holder: holder_invalid: challenge/],
    ['audience', /step Holder: holder_invalid: domain/],
  ]) {
    it(`shows one dishonestly, by ${twist}: refused by name, and the honest answer still counts`, async () => {
      const before = await ask(byWhole);
      const { presentations: [earlier] } = await answer(before.request, await choose(before.request, ada.w3c), before.wire);
      const asked = await ask(byWhole);
      const chosen = await choose(asked.request, ada.w3c);
      await assert.rejects(answer(asked.request, chosen, asked.wire, { twist, earlier }), (error) => problem('invalid_request', words)(error) && error.status === 400);
      const { redirectUri } = await answer(asked.request, chosen, asked.wire);
      await openWithoutBrowser(server, redirectUri, asked.cookies);
      assert.ok((await byWhole.finish(asked.begun)).claims.sub);
    });
  }

  it('knows that both forms are revoked, and is refused for it', async () => {
    const gone = await take();
    assert.deepEqual(await Promise.all([gone.sdJwt, gone.w3c].map((held) => readStatus(held, new Wire()))), ['valid', 'valid']);
    const [{ id }] = (await server.list('credential')).filter(({ member_id: member }) => member === gone.member);
    await server.netid('credential', 'revoke', id, '--reason', 'a test');
    await eventually('both lists say revoked', async () => (await Promise.all([gone.sdJwt, gone.w3c].map((held) => readStatus(held, new Wire())))).every((state) => state === 'revoked'));
    const { request, wire } = await ask(byWhole);
    await assert.rejects(answer(request, await choose(request, gone.w3c), wire), problem('invalid_request', /revoked/));
  });

  for (const [where, { rtl: _, ...options }] of Object.entries(WAYS)) {
    browserTest(`in the browser, from the offer to the app, without a barrier that axe finds and nothing too wide, ${where}`, async () => {
      const { page, faults, close } = await openPage(browser, options);
      try {
        const look = await lookerAt(page, where);
        await page.goto((await server.offerMembership({ claims: ADA })).credential_offer_uri);
        await openHere(page).click();
        await screen(page, 'Take your Membership');
        await look('forms-offer');
        await press(page, 'Take it');
        await screen(page, 'It is yours');
        assert.equal((await says(page, /in two forms/)).match(/What it says/g).length, 1);
        await look('forms-taken');
        await page.goto(server.wallet);
        await says(page, /Valid[\s\S]*Valid/);
        await look('forms-home');
        await page.locator('.card', { hasText: 'Shows all' }).getByRole('link').click();
        await says(page, /A W3C credential/);
        await look('forms-credential');
        await askHere(page, byEither);
        await says(page, /shows least/);
        await look('forms-either');
        const begun = await askHere(page, byWhole);
        await says(page, new RegExp(`Shown too, though not asked for[\\s\\S]*${ADA.display_name}`));
        await look('forms-request');
        await press(page, 'Show it');
        assert.ok((await byWhole.finish(begun)).claims.sub);
        await page.waitForURL((url) => url.href.startsWith(app.origin));
        await page.goto(`${server.wallet}/#history`);
        await says(page, new RegExp(ADA.display_name));
        assert.deepEqual(besidesRefusals(faults), []);
      } finally {
        await close();
      }
    });
  }
});
