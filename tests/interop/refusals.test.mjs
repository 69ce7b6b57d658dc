import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openWithoutBrowser, register, startApp } from './lib/app.mjs';
import { startServer } from './lib/server.mjs';
import { ADA, becomeMember } from './lib/story.mjs';
import { Wallet } from './lib/wallet.mjs';

/** Matches the error object of a refused OAuth or OpenID4VCI request. */
const oauthError = (code) => (error) => {
  const body = error.errorResponse ?? error.response?.credentialErrorResponseResult?.data;
  assert.equal(body?.error, code, error.message);
  return true;
};

describe('A strange wallet is refused a credential', () => {
  let server;
  before(async () => { server = await startServer(); });
  after(() => server?.stop());

  it('with a nonce that the nation never gave', async () => {
    const { link } = await server.offerMembership({ claims: ADA });
    await assert.rejects((await Wallet.create(server)).receive(link, { proofNonce: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA' }), oauthError('invalid_nonce'));
  });

  it('with a code that was spent', async () => {
    const { link } = await server.offerMembership({ claims: ADA });
    await (await Wallet.create(server)).receive(link);
    const again = await Wallet.create(server);
    // The offer itself may be gone too; what must not happen is a second token.
    await assert.rejects(again.authorize(link));
  });

  it('with a wrong transaction code, and after five of them with the right one', async () => {
    const { link, tx_code: txCode } = await server.offerMembership({ claims: ADA, txCode: true });
    const wallet = await Wallet.create(server);
    const wrong = txCode.replace(/./g, (digit) => String((Number(digit) + 1) % 10));
    for (let guess = 0; guess < 5; guess++) await assert.rejects(wallet.authorize(link, { txCode: wrong }), oauthError('invalid_grant'));
    await assert.rejects(wallet.authorize(link, { txCode }), (error) => error.errorResponse === undefined || oauthError('invalid_grant')(error));
  });

  it('with a transaction code that nobody asked for', async () => {
    const { link } = await server.offerMembership({ claims: ADA });
    await assert.rejects((await Wallet.create(server)).authorize(link, { txCode: '123456' }), oauthError('invalid_request'));
  });
});

describe('A strange wallet is refused as a member', () => {
  let server, app, partner, ada;
  before(async () => {
    server = await startServer();
    app = await startApp();
    partner = await register(server, app);
    ada = await becomeMember(server);
  });
  after(async () => {
    await app?.close();
    await server?.stop();
  });

  const ask = async () => {
    const { link, status, text } = await openWithoutBrowser(server, (await partner.begin()).url);
    assert.ok(link, `no wallet link on the page (${status}): ${text.slice(0, 500)}`);
    return link;
  };

  const refused = (answer) => {
    assert.equal(answer.status, 400, answer.text);
    assert.equal(typeof answer.body?.error, 'string', answer.text);
    assert.equal(answer.redirectUri, undefined);
  };

  for (const [what, changes] of [
    ['made for another verifier', { aud: 'x509_hash:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
    ['made for another nonce', { nonce: 'a-nonce-of-yesterday' }],
    ['made a year ago', { iat: Math.floor(Date.now() / 1000) - 31_536_000 }],
    ['made in a year', { iat: Math.floor(Date.now() / 1000) + 31_536_000 }],
  ]) {
    it(`with a proof ${what}`, async () => {
      const link = await ask();
      refused(await ada.wallet.present(link, ada.credential, changes));
    });
  }

  it('with the credential of another', async () => {
    const thief = await Wallet.create(server);
    refused(await thief.present(await ask(), ada.credential));
  });

  it('with a disclosure that was changed', async () => {
    const request = await ada.wallet.resolve(await ask());
    const parts = (await ada.wallet.presentation(request, ada.credential)).split('~');
    const [salt, name] = JSON.parse(Buffer.from(parts[1], 'base64url'));
    parts[1] = Buffer.from(JSON.stringify([salt, name, 'steward'])).toString('base64url');
    refused(await ada.wallet.answer(request, { [request.dcql.query.credentials[0].id]: [parts.join('~')] }));
  });

  it('without a proof of the key', async () => {
    const request = await ada.wallet.resolve(await ask());
    const parts = (await ada.wallet.presentation(request, ada.credential)).split('~');
    refused(await ada.wallet.answer(request, { [request.dcql.query.credentials[0].id]: [`${parts.slice(0, -1).join('~')}~`] }));
  });

  it('under an identifier that the query does not have', async () => {
    const request = await ada.wallet.resolve(await ask());
    refused(await ada.wallet.answer(request, { somethingelse: [await ada.wallet.presentation(request, ada.credential)] }));
  });

  it('in the clear where encryption was asked for', async (test) => {
    const request = await ada.wallet.resolve(await ask());
    if (request.authorizationRequestPayload.response_mode !== 'direct_post.jwt') return test.skip('this request asks for direct_post');
    const presentation = await ada.wallet.presentation(request, ada.credential);
    refused(await ada.wallet.answer(request, { [request.dcql.query.credentials[0].id]: [presentation] }, { plain: true }));
  });

  it('and a false answer does not spoil the true one that follows', async () => {
    const link = await ask();
    refused(await ada.wallet.present(link, ada.credential, { nonce: 'a-nonce-of-yesterday' }));
    const answer = await ada.wallet.present(link, ada.credential);
    assert.equal(answer.status, 200, answer.text);
    assert.ok(answer.redirectUri.startsWith(server.issuer));
  });

  it('and a second answer changes nothing', async () => {
    const link = await ask();
    const request = await ada.wallet.resolve(link);
    const answer = { [request.dcql.query.credentials[0].id]: [await ada.wallet.presentation(request, ada.credential)] };
    assert.equal((await ada.wallet.answer(request, answer)).status, 200);
    const other = await becomeMember(server);
    refused(await other.wallet.answer(request, { [request.dcql.query.credentials[0].id]: [await other.wallet.presentation(request, other.credential)] }));
  });

  it('and an app that is not registered sees a page, not a redirect', async () => {
    const { url } = await partner.begin();
    for (const [name, value] of [['client_id', 'nobody'], ['redirect_uri', `${app.redirectUri}/../elsewhere`]]) {
      const changed = new URL(url);
      changed.searchParams.set(name, value);
      const response = await server.fetch(changed.href, { redirect: 'manual' });
      assert.equal(response.status, 400);
      assert.match(response.headers.get('content-type'), /^text\/html/);
    }
    assert.deepEqual(app.callbacks, []);
  });
});
