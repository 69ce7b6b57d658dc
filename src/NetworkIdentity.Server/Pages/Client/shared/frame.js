// The frame around the screens: one at a time, its heading focused, and the line that tells what has changed.
import { h } from "./dom.js";

let place = null; // the page's own name: whose screens these are
let leave = null;

/**
 * Shows a screen. The focus goes to its heading, so that whoever listens hears where they are and whoever tabs begins at the top.
 * @param {string} title The screen in a few words, for the title bar.
 * @param {Node[]} parts What is on it; exactly one is, or holds, an h1.
 * @param {{ onLeave?: () => void }} [options] What is to stop when another screen comes, a camera for example.
 */
export function show(title, parts, { onLeave } = {}) {
  leave?.();
  leave = onLeave ?? null;
  place ??= document.title;
  document.title = `${title} · ${place}`;
  const screen = document.getElementById("screen");
  screen.replaceChildren(...parts.flat(Infinity).filter(Boolean));
  const heading = screen.querySelector("h1");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  scrollTo(0, 0);
  quiet();
}

/** Tells something in passing, aloud too. */
export function tell(...parts) {
  document.getElementById("notices").replaceChildren(h("p", {}, ...parts));
}

/** Takes back what was told. */
export function quiet() {
  document.getElementById("notices").replaceChildren();
}

/** A screen while something is asked of others, where it takes long enough to be seen. */
export function wait(title, sentence) {
  const timer = setTimeout(() => show(title, [h("h1", {}, title), h("p", { class: "lead" }, sentence)]), 250);
  return () => clearTimeout(timer);
}
