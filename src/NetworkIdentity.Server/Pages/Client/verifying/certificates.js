// The public key behind `x5c`: a leaf of a trusted root, for one purpose and one issuer [RFC7515 §4.1.6] [RFC5280 §6].
import { fromBase64, sameBytes, sha256, toBase64Url } from "../shared/bytes.js";
import { curveOf, isSignedBy, readCertificate } from "../shared/der.js";
import { keyOfCertificate, publicJwk } from "../shared/jose.js";

const ARC = "1.2.840.113556.1.8000.2554.51763.20894.44718.17365.41207.9834521.3407789";
const MOST_CERTIFICATES = 4;

/** The extensions that are understood where they must be: basic constraints, key usage, alternative names, extended key usage. */
const UNDERSTOOD = ["2.5.29.19", "2.5.29.15", "2.5.29.17", "2.5.29.37"];

/** What a leaf may be for: its extended key usage. */
export const PURPOSES = { credential: `${ARC}.1`, list: `${ARC}.2`, statement: `${ARC}.4` };

/** Finds keys, and keeps what was found: reading a chain and importing a key costs many times a verification. Dates are looked at each time. */
export class Certificates {
  #kept = new Map();
  #rootsOf;
  #leavesOf;

  /**
   * @param {(issuer: string) => Uint8Array[]} rootsOf the roots, in DER, that an issuer's certificates may lead to; none for one that is not trusted
   * @param {(issuer: string) => Uint8Array[] | null} [leavesOf] the leaves that are taken, where an issuer's DID says which; null for all that lead to a root
   */
  constructor(rootsOf, leavesOf = () => null) {
    this.#rootsOf = rootsOf;
    this.#leavesOf = leavesOf;
  }

  /**
   * Finds the key that a header's `x5c` names.
   * @param {object} header the JOSE header
   * @param {string} purpose one of PURPOSES
   * @param {string} issuer whom the leaf must name as a SAN URI
   * @param {number} at when it must be valid, in ms
   * @returns {Promise<{ found: { key: CryptoKey, chain: import("../shared/der.js").Certificate[] } | null, why: string }>} `why` there is none, in words
   * @throws {SyntaxError} `x5c` is not an array of certificates
   */
  async find(header, purpose, issuer, at) {
    const none = (why) => ({ found: null, why });
    const { x5c } = header;
    if (x5c === undefined) return none("the header has no x5c");
    if (!Array.isArray(x5c) || x5c.some((text) => typeof text !== "string")) throw new SyntaxError("x5c must be an array of strings");
    if (x5c.length === 0 || x5c.length > MOST_CERTIFICATES) throw new SyntaxError(`x5c must hold 1 to ${MOST_CERTIFICATES} certificates`);
    const name = JSON.stringify([purpose, issuer, x5c]);
    if (!this.#kept.has(name)) {
      const looked = await this.#look(x5c.map(fromBase64), purpose, issuer, at);
      if (looked.found === null) return looked;
      this.#kept.set(name, looked.found);
    }
    const found = this.#kept.get(name);
    return found.chain.every((one) => isInItsTime(one, at)) ? { found, why: "" } : none("the issuer's certificate is not in its time");
  }

  async #look(ders, purpose, issuer, at) {
    const none = (why) => ({ found: null, why });
    const roots = this.#rootsOf(issuer);
    if (roots.length === 0) return none("the issuer is not trusted");
    const leaves = this.#leavesOf(issuer);
    if (leaves !== null && !hasBytes(leaves, ders[0])) return none("the issuer's DID does not have the certificate");
    const [leaf, ...above] = ders.map(readCertificate);
    const key = curveOf(leaf.spki)?.name === "P-256" ? await keyOfCertificate(leaf) : null;
    const chain = await chainOf(leaf, above, roots.map(readCertificate), at);
    if (chain === null) return none("the issuer's certificate does not lead to a trusted root");
    if (!leaf.purposes.includes(purpose)) return none("the issuer's certificate is not for this purpose");
    if (!leaf.uris.includes(issuer)) return none("the issuer's certificate does not name the issuer");
    if (key === null) return none("the issuer's certificate holds no P-256 key");
    return { found: { key, chain }, why: "" };
  }
}

/** The leaf, what stands between, and the root: each signed by the next and in its time. Null where they lead to none. */
async function chainOf(leaf, above, roots, at) {
  const chain = [leaf];
  const fits = async (authority) => authority.maySignCertificates && (authority.pathLength === null || authority.pathLength >= chain.length - 1) && (await isSignedBy(chain.at(-1), authority));
  for (let left = above; ;) {
    const last = chain.at(-1);
    if (!isInItsTime(last, at) || last.critical.some((name) => !UNDERSTOOD.includes(name))) return null;
    for (const root of roots) if (isInItsTime(root, at) && sameBytes(root.issuer, root.subject) && (await fits(root))) return [...chain, root];
    let next;
    for (const one of left) if (!next && (await fits(one))) next = one;
    if (!next) return null;
    chain.push(next);
    left = left.filter((one) => one !== next);
  }
}

/** Whether a certificate is valid at a time, in ms [RFC5280 §4.1.2.5]. */
export const isInItsTime = ({ notBefore, notAfter }, at) => at >= notBefore.getTime() && at <= notAfter.getTime();

/** The thumbprint of a public JWK of P-256 or Ed25519 [RFC7638 §3]. */
export const thumbprintOf = async ({ kty, crv, x, y }) =>
  toBase64Url(await sha256(kty === "EC" ? `{"crv":"${crv}","kty":"EC","x":"${x}","y":"${y}"}` : `{"crv":"${crv}","kty":"OKP","x":"${x}"}`));

/** The thumbprint of the P-256 key that a certificate is about; null where it is about another. */
export async function thumbprintOfCertificate(der) {
  const certificate = readCertificate(der);
  return curveOf(certificate.spki)?.name === "P-256" ? thumbprintOf(await publicJwk(await keyOfCertificate(certificate))) : null;
}

/** Whether a list of byte strings has one. */
export const hasBytes = (all, one) => all.some((other) => sameBytes(other, one));
