// What ASP.NET Core's OpenIdConnect handler sends and takes, written after its source, since its package can't be had here. Sources, as they stood in .NET 9:
//   handler    dotnet/aspnetcore src/Security/Authentication/OpenIdConnect/src/OpenIdConnectHandler.cs (with PushedAuthorizationBehavior, 0bf32aac)
//   options    dotnet/aspnetcore src/Security/Authentication/OpenIdConnect/src/OpenIdConnectOptions.cs
//   remote     dotnet/aspnetcore src/Security/Authentication/Core/src/RemoteAuthenticationHandler.cs and RemoteAuthenticationOptions.cs
//   message    AzureAD/azure-activedirectory-identitymodel-extensions-for-dotnet src/Microsoft.IdentityModel.Protocols.OpenIdConnect/OpenIdConnectMessage.cs
//   validator  the same repository's src/Microsoft.IdentityModel.Protocols.OpenIdConnect/OpenIdConnectProtocolValidator.cs
import { createCipheriv, createDecipheriv, createHash, randomBytes, randomUUID } from 'node:crypto';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { formPosted } from './person.mjs';

const CALLBACK = '/signin-oidc', SIGNED_OUT = '/signout-callback-oidc', REMOTE_SIGN_OUT = '/signout-oidc'; // options: the constructor
const TELEMETRY = { 'x-client-SKU': 'ID_NET9_0', 'x-client-ver': '8.0.1.0' }; // message: EnsureTelemetryValues, on URLs alone
const AGENT = { 'user-agent': 'Microsoft ASP.NET Core OpenIdConnect handler' };
const secret = randomBytes(32);

// State and cookie names are protected by Data Protection: base64url that begins so, some hundred characters long.
const protect = (value) => {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', secret, iv);
  return `CfDJ8${Buffer.concat([randomBytes(16), iv, cipher.update(JSON.stringify(value)), cipher.final(), cipher.getAuthTag()]).toString('base64url')}`;
};
const unprotect = (text) => {
  const bytes = Buffer.from(text.slice(5), 'base64url').subarray(16);
  const decipher = createDecipheriv('aes-256-gcm', secret, bytes.subarray(0, 12)).setAuthTag(bytes.subarray(-16));
  return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]));
};

// A nonce cookie of another day can't be read any more, and is passed over.
const readable = (text) => {
  try { return unprotect(text); } catch { return null; }
};

export class OpenIdConnectHandler {
  /** Every request to the nation that was no browser's: its form. */
  sent = [];

  /**
   * @param {{ authority: string, clientId: string, clientSecret: string, origin: string, fetch: typeof fetch, scope?: string, par?: 'UseIfAvailable' | 'Disable', method?: 'RedirectGet' | 'FormPost',
   *   responseMode?: 'form_post' | 'query', signOutCookie?: 'Lax' | 'None' }} options
   */
  constructor(options) {
    Object.assign(this, { scope: 'openid profile', par: 'UseIfAvailable', method: 'RedirectGet', responseMode: 'form_post', signOutCookie: 'Lax', ...options });
  }

