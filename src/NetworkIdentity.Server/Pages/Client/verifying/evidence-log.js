// The public log in evidence: that the issue, and each list, were written to it when they say.
import { sha256, toBase64Url } from "../shared/bytes.js";
import { isPublished } from "./bundle.js";
import { dayOf } from "./evidence-findings.js";
import { member } from "./strict-json.js";
import { openCheckpoint, openReceipt, readProof, readVkey } from "./tlog.js";
import { DAY } from "./w3c-check.js";

/**
 * That the issue, and each list, are leaves of the one tree that the checkpoint signs.
 * @param {{ issuer: string, log?: object }} bundle the file
 * @param {{ history: import("./webvh.js").History, lists: [string, { issuedAt: number }][], signedAt: number }} beside the DID's history, the lists that were looked at, and when the credential says that it was signed, in ms
 * @param {import("./evidence-findings.js").Findings} findings its digest is told already
 */
export async function checkLog(bundle, { history, lists, signedAt }, findings) {
  const before = findings.faults.length;
  const log = member(bundle, "log", "object");
  if (!log || member(log, "key", "string") === undefined || member(log, "checkpoint", "string") === undefined) {
    findings.missing("log", "evidence_incomplete", "it is not there: the key of the public log, or its checkpoint");
  } else {
    await checkProofs(log, bundle.issuer, { history, lists, signedAt }, findings);
  }
  if (findings.faults.length === before) findings.held.add("log");
  else findings.fact("log", findings.faults[before].outcome, findings.faults[before].words);
}

async function checkProofs(log, issuer, { history, lists: brought, signedAt }, findings) {
  const [{ key, checkpoint }, issue, proofs] = [log, member(log, "issue", "string"), member(log, "lists", "array") ?? []];
  if (!proofs.every((proof) => typeof proof === "string")) throw new SyntaxError("lists must be an array of strings");
  const isKeyOf = async (versions) => (await Promise.all(versions.map(({ document }) => isPublished(key, document)))).includes(true);
  const notTrusted = (words) => findings.wrong("log", "log_key_not_trusted", `the key of the public log is not the issuer's: ${words}`);
  try {
    const [{ name }, origin] = [await readVkey(key), originOf(issuer)];
    if (name !== origin && !name.startsWith(`${origin}/`)) throw new SyntaxError("it is of another log");
    if (!(await isKeyOf(history.versions))) throw new SyntaxError("the issuer's DID never had it as its log's");
  } catch (error) {
    return notTrusted(error.message);
  }
  let tree;
  try {
    tree = await openCheckpoint(checkpoint, key);
  } catch (error) {
    return findings.wrong("log", "checkpoint_invalid", error.message);
  }
  const open = async (text) => {
    try {
      if (readProof(text).note !== checkpoint) throw new SyntaxError("the proof is of another checkpoint");
      const { record } = await openReceipt(text, key);
      if (!(record.at >= 0)) throw new SyntaxError("the leaf does not say when it was written");
      return { ...record, at: record.at * 1000 };
    } catch (error) {
      findings.wrong("log", "log_proof_invalid", error.message);
      return null;
    }
  };
  const faults = findings.faults.length;
  const issued = issue === undefined ? null : await open(issue);
  if (issue === undefined) findings.missing("log", "evidence_incomplete", "it is not there: the proof that the issue is in the public log");
  else if (issued) holdIssue(issued, signedAt, findings);
  const records = await Promise.all(proofs.map(open));

  // The checkpoint is no older than the leaves below it.
  const leaves = [issued, ...records].filter(Boolean);
  const then = Math.max(...leaves.map(({ at }) => at));
  if (leaves.length > 0 && !(await isKeyOf([history.at(then + DAY) ?? history.versions[0], history.newest]))) notTrusted("its DID had it at another time");
  for (const [token, { issuedAt }] of records.includes(null) ? [] : brought) {
    const digest = toBase64Url(await sha256(token));
    const leaf = records.find(({ act, detail }) => act === "publish-list" && String(detail).endsWith(` ${digest}`));
    if (!leaf) findings.missing("log", "list_not_in_log", "it is not proven that a status list is in the public log");
    else if (leaf.at > issuedAt + DAY) findings.wrong("log", "backdated", "a status list says that it was signed more than a day before its leaf was written");
  }
  if (findings.faults.length === faults && issued) findings.fact("issue", "held", `Its issue is in the public log, as of ${dayOf(issued.at)}`);
  if (findings.faults.length === faults) findings.fact("log", "held", `One log of ${tree.size} leaves, signed by a key that the issuer’s DID has, has the issue and the lists`);
  return undefined;
}

function holdIssue({ act, detail, at }, signedAt, findings) {
  const { digest } = findings.told;
  if (act !== "issue" || (digest !== null && detail !== digest)) return findings.wrong("log", "log_entry_mismatch", "the leaf of the public log is not that of this credential's issue");
  if (digest === null) return findings.missing("log", "evidence_incomplete", "it is not there: a credential whose proof holds, to be compared with the leaf of its issue");

  // Whoever has a key can write an earlier time; the log's leaf is written when it is. A time that says the day alone is rounded down.
  return at > signedAt + (signedAt % DAY === 0 ? 2 : 1) * DAY && findings.wrong("log", "backdated", "the credential says that it was signed more than a day before its leaf was written");
}

/** The name of an issuer's log: its address without the scheme, and /log. A log that began anew has a part behind that. */
const originOf = (issuer) => `${issuer.slice(issuer.indexOf("//") + 2).replace(/\/+$/, "")}/log`;
