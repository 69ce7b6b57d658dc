// What the station says of an answer, by its own modules: to people of a practice nation, and to a stranger's wallet with the bundle of a real one. A61 to A69, A79, A95, A96, F17.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { newKey, signJws } from './lib/core.mjs';
import { PURPOSES } from './lib/forge.mjs';
import { ForgedHistory } from './lib/forge-evidence.mjs';
import { addressOf, ageOf, bundleOf, decide, keptBundle, memoryShelf, newRequest, NONCE_MS, practicePeople, practiceWorld, present, readAnswer, shifts, updateBundle, VERDICTS } from './lib/station.mjs';
import { eventually, startServer } from './lib/server.mjs';
import { becomeMember } from './lib/story.mjs';
import { checkCredential } from './lib/verifying.mjs';

const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const nobody = async () => false;

describe('At the door, practised', () => {
  let world;
  before(async () => { world = await practiceWorld(Date.now()); });

  const meet = async (reason, changes = {}) => {
    const now = Date.now();
    const request = newRequest(world.bundle.claims, world.node, now);
    const { text, ...around } = await practicePeople[reason].act(world, request);
    return decide(text, { bundle: world.bundle, node: world.node, requests: [request], spent: new Set(), here: nobody, now, ...around, ...changes });
  };

  for (const reason of Object.keys(practicePeople)) {
    it(`says ${reason} to whom it is practised with`, async () => {
      const verdict = await meet(reason);
      assert.equal(verdict.reason, reason);
      assert.match(verdict.words, /\.$/);
      assert.match(verdict.next, /\.$/);
    });
  }

  it('has somebody to practise each verdict with', () => assert.deepEqual(Object.keys(practicePeople).sort(), Object.keys(VERDICTS).sort()));

  it('admits for one reason alone, and every reason has other words', () => {
    assert.deepEqual(Object.entries(VERDICTS).filter(([, { light }]) => light === 'admit').map(([reason]) => reason), ['admitted']);
    assert.equal(new Set(Object.values(VERDICTS).map(({ words }) => words)).size, Object.keys(VERDICTS).length);
  });

  it('F17 past its limit the bundle refuses, or asks where the nation says so, and never admits', async () => {
    const now = Date.now() + 2 * DAY;
    const old = { ...world.bundle, claims: { ...world.bundle.claims, when_old: 'ask' } };
    const requests = (request) => [{ ...request, at: now }];
    const meetLater = async (bundle, reason = 'admitted') => {
      const request = newRequest(bundle.claims, world.node, now);
      const { text } = await practicePeople[reason].act(world, request);
      return decide(text, { bundle, node: world.node, requests: requests(request), spent: new Set(), here: nobody, now });
    };
    assert.deepEqual([(await meetLater(world.bundle)).light, (await meetLater(world.bundle)).reason], ['refuse', 'bundle_old']);
    assert.deepEqual([(await meetLater(old)).light, (await meetLater(old)).reason], ['ask', 'bundle_old']);
    assert.deepEqual([(await meetLater(old, 'revoked')).light, (await meetLater(old, 'revoked')).reason], ['refuse', 'revoked']);
    assert.equal((await meetLater(old)).digest, null);
  });

  it('A96 a clock that is a day behind is warned of on every verdict, and the bundle’s time is the lower bound', async () => {
    const now = Date.now() - DAY;
    const request = { ...newRequest(world.bundle.claims, world.node, now), at: now };
    const { text } = await practicePeople.admitted.act(world, request);
    const seen = await decide(text, { bundle: world.bundle, node: world.node, requests: [request], spent: new Set(), here: nobody, now });
    assert.notEqual(seen.reason, 'not_yet_valid');
    assert.match(seen.warnings[0], /behind/);
    const revoked = await decide((await practicePeople.revoked.act(world, request)).text, { bundle: world.bundle, node: world.node, requests: [request], spent: new Set(), here: nobody, now });
    assert.equal(revoked.reason, 'revoked');
    assert.match(revoked.warnings[0], /behind/);
  });

  it('A96 a clock that was ahead of the nation’s when they met is warned of', async () => {
    const ahead = async (skew) => {
      const [request, now] = [newRequest(world.bundle.claims, world.node, Date.now()), Date.now() + skew];
      const { text } = await practicePeople.admitted.act(world, request);
      return decide(text, { bundle: world.bundle, node: world.node, requests: [{ ...request, at: now }], spent: new Set(), here: nobody, now, skew });
    };
    assert.match((await ahead(DAY)).warnings[0], /ahead/);
    assert.deepEqual((await ahead(2 * MINUTE)).warnings, []);
  });

  it('A96 F17 the limit is of the nation’s clock, where this one was off when they met', async () => {
    const { exp } = world.bundle.claims;
    const seen = async (at, skew) => {
      const request = newRequest(world.bundle.claims, world.node, at);
      const { text } = await practicePeople.admitted.act(world, request);
      const now = at + skew;
      return decide(text, { bundle: world.bundle, node: world.node, requests: [{ ...request, at: now }], spent: new Set(), here: nobody, now, skew });
    };
    const slow = await seen(exp * 1000 + HOUR, -3 * HOUR);
    assert.deepEqual([slow.light, slow.reason], ['refuse', 'bundle_old'], 'by its own clock it is within the limit');
    assert.match(slow.warnings[0], /behind/);
    const fast = await seen(exp * 1000 - HOUR, 3 * HOUR);
    assert.deepEqual([fast.light, fast.reason, fast.digest], ['ask', 'clock', null], 'by its own clock it is past the limit');
    assert.match(fast.warnings[0], /ahead/);
    const within = await seen(exp * 1000 - 4 * HOUR, 3 * HOUR);
    assert.deepEqual([within.light, within.reason], ['admit', 'admitted'], 'by both it is within the limit');
  });

  it('A96 F17 a clock that was put right where nobody could tell is believed where their wallet agrees with it; a credential must be good by both, and so must the bundle', async () => {
    const right = await meet('admitted', { skew: -5 * HOUR });
    assert.deepEqual([right.light, right.reason, right.warnings.length], ['admit', 'admitted', 1]);
    assert.match(right.warnings[0], /was put right/);

    // A wallet that is set to one of both times makes nothing good that is over by the other, nor that begins later; nor a bundle.
    const seen = async ({ now, skew, wallet = now, bundle = world.bundle }) => {
      const asked = newRequest(bundle.claims, world.node, wallet);
      const { text } = await practicePeople.admitted.act(world, { ...asked, at: wallet });
      const { light, reason, digest } = await decide(text, { bundle, node: world.node, requests: [{ ...asked, at: now }], spent: new Set(), here: nobody, now, skew });
      return [light, reason, digest !== null];
    };
    const exp = world.bundle.claims.exp * 1000;
    const held = readAnswer((await practicePeople.admitted.act(world, newRequest(world.bundle.claims, world.node, Date.now()))).text, []).credential;
    const { validUntil } = await checkCredential(held, world.bundle.known, { now: Date.now(), listsAt: Date.now() });
    const lasting = { ...world.bundle, claims: { ...world.bundle.claims, exp: Number.MAX_SAFE_INTEGER / 1000 } };
    const clock = ['ask', 'clock', false];
    assert.deepEqual(await seen({ now: validUntil - 2 * HOUR, skew: -5 * HOUR, bundle: lasting }), clock, 'behind still, and the wallet with it');
    assert.deepEqual(await seen({ now: validUntil + 2 * HOUR, skew: 5 * HOUR, wallet: validUntil - 3 * HOUR, bundle: lasting }), clock, 'put right, and the wallet is what it was');
    assert.deepEqual(await seen({ now: exp - 2 * HOUR, skew: -5 * HOUR }), clock);
    assert.deepEqual(await seen({ now: exp + 2 * HOUR, skew: 5 * HOUR, wallet: exp - 3 * HOUR }), clock);
    assert.deepEqual(await seen({ now: exp + HOUR, skew: 5 * HOUR }), ['refuse', 'bundle_old', false]);
    assert.deepEqual(await seen({ now: exp + 6 * HOUR, skew: 5 * HOUR }), ['refuse', 'bundle_old', false]);

    // Who was told nothing put nothing right.
    const now = Date.now();
    const early = { ...newRequest(world.bundle.claims, world.node, now), at: now - 4 * MINUTE };
    const little = await decide((await practicePeople.admitted.act(world, early)).text, { bundle: world.bundle, node: world.node, requests: [{ ...early, at: now }], spent: new Set(), here: nobody, now, skew: -3 * MINUTE });
    assert.deepEqual([little.light, little.warnings], ['admit', []]);
  });

  it('a node that the bundle does not name admits nobody, and refuses whom every door refuses', async () => {
    const at = { node: 'Elsewhere' };
    const seen = await meet('admitted', at);
    assert.deepEqual([seen.light, seen.reason, seen.digest], ['ask', 'no_policy', null]);
    assert.deepEqual([(await meet('revoked', at)).reason, (await meet('copy', at)).light], ['revoked', 'ask']);
    assert.match(newRequest(world.bundle.claims, 'Elsewhere', 0).query, /membership/);
  });

  it('A96 a wallet that is seven minutes behind is admitted with a warning: the nonce makes it fresh', async () => {
    const request = newRequest(world.bundle.claims, world.node, Date.now());
    const behind = { ...request, at: request.at - 7 * MINUTE };
    const { text } = await practicePeople.admitted.act(world, behind);
    const verdict = await decide(text, { bundle: world.bundle, node: world.node, requests: [request], spent: new Set(), here: nobody, now: Date.now() });
    assert.equal(verdict.light, 'admit');
    assert.match(verdict.warnings[0], /five minutes/);
  });

  it('without a bundle nobody is checked, and nobody is counted', async () => {
    const verdict = await meet('admitted', { bundle: null });
    assert.deepEqual([verdict.light, verdict.reason, verdict.isCounted], ['refuse', 'no_bundle', false]);
  });

  it('A61 a state that was not asked, of another question, or late', async () => {
    const now = Date.now();
    const [request, other] = [1, 2].map(() => newRequest(world.bundle.claims, world.node, now));
    const { text } = await practicePeople.admitted.act(world, request);
    const judge = (answer, requests, at = now) => decide(answer, { bundle: world.bundle, node: world.node, requests, spent: new Set(), here: nobody, now: at });
    assert.equal((await judge(text, [])).reason, 'not_asked');
    assert.equal((await judge(text.replace(request.state, other.state), [request, other])).reason, 'not_asked');
    assert.equal((await judge(text, [request], now + NONCE_MS + 1)).reason, 'too_late');
    assert.equal((await judge(text, [request], now + NONCE_MS - 1000)).reason, 'admitted');
  });

  it('A62 a nonce that was answered before, under its own state or a new one', async () => {
    const now = Date.now();
    const [first, second] = [1, 2].map(() => newRequest(world.bundle.claims, world.node, now));
    const { text } = await practicePeople.admitted.act(world, first);
    const judge = (answer) => decide(answer, { bundle: world.bundle, node: world.node, requests: [first, second], spent: new Set([first.nonce]), here: nobody, now });
    assert.equal((await judge(text)).reason, 'replayed');
    assert.equal((await judge(text.replace(first.state, second.state))).reason, 'replayed');
  });

  it('A68 another id, a second credential, a name twice, a parameter twice, another format', () => {
    const one = 'a.b.c~d~e.f.g';
    const asked = [{ state: 's' }];
    const of = (token, more = '') => readAnswer(`https://x/station/answer#vp_token=${encodeURIComponent(token)}&state=s${more}`, asked);
    assert.deepEqual(of(`{"arrival":["${one}"]}`), { credential: one, state: 's' });
    for (const wrong of [`{"other":["${one}"]}`, `{"arrival":["${one}","${one}"]}`, `{"arrival":["${one}"],"arrival":["${one}"]}`, `{"arrival":["${one}"],"b":["${one}"]}`, '{"arrival":[{}]}', `{"arrival":"${one}"}`, '[]']) {
      assert.deepEqual(of(wrong), { reason: 'wrong_answer' }, wrong);
    }
    assert.deepEqual(of(`{"arrival":["${one}"]}`, '&state=t'), { reason: 'wrong_answer' });
    assert.deepEqual(readAnswer('https://x/station/answer#error=access_denied&state=s', asked), { reason: 'declined' });
    assert.deepEqual(readAnswer('WIFI:S:guest;;', asked), { reason: 'not_a_code' });
  });

  it('A68 what names no question that was asked here neither declines nor is refused, and counts nothing: a sticker, or a page that leads this phone to an address', async () => {
    const now = Date.now();
    const asked = newRequest(world.bundle.claims, world.node, now);
    const around = { bundle: world.bundle, node: world.node, requests: [asked], spent: new Set(), here: nobody, now };
    const of = async (text) => { const { light, reason, isCounted } = await decide(text, around); return [light, reason, isCounted]; };
    for (const text of ['#error=access_denied', '#error=access_denied&state=another', '#vp_token=x', 'https://evil.example/#vp_token=%7B%7D&state=another']) assert.deepEqual(await of(text), ['ask', 'not_a_code', false], text);
    assert.deepEqual(await of(`#error=access_denied&state=${asked.state}`), ['ask', 'declined', false]);
    assert.deepEqual(await of(`#vp_token=x&state=${asked.state}`), ['refuse', 'wrong_answer', true]);
  });

  it('keeps of a person a digest for the shift alone, by a key that nobody can read, and of two tabs with one answer one is late', async () => {
    const shelf = memoryShelf();
    const now = Date.now();
    let shift = await shifts.begin(shelf, 'Practice', now);
    const verdict = { ...VERDICTS.admitted, reason: 'admitted', spends: 'n', digest: 'the-digest', isCounted: true };
    assert.deepEqual(await Promise.all([shifts.took(shelf, verdict), shifts.took(shelf, verdict)]), [null, 'replayed']);
    assert.equal(await shifts.took(shelf, { ...verdict, spends: 'm' }), 'already_here');
    shift = await shifts.running(shelf, now);
    assert.ok(await shifts.isHere(shift, 'the-digest'));
    assert.ok(!JSON.stringify(shift).includes('the-digest'));
    assert.deepEqual([shift.key.extractable, shift.key.usages], [false, ['sign']]);
    const other = memoryShelf();
    await shifts.begin(other, 'Practice', now);
    await shifts.took(other, verdict);
    assert.equal((await shifts.running(other, now)).here.length, 1);
    assert.notDeepEqual((await shifts.running(other, now)).here, shift.here, 'another shift’s digest of the same is another');
    assert.deepEqual(shift.lights, { admit: 1, ask: 1, refuse: 1 });
    const { counts } = await shifts.end(shelf, now + HOUR);
    assert.deepEqual(Object.keys(counts), ['shift', 'node', 'from', 'until', 'admit', 'ask', 'refuse']);
    assert.equal(await shelf.get('shift'), undefined);
  });

  it('a shift that nobody ends is over after sixteen hours, and its counts wait', async () => {
    const shelf = memoryShelf();
    const now = Date.now();
    await shifts.begin(shelf, 'Practice', now);
    await shifts.took(shelf, { ...VERDICTS.revoked, reason: 'revoked', spends: null, digest: null, isCounted: true });
    assert.ok(await shifts.running(shelf, now + 15 * HOUR));
    assert.equal(await shifts.running(shelf, now + 17 * HOUR), null);
    assert.equal((await shifts.waiting(shelf)).length, 1);
    assert.deepEqual(await shifts.send(shelf, async () => 401), { sent: 0, left: 1, status: 401 });
    assert.deepEqual(await shifts.send(shelf, async () => 204), { sent: 1, left: 0, status: null });
  });

  it('a shift that the worker found over is ended, whatever the clock says now', async () => {
    const shelf = memoryShelf();
    const now = Date.now();
    await shifts.begin(shelf, 'Practice', now);
    await shifts.took(shelf, { ...VERDICTS.revoked, reason: 'revoked', spends: null, digest: null, isCounted: true });
    await shelf.change('shift', (shift) => ({ value: { ...shift, key: null } }));
    assert.equal(await shifts.running(shelf, now), null);
    assert.equal((await shifts.waiting(shelf)).length, 1);
    assert.match(await readFile(new URL('../../src/NetworkIdentity.Server/Pages/Client/station/service-worker.js', import.meta.url), 'utf8'), new RegExp(`LONGEST_MS = ${shifts.LONGEST_MS.toLocaleString('en').replaceAll(',', '_')};`));
  });

  it('the counts of one shift that are not taken hold up no other’s', async () => {
    const shelf = memoryShelf();
    const now = Date.now();
    const ids = [];
    for (let shift = 0; shift < 3; shift++) {
      ids.push((await shifts.begin(shelf, 'Practice', now)).id);
      await shifts.took(shelf, { ...VERDICTS.revoked, reason: 'revoked', spends: null, digest: null, isCounted: true });
      await shifts.end(shelf, now + HOUR);
    }
    const asked = [];
    const post = async ({ shift }) => { asked.push(shift); return shift === ids[0] ? 400 : 204; };
    assert.deepEqual(await shifts.send(shelf, post), { sent: 2, left: 1, status: 400 });
    assert.deepEqual(asked, ids);
    assert.deepEqual((await shifts.waiting(shelf)).map(({ shift }) => shift), [ids[0]]);
  });
});

