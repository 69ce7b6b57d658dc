// Evidence of a nation of the tests' own making: its DID's log, its public log and its lists, well signed, however wrong.
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { canonicalize, toBase58 } from './core.mjs';
import { disclose, Forged, PURPOSES, signJws, types } from './forge.mjs';
import { strangeTypes } from './forge-w3c.mjs';

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const b64u = (bytes) => Buffer.from(bytes).toString('base64url');
const multihash = (text) => toBase58(new Uint8Array([0x12, 32, ...sha256(text)])).slice(1);
const rawOf = ({ publicKey }) => publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
const multikeyOf = (keys) => toBase58(new Uint8Array([0xed, 0x01, ...rawOf(keys)]));
const ed25519 = () => generateKeyPairSync('ed25519');
const timeOf = (seconds) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

const leafHash = (entry) => sha256(Buffer.of(0), entry);
const split = (count) => 2 ** Math.floor(Math.log2(count - 1));
const rootOf = (leaves) => (leaves.length === 1 ? leaves[0] : sha256(Buffer.of(1), rootOf(leaves.slice(0, split(leaves.length))), rootOf(leaves.slice(split(leaves.length)))));
/** The hashes beside a leaf's way to the root, from below [RFC6962 §2.1.1]. */
export const pathOf = (index, leaves) => {
  if (leaves.length === 1) return [];
  const half = split(leaves.length);
  return index < half ? [...pathOf(index, leaves.slice(0, half)), rootOf(leaves.slice(half))] : [...pathOf(index - half, leaves.slice(half)), rootOf(leaves.slice(0, half))];
};

/** A nation that has a DID and a public log. */
export class ForgedHistory extends Forged {
  constructor(issuer = 'https://forged.example') {
    super(issuer);
    [this.update, this.next] = [ed25519(), ed25519()];
    this.place = new URL(issuer).host.replace(':', '%3A');
    this.signLog();
    this.entries = [this.entry('found', this.place, 'practice')];
  }

  /** Which key signs the public log, and by which name. */
  signLog(keys = ed25519(), name = `${new URL(this.issuer).host}/log`) {
    [this.logKeys, this.logName] = [keys, name];
    const typed = Buffer.from([1, ...rawOf(this.logKeys)]);
    this.keyId = sha256(`${this.logName}\n`, typed).subarray(0, 4);
    this.vkey = `${this.logName}+${this.keyId.toString('hex')}+${typed.toString('base64')}`;
    return this;
  }

  /** With keys of long ago. */
  old() {
    const notBefore = new Date((this.now - 25 * 86_400) * 1000);
    [this.credential, this.list] = ['credential', 'list'].map((name) => this.leaf({ purposes: [PURPOSES[name]], notBefore }));
    return this;
  }

  /** The DID's document. */
  document(did, { certificates = [this.credential, this.list, this.root, ...(this.statement ? [this.statement] : [])], log = this.logKeys, asserting = [] } = {}) {
    const method = (name, key) => ({ id: `${did}#${name}`, type: 'JsonWebKey', controller: did, ...key });
    return {
      '@context': ['https://www.w3.org/ns/did/v1.1'], id: did, alsoKnownAs: [`did:web:${this.place}`, this.issuer], assertionMethod: asserting.map((_, at) => `${did}#a${at}`),
      verificationMethod: [
        { id: `${did}#log`, type: 'Multikey', controller: did, publicKeyMultibase: multikeyOf(log) },
        ...asserting.map((keys, at) => ({ id: `${did}#a${at}`, type: 'Multikey', controller: did, publicKeyMultibase: multikeyOf(keys) })),
        ...certificates.map((one, at) => method(`c${at}`, { publicKeyJwk: { ...one.publicKey.export({ format: 'jwk' }), x5c: [one.der.toString('base64')] } })),
      ],
    };
  }

