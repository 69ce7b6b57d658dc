// What a steward sees at rest: the door to choose, the next person, the end of the shift, and what stands in the way.
import { button, h, sign, words } from "../shared/dom.js";
import { show, tell } from "../shared/frame.js";
import { drawQr } from "../shared/qr.js";
import { NONCE_MS, policyOf } from "./door-request.js";
import { LIGHTS, VERDICTS } from "./verdicts.js";

/** @typedef {import("./station.js").App} App */

/** Which node's door this is: chosen once for a shift. @param {App} app */
export function chooseNode(app) {
  const nodes = app.bundle.claims.nodes ?? [];
  const field = h("fieldset", { class: "options" }, h("legend", {}, "Your door"), nodes.map(({ name, region }, at) => h("label", {},
    h("input", { type: "radio", name: "node", value: name, checked: name === app.lastNode || (nodes.length === 1 && at === 0) }), h("span", {}, words(name), region ? [" · ", words(region)] : null))));
  const wrong = h("p", { class: "wrong", role: "alert" });
  show("Begin a shift", [
    h("h1", {}, "Begin a shift"),
    h("p", { class: "lead" }, "Choose your door. It stays until you end the shift."),
    nodes.length === 0 ? h("p", { class: "warning" }, "The bundle names no node. Ask the nation’s operator to add one.") : field,
    wrong,
    thumb(nodes.length > 0 && button("Begin", async () => {
      const chosen = field.querySelector(":checked");
      if (!chosen) {
        wrong.textContent = "Choose a door first.";
        field.querySelector("input").focus();
        return;
      }
      await app.begin(chosen.value);
    }, { kind: "big" }), button("Practice first", () => app.practice(), { kind: "second" })),
    upkeep(app),
  ]);
}

/** At rest. @param {App} app */
export function home(app) {
  const shift = app.shift;
  show(shift.node, [
    h("h1", {}, words(shift.node)),
    counts(shift),
    !policyOf(app.bundle.claims, shift.node) && h("p", { class: "warning" }, `The bundle does not name this door. ${VERDICTS.no_policy.next}`),
    thumb(
      button("Next person", () => app.next(), { kind: "big" }),
      button("Scan a card on paper", () => app.scan(null), { kind: "second" }),
      button("Type or paste instead", () => app.type(null), { kind: "quiet" }),
    ),
    h("details", { class: "fold" }, h("summary", {}, "This shift"),
      reasons(shift.reasons),
      h("div", { class: "steps" },
        button("End the shift", () => app.end(), { kind: "second" }),
        button("Practice", () => app.practice(), { kind: "second" }))),
    upkeep(app),
  ]);
}

const counts = ({ lights }) => h("dl", { class: "counts" }, Object.entries(LIGHTS).map(([light, name]) => h("div", { "data-light": light }, h("dt", {}, name), h("dd", {}, lights[light]))));

function reasons(told) {
  const rows = Object.entries(told);
  if (rows.length === 0) return h("p", {}, "Nobody was checked yet.");
  return h("dl", { class: "facts grid" }, rows.sort((a, b) => b[1] - a[1]).map(([reason, count]) => [h("dt", {}, h("code", { dir: "ltr" }, reason)), h("dd", {}, count)]));
}

function upkeep(app) {
  return h("details", { class: "fold" }, h("summary", {}, "This phone"), h("div", { class: "steps" },
    button("Update the bundle", async () => tell(await app.update()), { kind: "second" }),
    button(app.isMuted ? "Sound on" : "Sound off", async (element) => {
      await app.mute(!app.isMuted);
      element.textContent = app.isMuted ? "Sound on" : "Sound off";
      tell(app.isMuted ? "The sound is off." : "The sound is on.");
    }, { kind: "second" }),
    button("Send the counts", async () => tell(await app.send()), { kind: "second" })));
}

/** What is near the thumb of the hand that holds the phone. */
const thumb = (...ways) => h("div", { class: "thumb" }, ways.filter(Boolean));

/**
 * The question to the next person, as a code and as a link.
 * @param {App} app
 * @param {{ query: string, at: number }} request
 */
