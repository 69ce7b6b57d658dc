// A request: who asks, exactly what would be shown and what stays hidden, and the holder's yes or no.
import { check } from "../check.js";
import { claimIn } from "../credential.js";
import { isOfType } from "../dcql.js";
import { button, h, host, sign, words } from "../../shared/dom.js";
import { quiet, show, tell, wait } from "../../shared/frame.js";
import { issuerOf } from "../offer.js";
import { answer, decline, doorOf, isRefusal, match, readRequest } from "../presentation.js";
import * as store from "../store.js";
import { Wire } from "../wire.js";
import { renew, wireView } from "../wire-view.js";
import { valueOf, wayBack } from "../words.js";
import { breaking } from "./breaking.js";
import { issuerLink } from "./card.js";
import { choices } from "./choices.js";
import { askAtDoor, refuseAtDoor } from "./door.js";
import { problem, stop, toCredentials } from "./trouble.js";

/** How long the screen waits for status lists. What is read later is put on it then. */
const STATUS_MS = 3000;

/** Opens the request that the address holds [OpenID4VP §5]. */
export async function request(search) {
  const wire = new Wire();
  const done = wait("Opening the request", "Who asks is asked what they want to see.");
  try {
    const asked = await readRequest(`openid4vp://${search}`, wire);
    const held = await store.credentials();
    const found = await match(asked, held);
    if (found.missing.length > 0) {
      const missing = await Promise.all(found.missing.map((one) => withIssuer(one, asked, held, wire)));
      done();
      return nothingFits(asked, missing, wire, search);
    }
    if (doorOf(asked) !== null) {
      done();
      return askAtDoor(asked, found);
    }
    const fitting = new Set(found.answers.flatMap(({ options }) => options.map(({ credential }) => credential)));
    const checked = Promise.all([...fitting].map((credential) => check(credential)));
    await Promise.race([checked, new Promise((resolve) => { setTimeout(resolve, STATUS_MS); })]);
    done();
    ask(asked, found, wire, checked);
  } catch (error) {
    done();
    problem(error, { again: error.code === "unreachable" || error.status >= 500 ? () => request(search) : null, entries: wire.entries });
  }
}

function ask(asked, found, wire, checked) {
  const chooser = choices(found.answers, checked);
  const result = h("div", { class: "result", role: "alert" });
  let tape = wireView(wire.entries);
  const retape = () => { tape = renew(tape, wire.entries); };
  let isSent = false;
  const screen = {
    asked, wire, chosen: chooser.chosen,
    /** What the verifier said to an answer that it refused; the request stays open. */
    refused(title, error, picked = []) {
      retape();
      const issuers = [...new Map(picked.map(({ credential }) => [credential.issuer, credential])).values()];
      result.replaceChildren(h("div", {}, h("h2", {}, title), h("p", {}, error.message, " ", error.mend),
        isRefusal(error) && error.detail && h("p", {}, "It says: ", words(error.detail)), h("p", { class: "small" }, "Reason ", h("code", { dir: "ltr" }, error.code)),
        picked.length > 0 && h("ul", { class: "ways" }, issuers.map((credential) => h("li", {}, "Take a new credential from ", issuerLink(credential), "; then load this page again."))),
        picked.length > 0 && h("div", { class: "steps" }, button("Back to the app", () => leave(asked, wire), { kind: "second" }))));
      result.scrollIntoView({ block: "nearest" });
    },
    clear: () => result.replaceChildren(),
    retape,
    ended: () => timeIsUp(wire, isSent),
    /** What leaves is in the history first: a tab that is closed before the reply comes leaves a trace. */
    async sending(picked, { id, copyIndexes }, more) {
      isSent = true;
      await note(entryOf(asked, picked, { id, ...more, wire: wire.entries }));
      await markShown(picked, copyIndexes, doorOf(asked));
    },
  };
  // A timer that is set for more than it can count is up at once.
  const ends = asked.expiresAt === null ? null : setTimeout(() => screen.ended(), Math.min(asked.expiresAt - Date.now(), 2 ** 31 - 1));
  show(`${asked.name} asks`, [
    h("h1", {}, "Someone asks to see something"),
    h("p", { class: "lead" }, h("strong", {}, words(asked.name))),
    h("p", {}, "Your answer goes to ", host(asked.host), ", which asks you."),
    chooser.element,
    h("div", { class: "steps decide" },
      button("Show it", () => showIt(screen)),
      button("Don’t show it", () => refuse(asked, wire), { kind: "second" })),
    result,
    breaking(screen),
    tape,
  ], { onLeave: () => clearTimeout(ends) });
}

function timeIsUp(wire, isSent) {
  const reason = isSent ? "This request has ended. What you sent is in the history." : "This request has ended. Nothing was shown.";
  stop({ title: "Time ran out", reason, mend: "Go back to the app and start again.", code: "expired", kind: "time" },
    [isSent && h("a", { href: "/#history" }, "What was shown"), toCredentials()].filter(Boolean), wire.entries);
}

