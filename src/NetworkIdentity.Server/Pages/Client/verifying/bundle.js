// The trust bundle: what a door must know to check without a network, signed by the nation (decision 0051).
import { concat, fromBase64, sameBytes } from "../shared/bytes.js";
import { Problem } from "../shared/problem.js";
import { fromBase58 } from "../shared/multibase.js";
import { Certificates, hasBytes } from "./certificates.js";
import { readStatement } from "./statement.js";
import { isObject } from "./strict-json.js";
import { readStrictJws } from "./strict-jws.js";
import { openCheckpoint, readVkey } from "./tlog.js";
import { publishedIn, readLog } from "./webvh.js";

const TYPE = "trust-bundle+jwt";
const LONGEST = 1_000_000;

/** What is told of a bundle of another nation. */
export const OTHER_NATION = "The bundle is another nation’s than the one that this station is of.";

/** A week: the most that a charter can say. */
const LONGEST_HOURS = 168;

/**
 * Reads a trust bundle, and verifies it whole.
 * @param {string} text the compact JWS
 * @param {{ pinned: { did: string, log: string | null } | null, now: number }} beside `pinned`: the nation's DID as it was known before, and the log that was read then, from which this one must go on; null
 *   where the nation isn't known yet, which trusts whoever handed the bundle out; the time in ms
 * @returns {Promise<{ claims: object, known: import("./credential-check.js").Known, did: string | null, history: import("./webvh.js").History | null,
 *   checkpoint: { origin: string, size: number } | null }>} whether it is past its limit is for who uses it: by `claims.exp` and `claims.when_old`
 * @throws {Problem} bundle_malformed, bundle_did_log, bundle_other_nation, bundle_log_forked, bundle_untrusted, bundle_log_key
 */
export async function readBundle(text, { pinned, now }) {
  const claims = await attempt("bundle_malformed", "This is not a trust bundle.", () => {
    if (text.length > LONGEST) throw new SyntaxError("the bundle is too long");
    const { claims: unverified } = readStrictJws(text.trim());
    checkForm(unverified);
    return unverified;
  });

  // The DID's own history first: it proves itself, and says which roots the nation has.
  const history = claims.nation.did === null ? null : await attempt("bundle_did_log", "The history of the nation’s DID is not right.", async () => {
    const read = await readLog(claims.did_log, { witness: claims.did_witness ?? null, now });
    if (read.failure !== null) throw new SyntaxError(read.failure);
    if (read.newest.did !== claims.nation.did) throw new SyntaxError("the log is another DID's");
    if (read.isEnded) throw new SyntaxError("the DID was ended");
    return read;
  });
  if (pinned !== null) await holdAgainst(pinned, claims, history);

  const roots = claims.roots.map(fromBase64);
  await attempt("bundle_untrusted", "The bundle is not signed by the nation.", async () => {
    const published = history && (await publishedIn(history.newest.document));
    if (published && !roots.every((root) => hasBytes(published.roots, root))) throw new SyntaxError("a root is not in the nation's DID");

    // A key that the DID has no more signs nothing that counts now.
    const certificates = new Certificates((issuer) => (issuer === claims.iss ? roots : []), () => published && published.leaves);
    await readStatement(certificates, text.trim(), TYPE, claims.iss, now);
    if (history && ![history.newest.document.alsoKnownAs].flat().includes(claims.iss)) throw new SyntaxError("the nation's DID does not name the issuer");
  });

  const checkpoint = claims.checkpoint === undefined ? null : await attempt("bundle_log_key", "The checkpoint of the nation’s log is not right.", async () => {
    if (history && !(await isPublished(claims.log_key, history.newest.document))) throw new SyntaxError("the log's key is not in the nation's DID");
    return openCheckpoint(claims.checkpoint, claims.log_key);
  });

  return { claims, known: await knownOf(claims, history), did: claims.nation.did, history, checkpoint };
}

/** Whether a log's key, as a vkey, is among those of a DID document that assert nothing. */
export async function isPublished(vkey, document) {
  const { raw } = await readVkey(vkey);
  const { multikeys } = await publishedIn(document);
  return multikeys.some((multikey) => sameBytes(fromBase58(multikey), concat([0xed, 0x01], raw)));
}

