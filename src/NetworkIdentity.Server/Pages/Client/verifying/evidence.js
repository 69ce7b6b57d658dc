// Whether a credential was true on a day, by what was kept beside it and nothing else: no network, no database, no word of anybody's who is still there (decision 0055).
import { checkDocument, checkSdJwtVc, readCredential } from "./evidence-credential.js";
import { Findings } from "./evidence-findings.js";
import { readHistory } from "./evidence-history.js";
import { checkLists } from "./evidence-lists.js";
import { checkLog } from "./evidence-log.js";
import { typeFault } from "./evidence-type.js";
import { SKEW } from "./key-binding.js";
import { isObject, member } from "./strict-json.js";
import { Walk } from "./verdict.js";

/** What the member `format` says. */
export const FORMAT = "network-identity-evidence:1";

/** The steps of evidence, in the order in which people read them. */
export const EVIDENCE_STEPS = ["shape", "issuer", "proof", "validity", "status", "schema", "log"];

/**
 * Checks evidence.
 * @param {unknown} bundle the parsed file
 * @param {{ on: number, did?: string | null, now?: number }} asked the moment that is asked about, in ms; the nation's did:webvh, known by another way, without which nothing is accepted; the time, before which a log must
 *   have been written
 * @returns {Promise<import("./credential-check.js").Verdict & { facts: import("./evidence-findings.js").Fact[] }>} accepted: what it says was true then. Whatever is missing is undetermined, never accepted
 */
export async function checkEvidence(bundle, { on, did = null, now = Date.now() }) {
  let findings = new Findings();
  try {
    await examine(bundle, { on, did, now }, findings);
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError || error instanceof URIError || error instanceof DOMException)) throw error;
    findings = new Findings(); // of what is no evidence nothing is told
    findings.fault(new Walk().refused("shape_invalid", error.message));
  }
  return findings.verdict();
}

async function examine(bundle, { on, did: pinned, now }, findings) {
  if (!isObject(bundle) || bundle.format !== FORMAT) return findings.wrong("shape", "shape_invalid", `it is no evidence: format is not ${FORMAT}`);
  const { credential } = bundle;
  if (credential === undefined || credential === null) return findings.missing("shape", "evidence_incomplete", "it is not there: the credential");
  const read = await readCredential(credential);
  findings.held.add("shape");
  if (member(bundle, "issuer", "string") === undefined || member(bundle, "did", "string") === undefined) return findings.missing("issuer", "evidence_incomplete", "it is not there: the issuer, or its DID");
  const isTrusted = checkIssuer(bundle, pinned, findings);
  const history = await readHistory(bundle, now, findings);
  if (!isTrusted || history === null) return undefined;

  const fault = await typeFault(bundle, read);
  if (fault) findings.fault({ step: "schema", ...fault });
  else if (read.w3c) findings.held.add("schema"); // of an SD-JWT VC its own check says it
  if (on > now + SKEW) findings.missing("status", "status_not_covered", "that moment has not come yet");
  const signedAt = (read.vc ? read.vc.issuedAt : read.w3c.signedAt) ?? on;
  const beside = { history, on, isTyped: !fault };
  const statuses = read.vc ? await checkSdJwtVc(read.vc, bundle, beside, findings) : await checkDocument(read.w3c, bundle, beside, findings);
  const lists = statuses.length > 0 ? await checkLists(bundle, statuses, on, findings) : [];

  // Told once all of it was looked at.
  const ofType = findings.faults.find(({ step }) => step === "schema");
  if (ofType) findings.fact("type", ofType.outcome, ofType.words);
  else findings.fact("type", "held", "It is of the type, and fits its schema");
  await checkLog(bundle, { history, lists, signedAt }, findings);
  tellBesides(bundle, findings);
  return undefined;
}

/** Its address, and a DID that is of that address; and it is the one that is trusted. */
function checkIssuer({ issuer, did }, pinned, findings) {
  const isOfPlace = did.startsWith("did:webvh:") && URL.canParse(issuer) && did.split(":").slice(3).join(":") === placeOf(issuer);
  const isPinned = pinned?.startsWith("did:webvh:") ?? false;
  const fault = !isOfPlace ? "the DID is not one of the issuer's address" : isPinned && pinned.split(":")[2] !== did.split(":")[2] ? "the issuer is another than the one that is trusted" : null;
  if (fault !== null) {
    findings.wrong("issuer", "issuer_not_trusted", fault);
    findings.fact("did", "refused", fault);
  } else if (!isPinned) {
    findings.missing("issuer", "issuer_not_pinned", "whoever makes up a nation can make up its evidence: name the nation’s did:webvh, got by a way of your own");
    findings.fact("did", "not_shown", `The DID is the evidence’s own word: compare it with the one that you have of the nation by another way: ${did}`);
  } else {
    findings.fact("did", "held", pinned === did ? "The DID is the one that you trust" : `It is the nation that you trust, by the part behind did:webvh:, and at another address than the one that you wrote: ${did}`);
  }
  return fault === null;
}

/** What is brought beside, and not proven by any of it. */
function tellBesides(bundle, findings) {
  const [charter, recognitions] = [member(bundle, "charter", "object"), member(bundle, "recognitions", "array") ?? []];
  const version = [findings.told.claims].flat()[0]?.charter_version;
  const isOfVersion = charter && member(charter, "version", "string") !== undefined && charter.version === version;
  if (isOfVersion) findings.fact("charter", "not_shown", `The charter of version ${version}, which it names, is with it, to be read`);
  if (charter && !isOfVersion) {
    findings.wrong("log", "charter_mismatch", "the charter is of another version than the one that the credential names");
    findings.fact("charter", "refused", "The charter is of another version than the one that the credential names");
  }
  if (recognitions.length > 0) findings.fact("recognitions", "not_shown", `${recognitions.length} of it were brought. Whether one holds is for whoever made it to say`);
}

/** The place that a DID of an issuer names: host, port and path, as a did:web has them. */
function placeOf(issuer) {
  const { protocol, hostname, port, pathname } = new URL(issuer);
  const number = port || (protocol === "http:" ? "80" : "443");
  return (number === "443" ? hostname : `${hostname}%3A${number}`) + pathname.replace(/\/+$/, "").replaceAll("~", "%7E").replaceAll("/", ":");
}
