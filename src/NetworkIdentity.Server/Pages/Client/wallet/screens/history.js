// What was shown to whom, kept on this device alone.
import { button, h, host, words } from "../../shared/dom.js";
import { show, tell } from "../../shared/frame.js";
import * as store from "../store.js";
import { wireView } from "../wire-view.js";
import { minuteOf } from "../words.js";
import { valuesOf } from "./claims.js";

/** What came of each, in words. */
const OUTCOMES = {
  sent: "Sent: what came of it is not known",
  shown: "Shown",
  door: "Shown by codes or an address: what came of it, they said",
  declined: "You said no: nothing was shown",
  refused: "Refused",
  broken: "Broken on purpose",
};

/** The list, the latest first. */
export async function shownTo() {
  const entries = await store.history();
  show("What was shown", [
    h("h1", {}, "What was shown"),
    h("p", { class: "lead" }, entries.length === 0 ? "Nothing was shown to anyone from this device yet." : "To whom, when, and which claims. This list is on this device alone."),
    h("ul", { class: "entries" }, entries.map(entryView)),
    entries.length > 0 && h("div", { class: "steps" }, eraseAll(entries.length)),
    entries.length > 0 && h("p", { class: "small" }, "Erasing an entry here takes nothing back from who saw it. To have them erase it, write to them: the host is named above."),
  ]);
}

function entryView(entry) {
  return h("li", {}, h("article", {},
    h("h2", {}, words(entry.name)),
    h("p", { class: "from" }, host(entry.host), " · ", h("time", { datetime: new Date(entry.at).toISOString() }, minuteOf(entry.at))),
    h("p", { class: `outcome ${entry.outcome}` }, OUTCOMES[entry.outcome], entry.twist && `: ${entry.twist}`, entry.reason && [". ", words(entry.reason)]),
    entry.shown.map(({ credentialName, claims }) => [h("h3", {}, words(credentialName)), claims.length > 0 ? valuesOf(claims) : h("p", { class: "small" }, "Only that you hold it.")]),
    wireView(entry.wire ?? []),
    button("Erase", async () => {
      await store.removeHistory(entry.id);
      await shownTo();
      tell("Erased.");
    }, { kind: "quiet", "aria-label": `Erase the entry of ${entry.name}, ${minuteOf(entry.at)}` })));
}

function eraseAll(count) {
  const place = h("div", {});
  const ask = () => {
    const yes = button("Erase them all", async () => {
      await store.clearHistory();
      await shownTo();
      tell("The list is empty.");
    }, { kind: "stop" });
    place.replaceChildren(h("p", { role: "alert" }, `${count === 1 ? "The one entry goes" : `All ${count} entries go`}, for good.`),
      h("div", { class: "steps row" }, yes, button("Keep them", rest, { kind: "second" })));
    yes.focus();
  };
  const rest = () => {
    const erase = button("Erase all…", ask, { kind: "quiet" });
    const wasInside = place.contains(document.activeElement);
    place.replaceChildren(erase);
    if (wasInside) erase.focus();
  };
  rest();
  return place;
}