async function showIt({ asked, wire, chosen, refused, clear, ended, sending }) {
  clear();
  const picked = chosen();
  let id, given;
  try {
    given = await answer(asked, picked.map(({ queryId, credential, isLess }) => ({ queryId, credential, isLess })), wire, {
      sending: (made) => {
        id = made.id;
        return sending(picked, made, { outcome: "sent" });
      },
    });
  } catch (error) {
    if (error.name !== "Problem") throw error;
    if (!id) return error.code === "expired" ? ended() : refused("Nothing was shown", error);
    const [outcome, title, reason] = isRefusal(error) ? ["refused", "It was not accepted", error.detail || error.message] : ["sent", "No answer", error.message];
    await complete(id, { outcome, reason, wire: wire.entries });
    return refused(title, error, isRefusal(error) ? picked : []);
  }
  await complete(id, {
    outcome: "shown", wire: wire.entries,
    presentations: picked.map(({ credential }, index) => ({ kind: kindOf(credential), presentation: given.presentations[index] })),
  });
  away("It was shown", given.redirectUri, asked, wire, "done");
}

/** What a credential is, by which a presentation of another of the same is found again. */
export const kindOf = ({ vct, types }) => vct ?? types.join(" ");

/** Notes which copies were shown, and at which door. That it can't be noted stops nothing. */
export const markShown = (picked, indexes, door) =>
  Promise.all(picked.map(({ credential }, index) => store.markShown(credential.id, indexes[index], Date.now(), door))).catch(console.error);

async function refuse(asked, wire) {
  if (doorOf(asked) !== null) return refuseAtDoor(asked);
  try {
    const { redirectUri } = await decline(asked, wire);
    await note(entryOf(asked, [], { outcome: "declined", wire: wire.entries }));
    away("You said no", redirectUri, asked, wire, "none");
  } catch (error) {
    if (error.name !== "Problem") throw error;
    problem(error, { again: error.code === "unreachable" ? () => refuse(asked, wire) : null, entries: wire.entries });
  }
}

/** After a refusal: the request is closed, and the holder goes back. What was shown is in the history already. */
async function leave(asked, wire) {
  try {
    away("You went back", (await decline(asked, wire)).redirectUri, asked, wire, "left");
  } catch (error) {
    if (error.name !== "Problem") throw error;
    problem(error, { again: error.code === "unreachable" ? () => leave(asked, wire) : null, entries: wire.entries });
  }
}

/** An entry of the history: to whom, when, what, and what came of it. */
export function entryOf(asked, picked, more) {
  return {
    id: crypto.randomUUID(), at: Date.now(), name: asked.name, host: asked.host, clientId: asked.clientId,
    shown: picked.map(({ credential, discloses }) => ({ credentialName: credential.name, claims: discloses.map(({ label, value }) => ({ label, value })) })),
    ...more, wire: structuredClone(more.wire),
  };
}

/** Keeps an entry. That it can't be kept stops nothing. */
export async function note(entry) {
  try {
    await store.addHistory(entry);
  } catch (error) {
    console.error(error);
  }
}

/** Completes an entry with what came of it. That it can't be stops nothing. */
export const complete = (id, changes) => store.completeHistory(id, changes).catch(console.error);

/** On to where the verifier sends the holder; where it sends nowhere, or where a browser must not be sent, the wallet says how it ended. */
function away(title, redirectUri, asked, wire, kind) {
  const target = redirectUri && wayBack(redirectUri);
  show(title, [
    sign(kind === "done" ? "done" : "none"),
    h("h1", {}, title),
    h("p", { class: "lead" }, target ? ["You are on your way to ", host(new URL(target).host), "."] : kind === "done"
      ? ["Your answer is with ", host(asked.host), ". You can go back to the screen that asked."]
      : [kind === "none" ? ["Nothing was shown to ", host(asked.host), ". "] : "What you showed was not accepted. ", "You can go back to the screen that asked."]),
    h("div", { class: "steps" }, target && h("a", { class: "button", href: target }, "Continue"), toCredentials(target ? undefined : "button")),
    wireView(wire.entries),
  ]);
  if (target) location.assign(target);
  else history.replaceState(null, "", "/"); // it is answered: loading again must not ask again
}

/** With it who issues it, where that is known: who issued another of the kind, or who asks; a door is asked nothing. */
async function withIssuer(one, asked, held, wire) {
  const known = held.find((credential) => isOfType(one, credential)) ?? null;
  return { ...one, from: known ?? (doorOf(asked) === null ? await issuerOf(new URL(asked.responseUri).origin, one, wire) : null) };
}

function nothingFits(asked, missing, wire, search) {
  quiet();
  const kind = ({ name, types }) => (types.length > 0 ? name.split(/[#:/]/).at(-1) : name.startsWith("urn:") ? name.split(":")[2] ?? name : name);
  stop({
    title: "Nothing here fits",
    kind: "none",
    reason: [words(asked.name), " at ", host(asked.host), " asks for something that is not on this device. Nothing was shown."],
    mend: h("ul", { class: "missing" }, missing.map(({ name, types, claims, from }) => h("li", {}, "Ask ", from ? issuerLink(from) : "who issues it", " for an offer of ",
      h("strong", {}, words(from?.name ?? kind({ name, types }))),
      claims.length > 0 && [", with ", words(claims.map((path) => valueOf(claimIn(path).filter((step) => step !== null)).replaceAll("_", " ")).join(", "))],
      ". Take it, and come back here."))),
    code: "nothing_fits",
  }, [
    button("Look again", () => request(search)),
    button("Don’t show anything", () => refuse(asked, wire), { kind: "second" }),
    toCredentials(),
  ], wire.entries);
  tell("Nothing here fits.");
}
