// A request for a presentation: fetched, verified, and understood, before anything of it is shown to the holder [OpenID4VP §5]. One that stands in its link
// is not signed: it needs no network, as at a door, and names nobody for certain (decision 0053).
import { randomText } from "../shared/bytes.js";
import { checkClient, PREFIXES } from "./client-id.js";
import { CRYPTOSUITES } from "../shared/data-integrity.js";
import { readQuery, SD_JWT } from "./dcql.js";
import { ENCRYPTIONS, readJws } from "../shared/jose.js";
import { readLink } from "./links.js";
import { Problem } from "../shared/problem.js";
import { secureUrl } from "./wire.js";

/** Of a client id that is an address, and no more than that: who asks is whoever the answer goes to [OpenID4VP §5.9.3]. */
const ADDRESS = "redirect_uri:";

const SCHEMES = ["openid4vp:", "haip-vp:"];
const TYPE = "oauth-authz-req+jwt";
const SELF_ISSUED = "https://self-issued.me/v2";
const SKEW_SECONDS = 60;

/** In characters. The nation says here, behind an app's name and host, the browser and the time by which a holder knows a sign-in that was relayed. */
const LONGEST_NAME = 600;

/** Of who is not known: it tells a door from another, and leaves no room for a story. */
const LONGEST_CLAIM = 80;

const METADATA = {
  vp_formats_supported: {
    "dc+sd-jwt": { "sd-jwt_alg_values": ["ES256"], "kb-jwt_alg_values": ["ES256"] },
    ldp_vc: { proof_type_values: ["DataIntegrityProof"], cryptosuite_values: CRYPTOSUITES },
  },
  client_id_prefixes_supported: PREFIXES,
  response_types_supported: ["vp_token"],
  response_modes_supported: ["direct_post", "direct_post.jwt"],
  request_object_signing_alg_values_supported: ["ES256", "EdDSA", "Ed25519"],
  authorization_encryption_alg_values_supported: ["ECDH-ES"],
  authorization_encryption_enc_values_supported: Object.keys(ENCRYPTIONS),
};

/**
 * @typedef {object} Request structured-cloneable
 * @property {string} clientId with its prefix
 * @property {string} prefix
 * @property {string} name what the verifier calls itself; its host where it doesn't
 * @property {string} host of the response URI: where the answer goes
 * @property {{ id: string, vcts: string[], types: string[][], claims: (string | number | null)[][] }[]} asked
 * @property {number | null} expiresAt ms since 1970
 * @property {import("./dcql.js").Query} query
 * @property {string} nonce
 * @property {string | undefined} state
 * @property {string} [responseUri] where the answer is posted
 * @property {string} [redirectUri] of a request by value, in the place of it: the answer goes back behind this address
 * @property {null | { jwk: object, enc: string }} encryption what the answer is encrypted to; null for direct_post
 */

/**
 * Reads a request from whatever a person pastes, presses or scans.
 * @param {string} text a wallet's link, or this wallet's own URL
 * @param {import("./wire.js").Wire} wire
 * @returns {Promise<Request>}
 * @throws {Problem} invalid_client, invalid_request, expired, insecure_url and what goes wrong on the way
 */
export async function readRequest(text, wire) {
  const { params } = readLink(text, SCHEMES);
  const clientId = params.get("client_id");
  if (!clientId) throw invalid("client_id is missing");
  if (clientId.startsWith(ADDRESS)) return readByValue(params, clientId);
  const { compact, walletNonce } = await fetchRequest(params, wire);
  let jws;
  try {
    jws = readJws(compact);
  } catch (error) {
    throw invalid("the request is not a signed request object", error);
  }

  // 1. Who asks: the client that the link names, and nobody else [RFC9101 §5, §6.3].
  if (jws.header.typ !== TYPE) throw invalid(`typ is not ${TYPE}`);
  const { claims } = jws;
  if (claims.client_id !== clientId) throw invalid("the link and the request name different clients");
  const client = await checkClient(jws, clientId);

  // 2. That it is made for a wallet, for this fetch, and for now.
  if (![claims.aud].flat().includes(SELF_ISSUED)) throw invalid(`aud is not ${SELF_ISSUED}`);
  if (walletNonce !== null && claims.wallet_nonce !== walletNonce) throw invalid("wallet_nonce is not the one that this wallet sent");
  const expiresAt = checkTimes(claims);

  // 3. Where the answer goes, and how.
  const { url, encryption } = readResponse(claims, client);

  // 4. What is asked.
  return understood(claims, { prefix: client.prefix, url, responseUri: url.href, encryption, expiresAt });
}

