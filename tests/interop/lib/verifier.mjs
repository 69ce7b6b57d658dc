// A verifier that this project did not write: it has the credential, the web and the nation's root certificate, and nothing else.
import { X509Certificate, webcrypto as crypto } from 'node:crypto';
import { getListFromStatusListJWT } from '@sd-jwt/jwt-status-list';
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, importJWK, importX509, jwtVerify } from 'jose';
import { hasher, pemOf, sansOf } from './wallet.mjs';

/** The signed JWT of an SD-JWT. */
export const jwtOf = (sdJwt) => sdJwt.split('~')[0];

/** The certificates of an `x5c` up to the root: each issued and signed by the next. Throws at the first that is not. Gives the leaf. */
export function chain(x5c, rootPem) {
  const root = new X509Certificate(rootPem);
  const certificates = x5c.map((der) => new X509Certificate(Buffer.from(der, 'base64')));
  if (certificates.some((certificate) => certificate.fingerprint256 === root.fingerprint256)) throw new Error('x5c holds the anchor');
  [...certificates, root].reduce((child, parent) => {
    if (!child.checkIssued(parent) || !child.verify(parent.publicKey)) throw new Error(`${child.subject} is not signed by ${parent.subject}`);
    if (!parent.ca) throw new Error(`${parent.subject} is no authority`);
    return parent;
  });
  const now = Date.now();
  for (const certificate of certificates) {
    if (now < Date.parse(certificate.validFrom) || now > Date.parse(certificate.validTo)) throw new Error(`${certificate.subject} is not valid now`);
  }
  return certificates[0];
}

/** The names in the leaf's subjectAltName. */
export const namesOf = (leaf) => sansOf(leaf.raw.toString('base64'));

/** The key of a credential by its `x5c` leaf. */
export const keyByCertificate = (jwt) => importX509(pemOf(decodeProtectedHeader(jwt).x5c[0]), 'ES256', { extractable: true });

/** The key of a credential by `/.well-known/jwt-vc-issuer` of its `iss`. */
export async function keyByMetadata(jwt, fetch) {
  const { iss } = decodeJwt(jwt);
  const response = await fetch(`${iss}/.well-known/jwt-vc-issuer`);
  if (!response.ok || !response.headers.get('content-type')?.startsWith('application/json')) throw new Error(`jwt-vc-issuer: ${response.status} ${response.headers.get('content-type')}`);
  const metadata = await response.json();
  if (metadata.issuer !== iss) throw new Error(`jwt-vc-issuer names ${metadata.issuer}`);
  if (Boolean(metadata.jwks) === Boolean(metadata.jwks_uri)) throw new Error('jwt-vc-issuer must hold either jwks or jwks_uri');
  const jwks = metadata.jwks ?? await (await fetch(metadata.jwks_uri)).json();
  return createLocalJWKSet(jwks)(decodeProtectedHeader(jwt));
}

/** Has @sd-jwt verify a credential or presentation with a key: signature, times, disclosures, key binding (with `nonce`) and status. */
export async function verifyCredential(sdJwt, { key, fetch, nonce }) {
  const instance = new SDJwtVcInstance({
    hasher,
    verifier: (data, signature) => verifyWith(key, data, signature),
    kbVerifier: async (data, signature, payload) => verifyWith(await importJWK(payload.cnf.jwk, 'ES256'), data, signature),
    statusVerifier: () => true, // `readStatus` holds the token against the root
    statusListFetcher: async (uri) => (await fetchStatusToken(uri, fetch)).token,
  });
  return instance.verify(sdJwt, { keyBindingNonce: nonce });
}

const verifyWith = (key, data, signature) =>
  crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, Buffer.from(signature, 'base64url'), new TextEncoder().encode(data));

async function fetchStatusToken(uri, fetch) {
  const response = await fetch(uri, { headers: { accept: 'application/statuslist+jwt' } });
  const type = response.headers.get('content-type');
  if (response.status !== 200 || !type?.startsWith('application/statuslist+jwt')) throw new Error(`status list: ${response.status} ${type}`);
  return { token: await response.text(), headers: response.headers };
}

/** The status that a credential's list tells, its token verified up to the root. Gives status, token, header and payload. */
export async function readStatus(sdJwt, { fetch, rootPem }) {
  const { uri, idx } = decodeJwt(jwtOf(sdJwt)).status.status_list;
  const { token } = await fetchStatusToken(uri, fetch);
  const header = decodeProtectedHeader(token);
  const leaf = chain(header.x5c, rootPem);
  const { payload } = await jwtVerify(token, await importX509(leaf.toString(), header.alg), { typ: 'statuslist+jwt', subject: uri });
  return { status: getListFromStatusListJWT(token).getStatus(idx), token, header, payload, leaf };
}
