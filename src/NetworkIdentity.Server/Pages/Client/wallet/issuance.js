// Taking what is offered: a code for a token, then proofs of keys for credentials [OpenID4VCI §6] [OpenID4VCI §8], at once or once the issuer has decided [OpenID4VCI §9].
import { didKeyOf, methodOf } from "../shared/did-key.js";
import { newKey, publicJwk, signJws } from "../shared/jose.js";
import { checkCredential, isW3c } from "./credential.js";
import { Problem } from "../shared/problem.js";
import { randomText } from "../shared/bytes.js";
import { objectOf } from "./wire.js";

export { readOffer } from "./offer.js";

const PRE_AUTHORIZED = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
const MOST_COPIES = 8;

/**
 * @typedef {object} Pending an offer whose code is spent and whose credential is not yet here; structured-cloneable, to be kept between the two calls
 * @property {string} id becomes the credential's
 * @property {import("./offer.js").Offer} offer
 * @property {import("./offer.js").Configuration} configuration
 * @property {string} accessToken
 * @property {string | null} refreshToken for when the issuer hands it out later; the same of all that one offer gave
 * @property {{ transactionId: string, until: number, interval: number } | null} waits where the issuer hands it out later: under what, and before when not to ask (ms since 1970; ms)
 * @property {string | null} credentialIdentifier
 * @property {CryptoKeyPair[]} keys one for each copy
 * @property {number} redeemedAt ms since 1970
 * @property {number | null} expiresAt until when it can be collected, ms since 1970; null where the issuer doesn't say
 */

/**
 * Redeems an offer's code for an access token, which opens all that is offered, and makes the keys [OpenID4VCI §6.1].
 * @param {import("./offer.js").Offer} offer
 * @param {{ txCode?: string, copies?: number }} choices `copies`: of the same credential, each on a key and in a slot of its own
 * @param {import("./wire.js").Wire} wire
 * @returns {Promise<Pending[]>} one for each credential that this wallet can hold, in the order of the offer
 * @throws {Problem} tx_code_missing; invalid_grant where the code, or the transaction code, is wrong
 */
export async function redeem(offer, { txCode, copies = 4 }, wire) {
  const given = txCode?.trim() ?? "";
  if (offer.needsCode && given === "") throw new Problem("tx_code_missing", "A code is needed.", { mend: "Write the code that you were given beside the offer." });

  // The keys first: once the code is spent, nothing may fail before it can be kept.
  const newKeys = () => Promise.all(Array.from({ length: Math.max(1, Math.min(copies, offer.batchSize, MOST_COPIES)) }, newKey));
  const keys = await Promise.all(offer.configurations.map(newKeys));
  const response = await wire.fetch(offer.tokenEndpoint, {
    method: "POST",
    headers: { accept: "application/json" },
    body: new URLSearchParams({ grant_type: PRE_AUTHORIZED, "pre-authorized_code": offer.code, ...(offer.needsCode ? { tx_code: given } : {}) }),
    note: "The wallet redeems the code of the offer for an access token.",
  });
  if (!response.ok) {
    throw await Problem.ofAnswer(
      response,
      offer.needsCode ? "The code is not right, or the offer is closed." : "The offer was taken already, or it has expired.",
      offer.needsCode ? "Look at the code again. After five wrong ones ask for a new offer." : "Ask for a new offer.");
  }
  const token = await objectOf(response, "The issuer’s answer");
  if (typeof token.access_token !== "string" || String(token.token_type).toLowerCase() !== "bearer") throw unexpected("no bearer token");
  return offer.configurations.map((configuration, index) => ({
    id: randomText(),
    offer,
    configuration,
    accessToken: token.access_token,
    refreshToken: typeof token.refresh_token === "string" ? token.refresh_token : null,
    waits: null,
    credentialIdentifier: identifierOf(token.authorization_details, configuration.id),
    keys: keys[index],
    redeemedAt: Date.now(),
    expiresAt: Number.isFinite(token.expires_in) ? Date.now() + token.expires_in * 1000 : null,
  }));
}

/** The name that the issuer gave the credential, where it gave one: it must be used then [OpenID4VCI §6.2]. */
function identifierOf(details, configurationId) {
  const detail = Array.isArray(details) ? details.find((one) => one?.credential_configuration_id === configurationId) : undefined;
  const [identifier] = Array.isArray(detail?.credential_identifiers) ? detail.credential_identifiers : [];
  return typeof identifier === "string" ? identifier : null;
}

/**
 * Proves the keys and collects the credential, checked [OpenID4VCI §8]. Asked again with the same Pending, after a crash for example, the
 * issuer gives the same credentials.
 * @param {Pending} pending
 * @param {import("./wire.js").Wire} wire
 * @param {(credential: import("./credential.js").Credential) => Promise<void>} [keep] stores it: the issuer is told that it was accepted only when it is
 * @returns {Promise<import("./credential.js").Credential | null>} null where the issuer hands it out later: `pending.waits` says when to ask again
 * @throws {Problem} what the issuer refuses, by its code; invalid_credential where what it gave is not as it must be
 */
