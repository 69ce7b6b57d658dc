// The practice wallet's own modules, against the running server.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { openWithoutBrowser, register, startApp } from './lib/app.mjs';
import { browserTest, openBrowser, openPage } from './lib/browser.mjs';
import { answer, collect, decline, match, problem, readOffer, readRequest, readStatus, redeem, saysOf, serveCore, Wire } from './lib/core.mjs';
import { eventually, startServer } from './lib/server.mjs';
import { ADA } from './lib/story.mjs';
import { keyByCertificate, verifyCredential } from './lib/verifier.mjs';

/** Takes an offer as the wallet's screens do: what is kept between the two halves has been through the browser's storage. */
async function take(link, { txCode, copies, wire = new Wire() } = {}) {
  const offer = await readOffer(link, wire);
  return structuredClone(await collect(structuredClone((await redeem(offer, { txCode, copies }, wire))[0]), wire));
}

/** Fails the first request to a path after it was made: the answer is lost on the way. */
function losing(path) {
  let lost = false;
  return new Wire(async (at, init) => {
    const response = await fetch(at, init);
    if (new URL(at).pathname !== path || lost) return response;
    await response.text();
    lost = true;
    throw new TypeError('the connection broke');
  });
}

const jwtOf = ({ sdJwt }) => sdJwt.split('~')[0];
const unsigned = (copy) => jwtOf(copy).split('.').slice(0, 2).join('.');

describe('The practice wallet takes an offer', () => {
  let server;
  before(async () => { server = await startServer(); });
  after(() => server?.stop());

  const rowsOf = async (member) => (await server.list('credential')).filter((row) => Object.values(row).includes(member));

  for (const [what, linkOf] of [
    ['a wallet\'s link', (uri) => `openid-credential-offer://?credential_offer_uri=${encodeURIComponent(uri)}`],
    ['a link of the high assurance profile', (uri) => `haip-vci://?credential_offer_uri=${encodeURIComponent(uri)}`],
    ['its own URL', (uri) => `http://wallet.localhost:1/offer?credential_offer_uri=${encodeURIComponent(uri)}`],
    ['the offer\'s URL, with blanks around it', (uri) => ` ${uri}\n`],
    ['a link with the offer inside', async (uri) => `openid-credential-offer://?credential_offer=${encodeURIComponent(await (await fetch(uri)).text())}`],
  ]) {
    it(`by ${what}`, async () => {
      const { link } = await server.offerMembership({ claims: ADA });
      const credential = await take(await linkOf(new URL(link).searchParams.get('credential_offer_uri')));
      assert.equal(credential.name, 'Membership');
      assert.equal(credential.issuer, server.issuer);
      assert.ok(credential.expiresAt > Date.now());
      const told = saysOf(credential);
      assert.deepEqual(told.find(({ path }) => path[0] === 'display_name'), { path: ['display_name'], label: 'Name', value: ADA.display_name });
      assert.ok(!told.some(({ path }) => ['iss', 'cnf', 'status'].includes(path[0])));
    });
  }

  it('and says beforehand who offers what', async () => {
    const { link } = await server.offerMembership({ claims: ADA });
    const offer = await readOffer(link, new Wire());
    assert.equal(offer.issuerName, 'Practice Nation');
    assert.equal(offer.host, new URL(server.issuer).host);
    assert.equal(offer.needsCode, null);
    assert.equal(offer.configurations[0].vct, 'urn:network-identity:membership:1');
    assert.ok(offer.configurations[0].claims.some(({ path, label }) => path[0] === 'tier' && label === 'Tier'));
  });

  it('in four copies, each on a key and in a slot of its own, that a stranger\'s library verifies', async () => {
    const credential = await take((await server.offerMembership({ claims: ADA })).link);
    assert.equal(credential.copies.length, 4);
    const payloads = credential.copies.map((copy) => decodeJwt(jwtOf(copy)));
    assert.equal(new Set(payloads.map(({ cnf }) => cnf.jwk.x)).size, 4);
    assert.equal(new Set(payloads.map(({ status }) => status.status_list.idx)).size, 4);
    for (const copy of credential.copies) {
      await verifyCredential(copy.sdJwt, { key: await keyByCertificate(jwtOf(copy)), fetch: server.fetch });
      assert.equal(copy.keys.privateKey.extractable, false);
    }
  });

  it('with a transaction code: a wrong one is refused by name, the right one is taken after it', async () => {
    const { link, tx_code: txCode } = await server.offerMembership({ claims: ADA, txCode: true });
    const wire = new Wire();
    const offer = await readOffer(link, wire);
    assert.deepEqual({ length: offer.needsCode.length, mode: offer.needsCode.mode }, { length: txCode.length, mode: 'numeric' });
    const before = wire.entries.length;
    await assert.rejects(redeem(offer, { txCode: ' ' }, wire), ({ code }) => code === 'tx_code_missing');
    assert.equal(wire.entries.length, before, 'nothing was sent without a code');
    await assert.rejects(redeem(offer, { txCode: txCode.replace(/./g, (digit) => (Number(digit) + 1) % 10) }, wire), problem('invalid_grant'));
    assert.equal((await collect((await redeem(offer, { txCode: ` ${txCode} ` }, wire))[0], wire)).claims.node, ADA.node);
  });

  it('and one that was taken is closed', async () => {
    const { link } = await server.offerMembership({ claims: ADA });
    const offer = await readOffer(link, new Wire());
    await take(link);
    await assert.rejects(readOffer(link, new Wire()), ({ code, status }) => code === 'offer_closed' && status === 404);
    await assert.rejects(redeem(offer, {}, new Wire()), problem('invalid_grant'));
  });

  it('and when the answer with the credential is lost, asks again and gets the same one, in no second slot', async () => {
    const { link, member_id: member } = await server.offerMembership({ claims: ADA });
    const wire = losing('/credential');
    const [pending] = await redeem(await readOffer(link, wire), { copies: 2 }, wire);
    await assert.rejects(collect(pending, wire), problem('unreachable'));
    const kept = structuredClone(pending);
    const [first, second] = [await collect(kept, wire), await collect(kept, new Wire())];
    assert.equal(first.id, second.id);
    assert.deepEqual(first.copies.map(unsigned), second.copies.map(unsigned));
    assert.deepEqual(first.copies.map(({ sdJwt }) => sdJwt.split('~').slice(1)), second.copies.map(({ sdJwt }) => sdJwt.split('~').slice(1)));
    assert.equal((await rowsOf(member)).length, 2);
  });

  it('and keeps on its tape what went over the wire, with words to each request', async () => {
    const { link } = await server.offerMembership({ claims: ADA });
    const wire = new Wire();
    await take(link, { wire, copies: 1 });
    assert.deepEqual(wire.entries.map(({ method, url }) => `${method} ${new URL(url).pathname.replace(/offer\/.*/, 'offer')}`), [
      'GET /offer', 'GET /.well-known/openid-credential-issuer', 'GET /.well-known/oauth-authorization-server',
      'POST /token', 'POST /nonce', 'POST /credential', 'POST /notification',
    ]);
    for (const { status, note, at } of wire.entries) assert.ok(status >= 200 && status < 300 && note.endsWith('.') && at <= Date.now());
    assert.match(wire.entries[5].requestBody, /"proofs"/);
    assert.match(wire.entries[5].responseBody, /"credentials"/);
  });
});

