// What can go wrong, each a screen with a name, a reason and a way on.
import { button, h, host, sign, words } from "../../shared/dom.js";
import { show } from "../../shared/frame.js";
import { wireView } from "../wire-view.js";

/**
 * A state that stops here: what happened, why, and what can be done.
 * @param {{ title: string, reason: unknown, mend?: unknown, code?: string, detail?: string, kind?: string }} told
 * @param {Node[]} ways Buttons and links that lead on.
 * @param {object[]} [entries] What went over the wire.
 */
export function stop({ title, reason, mend, code, detail, kind = "stop" }, ways = [], entries) {
  show(title, [
    sign(kind),
    h("h1", {}, title),
    h("p", { class: "lead" }, reason),
    mend && [h("h2", {}, "What you can do"), h("p", {}, mend)],
    ways.length > 0 && h("div", { class: "steps" }, ways),
    detail && h("p", { class: "small" }, "What was answered: ", words(detail)),
    code && h("p", { class: "small" }, "Reason ", h("code", { dir: "ltr" }, code)),
    entries && wireView(entries),
  ]);
}

/** The link to all credentials. */
export const toCredentials = (kind) => h("a", { href: "/#credentials", class: kind }, "My credentials");

/** Something that a Problem says, with a button that tries again where that may help. */
export function problem(error, { again, entries, ways = [] } = {}) {
  const retry = again && button("Try again", again);
  if (error.code === "unreachable") {
    return stop({ title: "No answer", reason: error.message, mend: error.mend || "Check that you are online, then try again.", code: error.code },
      [retry, ...ways, toCredentials()].filter(Boolean), entries);
  }
  if (error.name !== "Problem") {
    console.error(error);
    return stop({ title: "Something went wrong in the wallet", reason: "It is a mistake in the wallet, not yours. What you hold is still here.", detail: String(error), code: "wallet_error" },
      [retry, ...ways, toCredentials()].filter(Boolean), entries);
  }
  return stop({ title: Object.hasOwn(TITLES, error.code) ? TITLES[error.code] : "This can’t go on", reason: error.message, mend: error.mend, detail: error.detail, code: error.code, kind: error.code?.includes("expired") ? "time" : "stop" },
    [retry, ...ways, toCredentials(retry ? undefined : "button")].filter(Boolean), entries);
}

const TITLES = {
  offer_closed: "This offer is closed",
  invalid_grant: "This offer is closed",
  invalid_offer: "This is no good offer",
  issuer_mismatch: "This is no good offer",
  insecure_url: "This address is not protected",
  invalid_credential: "It was not taken",
  expired: "This request has ended",
  invalid_client: "Who asks is not certain",
  invalid_request: "This is no good request",
  not_a_link: "This is no link for a wallet",
  untrusted_certificate: "Who asks is not certain",
};

/** No WebCrypto: the page came over http from a host that is not this machine. */
export const noCrypto = () => stop({
  title: "This wallet needs a protected address",
  reason: ["Browsers lend their keys to pages over https, and to localhost. This page came from ", host(location.origin), ", which is neither."],
  mend: "Open the wallet by its https address, or by a name under localhost on this machine. If you run this server, set NETID__Wallet__Url to one of those.",
  code: "no_webcrypto",
});

/** The browser keeps nothing for this page. */
export const noStorage = (error) => stop({
  title: "This browser keeps nothing here",
  reason: "A wallet must keep keys and credentials on this device, and the browser refuses. Private windows and settings that block site data do that.",
  mend: ["Open the wallet in an ordinary window, or allow site data for ", host(location.host), ". A wallet app works too: go back and choose “Open my wallet”."],
  code: "no_storage",
  detail: String(error?.message ?? error),
}, [button("Try again", () => location.reload())]);

/** What was kept was taken away while the page was open. */
export const storageLost = () => stop({
  title: "The wallet’s storage was closed",
  reason: "The browser cleared it, or a newer wallet is open in another tab.",
  mend: "Load the page again. If your credentials are gone, ask who gave them to you for new offers: nobody can bring back the old keys.",
  code: "storage_lost",
}, [button("Load again", () => location.reload())]);
