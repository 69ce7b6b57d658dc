// A credential offer: what it holds, who makes it, and what redeeming it takes [OpenID4VCI §4] [OpenID4VCI §12.2].
import { CRYPTOSUITES } from "../shared/data-integrity.js";
import { displayFor, readLink, wellKnown } from "./links.js";
import { Problem } from "../shared/problem.js";
import { LDP_VC } from "./w3c-credential.js";
import { objectOf, secureUrl } from "./wire.js";

const SCHEMES = ["openid-credential-offer:", "haip-vci:"];
const SD_JWT = "dc+sd-jwt";
const PRE_AUTHORIZED = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
const BASE_TYPE = "VerifiableCredential";
const ASK_ANEW = "Ask for a new offer.";

/**
 * @typedef {object} Configuration a credential that is offered
 * @property {string} id
 * @property {'dc+sd-jwt' | 'ldp_vc'} format
 * @property {string} [vct] of an SD-JWT VC
 * @property {string[]} [types] of a W3C credential, by their short names
 * @property {string} name
 * @property {string} description empty for none
 * @property {{ path: (string | number | null)[], label: string }[]} claims
 *
 * @typedef {object} Offer
 * @property {string} issuer the credential issuer identifier
 * @property {string} issuerName
 * @property {string} host the issuer's
 * @property {Configuration[]} configurations those that this wallet can hold
 * @property {null | { length: number | null, mode: 'numeric' | 'text', description: string }} needsCode
 * @property {string} code the pre-authorized code
 * @property {string} tokenEndpoint
 * @property {string} credentialEndpoint
 * @property {string | null} nonceEndpoint
 * @property {string | null} notificationEndpoint
 * @property {string | null} deferredEndpoint
 * @property {number} batchSize the most copies of a credential at once
 */

/**
 * Reads an offer from whatever a person pastes or a camera reads: a wallet's link, this wallet's own URL, or the offer's URL.
 * @param {string} text
 * @param {import("./wire.js").Wire} wire
 * @returns {Promise<Offer>} structured-cloneable
 * @throws {Problem}
 */
export async function readOffer(text, wire) {
  const offer = await fetchOffer(text, wire);
  const { issuer, code, needsCode, ids, server } = understand(offer);
  const metadata = await issuerMetadata(issuer, wire);
  const authorization = await authorizationMetadata(issuer, metadata, server, wire);
  return {
    issuer,
    issuerName: words(displayFor(metadata.display).name) ?? new URL(issuer).host,
    host: new URL(issuer).host,
    configurations: configurationsOf(metadata, ids),
    needsCode,
    code,
    tokenEndpoint: endpoint(authorization, "token_endpoint"),
    credentialEndpoint: endpoint(metadata, "credential_endpoint"),
    nonceEndpoint: metadata.nonce_endpoint === undefined ? null : endpoint(metadata, "nonce_endpoint"),
    notificationEndpoint: metadata.notification_endpoint === undefined ? null : endpoint(metadata, "notification_endpoint"),
    deferredEndpoint: metadata.deferred_credential_endpoint === undefined ? null : endpoint(metadata, "deferred_credential_endpoint"),
    batchSize: Number.isInteger(metadata.batch_credential_issuance?.batch_size) ? metadata.batch_credential_issuance.batch_size : 1,
  };
}

/**
 * Whether someone issues one of these types, and what they call themselves and it.
 * @param {string} issuer
 * @param {{ vcts: string[], types: string[][] }} asked the types of W3C credentials by their whole names; what an issuer calls them is the end of that
 * @param {import("./wire.js").Wire} wire
 * @returns {Promise<null | { issuer: string, issuerName: string, name: string }>} null also where they don't say
 */
