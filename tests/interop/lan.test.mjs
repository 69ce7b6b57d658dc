import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect } from 'node:tls';
import { register, startApp } from './lib/app.mjs';
import { browserTest, openBrowser, openPage, scan, textOf, unfoldCode } from './lib/browser.mjs';
import { freePort, startServer } from './lib/server.mjs';
import { becomeMember, choose, numberOn } from './lib/story.mjs';
import { Tourist } from './lib/tourist.mjs';

const NAMES = ['nation.test', 'wallet.test', 'library.test', 'door.test'];
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** This machine's address on its network, or the loopback's where it is on none. */
const here = Object.values(networkInterfaces()).flat().find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';

describe('On one network, by names and a certificate of the operator\'s own', () => {
  let server, browser, app, partner, ada, folder, tls;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'netid-lan-'));
    tls = certificates(folder);
    server = await startServer({
      host: NAMES[0], tls,
      env: { NETID__Wallet__Url: 'https://wallet.test:5443', NETID__Practice__Library: 'https://library.test:5444', NETID__Practice__Door: 'https://door.test:5445' },
    });
    browser = await openBrowser({ args: [`--host-resolver-rules=MAP *.test ${here}`] });
    app = await startApp();
    partner = await register(server, app);
    ada = await becomeMember(server);
  });
  after(async () => {
    await browser?.close();
    await app?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('each name is in the certificate, and another is not', async () => {
    const port = Number(new URL(server.issuer).port);
    for (const name of NAMES) assert.equal(await handshake(port, name, tls.ca), undefined);
    assert.equal(await handshake(port, 'bank.test', tls.ca), 'ERR_TLS_CERT_ALTNAME_INVALID');
    const metadata = await (await server.fetch(`${server.issuer}/.well-known/openid-configuration`)).json();
    assert.equal(metadata.issuer, server.issuer);
  });

  browserTest('a phone takes up the sign-in that another browser began, and knows it for its own', async () => {
    const [screen, phone] = [await openPage(browser, { ours: NAMES }), await openPage(browser, { ours: NAMES, ...PHONE })];
    const begun = await partner.begin();
    await screen.page.goto(begun.url);
    assert.ok(screen.page.url().startsWith(`${server.issuer}/sign-in/`));
    const shown = await textOf(screen.page);
    assert.doesNotMatch(shown, /can’t follow this code/);

    const link = await scan(screen.page);
    assert.ok(decodeURIComponent(link).includes(`${server.issuer}/request/`), link);
    const { status, redirectUri, request } = await ada.wallet.present(link, ada.credential);
    assert.equal(status, 200);
    assert.ok(redirectUri.startsWith(server.issuer));
    await phone.page.goto(redirectUri);
    const read = await textOf(phone.page);
    const [, place] = read.match(/in (Chrome on .+?) at/);
    assert.ok(shown.includes(place), `${place} in ${shown}`);
    assert.ok(read.includes(app.name) && read.includes('localhost'), read);
    assert.ok(await phone.page.getByRole('button', { name: 'This was not me' }).isVisible());
    const name = request.authorizationRequestPayload.client_metadata.client_name;
    assert.ok([app.name, '(localhost:', place].every((words) => name.includes(words)), name);
    const number = await numberOn(screen.page);
    assert.ok(!shown.includes(`\n${number}\n`) && !name.includes(`number ${number}`), 'the number comes when it is asked for, and to the browser alone');
    await choose(phone.page, number);
    assert.ok((await partner.finish(begun)).claims.sub);
    for (const { faults, close } of [screen, phone]) {
      assert.deepEqual(faults, []);
      await close();
    }
  });

  browserTest('a phone opens an offer, and nothing says that it can\'t', async () => {
    const { page, faults, close } = await openPage(browser, { ours: NAMES, ...PHONE });
    const offer = await server.offerMembership();
    await page.goto(offer.credential_offer_uri);
    assert.doesNotMatch(await textOf(page), /can’t follow this code/);
    const { stdout } = await server.run('offer', 'membership');
    assert.doesNotMatch(stdout, /can't follow this code/);
    assert.match(stdout, /In a browser +https:\/\/nation\.test:\d+\/offer\//);
    assert.deepEqual(faults, []);
    await close();
  });
});

describe('On one network, the practice parts', () => {
  // The library asks the nation by its name, which this machine's own DNS does not know.
  const reason = process.getuid?.() === 0 ? undefined : 'to give a process names of its own takes root';
  let server, browser, folder;
  before(async () => {
    if (reason) return;
    folder = mkdtempSync(join(tmpdir(), 'netid-lan-'));
    const hosts = join(folder, 'hosts');
    writeFileSync(hosts, `127.0.0.1 localhost\n${here} ${NAMES.join(' ')}\n`);
    browser = await openBrowser({ args: [`--host-resolver-rules=MAP *.test ${here}`] });
    const tls = certificates(folder);
    const [port, library, door] = [await freePort(), await freePort(), await freePort()];
    server = browser && await startServer({
      practice: true, host: NAMES[0], port, hosts, tls,
      env: {
        NETID__Wallet__Url: `https://wallet.test:${port}`, NETID__Practice__Library: `https://library.test:${library}`, NETID__Practice__Door: `https://door.test:${door}`,
        SSL_CERT_FILE: join(folder, 'ca.pem'),
      },
    });
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  browserTest('make the whole tour on a phone, each at its name, over https', async (test) => {
    if (reason) return test.skip(reason);
    const { context, page, faults, close } = await openPage(browser, { ours: NAMES, ...PHONE });
    const ada = new Tourist(context, server.issuer);
    await ada.begin(page);
    await ada.belong();
    const library = await ada.signIn();
    await ada.lie(library);
    await ada.arrive();
    await ada.fall(library);
    assert.deepEqual(faults.filter((fault) => !/status of 40[01]/.test(fault)), []);
    await close();
  });
});

describe('On localhost', () => {
  let server, browser, app, partner;
  before(async () => {
    server = await startServer();
    browser = await openBrowser();
    app = await startApp();
    partner = await register(server, app);
  });
  after(async () => {
    await browser?.close();
    await app?.close();
    await server?.stop();
  });

  browserTest('the sign-in and the offer say beside the code that a phone can\'t follow it, and the code is there', async () => {
    const { page, close } = await openPage(browser);
    for (const url of [(await partner.begin()).url, (await server.offerMembership()).credential_offer_uri]) {
      await page.goto(url);
      await unfoldCode(page);
      assert.match(await textOf(page), /A phone can’t follow this code[^]*“With a phone”/);
      assert.match(await scan(page), /localhost/);
    }
    await close();
  });

  it('and so does the command line', async () => {
    const { stdout } = await server.run('offer', 'membership');
    assert.match(stdout, /A phone can't follow this code.*docs\/operating\.md, "With a phone"/);
  });
});

/** What docs/operating.md tells a person to do: an authority of one's own, and one certificate for every name. */
function certificates(folder) {
  const openssl = (...more) => execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30', ...more], { cwd: folder, stdio: 'pipe' });
  openssl('-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Practice CA', '-addext', 'keyUsage=critical,keyCertSign,cRLSign');
  openssl('-CA', 'ca.pem', '-CAkey', 'ca.key', '-keyout', 'nation.key', '-out', 'nation.pem', '-subj', `/CN=${NAMES[0]}`, '-addext', 'basicConstraints=critical,CA:FALSE',
    '-addext', 'extendedKeyUsage=serverAuth', '-addext', `subjectAltName=${NAMES.map((name) => `DNS:${name}`).join()}`);
  return { certificate: join(folder, 'nation.pem'), key: join(folder, 'nation.key'), ca: readFileSync(join(folder, 'ca.pem'), 'utf8') };
}

/** The code of what is wrong with the server's certificate for a name; undefined where nothing is. */
const handshake = (port, servername, ca) => new Promise((resolve) => {
  const socket = connect({ host: here, port, servername, ca }, () => { socket.destroy(); resolve(); }).once('error', (error) => resolve(error.code));
});
