// A second verifier at a door, written from decisions 0051 to 0053 and docs/stewards.md: didwebvh-ts for the DID's log, jose and node:crypto for signatures and certificates, @sd-jwt for what is
// disclosed and for status lists, lib/tlog.mjs for the checkpoint. None of it is this project's own client code.
import { createHash, verify as verifySignature, X509Certificate } from 'node:crypto';
import { getListFromStatusListJWT } from '@sd-jwt/jwt-status-list';
import { SDJwt } from '@sd-jwt/core';
import { base64url, decodeJwt, decodeProtectedHeader, importJWK, compactVerify } from 'jose';
import { openCheckpoint, parseKey } from './tlog.mjs';
import { validate } from './evidence.mjs';
import { resolve } from './webvh.mjs';

const SECOND = 1000, MINUTE = 60 * SECOND, DAY = 86_400 * SECOND;
const ARC = '1.2.840.113556.1.8000.2554.51763.20894.44718.17365.41207.9834521.3407789';
const [FOR_CREDENTIALS, FOR_LISTS, FOR_STATEMENTS] = [1, 2, 4].map((use) => `${ARC}.${use}`);
const CARD = 'urn:network-identity:card:1';

/** What is wrong with a bundle: it is not taken, whatever is shown. */
export class BadBundle extends Error {
  constructor(code, words) { super(`${code}: ${words}`); this.code = code; }
}

/** What a credential comes to that is not accepted, in the words of docs/errors.md#verdicts. */
class Fault extends Error {
  constructor(outcome, reason, words = reason) { super(words); Object.assign(this, { outcome, reason }); }
}
const refuse = (reason, words) => { throw new Fault('refused', reason, words); };
const hasher = (data, algorithm = 'sha-256') => new Uint8Array(createHash(algorithm.replace('sha-', 'sha')).update(typeof data === 'string' ? data : Buffer.from(data)).digest());
const digest = (text) => base64url.encode(hasher(text));
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const der = (text) => new X509Certificate(Buffer.from(text, 'base64'));

// ---- the bundle ----

/**
 * Reads a bundle for who knows the nation.
 * @param {string} text
 * @param {{ pinned: { did: string, log: string | null } | null, at: number }} beside the DID, and its log as it was read before; the time in ms
 * @returns {Promise<{ claims: object, state: object }>} what it says, and the DID's document
 * @throws {BadBundle}
 */
