// What a steward sees while a person is checked: the camera, or a field to type into; and the verdict.
import { button, h, words } from "../shared/dom.js";
import { show } from "../shared/frame.js";
import { Frames, isFrame } from "../shared/frames.js";
import { hasCamera, scan } from "../shared/scan.js";
import { readAnswer } from "./door.js";
import { play } from "./sounds.js";
import { LIGHTS } from "./verdicts.js";

/** @typedef {import("./station.js").App} App */

const NO_CAMERA = {
  NotAllowedError: "You, or this browser’s settings, said no to the camera.",
  NotFoundError: "There is no camera on this device.",
  OverconstrainedError: "There is no camera on this device that fits.",
  NotReadableError: "Another program is using the camera.",
};

/** How often in a row the same code is read, and nothing else, until it is taken for what they show: a sticker beside it is none. */
const STICKERS = 10;

/**
 * The camera, until it has read a whole answer.
 * @param {App} app
 * @param {object | null} request what was asked; null where a card is scanned
 */
export async function scanning(app, request) {
  const video = h("video", { class: "camera", playsinline: true, "aria-label": "What the camera sees" });
  video.muted = true;
  const progress = h("p", { class: "progress", role: "status" }, "Hold their code before the camera.");
  const frames = new Frames();
  let close = () => {};
  let left = false;
  show("Scan", [
    h("h1", {}, request ? "Scan their answer" : "Scan a card"),
    h("div", { class: "viewfinder" }, video),
    progress,
    h("div", { class: "thumb" }, button("Type or paste instead", () => app.type(request), { kind: "second" }), button("Back", () => app.rest(), { kind: "quiet" })),
  ], { onLeave: () => { left = true; close(); } });
  if (!hasCamera()) return typing(app, request, "This browser gives no camera to this page.");
  let [last, times] = [null, 0];
  const found = async (read) => {
    [last, times] = [read, read === last ? times + 1 : 1];
    let whole = read;
    if (isFrame(read)) {
      const { done, have, count, text } = await frames.add(read);
      if (!done && count > 0) progress.textContent = `${have} of ${count} codes`;
      if (!done) return true;
      whole = text;
    }
    return readAnswer(whole, app.questions(request)).reason === "not_a_code" && times < STICKERS ? true : app.judge(whole, request);
  };
  try {
    close = await scan(video, found, (error) => left || typing(app, request, `The camera stopped: ${error.message}.`));
    if (left) close();
  } catch (error) {
    if (!left) typing(app, request, NO_CAMERA[error.name] ?? `The camera did not start: ${error.message}`);
  }
}

/**
 * A field for what a wallet shows as text.
 * @param {App} app
 * @param {object | null} request
 * @param {string} [why] why there is no camera
 */
export function typing(app, request, why) {
  const text = h("textarea", { id: "answer", rows: 6, dir: "ltr", spellcheck: "false", autocapitalize: "off", autocomplete: "off", "aria-describedby": "answer-wrong" });
  const wrong = h("p", { id: "answer-wrong", class: "wrong", role: "alert" });
  show("Type or paste", [
    h("h1", {}, "Type or paste"),
    h("p", { class: "lead" }, why ? `${why} The answer as text does the same.` : "The answer of their wallet, or what the code of a card says, as text."),
    h("div", { class: "field" }, h("label", { for: "answer" }, "The answer"), text, wrong),
    h("div", { class: "thumb" },
      button("Check", async () => {
        if (text.value.trim() !== "") return app.judge(text.value, request);
        wrong.textContent = "Paste the answer first.";
        text.setAttribute("aria-invalid", "true");
        text.focus();
      }, { kind: "big" }),
      hasCamera() && button("Use the camera", () => app.scan(request), { kind: "second" }),
      button("Back", () => app.rest(), { kind: "quiet" })),
  ]);
}

/** The three signs: a tick, a question, a bar. Each has another outline too. */
const DRAWINGS = {
  admit: ["M4 24a20 20 0 1 0 40 0a20 20 0 1 0-40 0", "m14 25 7 7 13-15"],
  ask: ["M24 4 45 42H3z", "M19 23a5 5 0 1 1 7.500 4.300c-2 1.100-2.500 2-2.500 3.700M24 36v.1"],
  refuse: ["M16 4h16l12 12v16L32 44H16L4 32V16z", "M13 24h22"],
};

/**
 * The verdict, by colour, sign, words and sound.
 * @param {App} app
 * @param {Awaited<ReturnType<typeof import("./door.js").decide>>} verdict
 */
export function told(app, { light, reason, words: what, next, warnings }) {
  show(LIGHTS[light], [
    h("div", { class: "verdict", "data-light": light },
      drawing(light),
      h("h1", {}, LIGHTS[light]),
      h("p", { class: "what" }, what),
      h("p", { class: "next" }, next),
      warnings.map((warning) => h("p", { class: "warned" }, h("strong", {}, "Clock. "), warning)),
      h("p", { class: "reason" }, "Reason ", h("code", { dir: "ltr" }, reason), app.isPractice ? null : [" · ", words(app.shift?.node ?? "")])),
    h("div", { class: "thumb" },
      button("Next person", () => app.next(), { kind: "big" }),
      button("Back", () => app.rest(), { kind: "quiet" })),
  ]);
  play(light, app.isMuted);
}

function drawing(light) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of Object.entries({
    class: "light", viewBox: "0 0 48 48", fill: "none", stroke: "currentColor", "stroke-width": 3.5, "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true", focusable: "false",
  })) svg.setAttribute(name, value);
  for (const d of DRAWINGS[light]) svg.appendChild(document.createElementNS(svg.namespaceURI, "path")).setAttribute("d", d);
  return svg;
}