  /** The log of the DID: one entry, or a second by the key that was committed to. */
  didLog({ at = this.now - 30 * 86_400, document = (did) => this.document(did), then, thenAt = this.now - 86_400, thenBy = this.next } = {}) {
    const committed = multihash(multikeyOf(this.next));
    const draft = JSON.stringify({
      versionId: '{SCID}', versionTime: timeOf(at), state: document(`did:webvh:{SCID}:${this.place}`),
      parameters: { method: 'did:webvh:1.0', scid: '{SCID}', updateKeys: [multikeyOf(this.update)], nextKeyHashes: [committed] },
    });
    const scid = multihash(canonicalize(JSON.parse(draft)));
    this.did = `did:webvh:${scid}:${this.place}`;
    const first = this.entryOf(JSON.parse(draft.replaceAll('{SCID}', scid)), scid, 1, this.update);
    const lines = [first];
    if (then) {
      const entry = { versionId: '', versionTime: timeOf(thenAt), state: then(this.did), parameters: { updateKeys: [multikeyOf(this.next)], nextKeyHashes: [] } };
      lines.push(this.entryOf(entry, first.versionId, 2, thenBy));
    }
    return lines.map((line) => JSON.stringify(line)).join('\n');
  }

  entryOf(entry, before, number, keys) {
    const versionId = `${number}-${multihash(canonicalize({ ...entry, versionId: before }))}`;
    const signed = { ...entry, versionId };
    const method = `did:key:${multikeyOf(keys)}#${multikeyOf(keys)}`;
    const proof = { type: 'DataIntegrityProof', cryptosuite: 'eddsa-jcs-2022', verificationMethod: method, proofPurpose: 'assertionMethod', created: entry.versionTime };
    const data = Buffer.concat([sha256(canonicalize(proof)), sha256(canonicalize(signed))]);
    return { ...signed, proof: [{ ...proof, proofValue: toBase58(new Uint8Array(sign(null, data, keys.privateKey))) }] };
  }

  /** A leaf of the public log. */
  entry(act, subject, detail, at = this.now - 3600, isOpen = ['found', 'publish-list'].includes(act)) {
    const record = JSON.stringify({ act, actor: 'server', at, detail, subject });
    const salt = b64u(sha256(`${act}${subject}${detail}`));
    const commitment = b64u(sha256(Buffer.from(salt, 'base64url'), record));
    const opening = `{"record":${record},"salt":"${salt}"}`;
    return { opening, text: `{"act":"${act}","commitment":"${commitment}"${isOpen ? `,${opening.slice(1)}` : '}'}` };
  }

  note(text, keys = this.logKeys) {
    return `${text}\n\u2014 ${this.logName} ${Buffer.concat([this.keyId, sign(null, Buffer.from(text), keys.privateKey)]).toString('base64')}\n`;
  }

  checkpoint({ entries = this.entries, keys, origin = this.logName } = {}) {
    const leaves = entries.map(({ text }) => leafHash(text));
    return this.note(`${origin}\n${leaves.length}\n${rootOf(leaves).toString('base64')}\n`, keys);
  }

  proof(entry, note = this.checkpoint()) {
    const index = this.entries.indexOf(entry);
    const path = pathOf(index, this.entries.map(({ text }) => leafHash(text)));
    return ['c2sp.org/tlog-proof@v1', `extra ${Buffer.from(entry.opening).toString('base64')}`, `index ${index}`, ...path.map((hash) => hash.toString('base64'))].join('\n') + `\n\n${note}`;
  }

  /** A trust bundle, good unless said otherwise: `claims` are laid over it, where undefined takes away. */
  bundle({ claims = {}, header = {}, by = (this.statement ??= this.leaf({ purposes: [PURPOSES.statement] })), history = {} } = {}) {
    const didLog = this.didLog(history);
    const root = this.root.der.toString('base64');
    const said = {
      iss: this.issuer, iat: this.now, exp: this.now + 86_400, limit_hours: 24, when_old: 'refuse', nation: { name: 'Forged', did: this.did }, did_log: didLog, roots: [root],
      issuers: [{ issuer: this.issuer, did: this.did, roots: [root], types: Object.keys(types()), name: 'Forged', recognition: null }], types: types(),
      nodes: [{ name: 'Lisbon', region: 'Europe', policy: { asks: 'membership', other_nodes: 'admit' } }], lists: [{ uri: this.uri, token: this.statusList() }],
      checkpoint: this.checkpoint(), log_key: this.vkey, charter: { version: '1', digest: 'AAAA' }, ...claims,
    };
    return signJws({ alg: 'ES256', typ: 'trust-bundle+jwt', x5c: by.x5c, ...header }, said, by);
  }

