// express-openid-connect, as its makers document it: login by query and by form, PAR, userinfo, refresh, logout, back-channel logout.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import express from 'express';
import oidc from 'express-openid-connect';
import { listen, Person, registerMetadata } from './lib/person.mjs';
import { eventually, startServer } from './lib/server.mjs';
import { becomeMember } from './lib/story.mjs';

/** A store for who was logged out from behind, as express-session has them. */
class Memory {
  #kept = new Map();
  get(id, done) { done(null, this.#kept.get(id)); }
  set(id, value, done) { this.#kept.set(id, value); done(null); }
  destroy(id, done) { this.#kept.delete(id); done(null); }
}

describe('express-openid-connect', () => {
  let server, ada;
  before(async () => {
    server = await startServer({ env: { NETID__Fetch__Loopback: 'true' } });
    ada = await becomeMember(server);
  });
  after(() => server?.stop());

  /** An app of it, registered and listening; its own page says who is there. */
  const start = async ({ mode, backchannel = false, par = false } = {}) => {
    const app = express();
    const site = await listen(app, { https: true });
    // The nation calls it by http: its own certificate is nobody's.
    const behind = backchannel ? await listen(app) : undefined;
    const { client_id, client_secret } = await registerMetadata(server, {
      client_name: 'Express', redirect_uris: [`${site.origin}/callback`], post_logout_redirect_uris: [site.origin],
      grant_types: ['authorization_code', 'refresh_token'],
      ...(behind ? { backchannel_logout_uri: `${behind.origin}/backchannel-logout` } : {}),
    });
    app.use(oidc.auth({
      authRequired: false, issuerBaseURL: server.issuer, baseURL: site.origin, clientID: client_id, clientSecret: client_secret, secret: 'a long secret of the app for its cookie',
      authorizationParams: { response_type: 'code', scope: 'openid membership offline_access', ...(mode ? { response_mode: mode } : {}) },
      idpLogout: true, pushedAuthorizationRequests: par,
      ...(behind ? { backchannelLogout: { store: new Memory() } } : {}),
    }));
    app.get('/', (request, response) => response.send(request.oidc.isAuthenticated() ? `sub ${request.oidc.user.sub}` : 'nobody'));
    app.get('/userinfo', async (request, response) => response.json(await request.oidc.fetchUserInfo()));
    app.get('/refresh', async (request, response) => response.json({ before: request.oidc.accessToken.access_token, now: (await request.oidc.accessToken.refresh()).access_token }));
    return { ...site, close: async () => { await site.close(); await behind?.close(); } };
  };

  const story = (name, options, tell) => test(name, async () => {
    const app = await start(options);
    const person = new Person(ada);
    try {
      await tell(app, person);
    } finally {
      await person.close();
      await app.close();
    }
  });

  for (const [how, mode] of [['by the query', undefined], ['by a form', 'form_post']]) {
    story(`signs a member in, with the answer ${how}; asks userinfo, refreshes, and signs out at the nation`, { mode }, async (app, person) => {
      const page = await person.go(`${app.origin}/login`);
      assert.match(page.text, /^sub [\w-]{43}$/, `${page.status} ${page.url} ${page.text}`);
      assert.ok(person.visits.some((visit) => visit.startsWith(mode ? `POST ${app.origin}/callback` : `GET ${app.origin}/callback?`)));
      const info = JSON.parse((await person.go(`${app.origin}/userinfo`)).text);
      assert.equal(`sub ${info.sub}`, page.text);
      assert.ok(info.membership.tier);
      const { before: first, now } = JSON.parse((await person.go(`${app.origin}/refresh`)).text);
      assert.ok(now && now !== first);

      const out = await person.go(`${app.origin}/logout`);
      assert.equal(out.text, 'nobody');
      assert.ok(person.visits.some((visit) => visit.startsWith(`GET ${server.issuer}/logout?`)), 'by way of the nation');
      assert.equal(out.url.origin, app.origin);

      // The nation has forgotten as well: whoever asks again proves again.
      person.member = undefined;
      assert.match((await person.go(`${app.origin}/login`)).text, /openid4vp:/);
    });
  }

  story('pushes its request', { par: true }, async (app, person) => {
    assert.match((await person.go(`${app.origin}/login`)).text, /^sub /);
    const asked = new URL(person.visits.find((visit) => visit.includes('/authorize?')).split(' ')[1]);
    assert.deepEqual([...asked.searchParams.keys()].sort(), ['client_id', 'request_uri']);
  });

  story('knows the member no more once the nation says so from behind', { backchannel: true }, async (app) => {
    const gone = await becomeMember(server);
    const person = new Person(gone);
    try {
      assert.match((await person.go(`${app.origin}/login`)).text, /^sub /);
      await server.netid('credential', 'revoke', await server.credentialOf(gone.memberId), '--reason', 'the quorum decided');
      await eventually('the app was told', async () => (await person.go(`${app.origin}/`)).text === 'nobody', 60);
    } finally {
      await person.close();
    }
  });
});
