// Two nations, two servers: what one recognises is accepted there, for that and as long. Its register, and the report that it signs, are looked at in a browser; and a stranger checks both with jose alone, as docs/governments.md says.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { browserTest, openBrowser, openPage, says } from './lib/browser.mjs';
import { snippet } from './lib/documents.mjs';
import { lookerAt, WAYS } from './lib/pages.mjs';
import { eventually, startServer } from './lib/server.mjs';
import { checkCredential } from './lib/verifying.mjs';
import { addressOf, bundleOf, decide, newRequest, present } from './lib/station.mjs';
import { becomeMember, newHolder, takeDocument } from './lib/story.mjs';

const run = promisify(execFile);
const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

describe('Two nations', () => {
  let here, there, browser, bob, document, folder;
  before(async () => {
    [here, there] = await Promise.all([startServer({ env: { NETID__Fetch__Loopback: 'true' } }), startServer()]);
    browser = await openBrowser();
    bob = await becomeMember(there);
    document = await takeDocument(there, bob.memberId, await newHolder());
    folder = await mkdtemp(join(tmpdir(), 'netid-recognise-'));
    await symlink(new URL('node_modules', import.meta.url).pathname, join(folder, 'node_modules'));
    await writeFile(join(folder, 'root.pem'), await here.exportRoot());
  });
  after(async () => {
    await browser?.close();
    await here?.stop();
    await there?.stop();
    if (folder) await rm(folder, { recursive: true });
  });

  const verify = async (credential, more = {}) =>
    (await here.fetch(`${here.issuer}/verify`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ credential, ...more }) })).json();

  /** What the page's own program prints of a signed text. */
  const read = async (text, typ = 'verification-report+jwt') => {
    await writeFile(join(folder, 'verification-report.jwt'), `${text}\n`);
    await writeFile(join(folder, 'check.mjs'), (await snippet('js', 'jwtVerify', 'governments')).replace('https://nation.example', here.issuer).replace('verification-report+jwt', typ));
    return JSON.parse((await run(process.execPath, ['check.mjs'], { cwd: folder })).stdout);
  };

  const recognise = async (...types) => here.netid('recognition', 'add', '--direction', 'by_us', '--name', 'The Republic of Aurora', '--issuer', there.issuer, '--did', (await there.netid('did', 'show')).did,
    ...types.flatMap((type) => ['--type', type]), '--scope', 'Members of any tier, as visitors.', '--basis', 'Treaty of 1 June 2026, article 3', '--basis-url', 'https://law.example/treaty', '--from', day(-1), '--until', day(300));

  it('accept each other\'s credentials while they recognise each other, and no longer', async () => {
    const reasons = async () => [(await verify(bob.credential)).reason, (await verify(document)).reason];
    assert.deepEqual(await reasons(), ['issuer_not_trusted', 'issuer_not_trusted']);
    const other = await recognise('residency', 'reputation');
    assert.deepEqual(await reasons(), ['issuer_not_trusted', 'issuer_not_trusted']);
    await here.netid('recognition', 'end', other.id);

    // By another process than the server: the next check knows it.
    const { id } = await recognise('membership');
    for (const credential of [bob.credential, document]) {
      const answer = await verify(credential);
      assert.equal(answer.verdict, 'accepted', JSON.stringify(answer));
      const [one] = (await read(answer.report)).credentials;
      assert.deepEqual([one.rests_on.trust, one.rests_on.recognitions.map((by) => [by.id, by.basis_url])], ['recognition', [[id, 'https://law.example/treaty']]]);
    }

    await here.netid('recognition', 'end', id);
    assert.deepEqual(await reasons(), ['issuer_not_trusted', 'issuer_not_trusted']);
    const { recognitions } = await (await here.fetch(`${here.issuer}/recognitions.json`)).json();
    assert.deepEqual(recognitions.map(({ state }) => state), ['ended', 'ended']);
    const said = await read(recognitions[1].statement, 'recognition+jwt');
    assert.deepEqual([said.id, said.state, said.digest], [id, 'ended', recognitions[1].digest]);
  });

  it('a station without a network knows a member of the other by its certificates and lists, tells apart who was revoked there, and takes nobody past the last day', async () => {
    const [carl, dora] = [await becomeMember(there), await becomeMember(there)];
    await here.run('node', 'add', '--name', 'Lisbon', '--region', 'Somewhere');
    const other = await recognise('membership');
    const judge = async (member, { bundle }, { now = Date.now() } = {}) => {
      const request = { ...newRequest(bundle.claims, 'Lisbon', now), at: now };
      const presentation = await present(member, here.issuer, request, { iat: Math.floor(now / 1000) });
      const known = await checkCredential(presentation, bundle.known, { challenge: { nonce: request.nonce, audience: `redirect_uri:${here.issuer}/station/answer` }, now, listsAt: bundle.claims.iat * 1000 });
      const { light, reason } = await decide(addressOf(here.issuer, request, presentation), { bundle, node: 'Lisbon', requests: [request], spent: new Set(), here: async () => false, now });
      return [known.outcome, known.reason, light, reason];
    };
    try {
      let told;
      await eventually('the bundle has the other nation and its lists', async () => (told = await bundleOf(here)).bundle.claims.issuers.length === 2 && (await judge(carl, told))[0] === 'accepted', 120); // who did not say all is asked again in half a minute
      assert.deepEqual(await judge(carl, told), ['accepted', null, 'ask', 'other_nation']);
      assert.deepEqual(await judge(dora, told), ['accepted', null, 'ask', 'other_nation']);

      // Past the last day, by a certificate that its DID does not have, and for another type.
      const [, aurora] = told.bundle.claims.issuers;
      assert.deepEqual([aurora.issuer, aurora.recognition.id], [there.issuer, other.id]);
      const issuers = (changes) => new Map(told.bundle.known.issuers).set(there.issuer, { ...told.bundle.known.issuers.get(there.issuer), ...changes });
      for (const wrong of [{ until: Date.now() - 1 }, { leaves: [] }, { types: [] }]) {
        assert.deepEqual((await judge(carl, { bundle: { ...told.bundle, known: { ...told.bundle.known, issuers: issuers(wrong) } } })).slice(2), ['refuse', 'other_issuer']);
      }
      const until = told.bundle.known.issuers.get(there.issuer).until;
      assert.deepEqual([until, told.bundle.known.issuers.get(here.issuer).until], [aurora.recognition.until * 1000, undefined]);
      assert.notEqual((await judge(carl, told, { now: until - 1000 }))[1], 'issuer_not_trusted');
      assert.equal((await judge(carl, told, { now: until }))[1], 'issuer_not_trusted');

      // What is revoked there is refused here once the bundle was made anew.
      await there.netid('credential', 'revoke', await there.credentialOf(dora.memberId), '--reason', 'for the test');
      const tokenOf = ({ bundle }) => bundle.claims.lists.find(({ uri }) => uri.startsWith(`${there.issuer}/`)).token;
      await eventually('the other nation says it', async () => tokenOf(await bundleOf(there)) !== tokenOf(told));
      await here.halt();
      await here.start();
      await eventually('the bundle says it', async () => (told = await bundleOf(here)).bundle.claims.issuers[1]?.roots.length > 0 && (await judge(dora, told))[0] !== 'undetermined', 120);
      assert.deepEqual(await judge(dora, told), ['refused', 'revoked', 'refuse', 'revoked']);
      assert.deepEqual((await judge(carl, told)).slice(2), ['ask', 'other_nation']);
    } finally {
      await here.netid('recognition', 'end', other.id);
    }
  });

  it('sign reports that jose checks with the nation\'s root, and that nobody else signs', async () => {
    const ada = await becomeMember(here);
    const { report } = await verify(ada.credential);
    const signed = await read(report);
    assert.deepEqual([signed.iss, signed.verdict, signed.credentials[0].digest], [here.issuer, 'accepted', await digestOf(ada.credential)]);
    assert.ok(signed.credentials[0].does_not_say.some((sentence) => /not a nationality/.test(sentence)));
    assert.doesNotMatch(JSON.stringify(signed), /Ada Example/);
    assert.equal((await read((await verify(ada.credential, { include_claims: true })).report)).credentials[0].claims.display_name, 'Ada Example');

    // Refused and undetermined are signed as that.
    assert.equal((await read((await verify(bob.credential)).report)).verdict, 'refused');

    // Another nation's, a credential's key, and a changed word.
    const theirs = await (await there.fetch(`${there.issuer}/verify`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: bob.credential })).json();
    const [head, body, signature] = report.split('.');
    const changed = Buffer.from(JSON.stringify({ ...signed, verdict: 'refused' })).toString('base64url');
    for (const wrong of [theirs.report, ada.credential.split('~')[0], `${head}.${changed}.${signature}`, `${head}.${body}.${signature.slice(0, -4)}AAAA`]) await assert.rejects(read(wrong), /Error/);
  });

  for (const where of Object.keys(WAYS)) {
    browserTest(`${where}: the register, and a report with what it rests on, have no barrier that axe finds; the report is saved without a script`, async () => {
      const { rtl, ...options } = WAYS[where];
      const { page, faults, close } = await openPage(browser, options);
      const ofUs = await here.netid('recognition', 'add', '--direction', 'of_us', '--name', 'Ministry of the Interior of Exampleland', '--type', 'membership', '--type', 'residency', '--scope', 'Proof of belonging at municipal libraries.',
        '--basis', 'Ordinance 17/2026 on community credentials, section 4', '--basis-url', 'https://law.example/17-2026', '--from', day(-30), '--until', day(335));
      const byUs = await recognise('membership');
      try {
        const look = await lookerAt(page, where);
        await page.goto(`${here.issuer}/recognitions`);
        await says(page, /Ministry of the Interior[^]*The Republic of Aurora[^]*Over/);
        await look('recognitions');
        if (where === 'on a desktop') await picture(page, 'recognitions', 'Recognitions', 'Over');
        const ada = await becomeMember(here);
        await page.goto(`${here.issuer}/verify`);
        await page.getByLabel('Paste the credential').fill(ada.credential);
        await page.getByRole('button', { name: 'Check it' }).click();
        await says(page, /What it rests on[^]*Ministry of the Interior[^]*What it does not say[^]*not a nationality/);
        await look('report');
        if (where === 'on a desktop') await picture(page, 'verify-report', 'What was checked', 'Check another');
        await page.goto(`${here.issuer}/verify`);
        await page.getByLabel('Paste the credential').fill(bob.credential);
        await page.getByRole('button', { name: 'Check it' }).click();
        await says(page, /This nation has recognised it[^]*The Republic of Aurora/);
        await look('recognised');
        assert.deepEqual(faults, []);
      } finally {
        await here.netid('recognition', 'end', byUs.id);
        await here.netid('recognition', 'end', ofUs.id);
        await close();
      }
    });
  }

  browserTest('the register says in sight for what, on which legal basis and from when until when, of one in force and of one that was ended', async () => {
    const { page, close } = await openPage(browser, {});
    const ministry = { name: 'Ministry of Culture', scope: 'Entry to museums.', basis: 'Ordinance 3/2026', url: 'https://law.example/3', from: day(-9), until: day(99) };
    const office = { name: 'Office that was', scope: 'Entry to archives.', basis: 'Ordinance 4/2026', url: 'https://law.example/4', from: day(-40), until: day(77) };
    const add = ({ name, scope, basis, url, from, until }) =>
      here.netid('recognition', 'add', '--direction', 'of_us', '--name', name, '--type', 'residency', '--scope', scope, '--basis', basis, '--basis-url', url, '--from', from, '--until', until);
    const read = async (part, { name }) => {
      const facts = page.locator(`h2:text-is("${part}") ~ h3:has-text("${name}") + dl`);
      return facts.evaluate((list) => Object.fromEntries([...list.querySelectorAll('dt')].map((term) => [term.innerText, term.nextElementSibling.innerText.replaceAll(/\s+/g, ' ')])));
    };
    const [current, gone] = [await add(ministry), await add(office)];
    try {
      await here.netid('recognition', 'end', gone.id);
      await page.goto(`${here.issuer}/recognitions`);
      await says(page, /Ministry of Culture[^]*Over[^]*Office that was/);
      const [inForce, over] = [await read('Who recognises this nation', ministry), await read('Over', office)];
      for (const [one, { scope, basis, from, until }] of [[inForce, ministry], [over, office]]) {
        assert.deepEqual([one['Taken for'], one['Legal basis'], one['For which credentials']], [scope, basis, 'Residency']);
        assert.ok(one['In force'].startsWith(`From ${from} until and with ${until}`), one['In force']);
      }
      assert.equal(inForce['In force'], `From ${ministry.from} until and with ${ministry.until}.`);
      assert.match(over['In force'], /, but ended before\. Ended: \d+ [A-Z][a-z]+ \d{4}, \d\d:\d\d UTC$/);
      for (const { basis, url } of [ministry, office]) assert.equal(await page.getByRole('link', { name: basis }).getAttribute('href'), url);
    } finally {
      await here.netid('recognition', 'end', current.id);
      await close();
    }
  });

  browserTest('the signed report is saved by keyboard, without any script', async () => {
    const { page, close } = await openPage(browser, { javaScriptEnabled: false, acceptDownloads: true });
    try {
      const ada = await becomeMember(here);
      await page.goto(`${here.issuer}/verify`);
      await page.getByLabel('Paste the credential').fill(ada.credential);
      await page.getByRole('button', { name: 'Check it' }).press('Enter');
      const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Save the signed report' }).press('Enter')]);
      assert.equal(file.suggestedFilename(), 'verification-report.jwt');
      assert.equal((await read(await readFile(await file.path(), 'utf8'))).credentials[0].digest, await digestOf(ada.credential));
    } finally {
      await close();
    }
  });
});

/** A page from one heading to another, for docs/, where pictures are asked for. */
async function picture(page, name, from, to) {
  if (!process.env.NETID_PICTURES) return;
  const [top, bottom] = await Promise.all([from, to].map(async (words) => (await page.getByRole('heading', { name: words, exact: true }).boundingBox()).y));
  await page.screenshot({ path: join(process.env.NETID_PICTURES, `${name}.jpg`), type: 'jpeg', quality: 70, fullPage: true, clip: { x: 300, y: top - 24, width: 680, height: bottom - top }, scale: 'css' });
}

/** SHA-256 of what a token's issuer signed, as anyone can compute it. */
async function digestOf(credential) {
  const signed = credential.split('~')[0].split('.').slice(0, 2).join('.');
  return Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(signed))).toString('base64url');
}
