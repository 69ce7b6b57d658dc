// npm oidc-provider on one port, all of it in memory, with its own development pages for login and consent. Its first argument is a JSON file:
// issuer, port, jwks, client.
import { readFileSync } from 'node:fs';
import { Provider } from 'oidc-provider';

/** Its own adapter forgets all but the newest thousand things, which is less than a round of logins makes. This one forgets nothing, and is no slower. */
class Memory {
  static #kept = new Map();
  static #bySecondName = new Map();
  static #ofGrant = new Map();
  constructor(model) { this.model = model; }
  async upsert(id, payload) {
    const key = `${this.model}:${id}`;
    Memory.#kept.set(key, payload);
    for (const name of [payload.uid && `uid:${payload.uid}`, payload.userCode && `code:${payload.userCode}`]) if (name) Memory.#bySecondName.set(name, key);
    if (payload.grantId && this.model !== 'Session' && this.model !== 'Interaction') {
      const keys = Memory.#ofGrant.get(payload.grantId);
      if (keys) keys.push(key); else Memory.#ofGrant.set(payload.grantId, [key]);
    }
  }
  async find(id) { return Memory.#kept.get(`${this.model}:${id}`); }
  async findByUid(uid) { return Memory.#kept.get(Memory.#bySecondName.get(`uid:${uid}`)); }
  async findByUserCode(code) { return Memory.#kept.get(Memory.#bySecondName.get(`code:${code}`)); }
  async destroy(id) { Memory.#kept.delete(`${this.model}:${id}`); }
  async consume(id) { Memory.#kept.get(`${this.model}:${id}`).consumed = Math.floor(Date.now() / 1000); }
  async revokeByGrantId(grantId) {
    for (const key of Memory.#ofGrant.get(grantId) ?? []) Memory.#kept.delete(key);
    Memory.#ofGrant.delete(grantId);
  }
}

const { issuer, port, jwks, client } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const provider = new Provider(issuer, {
  adapter: Memory,
  clients: [client],
  jwks,
  cookies: { keys: ['a secret of the benchmark alone'] },
  // As ours: PKCE is required, and the ID token says what the app asked for.
  pkce: { required: () => true },
  conformIdTokenClaims: false,
  scopes: ['openid'],
  claims: { openid: ['sub'], membership: ['membership'] },
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, membership: { tier: 'member', member_since: '2026-11' } }) }),
});
provider.on('server_error', (ctx, error) => console.error(error));
provider.listen(port, 'localhost', () => console.log('open'));
