// A door without a network: which requests the practice wallet reads, what it answers, and which copy it shows. Strangers' libraries read the same.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setGlobalConfig } from '@openid4vc/oauth2';
import { Openid4vpClient } from '@openid4vc/openid4vp';
import { answer, answerAtDoor, collect, copyFor, declineAtDoor, doorOf, Frames, match, noteShown, problem, readOffer, readRequest, redeem, toFrames, wayOf, Wire } from './lib/core.mjs';
import { askingAt, doorLink, presentationIn, verifyAnswer } from './lib/door.mjs';
import { issuer } from './lib/specimens.mjs';

setGlobalConfig({ allowInsecureUrls: true });

const DOOR = 'https://nation.example/station/answer';
const DAY = 24 * 60 * 60 * 1000;
const nowhere = () => new Wire(() => assert.fail('a door is answered without a network'));

/** Reads a door's request with what is changed in it. */
const read = (changes, address = DOOR) => readRequest(doorLink(address, changes).link, nowhere());

/** A query, and in it one for a credential. */
const asks = (credentials, more) => JSON.stringify({ credentials, ...more });
const one = (id) => ({ id, format: 'dc+sd-jwt', meta: { vct_values: ['urn:example:membership'] } });

/** A credential of three copies, from an issuer of this file's own. */
async function taken() {
  const { wire, link } = issuer({ hidden: () => ({ tier: 'member', node: 'Lisbon', display_name: 'Ada' }) });
  const offer = await readOffer(link, wire);
  return structuredClone(await collect((await redeem(offer, { copies: 3 }, wire))[0], wire));
}

async function choose(request, credential) {
  const { answers, missing } = await match(request, [credential]);
  assert.deepEqual(missing, []);
  return answers.map(({ queryId, options }) => ({ queryId, credential: options[0].credential }));
}

