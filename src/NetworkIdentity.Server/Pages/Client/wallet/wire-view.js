// What went over the wire, for a person to read: each request and answer, and beside the raw text what a token says.
import { h } from "../shared/dom.js";

/** What is nested deeper is shown as it came: indented, a few kilobytes of brackets would fill the memory. */
const DEEPEST = 32;

/**
 * The folded list of what was said.
 * @param {{ method: string, url: string, status: number, requestHeaders: object, requestBody: string, responseHeaders: object, responseBody: string, note?: string }[]} entries
 */
export function wireView(entries) {
  const list = h("ol", { class: "wire" }, entries.map(entryView));
  return h("details", { class: "fold" }, h("summary", {}, "What went over the wire"),
    entries.length === 0 ? h("p", { class: "small" }, "Nothing yet.") : list);
}

/** Puts what was said meanwhile into a list that is on the screen already. It stays open if it was. */
export function renew(details, entries) {
  const fresh = wireView(entries);
  fresh.open = details.open;
  details.replaceWith(fresh);
  return fresh;
}

function entryView(entry) {
  const url = URL.canParse(entry.url) ? new URL(entry.url) : null;
  return h("li", {}, h("details", {},
    h("summary", { dir: "ltr" }, h("code", {}, entry.method), " ", h("span", { class: "path" }, url ? url.host + url.pathname : entry.url), " ",
      h("strong", {}, entry.status ? `→ ${entry.status}` : "→ no answer")),
    entry.note && h("p", { class: "small" }, entry.note),
    h("h3", {}, "Asked"), raw(entry.url), headers(entry.requestHeaders), body(entry.requestBody),
    h("h3", {}, "Answered"), headers(entry.responseHeaders), body(entry.responseBody)));
}

/** A JSON value in full. What is nested too deep to be indented is shown as it came. */
export const jsonView = (value) => raw(JSON.stringify(value, null, isShallow(value) ? 2 : 0));

const raw = (text) => h("pre", { dir: "ltr", tabindex: 0 }, h("code", {}, text));

function headers(list) {
  const pairs = list instanceof Headers ? [...list] : Object.entries(list ?? {});
  return pairs.length > 0 && raw(pairs.map(([name, value]) => `${name}: ${value}`).join("\n"));
}

function body(text) {
  if (!text) return h("p", { class: "small" }, "No body.");
  const json = parsed(text);
  if (json !== undefined) return [raw(JSON.stringify(json, null, 2)), tokensIn(json).map(([name, token]) => tokenView(token, name))];
  if (isToken(text)) return [raw(text), tokenView(text, "the body")];
  if (/^[\w.%+*-]+=[^\s]*$/.test(text)) return formView(text);
  return raw(text);
}

function formView(text) {
  return h("dl", { class: "form", dir: "ltr" }, [...new URLSearchParams(text)].map(([name, value]) => {
    const json = parsed(value);
    return [h("dt", {}, h("code", {}, name)), h("dd", {}, raw(json && typeof json === "object" ? JSON.stringify(json, null, 2) : value),
      isToken(value) ? tokenView(value, name) : tokensIn(json).map(([inside, token]) => tokenView(token, inside)))];
  }));
}

/** The tokens in a JSON value, each with where it stands. */
function tokensIn(value, path = "") {
  if (typeof value === "string") return isToken(value) ? [[path || "the value", value]] : [];
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, inside]) => tokensIn(inside, path ? `${path}.${name}` : name)).slice(0, 12);
}

/**
 * A token read: a JWS or an SD-JWT by its parts [RFC7515 §7.1] [RFC9901 §4]; of a JWE the header alone, since only its receiver can open it [RFC7516 §7.1].
 * A signature is not checked here.
 */
export function tokenView(token, name) {
  const [jwt, ...rest] = token.split("~");
  const parts = jwt.split(".");
  const sections = [["Header", decoded(parts[0])]];
  if (parts.length === 3) sections.push(["Payload", decoded(parts[1])]);
  for (const part of rest.filter(Boolean)) {
    if (part.includes(".")) sections.push(["Key binding: header", decoded(part.split(".")[0])], ["Key binding: payload", decoded(part.split(".")[1])]);
    else sections.push(["Disclosure", decoded(part)]);
  }
  return h("details", { class: "token" }, h("summary", {}, "Read ", h("code", { dir: "ltr" }, name)),
    parts.length === 5 && h("p", { class: "small" }, "Encrypted: only its receiver can read what is inside."),
    sections.map(([title, value]) => [h("h4", {}, title), raw(value === undefined ? "unreadable" : JSON.stringify(value, null, 2))]));
}

function isToken(text) {
  const parts = text.split("~")[0].split(".");
  return (parts.length === 3 || parts.length === 5) && parts.every((part) => /^[\w-]*$/.test(part)) && typeof decoded(parts[0]) === "object";
}

function decoded(part) {
  try {
    const bytes = Uint8Array.from(atob(part.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    return parsed(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined; // no JSON in base64url
  }
}

function parsed(text) {
  try {
    const value = JSON.parse(text);
    return isShallow(value) ? value : undefined;
  } catch {
    return undefined; // no JSON
  }
}

const isShallow = (value, left = DEEPEST) => value === null || typeof value !== "object" || (left > 0 && Object.values(value).every((inside) => isShallow(inside, left - 1)));
