// The steward's station: where it begins, what it knows, and which screen comes when.
import { button } from "../shared/dom.js";
import { tell } from "../shared/frame.js";
import { ageOf, EVERY_MS, keptBundle, updateBundle } from "./bundle-store.js";
import { scanning, told, typing } from "./checking.js";
import { decide } from "./door.js";
import { newRequest } from "./door-request.js";
import { practicePeople, practiceWorld } from "./practice.js";
import { asking, chooseNode, ended, home, noBundle, noCrypto, noStorage, practiceScreen, stop, storageLost } from "./screens.js";
import { memoryShelf, openShelf } from "./shelf.js";
import * as shifts from "./shift.js";
import { unlock } from "./sounds.js";
import { VERDICTS } from "./verdicts.js";

const [, base] = location.pathname.match(/^(.*?)\/station(?:\/.*)?$/);
const issuer = location.origin + base;
const UPDATED = "station-updated";

/** The code of a fault of the station's own. */
const OWN_FAULT = "station_error";

const minute = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** @typedef {typeof app} App */
const app = {
  wallet: document.documentElement.dataset.wallet || null,
  isPractice: false,
  isMuted: false,
  lastNode: null,
  /** @type {import("./shelf.js").Shelf} */
  shelf: null,
  /** @type {import("./bundle-store.js").Kept | null} */
  kept: null,
  /** @type {import("./shift.js").Shift | null} */
  shift: null,
  people: {},
  world: null,
  isAtRest: false,
  /** Why the newest bundle that came was not taken, as a code; null where none was wrong. */
  fault: null,
  /** Why none came when it was looked for last, in words; null where one came. */
  missed: null,

  now: () => Date.now(),
  get bundle() { return this.kept?.bundle ?? null; },

  /** The screen between two people. */
  async rest() {
    this.shift = await shifts.running(this.shelf, this.now());
    this.isAtRest = true;
    if (reloadsAtRest && !this.isPractice) return reload();
    if (this.isPractice) return practiceScreen(this);
    if (!this.bundle) return noBundle(this);
    if (!this.shift) return chooseNode(this);
    return home(this);
  },

  async begin(node) {
    unlock();
    this.shift = await shifts.begin(this.shelf, node, this.now());
    this.lastNode = node;

    // Once: browsers that ask the person should not ask at each shift.
    const wasAsked = await this.shelf.change("settings", (settings = {}) => ({ value: { ...settings, node, isPersistAsked: true }, result: settings.isPersistAsked }));
    if (!wasAsked) navigator.storage?.persist?.().catch(() => {});
    await this.rest();
  },

  /** Another page of this phone may have kept a newer bundle: nobody is judged by an older one. */
  async catchUp() {
    const { iat } = (await this.shelf.get("bundle")) ?? {};
    if (this.isPractice || !(iat > (this.bundle?.claims.iat ?? 0))) return;
    this.kept = (await keptBundle(this.shelf, issuer)) ?? this.kept;
    header();
  },

  /** A fresh question, for whoever comes next. */
  async next() {
    unlock();
    if (this.isPractice) return practiceScreen(this);
    await this.catchUp();
    this.shift = await shifts.running(this.shelf, this.now());
    if (!this.bundle || !this.shift) return this.rest();
    this.isAtRest = false;
    const request = newRequest(this.bundle.claims, this.shift.node, this.now());
    await shifts.asked(this.shelf, request);
    asking(this, request);
  },

  scan(request) {
    unlock();
    this.isAtRest = false;
    return scanning(this, request);
  },

  type(request) {
    this.isAtRest = false;
    return typing(this, request);
  },

  /** What an answer may be to: of this shift, and where one is on the screen, that alone. */
  questions: (request = null) => (app.shift?.requests ?? []).filter(({ nonce }) => !request || nonce === request.nonce),

  /** Decides on what was read, notes it, and says it. `request`: the question that was on the screen, where one was: the answer to another person's is none. */
  async judge(text, request = null) {
    this.isAtRest = false;
    performance.mark("station-read");
    await this.catchUp();
    this.shift = await shifts.running(this.shelf, this.now());
    const { shift } = this;
    if (!shift && this.bundle) return this.rest().then(() => tell("The answer came when no shift was running. Begin one, and ask again."));
    let verdict = await decide(text, {
      bundle: this.bundle, node: shift?.node, requests: this.questions(request), spent: new Set(shift?.spent), here: (digest) => shifts.isHere(shift, digest), now: this.now(), skew: this.kept?.skew ?? 0,
    });
    const late = shift && (await shifts.took(this.shelf, verdict));
    if (late) verdict = { ...verdict, ...VERDICTS[late], reason: late };
    told(this, verdict);
    performance.measure("station-verdict", "station-read");
  },

  async end() {
    const summary = await shifts.end(this.shelf, this.now());
    this.shift = null;
    if (!summary) return this.rest();
    this.isAtRest = false;
    ended(this, summary);
  },

  async mute(isMuted) {
    this.isMuted = isMuted;
    await this.shelf.change("settings", (settings = {}) => ({ value: { ...settings, isMuted } }));
  },

  /** Looks for a newer bundle. Gives what came of it, in words. */
  async update() {
    if (this.isPractice) return "Practice has a bundle of its own.";
    const { outcome, code, words, kept } = await updateBundle(this.shelf, issuer, { now: this.now }).catch((error) => {
      console.error(error); // the station's own: it is said, and checks go on by the bundle that is here
      return { outcome: "failed", code: OWN_FAULT, words: "The station could not look at it: that is a mistake of the station’s.", kept: null };
    });
    if (this.isPractice) return ""; // practice began meanwhile
    const isOther = kept && (!this.bundle || (!this.shift && JSON.stringify(kept.bundle.claims.nodes) !== JSON.stringify(this.bundle.claims.nodes)));
    this.missed = outcome === "unreachable" ? words : null;
    if (outcome !== "unreachable") this.fault = code; // it stands in sight until a good one came
    if (kept) this.kept = kept;
    else await this.catchUp();
    header();
    if (isOther && this.isAtRest) await this.rest();
    if (outcome === "newer") return "The bundle is up to date.";
    if (outcome === "same") return "There is no newer bundle.";
    if (outcome === "failed") return `${words} The bundle stays as it is. Tell the nation’s operator.`;
    return outcome === "unreachable" ? `${words} The bundle stays as it is.` : `What came is not taken (${code}): ${words} The bundle stays as it is. Tell the nation’s operator.`;
  },

  /** Sends the counts that wait, once at a time. Gives what came of it, in words. */
  send() {
    if (this.isPractice) return "Practice counts nothing.";
    sending ??= this.sendWaiting().finally(() => { sending = null; });
    return sending;
  },

  async sendWaiting() {
    await shifts.running(this.shelf, this.now());
    const { sent, left, status } = await shifts.send(this.shelf, (counts) => fetch(`${issuer}/station/counts`, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(counts), redirect: "error",
    }).then((response) => response.status, () => 0));
    if (left === 0) return sent === 0 ? "No counts wait. Those of this shift are sent when it has ended." : "The counts are sent.";
    if (status === 401 || status === 403) return `The counts wait here: sign in at the desk as a steward of this node (${issuer}/desk), and send them again.`;
    return status === 0 ? "There is no network: the counts wait here." : `The nation did not take the counts (${status}): they wait here.`;
  },

  /** Leaves the real shift as it is, for a world of its own. */
  async practice() {
    unlock();
    real = { shelf: this.shelf, kept: this.kept, shift: this.shift, lastNode: this.lastNode };
    const world = await practiceWorld(Date.now());
    Object.assign(this, { shelf: memoryShelf(), shift: null, kept: { bundle: world.bundle, skew: 0, unread: [] }, people: practicePeople, world, isPractice: true });
    header();
    practiceScreen(this);
  },

  /** One of the practice people comes. */
  async meet(reason) {
    const request = newRequest(this.bundle.claims, this.world.node, this.now());
    const { text, ...around } = await this.people[reason].act(this.world, request);
    const verdict = await decide(text, {
      bundle: this.bundle, node: this.world.node, requests: [request], spent: new Set(), here: async () => false, now: this.now(), ...around,
    });
    told(this, verdict);
  },

  async leavePractice() {
    Object.assign(this, real, { isPractice: false, world: null });
    await this.catchUp(); // what came meanwhile
    header();
    await this.rest();
  },
};

