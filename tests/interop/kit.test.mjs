// The page that checks evidence, and the offline kit, in a real browser: nothing leaves it, and the kit opens from a disk with no network.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { browserTest, openBrowser, openPage } from './lib/browser.mjs';
import { ForgedHistory, typesFile } from './lib/forge-evidence.mjs';
import { fits, lookerAt, PHONE, WAYS } from './lib/pages.mjs';
import { startServer } from './lib/server.mjs';
import { checkEvidence } from './lib/verifying.mjs';
import { NEVER } from '../../src/NetworkIdentity.Server/Pages/Client/verifying/page.js';

const { default: samples } = await import('../../src/NetworkIdentity.Server/Pages/Client/verifying/samples.js');

describe('The samples of the kit', () => {
  for (const { name, on, now, evidence, expected } of samples) {
    it(`come to what stands beside them: ${name}`, async () => {
      const { outcome, step, reason } = await checkEvidence(evidence, { on: Date.parse(on), did: evidence.did, now: Date.parse(now) });
      assert.deepEqual([outcome, step, reason], expected);
    });
  }

  it('are judged by the types as schemas/ has them', async () => assert.equal(await readFile(new URL('../../src/NetworkIdentity.Server/Pages/Client/verifying/types.js', import.meta.url), 'utf8'), typesFile()));
});

