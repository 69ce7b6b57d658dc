// What is found of evidence, bit by bit: what is wrong and what is missing, which steps held, and what is told of each fact.

/**
 * @typedef {object} Fact one thing that the evidence proves, or does not
 * @property {'did' | 'did_log' | 'type' | 'lists' | 'log' | 'issue' | 'charter' | 'recognitions'} fact
 * @property {'held' | 'refused' | 'undetermined' | 'not_shown'} state `not_shown`: it is said, and not proven
 * @property {string} words
 */

export class Findings {
  faults = [];
  held = new Set();
  /** @type {Fact[]} */
  facts = [];
  told = { issuer: null, type: null, claims: null, validFrom: null, validUntil: null, issuedAt: null, holderKey: null, digest: null, listAt: null, keyBinding: null };

  fault({ step, outcome, reason, words }) {
    this.faults.push({ step, outcome, reason, words });
  }

  wrong(step, reason, words) {
    this.fault({ step, outcome: "refused", reason, words });
  }

  missing(step, reason, words) {
    this.fault({ step, outcome: "undetermined", reason, words });
  }

  fact(fact, state, words) {
    this.facts.push({ fact, state, words });
  }

  /** What decides: what is wrong, before what is missing. @param {number} [from] of the faults from this one on */
  worst(from = 0) {
    const faults = this.faults.slice(from);
    return faults.find(({ outcome }) => outcome === "refused") ?? faults[0];
  }

  /** The verdict, and the facts. */
  verdict() {
    const decides = this.worst();
    const rest = { held: [...this.held].filter((step) => !this.faults.some((fault) => fault.step === step)), isHolderProven: false, ...this.told, facts: this.facts };
    if (decides) return { outcome: decides.outcome, step: decides.step, reason: decides.reason, words: decides.words, ...rest };
    return { outcome: "accepted", step: null, reason: null, words: "It was signed by its issuer, in its time, and neither revoked nor suspended. Whose it is, is not proven by it.", ...rest };
  }
}

/** A time as people and programs read it. */
export const dayOf = (time) => (Number.isFinite(time) && Math.abs(time) < 8.64e15 ? new Date(time).toISOString().replace(".000Z", "Z") : "a time that is none");