  /** The app: its pages ask for a sign-in where nobody is there. */
  handle = async (request, response) => {
    const url = new URL(request.url, this.origin);
    const cookies = Object.fromEntries((request.headers.cookie ?? '').split('; ').map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
    const set = [];
    const end = (status, headers, body = '') => response.writeHead(status, { ...headers, 'set-cookie': set }).end(body);
    try {
      const user = cookies['.AspNetCore.Cookies'] && unprotect(cookies['.AspNetCore.Cookies']);
      if (url.pathname === CALLBACK) return await this.#callback(request, url, cookies, set, end);
      if (url.pathname === REMOTE_SIGN_OUT) return this.#remoteSignOut(url, user, set, end);
      if (url.pathname === SIGNED_OUT) return end(302, { location: unprotect(url.searchParams.get('state')).RedirectUri });
      if (url.pathname === '/sign-out') return await this.#signOut(user, set, end);
      if (!user) return await this.#challenge(url, set, end);
      return end(200, { 'content-type': 'application/json' }, JSON.stringify(user));
    } catch (error) {
      return end(500, { 'content-type': 'text/plain' }, `${error.stack}`);
    }
  };

  /** handler: HandleChallengeAsyncInternal. */
  async #challenge(url, set, end) {
    const configuration = await this.#configuration();
    if (this.par === 'Disable' && configuration.require_pushed_authorization_requests) throw new Error('Pushed authorization is required by the OpenId Connect provider');
    const properties = { RedirectUri: url.pathname + url.search };
    const message = { client_id: this.clientId, redirect_uri: this.origin + CALLBACK, response_type: 'code', scope: this.scope };

    // PKCE: 32 bytes, S256, the verifier in the protected state.
    properties.code_verifier = randomBytes(32).toString('base64url');
    Object.assign(message, { code_challenge: createHash('sha256').update(properties.code_verifier).digest('base64url'), code_challenge_method: 'S256' });

    // form_post is the default; for the code flow by the query the parameter is left out.
    if (this.responseMode !== 'query') message.response_mode = this.responseMode;

    // validator: GenerateNonce. The cookie's name has the protected nonce; its value is N. SameSite=None, Secure, at the callback alone, a quarter of an hour.
    message.nonce = `${BigInt(Date.now()) * 10000n + 621355968000000000n}.${Buffer.from(randomUUID() + randomUUID()).toString('base64')}`;
    const cookie = `Expires=${new Date(Date.now() + 900_000).toUTCString()}; Path=${CALLBACK}; Secure; SameSite=None; HttpOnly`;
    set.push(`.AspNetCore.OpenIdConnect.Nonce.${protect(message.nonce)}=N; ${cookie}`);

    // remote: GenerateCorrelationId.
    properties['.xsrf'] = randomBytes(32).toString('base64url');
    set.push(`.AspNetCore.Correlation.${properties['.xsrf']}=N; ${cookie}`);
    properties['OpenIdConnect.Code.RedirectUri'] = message.redirect_uri;
    message.state = protect(properties);

    // handler: PushAuthorizationRequest. The clone of the message and the secret, as a form; then client_id and request_uri alone.
    let asked = message;
    if (this.par === 'UseIfAvailable' && configuration.pushed_authorization_request_endpoint) {
      const pushed = await this.#post(configuration.pushed_authorization_request_endpoint, { ...message, client_secret: this.clientSecret });
      if (pushed.type !== 'application/json' || !pushed.json.request_uri) throw new Error(`pushing: ${JSON.stringify(pushed.json)}`);
      asked = { client_id: this.clientId, request_uri: pushed.json.request_uri };
    }

    if (this.method === 'RedirectGet') return end(302, { location: `${configuration.authorization_endpoint}?${new URLSearchParams({ ...asked, ...TELEMETRY })}` });
    const fields = Object.entries(asked).map(([name, value]) => `<input type="hidden" name="${name}" value="${value.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}">`);
    // Its own has an inline script that posts it; data-post is how lib/person.mjs knows it.
    return end(200, { 'content-type': 'text/html;charset=UTF-8', 'cache-control': 'no-cache, no-store' }, `<form method="post" action="${configuration.authorization_endpoint}" data-post>${fields.join('')}</form>`);
  }

  /** handler: HandleRemoteAuthenticateAsync. */
  async #callback(request, url, cookies, set, end) {
    const message = request.method === 'POST' ? await formPosted(request) : url.searchParams;
    const properties = unprotect(message.get('state'));

    // remote: ValidateCorrelationId.
    const correlation = `.AspNetCore.Correlation.${properties['.xsrf']}`;
    if (cookies[correlation] !== 'N') throw new Error('Correlation failed.');
    set.push(`${correlation}=; Path=${CALLBACK}; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=None; Secure; HttpOnly`);
    if (message.get('error')) throw new Error(`Message contains error: '${message.get('error')}', error_description: '${message.get('error_description')}'`);

