// The trust bundle on this device: the last good one, and whose nation it is since the first. A worse or older one never takes the place of a better.
import { Problem } from "../shared/problem.js";
import { OTHER_NATION, readBundle } from "../verifying/bundle.js";
import { issuersUnread } from "../verifying/credential-check.js";

/** How often a newer one is looked for while there is a network. */
export const EVERY_MS = 600_000;

/**
 * @typedef {object} Kept
 * @property {Awaited<ReturnType<typeof readBundle>>} bundle
 * @property {number} skew how far this clock was ahead of the nation's when it came, in ms
 * @property {{ name: string, since: number }[]} unread the other nations whose status lists can't be used, and the time of the first bundle of which that was so, in ms
 */

/**
 * The bundle that is kept here, or null. It is verified anew, and whatever is wrong with it, it is none. It is read as of when the nation signed it: a clock that was set to another time
 * takes no bundle away. How old it may be is judged at each answer.
 * @returns {Promise<Kept | null>}
 */
export async function keptBundle(shelf, issuer) {
  const kept = await shelf.get("bundle");
  if (!kept) return null;
  try {
    const bundle = await read(kept.text, issuer, (await shelf.get("pin")) ?? null, kept.iat * 1000);
    return keptOf(bundle, kept);
  } catch (error) {
    if (!(error instanceof Problem)) throw error; // the station's own, which is said
    return null;
  }
}

/**
 * Looks for a newer bundle. A fault of the station's own is thrown: it is no fault of the bundle, nor of the network.
 * @param {import("./shelf.js").Shelf} shelf
 * @param {string} issuer
 * @param {{ fetch?: typeof fetch, now?: () => number }} [ways] other ways to a network and a clock
 * @returns {Promise<{ outcome: 'newer' | 'same' | 'unreachable' | 'wrong', code: string | null, words: string | null, kept: Kept | null }>}
 *   `wrong`: something came that is no bundle of this nation, or that doesn't go on from what is known of it; what is kept stays
 */
export async function updateBundle(shelf, issuer, { fetch: ask = fetch, now = Date.now } = {}) {
  const without = (outcome, words, code = null) => ({ outcome, code, words, kept: null });
  let response, text;
  try {
    response = await ask(`${issuer}/station/bundle`, { cache: "no-cache", credentials: "omit" });
    text = (await response.text()).trim();
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof DOMException)) throw error; // what fetch says of a network
    return without("unreachable", "There is no network, or the nation does not answer.");
  }
  if (!response.ok) return without("unreachable", `The nation answered ${response.status}.`);
  const date = Date.parse(response.headers.get("date") ?? "");
  const skew = Number.isNaN(date) ? 0 : now() - date;
  let bundle;
  try {
    bundle = await read(text, issuer, (await shelf.get("pin")) ?? null, now() - skew);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return without("wrong", error.message, error.code);
  }
  const { iat, nation: { did }, did_log: log } = bundle.claims;
  const others = await issuersUnread(bundle.known, issuer, iat * 1000);
  const newest = await shelf.change("bundle", (kept) => {
    if (kept && kept.iat > iat) return { value: kept, result: null };
    const taken = { text, skew, iat, unread: Object.fromEntries(others.map((other) => [other, kept?.unread?.[other] ?? iat])) };
    return { value: taken, result: taken };
  });
  if (!newest) return without("same", null);
  if (did) await shelf.change("pin", () => ({ value: { did, log } }));
  return { outcome: "newer", code: null, words: null, kept: keptOf(bundle, newest) };
}

function keptOf(bundle, { skew, unread = {} }) {
  const nameOf = (other) => bundle.claims.issuers.find(({ issuer }) => issuer === other)?.name ?? other;
  return { bundle, skew, unread: Object.entries(unread).map(([other, since]) => ({ name: nameOf(other), since: since * 1000 })) };
}

async function read(text, issuer, pinned, now) {
  const bundle = await readBundle(text, { pinned, now });
  if (bundle.claims.iss !== issuer) throw new Problem("bundle_other_nation", OTHER_NATION);
  return bundle;
}

/**
 * How old a bundle is, and how long it is still good, in words.
 * @param {{ claims: { iat: number, exp: number } } | null} bundle
 * @param {number} now in ms, by the nation's clock as far as it is known
 * @returns {{ state: 'good' | 'soon' | 'old' | 'none', words: string }}
 */
export function ageOf(bundle, now) {
  if (!bundle) return { state: "none", words: "No bundle: nobody can be checked" };
  const { iat, exp } = bundle.claims;
  const age = Math.max(0, now / 1000 - iat);
  const left = exp - Math.max(now / 1000, iat);
  if (left < 0) return { state: "old", words: `Bundle ${span(age)} old, past its limit by ${span(-left)}` };
  return { state: left < (exp - iat) / 8 ? "soon" : "good", words: `Bundle ${span(age)} old, good for ${span(left)}` };
}

const span = (seconds) => (seconds < 60 ? "0 min" : seconds < 7200 ? `${Math.floor(seconds / 60)} min` : seconds < 172_800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} days`);