export async function readTrustBundle(text, { pinned, at }) {
  const guard = async (code, act) => {
    try {
      return await act();
    } catch (error) {
      throw error instanceof BadBundle ? error : new BadBundle(code, String(error?.message ?? error));
    }
  };
  const need = (condition, words) => { if (!condition) throw new Error(words); };

  const { header, claims } = await guard('bundle_malformed', () => {
    need(text.length <= 1_000_000, 'too long');
    const read = { header: decodeProtectedHeader(text), claims: decodeJwt(text) };
    const { iss, iat, exp, limit_hours: hours, when_old: old, nation, roots, issuers, types, nodes, lists, checkpoint, log_key: key } = read.claims;
    need(typeof iss === 'string' && Number.isInteger(iat) && Number.isInteger(hours) && hours > 0 && hours <= 168 && exp === iat + hours * 3600, 'its time');
    need(['refuse', 'ask'].includes(old) && isObject(nation) && typeof nation.name === 'string', 'when_old or nation');
    need([roots, issuers, nodes, lists].every(Array.isArray) && roots.length > 0 && isObject(types), 'a member that is none');
    need(new Set(issuers.map(({ issuer }) => issuer)).size === issuers.length, 'an issuer twice');
    need(new Set(lists.map(({ uri }) => uri)).size === lists.length, 'a list twice');
    const certificates = [...roots, ...issuers.flatMap(({ roots: ofIt, leaves = [] }) => [...ofIt, ...leaves])];
    need(certificates.every((one) => /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(one) && one !== ''), 'a certificate that is none');
    need(Object.values(types).every(({ metadata, schema }) => isObject(metadata) && isObject(schema)), 'a type');
    need((checkpoint === undefined) === (key === undefined), 'a checkpoint without its key');
    return read;
  });

  const entries = await guard('bundle_did_log', async () => {
    const lines = claims.did_log.split('\n').filter(Boolean).map((line) => JSON.parse(line));
    const { meta } = await resolve(lines, claims.did_witness);
    need(!meta.error && meta.versionId === lines.at(-1).versionId && !meta.deactivated, meta.error ?? 'it was ended');
    need(lines.every(({ versionTime }) => Date.parse(versionTime) <= at + MINUTE), 'an entry of a time to come');
    need(lines.at(-1).state.id === claims.nation.did, 'another DID');
    return lines;
  });
  const { state } = entries.at(-1);
  if (pinned !== null) {
    if (!entries.some((entry) => entry.state.id === pinned.did)) throw new BadBundle('bundle_other_nation', claims.nation.did);
    const before = (pinned.log ?? '').split('\n').filter(Boolean).map((line) => JSON.parse(line).versionId);
    if (before.some((versionId, index) => entries[index]?.versionId !== versionId)) throw new BadBundle('bundle_log_forked', 'it does not go on from what was read before');
  }

  await guard('bundle_untrusted', () => {
    const published = publishedIn(state);
    const roots = claims.roots.map(der);
    need(roots.every((root) => root.ca && published.some((one) => one.ca && one.raw.equals(root.raw))), 'a root that the DID does not have');
    need([state.alsoKnownAs].flat().includes(claims.iss), 'the DID has another address');
    need(header.typ === 'trust-bundle+jwt' && claims.iat * SECOND <= at + 5 * MINUTE, 'its typ, or signed in the future');
    const leaf = keyBy(header, { roots, use: FOR_STATEMENTS, issuer: claims.iss, at });
    need(published.some(({ raw }) => raw.equals(leaf.raw)), 'the DID has its key no more');
    need(isSigned(text, leaf.publicKey), 'its signature');
  });

  if (claims.checkpoint !== undefined) {
    await guard('bundle_log_key', () => {
      const { name, key } = parseKey(claims.log_key);
      const { x } = key.export({ format: 'jwk' });
      const asserts = [state.assertionMethod ?? []].flat();
      const isTheirs = methodsOf(state).some(({ id, publicKeyMultibase: multikey }) => multikey && !asserts.includes(id) && rawOf(multikey).equals(Buffer.concat([Buffer.of(0xed, 0x01), Buffer.from(x, 'base64url')])));
      need(isTheirs, 'the log\'s key is not in the DID');
      openCheckpoint(claims.checkpoint, claims.log_key, name);
    });
  }
  return { claims, state };
}

const methodsOf = (state) => [state.verificationMethod ?? []].flat();
const publishedIn = (state) => methodsOf(state).map(({ publicKeyJwk }) => publicKeyJwk?.x5c && der(publicKeyJwk.x5c[0])).filter(Boolean);

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
/** The bytes of a multikey, which is base58 behind a z. */
function rawOf(multikey) {
  const number = [...multikey.slice(1)].reduce((sum, letter) => sum * 58n + BigInt(ALPHABET.indexOf(letter)), 0n);
  const hex = number.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
}

// ---- keys ----

/** The certificate of a header's key: by one of the roots, for one use and one issuer, all of it in its time. Throws where it is not. */
function keyBy({ alg, x5c }, { roots, use, issuer, at }) {
  if (alg !== 'ES256') throw new Error(`alg ${alg}`);
  const [leaf, ...between] = x5c.map(der);
  const isInTime = (one) => at >= Date.parse(one.validFrom) && at <= Date.parse(one.validTo);
  let last = leaf;
  const isAbove = (one) => one.ca && isInTime(one) && last.checkIssued(one) && last.verify(one.publicKey);
  for (;;) {
    if (!isInTime(last)) throw new Error(`${last.subject} is not in its time`);
    if (roots.some((root) => root.subject === root.issuer && isAbove(root))) break;
    const next = between.findIndex(isAbove);
    if (next < 0) throw new Error('it leads to no root');
    [last] = between.splice(next, 1);
  }
  if (!leaf.keyUsage?.includes(use)) throw new Error('for another use');
  if (!leaf.subjectAltName?.split(', ').includes(`URI:${issuer}`)) throw new Error('for another issuer');
  return leaf;
}

