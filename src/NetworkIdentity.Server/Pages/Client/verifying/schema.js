// JSON Schema 2020-12, as far as the nation's schemas use it. A keyword that is not known is an error, not an ignored rule [JSON-Schema §10] [JSON-Schema-Validation §6].
import { canonicalize } from "../shared/jcs.js";
import { isObject } from "./strict-json.js";

const DIALECT = "https://json-schema.org/draft/2020-12/schema";
const DEFINITIONS = "#/$defs/";

/** As the nation's own: a hostile schema, or a hostile value under an unlucky one, could cost exponential time. What was not checked to the end does not fit. */
const MOST_CHECKS = 200_000;
const DEEPEST = 200;

/** In characters: what a check of a text, or of a whole value, costs as much as any other. */
const A_CHECK = 100;

/** The most alternatives of a pattern that is tried of a schema that is not known. */
const MOST_ALTERNATIVES = 4;

const ANNOTATIONS = ["$schema", "$id", "$defs", "title", "description", "$comment", "examples", "default", "format"];

const TYPES = {
  null: (value) => value === null,
  boolean: (value) => typeof value === "boolean",
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  integer: Number.isInteger,
};

const lengthOf = (text) => Array.from(text).length; // in code points
const keyOf = (value, run) => {
  const key = canonicalize(value);
  run.spend(key.length / A_CHECK);
  return key;
};
const onlyFor = (type, rule) => (value, path, run) => (TYPES[type](value) ? rule(value, path, run) : undefined);

/** Each keyword, made to a rule: `(value, path, run) => void`, where `run.fail(path, words)` tells what is wrong. */
const KEYWORDS = {
  $ref: (reference, { reach }) => {
    const target = reach(reference);
    return (value, path, run) => target(value, path, run);
  },
  allOf: (schemas, { all }) => {
    const rules = all(schemas);
    return (value, path, run) => rules.forEach((rule) => rule(value, path, run));
  },
  anyOf: (schemas, { all }) => {
    const rules = all(schemas);
    return (value, path, run) => rules.some((rule) => run.holds(rule, value)) || run.fail(path, "matches none of the alternatives");
  },
  oneOf: (schemas, { all }) => {
    const rules = all(schemas);
    return (value, path, run) => rules.filter((rule) => run.holds(rule, value)).length === 1 || run.fail(path, "must match exactly one of the alternatives");
  },
  not: (schema, { compile }) => {
    const rule = compile(schema);
    return (value, path, run) => run.holds(rule, value) && run.fail(path, "matches what it must not");
  },
  properties: (schemas, { compile }) => {
    const rules = Object.entries(expect(isObject, schemas, "properties")).map(([name, schema]) => [name, compile(schema)]);
    return onlyFor("object", (value, path, run) => rules.forEach(([name, rule]) => Object.hasOwn(value, name) && rule(value[name], `${path}/${name}`, run)));
  },
  additionalProperties: (schema, { compile, keywords }) => {
    const rule = compile(schema);
    const known = Object.keys(keywords.properties ?? {});
    return onlyFor("object", (value, path, run) => Object.keys(value).forEach((name) => known.includes(name) || rule(value[name], `${path}/${name}`, run)));
  },
  propertyNames: (schema, { compile }) => {
    const rule = compile(schema);
    return onlyFor("object", (value, path, run) => Object.keys(value).forEach((name) => run.holds(rule, name) || run.fail(`${path}/${name}`, "has a name that is not allowed")));
  },
  prefixItems: (schemas, { all }) => {
    const rules = all(schemas);
    return onlyFor("array", (value, path, run) => value.slice(0, rules.length).forEach((item, at) => rules[at](item, `${path}/${at}`, run)));
  },
  items: (schema, { compile, keywords }) => {
    const rule = compile(schema);
    const from = keywords.prefixItems?.length ?? 0;
    return onlyFor("array", (value, path, run) => value.forEach((item, at) => at >= from && rule(item, `${path}/${at}`, run)));
  },
  type: (named) => {
    const types = [named].flat();
    expect(() => types.length > 0 && types.every((type) => Object.hasOwn(TYPES, type)), named, "type");
    return (value, path, run) => types.some((type) => TYPES[type](value)) || run.fail(path, `must be of type ${types.join(" or ")}`);
  },
  const: (one) => {
    const key = canonicalize(one);
    return (value, path, run) => keyOf(value, run) === key || run.fail(path, "is not the one value that is allowed");
  },
  enum: (values) => {
    const keys = expect(Array.isArray, values, "enum").map((value) => canonicalize(value));
    return (value, path, run) => keys.includes(keyOf(value, run)) || run.fail(path, "is not one of the values that are allowed");
  },
  required: (names) => {
    expect(Array.isArray, names, "required");
    return onlyFor("object", (value, path, run) => names.forEach((name) => Object.hasOwn(value, name) || run.fail(`${path}/${name}`, "is missing")));
  },
  minItems: (least) => bounded("array", count(least, "minItems"), (value) => value.length >= least, `must have ${least} items at least`),
  maxItems: (most) => bounded("array", count(most, "maxItems"), (value) => value.length <= most, `must have ${most} items at most`),
  uniqueItems: (unique) => bounded("array", expect(TYPES.boolean, unique, "uniqueItems"), (value, run) => !unique || new Set(value.map((item) => keyOf(item, run))).size === value.length, "has equal items"),
  minLength: (least) => bounded("string", count(least, "minLength"), (value) => lengthOf(value) >= least, `must have ${least} characters at least`),
  maxLength: (most) => bounded("string", count(most, "maxLength"), (value) => lengthOf(value) <= most, `must have ${most} characters at most`),
  pattern: (text) => {
    const pattern = new RegExp(expect(TYPES.string, text, "pattern"), "u");
    return bounded("string", pattern, (value) => pattern.test(value), "does not match the pattern");
  },
  minimum: (least) => bounded("number", expect(TYPES.number, least, "minimum"), (value) => value >= least, "is less than the minimum"),
  maximum: (most) => bounded("number", expect(TYPES.number, most, "maximum"), (value) => value <= most, "is more than the maximum"),
  exclusiveMinimum: (least) => bounded("number", expect(TYPES.number, least, "exclusiveMinimum"), (value) => value > least, "is not more than the exclusive minimum"),
  exclusiveMaximum: (most) => bounded("number", expect(TYPES.number, most, "exclusiveMaximum"), (value) => value < most, "is not less than the exclusive maximum"),
};

