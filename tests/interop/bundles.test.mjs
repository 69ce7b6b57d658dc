// Trust bundles to two verifiers that share no code: the page's own modules, and one of npm libraries (lib/bundle.mjs). Whatever the bundle and whatever is shown, both say the same, for the same
// reason; and so does `netid verify` of what was shown. The nation's server is gone by then, and its keys were rotated twice.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { atTheDoor, checkPresentation, readTrustBundle } from './lib/bundle.mjs';
import { disclose, PURPOSES, types } from './lib/forge.mjs';
import { ForgedHistory } from './lib/forge-evidence.mjs';
import { eventually, startServer } from './lib/server.mjs';
import { addressOf, decide, newRequest, present, readBundle } from './lib/station.mjs';
import { becomeMember } from './lib/story.mjs';
import { checkCredential } from './lib/verifying.mjs';

const HOUR = 3600, DAY = 24 * HOUR, MINUTE = 60_000;
const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const flip = (text, at) => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
const agreed = { bundles: 0, presentations: 0, dotnet: 0 };

/** What the page says. */
async function ours(text, answer, { pinned, at, request, spent = [], here = [] }) {
  let bundle;
  try {
    bundle = await readBundle(text, { pinned, now: at });
  } catch (error) {
    if (error.name !== 'Problem') throw error;
    return { light: 'refuse', reason: error.code, digest: null };
  }
  const asked = [{ nonce: request.nonce, state: request.state, at: request.askedAt }];
  const { light, reason, digest } = await decide(answer, { bundle, node: request.node, requests: asked, spent: new Set(spent), here: async (one) => here.includes(one), now: at });
  return { light, reason, digest };
}

/** What both say at a door, which must be one. `answer` is the address that a wallet gives, for the page, and `presentation` what is in it. */
async function both(text, presentation, asked, what) {
  const [mine, theirs] = await Promise.all([ours(text, addressOf(asked.issuer, asked.request, presentation), asked), atTheDoor(text, presentation, asked)]);
  assert.deepEqual(mine, theirs, what);
  return [mine.light, mine.reason];
}