let real = null;
let sending = null;
let reloadsAtRest = false;

/** What is always in sight: whose station, how old its bundle is, and whether this is practice. */
function header() {
  const { state, words } = ageOf(app.bundle, app.now() - (app.kept?.skew ?? 0));
  const age = document.querySelector("[data-age]");
  if (age.textContent !== words) age.textContent = words;
  age.dataset.age = state;
  document.querySelector("[data-nation]").textContent = app.bundle?.claims.nation.name ?? "Station";
  document.querySelector("[data-band]").hidden = !app.isPractice;
  say("[data-fault]", faultOf(app));
  say("[data-missed]", app.missed && `No newer bundle came. ${app.missed}`);
  say("[data-unread]", (app.kept?.unread ?? []).map(({ name, since }) => `What ${name} revoked is not all known here since ${minute.format(since)}: its status lists could not be used. Who is on them is Ask.`).join(" "));
  document.querySelector("[data-state]").textContent = navigator.onLine ? "" : "Offline: checks go on.";
}

/** What was wrong when a bundle was looked for, in words. */
function faultOf({ fault, bundle }) {
  if (fault === null) return "";
  const words = fault === OWN_FAULT ? `The station failed when it looked for a newer bundle (${fault}): that is a mistake of its own. ${bundle ? "Checks go on by the bundle that is here" : "There is none yet"}.`
    : `The bundle that came is not right (${fault}). ${bundle ? "The one from before stays" : "It is not taken"}.`;
  return `${words} Tell the nation’s operator.`;
}

