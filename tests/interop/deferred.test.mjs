// A wallet that is connected while an application is open, and collects the membership by itself once its person is admitted: a stranger's, and the practice wallet (OpenID4VCI 1.0 §9).
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { clientAuthenticationAnonymous, Oauth2Client } from '@openid4vc/oauth2';
import { decodeJwt } from 'jose';
import { openWithoutBrowser } from './lib/app.mjs';
import { besidesRefusals, openHere, press, screen } from './lib/browser-wallet.mjs';
import { browserTest, openBrowser, openPage, says } from './lib/browser.mjs';
import { collect, problem, readOffer, redeem, renew, Wire } from './lib/core.mjs';
import { startServer } from './lib/server.mjs';
import { becomeMember } from './lib/story.mjs';
import { hasher, Wallet } from './lib/wallet.mjs';

const CHARTER = new URL('../../docs/charters/co-living.json', import.meta.url);

describe('A wallet that waits for an application', () => {
  let server, browser, stewards;
  before(async () => {
    server = await startServer({ wallet: true });
    browser = await openBrowser();

    // The question is put as soon as somebody asks, and two stewards decide it.
    const charter = JSON.parse(await readFile(CHARTER, 'utf8'));
    charter.vouching.needed = 0;
    const file = join(server.directory, 'charter.json');
    await writeFile(file, JSON.stringify(charter));
    await server.run('charter', 'adopt', file);
    stewards = [];
    for (const name of ['Ana', 'Ben']) {
      const steward = await becomeMember(server, { claims: { display_name: name } });
      await server.netid('member', 'appoint', steward.memberId, '--act', 'admit', '--until', new Date(Date.now() + 300 * 86_400_000).toISOString().slice(0, 10));
      const cookies = new Map();
      const { link } = await openWithoutBrowser(server, `${server.issuer}/desk`, cookies);
      await openWithoutBrowser(server, (await steward.wallet.present(link, steward.credential)).redirectUri, cookies);
      stewards.push(cookies);
    }
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const open = (url, cookies) => openWithoutBrowser(server, url, cookies);

  /** Sends a form of a page, with the hidden fields that stand in it; gives where it leads. */
  async function send(cookies, page, path, typed = {}) {
    const { text, cookie } = await open(page, cookies);
    const hidden = Object.fromEntries([...text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]));
    const response = await server.fetch(path, {
      method: 'POST', redirect: 'manual', body: new URLSearchParams({ ...hidden, ...typed }).toString(),
      headers: { cookie, origin: server.issuer, 'content-type': 'application/x-www-form-urlencoded' },
    });
    for (const set of response.headers.getSetCookie()) cookies.set(...set.split(';')[0].split(/=(.*)/s).slice(0, 2));
    assert.equal(response.status, 303, await response.text());
    return new URL(response.headers.get('location'), server.issuer).href;
  }

  /** Somebody applies, and presses the button: the offer's link, the code that stands on the page, and the page. */
  async function connect(name) {
    const cookies = new Map();
    const page = await send(cookies, `${server.issuer}/apply`, `${server.issuer}/apply`, { name, statement: 'I cook.', node: '', email: '' });
    const [, txCode] = /class="digits" dir="ltr">([0-9]{6})</.exec((await open(page, cookies)).text);
    const offer = await send(cookies, page, `${page}/connect`);
    return { txCode, link: `openid-credential-offer://?credential_offer_uri=${encodeURIComponent(offer)}`, read: async () => (await open(page, cookies)).text };
  }

  /** The stewards answer the one question that is open. */
  async function decide(admits) {
    const [ana, ben] = stewards;
    const [path] = /\/desk\/decisions\/[A-Za-z0-9_-]+/.exec((await open(`${server.issuer}/desk`, ana)).text);
    const question = `${server.issuer}${path}`;
    if (admits) {
      for (const steward of [ana, ben]) await send(steward, question, `${question}/approve`);
    } else {
      const refusal = await send(ana, `${question}/refuse`, `${question}/refuse`, { criterion: 'met', reason: 'Was here for an hour.' });
      await send(ben, refusal, `${refusal}/approve`);
    }
  }

  /** A stranger's wallet that has proven its key and waits. */
  async function strangerWaits(name) {
    const application = await connect(name);
    const wallet = await Wallet.create(server);
    const { issuerMetadata, tokenResponse, accessToken } = await wallet.authorize(application.link, application);
    const { c_nonce: nonce } = await wallet.vci.requestNonce({ issuerMetadata });
    const { jwt } = await wallet.vci.createCredentialRequestJwtProof({
      issuerMetadata, credentialConfigurationId: 'membership', nonce, signer: { method: 'jwk', alg: wallet.alg, publicJwk: wallet.jwk },
    });
    const { credentialResponse, response } = await wallet.vci.retrieveCredentials({ issuerMetadata, credentialConfigurationId: 'membership', accessToken, proofs: { jwt: [jwt] } });
    assert.equal(response.status, 202);
    assert.equal(credentialResponse.credentials, undefined);
    assert.ok(credentialResponse.interval > 0);
    const transactionId = credentialResponse.transaction_id;
    let refreshToken = tokenResponse.refresh_token;
    const oauth = new Oauth2Client({ callbacks: { fetch: server.fetch, hash: hasher, clientAuthentication: clientAuthenticationAnonymous() } });
    const comeBack = async () => {
      const { accessTokenResponse } = await oauth.retrieveRefreshTokenAccessToken({ authorizationServerMetadata: issuerMetadata.authorizationServers[0], refreshToken });
      refreshToken = accessTokenResponse.refresh_token;
      return wallet.vci.retrieveDeferredCredentials({ issuerMetadata, accessToken: accessTokenResponse.access_token, transactionId });
    };
    return { ...application, wallet, issuerMetadata, comeBack, transactionId };
  }

  it('a stranger\'s: it asks again with a refresh token, and gets it on its key once the person is admitted', async () => {
    const { wallet, comeBack, transactionId, read } = await strangerWaits('Kim');
    const waits = await comeBack();
    assert.equal(waits.response.status, 202);
    assert.equal(waits.deferredCredentialResponse.transaction_id, transactionId);
    assert.match(await read(), /Your wallet is connected/);
    await decide(true);
    const { deferredCredentialResponse: { credentials: [{ credential }] } } = await comeBack();
    assert.equal(decodeJwt(credential.split('~')[0]).cnf.jwk.x, wallet.jwk.x);
    assert.equal((await wallet.sdJwt.getClaims(credential)).display_name, 'Kim');
    assert.match(await read(), /You are a member/);
  });

  it('a stranger\'s: it is denied once the person is refused', async () => {
    const { comeBack } = await strangerWaits('Lee');
    await decide(false);
    await assert.rejects(comeBack(), (error) => {
      assert.equal(error.response.credentialErrorResponseResult?.data?.error ?? error.response.deferredCredentialErrorResponseResult?.data?.error, 'credential_request_denied');
      return true;
    });
  });

  it('the practice wallet\'s core: both forms wait, all copies come, and a lost answer is asked for again', async () => {
    const { link, txCode } = await connect('Mo');
    const rows = await redeem(await readOffer(link, new Wire()), { txCode, copies: 2 }, new Wire());
    assert.equal(rows.length, 2);
    for (const row of rows) {
      assert.equal(await collect(row, new Wire()), null);
      assert.ok(row.waits.until > Date.now());
    }
    const kept = structuredClone(rows);
    await renew(kept, new Wire());
    assert.notEqual(kept[0].accessToken, rows[0].accessToken);
    assert.equal(kept[0].refreshToken, kept[1].refreshToken);
    assert.equal(await collect(kept[0], new Wire()), null);
    await decide(true);
    let lost = false;
    const losing = new Wire(async (at, init) => {
      const response = await fetch(at, init);
      if (lost || new URL(at).pathname !== '/deferred-credential') return response;
      await response.text();
      lost = true;
      throw new TypeError('the connection broke');
    });
    await assert.rejects(collect(kept[0], losing), problem('unreachable'));
    assert.equal((await collect(kept[0], new Wire())).copies.length, 2);
    assert.equal((await collect(kept[1], new Wire())).copies.length, 2);
  });

  it('the practice wallet\'s core: it is told when the person is refused', async () => {
    const { link, txCode } = await connect('Noa');
    const [row] = await redeem(await readOffer(link, new Wire()), { txCode, copies: 1 }, new Wire());
    assert.equal(await collect(row, new Wire()), null);
    await decide(false);
    await assert.rejects(collect(row, new Wire()), problem('credential_request_denied'));
  });

  browserTest('the practice wallet\'s screens: it says that it waits, and has it the next time that it is open', async () => {
    const { page, faults, close } = await openPage(browser);
    try {
      await page.clock.install();
      await page.goto(`${server.issuer}/apply`);
      await page.locator('#name').fill('Pia');
      await page.locator('#statement').fill('I sing.');
      await page.getByRole('button', { name: 'Send my application' }).click();
      await says(page, /Connect your wallet now/);
      const [application, code] = [page.url(), await page.locator('.digits').textContent()];
      await press(page, 'Connect a wallet');
      await openHere(page).click();
      await page.getByLabel('The code you were given').fill(code);
      await press(page, 'Take it');
      await screen(page, 'It comes later');
      await page.getByRole('link', { name: /credentials/ }).last().click();
      await says(page, /Waiting: Membership[^]*It is not decided yet/);
      await decide(true);
      await page.clock.fastForward(31 * 60_000);
      await says(page, /It was decided: your Membership is here/);
      await page.locator('.card').first().waitFor();
      assert.equal(await page.locator('[data-waiting]').count(), 0);
      await page.goto(application);
      await says(page, /You are a member/);
      assert.deepEqual(besidesRefusals(faults), []);
    } finally {
      await close();
    }
  });
});
