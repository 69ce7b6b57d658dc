// What a credential's type says of its claims: which must be there, and which may be hidden [SD-JWT-VC §Claim Metadata].
import { isObject } from "./strict-json.js";

/** Claims that, with all below them, may never be selectively disclosable [SD-JWT-VC §Registered JWT Claims]. */
export const NEVER_DISCLOSABLE = ["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status"];

const HIDDEN = Symbol("an element that is not disclosed");

/** The credential as it was issued: what is disclosed in its place, and what is hidden known to be. */
export class Issued {
  #payload;
  #byDigest;

  /**
   * @param {object} payload of the issuer-signed JWT
   * @param {import("../shared/sd-jwt.js").Disclosure[]} disclosures processed: each has its one place
   */
  constructor(payload, disclosures) {
    this.#payload = payload;
    this.#byDigest = new Map(disclosures.map((disclosure) => [disclosure.digest, disclosure]));
  }

  /** Whether the issuer made a claim at the top, or anything below it, disclosable. */
  isDisclosable(name) {
    return Object.hasOwn(this.#payload, name) ? holdsDigest(this.#payload[name]) : this.#member(this.#payload, name) !== undefined;
  }

  /** What is wrong by one claim of the type's metadata. Throws a SyntaxError. */
  check({ path, mandatory = false, sd = "allowed" }) {
    let selected = [{ value: this.#payload, isDisclosed: false }];
    let mayBeHidden = false;
    path.forEach((step, at) => {
      const mayHide = at < path.length - 1 || sd !== "never";
      selected = selected.flatMap(({ value }) => {
        const { found, isHidden } = this.#into(step, value);
        mayBeHidden ||= isHidden && mayHide;
        return found;
      });
    });
    if (mandatory && selected.length === 0 && !mayBeHidden) throw new SyntaxError("a mandatory claim of the type was not issued");
    for (const { value, isDisclosed } of selected) {
      const isDisclosable = isDisclosed || value === HIDDEN;
      if (sd === "always" && !isDisclosable) throw new SyntaxError("a claim is not selectively disclosable, but its type says always");
      if (sd === "never" && isDisclosable) throw new SyntaxError("a claim is selectively disclosable, but its type says never");
    }
  }

  /** One step of a path. Of an element that is not disclosed the contents are unknown: deeper steps select nothing. */
  #into(step, value) {
    if (value === HIDDEN) return { found: [], isHidden: true };
    if (typeof step === "string") {
      if (!isObject(value)) throw new SyntaxError("a path of the type metadata names a member of what is no object");
      const member = this.#member(value, step);
      const hides = (value._sd ?? []).some((digest) => !this.#byDigest.has(digest));
      return { found: member ? [member] : [], isHidden: !member && hides };
    }
    if (!Array.isArray(value)) throw new SyntaxError("a path of the type metadata goes into what is no array");
    return { found: value.map((item) => this.#element(item)).filter((_, at) => step === null || step === at), isHidden: false };
  }

  #member(object, name) {
    if (name !== "_sd" && Object.hasOwn(object, name)) return { value: object[name], isDisclosed: false };
    for (const digest of object._sd ?? []) {
      const disclosure = this.#byDigest.get(digest);
      if (disclosure?.name === name) return { value: disclosure.value, isDisclosed: true };
    }
    return undefined;
  }

  #element(item) {
    if (!isElementDigest(item)) return { value: item, isDisclosed: false };
    const disclosure = this.#byDigest.get(item["..."]);
    return disclosure ? { value: disclosure.value, isDisclosed: true } : { value: HIDDEN, isDisclosed: false };
  }
}

const isElementDigest = (item) => isObject(item) && Object.keys(item).length === 1 && Object.hasOwn(item, "...");

function holdsDigest(value) {
  if (Array.isArray(value)) return value.some((item) => isElementDigest(item) || holdsDigest(item));
  return isObject(value) && Object.entries(value).some(([name, member]) => (name === "_sd" ? member.length > 0 : holdsDigest(member)));
}