describe('At the door of a real nation, with a stranger’s wallet', () => {
  let server, ada, bo, gone, bundle, text;
  before(async () => {
    server = await startServer();
    for (const name of ['Lisbon', 'Austin']) await server.run('node', 'add', '--name', name, '--region', 'Somewhere');
    [ada, bo, gone] = [await becomeMember(server), await becomeMember(server, { claims: { display_name: 'Bo', node: 'Austin' } }), await becomeMember(server)];
    await server.netid('credential', 'revoke', await server.credentialOf(gone.memberId), '--reason', 'for the test');
    await eventually('the bundle has the revocation', async () => {
      ({ bundle, text } = await bundleOf(server));
      return (await judge(gone)).reason === 'revoked';
    }, 90);
  });
  after(() => server?.stop());

  const at = (policy) => ({ ...bundle, claims: { ...bundle.claims, nodes: [{ name: 'Lisbon', region: '', policy }] } });

  async function judge(member, { changes, edit = (answer) => answer, id, policy, node = 'Lisbon', asked = true, ...world } = {}) {
    const now = Date.now();
    const here = policy ? at(policy) : bundle;
    const request = newRequest(here.claims, node, now);
    const presentation = await present(member, server.issuer, request, changes);
    return decide(addressOf(server.issuer, request, edit(presentation), { id }), { bundle: here, node, requests: asked ? [request] : [], spent: new Set(), here: nobody, now, ...world });
  }

  it('the holder of a membership is admitted, and shows nothing of themselves', async () => {
    const verdict = await judge(ada);
    assert.deepEqual([verdict.light, verdict.reason, verdict.warnings], ['admit', 'admitted', []]);
    assert.ok(verdict.digest && verdict.spends);
  });

  it('A79 a revoked one is refused by that reason, and says nothing of the person', async () => {
    const verdict = await judge(gone);
    assert.deepEqual([verdict.light, verdict.reason], ['refuse', 'revoked']);
    const { digest, spends, ...said } = verdict; // what is random may have three letters of a name
    assert.ok(digest === null && spends && !JSON.stringify(said).includes('Ada'));
  });

  it('A79 a suspended one is told apart', async () => {
    await server.netid('credential', 'suspend', await server.credentialOf(bo.memberId), '--until', new Date(Date.now() + 7 * DAY).toISOString().slice(0, 10), '--reason', 'for the test');
    const before_ = bundle;
    await eventually('the bundle has the suspension', async () => {
      ({ bundle } = await bundleOf(server));
      return (await judge(bo)).reason === 'suspended';
    }, 90);
    assert.equal((await decideWith(before_, bo)).reason, 'admitted', 'what was signed before does not know it');
  });

  async function decideWith(older, member) {
    const now = Date.now();
    const request = newRequest(older.claims, 'Lisbon', now);
    return decide(addressOf(server.issuer, request, await present(member, server.issuer, request)), { bundle: older, node: 'Lisbon', requests: [request], spent: new Set(), here: nobody, now });
  }

  it('A63 an answer for another verifier, and for ours without its prefix', async () => {
    assert.equal((await judge(ada, { changes: { aud: 'redirect_uri:https://elsewhere.example/station/answer' } })).reason, 'not_asked');
    assert.equal((await judge(ada, { changes: { aud: `${server.issuer}/station/answer` } })).reason, 'not_asked');
  });

  it('A64 the holder’s proof: left out, by another key, over another selection, of another time', async () => {
    const stolen = { wallet: bo.wallet, credential: ada.credential };
    assert.deepEqual([(await judge(ada, { edit: (answer) => answer.slice(0, answer.lastIndexOf('~') + 1) })).reason, (await judge(stolen)).reason], ['copy', 'cloned']);
    const { privateKey } = await newKey();
    const now = Math.floor(Date.now() / 1000);
    const forged = await signJws({ alg: 'ES256', typ: 'kb+jwt' }, { iat: now, aud: 'x', nonce: 'y', sd_hash: 'z' }, privateKey);
    assert.equal((await judge(ada, { edit: (answer) => `${answer.slice(0, answer.lastIndexOf('~') + 1)}${forged}` })).light, 'refuse');
    assert.equal((await judge(ada, { edit: (answer) => answer.replace(/~[^~]*$/, (proof) => `~${Buffer.from('["s","node","Lisbon"]').toString('base64url')}${proof}`) })).reason, 'changed');
    const early = await judge(ada, { changes: { iat: now + 3600 } });
    assert.deepEqual([early.light, early.reason], ['ask', 'clock']);
    assert.match(early.warnings[0], /five minutes/);
  });

  it('A67 a credential that was changed, or is signed by another, is refused whole', async () => {
    const cut = (answer, part, edit) => answer.split('~').map((piece, index) => (index === 0 ? piece.split('.').map((segment, at) => (at === part ? edit(segment) : segment)).join('.') : piece)).join('~');
    const claims = (edit) => (segment) => Buffer.from(JSON.stringify(edit(JSON.parse(Buffer.from(segment, 'base64url'))))).toString('base64url');
    for (const edit of [
      (answer) => cut(answer, 1, claims((all) => ({ ...all, exp: all.exp + 1 }))),
      (answer) => cut(answer, 1, claims((all) => ({ ...all, _sd_alg: 'md5' }))),
      (answer) => cut(answer, 2, (signature) => signature.slice(0, -4) + (signature.endsWith('AAAA') ? 'BBBB' : 'AAAA')),
    ]) {
      const verdict = await judge(ada, { edit });
      assert.deepEqual([verdict.light, verdict.reason], ['refuse', 'changed']);
    }
    const foreign = await judge(ada, { edit: (answer) => cut(answer, 1, claims((all) => ({ ...all, iss: 'https://elsewhere.example' }))) });
    assert.ok(['changed', 'other_issuer'].includes(foreign.reason) && foreign.light === 'refuse');
  });

  it('A67 another issuer is refused', async () => {
    const stranger = await startServer();
    try {
      assert.equal((await judge(await becomeMember(stranger))).reason, 'other_issuer');
    } finally {
      await stranger.stop();
    }
  });

  it('A68 another type, and an answer under another id; who shows more than was asked is let in, and nothing of it is said', async () => {
    const open = await judge(ada, { changes: { discloses: { tier: true, member_since: true, node: true, display_name: true } } });
    assert.deepEqual([open.light, open.reason], ['admit', 'admitted']);
    const { digest, spends, ...said } = open;
    assert.ok(digest && spends && !JSON.stringify(said).includes('Ada'));
    assert.equal((await judge(ada, { id: 'membership' })).reason, 'wrong_answer');
    assert.equal((await judge(ada, { policy: { asks: 'residency', other_nodes: 'admit' } })).reason, 'wrong_type');
  });

  it('A69 a good proof over a bad credential, and a good credential under a bad proof', async () => {
    assert.equal((await judge(gone)).light, 'refuse');
    assert.equal((await judge({ wallet: gone.wallet, credential: ada.credential })).light, 'refuse');
  });

  it('A95 a copy without proof of the holder is Ask, never Admit; and is as dead as what it is of', async () => {
    const judgeCopy = (credential) => decide(credential, { bundle, node: 'Lisbon', requests: [], spent: new Set(), here: nobody, now: Date.now() });
    const copy = await judgeCopy(ada.credential);
    assert.deepEqual([copy.light, copy.reason, copy.digest], ['ask', 'copy', null]);
    assert.equal((await judgeCopy(gone.credential)).reason, 'revoked');
  });

  it('already here: the same credential a second time in one shift', async () => {
    const { digest } = await judge(ada);
    const again = await judge(ada, { here: async (other) => other === digest });
    assert.deepEqual([again.light, again.reason], ['ask', 'already_here']);
  });

  it('another node, by what the charter says of it', async () => {
    const elsewhere = await becomeMember(server, { claims: { display_name: 'Cy', node: 'Austin' } });
    const shows = { changes: { discloses: { node: true } } };
    for (const [others, light, reason] of [['admit', 'admit', 'admitted'], ['ask', 'ask', 'other_node'], ['refuse', 'refuse', 'other_node']]) {
      const verdict = await judge(elsewhere, { ...(others === 'admit' ? {} : shows), policy: { asks: 'membership', other_nodes: others } });
      assert.deepEqual([verdict.light, verdict.reason], [light, reason]);
    }
    assert.equal((await judge(ada, { ...shows, policy: { asks: 'membership', other_nodes: 'refuse' } })).reason, 'admitted');
    assert.equal((await judge(ada, { policy: { asks: 'membership', other_nodes: 'refuse' } })).reason, 'wrong_answer', 'who hides the node does not answer what is asked');
  });

  it('what another nation issued that this one recognises is Ask', async () => {
    const [own, ...rest] = bundle.claims.issuers;
    const iss = 'https://other.example';
    const here = { ...bundle, claims: { ...bundle.claims, iss, issuers: [{ ...own, issuer: iss }, own, ...rest] } };
    const now = Date.now();
    const request = newRequest(here.claims, 'Lisbon', now);
    const verdict = await decide(addressOf(iss, request, await present(ada, iss, request)), { bundle: here, node: 'Lisbon', requests: [request], spent: new Set(), here: nobody, now });
    assert.deepEqual([verdict.light, verdict.reason], ['ask', 'other_nation']);
  });

  it('what a list does not say can’t be checked: Ask', async () => {
    const verdict = await judge(ada, {}); // the same, with its list
    assert.equal(verdict.light, 'admit');
    const without = { ...bundle, known: { ...bundle.known, lists: new Map() } };
    assert.deepEqual([(await decideWith(without, ada)).light, (await decideWith(without, ada)).reason], ['ask', 'unknown']);
  });

  it('lists are as old as the bundle may be, whatever their own time', async () => {
    const later = Date.now() + 30 * HOUR;
    const long = { ...bundle, claims: { ...bundle.claims, exp: bundle.claims.iat + 48 * 3600 } };
    const request = { ...newRequest(long.claims, 'Lisbon', later), at: later };
    const presentation = await present(ada, server.issuer, request, { iat: Math.floor(later / 1000) });
    const verdict = await decide(addressOf(server.issuer, request, presentation), { bundle: long, node: 'Lisbon', requests: [request], spent: new Set(), here: nobody, now: later });
    assert.equal(verdict.reason, 'admitted');
  });

  it('the bundle is kept, and neither an older nor a worse one takes its place', async () => {
    const shelf = memoryShelf();
    const gives = (body, status = 200) => ({ fetch: async () => new Response(body, { status, headers: { date: new Date().toUTCString() } }) });
    assert.equal((await updateBundle(shelf, server.issuer, gives(text))).outcome, 'newer');
    const first = await shelf.get('bundle');
    assert.equal((await updateBundle(shelf, server.issuer, { fetch: async () => { throw new TypeError('offline'); } })).outcome, 'unreachable');
    assert.equal((await updateBundle(shelf, server.issuer, gives('', 503))).outcome, 'unreachable');
    const [head, body, signature] = text.split('.');
    const wrong = await updateBundle(shelf, server.issuer, gives(`${head}.${body.slice(0, -8)}AAAAAAAA.${signature}`));
    assert.equal(wrong.outcome, 'wrong');
    assert.deepEqual(await shelf.get('bundle'), first);
    const newer = await bundleOf(server); // somebody was suspended meanwhile
    assert.ok(newer.bundle.claims.iat > first.iat);
    await updateBundle(shelf, server.issuer, gives(newer.text));
    const kept = await shelf.get('bundle');
    assert.equal((await updateBundle(shelf, server.issuer, gives(text))).outcome, 'same', 'an older one');
    assert.deepEqual(await shelf.get('bundle'), kept);
    assert.equal((await keptBundle(shelf, server.issuer)).bundle.claims.iat, kept.iat);
    assert.equal(await keptBundle(shelf, 'https://elsewhere.example'), null, 'it is another nation’s');
    await shelf.change('bundle', (is) => ({ value: { ...is, text: is.text.slice(0, -4) } }));
    assert.equal(await keptBundle(shelf, server.issuer), null, 'it was changed');
    await assert.rejects(keptBundle({ get: async (name) => (name === 'pin' ? Promise.reject(new RangeError('of its own')) : shelf.get(name)) }, server.issuer), RangeError, 'a fault of the station is no fault of the bundle');
  });

  it('a bundle that is refused, a network that is gone and a fault of the station’s own are told apart, and none takes the place of what is kept', async () => {
    const shelf = memoryShelf();
    const gives = (body) => ({ fetch: async () => new Response(body, { headers: { date: new Date().toUTCString() } }) });
    await updateBundle(shelf, server.issuer, gives(text));
    const first = await shelf.get('bundle');
    const told = async (way, on = shelf) => (({ outcome, code }) => [outcome, code])(await updateBundle(on, server.issuer, way));
    const broken = new ReadableStream({ pull: (stream) => stream.error(new TypeError('cut')) });
    for (const way of [{ fetch: async () => { throw new TypeError('offline'); } }, { fetch: async () => { throw new DOMException('left', 'AbortError'); } }, gives(broken)]) assert.deepEqual(await told(way), ['unreachable', null]);
    for (const [body, code] of [['what', 'bundle_malformed'], [`${text}${'A'.repeat(1_000_000)}`, 'bundle_malformed'], [`${text.slice(0, -8)}AAAAAAAA`, 'bundle_untrusted'], [new ForgedHistory().bundle(), 'bundle_other_nation']])
      assert.deepEqual(await told(gives(body)), ['wrong', code]);
    assert.deepEqual(await told(gives(new ForgedHistory().bundle()), memoryShelf()), ['wrong', 'bundle_other_nation'], 'also where none was known before');
    for (const [what, way, on] of [
      ['what asks', { fetch: async () => { throw new RangeError('of its own'); } }, shelf],
      ['what reads the pin', gives(text), { ...shelf, get: async () => { throw new RangeError('of its own'); } }],
      ['what keeps it', gives(text), { ...shelf, change: async () => { throw new RangeError('of its own'); } }],
      ['the clock', { ...gives(text), now: () => { throw new RangeError('of its own'); } }, shelf],
    ]) await assert.rejects(updateBundle(on, server.issuer, way), RangeError, what);
    assert.deepEqual(await shelf.get('bundle'), first);
  });

  it('A96 what came to a phone whose clock is a day behind is kept there, with how far it is off', async () => {
    const shelf = memoryShelf();
    const gives = { fetch: async () => new Response(text, { headers: { date: new Date(bundle.claims.iat * 1000).toUTCString() } }), now: () => bundle.claims.iat * 1000 - DAY };
    assert.equal((await updateBundle(shelf, server.issuer, gives)).outcome, 'newer');
    assert.equal((await keptBundle(shelf, server.issuer, gives.now()))?.skew, -DAY);
  });

  it('its age is told, and what is left', () => {
    const { iat, exp } = bundle.claims;
    assert.deepEqual(ageOf(bundle, (iat + 7200) * 1000), { state: 'good', words: 'Bundle 2 h old, good for 22 h' });
    assert.equal(ageOf(bundle, (exp - 600) * 1000).state, 'soon');
    assert.equal(ageOf(bundle, (exp + 600) * 1000).state, 'old');
    assert.equal(ageOf(null, 0).state, 'none');
  });
});

