// As much of X.509 as is needed here: whose key it is, for which names, for how long, and who signed it [RFC5280 §4].
import { concat, fromBase64, fromUtf8, sameBytes } from "./bytes.js";
import { Problem } from "./problem.js";

const SEQUENCE = 0x30;
const OID = 0x06;
const BIT_STRING = 0x03;
const INTEGER = 0x02;

const MOST_CERTIFICATES = 4;

/**
 * @typedef {object} Certificate
 * @property {Uint8Array} der
 * @property {Uint8Array} spki SubjectPublicKeyInfo, as WebCrypto imports it
 * @property {Uint8Array} subject the name, DER
 * @property {Uint8Array} issuer the name, DER
 * @property {Date} notBefore
 * @property {Date} notAfter
 * @property {string[]} dnsNames of the subjectAltName
 * @property {string[]} uris of the subjectAltName
 * @property {Uint8Array | null} authorityKeyId
 * @property {boolean} isAuthority
 * @property {number | null} pathLength how many authorities may stand between it and a leaf; null where it doesn't say
 * @property {boolean} maySignCertificates what its keyUsage says; true where it has none
 * @property {string[]} purposes of its extendedKeyUsage
 * @property {string[]} critical the extensions that must be understood
 * @property {{ tbs: Uint8Array, hash: string, value: Uint8Array } | null} signature null where the algorithm is not ECDSA with SHA-2
 */

/** Reads a certificate. Throws a SyntaxError. @returns {Certificate} */
export function readCertificate(der) {
  const whole = element(der, 0);
  if (whole.tag !== SEQUENCE || whole.end !== der.length) throw new SyntaxError("not one certificate");
  const [tbs, algorithm, signature] = elements(whole.content);
  const fields = elements(tbs.content);
  if (fields[0].tag === 0xa0) fields.shift(); // version
  const [, inner, issuer, validity, subject, spki, ...rest] = fields;
  if (!sameBytes(inner.raw, algorithm.raw)) throw new SyntaxError("a certificate that names two algorithms");
  const [notBefore, notAfter] = elements(validity.content).map(time);
  const extensions = extensionsOf(rest.find(({ tag }) => tag === 0xa3));
  const names = extensions.has("2.5.29.17") ? elements(element(extensions.get("2.5.29.17"), 0).content) : [];
  const constraints = extensions.has("2.5.29.19") ? elements(element(extensions.get("2.5.29.19"), 0).content) : [];
  const usage = extensions.has("2.5.29.15") ? element(extensions.get("2.5.29.15"), 0).content : null;
  const purposes = extensions.has("2.5.29.37") ? elements(element(extensions.get("2.5.29.37"), 0).content) : [];
  const pathLength = constraints.find(({ tag }) => tag === INTEGER)?.content;
  const authority = extensions.has("2.5.29.35") ? elements(element(extensions.get("2.5.29.35"), 0).content) : [];
  return {
    der,
    spki: spki.raw, subject: subject.raw, issuer: issuer.raw, notBefore, notAfter,
    dnsNames: names.filter(({ tag }) => tag === 0x82).map(({ content }) => ascii(content)),
    uris: names.filter(({ tag }) => tag === 0x86).map(({ content }) => ascii(content)),
    authorityKeyId: authority.find(({ tag }) => tag === 0x80)?.content ?? null,
    isAuthority: constraints.some(({ tag, content }) => tag === 0x01 && content[0] === 0xff),
    pathLength: pathLength === undefined ? null : pathLength.length === 1 && pathLength[0] < 0x80 ? pathLength[0] : 0,
    maySignCertificates: usage === null || ((usage[1] ?? 0) & 0x04) !== 0, // behind the count of bits that are not used
    purposes: purposes.filter(({ tag }) => tag === OID).map(({ content }) => oid(content)),
    critical: extensions.critical,
    signature: signatureOf(tbs, algorithm, signature),
  };
}

/**
 * The chain of an `x5c` header, the leaf first [RFC7515 §4.1.6]: each in its time, each signed by the next. Whether the last one is to be
 * trusted is not said by it.
 * @returns {Promise<Certificate[]>}
 * @throws {Problem} untrusted_certificate
 */
export async function readChain(x5c, now = new Date()) {
  const refuse = (detail, cause) => {
    throw new Problem("untrusted_certificate", "The certificate of the other side is not good.", { mend: "Don’t go on. Tell who sent you here.", detail, cause });
  };
  if (!Array.isArray(x5c) || x5c.length === 0 || x5c.length > MOST_CERTIFICATES) refuse(`x5c must hold 1 to ${MOST_CERTIFICATES} certificates`);
  let chain, links;
  try {
    chain = x5c.map((text) => readCertificate(fromBase64(text)));
    links = await Promise.all(chain.slice(1).map((above, at) => isSignedBy(chain[at], above)));
  } catch (error) {
    refuse("x5c holds something that is not a certificate", error);
  }
  if (chain.some(({ notBefore, notAfter }) => now < notBefore || now > notAfter)) refuse("a certificate is not in its time");
  if (!links.every(Boolean)) refuse("a certificate is not signed by the one that follows it");
  return chain;
}