function isSigned(jwt, key) {
  const [header, payload, signature] = jwt.split('.');
  return verifySignature('sha256', Buffer.from(`${header}.${payload}`), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
}

// ---- a credential ----

/**
 * Checks what was shown by what the bundle knows, in the steps of docs/errors.md#verdicts.
 * @param {{ claims: object, state: object }} bundle
 * @param {string} presentation an SD-JWT VC, with the holder's proof or without
 * @param {{ challenge: { nonce: string, audience: string } | null, at: number }} asked
 * @returns {Promise<{ outcome: 'accepted' | 'refused' | 'undetermined', reason: string | null, words: string, claims: object | null, isClock: boolean, digest: string | null }>} `isClock`: the
 *   holder's proof is right but for its time
 */
export async function checkPresentation({ claims: bundle, state }, presentation, { challenge, at }) {
  const facts = { claims: null, digest: null, isClock: false };
  try {
    await examine(bundle, publishedIn(state), presentation, { challenge, at, facts });
    return { outcome: 'accepted', reason: null, words: '', ...facts };
  } catch (error) {
    if (error instanceof Fault) return { outcome: error.outcome, reason: error.reason, words: error.message, ...facts };
    throw error;
  }
}

async function examine(bundle, published, presentation, { challenge, at, facts }) {
  const attempt = async (reason, act) => {
    try {
      return await act();
    } catch (error) {
      throw error instanceof Fault || error.verdict ? new Fault(error.outcome ?? error.verdict, error.reason, error.message) : new Fault('refused', reason, String(error?.message ?? error));
    }
  };
  const need = (condition, words) => { if (!condition) throw new Error(words); };
  const isTime = (value) => value === undefined || (typeof value === 'number' && value >= 0);

  const jwt = presentation.split('~')[0];
  const { header, issued, claims } = await attempt('shape_invalid', async () => {
    const read = { header: decodeProtectedHeader(jwt), issued: decodeJwt(jwt) };
    need(read.header.typ === 'dc+sd-jwt' && !('crit' in read.header) && !('b64' in read.header), 'its header');
    read.claims = await disclosed(presentation);
    const { vct, cnf, status, ...rest } = read.claims;
    need(typeof vct === 'string' && [rest.iat, rest.nbf, rest.exp].every(isTime), 'its type or its times');
    need(cnf === undefined || (isObject(cnf.jwk) && !('d' in cnf.jwk)), 'its holder');
    need(status === undefined || (isObject(status.status_list) && Number.isInteger(status.status_list.idx) && status.status_list.idx >= 0), 'its status');
    for (const name of ['iss', 'nbf', 'exp', 'cnf', 'vct', 'status']) need((name in read.claims) === (name in read.issued), `${name} is hidden`);
    return read;
  });

  const type = Object.hasOwn(bundle.types, claims.vct) ? bundle.types[claims.vct] : refuse('unknown_type');
  await attempt('type_invalid', () => {
    need(type.metadata.vct === claims.vct, 'the type of another');
    for (const { path: [name, ...deeper], sd } of type.metadata.claims ?? []) {
      if (deeper.length > 0 || !(name in claims)) continue;
      need(sd !== 'never' || name in issued, `${name} is hidden`);
      need(sd !== 'always' || !(name in issued), `${name} is open`);
    }
    validate(claims, type.schema, '');
  });

  const trusted = bundle.issuers.find(({ issuer }) => issuer === claims.iss);
  if (!trusted?.types.includes(claims.vct)) refuse('issuer_not_trusted');
  if (typeof trusted.recognition?.until === 'number' && trusted.recognition.until * SECOND <= at) refuse('issuer_not_trusted', 'its recognition is over');
  const isOwn = claims.iss === bundle.iss;
  const roots = (isOwn ? bundle.roots : trusted.roots).map(der);
  const leaves = isOwn ? published : trusted.leaves?.map(der);
  if (roots.length === 0) throw new Fault('undetermined', 'not_understood', 'who it is is not known');

  const leaf = await attempt('issuer_key_not_trusted', () => {
    if (header.alg !== 'ES256') refuse('signature_invalid', header.alg);
    const found = keyBy(header, { roots, use: FOR_CREDENTIALS, issuer: claims.iss, at });
    need(!leaves || leaves.some(({ raw }) => raw.equals(found.raw)), 'its DID does not have that key');
    return found;
  });
  if (!(claims.iat * SECOND >= Date.parse(leaf.validFrom) && claims.iat * SECOND <= Date.parse(leaf.validTo))) refuse('issuer_key_retired');
  if (!isSigned(jwt, leaf.publicKey)) refuse('signature_invalid');
  Object.assign(facts, { claims, digest: digest(jwt.slice(0, jwt.lastIndexOf('.'))) });

  if (Math.max(claims.iat, claims.nbf ?? 0) * SECOND > at + MINUTE) refuse('not_yet_valid');
  if (claims.exp === undefined || Math.trunc(claims.exp) * SECOND <= at) refuse('expired');

  const isBound = !presentation.endsWith('~');
  if (challenge !== null || isBound) {
    if (claims.cnf === undefined) refuse('no_holder_key');
    await attempt('holder_invalid', async () => {
      need(isBound, 'there is no proof of the holder');
      const shown = presentation.slice(0, presentation.lastIndexOf('~') + 1);
      const kb = presentation.slice(shown.length);
      const { payload, protectedHeader } = await compactVerify(kb, await importJWK(claims.cnf.jwk, decodeProtectedHeader(kb).alg), { algorithms: ['ES256', 'EdDSA', 'Ed25519'] });
      const said = JSON.parse(Buffer.from(payload));
      need(protectedHeader.typ === 'kb+jwt' && said.sd_hash === digest(shown) && typeof said.iat === 'number', 'the proof is of something else');
      need(typeof said.nonce === 'string' && typeof said.aud === 'string', 'it answers nobody');
      if (challenge !== null) need(said.nonce === challenge.nonce && said.aud === challenge.audience, 'it answers another');
      facts.isClock = true;
      need(said.iat * SECOND <= at + MINUTE && (challenge === null || said.iat * SECOND >= at - 11 * MINUTE), 'it is of another time');
      facts.isClock = false;
    });
  }

  if (claims.status === undefined) refuse('no_status');
  const { uri, idx } = claims.status.status_list;
  let value;
  try {
    value = statusOf(bundle, claims.iss, { roots, leaves, uri, idx, at: bundle.iat * SECOND });
  } catch (error) {
    throw new Fault('undetermined', 'status_unknown', error.message);
  }
  if (value === 1) refuse('revoked');
  if (value === 2) refuse('suspended');
  if (value !== 0) throw new Fault('undetermined', 'status_unknown', `a status of ${value}`);
}

/** What is said with what is disclosed, by the library; what must not be there [RFC 9901 section 7.1], it does not look for. */
async function disclosed(presentation) {
  const [jwt, ...disclosures] = presentation.split('~').slice(0, -1);
  const hidden = [];
  const read = (text) => JSON.parse(Buffer.from(text, 'base64url'), (name, value) => {
    if (name === '_sd' || name === '...') hidden.push(...[value].flat());
    return value;
  });
  const [open, ...told] = [decodeText(jwt), ...disclosures].map(read);
  if ((open._sd_alg ?? 'sha-256') !== 'sha-256') throw new Error('its digests are of another kind');
  if (new Set(hidden).size !== hidden.length) throw new Error('a digest stands twice');
  if (!disclosures.every((text) => hidden.includes(digest(text))) || new Set(disclosures).size !== disclosures.length) throw new Error('a disclosure that nobody signed, or twice');
  if (told.some((parts) => parts.length === 3 && ['_sd', '...', ...Object.keys(open)].includes(parts[1]))) throw new Error('a disclosure of what is no disclosure\'s to say');
  return (await SDJwt.fromEncode([jwt, ...disclosures, ''].join('~'), hasher)).getClaims(hasher);
}

const decodeText = (jwt) => jwt.split('.')[1];

/** The status at an index, by the list as it stood when the bundle was signed: how old it may be, the bundle's limit says. */
function statusOf(bundle, issuer, { roots, leaves, uri, idx, at }) {
  const token = bundle.lists.find((list) => list.uri === uri)?.token;
  if (token === undefined) throw new Error('the list is not in the bundle');
  const [header, claims] = [decodeProtectedHeader(token), decodeJwt(token)];
  if (header.typ !== 'statuslist+jwt' || claims.sub !== uri) throw new Error('it is not that list');
  const leaf = keyBy(header, { roots, use: FOR_LISTS, issuer, at });
  if (leaves && !leaves.some(({ raw }) => raw.equals(leaf.raw))) throw new Error('the DID does not have its key');
  if (!isSigned(token, leaf.publicKey)) throw new Error('another signed it');
  const ends = Math.min(claims.exp ?? Infinity, claims.iat + 7 * DAY / SECOND) * SECOND;
  if (!(claims.iat * SECOND <= at + MINUTE && ends > at)) throw new Error('it is not in its time');
  if (!opened.has(token)) opened.set(token, getListFromStatusListJWT(token));
  return opened.get(token).getStatus(idx);
}

/** Lists are long, and asked for many times. */
const opened = new Map();

// ---- the door ----

/** What a refused credential is called at a door. */
const AT_THE_DOOR = {
  unknown_type: 'wrong_type', no_holder_key: 'wrong_type', issuer_not_trusted: 'other_issuer', issuer_key_not_trusted: 'other_issuer', issuer_key_retired: 'other_issuer',
  not_yet_valid: 'not_yet_valid', expired: 'expired', revoked: 'revoked', suspended: 'suspended',
};

/**
 * What a door says: Admit, Ask or Refuse, and why.
 * @param {string} text the bundle
 * @param {string} presentation what was shown, in answer to the request
 * @param {{ pinned: { did: string, log: string | null } | null, at: number, request: { nonce: string, clientId: string, node: string, askedAt: number }, spent?: string[], here?: string[] }} asked the DID
 *   that is trusted; the time; what was asked; the nonces that were answered, and the credentials that were let in, by their digests
 * @returns {Promise<{ light: 'admit' | 'ask' | 'refuse', reason: string, digest: string | null }>}
 */
export async function atTheDoor(text, presentation, { pinned, at, request, spent = [], here = [] }) {
  let bundle;
  try {
    bundle = await readTrustBundle(text, { pinned, at });
  } catch (error) {
    if (!(error instanceof BadBundle)) throw error;
    return { light: 'refuse', reason: error.code, digest: null };
  }
  const say = (light, reason, let_in = null) => ({ light, reason, digest: let_in });
  const { claims } = bundle;
  const isOver = at > claims.exp * SECOND;
  if (isOver && claims.when_old === 'refuse') return say('refuse', 'bundle_old');

  // Of all that may be wrong with an answer, first whether it is one to this question.
  const shown = presentation.slice(0, presentation.lastIndexOf('~') + 1);
  const proof = presentation.length > shown.length ? decodeJwt(presentation.slice(shown.length)) : null;
  if (spent.includes(proof?.nonce ?? request.nonce)) return say('refuse', 'replayed');
  if (proof && (proof.nonce !== request.nonce || proof.aud !== request.clientId)) return say('refuse', at - request.askedAt > 2 * MINUTE && proof.nonce === request.nonce ? 'too_late' : 'not_asked');
  if (at - request.askedAt > 2 * MINUTE) return say('refuse', 'too_late');
  if (proof && proof.sd_hash !== digest(shown)) return say('refuse', 'changed');

  const challenge = proof && { nonce: request.nonce, audience: request.clientId };
  let verdict = await checkPresentation(bundle, presentation, { challenge, at });
  if (verdict.reason === 'holder_invalid') {
    if (!verdict.isClock) return say('refuse', 'cloned');
    verdict = await checkPresentation(bundle, presentation, { challenge, at: proof.iat * SECOND });
    if (verdict.outcome !== 'refused') return say('ask', 'clock');
  }
  if (verdict.outcome === 'refused') return verdict.reason === 'no_status' ? say('ask', 'unknown') : say('refuse', AT_THE_DOOR[verdict.reason] ?? 'changed');
  if (verdict.outcome === 'undetermined') return say('ask', 'unknown');

  const policy = claims.nodes.find(({ name }) => name === request.node)?.policy;
  if (!policy) return say('ask', 'no_policy');
  const { iss, vct, node } = verdict.claims;
  if (!(vct === CARD && !proof) && !vct.startsWith(`urn:network-identity:${policy.asks}:`)) return say('refuse', 'wrong_type');
  const isNodeAsked = policy.asks === 'residency' || policy.other_nodes !== 'admit';
  if (iss === claims.iss && isNodeAsked && policy.other_nodes !== 'admit' && node !== request.node) {
    if (node !== undefined) return say(policy.other_nodes, 'other_node');
    if (proof) return say('refuse', 'wrong_answer');
  }
  if (!proof) return say('ask', 'copy');
  if (here.includes(verdict.digest)) return say('ask', 'already_here');
  if (iss !== claims.iss) return say('ask', 'other_nation');
  return isOver ? say('ask', 'bundle_old') : say('admit', 'admitted', verdict.digest);
}