/** What `netid verify` says of what was shown, by what is in the bundle, offline; and that the others say so too. */
async function alsoDotnet(text, presentation, { pinned, at, request }, what) {
  const { claims, state } = await readTrustBundle(text, { pinned, at });
  const { known } = await readBundle(text, { pinned, now: at });
  const challenge = presentation.endsWith('~') ? null : { nonce: request.nonce, audience: request.clientId };
  const folder = await mkdtemp(join(tmpdir(), 'netid-bundles-'));
  try {
    const pems = claims.roots.map((root) => `-----BEGIN CERTIFICATE-----\n${root.match(/.{1,64}/g).join('\n')}\n-----END CERTIFICATE-----\n`);
    const lists = claims.lists.map(({ token }, number) => [`list-${number}`, token]);
    await Promise.all([['credential', presentation], ['root', pems.join('')], ...lists].map(([name, content]) => writeFile(join(folder, name), content)));
    const args = ['verify', 'credential', '--offline', '--json', '--local', '--issuer', claims.iss, '--keys', 'root', '--on', new Date(at).toISOString(),
      ...lists.flatMap(([name]) => ['--list', name]), ...(challenge ? ['--challenge', challenge.nonce, '--domain', challenge.audience] : [])];
    const dotnet = await new Promise((resolve, reject) => execFile('dotnet', [process.env.NETID_DLL, ...args], { cwd: folder, env: { PATH: process.env.PATH, HOME: folder, DOTNET_NOLOGO: '1' } }, (error, stdout, stderr) => {
      try {
        resolve(JSON.parse(stdout));
      } catch {
        reject(new Error(`${stdout}${stderr}`, { cause: error }));
      }
    }));
    const [page, second] = await Promise.all([checkCredential(presentation, known, { challenge, now: at }), checkPresentation({ claims, state }, presentation, { challenge, at })]);
    assert.deepEqual([page.outcome, page.reason], [second.outcome, second.reason], `${what}: ${page.words} | ${second.words}`);
    assert.deepEqual([dotnet.verdict, dotnet.reason], [second.outcome, second.reason], `${what}: ${dotnet.words} | ${second.words}`);
    agreed.dotnet++;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe('A trust bundle of a nation that was made up, to the page and to a verifier of npm libraries', () => {
  const nation = new ForgedHistory();
  const other = new ForgedHistory('https://other.example');
  const { now, issuer } = nation;
  const clientId = `redirect_uri:${issuer}/station/answer`;
  const request = { nonce: 'n-1', state: 's-1', clientId, node: 'Lisbon', askedAt: now * 1000 };
  const text = nation.bundle();
  const [pinned, iss] = [{ did: nation.did, log: null }, nation.issuer];
  const asked = (more) => ({ pinned, at: now * 1000, request, issuer: iss, ...more });
  const kb = (claims = {}, more = {}) => ({ claims: { aud: clientId, nonce: 'n-1', ...claims }, ...more });
  const good = nation.membership({ kb: kb() });
  const status = (idx) => ({ payload: { status: { status_list: { uri: nation.uri, idx } } } });
  const at = (policy, more = {}) => nation.bundle({ claims: { nodes: [{ name: 'Lisbon', region: '', policy }, { name: 'Austin', region: '', policy }], ...more } });
  const withList = (token, uri = nation.uri) => nation.bundle({ claims: { lists: [{ uri, token }] } });
  const has = (did, ...certificates) => nation.document(did, { certificates: [nation.credential, nation.list, nation.root, nation.statement, ...certificates] });
  const signedBy = (by, claims) => nation.bundle({ by, claims, history: { then: (did) => has(did, by) } });
  const leaf = (options) => nation.leaf({ purposes: [PURPOSES.statement], ...options });
  const root = nation.root.der.toString('base64');
  const own = { issuer, did: nation.did, roots: [root], types: Object.keys(types()), name: 'Forged', recognition: null };
  const theirs = { issuer: other.issuer, did: null, roots: [other.root.der.toString('base64')], types: ['urn:network-identity:membership:1'], name: 'Other', recognition: { id: 'r', until: null } };
  const two = (document) => nation.bundle({ history: { then: document ?? ((did) => nation.document(did)) } });
  const linesOf = (bundle) => JSON.parse(Buffer.from(bundle.split('.')[1], 'base64url')).did_log;
  const resigned = (claims) => nation.bundle({ claims });
  const days = (count) => new Date((now + count * DAY) * 1000);
  const without = (name) => nation.bundle({ claims: { [name]: undefined } });

  for (const [what, bundle, expected, more] of [
    ['is good', text, 'admitted'],
    ['is known by its log too', text, 'admitted', { pinned: { did: nation.did, log: linesOf(text) } }],
    ['is of a nation that is met for the first time', text, 'admitted', { pinned: null }],
    ['is signed by a newer key that its DID has by now', signedBy(leaf()), 'admitted'],
    ['has a history that goes on from the one that is known', two(), 'admitted', { pinned: { did: nation.did, log: linesOf(text) } }],
    ['is of before what is known', text, 'bundle_log_forked', { pinned: { did: nation.did, log: linesOf(two()) } }],
    ['has another second entry than the one that is known', two((did) => ({ ...nation.document(did), alsoKnownAs: [issuer, 'https://elsewhere.example'] })), 'bundle_log_forked', { pinned: { did: nation.did, log: linesOf(two()) } }],
    ['is of another nation', other.bundle(), 'bundle_other_nation'],
    ['has another nation\'s DID and log', resigned({ nation: { name: 'Forged', did: other.did }, did_log: other.didLog() }), 'bundle_other_nation'],
    ['has another nation\'s DID and log, for who knows none', resigned({ nation: { name: 'Forged', did: other.did }, did_log: other.didLog() }), 'bundle_untrusted', { pinned: null }],
    ['has another nation\'s log', resigned({ did_log: other.didLog() }), 'bundle_did_log'],
    ['has another nation\'s DID', resigned({ nation: { name: 'Forged', did: other.did } }), 'bundle_did_log'],
    ['has a log with an entry that was changed', resigned({ did_log: linesOf(text).replace('did:web:', 'did:xyz:') }), 'bundle_did_log'],
    ['has a log that another went on with', nation.bundle({ history: { then: (did) => nation.document(did), thenBy: other.next } }), 'bundle_did_log'],
    ['has a log whose entry is of a time to come', nation.bundle({ history: { then: (did) => nation.document(did), thenAt: now + HOUR } }), 'bundle_did_log'],
    ['has a log that is no log', resigned({ did_log: 'what' }), 'bundle_did_log'],
    ['is of another typ', nation.bundle({ header: { typ: 'JWT' } }), 'bundle_untrusted'],
    ['A67 was signed by another key', signedBy({ ...leaf(), privateKey: other.list.privateKey }), 'bundle_untrusted'],
    ['has another signature', flip(text, text.length - 20), 'bundle_untrusted'],
    ['was changed', text.replace(/\.(.*)\./, (_, claims) => `.${encode(Buffer.from(claims, 'base64url').toString().replace('"refuse"', '"ask"'))}.`), 'bundle_untrusted'],
    ['leads to another\'s root', nation.bundle({ by: other.leaf({ uris: [issuer], purposes: [PURPOSES.statement] }) }), 'bundle_untrusted'],
    ['brings the root of another', nation.bundle({ by: other.leaf({ uris: [issuer], purposes: [PURPOSES.statement] }), claims: { roots: [theirs.roots[0]] } }), 'bundle_untrusted'],
    ['brings another\'s root beside its own', resigned({ roots: [root, theirs.roots[0]] }), 'bundle_untrusted'],
    ['is by a certificate that is over', signedBy(leaf({ notBefore: days(-9), notAfter: days(-1) })), 'bundle_untrusted'],
    ['is by a certificate that has not begun', signedBy(leaf({ notBefore: days(1), notAfter: days(9) })), 'bundle_untrusted'],
    ['is by the key for credentials', nation.bundle({ by: nation.credential }), 'bundle_untrusted'],
    ['A67 is by the key for lists', nation.bundle({ by: nation.list }), 'bundle_untrusted'],
    ['is by a certificate of another issuer', signedBy(leaf({ uris: [other.issuer] })), 'bundle_untrusted'],
    ['A67 says that nobody signed', nation.bundle({ header: { alg: 'none' } }), 'bundle_untrusted'],
    ['is signed by a key that its DID has no more', nation.bundle({ by: leaf() }), 'bundle_untrusted'],
    ['has no certificate', nation.bundle({ header: { x5c: undefined } }), 'bundle_untrusted'],
    ['is of an issuer that the DID does not name', signedBy(leaf({ uris: ['https://elsewhere.example'] }), { iss: 'https://elsewhere.example' }), 'bundle_untrusted'],
    ['was signed in the future', resigned({ iat: now + HOUR, exp: now + 25 * HOUR }), 'bundle_untrusted'],
    ['is past its limit', resigned({ iat: now - 25 * HOUR, exp: now - HOUR }), 'bundle_old'],
    ['is past its limit, and asks then', nation.bundle({ claims: { iat: now - HOUR - 1, exp: now - 1, limit_hours: 1, when_old: 'ask', lists: [{ uri: nation.uri, token: nation.statusList({ payload: { iat: now - 2 * HOUR } }) }] } }), 'bundle_old'],
    ['is good for a week', resigned({ limit_hours: 168, exp: now + 168 * HOUR }), 'admitted'],
    ['is good for longer than a week', resigned({ limit_hours: 169, exp: now + 169 * HOUR }), 'bundle_malformed'],
    ['has another end than its limit', resigned({ exp: now + 25 * HOUR }), 'bundle_malformed'],
    ['has a root that is no base64', resigned({ roots: ['no certificate'] }), 'bundle_malformed'],
    ['has another nation\'s root that is no base64', resigned({ issuers: [own, { ...theirs, roots: ['no certificate'] }] }), 'bundle_malformed'],
    ['has another nation\'s leaf that is no base64', resigned({ issuers: [own, { ...theirs, leaves: ['no certificate'] }] }), 'bundle_malformed'],
    ['has an issuer twice', resigned({ issuers: [own, own] }), 'bundle_malformed'],
    ['has a list twice', resigned({ lists: [{ uri: nation.uri, token: nation.statusList() }, { uri: nation.uri, token: other.statusList() }] }), 'bundle_malformed'],
    ['has a list by a key that its DID has no more', withList(nation.statusList({ by: nation.leaf({ purposes: [PURPOSES.list] }) })), 'unknown'],
    ['says to admit when it is old', resigned({ when_old: 'admit' }), 'bundle_malformed'],
    ...['iss', 'iat', 'exp', 'limit_hours', 'when_old', 'nation', 'roots', 'issuers', 'types', 'nodes', 'lists', 'log_key'].map((name) => [`has no ${name}`, without(name), 'bundle_malformed']),
    ['is no bundle', 'e30.e30.', 'bundle_malformed'],
    ['is cut short', text.slice(0, 3000), 'bundle_malformed'],
    ['has a checkpoint by another key', resigned({ checkpoint: nation.checkpoint({ keys: other.logKeys }) }), 'bundle_log_key'],
    ['has another log\'s checkpoint and key', resigned({ checkpoint: other.checkpoint(), log_key: other.vkey }), 'bundle_log_key'],
    ['has a checkpoint of another origin', resigned({ checkpoint: nation.checkpoint({ origin: 'elsewhere.example/log' }) }), 'bundle_log_key'],
    ['has no lists', resigned({ lists: [] }), 'unknown'],
    ['has a list that was altered', withList(flip(nation.statusList(), nation.statusList().length - 20)), 'unknown'],
    ['has a list that was over when it was signed', withList(nation.statusList({ payload: { iat: now - DAY, exp: now - 1 } })), 'unknown'],
    ['has a list of a month ago that never ends', withList(nation.statusList({ payload: { iat: now - 30 * DAY, exp: undefined } })), 'unknown'],
    ['has a list of a time to come', withList(nation.statusList({ payload: { iat: now + HOUR, exp: now + 2 * HOUR } })), 'unknown'],
    ['has another issuer\'s list', withList(other.statusList({ payload: { sub: nation.uri } })), 'unknown'],
    ['has a list by the key for credentials', withList(nation.statusList({ by: nation.credential })), 'unknown'],
    ['has the list of another address', withList(other.statusList()), 'unknown'],
    ['has a list whose time ended since, within its limit', withList(nation.statusList({ payload: { exp: now + 60 } })), 'admitted', { at: (now + 100) * 1000 }],
  ]) {
    it(`that ${what}: ${expected}`, async () => {
      assert.equal((await both(bundle, good, asked(more), what))[1], expected);
      agreed.bundles++;
    });
  }

  const between = nation.leaf({ subject: 'Between', ca: true });
  const through = nation.leaf({ purposes: [PURPOSES.credential], by: between });
  const gone = nation.leaf({ purposes: [PURPOSES.credential] });
  const tier = disclose('tier', 'king');
  for (const [what, presentation, expected, { bundle = text, isDotnet = true, ...more } = {}] of [
    ['is shown by its holder', good, ['admit', 'admitted']],
    ['A64 is a copy without its holder\'s proof', nation.membership(), ['ask', 'copy']],
    ['A79 is revoked', nation.membership({ ...status(0), kb: kb() }), ['refuse', 'revoked']],
    ['is a copy of what is revoked', nation.membership(status(0)), ['refuse', 'revoked']],
    ['A79 is suspended', nation.membership({ ...status(1), kb: kb() }), ['refuse', 'suspended']],
    ['has a status without a meaning', nation.membership({ ...status(2), kb: kb() }), ['ask', 'unknown']],
    ['is beyond the list', nation.membership({ ...status(9999), kb: kb() }), ['ask', 'unknown']],
    ['has no status', nation.membership({ payload: { status: undefined }, kb: kb() }), ['ask', 'unknown']],
    ['A79 has ended', nation.membership({ payload: { exp: now - 1 }, kb: kb() }), ['refuse', 'expired']],
    ['never ends', nation.membership({ payload: { exp: undefined }, kb: kb() }), ['refuse', 'expired']],
    ['begins later', nation.membership({ payload: { nbf: now + HOUR }, kb: kb() }), ['refuse', 'not_yet_valid']],
    ['A62 answers another nonce', nation.membership({ kb: kb({ nonce: 'n-0' }) }), ['refuse', 'not_asked']],
    ['A63 answers another door', nation.membership({ kb: kb({ aud: 'redirect_uri:https://elsewhere.example/station/answer' }) }), ['refuse', 'not_asked']],
    ['A62 was answered before', good, ['refuse', 'replayed'], { spent: ['n-1'], isDotnet: false }],
    ['comes too late', good, ['refuse', 'too_late'], { at: (now + 121) * 1000, isDotnet: false }],
    ['A64 is signed by another wallet', nation.membership({ kb: kb({}, { key: other.holder }) }), ['refuse', 'cloned']],
    ['A64 is bound by what is no key binding', nation.membership({ kb: kb({}, { header: { typ: 'JWT' } }) }), ['refuse', 'cloned']],
    ['A64 is bound with another selection', nation.membership({ kb: kb({ sd_hash: 'AAAA' }) }), ['refuse', 'changed']],
    ['A64 is of a wallet whose clock is an hour ahead', nation.membership({ kb: kb({ iat: now + HOUR }) }), ['ask', 'clock']],
    ['is of a wallet whose clock is an hour behind', nation.membership({ kb: kb({ iat: now - HOUR + 60 }) }), ['ask', 'clock']],
    ['is of a wallet whose clock is an hour ahead, and is revoked', nation.membership({ ...status(0), kb: kb({ iat: now + HOUR }) }), ['refuse', 'revoked']],
    ['has no holder', nation.membership({ payload: { cnf: undefined }, kb: kb() }), ['refuse', 'wrong_type']],
    ['is of a type that nobody knows', nation.membership({ payload: { vct: 'urn:example:1' }, kb: kb() }), ['refuse', 'wrong_type']],
    ['does not fit its schema', nation.membership({ disclosures: [tier, disclose('member_since', '2026-01')], kb: kb() }), ['refuse', 'changed']],
    ['says openly what its type hides', nation.membership({ payload: { node: 'Lisbon' }, disclosures: [disclose('tier', 'member'), disclose('member_since', '2026-01')], kb: kb() }), ['refuse', 'changed']],
    ['A65 has a disclosure that nobody signed', nation.bind(nation.membership().replace(disclose('node', 'Lisbon').text, disclose('node', 'Berlin').text), kb()), ['refuse', 'changed']],
    ['A65 has a disclosure too many', nation.bind(nation.membership().replace(/~$/, `~${disclose('a', 1).text}~`), kb()), ['refuse', 'changed']],
    ['A65 has a disclosure that is no UTF-8', nation.bind(nation.membership().replace(/~$/, `~${Buffer.from([0xff, 0xfe]).toString('base64url')}~`), kb()), ['refuse', 'changed']],
    ['A66 has a disclosure twice', nation.bind(nation.membership().replace(/~$/, `~${disclose('node', 'Lisbon').text}~`), kb()), ['refuse', 'changed']],
    ['A66 has a digest twice', nation.membership({ payload: { _sd: [...nation.disclosures(), disclose('node', 'Lisbon')].map(({ digest }) => digest) }, kb: kb() }), ['refuse', 'changed']],
    ['A66 hides its end', nation.membership({ payload: { exp: undefined }, disclosures: [...nation.disclosures(), disclose('exp', now + DAY)], kb: kb() }), ['refuse', 'changed']],
    ['A66 hides its status', nation.membership({ payload: { status: undefined }, disclosures: [...nation.disclosures(), disclose('status', {})], kb: kb() }), ['refuse', 'changed']],
    ['A66 discloses what is said openly', nation.membership({ disclosures: [...nation.disclosures(), disclose('charter_version', '2')], kb: kb() }), ['refuse', 'changed']],
    ['A66 has a disclosure that is called _sd', nation.membership({ disclosures: [...nation.disclosures(), disclose('_sd', [])], kb: kb() }), ['refuse', 'changed']],
    ['A66 has a disclosure that is called ...', nation.membership({ disclosures: [...nation.disclosures(), disclose('...', 'x')], kb: kb() }), ['refuse', 'changed']],
    ['A66 says that its digests are MD5', nation.membership({ payload: { _sd_alg: 'md5' }, kb: kb() }), ['refuse', 'changed']],
    ['A68 shows all that it has, where one thing was asked', good, ['admit', 'admitted'], { bundle: at({ asks: 'membership', other_nodes: 'refuse' }) }],
    ['is of another typ', nation.membership({ header: { typ: 'JWT' }, kb: kb() }), ['refuse', 'changed']],
    ['was signed by another key', nation.membership({ by: { ...nation.credential, privateKey: other.credential.privateKey }, kb: kb() }), ['refuse', 'changed']],
    ['says that nobody signed', nation.membership({ header: { alg: 'none' }, kb: kb() }), ['refuse', 'changed']],
    ['is by the key for lists', nation.membership({ by: nation.list, kb: kb() }), ['refuse', 'other_issuer']],
    ['A67 is by another\'s root', nation.membership({ by: other.leaf({ uris: [issuer], purposes: [PURPOSES.credential] }), kb: kb() }), ['refuse', 'other_issuer']],
    ['is by a certificate that is over', nation.membership({ by: nation.leaf({ purposes: [PURPOSES.credential], notBefore: days(-9), notAfter: days(-1) }), kb: kb() }), ['refuse', 'other_issuer']],
    ['is older than its key', nation.membership({ payload: { iat: now - 9 * DAY, nbf: undefined }, kb: kb() }), ['refuse', 'other_issuer']],
    ['comes through an authority between', nation.membership({ by: through, kb: kb() }), ['admit', 'admitted'], { bundle: two((did) => has(did, through)) }],
    ['A67 is by a key that the DID has no more', nation.membership({ by: gone, kb: kb() }), ['refuse', 'other_issuer'], { isDotnet: false }],
    ['is by a key that the DID still has', nation.membership({ by: gone, kb: kb() }), ['admit', 'admitted'], { bundle: two((did) => has(did, gone)) }],
    ['is of another issuer', other.membership({ kb: kb() }), ['refuse', 'other_issuer']],
    ['is of a nation that this one recognises', other.membership({ kb: kb() }), ['ask', 'other_nation'],
      { bundle: resigned({ issuers: [own, theirs], lists: [{ uri: nation.uri, token: nation.statusList() }, { uri: other.uri, token: other.statusList() }] }), isDotnet: false }],
    ['is of a nation that this one recognises, and revoked there', other.membership({ payload: { status: { status_list: { uri: other.uri, idx: 0 } } }, kb: kb() }), ['refuse', 'revoked'],
      { bundle: resigned({ issuers: [own, theirs], lists: [{ uri: other.uri, token: other.statusList() }] }), isDotnet: false }],
    ...[['was altered', flip(other.statusList(), other.statusList().length - 20)], ['is over', other.statusList({ payload: { iat: now - 2 * DAY, exp: now - DAY } })], ['another signed', nation.statusList({ payload: { sub: other.uri } })]].map(([fault, token]) =>
      [`is of a nation that this one recognises, whose list ${fault}`, other.membership({ kb: kb() }), ['ask', 'unknown'],
        { bundle: resigned({ issuers: [own, theirs], lists: [{ uri: nation.uri, token: nation.statusList() }, { uri: other.uri, token }] }), isDotnet: false }]),
    ...[[], undefined].map((leaves) => [`is of a nation that this one recognises, of which no certificate is known${leaves ? '' : ', nor that there is none'}`, other.membership({ kb: kb() }), ['ask', 'unknown'],
      { bundle: resigned({ issuers: [own, { ...theirs, roots: [], leaves }], lists: [{ uri: nation.uri, token: nation.statusList() }] }), isDotnet: false }]),
    ['is of a nation that this one recognises for another type, of which no certificate is known', other.membership({ kb: kb() }), ['refuse', 'other_issuer'],
      { bundle: resigned({ issuers: [own, { ...theirs, roots: [], leaves: [], types: ['urn:network-identity:residency:1'] }] }), isDotnet: false }],
    ['is of a nation that this one recognises for another type', other.membership({ kb: kb() }), ['refuse', 'other_issuer'], { bundle: resigned({ issuers: [own, { ...theirs, types: ['urn:network-identity:residency:1'] }] }), isDotnet: false }],
    ['is of a nation whose recognition is over', other.membership({ kb: kb() }), ['refuse', 'other_issuer'],
      { bundle: resigned({ issuers: [own, { ...theirs, recognition: { id: 'r', until: now - 1 } }], lists: [{ uri: other.uri, token: other.statusList() }] }), isDotnet: false }],
    ['is of a nation that this one recognises, by a key that its DID does not have', other.membership({ kb: kb() }), ['refuse', 'other_issuer'],
      { bundle: resigned({ issuers: [own, { ...theirs, leaves: [other.list.der.toString('base64')] }], lists: [{ uri: other.uri, token: other.statusList() }] }), isDotnet: false }],
    ['is shown at a door that the bundle does not name', good, ['ask', 'no_policy'], { request: { ...request, node: 'Berlin' }, isDotnet: false }],
    ['A68 is another type than the door asks for', good, ['refuse', 'wrong_type'], { bundle: at({ asks: 'residency', other_nodes: 'admit' }) }],
    ['is of this node, where that is asked', good, ['admit', 'admitted'], { bundle: at({ asks: 'membership', other_nodes: 'refuse' }) }],
    ...[['ask', 'ask'], ['refuse', 'refuse']].map(([others, light]) => [`is of another node, where others are told ${others}`, good, [light, 'other_node'],
      { bundle: at({ asks: 'membership', other_nodes: others }), request: { ...request, node: 'Austin' } }]),
    ['hides its node, where that is asked', nation.bind(nation.membership().replace(`~${disclose('node', 'Lisbon').text}`, ''), kb()), ['refuse', 'wrong_answer'], { bundle: at({ asks: 'membership', other_nodes: 'ask' }) }],
  ]) {
    const [, attack = '', words] = /^(A\d\d )?(.*)$/.exec(what);
    it(`${attack}with what ${words}: ${expected.join(', ')}`, async () => {
      assert.deepEqual(await both(bundle, presentation, asked(more), what), expected);
      if (isDotnet) await alsoDotnet(bundle, presentation, asked(more), what);
      agreed.presentations++;
    });
  }

  it('with who is here already: Ask', async () => {
    const { digest } = await atTheDoor(text, good, asked());
    assert.deepEqual(await both(text, good, asked({ here: [digest] })), ['ask', 'already_here']);
  });
});

describe('A real nation’s trust bundles, when its server is gone and its keys were rotated twice', () => {
  let server, issuer, first;
  const [bundles, people] = [[], {}];

  before(async () => {
    server = await startServer();
    ({ issuer } = server);
    for (const name of ['Lisbon', 'Austin']) await server.run('node', 'add', '--name', name, '--region', 'Somewhere');
    const fetched = async () => (await server.fetch(`${issuer}/station/bundle`)).text();
    const certificateOf = ({ credential }) => JSON.parse(Buffer.from(credential.split('.')[0], 'base64url')).x5c[0];
    const joins = async (name, claims) => { people[name] = await becomeMember(server, { claims }); };
    await joins('of the first keys');
    await joins('of Austin', { display_name: 'Cy', node: 'Austin' });
    await joins('revoked');
    await joins('suspended');
    bundles.push(await fetched());

    for (const turn of ['second', 'third']) {
      const before_ = certificateOf(Object.values(people).at(-1));
      for (const purpose of ['credential', 'status-list', 'statement', 'assertion']) await server.run('key', 'rotate', purpose, '--at-once');
      await eventually(`the ${turn} keys sign`, async () => {
        await joins(`of the ${turn} keys`);
        return certificateOf(people[`of the ${turn} keys`]) !== before_;
      }, 180);
      if (turn === 'third') {
        await server.run('credential', 'revoke', await server.credentialOf(people.revoked.memberId), '--reason', 'For the test.');
        await server.run('credential', 'suspend', await server.credentialOf(people.suspended.memberId), '--until', new Date(Date.now() + 7 * DAY * 1000).toISOString().slice(0, 10), '--reason', 'For the test.');
      }
      await eventually('the bundle has the newer keys, and its lists', async () => {
        const text = await fetched();
        const said = await verdictOf(text, 'suspended');
        if (headerOf(text).x5c[0] === headerOf(bundles.at(-1)).x5c[0] || said !== (turn === 'third' ? 'suspended' : 'admitted')) return false;
        return bundles.push(text);
      }, 180);
    }
    await server.stop();
    const { claims } = await readTrustBundle(bundles[0], { pinned: null, at: Date.now() });
    first = { did: claims.nation.did, log: claims.did_log };
  });
  after(() => server?.stop());

  const headerOf = (text) => JSON.parse(Buffer.from(text.split('.')[0], 'base64url'));
  const asking = (more) => ({ nonce: 'n-1', state: 's-1', clientId: `redirect_uri:${issuer}/station/answer`, node: 'Lisbon', askedAt: Date.now(), ...more });
  const verdictOf = async (text, name) => {
    const request = asking();
    return (await atTheDoor(text, await present(people[name], issuer, request), { pinned: null, at: Date.now(), request })).reason;
  };
  const asked = (request, more) => ({ pinned: first, at: Date.now(), request, issuer, ...more });

  it('are three, of other keys each, and the last one’s DID has a longer history', () => {
    assert.equal(new Set(bundles.map((text) => headerOf(text).x5c[0])).size, 3);
    const lengths = bundles.map((text) => JSON.parse(Buffer.from(text.split('.')[1], 'base64url')).did_log.trim().split('\n').length);
    assert.ok(lengths[0] < lengths[1] && lengths[1] < lengths[2], lengths.join());
  });

  it('admit whoever holds a good credential, by whichever keys of their DID it was signed, and refuse who was revoked or suspended by the time of the bundle', async () => {
    for (const [number, text] of bundles.entries()) {
      for (const name of Object.keys(people)) {
        const isLater = { 'of the second keys': 1, 'of the third keys': 2 }[name] > number; // by a key that the DID in this bundle does not have yet
        const expected = isLater ? ['refuse', 'other_issuer'] : number === 2 && ['revoked', 'suspended'].includes(name) ? ['refuse', name] : ['admit', 'admitted'];
        const request = asking();
        const presentation = await present(people[name], issuer, request);
        assert.deepEqual(await both(text, presentation, asked(request), `${name}, by bundle ${number + 1}`), expected, `${name}, by bundle ${number + 1}`);
        if (number === 2) await alsoDotnet(text, presentation, asked(request), name);
      }
    }
  });

  it('say the same of whatever else is shown', async () => {
    const [, , text] = bundles;
    const [holder, thief] = [people['of the first keys'], people['of the third keys']];
    const seconds = Math.floor(Date.now() / 1000);
    const cut = (presentation) => presentation.slice(0, presentation.lastIndexOf('~') + 1);
    for (const [what, member, changes, edit, expected, more] of [
      ['a copy', holder, {}, cut, ['ask', 'copy']],
      ['another nonce', holder, { nonce: 'n-0' }, null, ['refuse', 'not_asked']],
      ['another door', holder, { aud: 'redirect_uri:https://elsewhere.example/station/answer' }, null, ['refuse', 'not_asked']],
      ['another wallet', { wallet: thief.wallet, credential: holder.credential }, {}, null, ['refuse', 'cloned']],
      ['a clock that is an hour ahead', holder, { iat: seconds + HOUR }, null, ['ask', 'clock']],
      ['a replay', holder, {}, null, ['refuse', 'replayed'], { spent: ['n-1'] }],
      ['another signature', holder, {}, (presentation) => flip(presentation, presentation.indexOf('~') - 20), ['refuse', 'changed']],
      ['a bundle past its limit', holder, { iat: seconds + 25 * HOUR }, null, ['refuse', 'bundle_old'], { at: Date.now() + 25 * HOUR * 1000, request: asking({ askedAt: Date.now() + 25 * HOUR * 1000 }) }],
    ]) {
      const request = more?.request ?? asking();
      const shown = await present(member, issuer, request, changes);
      assert.deepEqual(await both(text, edit ? edit(shown) : shown, asked(request, more), what), expected, what);
    }
  });

  it('are taken by nobody who knows more, or another nation, and not when they were changed', async () => {
    const request = asking();
    const presentation = await present(people['of the first keys'], issuer, request);
    const { claims: { nation, did_log: log } } = await readTrustBundle(bundles[2], { pinned: null, at: Date.now() });
    const say = async (text, more) => (await both(text, presentation, asked(request, more)))[1];
    assert.equal(await say(bundles[2], { pinned: { did: nation.did, log } }), 'admitted');
    for (const older of bundles.slice(0, 2)) assert.equal(await say(older, { pinned: { did: nation.did, log } }), 'bundle_log_forked');
    assert.equal(await say(bundles[2], { pinned: { did: nation.did.replace(/(?<=webvh:.{9})./, (letter) => (letter === 'X' ? 'Y' : 'X')), log: null } }), 'bundle_other_nation');
    const [header, claims, signature] = bundles[2].split('.');
    const [olderHeader] = bundles[0].split('.');
    for (const text of [`${header}.${claims}.${flip(signature, 30)}`, `${olderHeader}.${claims}.${signature}`]) assert.equal(await say(text), 'bundle_untrusted');
    for (const part of ['roots', 'did_log', 'lists']) {
      const older = JSON.parse(Buffer.from(bundles[0].split('.')[1], 'base64url'));
      const mixed = { ...JSON.parse(Buffer.from(claims, 'base64url')), [part]: part === 'roots' ? [] : older[part] };
      assert.match(await say(`${header}.${encode(mixed)}.${signature}`), /^bundle_(untrusted|malformed|log_key)$/, part);
    }
  });
});

after(() => console.log(`# two verifiers agree on ${agreed.bundles} bundles and ${agreed.presentations} presentations, and netid verify on ${agreed.dotnet}`));