describe('Evidence in the browser', () => {
  let server, browser, folder, kit;
  const nation = new ForgedHistory();
  const evidence = nation.evidence();
  const broken = { ...evidence, log: undefined };

  before(async () => {
    [server, browser] = [await startServer(), await openBrowser()];
    folder = await mkdtemp(join(tmpdir(), 'netid-kit-'));
    const response = await server.fetch(`${server.issuer}/verify/kit.html`);
    assert.match(response.headers.get('content-disposition'), /attachment; filename="?check-evidence\.html/);
    kit = await response.text();
    for (const [name, content] of [['kit.html', kit], ['good.json', JSON.stringify(evidence)], ['broken.json', JSON.stringify(broken)], ['other.json', '{"format":"other"}']]) await writeFile(join(folder, name), content);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    if (folder) await rm(folder, { recursive: true });
  });

  const press = async (page) => {
    await page.evaluate(() => document.getElementById('result').replaceChildren());
    await page.click('button[type=submit]');
  };
  const check = async (page, file, { on = '', did = '' } = {}) => {
    await page.setInputFiles('#file', join(folder, file));
    await page.fill('#on', on);
    await page.fill('#did', did);
    await press(page);
    return page.locator('#result h2').textContent();
  };

  it('is a kit without anything from elsewhere in it', () => {
    assert.doesNotMatch(kit, /(?:src|href)="(?!data:|#)/);
    assert.match(kit, /default-src 'none'/);
    assert.doesNotMatch(kit, /\{\{/);
    assert.ok(kit.includes(server.issuer));
  });

  it('tells a stranger what to bring and to open, where the DID is found, and what each outcome means', () => {
    const told = kit.slice(kit.indexOf('<main>'), kit.indexOf('</main>')).replaceAll(/<[^>]*>/g, '').replaceAll(/\s+/g, ' ');
    for (const words of [
      'The evidence of the credential', 'opened in any current browser', 'which begins with did:webvh:, from what it printed', 'The day that matters', `${server.issuer}/verify/offline names it`,
      'It was true at that moment', 'Not accepted', 'Could not be checked',
    ]) assert.ok(told.includes(words), words);
  });

  it('explains each reason that it can give, and no other', async () => {
    const folder = new URL('../../src/NetworkIdentity.Server/Pages/Client/verifying/', import.meta.url);
    const modules = (await Promise.all([...(await readdir(folder)).filter((name) => name.startsWith('evidence')), 'credential-check.js', 'w3c-check.js'].map((name) => readFile(new URL(name, folder), 'utf8')))).join('\n');
    const given = Array.from(modules.matchAll(/(?:refused|undetermined|wrong|missing)\((?:"[a-z]+", )?"([a-z_]+)"/g), ([, reason]) => reason);
    const ofOthers = ['no_holder_key', 'unknown_type']; // of who shows it, and of what evidence brings
    const explained = Array.from(kit.slice(kit.indexOf('What the reasons mean'), kit.indexOf('</main>')).matchAll(/<code dir="ltr">(\w+)<\/code>/g), ([, reason]) => reason);
    assert.deepEqual(explained.sort(), [...new Set(given)].filter((reason) => !ofOthers.includes(reason)).sort());
  });

  it('says of what no credential says what signed reports say of it', async () => {
    const answer = await server.fetch(`${server.issuer}/verify`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ credential: evidence.credential }) });
    const { credentials: [{ does_not_say: said }] } = JSON.parse(Buffer.from((await answer.json()).report.split('.')[1], 'base64url'));
    assert.deepEqual(said.slice(0, -1), [...NEVER, ...evidence.type.metadata.does_not_say], 'the last is of who brought it');
  });

  browserTest('is checked on the page, and no request leaves it', async () => {
    const { page, faults, close } = await openPage(browser);
    try {
      await page.goto(`${server.issuer}/verify/offline`);
      await page.locator('#checker form').waitFor();
      const requests = [];
      page.on('request', (request) => requests.push(request.url()));
      assert.equal(await check(page, 'good.json'), 'Could not be checked');
      assert.equal(await page.locator('[data-reason]').textContent(), 'issuer_not_pinned');
      assert.match(await page.locator('#result').textContent(), /You did not say which nation[^]*The public log[^]*holds/);
      assert.equal(await check(page, 'good.json', { did: evidence.did }), 'It was true at that moment');
      assert.match(await page.locator('#result').textContent(), /signed by its issuer, in its time/);
      assert.match(await page.locator('#result').textContent(), /What it does not say[^]*not a nationality[^]*no civil name[^]*where its holder lives, or under which law/, 'what no credential says, and what its type adds');
      assert.equal(await check(page, 'good.json', { did: 'did:webvh:other' }), 'Not accepted');
      assert.equal(await page.locator('[data-reason]').textContent(), 'issuer_not_trusted');
      assert.equal(await check(page, 'broken.json', { did: evidence.did }), 'Could not be checked');
      assert.equal(await page.locator('[data-reason]').textContent(), 'evidence_incomplete');
      assert.equal(await check(page, 'good.json', { on: '2020-01-01' }), 'Not accepted');
      assert.equal(await page.locator('[data-reason]').textContent(), 'not_yet_valid');
      for (const on of ['yesterday', '2026-02-30', '2026-02-30T12:00:00Z']) assert.equal(await check(page, 'good.json', { on }), 'That is no day');

      // A day alone is its end, and today is now: the field says so, and so does the verdict, which names the moment.
      assert.match(await page.locator('label[for=on]').textContent(), /A day alone is its end, 23:59:59 UTC/);
      const judged = page.locator('#result .verdict .judged');
      for (const [on, said] of [['2020-05-04', 'on 2020-05-04 at 23:59:59 UTC, the end of that day.'], ['2020-05-04T12:30:00+02:00', 'on 2020-05-04 at 10:30 UTC.'], ['2020-05-04T10:30:07Z', 'on 2020-05-04 at 10:30:07 UTC.']]) {
        await check(page, 'good.json', { on });
        assert.equal(await judged.textContent(), `Judged as it stood ${said}`);
      }
      assert.equal(await check(page, 'good.json', { did: evidence.did, on: new Date().toISOString().slice(0, 10) }), 'It was true at that moment', 'the plainest question: of today, when the evidence was made');
      await check(page, 'good.json');
      assert.match(await judged.textContent(), /^Judged as it stood on 20\d\d-\d\d-\d\d at \d\d:\d\d\S* UTC: when you asked/);
      assert.equal(await check(page, 'other.json'), 'Not accepted');
      assert.equal(await check(page, 'good.json', { did: evidence.did, on: new Date(Date.now() + 600_000).toISOString() }), 'Could not be checked');
      assert.match(await page.locator('#result').textContent(), /That moment has not come yet, by the clock of this machine/);
      assert.equal(await check(page, 'good.json', { did: 'did:web:nation.example' }), 'That is not the DID that is needed');

      // Of a letter the DID alone counts, and of the DID the part that nobody else can have; another address is told.
      assert.equal(await check(page, 'good.json', { did: `Our nation is ${evidence.did}.` }), 'It was true at that moment');
      assert.match(await page.locator('#result').textContent(), /The DID is the one that you trust/);
      assert.equal(await check(page, 'good.json', { did: `${evidence.did.split(':').slice(0, 3).join(':')}:moved.example` }), 'It was true at that moment');
      assert.match(await page.locator('#result').textContent(), /at another address than the one that you wrote/);

      // What stands there is of what was asked, and says what that was.
      assert.equal(await check(page, 'good.json', { did: evidence.did }), 'It was true at that moment');
      assert.match(await page.locator('#result').textContent(), /What was checked[^]*Type[^]*membership[^]*Good until20\d\d-[^]*Digest of the credential/);
      await page.fill('#text', '{"format":');
      assert.equal(await page.locator('#result h2').count(), 0, 'another question has no verdict yet');
      await press(page);
      assert.equal(await page.locator('#result h2').textContent(), 'Which of the two?');
      await page.setInputFiles('#file', []);
      await press(page);
      assert.equal(await page.locator('#result h2').textContent(), 'That is no evidence');
      assert.deepEqual(requests, []);
      assert.deepEqual(faults, []);
    } finally {
      await close();
    }
  });

  for (const [where, open] of [['page', () => `${server.issuer}/verify/offline`], ['kit', () => pathToFileURL(join(folder, 'kit.html')).href]]) {
    browserTest(`has a verdict to print on the ${where}: it alone, with the moment, the file and its digest`, async () => {
      const { page, faults, close } = await openPage(browser);
      try {
        await page.addInitScript(() => { window.print = () => { document.documentElement.dataset.printed = 'true'; }; });
        await page.goto(open());
        await page.locator('#checker form').waitFor();
        assert.equal(await page.getByRole('button', { name: 'Print this verdict' }).count(), 0, 'there is none yet');
        await check(page, 'good.json', { did: evidence.did, on: '2020-05-04' });
        await page.getByRole('button', { name: 'Print this verdict' }).click();
        assert.equal(await page.evaluate(() => document.documentElement.dataset.printed), 'true');

        await page.emulateMedia({ media: 'print' });
        for (const hidden of ['header', 'footer', 'h1', 'form', '#result button']) assert.ok(!await page.locator(hidden).first().isVisible(), hidden);
        for (const shown of ['#result h2', '#result .judged', '#result .checked']) assert.ok(await page.locator(shown).first().isVisible(), shown);
        const told = Object.fromEntries(await page.locator('#result dl').first().locator('dt').evaluateAll((names) => names.map((name) => [name.textContent, name.nextElementSibling.textContent])));
        const digest = createHash('sha256').update(await readFile(join(folder, 'good.json'))).digest('hex');
        assert.deepEqual([told.File, told['Its SHA-256'], told['The DID that you wrote']], ['good.json', digest, evidence.did]);
        assert.match(told['Checked, by the clock of this machine'], /^20\d\d-\d\d-\d\dT/);
        await fits(page);
        if (process.env.NETID_PICTURES) await page.screenshot({ path: join(process.env.NETID_PICTURES, `printed-${where}.png`), fullPage: true });
        assert.deepEqual(faults, []);
      } finally {
        await close();
      }
    });
  }

  browserTest('is not checked without a script, and the page says where else', async () => {
    const { page, close } = await openPage(browser, { javaScriptEnabled: false });
    try {
      await page.goto(`${server.issuer}/verify/offline`);
      const told = await page.locator('#checker').textContent();
      assert.match(told, /needs a script[^]*netid verify/);
      assert.equal(await page.locator('#checker a').getAttribute('href'), `${server.issuer}/verify`);
    } finally {
      await close();
    }
  });

  browserTest('is checked by the kit from a disk with no network, which tells its samples apart', async () => {
    const { page, faults, close } = await openPage(browser, { offline: true, ...PHONE });
    try {
      const requests = [];
      page.on('request', (request) => requests.push(request.url()));
      await page.goto(pathToFileURL(join(folder, 'kit.html')).href);
      await page.locator('#checker form').waitFor();
      assert.equal(await check(page, 'good.json', { did: evidence.did }), 'It was true at that moment');
      assert.equal(await check(page, 'broken.json'), 'Could not be checked');
      await page.getByRole('button', { name: 'Try all of these' }).click();
      await page.locator('.samples li.not_looked_at').first().waitFor({ state: 'detached' });
      await page.waitForFunction(() => !document.querySelector('.samples li.not_looked_at'));
      assert.deepEqual([await page.locator('.samples li.held').count(), await page.locator('.samples li.refused').count()], [samples.length, 0]);
      await page.evaluate(() => document.getElementById('result').replaceChildren());
      await page.locator('.samples button').nth(1).click();
      await page.locator('#result h2').waitFor();
      assert.equal(await page.locator('[data-reason]').textContent(), 'revoked');
      assert.deepEqual(requests.filter((url) => !/^(file|data|blob):/.test(url)), []);
      assert.deepEqual(faults, []);
    } finally {
      await close();
    }
  });

  for (const [where, { rtl: _, ...options }] of Object.entries(WAYS)) {
    browserTest(`has no barrier ${where}: the page, its verdicts, and the kit`, async () => {
      const { page, close } = await openPage(browser, options);
      try {
        const look = await lookerAt(page, where);
        await page.goto(`${server.issuer}/verify/offline`);
        await page.locator('#checker form').waitFor();
        await look('evidence-empty');
        await check(page, 'good.json', { did: evidence.did });
        await look('evidence-true');
        await check(page, 'good.json', { did: 'did:webvh:other' });
        await look('evidence-refused');
        await check(page, 'broken.json');
        await look('evidence-undetermined');
        await page.goto(pathToFileURL(join(folder, 'kit.html')).href);
        await page.locator('#checker form').waitFor();
        await page.getByRole('button', { name: 'Try all of these' }).click();
        await page.waitForFunction(() => !document.querySelector('.samples li.not_looked_at'));
        await look('evidence-kit');
      } finally {
        await close();
      }
    });
  }
});
