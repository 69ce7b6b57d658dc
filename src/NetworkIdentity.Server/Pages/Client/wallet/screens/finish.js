// The second half of taking: collecting what was redeemed. It can be asked again, after a crash for example, and brings the same credential.
import { h, sign, words } from "../../shared/dom.js";
import { show, tell, wait } from "../../shared/frame.js";
import { collect, renew } from "../issuance.js";
import * as store from "../store.js";
import { Wire } from "../wire.js";
import { wireView } from "../wire-view.js";
import { card } from "./card.js";
import { valuesOf } from "./claims.js";
import { problem, toCredentials } from "./trouble.js";
import { saysOf } from "../credential.js";
import { check } from "../check.js";

/** The lock that one tab holds while it collects. */
export const lockOf = (id) => `collect ${id}`;

/** What only a new offer helps against; anything else may pass. */
const OVER = ["invalid_token", "invalid_grant", "credential_request_denied", "invalid_credential", "untrusted_certificate"];

/** Whether only a new offer helps. */
export const isOver = ({ code }) => OVER.includes(code);

/**
 * Collects pending rows. Each stands for itself: one that does not come takes no other with it. What is handed out later is kept as that.
 * @returns what came, what waits on, what the first of the others failed by, and whether another tab is at it
 */
export async function bring(rows, wire) {
  const [came, waiting] = [[], []];
  let failed = null;
  try {
    const [{ pending: first }] = rows;
    if (first.waits && first.expiresAt !== null && first.expiresAt < Date.now() + 10_000) {
      await renew(rows.map(({ pending }) => pending), wire);
      await store.savePending(rows);
    }
  } catch (error) {
    return { came, waiting, failed: error, isElsewhere: false };
  }
  for (const row of rows) {
    try {
      const result = await navigator.locks.request(lockOf(row.id), { ifAvailable: true }, async (lock) => lock && { credential: await collect(row.pending, wire, (given) => store.finish(row.id, given)) });
      if (!result) return { came, waiting, failed, isElsewhere: true };
      if (result.credential) {
        came.push({ row, credential: result.credential });
      } else {
        waiting.push(row);
        await store.savePending([row]);
      }
    } catch (error) {
      if (error.name !== "Problem") console.error(error);
      failed ??= error;
    }
  }
  return { came, waiting, failed, isElsewhere: false };
}

/** Collects pending rows and shows what came of them. */
export async function finish(rows, wire = new Wire()) {
  const done = wait("Taking it", "The issuer is asked for your credential.");
  const { came, waiting, failed, isElsewhere } = await bring(rows, wire);
  done();
  if (isElsewhere) return tell("Another tab is finishing this.");
  if (came.length === 0 && waiting.length > 0) return comesLater(waiting, wire);
  if (failed?.code === "invalid_token") failed.mend = "It was not collected in time. Ask for a new offer, and forget this one.";
  if (came.length === 0) return problem(failed, { again: isOver(failed) ? null : () => finish(rows), entries: wire.entries });
  history.replaceState(null, "", "/"); // the offer is spent: loading again shows the credentials
  await taken(came.map(({ credential }) => credential), failed, wire);
}

/** The issuer has not decided yet. */
function comesLater(rows, wire) {
  history.replaceState(null, "", "/"); // the offer is spent
  navigator.storage?.persist?.().catch(() => {}); // the keys are on this device alone
  show("It comes later", [
    sign("time"),
    h("h1", {}, "It comes later"),
    h("p", { class: "lead" }, words(rows[0].issuerName), " has not decided yet. This wallet waits, and its keys are proven: you have nothing more to do."),
    h("p", {}, "Open the wallet again once you hear that it was decided. It asks by itself while it is open, and keeps what it gets."),
    h("div", { class: "steps" }, toCredentials("button")),
    wireView(wire.entries),
  ]);
}

async function taken(credentials, failed, wire) {
  navigator.storage?.persist?.().catch(() => {}); // asked once there is something to lose; the browser decides
  const several = new Set(credentials.map(({ name }) => name)).size > 1;
  const copies = credentials.reduce((count, credential) => count + credential.copies.length, 0);
  const tape = wireView(wire.entries);
  const title = several ? "They are yours" : "It is yours";
  await Promise.all(credentials.map((credential) => check(credential)));
  show(title, [
    sign("done"),
    h("h1", {}, title),
    h("p", { class: "lead" }, several ? "The credentials are on this device. They leave it only when you show them. " : ["The credential is on this device", credentials.length > 1 && ", in two forms", ". It leaves it only when you show it. "],
      "You can close this tab and go back to where you came from."),
    failed && h("p", { class: "note" }, "Not all of it came. ", failed.message, " ", failed.mend ?? "", " What is missing is on the list of your credentials, as not finished."),
    h("ul", { class: "cards" }, credentials.map((credential) => h("li", {}, card(credential)))),
    toldIn(credentials).map((credential, at) => [
      several ? h("h2", {}, "What it says: ", words(credential.name)) : h("h2", {}, at === 0 ? "What it says" : "What the other form says"),
      valuesOf(saysOf(credential)),
    ]),
    copies > 1 && h("p", { class: "small" }, `${copies} copies came, each on a key of its own, so that those you show it to can’t compare.`),
    h("div", { class: "steps" }, toCredentials("button")),
    tape,
  ]);
}

/** Those that say different things: the same in another form is told once. */
function toldIn(credentials) {
  const says = credentials.map((credential) => JSON.stringify(saysOf(credential).map(({ label, value }) => [label, value]).sort()));
  return credentials.filter((_, at) => says.indexOf(says[at]) === at);
}
