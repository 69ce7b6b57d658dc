// The status lists in evidence: which of them stood on the day, and what the others say of it.
import { dayOf } from "./evidence-findings.js";
import { LONGEST_BELIEVED } from "./status-list.js";
import { member } from "./strict-json.js";

/**
 * Looks at each list that the credential names.
 * @param {{ lists?: { uri: string, token: string }[] }} bundle the file
 * @param {{ uri: string, read: (token: string) => Promise<{ issuedAt: number, expiresAt: number, meaning: string }> }[]} statuses `read` throws a SyntaxError where a token is not the issuer's list; times in ms
 * @param {number} on the moment, in ms
 * @param {import("./evidence-findings.js").Findings} findings
 * @returns {Promise<[string, { issuedAt: number }][]>} the tokens that were looked at, and what they say
 */
export async function checkLists(bundle, statuses, on, findings) {
  const brought = member(bundle, "lists", "array") ?? [];
  if (brought.some((list) => typeof list?.uri !== "string" || typeof list.token !== "string")) throw new SyntaxError("lists is not an array of uri and token");
  const looked = new Map();
  const before = findings.faults.length;
  for (const { uri, read } of statuses) {
    const versions = [];
    for (const token of new Set(brought.filter((list) => list.uri === uri).map((list) => list.token))) {
      try {
        const version = await read(token);
        versions.push({ ...version, expiresAt: Math.min(version.expiresAt, version.issuedAt + LONGEST_BELIEVED * 1000) });
        looked.set(token, versions.at(-1));
      } catch (error) {
        if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
        findings.wrong("status", "status_list_invalid", `a status list is not the issuer's: ${error.message}`);
      }
    }
    decide(versions, on, findings);
  }
  const said = [...looked.values()].map(({ issuedAt, expiresAt }) => `${dayOf(issuedAt)} to ${dayOf(expiresAt)}`);
  if (findings.faults.length === before) {
    findings.held.add("status");
    findings.fact("lists", "held", `A list that the issuer signed stood at that moment: ${[...new Set(said)].join("; ")}`);
  } else {
    const { outcome, words } = findings.worst(before);
    findings.fact("lists", outcome, words);
  }
  return [...looked];
}

function decide(versions, on, findings) {
  // What was revoked stays so: a list of the day or before decides, whether or not it still stood.
  if (versions.some(({ issuedAt, meaning }) => issuedAt <= on && meaning === "revoked")) return findings.wrong("status", "revoked", "the credential was revoked");
  const standing = versions.filter(({ issuedAt, expiresAt }) => issuedAt <= on && on < expiresAt).sort((a, b) => b.issuedAt - a.issuedAt)[0];
  if (standing) {
    findings.told.listAt = Math.max(findings.told.listAt ?? 0, standing.issuedAt);
    if (standing.meaning === "suspended") return findings.wrong("status", "suspended", "the credential was suspended");
    return standing.meaning === "valid" || findings.missing("status", "status_unknown", "the list says a status that has no meaning here");
  }
  const later = versions.filter(({ issuedAt }) => issuedAt > on).sort((a, b) => a.issuedAt - b.issuedAt)[0];
  const says = {
    valid: "; a later one says that it was not revoked until then, and nothing of a suspension that had ended",
    suspended: "; a later one says that it was suspended later",
    revoked: "; a later one says that it was revoked by then, and not when",
  }[later?.meaning] ?? "";
  const speak = [...new Set(versions.map(({ issuedAt, expiresAt }) => `${dayOf(issuedAt)} to ${dayOf(expiresAt)}`))].join("; ");
  return findings.missing("status", "status_not_covered", `no status list stood at that moment${says}${speak && `. The lists speak of ${speak}`}`);
}