    // handler: RedeemAuthorizationCodeAsync. The secret is in the form.
    const configuration = await this.#configuration();
    const { status, json } = await this.#post(configuration.token_endpoint, {
      client_id: this.clientId, client_secret: this.clientSecret, code: message.get('code'), grant_type: 'authorization_code', redirect_uri: properties['OpenIdConnect.Code.RedirectUri'],
      code_verifier: properties.code_verifier,
    });
    if (status !== 200) throw new Error(`Message contains error: '${json.error}'`);

    // handler: ValidateToken; validator: nonce (its age is left out here), azp, at_hash (which it looks at where it is; here it must be). Keys of a type that it doesn't know are left out.
    const { keys } = await (await this.fetch(configuration.jwks_uri, { headers: AGENT })).json();
    const { payload, protectedHeader } = await jwtVerify(json.id_token, createLocalJWKSet({ keys: keys.filter(({ kty }) => ['RSA', 'EC'].includes(kty)) }), { issuer: configuration.issuer, audience: this.clientId });
    if (payload.azp && payload.azp !== this.clientId) throw new Error('IDX21340: azp');
    const nonceCookie = Object.keys(cookies).find((name) => name.startsWith('.AspNetCore.OpenIdConnect.Nonce.') && readable(name.slice(32)) === payload.nonce);
    if (!nonceCookie) throw new Error('IDX21323: RequireNonce is true, and the nonce cookie was not found.');
    set.push(`${nonceCookie}=; Path=${CALLBACK}; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=None; Secure; HttpOnly`);
    const half = createHash(protectedHeader.alg.endsWith('512') ? 'sha512' : 'sha256').update(json.access_token).digest();
    if (payload.at_hash !== half.subarray(0, half.length / 2).toString('base64url')) throw new Error('IDX21348: at_hash');
    for (const claim of ['aud', 'exp', 'iat', 'iss', 'sub']) if (payload[claim] === undefined) throw new Error(`IDX21314: ${claim}`);

    // handler: GetUserInformationAsync, with GetClaimsFromUserInfoEndpoint; validator: the same sub.
    const answer = await this.fetch(configuration.userinfo_endpoint, { headers: { ...AGENT, authorization: `Bearer ${json.access_token}` } });
    if (!answer.ok || answer.headers.get('content-type').split(';')[0] !== 'application/json') throw new Error('Unknown response type');
    const info = await answer.json();
    if (info.sub !== payload.sub) throw new Error('IDX21338: sub');

    // options: ClaimActions leave sid and sub, and take iss and the like away.
    const user = { sub: payload.sub, sid: payload.sid, membership: info.membership, id_token: json.id_token };
    set.push(`.AspNetCore.Cookies=${protect(user)}; Path=/; SameSite=${this.signOutCookie}; Secure; HttpOnly`);
    return end(302, { location: properties.RedirectUri });
  }

  /** handler: SignOutAsync, and the cookie scheme's own. */
  async #signOut(user, set, end) {
    const { end_session_endpoint: endpoint } = await this.#configuration();
    set.push('.AspNetCore.Cookies=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure');
    const message = { post_logout_redirect_uri: this.origin + SIGNED_OUT, ...(user ? { id_token_hint: user.id_token } : {}), state: protect({ RedirectUri: '/signed-out' }), ...TELEMETRY };
    return end(302, { location: `${endpoint}?${new URLSearchParams(message)}` });
  }

  /** handler: HandleRemoteSignOutInternalAsync. */
  #remoteSignOut(url, user, set, end) {
    if (user?.sid && url.searchParams.get('sid') !== user.sid) return end(200, {}, 'another session');
    set.push(`.AspNetCore.Cookies=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=${this.signOutCookie}; Secure`);
    return end(200, {}, '');
  }

  async #configuration() {
    this.metadata ??= await (await this.fetch(`${this.authority}/.well-known/openid-configuration`, { headers: AGENT })).json();
    return this.metadata;
  }

  async #post(url, form) {
    this.sent.push(form);
    const response = await this.fetch(url, { method: 'POST', headers: { ...AGENT, 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(form).toString() });
    return { status: response.status, type: response.headers.get('content-type')?.split(';')[0], json: await response.json() };
  }
}
