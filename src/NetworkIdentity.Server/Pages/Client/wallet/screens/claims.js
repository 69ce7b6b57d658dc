// Claims as a person reads them: what each is called, and what it says.
import { h, words } from "../../shared/dom.js";
import { valueOf } from "../words.js";

/** Labels with their values. */
export const valuesOf = (claims) => h("dl", { class: "values" }, claims.map(({ label, value }) => h("div", {}, h("dt", {}, words(label)), h("dd", {}, words(valueOf(value))))));

/** Labels alone. */
export const labelsOf = (claims) => h("ul", { class: "claims" }, claims.map(({ label }) => h("li", {}, words(label))));
