// A nation of the tests' own making: whatever it signs is well signed, however wrong it is.
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { certify } from './certificate.mjs';

const ARC = '1.2.840.113556.1.8000.2554.51763.20894.44718.17365.41207.9834521.3407789';
export const PURPOSES = { credential: `${ARC}.1`, list: `${ARC}.2`, request: `${ARC}.3`, statement: `${ARC}.4` };

const base64url = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const schemas = new URL('../../../schemas/', import.meta.url);
const schemaFile = (name) => JSON.parse(readFileSync(new URL(name, schemas), 'utf8'));

/** A compact JWS, ES256. */
export function signJws(header, claims, { privateKey }) {
  const input = `${base64url(header)}.${base64url(claims)}`;
  return `${input}.${sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

/** A disclosure and its digest. */
export function disclose(...parts) {
  const text = base64url(['c2FsdA', ...parts]);
  return { text, digest: createHash('sha256').update(text).digest('base64url') };
}

/** What the types say, by `vct`. */
export const types = () => Object.fromEntries(readdirSync(schemas).filter((file) => file.endsWith('.type.json')).map((file) => file.split('.')[0]).map((name) => {
  const metadata = schemaFile(`${name}.type.json`);
  return [metadata.vct, { name, metadata, schema: schemaFile(`${name}.schema.json`) }];
}));

/** A nation with its root, its keys, a holder, and what it would sign. */
export class Forged {
  constructor(issuer) {
    this.issuer = issuer;
    this.uri = `${issuer}/status/aaaa`;
    this.root = certify({ subject: 'Root', ca: true, notBefore: new Date(Date.now() - 400 * 86_400_000), notAfter: new Date(Date.now() + 4000 * 86_400_000) });
    this.credential = this.leaf({ purposes: [PURPOSES.credential] });
    this.list = this.leaf({ purposes: [PURPOSES.list] });
    this.holder = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.now = Math.floor(Date.now() / 1000);
  }

  /** A leaf by its root. */
  leaf(options) {
    return certify({ uris: [this.issuer], by: this.root, ...options });
  }

  /** A membership as it should be; `payload` and `header` are laid over it, where undefined takes away. */
  membership({ payload = {}, header = {}, by = this.credential, disclosures = this.disclosures(), kb } = {}) {
    const claims = {
      iss: this.issuer, vct: 'urn:network-identity:membership:1', iat: this.now - 3600, nbf: this.now - 3600, exp: this.now + 86_400, charter_version: '1',
      cnf: { jwk: this.holder.publicKey.export({ format: 'jwk' }) }, status: { status_list: { uri: this.uri, idx: 3 } }, _sd_alg: 'sha-256', _sd: disclosures.map(({ digest }) => digest), ...payload,
    };
    const head = { alg: 'ES256', typ: 'dc+sd-jwt', x5c: by.x5c, ...header };
    const text = [signJws(head, claims, by), ...disclosures.map(({ text: one }) => one), ''].join('~');
    return kb ? this.bind(text, kb) : text;
  }

  disclosures() {
    return [disclose('tier', 'member'), disclose('member_since', '2026-01'), disclose('node', 'Lisbon'), disclose('display_name', 'Ada')];
  }

  /** With the holder's proof. */
  bind(text, { claims = {}, header = {}, key = this.holder } = {}) {
    const hash = createHash('sha256').update(text).digest('base64url');
    return text + signJws({ alg: 'ES256', typ: 'kb+jwt', ...header }, { iat: this.now, aud: 'https://door.example', nonce: 'n-1', sd_hash: hash, ...claims }, key);
  }

  /** Its status list: of two bits, where index 0 is revoked, 1 suspended, 2 something else. */
  statusList({ payload = {}, header = {}, by = this.list, bytes = Buffer.concat([Buffer.from([0b00_11_10_01]), Buffer.alloc(100)]), list = {} } = {}) {
    return signJws({ alg: 'ES256', typ: 'statuslist+jwt', x5c: by.x5c, ...header }, {
      sub: this.uri, iat: this.now - 60, exp: this.now + 3600, ttl: 60, status_list: { bits: 2, lst: deflateSync(bytes).toString('base64url'), ...list }, ...payload,
    }, by);
  }

  /** What a browser that trusts it knows. */
  known({ list = this.statusList() } = {}) {
    const known = { roots: [new Uint8Array(this.root.der)], types: Object.keys(types()) };
    return { issuers: new Map([[this.issuer, known]]), types: types(), lists: new Map(list ? [[this.uri, list]] : []) };
  }
}
