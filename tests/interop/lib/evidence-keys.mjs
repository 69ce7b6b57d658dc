// The keys in evidence: those that the DID had at a time.
import { verify as verifySignature, X509Certificate } from 'node:crypto';
import jsigs from 'jsonld-signatures';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import * as ecdsa from '@digitalbazaar/ecdsa-jcs-2019-cryptosuite';
import * as eddsa from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import { importJWK, compactVerify, decodeProtectedHeader } from 'jose';
import { refuse, SKEW } from './evidence-fault.mjs';

const ARC = '1.2.840.113556.1.8000.2554.51763.20894.44718.17365.41207.9834521.3407789';
export const [FOR_CREDENTIALS, FOR_LISTS] = [`${ARC}.1`, `${ARC}.2`];

const certificateOf = (method) => method.publicKeyJwk?.x5c && new X509Certificate(Buffer.from(method.publicKeyJwk.x5c[0], 'base64'));

/** The key of a leaf that the DID had then, that a root of its vouches for, for one use and one issuer. */
export function certifiedKey(header, state, { use, issuer, at }) {
  const certificates = (state?.verificationMethod ?? []).map((method) => ({ method, certificate: certificateOf(method) })).filter(({ certificate }) => certificate);
  const raw = header.x5c ? Buffer.from(header.x5c[0], 'base64') : null;
  const leaf = certificates.find(({ method, certificate }) => !certificate.ca && (raw ? certificate.raw.equals(raw) : header.kid && method.id.endsWith(`#${header.kid}`)))?.certificate;
  if (!leaf) refuse('issuer_key_not_trusted', 'the DID does not have the certificate');
  const root = certificates.map(({ certificate }) => certificate).find((one) => one.ca && leaf.checkIssued(one) && leaf.verify(one.publicKey));
  if (!root) refuse('issuer_key_not_trusted', 'no root');
  if (!leaf.keyUsage?.includes(use)) refuse('issuer_key_not_trusted', 'another use');
  if (!leaf.subjectAltName?.split(', ').includes(`URI:${issuer}`)) refuse('issuer_key_not_trusted', 'another issuer');
  for (const one of [leaf, root]) if (at < Date.parse(one.validFrom) || at > Date.parse(one.validTo)) refuse('issuer_key_not_trusted', 'not in its time');
  return leaf;
}

export const isSigned = (jwt, key) => {
  const [header, payload, signature] = jwt.split('.');
  return verifySignature('sha256', Buffer.from(`${header}.${payload}`), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
};

/** The one method of a name that may assert, in the form of its type, and not revoked or over at a time in ms. */
function methodOf(state, url, at) {
  const [method, ...more] = Object.values(state ?? {}).flat().filter((one) => one?.id === url);
  if (!method || more.length > 0 || !state.assertionMethod.some((one) => one === method || one === url)) refuse('proof_invalid', 'no such key, or two');
  if (method.controller !== state.id || [method.expires, method.revoked].some((time) => time !== undefined && !(Date.parse(time) > at))) refuse('proof_invalid', 'another\'s key, or one that is over');
  const [form, other] = method.type === 'Multikey' ? ['publicKeyMultibase', 'publicKeyJwk'] : method.type === 'JsonWebKey' ? ['publicKeyJwk', 'publicKeyMultibase'] : refuse('proof_invalid', method.type);
  if (!(form in method) || other in method || Object.keys(method).some((name) => /^(secret|private)Key/.test(name))) refuse('proof_invalid', 'its form');
  return method;
}

/** Verifies a token of the data model by a key that the DID had to assert, as of a time in ms. */
export async function verifyByDid(token, state, did, at) {
  const header = decodeProtectedHeader(token);
  if (!header.kid?.startsWith(`${did}#`)) refuse('proof_invalid', 'kid');
  const { kty, crv, x, y } = methodOf(state, header.kid, at).publicKeyJwk;
  const payload = JSON.parse(Buffer.from((await compactVerify(token, await importJWK({ kty, crv, x, y }, header.alg))).payload));
  if (payload.exp * 1000 <= at || [payload.iat, payload.nbf].some((time) => time * 1000 >= at + SKEW)) refuse('proof_invalid', 'out of its time');
  return payload;
}

/** Digital Bazaar's verdict, by the DID document of then, at a time in ms. */
export async function verifyProof(document, state, at) {
  const named = methodOf(state, document.proof.verificationMethod, at);
  const context = 'https://www.w3.org/ns/cid/v1';
  const documentLoader = async (url) => {
    if (url === state.id) return { documentUrl: url, document: { ...state, '@context': context } };
    const { expires, revoked, ...method } = named; // it holds them to the clock
    if (method.id !== url) throw new Error(`not to be fetched: ${url}`);
    return { documentUrl: url, document: { '@context': 'https://w3id.org/security/multikey/v1', ...method } };
  };
  const suite = [eddsa, ecdsa].map((one) => new DataIntegrityProof({ cryptosuite: one.createVerifyCryptosuite() }));
  const purpose = new jsigs.purposes.AssertionProofPurpose({ controller: { ...state, '@context': context }, maxTimestampDelta: Infinity });
  const { verified, error } = await jsigs.verify(structuredClone(document), { suite, purpose, documentLoader });
  if (!verified) refuse('proof_invalid', String(error));
}
