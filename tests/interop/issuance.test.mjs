import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { startServer } from './lib/server.mjs';
import { ADA, becomeMember } from './lib/story.mjs';
import { jwtOf } from './lib/verifier.mjs';
import { Wallet } from './lib/wallet.mjs';

const exchange = (wallet, endpoint) => wallet.exchanges.find(({ url }) => url === endpoint);

describe('A stranger\'s wallet takes the membership credential', () => {
  let server;
  before(async () => { server = await startServer(); });
  after(() => server?.stop());

  it('takes a credential that is bound to its key, expires, and has a status', async () => {
    const { wallet, credential, taken } = await becomeMember(server);
    const header = decodeProtectedHeader(jwtOf(credential));
    const visible = decodeJwt(jwtOf(credential));
    assert.equal(header.typ, 'dc+sd-jwt');
    assert.equal(header.alg, 'ES256');
    assert.ok(header.x5c.length >= 1);
    assert.equal(visible.iss, server.issuer);
    assert.equal(visible.vct, 'urn:network-identity:membership:1');
    assert.deepEqual({ x: visible.cnf.jwk.x, y: visible.cnf.jwk.y }, { x: wallet.jwk.x, y: wallet.jwk.y });
    assert.equal(visible.cnf.jwk.d, undefined);
    assert.ok(visible.exp > Date.now() / 1000);
    assert.ok(Number.isInteger(visible.status.status_list.idx));
    assert.ok(visible.status.status_list.uri.startsWith(server.issuer));
    assert.equal(taken.offer.credential_issuer, server.issuer);
  });

  it('finds in the credential what the nation says, and shows none of it unasked', async () => {
    const { wallet, credential } = await becomeMember(server);
    const visible = decodeJwt(jwtOf(credential));
    const held = await wallet.sdJwt.getClaims(credential);
    for (const [name, value] of Object.entries(ADA)) {
      assert.equal(held[name], value);
      assert.equal(visible[name], undefined);
    }
    assert.ok(held.tier);
    assert.equal(visible.tier, undefined);
  });

  it('takes a credential on an Ed25519 key', async () => {
    const { wallet, credential } = await becomeMember(server, { alg: 'EdDSA' });
    assert.equal(decodeJwt(jwtOf(credential)).cnf.jwk.x, wallet.jwk.x);
  });

  it('takes an offer by value as well as by reference', async () => {
    const { link } = await server.offerMembership({ claims: ADA });
    const wallet = await Wallet.create(server);
    const offer = await wallet.vci.resolveCredentialOffer(link);
    const { credential } = await wallet.receive(`openid-credential-offer://?credential_offer=${encodeURIComponent(JSON.stringify(offer))}`);
    assert.ok(credential.endsWith('~'));
  });

  it('needs the transaction code where one was given', async () => {
    const { link, tx_code: txCode } = await server.offerMembership({ claims: ADA, txCode: true });
    assert.match(txCode, /^\S{4,}$/);
    const { offer, credential } = await (await Wallet.create(server)).receive(link, { txCode });
    const announced = offer.grants['urn:ietf:params:oauth:grant-type:pre-authorized_code'].tx_code;
    assert.ok(announced, 'the offer says that a code is needed');
    assert.ok(!JSON.stringify(offer).includes(txCode), 'and does not tell it');
    if (announced.length) assert.equal(announced.length, txCode.length);
    assert.ok(credential);
  });

  it('is answered as OpenID4VCI 1.0 says, and nothing may be cached', async () => {
    const { wallet, taken } = await becomeMember(server);
    const { credentialIssuer, authorizationServers: [authorizationServer] } = taken.issuerMetadata;
    assert.equal(taken.issuerMetadata.originalDraftVersion, 'V1');
    assert.ok(taken.tokenResponse.expires_in <= 300);
    assert.equal(taken.tokenResponse.token_type.toLowerCase(), 'bearer');
    assert.equal(taken.tokenResponse.c_nonce, undefined);
    assert.equal(taken.credentialResponse.c_nonce, undefined);
    assert.equal(taken.credentialResponse.credentials.length, 1);
    for (const endpoint of [authorizationServer.token_endpoint, credentialIssuer.nonce_endpoint, credentialIssuer.credential_endpoint]) {
      assert.match(exchange(wallet, endpoint).headers.get('cache-control'), /no-store/, endpoint);
    }
  });

  it('may tell twice that it accepted', async () => {
    const { wallet, taken } = await becomeMember(server);
    assert.equal(taken.notified.status, 204);
    const again = await wallet.vci.sendNotification({
      issuerMetadata: taken.issuerMetadata, accessToken: taken.accessToken,
      notification: { notificationId: taken.credentialResponse.notification_id, event: 'credential_accepted' },
    });
    assert.equal(again.response.status, 204);
  });

  it('gets another key, another slot and other salts in a second credential of the same member', async () => {
    const first = await becomeMember(server);
    const second = await becomeMember(server, { member: first.memberId });
    assert.equal(second.memberId, first.memberId);
    const [one, two] = [first, second].map(({ credential }) => decodeJwt(jwtOf(credential)));
    assert.notDeepEqual(one.status.status_list, two.status.status_list);
    assert.notEqual(one.cnf.jwk.x, two.cnf.jwk.x);
    assert.equal(one._sd.filter((digest) => two._sd.includes(digest)).length, 0);
    const held = await second.wallet.sdJwt.getClaims(second.credential);
    assert.equal(held.display_name, ADA.display_name);
  });
});

describe('A nation in production', () => {
  it('is founded with init before it serves', async () => {
    const server = await startServer({ production: true, env: { NETID__Keys__Secret: 'a passphrase for one test, long enough' } });
    try {
      await assert.rejects(server.run('serve'), ({ code, stdout, stderr }) => Number.isInteger(code) && code !== 0 && /netid init/.test(stdout + stderr));
      await server.netid('init', '--name', 'Meridian', '--issuer', server.issuer);
      await server.start();
      assert.ok((await becomeMember(server)).credential);
      assert.equal(await server.stop(), 0, 'SIGTERM ends it in order');
    } finally {
      if (server.child?.exitCode === null) await server.stop();
    }
  });
});
