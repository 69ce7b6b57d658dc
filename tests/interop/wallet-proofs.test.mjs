// The practice wallet's canonical JSON, keys as text and proofs inside a document: against the official vectors, and both ways with Digital Bazaar's libraries.
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { canonicalize, didKeyOf, fromBase58, keyOfMultikey, methodOf, multikeyOf, newKey, secure, toBase58, vectorPath, verify, withoutVector } from './lib/core.mjs';
import { proofs, verify as verifiedByThem } from './lib/proofs.mjs';

const read = (path) => readFileSync(vectorPath(path), 'utf8').trim();
const hex = (text) => createHash('sha256').update(text).digest('hex');
const SYNTAX = { name: 'SyntaxError' };

describe('Canonical JSON in the practice wallet', () => {
  const JCS = 'jcs/testdata';
  it('is that of the official vectors', { skip: withoutVector(JCS) }, () => {
    const files = readdirSync(vectorPath(`${JCS}/input`));
    for (const file of files) {
      const canonical = canonicalize(JSON.parse(read(join(JCS, 'input', file))));
      assert.equal(Buffer.from(canonical).toString('hex'), read(join(JCS, 'outhex', file.replace('.json', '.txt'))).replace(/\s/g, ''), file);
    }
    assert.equal(files.length, 6);
  });

  it('has no spelling for half a character, for what is not JSON, and for what is nested without end', () => {
    for (const value of ['\ud800', { '\udc00': 1 }, NaN, Infinity, undefined, [undefined]]) assert.throws(() => canonicalize(value), SYNTAX);
    assert.throws(() => canonicalize(JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`)), SYNTAX);
    assert.equal(canonicalize(JSON.parse('{"__proto__":{"b":-0,"a":"\ud83d\ude02"}}')), '{"__proto__":{"a":"\ud83d\ude02","b":0}}');
  });
});

describe('A key as text in the practice wallet', () => {
  it('is read and written in base58 as it was, zeros in front too', () => {
    for (const bytes of [[], [0], [0, 0, 1], [255], [1, 0], ...Array.from({ length: 50 }, (_, length) => randomBytes(length))]) assert.deepEqual([...fromBase58(toBase58(new Uint8Array(bytes)))], [...bytes]);
    assert.equal(toBase58(Buffer.from('Hello World!')), 'z2NEpo7TZRRrLZSi2U');
    for (const text of ['2NEpo7TZRRrLZSi2U', 'z0', 'zO', 'z ', '', undefined, `z${'2'.repeat(256)}`]) assert.throws(() => fromBase58(text), SYNTAX);
  });

  it('is the same key again, whichever half of its points it has', async () => {
    for (let count = 0; count < 16; count++) {
      const { publicKey } = await newKey();
      const text = await multikeyOf(publicKey);
      assert.match(text, /^zDn/);
      assert.equal(await multikeyOf(await keyOfMultikey(text)), text);
      assert.equal(methodOf(await didKeyOf(publicKey)), `did:key:${text}#${text}`);
    }
  });

  it('is none where it is no point, too short, or of a kind that is not read', async () => {
    const p256 = fromBase58(await multikeyOf((await newKey()).publicKey));
    const { x } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
    const changed = (at, byte) => toBase58(Object.assign(new Uint8Array(p256), { [at]: byte }));
    const beyond = Array.from({ length: 8 }, (_, more) => toBase58(new Uint8Array([0x80, 0x24, 2, ...Array(31).fill(255), 255 - more]))); // of these, some have a root
    for (const text of [changed(1, 0x25), changed(2, 4), toBase58(p256.slice(0, -1)), toBase58(new Uint8Array([...p256, 0])), ...beyond, toBase58(new Uint8Array([0xed, 1, ...Buffer.from(x, 'base64url').subarray(1)])), '']) {
      await assert.rejects(keyOfMultikey(text), SYNTAX, text);
    }
    const notOnTheCurve = toBase58(new Uint8Array([0x80, 0x24, 2, ...Array(31).fill(0), 1]));
    await assert.rejects(keyOfMultikey(notOnTheCurve), SYNTAX);
  });
});

describe('A proof inside a document in the practice wallet', async () => {
  for (const [suite, folder, ending, spec] of [
    ['eddsa-jcs-2022', 'vc-di-eddsa/TestVectors/eddsa-jcs-2022', 'JCS', 'vc-di-eddsa'],
    ['ecdsa-jcs-2019', 'vc-di-ecdsa/TestVectors/ecdsa-jcs-2019-p256', 'JCSECDSAP256', 'vc-di-ecdsa'],
  ]) {
    it(`by ${suite} is that of the official vectors, in each step`, { skip: withoutVector(spec) }, async () => {
      const file = (name, extension = 'txt') => read(`${folder}/${name}${ending}.${extension}`);
      const signed = JSON.parse(file('signed', 'json'));
      const { proof: { proofValue, ...options }, ...document } = signed;
      const [canonicalDocument, canonicalOptions] = [canonicalize(document), canonicalize(options)];
      assert.equal(canonicalDocument, file('canonDoc'));
      assert.equal(canonicalOptions, file('proofCanon'));
      assert.deepEqual([hex(canonicalDocument), hex(canonicalOptions)], [file('docHash'), file('proofHash')]);
      assert.equal(hex(canonicalOptions) + hex(canonicalDocument), file('combinedHash'));
      assert.equal(proofValue, file('sigBTC58'));
      assert.equal(Buffer.from(fromBase58(proofValue)).toString('hex'), file('sigHex'));

      const key = await keyOfMultikey(options.verificationMethod.split('#')[1]);
      assert.deepEqual(await verify(signed, key), document);
      for (const changed of [{ ...signed, name: 'Another' }, { ...signed, proof: { ...signed.proof, created: '2023-02-24T23:36:39Z' } }, { ...signed, more: 1 }]) await assert.rejects(verify(changed, key), SYNTAX);
    });
  }

  it('is verified where Digital Bazaar or the nation made it, and not when the document was changed', async () => {
    const mine = (await Promise.all(['theirs', 'ours'].map(proofs))).flat().filter(({ name }) => ['Ed25519', 'P-256'].includes(name));
    assert.equal(mine.length, 4);
    for (const { document, controller } of mine) {
      const key = await keyOfMultikey(controller.verificationMethod[0].publicKeyMultibase);
      const { proof: _, ...rest } = document;
      assert.deepEqual(await verify(document, key), rest);
      await assert.rejects(verify({ ...document, credentialSubject: { ...document.credentialSubject, left: 0 } }, key), SYNTAX);
    }
  });

  it('is verified by Digital Bazaar where this wallet made it, and not when the document was changed', async () => {
    const { privateKey, publicKey } = await newKey();
    assert.equal(privateKey.extractable, false);
    const id = await didKeyOf(publicKey);
    const controller = { id, verificationMethod: [{ id: methodOf(id), type: 'Multikey', controller: id, publicKeyMultibase: await multikeyOf(publicKey) }], assertionMethod: [methodOf(id)] };
    const document = await secure({ '@context': ['https://www.w3.org/ns/credentials/v2'], odd: [1e21, 0.000001, '\ufb33', { '\u{1f602}': null }] }, { verificationMethod: methodOf(id), proofPurpose: 'assertionMethod' }, privateKey);
    const verdict = await verifiedByThem({ document: structuredClone(document), controller });
    assert.ok(verdict.verified, verdict.error);
    assert.equal((await verifiedByThem({ document: { ...structuredClone(document), odd: [] }, controller })).verified, false);
  });

  const keys = await newKey();
  const document = { '@context': ['https://www.w3.org/ns/credentials/v2', 'https://issuer.example/c'], name: 'x' };
  const signed = await secure(document, { verificationMethod: 'did:key:a#a', proofPurpose: 'assertionMethod' }, keys.privateKey);

  it('is of the context that it was made with, where more was added behind', async () => {
    assert.deepEqual(await verify({ ...signed, '@context': [...document['@context'], 'https://elsewhere.example'] }, keys.publicKey), document);
    for (const context of [document['@context'].slice(0, 1), document['@context'].toReversed(), 'https://www.w3.org/ns/credentials/v2']) await assert.rejects(verify({ ...signed, '@context': context }, keys.publicKey), SYNTAX);
  });

  for (const [what, changed] of [
    ['there is none', { ...signed, proof: undefined }], ['there are two', { ...signed, proof: [signed.proof, signed.proof] }], ['it is of another type', await secure(document, { verificationMethod: 'did:key:a#a', proofPurpose: 'assertionMethod', type: 'Ed25519Signature2020' }, keys.privateKey)],
    ['its suite is not known', { ...signed, proof: { ...signed.proof, cryptosuite: 'ecdsa-rdfc-2019' } }], ['its suite does not go with the key', await secure(document, { verificationMethod: 'did:key:a#a', proofPurpose: 'assertionMethod', cryptosuite: 'eddsa-jcs-2022' }, keys.privateKey)],
    ['it is without a value', { ...signed, proof: { ...signed.proof, proofValue: undefined } }], ['its value is cut', { ...signed, proof: { ...signed.proof, proofValue: signed.proof.proofValue.slice(0, -1) } }],
    ['its value is in another base', { ...signed, proof: { ...signed.proof, proofValue: `u${signed.proof.proofValue.slice(1)}` } }],
  ]) it(`is none where ${what}`, () => assert.rejects(verify(changed, keys.publicKey), SYNTAX));

  it('is none where it has expired', async () => {
    const at = (expires) => secure(document, { verificationMethod: 'did:key:a#a', proofPurpose: 'assertionMethod', expires }, keys.privateKey);
    await assert.rejects(verify(await at('2020-01-01T00:00:00Z'), keys.publicKey, Date.now()), /expired/);
    await assert.rejects(verify(await at('tomorrow'), keys.publicKey, Date.now()), /expired/);
    assert.deepEqual(await verify(await at('2999-01-01T00:00:00Z'), keys.publicKey, Date.now()), document);
  });
});
