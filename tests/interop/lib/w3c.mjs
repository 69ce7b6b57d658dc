// An issuer and a verifier of W3C credentials that this project did not write: the proofs are Digital Bazaar's.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import jsigs from 'jsonld-signatures';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as ecdsa from '@digitalbazaar/ecdsa-jcs-2019-cryptosuite';
import * as eddsa from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import { SignJWT } from 'jose';
import { certify } from './certificate.mjs';
import { issuer } from './specimens.mjs';

const { purposes: { AssertionProofPurpose, AuthenticationProofPurpose } } = jsigs;
const [CID, MULTIKEY, VC] = ['https://www.w3.org/ns/cid/v1', 'https://w3id.org/security/multikey/v1', 'https://www.w3.org/ns/credentials/v2'];

export const ISSUER = 'https://issuer.example';
export const DID = 'did:webvh:QmfGEUAcMpzo25kF2Rhn8L5FAXysfGnkzjwdKoNPi615XQ:issuer.example';
export const WEB = 'did:web:issuer.example';
export const CONTEXT = `${ISSUER}/schemas/example-v1.jsonld`;
export const VOCABULARY = 'urn:example:vocab:';
export const BASE_TYPE = 'https://www.w3.org/2018/credentials#VerifiableCredential';

export const CONTEXT_FILE = JSON.stringify({ '@context': { '@protected': true, ex: VOCABULARY, MembershipCredential: { '@id': `${VOCABULARY}MembershipCredential`, '@context': { tier: 'ex:tier' } }, Badge: 'ex:Badge' } });
const KEY = await Ed25519Multikey.generate({ id: `${DID}#key-1`, controller: DID });
export const STRANGER = await Ed25519Multikey.generate({ id: `${DID}#key-1`, controller: DID });

/** The did:web document that stands beside the issuer's log. */
export const didDocument = (changes = {}) => ({
  '@context': [CID], id: WEB, alsoKnownAs: [DID],
  verificationMethod: [{ id: `${WEB}#key-1`, type: 'Multikey', controller: WEB, publicKeyMultibase: KEY.publicKeyMultibase }], assertionMethod: [`${WEB}#key-1`], ...changes,
});

/** The controller of a did:key as their library wants it, and of the issuer. */
const controllerOf = (did) => {
  const multibase = did === DID ? KEY.publicKeyMultibase : did.slice('did:key:'.length);
  const id = did === DID ? KEY.id : `${did}#${multibase}`;
  return { '@context': CID, id: did, verificationMethod: [{ '@context': MULTIKEY, id, type: 'Multikey', controller: did, publicKeyMultibase: multibase }], assertionMethod: [id], authentication: [id] };
};

const documentLoader = async (url) => {
  const controller = controllerOf(url.split('#')[0]);
  return { documentUrl: url, document: url.includes('#') ? controller.verificationMethod[0] : controller };
};

/** Signs as the issuer does. */
export const sign = (document, { key = KEY, purpose = new AssertionProofPurpose() } = {}) =>
  jsigs.sign(document, { suite: new DataIntegrityProof({ signer: key.signer(), cryptosuite: eddsa.createSignCryptosuite() }), purpose, documentLoader });

export const authentication = new AuthenticationProofPurpose({ challenge: 'c', domain: 'd' });

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs as the issuer does, as JWT. */
export async function signJwt(claims, kid = KEY.id) {
  const input = `${encode({ alg: 'EdDSA', typ: 'vc+jwt', kid })}.${encode(claims)}`;
  return `${input}.${Buffer.from(await KEY.signer().sign({ data: Buffer.from(input) })).toString('base64url')}`;
}

/** A membership before it is signed, of the copy with this number. */
export const membershipOf = (holder, copy = 0, changes = {}) => ({
  '@context': [VC, CONTEXT], type: ['VerifiableCredential', 'MembershipCredential'], issuer: { id: DID, name: 'The Example' },
  validFrom: '2026-01-01T00:00:00Z', validUntil: '2999-01-01T00:00:00Z',
  credentialStatus: ['revocation', 'suspension'].map((statusPurpose) => ({ id: `${ISSUER}/status/1/${statusPurpose}#${copy}`, type: 'BitstringStatusListEntry', statusPurpose, statusListIndex: `${9 + copy}`, statusListCredential: `${ISSUER}/status/1/${statusPurpose}` })),
  relatedResource: [{ id: CONTEXT, digestSRI: `sha256-${createHash('sha256').update(CONTEXT_FILE).digest('base64')}` }],
  credentialSubject: { id: holder, type: 'Membership', tier: 'member', member_since: '2026-01-01', display_name: 'Ada' },
  ...changes,
});

/** A list of a purpose, with these indexes set, before it is signed. */
export function listOf(purpose, set = [], changes = {}, size = 131_072) {
  const bytes = Buffer.alloc(size / 8);
  for (const index of set) bytes[index >> 3] |= 128 >> (index & 7);
  const id = `${ISSUER}/status/1/${purpose}`;
  return {
    '@context': [VC], id, type: ['VerifiableCredential', 'BitstringStatusListCredential'], issuer: DID, validFrom: '2026-01-01T00:00:00Z', validUntil: '2999-01-01T00:00:00Z',
    credentialSubject: { id: `${id}#list`, type: 'BitstringStatusList', statusPurpose: purpose, encodedList: `u${gzipSync(bytes).toString('base64url')}` }, ...changes,
  };
}

