// Journey 10: a member sees what is held about them, leaves, and takes along what is theirs; and what they take is verified by libraries that this project did not write.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { decodeProtectedHeader } from 'jose';
import { openWithoutBrowser } from './lib/app.mjs';
import { besidesRefusals, openHere, press, screen, take } from './lib/browser-wallet.mjs';
import { browserTest, openBrowser, openPage, says } from './lib/browser.mjs';
import { checkEvidence } from './lib/evidence.mjs';
import { lookerAt, tabTo, WAYS } from './lib/pages.mjs';
import { eventually, startServer } from './lib/server.mjs';
import { becomeMember } from './lib/story.mjs';
import { readLog } from './lib/tlog.mjs';
import { chain, jwtOf, keyByCertificate, keyByMetadata, readStatus, verifyCredential } from './lib/verifier.mjs';

const CHARTER = new URL('../../docs/charters/co-living.json', import.meta.url);
const [VALID, INVALID] = [0, 1];

describe('A member leaves', () => {
  let server, browser, rootPem;
  before(async () => {
    server = await startServer({ wallet: true });
    rootPem = await server.exportRoot();
    await server.run('charter', 'adopt', CHARTER.pathname);
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  it('and a stranger\'s libraries verify the credentials of the export, its leaves in the public log, and the exit certificate', async () => {
    const ada = await becomeMember(server);
    const cookies = new Map();
    const { link } = await openWithoutBrowser(server, `${server.issuer}/account/export`, cookies);
    const { redirectUri } = await ada.wallet.present(link, ada.credential);
    const page = await openWithoutBrowser(server, redirectUri, cookies);
    // What was issued a moment ago is in the log a moment later.
    const exported = await eventually('the issue is in the log', async () => {
      const file = await (await send(page, '/account/export')).json();
      return file.log.leaves.some(({ record, index }) => record.act === 'issue' && index !== null) && file;
    });
    assert.equal(exported.member.id, ada.memberId);

    // What the nation holds of the credential is the credential: by @sd-jwt, with the key that the nation publishes, and up to its root.
    const own = exported.credentials.find(({ format, credential }) => format === 'dc+sd-jwt' && credential).credential;
    await verified(own, { member_since: exported.member.joined_at.slice(0, 7), display_name: 'Ada Example' });
    assert.equal((await readStatus(own, { fetch: server.fetch, rootPem })).status, VALID);

    // With what came with it to the wallet alone, and is in the file, its holder makes evidence that needs no nation any more, as anybody does: without a database.
    const folder = await mkdtemp(join(tmpdir(), 'netid-leave-'));
    try {
      const { notification_id: id } = exported.credentials.find(({ credential }) => credential === own);
      await writeFile(join(folder, 'credential'), own);
      const made = await server.netid('evidence', join(folder, 'credential'), '--out', join(folder, 'evidence.json'), '--issuer', server.issuer, '--notification-id', id, '--local');
      assert.equal(made.written, join(folder, 'evidence.json'), JSON.stringify(made));
      const evidence = JSON.parse(await readFile(made.written, 'utf8'));
      assert.deepEqual([evidence.credential, (await checkEvidence(evidence, { on: Date.now(), pinned: evidence.did })).verdict], [own, 'accepted']);
    } finally {
      await rm(folder, { recursive: true });
    }

    // Each leaf is in the log that anyone reads, and says what its opening says.
    await leavesOpen(exported);

    const form = await openWithoutBrowser(server, `${server.issuer}/account/leave`, cookies);
    const before_ = new Date();
    const left = await send(form, '/account/leave');
    const month = [before_, new Date()].map((moment) => moment.toISOString().slice(0, 7));
    const exit = left.headers.get('location');
    assert.match(exit, /\/exit\/[A-Za-z0-9_-]{43}$/);
    const offer = (await server.fetch(`${exit}/certificate`, { method: 'POST', redirect: 'manual' })).headers.get('location');
    const { credential } = await ada.wallet.receive(`openid-credential-offer://?credential_offer_uri=${encodeURIComponent(offer)}`);
    const payload = await verified(credential, { member_since: exported.member.joined_at.slice(0, 7), display_name: 'Ada Example' });
    assert.ok(month.includes(payload.member_until), payload.member_until);
    assert.equal(payload.vct, 'urn:network-identity:exit:1');
    assert.equal(payload.notice, 'Not a membership');
    await eventually('the membership is revoked, and the certificate stands', async () => (await readStatus(ada.credential, { fetch: server.fetch, rootPem })).status === INVALID);
    assert.equal((await readStatus(credential, { fetch: server.fetch, rootPem })).status, VALID);

    // It lets nobody in.
    const refused = await openWithoutBrowser(server, `${server.issuer}/account`, new Map());
    const answer = await ada.wallet.present(refused.link, ada.credential);
    assert.match(answer.text ?? JSON.stringify(answer.body), /revoked/);

    // And after the erasure it verifies as before.
    const last = await eventually('the leaves have their places', async () => {
      const file = await (await server.fetch(`${exit}/export`, { method: 'POST' })).json();
      return file.log.leaves.every(({ index }) => index !== null) && file;
    });
    await leavesOpen(last, 'leave');
    const erased = await server.fetch(`${exit}/erase`, { method: 'POST', body: new URLSearchParams({ sure: '1' }) });
    assert.match(await erased.text(), /It is erased/);
    assert.equal((await server.fetch(exit)).status, 404);
    await verified(credential, {});
    assert.equal((await readStatus(credential, { fetch: server.fetch, rootPem })).status, VALID);
  });

  for (const [where, { rtl, ...options }] of Object.entries(WAYS)) {
    browserTest(`${where}: they read their pages, take their export and their exit certificate, by keyboard, with no barrier that axe finds`, async () => {
      const { page, faults, close } = await openPage(browser, { ...options, acceptDownloads: true });
      try {
        const look = await lookerAt(page, where);
        await take(page, server, { claims: { display_name: 'Fay <i>Example</i> مريم' } });
        await page.goto(`${server.issuer}/account`);
        await openHere(page).click();
        await press(page, 'Show it');
        await page.getByRole('heading', { name: 'Your page', level: 1 }).waitFor();
        await says(page, /In force/);
        await look('account');

        await follow(page, 'What is said about you');
        await says(page, /Nothing was decided about you/);
        await look('about');
        await follow(page, 'Your page');
        await follow(page, 'What you were told');
        await page.locator('#email').focus();
        await page.keyboard.type('nobody');
        await pressByKeyboard(page, 'Keep it');
        await says(page, /Nothing was changed/);
        assert.equal(await page.locator('#email').getAttribute('aria-describedby'), 'email-error email-hint');
        await look('notices');
        await page.locator('#email').focus();
        await page.keyboard.press('Control+A');
        await page.keyboard.type('fay@example.org');
        await pressByKeyboard(page, 'Keep it');
        await says(page, /You are told at the address below/);

        await page.goto(`${server.issuer}/account/export`);
        await look('export');
        const downloading = page.waitForEvent('download');
        await pressByKeyboard(page, 'Download the file');
        const exported = JSON.parse(await readFile(await (await downloading).path(), 'utf8'));
        assert.equal(exported.contacts[0].address, 'fay@example.org');

        // Two clicks.
        await follow(page, 'Your page');
        await follow(page, 'Leave');
        await says(page, /nobody can refuse it/);
        await look('leave');
        await pressByKeyboard(page, 'Leave now');
        await page.getByRole('heading', { name: 'You have left', level: 1 }).waitFor();
        await look('exit');
        const exit = page.url();
        await pressByKeyboard(page, 'Take the exit certificate');
        await openHere(page).click();
        await press(page, 'Take it');
        await screen(page, 'It is yours');

        await page.goto(exit);
        await says(page, /It was taken/);
        await pressByKeyboard(page, 'Erase it');
        await says(page, /Nothing was erased/);
        await page.locator('#sure').focus();
        await page.keyboard.press('Space');
        await pressByKeyboard(page, 'Erase it');
        await page.getByRole('heading', { name: 'It is erased', level: 1 }).waitFor();
        await look('erased');
        assert.deepEqual(besidesRefusals(faults), []);
      } finally {
        await close();
      }
    });
  }

  /** Sends the form of a page that was opened without a browser, as it stands there. */
  async function send({ text, cookie }, path) {
    const [, form] = text.split(`action="${server.issuer}${path}"`);
    const fields = Object.fromEntries([...form.split('</form>')[0].matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]));
    return server.fetch(`${server.issuer}${path}`, {
      method: 'POST', redirect: 'manual', body: new URLSearchParams(fields), headers: { cookie, 'content-type': 'application/x-www-form-urlencoded', origin: server.issuer },
    });
  }

  /** Has @sd-jwt verify a credential with the key that the nation publishes, which is the one of its certificate; what it says. */
  async function verified(credential, expected) {
    const jwt = jwtOf(credential);
    chain(decodeProtectedHeader(jwt).x5c, rootPem);
    const [published, certified] = [await keyByMetadata(jwt, server.fetch), await keyByCertificate(jwt)];
    const { payload } = await verifyCredential(credential, { key: published, fetch: server.fetch });
    await verifyCredential(credential, { key: certified, fetch: server.fetch });
    for (const [name, value] of Object.entries(expected)) assert.equal(payload[name], value, name);
    return payload;
  }

  /** Each leaf of an export is in the public log, as a second implementation reads it: base64url(SHA-256(salt || record)) stands in its entry. */
  async function leavesOpen({ log: { origin, leaves } }, act = 'issue') {
    const get = async (path) => Buffer.from(await (await server.fetch(`${server.issuer}/log/${path}`)).arrayBuffer());
    const { entries } = await readLog(get, (await get('key')).toString().trim(), origin);
    const placed = leaves.filter(({ index }) => index !== null);
    for (const { record, salt, index } of placed) {
      const commitment = createHash('sha256').update(Buffer.from(salt, 'base64url')).update(JSON.stringify(record)).digest('base64url');
      const entry = JSON.parse(entries[index].toString());
      assert.deepEqual([entry.act, entry.commitment], [record.act, commitment]);
    }
    assert.ok(placed.some(({ record }) => record.act === act), `${act} is in the log`);
  }
});

/** Follows a link by keyboard. */
async function follow(page, name) {
  const focused = await tabTo(page, (element) => element.href && element.name === name);
  assert.ok(focused.visible, 'the focus shows');
  const from = page.url();
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.href !== from);
}

/** Presses a button by keyboard. */
async function pressByKeyboard(page, name) {
  const focused = await tabTo(page, (element) => element.name === name);
  assert.ok(focused.visible, 'the focus shows');
  await page.keyboard.press('Enter');
}
