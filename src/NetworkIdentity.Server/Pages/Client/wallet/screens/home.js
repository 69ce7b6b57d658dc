// My credentials: what this device holds, what is not finished, and the ways to get one more.
import { check } from "../check.js";
import { button, h, words } from "../dom.js";
import { show, tell } from "../frame.js";
import * as store from "../store.js";
import { minuteOf } from "../words.js";
import { badge, card } from "./card.js";
import { finish, lockOf } from "./finish.js";

/** The first screen. */
export async function home() {
  const [held, pending, locks] = await Promise.all([store.credentials(), store.pending(), navigator.locks.query()]);
  const busy = new Set(locks.held.map(({ name }) => name)); // another tab is at it
  const open = byOffer(pending.filter((row) => !busy.has(lockOf(row.id))));
  show("My credentials", [
    h("h1", {}, "My credentials"),
    held.length === 0 && open.length === 0 && empty(),
    open.map(unfinished),
    held.length > 0 && h("ul", { class: "cards" }, held.map((credential) => h("li", {}, card(credential, { link: true })))),
    ways(held.length === 0),
  ]);
  for (const credential of held) renewBadge(credential);
}

/** Asks for the status, and puts it on the card if it is still on the screen. */
async function renewBadge(credential) {
  await check(credential);
  document.querySelector(`[data-credential="${credential.id}"] .state`)?.replaceWith(badge(credential));
}

const empty = () => h("div", { class: "empty" },
  h("p", { class: "lead" }, "There are none on this device yet."),
  h("p", {}, "Open an offer that someone sent you, or scan its code. If there were some before, this browser has cleared them: the keys are gone, and you need new offers."));

/** What one offer gave is finished together. */
const byOffer = (rows) => [...new Set(rows.map(({ pending }) => pending.accessToken))].map((token) => rows.filter(({ pending }) => pending.accessToken === token));

function unfinished(rows) {
  const [{ issuerName, at }] = rows;
  const name = new Intl.ListFormat("en").format(new Set(rows.map((row) => row.name)));
  const section = h("section", { class: "unfinished", "aria-label": `Not finished: ${name}` },
    h("h2", {}, "Not finished: ", words(name)),
    h("p", {}, "From ", words(issuerName), `. It was yours on ${minuteOf(at)}, and did not arrive.`),
    h("div", { class: "steps row" },
      button("Finish", () => finish(rows)),
      button("Forget it", async () => {
        await store.removePending(rows.map(({ id }) => id));
        await home();
        tell("Forgotten. Ask for a new offer if you want it after all.");
      }, { kind: "second" })));
  return section;
}

const ways = (isFirst) => h("div", { class: "steps row" },
  h("a", { class: isFirst ? "button" : "button second", href: "/#scan" }, "Scan a code"),
  h("a", { class: "button second", href: "/#paste" }, "Paste a link"));
