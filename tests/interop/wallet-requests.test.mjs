// Which requests the practice wallet answers and which it refuses: signed here, each with one thing wrong.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { describe, it } from 'node:test';
import { SignJWT } from 'jose';
import { certify, clientIdOf } from './lib/certificate.mjs';
import { Problem, problem, readRequest, Wire } from './lib/core.mjs';

const TYPE = 'oauth-authz-req+jwt';
const now = () => Math.floor(Date.now() / 1000);
const root = certify({ subject: 'Root', ca: true });
const LEAF = certify({ dns: ['app.example'], by: root });
const ENCRYPTION_KEY = { ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }), kid: '1', use: 'enc', alg: 'ECDH-ES' };

const OLD_ENCRYPTION = { jwks: { keys: [ENCRYPTION_KEY] }, encrypted_response_enc_values_supported: ['A128CBC-HS256'] };

/** did:jwk of a key: its name is the key. */
function didOf(keys) {
  const { kty, crv, x, y } = keys.publicKey.export({ format: 'jwk' });
  return `did:jwk:${Buffer.from(JSON.stringify({ kty, crv, x, y })).toString('base64url')}`;
}

const didKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const CLIENTS = {
  x509_hash: { clientId: LEAF.clientId, header: { x5c: LEAF.x5c }, key: LEAF.privateKey },
  x509_san_dns: { clientId: 'x509_san_dns:app.example', header: { x5c: LEAF.x5c }, key: LEAF.privateKey },
  decentralized_identifier: { clientId: `decentralized_identifier:${didOf(didKeys)}`, header: { kid: `${didOf(didKeys)}#0` }, key: didKeys.privateKey },
};

const claimsOf = (clientId, changes) => ({
  client_id: clientId, aud: 'https://self-issued.me/v2', response_type: 'vp_token', response_mode: 'direct_post', response_uri: 'https://app.example/response',
  nonce: 'n-0S6_WzA2Mj', state: 'of-the-app', iat: now(), exp: now() + 60, client_metadata: { client_name: 'The App' },
  dcql_query: { credentials: [{ id: 'm', format: 'dc+sd-jwt', meta: { vct_values: ['urn:example:membership'] }, claims: [{ path: ['tier'] }] }] },
  ...changes,
});

/** Reads a request that one of the clients made, with what is changed in it, by reference and fetched with POST. */
async function read(client, { claims = {}, header = {}, key = client.key, alg = 'ES256', linkClient = client.clientId, echo = true, spoil = (text) => text } = {}) {
  const web = new Wire(async (url, init) => {
    assert.equal(url, 'https://app.example/request');
    const walletNonce = new URLSearchParams(init.body).get('wallet_nonce');
    const signed = await new SignJWT({ ...claimsOf(client.clientId, claims), ...(echo ? { wallet_nonce: walletNonce } : {}) })
      .setProtectedHeader({ typ: TYPE, ...client.header, ...header, alg }).sign(key);
    return new Response(spoil(signed), { headers: { 'content-type': `application/${TYPE}` } });
  });
  const link = new URLSearchParams({ client_id: linkClient, request_uri: 'https://app.example/request', request_uri_method: 'post' });
  return readRequest(`openid4vp://?${link}`, web);
}

