// Someone asks by value, as a door does: nobody signed it, and no network is needed. The answer goes back as codes that their camera reads, or, where they are on this device, by their
// address. Nothing is fetched and nothing is sent (decision 0053).
import { button, h, host, sign, words } from "../../shared/dom.js";
import { show } from "../../shared/frame.js";
import { toFrames } from "../../shared/frames.js";
import { answerAtDoor, declineAtDoor, doorOf } from "../presentation.js";
import { drawQr } from "../../shared/qr.js";
import { breakingAtDoor } from "./breaking.js";
import { choices } from "./choices.js";
import { entryOf, kindOf, markShown, note } from "./request.js";
import { toCredentials } from "./trouble.js";

/** How long each code stands: a camera has looked at it several times by then, and nothing flashes more than three times a second. */
const EACH_MS = 350;

const CODE_WAY = "Show it as codes";

/** The way back where who asks is on this device. It takes the place of the request: going back from there sends nothing again. */
const sendTo = (asked, label, address, kind) => button([label, " ", host(asked.host)], () => location.replace(address), { kind });

/** What is asked, and whether it is to be shown. What the status lists say is not asked now: it is as it was when it was last read. */
export function askAtDoor(asked, found) {
  const chooser = choices(found.answers, Promise.resolve());
  const result = h("div", { class: "result", role: "alert" });
  const refused = (title, ...reason) => {
    result.replaceChildren(h("div", {}, h("h2", {}, title), h("p", {}, ...reason)));
    result.scrollIntoView({ block: "nearest" });
  };
  const give = async (way, lie) => {
    result.replaceChildren();
    try {
      const made = await make(asked, chooser.chosen(), lie);
      await way(asked, made, lie);
    } catch (error) {
      if (error.name !== "Problem") throw error;
      refused("Nothing was shown", error.message, " ", error.mend);
    }
  };
  show(`${asked.name} asks`, [
    h("h1", {}, "Someone asks to see something"),
    h("p", { class: "lead" }, h("strong", {}, words(asked.name))),
    h("p", { class: "note warning" }, "Whoever asks says that they are ", words(asked.name), ". You can’t be sure, because this request is not signed. If you stand before them, look who it is."),
    chooser.element,
    h("div", { class: "steps decide" },
      h("p", {}, "Your answer is good for ", host(asked.host), " alone. Show it to a camera before you, or send it there, if that is whom you mean. No network is needed."),
      button(CODE_WAY, () => give(codes)),
      button(["Send it to ", host(asked.host)], () => give(goBack), { kind: "second" }),
      button("Don’t show it", () => refuseAtDoor(asked), { kind: "second" })),
    result,
    breakingAtDoor(asked, chooser.chosen, (lie) => give(codes, lie), refused),
  ]);
}

/** Makes the answer. Before anyone can see it, it is in the history. */
async function make(asked, picked, lie) {
  const made = await answerAtDoor(asked, picked.map(({ queryId, credential, isLess }) => ({ queryId, credential, isLess })), lie);
  await note(entryOf(asked, picked, {
    id: made.id, wire: [],
    ...(lie ? { outcome: "broken", twist: lie.label, reason: "what came of it, they said" } : {
      outcome: "door",
      presentations: picked.map(({ credential }, index) => ({ kind: kindOf(credential), presentation: made.presentations[index] })),
    }),
  }));
  await markShown(picked, made.copyIndexes, doorOf(asked));
  return made;
}

const goBack = (asked, made) => location.replace(made.address);

/** Nothing was shown. Who asked learns of it where they are on this device, and else by what they see. */
export async function refuseAtDoor(asked) {
  await note(entryOf(asked, [], { outcome: "declined", wire: [] }));
  show("You said no", [
    sign("none"),
    h("h1", {}, "You said no"),
    h("p", { class: "lead" }, "Nothing was shown to ", host(asked.host), ". Tell who stands before you."),
    h("div", { class: "steps" }, sendTo(asked, "Say so to", declineAtDoor(asked), "second"), toCredentials()),
  ]);
}

/** The answer as codes, one after the other for as long as it takes. Who asked for less motion goes on by hand. */
async function codes(asked, made, lie) {
  let frames;
  try {
    frames = await toFrames(made.address);
  } catch (error) {
    if (error.name !== "RangeError") throw error;
    return tooLong(asked, made);
  }
  let at = 0;
  let timer = null;
  const picture = h("div", { class: "qr code" });
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  picture.append(svg);
  svg.setAttribute("role", "img");
  const count = h("p", { class: "small", "data-count": true });
  const draw = () => {
    drawQr(svg, frames[at]);
    svg.setAttribute("aria-label", `Code ${at + 1} of ${frames.length}`);
    count.textContent = `Code ${at + 1} of ${frames.length}`;
  };
  const turn = (by) => {
    at = (at + by + frames.length) % frames.length;
    draw();
  };
  const rest = () => {
    clearTimeout(timer);
    timer = null;
    move.textContent = "Play";
  };
  // Not quite evenly: a slow camera that keeps time with the codes would see the same ones again and again.
  const go = () => {
    timer = setTimeout(() => { turn(1); go(); }, EACH_MS * (1 + Math.random() / 4));
  };
  const run = () => {
    move.textContent = "Pause";
    go();
  };
  const move = button("", () => (timer === null ? run() : rest()), { kind: "second" });
  const step = (label, by) => button(label, () => { rest(); turn(by); }, { kind: "second" });
  const sleep = keepAwake();
  draw();
  show("Your answer", [
    h("h1", {}, "Hold this before their camera"),
    lie && h("p", { class: "note warning" }, `This answer is dishonest on purpose: ${lie.label}.`),
    h("p", { class: "lead" }, frames.length === 1 ? "Until they say that they have it." : "The codes follow each other. Hold still until they have them all; in any order will do."),
    picture,
    count,
    frames.length > 1 && h("div", { class: "steps turns" }, step("Previous", -1), step("Next", 1), move),
    h("p", { class: "small" }, "If it does not read: turn the screen’s brightness up all the way, come closer, and keep reflections off the glass. Who films these codes sees what you showed, and can’t use it anywhere else."),
    h("div", { class: "steps" },
      lie ? button("Back to what is asked", () => location.reload()) : h("a", { class: "button", href: "/#credentials" }, "Done"),
      sendTo(asked, "Send it to", made.address, "quiet")),
  ], { onLeave: () => { clearTimeout(timer); sleep(); } });
  if (frames.length > 1 && !matchMedia("(prefers-reduced-motion: reduce)").matches) run();
  else rest();
}

function tooLong(asked, made) {
  show("Too long for codes", [
    sign("stop"),
    h("h1", {}, "This answer is too long for codes"),
    h("p", { class: "lead" }, "It can go back to ", host(asked.host), " on this device alone. Or show less of it."),
    h("div", { class: "steps" }, sendTo(asked, "Send it to", made.address), toCredentials()),
  ]);
}

/** Keeps the screen on, where the browser can, until what it gives is called. */
function keepAwake() {
  let lock = null;
  let isOver = false;
  const ask = async () => {
    if (document.visibilityState !== "visible") return;
    try {
      lock = await navigator.wakeLock?.request("screen") ?? null;
    } catch {
      // A battery that is nearly empty, for example: the codes are there all the same.
    }
    if (isOver) await lock?.release();
  };
  document.addEventListener("visibilitychange", ask); // a lock ends when the page is hidden
  ask();
  return () => {
    isOver = true;
    document.removeEventListener("visibilitychange", ask);
    lock?.release();
  };
}
