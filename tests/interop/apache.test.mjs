// Debian's mod_auth_openidc under Apache: login, userinfo refreshed, tokens renewed, logout at the nation, and from behind. It knows no pushed requests (2.4.12).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startApache, withoutApache } from './lib/apache.mjs';
import { snippet } from './lib/documents.mjs';
import { Person, registerMetadata } from './lib/person.mjs';
import { eventually, startServer } from './lib/server.mjs';
import { becomeMember } from './lib/story.mjs';

describe('mod_auth_openidc', () => {
  let server, apache, client;
  before(async () => {
    if (withoutApache) return;
    server = await startServer({ env: { NETID__Fetch__Loopback: 'true' } });
    apache = await startApache(async ({ origin, behind }) => {
      client = await registerMetadata(server, {
        client_name: 'Apache', redirect_uris: [`${origin}/oidc`], post_logout_redirect_uris: [`${origin}/after.html`], grant_types: ['authorization_code', 'refresh_token'],
        backchannel_logout_uri: `${behind}/oidc?logout=backchannel`,
      });

      // What docs/partners.md tells its readers, with the names of this machine.
      const told = (await snippet('apache'))
        .replaceAll('https://id.nation.example', server.issuer).replaceAll('https://app.example', origin)
        .replace('CLIENT_ID', client.client_id).replace('CLIENT_SECRET', client.client_secret);
      assert.match(told, /OIDCProviderMetadataURL/);
      return `${told}
        OIDCUserInfoRefreshInterval 1
        OIDCRefreshAccessTokenBeforeExpiry 295`;
    });
  });
  after(async () => {
    await apache?.stop();
    await server?.stop();
  });

  const story = (name, tell) => test(name, { skip: withoutApache }, async () => {
    const person = new Person(await becomeMember(server));
    try {
      await tell(person);
    } catch (error) {
      throw new Error(`${error.message}\n${(await apache.log()).split('\n').slice(-25).join('\n')}`, { cause: error });
    } finally {
      await person.close();
    }
  });

  story('lets a member in, asks userinfo again, and renews its tokens', async (person) => {
    const page = await person.go(`${apache.origin}/`);
    assert.equal(page.text, 'a page for members', `${page.status} ${page.url}`);
    assert.match(page.headers.get('x-sub'), /^[\w-]{43}$/);
    assert.match(page.headers.get('x-tier'), /tier/);
    const asked = new URL(person.visits.find((visit) => visit.includes('/authorize?')).split(' ')[1]);
    assert.equal(asked.searchParams.get('code_challenge_method'), 'S256');
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    const again = await person.go(`${apache.origin}/`);
    assert.equal(again.text, 'a page for members');
    assert.notEqual(again.headers.get('x-access-token'), page.headers.get('x-access-token'), 'the access token was renewed');
  });

  story('signs a member out at the nation, and is sent back', async (person) => {
    await person.go(`${apache.origin}/`);
    const page = await person.go(`${apache.origin}/oidc?logout=${encodeURIComponent(`${apache.origin}/after.html`)}`);
    assert.equal(page.text.trim(), 'signed out');
    assert.ok(person.visits.some((visit) => visit.startsWith(`GET ${server.issuer}/logout?`)));
    person.member = undefined;
    assert.match((await person.go(`${apache.origin}/`)).text, /openid4vp:/, 'whoever comes again is asked again');
  });

  story('knows a member no more whom the nation told it of from behind', async (person) => {
    assert.equal((await person.go(`${apache.origin}/`)).text, 'a page for members');
    const { memberId } = person.member;
    person.member = undefined;
    await server.netid('credential', 'revoke', await server.credentialOf(memberId), '--reason', 'the quorum decided');
    await eventually('it was told', async () => /openid4vp:/.test((await person.go(`${apache.origin}/`)).text), 60);
    await eventually('by a logout token', async () => /^POST \/oidc\?logout=backchannel 200$/m.test(await apache.requests()));
  });
});
