// What an answer at the door comes to, by what this device knows and nothing else. Pure: it has no clock, no network and no storage of its own.
import { checkCredential } from "../verifying/credential-check.js";
import { readJws } from "../shared/jose.js";
import { digestOf, readSdJwt } from "../shared/sd-jwt.js";
import { answerAddress, asksNode, NONCE_MS, policyOf, typeAsked } from "./door-request.js";
import { NEWER_KEY, VERDICTS } from "./verdicts.js";

const MINUTE = 60_000;

/** How far two clocks may be apart until a warning stands on every verdict. */
export const CLOCKS_APART_MS = 5 * MINUTE;

/** A bundle that is younger has the keys of now: a nation signs one anew after five minutes, and stations look after ten. */
const OF_NOW_MS = 15 * MINUTE;

/** A card on paper, which nobody asks for and everybody may show. */
const CARD = "urn:network-identity:card:";

/** What the nation's own verifier says [errors.md#verdicts], as it is said at a door; what is not here was changed, or is of another wallet. */
const REASONS = {
  unknown_type: "wrong_type",
  no_holder_key: "wrong_type",
  issuer_not_trusted: "other_issuer",
  issuer_key_not_trusted: "other_issuer",
  issuer_key_retired: "other_issuer",
  not_yet_valid: "not_yet_valid",
  expired: "expired",
  revoked: "revoked",
  suspended: "suspended",
  no_status: "unknown",
};

/**
 * @typedef {object} World What this device knows.
 * @property {{ claims: object, known: object } | null} bundle as readBundle gave it
 * @property {string} node the steward's
 * @property {{ nonce: string, state: string, at: number }[]} requests what was asked here, with its time
 * @property {Set<string>} spent the nonces that were answered
 * @property {(digest: string) => Promise<boolean>} here whether a credential was let in in this shift
 * @property {number} now this device's clock, in ms
 * @property {number} [skew] how far it was ahead of the nation's when they last met, in ms
 */

/**
 * Decides. Whatever could not be checked is never an admission.
 * @param {string} text what was scanned, pasted, or came in the address
 * @param {World} world
 * @returns {Promise<{ light: import("./verdicts.js").Light, reason: string, words: string, next: string, warnings: string[], spends: string | null, digest: string | null, isCounted: boolean }>}
 *   `spends`: the nonce that was answered by who was asked; `digest`: the credential, where it was let in
 */
