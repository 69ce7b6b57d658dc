// What the stories share: how a person becomes a member, and how a member signs in.
import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import { openWithoutBrowser } from './app.mjs';
import { comeBack, openPage, walletLink } from './browser.mjs';
import { PHONE } from './pages.mjs';
import { Wallet } from './wallet.mjs';

/** What the nation says of Ada; the names are those of the membership type. */
export const ADA = { display_name: 'Ada Example', node: 'Lisbon' };

/** Someone with a fresh key who took a membership credential: a new member, or a new credential for `member`. */
export async function becomeMember(server, { member, alg, claims = member ? {} : ADA } = {}) {
  const offer = await server.offerMembership({ member, claims });
  const wallet = await Wallet.create(server, { alg });
  const taken = await wallet.receive(offer.link);
  return { wallet, memberId: offer.member_id, credential: taken.credential, taken };
}

/** A key as Digital Bazaar makes it, and its did:key. */
export async function newHolder() {
  const key = await EcdsaMultikey.generate({ curve: 'P-256' });
  const { publicKeyMultibase } = await key.export({ publicKey: true });
  const holder = `did:key:${publicKeyMultibase}`;
  return Object.assign(key, { id: `${holder}#${publicKeyMultibase}`, controller: holder });
}

/** Another offer to a member, taken as ldp_vc by @openid4vc/openid4vci, the key named by its DID. */
export async function takeDocument(server, member, key, { type = 'membership', claims } = {}) {
  const wallet = await Wallet.create(server);
  wallet.privateKey = createPrivateKey({ key: await EcdsaMultikey.toJwk({ keyPair: key, secretKey: true }), format: 'jwk' });
  const { link } = await server.offer(type, { member, claims });
  const { offer, issuerMetadata, accessToken } = await wallet.authorize(link);
  const credentialConfigurationId = `${type}_ldp_vc`;
  assert.ok(offer.credential_configuration_ids.includes(credentialConfigurationId));
  const { c_nonce: nonce } = await wallet.vci.requestNonce({ issuerMetadata });
  const { jwt } = await wallet.vci.createCredentialRequestJwtProof({ issuerMetadata, credentialConfigurationId, nonce, signer: { method: 'did', alg: 'ES256', didUrl: key.id } });
  const { credentialResponse } = await wallet.vci.retrieveCredentials({ issuerMetadata, credentialConfigurationId, accessToken, proofs: { jwt: [jwt] } });
  assert.ok(credentialResponse, 'the library takes the answer');
  return credentialResponse.credentials[0].credential;
}

/** The files of a member's credentials from the account, by their types: what the browser is given, and its media type. */
export async function download(server, { wallet, credential }, ...types) {
  const cookies = new Map();
  const { link } = await openWithoutBrowser(server, `${server.issuer}/account`, cookies);
  const { redirectUri } = await wallet.present(link, credential);
  const account = await openWithoutBrowser(server, redirectUri, cookies);
  const form = /name="form" value="([^"]+)"/.exec(account.text)[1];
  return Promise.all(types.map(async (type) => {
    const file = await server.fetch(`${server.issuer}/account/download`, {
      method: 'POST', body: new URLSearchParams({ type, form }),
      headers: { cookie: account.cookie, 'content-type': 'application/x-www-form-urlencoded', origin: server.issuer },
    });
    return { type: file.headers.get('content-type'), text: await file.text() };
  }));
}

/** The number that the page shows to the browser that asked, once a wallet has answered on another device. */
export const numberOn = (page) => page.locator('main[data-state=confirming] .digits').innerText();

/** The wallet's holder chooses, on the page that the wallet leads to, the number that the browser shows. */
export async function choose(phone, number) {
  await phone.getByRole('button', { name: number, exact: true }).click();
  await phone.getByRole('heading', { name: 'Done here', level: 1 }).waitFor();
}

/** A wallet on another device has answered: its phone opens what it was told to, and its holder chooses the number that `page` shows. */
export async function confirm(page, redirectUri, options = {}) {
  const phone = await openPage(page.context().browser(), { ...PHONE, ...options });
  try {
    await phone.page.goto(redirectUri);
    await choose(phone.page, await numberOn(page));
    assert.deepEqual(phone.faults, []);
  } finally {
    await phone.close();
  }
}

/** Signs in on the device that holds the wallet, and spends the code. Gives tokens, claims and userinfo. */
export async function signIn(page, partner, { wallet, credential }, options = {}) {
  const begun = await partner.begin({ prompt: 'login', ...options.parameters }); // a proof, whoever has a session
  await page.goto(begun.url);
  const answer = await wallet.present(await walletLink(page), credential, options);
  assert.equal(answer.status, 200, answer.text);
  assert.ok(answer.redirectUri, 'the wallet is told where to send the person back');
  await comeBack(page, answer.redirectUri);
  return { ...(await partner.finish(begun)), answer, begun };
}
