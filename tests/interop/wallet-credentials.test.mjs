// What the practice wallet takes from an issuer, and what of it answers a query: against issuers and queries made here, and the official vectors.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { describe, it } from 'node:test';
import { compactDecrypt, importJWK, SignJWT } from 'jose';
import { certify } from './lib/certificate.mjs';
import {
  answer, collect, encryptJwe, fromBase64, fromBase64Url, inflate, isSigned, keyOfJwk, match, problem, processSdJwt, readOffer, readQuery, readSdJwt, redeem, select, statusAt,
  readStatus, vectorPath, Wire, withoutVector,
} from './lib/core.mjs';
import { asking, AUTHORITY, disclose, held, issuer } from './lib/specimens.mjs';

const take = async ({ link, wire }) => collect((await redeem(await readOffer(link, wire), {}, wire))[0], wire);

describe('The practice wallet and an issuer', () => {
  it('takes what is as it must be, as many as the issuer gives at once', async () => {
    const made = issuer();
    const credential = await take(made);
    assert.deepEqual([credential.claims.tier, credential.copies.length, credential.name], ['member', 3, 'Membership']);
    assert.equal(made.seen.at(-1), 'POST /notification');
  });

  for (const [what, broken, code, detail] of [
    ['whose metadata names another issuer', { metadata: { credential_issuer: 'https://bank.example' } }, 'issuer_mismatch', /bank\.example/],
    ['whose server names another', { server: { issuer: 'https://bank.example' } }, 'issuer_mismatch', /bank\.example/],
    ['whose offer names a server that is not its own', { grant: { authorization_server: 'https://bank.example' } }, 'invalid_offer', /authorization_server/],
    ['that names itself with a query', { offer: { credential_issuer: 'https://issuer.example?a=b' } }, 'invalid_offer', /query/],
    ['on http', { offer: { credential_issuer: 'http://issuer.example' } }, 'insecure_url', /https/],
    ['whose token endpoint is on http', { server: { token_endpoint: 'http://issuer.example/token' } }, 'insecure_url', /https/],
    ['that wants the person to sign in', { offer: { grants: { authorization_code: {} } } }, 'unsupported_grant_type', /pre-authorized/],
    ['whose server takes no such code', { server: { grant_types_supported: ['authorization_code'] } }, 'invalid_offer', /pre-authorized/],
    ['that offers nothing', { offer: { credential_configuration_ids: [] } }, 'invalid_offer', /ids/],
    ['that offers what it does not have', { offer: { credential_configuration_ids: ['toString'] } }, 'unsupported_credential', /toString/],
    ['of another format', { configuration: { format: 'mso_mdoc' } }, 'unsupported_credential', /membership/],
    ['that binds to no key', { configuration: { cryptographic_binding_methods_supported: undefined } }, 'unsupported_credential', /membership/],
    ['that wants another proof', { configuration: { proof_types_supported: { attestation: {} } } }, 'unsupported_credential', /membership/],
    ['that wants a key attested', { configuration: { proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'], key_attestations_required: {} } } } }, 'unsupported_credential', /membership/],
    ['that wants to be asked in secret', { metadata: { credential_request_encryption: { encryption_required: true } } }, 'unsupported_credential', /request_encryption/],
    ['that encrypts what it hands out', { metadata: { credential_response_encryption: { encryption_required: true } } }, 'unsupported_credential', /encryption/],
  ]) {
    it(`refuses an issuer ${what}, before a code is spent`, async () => {
      const made = issuer(broken);
      await assert.rejects(readOffer(made.link, made.wire), problem(code, detail));
      assert.ok(!made.seen.includes('POST /token'));
    });
  }

  const stranger = certify({ uris: ['https://issuer.example'] });
  for (const [what, broken, code, detail] of [
    ['signed by another key', { key: stranger.privateKey }, 'invalid_credential', /signature/],
    ['with a certificate for another issuer', { certificate: certify({ uris: ['https://bank.example'], dns: ['bank.example'] }) }, 'invalid_credential', /does not name the issuer/],
    ['with a certificate that has ended', { certificate: certify({ uris: ['https://issuer.example'], notBefore: new Date(1e12), notAfter: new Date(1.1e12) }) }, 'untrusted_certificate', /not in its time/],
    ['without a certificate', { header: { x5c: undefined } }, 'untrusted_certificate', /x5c/],
    ['of another issuer', { payload: () => ({ iss: 'https://bank.example' }) }, 'invalid_credential', /iss is not/],
    ['of another type', { payload: () => ({ vct: 'urn:example:passport' }) }, 'invalid_credential', /vct/],
    ['for another\'s key', { payload: () => ({ cnf: { jwk: generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }) } }) }, 'invalid_credential', /not ours/],
    ['for no key', { payload: () => ({ cnf: undefined }) }, 'invalid_credential', /not ours/],
    ['that has expired', { payload: () => ({ exp: 1 }) }, 'invalid_credential', /expired/],
    ['that begins later', { payload: () => ({ nbf: 4e9 }) }, 'invalid_credential', /not valid yet/],
    ['of another form', { header: { typ: 'JWT' } }, 'invalid_credential', /typ/],
    ['that ends on a day that no calendar has', { payload: () => ({ exp: 1e15 }) }, 'invalid_credential', /not a time/],
    ['that ends on a word', { payload: () => ({ exp: 'never' }) }, 'invalid_credential', /not a time/],
    ['of which each copy says something else', { payload: ({ cnf }) => ({ note: cnf.jwk.x }) }, 'invalid_credential', /copies/],
    ['with a digest that stands twice', { payload: ({ _sd }) => ({ _sd: [..._sd, ..._sd] }) }, 'invalid_credential', /twice/],
    ['with a disclosure that belongs to nothing', { payload: () => ({ _sd: [] }) }, 'invalid_credential', /referenced by no digest/],
    ['hashed in another way', { payload: () => ({ _sd_alg: 'sha-512' }) }, 'invalid_credential', /_sd_alg/],
    ['that is bound to a verifier already', { answer: ({ credentials: [{ credential }] }) => ({ credentials: [{ credential: `${credential}e30.e30.AA` }], notification_id: 'n' }) }, 'invalid_credential', /does not bind/],
    ['twice on one key', { answer: ({ credentials: [one], ...more }) => ({ credentials: [one, one], ...more }) }, 'invalid_credential', /not ours/],
    ['more than asked', { answer: ({ credentials, ...more }) => ({ credentials: [...credentials, ...credentials], ...more }) }, 'invalid_credential', /one for each proof/],
    ['none at all', { answer: () => ({ credentials: [], notification_id: 'n' }) }, 'invalid_credential', /one for each proof/],
    ['whose copies say different things', { payload: (_, copy) => ({ charter: copy === 2 ? '2' : '1' }) }, 'invalid_credential', /copies/],
    ['whose copies say different things in what they hide', { hidden: (copy) => ({ tier: copy === 2 ? 'citizen' : 'member' }) }, 'invalid_credential', /copies/],
    ['of which one copy says more', { hidden: (copy) => ({ tier: 'member', ...(copy === 1 ? { name: 'Ada' } : {}) }) }, 'invalid_credential', /copies/],
    ['of which one copy can\'t hide what the others can', { hidden: (copy) => (copy === 1 ? {} : { tier: 'member' }), payload: (_, copy) => (copy === 1 ? { tier: 'member' } : {}) }, 'invalid_credential', /copies/],
    ['what is no credential', { answer: () => ({ credentials: [{ credential: 'hello' }], notification_id: 'n' }) }, 'invalid_credential', /tilde/],
  ]) {
    it(`keeps no credential ${what}, and tells the issuer`, async () => {
      const made = issuer(broken);
      await assert.rejects(take(made), problem(code, detail));
      assert.match(made.wire.entries.at(-1).requestBody, /credential_failure/);
    });
  }

  it('takes copies that differ in their envelope and order, and ends with the first of them', async () => {
    const soon = Math.floor(Date.now() / 1000) + 60;
    const { copies, expiresAt } = await take(issuer({
      hidden: (copy) => Object.fromEntries(Object.entries({ tier: 'member', home: { city: 'Lisbon', land: 'PT' } }).sort(() => (copy === 1 ? -1 : 1))),
      payload: (_, copy) => ({ iat: 1 + copy, exp: soon - copy, jti: `${copy}`, status: { status_list: { uri: 'https://issuer.example/status', idx: copy } } }),
    }));
    assert.deepEqual([copies.length, expiresAt], [3, (soon - 2) * 1000]);
  });

  it('says that it accepted only what is kept', async () => {
    const kept = issuer();
    await collect((await redeem(await readOffer(kept.link, kept.wire), {}, kept.wire))[0], kept.wire, async () => assert.ok(!kept.seen.includes('POST /notification')));
    assert.match(kept.wire.entries.at(-1).requestBody, /credential_accepted/);

    const full = issuer();
    const [pending] = await redeem(await readOffer(full.link, full.wire), {}, full.wire);
    await assert.rejects(collect(pending, full.wire, async () => { throw new DOMException('no room', 'QuotaExceededError'); }), { name: 'QuotaExceededError' });
    assert.ok(!full.seen.includes('POST /notification'), 'it can be collected again');
  });

  it('asks with the identifier that the token named', async () => {
    const details = [{ type: 'openid_credential', credential_configuration_id: 'membership', credential_identifiers: ['m-1'] }];
    const made = issuer({ token: { authorization_details: details } });
    await take(made);
    const body = JSON.parse(made.wire.entries.find(({ url }) => url.endsWith('/credential')).requestBody);
    assert.deepEqual([body.credential_identifier, body.credential_configuration_id], ['m-1', undefined]);
  });

  it('asks once more with another nonce where the first is refused, and no third time', async () => {
    const stubborn = issuer({ answer: () => ({ error: 'invalid_nonce', error_description: 'too old' }) });
    await assert.rejects(take(stubborn), problem('invalid_nonce', /too old/));
    assert.equal(stubborn.seen.filter((request) => request === 'POST /nonce').length, 2);
    const denied = issuer({ answer: () => ({ error: 'credential_request_denied' }) });
    await assert.rejects(take(denied), problem('credential_request_denied'));
    assert.equal(denied.seen.filter((request) => request === 'POST /credential').length, 1);
    let refusals = 1;
    assert.ok(await take(issuer({ answer: (given) => (refusals-- > 0 ? { error: 'invalid_nonce' } : given) })));
  });

  it('goes on without a nonce where the issuer has no endpoint for one, and not where it fails to give one', async () => {
    const without = issuer({ metadata: { nonce_endpoint: undefined, notification_endpoint: undefined } });
    assert.ok(await take(without));
    assert.deepEqual(without.seen.slice(-2), ['POST /token', 'POST /credential']);
    await assert.rejects(take(issuer({ metadata: { nonce_endpoint: 'https://issuer.example/gone' } })), problem('unexpected_answer', /404/));
    await assert.rejects(take(issuer({ metadata: { nonce_endpoint: 'https://issuer.example/token' } })), problem('unexpected_answer', /c_nonce/));
  });

  it('reads no offer out of what is none', async () => {
    const by = (params, answered = new Response('{}')) => readOffer(`openid-credential-offer://?${new URLSearchParams(params)}`, new Wire(async () => answered));
    const reference = { credential_offer_uri: 'https://issuer.example/offer' };
    for (const [params, detail] of [
      [{}, /neither/], [{ ...reference, credential_offer: '{}' }, /both/], [{ credential_offer: 'hello' }, /not JSON/], [{ credential_offer: 'null' }, /credential_issuer/],
      [{ credential_offer: '{"credential_issuer":7}' }, /credential_issuer/],
    ]) await assert.rejects(by(params), problem('invalid_offer', detail));
    await assert.rejects(by(reference, new Response('<!doctype html>')), problem('unexpected_answer', /JSON/));
    await assert.rejects(by(reference, new Response('{"error":"server_error"}', { status: 500 })), problem('server_error', /500/));
    await assert.rejects(by({ credential_offer_uri: 'http://issuer.example/offer' }), problem('insecure_url'));
    const request = 'https://wallet.example/present?client_id=a&request_uri=https%3A%2F%2Fapp.example%2F';
    await assert.rejects(readOffer(request, new Wire(() => assert.fail('fetched'))), problem('invalid_offer', /neither/));
    await assert.rejects(readOffer('openid4vp://?client_id=a', new Wire(() => assert.fail('fetched'))), problem('not_a_link'));
  });

  it('does not wait for what is handed out later, and takes no other token than a bearer\'s', async () => {
    await assert.rejects(take(issuer({ answer: () => ({ transaction_id: 't', interval: 5 }) })), problem('unexpected_answer', /later/));
    await assert.rejects(take(issuer({ token: { token_type: 'DPoP' } })), problem('unexpected_answer', /bearer/));
  });
});

describe('What answers a query', () => {
  const MEMBERSHIP = { id: 'm', format: 'dc+sd-jwt', meta: { vct_values: ['urn:example:membership'] } };
  const find = async (query, ...credentials) => {
    const { answers, missing } = await match(asking(readQuery(query)), credentials);
    return {
      ids: answers.map(({ queryId }) => queryId),
      shown: answers[0]?.options[0]?.discloses.map(({ path, value }) => [path.join('.'), value]),
      kept: answers[0]?.options[0]?.withholds.map(({ path }) => path.join('.')),
      options: answers.map(({ options }) => options.map(({ credential }) => credential.id)),
      required: answers.map(({ required }) => required),
      missing,
    };
  };
  const ada = () => held({ id: 'ada', hidden: { tier: 'citizen', node: 'Lisbon', name: 'Ada' }, payload: { charter: '1' } });

  it('is what it asks, and no more', async () => {
    const { shown, kept, missing } = await find({ credentials: [{ ...MEMBERSHIP, claims: [{ path: ['tier'] }, { path: ['charter'] }] }] }, await ada());
    assert.deepEqual([shown, kept, missing], [[['tier', 'citizen'], ['charter', '1']], ['node', 'name'], []]);
  });

  it('is nothing that can be withheld, where no claim is asked', async () => {
    const { shown, kept } = await find({ credentials: [MEMBERSHIP] }, await ada());
    assert.deepEqual([shown, kept], [[['charter', '1']], ['tier', 'node', 'name']]);
  });

  it('is the first claim set that the credential has', async () => {
    const claims = [{ id: 'a', path: ['passport'] }, { id: 'b', path: ['node'] }, { id: 'c', path: ['tier'] }];
    const credential = await ada();
    const of = (claim_sets) => find({ credentials: [{ ...MEMBERSHIP, claims, claim_sets }] }, credential);
    assert.deepEqual((await of([['a', 'b'], ['c'], ['b']])).shown, [['tier', 'citizen'], ['charter', '1']]);
    assert.equal((await of([['a'], ['a', 'c']])).missing.length, 1);
  });

  it('is of one of the values, of the same type', async () => {
    const of = async (path, values, credential) => (await find({ credentials: [{ ...MEMBERSHIP, claims: [{ path, values }] }] }, credential)).missing.length === 0;
    const credential = await held({ hidden: { tier: 'citizen', votes: 3, adult: true, rights: ['vote', 'speak'] } });
    assert.ok(await of(['tier'], ['member', 'citizen'], credential));
    assert.ok(await of(['votes'], [3], credential));
    assert.ok(await of(['adult'], [true], credential));
    assert.ok(await of(['rights', null], ['speak'], credential));
    for (const [path, values] of [[['tier'], ['member']], [['votes'], ['3']], [['adult'], ['true']], [['rights'], ['speak']], [['rights', 0], ['speak']]]) {
      assert.ok(!(await of(path, values, credential)), JSON.stringify({ path, values }));
    }
  });

  it('is missing by name, where nothing fits', async () => {
    const query = { credentials: [{ ...MEMBERSHIP, claims: [{ path: ['passport'] }] }] };
    const { ids, missing } = await find(query, await ada());
    assert.deepEqual([ids, missing], [[], [{ queryId: 'm', vcts: ['urn:example:membership'], types: [], claims: [['passport']], name: 'Membership' }]]);
    assert.equal((await find(query)).missing[0].name, 'urn:example:membership');
    const otherFormat = { credentials: [{ id: 'l', format: 'mso_mdoc', meta: { doctype_value: 'org.iso.18013.5.1.mDL' } }] };
    assert.equal((await find(otherFormat, await ada())).missing[0].queryId, 'l');
  });

  it('may be several credentials, for the person to choose from', async () => {
    const { options } = await find({ credentials: [MEMBERSHIP] }, await ada(), await held({ vct: 'urn:example:other' }), await held({ id: 'b' }));
    assert.deepEqual(options, [['ada', 'b']]);
  });

  it('is one whole option of each set of credentials: the first that can be answered', async () => {
    const of = (id) => ({ id, format: 'dc+sd-jwt', meta: { vct_values: [`urn:${id}`] } });
    const have = (...ids) => Promise.all(ids.map((id) => held({ id, vct: `urn:${id}` })));
    const credentials = ['pid', 'name', 'home', 'bonus'].map(of);
    const credential_sets = [{ options: [['pid'], ['name', 'home']] }, { options: [['bonus']], required: false }];
    const query = { credentials, credential_sets };
    const holding = async (...held) => {
      const { ids, required, missing } = await find(query, ...(await have(...held)));
      return [ids, required, missing.map(({ queryId }) => queryId)];
    };
    assert.deepEqual(await holding('pid', 'name', 'home'), [['pid'], [true], []]);
    assert.deepEqual(await holding('name', 'home'), [['name', 'home'], [true, true], []]);
    assert.deepEqual(await holding('pid', 'bonus'), [['pid', 'bonus'], [true, false], []]);
    assert.deepEqual(await holding('name', 'bonus'), [['bonus'], [false], ['pid']]);
    assert.deepEqual((await find({ credentials, credential_sets: [credential_sets[1]] })).missing, [], 'nothing is required');
  });

  it('is never a part of an option: what goes together is shown together or not at all', async () => {
    const of = (id) => ({ id, format: 'dc+sd-jwt', meta: { vct_values: [`urn:${id}`] } });
    const query = readQuery({ credentials: ['a', 'b', 'c'].map(of), credential_sets: [{ options: [['a']] }, { options: [['b', 'c']], required: false }] });
    const request = { clientId: 'x509_hash:a', nonce: 'n', state: 's', responseUri: 'https://app.example/response', encryption: null, expiresAt: null, query };
    const show = async (...ids) => answer(
      request, await Promise.all(ids.map(async (id) => ({ queryId: id, credential: await held({ id, vct: `urn:${id}` }) }))), new Wire(async () => new Response('{}')));
    for (const ids of [['a'], ['a', 'b', 'c']]) assert.equal((await show(...ids)).presentations.length, ids.length);
    for (const ids of [['a', 'b'], ['a', 'c'], ['b', 'c'], []]) await assert.rejects(show(...ids), problem('query_not_satisfied', /goes with/), ids.join());
  });

  it('is two copies of one that is asked for twice', async () => {
    const one = await ada();
    one.copies.push(structuredClone(one.copies[0]));
    const query = readQuery({ credentials: [MEMBERSHIP, { ...MEMBERSHIP, id: 'n' }] });
    const request = { clientId: 'x509_hash:a', nonce: 'n', state: 's', responseUri: 'https://app.example/response', encryption: null, expiresAt: null, query };
    const { copyIndexes } = await answer(request, ['m', 'n'].map((queryId) => ({ queryId, credential: one })), new Wire(async () => new Response('{}')));
    assert.deepEqual(copyIndexes, [0, 1]);
  });

  it('is told before it leaves, and nothing of one that was not sent', async () => {
    const request = (expiresAt) => ({
      clientId: 'x509_hash:a', nonce: 'n', state: 's', responseUri: 'https://app.example/response', encryption: null, expiresAt, query: readQuery({ credentials: [MEMBERSHIP] }),
    });
    const chosen = [{ queryId: 'm', credential: await ada() }];
    const failing = async (asked, ids, answered) => {
      let told, left = false;
      const wire = new Wire(async () => { left = true; return answered(); });
      const sending = async ({ copyIndexes }) => { assert.ok(!left); told = copyIndexes; };
      return answer(asked, ids, wire, { sending }).then(() => assert.fail('accepted'), ({ code }) => [code, told]);
    };
    const no = async () => new Response('{"error":"expired"}', { status: 400 });
    assert.deepEqual(await failing(request(null), chosen, no), ['expired', [0]]);
    assert.deepEqual(await failing(request(null), chosen, async () => { throw new TypeError('gone'); }), ['unreachable', [0]]);
    assert.deepEqual(await failing(request(Date.now() - 1), chosen, no), ['expired', undefined]);
    assert.deepEqual(await failing(request(null), [], no), ['query_not_satisfied', undefined]);
  });

  for (const [what, encryption] of [
    ['in the clear', null],
    ['encrypted', { jwk: generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }), enc: 'A128GCM' }],
  ]) {
    it(`is sent again as it was where the reply was lost, ${what}, and anew after a no or for another choice`, async () => {
      const request = {
        clientId: 'x509_hash:a', nonce: 'n', state: 's', responseUri: 'https://app.example/response', encryption, expiresAt: null, query: readQuery({ credentials: [MEMBERSHIP] }),
      };
      const [mine, other] = [await ada(), await held({ id: 'b' })].map((credential) => [{ queryId: 'm', credential }]);
      const ids = [];
      const send = async (chosen, reply, asked = request) => {
        const wire = new Wire(async () => reply());
        await answer(asked, chosen, wire, { sending: async ({ id }) => { ids.push(id); } }).catch(({ name }) => assert.equal(name, 'Problem'));
        return wire.entries[0].requestBody;
      };
      const lost = () => { throw new TypeError('the connection broke'); };
      const says = (status) => () => new Response('{}', { status });
      const first = await send(mine, lost);
      assert.notEqual(await send(other, says(400)), first);
      assert.equal(await send(mine, says(502)), first, 'another choice does not take its place');
      assert.notEqual(await send(mine, lost, { ...request }), first, 'another request');
      assert.equal(await send(mine, says(400)), first, 'who is at the gate may not know what came of it');
      const second = await send(mine, says(200));
      assert.notEqual(second, first);
      assert.notEqual(await send(mine, says(200)), second);
      assert.deepEqual([ids[0] === ids[2], ids[0] === ids[4], new Set(ids).size], [true, true, 5]);
    });
  }

  it('is signed by one of the authorities that are named', async () => {
    const root = certify({ subject: 'Root', ca: true });
    const credential = await held({ issuer: certify({ by: root }) });
    const of = async (trusted_authorities) => (await find({ credentials: [{ ...MEMBERSHIP, trusted_authorities }] }, credential)).missing.length === 0;
    assert.ok(await of([{ type: 'etsi_tl', values: ['https://list.example'] }, { type: 'aki', values: ['AAAA', certify({ by: root }).keyId] }]));
    assert.ok(!(await of([{ type: 'aki', values: ['AAAA'] }])));
    assert.ok(!(await of([{ type: 'etsi_tl', values: ['https://list.example'] }])));
  });

  it('reaches into objects and arrays, and discloses what leads there', async () => {
    const [street, city, pt, de] = [disclose('street', 'Rua 1'), disclose('city', 'Lisbon'), disclose('PT'), disclose('DE')];
    const credential = await held({
      hidden: { address: { country: 'PT', _sd: [street.digest, city.digest] } },
      payload: { citizen_of: [{ '...': pt.digest }, 'XK', { '...': de.digest }] },
      disclosures: [street, city, pt, de],
    });
    const of = async (path) => {
      const { shown, kept } = await find({ credentials: [{ ...MEMBERSHIP, claims: [{ path }] }] }, credential);
      return [shown?.filter(([name]) => name.startsWith(path[0])), kept?.sort()];
    };
    assert.deepEqual(await of(['address', 'city']), [[['address.city', 'Lisbon'], ['address.country', 'PT']], ['address.street', 'citizen_of.0', 'citizen_of.2']]);
    assert.deepEqual((await of(['address']))[1], ['citizen_of.0', 'citizen_of.2'], 'nothing of it is withheld');
    assert.deepEqual(await of(['citizen_of', null]), [[['citizen_of.0', 'PT'], ['citizen_of.1', 'XK'], ['citizen_of.2', 'DE']], ['address']]);
    assert.deepEqual(await of(['citizen_of', 2]), [[['citizen_of.2', 'DE'], ['citizen_of.1', 'XK']], ['address', 'citizen_of.0']]);
    for (const path of [['address', 0], ['address', null], ['citizen_of', 'PT'], ['citizen_of', 3], ['address', 'country', 'x'], ['toString']]) assert.equal((await of(path))[0], undefined, JSON.stringify(path));
  });

  it('is the element that was seen, also where decoys stand before it', async () => {
    const [pt, de] = [disclose('PT'), disclose('DE')];
    const credential = await held({ payload: { citizen_of: [{ '...': 'a-decoy' }, { '...': pt.digest }, { '...': de.digest }] }, disclosures: [pt, de] });
    const query = readQuery({ credentials: [{ ...MEMBERSHIP, claims: [{ path: ['citizen_of', 1] }] }] });
    const { answers: [{ options: [{ discloses, withholds }] }] } = await match({ query }, [credential]);
    const told = ({ path, value }) => [path.join('.'), value];
    assert.deepEqual([discloses.map(told), withholds.map(told)], [[['citizen_of.1', 'DE']], [['citizen_of.0', 'PT']]]);

    const request = { clientId: 'x509_hash:a', nonce: 'n', state: 's', responseUri: 'https://app.example/response', encryption: null, expiresAt: null, query };
    const { presentations: [shown] } = await answer(request, [{ queryId: 'm', credential }], new Wire(async () => new Response('{}')));
    assert.deepEqual(processSdJwt(await readSdJwt(shown)).claims.citizen_of, ['DE']);
  });

  it('tells of all that is shown, what nobody asked for too', async () => {
    const [city, street] = [disclose('city', 'Lisbon'), disclose('street', 'Rua 1')];
    const within = await held({ payload: { address: { country: 'PT', deep: { more: 1 }, _sd: [city.digest, street.digest] } }, disclosures: [city, street] });
    const along = [['address.country', 'PT'], ['address.deep', { more: 1 }]];
    assert.deepEqual((await find({ credentials: [MEMBERSHIP] }, within)).shown, along);
    assert.deepEqual((await find({ credentials: [{ ...MEMBERSHIP, claims: [{ path: ['address', 'city'] }] }] }, within)).shown, [['address.city', 'Lisbon'], ...along]);
    const beside = await held({ hidden: { jti: { note: 'of you', _sd: [city.digest] } }, disclosures: [city] });
    assert.deepEqual((await find({ credentials: [{ ...MEMBERSHIP, claims: [{ path: ['jti', 'city'] }] }] }, beside)).shown, [['jti.city', 'Lisbon'], ['jti.note', 'of you']]);
  });

  it('selects nothing at all where a step meets what it can\'t go into [OpenID4VP §7.1]', () => {
    const claims = { degrees: [{ type: 'BSc' }, { type: 'MSc', name: 'x' }], mixed: [{ a: 1 }, 'b'] };
    assert.deepEqual(select(claims, ['degrees', null, 'type']).map(({ value }) => value), ['BSc', 'MSc']);
    assert.deepEqual(select(claims, ['degrees', null, 'name']), [{ path: ['degrees', 1, 'name'], value: 'x' }]);
    assert.deepEqual(select(claims, ['mixed', null, 'a']), []);
  });

  it('is several credentials only where several may answer', async () => {
    const sent = [];
    const wire = new Wire(async (url, { body }) => { sent.push(JSON.parse(new URLSearchParams(body).get('vp_token'))); return new Response('{}'); });
    const credentials = [await ada(), await held({ id: 'b' })];
    const request = (multiple) => ({
      clientId: 'x509_hash:a', nonce: 'n', state: 's', responseUri: 'https://app.example/response', encryption: null, expiresAt: null,
      query: readQuery({ credentials: [{ ...MEMBERSHIP, multiple }] }),
    });
    const chosen = credentials.map((credential) => ({ queryId: 'm', credential }));
    await assert.rejects(answer(request(false), chosen, wire), problem('query_not_satisfied', /one credential is enough/));
    assert.deepEqual(sent, []);
    assert.equal((await answer(request(true), chosen, wire)).redirectUri, null);
    assert.equal(sent[0].m.length, 2);
    await assert.rejects(answer(request(true), [{ queryId: 'm', credential: await held({ vct: 'urn:other' }) }], wire), problem('query_not_satisfied', /does not answer/));
  });

  it('may be to a query of any name', async () => {
    const query = { credentials: [{ ...MEMBERSHIP, id: '__proto__' }, { ...MEMBERSHIP, id: 'toString' }] };
    const request = { clientId: 'x509_hash:a', nonce: 'n', state: 's', responseUri: 'https://app.example/response', encryption: null, expiresAt: null, query: readQuery(query) };
    const { answers } = await match(request, [await ada()]);
    const wire = new Wire(async () => new Response('{}'));
    await answer(request, answers.map(({ queryId, options }) => ({ queryId, credential: options[0].credential })), wire);
    assert.deepEqual(Object.keys(JSON.parse(new URLSearchParams(wire.entries[0].requestBody).get('vp_token'))), ['__proto__', 'toString']);
  });

  it('is shown to where the request says, and the browser is sent nowhere that is not safe', async () => {
    const request = {
      clientId: 'x509_hash:a', nonce: 'n', state: undefined, responseUri: 'https://app.example/response', encryption: null, expiresAt: Date.now() + 60_000,
      query: readQuery({ credentials: [MEMBERSHIP] }),
    };
    const chosen = [{ queryId: 'm', credential: await ada() }];
    for (const [redirect_uri, expected] of [['https://app.example/done', 'https://app.example/done'], ['javascript:alert(1)', null], ['http://app.example/', null], [undefined, null]]) {
      const wire = new Wire(async () => new Response(JSON.stringify({ redirect_uri })));
      assert.equal((await answer(request, chosen, wire)).redirectUri, expected);
      assert.ok(!new URLSearchParams(wire.entries[0].requestBody).has('state'));
    }
    await assert.rejects(answer({ ...request, expiresAt: Date.now() - 1 }, chosen, new Wire(() => assert.fail('sent'))), ({ code }) => code === 'expired');
  });

  for (const [what, query] of [
    ['no credentials', {}], ['an empty list', { credentials: [] }], ['an id of other characters', { credentials: [{ ...MEMBERSHIP, id: 'a b' }] }],
    ['one id twice', { credentials: [MEMBERSHIP, MEMBERSHIP] }], ['no format', { credentials: [{ ...MEMBERSHIP, format: undefined }] }],
    ['no types', { credentials: [{ ...MEMBERSHIP, meta: {} }] }], ['no meta', { credentials: [{ ...MEMBERSHIP, meta: undefined }] }],
    ['a path that is empty', { credentials: [{ ...MEMBERSHIP, claims: [{ path: [] }] }] }], ['a step below zero', { credentials: [{ ...MEMBERSHIP, claims: [{ path: [-1] }] }] }],
    ['null for a claim', { credentials: [{ ...MEMBERSHIP, claims: [null] }] }], ['values that are objects', { credentials: [{ ...MEMBERSHIP, claims: [{ path: ['a'], values: [{}] }] }] }],
    ['a claim\'s id of other characters', { credentials: [{ ...MEMBERSHIP, claims: [{ id: 'a b', path: ['a'] }] }] }],
    ['one claim id twice', { credentials: [{ ...MEMBERSHIP, claims: [{ id: 'a', path: ['a'] }, { id: 'a', path: ['b'] }] }] }],
    ['a flag that is a word', { credentials: [{ ...MEMBERSHIP, multiple: 'yes' }] }],
    ['claim sets beside a claim without an id', { credentials: [{ ...MEMBERSHIP, claims: [{ id: 'a', path: ['a'] }, { path: ['b'] }], claim_sets: [['a']] }] }],
    ['claim sets of claims without ids', { credentials: [{ ...MEMBERSHIP, claims: [{ path: ['a'] }], claim_sets: [['a']] }] }],
    ['claim sets without claims', { credentials: [{ ...MEMBERSHIP, claim_sets: [['a']] }] }],
    ['a set of what is not asked', { credentials: [MEMBERSHIP], credential_sets: [{ options: [['x']] }] }],
    ['a set without options', { credentials: [MEMBERSHIP], credential_sets: [{}] }], ['null', null],
  ]) it(`can't be told of a query with ${what}`, () => assert.throws(() => readQuery(query), problem('invalid_request', /dcql_query/)));
});

