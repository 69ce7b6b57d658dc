// The status lists in evidence: what they say, and which of them stood.
import { gunzipSync, inflateSync } from 'node:zlib';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { lack, refuse, timeIn } from './evidence-fault.mjs';
import { certifiedKey, FOR_LISTS, isSigned, verifyByDid } from './evidence-keys.mjs';

const YEAR = 365 * 86_400;
const MEANINGS = ['valid', 'revoked', 'suspended'];

export function readTokenList(token, uri, index, { issuer, stateAt }) {
  const [header, claims] = [decodeProtectedHeader(token), decodeJwt(token)];
  const [from, until] = [timeIn(claims, 'iat'), timeIn(claims, 'exp')];
  if (from === undefined || !(until > from)) refuse('status_list_invalid', 'its time');
  if (claims.ttl !== undefined && !(Number.isInteger(claims.ttl) && claims.ttl > 0 && claims.ttl <= YEAR)) refuse('status_list_invalid', 'ttl');
  const leaf = certifiedKey(header, stateAt(from), { use: FOR_LISTS, issuer, at: from });
  if (!isSigned(token, leaf.publicKey) || header.typ !== 'statuslist+jwt' || claims.sub !== uri) refuse('status_list_invalid');
  const { bits, lst } = claims.status_list;
  const bytes = inflateSync(Buffer.from(lst, 'base64url'));
  if (![1, 2, 4, 8].includes(bits) || index >= (bytes.length * 8) / bits) refuse('status_list_invalid', 'the index');
  const value = (bytes[Math.floor((index * bits) / 8)] >> ((index * bits) % 8)) & ((1 << bits) - 1);
  return { from, until, meaning: MEANINGS[value] ?? 'unknown' };
}

export async function readBitstring(token, entry, { did, stateAt }) {
  const from = Date.parse(decodeJwt(token).validFrom);
  const list = await verifyByDid(token, stateAt(from), did, from);
  const subject = list.credentialSubject;
  if (list.issuer !== did || list.id !== entry.statusListCredential || subject.type !== 'BitstringStatusList' || ![subject.statusPurpose].flat().includes(entry.statusPurpose)) refuse('status_list_invalid');
  const bytes = gunzipSync(Buffer.from(subject.encodedList.slice(1), 'base64url'));
  const index = Number(entry.statusListIndex);
  if (subject.encodedList[0] !== 'u' || index >= bytes.length * 8) refuse('status_list_invalid');
  const isSet = (bytes[index >> 3] & (128 >> (index & 7))) !== 0;
  return { from, until: Date.parse(list.validUntil), meaning: !isSet ? 'valid' : entry.statusPurpose === 'revocation' ? 'revoked' : 'suspended' };
}

export function decideStatus(versions, on) {
  if (versions.some(({ from, meaning }) => from <= on && meaning === 'revoked')) refuse('revoked');
  const standing = versions.filter(({ from, until }) => from <= on && on < until).sort((one, other) => one.from - other.from).at(-1);
  if (!standing) lack('status_not_covered');
  if (standing.meaning === 'suspended') refuse('suspended');
  if (standing.meaning === 'unknown') lack('status_unknown');
}
