// The census, counted again by a program of another language (lib/census.mjs) from what an auditor has; and its page, for everyone.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { browserTest, openBrowser, openPage, says } from './lib/browser.mjs';
import { cellsOf, countAgain, numberOf, openLeaves } from './lib/census.mjs';
import { daysLater, fakeTime, today } from './lib/clock.mjs';
import { lookerAt, WAYS } from './lib/pages.mjs';
import { eventually, startServer } from './lib/server.mjs';
import { becomeMember } from './lib/story.mjs';
import { leafHash, readLog, rootOf } from './lib/tlog.mjs';

const skip = fakeTime === null && 'faketime is not installed';
const digestOf = (jwt) => createHash('sha256').update(jwt).digest('base64url');

describe('The census', { skip }, () => {
  let server, browser, log, lisbon, file;
  const series = [];
  const served = async (path) => {
    const response = await server.fetch(`${server.issuer}${path}`);
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return response;
  };
  const get = async (path) => Buffer.from(await (await served(`/log/${path}`)).arrayBuffer());

  /** Waits until the log has what is looked for; it is read to there. */
  const logged = (what, isThere) => eventually(what, async () => {
    log = await readLog(get, (await get('key')).toString().trim(), `${new URL(server.issuer).host}/log`);
    return isThere(log.entries.map((entry) => JSON.parse(entry)));
  });

  /** Waits for the next census, its leaf, and what an auditor is given then. */
  async function taken(seconds) {
    const said = await eventually('a census is taken', async () => {
      const one = await (await served('/census.json')).json();
      return one.jwt !== series.at(-1)?.jwt && one;
    }, seconds);
    series.push(said);
    await logged('its leaf is in the log', (entries) => entries.filter(({ act }) => act === 'take-census').length === series.length);
    await server.run('census', 'openings', '--out', `openings-${series.length}.jsonl`);
    file = await readFile(join(server.directory, `openings-${series.length}.jsonl`), 'utf8');
    return said;
  }

  async function revoke(...leaves) {
    for (const { subject } of leaves) await server.run('credential', 'revoke', subject, '--reason', 'for the test');
  }

  /** So many months after the first day the next one is due: it is taken by the command line, where the server was not first. What was done until then is in the log. */
  async function monthsLater(months, done) {
    await logged('what was done is in the log', (entries) => Object.entries(done).every(([name, count]) => entries.filter(({ act }) => act === name).length === count));
    await daysLater(31 * months, server);
    await server.run('census', 'take').catch((error) => assert.match(error.message, /census_not_due/));
    await taken(60);
  }

  before(async () => {
    server = await startServer();
    browser = await openBrowser();
    for (const name of ['Lisbon', 'Austin']) await server.run('node', 'add', '--name', name, '--region', 'Somewhere');
    for (const node of [...Array(19).fill('Lisbon'), ...Array(9).fill('Austin')]) await becomeMember(server, { claims: { display_name: 'Somebody', node } });
    await assert.rejects(server.run('census', 'take'), /census_not_due/);
    assert.equal((await server.fetch(`${server.issuer}/census.json`)).status, 404);

    // A month later the server takes it by itself, within a minute.
    await daysLater(31, server);
    const { census } = await taken(180);
    lisbon = census.nodes.find(({ name }) => name === 'Lisbon').id;

    // Nine of the nineteen go, and those ten stay who by themselves would make no number: the nineteen stand on. Then the tenth goes, and one comes who is in no node: who is left is counted elsewhere.
    const held = openLeaves(file, log.entries).leaves.filter(({ counted }) => counted?.node === lisbon);
    const [staying, gone] = held.map((_, first) => [...held.slice(first), ...held.slice(0, first)]).map((all) => [all.slice(0, 10), all.slice(10)])
      .find(([stay]) => numberOf(census.k, new Set(stay.map(({ counted }) => counted.salt))) === null);
    await revoke(...gone);
    await monthsLater(2, { revoke: 9 });
    await revoke(staying[0]);
    await becomeMember(server, { claims: { display_name: 'Somebody' } });
    await monthsLater(3, { revoke: 10, issue: 29 });
  });
  after(async () => {
    today();
    await browser?.close();
    await server?.stop();
  });

  it('is named by the log, at a checkpoint of it, each of the three', () => {
    const entries = log.entries.map((entry) => JSON.parse(entry));
    assert.deepEqual(entries.filter(({ act }) => act === 'take-census').map(({ record }) => [record.subject, record.detail]), series.map(({ jwt }, at) => [`${at + 1}`, digestOf(jwt)]));
    for (const { census: { acts, checkpoint } } of series) {
      const until = entries.slice(0, checkpoint.size).map(({ act }) => act);
      assert.deepEqual(acts, Object.fromEntries([...new Set(until)].sort().map((act) => [act, until.filter((one) => one === act).length])));
      assert.equal(rootOf(log.entries.slice(0, checkpoint.size).map(leafHash)).toString('base64'), checkpoint.root);
    }
    assert.deepEqual(series.map(({ census }) => census.acts.revoke ?? 0), [0, 9, 10]);
  });

  it('says what an auditor counts from the leaves, and nothing else, in three that follow each other', () => {
    const { censuses, leaves } = openLeaves(file, log.entries);
    assert.deepEqual(censuses, series.map(({ jwt }) => jwt));
    assert.deepEqual(countAgain(leaves, censuses), censuses.map(cellsOf));
    for (const { census } of series) assert.deepEqual(census.cells, census.cells.map(({ type, node, at_least }) => ({ type, node, at_least, suppressed: at_least === null })));
  });

  it('tells nothing of nine who go: the number stays until ten have gone, and nobody who is left is lost', () => {
    const shown = series.map(({ census }) => census.cells.filter(({ at_least }) => at_least !== null).map(({ type, node, at_least }) => [type, node, at_least]));
    const nineteen = [['membership', lisbon, 10]];
    assert.deepEqual(shown, [nineteen, nineteen, [['membership', 'elsewhere', 10]]]);
  });

  it('can\'t be counted from leaves that are kept back, or that say another thing', () => {
    const lines = file.trim().split('\n');
    assert.throws(() => openLeaves(lines.slice(0, -1).join('\n'), log.entries), /is not opened/);
    const change = (alter) => {
      const line = JSON.parse(lines[1]);
      alter(line);
      return [lines[0], JSON.stringify(line), ...lines.slice(2)].join('\n');
    };
    assert.throws(() => openLeaves(change((line) => { line.counts = line.counts.replace('membership', 'residency'); }), log.entries), /counts another/);
    assert.throws(() => openLeaves(change((line) => { line.record = line.record.replace('"issue"', '"revoke"'); }), log.entries), /is another/);
  });

  it('goes by steps, offset by who is counted', () => {
    const people = (count) => new Set(Array.from({ length: count }, (_, one) => `${count} ${one}`));
    for (let count = 0; count < 60; count++) {
      const number = numberOf(10, people(count));
      assert.ok(number === null ? count < 19 : number % 10 === 0 && number >= 10 && number <= count && number > count - 19);
    }
  });

  for (const [where, { rtl, ...options }] of Object.entries(WAYS)) {
    browserTest(`is a page without a barrier, ${where}`, async () => {
      const { page, faults, close } = await openPage(browser, options);
      try {
        const look = await lookerAt(page, where);
        await page.goto(`${server.issuer}/census`);
        await says(page, /How it is counted/);
        await says(page, /10 or more/);
        await look('census');
        assert.deepEqual(faults, []);
      } finally {
        await close();
      }
    });
  }
});