describe('The status of a credential', () => {
  const uri = 'https://issuer.example/status/1';
  const now = Math.floor(Date.now() / 1000);
  const LEAF = certify({ uris: ['https://issuer.example'], by: AUTHORITY });

  /** What the wallet makes of a list that was made here. */
  async function statusBy({ claims, header, bits = 2, bytes = [0b00_11_10_01], lst = deflateSync(Buffer.from(bytes)).toString('base64url'), idx = 3, leaf = LEAF, key, status } = {}) {
    const token = await new SignJWT({ sub: uri, iat: now, exp: now + 3600, status_list: { bits, lst }, ...claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'statuslist+jwt', x5c: leaf.x5c, ...header }).sign(key ?? leaf.privateKey);
    return readStatus({ ...await held(), status: { uri, idx } }, new Wire(async () => new Response(token, { status })));
  }

  it('is what the list says at its place', async () => {
    assert.deepEqual(await Promise.all([3, 2, 1, 0].map((idx) => statusBy({ idx }))), ['valid', 'unknown', 'suspended', 'revoked']);
    assert.deepEqual(await Promise.all([7, 0].map((idx) => statusBy({ bits: 1, bytes: [0b0000_0001], idx }))), ['valid', 'revoked']);
    assert.equal(await statusBy({ bits: 8, bytes: [9, 0], idx: 1 }), 'valid');
    assert.equal(await statusBy({ bytes: Buffer.alloc(4 * 1024 * 1024) }), 'valid', 'the longest list');
  });

  for (const [what, changes] of [
    ['is of another type', { header: { typ: 'JWT' } }], ['is of another address', { claims: { sub: `${uri}0` } }], ['has expired', { claims: { exp: now } }],
    ['is made in the future', { claims: { iat: now + 7200 } }], ['has no time', { claims: { iat: undefined } }], ['has bits that are none', { bits: 3 }],
    ['is not compressed', { lst: 'AAAA' }], ['is endless', { bytes: Buffer.alloc(64 * 1024 * 1024) }], ['is too short', { idx: 4 }], ['is not there', { status: 404 }],
    ['is signed by another key', { key: certify().privateKey }], ['has no certificate', { header: { x5c: undefined } }],
    ['is another issuer\'s of the same authority', { leaf: certify({ uris: ['https://bank.example'], by: AUTHORITY }) }],
    ['is another authority\'s for the issuer', { leaf: certify({ uris: ['https://issuer.example'], by: certify({ subject: 'Another', ca: true }) }) }],
  ]) it(`is unknown where the list ${what}`, async () => assert.equal(await statusBy(changes), 'unknown'));
});

