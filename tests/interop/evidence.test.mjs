// Years later (journey 8): the nation's server is gone, its database deleted, its keys were rotated twice. Evidence that was kept answers "was this true on that day", by `netid verify --offline`
// in a network namespace without a route, and by a verifier in another language (lib/evidence.mjs) that shares no code with it. They agree on each, good and broken.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { daysLater, fakeTime, today } from './lib/clock.mjs';
import { checkEvidence } from './lib/evidence.mjs';
import { forgeries } from './lib/forge-evidence.mjs';
import { eventually, startServer } from './lib/server.mjs';
import { becomeMember, download, newHolder, takeDocument } from './lib/story.mjs';

const HOUR = 3_600_000, DAY = 24 * HOUR;
const SAMPLES = new URL('../../docs/evidence/samples.json', import.meta.url);
const SAMPLED = [
  'good: accepted', 'document: accepted', 'token: accepted', 'good: status_not_covered', 'good: expired', 'good: not_yet_valid', 'without log', 'a disclosure changed', 'a list with a bit changed',
  'the index of the issue off by one', 'another nation\'s DID log', ...forgeries().map(({ name }) => name),
];
const unshares = (() => {
  try {
    execFileSync('unshare', ['-n', 'true']);
    return true;
  } catch {
    return false;
  }
})();
const missing = [fakeTime ? null : 'faketime', unshares ? null : 'unshare'].find(Boolean);

const folder = await mkdtemp(join(tmpdir(), 'netid-evidence-'));
after(() => rm(folder, { recursive: true, force: true }));

/** What `netid verify --offline` says where there is no network, no database and nothing but the file, ten years on. */
async function netid(evidence, on, ...more) {
  const file = join(folder, 'evidence.json');
  await writeFile(file, JSON.stringify(evidence));
  const env = { PATH: process.env.PATH, DOTNET_ROOT: process.env.DOTNET_ROOT ?? '', HOME: folder, LD_PRELOAD: fakeTime, FAKETIME: '+3650d', FAKETIME_DONT_FAKE_MONOTONIC: '1' };
  return new Promise((resolve, reject) => {
    execFile('unshare', ['-n', 'dotnet', process.env.NETID_DLL, 'verify', file, '--offline', '--on', new Date(on).toISOString(), '--json', ...more], { cwd: folder, env }, (error, stdout, stderr) => {
      if (error && error.code !== 1 && error.code !== 3) reject(new Error(`${stderr}${stdout}`));
      else resolve({ ...JSON.parse(stdout), code: error?.code ?? 0 });
    });
  });
}

/** Both verdicts, which must be one. `did`: the nation's, as who reads it has it by another way. */
async function both(evidence, on, did, words) {
  const [ours, theirs] = [await netid(evidence, on, ...(did ? ['--issuer', did] : [])), await checkEvidence(structuredClone(evidence), { on, pinned: did ?? undefined })];
  assert.equal(ours.verdict, theirs.verdict, `${words}: netid says ${ours.verdict} (${ours.reason}: ${ours.words}), the other ${theirs.verdict} (${theirs.all.join('; ')})`);
  assert.equal(ours.code, { accepted: 0, refused: 1, undetermined: 3 }[ours.verdict]);
  return { verdict: ours.verdict, reason: ours.reason, theirs: theirs.reason, facts: ours.facts };
}