describe('The practice wallet reads the request of a door', () => {
  it('by value, without a network, from any of its links', async () => {
    for (const start of ['openid4vp://', 'https://wallet.example/present']) {
      const { link, parameters } = doorLink(DOOR, { claims: [{ path: ['node'] }] }, start);
      const request = await readRequest(link, nowhere());
      assert.deepEqual(
        { ...request, query: undefined },
        {
          clientId: `redirect_uri:${DOOR}`, prefix: 'redirect_uri', name: 'The door of Lisbon', host: 'nation.example', asked: [{ id: 'arrival', vcts: ['urn:example:membership'], types: [], claims: [['node']] }],
          expiresAt: null, query: undefined, nonce: parameters.nonce, state: parameters.state, redirectUri: DOOR, encryption: null,
        });
      assert.deepEqual(structuredClone(request), request, 'it can be kept');
    }
  });

  it('also where what goes without saying is not said', async () => {
    const request = await read({ redirect_uri: undefined, response_mode: undefined, state: undefined, client_metadata: undefined });
    assert.deepEqual([request.redirectUri, request.state, request.name], [DOOR, undefined, 'nation.example']);
  });

  it('on this machine too, where its address may be http', async () => {
    assert.equal((await read({}, 'http://localhost:5000/station/answer')).host, 'localhost:5000');
  });

  it('as a stranger’s wallet reads it: @openid4vc/openid4vp', async () => {
    const { parameters } = doorLink(DOOR);
    const client = new Openid4vpClient({ callbacks: { hash: () => assert.fail('nothing is hashed'), fetch: () => assert.fail('nothing is fetched') } });
    const { client: who, dcql } = await client.resolveOpenId4vpAuthorizationRequest({ authorizationRequestPayload: askingAt(DOOR, { ...parameters, dcql_query: JSON.parse(parameters.dcql_query), client_metadata: JSON.parse(parameters.client_metadata) }) });
    assert.deepEqual([who.prefix, who.redirectUri], ['redirect_uri', DOOR]);
    assert.equal(dcql.query.credentials[0].id, 'arrival');
  });

  for (const [what, changes, code, detail] of [
    ['that is signed all the same', { request: 'e30.e30.' }, 'invalid_request', /request stands/],
    ['that stands elsewhere', { request_uri: 'https://nation.example/request' }, 'invalid_request', /request_uri stands/],
    ['that names a method of fetching it', { request_uri_method: 'post' }, 'invalid_request', /request_uri_method stands/],
    ['that is to be posted', { response_uri: DOOR }, 'invalid_request', /response_uri stands/],
    ['of another response type', { response_type: 'code' }, 'unsupported_response_type', /code/],
    ['of none', { response_type: undefined }, 'unsupported_response_type', /null/],
    ['that would be posted', { response_mode: 'direct_post' }, 'invalid_request', /direct_post/],
    ['that would be posted encrypted', { response_mode: 'direct_post.jwt' }, 'invalid_request', /direct_post\.jwt/],
    ['that a server would see', { response_mode: 'query' }, 'invalid_request', /query/],
    ['of a mode without a name', { response_mode: '' }, 'invalid_request', /response_mode/],
    ['whose answer goes elsewhere', { redirect_uri: 'https://evil.example/station/answer' }, 'invalid_client', /evil\.example/],
    ['whose answer goes nearly there', { redirect_uri: `${DOOR}/` }, 'invalid_client', /redirect_uri/],
    ['whose answer goes by http', { client_id: 'redirect_uri:http://nation.example/a', redirect_uri: 'http://nation.example/a' }, 'insecure_url', /https/],
    ['whose answer goes to a script', { client_id: 'redirect_uri:javascript:alert(1)', redirect_uri: undefined }, 'insecure_url', /https/],
    ['whose answer goes with a password', { client_id: 'redirect_uri:https://a:b@nation.example/', redirect_uri: undefined }, 'insecure_url', /https/],
    ['whose answer goes nowhere', { client_id: 'redirect_uri:', redirect_uri: undefined }, 'insecure_url', /https/],
    ['whose address has a fragment', { client_id: `redirect_uri:${DOOR}#a`, redirect_uri: `${DOOR}#a` }, 'invalid_request', /fragment/],
    ['whose address has an empty fragment', { client_id: `redirect_uri:${DOOR}#`, redirect_uri: undefined }, 'invalid_request', /fragment/],
    ['without a nonce', { nonce: undefined }, 'invalid_request', /nonce/],
    ['with an empty nonce', { nonce: '' }, 'invalid_request', /nonce/],
    ['with a nonce of other letters', { nonce: 'a b' }, 'invalid_request', /nonce/],
    ['without a query', { dcql_query: undefined }, 'invalid_request', /dcql_query/],
    ['whose query is no JSON', { dcql_query: '{' }, 'invalid_request', /dcql_query is not JSON/],
    ['whose query is a list', { dcql_query: '[]' }, 'invalid_request', /dcql_query is not a JSON object/],
    ['whose query is null', { dcql_query: 'null' }, 'invalid_request', /dcql_query is not a JSON object/],
    ['whose query asks nothing', { dcql_query: '{}' }, 'invalid_request', /credentials/],
    ['whose metadata is no JSON', { client_metadata: 'The door' }, 'invalid_request', /client_metadata is not JSON/],
    ['whose metadata is a text', { client_metadata: '"The door"' }, 'invalid_request', /client_metadata is not a JSON object/],
    ['that takes no form that it holds', { client_metadata: '{"vp_formats_supported":{"mso_mdoc":{}}}' }, 'vp_formats_not_supported', /dc\+sd-jwt/],
    ['that asks for a transaction', { transaction_data: '["e30"]' }, 'invalid_transaction_data', /transaction_data/],
    ['that asks for two credentials', { dcql_query: asks([one('a'), one('b')]) }, 'invalid_request', /more than one/],
    ['that asks for as many as there are', { dcql_query: asks([{ ...one('a'), multiple: true }]) }, 'invalid_request', /more than one/],
    ['that gives a choice of sets', { dcql_query: asks([one('a')], { credential_sets: [{ options: [['a']], required: false }] }) }, 'invalid_request', /more than one/],
    ['that asks for a form that hides nothing', { dcql_query: asks([{ id: 'a', format: 'ldp_vc', meta: { type_values: [['https://example.org/Membership']] } }]) }, 'invalid_request', /dc\+sd-jwt/],
  ]) it(`but not one ${what}`, () => assert.rejects(read(changes), problem(code, detail)));

  it('but not one that says something twice', async () => {
    for (const twice of ['nonce=other', 'redirect_uri=https%3A%2F%2Fevil.example', 'state=x', 'dcql_query=%7B%7D']) {
      await assert.rejects(readRequest(`${doorLink(DOOR).link}&${twice}`, nowhere()), problem('invalid_request', /twice/));
    }
  });

  it('and what it calls itself is one line, without what turns the direction of writing or is not seen', async () => {
    const named = async (name) => (await read({ client_metadata: JSON.stringify({ client_name: name }) })).name;
    assert.equal(await named('Door\n\u202e\u2066of\u200b \u0007Lisbon\u2069\u061c'), 'Door of Lisbon');
    assert.equal(await named(`\u202e${' '.repeat(100)}${'\u{1F6AA}'.repeat(80)}`), '\u{1F6AA}'.repeat(80));
    assert.equal(await named(`The door of ${'x'.repeat(5000)}`), `The door of ${'x'.repeat(67)}…`);
    assert.equal(await named('\u202e\u200b'), 'nation.example');
  });

  it('behind # at the wallet’s own address, so that its host is not told; one that is to be fetched stays where it was', () => {
    const { link, parameters } = doorLink(DOOR);
    const query = new URLSearchParams(parameters);
    for (const text of [link, `https://other-wallet.example/present?${query}`, `https://wallet.example/present#${query}`, ` haip-vp://?${query}\n`]) assert.equal(wayOf(text), `/present#${query}`, text);
    assert.equal(wayOf('openid4vp://?client_id=a&request_uri=b'), '/present?client_id=a&request_uri=b');
    assert.equal(wayOf(`openid-credential-offer://?${query}`), null);
  });
});

