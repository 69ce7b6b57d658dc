// ASP.NET Core's OpenIdConnect handler, by what it sends and takes over the wire (lib/aspnetcore.mjs says from which source): over https, as it wants it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { OpenIdConnectHandler } from './lib/aspnetcore.mjs';
import { listen, Person, registerMetadata } from './lib/person.mjs';
import { startServer } from './lib/server.mjs';
import { becomeMember } from './lib/story.mjs';

describe('The handler of ASP.NET Core', () => {
  let server, ada;
  before(async () => {
    server = await startServer({ https: true });
    ada = await becomeMember(server);
  });
  after(() => server?.stop());

  const story = (name, options, tell) => test(name, async () => {
    let handler;
    const app = await listen((request, response) => (new URL(request.url, app.origin).pathname === '/signed-out' ? response.end('signed out') : handler.handle(request, response)), { https: true });
    const person = new Person(ada);
    try {
      const { client_id, client_secret } = await registerMetadata(server, {
        client_name: 'Dot Net', redirect_uris: [`${app.origin}/signin-oidc`], post_logout_redirect_uris: [`${app.origin}/signout-callback-oidc`], token_endpoint_auth_method: 'client_secret_post',
        ...(options.front ? { frontchannel_logout_uri: `${app.origin}/signout-oidc`, frontchannel_logout_session_required: true } : {}),
      });
      handler = new OpenIdConnectHandler({ authority: server.issuer, clientId: client_id, clientSecret: client_secret, origin: app.origin, fetch: server.fetch, scope: 'openid profile membership', ...options });
      await tell(app, person, handler);
    } finally {
      await person.close();
      await app.close();
    }
  });

  const enter = async (app, person) => {
    const page = await person.go(`${app.origin}/members`);
    assert.equal(page.status, 200, page.text);
    assert.equal(page.url.href, `${app.origin}/members`);
    return JSON.parse(page.text);
  };

  const asked = (person) => new URL(person.visits.find((visit) => visit.includes('/authorize')).split(' ')[1]).searchParams;

  story('signs a member in as it comes: pushed, with the answer by a form, and its cookies put away', {}, async (app, person, handler) => {
    const user = await enter(app, person);
    assert.match(user.sub, /^[\w-]{43}$/);
    assert.ok(user.membership.tier && user.sid);
    assert.deepEqual([...asked(person).keys()], ['client_id', 'request_uri', 'x-client-SKU', 'x-client-ver']);
    assert.ok(handler.sent[0].state.length > 300 && handler.sent[0].nonce.length > 100);
    assert.ok(person.visits.some((visit) => visit === `POST ${app.origin}/signin-oidc`));
    assert.deepEqual(person.cookiesOf('127.0.0.1'), ['.AspNetCore.Cookies']);
  });

  story('signs a member in where nothing may be pushed, with its extra parameters beside the others', { par: 'Disable' }, async (app, person) => {
    await enter(app, person);
    const parameters = asked(person);
    assert.equal(parameters.get('x-client-SKU'), 'ID_NET9_0');
    assert.equal(parameters.get('response_mode'), 'form_post');
    assert.ok(parameters.get('state').length > 300);
  });

  story('signs a member in with the answer by the query', { responseMode: 'query' }, async (app, person) => {
    await enter(app, person);
    assert.ok(person.visits.some((visit) => visit.startsWith(`GET ${app.origin}/signin-oidc?code=`)));
  });

  story('signs a member in where it posts its request from the browser', { method: 'FormPost', par: 'Disable' }, async (app, person) => {
    await enter(app, person);
    assert.ok(person.visits.includes(`POST ${server.issuer}/authorize`));
  });

  story('signs a member out at the nation, which sends the browser back with the state', {}, async (app, person) => {
    await enter(app, person);
    const page = await person.go(`${app.origin}/sign-out`);
    assert.equal(page.text, 'signed out');
    const out = new URL(person.visits.find((visit) => visit.includes('/logout?')).split(' ')[1]).searchParams;
    assert.deepEqual([...out.keys()], ['post_logout_redirect_uri', 'id_token_hint', 'state', 'x-client-SKU', 'x-client-ver']);
    person.member = undefined;
    assert.match((await person.go(`${app.origin}/members`)).text, /openid4vp:/);
  });

  story('forgets a member whom the nation signs out in a frame, with iss and the session', { front: true, signOutCookie: 'None' }, async (app, person) => {
    const { sid } = await enter(app, person);
    const page = await person.press(await person.go(`${server.issuer}/logout`), 'Sign out');
    assert.match(page.text, /You are signed out/);
    const frame = new URL(person.visits.find((visit) => visit.startsWith('FRAME ')).split(' ')[1]);
    assert.deepEqual([frame.origin + frame.pathname, Object.fromEntries(frame.searchParams)], [`${app.origin}/signout-oidc`, { iss: server.issuer, sid }]);
    assert.deepEqual(person.cookiesOf('127.0.0.1'), []);
  });

  story('refuses an answer that another browser asked for', { responseMode: 'query' }, async (app, person) => {
    await enter(app, person);
    const answer = person.visits.find((visit) => visit.startsWith(`GET ${app.origin}/signin-oidc?`)).slice(4);
    const other = new Person(ada);
    assert.match((await other.go(answer)).text, /Correlation failed/);
    await other.close();
  });
});
