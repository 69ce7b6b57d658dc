// A credential as a card, and what its status is.
import { claimIn, isW3c, saysOf } from "../credential.js";
import { h, words } from "../../shared/dom.js";
import { dayOf, minuteOf, valueOf } from "../words.js";

export const STATES = { valid: "Valid", revoked: "Revoked", suspended: "Suspended", expired: "Expired", unknown: "Couldn’t check" };

/** The state of a credential as far as this device knows: what was last read, and the time. */
export function stateOf(credential) {
  if (credential.expiresAt !== null && credential.expiresAt <= Date.now()) return "expired";
  return credential.checked?.state ?? null;
}

/** The same, and where it could not be read now, what was last known. */
export const standingOf = (credential) => {
  const state = stateOf(credential);
  return state === "unknown" ? credential.checked.last?.state ?? state : state;
};

/** Where a new one can be asked for: who issued it. */
export const issuerLink = ({ issuer, issuerName }) => h("a", { href: issuer, target: "_blank", rel: "noopener" }, words(issuerName), h("span", { class: "unseen" }, " (a new tab)"));

/** The state in words, with a mark that does without colour. */
export function badge(credential) {
  const state = stateOf(credential);
  const element = h("p", { class: `state ${state ?? "checking"}` }, state ? STATES[state] : credential.status ? "Checking…" : "Has no status to check");
  if (state === "unknown" && credential.checked.last) element.append(`. It was ${STATES[credential.checked.last.state].toLowerCase()} on ${minuteOf(credential.checked.last.at)}`);
  return element;
}

/** The first of what it says, by which its holder tells it from another. */
export const gistOf = (credential) => saysOf(credential).filter(({ path }) => claimIn(path)[0] !== "charter_version").slice(0, 4).map(({ value }) => valueOf(value).slice(0, 40)).join(" · ");

/** What whoever it is shown to sees of it: that is what its form means to its holder. */
export const formOf = (credential) => (isW3c(credential) ? "Shows all that it says, each time" : "Shows only what you agree to");

/** The last day: the one that the credential names, where it does; it ends when that is over. */
function lastDay(credential) {
  const { expiresAt } = credential;
  const until = saysOf(credential).find(({ path }) => claimIn(path).join() === "until")?.value;
  const named = /^\d{4}-\d\d-\d\d$/.test(until) ? new Date(`${until}T00:00`) : null;
  return h("time", { datetime: new Date(expiresAt).toISOString() }, dayOf(Number.isNaN(named?.getTime() ?? NaN) ? expiresAt - 1 : named));
}

/** A card: what, from whom, until when. With a link it opens the credential. */
export function card(credential, { link = false, level = "h2" } = {}) {
  const name = words(credential.name);
  return h("article", { class: "card", "data-credential": credential.id },
    h(level, {}, link ? h("a", { href: `/#credential=${credential.id}`, "aria-describedby": `shows-${credential.id}` }, name) : name),
    h("p", { class: "from" }, words(credential.issuerName)),
    h("p", { class: "gist" }, words(gistOf(credential))),
    h("p", { class: "until" }, credential.expiresAt === null ? "Without an end" : ["Until ", lastDay(credential)], `, taken ${minuteOf(credential.takenAt)}`),
    h("p", { class: "shows", id: `shows-${credential.id}` }, formOf(credential)),
    badge(credential));
}
