// The page that checks evidence: choose a file, say on which day, read the verdict. Everything happens in the browser; nothing is sent, and nothing is kept.
import { sha256 } from "../shared/bytes.js";
import { button, h, words } from "../shared/dom.js";
import { checkEvidence, EVIDENCE_STEPS } from "./evidence.js";
import { strictJson } from "./strict-json.js";
import TYPES from "./types.js";
import { isDay } from "./w3c-check.js";

/** Of a day alone: what was decided on it counts. */
const LAST_SECOND = "23:59:59";

const LONGEST = 8 * 1024 * 1024;
const SVG = "http://www.w3.org/2000/svg";

const TONES = {
  accepted: { tone: "held", title: "It was true at that moment", drawing: ["M3 24a21 21 0 1 0 42 0a21 21 0 1 0-42 0", "m14 25 7 7 13-16"] },
  refused: { tone: "refused", title: "Not accepted", drawing: ["M16 3h16l13 13v16L32 45H16L3 32V16Z", "m16 16 16 16m0-16L16 32"] },
  undetermined: { tone: "undetermined", title: "Could not be checked", drawing: ["M3 24a21 21 0 1 0 42 0a21 21 0 1 0-42 0", "M18 19c0-8 12-8 12 0 0 5-6 5-6 10m0 5v1"] },
};

const STEP_NAMES = {
  shape: "It is evidence of a credential", issuer: "Its issuer is the one that is trusted", proof: "The issuer signed it, with a key of that time", validity: "It was in its time",
  status: "It was not taken back or suspended", schema: "It says what its type allows", log: "Its issue and its list are in the public log",
};
const FACT_NAMES = {
  did: "Who the issuer is", did_log: "The history of its DID", type: "The type", lists: "The status lists", log: "The public log", issue: "The issue", charter: "The charter", recognitions: "Recognitions",
};
/** What no credential of a nation says, as its signed reports have it. */
export const NEVER = ["It is not a nationality, and no passport, visa or travel document.", "It proves no civil name, no age and no place of birth.", "It is no statement by any state."];
const STATES = { held: "holds", refused: "does not hold", undetermined: "could not be checked", not_shown: "said, not proven", not_looked_at: "not looked at" };

/**
 * The form, and the place where the verdict comes.
 * @param {{ did: string | null, samples: import("./samples.js").default }} beside the nation's DID as whoever handed out the page has it; samples to try, with what they must come to
 * @returns {Node[]}
 */
export function build({ did, samples }) {
  const result = h("section", { id: "result", "aria-live": "polite" });
  const file = h("input", { id: "file", type: "file", accept: ".json,application/json" });
  const text = h("textarea", { id: "text", rows: "5", dir: "ltr", spellcheck: "false", autocomplete: "off" });
  const on = h("input", { id: "on", type: "text", dir: "ltr", autocomplete: "off", spellcheck: "false", placeholder: "2026-11-22 or 2026-11-22T15:00:00Z", "aria-describedby": "on-how" });
  const trusted = h("input", { id: "did", type: "text", dir: "ltr", autocomplete: "off", spellcheck: "false", "aria-describedby": "did-how" });
  const show = (...nodes) => {
    result.replaceChildren(...nodes);
    const heading = result.querySelector("h2");
    heading.tabIndex = -1;
    heading.focus();
  };

  const check = async (given, bytes, name) => {
    const asked = { on: momentOf(on.value), did: didIn(trusted.value) };
    if (asked.on === null) return show(h("h2", {}, "That is no day"), h("p", {}, "Write it as year, month and day, 2026-11-22; or with a time and its zone, 2026-11-22T15:00:00Z, where Z is UTC."));
    if (asked.did !== null && !asked.did.startsWith("did:webvh:")) return show(h("h2", {}, "That is not the DID that is needed"), h("p", {}, "It begins with did:webvh:. An address, or a did:web, names whoever has that address at some time."));
    if (!given.trim()) return show(h("h2", {}, "There was nothing to check"), h("p", {}, "Choose a file, or paste what is in it."));
    if (given.length > LONGEST) return show(h("h2", {}, "That is too long"), h("p", {}, "Evidence is a file of some hundred kilobytes."));
    let bundle;
    try {
      bundle = strictJson(given.replace(/^\uFEFF/, "").trim());
    } catch {
      return show(h("h2", {}, "That is no evidence"), h("p", {}, "It is not JSON, or was cut short. A credential, or its picture, is not the evidence of it: ask for the file that netid evidence makes."));
    }
    const digest = bytes && hex(await sha256(bytes));
    return show(...verdictOf(await checkEvidence(bundle, asked), bundle, { ...asked, isNow: on.value.trim() === "", file: { name, digest } }));
  };
  const checkFile = async (chosen) => check(await chosen.text(), await chosen.arrayBuffer(), chosen.name);

  const form = h("form", { class: "fields" },
    h("p", {}, h("label", { for: "file" }, "Choose the file with the evidence"), file),
    h("p", {}, h("label", { for: "text" }, "Or paste what is in it"), text),
    h("p", {}, h("label", { for: "on" }, "Was it true at this time? A day alone is its end, 23:59:59 UTC"), on,
      h("span", { class: "small", id: "on-how" }, "Today alone is now. Write the time too, as 2026-11-22T15:00:00Z, if it matters what was true earlier that day. Empty: now.")),
    h("p", {}, h("label", { for: "did" }, "The issuer’s DID, which you know by another way"), trusted,
      h("span", { class: "small", id: "did-how" }, "It begins with did:webvh: and stands in what the nation printed: its charter, a letter, a treaty, a gazette. Never take it from the evidence. Empty: what is found is shown, and nothing is accepted.")),
    did ? h("p", { class: "small" }, "Who handed out this page says that its nation is ", h("code", { dir: "ltr" }, did), ". Compare it.") : null,
    h("button", { type: "submit" }, "Check it"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (text.value.trim() && file.files[0]) return show(h("h2", {}, "Which of the two?"), h("p", {}, "There is a file, and there is pasted text. Empty one of them."));
    return file.files[0] ? checkFile(file.files[0]) : check(text.value, null, "pasted text");
  });

  // A verdict is of what stood in the fields when it was asked for.
  form.addEventListener("input", () => result.replaceChildren());
  for (const kind of ["dragover", "drop"]) {
    form.addEventListener(kind, async (event) => {
      event.preventDefault();
      const [dropped] = event.dataTransfer?.files ?? [];
      if (kind === "drop" && dropped) await checkFile(dropped);
    });
  }
  return [form, result, ...(samples.length > 0 ? samplesOf(samples, show) : [])];
}

