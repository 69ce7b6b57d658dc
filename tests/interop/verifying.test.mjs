// The browser's verifier against the nation's own: whatever is brought, both say the same, for the same reason.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { vectorPath, withoutVector } from './lib/core.mjs';
import { checkEvidence as anothersCheck, isQuick } from './lib/evidence.mjs';
import { disclose, Forged, PURPOSES } from './lib/forge.mjs';
import { ForgedHistory, forgeries, pathOf } from './lib/forge-evidence.mjs';
import { histories } from './lib/webvh.mjs';
import { certificatesOf, eventually, startServer } from './lib/server.mjs';
import { becomeMember, download, newHolder, takeDocument } from './lib/story.mjs';
import { checkCredential, checkEvidence, compileSchema, CONTEXTS, isIncluded, isSurelyQuick, openCheckpoint, openReceipt, readBundle, readLog, scidOf } from './lib/verifying.mjs';
import { jwtOf } from './lib/verifier.mjs';

const CHALLENGE = { nonce: 'n-1', audience: 'https://door.example' };
const short = ({ outcome, verdict, step, reason }) => [outcome ?? verdict, step, reason];
const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** The number of the attack in docs/security.md. */
function numberOf(what, expected) {
  if (!expected || expected[0] === 'accepted') return '';
  if (/\blist\b/.test(what)) return 'A84: ';
  if (/altered/.test(what)) return 'A65: ';
  return { holder: 'A64: ', shape: 'A66: ', schema: 'A66: ', issuer: 'A67: ', proof: 'A67: ', validity: 'A79: ', status: 'A79: ' }[expected[1]];
}

/** What `netid verify` says offline, of files alone. */
const theirs = (nation, text, { list = nation.statusList(), challenge, now = nation.now, root = nation.root } = {}) =>
  netid({ credential: text, root: root.pem, ...(list ? { list } : {}) }, [
    '--issuer', nation.issuer, '--keys', 'root', '--local', '--on', timeOf(now), ...(list ? ['--list', 'list'] : []), ...(challenge ? ['--challenge', challenge.nonce, '--domain', challenge.audience] : []),
  ]);

const timeOf = (seconds) => new Date(seconds * 1000).toISOString();

