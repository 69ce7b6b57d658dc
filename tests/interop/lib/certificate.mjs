// Certificates of the tests' own making, for what the server can't be made to send: just enough DER to be read as X.509 [RFC5280 §4.1].
import { createHash, generateKeyPairSync, sign } from 'node:crypto';

const der = (tag, ...parts) => {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const length = content.length < 0x80 ? [content.length] : content.length < 0x100 ? [0x81, content.length] : [0x82, content.length >> 8, content.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
};
const sequence = (...parts) => der(0x30, ...parts);
const name = (text) => sequence(der(0x31, sequence(der(0x06, [0x55, 0x04, 0x03]), der(0x0c, text)))); // CN
const time = (date) => der(0x17, `${date.toISOString().replace(/\D/g, '').slice(2, 14)}Z`);
const extension = (number, value) => sequence(der(0x06, [0x55, 0x1d, number]), der(0x04, value));
const oid = (text) => {
  const [first, second, ...rest] = text.split('.').map(Number);
  const bytes = (arc) => [...(arc >= 128 ? bytes(Math.floor(arc / 128)).map((byte) => byte | 0x80) : []), arc % 128];
  return der(0x06, [first * 40 + second, ...rest.flatMap(bytes)]);
};
const ECDSA_SHA256 = sequence(der(0x06, [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]));

const days = (count) => new Date(Date.now() + count * 86_400_000);

/** The client id by x509_hash of a certificate [OpenID4VP §5.9.3]. */
export const clientIdOf = (certificate) => `x509_hash:${createHash('sha256').update(certificate).digest('base64url')}`;

/**
 * A P-256 key and a certificate for it, signed by `by` or by itself.
 * @returns its key pair, DER, x5c from the leaf up without what has signed itself, and the client id that its hash makes
 */
export function certify({ subject = 'Leaf', dns = [], uris = [], purposes = [], critical = [], by, ca = false, notBefore = days(-1), notAfter = days(30), keys = generateKeyPairSync('ec', { namedCurve: 'P-256' }) } = {}) {
  const names = [...dns.map((text) => der(0x82, text)), ...uris.map((text) => der(0x86, text))];
  const signer = by?.privateKey ?? keys.privateKey;
  const keyId = createHash('sha1').update((by?.publicKey ?? keys.publicKey).export({ type: 'spki', format: 'der' })).digest();
  const tbs = sequence(
    der(0xa0, der(0x02, [2])), der(0x02, [1]), ECDSA_SHA256, name(by?.subject ?? subject), sequence(time(notBefore), time(notAfter)), name(subject),
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(
      extension(0x13, sequence(...(ca ? [der(0x01, [0xff])] : []))),
      extension(0x23, sequence(der(0x80, keyId))),
      ...(purposes.length > 0 ? [extension(0x25, sequence(...purposes.map(oid)))] : []),
      ...critical.map((number) => sequence(der(0x06, [0x55, 0x1d, number]), der(0x01, [0xff]), der(0x04, sequence()))),
      ...(names.length > 0 ? [extension(0x11, sequence(...names))] : []))));
  const certificate = sequence(tbs, ECDSA_SHA256, der(0x03, [0], sign('sha256', tbs, signer)));
  return {
    ...keys, subject, der: certificate, keyId: keyId.toString('base64url'),
    x5c: [certificate.toString('base64'), ...(by && by.x5c.length > 0 && !by.root ? by.x5c : [])],
    clientId: clientIdOf(certificate),
    pem: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64').match(/.{1,64}/g).join('\n')}\n-----END CERTIFICATE-----\n`,
    root: ca && !by,
  };
}

/** The private key of a certificate as PEM text. */
export const pemOfKey = ({ privateKey }) => privateKey.export({ type: 'pkcs8', format: 'pem' });
