import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { openWithoutBrowser, register, startApp } from './lib/app.mjs';
import { startServer } from './lib/server.mjs';
import { becomeMember } from './lib/story.mjs';
import { jwtOf, keyByCertificate, readStatus, verifyCredential } from './lib/verifier.mjs';

const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

const RESIDENCY = { residency_status: 'resident', node: 'Lisbon', from: day(0), until: day(30), host_jurisdiction: 'PT' };
const AFTER = new Date(Date.parse(RESIDENCY.until) + 86_400_000).toISOString();
const REPUTATION = {
  domain: 'hosting', band: 'established', facts_at_least: 10, method: 'witnessed-facts', method_version: '1', contest_at: 'https://nation.example/contest',
};

describe('A stranger\'s wallet, verifier and app with three types', () => {
  let server, app, ada, held;
  before(async () => {
    server = await startServer();
    app = await startApp();
    await server.netid('node', 'add', '--name', 'Lisbon', '--region', 'Europe');
    ada = await becomeMember(server);
    held = { membership: ada.credential, residency: await take('residency', RESIDENCY), reputation: await take('reputation', REPUTATION) };
  });
  after(async () => {
    await app?.close();
    await server?.stop();
  });

  /** Ada's wallet takes another credential of hers. */
  async function take(type, claims) {
    const offer = await server.netid('offer', type, '--member', ada.memberId, ...Object.entries(claims).flatMap(([name, value]) => ['--claim', `${name}=${value}`]));
    return (await ada.wallet.receive(offer.credential_offer_uri)).credential;
  }

  /** The wallet answers every credential query of a request with the credential of the type that it is named for. */
  async function answer(link, credentials) {
    const request = await ada.wallet.resolve(link);
    const presentations = {};
    for (const query of request.dcql.query.credentials) {
      const one = { ...request, dcql: { query: { credentials: [query] } } };
      if (credentials[query.id]) presentations[query.id] = [await ada.wallet.presentation(one, credentials[query.id])];
    }
    return { request, ...(await ada.wallet.answer(request, presentations)) };
  }

  /** Goes back to the app in the browser that asked, by the link that the wallet was given. */
  async function signIn(partner, scope, credentials = held) {
    const begun = await partner.begin({ scope });
    const page = await openWithoutBrowser(server, begun.url);
    const answered = await answer(page.link, credentials);
    assert.equal(answered.status, 200, answered.text);
    const back = await server.fetch(answered.redirectUri, { redirect: 'manual', headers: { cookie: page.cookie } });
    return { ...(await partner.finish(begun, new URL(back.headers.get('location')))), page, answered };
  }

  it('are all in the issuer\'s metadata and in discovery', async () => {
    const metadata = await (await server.fetch(`${server.issuer}/.well-known/openid-credential-issuer`)).json();
    const discovery = await (await server.fetch(`${server.issuer}/.well-known/openid-configuration`)).json();
    for (const type of ['membership', 'residency', 'reputation']) {
      assert.equal(metadata.credential_configurations_supported[type].vct, `urn:network-identity:${type}:1`);
      assert.ok(discovery.scopes_supported.includes(type) && discovery.claims_supported.includes(type));
      for (const file of ['schema', 'type']) assert.equal((await server.fetch(`${server.issuer}/schemas/${type}.${file}.json`)).status, 200);
    }
    assert.match(metadata.credential_configurations_supported.residency.credential_metadata.display[0].description, /not an immigration status/i);
  });

  for (const [type, claims, ends] of [['residency', RESIDENCY, Date.parse(AFTER) / 1000], ['reputation', REPUTATION]]) {
    it(`${type} verifies with @sd-jwt, is on its list, ends by itself, and says nothing of Ada unasked`, async () => {
      const rootPem = await server.exportRoot();
      const { payload } = await verifyCredential(held[type], { key: await keyByCertificate(jwtOf(held[type])), fetch: server.fetch });
      for (const [name, value] of Object.entries(claims)) assert.equal(payload[name], value, name);
      const visible = decodeJwt(jwtOf(held[type]));
      for (const name of Object.keys(claims)) assert.equal(visible[name], undefined, name);
      assert.equal(visible.notice, type === 'residency' ? 'Not an immigration status' : undefined);
      assert.equal(visible.charter_version, 'founding-1');
      if (ends) assert.equal(visible.exp, ends);
      else assert.ok(visible.exp - visible.iat >= 30 * 86_400 && visible.exp - visible.iat <= 90 * 86_400);
      assert.equal((await readStatus(held[type], { fetch: server.fetch, rootPem })).status, 0);
    });
  }

  it('two of them in one presentation sign Ada in, and openid-client gets what was asked of each', async () => {
    const partner = await register(server, app, { optional: ['residency', 'reputation'] });
    const alone = await signIn(partner, 'openid membership');
    assert.equal(alone.claims.residency, undefined);

    const { claims, userinfo, page, answered } = await signIn(partner, 'openid membership residency');
    assert.deepEqual(answered.request.dcql.query.credentials.map(({ id }) => id), ['membership', 'residency']);
    assert.match(page.text, /<bdi>Residency<\/bdi>/);
    assert.deepEqual(claims.residency, { residency_status: 'resident', node: 'Lisbon', until: RESIDENCY.until });
    assert.deepEqual(userinfo.residency, claims.residency);
    assert.deepEqual(Object.keys(claims.membership).sort(), ['member_since', 'tier']);
    assert.equal(claims.sub, alone.claims.sub);

    const all = await signIn(partner, 'openid membership residency reputation');
    assert.deepEqual(all.claims.reputation, { domain: 'hosting', band: 'established' });
  });

  it('one of two asked for is refused by name, and so is another member\'s', async () => {
    const partner = await register(server, app, { policy: ['membership', 'residency'] });
    const { link } = await openWithoutBrowser(server, (await partner.begin({ scope: 'openid' })).url);
    const lacking = await answer(link, { membership: held.membership });
    assert.equal(lacking.status, 400);
    assert.match(lacking.body.error_description, /query_not_satisfied: no credential is presented for residency/);

    // The same wallet was lent another member's membership: all proofs are by one key.
    const { link: offer } = await server.offerMembership();
    const { credential } = await ada.wallet.receive(offer);
    const mixed = await answer(link, { membership: credential, residency: held.residency });
    assert.equal(mixed.status, 400);
    assert.match(mixed.body.error_description, /different_holders/);
    assert.equal((await answer(link, held)).status, 200, 'the request stayed open for the right answer');
  });
});