describe('The practice wallet shows a credential', () => {
  let server, app, partner, ada;
  const partners = {};
  before(async () => {
    server = await startServer();
    app = await startApp();
    for (const responseMode of ['direct_post', 'direct_post.jwt']) partners[responseMode] = await register(server, app, { responseMode });
    partner = partners['direct_post.jwt'];
    ada = await take((await server.offerMembership({ claims: ADA })).link);
  });
  after(async () => {
    await app?.close();
    await server?.stop();
  });

  /** A sign-in on the wallet's own device: what the app keeps, the browser's cookies, and the request that the page's link leads to. */
  async function ask(of = partner, wire = new Wire()) {
    const cookies = new Map();
    const begun = await of.begin();
    const { link, text } = await openWithoutBrowser(server, begun.url, cookies);
    assert.ok(link, text);
    return { begun, cookies, wire, link, request: await readRequest(link, wire) };
  }

  /** What a person who agrees to everything chooses. */
  async function choose(request, credential = ada) {
    const { answers, missing } = await match(request, [credential]);
    assert.deepEqual(missing, []);
    return answers.map(({ queryId, options }) => ({ queryId, credential: options[0].credential }));
  }

  /** The browser follows the wallet back to the app, and the app spends its code. */
  async function signedIn(of, { begun, cookies }, { redirectUri }) {
    await openWithoutBrowser(server, redirectUri, cookies);
    return of.finish(begun);
  }

  for (const mode of ['direct_post.jwt', 'direct_post']) {
    it(`by ${mode}, and the app knows the member`, async () => {
      const other = partners[mode];
      const asked = await ask(other);
      assert.equal(asked.request.encryption !== null, mode === 'direct_post.jwt');
      assert.equal(asked.request.prefix, 'x509_hash');
      assert.match(asked.request.name, /Harbour Library/);
      const shown = await answer(asked.request, await choose(asked.request), asked.wire);
      const sent = new URLSearchParams(asked.wire.entries.at(-1).requestBody);
      assert.deepEqual([...sent.keys()].sort(), mode === 'direct_post' ? ['state', 'vp_token'] : ['response']);
      const { claims, userinfo } = await signedIn(other, asked, shown);
      assert.ok(claims.sub);
      assert.ok(JSON.stringify(userinfo).includes('member_since'));
    });
  }

  it('as much of it as is asked, and tells beforehand what that is', async () => {
    const { request, wire } = await ask();
    const { answers: [{ options: [{ discloses, withholds }], required }] } = await match(request, [ada]);
    assert.equal(required, true);
    assert.deepEqual(discloses.filter(({ asked }) => asked).map(({ label }) => label), ['Tier', 'Member since']);
    assert.deepEqual(discloses.filter(({ asked }) => !asked).map(({ label }) => label), ['Charter version']);
    assert.deepEqual(withholds.map(({ label, value }) => [label, value]), [['Node', ADA.node], ['Name', ADA.display_name]]);
    const { presentations: [presentation] } = await answer(request, await choose(request), wire);
    const seen = presentation.split('~').slice(1, -1).map((text) => JSON.parse(Buffer.from(text, 'base64url'))[1]);
    assert.deepEqual(seen.sort(), ['member_since', 'tier']);
  });

  it('by a request that it fetched with a nonce of its own, and without one', async () => {
    const { link, wire } = await ask();
    assert.match(wire.entries[0].requestBody, /wallet_nonce=/);
    const byGet = new URL(link);
    byGet.searchParams.set('request_uri_method', 'get');
    assert.equal((await readRequest(byGet.href, wire)).clientId, byGet.searchParams.get('client_id'));
    assert.equal(wire.entries.at(-1).method, 'GET');
    const here = `http://wallet.localhost:1/present${byGet.search}`;
    assert.equal((await readRequest(here, wire)).clientId, byGet.searchParams.get('client_id'));
  });

  it('another copy to each app, until all have been shown, and then the one that rested longest', async () => {
    const resting = structuredClone(ada);
    const used = [];
    for (let turn = 0; turn < 6; turn++) {
      const { request, wire } = await ask();
      const { copyIndexes: [index] } = await answer(request, await choose(request, resting), wire);
      resting.copies[index].shownAt = 1000 + turn;
      used.push(index);
    }
    assert.deepEqual(used, [0, 1, 2, 3, 0, 1]);
  });

  it('or says no, and nothing was shown', async () => {
    const asked = await ask();
    const { redirectUri } = await decline(asked.request, asked.wire);
    assert.ok(!asked.wire.entries.at(-1).requestBody.includes('vp_token'));
    const { text } = await openWithoutBrowser(server, redirectUri, asked.cookies);
    assert.match(text, /Your wallet declined/);
  });

  it('and finds a request that has been answered closed', async () => {
    const { request, link, wire } = await ask();
    await answer(request, await choose(request), wire);
    await assert.rejects(readRequest(link, wire), problem('expired'));
    await assert.rejects(answer(request, await choose(request), wire), problem('invalid_request', /answered before/));
  });

  for (const mode of ['direct_post.jwt', 'direct_post']) {
    it(`and when the reply is lost, by ${mode}, sends the same again and is signed in`, async () => {
      const asked = await ask(partners[mode]);
      const chosen = await choose(asked.request);
      const wire = losing(new URL(asked.request.responseUri).pathname);
      await assert.rejects(answer(asked.request, chosen, wire), problem('unreachable', /broke/));
      assert.ok((await signedIn(partners[mode], asked, await answer(asked.request, chosen, wire))).claims.sub);
    });
  }

  it('or says what is missing', async () => {
    const { request, wire } = await ask();
    const { answers, missing } = await match(request, []);
    assert.deepEqual([answers, missing], [[], [{
      queryId: request.asked[0].id, vcts: ['urn:network-identity:membership:1'], types: [], claims: [['tier'], ['member_since']], name: 'urn:network-identity:membership:1',
    }]]);
    await assert.rejects(answer(request, [], wire), problem('query_not_satisfied'));
  });

  for (const mode of ['direct_post.jwt', 'direct_post']) {
    for (const [twist, words] of [
      ['tamper', /step Shape: shape_invalid/],
      ['copy', /step Holder: holder_invalid: .*not signed by the holder's key/],
      ['replay', /step Holder: holder_invalid: nonce/],
      ['audience', /step Holder: holder_invalid: aud/],
    ]) {
      it(`dishonestly, by ${twist} in ${mode}: refused by name, and the honest answer still counts`, async () => {
        const other = partners[mode];
        const before = await ask(other);
        const { presentations: [earlier] } = await answer(before.request, await choose(before.request), before.wire);

        const asked = await ask(other);
        const chosen = await choose(asked.request);
        await assert.rejects(answer(asked.request, chosen, asked.wire, { twist, earlier }), (error) =>
          problem('invalid_request', words)(error) && error.status === 400);
        assert.match(asked.wire.entries.at(-1).note, /\.$/);
        assert.ok((await signedIn(other, asked, await answer(asked.request, chosen, asked.wire))).claims.sub);
      });
    }
  }

  it('dishonestly only where it has something to be dishonest with', async () => {
    const { request, wire } = await ask();
    await assert.rejects(answer(request, await choose(request), wire, { twist: 'replay' }), ({ code }) => code === 'nothing_to_replay');
    await assert.rejects(answer(request, await choose(request), wire, { twist: 'toString' }), TypeError);
  });

  it('and knows its status: valid, then revoked, and unknown where it can\'t be read', async () => {
    const { link, member_id: member } = await server.offerMembership({ claims: ADA });
    const gone = await take(link, { copies: 1 });
    assert.equal(await readStatus(gone, new Wire()), 'valid');
    await server.netid('credential', 'revoke', await server.credentialOf(member), '--reason', 'a test');
    await eventually('the list says revoked', async () => (await readStatus(gone, new Wire())) === 'revoked');

    const { request, wire } = await ask();
    await assert.rejects(answer(request, await choose(request, gone), wire), problem('invalid_request', /step Status: revoked/));

    const { uri, idx } = ada.status;
    const to = (change) => new Wire(async (...args) => {
      const response = await fetch(...args);
      return new Response(change(await response.text()), response);
    });
    const flipped = (text) => text.replace(/.(?=.{20}$)/, (character) => (character === 'A' ? 'B' : 'A'));
    assert.equal(await readStatus(ada, to((text) => text)), 'valid');
    for (const [what, credential, wire] of [
      ['another signature', ada, to(flipped)],
      ['an end too early', ada, to((text) => text.slice(0, -40))],
      ['no list at the address', { ...ada, status: { uri: `${uri}x`, idx } }, new Wire()],
      ['an index beyond the list', { ...ada, status: { uri, idx: 2 ** 40 } }, new Wire()],
      ['another issuer\'s list', { ...ada, issuer: 'https://elsewhere.example' }, new Wire()],
      ['no answer', ada, new Wire(() => Promise.reject(new TypeError('no network')))],
      ['no status in the credential', { ...ada, status: null }, new Wire()],
    ]) assert.equal(await readStatus(credential, wire), 'unknown', what);
  });

  browserTest('from a browser at another origin, as from here: the modules, their keys and their answers are the same there', async () => {
    const { link: offer } = await server.offerMembership({ claims: ADA });
    const cookies = new Map();
    const begun = await partner.begin();
    const { link } = await openWithoutBrowser(server, begun.url, cookies);
    const [web, browser] = [await serveCore(), await openBrowser()];
    const session = await openPage(browser);
    try {
      await session.page.goto(web.origin);
      const shown = await session.page.evaluate(async ({ offer, link }) => {
        const load = (name) => import(`/${name}`);
        const [{ Wire }, { readOffer, redeem, collect }, { readRequest, match, answer }, { readStatus }] = await Promise.all(['wire.js', 'issuance.js', 'presentation.js', 'status.js'].map(load));
        const wire = new Wire();
        const credential = await collect(structuredClone((await redeem(await readOffer(offer, wire), {}, wire))[0]), wire);
        const request = await readRequest(link, wire);
        const { answers: [{ queryId, options }] } = await match(request, [credential]);
        const { redirectUri } = await answer(request, [{ queryId, credential: options[0].credential }], wire);
        return { status: await readStatus(credential, wire), name: credential.claims.display_name, redirectUri };
      }, { offer, link });
      assert.deepEqual([shown.status, shown.name], ['valid', ADA.display_name]);
      assert.ok((await signedIn(partner, { begun, cookies }, shown)).claims.sub);
      assert.deepEqual(session.faults, []);
    } finally {
      await browser.close();
      await web.close();
    }
  });
});