  /** Evidence of a membership, good unless said otherwise. `lists`: the tokens; `issuedAt`, `listedAt`: when their leaves were written. */
  evidence({ credential = this.membership(), lists = [this.statusList()], history = {}, issuedAt, listedAt } = {}) {
    const didLog = this.didLog(history);
    const digest = b64u(sha256(credential.split('~')[0].split('.').slice(0, 2).join('.')));
    const issue = this.entry('issue', 'c-1', digest, issuedAt);
    const published = lists.map((token, at) => this.entry('publish-list', 'aaaa', `statuslist+jwt ${at} ${b64u(sha256(token))}`, listedAt));
    this.entries = [this.entry('found', this.place, 'practice'), issue, ...published, this.entry('found', 'more', '1'), this.entry('found', 'more', '2')];
    const vct = 'urn:network-identity:membership:1';
    const { metadata, schema } = types()[vct];
    return {
      format: 'network-identity-evidence:1', issuer: this.issuer, did: this.did, made_at: this.now, credential, did_log: didLog, type: { metadata, schema },
      charter: { version: '1' }, lists: lists.map((token) => ({ uri: this.uri, token })), recognitions: [],
      log: { key: this.vkey, checkpoint: this.checkpoint(), issue: this.proof(issue), lists: published.map((entry) => this.proof(entry)) },
    };
  }
}

const DAY = 86_400;

/**
 * What each reader of evidence must answer alike, of nations that were made up: who has the keys can sign whatever they like, and not write a leaf of yesterday.
 * @returns {{ name: string, evidence: object, did: string | null, on: number, expected: [string, string | null, string | null] }[]}
 */