/** A request by value, as of a door [OpenID4VP §5.9.3]. Nothing in it can be trusted; the answer is for the one address that it names, whoever shows it. */
function readByValue(params, clientId) {
  // 1. That all of it stands here, and that nothing pretends to more.
  for (const name of ["request", "request_uri", "request_uri_method"]) {
    if (params.has(name)) throw invalid(`${name} stands in a request of a client that can’t sign one`);
  }
  if (params.has("response_uri")) throw invalid("response_uri stands in a request that is answered by redirect_uri");
  if (params.get("response_type") !== "vp_token") throw unknownWay("unsupported_response_type", `response_type is ${params.get("response_type")}`);
  const mode = params.get("response_mode") ?? "fragment"; // as it is for this response type [OpenID4VP §8]
  if (mode !== "fragment") throw unknownWay("invalid_request", `response_mode is ${mode}, and a request that is not signed is answered by fragment alone`);

  // 2. Where the answer goes: to the address that is the client's name.
  const address = clientId.slice(ADDRESS.length);
  if (params.has("redirect_uri") && params.get("redirect_uri") !== address) {
    throw new Problem("invalid_client", "The answer would go to someone else than who asks.", {
      mend: "Don’t go on. Ask who shows it for another.", detail: `redirect_uri is ${params.get("redirect_uri")}, not ${address}`,
    });
  }
  const url = secureUrl(address);
  if (address.includes("#")) throw invalid("redirect_uri has a fragment");

  // 3. What is asked.
  const claims = { ...Object.fromEntries(params), client_id: clientId, dcql_query: jsonIn(params, "dcql_query"), client_metadata: jsonIn(params, "client_metadata") };
  checkNonce(claims);
  const request = understood(claims, { prefix: ADDRESS.slice(0, -1), url, redirectUri: url.href, encryption: null, expiresAt: null });

  // 4. That it is one thing, in the form that hides what is not asked: more is for who is known.
  const { credentials: [{ format, multiple }, ...more], sets } = request.query;
  if (more.length > 0 || multiple || sets !== null || format !== SD_JWT) {
    throw new Problem("invalid_request", "This request is not signed, and asks for more than whoever is not known may.", {
      mend: "Ask them for a request that is signed.", detail: "dcql_query asks for other or more than one credential as dc+sd-jwt",
    });
  }
  return request;
}

/** A parameter that holds a JSON object; undefined where there is none. */
function jsonIn(params, name) {
  if (!params.has(name)) return undefined;
  let value;
  try {
    value = JSON.parse(params.get(name));
  } catch (error) {
    throw invalid(`${name} is not JSON`, error);
  }
  if (value !== null && typeof value === "object" && !Array.isArray(value)) return value;
  throw invalid(`${name} is not a JSON object`);
}

/** @returns {Request} */
function understood(claims, { prefix, url, responseUri, redirectUri, encryption, expiresAt }) {
  if (claims.transaction_data !== undefined) {
    throw new Problem("invalid_transaction_data", "The app wants you to agree to something that this wallet can’t show you.", {
      mend: "Go back to the app.", detail: "transaction_data is not understood",
    });
  }
  const query = readQuery(claims.dcql_query, formatsOf(claims.client_metadata));
  return {
    clientId: claims.client_id,
    prefix,
    name: nameOf(claims.client_metadata, redirectUri === undefined ? LONGEST_NAME : LONGEST_CLAIM) ?? url.host,
    host: url.host,
    asked: query.credentials.map(({ id, vcts, types, claims: asked }) => ({ id, vcts, types, claims: asked.map(({ path }) => path) })),
    expiresAt,
    query,
    nonce: claims.nonce,
    state: claims.state,
    ...(redirectUri === undefined ? { responseUri } : { redirectUri }),
    encryption,
  };
}

/** The request by value or by reference [RFC9101 §5] [OpenID4VP §5.10]. */
async function fetchRequest(params, wire) {
  const [value, uri, method] = [params.get("request"), params.get("request_uri"), params.get("request_uri_method") ?? "get"];
  if (value !== null && uri !== null) throw invalid("both request and request_uri");
  if (value !== null) return { compact: value, walletNonce: null };
  if (uri === null) throw invalid("the request is not signed: neither request nor request_uri");
  if (method !== "get" && method !== "post") throw unknownWay("invalid_request_uri_method", `request_uri_method is ${method}`);

  // A nonce of this wallet's own in the signed request: it was made for this wallet, now.
  const walletNonce = method === "post" ? randomText() : null;
  const response = await wire.fetch(uri, {
    method: method.toUpperCase(),
    headers: { accept: `application/${TYPE}` },
    ...(walletNonce === null ? {} : { body: new URLSearchParams({ wallet_metadata: JSON.stringify(METADATA), wallet_nonce: walletNonce }) }),
    note: "The wallet fetches the signed request.",
  });
  if (response.status === 404 || response.status === 410) throw ended("there is no such request");
  if (!response.ok) throw await Problem.ofAnswer(response, "The request could not be fetched.", "Go back to the app and start again.");
  return { compact: (await response.text()).trim(), walletNonce };
}