/** The DID in what was written or pasted, with or without words around it; what was written, where there is none; null where nothing was. */
const didIn = (text) => /did:webvh:[^\s"'<>,;]+/.exec(text)?.[0].replace(/\.+$/, "") ?? (text.trim() || null);

/** A time with its offset; or a day, its last second in UTC, and of today now; now where nothing is said. Null where it is neither. */
function momentOf(text) {
  const said = text.trim();
  const now = Date.now();
  if (said === "" || new Date(now).toISOString().startsWith(`${said}T`)) return now;
  const isOne = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(said) && isDay(said.slice(0, 10));
  const moment = isOne ? Date.parse(said.includes("T") ? said : `${said}T${LAST_SECOND}Z`) : NaN;
  return Number.isNaN(moment) ? null : moment;
}

/**
 * A moment in words, which say it where it is the end of a day: who writes a day alone reads what was judged.
 * @param {number} on in ms
 */
export function momentInWords(on) {
  const [day, time] = new Date(on).toISOString().replace("Z", "").split("T");
  return `on ${day} at ${time.replace(/(:00)?\.000$/, "")} UTC${time === `${LAST_SECOND}.000` ? ", the end of that day" : ""}`;
}

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

function verdictOf(verdict, bundle, asked) {
  const { tone, title, drawing } = TONES[verdict.outcome];
  const isAccepted = verdict.outcome === "accepted";
  const says = Object.entries(isAccepted ? verdict.claims ?? {} : {}).filter(([name]) => !["id", "type"].includes(name));
  return [
    h("div", { class: `verdict ${tone}` }, picture(drawing), h("div", {},
      h("h2", {}, title),
      h("p", { class: "judged" }, h("strong", {}, "Judged as it stood ", h("bdi", { dir: "ltr" }, momentInWords(asked.on))), asked.isNow ? ": when you asked, by the clock of this machine." : "."),
      h("p", {}, meaningOf(verdict)),
      isAccepted ? null : h("p", { class: "small" }, "Reason: ", h("code", { dir: "ltr", "data-reason": verdict.reason }, verdict.reason), " · ", words(verdict.words)))),
    h("p", { class: "unprinted" }, button("Print this verdict", () => window.print(), { kind: "second" })),
    h("h3", {}, "What was checked"),
    h("dl", { class: "facts" }, Object.entries(checkedOf(verdict, bundle, asked)).flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, h("bdi", { dir: "ltr" }, words(value)))])),
    ...(says.length > 0 ? [h("h3", {}, "What the issuer says"), h("dl", { class: "facts" }, says.flatMap(([name, value]) => [h("dt", {}, name.replaceAll("_", " ")), h("dd", {}, words(textOf(value)))]))] : []),
    h("h3", {}, "Each step"),
    h("ol", { class: "checked" }, EVIDENCE_STEPS.map((step) => {
      const state = step === verdict.step ? verdict.outcome : verdict.held.includes(step) ? "held" : "not_looked_at";
      return h("li", { class: state }, STEP_NAMES[step], " ", h("strong", {}, STATES[state]));
    })),
    ...(verdict.facts.length > 0 ? [h("h3", {}, "What it rests on"), h("dl", { class: "facts" }, verdict.facts.flatMap(({ fact, state, words: said }) => [h("dt", {}, FACT_NAMES[fact]), h("dd", {}, `${said} (${STATES[state]}).`)]))] : []),
    h("h3", {}, "What it does not say"),
    h("ul", { class: "claims" },
      [...NEVER, ...unsaidBy(verdict), "It does not say that who brought it is the person it was given to: anyone may have a copy.", "It does not say whether it is true at another moment than the one that was asked about.", "It does not say what the nation decided after the list was signed that stood then: what it rests on says when that was."]
        .map((sentence) => h("li", {}, words(sentence)))),
  ];
}

