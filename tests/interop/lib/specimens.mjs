// Credentials and an issuer of the tests' own making, for what the server can't be made to say.
import { createHash, randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import { certify } from './certificate.mjs';
import { newKey, Wire } from './core.mjs';

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const digestOf = (text) => createHash('sha256').update(text).digest('base64url');

/** A disclosure and its digest: of a claim by name and value, of an array's element by value alone. */
export function disclose(...content) {
  const text = encode([randomBytes(16).toString('base64url'), ...content]);
  return { text, digest: digestOf(text) };
}

/** Who certified the issuers here. */
export const AUTHORITY = certify({ subject: 'Authority', ca: true });

/**
 * A credential as the wallet keeps it. `hidden`: top-level claims that are disclosed selectively; `payload` and `disclosures`: the rest, as it is
 * signed, and what belongs to it.
 */
export async function held({ id = 'c', vct = 'urn:example:membership', name = 'Membership', hidden = {}, payload = {}, disclosures = [], issuer = certify({ by: AUTHORITY }) } = {}) {
  const top = Object.entries(hidden).map(([claim, value]) => disclose(claim, value));
  const claims = { iss: 'https://issuer.example', vct, _sd: top.map(({ digest }) => digest), ...payload };
  const jwt = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'dc+sd-jwt', x5c: issuer.x5c }).sign(issuer.privateKey);
  const sdJwt = `${[jwt, ...[...top, ...disclosures].map(({ text }) => text)].join('~')}~`;
  return { id, issuer: claims.iss, vct, name, labels: {}, claims, copies: [{ sdJwt, keys: await newKey(), shownAt: null }], status: null };
}

/** A request that asks this query and nothing else matters of. */
export const asking = (query) => ({ query });

/**
 * An issuer at https://issuer.example that a wallet reaches by `wire`. Its parts can be changed: `metadata` and `server` what it says of itself,
 * `offer` and `grant` what it offers, `payload`, `header` and `key` what it signs (of the proof's key and its own), `hidden` what it lets the
 * holder hide, both told which copy it is, `answer` what it sends for a credential, `more` its other pages, told those that are here.
 */
export function issuer({ metadata = {}, server = {}, offer = {}, grant = {}, configuration = {}, payload = () => ({}), hidden = () => ({ tier: 'member' }), header = {}, key, certificate, answer = (given) => given, token = {}, more = () => ({}) } = {}) {
  const url = 'https://issuer.example';
  const leaf = certificate ?? certify({ uris: [url], by: AUTHORITY });
  const seen = [];
  const json = (value, status = 200) => new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } });
  const pages = {
    'GET /.well-known/openid-credential-issuer': () => json({
      credential_issuer: url, credential_endpoint: `${url}/credential`, nonce_endpoint: `${url}/nonce`, notification_endpoint: `${url}/notification`,
      batch_credential_issuance: { batch_size: 3 },
      credential_configurations_supported: {
        membership: {
          format: 'dc+sd-jwt', vct: 'urn:example:membership', cryptographic_binding_methods_supported: ['jwk'],
          proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'] } },
          credential_metadata: { display: [{ name: 'Mitgliedschaft', locale: 'de' }, { name: 'Membership', locale: 'en' }] },
          ...configuration,
        },
      },
      ...metadata,
    }),
    'GET /.well-known/oauth-authorization-server': () => json({ issuer: url, token_endpoint: `${url}/token`, ...server }),
    'POST /token': () => json({ access_token: 'T', token_type: 'Bearer', ...token }),
    'POST /nonce': () => json({ c_nonce: randomBytes(8).toString('hex') }),
    'POST /notification': () => new Response(null, { status: 204 }),
    'POST /credential': async (body) => {
      const { proofs } = JSON.parse(body);
      const credentials = await Promise.all(proofs.jwt.map(async (proof, copy) => {
        const { jwk } = JSON.parse(Buffer.from(proof.split('.')[0], 'base64url'));
        const told = Object.entries(hidden(copy)).map((claim) => disclose(...claim));
        const claims = { iss: url, vct: 'urn:example:membership', iat: 1, exp: Math.floor(Date.now() / 1000) + 3600, cnf: { jwk }, _sd: told.map(({ digest }) => digest) };
        const jwt = await new SignJWT({ ...claims, ...payload(claims, copy) }).setProtectedHeader({ alg: 'ES256', typ: 'dc+sd-jwt', x5c: leaf.x5c, ...header }).sign(key ?? leaf.privateKey);
        return { credential: `${[jwt, ...told.map(({ text }) => text)].join('~')}~` };
      }));
      const given = answer({ credentials, notification_id: 'n' });
      return json(given, given.error ? 400 : 200);
    },
  };
  Object.assign(pages, more({ ...pages }));
  const fetcher = async (at, init) => {
    const { origin, pathname } = new URL(at);
    seen.push(`${init.method} ${pathname}`);
    return origin === url ? pages[`${init.method} ${pathname}`]?.(init.body) ?? new Response('', { status: 404 }) : new Response('', { status: 404 });
  };
  const offered = {
    credential_issuer: url, credential_configuration_ids: ['membership'],
    grants: { 'urn:ietf:params:oauth:grant-type:pre-authorized_code': { 'pre-authorized_code': 'C', ...grant } }, ...offer,
  };
  return { wire: new Wire(fetcher), fetcher, seen, link: `openid-credential-offer://?credential_offer=${encodeURIComponent(JSON.stringify(offered))}` };
}