/** Runs `netid verify credential --offline` in a folder with these files. */
async function netid(files, more) {
  const folder = await mkdtemp(join(tmpdir(), 'netid-verifying-'));
  try {
    await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(folder, name), content)));
    const args = ['verify', 'credential', '--offline', '--json', ...more];
    return await new Promise((resolve, reject) => execFile('dotnet', [process.env.NETID_DLL, ...args], { cwd: folder, env: { PATH: process.env.PATH, HOME: folder, DOTNET_NOLOGO: '1' } }, (error, stdout, stderr) => {
      try {
        resolve(JSON.parse(stdout));
      } catch {
        reject(new Error(`${stdout}${stderr}`, { cause: error }));
      }
    }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function ours(nation, text, { list = nation.statusList(), challenge = null, now = nation.now, root = nation.root } = {}) {
  const known = nation.known({ list });
  known.issuers.get(nation.issuer).roots = [new Uint8Array(root.der)];
  return checkCredential(text, known, { challenge, now: now * 1000 });
}

describe('What is signed by a nation that is trusted, however wrong, to the browser and to netid verify', { concurrency: 3 }, () => {
  const nation = new Forged('https://forged.example');
  const other = new Forged('https://other.example');
  const day = 86_400;
  const kb = {};
  const tier = disclose('tier', 'member');
  const [hidden, decoy] = [disclose('exp', nation.now + day), 'a-decoy'];
  const under = nation.leaf({ subject: 'Between', ca: true });
  const through = nation.leaf({ purposes: [PURPOSES.credential], by: under });
  const offCurve = ({ der, publicKey }) => Buffer.from(der.toString('hex').replace(publicKey.export({ type: 'spki', format: 'der' }).subarray(-64).toString('hex'), '07'.repeat(64)), 'hex').toString('base64');

  for (const [what, text, expected, more] of [
    ['is good', nation.membership(), ['accepted', null, null]],
    ['is shown by its holder', nation.membership({ kb }), ['accepted', null, null], { challenge: CHALLENGE }],
    ['was shown to another', nation.membership({ kb: { claims: { aud: 'https://elsewhere.example' } } }), ['accepted', null, null]],
    ['is cut short', nation.membership().slice(0, 300), ['refused', 'shape', 'shape_invalid']],
    ['is of another typ', nation.membership({ header: { typ: 'vc+sd-jwt' } }), null],
    ['has a critical header', nation.membership({ header: { crit: ['x'], x: 1 } }), ['refused', 'shape', 'shape_invalid']],
    ['has an unencoded payload', nation.membership({ header: { b64: true } }), ['refused', 'shape', 'shape_invalid']],
    ['has a disclosure too many', nation.membership().replace(/~$/, `~${disclose('a', 1).text}~`), ['refused', 'shape', 'shape_invalid']],
    ['has a disclosure twice', nation.membership({ disclosures: [tier] }).replace(/~$/, `~${tier.text}~`), ['refused', 'shape', 'shape_invalid']],
    ['has a disclosure that was altered', nation.membership().replace(disclose('node', 'Lisbon').text, disclose('node', 'Berlin').text), ['refused', 'shape', 'shape_invalid']],
    ['hides its end', nation.membership({ disclosures: [...nation.disclosures(), hidden], payload: { exp: undefined } }), ['refused', 'shape', 'shape_invalid']],
    ['hides its holder\'s key', nation.membership({ payload: { cnf: { jwk: nation.holder.publicKey.export({ format: 'jwk' }), _sd: [decoy] } } }), ['refused', 'shape', 'shape_invalid']],
    ['has a holder\'s private key', nation.membership({ payload: { cnf: { jwk: nation.holder.privateKey.export({ format: 'jwk' }) } } }), ['refused', 'shape', 'shape_invalid']],
    ['has a status of another kind', nation.membership({ payload: { status: { other: 1 } } }), ['refused', 'shape', 'shape_invalid']],
    ['has an index that is none', nation.membership({ payload: { status: { status_list: { uri: nation.uri, idx: -1 } } } }), ['refused', 'shape', 'shape_invalid']],
    ['says a time in words', nation.membership({ payload: { exp: 'tomorrow' } }), ['refused', 'shape', 'shape_invalid']],
    ['is of a type that nobody knows', nation.membership({ payload: { vct: 'urn:example:1' } }), ['refused', 'schema', 'unknown_type']],
    ['says a tier that is none', nation.membership({ disclosures: [disclose('tier', 'king'), disclose('member_since', '2026-01')] }), ['refused', 'schema', 'schema_violated']],
    ['says openly what its type hides', nation.membership({ payload: { node: 'Lisbon' }, disclosures: [tier, disclose('member_since', '2026-01')] }), ['refused', 'schema', 'type_invalid']],
    ['hides what its type says openly', nation.membership({ payload: { charter_version: undefined }, disclosures: [...nation.disclosures(), disclose('charter_version', '1')] }), ['refused', 'schema', 'type_invalid']],
    ['was issued without what is mandatory', nation.membership({ payload: { _sd: undefined }, disclosures: [] }), ['refused', 'schema', 'type_invalid']],
    ['is of another issuer', nation.membership({ payload: { iss: other.issuer } }), ['refused', 'issuer', 'issuer_not_trusted']],
    ['names no issuer', nation.membership({ payload: { iss: undefined } }), ['refused', 'issuer', 'issuer_not_trusted']],
    ['has no certificate', nation.membership({ header: { x5c: undefined } }), ['refused', 'proof', 'issuer_key_not_trusted']],
    ['has no certificates', nation.membership({ header: { x5c: [] } }), ['refused', 'proof', 'proof_invalid']],
    ['has what is no certificate', nation.membership({ header: { x5c: ['AAAA'] } }), ['refused', 'proof', 'proof_invalid']],
    ['comes through an authority whose key is no point of its curve', nation.membership({ header: { x5c: [through.x5c[0], offCurve(under)] }, by: through }), ['refused', 'proof', 'issuer_key_not_trusted']],
    ['is by a key that is no point of its curve', nation.membership({ header: { x5c: [offCurve(nation.credential)] } }), ['refused', 'proof', 'proof_invalid']],
    ['is by another\'s root', nation.membership({ by: other.leaf({ uris: [nation.issuer], purposes: [PURPOSES.credential] }) }), ['refused', 'proof', 'issuer_key_not_trusted']],
    ['is by the key of lists', nation.membership({ by: nation.list }), ['refused', 'proof', 'issuer_key_not_trusted']],
    ['is by a key for nothing', nation.membership({ by: nation.leaf({}) }), ['refused', 'proof', 'issuer_key_not_trusted']],
    ['is by a certificate of another issuer', nation.membership({ by: nation.leaf({ uris: [other.issuer], purposes: [PURPOSES.credential] }) }), ['refused', 'proof', 'issuer_key_not_trusted']],
    ['is by a certificate that is over', nation.membership({ by: nation.leaf({ purposes: [PURPOSES.credential], notBefore: new Date((nation.now - 9 * day) * 1000), notAfter: new Date((nation.now - 60) * 1000) }) }), ['refused', 'proof', 'issuer_key_not_trusted']],
    ['is by a certificate with what must be understood and is not', nation.membership({ by: nation.leaf({ purposes: [PURPOSES.credential], critical: [0x63] }) }), ['refused', 'proof', 'issuer_key_not_trusted']],
    ['is by a leaf that plays authority', nation.membership({ by: nation.leaf({ purposes: [PURPOSES.credential], by: { ...nation.credential, root: false } }) }), ['refused', 'proof', 'issuer_key_not_trusted']],
    ['comes through an authority between', nation.membership({ by: through }), ['accepted', null, null]],
    ['leads to what is taken for a root here, and has one above it', nation.membership({ by: through }), ['refused', 'proof', 'issuer_key_not_trusted'], { root: under }],
    ['is older than its key', nation.membership({ payload: { iat: nation.now - 9 * day, nbf: undefined } }), ['refused', 'proof', 'issuer_key_retired']],
    ['doesn\'t say when it was signed', nation.membership({ payload: { iat: undefined } }), ['refused', 'proof', 'issuer_key_retired']],
    ['is signed by another key', nation.membership({ by: { ...nation.credential, privateKey: other.credential.privateKey } }), ['refused', 'proof', 'signature_invalid']],
    ['says that nobody signed', nation.membership({ header: { alg: 'none' } }), ['refused', 'proof', 'signature_invalid']],
    ['says HS256', nation.membership({ header: { alg: 'HS256' } }), ['refused', 'proof', 'signature_invalid']],
    ['begins later', nation.membership({ payload: { nbf: nation.now + day } }), ['refused', 'validity', 'not_yet_valid']],
    ['is over', nation.membership({ payload: { exp: nation.now } }), ['refused', 'validity', 'expired']],
    ['never ends', nation.membership({ payload: { exp: undefined } }), ['refused', 'validity', 'expired']],
    ['is shown without the proof that was asked', nation.membership(), ['refused', 'holder', 'holder_invalid'], { challenge: CHALLENGE }],
    ['has no holder', nation.membership({ payload: { cnf: undefined }, kb }), ['refused', 'holder', 'no_holder_key'], { challenge: CHALLENGE }],
    ['is replayed: it answers another nonce', nation.membership({ kb: { claims: { nonce: 'n-0' } } }), ['refused', 'holder', 'holder_invalid'], { challenge: CHALLENGE }],
    ['answers another audience', nation.membership({ kb: { claims: { aud: 'https://elsewhere.example' } } }), ['refused', 'holder', 'holder_invalid'], { challenge: CHALLENGE }],
    ['is shown by another key', nation.membership({ kb: { key: other.holder } }), ['refused', 'holder', 'holder_invalid'], { challenge: CHALLENGE }],
    ['is shown by another key, to nobody', nation.membership({ kb: { key: other.holder } }), ['refused', 'holder', 'holder_invalid']],
    ['is of an hour ago', nation.membership({ kb: { claims: { iat: nation.now - 3600 } } }), ['refused', 'holder', 'holder_invalid'], { challenge: CHALLENGE }],
    ['is of a clock that runs ahead', nation.membership({ kb: { claims: { iat: nation.now + 3600 } } }), ['refused', 'holder', 'holder_invalid'], { challenge: CHALLENGE }],
    ['is bound with another selection', nation.membership({ kb: { claims: { sd_hash: 'AAAA' } } }), ['refused', 'holder', 'holder_invalid'], { challenge: CHALLENGE }],
    ['is bound by what is no key binding', nation.membership({ kb: { header: { typ: 'JWT' } } }), ['refused', 'holder', 'holder_invalid'], { challenge: CHALLENGE }],
    ['has no status', nation.membership({ payload: { status: undefined } }), ['refused', 'status', 'no_status']],
    ['is revoked', nation.membership({ payload: { status: { status_list: { uri: nation.uri, idx: 0 } } } }), ['refused', 'status', 'revoked']],
    ['is suspended', nation.membership({ payload: { status: { status_list: { uri: nation.uri, idx: 1 } } } }), ['refused', 'status', 'suspended']],
    ['has a status without a meaning', nation.membership({ payload: { status: { status_list: { uri: nation.uri, idx: 2 } } } }), ['undetermined', 'status', 'status_unknown']],
    ['is beyond the list', nation.membership({ payload: { status: { status_list: { uri: nation.uri, idx: 9999 } } } }), ['undetermined', 'status', 'status_unknown']],
    ['has a list that was not brought', nation.membership(), ['undetermined', 'status', 'status_unknown'], { list: null }],
    ['has a list that is over', nation.membership(), ['undetermined', 'status', 'status_unknown'], { list: nation.statusList({ payload: { exp: nation.now } }) }],
    ['has a list of a month ago that never ends', nation.membership(), ['undetermined', 'status', 'status_unknown'], { list: nation.statusList({ payload: { iat: nation.now - 30 * day, exp: undefined } }) }],
    ['has a list from the future', nation.membership(), ['undetermined', 'status', 'status_unknown'], { list: nation.statusList({ payload: { iat: nation.now + 300 } }) }],
    ['has a list by the key of credentials', nation.membership(), ['undetermined', 'status', 'status_unknown'], { list: nation.statusList({ by: nation.credential }) }],
    ['has a list that another signed', nation.membership(), ['undetermined', 'status', 'status_unknown'], { list: nation.statusList({ by: { ...nation.list, privateKey: other.list.privateKey } }) }],
    ['has a list of another typ', nation.membership(), ['undetermined', 'status', 'status_unknown'], { list: nation.statusList({ header: { typ: 'JWT' } }) }],
    ['has a list of three bits', nation.membership(), ['undetermined', 'status', 'status_unknown'], { list: nation.statusList({ list: { bits: 3 } }) }],
    ['has a list that is not compressed', nation.membership(), ['undetermined', 'status', 'status_unknown'], { list: nation.statusList({ list: { lst: 'AAAA' } }) }],
    ['is looked at before it began', nation.membership(), ['refused', 'validity', 'not_yet_valid'], { now: nation.now - 7200 }],
  ]) {
    it(`${numberOf(what, expected)}one that ${what}`, async () => {
      const [mine, netid] = await Promise.all([ours(nation, text, more), theirs(nation, text, more)]);
      if (expected) assert.deepEqual(short(mine), expected, mine.words);
      assert.deepEqual(short(mine), short(netid), `${mine.words} | ${netid.words}`);
      assert.equal(mine.isHolderProven, netid.steps.find(({ step }) => step === 'holder').state === 'held');
      if (mine.outcome === 'accepted') assert.deepEqual([mine.issuer, mine.type, mine.claims, mine.validUntil], [netid.issuer, netid.type, netid.claims, Date.parse(netid.valid_until)]);
    });
  }

  it('one that names a claim twice is shape_invalid to both', async () => {
    const claims = `{"iss":"${nation.issuer}","vct":"urn:network-identity:membership:1","vct":"urn:network-identity:membership:1"}`;
    const text = `${encode({ alg: 'ES256', typ: 'dc+sd-jwt', x5c: nation.credential.x5c })}.${encode(claims)}.AAAA~`;
    assert.deepEqual([short(await ours(nation, text)), short(await theirs(nation, text))], Array(2).fill(['refused', 'shape', 'shape_invalid']));
  });
});

describe('A real nation\'s credential, to the browser and to POST /verify', () => {
  let server, member, known, vkey;
  const report = async (text, challenge) => {
    const body = challenge ? JSON.stringify({ credential: text, challenge: challenge.nonce, domain: challenge.audience }) : text;
    return (await server.fetch(`${server.issuer}/verify`, { method: 'POST', headers: { 'content-type': challenge ? 'application/json' : 'text/plain' }, body })).json();
  };
  const both = async (text, challenge = null) => Promise.all([checkCredential(text, known, { challenge, now: Date.now() }), report(text, challenge)]);

  before(async () => {
    server = await startServer();
    member = await becomeMember(server);
    const root = new Uint8Array(new X509Certificate(certificatesOf(await server.exportRoot())[0]).raw);
    const { status: { status_list: { uri } } } = JSON.parse(Buffer.from(jwtOf(member.credential).split('.')[1], 'base64url'));
    const token = await eventually('its list is there', async () => (await server.fetch(uri)).text());
    const { types } = await import('./lib/forge.mjs');
    known = { issuers: new Map([[server.issuer, { roots: [root], types: Object.keys(types()) }]]), types: types(), lists: new Map([[uri, token]]) };
    vkey = (await (await server.fetch(`${server.issuer}/log/key`)).text()).trim();
  });
  after(() => server?.stop());

  it('is accepted, with the same words', async () => {
    const [mine, netid] = await both(member.credential);
    assert.deepEqual([short(mine), mine.words, mine.claims], [short(netid), netid.words, netid.claims]);
    assert.equal(mine.outcome, 'accepted');
  });

  it('A79: with any character changed is never accepted, and to both for the same reason', async () => {
    const { length } = member.credential;
    for (let at = 3; at < length; at += Math.ceil(length / 40)) {
      const changed = `${member.credential.slice(0, at)}${member.credential[at] === 'A' ? 'B' : 'A'}${member.credential.slice(at + 1)}`;
      if (changed === member.credential) continue;
      const [mine, netid] = await both(changed);
      assert.notEqual(mine.outcome, 'accepted', `at ${at}`);
      assert.deepEqual(short(mine), short(netid), `at ${at}: ${mine.words} | ${netid.words}`);
    }
  });

  it('has a receipt whose opening and place in the log hold, and not with a bit changed', async () => {
    const digest = createHash('sha256').update(jwtOf(member.credential).split('.').slice(0, 2).join('.')).digest('base64url');
    const url = `${server.issuer}/log/receipt/${digest}?notification_id=${member.taken.credentialResponse.notification_id}`;
    const receipt = await eventually('there is a receipt', async () => {
      const response = await server.fetch(url);
      return response.ok && response.text();
    });
    const { record, checkpoint } = await openReceipt(receipt, vkey);
    assert.deepEqual([record.act, record.detail, checkpoint.origin], ['issue', digest, `${new URL(server.issuer).host}/log`]);
    assert.equal((await checkCredential(member.credential, known, { challenge: null, now: Date.now() })).digest, digest);
    const [head, note] = receipt.split('\n\n');
    const lines = head.split('\n');
    const opening = JSON.parse(Buffer.from(lines[1].slice('extra '.length), 'base64'));
    const extra = `extra ${Buffer.from(JSON.stringify({ ...opening, record: { ...opening.record, detail: 'another' } })).toString('base64')}`;
    for (const broken of [
      receipt.replace(/index (\d+)/, (_, index) => `index ${Number(index) + 1}`), receipt.replace(lines[1], extra), receipt.replace(lines[3], Buffer.alloc(32).toString('base64')),
      receipt.replace(/\n[\w+/]{43}=\n\n/, '\n\n'), receipt.replace(lines[1], ''), receipt.replace(`\n${note.split('\n')[1]}\n`, '\n999999\n'), receipt.replace(/— .*$/m, ''),
    ]) await assert.rejects(openReceipt(broken, vkey), SyntaxError);
    const key = vkey.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    await assert.rejects(openReceipt(receipt, key), SyntaxError);
    await assert.rejects(openCheckpoint(`${(await (await server.fetch(`${server.issuer}/log/checkpoint`)).text()).replace('/log', '/other')}`, vkey), SyntaxError);
  });
});

describe('A did:webvh\'s log, to the browser', () => {
  const now = Date.parse('2027-01-01T00:00:00Z');
  const lines = (log) => log.map((entry) => JSON.stringify(entry)).join('\n');

  for (const whose of ['ours', 'theirs']) {
    it(`holds with each kind of history that ${whose === 'ours' ? 'we' : 'didwebvh-ts'} wrote, and not with an entry changed, left out or put after the end`, async () => {
      for (const { log, witness, ended } of await histories(whose)) {
        const history = await readLog(lines(log), { witness, now });
        assert.deepEqual([history.failure, history.newest.did, history.newest.versionId, history.isEnded], [null, log.at(-1).state.id, log.at(-1).versionId, ended]);
        assert.ok(history.goesOnFrom(log.slice(0, 1).map(({ versionId }) => versionId)));
        assert.equal(history.at(history.versions[0].time - 1), null);
        assert.equal(history.at(history.versions[0].time).versionId, log[0].versionId);
        if (witness) await assert.rejects(readLog(lines(log), { now }), /witnesses/);
        const changed = structuredClone(log);
        changed[0].state.alsoKnownAs = ['did:web:other.example'];
        await assert.rejects(readLog(lines(changed), { witness, now }), SyntaxError);
        const unsigned = structuredClone(log);
        delete unsigned[0].proof;
        await assert.rejects(readLog(lines(unsigned), { witness, now }), SyntaxError);
        if (log.length > 1) {
          const forked = structuredClone(log);
          forked[1].state.alsoKnownAs = ['did:web:other.example'];
          const broken = await readLog(lines(forked), { witness, now });
          assert.notEqual(broken.failure, null);
          assert.throws(() => broken.at(now), SyntaxError);
          await assert.rejects(readLog(lines(log.slice(1)), { witness, now }), SyntaxError);
        }
      }
    });
  }

  const folder = vectorPath('didwebvh/vectors');
  it('is resolved, or refused, as the test suite of did:webvh has it', { skip: withoutVector('didwebvh/vectors') }, async () => {
    const counts = { resolved: 0, ended: 0, refused: 0, against: 0, negative: 0 };
    for (const path of (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('did.jsonl'))) {
      const at = join(folder, path, '..');
      const [log, witness] = await Promise.all([readFile(join(folder, path), 'utf8'), readFile(join(at, 'did-witness.json'), 'utf8').catch(() => null)]);
      const expected = JSON.parse(await readFile(join(at, 'resolutionResult.json'), 'utf8'));
      const outcome = await readLog(log, { witness, now }).then(({ failure, newest, isEnded }) => (failure === null ? { newest, isEnded } : { failure }), (error) => ({ failure: error.message }));
      const name = path.split('/').slice(0, 2).join('/');
      if (path.startsWith('negative-')) {
        if (log.trim() === '') continue;
        assert.ok(outcome.failure, name);
        counts.negative++;
      } else if (['witness-update/java', 'witness-update/ts'].includes(name)) {
        assert.match(outcome.failure, /witnesses/, 'the old witnesses approve of the new ones');
        counts.against++;
      } else if (expected.didDocument === null) {
        assert.ok(outcome.failure, name);
        counts.refused++;
      } else {
        assert.equal(outcome.failure, undefined, name);
        assert.equal(outcome.newest.versionId, expected.didDocumentMetadata.versionId, name);
        counts[outcome.isEnded ? 'ended' : 'resolved']++;
      }
    }
    assert.deepEqual([counts.negative, counts.against], [11, 2]);
    assert.ok(counts.resolved > 40 && counts.ended > 3, JSON.stringify(counts));
  });

  it('is of a DID at a host that can be one', () => {
    const scid = 'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG';
    for (const place of ['nation.example', 'localhost%3A8080', 'nation.example%3A443:a:b']) assert.equal(scidOf(`did:webvh:${scid}:${place}`), scid);
    for (const place of ['127.0.0.1', '0x7f.1', '%31%32%37.0.0.1', 'nation', 'nation.example:..:a', 'nation.example:%2e%2e', 'nation.example%3A70000', 'nation.example#a', 'nation.example:a%2fb', ''])
      assert.throws(() => scidOf(`did:webvh:${scid}:${place}`), SyntaxError, place);
  });
});

describe('A leaf of the public log, to the browser', () => {
  it('has the record in its entry for the acts for which the nation puts it there', async () => {
    const file = (path) => readFile(new URL(`../../src/${path}`, import.meta.url), 'utf8');
    const [dotnet, page] = await Promise.all([file('NetworkIdentity/Ledger/LeafRecord.cs'), file('NetworkIdentity.Server/Pages/Client/verifying/tlog.js')]);
    const [theirs, mine] = [/OpenActs = (\[.*\]);/.exec(dotnet)[1], /OPEN_ACTS = (\[.*\]);/.exec(page)[1]].map(JSON.parse);
    assert.deepEqual(mine, theirs);
    const nation = new ForgedHistory();
    for (const act of theirs) {
      const entry = nation.entry(act, 's', 'd', undefined, true);
      nation.entries = [nation.entry('found', 'x', 'y'), entry];
      assert.equal((await openReceipt(nation.proof(entry), nation.vkey)).record.act, act);
    }
    await assert.rejects(openReceipt(nation.proof(nation.entries[1]).replace(/extra \S+/, 'extra /w=='), nation.vkey), SyntaxError, 'what is no text');
  });
});

describe('The contexts that are known', () => {
  it('are to the browser the files of schemas/contexts', async () => {
    for (const [url, digests] of Object.entries(CONTEXTS)) {
      const name = url.startsWith('/') ? url.slice('/schemas/'.length) : `credentials-${url.split('/').at(-1)}`;
      const file = await readFile(new URL(`../../schemas/contexts/${name}`, import.meta.url));
      for (const [hash, digest] of Object.entries(digests)) assert.equal(digest, createHash(hash.replace('-', '')).update(file).digest('base64'), `${name} ${hash}`);
    }
  });
});

describe('Evidence, to the browser and to netid verify', { concurrency: 3 }, () => {
  const nation = new ForgedHistory();
  const other = new ForgedHistory('https://other.example');
  const good = nation.evidence();
  const [now, hour] = [nation.now, 3600];
  const alone = async (evidence, { on = now, did = evidence?.did ?? null } = {}) => short(await checkEvidence(evidence, { on: on * 1000, did, now: now * 1000 }));

  /** What both say; where they differ, that they do. */
  const verdict = async (evidence, { on = now, did = evidence.did } = {}) => {
    const [mine, dotnet] = await Promise.all([alone(evidence, { on, did }), netid({ credential: JSON.stringify(evidence) }, ['--on', timeOf(on), ...(did ? ['--issuer', did] : [])])]);
    return assert.deepEqual(mine, short(dotnet), dotnet.words) ?? mine;
  };
  const revoked = { payload: { status: { status_list: { uri: nation.uri, idx: 0 } } } };
  const list = (iat, exp, options) => nation.statusList({ payload: { iat, exp }, ...options });
  const later = nation.leaf({ purposes: [PURPOSES.credential] });

  it('is true where everything holds, by the DID that one knows; and by its own word alone nothing is accepted, and the facts are told', async () => {
    assert.deepEqual(await verdict(good), ['accepted', null, null]);
    const { facts, digest, reason } = await checkEvidence(good, { on: now * 1000 });
    assert.equal(reason, 'issuer_not_pinned');
    assert.deepEqual(facts.map(({ fact, state }) => `${fact} ${state}`), ['did not_shown', 'did_log held', 'lists held', 'type held', 'issue held', 'log held', 'charter not_shown']);
    assert.equal(digest, createHash('sha256').update(good.credential.split('~')[0].split('.').slice(0, 2).join('.')).digest('base64url'));
  });

  it('is true with keys that were rotated since, and with those that the rotation brought', async () => {
    const without = (did) => nation.document(did, { certificates: [nation.list, nation.root, later] });
    const old = nation.membership({ payload: { iat: now - 9 * 86_400, nbf: now - 9 * 86_400 }, by: nation.leaf({ purposes: [PURPOSES.credential], notBefore: new Date((now - 20 * 86_400) * 1000) }) });
    assert.deepEqual(await verdict(nation.evidence({ credential: old })), ['refused', 'proof', 'issuer_key_not_trusted'], 'its DID never had that key');
    assert.deepEqual(await verdict(nation.evidence({ credential: nation.membership({ by: later }), history: { then: without } })), ['accepted', null, null]);
    assert.deepEqual(await verdict(nation.evidence({ credential: nation.membership(), history: { then: without, thenAt: now - 3 * 86_400 } })), ['refused', 'proof', 'issuer_key_not_trusted']);
  });

  for (const { name, evidence, did, on, expected } of forgeries()) it(`${expected[0] === 'accepted' ? '' : 'A79: '}of a nation that was made up, ${name}: ${expected[2] ?? 'accepted'}`, async () => assert.deepEqual(await verdict(evidence, { on, did }), expected));

  it('says nothing of a moment that has not come yet, however long its list would stand', async () => {
    const [at, on] = [Math.floor(Date.now() / 1000), Math.floor(Date.now() / 1000) + 600];
    const [mine, dotnet] = await Promise.all([checkEvidence(good, { on: on * 1000, did: good.did, now: at * 1000 }), netid({ credential: JSON.stringify(good) }, ['--on', timeOf(on), '--issuer', good.did])]);
    assert.deepEqual(short(mine), ['undetermined', 'status', 'status_not_covered']);
    assert.deepEqual([short(dotnet), mine.words, dotnet.words], [short(mine), 'that moment has not come yet', mine.words]);
    const { reason } = await anothersCheck(good, { on: on * 1000, now: at * 1000, pinned: good.did });
    assert.equal(reason, 'status_not_covered');
  });

  it('is told as held by no fact that was not looked at', async () => {
    const stateOf = async (evidence, name) => (await checkEvidence(evidence, { on: now * 1000, did: evidence.did })).facts.find(({ fact }) => fact === name)?.state;
    const changed = structuredClone(good);
    changed.credential = nation.membership({ disclosures: [disclose('tier', 'king')] });
    assert.equal(await stateOf(changed, 'type'), 'refused');
    const unproven = structuredClone(good);
    unproven.credential = nation.membership({ by: other.leaf({ uris: [nation.issuer], purposes: [PURPOSES.credential] }) });
    assert.deepEqual([await stateOf(unproven, 'log'), await stateOf(unproven, 'issue')], ['undetermined', undefined]);
  });

  const change = (name, act) => [name, (evidence) => act(evidence)];
  for (const [what, act, expected, more] of [
    ...['credential', 'did_log', 'type', 'log'].map((name) => [...change(`has no ${name}`, (evidence) => { delete evidence[name]; }), ['undetermined', { credential: 'shape', did_log: 'proof', type: 'schema', log: 'log' }[name], name === 'type' ? 'schema_unknown' : 'evidence_incomplete']]),
    [...change('has no lists', (evidence) => { delete evidence.lists; }), ['undetermined', 'status', 'status_not_covered']],
    [...change('has a key binding', (evidence) => { evidence.credential = nation.bind(evidence.credential); }), ['refused', 'shape', 'shape_invalid']],
    [...change('is of another than the one that is trusted', () => {}), ['refused', 'issuer', 'issuer_not_trusted'], { did: other.evidence().did }],
    [...change('names an issuer that is not at its DID', (evidence) => { evidence.issuer = other.issuer; }), ['refused', 'issuer', 'issuer_not_trusted']],
    [...change('has another nation\'s DID log', (evidence) => { evidence.did_log = other.evidence().did_log; }), ['refused', 'proof', 'did_log_invalid']],
    [...change('has a DID log with a key put in', (evidence) => { evidence.did_log = evidence.did_log.replace('"assertionMethod":[]', '"assertionMethod":["#x"]'); }), ['refused', 'proof', 'did_log_invalid']],
    [...change('has another nation\'s credential', (evidence) => { evidence.credential = other.membership(); }), ['refused', 'issuer', 'issuer_not_trusted']],
    [...change('has a type of another name', (evidence) => { evidence.type = { ...evidence.type, metadata: { ...evidence.type.metadata, vct: 'urn:other' } }; }), ['refused', 'schema', 'type_invalid']],
    [...change('has another charter', (evidence) => { evidence.charter = { version: '2' }; }), ['refused', 'log', 'charter_mismatch']],
    [...change('has a list that another signed', (evidence) => { evidence.lists = [{ uri: nation.uri, token: nation.statusList({ by: other.list }) }]; }), ['refused', 'status', 'status_list_invalid']],
    [...change('has a list of elsewhere', (evidence) => { evidence.lists = [{ uri: 'https://elsewhere.example', token: evidence.lists[0].token }]; }), ['undetermined', 'status', 'status_not_covered']],
    [...change('has a list that is in no log', (evidence) => { evidence.log.lists = []; }), ['undetermined', 'log', 'list_not_in_log']],
    [...change('has no proof of its issue', (evidence) => { delete evidence.log.issue; }), ['undetermined', 'log', 'evidence_incomplete']],
    [...change('has the log\'s key of another', (evidence) => { evidence.log.key = other.vkey; }), ['refused', 'log', 'log_key_not_trusted']],
    [...change('has a checkpoint by another', (evidence) => { evidence.log.checkpoint = nation.checkpoint({ keys: other.logKeys }); }), ['refused', 'log', 'checkpoint_invalid']],
    [...change('has a checkpoint of another log', (evidence) => { evidence.log.checkpoint = nation.checkpoint({ origin: 'other.example/log' }); }), ['refused', 'log', 'checkpoint_invalid']],
    [...change('has a proof at another place', (evidence) => { evidence.log.issue = evidence.log.issue.replace('index 1', 'index 2'); }), ['refused', 'log', 'log_proof_invalid']],
    [...change('has a proof of another leaf', (evidence) => { evidence.log.issue = evidence.log.lists[0]; }), ['refused', 'log', 'log_entry_mismatch']],
    [...change('has a proof with another opening', (evidence) => { evidence.log.issue = evidence.log.issue.replace(/extra (\S+)/, (_, text) => `extra ${Buffer.from(Buffer.from(text, 'base64').toString().replace('"actor":"server"', '"actor":"nobody"')).toString('base64')}`); }), ['refused', 'log', 'log_proof_invalid']],
    ['is asked about before it began', () => {}, ['refused', 'validity', 'not_yet_valid'], { on: now - 2 * hour }],
    ['is asked about after it ended', () => {}, ['refused', 'validity', 'expired'], { on: now + 2 * 86_400 }],
    ['is asked about before its list', () => {}, ['undetermined', 'status', 'status_not_covered'], { on: now - hour / 2 }],
    ['is asked about after its list', () => {}, ['undetermined', 'status', 'status_not_covered'], { on: now + 2 * hour }],
  ]) {
    it(`A79: one that ${what} is ${expected.at(-1)}`, async () => {
      const evidence = structuredClone(good);
      act(evidence);
      assert.deepEqual(await verdict(evidence, more), expected);
    });
  }

  for (const [what, evidence, on, expected] of [
    ['revoked in a list that stood', nation.evidence({ credential: nation.membership(revoked) }), now, ['refused', 'status', 'revoked']],
    ['revoked in a list of before', nation.evidence({ credential: nation.membership(revoked), lists: [list(now - 1200, now - 600)] }), now, ['refused', 'status', 'revoked']],
    ['revoked in a later list', nation.evidence({ credential: nation.membership(revoked) }), now - hour / 2, ['undetermined', 'status', 'status_not_covered']],
    ['suspended in the list that stood', nation.evidence({ credential: nation.membership({ payload: { status: { status_list: { uri: nation.uri, idx: 1 } } } }) }), now, ['refused', 'status', 'suspended']],
    ['of a list that has no meaning', nation.evidence({ credential: nation.membership({ payload: { status: { status_list: { uri: nation.uri, idx: 2 } } } }) }), now, ['undetermined', 'status', 'status_unknown']],
    ['suspended before, and not when the later list stood', nation.evidence({
      lists: [list(now - 1200, now - 600, { bytes: Buffer.concat([Buffer.from([0b10_00_00_00]), Buffer.alloc(100)]) }), list(now - 600, now + 600)],
    }), now, ['accepted', null, null]],
    ['suspended, asked about then', nation.evidence({
      lists: [list(now - 1200, now - 600, { bytes: Buffer.concat([Buffer.from([0b10_00_00_00]), Buffer.alloc(100)]) }), list(now - 600, now + 600)],
    }), now - 900, ['refused', 'status', 'suspended']],
  ]) it(`A79: one that is ${what} is ${expected.at(-1) ?? 'true'}`, async () => assert.deepEqual(await verdict(evidence, { on }), expected));

  it('that is no object, or holds what is of another kind, is refused and nothing is thrown', async () => {
    for (const evidence of [null, [], 'text', 1, {}, { ...good, format: 'network-identity-evidence:2' }]) assert.deepEqual(await alone(evidence), ['refused', 'shape', 'shape_invalid']);
    for (const name of Object.keys(good)) {
      for (const value of [null, 1, 'x', [], {}, [null], { x: 1 }]) {
        const [outcome] = await alone({ ...good, [name]: value });
        if (!['made_at', 'recognitions', 'charter'].includes(name)) assert.notEqual(outcome, 'accepted', `${name}: ${JSON.stringify(value)}`);
      }
    }
    for (const name of Object.keys(good.log)) for (const value of [null, 1, 'x', [], {}]) assert.notEqual((await alone({ ...good, log: { ...good.log, [name]: value } }))[0], 'accepted', `log.${name}`);
  });
});

describe('Evidence that a real nation\'s credentials leave, to the browser and to netid verify', { concurrency: 2 }, () => {
  const made = {};
  before(async () => {
    const server = await startServer();
    try {
      const ada = await becomeMember(server);
      const [file] = await download(server, ada, 'membership');
      const credentials = { 'dc+sd-jwt': ada.credential, ldp_vc: JSON.stringify(await takeDocument(server, ada.memberId, await newHolder())), 'vc+jwt': file.text };
      for (const [format, credential] of Object.entries(credentials)) {
        await writeFile(join(server.directory, 'credential'), credential);
        await eventually('the log has it', () => server.run('evidence', 'credential', '--out', 'evidence.json'), 20);
        made[format] = JSON.parse(await readFile(join(server.directory, 'evidence.json'), 'utf8'));
      }
    } finally {
      await server.stop();
    }
  });

  const both = async (evidence, on) => Promise.all([
    checkEvidence(evidence, { on: on * 1000, did: evidence.did }), netid({ credential: JSON.stringify(evidence) }, ['--on', timeOf(on), '--issuer', evidence.did]),
  ]);
  const jws = (evidence, act) => { evidence.credential = act(evidence.credential); };
  const inPayload = (token, act) => {
    const [head, payload, ...rest] = token.split('.');
    return [head, encode(act(JSON.parse(Buffer.from(payload, 'base64url')))), ...rest].join('.');
  };
  const swapped = (evidence) => { evidence.lists = evidence.lists.map(({ token }, at) => ({ uri: evidence.lists.at(at - 1).uri, token })); };

  for (const [format, what, act, outcome, on] of [
    ...['dc+sd-jwt', 'ldp_vc', 'vc+jwt'].flatMap((format) => [
      [format, 'as it was made', () => {}, 'accepted'],
      [format, 'without its lists', (evidence) => { evidence.lists = []; }, 'undetermined'],
      [format, 'without the key of its issuer', (evidence) => { evidence.did_log = evidence.did_log.replaceAll('"verificationMethod":[', '"verificationMethods":['); }, 'refused'],
      [format, 'with the proof of a list in place of its issue', (evidence) => { [evidence.log.issue] = evidence.log.lists; }, 'refused'],
      [format, 'without its type', (evidence) => { delete evidence.type; }, 'undetermined'],
      [format, 'a year ago', () => {}, 'refused', -365 * 86_400],
      [format, 'in ten years', () => {}, 'refused', 3650 * 86_400],
    ]),
    ...['ldp_vc', 'vc+jwt'].map((format) => [format, 'with one list under the other\'s address', swapped, 'refused']),
    ['ldp_vc', 'with another tier', (evidence) => { evidence.credential.credentialSubject.tier = 'steward'; }, 'refused'],
    ['ldp_vc', 'with a proof for something else', (evidence) => { [evidence.credential.proof].flat()[0].proofPurpose = 'authentication'; }, 'refused'],
    ['vc+jwt', 'with another tier', (evidence) => jws(evidence, (text) => inPayload(text, (claims) => ({ ...claims, credentialSubject: { ...claims.credentialSubject, tier: 'steward' } }))), 'refused'],
    ['vc+jwt', 'of another issuer', (evidence) => jws(evidence, (text) => inPayload(text, (claims) => ({ ...claims, issuer: 'did:web:other.example' }))), 'refused'],
  ]) {
    it(`${outcome === 'accepted' ? '' : 'A79: '}${format} ${what} is ${outcome}`, async () => {
      const evidence = structuredClone(made[format]);
      act(evidence);
      const [mine, dotnet] = await both(evidence, evidence.made_at + (on ?? 3));
      assert.deepEqual([mine.outcome, mine.outcome], [outcome, dotnet.verdict], `${short(mine)} ${mine.words} | ${short(dotnet)} ${dotnet.words}`);

      // What secures a W3C credential is read in another order: there the step and the reason may be another's.
      if (format === 'dc+sd-jwt') assert.deepEqual(short(mine), short(dotnet), `${mine.words} | ${dotnet.words}`);
    });
  }
});

describe('The samples of docs/evidence, to the browser', () => {
  const file = new URL('../../docs/evidence/samples.json', import.meta.url);
  it('come to the verdicts that are written beside them', async () => {
    const samples = JSON.parse(await readFile(file, 'utf8'));
    const reasons = [];
    for (const { name, on, did, verdict, reason, evidence } of samples) {
      const mine = await checkEvidence(evidence, { on: Date.parse(on), did });
      assert.equal(mine.outcome, verdict, `${name}: ${short(mine)} ${mine.words}`);
      if (mine.reason !== reason) reasons.push(`${name}: ${mine.reason}, ${reason}`);
    }
    assert.ok(samples.length >= 10);

    // What is wrong in two ways is told of by the one that is met first, which may be the other.
    assert.ok(reasons.length < samples.length / 10, reasons.join('\n'));
  });
});

describe('A list of a million, to the browser', () => {
  it('is read once, however often it is asked', async () => {
    const nation = new Forged('https://forged.example');
    const known = nation.known({ list: nation.statusList({ bytes: Buffer.alloc(262_144) }) });
    const text = nation.membership({ kb: {} });
    const { DecompressionStream } = globalThis;
    let inflated = 0;
    globalThis.DecompressionStream = class extends DecompressionStream {
      constructor(format) {
        super(format);
        inflated++;
      }
    };
    try {
      for (let turn = 0; turn < 6; turn++) assert.equal((await checkCredential(text, known, { challenge: CHALLENGE, now: nation.now * 1000 })).outcome, 'accepted');
    } finally {
      Object.assign(globalThis, { DecompressionStream });
    }
    assert.equal(inflated, 1);
  });
});

describe('A trust bundle, in the browser', () => {
  const nation = new ForgedHistory();
  const other = new ForgedHistory('https://other.example');
  const now = nation.now * 1000;
  const read = (text, { pinned = null, at = now } = {}) => readBundle(text, { pinned, now: at });
  const good = nation.bundle();
  const claims = JSON.parse(Buffer.from(good.split('.')[1], 'base64url'));
  const { did } = nation;

  it('is read whole, and what it knows checks a credential and a printed card', async () => {
    const { known, checkpoint, history } = await read(good, { at: now + 3_600_000 });
    assert.deepEqual([checkpoint.size, history.newest.did], [1, did]);
    assert.equal((await checkCredential(nation.membership({ kb: {} }), known, { challenge: CHALLENGE, now })).outcome, 'accepted');
    const card = known.types['urn:network-identity:card:1'];
    assert.ok(card.metadata && known.issuers.get(nation.issuer).leaves.length === 3);
  });

  it('A67: the roots of the nation’s own credentials are those that its DID has, whatever stands beside its name', async () => {
    const root = other.root.der.toString('base64');
    const own = (issuer) => ({ issuer, did: null, roots: [root], types: Object.keys(claims.types), name: 'Forged', recognition: null });
    const { known } = await read(nation.bundle({ claims: { issuers: [own(nation.issuer), own(other.issuer)] } }));
    assert.deepEqual(known.issuers.get(nation.issuer).roots.map((der) => Buffer.from(der).toString('base64')), claims.roots);
    assert.deepEqual(known.issuers.get(other.issuer).roots.map((der) => Buffer.from(der).toString('base64')), [root]);
    assert.equal((await checkCredential(nation.membership({ kb: {} }), known, { challenge: CHALLENGE, now })).outcome, 'accepted');
  });

  it('lasts for a week at most', async () => assert.equal((await read(nation.bundle({ claims: { limit_hours: 168, exp: nation.now + 168 * 3600 } }))).claims.limit_hours, 168));

  it('goes on from the log that was pinned, and from no other', async () => {
    const longer = nation.bundle({ history: { then: (name) => nation.document(name) } });
    assert.equal((await read(longer, { pinned: { did, log: claims.did_log } })).history.versions.length, 2);
    assert.equal((await read(good, { pinned: { did, log: null } })).did, did);
    const long = JSON.parse(Buffer.from(longer.split('.')[1], 'base64url')).did_log;
    await assert.rejects(read(good, { pinned: { did, log: long } }), { code: 'bundle_log_forked' }, 'a log that is cut');
    const forked = nation.bundle({ history: { then: (name) => ({ ...nation.document(name), alsoKnownAs: [nation.issuer] }) } });
    await assert.rejects(read(forked, { pinned: { did, log: long } }), { code: 'bundle_log_forked' });
    await assert.rejects(read(good, { pinned: { did: 'did:webvh:QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG:forged.example', log: null } }), { code: 'bundle_other_nation' });
    await assert.rejects(read(other.bundle(), { pinned: { did, log: null } }), { code: 'bundle_other_nation' });
  });

  for (const [what, text, code] of [
    ['is no bundle', 'x.y.z', 'bundle_malformed'],
    ['is longer than a megabyte', `${good}${'A'.repeat(1_000_000)}`, 'bundle_malformed'],
    ['says no limit', nation.bundle({ claims: { limit_hours: undefined } }), 'bundle_malformed'],
    ['ends later than its limit', nation.bundle({ claims: { exp: nation.now + 86_401 } }), 'bundle_malformed'],
    ['lasts for more than a week', nation.bundle({ claims: { limit_hours: 169, exp: nation.now + 169 * 3600 } }), 'bundle_malformed'],
    ['names an issuer twice', nation.bundle({ claims: { issuers: [...claims.issuers, { ...claims.issuers[0], roots: [other.root.der.toString('base64')] }] } }), 'bundle_malformed'],
    ['has no root', nation.bundle({ claims: { roots: [] } }), 'bundle_malformed'],
    ['has nodes that are none', nation.bundle({ claims: { nodes: [1] } }), 'bundle_malformed'],
    ['has a checkpoint without its key', nation.bundle({ claims: { log_key: undefined } }), 'bundle_malformed'],
    ['is of another kind', nation.bundle({ header: { typ: 'census+jwt' } }), 'bundle_untrusted'],
    ['is signed with the key of lists', nation.bundle({ by: nation.list }), 'bundle_untrusted'],
    ['is signed by another nation', nation.bundle({ by: other.leaf({ uris: [nation.issuer], purposes: [PURPOSES.statement] }) }), 'bundle_untrusted'],
    ['brings a root that its DID does not have', nation.bundle({ claims: { roots: [other.root.der.toString('base64')] }, by: other.leaf({ uris: [nation.issuer], purposes: [PURPOSES.statement] }) }), 'bundle_untrusted'],
    ['is signed with a key that its DID has no more', nation.bundle({ by: nation.leaf({ purposes: [PURPOSES.statement] }) }), 'bundle_untrusted'],
    ['is signed in the future', nation.bundle({ claims: { iat: nation.now + 900, exp: nation.now + 87_300 } }), 'bundle_untrusted'],
    ['is of an issuer that its DID does not name', nation.bundle({ claims: { iss: 'https://else.example' } }), 'bundle_untrusted'],
    ['is cut', good.slice(0, -2), 'bundle_untrusted'],
    ['has another DID\'s log', nation.bundle({ claims: { did_log: JSON.parse(Buffer.from(other.bundle().split('.')[1], 'base64url')).did_log } }), 'bundle_did_log'],
    ['has a log that was changed', nation.bundle({ claims: { did_log: claims.did_log.replace('did:web:', 'did:xyz:') } }), 'bundle_did_log'],
    ['has the log key of another', nation.bundle({ claims: { log_key: other.vkey, checkpoint: other.checkpoint() } }), 'bundle_log_key'],
    ['has a checkpoint that another signed', nation.bundle({ claims: { checkpoint: nation.checkpoint({ keys: other.logKeys }) } }), 'bundle_log_key'],
  ]) it(`A67: one that ${what} is ${code}`, () => assert.rejects(read(text), { code }));
});

describe('A log that strangers wrote, to the browser', () => {
  const folder = vectorPath('tlog/testdata/log');
  it('has each leaf in each of its trees, and nowhere else', { skip: withoutVector('tlog/testdata/log') }, async () => {
    const key = 'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx';
    const [tile] = (await readdir(join(folder, 'tile/0'), { recursive: true })).filter((name) => name.endsWith('15'));
    const bytes = await readFile(join(folder, 'tile/0', tile));
    const all = Array.from({ length: 15 }, (_, at) => bytes.subarray(at * 32, at * 32 + 32));
    let held = 0;
    for (let size = 1; size <= 15; size++) {
      const note = await readFile(join(folder, `checkpoint.${size}`), 'utf8');
      const checkpoint = await openCheckpoint(note, key);
      assert.equal(checkpoint.size, size);
      await assert.rejects(openCheckpoint(note.replace(`\n${size}\n`, `\n${size + 1}\n`), key), SyntaxError);
      const leaves = all.slice(0, size);
      for (let index = 0; index < size; index++) {
        const path = pathOf(index, leaves);
        assert.ok(await isIncluded(leaves[index], index, size, checkpoint.root, path));
        assert.ok(!(await isIncluded(all[(index + 1) % 15], index, size, checkpoint.root, path)));
        for (const other of [index + 1, index - 1, size]) assert.ok(!(await isIncluded(leaves[index], other, size, checkpoint.root, path)));
        if (path.length > 0) assert.ok(!(await isIncluded(leaves[index], index, size, checkpoint.root, path.slice(1))));
        held++;
      }
    }
    assert.equal(held, 120);
  });
});

describe('A schema, to the browser', () => {
  const folder = vectorPath('json-schema');
  it('knows the keywords that schemas use, and names one that it doesn\'t', () => {
    assert.throws(() => compileSchema({ patternProperties: {} }), /patternProperties/);
    assert.throws(() => compileSchema({ properties: { a: { contains: {} } } }), /contains/);
    assert.throws(() => compileSchema({ type: 'text' }), SyntaxError);
  });

  it('of a stranger is tried where each of its patterns is surely quick, as the one table of the three verifiers has it', async () => {
    for (const { pattern, isQuick: expected } of JSON.parse(await readFile(new URL('quick-patterns.json', import.meta.url), 'utf8'))) { // netid's word on each is held to the same in QuickPatternsTests.cs
      const within = { properties: { pattern: { allOf: [{ type: 'string', pattern }] } } }; // a claim of that name is no pattern
      assert.deepEqual([pattern, isSurelyQuick({ pattern }), isSurelyQuick(within), isQuick(pattern)], [pattern, expected, expected, expected]);
    }
  });

  it('judges as the official tests say, wherever it knows the keywords', { skip: withoutVector('json-schema') }, async () => {
    let judged = 0;
    for (const file of (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.json') && !name.includes('optional/'))) {
      const suites = JSON.parse(await readFile(join(folder, file), 'utf8'));
      if (!Array.isArray(suites)) continue;
      for (const { description, schema, tests } of suites) {
        let check;
        try {
          check = compileSchema(schema);
        } catch (error) {
          if (error instanceof SyntaxError) continue; // a keyword, or a reference, that it refuses
          throw error;
        }
        for (const { description: what, data, valid } of tests ?? []) {
          if (/float overflow|ECMA|astral|\$id/.test(`${description} ${what}`)) continue;
          assert.equal(check(data).length === 0, valid, `${file}: ${description}: ${what}`);
          judged++;
        }
      }
    }
    assert.ok(judged > 200, `${judged}`);
  });
});
