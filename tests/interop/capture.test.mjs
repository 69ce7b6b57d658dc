// A packet capture of checks with a network: what is asked of the nation names no person and no credential, and where it is known nothing is asked.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { inflateSync } from 'node:zlib';
import { press, screen } from './lib/browser-wallet.mjs';
import { chromiumPath, openBrowser, openPage } from './lib/browser.mjs';
import { captured, noCapture } from './lib/capture.mjs';
import { PHONE } from './lib/pages.mjs';
import { eventually, startServer } from './lib/server.mjs';
import { addressOf, filmOfCodes, present } from './lib/station.mjs';
import { answerBefore, begin, besidesOffline, camera, kept, nextPerson, told } from './lib/steward.mjs';
import { becomeMember, newHolder, takeDocument } from './lib/story.mjs';

const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));

describe('what a check asks of the nation', { skip: noCapture }, () => {
  let nation, port, folder, ada, names, list;
  before(async () => {
    nation = await startServer();
    await nation.run('node', 'add', '--name', 'Lisbon', '--region', 'Somewhere');
    port = Number(new URL(nation.issuer).port);
    folder = await mkdtemp(join(tmpdir(), 'netid-captured-'));
    ada = await becomeMember(nation);
    const [jwt, ...disclosures] = ada.credential.split('~');
    const { status, cnf } = claimsOf(jwt);
    list = new URL(status.status_list.uri).pathname;
    names = [
      'Ada', ada.memberId, jwt, jwt.split('.')[2], createHash('sha256').update(jwt.slice(0, jwt.lastIndexOf('.'))).digest('base64url'), cnf.jwk.x, ...disclosures.filter((one) => one.length > 20),
    ];
    names.index = status.status_list.idx;
    await writeFile(join(folder, 'ada.txt'), ada.credential);
  });
  after(async () => {
    await nation?.stop();
    if (folder) await rm(folder, { recursive: true });
  });

  /** Nothing that was sent names somebody: these are public files, asked for whole, by nobody in particular. */
  const namesNobody = ({ bytes, requests }, ...allowed) => {
    for (const { method, target, headers, body } of requests) {
      assert.equal(method, 'GET');
      assert.ok(allowed.includes(target), `${target} is none of ${allowed}`);
      assert.equal(body, '');
      for (const name of ['cookie', 'authorization', 'referer', 'origin', 'range']) assert.equal(headers[name], undefined, name);
      for (const [name, value] of Object.entries(headers)) if (name !== 'host' && names.index > 999) assert.doesNotMatch(value, new RegExp(`\\b${names.index}\\b`));
    }
    for (const name of names) assert.ok(!bytes.includes(name), `${name} was sent`);
  };

  const verify = () => new Promise((resolve, reject) => execFile('dotnet', [process.env.NETID_DLL, 'verify', 'ada.txt', '--issuer', nation.issuer, '--local', '--json'], { cwd: folder, timeout: 180_000 },
    (error, stdout, stderr) => (error ? reject(new Error(stderr + stdout, { cause: error })) : resolve(JSON.parse(stdout)))));

  it('netid verify asks for the DID\'s log and a whole list', async () => {
    const sent = await captured(port, async () => assert.equal((await verify()).verdict, 'accepted'));
    assert.ok(sent.requests.length >= 2, 'something was captured');
    namesNobody(sent, '/.well-known/did.jsonl', '/.well-known/did.json', '/.well-known/did-witness.json', '/.well-known/jwt-vc-issuer', list);
    assert.ok(sent.requests.some(({ target }) => target === list));

    // The list is of a million, and of the same name for everyone in it.
    const { lst, bits } = claimsOf(await (await nation.fetch(nation.issuer + list)).text()).status_list;
    assert.ok(inflateSync(Buffer.from(lst, 'base64url')).length * 8 / bits >= 1_000_000);
    assert.equal(new URL(claimsOf((await becomeMember(nation)).credential.split('~')[0]).status.status_list.uri).pathname, list);
  });

  it('a station asks for one file, which is the same for everyone, and for nothing when somebody comes', async () => {
    const sent = await captured(port, async () => {
      const bundle = claimsOf(await (await nation.fetch(`${nation.issuer}/station/bundle`)).text());
      await writeFile(join(folder, 'did.jsonl'), bundle.did_log);
      await writeFile(join(folder, 'list.jwt'), bundle.lists[0].token);
    });
    assert.equal(sent.requests.length, 1);
    namesNobody(sent, '/station/bundle');

    const silent = await captured(port, () => new Promise((resolve, reject) => execFile(
      'dotnet', [process.env.NETID_DLL, 'verify', 'ada.txt', '--offline', '--did-log', 'did.jsonl', '--list', 'list.jwt', '--local'], { cwd: folder, timeout: 180_000 },
      (error, stdout, stderr) => (error ? reject(new Error(stderr + stdout, { cause: error })) : resolve()))));
    assert.equal(silent.bytes, '');
  });

  it('a real station, with a network and a nation that answers, sends nothing about who comes between its question and its verdict', { skip: !chromiumPath && 'chromium is not installed' }, async () => {
    const film = join(folder, 'film.y4m');
    await filmOfCodes(['nothing yet'], film);
    const browser = await openBrowser({ args: camera(film) });
    const { page, faults, close } = await openPage(browser, { ...PHONE, permissions: ['camera'] });
    try {
      // What it asks before anybody comes: its own files and the bundle, which are the same for everyone.
      const { requests, bytes } = await captured(port, async () => {
        await begin(page, nation);
        await kept(page);
        await page.goto(`${nation.issuer}/station`);
        await screen(page, 'Lisbon');
        await eventually('it has looked for a newer bundle', () => page.evaluate(() => performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/station/bundle'))));
      });
      assert.ok(requests.some(({ target }) => target === '/station/bundle'));
      for (const { method, target, headers, body } of requests) {
        assert.deepEqual([method, body, headers.cookie, headers.authorization], ['GET', '', undefined, undefined], target);
        assert.match(headers.referer ?? '', /^$|\/assets\/[\w./-]+$|\/station\/service-worker\.js$/); // a module says which one imports it
        assert.match(target, /^\/(station|station\/[\w.-]+|assets\/[\w./-]+(\?v=\w+)?|favicon\.ico)$/);
      }
      for (const name of names) assert.ok(!bytes.includes(name), `${name} was sent`);

      // Nothing but for a newer worker, which the browser looks for a little after a page was opened.
      const nothing = ({ requests: sent, bytes: said }, request) => {
        for (const { method, target, body } of sent) assert.deepEqual([method, body, target], ['GET', '', '/station/service-worker.js']);
        if (sent.length === 0) assert.equal(said, '');
        for (const name of [...names, request.nonce, request.state, 'vp_token']) assert.ok(!said.includes(name), `${name} was sent`);
      };
      for (const [reason, light] of [['admitted', 'admit'], ['already_here', 'ask']]) {
        let request;
        const silent = await captured(port, async () => {
          request = await nextPerson(page);
          await answerBefore(page, nation, film, ada, request);
          await told(page, light, reason);
        });
        nothing(silent, request);
      }

      // Nor where the wallet of the same device leads to its page: that is the worker's, and asks nothing of the nation about the answer.
      await press(page, 'Back');
      const request = await nextPerson(page);
      const address = addressOf(nation.issuer, request, await present(ada, nation.issuer, request));
      const led = await captured(port, async () => {
        await page.goto(address);
        await told(page, 'ask', 'already_here');
      });
      nothing(led, request);
      assert.deepEqual(besidesOffline(faults), []);
    } finally {
      await close();
      await browser.close();
    }
  });

  it('another nation that checks asks the same, and the second time, of another person, nothing', async () => {
    const document = await takeDocument(nation, ada.memberId, await newHolder());
    const bob = await becomeMember(nation, { claims: { display_name: 'Bob Example', node: 'Lisbon' } });
    const second = await takeDocument(nation, bob.memberId, await newHolder());
    const other = await startServer({ env: { NETID__Verify__Issuers: document.issuer.id ?? document.issuer, NETID__Fetch__Loopback: 'true', NETID__Fetch__Ports: String(port) } });
    try {
      const check = async (credential) => {
        const answer = await other.fetch(`${other.issuer}/verify`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ credential }) });
        const report = await answer.json();

        // Its schema is the other nation's own, which this one does not know: that is the last step, and all that has to be asked for comes before it.
        const held = report.steps.filter(({ state }) => state === 'held').map(({ step }) => step);
        assert.deepEqual(held, ['shape', 'issuer', 'proof', 'validity', 'status'], JSON.stringify(report));
      };
      const sent = await captured(port, () => check(document));
      assert.ok(sent.requests.length >= 2);
      namesNobody(sent, '/.well-known/did.jsonl', '/.well-known/did-witness.json', `${list}/revocation`, `${list}/suspension`);
      const again = await captured(port, () => check(second));
      assert.equal(again.bytes, '', 'what is known is not asked for again');
    } finally {
      await other.stop();
    }
  });
});
