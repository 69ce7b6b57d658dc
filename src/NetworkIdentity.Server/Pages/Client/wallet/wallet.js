// The wallet: where it begins, and which screen belongs to which address.
import { tell } from "../shared/frame.js";
import { button } from "../shared/dom.js";
import { camera, paste } from "./screens/bring.js";
import { credential } from "./screens/credential.js";
import { shownTo } from "./screens/history.js";
import { home } from "./screens/home.js";
import { offer } from "./screens/offer.js";
import { request } from "./screens/request.js";
import { noCrypto, noStorage, problem, stop, storageLost, toCredentials } from "./screens/trouble.js";
import * as store from "./store.js";

/** The screens that may come anew at any time, because nothing is under way on them. */
const atRest = () => location.pathname === "/" && ["", "#credentials", "#history"].includes(location.hash);

let isLost = false;

function lose() {
  isLost = true;
  storageLost();
}

async function route() {
  if (isLost) return storageLost();
  try {
    const [screen, id] = location.hash.slice(1).split("=");
    if (screen === "credentials" || (screen === "" && location.pathname === "/")) {
      if (location.pathname !== "/") history.replaceState(null, "", "/#credentials");
      return await home();
    }
    if (screen === "credential") return await credential(decodeURIComponent(id ?? ""));
    if (screen === "history") return await shownTo();
    if (screen === "scan") return await camera();
    if (screen === "paste") return paste();
    if (location.pathname === "/offer") return await offer(location.search);
    if (location.pathname === "/present") return await request(location.search || `?${location.hash.slice(1)}`); // by value it stands behind #, which no host's log has
    stop({ title: "Nothing here", reason: "The wallet has no such screen.", kind: "none" }, [toCredentials("button")]);
  } catch (error) {
    problem(error, { again: () => location.reload() });
  }
}

/** The files of the wallet are kept, so that it opens without a network; and a newer version is taken as soon as nothing is under way. */
async function keepShell() {
  if (!("serviceWorker" in navigator)) return;
  const isFirst = !navigator.serviceWorker.controller;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (isFirst || !navigator.serviceWorker.controller) return; // the second: it was cleared, and no newer one came
    if (atRest()) return location.reload();
    tell("There is a newer wallet. ", button("Load it when you are done here", () => location.assign("/"), { kind: "quiet" }));
  });
  const path = "/service-worker.js";
  const address = globalThis.trustedTypes ? trustedTypes.createPolicy("wallet", { createScriptURL: () => path }).createScriptURL(path) : path;
  try {
    await navigator.serviceWorker.register(address, { updateViaCache: "none" });
  } catch {
    // It works without, as long as there is a network: nothing to worry a person with.
  }
}

function connection() {
  document.querySelector("[data-state]").textContent = navigator.onLine ? "" : "Offline: what you hold is here, and can be shown at a door. Apps need a connection.";
}

async function start() {
  if (!globalThis.isSecureContext || !globalThis.crypto?.subtle) return noCrypto();
  try {
    await store.open(lose);
  } catch (error) {
    return noStorage(error);
  }
  document.querySelector("[data-nav]").hidden = false;
  store.onChange(() => atRest() && !document.querySelector("details[open]") && route());
  addEventListener("hashchange", route);
  addEventListener("online", connection);
  addEventListener("offline", connection);
  connection();
  keepShell();
  await route();
}

await start();
