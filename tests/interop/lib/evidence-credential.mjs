// The credential in evidence: what it says, and how it is proven.
import canonicalize from 'canonicalize';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { isObject, refuse, sha256, SKEW, timeIn } from './evidence-fault.mjs';
import { certifiedKey, FOR_CREDENTIALS, isSigned, verifyByDid, verifyProof } from './evidence-keys.mjs';
import { readBitstring, readTokenList } from './evidence-lists.mjs';
import { holdContexts } from './evidence-type.mjs';

export function readCredential(brought) {
  if (isObject(brought) && brought['@context'] === undefined) refuse('shape_invalid', 'no credential');
  if (isObject(brought)) return readDocument(brought, brought, Math.min(...[brought.proof].flat().map(({ created }) => Date.parse(created))));
  if (typeof brought !== 'string' || !/^[\w-][!-\x7e]*$/.test(brought)) refuse('shape_invalid');
  const text = brought;
  const { typ } = decodeProtectedHeader(text.split('~')[0]);
  if (typ === 'dc+sd-jwt') return readSdJwt(text);
  if (typ !== 'vc+jwt' || text.includes('~')) refuse('shape_invalid', typ);
  const payload = decodeJwt(text);
  for (const name of ['exp', 'nbf']) timeIn(payload, name);
  return readDocument(text, payload, typeof payload.iat === 'number' ? timeIn(payload, 'iat') : NaN);
}

function readSdJwt(text) {
  const [jwt, ...disclosures] = text.split('~');
  if (disclosures.pop() !== '') refuse('shape_invalid', 'a key binding');
  const claims = decodeJwt(jwt);
  const all = disclose(structuredClone(claims), disclosures);
  const { uri, idx } = claims.status?.status_list ?? {};
  const [issuedAt, notBefore, until] = ['iat', 'nbf', 'exp'].map((name) => timeIn(claims, name));
  return {
    format: 'dc+sd-jwt', signedAt: issuedAt, claims: all, type: all.vct, charterVersion: all.charter_version,
    from: Math.max(notBefore ?? 0, issuedAt ?? 0), until,
    statuses: uri === undefined ? [] : [{ uri, read: (token, keys) => readTokenList(token, uri, idx, keys) }],
    prove: ({ issuer, stateAt, then }) => {
      if (claims.iss !== issuer) refuse('issuer_not_trusted');
      const state = stateAt(issuedAt);
      const leaf = certifiedKey(decodeProtectedHeader(jwt), state, { use: FOR_CREDENTIALS, issuer, at: then });
      if (issuedAt < Date.parse(leaf.validFrom)) refuse('issuer_key_retired');
      if (!isSigned(jwt, leaf.publicKey)) refuse('signature_invalid');
      return sha256(jwt.split('.').slice(0, 2).join('.')).toString('base64url');
    },
  };
}

/** The claims with what was disclosed; every disclosure has its one place [RFC 9901 section 7.1]. */
function disclose(claims, disclosures) {
  const left = new Map(disclosures.map((text) => [sha256(text).toString('base64url'), JSON.parse(Buffer.from(text, 'base64url'))]));
  if (left.size !== disclosures.length) refuse('shape_invalid', 'twice');
  const seen = new Set();
  const take = (digest) => {
    if (seen.has(digest)) refuse('shape_invalid', 'a digest twice');
    seen.add(digest);
    const found = left.get(digest);
    left.delete(digest);
    return found;
  };
  const walk = (value) => {
    if (Array.isArray(value)) {
      return value.flatMap((one) => {
        if (!isObject(one) || !('...' in one)) return [walk(one)];
        const found = take(one['...']);
        return found ? [walk(found[1])] : [];
      });
    }
    if (!isObject(value)) return value;
    const { _sd: digests = [], _sd_alg, ...open } = value;
    const plain = Object.fromEntries(Object.entries(open).map(([name, one]) => [name, walk(one)]));
    for (const digest of digests) {
      const found = take(digest);
      if (!found) continue;
      if (found.length !== 3 || ['_sd', '...'].includes(found[1]) || found[1] in plain) refuse('shape_invalid', 'a disclosure');
      plain[found[1]] = walk(found[2]);
    }
    return plain;
  };
  const all = walk(claims);
  if (left.size > 0) refuse('shape_invalid', 'a disclosure that nobody signed');
  return all;
}

function readDocument(secured, document, signedAt) {
  const isToken = typeof secured === 'string';
  if (!isObject(document.credentialSubject) || !Array.isArray(document.type)) refuse('shape_invalid');
  for (const name of ['termsOfUse', 'evidence', 'refreshService', 'credentialStatus', 'relatedResource']) if (name in document && ![document[name]].flat().every(isObject)) refuse('shape_invalid', name);
  if ([document.credentialStatus ?? []].flat().some(({ statusListIndex }) => !/^(0|[1-9]\d*)$/.test(typeof statusListIndex === 'string' ? statusListIndex : ''))) refuse('shape_invalid', 'statusListIndex');
  for (const time of [document.validFrom, document.validUntil]) if (time !== undefined && new Date(`${time.slice(0, 10)}T00:00:00Z`).toJSON()?.slice(0, 10) !== time.slice(0, 10)) refuse('shape_invalid', time);
  const issuerOf = typeof document.issuer === 'string' ? document.issuer : document.issuer?.id;
  return {
    format: isToken ? 'vc+jwt' : 'ldp_vc', signedAt: signedAt || Date.parse(document.validFrom), claims: document, charterVersion: document.credentialSubject.charter_version,
    from: Date.parse(document.validFrom), until: Date.parse(document.validUntil),
    statuses: [document.credentialStatus ?? []].flat().map((entry) => ({ uri: entry.statusListCredential, read: (token, keys) => readBitstring(token, entry, keys) })),
    prove: async ({ issuer, did, stateAt, then }) => {
      if (issuerOf !== did) refuse('issuer_not_trusted');
      const stood = stateAt(signedAt);
      const state = stood ?? stateAt(Infinity);
      if (isToken) {
        await verifyByDid(secured, state, did, then);
        if (!stood) refuse('issuer_key_retired');
        holdContexts(document, issuer);
        return sha256(sha256(secured.split('.').slice(0, 2).join('.'))).toString('base64url');
      }
      if (signedAt > then + SKEW) refuse('proof_invalid', 'it was not signed yet');
      await verifyProof(document, state, then);
      if (document.proof.expires !== undefined && !(Date.parse(document.proof.expires) > then)) refuse('proof_invalid', 'it has expired');
      if (!stood) refuse('issuer_key_retired');
      holdContexts(document, issuer);
      const { proofValue, ...options } = document.proof;
      const { proof, ...unsecured } = document;
      return sha256(sha256(canonicalize(options)), sha256(canonicalize(unsecured))).toString('base64url');
    },
  };
}
