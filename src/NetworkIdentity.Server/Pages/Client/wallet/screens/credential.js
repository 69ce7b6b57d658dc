// One credential: everything it says, its status, and taking it off this device.
import { check } from "../check.js";
import { isW3c, saysOf } from "../credential.js";
import { button, h, host, words } from "../../shared/dom.js";
import { show, tell } from "../../shared/frame.js";
import * as store from "../store.js";
import { Wire } from "../wire.js";
import { jsonView, renew, tokenView, wireView } from "../wire-view.js";
import { dayOf } from "../words.js";
import { badge, card } from "./card.js";
import { valuesOf } from "./claims.js";
import { stop, toCredentials } from "./trouble.js";

/** Shows one credential. */
export async function credential(id) {
  const held = await store.credential(id);
  if (!held) return stop({ title: "Not on this device", reason: "There is no such credential here. It may have been removed, in another tab perhaps.", kind: "none" }, [toCredentials("button")]);
  const wire = new Wire();
  let tape = wireView(wire.entries);
  const shown = held.copies.filter((copy) => copy.shownAt !== null).length;
  const look = async () => {
    await check(held, wire);
    document.querySelector(".card .state")?.replaceWith(badge(held));
    tape = renew(tape, wire.entries);
  };
  show(held.name, [
    h("h1", {}, words(held.name)),
    card(held, { level: "h2" }),
    held.description && h("p", { class: "lead" }, words(held.description)),
    h("h2", {}, "What it says"),
    valuesOf(saysOf(held)),
    h("dl", { class: "facts" },
      h("dt", {}, "From"), h("dd", {}, words(held.issuerName), ", ", host(URL.canParse(held.issuer) ? new URL(held.issuer).host : held.issuer)),
      h("dt", {}, "Taken"), h("dd", {}, dayOf(held.takenAt)),
      h("dt", {}, "Form"), h("dd", {}, isW3c(held)
        ? "A W3C credential, with the issuer’s proof inside. It can’t leave anything out: whoever you show it to sees all that it says."
        : "An SD-JWT. It can be shown in part: whoever you show it to sees what you agree to, and the rest stays hidden."),
      h("dt", {}, "Copies"), h("dd", {}, `${held.copies.length}, of which ${shown} ${shown === 1 ? "was" : "were"} shown. A fresh one is taken first, so that those you show it to can’t compare.`)),
    h("div", { class: "steps" },
      held.status && button("Check again", async () => { await look(); tell("Checked."); }, { kind: "second" }),
      removal(held)),
    h("details", { class: "fold" }, h("summary", {}, "The credential as it is signed"), isW3c(held) ? jsonView(held.copies[0].document) : tokenView(held.copies[0].sdJwt, "the first copy")),
    tape,
  ]);
  await look();
}

function removal(held) {
  const place = h("div", { class: "removal" });
  const ask = () => {
    const yes = button("Remove it", async () => {
      await store.removeCredential(held.id);
      location.hash = "#credentials";
      addEventListener("hashchange", () => setTimeout(() => tell(words(held.name), " was removed from this device.")), { once: true });
    }, { kind: "stop" });
    place.replaceChildren(
      h("p", { role: "alert" }, "It goes from this device with its keys. Only a new offer brings it back; the issuer is not told."),
      h("div", { class: "steps row" }, yes, button("Keep it", rest, { kind: "second" })));
    yes.focus();
  };
  const rest = () => {
    const remove = button("Remove…", ask, { kind: "quiet" });
    const wasInside = place.contains(document.activeElement);
    place.replaceChildren(remove);
    if (wasInside) remove.focus();
  };
  rest();
  return place;
}
