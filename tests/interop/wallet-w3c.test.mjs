// W3C credentials in the practice wallet: taken from an issuer, shown to a verifier, and asked for their status, all three with a stranger's proofs.
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { compactDecrypt, SignJWT } from 'jose';
import { certify } from './lib/certificate.mjs';
import { answer, collect, match, newKey, problem, readOffer, readQuery, readStatus, redeem, saysOf, Wire } from './lib/core.mjs';
import { AUTHORITY, held } from './lib/specimens.mjs';
import { authentication, BASE_TYPE, CONTEXT_FILE, DID, didDocument, ISSUER, listOf, membershipOf, sign, signJwt, STRANGER, verifyShown, VOCABULARY, w3cIssuer, WEB } from './lib/w3c.mjs';

const digestOf = (hash) => createHash(hash).update(CONTEXT_FILE).digest();

const pendingOf = async ({ link, wire }, copies) => structuredClone(await redeem(await readOffer(link, wire), { copies }, wire));

/** Takes the form of the W3C alone, as the wallet keeps it. */
const take = async (made, copies) => structuredClone(await collect((await pendingOf(made, copies))[1], made.wire));

describe('The practice wallet takes a W3C credential', async () => {
  it('beside the other form of the same offer, with one code and each on keys of its own', async () => {
    const made = w3cIssuer();
    const [first, second] = await pendingOf(made);
    const [sdJwt, w3c] = [await collect(first, made.wire), await collect(second, made.wire)];
    assert.deepEqual([sdJwt.format, w3c.format], ['dc+sd-jwt', 'ldp_vc']);
    assert.deepEqual([w3c.name, w3c.vct, w3c.types], ['Membership', undefined, [BASE_TYPE, `${VOCABULARY}MembershipCredential`]]);
    assert.equal(made.seen.filter((request) => request === 'POST /token').length, 1);
    assert.deepEqual(saysOf(w3c).map(({ label, value }) => [label, value]), [['Tier', 'member'], ['Member since', '2026-01-01'], ['display_name', 'Ada']]);
    assert.equal(w3c.expiresAt, Date.parse('2999-01-01T00:00:00Z'));

    const names = made.proven.map(({ kid }) => kid);
    assert.equal(new Set(names).size, 3);
    for (const { kid, jwk } of made.proven) assert.ok(/^did:key:(zDn\w+)#\1$/.test(kid) && jwk === undefined, kid);
    assert.deepEqual(w3c.copies.map(({ document }) => document.credentialSubject.id), names.map((name) => name.split('#')[0]));
    for (const { keys } of w3c.copies) assert.equal(keys.privateKey.extractable, false);
    assert.equal(made.seen.filter((request) => request === 'GET /.well-known/did.json').length, 1);
    assert.match(made.wire.entries.at(-1).requestBody, /credential_accepted/);
  });

  for (const [what, w3c] of [
    ['that is bound to no did:key', { cryptographic_binding_methods_supported: ['jwk'] }], ['of no type', { credential_definition: undefined }],
    ['signed in a way that it can\'t verify', { credential_signing_alg_values_supported: ['bbs-2023'] }], ['of another form', { format: 'jwt_vc_json' }],
  ]) {
    it(`and leaves one ${what}`, async () => {
      const made = w3cIssuer({ w3c });
      assert.deepEqual((await readOffer(made.link, made.wire)).configurations.map(({ id }) => id), ['membership']);
    });
  }

  const another = await newKey();
  const others = { credentialSubject: { ...membershipOf('did:key:zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP').credentialSubject } };
  const method = didDocument().verificationMethod[0];
  for (const [what, broken, detail] of [
    ['signed by another key', { signing: { key: STRANGER } }, /proof/],
    ['changed after it was signed', { given: (one) => ({ ...one, credentialSubject: { ...one.credentialSubject, tier: 'steward' } }) }, /proof/],
    ['with something added', { given: (one) => ({ ...one, name: 'x' }) }, /proof/],
    ['without a proof', { given: ({ proof: _, ...one }) => one }, /no proof/],
    ['whose proof is for something else', { signing: { purpose: authentication } }, /something else/],
    ['of an issuer that is not who signed', { document: () => ({ issuer: 'did:web:bank.example' }) }, /issuer’s own/],
    ['of a DID at another place', { document: () => ({ issuer: 'did:web:bank.example' }), given: (one) => ({ ...one, proof: { ...one.proof, verificationMethod: 'did:web:bank.example#key-1' } }) }, /own place/],
    ['of a DID that is at no place', { document: () => ({ issuer: 'did:key:z6Mk' }), given: (one) => ({ ...one, proof: { ...one.proof, verificationMethod: 'did:key:z6Mk#z6Mk' } }) }, /own place/],
    ['whose issuer has no DID document', { did: null }, /no document/],
    ['whose issuer\'s document is another\'s', { did: didDocument({ id: 'did:web:bank.example' }) }, /another’s/],
    ['whose issuer\'s document does not know the DID', { did: didDocument({ alsoKnownAs: ['did:webvh:Qm:issuer.example'] }) }, /does not know/],
    ['whose key is not there', { did: didDocument({ verificationMethod: [] }) }, /no such key/],
    ['whose key is not one to assert with', { did: didDocument({ assertionMethod: [], authentication: [`${WEB}#key-1`] }) }, /no such key/],
    ['whose key is another\'s', { did: didDocument({ verificationMethod: [{ ...method, controller: 'did:web:bank.example' }] }) }, /controlled/],
    ['whose key was revoked', { did: didDocument({ verificationMethod: [{ ...method, revoked: '2026-01-01T00:00:00Z' }] }) }, /in use/],
    ['whose key has ended', { did: didDocument({ verificationMethod: [{ ...method, expires: '2026-01-01T00:00:00Z' }] }) }, /in use/],
    ['of another type', { document: () => ({ type: ['VerifiableCredential', 'Badge'] }) }, /type/],
    ['of another data model', { document: () => ({ '@context': ['https://www.w3.org/2018/credentials/v1'] }) }, /does not begin/],
    ['for another\'s key', { document: () => others }, /not ours/],
    ['for nobody', { document: () => ({ credentialSubject: { tier: 'member' } }) }, /one subject/],
    ['for several', { document: ({ credentialSubject: one }) => ({ credentialSubject: [one, one] }) }, /one subject/],
    ['that has expired', { document: () => ({ validUntil: '2026-01-02T00:00:00Z' }) }, /expired/],
    ['that begins later', { document: () => ({ validFrom: '2998-01-01T00:00:00Z' }) }, /not valid yet/],
    ['that ends at no time', { document: () => ({ validUntil: '2999-01-01' }) }, /not a time/],
    ['with a context elsewhere', { document: () => ({ '@context': ['https://www.w3.org/ns/credentials/v2', 'https://issuer.example.evil.example/c'] }) }, /own address/],
    ['with a context inside', { document: () => ({ '@context': ['https://www.w3.org/ns/credentials/v2', { tier: 'urn:x' }] }) }, /own address/],
    ['whose context is another file', { context: '{"@context":{}}' }, /another file/],
    ['whose context is another file by another kind of digest', { document: ({ relatedResource: [{ id }] }) => ({ relatedResource: { id, digestMultibase: 'uEiAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' } }) }, /another file/],
    ['of which a copy says something else', { document: ({ credentialSubject }, copy) => ({ credentialSubject: { ...credentialSubject, tier: copy === 2 ? 'steward' : 'member' } }) }, /copies/],
    ['what is no credential', { given: () => 'hello' }, /no proof/],
    ['what is nothing', { given: () => null }, /no proof/],
  ]) {
    it(`and keeps none ${what}, and tells the issuer`, async () => {
      const made = w3cIssuer(broken);
      await assert.rejects(take(made), problem('invalid_credential', detail));
      assert.match(made.wire.entries.at(-1).requestBody, /credential_failure/);
    });
  }

  it('and says nothing of it to the issuer where its keys could not be asked for: it can be collected again', async () => {
    let isDown = true;
    const made = w3cIssuer();
    const [, pending] = await pendingOf(made);
    const wire = new Wire(async (url, init) => {
      if (isDown && url.endsWith('/did.json')) throw new TypeError('no network');
      return made.wire.fetch(url, init);
    });
    await assert.rejects(collect(pending, wire), problem('unreachable'));
    assert.ok(!made.seen.includes('POST /notification'));
    isDown = false;
    assert.equal((await collect(pending, wire)).format, 'ldp_vc');
  });

  for (const hash of ['sha384', 'sha512', 'multihash']) {
    it(`whose context it knows by its digest with ${hash}`, async () => {
      const digest = hash === 'multihash' ? { digestMultibase: `u${Buffer.concat([Buffer.from([0x12, 0x20]), digestOf('sha256')]).toString('base64url')}` } : { digestSRI: `${hash}-${digestOf(hash).toString('base64')}` };
      assert.ok(await take(w3cIssuer({ document: ({ relatedResource: [{ id }] }) => ({ relatedResource: [{ id, ...digest }] }) }), 1));
    });
  }

  it('whose names may be anything, and mean nothing to the program', async () => {
    const odd = JSON.parse('{"__proto__":{"admin":true},"constructor":1}');
    const { claims } = await take(w3cIssuer({ document: ({ credentialSubject }) => ({ credentialSubject: Object.defineProperties({ ...credentialSubject }, Object.getOwnPropertyDescriptors(odd)) }) }), 1);
    assert.ok(Object.hasOwn(claims.credentialSubject, '__proto__'));
    assert.equal(claims.credentialSubject.admin, undefined);
  });
});

const W3C = { id: 'w', format: 'ldp_vc', meta: { type_values: [[BASE_TYPE, `${VOCABULARY}MembershipCredential`]] } };
const SD_JWT = { id: 's', format: 'dc+sd-jwt', meta: { vct_values: ['urn:example:membership'] }, claims: [{ path: ['tier'] }] };
const TIER = [{ path: ['credentialSubject', 'tier'] }];
const request = (query, changes = {}) => ({
  clientId: 'x509_hash:a', nonce: 'n-1', state: 's', responseUri: 'https://app.example/response', encryption: null, expiresAt: null, query: readQuery(query), ...changes,
});
const credential = await take(w3cIssuer());

describe('A W3C credential answers a query', () => {
  const find = async (query, ...credentials) => (await match(request(query), credentials));
  const shown = ({ answers: [{ options: [{ discloses }] }] }) => discloses.map(({ label, asked }) => [label, asked]);

  it('with all of its claims, and those that nobody asked for are marked', async () => {
    const found = await find({ credentials: [{ ...W3C, claims: TIER }] }, credential);
    assert.deepEqual(shown(found), [['Tier', true], ['Member since', false], ['display_name', false]]);
    assert.deepEqual(found.answers[0].options[0].withholds, []);
    assert.equal(found.answers[0].options[0].less, null);
  });

  it('with all of them asked, where the query names none [OpenID4VP §6.4.1]', async () => {
    assert.deepEqual(shown(await find({ credentials: [W3C] }, credential)), [['Tier', true], ['Member since', true], ['display_name', true]]);
  });

  it('with what it says beside its subject, and inside a claim', async () => {
    const made = w3cIssuer({ document: ({ credentialSubject }) => ({ name: 'A name', evidence: [{ type: 'x' }], credentialSubject: { ...credentialSubject, home: { city: 'Lisbon', land: 'PT' } } }) });
    const { answers: [{ options: [{ discloses }] }] } = await find({ credentials: [{ ...W3C, claims: [{ path: ['credentialSubject', 'home', 'city'] }] }] }, await take(made, 1));
    assert.deepEqual(discloses.map(({ path, asked }) => [path.join('.'), asked]), [
      ['credentialSubject.home.city', true], ['credentialSubject.tier', false], ['credentialSubject.member_since', false], ['credentialSubject.display_name', false], ['credentialSubject.home.land', false],
      ['name', false], ['evidence', false]]);
  });

  it('by all types of one set, by their whole names', async () => {
    const fits = async (...type_values) => (await find({ credentials: [{ ...W3C, meta: { type_values } }] }, credential)).missing.length === 0;
    assert.ok(await fits([BASE_TYPE]));
    assert.ok(await fits(['urn:other'], [`${VOCABULARY}MembershipCredential`]));
    for (const set of [['MembershipCredential'], [BASE_TYPE, 'urn:other'], ['VerifiableCredential']]) assert.ok(!(await fits(set)), set.join());
    const badge = await take(w3cIssuer({ document: ({ type }) => ({ type: [...type, 'Badge', 'Unknown'] }) }), 1);
    assert.deepEqual(badge.types.slice(2), [`${VOCABULARY}Badge`, 'Unknown'], 'by a prefix, and as it stands where nothing defines it');
  });

  it('and none of another format, of other values, or by authorities', async () => {
    const { missing } = await find({ credentials: [{ ...W3C, claims: [{ path: ['credentialSubject', 'tier'], values: ['steward'] }] }] }, credential);
    assert.deepEqual(missing, [{ queryId: 'w', vcts: [], types: W3C.meta.type_values, claims: [['credentialSubject', 'tier']], name: 'Membership' }]);
    assert.equal((await find({ credentials: [SD_JWT] }, credential)).missing.length, 1);
    assert.equal((await find({ credentials: [{ ...W3C, trusted_authorities: [{ type: 'aki', values: ['AAAA'] }] }] }, credential)).missing.length, 1);
    assert.equal((await find({ credentials: [{ ...W3C, claims: [{ path: ['tier'] }] }] }, credential)).missing.length, 1, 'a path begins at the whole credential');
    const { missing: unheard } = await match({ query: readQuery({ credentials: [W3C] }, ['dc+sd-jwt']) }, [credential]);
    assert.equal(unheard.length, 1, 'the verifier does not take what this wallet shows');
  });

  it('after one that shows less, whichever the verifier names first, and says so', async () => {
    const sdJwt = await held({ id: 'sd', hidden: { tier: 'member' } });
    for (const options of [[['w'], ['s']], [['s'], ['w']]]) {
      const query = { credentials: [{ ...W3C, claims: TIER }, SD_JWT], credential_sets: [{ options }] };
      const chosen = async (...credentials) => (await find(query, ...credentials)).answers.map(({ queryId, isLeast }) => [queryId, isLeast]);
      assert.deepEqual(await chosen(credential, sdJwt), [['s', true]]);
      assert.deepEqual(await chosen(credential), [['w', false]]);
      assert.deepEqual(await chosen(sdJwt), [['s', false]]);
    }
  });

  for (const [what, meta] of [['no types', {}], ['types that are one list', { type_values: ['a'] }], ['an empty set of types', { type_values: [[]] }]]) {
    it(`can't be told of a query with ${what}`, () => assert.throws(() => readQuery({ credentials: [{ ...W3C, meta }] }), problem('invalid_request', /type_values/)));
  }
});

describe('A W3C credential is shown', () => {
  const query = { credentials: [{ ...W3C, claims: TIER }] };
  const ENCRYPTION = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const show = async (asked, more) => {
    const wire = new Wire(async () => new Response('{}'));
    const { presentations, copyIndexes } = await answer(asked, [{ queryId: 'w', credential }], wire, more);
    return { presentations, copyIndexes, body: new URLSearchParams(wire.entries[0].requestBody) };
  };
  const verdict = (presentation, changes) => verifyShown(presentation, { challenge: 'n-1', domain: 'x509_hash:a', ...changes });
  const GOOD = { proof: true, issuer: true, holder: true };

  it('in the clear, as JSON, with a proof for this request and this verifier that a stranger\'s library verifies', async () => {
    const { body, presentations } = await show(request(query));
    const { w: [presentation, ...others] } = JSON.parse(body.get('vp_token'));
    assert.deepEqual([others, body.get('state'), presentation], [[], 's', presentations[0]]);
    assert.deepEqual(presentation.type, ['VerifiablePresentation']);
    assert.deepEqual(presentation.verifiableCredential, [credential.copies[0].document], 'as it was issued');
    const { cryptosuite, proofPurpose, challenge, domain } = presentation.proof;
    assert.deepEqual([cryptosuite, proofPurpose, challenge, domain], ['ecdsa-jcs-2019', 'authentication', 'n-1', 'x509_hash:a']);
    assert.deepEqual(await verdict(presentation), GOOD);
    assert.deepEqual(await verdict(presentation, { challenge: 'n-2' }), { ...GOOD, proof: false });
    assert.deepEqual(await verdict(presentation, { domain: 'x509_hash:b' }), { ...GOOD, proof: false });
  });

  it('encrypted', async () => {
    const { body } = await show(request(query, { encryption: { jwk: ENCRYPTION.publicKey.export({ format: 'jwk' }), enc: 'A128GCM' } }));
    const { plaintext } = await compactDecrypt(body.get('response'), ENCRYPTION.privateKey);
    const { vp_token: { w: [presentation] }, state } = JSON.parse(new TextDecoder().decode(plaintext));
    assert.equal(state, 's');
    assert.deepEqual(await verdict(presentation), GOOD);
  });

  it('in a copy that was not shown yet', async () => {
    const shownOnce = { ...credential, copies: credential.copies.map((copy, at) => ({ ...copy, shownAt: at === 0 ? 1 : null })) };
    const { presentations: [presentation], copyIndexes } = await answer(request(query), [{ queryId: 'w', credential: shownOnce }], new Wire(async () => new Response('{}')));
    assert.deepEqual(copyIndexes, [1]);
    assert.equal(presentation.holder, credential.copies[1].document.credentialSubject.id);
  });

  for (const [twist, expected] of [['tamper', { ...GOOD, issuer: false }], ['copy', { ...GOOD, proof: false }], ['audience', { ...GOOD, proof: false }]]) {
    it(`dishonestly, by ${twist}, and it is seen`, async () => {
      const before = structuredClone(credential.copies[0].document);
      const { presentations: [presentation] } = await show(request(query), { twist });
      assert.deepEqual(await verdict(presentation), expected);
      assert.deepEqual(credential.copies[0].document, before);
    });
  }

  it('dishonestly, by replay, and it is seen', async () => {
    const { presentations: [earlier] } = await show(request(query, { nonce: 'n-0' }));
    const { presentations: [presentation] } = await show(request(query), { twist: 'replay', earlier });
    assert.deepEqual(presentation, earlier);
    assert.deepEqual(await verdict(presentation), { ...GOOD, proof: false });
    await assert.rejects(show(request(query), { twist: 'replay' }), ({ code }) => code === 'nothing_to_replay');
  });
});

describe('The status of a W3C credential', async () => {
  const statusBy = (lists, changes = {}) => readStatus({ ...credential, ...changes }, w3cIssuer({ lists }).wire);
  const signed = async (...list) => JSON.stringify(await sign(listOf(...list)));
  const LEAF = certify({ uris: [ISSUER], by: AUTHORITY });
  const jwt = (claims, { leaf = LEAF, key = leaf.privateKey, typ = 'vc+jwt', header = { x5c: leaf.x5c } } = {}) => new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ, ...header }).sign(key);

  it('is what the lists say at its place, one for each purpose', async () => {
    assert.equal(await statusBy({ revocation: signed('revocation', [8, 10]), suspension: signed('suspension', [8, 10]) }), 'valid');
    assert.equal(await statusBy({ revocation: signed('revocation', [9]), suspension: signed('suspension') }), 'revoked');
    assert.equal(await statusBy({ revocation: signed('revocation'), suspension: signed('suspension', [9]) }), 'suspended');
    assert.equal(await statusBy({ revocation: signed('revocation', [9]), suspension: signed('suspension', [9]) }), 'revoked');
  });

  it('is revoked where one list says so and the other can\'t be read, and unknown the other way round', async () => {
    const gone = ['', { status: 404 }];
    assert.equal(await statusBy({ revocation: signed('revocation', [9]), suspension: gone }), 'revoked');
    assert.equal(await statusBy({ revocation: gone, suspension: signed('suspension', [9]) }), 'unknown');
  });

  it('is read from a list that is a JWT too, by a certificate that names the issuer or by a key of its DID', async () => {
    const both = (make) => ({ revocation: make('revocation'), suspension: make('suspension') });
    assert.equal(await statusBy(both((purpose) => jwt(listOf(purpose, purpose === 'suspension' ? [9] : [], { issuer: ISSUER })))), 'suspended');
    assert.equal(await statusBy(both((purpose) => jwt(listOf(purpose)))), 'valid');
    assert.equal(await statusBy(both((purpose) => signJwt(listOf(purpose, [9])))), 'revoked', 'by a key of its DID');
    for (const [what, make] of [
      ['another key', (purpose) => jwt(listOf(purpose), { key: certify().privateKey })], ['another type', (purpose) => jwt(listOf(purpose), { typ: 'JWT' })],
      ['another issuer\'s certificate', (purpose) => jwt(listOf(purpose), { leaf: certify({ uris: ['https://bank.example'], by: AUTHORITY }) })],
      ['no key', (purpose) => jwt(listOf(purpose), { header: {} })], ['another DID', (purpose) => signJwt(listOf(purpose), 'did:web:bank.example#key-1')], ['another key of its DID', (purpose) => signJwt(listOf(purpose), `${DID}#key-2`)],
    ]) assert.equal(await statusBy(both(make)), 'unknown', what);
    const away = 'https://lists.example/status/1/revocation';
    const wire = new Wire(async () => new Response(await jwt(listOf('revocation', [], { id: away }))));
    assert.equal(await readStatus({ ...credential, status: [{ purpose: 'revocation', uri: away, idx: 9 }] }, wire), 'unknown', 'from elsewhere');
  });

  const plain = (change) => ({ revocation: signed('revocation', [], change) });
  for (const [what, lists] of [
    ['is another\'s', plain({ issuer: 'did:web:bank.example' })], ['is of another type', plain({ type: ['VerifiableCredential'] })], ['is another list', plain({ id: `${ISSUER}/status/2/revocation` })],
    ['has expired', plain({ validUntil: '2026-01-02T00:00:00Z' })], ['is made in the future', plain({ validFrom: '2998-01-01T00:00:00Z' })], ['has no time', plain({ validFrom: undefined })],
    ['is of another purpose', { revocation: signed('suspension', [], { id: `${ISSUER}/status/1/revocation` }) }], ['is shorter than it may be', { revocation: signed('revocation', [], {}, 1024) }],
    ['is signed by another key', { revocation: sign(listOf('revocation'), { key: STRANGER }).then(JSON.stringify) }], ['is signed for something else', { revocation: sign(listOf('revocation'), { purpose: authentication }).then(JSON.stringify) }],
    ['is not signed', { revocation: JSON.stringify(listOf('revocation')) }], ['is not there', { revocation: ['', { status: 404 }] }],
  ]) it(`is unknown where the list ${what}`, async () => assert.equal(await statusBy(lists), 'unknown'));

  it('is unknown beyond the end of the list, and where the credential has none', async () => {
    const at = (idx) => ({ status: [{ purpose: 'revocation', uri: `${ISSUER}/status/1/revocation`, idx }] });
    assert.equal(await statusBy({}, at(131_071)), 'valid');
    assert.equal(await statusBy({}, at(131_072)), 'unknown');
    assert.equal((await take(w3cIssuer({ document: () => ({ credentialStatus: undefined }) }), 1)).status, null);
    for (const change of [{ statusListIndex: '-1' }, { statusListIndex: '9x' }, { statusSize: 2 }, { statusListCredential: 7 }]) {
      const { status } = await take(w3cIssuer({ document: ({ credentialStatus: [one] }) => ({ credentialStatus: { ...one, ...change } }) }), 1);
      assert.equal(await statusBy({}, { status: structuredClone(status) }), 'unknown', JSON.stringify(change));
    }
    assert.equal(credential.status.length, 2);
    assert.ok(credential.claims.issuer.id === DID);
  });
});
