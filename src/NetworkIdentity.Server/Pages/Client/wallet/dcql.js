// The query language of requests: what is asked, and what of the held credentials answers it [OpenID4VP §6] [OpenID4VP §7].
import { fromBase64, toBase64Url } from "../shared/bytes.js";
import { inOrder, isEnvelope, isW3c, labelOf } from "./credential.js";
import { readCertificate } from "../shared/der.js";
import { Problem } from "../shared/problem.js";
import { disclosuresFor, processSdJwt, readSdJwt, startsWith } from "../shared/sd-jwt.js";
import { LDP_VC, saidIn } from "./w3c-credential.js";

/** The form that can hide a part of itself. */
export const SD_JWT = "dc+sd-jwt";

/** What this wallet holds. */
export const FORMATS = [SD_JWT, LDP_VC];

const ID = /^[A-Za-z0-9_-]+$/;

/**
 * @typedef {object} ClaimsQuery
 * @property {string | undefined} id
 * @property {(string | number | null)[]} path
 * @property {(string | number | boolean)[] | null} values
 *
 * @typedef {object} CredentialQuery
 * @property {string} id
 * @property {string} format
 * @property {string[]} vcts empty for another format, and where the verifier doesn't take what this wallet would show
 * @property {string[][]} types the same of W3C credentials: one of these sets, each of types by their whole names
 * @property {boolean} multiple
 * @property {{ type: string, values: string[] }[]} authorities
 * @property {ClaimsQuery[]} claims
 * @property {string[][] | null} claimSets
 *
 * @typedef {object} Query
 * @property {CredentialQuery[]} credentials
 * @property {{ options: string[][], required: boolean }[] | null} sets
 */

/**
 * Reads a query; what is unknown in it is ignored [OpenID4VP §6].
 * @param {unknown} json
 * @param {string[]} [formats] those that the verifier takes as this wallet shows them
 * @returns {Query}
 * @throws {Problem} invalid_request
 */
export function readQuery(json, formats = FORMATS) {
  const credentials = list(json?.credentials, "credentials").map((one) => readCredentialQuery(one, formats));
  distinct(credentials.map(({ id }) => id), "two credentials have the same id");
  const sets = json.credential_sets === undefined ? null : list(json.credential_sets, "credential_sets").map((set) => ({
    options: list(set?.options, "options").map((option) => references(option, credentials, "credential_sets")),
    required: boolean(set.required ?? true, "required"),
  }));
  return { credentials, sets };
}

function readCredentialQuery(json, formats) {
  const { id, format, meta, multiple = false, trusted_authorities: authorities, claims, claim_sets: claimSets } = json ?? {};
  if (typeof id !== "string" || !ID.test(id)) throw malformed("id of a credential");
  if (typeof format !== "string" || meta === null || typeof meta !== "object") throw malformed(`format or meta of ${id}`);
  const asked = claims === undefined ? [] : list(claims, "claims").map(readClaimsQuery);
  distinct(asked.flatMap((claim) => claim.id ?? []), "two claims have the same id");
  if (claimSets !== undefined && asked.some((claim) => claim.id === undefined)) throw malformed("with claim_sets every claim must have an id");
  const values = { [SD_JWT]: () => texts(meta.vct_values, "vct_values"), [LDP_VC]: () => list(meta.type_values, "type_values").map((set) => texts(set, "type_values")) };
  const kinds = Object.hasOwn(values, format) ? values[format]() : [];
  return {
    id, format, multiple: boolean(multiple, "multiple"),
    vcts: format === SD_JWT && formats.includes(format) ? kinds : [],
    types: format === LDP_VC && formats.includes(format) ? kinds : [],
    authorities: authorities === undefined ? [] : list(authorities, "trusted_authorities").map((one) => ({ type: one?.type, values: texts(one?.values, "values") })),
    claims: asked,
    claimSets: claimSets === undefined ? null : list(claimSets, "claim_sets").map((set) => references(set, asked, "claim_sets")),
  };
}

function readClaimsQuery(json) {
  const { id, path, values } = json ?? {};
  if (id !== undefined && (typeof id !== "string" || !ID.test(id))) throw malformed("id of a claim");
  const step = (one) => one === null || typeof one === "string" || (Number.isInteger(one) && one >= 0);
  if (!list(path, "path").every(step)) throw malformed("path");
  const value = (one) => typeof one === "string" || typeof one === "boolean" || Number.isInteger(one);
  if (values !== undefined && !list(values, "values").every(value)) throw malformed("values");
  return { id, path, values: values ?? null };
}

/**
 * What a path points at, each with its place [OpenID4VP §7.1]. Empty where there is nothing, and where a step meets what it can't go into.
 * @param {object} claims
 * @param {(string | number | null)[]} path
 * @returns {{ path: (string | number)[], value: unknown }[]}
 */