/** A line at the top; none in practice, and the same one is not said again. */
function say(selector, words) {
  const line = document.querySelector(selector);
  const text = app.isPractice ? "" : (words ?? "");
  if (line.textContent !== text) line.textContent = text;
}

/** A shift that is over by its time ends by itself, also while nobody presses anything. */
async function endOverdue() {
  const { shift } = app;
  if (await shifts.running(app.isPractice ? real.shelf : app.shelf, app.now()) || !shift || app.shift !== shift) return;
  app.shift = null;
  if (app.isAtRest) await app.rest();
}

function reload() {
  sessionStorage.setItem(UPDATED, "1");
  location.replace(`${base}/station`);
}

/** The station's files are kept, so that it opens without a network; a newer version is taken between two people, never while one is checked. */
async function keepShell() {
  if (!("serviceWorker" in navigator)) return;
  const isFirst = !navigator.serviceWorker.controller;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (isFirst || !navigator.serviceWorker.controller) return; // the second: it was cleared, and no newer one came
    reloadsAtRest = true;
    if (app.isAtRest && !app.isPractice) reload();
  });
  const path = `${base}/station/service-worker.js`;
  const address = globalThis.trustedTypes ? trustedTypes.createPolicy("station", { createScriptURL: () => path }).createScriptURL(path) : path;
  try {
    const registration = await navigator.serviceWorker.register(address, { scope: `${base}/station`, updateViaCache: "none" });
    setInterval(() => registration.update().catch(() => {}), EVERY_MS);
  } catch {
    // It works without, as long as there is a network; the bundle is kept all the same.
  }
}

async function online() {
  header();
  if (!navigator.onLine) return;
  await app.update();
  await app.send();
}

async function start() {
  // An answer of a wallet on this device: read, and gone from the address, before anything else.
  const answer = location.pathname.endsWith("/answer") ? location.hash : "";
  if (location.pathname !== `${base}/station`) history.replaceState(null, "", `${base}/station`);
  if (!globalThis.isSecureContext || !globalThis.crypto?.subtle) return noCrypto();
  try {
    app.shelf = await openShelf(storageLost);
  } catch {
    return noStorage();
  }
  const settings = (await app.shelf.get("settings")) ?? {};
  Object.assign(app, { isMuted: settings.isMuted ?? false, lastNode: settings.node ?? null });
  await shifts.running(app.shelf, app.now()); // one that is over ends before anything is shown or counted
  app.kept = await keptBundle(app.shelf, issuer);
  header();
  setInterval(header, 15_000);
  setInterval(endOverdue, 15_000);
  addEventListener("online", online);
  addEventListener("offline", header);
  setInterval(() => navigator.onLine && app.update(), EVERY_MS);
  keepShell();

  if (!app.bundle) await app.update();
  if (answer.length > 1) await app.judge(answer);
  else await app.rest();
  if (sessionStorage.getItem(UPDATED)) {
    sessionStorage.removeItem(UPDATED);
    tell("The station was updated.");
  }

  // The nation is not called because somebody answered.
  if (answer.length > 1) header();
  else online();
}

/** A mistake of the station's own is said, wherever it is made. */
function failed(error) {
  console.error(error);
  stop({ title: "Something went wrong in the station", reason: "It is a mistake in the station, not yours. What it keeps is still here.", code: OWN_FAULT }, [button("Load again", () => location.replace(`${base}/station`))]);
}

addEventListener("unhandledrejection", ({ reason }) => failed(reason));
await start().catch(failed);
