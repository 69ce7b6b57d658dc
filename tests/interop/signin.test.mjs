import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { decodeProtectedHeader } from 'jose';
import { register, startApp } from './lib/app.mjs';
import { browserTest, comeBack, goBackToTheApp, openBrowser, openPage, says, scan, textOf, walletLink } from './lib/browser.mjs';
import { eventually, startServer } from './lib/server.mjs';
import { ADA, becomeMember, confirm, signIn } from './lib/story.mjs';
import { readStatus } from './lib/verifier.mjs';

describe('A stranger\'s app signs a member in', () => {
  let server, browser, app, partner, ada, session;
  before(async () => {
    server = await startServer();
    browser = await openBrowser();
    app = await startApp();
    partner = await register(server, app);
    ada = await becomeMember(server);
  });
  after(async () => {
    await browser?.close();
    await app?.close();
    await server?.stop();
  });

  /** A story in a fresh browser session that must end without a console error, a CSP violation or a third party. */
  const story = (name, tell) => browserTest(name, async () => {
    session = await openPage(browser);
    try {
      await tell(session.page);
      assert.deepEqual(session.faults, []);
    } finally {
      await session.close();
    }
  });

  story('on the same device: the wallet sends the person back to the browser that asked', async (page) => {
    const { tokens, claims, userinfo, answer } = await signIn(page, partner, ada);
    assert.equal(claims.iss, server.issuer);
    assert.equal(claims.aud, partner.registered.client_id);
    assert.ok(claims.sub.length >= 16);
    assert.ok(!claims.sub.includes(ada.memberId), 'the subject tells nothing of the member id');
    assert.equal(decodeProtectedHeader(tokens.id_token).alg, 'RS256');
    assert.equal(userinfo.sub, claims.sub);
    assert.equal(answer.request.client.prefix, 'x509_hash');
    assert.ok(['direct_post', 'direct_post.jwt'].includes(answer.request.authorizationRequestPayload.response_mode));
  });

  story('with the claims that were disclosed, and no others', async (page) => {
    const { claims, userinfo, answer } = await signIn(page, partner, ada);
    const asked = answer.request.dcql.query.credentials[0].claims.map(({ path }) => path[0]);
    const told = JSON.stringify({ ...claims, ...userinfo });
    assert.ok(asked.length > 0, 'the policy asks for something');
    for (const [name, value] of Object.entries(ADA)) assert.equal(told.includes(value), asked.includes(name), name);
  });

  story('with the subject alone where the app does not ask for membership', async (page) => {
    const { claims, userinfo } = await signIn(page, partner, ada, { parameters: { scope: 'openid' } });
    assert.ok(!JSON.stringify({ ...claims, ...userinfo }).includes(ADA.display_name));
  });

  story('with a request fetched by POST that repeats the wallet\'s nonce', async (page) => {
    const { answer } = await signIn(page, partner, ada, { method: 'post' });
    assert.equal(answer.request.authorizationRequestPayload.wallet_nonce, answer.request.walletNonce);
  });

  story('with a request fetched by GET, twice', async (page) => {
    const begun = await partner.begin();
    await page.goto(begun.url);
    const link = await walletLink(page);
    const [first, second] = [await ada.wallet.resolve(link, { method: 'get' }), await ada.wallet.resolve(link, { method: 'get' })];
    assert.equal(first.authorizationRequestPayload.nonce, second.authorizationRequestPayload.nonce);
    const answer = await ada.wallet.present(link, ada.credential, { method: 'get' });
    await comeBack(page, answer.redirectUri);
    assert.ok((await partner.finish(begun)).claims.sub);
  });

  story('on another device: a phone scans the code, its holder chooses the number, and the page goes on by itself', async (page) => {
    const begun = await partner.begin();
    await page.goto(begun.url);
    const link = await scan(page);
    assert.match(link, /^openid4vp:/);
    const { status, text, redirectUri } = await ada.wallet.present(link, ada.credential);
    assert.equal(status, 200, text);
    await assert.rejects(partner.answer(begun, 3), /not within/, 'before the number is chosen');
    await confirm(page, redirectUri);
    const { claims } = await partner.finish(begun);
    assert.ok(claims.sub);
    await page.waitForURL(`${app.origin}/**`, { waitUntil: 'commit' }); // the app has its answer before the browser has the app's page
  });

  story('also when the person looks elsewhere while the wallet answers', async (page) => {
    const begun = await partner.begin();
    await page.goto(begun.url);
    const link = await scan(page);
    await page.goto('about:blank');
    const { status, redirectUri } = await ada.wallet.present(link, ada.credential);
    assert.equal(status, 200);
    await page.goBack();
    await confirm(page, redirectUri);
    assert.ok((await partner.finish(begun)).claims.sub);
  });

  story('and the page says who asks', async (page) => {
    await page.goto((await partner.begin()).url);
    const text = await textOf(page);
    assert.ok(text.includes(app.name), text);
    assert.ok(text.includes(new URL(app.redirectUri).hostname), text);
    assert.match(text, /membership/i);
  });

  story('and knows the member again with a new credential on a new key', async (page) => {
    const before = await signIn(page, partner, ada);
    const renewed = await becomeMember(server, { member: ada.memberId });
    const now = await signIn(page, partner, renewed);
    assert.equal(now.claims.sub, before.claims.sub);
    const another = await signIn(page, partner, await becomeMember(server));
    assert.notEqual(another.claims.sub, before.claims.sub);
  });

  story('and another app on another host meets another subject', async (page) => {
    const other = await startApp({ host: '127.0.0.1', name: 'Night Market' });
    try {
      const [here, there] = [await signIn(page, partner, ada), await signIn(page, await register(server, other), ada)];
      assert.notEqual(here.claims.sub, there.claims.sub);
    } finally {
      await other.close();
    }
  });

  for (const [what, registration] of [
    ['that posts its secret', { auth: 'client_secret_post' }],
    ['that has no secret', { auth: 'none' }],
    ['that was registered without PKCE', { pkce: false }],
    ['that wants ES256', { idTokenAlg: 'ES256' }],
    ['that wants EdDSA', { idTokenAlg: 'EdDSA' }],
  ]) {
    story(`for an app ${what}`, async (page) => {
      const { tokens, claims } = await signIn(page, await register(server, app, registration), ada);
      assert.equal(decodeProtectedHeader(tokens.id_token).alg, registration.idTokenAlg ?? 'RS256');
      assert.ok(claims.sub);
    });
  }

  for (const mode of ['direct_post', 'direct_post.jwt']) {
    story(`with an answer by ${mode}`, async (page) => {
      const { claims, answer } = await signIn(page, await register(server, app, { responseMode: mode }), ada);
      assert.equal(answer.request.authorizationRequestPayload.response_mode, mode);
      assert.ok(claims.sub);
    });
  }

  story('with an Ed25519 wallet', async (page) => {
    assert.ok((await signIn(page, partner, await becomeMember(server, { alg: 'EdDSA' }))).claims.sub);
  });

  story('but not in another browser: who only has the link that the wallet got stays outside', async (page) => {
    const begun = await partner.begin();
    await page.goto(begun.url);
    const link = await walletLink(page);
    const { redirectUri } = await ada.wallet.present(link, ada.credential);
    const thief = await openPage(browser);
    try {
      const response = await thief.page.goto(redirectUri);
      assert.ok(response.status() >= 400, `${response.status()}`);
      await assert.rejects(partner.answer(begun, 4), /not within/, 'nor does the browser that asked go on by itself');
    } finally {
      await thief.close();
    }
  });

  story('and a person who says no in the wallet goes back to the app with access_denied', async (page) => {
    const begun = await partner.begin();
    await page.goto(begun.url);
    await ada.wallet.decline(await walletLink(page));
    await says(page, /cancelled|declined|said no/i);
    await goBackToTheApp(page, app);
    await assert.rejects(partner.finish(begun), ({ error }) => error === 'access_denied');
  });

  story('and a revoked member is refused with the reason named', async (page) => {
    const gone = await becomeMember(server);
    assert.ok((await signIn(page, partner, gone)).claims.sub);
    const rootPem = await server.exportRoot();
    await server.netid('credential', 'revoke', await server.credentialOf(gone.memberId), '--reason', 'the quorum decided');
    await eventually('the list says revoked', async () => (await readStatus(gone.credential, { fetch: server.fetch, rootPem })).status === 1);

    const begun = await partner.begin();
    await page.goto(begun.url);
    await gone.wallet.present(await scan(page), gone.credential);
    const text = await says(page, /revoked/i);
    assert.ok(!text.includes('the quorum decided'), 'the app\'s page does not tell the nation\'s reasons');
    assert.equal(app.callbacks.some((path) => path.includes(begun.checks.expectedState)), false);
    await goBackToTheApp(page, app);
    const back = await partner.answer(begun);
    assert.equal(back.searchParams.get('error'), 'access_denied');
    assert.equal(back.searchParams.get('iss'), server.issuer);
    await assert.rejects(partner.finish(begun, back), ({ error }) => error === 'access_denied');
  });
});
