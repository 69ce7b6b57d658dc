// The ways in for a link: the camera, or pasted text.
import { button, h, sign } from "../dom.js";
import { show, tell } from "../frame.js";
import { hasCamera, scan } from "../scan.js";
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
    h("p", { class: "lead" }, "Hold the code of an offer or of a sign-in before the camera."),
    h("div", { class: "viewfinder" }, video),
    h("div", { class: "steps" }, h("a", { href: "/#paste" }, "Paste the link instead")),
  ], { onLeave: () => { left = true; close(); } });
  if (!hasCamera()) return without("This browser gives no camera to this page.");
  try {
    close = await scan(video, (read) => {
      const way = wayOf(read);
      if (way) return location.assign(way);
      camera().then(() => tell(`${NOT_OURS} It says: `, h("bdi", { dir: "ltr" }, read.slice(0, 80))));
    });
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
