// Two servers on one PostgreSQL behind nginx: the journeys, with each request at whichever server comes next.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { register, startApp } from './lib/app.mjs';
import { chromiumPath, comeBack, openBrowser, openPage, says, scan, walletLink } from './lib/browser.mjs';
import { startNginx, withoutNginx } from './lib/nginx.mjs';
import { startPostgres, withoutPostgres } from './lib/postgres.mjs';
import { eventually, freePort, startServer } from './lib/server.mjs';
import { becomeMember, confirm, signIn } from './lib/story.mjs';
import { readStatus } from './lib/verifier.mjs';

const skip = withoutPostgres || withoutNginx || (chromiumPath ? false : 'chromium is not installed');

describe('Two servers on one PostgreSQL, behind nginx', () => {
  let postgres, nginx, first, second, browser, app, partner, ada, session;

  before(async () => {
    if (skip) return;
    postgres = await startPostgres();
    const [port, one, two] = [await freePort(), await freePort(), await freePort()];
    const env = { NETID__Keys__Secret: 'a passphrase for one test, long enough' };
    first = await startServer({ production: true, port, listen: one, database: postgres.connection, env });
    second = await startServer({ production: true, port, listen: two, database: postgres.connection, env });
    await first.netid('init', '--name', 'Meridian', '--issuer', first.issuer);
    nginx = await startNginx(port, [one, two]);
    [browser, app] = await Promise.all([openBrowser(), startApp(), first.start(), second.start()]);
    [partner, ada] = await Promise.all([register(first, app), becomeMember(first)]);
  });

  after(async () => {
    await browser?.close();
    await app?.close();
    await nginx?.stop();
    await Promise.all([first?.stop(), second?.stop()]);
    await postgres?.stop();
  });

  const story = (name, tell) => it(name, { skip }, async () => {
    session = await openPage(browser);
    try {
      await tell(session.page);
    } finally {
      await session.close();
    }
  });

  const portOf = (server) => Number(new URL(server.address).port);

  /** A nation that is met at one of its servers alone, past nginx. */
  const at = (server) => Object.assign(Object.create(server), { fetch: (url, init) => server.fetch(String(url).replace(server.issuer, server.address), init) });

  /** What the page asks each second goes to one server. */
  const hangOn = (page, server) => page.route('**/sign-in/*/state', (route) => route.continue({ url: route.request().url().replace(server.issuer, server.address) }));

  /** Does something with Ada's wallet at one server alone. */
  const withWalletAt = async (server, member, act) => {
    member.wallet.server = at(server);
    try {
      return await act();
    } finally {
      member.wallet.server = first;
    }
  };

  story('a person joins with each request at the next server', async () => {
    const from = (await nginx.requests()).length;
    for (const server of [first, second]) assert.ok((await becomeMember(server)).credential); // one after the other: so their requests alternate
    const seen = await eventually('nginx has written it down', async () => {
      const requests = (await nginx.requests()).slice(from).filter(({ path }) => /^\/(offer|token|nonce|credential)/.test(path));
      return requests.length >= 8 && requests;
    });
    for (const server of [first, second]) assert.ok(seen.filter(({ port }) => port === portOf(server)).length >= 3, JSON.stringify(seen));
  });

  story('a member signs in on the same device, whichever server answers', async (page) => {
    for (let i = 0; i < 2; i++) assert.ok((await signIn(page, partner, ada)).claims.sub);
    assert.deepEqual(session.faults, []);
  });

  story('a code that is spent at both servers at once gives tokens at one of them, once', async (page) => {
    const begun = await partner.begin();
    await page.goto(begun.url);
    const answer = await ada.wallet.present(await walletLink(page), ada.credential);
    await comeBack(page, answer.redirectUri);
    const back = await partner.answer(begun);
    const from = (await nginx.requests()).length;
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => partner.finish(begun, back)));
    assert.equal(tries.filter(({ reason }) => reason?.error === 'invalid_grant').length, 7, String(tries.map(({ reason }) => reason)));
    const spent = await eventually('nginx has written it down', async () => {
      const requests = (await nginx.requests()).slice(from).filter(({ path }) => path === '/token');
      return requests.length >= 8 && requests;
    });
    assert.equal(new Set(spent.map(({ port }) => port)).size, 2, 'both were asked');
    assert.equal(spent.filter(({ status }) => status === 200).length, 1);
  });

  for (const swapped of [false, true]) {
    story(`a page that hangs on the ${swapped ? 'second' : 'first'} server goes on when the wallet has proven to the other`, async (page) => {
      const [here, there] = swapped ? [second, first] : [first, second];
      await hangOn(page, here);
      const begun = await partner.begin();
      await page.goto(begun.url);
      const link = await scan(page);
      const started = Date.now();
      const { status, text, redirectUri } = await withWalletAt(there, ada, () => ada.wallet.present(link, ada.credential));
      assert.equal(status, 200, text);
      await confirm(page, redirectUri);
      assert.ok((await partner.finish(begun)).claims.sub);
      assert.ok(Date.now() - started < 180_000, 'it asks each second, and shows for a moment that it worked');
    });
  }

  story('a revocation by the command line is refused at both servers within the publish interval', async (page) => {
    const gone = await becomeMember(first);
    const rootPem = await first.exportRoot();
    for (const server of [first, second]) assert.equal((await readStatus(gone.credential, { fetch: at(server).fetch, rootPem })).status, 0);
    await second.netid('credential', 'revoke', await first.credentialOf(gone.memberId), '--reason', 'the quorum decided');
    await Promise.all([first, second].map((server) =>
      eventually('the list says revoked', async () => (await readStatus(gone.credential, { fetch: at(server).fetch, rootPem })).status === 1)));
    for (const server of [first, second]) {
      await page.goto((await partner.begin()).url);
      const link = await scan(page);
      const { status } = await withWalletAt(server, gone, () => gone.wallet.present(link, gone.credential));
      assert.equal(status, 400);
      await says(page, /revoked/i);
    }
  });

  story('PostgreSQL that crashes and comes back loses nobody who was let in', async (page) => {
    const begun = await partner.begin();
    await page.goto(begun.url);
    const link = await scan(page);
    postgres.crash();
    const answer = await eventually('a wallet that tries again is heard', async () => {
      const said = await ada.wallet.present(link, ada.credential).catch(() => undefined);
      return said?.status === 200 && said;
    });
    await confirm(page, answer.redirectUri);
    assert.ok((await eventually('the code is taken', () => partner.finish(begun).catch(() => undefined))).claims.sub);
  });

  // The last one: a server dies in it.
  story('a page goes on through nginx after the server that it was with has died', async (page) => {
    const begun = await partner.begin();
    await page.goto(begun.url);
    const link = await scan(page);
    second.child.kill('SIGKILL');
    await second.exited;
    const { status, text, redirectUri } = await ada.wallet.present(link, ada.credential);
    assert.equal(status, 200, text);
    await confirm(page, redirectUri);
    assert.ok((await partner.finish(begun)).claims.sub);
    assert.ok((await becomeMember(first)).credential);
    await second.start();
    assert.ok((await signIn(page, partner, ada)).claims.sub, 'and the server that comes back is one of them again');
  });
});
