// Keeps the sign-in page true: it asks the server for the state, counts the time down, and loads the page again when
// the state is another one. The server renders every state, and says every word; this only shows and hides.

const page = document.querySelector("main[data-sign-in]");
const { state, stateUrl, continueUrl, reasonCode, digitalUrl } = page.dataset;

const everyMs = 1000;
const patienceMs = 8000; // one question
const longestMs = 15000; // between two questions while there is no connection
const verifiedMs = 1500; // long enough to see that it worked

const polls = ["waiting", "scanned", "confirming", "failed"].includes(state);
let failures = 0;
let timer = 0;
let asking = false;
let over = false;
let choosing = false; // the browser's own dialog is open: to load the page would close it
let codeEndsAt = performance.now() + Number(page.dataset.codeSeconds) * 1000;
let endsAt = performance.now() + Number(page.dataset.secondsLeft) * 1000;

const notice = (name, shown) => {
  page.querySelector(`[data-notice=${name}]`).hidden = !shown;
};

const reload = () => {
  over = true;
  location.replace(location.pathname + location.search);
};

const gone = () => {
  over = true;
  notice("offline", false);
  notice("minute", false);
  notice("gone", true);
  for (const way of page.querySelectorAll("[data-ways]")) way.hidden = true;
  page.dataset.state = "gone";
};

const next = (ms) => {
  clearTimeout(timer);
  if (!over && !choosing && !document.hidden) timer = setTimeout(ask, ms);
};

const get = (url, accept) => fetch(url, { credentials: "same-origin", cache: "no-store", headers: { accept }, signal: AbortSignal.timeout(patienceMs) });

// A code that nobody has scanned is soon another. Only the drawing and its text change: who reads, types or tabs here notices nothing.
async function renewCode() {
  const response = await get(location.pathname + location.search, "text/html");
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("main[data-sign-in]");
  if (fresh?.dataset.state !== state) return; // the next question tells
  page.querySelector(".qr").replaceChildren(...fresh.querySelector(".qr").childNodes);
  const text = page.querySelector("[data-copy-text]");
  text.value = fresh.querySelector("[data-copy-text]").value;
  if (document.activeElement === text) text.select();
  page.querySelector("[data-copied]").hidden = true; // what was copied is no longer this
  codeEndsAt = performance.now() + Number(fresh.dataset.codeSeconds) * 1000;
}

async function ask() {
  if (over || asking || choosing || document.hidden) return;
  asking = true;
  clearTimeout(timer);
  try {
    const response = await get(stateUrl, "application/json");
    if (response.status === 404 || response.status === 410) return gone();
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    const answer = await response.json();
    if (choosing) return;
    if (answer.state !== state || (answer.reason_code ?? reasonCode) !== reasonCode) return reload();
    endsAt = performance.now() + answer.seconds_left * 1000;
    if (state === "waiting" && page.querySelector(".qr") && performance.now() >= codeEndsAt) await renewCode();
    failures = 0;
    notice("offline", false);
  } catch {
    failures += 1;
    if (failures > 1 || !navigator.onLine) notice("offline", true); // a single miss is nothing to worry a person with
  } finally {
    asking = false;
    next(Math.min(everyMs * 2 ** failures, longestMs));
  }
}

const tick = () => {
  if (over) return;
  const left = Math.max(0, Math.round((endsAt - performance.now()) / 1000));
  const time = page.querySelector("[data-time]");
  if (time) {
    time.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    notice("minute", left > 0 && left < 60);
  }
};

if (polls) {
  for (const event of ["focus", "online"]) addEventListener(event, ask);
  addEventListener("pageshow", (event) => event.persisted && ask());
  addEventListener("offline", () => !over && notice("offline", true));
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : ask()));
  setInterval(tick, 1000);
  next(everyMs);
}

// Whether the way leads into an app: browsers open one only when the person asks for it, and by then the code would be spent.
if (state === "verified" && !("byHand" in page.dataset)) {
  const go = () => location.replace(continueUrl);
  setTimeout(go, verifiedMs);
  addEventListener("pageshow", (event) => event.persisted && go());
}

// The browser's own way to a wallet, where it has one [OpenID4VP App. A]. It tells the wallet which origin asks, so nobody can relay it.
const digital = page.querySelector("[data-digital]");
const knows = (protocol) => "DigitalCredential" in globalThis && (DigitalCredential.userAgentAllowsProtocol?.(protocol) ?? true);

async function choose() {
  if (over || choosing) return;
  choosing = true;
  clearTimeout(timer);
  notice("digital", false);
  try {
    const handed = await fetch(`${digitalUrl}/request`, { method: "POST", credentials: "same-origin", headers: { accept: "application/json" } });
    if (!handed.ok) return reload();
    const { data } = await navigator.credentials.get({ mediation: "required", digital: { requests: [await handed.json()] } });
    const { response, error } = typeof data === "string" ? JSON.parse(data) : data;
    await fetch(digitalUrl, {
      method: "POST", credentials: "same-origin", headers: { accept: "application/json" },
      body: new URLSearchParams(error === undefined ? { response } : { error }),
    });
    reload(); // accepted or not: the page says it
  } catch (reason) {
    if (!["NotAllowedError", "AbortError"].includes(reason?.name)) notice("digital", true); // else the person closed the dialog
  } finally {
    choosing = false;
    next(everyMs);
  }
}

if (digital && knows("openid4vp-v1-signed")) {
  digital.hidden = false;
  page.querySelector("[data-digital-ask]").addEventListener("click", choose);
}

const copy = page.querySelector("[data-copy]");
if (copy && navigator.clipboard) {
  const text = page.querySelector("[data-copy-text]");
  text.addEventListener("focus", () => text.select());
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.value);
      page.querySelector("[data-copied]").hidden = false;
    } catch {
      text.focus(); // selected, to copy by hand
    }
  });
}
