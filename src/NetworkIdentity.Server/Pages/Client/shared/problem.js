// What goes wrong is told to a person in a sentence, with the next step, and to a developer by its code.

/** Something that could not be done here, or is not done. */
export class Problem extends Error {
  /**
   * @param {string} code the protocol's own code ('invalid_grant'), or one of this program's
   * @param {string} message a sentence for a person
   * @param {{ mend?: string, detail?: string, status?: number, cause?: unknown }} [more]
   *   `mend`: the next step; `detail`: the other side's error_description, or what exactly was wrong; `status`: the HTTP status
   */
  constructor(code, message, { mend = "", detail = "", status, cause } = {}) {
    super(message, { cause });
    Object.assign(this, { name: "Problem", code, mend, detail, status });
  }

  /** What the other side answered, as OAuth's error object where it is one [RFC6749 §5.2]. */
  static async ofAnswer(response, message, mend) {
    const text = await response.text();
    let told = {};
    try {
      told = JSON.parse(text) ?? {};
    } catch {
      // An answer that is no JSON has no code of its own.
    }
    const code = typeof told.error === "string" ? told.error : "unexpected_answer";
    const detail = typeof told.error_description === "string" ? told.error_description : `It answered ${response.status}.`;
    return new Problem(code, message, { mend, detail, status: response.status });
  }
}