const METADATA = {
  display: [{ name: 'Membership', locale: 'en' }],
  claims: [['tier', 'Tier'], ['member_since', 'Member since']].map(([name, label]) => ({ path: ['credentialSubject', name], display: [{ name: label, locale: 'en' }] })),
};

/**
 * The issuer of specimens.mjs, which offers its membership in both forms. `document` changes what is signed, told the copy; `signing` how; `did` its DID document,
 * `context` the file of its context, `lists` what its status lists say, `w3c` what it says of the form that it issues.
 */
export function w3cIssuer({ document = () => ({}), signing = {}, did = didDocument(), context = CONTEXT_FILE, lists = {}, w3c = {}, offer = {}, given = (one) => one, ...others } = {}) {
  const PROOFS = { proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'] } } };
  const proven = [];
  const made = issuer({
    offer: { credential_configuration_ids: ['membership', 'membership_ldp_vc'], ...offer },
    metadata: {
      credential_configurations_supported: {
        membership: { format: 'dc+sd-jwt', vct: 'urn:example:membership', cryptographic_binding_methods_supported: ['jwk'], ...PROOFS, credential_metadata: { display: METADATA.display } },
        membership_ldp_vc: {
          format: 'ldp_vc', credential_definition: { '@context': [VC, CONTEXT], type: ['VerifiableCredential', 'MembershipCredential'] },
          cryptographic_binding_methods_supported: ['did:key', 'did:jwk'], credential_signing_alg_values_supported: ['eddsa-jcs-2022'], ...PROOFS, credential_metadata: METADATA, ...w3c,
        },
      },
    },
    more: (pages) => ({
      'GET /.well-known/did.json': () => new Response(JSON.stringify(did), { status: did === null ? 404 : 200 }),
      [`GET ${new URL(CONTEXT).pathname}`]: () => new Response(context),
      ...Object.fromEntries(['revocation', 'suspension'].map((purpose) => [`GET /status/1/${purpose}`, async () => new Response(...[await (lists[purpose] ?? sign(listOf(purpose)).then(JSON.stringify))].flat())])),
      'POST /credential': async (body) => {
        const { credential_configuration_id: id, proofs } = JSON.parse(body);
        if (id !== 'membership_ldp_vc') return pages['POST /credential'](body);
        const credentials = await Promise.all(proofs.jwt.map(async (proof, copy) => {
          const header = JSON.parse(Buffer.from(proof.split('.')[0], 'base64url'));
          proven.push(header);
          const plain = membershipOf(header.kid.split('#')[0], copy);
          return { credential: given(await sign({ ...plain, ...document(plain, copy) }, signing), copy) };
        }));
        return new Response(JSON.stringify({ credentials, notification_id: 'n' }));
      },
    }),
    ...others,
  });
  return { ...made, proven };
}

/** What a verifier finds of a presentation: the holder's proof for this request, the issuer's of the credential, and that one's subject is the other's holder. */
export async function verifyShown(presentation, { challenge, domain }) {
  const suite = [eddsa, ecdsa].map((one) => new DataIntegrityProof({ cryptosuite: one.createVerifyCryptosuite() }));
  const [credential] = presentation.verifiableCredential;
  const holder = presentation.proof.verificationMethod.split('#')[0];
  const check = async (document, purpose) => (await jsigs.verify(structuredClone(document), { suite, purpose, documentLoader })).verified;
  return {
    proof: await check(presentation, new AuthenticationProofPurpose({ controller: controllerOf(holder), challenge, domain, maxTimestampDelta: 300 })),
    issuer: await check(credential, new AssertionProofPurpose({ controller: controllerOf(DID) })),
    holder: credential.credentialSubject.id === holder && presentation.holder === holder,
  };
}

const APP = certify({ dns: ['app.example'] });

/**
 * A verifier at https://app.example that a wallet's page reaches by `fetcher`: it takes W3C credentials, and says which of the checks did not hold. `ask` makes a
 * request, as the query of the wallet's address.
 */
export function verifier() {
  let number = 0;
  return {
    async ask(dcql_query) {
      const nonce = `n-${number += 1}`;
      const claims = {
        client_id: APP.clientId, aud: 'https://self-issued.me/v2', response_type: 'vp_token', response_mode: 'direct_post', response_uri: `https://app.example/response/${nonce}`, nonce,
        exp: Math.floor(Date.now() / 1000) + 600, client_metadata: { client_name: 'The Library', vp_formats_supported: { 'dc+sd-jwt': {}, ldp_vc: { cryptosuite_values: ['ecdsa-jcs-2019', 'eddsa-jcs-2022'] } } }, dcql_query,
      };
      const request = await new SignJWT(claims).setProtectedHeader({ typ: 'oauth-authz-req+jwt', alg: 'ES256', x5c: APP.x5c }).sign(APP.privateKey);
      return `?${new URLSearchParams({ client_id: APP.clientId, request })}`;
    },
    async fetcher(url, { method, body }) {
      if (method !== 'POST') return new Response('', { status: 404 });
      const form = new URLSearchParams(body);
      if (form.has('error')) return new Response('{}');
      const [presentation] = Object.values(JSON.parse(form.get('vp_token'))).flat();
      if (typeof presentation === 'string') return new Response('{}');
      const verdict = await verifyShown(presentation, { challenge: new URL(url).pathname.split('/').at(-1), domain: APP.clientId });
      const wrong = Object.keys(verdict).filter((check) => !verdict[check]);
      return wrong.length === 0 ? new Response('{}') : new Response(JSON.stringify({ error: 'invalid_request', error_description: `does not hold: ${wrong.join(' and ')}` }), { status: 400 });
    },
  };
}
