// An issuer and a verifier that mean ill: what they say stays text, what they answer breaks no screen, and what is held stays in hand.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe } from 'node:test';
import { SignJWT } from 'jose';
import { browserTest, openBrowser, openPage, says, textOf } from './lib/browser.mjs';
import { press, screen } from './lib/browser-wallet.mjs';
import { certify } from './lib/certificate.mjs';
import { startServer } from './lib/server.mjs';
import { AUTHORITY, disclose } from './lib/specimens.mjs';

const MARKUP = '<img src=x onerror="document.title=\'owned\'">';
const TURNED = 'Harbour Library \u202Egro.live\u202C';
const DEEP = '['.repeat(30_000) + ']'.repeat(30_000);
const VCT = 'urn:example:membership';

/** A stranger's server that any origin may call: each path answers what `pages` makes of the body. */
async function stranger(pages) {
  const web = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const page = request.method === 'OPTIONS' ? () => '' : pages[`${request.method} ${new URL(request.url, 'http://x').pathname}`];
    const given = await page?.(body, request);
    const text = typeof given === 'string' ? given : JSON.stringify(given ?? {});
    response.writeHead(page ? given?.status ?? 200 : 404, {
      'access-control-allow-origin': '*', 'access-control-allow-headers': '*', 'access-control-allow-methods': '*', 'content-type': 'application/json',
    }).end(text);
  });
  await new Promise((resolve, reject) => web.once('error', reject).listen(0, 'localhost', resolve));
  return { origin: `http://localhost:${web.address().port}`, pages, close: () => new Promise((resolve) => { web.close(resolve); web.closeAllConnections(); }) };
}

function hostileIssuer(payload = {}) {
  const pages = {};
  const leaf = (origin) => certify({ uris: [origin], by: AUTHORITY });
  return stranger(pages).then((web) => Object.assign(pages, {
    'GET /.well-known/openid-credential-issuer': () => ({
      credential_issuer: web.origin, credential_endpoint: `${web.origin}/credential`, display: [{ name: MARKUP }],
      credential_configurations_supported: {
        m: {
          format: 'dc+sd-jwt', vct: VCT, cryptographic_binding_methods_supported: ['jwk'], proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'] } },
          credential_metadata: { display: [{ name: `Badge ${MARKUP}`, description: MARKUP }], claims: [{ path: ['tier'], display: [{ name: MARKUP }] }, { path: ['__proto__'] }] },
        },
      },
    }),
    'GET /.well-known/oauth-authorization-server': () => ({ issuer: web.origin, token_endpoint: `${web.origin}/token` }),
    'POST /token': () => ({ access_token: 'T', token_type: 'Bearer' }),
    'POST /credential': async (body) => {
      const { jwk } = JSON.parse(Buffer.from(JSON.parse(body).proofs.jwt[0].split('.')[0], 'base64url'));
      const [tier, proto] = [disclose('tier', MARKUP), disclose('__proto__', { polluted: TURNED })];
      const certificate = leaf(web.origin);
      const claims = { iss: web.origin, vct: VCT, iat: 1, cnf: { jwk }, _sd: [tier.digest, proto.digest], deep: JSON.parse('['.repeat(50) + ']'.repeat(50)), ...payload };
      const jwt = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'dc+sd-jwt', x5c: certificate.x5c, note: JSON.parse(DEEP.slice(28_000, 32_000)) }).sign(certificate.privateKey);
      return { credentials: [{ credential: `${jwt}~${tier.text}~${proto.text}~` }] };
    },
  }) && web);
}

async function hostileVerifier() {
  const certificate = certify();
  const web = await stranger({});
  return Object.assign(web, {
    async link(claims = {}) {
      const request = await new SignJWT({
        client_id: certificate.clientId, aud: 'https://self-issued.me/v2', response_type: 'vp_token', response_mode: 'direct_post', response_uri: `${web.origin}/response`, nonce: 'n',
        client_metadata: { client_name: TURNED + MARKUP }, dcql_query: { credentials: [{ id: '__proto__', format: 'dc+sd-jwt', meta: { vct_values: [VCT] }, claims: [{ path: ['tier'] }] }] }, ...claims,
      }).setProtectedHeader({ alg: 'ES256', typ: 'oauth-authz-req+jwt', x5c: certificate.x5c }).sign(certificate.privateKey);
      return `/present?${new URLSearchParams({ client_id: certificate.clientId, request })}`;
    },
  });
}

