// What a request would be shown: for each thing that is asked, which credential, what of it, and what not.
import { check } from "../check.js";
import { h, words } from "../dom.js";
import { dayOf } from "../words.js";
import { gistOf, stateOf } from "./card.js";
import { labelsOf, valuesOf } from "./claims.js";

const WARNINGS = {
  revoked: "This credential was revoked. Whoever asks will refuse it.",
  suspended: "This credential is suspended. Whoever asks will refuse it for now.",
  expired: "This credential has expired. Whoever asks will refuse it.",
};

/**
 * @param {{ queryId: string, required: boolean, options: { credential: object, discloses: object[], withholds: object[] }[] }[]} answers
 * @returns {{ element: Node, chosen: () => { queryId: string, credential: object, discloses: object[] }[] }}
 */
export function choices(answers) {
  const parts = answers.map((one, index) => choice(one, index, answers.length));
  return { element: h("div", { class: "choices" }, parts.map(({ element }) => element)), chosen: () => parts.flatMap(({ chosen }) => chosen() ?? []) };
}

function choice({ queryId, required, options }, index, count) {
  // One that stands goes before one that doesn't.
  const sorted = [...options].sort((a, b) => Number(stateOf(a.credential) in WARNINGS) - Number(stateOf(b.credential) in WARNINGS));
  let picked = sorted[0];
  let agreed = required;
  const body = h("div", {});
  const fill = () => body.replaceChildren(...details(picked));
  const heading = h("h2", {}, words(sorted[0].credential.name), count > 1 && h("span", { class: "count" }, ` ${index + 1} of ${count}`));
  const picker = sorted.length > 1 && h("fieldset", { class: "options" }, h("legend", {}, "You hold several that fit. Which one?"),
    sorted.map((option, at) => h("label", {},
      h("input", { type: "radio", name: `credential-${index}`, checked: at === 0, on: { change: () => { picked = option; fill(); } } }),
      h("span", {}, words(option.credential.name), " of ", words(option.credential.issuerName), `, taken ${dayOf(option.credential.takenAt)}: `, words(gistOf(option.credential))))));
  const consent = !required && h("label", { class: "consent" },
    h("input", { type: "checkbox", on: { change: (event) => { agreed = event.target.checked; } } }), h("span", {}, "Show this too. It is not required."));
  fill();
  for (const { credential } of sorted) {
    if (!credential.checked) check(credential).then(fill, console.error);
  }
  return {
    element: h("section", { class: "asked", "aria-label": sorted[0].credential.name }, heading, picker, consent, body),
    chosen: () => (agreed ? { queryId, ...picked } : null),
  };
}

function details({ credential, discloses, withholds }) {
  const warning = WARNINGS[stateOf(credential)];
  const asked = discloses.filter(({ asked: isAsked }) => isAsked);
  const along = discloses.filter(({ asked: isAsked }) => !isAsked);
  return [
    warning && h("p", { class: "note warning" }, warning),
    h("h3", {}, "Will be shown"),
    asked.length + along.length === 0 ? h("p", {}, "Only that you hold it, and who issued it.") : valuesOf([...asked, ...along]),
    withholds.length > 0 && h("h3", {}, "Stays hidden"),
    withholds.length > 0 && h("div", { class: "hidden-claims" }, labelsOf(withholds)),
  ].filter(Boolean);
}