export function asking(app, request) {
  const link = `openid4vp://?${request.query}`;
  const here = app.wallet && `${app.wallet}/present#${request.query}`;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", "The code of the request, for the wallet of the next person");
  drawQr(svg, here || link);
  const left = h("p", { class: "time", role: "timer" });
  const tick = () => {
    const seconds = Math.max(0, Math.ceil((request.at + NONCE_MS - app.now()) / 1000));
    left.replaceChildren(seconds > 0 ? `Good for ${seconds} s` : "This code is over: press New code.");
    svg.toggleAttribute("data-over", seconds === 0);
  };
  const timer = setInterval(tick, 1000);
  tick();
  show("Next person", [
    h("h1", {}, "Show this code"),
    h("p", { class: "lead" }, "Their wallet scans it. Then scan what their wallet shows."),
    h("div", { class: "qr" }, svg),
    left,
    h("div", { class: "thumb still" },
      button("Scan their answer", () => app.scan(request), { kind: "big" }),
      h("div", { class: "row" },
        button("Type or paste it", () => app.type(request), { kind: "quiet" }),
        button("New code", () => app.next(), { kind: "quiet" }),
        button("Back", () => app.rest(), { kind: "quiet" }))),
    h("details", { class: "fold" }, h("summary", {}, "Their wallet is on this device"),
      h("p", {}, here && h("a", { href: here }, "Open the wallet in this browser")), h("p", {}, h("a", { href: link }, "Open a wallet app"))),
  ], { onLeave: () => clearInterval(timer) });
}

/** What is left of a shift that has ended. @param {App} app */
export function ended(app, { counts: { node, admit, ask, refuse }, reasons: told }) {
  show("The shift has ended", [
    sign("done"),
    h("h1", {}, "The shift has ended"),
    h("p", { class: "lead" }, "What was kept about who came is deleted. The counts alone stay, until the nation has them."),
    counts({ lights: { admit, ask, refuse } }),
    h("p", {}, "At ", words(node), "."),
    reasons(told),
    thumb(button("Send the counts", async () => tell(await app.send()), { kind: "big" }), button("Begin another shift", () => app.rest(), { kind: "second" })),
  ]);
}

/** Who may come, to choose from. @param {App} app */
export function practiceScreen(app) {
  app.isAtRest = true;
  show("Practice", [
    h("h1", {}, "Practice"),
    h("p", { class: "lead" }, "Press who comes, and see what the station says. They are made in this page; nothing is kept and nothing is counted."),
    h("div", { class: "people" }, Object.entries(app.people).map(([reason, { name }]) => button(name, () => app.meet(reason), { kind: "second" }))),
    h("p", {}, `The three lights: ${Object.values(LIGHTS).join(", ")}. Turn the sound on, and learn them by ear.`),
    h("div", { class: "steps" }, button("End practice", () => app.leavePractice(), { kind: "big" })),
  ]);
}

/** Something stands in the way: why, and what can be done. */
export function stop({ title, reason, mend, code }, ways = []) {
  show(title, [
    sign("stop"), h("h1", {}, title), h("p", { class: "lead" }, reason), mend && [h("h2", {}, "What you can do"), h("p", {}, mend)],
    ways.length > 0 && h("div", { class: "steps" }, ways), code && h("p", { class: "small" }, "Reason ", h("code", { dir: "ltr" }, code)),
  ]);
}

/** There is no bundle yet, or storage was cleared. @param {App} app */
export const noBundle = (app, what) => stop({
  title: "No bundle yet",
  reason: "The bundle holds what this phone needs to check people without a network: keys, types and lists, signed by the nation. It isn’t here: this is the first time, or this browser has cleared it.",
  mend: what ?? "Connect to a network once, and load it. Until then nobody can be checked here.",
  code: "no_bundle",
}, [
  button("Load the bundle", async () => {
    const told = await app.update();
    if (!app.bundle) tell(told);
  }, { kind: "big" }),
  button("Practice", () => app.practice(), { kind: "second" }),
]);

/** No WebCrypto: the page came over http from a host that is not this machine. */
export const noCrypto = () => stop({
  title: "The station needs a protected address",
  reason: "Browsers check signatures for pages over https, and for localhost. This page is neither.",
  mend: "Open it by the nation’s https address.",
  code: "no_webcrypto",
});

/** The browser keeps nothing for this page. */
export const noStorage = () => stop({
  title: "This browser keeps nothing here",
  reason: "The station keeps its bundle on this device, and the browser refuses. Private windows and settings that block site data do that.",
  mend: "Open it in an ordinary window, or allow site data for this site.",
  code: "no_storage",
}, [button("Try again", () => location.reload())]);

/** What was kept was taken away while the page was open. */
export const storageLost = () => stop({
  title: "The station’s storage was closed",
  reason: "The browser cleared it, or a newer station is open in another tab. The shift’s counts and its bundle may be gone.",
  mend: "Load the page again with a network near, so that it can fetch the bundle; then begin a shift anew.",
  code: "storage_lost",
}, [button("Load again", () => location.reload())]);