const offerOf = ({ origin }) => `/offer?${new URLSearchParams({
  credential_offer: JSON.stringify({
    credential_issuer: origin, credential_configuration_ids: ['m'], grants: { 'urn:ietf:params:oauth:grant-type:pre-authorized_code': { 'pre-authorized_code': 'C' } },
  }),
})}`;

describe('The wallet among strangers', () => {
  let server, browser;
  before(async () => {
    browser = await openBrowser();
    server = browser && await startServer({ wallet: true });
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const story = (name, tell) => browserTest(name, async () => {
    const { page, close } = await openPage(browser);
    const [issuer, verifier] = await Promise.all([hostileIssuer(), hostileVerifier()]);
    try {
      await page.goto(server.wallet + offerOf(issuer));
      await press(page, 'Take it');
      await screen(page, 'It is yours');
      await tell(page, verifier);
    } finally {
      await Promise.all([close(), issuer.close(), verifier.close()]);
    }
  });

  const history = async (page) => {
    await page.goto(`${server.wallet}/#history`);
    await screen(page, 'What was shown');
    return textOf(page);
  };

  story('shows a stranger\'s words as words, on every screen', async (page, verifier) => {
    verifier.pages['POST /response'] = () => ({ redirect_uri: 'javascript:document.title="owned"' });
    const seen = [await textOf(page)];
    await page.goto(`${server.wallet}/#credentials`);
    await screen(page, 'My credentials');
    await page.getByRole('link', { name: /Badge/ }).click();
    seen.push(await says(page, /polluted/));
    await page.goto(server.wallet + await verifier.link());
    await press(page, 'Show it');
    await screen(page, 'It was shown');
    seen.push(await history(page));
    for (const text of seen) assert.ok(text.includes(MARKUP), text);
    assert.equal(await page.locator('img').count(), 0);
    assert.doesNotMatch(await page.title(), /owned/);
    assert.ok(!seen[2].includes('\u202E'), 'what a verifier calls itself turns no letters');
    assert.equal(await page.evaluate(() => ({}).polluted), undefined);
  });

  story('keeps its history in hand, whatever was answered', async (page, verifier) => {
    for (const answer of [DEEP, `{"vp":"${'eyJhIjoxfQ'}.${Buffer.from(DEEP).toString('base64url').slice(0, 50_000)}.AA"}`, `{"redirect_uri":${DEEP}}`]) {
      verifier.pages['POST /response'] = () => answer;
      await page.goto(server.wallet + await verifier.link());
      await press(page, 'Show it');
      await screen(page, 'It was shown');
    }
    assert.equal((await history(page)).match(/localhost:\d+ · /g).length, 3);
    await page.goto(`${server.wallet}/#credentials`);
    await screen(page, 'My credentials');
  });

  story('replays to nobody what was shown to another', async (page, verifier) => {
    const other = await hostileVerifier();
    try {
      for (const { pages } of [verifier, other]) pages['POST /response'] = () => ({});
      await page.goto(server.wallet + await verifier.link());
      await press(page, 'Show it');
      await screen(page, 'It was shown');
      other.pages['POST /response'] = () => assert.fail('sent');
      for (const [who, said] of [[other, /Replay: there is nothing to send again/], [verifier, /Replay: it was accepted/]]) {
        await page.goto(server.wallet + await who.link());
        await page.getByText('Break it on purpose').click();
        await press(page, 'Replay');
        await says(page, said);
      }
    } finally {
      await other.close();
    }
  });

  story('lets a request last as long as it says, and is told no by any name', async (page, verifier) => {
    await page.goto(server.wallet + await verifier.link({ exp: Math.floor(Date.now() / 1000) + 40 * 86_400 }));
    await page.getByRole('heading', { level: 1, name: /asks/ }).waitFor();
    await page.waitForTimeout(500);
    assert.doesNotMatch(await textOf(page), /Time ran out/);
    verifier.pages['POST /response'] = () => ({ status: 400, error: 'constructor', error_description: MARKUP });
    await press(page, 'Don’t show it');
    await screen(page, 'This can’t go on');
    assert.equal(await page.locator('img').count(), 0);
  });
});
