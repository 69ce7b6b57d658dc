// A steward's shift: what was asked, who is here as digests under a key of the shift's own, and how many. Of a person nothing else is kept, and nothing past the shift.
import { randomText, toBase64Url, utf8 } from "../shared/bytes.js";
import { VERDICTS } from "./verdicts.js";

const HOUR = 3_600_000;

/** A shift that nobody ended ends by itself. */
export const LONGEST_MS = 16 * HOUR;

/** How long a question is remembered, to tell an answer that comes late or again from one that was never asked for. */
const REMEMBERED_MS = HOUR;

/**
 * @typedef {object} Shift
 * @property {string} id random, so that its counts are taken once
 * @property {string} node
 * @property {number} from in ms
 * @property {CryptoKey} key of this shift alone, gone with it, and no page can read it: without it the digests say nothing, also beside the nation's own record
 * @property {{ nonce: string, state: string, at: number }[]} requests
 * @property {string[]} spent
 * @property {string[]} here digests of the credentials that were let in
 * @property {{ admit: number, ask: number, refuse: number }} lights
 * @property {Record<string, number>} reasons
 */

/** Begins a shift at a node. @returns {Promise<Shift>} */
export async function begin(shelf, node, now) {
  const key = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return shelf.change("shift", (running) => {
    const shift = running ?? { id: randomText(), node, from: now, key, requests: [], spent: [], here: [], lights: { admit: 0, ask: 0, refuse: 0 }, reasons: {} };
    return { value: shift, result: shift };
  });
}

/** The shift that runs, or null. One that ran for too long, or began in a time that has not come, is ended first. @returns {Promise<Shift | null>} */
export async function running(shelf, now) {
  const shift = await shelf.get("shift");
  if (!shift) return null;
  if (shift.key && Math.abs(now - shift.from) < LONGEST_MS) return shift; // without its key the worker has found it over
  await end(shelf, Math.max(shift.from, Math.min(now, shift.from + LONGEST_MS)));
  return null;
}

/** Ends the shift: what was kept about people goes, the counts wait to be sent. Gives what is left of it, or null. */
export async function end(shelf, now) {
  const ended = await shelf.change("shift", (shift) => ({ value: undefined, result: shift ?? null }));
  if (!ended) return null;
  const { id, node, from, lights, reasons } = ended;
  const counts = { shift: id, node, from: Math.floor(from / 1000), until: Math.max(Math.floor(from / 1000) + 1, Math.floor(now / 1000)), ...lights };
  if (lights.admit + lights.ask + lights.refuse > 0) await shelf.change("waiting", (waiting = []) => ({ value: [...waiting, counts] }));
  return { counts, reasons };
}

/** Notes that something was asked. */
export const asked = (shelf, { nonce, state, at }) => shelf.change("shift", (shift) => {
  if (!shift) return { value: undefined };
  const requests = [...shift.requests.filter((request) => Math.abs(at - request.at) < REMEMBERED_MS), { nonce, state, at }];
  return { value: { ...shift, requests, spent: shift.spent.filter((spent) => requests.some((request) => request.nonce === spent)) } };
});

/**
 * Notes what was decided, in one transaction: of two tabs with the same answer one is late.
 * @returns {Promise<'replayed' | 'already_here' | null>} what it became meanwhile
 */
export async function took(shelf, verdict) {
  const shift = await shelf.get("shift");
  const digest = verdict.digest && shift ? await digestFor(shift, verdict.digest) : null;
  return shelf.change("shift", (now) => {
    if (!now) return { value: undefined, result: null };
    const late = verdict.spends && now.spent.includes(verdict.spends) ? "replayed" : digest && now.here.includes(digest) ? "already_here" : null;
    if (!late && digest) now.here.push(digest);
    if (verdict.spends && !now.spent.includes(verdict.spends)) now.spent.push(verdict.spends);
    if (verdict.isCounted) {
      const reason = late ?? verdict.reason;
      now.lights[late ? VERDICTS[late].light : verdict.light]++;
      now.reasons[reason] = (now.reasons[reason] ?? 0) + 1;
    }
    return { value: now, result: late };
  });
}

/** Whether a credential was let in, in this shift. */
export const isHere = async (shift, digest) => shift.here.includes(await digestFor(shift, digest));

const digestFor = async ({ key }, digest) => toBase64Url(new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8(digest))));

/** The counts that were not sent yet. */
export const waiting = async (shelf) => (await shelf.get("waiting")) ?? [];

/**
 * Sends what waits, one shift after the other. What the nation took is forgotten here; what it did not, stays.
 * @param {(counts: object) => Promise<number>} post gives the status of the answer
 * @returns {Promise<{ sent: number, left: number, status: number | null }>} `status`: what stopped it; null where all were taken
 */
export async function send(shelf, post) {
  let sent = 0;
  let refused = null;
  for (const counts of await waiting(shelf)) {
    const status = await post(counts);
    if (status < 200 || status > 299) {
      refused ??= status;
      continue; // another shift's may be taken
    }
    await shelf.change("waiting", (all = []) => ({ value: all.filter(({ shift }) => shift !== counts.shift) }));
    sent++;
  }
  return { sent, left: (await waiting(shelf)).length, status: refused };
}
