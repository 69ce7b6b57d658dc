// A partner's app: openid-client, one callback address on its own host, and the pages that the person lands on.
import { createServer } from 'node:http';
import * as client from 'openid-client';
import { eventually } from './server.mjs';

/** Starts the app's web server: every request to /callback is kept. `host` is localhost or 127.0.0.1: the app's sector. */
export async function startApp({ host = 'localhost', name = 'Harbour Library' } = {}) {
  const callbacks = [];
  const web = createServer((request, response) => {
    if (request.url.startsWith('/callback')) callbacks.push(request.url);
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(`<!doctype html><html lang="en"><title>${name}</title><link rel="icon" href="data:,"><h1>Welcome at ${name}</h1>`);
  });
  await new Promise((resolve, reject) => web.once('error', reject).listen(0, host === 'localhost' ? 'localhost' : host, resolve));
  const origin = `http://${host}:${web.address().port}`;
  return {
    name, origin, callbacks,
    redirectUri: `${origin}/callback`,
    close: () => new Promise((resolve) => { web.close(resolve); web.closeAllConnections(); }),
  };
}

/** Registers the app with the command line, then configures openid-client from the discovery URL alone. */
export async function register(server, app, { auth = 'client_secret_basic', idTokenAlg, pkce = true, responseMode, policy = [], optional = [], policyFile, scopes = [] } = {}) {
  const registered = await server.netid('client', 'add', '--name', app.name, '--redirect-uri', app.redirectUri, ...policy.flatMap((type) => ['--policy', type]),
    ...optional.flatMap((type) => ['--optional', type]), ...(policyFile ? ['--policy-file', policyFile] : []), ...scopes.flatMap((scope) => ['--scope', scope]),
    '--auth', auth, ...(idTokenAlg ? ['--id-token-alg', idTokenAlg] : []), ...(pkce ? [] : ['--no-pkce']),
    ...(responseMode ? ['--response-mode', responseMode] : []));
  const authentication = {
    client_secret_basic: () => client.ClientSecretBasic(registered.client_secret),
    client_secret_post: () => client.ClientSecretPost(registered.client_secret),
    none: () => client.None(),
  }[auth]();
  const metadata = { redirect_uris: [app.redirectUri], ...(idTokenAlg ? { id_token_signed_response_alg: idTokenAlg } : {}) };
  const config = await client.discovery(new URL(server.issuer), registered.client_id, metadata, authentication, {
    execute: [client.enableNonRepudiationChecks, ...(server.issuer.startsWith('http:') ? [client.allowInsecureRequests] : [])],
    [client.customFetch]: server.fetch,
  });
  return new Partner(app, config, registered, pkce);
}

class Partner {
  constructor(app, config, registered, pkce) {
    Object.assign(this, { app, config, registered, pkce });
  }

  /** A fresh authorization request: its URL, and what the app keeps in its session for the answer. */
  async begin({ scope = 'openid membership', ...more } = {}) {
    const checks = {
      expectedState: client.randomState(),
      expectedNonce: client.randomNonce(),
      idTokenExpected: true,
      ...(this.pkce ? { pkceCodeVerifier: client.randomPKCECodeVerifier() } : {}),
    };
    const url = client.buildAuthorizationUrl(this.config, {
      redirect_uri: this.app.redirectUri,
      scope,
      state: checks.expectedState,
      nonce: checks.expectedNonce,
      ...(this.pkce ? { code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier), code_challenge_method: 'S256' } : {}),
      ...more,
    });
    return { url: url.href, checks };
  }

  /** The answer that the browser brought back for this request, within a bound. */
  async answer(begun, seconds = 60) {
    return eventually(`the browser is back at ${this.app.name}`, () => {
      const found = this.app.callbacks.find((path) => new URLSearchParams(path.split('?')[1]).get('state') === begun.checks.expectedState);
      return found && new URL(found, this.app.origin);
    }, seconds);
  }

  /** Spends the code. openid-client checks iss, state, nonce, PKCE, the ID token and its signature. */
  async finish(begun, url) {
    const tokens = await client.authorizationCodeGrant(this.config, url ?? await this.answer(begun), begun.checks);
    const claims = tokens.claims();
    const userinfo = await client.fetchUserInfo(this.config, tokens.access_token, claims.sub);
    return { tokens, claims, userinfo };
  }
}

/** Opens a URL as a browser without scripts would, keeping its cookies in `cookies`. Gives the page's status, text and wallet link. */
export async function openWithoutBrowser(server, url, cookies = new Map()) {
  for (let hops = 0; hops < 10; hops++) {
    const response = await server.fetch(url, { redirect: 'manual', headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') } });
    for (const cookie of response.headers.getSetCookie()) cookies.set(...cookie.split(';')[0].split(/=(.*)/s).slice(0, 2));
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || !location) {
      const text = await response.text();
      const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
      return { status: response.status, headers: response.headers, text, cookie, link: text.match(/href="(openid4vp:[^"]+)"/)?.[1].replaceAll('&amp;', '&') };
    }
    url = new URL(location, url).href;
  }
  throw new Error('redirected ten times');
}
