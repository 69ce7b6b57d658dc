// Answering a request: what was agreed to, bound to the one who asks; or a no [OpenID4VP §8].
import { randomText } from "../shared/bytes.js";
import { copyFor } from "./copies.js";
import { isW3c } from "./credential.js";
import { fit, isAnswered } from "./dcql.js";
import { encryptJwe, newKey } from "../shared/jose.js";
import { Problem } from "../shared/problem.js";
import { bindToHolder, readSdJwt } from "../shared/sd-jwt.js";
import { TWISTS } from "./twists.js";
import { presentW3c } from "./w3c-credential.js";
import { objectOf, secureUrl } from "./wire.js";

export { match } from "./dcql.js";
export { readRequest } from "./request.js";

/** By request, and in it by what was chosen: the answers that left and that nobody has replied to. Sent again, they must be the same bytes. */
const unanswered = new WeakMap();

/**
 * @typedef {object} Made an answer that is ready to leave
 * @property {string} id its own, the same where it is sent again
 * @property {(string | object)[]} presentations as they stand in the vp_token: an SD-JWT with its proof, or a presentation of a W3C credential
 * @property {number[]} copyIndexes the copy of each chosen credential that is shown
 * @property {URLSearchParams} body
 */

/**
 * Shows what was chosen [OpenID4VP §8.1] [OpenID4VP §8.2]. An honest answer whose reply was lost is sent again as it was, as long as the choice is the
 * same: a verifier that has it already may give the same reply once more, and would refuse another.
 * @param {import("./request.js").Request} request
 * @param {{ queryId: string, credential: import("./credential.js").Credential, isLess?: boolean }[]} chosen `isLess`: without what is optional
 * @param {import("./wire.js").Wire} wire
 * @param {{ twist?: 'tamper' | 'copy' | 'replay' | 'audience', earlier?: string | object, sending?: (made: Made) => Promise<void> }} [more] `twist`: how the practice
 *   wallet misbehaves on purpose; `earlier`, for 'replay': a presentation that was made for another request; `sending` is waited for before anything leaves
 * @returns {Promise<{ redirectUri: string | null, presentations: (string | object)[], copyIndexes: number[] }>}
 * @throws {Problem} what the verifier refuses, with its words in `detail`; unreachable, or a status of 500 and above, where it is not known what came of it;
 *   before `sending`: expired, and query_not_satisfied where the choice does not answer the request
 */
export async function answer(request, chosen, wire, { twist, earlier, sending = async () => {} } = {}) {
  if (twist !== undefined && !Object.hasOwn(TWISTS, twist)) throw new TypeError(`there is no twist ${twist}`);
  const open = unanswered.get(request) ?? new Map();
  const choice = JSON.stringify(chosen.map(({ queryId, credential, isLess = false }) => [queryId, credential.id, isLess]));
  const again = twist === undefined ? open.get(choice) : undefined;
  const made = again ?? await make(request, chosen, { twist, earlier });
  await sending(made);

  const note = again ? "The wallet sends the same answer again: the reply to it was lost." : twist === undefined ? "The wallet shows what you agreed to." : TWISTS[twist].note;
  if (twist === undefined) unanswered.set(request, open.set(choice, made));
  try {
    const redirectUri = await post(request, made.body, wire, note);
    if (twist === undefined) open.delete(choice);
    return { redirectUri, presentations: made.presentations, copyIndexes: made.copyIndexes };
  } catch (error) {
    if (twist === undefined && isRefusal(error)) open.delete(choice); // another may be accepted, this one never
    throw error;
  }
}

/**
 * Makes the answer to a request by value, as at a door, which goes back in the fragment of an address: nothing is sent by this wallet [OpenID4VP §8.1].
 * @param {import("./request.js").Request} request one with a `redirectUri`
 * @param {{ queryId: string, credential: import("./credential.js").Credential, isLess?: boolean }[]} chosen
 * @param {{ twist?: 'tamper' | 'copy' | 'replay' | 'audience', earlier?: string | object }} [more] as in `answer`
 * @returns {Promise<{ id: string, presentations: (string | object)[], copyIndexes: number[], address: string }>}
 * @throws {Problem} query_not_satisfied
 */
export async function answerAtDoor(request, chosen, { twist, earlier } = {}) {
  if (twist !== undefined && !Object.hasOwn(TWISTS, twist)) throw new TypeError(`there is no twist ${twist}`);
  const { body, ...made } = await make(request, chosen, { twist, earlier });
  return { ...made, address: `${request.redirectUri}#${body}` };
}

/** The address that tells who asked by value that the holder said no [OpenID4VP §8.5]. */
export const declineAtDoor = ({ redirectUri, state }) => `${redirectUri}#${new URLSearchParams({ error: "access_denied", ...(state === undefined ? {} : { state }) })}`;

