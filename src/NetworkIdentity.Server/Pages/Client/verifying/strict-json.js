// JSON as the nation reads it: what two readers could take for different things is no JSON here.

/** Whether a value is an object of JSON, and not an array. */
export const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** How deep it may nest. */
export const DEEPEST = 32;

const LONGEST_NAME = 512;
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g;

/**
 * Reads JSON in which no object has a name twice, no text has half a character, and nothing nests too deep. Throws a SyntaxError.
 * @param {string} text
 * @returns {unknown}
 */
export function strictJson(text) {
  const value = JSON.parse(text);
  const open = []; // for each object that is open, the names that it has; null for an array
  let last = "";
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === "{" || token === "[") {
      if (open.push(token === "{" ? new Set() : null) > DEEPEST) throw new SyntaxError("it nests too deep");
    } else if (token === "}" || token === "]") {
      open.pop();
    } else if (token === ":") {
      const name = JSON.parse(last);
      if (name.length > LONGEST_NAME) throw new SyntaxError("a member name is too long");
      const names = open.at(-1);
      if (names.has(name)) throw new SyntaxError("a member name stands twice");
      names.add(name);
    } else if (token.includes("\\u") && /\p{Surrogate}/u.test(JSON.parse(token))) {
      throw new SyntaxError("half a character");
    }
    last = token;
  }
  return value;
}

/** Reads a JSON object, strictly. Throws a SyntaxError. */
export function strictObject(text) {
  const value = strictJson(text);
  if (!isObject(value)) throw new SyntaxError("not a JSON object");
  return value;
}

const KINDS = { string: (value) => typeof value === "string", object: isObject, array: Array.isArray };

/**
 * A member of an object, of its kind where it is there.
 * @param {object} json
 * @param {string} name
 * @param {'string' | 'object' | 'array'} kind
 * @returns {any} undefined where it is absent
 * @throws {SyntaxError} it is of another kind
 */
export function member(json, name, kind) {
  if (Object.hasOwn(json, name) && !KINDS[kind](json[name])) throw new SyntaxError(`${name} must be ${kind === "string" ? "a" : "an"} ${kind}`);
  return json[name];
}

