// A second verifier of evidence, written from the specifications and from what docs/governments.md says of the file: with didwebvh-ts for the DID's log, Digital Bazaar's for Data Integrity,
// jose and node:crypto for the rest, lib/tlog.mjs for the public log. None of it is this project's own client code.
import { DAY, Fault, isObject, lack, member, refuse, sha256, SKEW } from './evidence-fault.mjs';
import { readCredential } from './evidence-credential.mjs';
import { decideStatus } from './evidence-lists.mjs';
import { checkLog } from './evidence-log.mjs';
import { checkType } from './evidence-type.mjs';
import { resolve } from './webvh.mjs';

export { isQuick, validate } from './evidence-type.mjs';

const LONGEST_BELIEVED = 7 * DAY;

/**
 * Whether what the credential says was true at a moment.
 * @param {object} evidence the file
 * @param {{ on: number, now?: number, pinned?: string }} asked the moment and the time in ms, and the did:webvh that is trusted, without which nothing is accepted
 * @returns {Promise<{ verdict: 'accepted'|'refused'|'undetermined', reason: string|null, all: string[] }>}
 */
export async function checkEvidence(evidence, { on, now = Date.now(), pinned }) {
  const faults = [];
  const look = async (act, orElse) => {
    try {
      return await act();
    } catch (error) {
      faults.push(error instanceof Fault ? error : new Fault('refused', orElse, String(error?.message ?? error)));
      return undefined;
    }
  };
  const decided = () => {
    const fault = faults.find(({ reason }) => reason === 'shape_invalid') ?? faults.find(({ verdict }) => verdict === 'refused') ?? faults[0];
    return { verdict: fault?.verdict ?? 'accepted', reason: fault?.reason ?? null, all: faults.map(({ message }) => message) };
  };

  if (!isObject(evidence) || evidence.format !== 'network-identity-evidence:1') return { verdict: 'refused', reason: 'shape_invalid', all: [] };
  if (evidence.credential === undefined) return { verdict: 'undetermined', reason: 'evidence_incomplete', all: [] };
  const credential = await look(() => readCredential(evidence.credential), 'shape_invalid');
  if (!credential) return decided();
  const { issuer, did } = evidence;
  if (issuer === undefined || did === undefined) return { verdict: 'undetermined', reason: 'evidence_incomplete', all: [] };

  const isOfAddress = await look(() => isDidOf(did, issuer) || refuse('issuer_not_trusted'), 'issuer_not_trusted');
  if (isOfAddress) await look(() => holdPin(did, pinned), 'issuer_not_trusted');
  const versions = await look(() => readHistory(evidence, did), 'did_log_invalid');
  if (!isOfAddress || !versions || faults[0]?.reason === 'issuer_not_trusted') return decided();
  const stateAt = (at) => versions.filter((version) => version.time <= at + DAY).at(-1)?.state;

  let then = on;
  if (credential.from - SKEW > on) { faults.push(new Fault('refused', 'not_yet_valid')); then = credential.from; }
  else if (credential.until <= on) { faults.push(new Fault('refused', 'expired')); then = credential.until - 1000; }

  if (on > now + SKEW) faults.push(new Fault('undetermined', 'status_not_covered'));

  await look(() => checkType(evidence, credential), 'type_invalid');
  const digest = await look(() => credential.prove({ issuer, did, stateAt, then }), 'proof_invalid');

  const lists = (await look(() => member(evidence, 'lists', 'array'), 'shape_invalid')) ?? [];
  const digests = [];
  if (credential.statuses.length === 0) await look(() => refuse('no_status'));
  for (const status of credential.statuses) {
    const read = [];
    for (const { token } of lists.filter(({ uri }) => uri === status.uri)) {
      const version = await look(async () => {
        try {
          if (!/^[\w.-]+$/.test(token)) throw new Error('more than a token');
          return await status.read(token, { issuer, did, stateAt });
        } catch (error) {
          return refuse('status_list_invalid', error.message);
        }
      });
      if (version) { read.push({ ...version, until: Math.min(version.until, version.from + LONGEST_BELIEVED) }); digests.push({ list: sha256(token).toString('base64url'), from: version.from }); }
    }
    await look(() => decideStatus(read, on));
  }

  await look(async () => {
    for (const fault of checkLog(evidence, versions, { digest, signedAt: credential.signedAt || on }, digests)) faults.push(fault);
  }, 'log_proof_invalid');
  await look(() => {
    const charter = member(evidence, 'charter', 'object');
    if (charter && member(charter, 'version', 'string') === undefined) refuse('charter_mismatch');
    if (charter && charter.version !== credential.charterVersion) refuse('charter_mismatch');
  });
  await look(() => member(evidence, 'recognitions', 'array'));
  return decided();
}

/** By its SCID a did:webvh is one log and no other, wherever it lies. */
function holdPin(did, pinned) {
  if (!pinned?.startsWith('did:webvh:')) lack('issuer_not_pinned');
  if (pinned.split(':')[2] !== did.split(':')[2]) refuse('issuer_not_trusted');
}

/** A did:webvh whose place is the issuer's address. */
function isDidOf(did, issuer) {
  const url = new URL(issuer);
  const place = [url.host.replace(':', '%3A'), ...url.pathname.split('/').filter(Boolean)].join(':');
  const [, method, , ...rest] = did.split(':');
  return method === 'webvh' && rest.join(':') === place;
}

async function readHistory(evidence, did) {
  const text = evidence.did_log;
  if (text === undefined) lack('evidence_incomplete', 'the log');
  if (typeof text !== 'string') refuse('did_log_invalid', 'no text');
  const entries = text.split('\n').filter((line, index, lines) => line !== '' || index < lines.length - 1).map((line) => JSON.parse(line));
  if (entries.some(({ parameters }) => parameters.witness?.threshold > 0) && (evidence.did_witness ?? null) === null) lack('evidence_incomplete', 'the witnesses');
  const { meta } = await resolve(entries, evidence.did_witness);
  if (meta.error || meta.versionId !== entries.at(-1).versionId) refuse('did_log_invalid', String(meta.error));
  if (!entries.some(({ state }) => state.id === did)) refuse('did_log_invalid', 'another DID');
  return entries.map(({ versionTime, state }) => ({ time: Date.parse(versionTime), state }));
}
