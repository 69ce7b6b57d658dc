// The second half of taking: collecting what was redeemed. It can be asked again, after a crash for example, and brings the same credential.
import { h, sign, words } from "../dom.js";
import { show, tell, wait } from "../frame.js";
import { collect } from "../issuance.js";
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

/** Collects a pending row and shows what came of it. */
export async function finish(row, wire = new Wire()) {
  await navigator.locks.request(lockOf(row.id), { ifAvailable: true }, async (lock) => {
    if (!lock) return tell("Another tab is finishing this.");
    const done = wait("Taking it", "The issuer is asked for your credential.");
    try {
      const credential = await collect(row.pending, wire, (given) => store.finish(row.id, given));
      done();
      history.replaceState(null, "", "/"); // the offer is spent: loading again shows the credentials
      taken(credential, wire);
    } catch (error) {
      done();
      if (error.code === "invalid_token") error.mend = "It was not collected in time. Ask for a new offer, and forget this one.";

      // Only a new offer helps against these; anything else may pass.
      const isOver = ["invalid_token", "credential_request_denied", "invalid_credential", "untrusted_certificate"].includes(error.code);
      problem(error, { again: isOver ? null : () => finish(row), entries: wire.entries });
    }
  });
}

async function taken(credential, wire) {
  navigator.storage?.persist?.().catch(() => {}); // asked once there is something to lose; the browser decides
  const tape = wireView(wire.entries);
  show("It is yours", [
    sign("done"),
    h("h1", {}, "It is yours"),
    h("p", { class: "lead" }, "The credential is on this device. ", "It leaves it only when you show it. You can close this tab and go back to where you came from."),
    card(await check(credential)),
    h("h2", {}, "What it says"),
    valuesOf(saysOf(credential)),
    credential.copies.length > 1 && h("p", { class: "small" }, `${credential.copies.length} copies came, each on a key of its own, so that those you show it to can’t compare.`),
    h("div", { class: "steps" }, toCredentials("button")),
    tape,
  ]);
}
