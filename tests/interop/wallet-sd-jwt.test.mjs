// The rules by which the practice wallet reads an SD-JWT [RFC9901 §7.1]: each broken once.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { processSdJwt, readSdJwt } from './lib/core.mjs';
import { disclose } from './lib/specimens.mjs';

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const read = async (claims, ...disclosures) =>
  processSdJwt(await readSdJwt(`${encode({ alg: 'ES256' })}.${encode(claims)}.AAAA~${disclosures.map((one) => `${one.text ?? one}~`).join('')}`));

const [tier, element] = [disclose('tier', 'member'), disclose('PT')];
const inner = disclose('city', 'Lisbon');
const outer = disclose('address', { _sd: [inner.digest] });
const nested = (depth) => Array.from({ length: depth }).reduce((value) => ({ a: value }), {});

describe('An SD-JWT', () => {
  it('is read where it is as it must be', async () => {
    const { claims, disclosures } = await read(
      { iss: 'i', _sd: [tier.digest, outer.digest, 'a-decoy'], of: [{ '...': element.digest }, { '...': 'another-decoy' }], deep: nested(60) }, tier, outer, inner, element);
    assert.deepEqual({ ...claims, deep: undefined }, { iss: 'i', tier: 'member', address: { city: 'Lisbon' }, of: ['PT'], deep: undefined });
    assert.deepEqual(disclosures.map(({ path }) => path.join('/')).sort(), ['address', 'address/city', 'of/0', 'tier']);
  });

  it('may name a claim as it likes, and it means nothing to the program', async () => {
    const odd = disclose('__proto__', { admin: true });
    const { claims } = await read({ _sd: [odd.digest] }, odd);
    assert.deepEqual(Object.keys(claims), ['__proto__']);
    assert.equal(claims.admin, undefined);
  });

  const reserved = ['_sd', '...', '_sd_alg'].map((name) => [name, disclose(name, 'x')]);
  for (const [what, claims, disclosures, detail] of [
    ['a disclosure of four parts', {}, [encode(['s', 'a', 'b', 'c'])], /not a disclosure/],
    ['a disclosure without a salt', {}, [encode([1, 'a', 'b'])], /not a disclosure/],
    ['a disclosure whose name is a number', {}, [encode(['s', 1, 'b'])], /not a disclosure/],
    ['a disclosure that is an object', {}, [encode({ a: 1 })], /not a disclosure/],
    ['a disclosure twice', { _sd: [tier.digest] }, [tier, tier], /stands twice/],
    ['a disclosure that belongs to nothing', { _sd: ['a-decoy'] }, [tier], /referenced by no digest/],
    ['a digest twice', { _sd: [tier.digest], address: { _sd: [tier.digest] } }, [tier], /digest stands twice/],
    ['a decoy twice', { _sd: ['a-decoy', 'a-decoy'] }, [], /digest stands twice/],
    ['a digest that is a number', { _sd: [1] }, [], /must be a string/],
    ['digests that are no list', { _sd: 'a-decoy' }, [], /array of strings/],
    ['digests that are null', { _sd: null }, [], /array of strings/],
    ['an element\'s disclosure for a claim', { _sd: [element.digest] }, [element], /does not belong/],
    ['a claim\'s disclosure for an element', { of: [{ '...': tier.digest }] }, [tier], /does not belong/],
    ['an element\'s digest with a member beside it', { of: [{ '...': element.digest, a: 1 }] }, [element], /beside it/],
    ['a disclosed claim that is there already', { tier: 'steward', _sd: [tier.digest] }, [tier], /there already/],
    ['another hash', { _sd_alg: 'sha-512' }, [], /sha-256/],
    ['a hash below the top', { a: { _sd_alg: 'sha-256' } }, [], /may not be named/],
    ['an ellipsis as a claim', { '...': 'x' }, [], /may not be named/],
    ...reserved.map(([name, disclosure]) => [`a disclosed claim named ${name}`, { _sd: [disclosure.digest] }, [disclosure], /may not be named/]),
    ['more depth than is read', nested(70), [], /too deep/],
  ]) it(`is refused with ${what}`, () => assert.rejects(read(claims, ...disclosures), (error) => error instanceof SyntaxError && detail.test(error.message)));

  for (const [what, text] of [
    ['no tilde', 'e30.e30.AAAA'], ['two parts', 'e30.e30~'], ['four parts', 'e30.e30.e30.AAAA~'], ['a payload that is a list', `e30.${encode([])}.AAAA~`],
    ['a header that is null', `${encode(null)}.e30.AAAA~`], ['padding', 'e30=.e30.AAAA~'], ['nothing', undefined],
  ]) it(`is refused with ${what}`, () => assert.rejects(readSdJwt(text), SyntaxError));
});
