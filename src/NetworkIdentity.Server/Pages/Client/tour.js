// Keeps a page of the tour true: it asks the server whether the visitor is further, and loads the page again when it is so.
// Without it the page says so and offers a link.

const page = document.querySelector("main[data-tour]");
const { state, stateUrl } = page.dataset;
const notice = page.querySelector("[data-notice=offline]");
const everyMs = 2000;
const patienceMs = 8000;

let timer = 0;
let asking = false;

// What the visitor has unfolded or is typing is not taken away from under them.
const isBusy = () => page.querySelector("details[open]") !== null || page.contains(document.activeElement?.closest("form"));

async function ask() {
  if (asking || document.hidden) return;
  asking = true;
  clearTimeout(timer);
  try {
    const response = await fetch(stateUrl, { cache: "no-store", signal: AbortSignal.timeout(patienceMs) });
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    if (notice) notice.hidden = true;
    if ((await response.json()).state !== state && !isBusy()) return location.reload();
  } catch {
    if (notice) notice.hidden = false;
  } finally {
    asking = false;
  }
  timer = setTimeout(ask, everyMs);
}

document.addEventListener("visibilitychange", ask);
addEventListener("focus", ask);
addEventListener("pageshow", (event) => event.persisted && location.reload());
timer = setTimeout(ask, everyMs);
