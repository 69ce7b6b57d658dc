// How the practice wallet misbehaves on purpose, so that people see what a verifier is there for. The envelope stays honest: the right
// request, the right state, the right encryption. No other wallet has this.
import { fromBase64Url, fromUtf8, toBase64Url, utf8 } from "../shared/bytes.js";
import { Problem } from "../shared/problem.js";
import { writeDisclosure } from "../shared/sd-jwt.js";

/** By name: what is done, in words for the record, and how. */
export const TWISTS = {
  /** A value is changed after the issuer signed it. */
  tamper: {
    note: "The wallet changed a value after the issuer signed it.",
    /** The parts of an SD-JWT with the first disclosed value changed; where nothing is disclosed, with an end a year later. */
    changed([jwt, ...rest], disclosures) {
      if (disclosures.length === 0) return [laterEnd(jwt)];
      const [{ salt, name, value }] = disclosures;
      return [jwt, name === undefined ? writeDisclosure(salt, another(value)) : writeDisclosure(salt, name, another(value)), ...rest.slice(1)];
    },
    /** A W3C credential with the first value changed that it shows. */
    changedIn(document, [{ path, value }]) {
      const changed = structuredClone(document);
      path.slice(0, -1).reduce((inside, step) => inside[step], changed)[path.at(-1)] = another(value);
      return changed;
    },
  },
  /** Someone copied the credential, and has not its key: another key signs, in the name of the holder's. */
  copy: { note: "A copy of the credential is shown by someone who does not have its key." },
  /** A presentation that was made for another request is sent again. */
  replay: {
    note: "The wallet sends what it showed to an earlier request.",
    again(earlier) {
      if (!earlier) throw new Problem("nothing_to_replay", "Nothing was shown yet that could be sent again.", { mend: "Show it honestly once; then come back and replay it." });
      return earlier;
    },
  },
  /** The binding is made for another verifier. */
  audience: { note: "The wallet made its proof for another verifier.", other: "x509_hash:bm90LXRoZS12ZXJpZmllci10aGF0LWFza2VkLWZvci1pdA" },
};

const another = (value) =>
  (typeof value === "number" ? value + 1 : typeof value === "boolean" ? !value : typeof value === "string" ? `${value}, or so they say` : "something else");

function laterEnd(jwt) {
  const [header, payload, signature] = jwt.split(".");
  const claims = JSON.parse(fromUtf8(fromBase64Url(payload)));
  return [header, toBase64Url(utf8(JSON.stringify({ ...claims, exp: claims.exp + 31_536_000 }))), signature].join(".");
}