export function forgeries() {
  const good = new ForgedHistory();
  const { now } = good;
  const one = (name, evidence, expected, { on = now, did = evidence.did } = {}) => ({ name, evidence, did, on, expected });
  const at = (nation, iat, more) => nation.membership({ payload: { iat, nbf: iat, ...more } });
  const list = (nation, iat, exp) => nation.statusList({ payload: { iat, exp } });
  const old = () => new ForgedHistory().old();
  const long = now - 9 * DAY - 60;
  const midnight = (Math.floor(now / DAY) - 4) * DAY;
  const [accepted, unlisted] = [['accepted', null, null], ['refused', 'status', 'status_list_invalid']];
  const [backdated, otherKey] = [ ['refused', 'log', 'backdated'], ['refused', 'log', 'log_key_not_trusted']];
  const nation = old();
  const thief = ed25519();
  const named = new ForgedHistory().signLog(ed25519(), 'other.example/log');
  const replaced = (then, options) => { // the log's key was replaced ten days ago
    const [one, other] = [old(), ed25519()];
    const evidence = one.evidence({ credential: at(one, then, {}), lists: [list(one, then, then + DAY)], history: { then: (did) => one.document(did, { log: other }), thenAt: now - 10 * DAY }, issuedAt: then, listedAt: then });
    return [evidence, { on: then + 60, ...options }];
  };
  const asserting = new ForgedHistory();
  const [ours, document] = [asserting.logKeys, (did) => asserting.document(did, { log: ours, asserting: [thief] })];
  const lax = good.evidence({ credential: good.membership({ disclosures: [disclose('tier', 'king'), disclose('member_since', '2026-01'), disclose('node', 'Lisbon'), disclose('display_name', 'Ada')] }) });
  lax.type.schema = { ...lax.type.schema, properties: { ...lax.type.schema.properties, tier: { type: 'string' } } };
  const [stood, ofThen] = replaced(now - 20 * DAY - 60);
  const [gone, ofLater] = replaced(now - 5 * DAY - 60);
  return [
    one('no nation named', good.evidence(), ['undetermined', 'issuer', 'issuer_not_pinned'], { did: null }),
    one('an address named, and no DID', good.evidence(), ['undetermined', 'issuer', 'issuer_not_pinned'], { did: good.issuer }),
    one('a did:web named', good.evidence(), ['undetermined', 'issuer', 'issuer_not_pinned'], { did: 'did:web:forged.example' }),
    one('no nation named, and a list that was revoked', good.evidence({ credential: good.membership({ payload: { status: { status_list: { uri: good.uri, idx: 0 } } } }) }), ['refused', 'status', 'revoked'], { did: null }),
    one('signed back by nine days', nation.evidence({ credential: at(nation, long) }), backdated),
    one('signed back by a day and a half', nation.evidence({ credential: at(nation, midnight + 60), issuedAt: midnight + 60 + 1.5 * DAY }), backdated),
    one('signed on a day, late', nation.evidence({ credential: at(nation, midnight), issuedAt: midnight + 1.5 * DAY }), accepted),
    one('a list signed back', nation.evidence({ credential: at(nation, long), issuedAt: long, lists: [list(nation, long, long + DAY)] }), backdated, { on: long + 60 }),
    one('a list that is believed for a month', nation.evidence({ credential: at(nation, long), issuedAt: long, lists: [list(nation, long, now + 30 * DAY)], listedAt: long }), ['undetermined', 'status', 'status_not_covered']),
    one('a list that is believed for a month, within its week', nation.evidence({ credential: at(nation, long), issuedAt: long, lists: [list(nation, long, now + 30 * DAY)], listedAt: long }), accepted, { on: long + 6 * DAY }),
    one('a log signed by a key of credentials', asserting.signLog(thief).evidence({ history: { document } }), otherKey),
    one('a log of another name', named.evidence(), otherKey),
    one('a log\'s key that was replaced since', stood, accepted, ofThen),
    one('a log\'s key that had been replaced', gone, otherKey, ofLater),
    one('an index beyond the list\'s end', good.evidence({ credential: good.membership({ payload: { status: { status_list: { uri: good.uri, idx: 5000 } } } }) }), unlisted),
    one('the last index of a list', good.evidence({ credential: good.membership({ payload: { status: { status_list: { uri: good.uri, idx: 403 } } } }) }), accepted),
    one('the first index beyond a list', good.evidence({ credential: good.membership({ payload: { status: { status_list: { uri: good.uri, idx: 404 } } } }) }), unlisted),
    ...[-1, 0, 1.5, '60', 365 * DAY + 1].map((ttl) => one(`a list with the ttl ${JSON.stringify(ttl)}`, good.evidence({ lists: [good.statusList({ payload: { ttl } })] }), unlisted)),
    ...['9999999999', -1, now - 60].map((exp) => one(`a list with the exp ${exp === now - 60 ? 'of its iat' : JSON.stringify(exp)}`, good.evidence({ lists: [good.statusList({ payload: { exp } })] }), unlisted)),
    one('a list whose iat is a text', good.evidence({ lists: [good.statusList({ payload: { iat: `${now - 60}` } })] }), unlisted),
    ...['exp', 'nbf', 'iat'].map((name) => one(`a membership whose ${name} is a text`, good.evidence({ credential: good.membership({ payload: { [name]: '9999999999' } }) }), ['refused', 'shape', 'shape_invalid'])),
    one('a list signed within the second', good.evidence({ lists: [good.statusList({ payload: { iat: now - 60 + 0.7 } })] }), accepted, { on: now - 59.7 }),
    one('a list that ended within the second', good.evidence({ lists: [good.statusList({ payload: { exp: now + 60.7 } })] }), ['undetermined', 'status', 'status_not_covered'], { on: now + 60.3 }),
    one('a membership that ended within the second', good.evidence({ credential: good.membership({ payload: { exp: now + 0.9 } }) }), ['refused', 'validity', 'expired'], { on: now + 0.5 }),
    one('a schema of its own for a type that is known', lax, ['refused', 'schema', 'schema_violated']),
    ...strangeTypes(good, one),
  ];
}