export async function collect(pending, wire, keep = async () => {}) {
  let response = pending.waits ? await comeBack(pending, wire) : await ask(pending, wire);
  if (!response.ok) {
    const refused = await Problem.ofAnswer(response, "The issuer did not hand out the credential.", "Ask for a new offer.");
    if (!["invalid_nonce", "invalid_transaction_id"].includes(refused.code)) throw refused;
    response = await ask(pending, wire); // another nonce [OpenID4VCI §8.3.1.2]; or it was handed out, and did not arrive
    if (!response.ok) throw await Problem.ofAnswer(response, refused.message, "Try again.");
  }
  const answer = await objectOf(response, "The issuer’s answer");
  if (answer.transaction_id !== undefined) {
    const { transaction_id: transactionId, interval } = answer;
    if (pending.offer.deferredEndpoint === null || typeof transactionId !== "string" || !(interval > 0)) throw unexpected("it is handed out later, without all that is needed to ask again");
    pending.waits = { transactionId, until: Date.now() + interval * 1000, interval: interval * 1000 };
    return null;
  }
  try {
    const credential = await checkCredential(answer.credentials, pending, wire);
    await keep(credential);
    await notify(pending, answer, "credential_accepted", wire);
    return credential;
  } catch (error) {
    if (error instanceof Problem && error.code !== "unreachable") await notify(pending, answer, "credential_failure", wire);
    throw error;
  }
}

/**
 * New tokens for what one offer gave and waits: those of the first are used, and all get the new ones [RFC6749 §6]. To be kept before anything else is done: the old ones are used up.
 * @param {Pending[]} pendings
 * @param {import("./wire.js").Wire} wire
 * @throws {Problem} invalid_grant where the issuer waits for this wallet no more
 */
export async function renew(pendings, wire) {
  const [{ offer, refreshToken }] = pendings;
  const response = await wire.fetch(offer.tokenEndpoint, {
    method: "POST",
    headers: { accept: "application/json" },
    body: new URLSearchParams({ grant_type: "refresh_token", refresh_token: refreshToken ?? "" }),
    note: "The wallet comes back, and gets another access token.",
  });
  if (!response.ok) throw await Problem.ofAnswer(response, "The issuer waits for this wallet no more.", "Go to where you applied: there you can connect it again, or take the credential.");
  const token = await objectOf(response, "The issuer’s answer");
  if (typeof token.access_token !== "string" || String(token.token_type).toLowerCase() !== "bearer") throw unexpected("no bearer token");
  const changes = { accessToken: token.access_token, refreshToken: token.refresh_token ?? refreshToken, expiresAt: Number.isFinite(token.expires_in) ? Date.now() + token.expires_in * 1000 : null };
  for (const pending of pendings) Object.assign(pending, changes);
}

/** Asks whether what waits can be handed out [OpenID4VCI §9.1]. */
const comeBack = ({ offer, accessToken, waits }, wire) => wire.fetch(offer.deferredEndpoint, {
  method: "POST",
  headers: { accept: "application/json", "content-type": "application/json", authorization: `Bearer ${accessToken}` },
  body: JSON.stringify({ transaction_id: waits.transactionId }),
  note: "The wallet asks whether what it waits for can be handed out.",
});

async function ask({ offer, configuration, credentialIdentifier, accessToken, keys }, wire) {
  const nonce = offer.nonceEndpoint === null ? undefined : await freshNonce(offer.nonceEndpoint, wire);
  const iat = Math.floor(Date.now() / 1000);
  const named = async (key) => (isW3c(configuration) ? { kid: methodOf(await didKeyOf(key)) } : { jwk: await publicJwk(key) });
  const proof = async ({ publicKey, privateKey }) =>
    signJws({ alg: "ES256", typ: "openid4vci-proof+jwt", ...await named(publicKey) }, { aud: offer.issuer, iat, ...(nonce === undefined ? {} : { nonce }) }, privateKey);
  return wire.fetch(offer.credentialEndpoint, {
    method: "POST",
    headers: { accept: "application/json", "content-type": "application/json", authorization: `Bearer ${accessToken}` },
    body: JSON.stringify({
      ...(credentialIdentifier === null ? { credential_configuration_id: configuration.id } : { credential_identifier: credentialIdentifier }),
      proofs: { jwt: await Promise.all(keys.map(proof)) },
    }),
    note: "The wallet proves its keys, and gets a credential for each.",
  });
}

/** A nonce for the proofs [OpenID4VCI §7]. */
async function freshNonce(nonceEndpoint, wire) {
  const response = await wire.fetch(nonceEndpoint, { method: "POST", headers: { accept: "application/json" }, note: "The wallet asks for a nonce." });
  if (!response.ok) throw await Problem.ofAnswer(response, "The issuer gave no nonce.", "Try again.");
  const { c_nonce: nonce } = await objectOf(response, "The issuer’s answer");
  if (typeof nonce !== "string") throw unexpected("no c_nonce");
  return nonce;
}

/** Tells the issuer what became of it; whether it hears changes nothing for the holder [OpenID4VCI §11]. */
async function notify({ offer, accessToken }, { notification_id: id }, event, wire) {
  if (offer.notificationEndpoint === null || typeof id !== "string") return;
  try {
    await wire.fetch(offer.notificationEndpoint, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${accessToken}` },
      body: JSON.stringify({ notification_id: id, event }),
      note: "The wallet tells the issuer what became of the credential.",
    });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
}

const unexpected = (detail) => new Problem("unexpected_answer", "The issuer answered what this wallet does not know.", { mend: "Ask the issuer for help.", detail });