function checkTimes({ exp, iat, nbf }) {
  const now = Date.now() / 1000;
  if (exp !== undefined && !Number.isFinite(exp)) throw invalid("exp is not a time");
  if (exp <= now) throw ended("the request has expired");
  if ([iat, nbf].some((time) => time !== undefined && !(time <= now + SKEW_SECONDS))) throw invalid("the request begins in the future");
  return exp === undefined ? null : exp * 1000;
}

function readResponse(claims, { prefix, id }) {
  if (claims.response_type !== "vp_token") throw unknownWay("unsupported_response_type", `response_type is ${claims.response_type}`);
  if (claims.redirect_uri !== undefined) throw invalid("redirect_uri stands beside response_uri");
  if (typeof claims.response_uri !== "string") throw invalid("response_uri is missing");
  const url = secureUrl(claims.response_uri);
  // Anyone may have a certificate of their own; what ties the answer to the name is that it goes there [OpenID4VP §5.9.3].
  if (prefix === "x509_san_dns" && url.hostname !== id) {
    throw new Problem("invalid_client", "The answer would go to someone else than who asks.", {
      mend: "Don’t go on. Tell the app.", detail: `response_uri is at ${url.hostname}, not at ${id}`,
    });
  }
  checkNonce(claims);
  if (claims.response_mode === "direct_post") return { url, encryption: null };
  if (claims.response_mode === "direct_post.jwt") return { url, encryption: encryptionOf(claims.client_metadata) };
  throw unknownWay("invalid_request", `response_mode is ${claims.response_mode}`);
}

function checkNonce({ nonce, state }) {
  if (typeof nonce !== "string" || !/^[A-Za-z0-9._~-]+$/.test(nonce)) throw invalid("nonce is missing, or holds other characters than a URL may");
  if (state !== undefined && typeof state !== "string") throw invalid("state is not a text");
}

/** Whether the verifier takes what this wallet makes, by format; what it does not narrow down it takes [OpenID4VP §11.1, §B.1.3.2, §B.3.4]. */
const TAKES = {
  "dc+sd-jwt": (told) => has(told["kb-jwt_alg_values"], "ES256"),
  ldp_vc: (told) => has(told.proof_type_values, "DataIntegrityProof") && has(told.cryptosuite_values, "ecdsa-jcs-2019"),
};

const has = (values, one) => values === undefined || (Array.isArray(values) && values.includes(one));

function formatsOf(metadata) {
  const told = metadata?.vp_formats_supported;
  if (told === undefined) return Object.keys(TAKES);
  const taken = Object.keys(TAKES).filter((format) => told?.[format] && TAKES[format](told[format]));
  if (taken.length > 0) return taken;
  throw unknownWay("vp_formats_not_supported", "vp_formats_supported has neither dc+sd-jwt with a key binding by ES256 nor ldp_vc with a proof by ecdsa-jcs-2019");
}

/** The key that the answer is encrypted to [OpenID4VP §8.3]. */
function encryptionOf(metadata) {
  const keys = Array.isArray(metadata?.jwks?.keys) ? metadata.jwks.keys : [];
  const jwk = keys.find((key) => key?.kty === "EC" && key.crv === "P-256" && key.alg === "ECDH-ES" && (key.use ?? "enc") === "enc");
  const encs = metadata?.encrypted_response_enc_values_supported ?? ["A128GCM"];
  const enc = Array.isArray(encs) ? encs.find((name) => Object.hasOwn(ENCRYPTIONS, name)) : undefined;
  if (!jwk || !enc) throw invalid("client_metadata holds no key and algorithm that this wallet encrypts with");
  return { jwk, enc };
}

/** What it calls itself, in one line, without what turns the direction of writing, and not at any length: it is said by whoever asks. */
function nameOf(metadata, longest) {
  const name = typeof metadata?.client_name === "string" ? [...metadata.client_name.replace(/[\p{C}\s]+/gu, " ").trim()] : [];
  return name.length === 0 ? undefined : name.length <= longest ? name.join("") : `${name.slice(0, longest - 1).join("")}…`;
}

const invalid = (detail, cause) =>
  new Problem("invalid_request", "This request is not as it must be, so this wallet doesn’t answer it.", { mend: "Go back and start again.", detail, cause });

const unknownWay = (code, detail) => new Problem(code, "The app asks in a way that this wallet does not know.", { mend: "Go back and tell the app.", detail });

const ended = (detail) => new Problem("expired", "This request has ended.", { mend: "Go back to the app and start again.", detail });