describe('At the door of a nation that was made up', () => {
  const nation = new ForgedHistory();
  const [other, third] = [new ForgedHistory('https://other.example'), new ForgedHistory('https://third.example')];
  const { now, issuer } = nation;
  const recognised = ({ issuer: of, root }, name, more) => ({ issuer: of, did: null, roots: [root.der.toString('base64')], types: ['urn:network-identity:membership:1'], name, recognition: { id: name, until: now + 30 * DAY }, ...more });
  const own = { issuer, did: null, roots: [nation.root.der.toString('base64')], types: ['urn:network-identity:membership:1'], name: 'Forged', recognition: null };
  const listOf = (one, token = one.statusList(), uri = one.uri) => ({ uri, token });
  const bundleAt = (iat, claims) => nation.bundle({ claims: { iat, exp: iat + 86_400, ...claims } });
  const update = (shelf, text) => updateBundle(shelf, issuer, { fetch: async () => new Response(text) });

  it('says whose status lists can not be used, and since which bundle, until they can', async () => {
    const shelf = memoryShelf();
    const issuers = [own, recognised(other, 'Other'), recognised(third, 'Third')];
    const wrong = other.statusList({ by: third.list });
    const unread = async (iat, lists, of = issuers) => {
      const { outcome, kept } = await update(shelf, bundleAt(iat, { issuers: of, lists: [listOf(nation), ...lists] }));
      assert.equal(outcome, 'newer');
      assert.deepEqual((await keptBundle(shelf, issuer)).unread, kept.unread, 'the same when it is opened again');
      return kept.unread.map(({ name, since }) => [name, since / 1000 - now]);
    };
    assert.deepEqual(await unread(now - 50, [listOf(other), listOf(third)]), []);
    assert.deepEqual(await unread(now - 40, [listOf(other, wrong), listOf(third)]), [['Other', -40]]);
    assert.deepEqual(await unread(now - 30, [listOf(other), listOf(other, wrong, `${other.issuer}/status/bbbb`)]), [['Other', -40], ['Third', -30]], 'one of two; and none at all');
    assert.deepEqual(await unread(now - 20, [listOf(third)], [own, recognised(other, 'Other', { roots: [], leaves: [] }), recognised(third, 'Third', { leaves: [third.credential, third.list].map(({ der }) => der.toString('base64')) })]), [['Other', -40]], 'no certificate of it is known');
    assert.deepEqual(await unread(now - 10, [listOf(other), listOf(third)]), []);
    assert.deepEqual(await unread(now - 9, [listOf(third)]), [['Other', -9]], 'it began anew');
    assert.deepEqual(await unread(now - 8, [listOf(third)], [own, recognised(other, 'Other', { recognition: { id: 'r', until: now - 3600 } }), recognised(third, 'Third')]), [], 'who is recognised no more is nobody’s concern');
  });

  it('asks whom it would be about, and never admits', async () => {
    const { bundle } = (await update(memoryShelf(), bundleAt(now, { issuers: [own, recognised(other, 'Other')], lists: [listOf(nation), listOf(other), listOf(other, other.statusList({ by: third.list }), `${other.issuer}/status/bbbb`)] }))).kept;
    const judge = async (member, payload) => {
      const request = newRequest(bundle.claims, 'Lisbon', now * 1000);
      const answer = member.membership({ payload, kb: { claims: { aud: `redirect_uri:${issuer}/station/answer`, nonce: request.nonce } } });
      const { light, reason } = await decide(addressOf(issuer, request, answer), { bundle, node: 'Lisbon', requests: [request], spent: new Set(), here: nobody, now: now * 1000 });
      return [light, reason];
    };
    assert.deepEqual(await judge(nation), ['admit', 'admitted']);
    assert.deepEqual(await judge(other), ['ask', 'other_nation'], 'on the list that holds');
    assert.deepEqual(await judge(other, { status: { status_list: { uri: `${other.issuer}/status/bbbb`, idx: 3 } } }), ['ask', 'unknown']);
  });

  it('leads to a newer bundle where a key of a trusted issuer is not in this one, unless it is of now', async () => {
    const newer = nation.leaf({ purposes: [PURPOSES.credential] });
    const seen = async (age, member, by) => {
      const { bundle } = (await update(memoryShelf(), bundleAt(now - age, { issuers: [own], lists: [listOf(nation)] }))).kept;
      const request = newRequest(bundle.claims, 'Lisbon', now * 1000);
      const answer = member.membership({ by, kb: { claims: { aud: `redirect_uri:${issuer}/station/answer`, nonce: request.nonce } } });
      const verdict = await decide(addressOf(issuer, request, answer), { bundle, node: 'Lisbon', requests: [request], spent: new Set(), here: nobody, now: now * 1000 });
      assert.deepEqual([verdict.light, verdict.reason], ['refuse', 'other_issuer']);
      return verdict;
    };
    const old = await seen(3600, nation, newer);
    assert.match(old.next, /update the bundle and ask again/);
    assert.notEqual(old.words, VERDICTS.other_issuer.words);
    for (const [what, verdict] of [['a bundle of now', await seen(60, nation, newer)], ['an issuer that is not known', await seen(3600, other)]])
      assert.deepEqual([verdict.words, verdict.next], [VERDICTS.other_issuer.words, VERDICTS.other_issuer.next], what);
  });
});