describe('The practice wallet reads a request', () => {
  for (const [prefix, client] of Object.entries(CLIENTS)) {
    it(`of a client by ${prefix}`, async () => {
      const request = await read(client);
      assert.deepEqual(
        { prefix: request.prefix, name: request.name, host: request.host, clientId: request.clientId, asked: request.asked },
        { prefix, name: 'The App', host: 'app.example', clientId: client.clientId, asked: [{ id: 'm', vcts: ['urn:example:membership'], types: [], claims: [['tier']] }] });
      assert.ok(request.expiresAt > Date.now());
      assert.deepEqual(structuredClone(request), request, 'it can be kept');
    });
  }

  for (const alg of ['EdDSA', 'Ed25519']) {
    it(`of a client by did:jwk with an Ed25519 key and ${alg}`, async () => {
      const keys = generateKeyPairSync('ed25519');
      const clientId = `decentralized_identifier:${didOf(keys)}`;
      assert.equal((await read({ clientId, header: { kid: `${didOf(keys)}#0` }, key: keys.privateKey }, { alg })).clientId, clientId);
    });
  }

  it('that stands in the link itself', async () => {
    const { clientId, header, key } = CLIENTS.x509_hash;
    const signed = await new SignJWT(claimsOf(clientId)).setProtectedHeader({ typ: TYPE, alg: 'ES256', ...header }).sign(key);
    const nowhere = new Wire(() => assert.fail('nothing is to be fetched'));
    for (const start of ['openid4vp://', 'haip-vp://', 'https://wallet.example/present']) {
      assert.equal((await readRequest(`${start}?${new URLSearchParams({ client_id: clientId, request: signed })}`, nowhere)).clientId, clientId);
    }
  });

  it('with a chain of certificates', async () => {
    const between = certify({ subject: 'Between', ca: true, by: root });
    const leaf = certify({ by: between });
    assert.equal(leaf.x5c.length, 2);
    assert.equal((await read({ clientId: leaf.clientId, header: { x5c: leaf.x5c }, key: leaf.privateKey })).prefix, 'x509_hash');
  });

  it('that wants an encrypted answer, and chooses what it can do', async () => {
    const metadata = { jwks: { keys: [{ kty: 'RSA' }, ENCRYPTION_KEY] }, encrypted_response_enc_values_supported: ['A192GCM', 'A256GCM', 'A128GCM'] };
    const { encryption } = await read(CLIENTS.x509_hash, { claims: { response_mode: 'direct_post.jwt', client_metadata: metadata } });
    assert.deepEqual([encryption.enc, encryption.jwk.kid], ['A256GCM', '1']);
  });

  it('for a W3C credential, where its proof is taken; else nothing answers that part', async () => {
    const W3C = { id: 'w', format: 'ldp_vc', meta: { type_values: [['urn:a']] } };
    const typesFor = async (vp_formats_supported) => (await read(CLIENTS.x509_hash, { claims: { dcql_query: { credentials: [W3C] }, client_metadata: { vp_formats_supported } } })).asked[0].types;
    assert.deepEqual(await typesFor(undefined), [['urn:a']]);
    assert.deepEqual(await typesFor({ ldp_vc: { proof_type_values: ['DataIntegrityProof'], cryptosuite_values: ['eddsa-jcs-2022', 'ecdsa-jcs-2019'] } }), [['urn:a']]);
    assert.deepEqual(await typesFor({ 'dc+sd-jwt': {} }), []);
  });

  it('of an app on this machine, which needs no https', async () => {
    for (const host of ['localhost:1', 'library.localhost:1', '127.0.0.1:1', '[::1]:1']) {
      assert.equal((await read(CLIENTS.x509_hash, { claims: { response_uri: `http://${host}/response` } })).host, host);
    }
  });

  it('and shows what an app calls itself on one line, its host where it calls itself nothing', async () => {
    const named = async (client_name) => (await read(CLIENTS.x509_hash, { claims: { client_metadata: { client_name } } })).name;
    assert.equal(await named(' The\n\u202eApp '), 'The App');
    assert.equal((await named('x'.repeat(1000))).length, 600);
    assert.match(await named(`${'x'.repeat(100)} (${'a'.repeat(60)}.${'b'.repeat(60)}.example), number 64, begun 10:06 UTC in Chrome on Linux, at ${'y'.repeat(100)}`), /number 64, begun 10:06 UTC/);
    for (const nothing of ['', ' ', 7, undefined]) assert.equal(await named(nothing), 'app.example');
  });
});

