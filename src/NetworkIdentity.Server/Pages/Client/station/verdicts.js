// What a steward is told for each reason: the light, what is so, and what to do now. One table, so that no two reasons sound alike.

/**
 * @typedef {'admit' | 'ask' | 'refuse'} Light
 * @type {Readonly<Record<string, { light: Light, words: string, next: string }>>}
 */
export const VERDICTS = Object.freeze({
  admitted: { light: "admit", words: "They belong here, and it is theirs.", next: "Let them in." },
  copy: {
    light: "ask", words: "The signature is right. Who shows it is not proven: it is a card on paper, or a copy.",
    next: "Compare it with who you know, ask what only they can know, or ask them to answer with their wallet.",
  },
  already_here: { light: "ask", words: "This credential was let in before, in this shift.", next: "Ask whether they went out and came back. If they did not, someone else uses the same wallet." },
  other_nation: { light: "ask", words: "It is good, and of another nation that this one recognises.", next: "Look at what your node gives to guests of that nation." },
  other_node: { light: "ask", words: "It is good, and for another node.", next: "Ask who expects them here, or send them to their node." },
  bundle_old: { light: "ask", words: "Your bundle is past its limit: what was revoked since is not known here.", next: "Find a network and update the bundle. Until then ask someone who knows them." },
  clock: { light: "ask", words: "The answer is of another time than this phone’s.", next: "Compare both clocks with a third one, put the wrong one right, and ask again." },
  unknown: { light: "ask", words: "It could not be checked here whether it still stands.", next: "Update the bundle when there is a network, and check again. Until then ask someone who knows them." },
  no_policy: {
    light: "ask", words: "It is good. What this door asks is not known: the bundle does not name it.",
    next: "End the shift, and choose a door that the bundle names. Until then ask someone who knows them.",
  },
  not_a_code: { light: "ask", words: "This is no answer of a wallet, and no card.", next: "Show the request again, and scan what their wallet shows then." },
  declined: { light: "ask", words: "They chose not to show it.", next: "Tell them what is asked and why, and ask again if they wish." },
  revoked: { light: "refuse", words: "It was revoked.", next: "Don’t let them in by it. Their account page says why, and how to appeal." },
  suspended: { light: "refuse", words: "It is suspended for now.", next: "Don’t let them in by it. Their account page says until when, and how to appeal." },
  expired: { light: "refuse", words: "It has ended by its date.", next: "They can renew it on their account page, and come back." },
  not_yet_valid: { light: "refuse", words: "It begins at a later time.", next: "Look at the clock of this phone. If it is right, they come too early." },
  other_issuer: { light: "refuse", words: "Who issued it is not trusted here.", next: "Ask for a credential of this nation." },
  wrong_type: { light: "refuse", words: "It is another credential than was asked for.", next: "Ask again, and have them choose the one that is asked for." },
  wrong_answer: { light: "refuse", words: "The answer is of other credentials than the one that was asked for.", next: "Ask again. If it stays so, their wallet does not keep to the protocol." },
  replayed: { light: "refuse", words: "This answer was given before.", next: "Press Next person, and let their wallet answer the new code." },
  not_asked: { light: "refuse", words: "This answers a question that was not asked here.", next: "Press Next person, and let their wallet answer that code." },
  too_late: { light: "refuse", words: "The answer came later than two minutes.", next: "Press Next person, and ask again." },
  cloned: { light: "refuse", words: "It is signed by another wallet than it was given to.", next: "Don’t let them in by it. It is a stolen copy, or a wallet with a fault." },
  changed: { light: "refuse", words: "It was changed after it was signed.", next: "Don’t let them in by it." },
  no_bundle: { light: "refuse", words: "This phone has no bundle, so nobody can be checked.", next: "Find a network and update the bundle." },
});

/** What is told in its place where it names an issuer that is trusted here, and the bundle is of a time before: a key that the nation has since is not in it. */
export const NEWER_KEY = Object.freeze({
  words: "Its issuer is trusted here, and the key that signed it is none of those in your bundle.",
  next: "Find a network, update the bundle and ask again: a key that is newer than the bundle is not in it. Don’t let them in by it until then.",
});

/** The three lights in a word each. */
export const LIGHTS = Object.freeze({ admit: "Admit", ask: "Ask", refuse: "Refuse" });
