import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer, request as httpRequest } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { register, startApp } from './lib/app.mjs';
import { ask, besidesRefusals, openHere, press, screen, take } from './lib/browser-wallet.mjs';
import { browserTest, closeTab, openBrowser, openPage, says, textOf } from './lib/browser.mjs';
import { eventually, startServer } from './lib/server.mjs';

/** A GET at the server by another name than its own, as a browser's or a proxy's. */
const get = (server, path, host) => new Promise((resolve, reject) => {
  httpRequest(`${server.issuer}${path}`, { headers: { host } }, async (response) => {
    resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(await response.toArray()) });
  }).once('error', reject).end();
});

const kept = (page) => page.evaluate(async () => {
  await navigator.serviceWorker.ready;
  return (await caches.keys()).length;
});

describe('The wallet in the browser holds on', () => {
  let server, browser, app, partner, host;
  before(async () => {
    server = await startServer({ wallet: true });
    host = new URL(server.wallet).host;
    browser = await openBrowser();
    app = await startApp();
    partner = await register(server, app);
  });
  after(async () => {
    await browser?.close();
    await app?.close();
    await server?.stop();
  });

  const story = (name, tell, options) => browserTest(name, async () => {
    const session = await openPage(browser, options);
    try {
      await tell(session.page, session);
      assert.deepEqual(besidesRefusals(session.faults), []);
    } finally {
      await session.close();
    }
  });

  it('reads codes with jsQR as it was published', async () => {
    const [vendored, published, { version, license }] = await Promise.all([
      readFile(new URL('../../src/NetworkIdentity.Server/Pages/Client/shared/vendor/jsQR.js', import.meta.url)),
      readFile(new URL('node_modules/jsqr/dist/jsQR.js', import.meta.url)),
      readFile(new URL('node_modules/jsqr/package.json', import.meta.url), 'utf8').then(JSON.parse),
    ]);
    assert.ok(vendored.equals(published));
    assert.deepEqual([version, license], ['1.4.0', 'Apache-2.0']);
    assert.ok((await get(server, '/shared/vendor/jsQR.js', host)).body.equals(published));
  });

  story('keys that nobody can take out', async (page) => {
    await take(page, server);
    const refused = await page.evaluate(async () => {
      const database = await new Promise((resolve) => { indexedDB.open('wallet').onsuccess = ({ target }) => resolve(target.result); });
      const [{ copies }] = await new Promise((resolve) => { database.transaction('credentials').objectStore('credentials').getAll().onsuccess = ({ target }) => resolve(target.result); });
      const results = [];
      for (const { keys } of copies) {
        for (const format of ['jwk', 'pkcs8']) results.push(await crypto.subtle.exportKey(format, keys.privateKey).then(() => 'exported', (error) => error.name));
      }
      return results;
    });
    assert.deepEqual(refused, Array(8).fill('InvalidAccessError'));
  });

  story('without a network: it opens, shows what it holds, and says what needs a connection', async (page, { context, faults }) => {
    await take(page, server);
    await page.goto(server.wallet);
    assert.equal(await kept(page), 1);
    await says(page, /Valid/);
    await context.setOffline(true);
    await page.goto(server.wallet);
    const text = await says(page, /Couldn’t check/);
    assert.match(text, /Membership[\s\S]*It was valid on/);
    assert.match(text, /Offline/);
    await page.goto(`${server.wallet}/present?client_id=x509_hash%3Ax&request_uri=${encodeURIComponent(`${server.issuer}/request/x`)}`);
    await screen(page, 'No answer');
    await context.setOffline(false);
    await press(page, 'Try again');
    await says(page, /has ended/);
    faults.splice(0, faults.length, ...faults.filter((fault) => !/ERR_INTERNET_DISCONNECTED/.test(fault)));
  });

  story('while the nation is down, and goes on when it is back', async (page, { faults }) => {
    const offer = await server.offerMembership();
    await page.goto(server.wallet);
    assert.equal(await kept(page), 1);
    await server.halt();
    await page.goto(`${server.wallet}/offer?${new URLSearchParams({ credential_offer_uri: offer.credential_offer_uri })}`);
    await screen(page, 'No answer');
    assert.match(await textOf(page), /could not be reached/);
    await server.start();
    await press(page, 'Try again');
    await press(page, 'Take it');
    await screen(page, 'It is yours');
    faults.splice(0, faults.length, ...faults.filter((fault) => !/ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE/.test(fault)));
  });

  story('when the tab is closed between redeeming and collecting', async (page, { context }) => {
    const offer = await server.offerMembership();
    await page.goto(offer.credential_offer_uri);
    let asked = false;
    await context.route(`${server.issuer}/credential`, () => { asked = true; }); // and never answered
    await openHere(page).click();
    await press(page, 'Take it');
    await eventually('the credential is asked for', () => asked);
    const next = await context.newPage();
    await closeTab(page);
    await context.unroute(`${server.issuer}/credential`);
    await next.goto(server.wallet);
    await says(next, /Not finished: Membership/);
    await press(next, 'Finish');
    await screen(next, 'It is yours');
    await next.goto(server.wallet);
    assert.doesNotMatch(await says(next, /Valid/), /Not finished/);
  });

  story('when two tabs take the same offer: one gets it, the other is told', async (page, { context }) => {
    const offer = await server.offerMembership();
    const other = await context.newPage();
    const link = `${server.wallet}/offer?${new URLSearchParams({ credential_offer_uri: offer.credential_offer_uri })}`;
    for (const tab of [page, other]) {
      await tab.goto(link);
      await screen(tab, 'Take your Membership');
    }
    const third = await context.newPage();
    await third.goto(server.wallet);
    await says(third, /none on this device yet/);
    await press(page, 'Take it');
    await screen(page, 'It is yours');
    await press(other, 'Take it');
    await screen(other, 'This offer is closed');
    await says(third, /Membership/);
  });

  story('when its storage is cleared: it says so at once, and that new offers are needed', async (page, { context }) => {
    await take(page, server);
    await page.goto(server.wallet);
    await says(page, /Valid/);
    const devtools = await context.newCDPSession(page);
    await devtools.send('Storage.clearDataForOrigin', { origin: server.wallet, storageTypes: 'all' });
    await screen(page, 'The wallet’s storage was closed');
    await press(page, 'Load again');
    await says(page, /this browser has cleared them/);
  });

  story('where the browser keeps nothing', async (page) => {
    await page.addInitScript(() => {
      IDBFactory.prototype.open = () => { throw new DOMException('The user denied permission', 'SecurityError'); };
    });
    await page.goto(server.wallet);
    await screen(page, 'This browser keeps nothing here');
    assert.match(await textOf(page), /ordinary window/);
  });

  browserTest('where there is no WebCrypto, because the address is not protected', async () => {
    const context = await browser.newContext();
    try {
      await context.route('http://wallet.example/**', async (route) => {
        const { status, headers, body } = await get(server, new URL(route.request().url()).pathname, host);
        await route.fulfill({ status, headers, body });
      });
      const page = await context.newPage();
      await page.goto('http://wallet.example/');
      await screen(page, 'This wallet needs a protected address');
      assert.match(await textOf(page), /https address/);
    } finally {
      await context.close();
    }
  });

  story('where scripts are off: the page says so, and what else there is', async (page) => {
    await page.goto((await server.offerMembership()).credential_offer_uri);
    await openHere(page).click();
    await screen(page, 'This wallet needs JavaScript');
    assert.match(await textOf(page), /wallet app/);
  }, { javaScriptEnabled: false });

  story('erases a credential only after a second word', async (page) => {
    await take(page, server);
    await page.getByRole('link', { name: 'My credentials' }).click();
    for (const left of [/My credentials[\s\S]*Membership/, /none on this device yet/]) { // it comes in two forms
      await page.getByRole('link', { name: 'Membership' }).first().click();
      await press(page, 'Remove…');
      await press(page, 'Keep it');
      await press(page, 'Remove…');
      await press(page, 'Remove it');
      await says(page, left);
    }
  });

  story('tells where an answer got lost, and answers again', async (page, { context, faults }) => {
    await take(page, server);
    const begun = await ask(page, partner);
    await context.route(`${server.issuer}/response/*`, (route) => route.abort());
    await press(page, 'Show it');
    await says(page, /No answer/);
    await context.unroute(`${server.issuer}/response/*`);
    await press(page, 'Show it');
    assert.ok((await partner.finish(begun)).claims.sub);
    faults.splice(0, faults.length, ...faults.filter((fault) => !/ERR_FAILED/.test(fault)));
  });

  browserTest('and a newer wallet takes its place by itself', async () => {
    // A door before the wallet, behind which it becomes another version.
    let isNewer = false;
    const door = createServer(async (request, response) => {
      const { status, headers, body } = await get(server, request.url, host);
      const edit = { '/': (text) => text.replace('Your keys stay on this device.', 'The newer wallet.'), '/service-worker.js': (text) => text.replace(/const version = "\w+"/, 'const version = "newer"') }[request.url];
      const { 'content-length': _, etag, ...rest } = headers;
      response.writeHead(status, isNewer ? rest : { ...rest, etag }).end(isNewer && edit ? edit(body.toString()) : body);
    });
    await new Promise((resolve) => door.listen(0, 'localhost', resolve));
    const session = await openPage(browser);
    try {
      const address = `http://wallet.localhost:${door.address().port}/`;
      await session.page.goto(address);
      assert.equal(await kept(session.page), 1);
      await session.page.goto(address);
      assert.doesNotMatch(await textOf(session.page), /The newer wallet/);
      isNewer = true;
      await session.page.goto(address);
      await says(session.page, /The newer wallet/);
      await eventually('the older one is gone', () => session.page.evaluate(async () => (await caches.keys()).join() === 'wallet newer'));
      assert.deepEqual(session.faults, []);
    } finally {
      await session.close();
      await new Promise((resolve) => { door.close(resolve); door.closeAllConnections(); });
    }
  });
});
