// Keeps the sign-in page true: it asks the server for the state, counts the time down, and loads the page again when
// the state is another one. The server renders every state, and says every word; this only shows and hides.

const page = document.querySelector("main[data-sign-in]");
const { state, stateUrl, continueUrl, reasonCode } = page.dataset;

const everyMs = 1000;
const patienceMs = 8000; // one question
const longestMs = 15000; // between two questions while there is no connection
const verifiedMs = 1500; // long enough to see that it worked

const polls = ["waiting", "scanned", "failed"].includes(state);
let failures = 0;
let timer = 0;
let asking = false;
let over = false;
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
  if (!over && !document.hidden) timer = setTimeout(ask, ms);
};

async function ask() {
  if (over || asking || document.hidden) return;
  asking = true;
  clearTimeout(timer);
  try {
    const response = await fetch(stateUrl, {
      credentials: "same-origin",
      cache: "no-store",
      headers: { accept: "application/json" },
      signal: AbortSignal.timeout(patienceMs),
    });
    if (response.status === 404 || response.status === 410) return gone();
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    const answer = await response.json();
    if (answer.state !== state || (answer.reason_code ?? reasonCode) !== reasonCode) return reload();
    endsAt = performance.now() + answer.seconds_left * 1000;
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
