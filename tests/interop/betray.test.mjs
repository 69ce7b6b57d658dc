// One person with every password: a steward of everything, who has the machine and the database. In a governed nation nothing follows from it, or it shows.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { besidesRefusals, openHere, press, take } from './lib/browser-wallet.mjs';
import { chromiumPath, openBrowser, openPage, says } from './lib/browser.mjs';
import { daysLater, fakeTime, today } from './lib/clock.mjs';
import { lookerAt, tabTo, WAYS } from './lib/pages.mjs';
import { startServer } from './lib/server.mjs';
import { becomeMember } from './lib/story.mjs';

const CHARTER = new URL('../../docs/charters/co-living.json', import.meta.url);
const ANOTHER = fileURLToPath(new URL('../../docs/charters/fifty-thousand.json', import.meta.url));
const missing = [chromiumPath ? null : 'chromium', fakeTime ? null : 'faketime'].find(Boolean);
const WAY = 'on a phone from right to left, in the dark, with forced colours';
const { rtl, ...OPTIONS } = WAYS[WAY];

describe('One person who has every password', { skip: missing ? `${missing} is not installed` : false }, () => {
  let server, browser, ana, fay, last;
  before(async () => {
    server = await startServer({ wallet: true });
    browser = await openBrowser();
    const charter = JSON.parse(await readFile(CHARTER, 'utf8'));
    for (const rule of Object.values(charter.acts)) delete rule.prove_again; // desk.test.mjs has that
    const file = join(server.directory, 'charter.json');
    await writeFile(file, JSON.stringify(charter));
    await server.run('charter', 'adopt', file);

    // Five stewards of everything, one of whom is the administrator; after a hundred days the founding phase ends.
    ana = await openPage(browser, OPTIONS);
    ana.memberId = (await take(ana.page, server, { claims: { display_name: 'Ana' } })).member_id;
    const others = [];
    for (const name of ['Ben', 'Cyd', 'Dee', 'Eve']) others.push(await becomeMember(server, { claims: { display_name: name } }));
    fay = await becomeMember(server, { claims: { display_name: 'Fay' } });
    last = new Date(Date.now() + 300 * 86_400_000).toISOString().slice(0, 10);
    for (const { memberId } of [ana, ...others]) await server.netid('member', 'appoint', memberId, ...Object.keys(charter.acts).flatMap((act) => ['--act', act]), '--until', last);
    await daysLater(100, server, ana.context);
    await server.run('charter', 'end-founding', '--yes');
  });
  after(async () => {
    today();
    await browser?.close();
    await server?.stop();
  });

  it('decides nothing by command', async () => {
    const credential = await server.credentialOf(fay.memberId);
    const before = await standing();
    for (const command of [
      ['offer', 'membership'], ['credential', 'revoke', credential, '--reason', 'Because.'], ['member', 'appoint', fay.memberId, '--act', 'admit', '--until', last],
      ['charter', 'adopt', ANOTHER], ['charter', 'end-founding', '--yes'],
    ]) {
      await assert.rejects(server.run(...command), (error) => error.code === 1 && error.stderr.startsWith('mandate_missing: '), command.join(' '));
    }

    assert.deepEqual(await standing(), before);
  });

  it('decides nothing at the desk, and what they try is there for everyone who decides', async () => {
    const before = await standing();
    const look = await lookerAt(ana.page, WAY);
    await ana.page.goto(`${server.issuer}/desk`);
    await openHere(ana.page).click();
    await press(ana.page, 'Show it');
    await ana.page.waitForURL(`${server.issuer}/desk`);
    await look('betray-desk');
    const tried = [
      ['revoke', { 'The member’s id': fay.memberId, Reasons: 'Because.' }], ['add_node', { 'Its name': 'Theirs', 'Where it is': 'Everywhere' }],
      ['rotate_keys', { Reasons: 'Because.' }], ['change_charter', { 'The whole charter, as JSON': await readFile(ANOTHER, 'utf8') }],
    ];
    for (const [act, fields] of tried) {
      await ana.page.goto(`${server.issuer}/desk/propose/${act}`);
      for (const [label, value] of Object.entries(fields)) await ana.page.getByLabel(label, { exact: true }).fill(value);
      if (act === 'change_charter') await press(ana.page, 'Show what it changes');
      await press(ana.page, 'Propose');
      await says(ana.page, /1 of [345]/);

      // One person counts once: there is nothing more to press, and the form sent again changes nothing.
      assert.equal(await ana.page.getByRole('button', { name: 'Approve', exact: true }).count(), 0);
      if (act === 'revoke') await look('betray-alone');
      await tabTo(ana.page, (element) => element.name === 'Take my approval back');
    }

    // About oneself one proposes nothing that one could decide.
    await ana.page.goto(`${server.issuer}/desk/propose/appoint`);
    await ana.page.getByLabel('The member’s id', { exact: true }).fill(ana.memberId);
    await ana.page.getByLabel('Revoke a membership').check();
    await ana.page.getByLabel('Until and with the day').fill(last);
    await press(ana.page, 'Propose');
    await says(ana.page, /Nothing was proposed/);
    assert.deepEqual(await standing(), before);
    assert.deepEqual(besidesRefusals(ana.faults), []);
    const { stdout } = await server.run('audit', 'verify');
    assert.match(stdout, /\S/);
  });

  it('and what is written into the database by hand shows', async () => {
    await server.run('audit', 'verify');
    await server.halt();
    await write("INSERT INTO approval (decision_id, member_id, approved_at) SELECT d.id, m.id, 1 FROM decision d, member m WHERE d.act = 'add_node' AND m.id NOT IN (SELECT member_id FROM approval)");
    await assert.rejects(server.run('audit', 'verify'), (error) => /an approval that no leaf speaks of/.test(error.stdout + error.stderr));
    await write("DELETE FROM approval WHERE approved_at = 1");
    await write("UPDATE nation SET phase = 'founding'");
    await assert.rejects(server.run('audit', 'verify'), (error) => /that the founding phase is over/.test(error.stdout + error.stderr));
    await write("UPDATE nation SET phase = 'governed'");
    await server.run('audit', 'verify');
  });

  /** Who belongs, who decides, where and by what, as the command line tells it. */
  async function standing() {
    return Promise.all(['member', 'credential', 'node'].map((noun) => server.list(noun)));
  }

  /** Writes with another program than ours. */
  async function write(sql) {
    const file = (await readdir(server.directory, { recursive: true })).find((name) => name.endsWith('.db'));
    const program = 'import sqlite3, sys\nwith sqlite3.connect(sys.argv[1]) as base: base.execute(sys.argv[2])';
    await new Promise((resolve, reject) => execFile('python3', ['-c', program, join(server.directory, file), sql], (error) => (error ? reject(error) : resolve())));
  }
});