export function select(claims, path) {
  let selected = [{ path: [], value: claims }];
  for (const step of path) {
    const goes = ({ value }) => (typeof step === "string" ? value !== null && typeof value === "object" && !Array.isArray(value) : Array.isArray(value));
    if (!selected.every(goes)) return [];
    selected = selected.flatMap(({ path: at, value }) =>
      (step === null ? [...value.keys()] : [step]).filter((key) => Object.hasOwn(value, key)).map((key) => ({ path: [...at, key], value: value[key] })));
  }
  return selected;
}

/** The claims that a query wants of a credential: all, or the first set that it has; null where it has none [OpenID4VP §6.4.1]. For less, the last set that is a part of that. */
function wanted({ claims, claimSets }, held, isLess) {
  const met = ({ path, values }) => {
    const found = select(held, path);
    return found.length > 0 && (values === null || found.some(({ value }) => values.includes(value)));
  };
  if (claimSets === null) return claims.every(met) ? claims : null;
  const sets = claimSets.map((set) => set.map((id) => claims.find((claim) => claim.id === id))).filter((set) => set.every(met));
  return sets.findLast((set) => isLess && set.every((claim) => sets[0].includes(claim))) ?? sets[0] ?? null;
}

/** Whether a credential is of a type that a query names. */
export const isOfType = ({ vcts, types }, { vct, types: held }) =>
  (held === undefined ? vcts.includes(vct) : types.some((set) => set.every((type) => held.includes(type))));

/**
 * What one credential would show for a query, and what it would keep to itself; null where it does not answer it.
 * @param {CredentialQuery} query
 * @param {import("./credential.js").Credential} credential
 * @param {{ sdJwt: string } | { document: object }} [copy]
 * @param {boolean} [isLess] whether what is optional is left out
 * @returns {Promise<{ disclosures: import("../shared/sd-jwt.js").Disclosure[], discloses: Shown[], withholds: Shown[] } | null>}
 * @typedef {{ path: (string | number)[], label: string, value: unknown, asked: boolean }} Shown `asked`: false for what a credential shows whatever is asked
 */
export async function fit(query, credential, copy = credential.copies[0], isLess = false) {
  if (!isOfType(query, credential)) return null;
  return isW3c(credential) ? fitWhole(query, credential, copy) : fitSdJwt(query, credential, copy, isLess);
}

/** A W3C credential hides nothing: what it says is shown, asked or not. Where no claim is named, the whole of it is asked [OpenID4VP §6.4.1]. */
function fitWhole(query, credential, { document }) {
  const asked = query.authorities.length > 0 ? null : wanted(query, document, false);
  if (asked === null) return null;
  const said = saidIn(document);
  const selected = query.claims.length === 0 ? said : asked.flatMap(({ path }) => select(document, path));
  return { disclosures: [], discloses: tell(credential, selected, shownAlong(said, selected, [])), withholds: [] };
}

async function fitSdJwt(query, credential, { sdJwt }, isLess) {
  const read = await readSdJwt(sdJwt);
  if (query.authorities.length > 0 && !query.authorities.some((authority) => isOf(authority, read.jws.header.x5c))) return null;
  const { claims, disclosures } = processSdJwt(read);
  const asked = wanted(query, claims, isLess);
  if (asked === null) return null;

  const selected = asked.flatMap(({ path }) => select(claims, path));
  const shown = disclosuresFor(disclosures, selected.map(({ path }) => path));
  const hidden = disclosures.filter((disclosure) => !shown.includes(disclosure));
  const said = Object.entries(claims).filter(([name]) => !isEnvelope(name) || shown.some(({ path }) => path[0] === name)).map(([name, value]) => ({ path: [name], value }));
  return {
    disclosures: shown,
    discloses: tell(credential, selected, shownAlong(said, selected, hidden)),
    withholds: tell(credential, [], hidden.filter(({ path }) => !hidden.some((above) => above.path.length < path.length && startsWith(path, above.path)))
      .map(({ path }) => ({ path, value: path.reduce((value, step) => value[step], claims) }))),
  };
}

/** What was asked and what goes with it, as a person reads it. */
function tell(credential, asked, along) {
  const entry = (isAsked) => ({ path, value }) => ({ path, label: labelOf(credential, path), value, asked: isAsked });
  return [...inOrder(credential, asked.map(entry(true))), ...inOrder(credential, along.map(entry(false)))];
}

/** What is shown though nobody asked: what is not disclosed selectively, wherever it stands, and what a disclosure holds beside that which was asked. */
function shownAlong(said, selected, hidden) {
  const along = (path, value) => {
    if (selected.some((one) => startsWith(path, one.path)) || hidden.some((one) => startsWith(path, one.path))) return [];
    if (![...selected, ...hidden].some((one) => startsWith(one.path, path))) return [{ path, value }];
    return Object.entries(value).flatMap(([step, inside]) => along([...path, Array.isArray(value) ? Number(step) : step], inside));
  };
  return said.flatMap(({ path, value }) => along(path, value));
}

