// Practice: a nation that lives in this page alone, with people who come to its door, one for each verdict. Nothing of it touches the real shift.
import { randomText, toBase64, toBase64Url } from "../shared/bytes.js";
import { newKey, publicJwk, signJws } from "../shared/jose.js";
import { bindToHolder, digestOf, writeDisclosure } from "../shared/sd-jwt.js";
import { answerAddress } from "./door-request.js";
import { PURPOSES } from "../verifying/certificates.js";
import { certificate } from "./practice-certificates.js";

const ISSUER = "https://practice.invalid";
const NODE = "Practice";
const STRANGER = "https://elsewhere.invalid";
const NEIGHBOUR = "https://neighbour.invalid";
const listOf = (issuer) => `${issuer}/status/1`;
const HOUR = 3600;
const DAY = 24 * HOUR;
const MEMBERSHIP = "urn:network-identity:membership:1";
const RESIDENCY = "urn:network-identity:residency:1";

/** By the index in the list: valid, revoked, suspended, in two bits each. */
const STATUSES = new Uint8Array([0b100100]);

const typeOf = (vct) => ({
  name: vct.split(":")[2],
  metadata: { vct, name: vct, claims: [{ path: ["node"], sd: "always" }] },
  schema: { type: "object", properties: { vct: { const: vct }, node: { type: "string" } }, required: ["vct"] },
});

/**
 * The practice nation: a bundle as the station keeps one, and who can issue and answer in it.
 * @param {number} now in ms
 */
export async function practiceWorld(now) {
  const seconds = Math.floor(now / 1000);
  const packed = new Uint8Array(await new Response(new Blob([STATUSES]).stream().pipeThrough(new CompressionStream("deflate"))).arrayBuffer());
  const nations = {};
  for (const iss of [ISSUER, NEIGHBOUR, STRANGER]) {
    const root = await certificate("Practice root", { now });
    const [signer, lister] = await Promise.all([PURPOSES.credential, PURPOSES.list].map((usage) => certificate("Practice", { now, above: root, usage, uri: iss })));
    const token = await signJws({ alg: "ES256", typ: "statuslist+jwt", x5c: [toBase64(lister.der)] },
      { iss, sub: listOf(iss), iat: seconds - 12 * HOUR, exp: seconds + 30 * DAY, ttl: HOUR, status_list: { bits: 2, lst: toBase64Url(packed) } }, lister.key);
    nations[iss] = { root, signer, token };
  }
  const types = { [MEMBERSHIP]: typeOf(MEMBERSHIP), [RESIDENCY]: typeOf(RESIDENCY) };
  const claims = {
    iss: ISSUER, iat: seconds - HOUR, exp: seconds + 23 * HOUR, limit_hours: 24, when_old: "refuse", nation: { name: "Practice nation", did: null },
    issuers: [
      { issuer: ISSUER, did: null, types: Object.keys(types), name: "Practice nation", recognition: null },
      { issuer: NEIGHBOUR, did: null, types: [MEMBERSHIP], name: "Neighbours", recognition: { id: "practice", until: seconds + 30 * DAY } },
    ],
    types,
    nodes: [{ name: NODE, region: "", policy: { asks: "membership", other_nodes: "refuse" } }],
  };
  const issuers = new Map(claims.issuers.map(({ issuer, types: its }) => [issuer, { roots: [nations[issuer].root.der], types: its, leaves: [] }]));
  const lists = new Map(claims.issuers.map(({ issuer }) => [listOf(issuer), nations[issuer].token]));
  return { bundle: { claims, known: { issuers, types, lists } }, node: NODE, nations, seconds };
}

/** A credential of a nation of practice, with the key of its holder. */
async function issue({ nations, seconds }, { iss = ISSUER, vct = MEMBERSHIP, node = NODE, index = 0, from = -DAY, until = 90 * DAY } = {}) {
  const { privateKey, publicKey } = await newKey();
  const disclosure = writeDisclosure(randomText(), "node", node);
  const by = nations[iss].signer;
  const jwt = await signJws({ alg: "ES256", typ: "dc+sd-jwt", x5c: [toBase64(by.der)] }, {
    iss, iat: seconds + Math.min(from, -HOUR), nbf: seconds + from, exp: seconds + until, vct, charter_version: "1",
    cnf: { jwk: await publicJwk(publicKey) }, status: { status_list: { idx: index, uri: listOf(iss) } }, _sd_alg: "sha-256", _sd: [await digestOf(disclosure)],
  }, by.key);
  return { shown: `${jwt}~${disclosure}~`, key: privateKey };
}

