// JSON in one spelling, so that two who hold the same data sign the same bytes [RFC8785].

/** What is nested deeper is no credential. */
const DEEPEST = 64;

/**
 * The canonical text of a value that came from JSON [RFC8785 §3.2]. Throws a SyntaxError where it has none: a text with half a character in it, or too much depth.
 * @returns {string}
 */
export function canonicalize(value, left = DEEPEST) {
  if (left === 0) throw new SyntaxError("nested too deep");
  if (typeof value === "string") return text(value);
  if (value === null || typeof value !== "object") return primitive(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalize(item, left - 1)).join()}]`;
  return `{${Object.keys(value).sort().map((name) => `${text(name)}:${canonicalize(value[name], left - 1)}`).join()}}`; // sorted by UTF-16 code units, as the text says
}

function text(value) {
  if (/\p{Surrogate}/u.test(value)) throw new SyntaxError("half a character");
  return JSON.stringify(value);
}

function primitive(value) {
  if (value !== null && typeof value !== "boolean" && !Number.isFinite(value)) throw new SyntaxError("not a value of JSON");
  return JSON.stringify(value);
}