/** Whether a credential's certificate was signed by one of the named keys; other types of authorities are not known here [OpenID4VP §6.1.1]. */
function isOf({ type, values }, x5c) {
  return type === "aki" && Array.isArray(x5c) && x5c.some((text) => {
    const { authorityKeyId } = readCertificate(fromBase64(text));
    return authorityKeyId !== null && values.includes(toBase64Url(authorityKeyId));
  });
}

/**
 * What of the held credentials answers a request.
 * @param {{ query: Query }} request
 * @param {import("./credential.js").Credential[]} credentials
 * @returns {Promise<{
 *   answers: { queryId: string, required: boolean, multiple: boolean, isLeast: boolean, options: { credential: import("./credential.js").Credential, discloses: Shown[], withholds: Shown[],
 *     less: { discloses: Shown[], withholds: Shown[] } | null }[] }[],
 *   missing: { queryId: string, vcts: string[], types: string[][], claims: (string | number | null)[][], name: string }[],
 * }>} `isLeast`: another form that is held would be taken too, and shows all; `less` is what is shown without what is optional; `missing` is empty where the request can be answered; `name` is the type's where a credential of it is held, else the type itself
 */
export async function match({ query }, credentials) {
  const options = new Map();
  for (const one of query.credentials) {
    const fitting = await Promise.all(credentials.map(async (credential) => ({ credential, fits: await fit(one, credential) })));
    options.set(one.id, await Promise.all(fitting.filter(({ fits }) => fits).map(async ({ credential, fits: { discloses, withholds } }) => {
      const less = one.claimSets === null || isW3c(credential) ? null : await fit(one, credential, undefined, true);
      return { credential, discloses, withholds, less: less?.discloses.length < discloses.length ? { discloses: less.discloses, withholds: less.withholds } : null };
    })));
  }
  const { chosen, lacking, least } = choose(query, (id) => options.get(id).length > 0);
  return {
    answers: query.credentials.filter(({ id }) => chosen.has(id))
      .map(({ id, multiple }) => ({ queryId: id, required: chosen.get(id), multiple, isLeast: least.has(id), options: options.get(id) })),
    missing: query.credentials.filter(({ id }) => lacking.has(id)).map(({ id, vcts, types, claims }) => ({
      queryId: id, vcts, types, claims: claims.map(({ path }) => path),
      name: credentials.find((credential) => isOfType({ vcts, types }, credential))?.name ?? vcts[0] ?? types[0]?.at(-1) ?? id,
    })),
  };
}

/** Which queries to answer: of each set the first option that can be, before one that shows more; of an optional one also none [OpenID4VP §6.4.2]. */
function choose({ credentials, sets }, can) {
  const chosen = new Map();
  const lacking = new Set();
  const least = new Set();
  const whole = credentials.filter(({ format }) => format === LDP_VC).map(({ id }) => id);
  const shows = (ids) => ids.filter((id) => whole.includes(id)).length;
  for (const { options, required } of sets ?? [{ options: [credentials.map(({ id }) => id)], required: true }]) {
    const able = options.filter((ids) => ids.every(can)).toSorted((a, b) => shows(a) - shows(b));
    const [option] = able;
    if (able.some((other) => shows(other) > shows(option))) for (const id of option) least.add(id);
    for (const id of option ?? (required ? options[0].filter(can) : [])) chosen.set(id, required || chosen.get(id) === true);
    if (!option && required) for (const id of options[0]) if (!can(id)) lacking.add(id);
  }
  return { chosen, lacking, least };
}

/** Whether these answers are enough, and none a part of an option that is not whole: one for each query, or for each required set one option [OpenID4VP §6.4.2]. */
export function isAnswered({ credentials, sets }, ids) {
  const known = sets ?? [{ options: [credentials.map(({ id }) => id)], required: true }];
  const whole = known.map(({ options, required }) => ({ required, options: options.filter((option) => option.every((id) => ids.includes(id))) }));
  return whole.every(({ required, options }) => !required || options.length > 0)
    && ids.every((id) => whole.some(({ options }) => options.some((option) => option.includes(id))));
}

function list(value, what) {
  if (!Array.isArray(value) || value.length === 0) throw malformed(what);
  return value;
}

function texts(value, what) {
  if (!list(value, what).every((one) => typeof one === "string")) throw malformed(what);
  return value;
}

function boolean(value, what) {
  if (typeof value !== "boolean") throw malformed(what);
  return value;
}

function references(ids, known, what) {
  if (!list(ids, what).every((id) => typeof id === "string" && known.some((one) => one.id === id))) throw malformed(`${what} names what is not there`);
  distinct(ids, `${what} names something twice`);
  return ids;
}

function distinct(ids, detail) {
  if (new Set(ids).size !== ids.length) throw malformed(detail);
}

const malformed = (detail) =>
  new Problem("invalid_request", "What the app asks for could not be understood.", { mend: "Go back and tell the app.", detail: `dcql_query: ${detail}` });
