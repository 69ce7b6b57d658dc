// What a door asks: one credential, by a request that travels by value, so that no network is needed [OpenID4VP §5].
import { randomText } from "../shared/bytes.js";

/** How long a nonce may be answered. */
export const NONCE_MS = 120_000;

/** What is asked where the bundle does not name the node: the least. Nobody is admitted by it. */
const LEAST = Object.freeze({ asks: "membership", other_nodes: "admit" });

/** Where the answer leads, and by `redirect_uri:` also who asks [OpenID4VP §5.9.3]. */
export const answerAddress = (issuer) => `${issuer}/station/answer`;

/** What a node asks of who comes; null where the bundle does not name it. */
export const policyOf = (claims, node) => claims.nodes.find(({ name }) => name === node)?.policy ?? null;

/** Whether the node must be shown: where it would make no difference it is not asked for. */
export const asksNode = ({ asks, other_nodes: others }) => asks !== "membership" || others !== "admit";

/** The type of the nation's own that a node asks for; undefined where the bundle has none. */
export const typeAsked = (claims, { asks }) =>
  claims.issuers.find(({ issuer }) => issuer === claims.iss)?.types.find((type) => type.startsWith(`urn:network-identity:${asks}:`));

/**
 * A question to the next person: its nonce and state are fresh.
 * @param {object} claims of the bundle
 * @param {string} node
 * @param {number} now in ms
 * @returns {{ nonce: string, state: string, at: number, query: string }} `query`: what follows `openid4vp://?`
 */
export function newRequest(claims, node, now) {
  const policy = policyOf(claims, node) ?? LEAST;
  const nonce = randomText();
  const state = randomText(9);
  const address = answerAddress(claims.iss);
  const asked = { id: "arrival", format: "dc+sd-jwt", meta: { vct_values: [typeAsked(claims, policy)] }, ...(asksNode(policy) ? { claims: [{ path: ["node"] }] } : {}) };
  const metadata = { client_name: `The door of ${node}`, vp_formats_supported: { "dc+sd-jwt": { "sd-jwt_alg_values": ["ES256"], "kb-jwt_alg_values": ["ES256"] } } };
  const query = new URLSearchParams({
    response_type: "vp_token", client_id: `redirect_uri:${address}`, redirect_uri: address, response_mode: "fragment", nonce, state,
    dcql_query: JSON.stringify({ credentials: [asked] }), client_metadata: JSON.stringify(metadata),
  });
  return { nonce, state, at: now, query: query.toString() };
}