describe('Evidence, years later', { skip: missing ? `${missing} is not there` : false }, () => {
  let server;
  const kept = {};
  const moments = {};

  /** Makes evidence as a holder does, by what the nation publishes and what came with the credential. */
  const keep = async (name, credential, ...more) => {
    const [source, file] = [join(folder, 'credential'), join(folder, `${name}.json`)];
    await writeFile(source, typeof credential === 'string' ? credential : JSON.stringify(credential));
    const made = await server.netid('evidence', source, '--out', file, '--local', ...more);
    assert.equal(made.written, file, JSON.stringify(made));
    kept[name] = JSON.parse(await readFile(file, 'utf8'));
    moments[name] = Date.now();
    return made;
  };
  const held = ({ taken }) => ['--issuer', server.issuer, '--notification-id', taken.credentialResponse.notification_id];

  before(async () => {
    server = await startServer({ env: { NETID__Status__History: 'true' } });
    const ada = await becomeMember(server);
    const eve = await becomeMember(server);
    await keep('good', ada.credential, ...held(ada));
    await keep('another member', eve.credential, ...held(eve));

    // Another nation, whose things are swapped for this one's.
    const mine = server;
    server = await startServer();
    try {
      const stranger = await becomeMember(server);
      await keep('another nation', stranger.credential, ...held(stranger));
    } finally {
      await server.stop();
      server = mine;
    }

    // What a wallet holds as a document, and a file from the account: the nation's own operator makes evidence of those.
    const document = await takeDocument(server, ada.memberId, await newHolder());
    await keep('document', document);
    const [file] = await download(server, ada, 'membership');
    await keep('token', file.text);

    // The keys are rotated, twice; days pass.
    for (const purpose of ['credential', 'status-list', 'assertion']) await server.run('key', 'rotate', purpose, '--at-once');
    await daysLater(3, server);
    const bob = await becomeMember(server);
    await keep('after a rotation', bob.credential, ...held(bob));
    const record = await server.credentialOf(bob.memberId);
    await server.run('credential', 'suspend', record, '--until', new Date(Date.now() + DAY).toISOString().slice(0, 10), '--reason', 'For a day.');
    await eventually('the list says so', async () => (await keep('suspended', bob.credential, ...held(bob))).reason === 'suspended', 90);
    for (const purpose of ['credential', 'status-list', 'assertion']) await server.run('key', 'rotate', purpose, '--at-once');
    await daysLater(6, server);
    await eventually('it is over', async () => (await keep('suspended before', bob.credential, ...held(bob))).reason !== 'suspended', 60); // a second after the server starts
    await server.run('credential', 'revoke', record, '--reason', 'For good.');
    await eventually('the list says so', async () => (await keep('revoked', bob.credential, ...held(bob))).reason === 'revoked', 90);

    // The list of a day that is past, where the nation keeps its lists.
    await keep('of a day', bob.credential, ...held(bob), '--on', new Date(moments['after a rotation']).toISOString());

    // It is gone, with its database.
    await server.stop();
  });
  after(async () => {
    today();
    await server?.stop();
  });

  it('answers each day: good, suspended for a time, revoked, over, not yet; and what no list speaks of is not known', async () => {
    const table = [
      ['good', moments.good, 'accepted', null], ['document', moments.document, 'accepted', null], ['token', moments.token, 'accepted', null],
      ['after a rotation', moments['after a rotation'], 'accepted', null], ['another nation', moments['another nation'], 'accepted', null],
      ['good', moments.good - 5 * DAY, 'refused', 'not_yet_valid'], ['good', moments.good + 3000 * DAY, 'refused', 'expired'],
      ['document', moments.document - 5 * DAY, 'refused', 'not_yet_valid'], ['token', moments.token + 3000 * DAY, 'refused', 'expired'],
      ['good', moments.good + 3 * DAY, 'undetermined', 'status_not_covered'],
      ['suspended', moments.suspended, 'refused', 'suspended'], ['suspended before', moments['suspended before'], 'accepted', null],
      ['suspended before', moments.suspended, 'undetermined', 'status_not_covered'],
      ['revoked', moments.revoked, 'refused', 'revoked'], ['revoked', moments.revoked + 30 * DAY, 'refused', 'revoked'], ['revoked', moments.suspended, 'undetermined', 'status_not_covered'],
      ['of a day', moments['after a rotation'], 'accepted', null], ['of a day', moments.revoked, 'undetermined', 'status_not_covered'],
    ];
    for (const [name, on, verdict, reason] of table) {
      const found = await both(kept[name], on, kept[name].did, `${name} on ${new Date(on).toISOString()}`);
      assert.deepEqual([found.verdict, found.reason, found.theirs], [verdict, reason, reason], `${name} on ${new Date(on).toISOString()}`);
      sample(`${name}: ${reason ?? 'accepted'}`, on, kept[name].did, verdict, reason, kept[name]);
    }
  });
  // A few are kept for whoever writes another verifier: NETID_WRITE_SAMPLES=true writes them anew.
  const samples = [];
  const sample = (name, on, did, verdict, reason, evidence) => SAMPLED.includes(name) && samples.push({ name, on: new Date(on).toISOString(), did, verdict, reason, evidence: structuredClone(evidence) });

  it('trusts the DID that one has, and accepts nothing where one has none', async () => {
    const { good } = kept;
    const did = (facts) => facts.find(({ fact }) => fact === 'did').state;
    const unnamed = await netid(good, moments.good);
    assert.deepEqual([unnamed.verdict, unnamed.reason, unnamed.code, did(unnamed.facts)], ['undetermined', 'issuer_not_pinned', 3, 'not_shown']);
    for (const fact of ['did_log', 'type', 'lists', 'log']) assert.equal(unnamed.facts.find((one) => one.fact === fact).state, 'held', 'what was found is told');
    assert.equal(did((await netid(good, moments.good, '--issuer', good.did)).facts), 'held');
    const { verdict, reason } = await netid(good, moments.good, '--issuer', kept['another nation'].did);
    assert.deepEqual([verdict, reason], ['refused', 'issuer_not_trusted']);
    assert.equal((await checkEvidence(good, { on: moments.good, pinned: kept['another nation'].did })).reason, 'issuer_not_trusted');
  });

  it('is held to the time of its leaves, to the log\'s own key, to a list\'s week and to the nation that is named', async () => {
    for (const { name, evidence, did, on, expected: [verdict, , reason] } of forgeries()) { // netid's word on each is held to the same in verifying.test.mjs
      const found = await checkEvidence(structuredClone(evidence), { on: on * 1000, pinned: did ?? undefined });
      assert.deepEqual([found.verdict, found.reason], [verdict, reason], `${name}: ${found.all.join('; ')}`);
      sample(name, on * 1000, did, verdict, reason, evidence);
    }
  });

  it('is believed in no way of breaking it, and both verifiers agree on each', async () => {
    let number = 0;
    for (const [name, source, verdict, change] of ways()) {
      const broken = structuredClone(kept[source]);
      change(broken);
      assert.notDeepEqual(broken, kept[source], name);
      const found = await both(broken, moments[source], kept[source].did, name);
      assert.equal(found.verdict, verdict, `${name}: ${found.reason}`);
      assert.equal(found.reason, found.theirs, name);
      sample(name, moments[source], kept[source].did, verdict, found.reason, broken);
      number++;
    }
    assert.ok(number >= 25, `${number} ways`);
    if (process.env.NETID_WRITE_SAMPLES) await writeFile(SAMPLES, `${JSON.stringify(samples, null, 1)}\n`);
  });

  /** The ways of breaking it: what they are, of which evidence, and what must be said of it. */
  function ways() {
    const flip = (text, at = 0.5) => {
      const index = Math.floor(text.length * at);
      return text.slice(0, index) + (text[index] === 'A' ? 'B' : 'A') + text.slice(index + 1);
    };
    const lines = (text, change) => change(text.split('\n').filter(Boolean)).map((line) => `${line}\n`).join('');
    const payload = (jwt, change) => {
      const [header, claims, signature] = jwt.split('.');
      const changed = JSON.parse(Buffer.from(claims, 'base64url'));
      change(changed);
      return [header, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.');
    };
    const opening = (proof, change) => proof.replace(/^extra (.*)$/m, (_, extra) => {
      const opened = JSON.parse(Buffer.from(extra, 'base64'));
      change(opened);
      return `extra ${Buffer.from(JSON.stringify(opened)).toString('base64')}`;
    });
    const from = (name, ...path) => path.reduce((value, part) => value[part], kept[name]);
    const gone = (name) => [`without ${name}`, 'good', 'undetermined', (one) => { delete one[name]; }];
    return [
      ...['credential', 'issuer', 'did', 'did_log', 'type', 'lists', 'log'].map(gone),
      ['another format', 'good', 'refused', (one) => { one.format = 'network-identity-evidence:2'; }],
      ['a member of another type', 'good', 'refused', (one) => { one.lists = 'none'; }],
      ['the credential cut short', 'good', 'refused', (one) => { one.credential = one.credential.slice(0, -2); }],
      ['a disclosure changed', 'good', 'refused', (one) => { one.credential = one.credential.replace(/~[^~]+~$/, (text) => flip(text)); }],
      ['a claim changed', 'good', 'refused', (one) => { const [jwt, ...rest] = one.credential.split('~'); one.credential = [payload(jwt, (claims) => { claims.exp += 86_400; }), ...rest].join('~'); }],
      ['another member\'s credential', 'good', 'refused', (one) => { one.credential = from('another member', 'credential'); }],
      ['another nation\'s credential', 'good', 'refused', (one) => { one.credential = from('another nation', 'credential'); }],
      ['a document\'s claim changed', 'document', 'refused', (one) => { one.credential.credentialSubject.display_name = 'Eve Example'; }],
      ['a document\'s proof changed', 'document', 'refused', (one) => { one.credential.proof.created = '2026-01-01T00:00:00Z'; }],
      ['a token\'s claim changed', 'token', 'refused', (one) => { one.credential = payload(one.credential, (claims) => { claims.credentialSubject.display_name = 'Eve Example'; }); }],
      ['another issuer', 'good', 'refused', (one) => { one.issuer = from('another nation', 'issuer'); }],
      ['another DID', 'good', 'refused', (one) => { one.did = from('another nation', 'did'); }],
      ['another nation\'s DID log', 'good', 'refused', (one) => { one.did_log = from('another nation', 'did_log'); }],
      ['the DID log cut before the key', 'after a rotation', 'refused', (one) => { one.did_log = lines(one.did_log, ([first]) => [first]); }],
      ['an entry of the DID log changed', 'after a rotation', 'refused', (one) => { one.did_log = lines(one.did_log, ([first, ...rest]) => [first.replace('"alsoKnownAs":[', '"alsoKnownAs":["did:web:other.example",'), ...rest]); }],
      ['an entry of the DID log left out', 'suspended before', 'refused', (one) => { one.did_log = lines(one.did_log, ([first, , ...rest]) => [first, ...rest]); }],
      ['another type\'s metadata', 'good', 'refused', (one) => { one.type.metadata.vct = 'urn:network-identity:residency:1'; }],
      ['without the schema', 'good', 'undetermined', (one) => { delete one.type.schema; }],
      ['without a list', 'good', 'undetermined', (one) => { one.lists = []; }],
      ['a list with a bit changed', 'good', 'refused', (one) => { one.lists[0].token = payload(one.lists[0].token, (claims) => { claims.exp += 1; }); }],
      ['a list of another time', 'suspended before', 'undetermined', (one) => { one.lists = from('suspended', 'lists'); one.log.lists = []; }],
      ['a list of another address', 'good', 'undetermined', (one) => { one.lists[0].uri += '0'; }],
      ['another nation\'s list', 'good', 'refused', (one) => { one.lists[0].token = from('another nation', 'lists', 0, 'token'); }],
      ['the lists of a document swapped', 'document', 'refused', (one) => { [one.lists[0].token, one.lists[1].token] = [one.lists[1].token, one.lists[0].token]; }],
      ['one list of two', 'document', 'undetermined', (one) => { one.lists.pop(); }],
      ['another log\'s key', 'good', 'refused', (one) => { one.log.key = from('another nation', 'log', 'key'); }],
      ['another log\'s checkpoint', 'good', 'refused', (one) => { one.log.checkpoint = from('another nation', 'log', 'checkpoint'); }],
      ['a later checkpoint of the log', 'good', 'refused', (one) => { one.log.checkpoint = from('revoked', 'log', 'checkpoint'); }],
      ['the whole log of another nation', 'good', 'refused', (one) => { one.log = from('another nation', 'log'); }],
      ['a checkpoint\'s size changed', 'good', 'refused', (one) => { one.log.checkpoint = one.log.checkpoint.replace(/\n(\d+)\n/, (_, size) => `\n${Number(size) + 1}\n`); }],
      ['the index of the issue off by one', 'good', 'refused', (one) => { one.log.issue = one.log.issue.replace(/^index (\d+)$/m, (_, index) => `index ${Number(index) + 1}`); }],
      ['a hash of the proof left out', 'good', 'refused', (one) => { one.log.issue = one.log.issue.replace(/^(index \d+\n)[^\n]+\n/m, '$1'); }],
      ['another member\'s issue', 'good', 'refused', (one) => { one.log = from('another member', 'log'); }],
      ['the opening of the issue changed', 'good', 'refused', (one) => { one.log.issue = opening(one.log.issue, ({ record }) => { record.at += 1; }); }],
      ['the salt of the issue changed', 'good', 'refused', (one) => { one.log.issue = opening(one.log.issue, (opened) => { opened.salt = flip(opened.salt); }); }],
      ['without the proof of the issue', 'good', 'undetermined', (one) => { delete one.log.issue; }],
      ['the proof of a list in place of the issue\'s', 'good', 'refused', (one) => { one.log.issue = one.log.lists[0]; }],
      ['without the proofs of the lists', 'good', 'undetermined', (one) => { one.log.lists = []; }],
      ['the proof of a list that says another', 'good', 'refused', (one) => { one.log.lists[0] = opening(one.log.lists[0], ({ record }) => { record.detail = flip(record.detail, 0.9); }); }],
      ['a charter of another version', 'good', 'refused', (one) => { one.charter = { version: 'another' }; }],
    ];
  }

  it('is not written where something is missing without which nothing is proven', async () => {
    today();
    const nation = await startServer();
    try {
      const { credential } = await becomeMember(nation);
      await writeFile(join(nation.directory, 'credential'), credential);

      // Who was shown a copy has no receipt of it: only its holder can make evidence.
      for (const more of [[], ['--notification-id', 'another']])
        await assert.rejects(nation.run('evidence', 'credential', '--issuer', nation.issuer, '--local', ...more), ({ code, stdout }) => code === 3 && /the receipt of its issue/.test(stdout));
      await assert.rejects(readFile(join(nation.directory, 'evidence.json')), { code: 'ENOENT' });
    } finally {
      await nation.stop();
    }
  });
});
