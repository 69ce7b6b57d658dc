// Break it on purpose: dishonest answers, so that everyone can see what a verifier refuses, and by what name. No other wallet has this.
import { button, h, words } from "../../shared/dom.js";
import { answer, isRefusal } from "../presentation.js";
import * as store from "../store.js";
import { complete, kindOf } from "./request.js";

const TWISTS = [
  ["tamper", "Tamper", "changes a value after the issuer has signed it."],
  ["copy", "Copy", "shows the credential as someone would who copied it, without its key."],
  ["replay", "Replay", "sends what was shown to an earlier request."],
  ["audience", "Wrong audience", "makes the proof for somebody else."],
];

/** The folded part with the four buttons. */
export function breaking(screen) {
  const results = h("ul", { class: "results" });
  return folded("Each of these answers dishonestly; see what is said to it. The request stays open, and an honest answer still works after.",
    (twist, label) => lie(twist, label, screen, results), h("div", { role: "status" }, results));
}

/** The same for who asks by value, as a door: the answer goes the way of an honest one, and they say what they make of it. @param give what makes the answer, and shows it */
export const breakingAtDoor = (asked, chosen, give, refused) =>
  folded("Each of these makes a dishonest answer; show it to who asks, and see what they say.", async (twist, label) => {
    const earlier = twist === "replay" ? await earlierOf(chosen(), asked.host) : undefined;
    if (twist === "replay" && !earlier) return refused("There is nothing to send again yet.", "Show it honestly once; then come with their next code.");
    return give({ twist, label, earlier });
  });

function folded(sentence, act, results) {
  return h("details", { class: "fold" }, h("summary", {}, "Break it on purpose"),
    h("p", {}, `This is a practice wallet, so it can lie. ${sentence}`),
    h("ul", { class: "twists" }, TWISTS.map(([twist, label, does]) => {
      const id = `twist-${twist}`;
      return h("li", {}, button(label, () => act(twist, label), { kind: "second", "aria-describedby": id }), h("span", { id }, does));
    })),
    results);
}

async function lie(twist, label, { asked, wire, chosen, refused, clear, ended, retape, sending }, results) {
  clear();
  const picked = chosen();
  const say = (verdict, ...parts) => {
    const line = h("li", { class: verdict, "data-twist": twist }, h("strong", {}, `${label}: `), ...parts);
    results.querySelector(`[data-twist="${twist}"]`)?.remove();
    results.append(line);
  };
  const earlier = twist === "replay" ? await earlierOf(picked, asked.host) : undefined;
  if (twist === "replay" && !earlier) return say("none", "there is nothing to send again yet. Show it honestly once, sign in anew, and come back.");
  let id;
  const came = (reason) => complete(id, { reason, wire: wire.entries });
  try {
    await answer(asked, picked.map(({ queryId, credential, isLess }) => ({ queryId, credential, isLess })), wire, {
      twist, earlier,
      sending: (made) => {
        id = made.id;
        return sending(picked, made, { outcome: "broken", twist: label, reason: "what came of it is not known" });
      },
    });
    say("accepted", "it was accepted. It should not have been: tell those who run ", words(asked.host), ".");
    await came("it was accepted");
  } catch (error) {
    if (error.name !== "Problem") throw error;
    if (!id) return error.code === "expired" ? ended() : refused("Nothing was shown", error);
    if (!isRefusal(error)) return refused("No answer", error);
    say("refused", "refused. ", words(asked.host), " says ", h("code", { dir: "ltr" }, error.code), error.detail && [": ", words(error.detail)]);
    retape();
    await came(error.detail || error.code);
  }
}

/** The latest presentation of such a credential that was made for another request of the same host: what one was shown is nothing for another. */
async function earlierOf(picked, host) {
  const kinds = picked.map(({ credential }) => kindOf(credential));
  const entries = await store.history();
  return entries.filter((entry) => entry.host === host).flatMap(({ presentations = [] }) => presentations).find(({ kind }) => kinds.includes(kind))?.presentation;
}
