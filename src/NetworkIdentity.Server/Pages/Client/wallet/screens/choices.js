// What a request would be shown: for each thing that is asked, which credential, what of it, and what not.
import { isW3c } from "../credential.js";
import { h, words } from "../../shared/dom.js";
import { minuteOf } from "../words.js";
import { gistOf, issuerLink, standingOf, STATES } from "./card.js";
import { labelsOf, valuesOf } from "./claims.js";

const WARNINGS = {
  revoked: "This credential was revoked. Whoever asks will refuse it.",
  suspended: "This credential is suspended. Whoever asks will refuse it for now.",
  expired: "This credential has expired. Whoever asks will refuse it.",
};

/**
 * @param {{ queryId: string, required: boolean, isLeast: boolean, options: { credential: object, discloses: object[], withholds: object[], less: object | null }[] }[]} answers
 * @param {Promise<unknown>} checked when the status of each is known, or known not to be
 * @returns {{ element: Node, chosen: () => { queryId: string, credential: object, discloses: object[], isLess: boolean }[] }}
 */
export function choices(answers, checked) {
  const parts = answers.map((one, index) => choice(one, index, answers.length));
  checked.then(() => parts.forEach(({ fill }) => fill()), console.error);
  return { element: h("div", { class: "choices" }, parts.map(({ element }) => element)), chosen: () => parts.flatMap(({ chosen }) => chosen() ?? []) };
}

function choice({ queryId, required, isLeast, options }, index, count) {
  // One that stands goes before one that doesn't.
  const isBad = ({ credential }) => standingOf(credential) in WARNINGS;
  const sorted = [...options].sort((a, b) => Number(isBad(a)) - Number(isBad(b)));
  const byAge = [...options].sort((a, b) => a.credential.takenAt - b.credential.takenAt);
  let picked = sorted[0];
  let agreed = required;
  let isMore = false; // what is optional is left out, unless its holder says otherwise
  const shown = () => (picked.less && !isMore ? { ...picked, ...picked.less } : picked);
  const body = h("div", {});
  const marks = sorted.map(() => h("strong", {}));
  const fill = () => {
    body.replaceChildren(...[...details(shown()), optional()].filter(Boolean));
    sorted.forEach((option, at) => { marks[at].textContent = isBad(option) ? ` ${STATES[standingOf(option.credential)]}` : ""; });
  };
  const optional = () => picked.less && h("label", { class: "consent" },
    h("input", { type: "checkbox", checked: isMore, on: { change: (event) => { isMore = event.target.checked; fill(); body.querySelector(".consent input").focus(); } } }),
    h("span", {}, "Show ", words(labelsBeyond(picked)), " too. It is not required."));
  const heading = h("h2", {}, words(sorted[0].credential.name), count > 1 && h("span", { class: "count" }, ` ${index + 1} of ${count}`));
  const picker = sorted.length > 1 && h("fieldset", { class: "options" }, h("legend", {}, "You hold several that fit. Which one?"),
    sorted.map((option, at) => h("label", {},
      h("input", { type: "radio", name: `credential-${index}`, checked: at === 0, on: { change: () => { picked = option; fill(); } } }),
      h("span", {}, words(option.credential.name), " of ", words(option.credential.issuerName), `, number ${byAge.indexOf(option) + 1}, taken ${minuteOf(option.credential.takenAt)}: `,
        words(gistOf(option.credential)), marks[at]))));
  const least = isLeast && h("p", { class: "small" }, "Another form of it that you hold would be taken too, and would show all that it says. This is the one that shows least.");
  const consent = !required && h("label", { class: "consent" },
    h("input", { type: "checkbox", on: { change: (event) => { agreed = event.target.checked; } } }), h("span", {}, "Show this too. It is not required."));
  fill();
  return {
    element: h("section", { class: "asked", "aria-label": sorted[0].credential.name }, heading, picker, consent, least, body),
    fill,
    chosen: () => (agreed ? { queryId, ...shown(), isLess: picked.less !== null && !isMore } : null),
  };
}

/** What is shown beside what must be, by name. */
function labelsBeyond({ discloses, less }) {
  const must = less.discloses.map(({ path }) => path.join());
  return new Intl.ListFormat("en").format([...new Set(discloses.filter(({ path }) => !must.includes(path.join())).map(({ label }) => label))]);
}

function details({ credential, discloses, withholds }) {
  const warning = WARNINGS[standingOf(credential)];
  const asked = discloses.filter(({ asked: isAsked }) => isAsked);
  const along = discloses.filter(({ asked: isAsked }) => !isAsked);
  return [
    warning && h("p", { class: "note warning" }, warning, " Whether you can have a new one, ", issuerLink(credential), " can say."),
    isW3c(credential) && h("p", { class: "note" }, "A credential of this form shows all of its claims: it can’t leave any out."),
    h("h3", {}, "Will be shown"),
    asked.length === 0 ? h("p", {}, "That you hold it, and who issued it.") : valuesOf(asked),
    along.length > 0 && h("h3", {}, isW3c(credential) ? "Shown too, though not asked for" : "Goes with it"),
    along.length > 0 && !isW3c(credential) && h("p", { class: "small" }, "It is in the clear in the credential, whatever is asked."),
    along.length > 0 && valuesOf(along),
    withholds.length > 0 && h("h3", {}, "Stays hidden"),
    withholds.length > 0 && h("div", { class: "hidden-claims" }, labelsOf(withholds)),
  ].filter(Boolean);
}
