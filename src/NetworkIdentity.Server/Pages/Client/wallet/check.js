// Whether a credential is still good, asked of its issuer's status list, and kept with it.
import { readStatus } from "./status.js";
import { markChecked } from "./store.js";
import { Wire } from "./wire.js";

/** Reads the status and notes it, where it can be noted. "unknown" keeps beside it what was known last: could not check is never valid. */
export async function check(credential, wire = new Wire()) {
  if (!credential.status) return credential;
  const at = Date.now();
  const state = await readStatus(credential, wire);
  const known = credential.checked?.state === "unknown" ? credential.checked.last : credential.checked;
  credential.checked = { state, at, ...(state === "unknown" && known ? { last: { state: known.state, at: known.at } } : {}) };
  await markChecked(credential.id, credential.checked).catch(() => {}); // the store was closed meanwhile, and says so itself
  return credential;
}
