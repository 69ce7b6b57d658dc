// Evidence of a W3C credential of a nation of the tests' own making: with a proof inside, by a key that its DID has to assert, and a list as vc+jwt.
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { canonicalize, toBase58 } from './core.mjs';
import { signJws, types } from './forge.mjs';
import { w3cOf } from './forge-evidence.mjs';

const CONTEXT = 'https://www.w3.org/ns/credentials/v2';
const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const timeOf = (seconds) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
const clean = (value) => JSON.parse(JSON.stringify(value));

/**
 * Good unless said otherwise: `document` and `proof` are laid over what is signed, where undefined takes away. `token`: claims beside it, of one that is signed as vc+jwt; `list`, `method`: what is laid over its list,
 * and over its keys in the DID.
 * @param {import('./forge-evidence.mjs').ForgedHistory} nation
 */
export function evidenceOfDocument(nation, { document = {}, proof = {}, token: claims = null, list = {}, method: laid = {}, schema = { type: 'object' } } = {}) {
  const [asserting, listing] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ec', { namedCurve: 'P-256' })];
  const didLog = nation.didLog({
    document: (did) => {
      const { verificationMethod, assertionMethod, ...rest } = nation.document(did, { asserting: [asserting] });
      const method = { id: `${did}#l`, type: 'JsonWebKey', controller: did, publicKeyJwk: listing.publicKey.export({ format: 'jwk' }) };
      return { ...rest, verificationMethod: [...verificationMethod, method].map((one) => (/#[al]\d?$/.test(one.id) ? clean({ ...one, ...laid }) : one)), assertionMethod: [...assertionMethod, method.id] };
    },
  });
  const { did, issuer, now } = nation;
  const uri = `${issuer}/status/aaaa/revocation`;
  const token = signJws({ alg: 'ES256', typ: 'vc+jwt', cty: 'vc', kid: `${did}#l` }, {
    '@context': [CONTEXT], id: uri, type: ['VerifiableCredential', 'BitstringStatusListCredential'], issuer: did, validFrom: timeOf(now - 60), validUntil: timeOf(now + 3600),
    credentialSubject: { id: `${uri}#list`, type: 'BitstringStatusList', statusPurpose: 'revocation', encodedList: `u${gzipSync(Buffer.alloc(16_384)).toString('base64url')}` }, ...list,
  }, listing);
  const said = clean({
    '@context': [CONTEXT, `${issuer}/schemas/network-identity-v1.jsonld`], type: ['VerifiableCredential', 'MembershipCredential'], issuer: did, validFrom: timeOf(now - 3600), validUntil: timeOf(now + 86_400),
    credentialSubject: { id: 'did:example:ada', type: 'Membership', charter_version: '1', tier: 'member', member_since: '2026-01' },
    credentialSchema: { id: `${issuer}/schemas/membership.w3c.schema.json`, type: 'JsonSchema' },
    credentialStatus: { type: 'BitstringStatusListEntry', statusPurpose: 'revocation', statusListIndex: '3', statusListCredential: uri }, ...document,
  });
  const options = clean({
    type: 'DataIntegrityProof', cryptosuite: 'eddsa-jcs-2022', created: timeOf(now - 3600), verificationMethod: `${did}#a0`, proofPurpose: 'assertionMethod', '@context': said['@context'], ...proof,
  });
  const data = Buffer.concat([sha256(canonicalize(options)), sha256(canonicalize(said))]);
  const credential = claims ? signJws({ alg: 'ES256', typ: 'vc+jwt', cty: 'vc', kid: `${did}#l` }, { ...said, ...claims }, listing)
    : { ...said, proof: { ...options, proofValue: toBase58(new Uint8Array(sign(null, data, asserting.privateKey))) } };

  const digest = claims ? sha256(sha256(credential.split('.').slice(0, 2).join('.'))) : sha256(data);
  const [issue, published] = [nation.entry('issue', 'c-1', digest.toString('base64url')), nation.entry('publish-list', 'aaaa', `bitstring-revocation 1 ${sha256(token).toString('base64url')}`)];
  nation.entries = [nation.entry('found', nation.place, 'practice'), issue, published];
  return {
    format: 'network-identity-evidence:1', issuer, did, made_at: now, credential, did_log: didLog, type: { schema }, lists: [{ uri, token }], recognitions: [],
    log: { key: nation.vkey, checkpoint: nation.checkpoint(), issue: nation.proof(issue), lists: [nation.proof(published)] },
  };
}

const CONTEXTS = new URL('../../../schemas/contexts/', import.meta.url);
const digest = (hash, text) => createHash(hash).update(text).digest();
const VCT = 'urn:example:guest:1';

/**
 * What is wrong with types, with what is around a thing, and with the times of proofs.
 * @param {import('./forge-evidence.mjs').ForgedHistory} nation
 * @param {(name: string, evidence: object, expected: [string, string | null, string | null], asked?: { on?: number }) => object} one
 */
export function strangeTypes(nation, one) {
  const { now } = nation;
  const [accepted, unknown] = [['accepted', null, null], ['undetermined', 'schema', 'schema_unknown']];
  const changed = (change, evidence = nation.evidence()) => {
    change(evidence);
    return evidence;
  };
  const twice = (at) => ({ allOf: [{ $ref: `#/$defs/d${at}` }, { $ref: `#/$defs/d${at}` }] });
  const doubling = { $defs: { ...Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`d${at}`, twice(at + 1)])), d40: { type: 'object' } }, ...twice(0) };
  const guest = (more) => changed(({ type }) => {
    [type.metadata, type.schema] = [{ ...type.metadata, vct: VCT }, { ...type.schema, properties: { ...type.schema.properties, vct: { const: VCT } }, ...more }];
  }, nation.evidence({ credential: nation.membership({ payload: { vct: VCT } }) }));
  const patterned = (pattern) => ({ properties: { vct: { const: VCT }, node: { pattern } } });
  const known = { id: `${nation.issuer}/schemas/membership.w3c.schema.json`, type: 'JsonSchema' };
  const named = (more) => ({ document: { credentialSchema: { ...known, ...more } } });
  const sri = (hash, text) => `${hash}-${digest(hash, text).toString('base64')}`;
  const multibase = (text) => `u${Buffer.concat([Buffer.of(0x12, 32), digest('sha256', text)]).toString('base64url')}`;
  const resources = [[CONTEXT, 'credentials-v2'], [`${nation.issuer}/schemas/network-identity-v1.jsonld`, 'network-identity-v1.jsonld']].map(([id, file]) => ({ id, digestSRI: sri('sha384', readFileSync(new URL(file, CONTEXTS))) }));
  const document = (options) => evidenceOfDocument(nation, options);
  const [unproven, shapeless, unlisted] = [['refused', 'proof', 'proof_invalid'], ['refused', 'shape', 'shape_invalid'], ['refused', 'status', 'status_list_invalid']];
  const [invalid, violated] = ['type_invalid', 'schema_violated'].map((reason) => ['refused', 'schema', reason]);
  const { metadata, schema } = types()['urn:network-identity:membership:1'];
  const served = w3cOf('membership', metadata, schema).schema;
  return [
    one('a type that is known, whose own schema it violates', changed(({ type }) => { type.schema = { ...type.schema, required: ['passport'] }; }), accepted),
    one('a type that is known, whose own schema would never end', changed(({ type }) => { type.schema = { ...type.schema, ...doubling }; }), accepted),
    one('a type that is not known, by its own word', guest({}), accepted),
    one('a type that is not known, and is violated', guest({ required: ['passport'] }), ['refused', 'schema', 'schema_violated']),
    one('a type that is not known, whose schema would never end', guest(doubling), ['refused', 'schema', 'schema_violated']),
    one('a type that is not known, with a pattern', guest(patterned('^[A-Z][a-z]{0,30}$')), accepted),
    ...['^(a|a)*$', '^a*a*$', 'a*$', '^(a|a)(a|a)(a|a)(a|a)(a|a)$'].map((pattern) => one(`a type that is not known, with the pattern ${pattern}`, guest(patterned(pattern)), unknown)),
    one('a document', document(), accepted),
    one('a document of a type that is not known', document({ document: { type: ['VerifiableCredential'], credentialSubject: { id: 'did:example:ada' }, credentialSchema: undefined } }), unknown),
    one('a document whose schema is not known', document(named({ id: 'https://schemas.example/member.json' })), unknown),
    one('a document that names a schema that is not known beside its own', document({ document: { credentialSchema: [known, { id: 'https://schemas.example/member.json', type: 'JsonSchema' }] } }), unknown),
    one('a document whose schema is another nation\'s', document(named({ id: known.id.replace('forged', 'other') })), unknown),
    one('a document whose schema is of a kind that is not known', document(named({ type: 'JsonSchemaCredential' })), unknown),
    one('a document whose schema is another type\'s', document(named({ id: known.id.replace('membership', 'residency') })), violated),
    one('a document whose schema is of a type that no document is of', document(named({ id: known.id.replace('membership', 'steward') })), unknown),
    one('a document of a type that is known and one that is not', document({ document: { type: ['VerifiableCredential', 'MembershipCredential', 'https://types.example/Guest'] } }), accepted),
    ...[['MembershipCredential', 'ResidencyCredential'], ['ResidencyCredential', 'MembershipCredential']].map((types) =>
      one(`a document of two types that are known, ${types[0]} first`, document({ document: { type: ['VerifiableCredential', ...types] } }), violated)),
    one('a document without what its type makes mandatory', document({ document: { credentialSubject: { id: 'did:example:ada', type: 'Membership', charter_version: '1', tier: 'member' } } }), violated),
    one('a document whose schema has its digest', document({ schema: served, ...named({ digestSRI: sri('sha256', JSON.stringify(served)) }) }), accepted),
    one('a document whose schema has the digest of the file\'s own', document(named({ digestSRI: sri('sha256', '{"type":"object"}') })), invalid),
    one('a document whose schema has another digestMultibase', document(named({ digestMultibase: multibase('another') })), invalid),
    one('a document whose schema has another of the stronger digests', document(named({ digestSRI: `${sri('sha256', '{"type":"object"}')} ${sri('sha384', 'another')}` })), invalid),
    one('a document whose schema has a digest of an unknown hash', document(named({ digestSRI: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' })), invalid),
    one('a document whose proof had expired', document({ proof: { expires: timeOf(now - 60) } }), unproven),
    one('a document whose proof expired later', document({ proof: { expires: timeOf(now - 15) } }), accepted, { on: now - 30 }),
    one('a document whose proof was made later', document({ proof: { created: timeOf(now + 86_000) } }), unproven),
    one('a document whose proof was made by a clock that is ahead', document({ proof: { created: timeOf(now + 60) } }), accepted),
    one('a document as a token', document({ token: { iat: now - 3600 } }), accepted),
    one('a document as a token, signed later', document({ token: { iat: now + 60 } }), unproven),
    one('a document as a token, not signed for then', document({ token: { iat: now - 3600, nbf: now + 60 } }), unproven),
    one('a document as a token, whose signature is over', document({ token: { iat: now - 3600, exp: now } }), unproven),
    one('a document as a token, whose time is none', document({ token: { exp: 'tomorrow' } }), shapeless),
    one('a document by a key that was revoked before', document({ method: { revoked: timeOf(now - 3 * 86_400) } }), unproven),
    one('a document by a key that was over', document({ method: { expires: timeOf(now) } }), unproven),
    one('a document by a key that was revoked later, and is over later', document({ method: { revoked: timeOf(now + 60), expires: timeOf(now + 60) } }), accepted),
    one('a document by a key whose end is no time', document({ method: { revoked: 'yesterday' } }), unproven),
    one('a document by a key that is no Multikey', document({ method: { type: 'Ed25519VerificationKey2020' } }), unproven),
    one('a document by a key whose secret is told', document({ method: { secretKeyMultibase: 'z1' } }), unproven),
    one('a document by a key of another controller', document({ method: { controller: 'did:example:other' } }), unproven),
    one('a document as a token, by a key that was revoked before', document({ token: { iat: now - 3600 }, method: { revoked: timeOf(now - 3 * 86_400) } }), unproven),
    one('a document whose list is by a key that was over when it was signed', document({ method: { expires: timeOf(now - 90) }, proof: { created: timeOf(now - 3600) } }), unlisted, { on: now - 100 }),
    one('a document whose index is a number', document({ document: { credentialStatus: { type: 'BitstringStatusListEntry', statusPurpose: 'revocation', statusListIndex: 3, statusListCredential: `${nation.issuer}/status/aaaa/revocation` } } }), shapeless),
    ...['termsOfUse', 'evidence', 'relatedResource'].map((name) => one(`a document whose ${name} is a text`, document({ document: { [name]: 'x' } }), shapeless)),
    ...['2026-02-30', '2026-13-01'].map((day) => one(`a document from a day that is none, ${day}`, document({ document: { validFrom: `${day}T00:00:00Z` } }), shapeless)),
    ...[['recognitions', {}], ['charter', 'text'], ['charter', { version: 1 }], ['type', 'x'], ['lists', {}], ['log', 'x']].map(([name, value]) =>
      one(`whose ${name} is ${JSON.stringify(value)}`, changed((evidence) => { evidence[name] = value; }), shapeless)),
    ...[['issue', 5], ['lists', [5]]].map(([name, value]) => one(`whose log's ${name} is ${JSON.stringify(value)}`, changed(({ log }) => { log[name] = value; }), shapeless)),
    one('whose recognitions are none, and that was revoked', changed((evidence) => { evidence.recognitions = {}; }, nation.evidence({ credential: nation.membership({ payload: { status: { status_list: { uri: nation.uri, idx: 0 } } } }) })), shapeless),
    one('whose history is no text', changed((evidence) => { evidence.did_log = {}; }), ['refused', 'proof', 'did_log_invalid']),
    one('a document that saw the contexts that are known', document({ document: { relatedResource: resources } }), accepted),
    ...resources.map(({ id }, at) => one(`a document that saw another context at ${id}`, document({ document: { relatedResource: resources.map((each, nth) => (nth === at ? { id, digestSRI: sri('sha384', 'another') } : each)) } }), unproven)),
    one('a document whose list was signed later', document({ list: { iat: now } }), unlisted),
    one('white space behind a list', changed(({ lists }) => { lists[0].token += '\n'; }), unlisted),
    one('white space behind the credential', changed((evidence) => { evidence.credential += '\n'; }), shapeless),
    one('a credential in a wrapping', changed((evidence) => { evidence.credential = { credential: evidence.credential }; }), shapeless),
  ];
}
