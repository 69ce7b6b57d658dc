// The type of the credential in evidence, and its schema.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import canonicalize from 'canonicalize';
import { ALPHABET, isObject, lack, member, refuse } from './evidence-fault.mjs';

const folder = new URL('../../../schemas/', import.meta.url);
const fileOf = (name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));

/** The types that are known here: the schema by the name of the type. */
const KNOWN = new Map(readdirSync(folder).filter((name) => name.endsWith('.type.json')).map((name) => [fileOf(name).vct, fileOf(name.replace('.type.', '.schema.'))]));

/** What a W3C credential of a type may say, by the type's name: of those types that the nation's context has a name for. Nothing of such a credential is withheld. */
const DOCUMENTS = Object.fromEntries([...KNOWN].map(([vct, { properties: { vct: _, ...properties } }]) => {
  const name = vct.split(':')[2].replace(/^./, (letter) => letter.toUpperCase());
  const mandatory = fileOf(`${name.toLowerCase()}.type.json`).claims.filter(({ path, mandatory: isMandatory }) => isMandatory && path.length === 1).map(({ path: [one] }) => one);
  const subject = { type: 'object', properties: { ...properties, type: { const: name } }, required: ['type', ...mandatory] };
  const [$schema, $id] = ['https://json-schema.org/draft/2020-12/schema', `urn:network-identity:schema:${vct.split(':').slice(2).join(':')}:w3c`];
  return [name, { $schema, $id, title: `${name}, as a W3C credential`, type: 'object', properties: { credentialSubject: subject }, required: ['credentialSubject'] }];
}).filter(([name]) => `${name}Credential` in fileOf('contexts/network-identity-v1.jsonld')['@context']));

export function checkType(evidence, credential) {
  const type = member(evidence, 'type', 'object') ?? {};
  const [metadata, schema] = [member(type, 'metadata', 'object'), member(type, 'schema', 'object')];
  if (!schema || (credential.format === 'dc+sd-jwt' && !metadata)) lack('schema_unknown');
  if (credential.format === 'dc+sd-jwt' && metadata.vct !== credential.type) refuse('type_invalid');
  for (const named of [credential.claims.credentialSchema ?? []].flat()) holdDigests(named, JSON.stringify(schema));

  // A type that is known here is judged by what is known of it alone.
  if (credential.format === 'dc+sd-jwt') {
    if (!KNOWN.has(credential.type) && !patternsOf(schema).every(isQuick)) lack('schema_unknown', 'a pattern');
    validate(credential.claims, KNOWN.get(credential.type) ?? schema, '');
    return;
  }
  const types = [credential.claims.type].flat();
  const known = Object.keys(DOCUMENTS).filter((name) => types.includes(`${name}Credential`));
  if (known.length === 0) lack('schema_unknown', 'the type');
  for (const name of known) validate(credential.claims, DOCUMENTS[name], '');
  for (const named of [credential.claims.credentialSchema ?? []].flat()) {
    const name = Object.keys(DOCUMENTS).find((one) => named.id === `${evidence.issuer}/schemas/${one.toLowerCase()}.w3c.schema.json`);
    if (!name || named.type !== 'JsonSchema') lack('schema_unknown', 'a schema');
    holdDigests(named, JSON.stringify(DOCUMENTS[name]));
    validate(credential.claims, DOCUMENTS[name], '');
  }
}

/** The patterns in a schema that a stranger wrote. */
const patternsOf = (schema) => (schema === null || typeof schema !== 'object' ? [] : Object.entries(schema).flatMap(([name, value]) => (name === 'pattern' && typeof value === 'string' ? [value] : patternsOf(value))));

/** Anchored, no group repeated, and one thing repeated or four alternatives: whatever else may take longer than its text is long. */
export function isQuick(pattern) {
  const bare = pattern.replaceAll(/\\[^]/g, '.').replaceAll(/\[[^\]]*\]/g, '.');
  const [repeats, alternatives] = [bare.match(/[?*+]|\{\d+,\d*\}/g)?.length ?? 0, bare.split('|').length - 1];
  return bare[0] === '^' && !/\)[?*+{]/.test(bare) && (repeats === 0 ? alternatives < 5 : repeats === 1 && alternatives === 0);
}

