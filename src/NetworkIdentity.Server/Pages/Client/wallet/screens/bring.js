// The ways in for a link: the camera, or pasted text.
import { button, h, sign } from "../../shared/dom.js";
import { show, tell } from "../../shared/frame.js";
import { Frames, isFrame } from "../../shared/frames.js";
import { hasCamera, scan } from "../../shared/scan.js";
import { wayOf } from "../words.js";

const NOT_OURS = "That is neither an offer nor a request that this wallet knows.";

/** Paste a link. */
export function paste() {
  show("Paste a link", [h("h1", {}, "Paste a link"), h("p", { class: "lead" }, "An offer, or what an app asks: the page that shows a code also has it as text."), pasteForm()]);
}

function pasteForm() {
  const text = h("textarea", { id: "link", rows: 4, dir: "ltr", spellcheck: "false", autocapitalize: "off", autocomplete: "off", "aria-describedby": "link-wrong" });
  const wrong = h("p", { id: "link-wrong", class: "wrong", role: "alert" });
  const go = () => {
    const way = wayOf(text.value);
    if (way) return location.assign(way);
    wrong.textContent = text.value.trim() === "" ? "Paste the link first." : `${NOT_OURS} Copy the whole link and try again.`;
    text.setAttribute("aria-invalid", "true");
    text.focus();
  };
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    go();
  });
  return h("div", { class: "field" }, h("label", { for: "link" }, "The link"), text, wrong, h("div", { class: "steps" }, button("Open", go)));
}

/** Scan a code. The camera is asked for at once, because the person asked for this screen. */
export async function camera() {
  const video = h("video", { class: "camera", muted: true, playsinline: true, "aria-label": "What the camera sees" });
  video.muted = true;
  let close = () => {};
  let left = false;
  show("Scan a code", [
    h("h1", {}, "Scan a code"),
    h("p", { class: "lead" }, "Hold the code of an offer, of a sign-in or of a door before the camera."),
    h("div", { class: "viewfinder" }, video),
    h("div", { class: "steps" }, h("a", { href: "/#paste" }, "Paste the link instead")),
  ], { onLeave: () => { left = true; close(); } });
  if (!hasCamera()) return without("This browser gives no camera to this page.");
  try {
    const frames = new Frames();
    close = await scan(video, async (code) => {
      const { have, count, text } = isFrame(code) ? await frames.add(code) : { text: code };
      if (text === undefined) {
        tell(`${have} of ${count} codes. Hold still: there are more.`);
        return true;
      }
      const way = wayOf(text);
      if (way) location.assign(way);
      else camera().then(() => tell(`${NOT_OURS} It says: `, h("bdi", { dir: "ltr" }, text.slice(0, 80))));
      return false;
    }, (error) => left || without(`The camera stopped: ${error.message}.`));
    if (left) close();
  } catch (error) {
    if (!left) without(REASONS[error.name] ?? `The camera did not start: ${error.message}`);
  }
}

const REASONS = {
  NotAllowedError: "You, or this browser’s settings, said no to the camera.",
  NotFoundError: "There is no camera on this device.",
  OverconstrainedError: "There is no camera on this device that fits.",
  NotReadableError: "Another program is using the camera.",
};

function without(reason) {
  show("No camera", [
    sign("stop"),
    h("h1", {}, "No camera"),
    h("p", { class: "lead" }, `${reason} The link as text does the same.`),
    pasteForm(),
    h("div", { class: "steps" }, button("Try the camera again", camera, { kind: "quiet" })),
  ]);
}