describe('The practice wallet refuses a request', () => {
  const { x509_hash: hash, x509_san_dns: san, decentralized_identifier: did } = CLIENTS;
  const stranger = certify({ dns: ['app.example'], by: root });
  const otherDid = didOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
  const flip = (text) => text.replace(/.(?=.{20}$)/, (character) => (character === 'A' ? 'B' : 'A'));
  const leafOf = (leaf) => ({ clientId: leaf.clientId, header: { x5c: leaf.x5c }, key: leaf.privateKey });
  const padded = Buffer.concat([LEAF.der, Buffer.from([0])]);
  const days = (count) => new Date(Date.now() + count * 86_400_000);

  for (const [what, client, changes, code, detail] of [
    ['with a wrong signature', hash, { spoil: flip }, 'invalid_client', /signature/],
    ['with the signature of another key', hash, { key: stranger.privateKey }, 'invalid_client', /signature/],
    ['with another\'s signature by x509_san_dns', san, { key: stranger.privateKey }, 'invalid_client', /signature/],
    ['with another\'s signature by DID', did, { key: stranger.privateKey }, 'invalid_client', /signature/],
    ['with another certificate\'s client id', hash, { header: { x5c: stranger.x5c }, key: stranger.privateKey }, 'invalid_client', /another certificate/],
    ['with a name that the certificate does not have', { ...san, clientId: 'x509_san_dns:bank.example' }, { claims: { response_uri: 'https://bank.example/' } }, 'invalid_client', /another certificate/],
    ['whose answer goes to another host than its name', san, { claims: { response_uri: 'https://app.example.evil.example/' } }, 'invalid_client', /response_uri/],
    ['with the key of another DID', did, { header: { kid: `${otherDid}#0` } }, 'invalid_client', /kid/],
    ['with another key of the DID', did, { header: { kid: `${did.header.kid.slice(0, -1)}1` } }, 'invalid_client', /kid/],
    ['of a DID that must be fetched', { ...did, clientId: 'decentralized_identifier:did:web:app.example', header: { kid: 'did:web:app.example#0' } }, {}, 'invalid_client', /did:jwk alone/],
    ['of a DID without a key', { ...did, clientId: 'decentralized_identifier:did:jwk:e30', header: { kid: 'did:jwk:e30#0' } }, {}, 'invalid_client', /no key/],
    ['with an unknown prefix', { ...hash, clientId: 'verifier_attestation:app.example' }, {}, 'invalid_client', /prefix/],
    ['with the prefix that needs no signature', { ...hash, clientId: 'redirect_uri:https://app.example/response' }, {}, 'invalid_request', /can’t sign/],
    ['with no prefix', { ...hash, clientId: 'app' }, {}, 'invalid_client', /prefix/],
    ['without certificates', { ...hash, header: {} }, {}, 'untrusted_certificate', /x5c/],
    ['with a certificate that has ended', leafOf(certify({ by: root, notBefore: days(-9), notAfter: days(-1) })), {}, 'untrusted_certificate', /not in its time/],
    ['with a certificate that begins tomorrow', leafOf(certify({ by: root, notBefore: days(1) })), {}, 'untrusted_certificate', /not in its time/],
    ['with a chain that does not hold', { ...hash, header: { x5c: [LEAF.x5c[0], stranger.x5c[0]] } }, {}, 'untrusted_certificate', /not signed by/],
    ['with more certificates than are read', { ...hash, header: { x5c: Array(5).fill(LEAF.x5c[0]) } }, {}, 'untrusted_certificate', /1 to 4/],
    ['with an empty chain', { ...hash, header: { x5c: [] } }, {}, 'untrusted_certificate', /1 to 4/],
    ['with a certificate that has something behind it', leafOf({ ...LEAF, clientId: clientIdOf(padded), x5c: [padded.toString('base64')] }), {}, 'untrusted_certificate', /not a certificate/],
    ['with a leaf as authority', leafOf(certify({ by: LEAF })), {}, 'untrusted_certificate', /not signed by/],
    ['with what is no certificate', { ...hash, header: { x5c: [LEAF.x5c[0].slice(0, -8)] } }, {}, 'untrusted_certificate', /not a certificate/],
    ['of another client than the link\'s', hash, { linkClient: stranger.clientId }, 'invalid_request', /different clients/],
    ['that is of another type', hash, { header: { typ: 'JWT' } }, 'invalid_request', /typ/],
    ['that has ended', hash, { claims: { exp: now() - 1 } }, 'expired', /expired/],
    ['whose end is no time', hash, { claims: { exp: '9999999999' } }, 'invalid_request', /exp/],
    ['whose state is an object', hash, { claims: { state: {} } }, 'invalid_request', /state/],
    ['that begins later', hash, { claims: { iat: now() + 600 } }, 'invalid_request', /future/],
    ['for someone else', hash, { claims: { aud: 'https://wallet.example' } }, 'invalid_request', /aud/],
    ['for nobody', hash, { claims: { aud: undefined } }, 'invalid_request', /aud/],
    ['with another wallet\'s nonce', hash, { claims: { wallet_nonce: 'another' }, echo: false }, 'invalid_request', /wallet_nonce/],
    ['without this wallet\'s nonce', hash, { echo: false }, 'invalid_request', /wallet_nonce/],
    ['whose answer goes by http to a foreign host', hash, { claims: { response_uri: 'http://app.example/response' } }, 'insecure_url', /https/],
    ['whose answer goes by http to a host that only looks like this machine', hash, { claims: { response_uri: 'http://localhost.evil.example/' } }, 'insecure_url', /https/],
    ['whose answer goes to a script', hash, { claims: { response_uri: 'javascript:alert(1)' } }, 'insecure_url', /https/],
    ['whose answer goes nowhere', hash, { claims: { response_uri: undefined } }, 'invalid_request', /response_uri/],
    ['with a redirect URI beside', hash, { claims: { redirect_uri: 'https://app.example/' } }, 'invalid_request', /redirect_uri/],
    ['by a response mode for browsers', hash, { claims: { response_mode: 'fragment' } }, 'invalid_request', /response_mode/],
    ['for a code', hash, { claims: { response_type: 'code' } }, 'unsupported_response_type', /response_type/],
    ['without a nonce', hash, { claims: { nonce: undefined } }, 'invalid_request', /nonce/],
    ['to be answered encrypted, without a key', hash, { claims: { response_mode: 'direct_post.jwt' } }, 'invalid_request', /no key/],
    ['to be answered encrypted, in no way it knows', hash, { claims: { response_mode: 'direct_post.jwt', client_metadata: OLD_ENCRYPTION } }, 'invalid_request', /no key/],
    ['for other formats', hash, { claims: { client_metadata: { vp_formats_supported: { mso_mdoc: {} } } } }, 'vp_formats_not_supported', /dc\+sd-jwt/],
    ['for W3C credentials with proofs that it does not make', hash, { claims: { client_metadata: { vp_formats_supported: { ldp_vc: { cryptosuite_values: ['bbs-2023'] } } } } }, 'vp_formats_not_supported', /ecdsa-jcs-2019/],
    ['for W3C credentials with proofs of another type', hash, { claims: { client_metadata: { vp_formats_supported: { ldp_vc: { proof_type_values: ['Ed25519Signature2020'] } } } } }, 'vp_formats_not_supported', /ldp_vc/],
    ['for a key binding that it does not make', hash, { claims: { client_metadata: { vp_formats_supported: { 'dc+sd-jwt': { 'kb-jwt_alg_values': ['ES512'] } } } } }, 'vp_formats_not_supported', /ES256/],
    ['that asks for a transaction', hash, { claims: { transaction_data: ['e30'] } }, 'invalid_transaction_data', /transaction_data/],
    ['without a query', hash, { claims: { dcql_query: undefined, scope: 'membership' } }, 'invalid_request', /dcql_query/],
    ['with a header that must be understood', hash, { header: { crit: ['b64'], b64: true } }, 'invalid_request', /signed request object/],
    ['that is no JWT', hash, { spoil: () => '<!doctype html>' }, 'invalid_request', /signed request object/],
  ]) it(what, () => assert.rejects(read(client, changes), problem(code, detail)));

  it('whose certificates are damaged, wherever they are, in words', async () => {
    const between = certify({ subject: 'Between', ca: true, by: root });
    const leaf = certify({ by: between });
    const tryWith = async (above) => {
      const client = { clientId: leaf.clientId, header: { x5c: [leaf.x5c[0], above.toString('base64')] }, key: leaf.privateKey };
      return read(client).then(() => 'read', (error) => (error instanceof Problem ? error.code : Promise.reject(error)));
    };
    const codes = new Set();
    for (let at = 0; at < between.der.length; at++) {
      const damaged = Buffer.from(between.der);
      damaged[at] ^= 0x15;
      codes.add(await tryWith(damaged));
      assert.equal(await tryWith(between.der.subarray(0, at)), 'untrusted_certificate');
    }
    assert.deepEqual([...codes].sort(), ['read', 'untrusted_certificate'], 'its serial number, for example, is nothing that a leaf depends on');
  });

  it('that nobody signed', async () => {
    const parts = (claims) => [{ typ: TYPE, alg: 'none', ...hash.header }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
    for (const signature of ['', 'AAAA']) {
      const link = new URLSearchParams({ client_id: hash.clientId, request: `${parts(claimsOf(hash.clientId)).join('.')}.${signature}` });
      await assert.rejects(readRequest(`openid4vp://?${link}`, new Wire(() => assert.fail('fetched'))), problem('invalid_client', /signature/));
    }
    const plain = new URLSearchParams({ client_id: hash.clientId, response_type: 'vp_token', nonce: 'n', dcql_query: '{}' });
    await assert.rejects(readRequest(`openid4vp://?${plain}`, new Wire(() => assert.fail('fetched'))), problem('invalid_request', /not signed/));
  });

  for (const [what, link, code, detail] of [
    ['an address that is not https', '?client_id=a&request_uri=http%3A%2F%2Fapp.example%2F', 'insecure_url'],
    ['a file', '?client_id=a&request_uri=file%3A%2F%2F%2Fetc%2Fpasswd', 'insecure_url'],
    ['an address with a password', '?client_id=a&request_uri=https%3A%2F%2Fa%3Ab%40app.example%2F', 'insecure_url'],
    ['a method that is none', '?client_id=a&request_uri=https%3A%2F%2Fapp.example%2F&request_uri_method=POST', 'invalid_request_uri_method'],
    ['no client', '?request_uri=https%3A%2F%2Fapp.example%2F', 'invalid_request'],
    ['two clients', '?client_id=a&client_id=b&request_uri=https%3A%2F%2Fapp.example%2F', 'invalid_request'],
    ['two requests', '?client_id=a&request=b&request_uri=https%3A%2F%2Fapp.example%2F', 'invalid_request', /both/],
  ]) {
    it(`whose link names ${what}, and fetches nothing`, () =>
      assert.rejects(readRequest(`openid4vp://${link}`, new Wire(() => assert.fail('fetched'))), problem(code, detail)));
  }

  it('that is none', async () => {
    for (const text of ['', 'hello', 'mailto:a@app.example', 'javascript:alert(1)', 'mdoc://?client_id=a']) {
      await assert.rejects(readRequest(text, new Wire(() => assert.fail('fetched'))), ({ code }) => code === 'not_a_link');
    }
  });

  it('that is not there any more, and says so', async () => {
    const link = 'openid4vp://?client_id=a&request_uri=https%3A%2F%2Fapp.example%2F';
    await assert.rejects(readRequest(link, new Wire(async () => new Response('{}', { status: 404 }))), problem('expired'));
    await assert.rejects(readRequest(link, new Wire(async () => new Response('{"error":"server_error","error_description":"down"}', { status: 500 }))), problem('server_error', /down/));
    await assert.rejects(readRequest(link, new Wire(async () => { throw new TypeError('no network'); })), problem('unreachable', /no network/));
  });
});

describe('The wire', () => {
  it('follows no redirect, since an answer must come from where it was asked', async () => {
    const web = createServer(({ url }, response) => response.writeHead(url === '/here' ? 302 : 200, { location: '/there' }).end('there'));
    await new Promise((resolve) => web.listen(0, 'localhost', resolve));
    try {
      const [wire, origin] = [new Wire(), `http://localhost:${web.address().port}`];
      assert.equal(await (await wire.fetch(`${origin}/there`)).text(), 'there');
      await assert.rejects(wire.fetch(`${origin}/here`), problem('unreachable'));
    } finally {
      await new Promise((resolve) => web.close(resolve));
    }
  });

  it('asks without cookies, and gives up after a while', async () => {
    let asked;
    await new Wire(async (_, init) => { asked = init; return new Response('{}'); }).fetch('https://app.example/');
    assert.deepEqual([asked.credentials, asked.redirect, asked.signal instanceof AbortSignal], ['omit', 'error', true]);
  });

  it('keeps a bounded tape, what was not answered too, and reads no answer without end', async () => {
    const wire = new Wire(async (url) => (url.endsWith('/gone') ? Promise.reject(new TypeError('no network')) : new Response(url.endsWith('/long') ? 'x'.repeat(100_000) : 'short')));
    for (let turn = 0; turn < 210; turn++) await wire.fetch(`https://app.example/${turn}`, { method: 'POST', body: new URLSearchParams({ turn }) });
    assert.deepEqual([wire.entries.length, wire.entries[0].url, wire.entries[0].requestBody], [200, 'https://app.example/10', 'turn=10']);
    assert.equal((await (await wire.fetch('https://app.example/long')).text()).length, 100_000);
    assert.match(wire.entries.at(-1).responseBody, /^x{65536}… \(34464 more\)$/);
    await assert.rejects(wire.fetch('https://app.example/gone'), problem('unreachable', /no network/));
    assert.deepEqual([wire.entries.at(-1).url, wire.entries.at(-1).status], ['https://app.example/gone', null]);
    await assert.rejects(new Wire(async () => new Response(new Uint8Array(9 * 1024 * 1024))).fetch('https://app.example/'), ({ code }) => code === 'too_long');
  });
});
