// Words for people: dates, values, hosts; and what kind of link a text is.
import { secureUrl } from "./wire.js";

const day = new Intl.DateTimeFormat(undefined, { dateStyle: "long" });
const minute = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** A day, from a Date, milliseconds, or seconds since 1970. */
export const dayOf = (time) => day.format(dateOf(time));

/** A day with its hour. */
export const minuteOf = (time) => minute.format(dateOf(time));

/** A Date, from a Date, milliseconds, or seconds since 1970. */
export const dateOf = (time) => (time instanceof Date ? time : new Date(typeof time === "number" && time < 1e11 ? time * 1000 : time));

/** A claim's value as a person reads it. */
export function valueOf(value) {
  if (value === true) return "yes";
  if (value === false) return "no";
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(valueOf).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The address, if a browser may be sent there: what a wallet may call, and a script's or a file's address is not. */
export function wayBack(uri) {
  try {
    return secureUrl(uri).href;
  } catch {
    return null;
  }
}

/**
 * Where in this wallet a text leads that someone pasted or a camera read: `/offer?...` [OpenID4VCI §4.1], `/present?...` [OpenID4VP §5], or null
 * where it is neither. A request by value is all in its link, and stands behind `#`, so that this wallet's host is not told. An address without parameters may be an offer's own.
 */
export function wayOf(text) {
  const trimmed = text.trim();
  if (trimmed.startsWith("{")) return `/offer?${new URLSearchParams({ credential_offer: trimmed })}`;
  if (!URL.canParse(trimmed)) return null;
  const url = new URL(trimmed);
  const scheme = url.protocol.slice(0, -1);
  const web = wayBack(trimmed) !== null;
  const named = { "openid-credential-offer": "/offer", "haip-vci": "/offer", openid4vp: "/present", "haip-vp": "/present" }[scheme];
  if (!named && !web) return null;
  const holds = (...names) => names.some((name) => url.searchParams.has(name));
  const query = url.search.slice(1) || url.hash.slice(1);
  if (holds("credential_offer", "credential_offer_uri") && named !== "/present") return `/offer${url.search}`;
  if (holds("request_uri", "request") && named !== "/offer") return `/present${url.search}`;
  if (new URLSearchParams(query).has("client_id") && named !== "/offer") return `/present#${query}`;
  return named ? null : `/offer?${new URLSearchParams({ credential_offer_uri: trimmed })}`;
}