/** The contexts that are known here are the files that the credential saw. */
export function holdContexts({ relatedResource = [] }, issuer) {
  const files = { 'https://www.w3.org/ns/credentials/v2': 'credentials-v2', 'https://www.w3.org/2018/credentials/v1': 'credentials-v1', [`${issuer}/schemas/network-identity-v1.jsonld`]: 'network-identity-v1.jsonld' };
  for (const named of [relatedResource].flat().filter(({ id }) => files[id])) {
    try {
      holdDigests(named, readFileSync(new URL(`contexts/${files[named.id]}`, folder)));
    } catch (error) {
      refuse('proof_invalid', error.message);
    }
  }
}

/** The strongest hash that is named counts [SRI section 3.3.4]; a multihash is its code, its length and the digest. */
function holdDigests({ digestSRI, digestMultibase }, text) {
  const CODES = { 0x12: 'sha256', 0x13: 'sha512', 0x20: 'sha384' };
  const ofMultibase = (one) => {
    const bytes = one[0] === 'u' ? Buffer.from(one.slice(1), 'base64url') : Buffer.from([...one.slice(1)].reduce((sum, letter) => sum * 58n + BigInt(ALPHABET.indexOf(letter)), 0n).toString(16), 'hex');
    if (bytes[1] !== bytes.length - 2) refuse('type_invalid', 'digestMultibase');
    return [CODES[bytes[0]], bytes.subarray(2).toString('base64')];
  };
  const sets = [[digestSRI ?? []].flat().flatMap((one) => one.split(/\s+/).filter(Boolean).map((each) => each.split('?')[0].split(/-(.*)/))), [digestMultibase ?? []].flat().map(ofMultibase)];
  for (const [said, digests] of [[digestSRI, sets[0]], [digestMultibase, sets[1]]]) {
    if (said === undefined) continue;
    const strongest = ['sha512', 'sha384', 'sha256'].find((hash) => digests.some(([name]) => name === hash)) ?? refuse('type_invalid', 'no hash that is known');
    const found = createHash(strongest).update(text).digest('base64');
    if (!digests.some(([name, digest]) => name === strongest && digest === found)) refuse('type_invalid', 'another schema');
  }
}

/** As much of JSON Schema 2020-12 as the types have; a keyword beyond that is not understood. */
export function validate(value, schema, path) {
  const wrong = (words) => refuse('schema_violated', `${path || 'it'} ${words}`);
  const is = { object: isObject, array: Array.isArray, string: (one) => typeof one === 'string', integer: Number.isInteger, number: (one) => typeof one === 'number', boolean: (one) => typeof one === 'boolean' };
  const rules = {
    type: (type) => is[type](value), const: (one) => canonicalize(value) === canonicalize(one), enum: (some) => some.some((one) => canonicalize(one) === canonicalize(value)),
    required: (names) => !isObject(value) || names.every((name) => name in value),
    properties: (all) => !isObject(value) || Object.entries(all).forEach(([name, inner]) => name in value && validate(value[name], inner, `${path}/${name}`)) === undefined,
    items: (inner) => !Array.isArray(value) || value.forEach((one, index) => validate(one, inner, `${path}/${index}`)) === undefined,
    minLength: (most) => typeof value !== 'string' || [...value].length >= most, maxLength: (most) => typeof value !== 'string' || [...value].length <= most,
    minimum: (least) => typeof value !== 'number' || value >= least, maximum: (most) => typeof value !== 'number' || value <= most,
    minItems: (least) => !Array.isArray(value) || value.length >= least, maxItems: (most) => !Array.isArray(value) || value.length <= most,
    uniqueItems: () => !Array.isArray(value) || new Set(value.map(canonicalize)).size === value.length, pattern: (text) => typeof value !== 'string' || new RegExp(text, 'u').test(value),
    format: () => true, $schema: () => true, $id: () => true, title: () => true, description: () => true, default: () => true,
  };
  for (const [keyword, rule] of Object.entries(schema)) if (!(rules[keyword] ?? wrong(`: ${keyword} is not known`))(rule)) wrong(`is not what ${keyword} says`);
}