/** What the reader of evidence knows of types, as a module: each file of schemas/ once more. */
export const typesFile = () => `// The types that are known here, by their names. Made of schemas/ by tests/interop/lib/forge-evidence.mjs, and held to it by tests/interop/kit.test.mjs.\nexport default ${JSON.stringify(Object.fromEntries(
  Object.entries(types()).map(([vct, { metadata, schema, name }]) => [vct, { metadata, schema, ...(isW3c(name) ? { w3c: w3cOf(name, metadata, schema) } : {}) }])))};\n`;

const capital = (name) => name[0].toUpperCase() + name.slice(1);
const vocabulary = JSON.parse(readFileSync(new URL('../../../schemas/contexts/network-identity-v1.jsonld', import.meta.url), 'utf8'))['@context'];

/** Whether there are W3C credentials of a type: the nation's context has its name. */
const isW3c = (name) => `${capital(name)}Credential` in vocabulary;

/** What a W3C credential of a type is called, and the file of what it may say, as CredentialType.W3cSchemaFile has it. */
export function w3cOf(name, { vct, claims }, { properties: { vct: _, ...properties } }) {
  const required = ['type', ...claims.filter(({ mandatory, path }) => mandatory && path.length === 1).map(({ path }) => path[0])];
  return {
    type: `${capital(name)}Credential`,
    schema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema', $id: `${vct.replace(':network-identity:', ':network-identity:schema:')}:w3c`, title: `${capital(name)}, as a W3C credential`, type: 'object',
      properties: { credentialSubject: { type: 'object', properties: { ...properties, type: { const: capital(name) } }, required } }, required: ['credentialSubject'],
    },
  };
}

/** Evidence of a nation that was made up, good and broken, with what each must come to. */
function samples() {
  const nation = new ForgedHistory('https://nation.example');
  const [on, hour] = [nation.now, 3600];
  const one = (name, evidence, expected, at = on) => ({ name, on: timeOf(at), now: timeOf(nation.now), expected, evidence });
  const changed = (change) => {
    const evidence = nation.evidence();
    change(evidence);
    return evidence;
  };
  const revoked = nation.membership({ payload: { status: { status_list: { uri: nation.uri, idx: 0 } } } });
  const suspended = nation.membership({ payload: { status: { status_list: { uri: nation.uri, idx: 1 } } } });
  return [
    one('A membership that was true', nation.evidence(), ['accepted', null, null]),
    one('One that was revoked', nation.evidence({ credential: revoked }), ['refused', 'status', 'revoked']),
    one('One that was suspended', nation.evidence({ credential: suspended }), ['refused', 'status', 'suspended']),
    one('The first, asked about a day that its list does not cover', nation.evidence(), ['undetermined', 'status', 'status_not_covered'], on - hour / 2),
    one('The first, asked about a day when it was over', nation.evidence(), ['refused', 'validity', 'expired'], on + 86_400),
    one('The first, with a letter changed', changed((evidence) => { evidence.credential = evidence.credential.replace(/\.(.)/, (_, letter) => `.${letter === 'e' ? 'f' : 'e'}`); }), ['refused', 'shape', 'shape_invalid']),
    one('The first, with another signature', changed((evidence) => { evidence.credential = evidence.credential.replace(/\.[^.~]{8}([^.~]*)~/, '.AAAAAAAA$1~'); }), ['refused', 'proof', 'signature_invalid']),
    one('The first, with a history of keys that was changed', changed((evidence) => { evidence.did_log = evidence.did_log.replace('practice', '').replace('did:web:', 'did:xyz:'); }), ['refused', 'proof', 'did_log_invalid']),
    one('The first, without the public log', changed((evidence) => { delete evidence.log; }), ['undetermined', 'log', 'evidence_incomplete']),
    one('The first, with the leaf of another issue', changed((evidence) => { evidence.log.issue = nation.evidence({ credential: revoked }).log.issue; }), ['refused', 'log', 'log_proof_invalid']),
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = new URL('../../../src/NetworkIdentity.Server/Pages/Client/verifying/samples.js', import.meta.url);
  await writeFile(file, `// Evidence of a nation that was made up, with what each must come to. Made by tests/interop/lib/forge-evidence.mjs, and held to its answers by tests/interop/kit.test.mjs.\nexport default ${JSON.stringify(samples())};\n`);
  await writeFile(new URL('types.js', file), typesFile());
}
