// The nation's W3C credentials in software that this project did not write: taken by @openid4vc, verified by Digital Bazaar's libraries with keys that didwebvh-ts found, presented with
// Digital Bazaar's proofs, and the file by jose.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import { checkStatus } from '@digitalbazaar/vc-bitstring-status-list';
import { decodeProtectedHeader, importJWK, jwtVerify } from 'jose';
import { openWithoutBrowser, register, startApp } from './lib/app.mjs';
import { present, verify } from './lib/proofs.mjs';
import { eventually, startServer } from './lib/server.mjs';
import { becomeMember, download, newHolder, takeDocument } from './lib/story.mjs';
import { resolveThere } from './lib/webvh.mjs';

describe('W3C credentials of the nation, to strangers', () => {
  let server, app, partner, folder, ada, key, holder, credential, controller;
  before(async () => {
    server = await startServer({ https: true });
    folder = await mkdtemp(join(tmpdir(), 'netid-w3c-'));
    const policyFile = join(folder, 'policy.json');
    await writeFile(policyFile, JSON.stringify({ version: 1, credentials: [{ type: 'membership', formats: ['dc+sd-jwt', 'ldp_vc'] }] }));
    app = await startApp();
    partner = await register(server, app, { policyFile });
    ada = await becomeMember(server);
    ({ doc: controller } = await resolveThere((await server.netid('did', 'show')).did, server.fetch));

    key = await newHolder();
    holder = key.controller;
    credential = await take();
  });
  after(async () => {
    await app?.close();
    await server?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  const take = (options) => takeDocument(server, ada.memberId, key, options);

  const says = (one) => verify({ document: structuredClone(one), controller });

  it('the membership verifies by the keys of the DID that it names, and not when a claim is another', async () => {
    assert.equal(credential.issuer.id, controller.id);
    assert.equal(credential.credentialSubject.id, holder);
    const { verified, error } = await says(credential);
    assert.ok(verified, error);
    for (const change of [(one) => { one.credentialSubject.tier = 'citizen'; }, (one) => { one.validUntil = '2099-01-01T00:00:00Z'; }, (one) => { delete one.credentialStatus; }]) {
      const changed = structuredClone(credential);
      change(changed);
      assert.equal((await says(changed)).verified, false);
    }
  });

  it('a residency and a reputation verify by the same keys, and not when a claim is another', async () => {
    const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    for (const [type, claims, change] of [
      ['residency', { residency_status: 'resident', node: 'Lisbon', from: day(0), until: day(60) }, (one) => { one.credentialSubject.residency_status = 'visitor'; }],
      ['reputation', { domain: 'hosting', band: 'established', facts_at_least: '10', method: 'witnessed-facts', method_version: '1', contest_at: 'https://nation.example/contest' }, (one) => { one.credentialSubject.facts_at_least = 11; }],
    ]) {
      const one = await take({ type, claims });
      assert.equal(one.issuer.id, controller.id);
      assert.equal(one.credentialSubject.id, holder);
      assert.ok(one.type.includes(`${type[0].toUpperCase()}${type.slice(1)}Credential`));
      const { verified, error } = await says(one);
      assert.ok(verified, error);
      for (const different of [change, (it) => { it.validUntil = '2099-01-01T00:00:00Z'; }, (it) => { it.credentialSubject.id = `${holder}x`; }]) {
        const changed = structuredClone(one);
        different(changed);
        assert.notDeepEqual(changed, one);
        assert.equal((await says(changed)).verified, false, type);
      }
    }
  });

  it('its status is on lists that verify too, and says when it is revoked', async () => {
    const other = await take();
    const isSet = async (one, purpose) => {
      const entry = one.credentialStatus.find(({ statusPurpose }) => statusPurpose === purpose);
      const response = await server.fetch(entry.statusListCredential, { headers: { accept: 'application/vc, application/json' } });
      assert.equal(response.headers.get('content-type'), 'application/vc');
      const list = await response.json();
      const { verified, error } = await says(list);
      assert.ok(verified, error);
      const result = await checkStatus({
        credential: { ...one, credentialStatus: entry },
        documentLoader: async (url) => ({ document: url === list.id ? list : assert.fail(url) }),
        suite: [], // the list's proof is verified above
        verifyBitstringStatusListCredential: false,
      });
      if (result.error) throw result.error;
      return result.results[0].status;
    };
    for (const purpose of ['revocation', 'suspension']) assert.equal(await isSet(other, purpose), false);
    const record = (await server.netid('credential', 'list', '--member', ada.memberId)).filter(({ format }) => format === 'ldp_vc').at(-1);
    await server.netid('credential', 'revoke', record.id, '--reason', 'for good');
    await eventually('the list says revoked', () => isSet(other, 'revocation'));
    assert.equal(await isSet(other, 'suspension'), false);
    assert.equal(await isSet(credential, 'revocation'), false);
  });

  it('shown with a proof of Digital Bazaar\'s it signs its holder in; for another verifier, another nonce or by another key it does not', async () => {
    const begun = await partner.begin({ scope: 'openid membership' });
    const page = await openWithoutBrowser(server, begun.url);
    const request = await ada.wallet.resolve(page.link);
    const { client_id: domain, nonce: challenge } = request.authorizationRequestPayload;
    assert.deepEqual(request.dcql.query.credentials.map(({ format }) => format), ['dc+sd-jwt', 'ldp_vc']);
    const answer = async (options, signer = key) => ada.wallet.answer(request, { membership_ldp_vc: [await present(credential, signer, { domain, challenge, ...options })] });
    const thief = await EcdsaMultikey.generate({ curve: 'P-256' });
    Object.assign(thief, { id: key.id, controller: key.controller });
    for (const [options, signer] of [[{ domain: 'x509_hash:another' }], [{ challenge: 'another' }], [{}, thief]]) assert.equal((await answer(options, signer)).status, 400);

    const answered = await answer({});
    assert.equal(answered.status, 200, answered.text);
    const back = await server.fetch(answered.redirectUri, { redirect: 'manual', headers: { cookie: page.cookie } });
    const { claims } = await partner.finish(begun, new URL(back.headers.get('location')));
    assert.deepEqual(Object.keys(claims.membership).sort(), ['member_since', 'tier'], 'the app is told what it asked, whatever the form shows');
  });

  it('the files at the account verify with jose, of each type', async () => {
    const files = await download(server, ada, 'membership', 'residency', 'reputation');
    for (const [i, { type, text: token }] of files.entries()) {
      assert.equal(type, 'application/vc+jwt');
      const { kid, alg } = decodeProtectedHeader(token);
      const { publicKeyJwk } = controller.verificationMethod.find(({ id }) => id === kid);
      assert.ok(controller.assertionMethod.includes(kid));
      const { payload } = await jwtVerify(token, await importJWK(publicKeyJwk, alg), { typ: 'vc+jwt' });
      assert.equal(payload.issuer.id, controller.id);
      assert.ok(!('vc' in payload));
      const { credentialSubject: said } = payload;
      assert.deepEqual([said.display_name, said.residency_status, said.band].filter(Boolean), [['Ada Example'], ['resident'], ['established']][i]);
      const [head, body, signature] = token.split('.');
      const changed = Buffer.from(JSON.stringify({ ...payload, validUntil: '2099-01-01T00:00:00Z' })).toString('base64url');
      assert.notEqual(changed, body);
      await assert.rejects(jwtVerify([head, changed, signature].join('.'), await importJWK(publicKeyJwk, alg)), /signature verification failed/);
    }
  });
});