async function holdAgainst(pinned, claims, history) {
  if (claims.nation.did === null || history === null || !history.isOf(pinned.did)) throw new Problem("bundle_other_nation", OTHER_NATION, { mend: "Don’t use it. Ask the nation." });
  if (!pinned.log) return;
  await attempt("bundle_log_forked", "The history of the nation’s DID is not the one that was known here.", async () => {
    // What was known was verified then, with the witnesses of then: here its entries are compared, each of which has the hash of all before it.
    const before = pinned.log.replace(/\n$/, "").split("\n").map((line) => JSON.parse(line).versionId);
    if (!history.goesOnFrom(before)) throw new SyntaxError("the log does not go on from the one that was read before");
  });
}

/**
 * What a check needs. The own nation's roots are those that were held against its DID, and where it has one no key counts that the DID has no more. Another nation is taken at its word by the certificates
 * that its DID had when the bundle was signed, and until its recognition ends.
 */
async function knownOf(claims, history) {
  const own = { roots: claims.roots.map(fromBase64), ...(history ? { leaves: (await publishedIn(history.newest.document)).leaves, isByDid: true } : {}) };
  const other = ({ roots, leaves, recognition }) => ({
    roots: roots.map(fromBase64), ...(leaves ? { leaves: leaves.map(fromBase64), isByDid: true } : {}), ...(Number.isInteger(recognition?.until) ? { until: recognition.until * 1000 } : {}),
  });
  return {
    issuers: new Map(claims.issuers.map((one) => [one.issuer, { types: one.types, ...(one.issuer === claims.iss ? own : other(one)) }])),
    types: claims.types,
    lists: new Map(claims.lists.map(({ uri, token }) => [uri, token])),
  };
}

function checkForm(claims) {
  const strings = (value) => Array.isArray(value) && value.every((item) => typeof item === "string");
  const certificates = (value) => strings(value) && value.every((item) => fromBase64(item).length > 0);
  const form = {
    iss: (value) => typeof value === "string",
    iat: Number.isInteger,
    exp: Number.isInteger,
    limit_hours: (value) => Number.isInteger(value) && value > 0 && value <= LONGEST_HOURS,
    when_old: (value) => ["refuse", "ask"].includes(value),
    nation: (value) => isObject(value) && typeof value.name === "string" && (value.did === null || typeof value.did === "string"),
    roots: (value) => certificates(value) && value.length > 0,
    issuers: (value) => Array.isArray(value) && value.every((one) => isObject(one) && typeof one.issuer === "string" && certificates(one.roots) && strings(one.types) && (one.leaves === undefined || certificates(one.leaves))) && new Set(value.map(({ issuer }) => issuer)).size === value.length,
    types: (value) => isObject(value) && Object.values(value).every((one) => isObject(one) && isObject(one.metadata) && isObject(one.schema)),
    nodes: (value) => Array.isArray(value) && value.every((one) => isObject(one) && typeof one.name === "string" && isObject(one.policy)),
    lists: (value) => Array.isArray(value) && value.every((one) => isObject(one) && typeof one.uri === "string" && typeof one.token === "string") && new Set(value.map(({ uri }) => uri)).size === value.length,
  };
  for (const [name, fits] of Object.entries(form)) if (!fits(claims[name])) throw new SyntaxError(`${name} of the bundle is missing, or not what it must be`);
  if (claims.nation.did !== null && typeof claims.did_log !== "string") throw new SyntaxError("did_log of the bundle is missing");
  if (claims.exp !== claims.iat + claims.limit_hours * 3600) throw new SyntaxError("exp of the bundle is not its limit");
  if ((claims.checkpoint === undefined) !== (claims.log_key === undefined)) throw new SyntaxError("checkpoint and log_key stand together");
}

async function attempt(code, message, act) {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError || error instanceof DOMException)) throw error; // the last: what WebCrypto says of a key that is none
    throw new Problem(code, message, { mend: "Don’t use it. Fetch it again, or ask the nation.", detail: error.message, cause: error });
  }
}