export async function issuerOf(issuer, { vcts, types }, wire) {
  try {
    const metadata = await issuerMetadata(issuer, wire);
    const isNamed = (name) => types.flat().some((type) => name !== BASE_TYPE && /[#:/]([^#:/]+)$/.exec(type)?.[1] === name);
    const issued = Object.values(metadata.credential_configurations_supported ?? {})
      .find(({ vct, credential_definition: definition }) => vcts.includes(vct) || (Array.isArray(definition?.type) && definition.type.some(isNamed)));
    return issued ? {
      issuer,
      issuerName: words(displayFor(metadata.display).name) ?? new URL(issuer).host,
      name: nameOf(issued),
    } : null;
  } catch {
    return null; // nobody is an issuer because a wallet asks; the wire keeps what was answered
  }
}

/** The offer by value or by reference [OpenID4VCI §4.1.2] [OpenID4VCI §4.1.3]. */
async function fetchOffer(text, wire) {
  const { params, url } = readLink(text, SCHEMES);
  const [value, reference] = [params.get("credential_offer"), params.get("credential_offer_uri")];
  if (value !== null && reference !== null) throw malformed("both credential_offer and credential_offer_uri");
  if (value !== null) {
    try {
      return JSON.parse(value);
    } catch (error) {
      throw malformed("credential_offer is not JSON", error);
    }
  }
  if (reference === null && (SCHEMES.includes(url.protocol) || params.has("request_uri"))) throw malformed("neither credential_offer nor credential_offer_uri");
  const response = await wire.fetch(reference ?? url.href, { headers: { accept: "application/json" }, note: "The wallet reads the offer." });
  if (response.status === 404 || response.status === 410) {
    throw new Problem("offer_closed", "This offer is closed.", {
      mend: "It was taken, or it has expired. If your wallet holds the credential, you are done; if not, ask for a new offer.", status: response.status,
    });
  }
  if (!response.ok) throw await Problem.ofAnswer(response, "The offer could not be read.", ASK_ANEW);
  return objectOf(response, "The offer");
}

function understand(offer) {
  const { credential_issuer: issuer, credential_configuration_ids: ids, grants } = offer ?? {};
  if (typeof issuer !== "string") throw malformed("credential_issuer is missing");
  const { search, hash } = secureUrl(issuer);
  if (search || hash) throw malformed("credential_issuer has a query or a fragment");
  const names = Array.isArray(ids) && ids.length > 0 && ids.every((id) => typeof id === "string") && new Set(ids).size === ids.length;
  if (!names) throw malformed("credential_configuration_ids");
  const grant = grants?.[PRE_AUTHORIZED];
  if (typeof grant?.["pre-authorized_code"] !== "string") {
    throw new Problem("unsupported_grant_type", "This offer can’t be taken by this wallet.", {
      mend: "Ask for an offer with a pre-authorized code.", detail: "no grant with a pre-authorized code",
    });
  }
  return { issuer, ids, code: grant["pre-authorized_code"], server: grant.authorization_server, needsCode: codeOf(grant.tx_code) };
}

function codeOf(asked) {
  if (asked === undefined) return null;
  if (asked === null || typeof asked !== "object") throw malformed("tx_code");
  return {
    length: Number.isInteger(asked.length) ? asked.length : null,
    mode: asked.input_mode === "text" ? "text" : "numeric",
    description: typeof asked.description === "string" ? asked.description.slice(0, 300) : "",
  };
}

async function issuerMetadata(issuer, wire) {
  const response = await wire.fetch(wellKnown(issuer, "openid-credential-issuer"), {
    headers: { accept: "application/json" }, note: "The wallet asks the issuer what it issues.",
  });
  if (!response.ok) throw await Problem.ofAnswer(response, "The issuer does not say what it issues.", "Try again later.");
  const metadata = await objectOf(response, "What the issuer says of itself");
  // Else one issuer could offer in the name of another [OpenID4VCI §12.2.3].
  if (metadata.credential_issuer !== issuer) throw mixedUp("credential_issuer", metadata.credential_issuer, issuer);
  return metadata;
}

/** The server that redeems the code [OpenID4VCI §12.3] [RFC8414 §3.3]. */
async function authorizationMetadata(issuer, metadata, named, wire) {
  const servers = metadata.authorization_servers ?? [issuer];
  const known = Array.isArray(servers) && servers.length > 0 && (named === undefined || servers.includes(named));
  if (!known) throw malformed("authorization_server is not one of the issuer's");
  const server = named ?? servers[0];
  secureUrl(server);
  const response = await wire.fetch(wellKnown(server, "oauth-authorization-server"), {
    headers: { accept: "application/json" }, note: "The wallet asks where a code is redeemed.",
  });
  if (!response.ok) throw await Problem.ofAnswer(response, "The issuer does not say where its offer is redeemed.", "Try again later.");
  const authorization = await objectOf(response, "What the issuer’s server says of itself");
  if (authorization.issuer !== server) throw mixedUp("issuer", authorization.issuer, server);
  const grants = authorization.grant_types_supported;
  if (grants !== undefined && !(Array.isArray(grants) && grants.includes(PRE_AUTHORIZED))) throw malformed("the authorization server does not take pre-authorized codes");
  return authorization;
}

function configurationsOf(metadata, ids) {
  const known = ids.map((id) => ({ ...metadata.credential_configurations_supported?.[id], id })).filter(fits);
  if (known.length === 0) {
    throw new Problem("unsupported_credential", "This wallet can’t hold what is offered.", {
      mend: "It holds credentials of the forms dc+sd-jwt and ldp_vc, on keys of its own.", detail: ids.join(", "),
    });
  }
  for (const what of ["credential_request_encryption", "credential_response_encryption"]) {
    if (metadata[what]?.encryption_required !== true) continue;
    throw new Problem("unsupported_credential", "The issuer hands out credentials in a way that this wallet doesn’t know.", {
      mend: "Use another wallet.", detail: `${what} is required`,
    });
  }
  return known.map((configuration) => {
    const { description } = displayFor(configuration.credential_metadata?.display);
    const claims = configuration.credential_metadata?.claims;
    return {
      id: configuration.id,
      format: configuration.format,
      ...(configuration.format === LDP_VC ? { types: configuration.credential_definition.type } : { vct: configuration.vct }),
      name: nameOf(configuration),
      description: words(description) ?? "",
      claims: (Array.isArray(claims) ? claims : []).filter((claim) => Array.isArray(claim?.path) && claim.path.length > 0)
        .map(({ path, display }) => ({ path, label: words(displayFor(display).name) ?? path.join(" ") })),
    };
  });
}

const nameOf = ({ credential_metadata: metadata, vct, credential_definition: definition }) => words(displayFor(metadata?.display).name) ?? vct ?? definition.type.at(-1);

/** What this wallet can take: of each form, on a P-256 key that it proves by JWT; without an attestation of that key, which it has none of [OpenID4VCI §12.2.4]. */
function fits(configuration) {
  const { format, cryptographic_binding_methods_supported: binding, proof_types_supported: proofs } = configuration;
  return Object.hasOwn(FORMS, format) && FORMS[format].fits(configuration) && Array.isArray(binding) && binding.includes(FORMS[format].binding)
    && Array.isArray(proofs?.jwt?.proof_signing_alg_values_supported) && proofs.jwt.proof_signing_alg_values_supported.includes("ES256")
    && proofs.jwt.key_attestations_required === undefined;
}

/** By format: how a key is named in a proof of it, and what makes it one that this wallet reads [OpenID4VCI §A.1.2.2] [OpenID4VCI §A.3.2]. */
const FORMS = {
  [SD_JWT]: { binding: "jwk", fits: ({ vct }) => typeof vct === "string" },
  [LDP_VC]: {
    binding: "did:key",
    fits: ({ credential_definition: definition, credential_signing_alg_values_supported: suites = CRYPTOSUITES }) =>
      Array.isArray(definition?.type) && definition.type.every((type) => typeof type === "string") && definition.type.includes(BASE_TYPE)
      && Array.isArray(suites) && suites.some((suite) => CRYPTOSUITES.includes(suite)),
  },
};

function endpoint(metadata, name) {
  if (typeof metadata[name] !== "string") throw malformed(`${name} is missing`);
  return secureUrl(metadata[name]).href;
}

const words = (value) => (typeof value === "string" && value !== "" ? value : undefined);

const malformed = (detail, cause) => new Problem("invalid_offer", "This offer could not be understood.", { mend: ASK_ANEW, detail, cause });

const mixedUp = (what, said, expected) => new Problem("issuer_mismatch", "The offer names one issuer, and another one answers.", {
  mend: "Don’t take it. Ask the issuer for a new offer.", detail: `${what} is ${said}, not ${expected}`,
});