describe('The practice wallet answers a door', () => {
  it('with what is asked and no more, bound to the door and its nonce: @openid4vc reads it and @sd-jwt verifies it', async () => {
    const ada = await taken();
    const { link, parameters } = doorLink(DOOR, { claims: [{ path: ['node'] }] });
    const request = await readRequest(link, nowhere());
    const { address } = await answerAtDoor(request, await choose(request, ada));
    assert.ok(address.startsWith(`${DOOR}#`));
    const claims = await verifyAnswer(address, parameters);
    assert.deepEqual([claims.node, claims.tier, claims.display_name], ['Lisbon', undefined, undefined]);
    await assert.rejects(verifyAnswer(address, { ...parameters, nonce: 'another' }));
    await assert.rejects(verifyAnswer(address, { ...parameters, client_id: 'redirect_uri:https://other.example/' }));
  });

  it('by codes as by the address, in the same words', async () => {
    const ada = await taken();
    const { link, parameters } = doorLink(DOOR);
    const request = await readRequest(link, nowhere());
    const { address } = await answerAtDoor(request, await choose(request, ada));
    const frames = new Frames();
    let seen;
    for (const frame of (await toFrames(address)).reverse()) seen = await frames.add(frame);
    assert.equal(seen.text, address);
    await verifyAnswer(seen.text, parameters);
  });

  it('whose state means something in an address, as it was', async () => {
    const ada = await taken();
    const { link, parameters } = doorLink(DOOR, { state: 'a&b=c #d+é%00' });
    const request = await readRequest(link, nowhere());
    await verifyAnswer((await answerAtDoor(request, await choose(request, ada))).address, parameters);
    assert.equal(new URLSearchParams(new URL(declineAtDoor(request)).hash.slice(1)).get('state'), parameters.state);
  });

  it('or says no, in which nothing is shown', async () => {
    const request = await read({ state: 's' });
    assert.equal(declineAtDoor(request), `${DOOR}#error=access_denied&state=s`);
    assert.equal(declineAtDoor(await read({ state: undefined })), `${DOOR}#error=access_denied`);
  });

  it('never by the wire, whoever calls for it', async () => {
    const ada = await taken();
    const request = await read();
    await assert.rejects(answer(request, await choose(request, ada), nowhere()), problem('insecure_url'));
  });

  it('only with what was asked for', async () => {
    const request = await read();
    await assert.rejects(answerAtDoor(request, []), problem('query_not_satisfied'));
    const ada = await taken();
    await assert.rejects(answerAtDoor(request, [{ queryId: 'other', credential: ada }]), problem('query_not_satisfied'));
  });

  for (const [twist, seen] of [
    ['copy', /signature verification failed/],
    ['replay', /strictly equal/],
    ['audience', /"aud"/],
  ]) {
    it(`dishonestly, by ${twist}, which strangers’ libraries refuse`, async () => {
      const ada = await taken();
      const before = await read({ claims: [{ path: ['node'] }] });
      const { presentations: [earlier] } = await answerAtDoor(before, await choose(before, ada));
      const { link, parameters } = doorLink(DOOR, { claims: [{ path: ['node'] }] });
      const request = await readRequest(link, nowhere());
      const { address } = await answerAtDoor(request, await choose(request, ada), { twist, earlier });
      await assert.rejects(verifyAnswer(address, parameters), seen);
    });
  }

  it('dishonestly, by tamper, whose changed value strangers’ libraries do not find in what was signed', async () => {
    const { link, parameters } = doorLink(DOOR, { claims: [{ path: ['node'] }] });
    const request = await readRequest(link, nowhere());
    const { address } = await answerAtDoor(request, await choose(request, await taken()), { twist: 'tamper' });
    const [, disclosure] = (await presentationIn(address, parameters)).split('~');
    assert.match(JSON.parse(Buffer.from(disclosure, 'base64url'))[2], /^Lisbon, or so they say$/);
    assert.equal((await verifyAnswer(address, parameters)).node, undefined);
  });

  it('dishonestly only in ways that there are', async () => {
    const ada = await taken();
    const request = await read();
    await assert.rejects(answerAtDoor(request, await choose(request, ada), { twist: 'toString' }), TypeError);
    await assert.rejects(answerAtDoor(request, await choose(request, ada), { twist: 'replay' }), problem('nothing_to_replay', /.*/));
  });
});

