// What came of looking at something: a value, never thrown. "Could not check" is neither valid nor invalid.

/** The steps of a verification, as reports name them. */
export const STEPS = ["shape", "issuer", "proof", "validity", "status", "schema", "holder"];

/** Something needed to check it is not known here. It makes a verdict undetermined. */
export class NotUnderstood extends Error {}

/** Where a verification stands: the steps that held, and the one that is looked at. */
export class Walk {
  held = [];
  step = "shape";

  /** The step held; on to the next. */
  to(next) {
    this.held.push(this.step);
    this.step = next;
  }

  /** The step was looked at and did not hold. */
  refused(reason, words = reason) {
    return { outcome: "refused", step: this.step, reason, words, held: [...this.held] };
  }

  /** The step could not be looked at. */
  undetermined(reason, words = reason) {
    return { outcome: "undetermined", step: this.step, reason, words, held: [...this.held] };
  }

  /** What something thrown in the step comes to. What is not understood is neither right nor wrong. */
  of(error) {
    if (error instanceof NotUnderstood) return this.undetermined("not_understood", error.message);
    return this.refused(`${this.step === "schema" ? "type" : this.step}_invalid`, error.message);
  }

  /** All steps held. */
  accepted(words) {
    return { outcome: "accepted", step: null, reason: null, words, held: [...this.held, this.step] };
  }
}
