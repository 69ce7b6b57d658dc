// The log of the issuer's DID, as evidence brings it, and the keys that stood in it at a time.
import { DAY } from "./w3c-check.js";
import { publishedIn, readLog } from "./webvh.js";

/**
 * The DID's log, whole: what is wrong with any entry is wrong with all of it.
 * @param {{ did: string, did_log?: string, did_witness?: object }} bundle the file
 * @param {number} now in ms: no log is from later
 * @param {import("./evidence-findings.js").Findings} findings
 * @returns {Promise<import("./webvh.js").History | null>} null where there is none that holds
 */
export async function readHistory({ did, did_log: log, did_witness: witness }, now, findings) {
  if (log === undefined) return findings.missing("proof", "evidence_incomplete", "it is not there: the history of the issuer’s DID") ?? null;
  try {
    if (typeof log !== "string") throw new SyntaxError("it is no text");
    const history = await readLog(log, { witness: witness ?? null, now });
    if (history.failure !== null) throw new SyntaxError(history.failure);
    if (!history.isOf(did)) throw new SyntaxError("the log is another DID's");
    findings.fact("did_log", "held", `${history.versions.length} ${history.versions.length === 1 ? "version" : "versions"}, each signed by a key of the one before`);
    return history;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const isMissing = (witness ?? null) === null && /witnesses/.test(error.message);
    findings.fact("did_log", isMissing ? "undetermined" : "refused", error.message);
    if (isMissing) findings.missing("proof", "evidence_incomplete", "it is not there: what the witnesses of the DID’s history signed");
    else findings.wrong("proof", "did_log_invalid", `the history of the issuer’s DID is not right: ${error.message}`);
    return null;
  }
}

/** Many credentials say the day alone: so a time means the version that stood a day later. Before it was there the DID had no keys. */
export async function publishedAt(history, time) {
  const version = history.at(time + DAY);
  return version ? publishedIn(version.document) : { ...(await publishedIn(history.versions[0].document)), leaves: [] };
}
