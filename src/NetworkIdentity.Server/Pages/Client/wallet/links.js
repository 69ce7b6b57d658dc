// Links that open a wallet, however they come: pressed, pasted, or read by a camera.
import { Problem } from "../shared/problem.js";

/**
 * The parameters of a link.
 * @param {string} text
 * @param {string[]} schemes those that are a wallet's own, as 'openid4vp:'
 * @returns {{ params: URLSearchParams, url: URL }}
 * @throws {Problem} not_a_link
 */
export function readLink(text, schemes) {
  let url;
  try {
    url = new URL(String(text).trim());
  } catch (error) {
    throw notALink(text, error);
  }
  if (![...schemes, "https:", "http:"].includes(url.protocol)) throw notALink(text);
  for (const name of new Set(url.searchParams.keys())) {
    if (url.searchParams.getAll(name).length === 1) continue;
    throw new Problem("invalid_request", "This link says the same thing twice.", { mend: "Ask for a new one.", detail: `${name} stands twice` });
  }
  return { params: url.searchParams, url };
}

const notALink = (text, cause) =>
  new Problem("not_a_link", "This is not a link that this wallet knows.", { mend: "Copy the whole link, or scan the code again.", detail: String(text).slice(0, 100), cause });

/**
 * The address of a well-known document: its name between host and path [RFC8615 §3] [RFC8414 §3.1].
 * @param {string} issuer
 * @param {string} name
 */
export function wellKnown(issuer, name) {
  const { origin, pathname } = new URL(issuer);
  return `${origin}/.well-known/${name}${pathname.replace(/\/$/, "")}`;
}

/** The one of several displays that the reader's languages prefer; the first where none fits. */
export function displayFor(displays, languages = globalThis.navigator?.languages ?? ["en"]) {
  const known = Array.isArray(displays) ? displays.filter((display) => display && typeof display === "object") : [];
  const speaks = (display, language) => typeof display.locale === "string" && display.locale.toLowerCase().split("-")[0] === language.toLowerCase().split("-")[0];
  return languages.map((language) => known.find((display) => speaks(display, language))).find(Boolean) ?? known[0] ?? {};
}