describe('At a door the practice wallet shows', () => {
  const copies = (...some) => ({ copies: some.map((copy) => ({ shownAt: null, ...copy })) });

  /** Shows a credential as the store notes it. */
  function shows(credential, door, now) {
    const index = copyFor(credential, { door, taken: [], now });
    noteShown(credential.copies[index], now, door);
    return index;
  }

  it('the same copy for a day, another to another door, and another on the next day', () => {
    const credential = copies({}, {}, {}, {});
    assert.equal(shows(credential, 'a', 1), 0);
    assert.equal(shows(credential, 'a', 2), 0);
    assert.equal(shows(credential, 'b', 3), 1);
    assert.equal(shows(credential, null, 4), 2, 'an app never gets what a door has, as long as there is another');
    assert.equal(shows(credential, 'a', DAY), 0);
    assert.equal(shows(credential, 'a', DAY + 1), 3, 'the day began with the first time, not with the last');
    assert.equal(shows(credential, 'b', DAY + 2), 1);
    assert.equal(shows(credential, 'a', DAY + 3), 3);
  });

  it('an app the copy whose showing is the longest ago, whatever doors have seen', () => {
    const credential = copies({ shownAt: 5, atDoor: { door: 'a', since: 5 } }, { shownAt: 3 });
    assert.equal(copyFor(credential, { door: null, taken: [], now: 6 }), 1);
    assert.equal(copyFor(credential, { door: 'a', taken: [], now: 6 }), 0);
    assert.equal(copyFor(credential, { door: 'a', taken: [0], now: 6 }), 1, 'not twice in one answer');
    assert.equal(copyFor(credential, { door: 'a', taken: [], now: 4 }), 1, 'a clock that was set back knows no day that is to come');
  });

  it('the copy that it showed before in the presentation itself, by node: all doors of a nation have one address', async () => {
    const ada = await taken();
    const jwts = [];
    for (const [address, name] of [[DOOR, 'The door of Lisbon'], [DOOR, 'The door of Lisbon'], [DOOR, 'The door of Austin'], ['https://other.example/station/answer', 'The door of Lisbon'], [DOOR, 'The door of Austin']]) {
      const { link, parameters } = doorLink(address, { client_metadata: JSON.stringify({ client_name: name }) });
      const request = await readRequest(link, nowhere());
      const { address: given, copyIndexes: [index] } = await answerAtDoor(request, await choose(request, ada));
      noteShown(ada.copies[index], Date.now(), doorOf(request));
      jwts.push((await presentationIn(given, parameters)).split('~')[0]);
    }
    assert.deepEqual(jwts.map((jwt) => jwts.indexOf(jwt)), [0, 0, 2, 3, 2]);
  });
});