function meaningOf({ outcome, words: said, reason }) {
  if (outcome === "accepted") return said;
  if (reason === "issuer_not_pinned") return "You did not say which nation it must be of. Write the nation’s DID, got by a way of your own: whoever makes up a nation can make up its evidence. What was found beside that stands below.";
  if (reason === "status_not_covered" && said === "that moment has not come yet") return "That moment has not come yet, by the clock of this machine. Nobody can say what will be true then.";
  if (reason === "status_not_covered") return "That says neither that it was right nor that it was wrong: no list in the file speaks of that moment. What the lists speak of stands below; ask about a moment in that, or for evidence of the day that matters.";
  if (outcome === "undetermined") return "That says neither that it was right nor that it was wrong. Something that is needed to know is not in the file.";
  if (reason === "revoked" || reason === "suspended") return "Its issuer had taken it back by that moment, or suspended it then.";
  if (reason === "not_yet_valid" || reason === "expired") return "It was not in its time at that moment: see from when and until when it is good, below.";
  if (reason === "issuer_not_trusted") return "It is not of the nation whose DID you wrote. Look for a slip in it first: from did:webvh: to the next colon it must be the same to the letter.";
  if (reason === "shape_invalid") return "The file is no evidence of a credential, or was changed. A credential alone is not evidence of it.";
  return "Something in it is not what its issuer signed, or not of its issuer.";
}

/** What whoever files the verdict must be able to say of it. */
function checkedOf({ type, validFrom, validUntil, digest }, bundle, { did, file }) {
  const day = (at) => (typeof at === "number" ? new Date(at).toISOString().replace(".000Z", "Z") : null);
  const told = {
    File: file.name, "Its SHA-256": file.digest, "The DID that you wrote": did ?? "none",
    Type: type, Issuer: bundle?.issuer, "Its DID, as the file says": bundle?.did, "Good from": day(validFrom), "Good until": day(validUntil), "Evidence made, as the file says": day(typeof bundle?.made_at === "number" ? bundle.made_at * 1000 : null),
    "Digest of the credential": digest, "Checked, by the clock of this machine": day(Math.floor(Date.now() / 1000) * 1000),
  };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => typeof value === "string"));
}

const textOf = (value) => (Array.isArray(value) ? value.map(textOf).join(", ") : value !== null && typeof value === "object" ? JSON.stringify(value) : String(value));

function picture(paths) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ viewBox: "0 0 48 48", width: 48, height: 48, "aria-hidden": "true", focusable: "false" })) svg.setAttribute(name, value);
  for (const d of paths) svg.appendChild(document.createElementNS(SVG, "path")).setAttribute("d", d);
  return svg;
}

/** What its type adds to that, where the type is known here. */
const unsaidBy = ({ type }) => Object.entries(TYPES).find(([vct, { w3c }]) => type === vct || type?.split(" ").includes(w3c?.type))?.[1].metadata.does_not_say ?? [];

/** Samples of a nation that was made up: whoever keeps the page sees that it still tells good from broken. */
function samplesOf(samples, show) {
  const table = h("ul", { class: "checked samples" });
  const line = (sample) => {
    const came = h("strong", {}, `must come to ${sample.expected[2] ?? sample.expected[0]}`);
    const button = h("button", { type: "button", class: "quiet" }, sample.name);
    const asked = { on: Date.parse(sample.on), did: sample.did ?? sample.evidence.did };
    const run = async () => {
      const verdict = await checkEvidence(sample.evidence, { ...asked, now: Date.parse(sample.now) });
      const isRight = [verdict.outcome, verdict.step, verdict.reason].every((value, at) => value === sample.expected[at]);
      came.replaceChildren(isRight ? `as it must be: ${verdict.reason ?? verdict.outcome}` : `WRONG: ${verdict.reason ?? verdict.outcome}`);
      item.className = isRight ? "held" : "refused";
      return verdict;
    };
    button.addEventListener("click", async () => show(...verdictOf(await run(), sample.evidence, { ...asked, file: { name: `${sample.name} (a sample)` } })));
    const item = h("li", { class: "not_looked_at" }, button, " ", came);
    return { item, run };
  };
  const lines = samples.map(line);
  table.append(...lines.map(({ item }) => item));
  const all = h("button", { type: "button", class: "second" }, "Try all of these");
  all.addEventListener("click", async () => {
    for (const { run } of lines) await run();
  });
  return [h("h2", { id: "samples" }, "Try these"), h("p", {}, "Evidence of a nation that was made up, good and broken. Each must come to what stands beside it; a page that says anything else is not to be relied on."), table, h("p", {}, all)];
}
