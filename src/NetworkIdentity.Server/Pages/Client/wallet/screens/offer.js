// An offer: who makes it, what it will say, and taking it.
import { isW3c } from "../credential.js";
import { button, h, host, words } from "../../shared/dom.js";
import { show, tell, wait } from "../../shared/frame.js";
import { readOffer, redeem } from "../issuance.js";
import * as store from "../store.js";
import { Wire } from "../wire.js";
import { renew, wireView } from "../wire-view.js";
import { labelsOf } from "./claims.js";
import { finish } from "./finish.js";
import { problem, toCredentials } from "./trouble.js";

/** Opens the offer that the address holds [OpenID4VCI §4.1]. */
export async function offer(search) {
  const wire = new Wire();
  const done = wait("Opening the offer", "The issuer is asked what it offers.");
  try {
    const read = await readOffer(`openid-credential-offer://${search}`, wire);
    done();
    ask(read, wire);
  } catch (error) {
    done();
    problem(error, { again: ["unreachable", "unexpected_answer"].includes(error.code) || error.status >= 500 ? () => offer(search) : null, entries: wire.entries });
  }
}

function ask(read, wire) {
  const kinds = kindsOf(read.configurations);
  const several = kinds.length > 1;
  const code = read.needsCode && codeField(read.needsCode);
  const tape = { view: wireView(wire.entries) };
  const form = h("form", { class: "steps", novalidate: true, on: { submit: (event) => event.preventDefault() } },
    code?.element,
    button(several ? "Take them" : "Take it", () => take(read, code, wire, tape), { type: "submit" }),
    h("p", {}, h("a", { href: "/#credentials" }, "Not now")));
  const title = several ? "credentials" : kinds[0].name;
  show(`Take your ${title}`, [
    h("h1", {}, "Take your ", words(title)),
    h("p", { class: "lead" }, words(read.issuerName), several ? " offers you these credentials. They come from " : " offers you this credential. It comes from ", host(read.host), "."),
    kinds.map(({ name, description, claims, forms }) => h("section", { class: "asked" },
      several && h("h2", {}, words(name)),
      description && h("p", {}, words(description)),
      claims.length > 0 && [h(several ? "h3" : "h2", {}, "What it can say about you"), labelsOf(claims)],
      formsOf(forms))),
    form,
    tape.view,
  ]);
}

/** What is offered, by name: one credential may come in several forms, and all of them are taken, since nobody knows which one an app will ask for. */
function kindsOf(configurations) {
  const names = [...new Set(configurations.map(({ name }) => name))];
  return names.map((name) => {
    const forms = configurations.filter((one) => one.name === name);
    return { name, description: forms.find(({ description }) => description)?.description, claims: forms.find(({ claims }) => claims.length > 0)?.claims ?? [], forms };
  });
}

function formsOf(forms) {
  const whole = forms.some(isW3c);
  if (whole && !forms.every(isW3c)) {
    return [h("p", {}, "It comes in two forms, and you take both. Which one is shown depends on who asks; you see it each time."),
      h("ul", { class: "claims" }, h("li", {}, "One shows only what you agree to."), h("li", {}, "One, of the W3C’s kind, shows all that it says, each time."))];
  }
  return whole && h("p", {}, "Its form is of the W3C’s kind: it shows all that it says, each time.");
}

function codeField({ length, mode, description }) {
  const input = h("input", {
    id: "code", name: "code", autocomplete: "one-time-code", inputmode: mode === "numeric" ? "numeric" : "text", maxlength: length ?? 64,
    size: length ?? 12, spellcheck: "false", autocapitalize: "off", dir: "ltr", required: true, "aria-describedby": "code-help code-wrong",
  });
  const wrong = h("p", { id: "code-wrong", class: "wrong", role: "alert" });
  return {
    input, wrong, tries: 0,
    element: h("div", { class: "field" },
      h("label", { for: "code" }, "The code you were given"),
      h("p", { id: "code-help", class: "small" }, description ? words(description) : "It came apart from the link. Ask who sent you the link if you have none."),
      input, wrong),
  };
}

async function take(read, code, wire, tape) {
  if (code && code.input.value.trim() === "") return again(code, "Write the code first.");
  let rows;
  try {
    rows = (await redeem(read, { txCode: code?.input.value }, wire))
      .map((pending) => ({ id: pending.id, at: Date.now(), name: pending.configuration.name, issuerName: read.issuerName, pending }));
  } catch (error) {
    tape.view = renew(tape.view, wire.entries);
    if (code && error.code === "invalid_grant") {
      code.tries += 1;
      return again(code, `${error.message} That was try ${code.tries}. ${error.mend ?? ""}`);
    }
    if (error.code === "unreachable") return tell(error.message, " ", "Nothing was taken. Press “Take it” again when you are online.");
    return problem(error, { entries: wire.entries, ways: [toCredentials()] });
  }

  // Its code is spent: whatever happens from here on, what is needed to collect is kept.
  try {
    await store.savePending(rows);
  } catch (error) {
    console.error(error); // no room, perhaps; collecting may still work, and is better than nothing
  }
  await finish(rows, wire);
}

function again(code, sentence) {
  code.wrong.textContent = sentence;
  code.input.setAttribute("aria-invalid", "true");
  code.input.focus();
  code.input.select();
}
