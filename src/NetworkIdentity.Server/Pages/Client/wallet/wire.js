// The only way out: every request that the wallet makes, and what came back, is kept for whoever wants to look.
import { Problem } from "../shared/problem.js";

const PATIENCE_MS = 10_000;
const MOST_BYTES = 8 * 1024 * 1024;
const MOST_ENTRIES = 200;
const MOST_KEPT = 64 * 1024; // characters of a body

/**
 * @typedef {object} Entry one request and its answer
 * @property {number} at when it was made, ms since 1970
 * @property {string} method
 * @property {string} url
 * @property {Record<string, string>} requestHeaders
 * @property {string} requestBody empty for none
 * @property {number | null} status null while nothing has been answered, or where nothing was
 * @property {Record<string, string>} responseHeaders what the browser lets a script see
 * @property {string} responseBody
 * @property {string} note what it is for, in words
 */

/** A fetch that keeps what went over it. */
export class Wire {
  /** @type {Entry[]} the oldest first; the oldest go when there are too many */
  entries = [];

  #fetch;

  /** @param {typeof fetch} [fetcher] what makes the requests */
  constructor(fetcher = (url, init) => fetch(url, init)) {
    this.#fetch = fetcher;
  }

  /**
   * As fetch, with `note` beside; without cookies, without following redirects, and for https or this machine only.
   * @param {string} url
   * @param {{ method?: string, headers?: Record<string, string>, body?: string | URLSearchParams, note?: string }} [init]
   * @returns {Promise<Response>} an answer of any status, its body read already
   * @throws {Problem} insecure_url, unreachable, too_long
   */
  async fetch(url, { note = "", method = "GET", headers = {}, body } = {}) {
    const href = secureUrl(url).href;
    const entry = {
      at: Date.now(), method, url: href, note,
      requestHeaders: body instanceof URLSearchParams ? { "content-type": "application/x-www-form-urlencoded", ...headers } : headers,
      requestBody: cut(String(body ?? "")),
      status: null, responseHeaders: {}, responseBody: "",
    };
    this.entries.push(entry);
    if (this.entries.length > MOST_ENTRIES) this.entries.shift();
    try {
      const response = await this.#fetch(href, {
        method, headers: entry.requestHeaders, ...(body === undefined ? {} : { body: String(body) }),
        credentials: "omit", redirect: "error", cache: "no-store", referrerPolicy: "no-referrer", signal: AbortSignal.timeout(PATIENCE_MS),
      });
      entry.status = response.status;
      entry.responseHeaders = Object.fromEntries(response.headers);
      const text = await textOf(response, href);
      entry.responseBody = cut(text);
      return new Response([101, 204, 205, 304].includes(response.status) ? null : text, { status: response.status, headers: entry.responseHeaders });
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw new Problem("unreachable", `${new URL(href).host} could not be reached.`, {
        mend: "Check the connection, then try again.", detail: String(error?.message ?? error), cause: error,
      });
    }
  }
}

/**
 * A URL that a wallet may call: https, or http on this machine.
 * @throws {Problem} insecure_url
 */
export function secureUrl(text) {
  let url;
  try {
    url = new URL(text);
  } catch {
    // Told below: it is none.
  }
  const fits = url && !url.username && !url.password && (url.protocol === "https:" || (url.protocol === "http:" && isThisMachine(url.hostname)));
  if (fits) return url;
  throw new Problem("insecure_url", "This leads to an address that is not protected.", {
    mend: "Don’t go on. Ask who gave it to you.", detail: `${text} is neither https nor on this machine`,
  });
}

const isThisMachine = (host) => host === "localhost" || host.endsWith(".localhost") || host === "127.0.0.1" || host === "[::1]";

const cut = (text) => (text.length > MOST_KEPT ? `${text.slice(0, MOST_KEPT)}… (${text.length - MOST_KEPT} more)` : text);

async function textOf(response, href) {
  if (!response.body) return "";
  const chunks = [];
  let length = 0;
  for (const reader = response.body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > MOST_BYTES) {
      await reader.cancel();
      throw new Problem("too_long", `${new URL(href).host} answered more than this wallet reads.`);
    }
    chunks.push(value);
  }
  const whole = new Uint8Array(length);
  chunks.reduce((at, chunk) => (whole.set(chunk, at), at + chunk.length), 0);
  return new TextDecoder().decode(whole);
}

/** An answer's JSON object. @throws {Problem} unexpected_answer */
export async function objectOf(response, what) {
  let value;
  try {
    value = JSON.parse(await response.text());
  } catch {
    // Told below: it is none.
  }
  if (value !== null && typeof value === "object" && !Array.isArray(value)) return value;
  throw new Problem("unexpected_answer", `${what} could not be read.`, { mend: "Try again later.", status: response.status, detail: "not a JSON object" });
}
