// The nation's W3C credentials in software that this project did not write: taken by @openid4vc, verified by Digital Bazaar's libraries with keys that didwebvh-ts found, presented with
// Digital Bazaar's proofs, and the file by jose.
import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
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
import { becomeMember } from './lib/story.mjs';
import { resolveThere } from './lib/webvh.mjs';
import { Wallet } from './lib/wallet.mjs';

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

    // A key as Digital Bazaar makes it, and its did:key.
    key = await EcdsaMultikey.generate({ curve: 'P-256' });
    const { publicKeyMultibase } = await key.export({ publicKey: true });
    holder = `did:key:${publicKeyMultibase}`;
    Object.assign(key, { id: `${holder}#${publicKeyMultibase}`, controller: holder });
    credential = await take();
  });
  after(async () => {
    await app?.close();
    await server?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  /** Another offer to Ada, taken as ldp_vc by @openid4vc/openid4vci, the key named by its DID. */
  async function take() {
    const wallet = await Wallet.create(server);
    wallet.privateKey = createPrivateKey({ key: await EcdsaMultikey.toJwk({ keyPair: key, secretKey: true }), format: 'jwk' });
    const { link } = await server.offerMembership({ member: ada.memberId });
    const { offer, issuerMetadata, accessToken } = await wallet.authorize(link);
    const credentialConfigurationId = 'membership_ldp_vc';
    assert.ok(offer.credential_configuration_ids.includes(credentialConfigurationId));
    const { c_nonce: nonce } = await wallet.vci.requestNonce({ issuerMetadata });
    const { jwt } = await wallet.vci.createCredentialRequestJwtProof({ issuerMetadata, credentialConfigurationId, nonce, signer: { method: 'did', alg: 'ES256', didUrl: key.id } });
    const { credentialResponse } = await wallet.vci.retrieveCredentials({ issuerMetadata, credentialConfigurationId, accessToken, proofs: { jwt: [jwt] } });
    assert.ok(credentialResponse, 'the library takes the answer');
    return credentialResponse.credentials[0].credential;
  }

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
    await eventually('the list says revoked', () => isSet(other, 'revocation'), 10);
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

  it('the file at the account verifies with jose', async () => {
    const cookies = new Map();
    const { link } = await openWithoutBrowser(server, `${server.issuer}/account`, cookies);
    const { redirectUri } = await ada.wallet.present(link, ada.credential);
    const account = await openWithoutBrowser(server, redirectUri, cookies);
    const form = /name="form" value="([^"]+)"/.exec(account.text)[1];
    const file = await server.fetch(`${server.issuer}/account/download`, {
      method: 'POST', body: new URLSearchParams({ type: 'membership', form }),
      headers: { cookie: account.cookie, 'content-type': 'application/x-www-form-urlencoded', origin: server.issuer },
    });
    assert.equal(file.headers.get('content-type'), 'application/vc+jwt');
    const token = await file.text();
    const { kid, alg } = decodeProtectedHeader(token);
    const { publicKeyJwk } = controller.verificationMethod.find(({ id }) => id === kid);
    assert.ok(controller.assertionMethod.includes(kid));
    const { payload } = await jwtVerify(token, await importJWK(publicKeyJwk, alg), { typ: 'vc+jwt' });
    assert.equal(payload.issuer.id, controller.id);
    assert.equal(payload.credentialSubject.display_name, 'Ada Example');
    assert.ok(!('vc' in payload));
  });
});