export async function decide(text, world) {
  const { bundle, now, skew = 0 } = world;
  const warnings = [];
  const say = (reason, { light = VERDICTS[reason].light, spends = null, digest = null, isCounted = true } = {}) =>
    ({ light, reason, words: VERDICTS[reason].words, next: VERDICTS[reason].next, warnings, spends, digest, isCounted });
  if (!bundle) return say("no_bundle", { isCounted: false });

  // The time of the bundle is the lower bound, whatever this clock says [A96]; and where it was off when the nation was met last, it is put right by that.
  const signedAt = bundle.claims.iat * 1000;
  const isOff = Math.abs(skew) > CLOCKS_APART_MS;
  if (now + MINUTE < signedAt) warnings.push("This phone’s clock is behind: the bundle was signed later. Put the clock right.");
  else if (isOff) warnings.push(`This phone’s clock is ${skew > 0 ? "ahead of" : "behind"} the nation’s. Put the clock right.`);
  const met = Math.max(now - skew, signedAt);
  const shown = Math.max(now, signedAt);
  let at = met;

  const answer = readAnswer(text, world.requests);
  if (answer.reason) return say(answer.reason, { isCounted: answer.reason === "wrong_answer" });
  const isPast = (time) => time > bundle.claims.exp * 1000;
  const isTooOld = (time) => isPast(time) && bundle.claims.when_old !== "ask";
  if (isTooOld(isOff ? Math.min(met, shown) : met)) return say("bundle_old", { light: "refuse" });

  // Which question it answers: by its state, and by what its holder signed; both must be of one that was asked here, lately, and once.
  let binding = null;
  try {
    const { kbJwt } = await readSdJwt(answer.credential);
    if (kbJwt !== null) binding = readJws(kbJwt).claims;
  } catch {
    return say("changed");
  }
  let request = null;
  if (answer.state !== null || binding) {
    request = world.requests.find((asked) => (answer.state === null ? asked.nonce === binding.nonce : asked.state === answer.state));
    if (binding && world.spent.has(binding.nonce)) return say("replayed");
    if (!request || (binding && binding.nonce !== request.nonce)) return say("not_asked", { isCounted: false });
    if (world.spent.has(request.nonce)) return say("replayed");
    if (now - request.at > NONCE_MS || now < request.at - MINUTE) return say("too_late");

    // Who was told that this clock is wrong puts it right, where nobody can tell how far it is off now: their wallet's agrees with it, and not with what it was.
    if (binding && isOff && isNear(binding.iat, now) && !isNear(binding.iat, met) && now + MINUTE >= signedAt) {
      at = shown;
      warnings.splice(0, 1, "This phone’s clock was put right, it seems: it agrees with their wallet’s. The next bundle will tell.");
    }
    if (binding && !isNear(binding.iat, now)) warnings.push("This phone’s clock and that of their wallet are more than five minutes apart. Compare both with a third one.");
  }

  if (isTooOld(at)) return say("bundle_old", { light: "refuse" });

  const { claims: { iss } } = bundle;
  const challenge = binding && { nonce: request.nonce, audience: `redirect_uri:${answerAddress(iss)}` };
  if (challenge && binding.aud !== challenge.audience) return say("not_asked");
  if (binding && binding.sd_hash !== (await digestOf(answer.credential.slice(0, answer.credential.lastIndexOf("~") + 1)))) return say("changed");

  // Lists are read as they stood when the nation signed the bundle: how old that may be, its limit says, and no list's own time.
  const verdict = await checkCredential(answer.credential, bundle.known, { challenge, now: at, listsAt: signedAt });
  const spends = verdict.isHolderProven ? request.nonce : null;
  if (verdict.outcome === "refused") {
    const { reason, isProven } = await reasonOf(verdict, answer.credential, { bundle, challenge, binding });
    const isNewer = verdict.reason === "issuer_key_not_trusted" && bundle.known.issuers.has(verdict.issuer) && at - signedAt > OF_NOW_MS;
    return { ...say(reason, { spends: isProven ? request.nonce : spends }), ...(isNewer ? NEWER_KEY : {}) };
  }
  if (verdict.outcome !== "accepted") return say("unknown", { spends });

  // It is good. What is left is whether it is what this door asks for.
  const policy = policyOf(bundle.claims, world.node);
  if (!policy) return say("no_policy", { spends });
  const isCard = !binding && verdict.type.startsWith(CARD);
  if (!isCard && verdict.type !== typeAsked(bundle.claims, policy)) return say("wrong_type", { spends });
  const isOurs = verdict.issuer === iss;
  if (isOurs && asksNode(policy) && policy.other_nodes !== "admit" && verdict.claims.node !== world.node) {
    if (verdict.claims.node === undefined && binding) return say("wrong_answer", { spends });
    if (verdict.claims.node !== undefined) return say("other_node", { light: policy.other_nodes === "refuse" ? "refuse" : "ask", spends });
  }
  if (!verdict.isHolderProven) return say("copy");
  if (await world.here(verdict.digest)) return say("already_here", { spends });
  if (!isOurs) return say("other_nation", { spends });
  if (isPast(at)) return say("bundle_old", { spends });

  // By which clock it is good, is not for a wallet to choose by its own: where this one was off, it must be by both, and the bundle too.
  if (isOff) {
    const other = at === met ? shown : met;
    const held = answer.credential.slice(0, answer.credential.lastIndexOf("~") + 1);
    if (isPast(other) || (await checkCredential(held, bundle.known, { challenge: null, now: other, listsAt: signedAt })).outcome !== "accepted") return say("clock", { spends });
  }
  return say("admitted", { spends, digest: verdict.digest });
}

const isNear = (iat, time) => Math.abs(iat * 1000 - time) <= CLOCKS_APART_MS;

async function reasonOf(verdict, credential, { bundle, challenge, binding }) {
  const told = ({ reason }) => REASONS[reason] ?? "changed";
  if (!binding || verdict.step !== "holder" || REASONS[verdict.reason]) return { reason: told(verdict), isProven: verdict.isHolderProven };

  // Signed by the right wallet at another time by its clock: the nonce is fresh, so one of the two clocks is wrong. Told apart from another wallet by looking once more, at that time.
  const then = await checkCredential(credential, bundle.known, { challenge, now: binding.iat * 1000, listsAt: bundle.claims.iat * 1000 });
  if (!then.isHolderProven) return { reason: "cloned", isProven: false };
  return { reason: then.outcome === "refused" ? told(then) : "clock", isProven: true };
}

/**
 * Reads what a wallet answered: the address that it leads to, its fragment, or a credential alone. What names no question that was asked here is an answer to none: a sticker, or a page that sends
 * this phone to an address, can neither decline nor be refused.
 * @param {{ state: string }[]} requests the questions
 * @returns {{ credential: string, state: string | null } | { reason: string }}
 */
export function readAnswer(text, requests) {
  const trimmed = String(text).trim();
  if (/^[\w-]+\.[\w-]+\.[\w-]+~/.test(trimmed)) return { credential: trimmed, state: null };
  const parameters = new URLSearchParams(trimmed.slice(trimmed.indexOf("#") + 1));
  const tokens = parameters.getAll("vp_token");
  const states = parameters.getAll("state");
  const none = (reason) => ({ reason: requests.some(({ state }) => states.includes(state)) ? reason : "not_a_code" });
  if (tokens.length === 0) return none(parameters.has("error") ? "declined" : "not_a_code");

  // One credential for the one query, spelled once [OpenID4VP §8.1]: no other id, no second one, no name twice [A68].
  const [, credential] = tokens[0].match(/^\s*\{\s*"arrival"\s*:\s*\[\s*"([\w.~-]+)"\s*\]\s*\}\s*$/) ?? [];
  if (tokens.length > 1 || states.length > 1 || !credential) return none("wrong_answer");
  return { credential, state: states[0] ?? null };
}