/** Whether the verifier has said no; else it may have accepted what it was sent. */
export const isRefusal = ({ status }) => status < 500;

/** Who asks by value, as a door does: where the answer goes, and the name that is said, since all doors of a nation have one address. Null where an app asks. */
export const doorOf = ({ clientId, name, redirectUri }) => (redirectUri === undefined ? null : JSON.stringify([clientId, name]));

/** @returns {Promise<Made>} */
async function make(request, chosen, { twist, earlier }) {
  if (request.expiresAt !== null && request.expiresAt <= Date.now()) {
    throw new Problem("expired", "This request has ended.", { mend: "Go back to the app and start again." });
  }
  if (!isAnswered(request.query, chosen.map(({ queryId }) => queryId))) throw unsatisfied("something that was asked for, or that goes with what is chosen, is not chosen");

  const answers = new Map(); // not an object: an id may be any word
  const presentations = [];
  const copyIndexes = [];
  const taken = new Map();
  const door = doorOf(request);
  for (const { queryId, credential, isLess } of chosen) {
    const query = request.query.credentials.find(({ id }) => id === queryId);
    if (!query) throw unsatisfied(`${queryId} was not asked for`);
    if (answers.has(queryId) && !query.multiple) throw unsatisfied(`one credential is enough for ${queryId}`);
    const index = copyFor(credential, { door, taken: taken.get(credential) ?? [] });
    taken.set(credential, [...(taken.get(credential) ?? []), index]);
    const presentation = await present(request, query, credential, index, { twist, earlier, isLess });
    answers.set(queryId, [...(answers.get(queryId) ?? []), presentation]);
    presentations.push(presentation);
    copyIndexes.push(index);
  }
  const vpToken = Object.fromEntries(answers);
  const payload = { vp_token: vpToken, ...(request.state === undefined ? {} : { state: request.state }) };
  const body = request.encryption === null
    ? new URLSearchParams({ ...payload, vp_token: JSON.stringify(vpToken) })
    : new URLSearchParams({ response: await encryptJwe(payload, request.encryption.jwk, request.encryption.enc) });
  return { id: randomText(), presentations, copyIndexes, body };
}

/**
 * Tells the verifier that the holder said no; in the clear, as errors may be [OpenID4VP §8.5].
 * @param {import("./request.js").Request} request
 * @param {import("./wire.js").Wire} wire
 * @returns {Promise<{ redirectUri: string | null }>}
 */
export async function decline(request, wire) {
  const body = new URLSearchParams({ error: "access_denied", error_description: "The holder said no", ...(request.state === undefined ? {} : { state: request.state }) });
  return { redirectUri: await post(request, body, wire, "The wallet says that you did not agree.") };
}

async function present(request, query, credential, index, { twist, earlier, isLess }) {
  const { sdJwt, document, keys } = credential.copies[index];
  const fits = await fit(query, credential, credential.copies[index], isLess);
  if (!fits) throw unsatisfied(`${credential.name} does not answer ${query.id}`);
  if (twist === "replay") return TWISTS.replay.again(earlier);
  const key = twist === "copy" ? (await newKey()).privateKey : keys.privateKey;
  const audience = twist === "audience" ? TWISTS.audience.other : request.clientId;
  if (isW3c(credential)) {
    const shown = twist === "tamper" ? TWISTS.tamper.changedIn(document, fits.discloses) : document;
    return presentW3c(shown, keys, { challenge: request.nonce, domain: audience }, key);
  }
  const { jwt } = await readSdJwt(sdJwt);
  const parts = [jwt, ...fits.disclosures.map(({ text }) => text)];
  const shown = `${(twist === "tamper" ? TWISTS.tamper.changed(parts, fits.disclosures) : parts).join("~")}~`;
  return bindToHolder(shown, key, { audience, nonce: request.nonce });
}

async function post({ responseUri }, body, wire, note) {
  const response = await wire.fetch(responseUri, { method: "POST", headers: { accept: "application/json" }, body, note });
  if (!response.ok) {
    throw await (isRefusal(response)
      ? Problem.ofAnswer(response, "What was shown is not accepted.", "The request stays open: you can answer it again.")
      : Problem.ofAnswer(response, "It is not known what came of it.", "Try again: the same is sent again."));
  }
  try {
    return secureUrl((await objectOf(response, "The verifier’s answer")).redirect_uri).href;
  } catch {
    return null; // It is accepted, whatever came with it; the browser is sent nowhere that a wallet may not call.
  }
}

const unsatisfied = (detail) => new Problem("query_not_satisfied", "That is not what was asked for.", { mend: "Choose a credential for each thing that is asked.", detail });
