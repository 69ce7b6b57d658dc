// My credentials: what this device holds, what is not finished, and the ways to get one more.
import { check } from "../check.js";
import { button, h, words } from "../../shared/dom.js";
import { show, tell } from "../../shared/frame.js";
import * as store from "../store.js";
import { minuteOf } from "../words.js";
import { badge, card } from "./card.js";
import { Wire } from "../wire.js";
import { bring, finish, isOver, lockOf } from "./finish.js";

let timer; // until what waits may be asked for again

/** The first screen. */
export async function home() {
  const [held, pending, locks] = await Promise.all([store.credentials(), store.pending(), navigator.locks.query()]);
  const busy = new Set(locks.held.map(({ name }) => name)); // another tab is at it
  const open = byOffer(pending.filter((row) => !busy.has(lockOf(row.id))));
  show("My credentials", [
    h("h1", {}, "My credentials"),
    held.length === 0 && open.length === 0 && empty(),
    open.map((rows) => (isWaiting(rows) ? waiting(rows) : unfinished(rows))),
    held.length > 0 && h("ul", { class: "cards" }, held.map((credential) => h("li", {}, card(credential, { link: true })))),
    ways(held.length === 0),
  ]);
  for (const credential of held) renewBadge(credential);
  askAgain(open.filter((rows) => isWaiting(rows) && !rows[0].over));
}

const isWaiting = (rows) => rows.every(({ pending }) => pending.waits);

/** Asks for what waits, once the issuer may be asked again, as long as this screen is there. */
async function askAgain(groups) {
  clearTimeout(timer);
  const dueOf = (rows) => Math.max(...rows.map(({ pending }) => pending.waits.until));
  const due = groups.filter((rows) => dueOf(rows) <= Date.now());
  let here = null;
  for (const rows of due) {
    const { came, failed } = await bring(rows, new Wire());
    here ??= came[0]?.credential;
    const left = rows.filter((row) => !came.some((one) => one.row === row));
    if (failed && left.length > 0) {
      for (const row of left) {
        if (isOver(failed) && failed.code !== "invalid_token") row.over = true; // another token may do
        row.pending.waits.until = Date.now() + row.pending.waits.interval;
      }
      await store.savePending(left);
    }
  }
  const isHere = location.pathname === "/" && ["", "#credentials"].includes(location.hash);
  if (due.length > 0) {
    if (isHere) await home();
    if (here) tell("It was decided: your ", words(here.name), " is here.");
    return;
  }
  const next = Math.min(...groups.map(dueOf));
  if (Number.isFinite(next)) timer = setTimeout(() => document.querySelector("[data-waiting]") && askAgain(groups), Math.min(next - Date.now(), 2 ** 31 - 1));
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

function waiting(rows) {
  const [{ issuerName, at, over, pending }] = rows;
  const name = new Intl.ListFormat("en").format(new Set(rows.map((row) => row.name)));
  return h("section", { class: "unfinished", "aria-label": `${over ? "Not coming" : "Waiting"}: ${name}`, "data-waiting": !over },
    h("h2", {}, over ? "Not coming: " : "Waiting: ", words(name)),
    over
      ? h("p", {}, "From ", words(issuerName), `, asked for on ${minuteOf(at)}. It was not given to this wallet: the nation’s page says why.`)
      : h("p", {}, "From ", words(issuerName), `, asked for on ${minuteOf(at)}. It is not decided yet. The wallet asks again by itself while it is open, after ${minuteOf(pending.waits.until)}.`),
    h("div", { class: "steps row" }, forget(rows)));
}

const forget = (rows) => button("Forget it", async () => {
  await store.removePending(rows.map(({ id }) => id));
  await home();
  tell("Forgotten. Ask for a new offer if you want it after all.");
}, { kind: "second" });

function unfinished(rows) {
  const [{ issuerName, at }] = rows;
  const name = new Intl.ListFormat("en").format(new Set(rows.map((row) => row.name)));
  const section = h("section", { class: "unfinished", "aria-label": `Not finished: ${name}` },
    h("h2", {}, "Not finished: ", words(name)),
    h("p", {}, "From ", words(issuerName), `. It was yours on ${minuteOf(at)}, and did not arrive.`),
    h("div", { class: "steps row" },
      button("Finish", () => finish(rows)),
      forget(rows)));
  return section;
}

const ways = (isFirst) => h("div", { class: "steps row" },
  h("a", { class: isFirst ? "button" : "button second", href: "/#scan" }, "Scan a code"),
  h("a", { class: "button second", href: "/#paste" }, "Paste a link"));