const addressOf = (answered) => `${answerAddress(ISSUER)}#${new URLSearchParams(answered)}`;

/** The address that a wallet answers with; `more`: what else it puts beside the one credential that was asked for. */
async function answer(world, request, { key, shown, more = {}, ...changes }) {
  const audience = `redirect_uri:${answerAddress(ISSUER)}`;
  const text = await bindToHolder(shown, key, { audience, nonce: request.nonce, now: Math.floor(request.at / 1000), ...changes });
  return addressOf({ vp_token: JSON.stringify({ arrival: [text], ...more }), state: request.state });
}

const comes = (name, of, edit = {}) => ({
  name,
  act: async (world, request) => {
    const held = await issue(world, of);
    return { text: await answer(world, request, { ...held, ...(edit.holder ? await edit.holder(held) : {}), ...edit.changes }), ...edit.around?.(world, request) };
  },
});

const shows = (name, act) => ({ name, act });

/**
 * Who comes, by the reason that they are told. Each makes what the station reads, and what is otherwise about it.
 * @type {Record<string, { name: string, act: (world: any, request: any) => Promise<{ text: string }> }>}
 */
export const practicePeople = {
  admitted: comes("A member, with their wallet", {}),
  copy: shows("Somebody with a printed copy", async (world) => ({ text: (await issue(world)).shown })),
  already_here: comes("A member who was let in before", {}, { around: () => ({ here: async () => true }) }),
  unknown: comes("A member, where a list is missing", {}, { around: ({ bundle }) => ({ bundle: { ...bundle, known: { ...bundle.known, lists: new Map() } } }) }),
  clock: comes("A member, whose clock is an hour off", {}, { changes: { now: Math.floor(Date.now() / 1000) - HOUR } }),
  declined: shows("Somebody who says no in their wallet", async (world, { state }) => ({ text: addressOf({ error: "access_denied", state }) })),
  not_a_code: shows("A poster", async () => ({ text: "https://example.org/menu" })),
  revoked: comes("Somebody whose membership was revoked", { index: 1 }),
  suspended: comes("Somebody who is suspended", { index: 2 }),
  expired: comes("Somebody whose membership has ended", { from: -90 * DAY, until: -DAY }),
  not_yet_valid: comes("Somebody who is a member from tomorrow", { from: DAY }),
  other_node: comes("A member of another node", { node: "Elsewhere" }),
  other_nation: comes("A member of a nation that is recognised", { iss: NEIGHBOUR }),
  other_issuer: comes("A member of a nation that is not", { iss: STRANGER }),
  wrong_type: comes("Somebody who shows a residency instead", { vct: RESIDENCY }),
  wrong_answer: comes("Somebody whose wallet shows two credentials where one was asked for", {}, { changes: { more: { other: [] } } }),
  no_policy: comes("A member, at a door that the bundle does not name", {}, { around: () => ({ node: "Elsewhere" }) }),
  replayed: comes("An answer that was given before", {}, { around: (world, { nonce }) => ({ spent: new Set([nonce]) }) }),
  not_asked: comes("An answer to another door", {}, { changes: { nonce: "another-doors-nonce" } }),
  too_late: comes("An answer after three minutes", {}, { around: (world, request) => ({ requests: [{ ...request, at: request.at - 180_000 }] }) }),
  cloned: comes("A stolen copy in another wallet", {}, { holder: async () => ({ key: (await newKey()).privateKey }) }),
  changed: comes("Somebody who changed what it says", {}, { holder: async ({ shown }) => ({ shown: `${shown.split("~")[0]}~${writeDisclosure(randomText(), "node", NODE)}~` }) }),
  no_bundle: comes("A member, when the phone has no bundle", {}, { around: () => ({ bundle: null }) }),
  bundle_old: comes("A member, when the bundle is two days old", {}, { around: ({ bundle }, { at }) => ({ bundle: { ...bundle, claims: { ...bundle.claims, iat: at / 1000 - 2 * DAY, exp: at / 1000 - DAY } } }) }),
};