describe('An encoding', () => {
  it('is read in its one spelling alone', () => {
    assert.deepEqual([...fromBase64Url('_-8')], [255, 239]);
    assert.deepEqual([...fromBase64('/+8=')], [255, 239]);
    for (const text of ['_-8=', '/+8', '_-9', '_ -8', 'A', 'é', '_-8\n', undefined, 7]) assert.throws(() => fromBase64Url(text), SyntaxError, text);
    for (const text of ['/+8', '_-8=', '/ +8=', '/+8=\n', '=', undefined]) assert.throws(() => fromBase64(text), SyntaxError, text);
  });
});

describe('The official vectors', () => {
  const RFC9901 = 'sd-jwt-rfc9901.json';
  const read = (path) => readFileSync(vectorPath(path), 'utf8');

  it('of RFC 9901: every SD-JWT verifies, and its claims stand where they were issued', { skip: withoutVector(RFC9901) }, async () => {
    const { sd_jwts: vectors, issuer_jwk: jwk } = JSON.parse(read(RFC9901));
    const key = await keyOfJwk(jwk);
    const processed = [];
    let bound = 0;
    for (const { compact, section } of vectors) {
      const sdJwt = await readSdJwt(compact);
      assert.ok(await isSigned(sdJwt.jws, key), section);
      processed.push(processSdJwt(sdJwt));
      assert.ok(!JSON.stringify(processed.at(-1).claims).includes('"_sd'), section);
      bound += sdJwt.kbJwt === null ? 0 : 1;
    }
    assert.deepEqual([vectors.length, bound], [7, 2]);
    assert.deepEqual(processed[0].claims.nationalities, ['US', 'DE']);
    assert.deepEqual(processed[1].claims.nationalities, ['US']);
    assert.deepEqual(processed[1].claims.address, { street_address: '123 Main St', locality: 'Anytown', region: 'Anystate', country: 'US' });
    assert.deepEqual(processed[2].claims.address, { region: '港区', country: 'JP' });
    assert.deepEqual(processed[5].claims.age_equal_or_over, { 18: true });
    assert.ok(processed[3].disclosures.some(({ path }) => path.join('/') === 'verified_claims/verification/evidence/0/method'));
  });

  it('of RFC 9901: none verifies with another letter in it', { skip: withoutVector(RFC9901) }, async () => {
    const { sd_jwts: [{ compact }], issuer_jwk: jwk } = JSON.parse(read(RFC9901));
    const key = await keyOfJwk(jwk);
    const verifies = async (text) => isSigned((await readSdJwt(text)).jws, key);
    const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const decode = (text) => JSON.parse(Buffer.from(text, 'base64url'));
    const [jwt, first, ...others] = compact.split('~');
    const [header, payload, signature] = jwt.split('.');
    assert.ok(await verifies(compact));
    assert.ok(!(await verifies(`${header}.${encode({ ...decode(payload), sub: 'user_43' })}.${signature}~`)));
    assert.ok(!(await verifies(`${header}.${payload}.${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}~`)));
    const changed = encode([decode(first)[0], 'given_name', 'Jane']);
    await assert.rejects(async () => processSdJwt(await readSdJwt([jwt, changed, ...others].join('~'))), /referenced by no digest/);
    await assert.rejects(async () => processSdJwt(await readSdJwt([jwt, first, first, ...others].join('~'))), /twice/);
  });

  const ENCRYPTED = 'openid4vp-encrypted-response.json';
  it('of OpenID4VP: what is encrypted to its key, a stranger\'s library opens as it opens the specification\'s own', { skip: withoutVector(ENCRYPTED) }, async () => {
    const { jwe, private_jwk: jwk } = JSON.parse(read(ENCRYPTED));
    const key = await importJWK(jwk, 'ECDH-ES');
    const open = async (compact) => {
      const { plaintext, protectedHeader: { epk, ...header } } = await compactDecrypt(compact, key);
      return { header, claims: JSON.parse(new TextDecoder().decode(plaintext)), curve: epk.crv };
    };
    const official = await open(jwe);
    assert.deepEqual(await open(await encryptJwe(official.claims, jwk, 'A128GCM')), official);
    const long = await open(await encryptJwe(official.claims, jwk, 'A256GCM'));
    assert.deepEqual([long.header.enc, long.claims], ['A256GCM', official.claims]);
    assert.notEqual(await encryptJwe({}, jwk, 'A128GCM'), await encryptJwe({}, jwk, 'A128GCM'));
  });

  const QUERIES = 'openid4vp/1.0/examples/query_lang';
  it('of OpenID4VP: every example of a query is read', { skip: withoutVector(QUERIES) }, () => {
    const files = readdirSync(vectorPath(QUERIES)).filter((name) => name.endsWith('.json'));
    for (const file of files) assert.ok(readQuery(JSON.parse(read(join(QUERIES, file)))).credentials.length > 0, file);
    assert.ok(files.length >= 5);
  });

  const LISTS = 'token-status-list/examples';
  it('of Token Status List: the statuses stand where they are', { skip: withoutVector(LISTS) }, async () => {
    const list = async (file) => {
      const text = read(join(LISTS, file));
      const { bits, lst } = JSON.parse(text.slice(text.indexOf('{'), text.indexOf('}') + 1).replace(/\s/g, ''));
      const bytes = await inflate(fromBase64Url(lst));
      return { bits, bytes, size: (bytes.length * 8) / bits, at: (index) => statusAt(bytes, bits, index) };
    };
    const statuses = ({ size, at }) => Array.from({ length: size }, (_, index) => [index, at(index)]);
    const one = await list('status_list_encoding_json.md');
    assert.equal(statuses(one).map(([, status]) => status).join(''), '1001110111000101');
    assert.equal(one.at(16), undefined);
    assert.equal(statuses(await list('status_list_encoding2_json.md')).map(([, status]) => status).join(''), '120301011233');
    const long = statuses(await list('status_list_encoding4_json.md')).filter(([, status]) => status !== 0).map((pair) => pair.join('=')).join(' ');
    assert.equal(long, '0=1 1993=2 35460=3 459495=4 595669=5 754353=6 845645=7 923232=8 924445=9 934534=10 1000345=12 1004534=11 1030203=13 1030204=14 1030205=15');
  });
});