const bounded = (type, _, fits, words) => onlyFor(type, (value, path, run) => {
  if (type === "string") run.spend(value.length / A_CHECK);
  return run.isTooMuch || fits(value, run) || run.fail(path, words);
});

/**
 * Makes a schema to a function that tells what is wrong with a value.
 * @param {object} root
 * @returns {(value: unknown) => { path: string, words: string }[]} empty where nothing is
 * @throws {SyntaxError} it has a keyword, or a value of one, that is not supported
 */
export function compileSchema(root) {
  const definitions = new Map(Object.entries(root?.$defs ?? {}).map(([name, schema]) => [`${DEFINITIONS}${name}`, { schema, rule: null }]));

  /** The rule of a definition, which is made once all are known: one may refer to itself. A circle for one and the same value would not end, and nests too deep. */
  const reach = (reference) => {
    const definition = typeof reference === "string" && !/[/~]/.test(reference.slice(DEFINITIONS.length)) ? definitions.get(reference) : undefined;
    if (definition === undefined) throw new SyntaxError("$ref refers to nothing");
    return (value, path, run) => definition.rule(value, path, run);
  };

  const compile = (schema) => {
    if (schema === true) return () => {};
    if (schema === false) return (_, path, run) => run.fail(path, "is not allowed here");
    if (!isObject(schema)) throw new SyntaxError("a schema must be an object or a boolean");
    const all = (schemas) => expect((list) => Array.isArray(list) && list.length > 0, schemas, "a list of schemas").map(compile);
    const rules = [];
    for (const [name, value] of Object.entries(schema)) {
      if (Object.hasOwn(KEYWORDS, name)) rules.push(KEYWORDS[name](value, { compile, all, reach, keywords: schema }));
      else if (!ANNOTATIONS.includes(name)) throw new SyntaxError(`the schema has the keyword ${name.slice(0, 40)}, which is not supported`);
    }
    return (value, path, run) => run.check(rules, value, path);
  };

  if (root?.$schema !== undefined && root.$schema !== DIALECT) throw new SyntaxError("the schema is of another dialect");
  const rule = compile(root);
  for (const definition of definitions.values()) definition.rule = compile(definition.schema);
  return (value) => {
    const run = new Run();
    rule(value, "", run);
    return run.isTooMuch ? [{ path: "", words: "too much to check" }] : run.violations;
  };
}

/** One validation: it counts, and stops where the schema makes too much work. */
class Run {
  violations = [];
  isTooMuch = false;
  #failures = 0;
  #silent = 0;
  #spent = 0;
  #depth = 0;

  spend(cost) {
    this.#spent += cost;
    this.isTooMuch ||= this.#spent > MOST_CHECKS;
  }

  check(rules, value, path) {
    this.spend(1);
    if (this.#depth === DEEPEST) throw new SyntaxError("the schema nests too deep");
    if (this.isTooMuch) return;
    this.#depth++;
    for (const rule of rules) rule(value, path, this);
    this.#depth--;
  }

  fail(path, words) {
    this.#failures++;
    if (this.#silent === 0) this.violations.push({ path, words });
  }

  /** Whether a rule holds, without a report. */
  holds(rule, value) {
    const before = this.#failures;
    this.#silent++;
    rule(value, "", this);
    this.#silent--;
    const isGood = this.#failures === before;
    this.#failures = before;
    return isGood;
  }
}

/**
 * Whether each pattern of a schema that a stranger wrote takes no longer than its text is long: it begins at the beginning, repeats no group, and has either one thing that may be
 * repeated or a few alternatives. A browser can stop no pattern once it is tried.
 * @param {unknown} schema
 */
export function isSurelyQuick(schema) {
  if (Array.isArray(schema)) return schema.every(isSurelyQuick);
  return !isObject(schema) || Object.entries(schema).every(([name, value]) => (name === "pattern" && typeof value === "string" ? isQuick(value) : isSurelyQuick(value)));
}

function isQuick(pattern) {
  const bare = pattern.replace(/\\./gsu, "x").replace(/\[[^\]]*\]/g, "x");
  const repeats = (bare.match(/[*+?]|\{\d+,\d*\}/g) ?? []).length;
  const alternatives = bare.split("|").length - 1;
  return bare.startsWith("^") && !/\)[*+?{]/.test(bare) && (repeats === 0 ? alternatives <= MOST_ALTERNATIVES : repeats === 1 && alternatives === 0);
}

function expect(fits, value, keyword) {
  if (!fits(value)) throw new SyntaxError(`${keyword} of the schema has a value that is not supported`);
  return value;
}

const count = (value, keyword) => expect((number) => Number.isInteger(number) && number >= 0, value, keyword);