/** Whether an authority signed a certificate: ECDSA on P-256 or P-384 [RFC5280 §6.1.3]. */
export async function isSignedBy(certificate, authority) {
  if (!authority.isAuthority || !sameBytes(certificate.issuer, authority.subject) || !certificate.signature) return false;
  const curve = curveOf(authority.spki);
  if (!curve) return false;
  const key = await importSpki(authority.spki, curve.name, false).catch(() => null);
  if (key === null) return false; // what is no key has signed nothing
  const { tbs, hash, value } = certificate.signature;
  return crypto.subtle.verify({ name: "ECDSA", hash }, key, rawSignature(value, curve.bytes), tbs);
}

/** A key that verifies by ECDSA, of a certificate that anyone may have brought. Throws a SyntaxError where it is no point of its curve. @returns {Promise<CryptoKey>} */
export async function importSpki(spki, namedCurve, extractable) {
  try {
    return await crypto.subtle.importKey("spki", spki, { name: "ECDSA", namedCurve }, extractable, ["verify"]);
  } catch (error) {
    throw new SyntaxError("the certificate holds no key of its curve", { cause: error });
  }
}

/** The curve of a SubjectPublicKeyInfo; null where it is none of these. */
export function curveOf(spki) {
  const [, curve] = elements(elements(element(spki, 0).content)[0].content);
  return curve?.tag === OID ? { "1.2.840.10045.3.1.7": { name: "P-256", bytes: 32 }, "1.3.132.0.34": { name: "P-384", bytes: 48 } }[oid(curve.content)] ?? null : null;
}

function signatureOf(tbs, algorithm, bits) {
  const hash = { "1.2.840.10045.4.3.2": "SHA-256", "1.2.840.10045.4.3.3": "SHA-384" }[oid(elements(algorithm.content)[0].content)];
  return hash && bits.tag === BIT_STRING ? { tbs: tbs.raw, hash, value: bits.content.subarray(1) } : null;
}

/** An ECDSA signature as WebCrypto wants it, r and s side by side. */
function rawSignature(der, bytes) {
  return concat(...elements(element(der, 0).content).map(({ tag, content }) => {
    const number = content[0] === 0 ? content.subarray(1) : content;
    if (tag !== INTEGER || number.length > bytes) throw new SyntaxError("not an ECDSA signature");
    return concat(new Uint8Array(bytes - number.length), number);
  }));
}

function extensionsOf(holder) {
  const found = Object.assign(new Map(), { critical: [] });
  for (const extension of holder ? elements(element(holder.content, 0).content) : []) {
    const parts = elements(extension.content);
    const name = oid(parts[0].content);
    if (found.has(name)) throw new SyntaxError("an extension stands twice");
    found.set(name, parts.at(-1).content);
    if (parts.length === 3 && parts[1].tag === 0x01 && parts[1].content[0] !== 0) found.critical.push(name);
  }
  return found;
}

/** One element at a place: its tag, content, raw bytes and where it ends. Lengths of four bytes at most. */
function element(bytes, start) {
  const tag = bytes[start];
  let length = bytes[start + 1];
  let at = start + 2;
  if (tag === undefined || length === undefined) throw new SyntaxError("DER ends too early");
  if (length === 0x80 || length > 0x84) throw new SyntaxError("a length that is not DER");
  if (length > 0x80) {
    const count = length - 0x80;
    length = bytes.subarray(at, at + count).reduce((sum, byte) => sum * 256 + byte, 0);
    at += count;
    if (length < 0x80) throw new SyntaxError("a length that is not DER");
  }
  if (at + length > bytes.length) throw new SyntaxError("DER ends too early");
  return { tag, content: bytes.subarray(at, at + length), raw: bytes.subarray(start, at + length), end: at + length };
}

function elements(bytes) {
  const found = [];
  for (let at = 0; at < bytes.length; at = found.at(-1).end) found.push(element(bytes, at));
  return found;
}

function oid(bytes) {
  const arcs = [];
  let arc = 0;
  for (const byte of bytes) {
    arc = arc * 128 + (byte & 0x7f);
    if (byte & 0x80) continue;
    arcs.push(arc);
    arc = 0;
  }
  const first = Math.min(2, Math.floor(arcs[0] / 40));
  return [first, arcs[0] - first * 40, ...arcs.slice(1)].join(".");
}

const ascii = (bytes) => {
  if (bytes.some((byte) => byte > 0x7e || byte < 0x20)) throw new SyntaxError("a name that is not printable ASCII");
  return fromUtf8(bytes);
};

/** UTCTime or GeneralizedTime, in the one form that certificates use [RFC5280 §4.1.2.5]. */
function time({ tag, content }) {
  const parts = ascii(content).match(tag === 0x17 ? /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/ : /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/);
  if (!parts) throw new SyntaxError("not a time of a certificate");
  const [year, month, ...rest] = parts.slice(1).map(Number);
  return new Date(Date.UTC(tag === 0x17 ? year + (year < 50 ? 2000 : 1900) : year, month - 1, ...rest));
}
