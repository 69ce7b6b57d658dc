// The page that checks a credential serves everyone, and the commands of docs/governments.md do what it says, as they stand there: only addresses are those of this machine.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { browserTest, openBrowser, openPage, says } from './lib/browser.mjs';
import { snippet } from './lib/documents.mjs';
import { fits, noBarrier, PHONE, tabTo } from './lib/pages.mjs';
import { startServer } from './lib/server.mjs';
import { present } from './lib/proofs.mjs';
import { becomeMember, download, newHolder, takeDocument } from './lib/story.mjs';

const SCREENS = { 'on a desktop': {}, 'on a desktop in the dark': { colorScheme: 'dark' }, 'on a phone': PHONE, 'on a phone in the dark': { ...PHONE, colorScheme: 'dark' } };

describe('docs/governments.md', () => {
  let server, browser, ada, folder, holder, membership;
  before(async () => {
    server = await startServer();
    browser = await openBrowser();
    ada = await becomeMember(server);
    folder = await mkdtemp(join(tmpdir(), 'netid-verify-'));
    await writeFile(join(folder, 'netid'), `#!/bin/sh\nexec dotnet exec ${process.env.NETID_DLL} "$@" --local\n`);
    await chmod(join(folder, 'netid'), 0o755);
    await writeFile(join(folder, 'credential.json'), JSON.stringify({ credential: ada.credential }));
    holder = await newHolder();
    membership = await takeDocument(server, ada.memberId, holder);
    await writeFile(join(folder, 'membership.json'), JSON.stringify(membership));
    const [file] = await download(server, ada, 'membership');
    await writeFile(join(folder, 'membership.vc.jwt'), file.text);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    if (folder) await rm(folder, { recursive: true });
  });

  /** Runs a block of the page in a folder that has nothing of the nation. */
  const run = async (words, replace = {}) => {
    const list = JSON.parse(Buffer.from(ada.credential.split('.')[1], 'base64url')).status.status_list.uri.split('/').at(-1);
    const text = (await snippet('sh', words, 'governments')).replaceAll(/https:\/\/nation\.example|http:\/\/localhost:5080/g, server.issuer).replaceAll('/LIST', `/${list}`).replaceAll('PASTE IT HERE', ada.credential).replaceAll(/\b(NOTIFICATION|MOMENT|DID)\b/g, (name) => replace[name] ?? name);
    return promisify(execFile)('sh', ['-e', '-c', text], { cwd: folder, env: { ...process.env, PATH: `${folder}:${process.env.PATH}` } });
  };

  it('checks a credential by a program', async () => {
    const report = JSON.parse((await run('PASTE IT HERE')).stdout);
    assert.equal(report.verdict, 'accepted');
    assert.deepEqual(report.steps.at(-1), { step: 'holder', state: 'not_shown' });
  });

  it('checks a W3C credential by a program, in both its forms', async () => {
    const reports = (await run('--data @membership.json')).stdout.split(/(?<=})(?={)/).map((one) => JSON.parse(one));
    assert.deepEqual(reports.map(({ verdict, format, type, claims }) => [verdict, format, type, claims.display_name]), [['accepted', 'ldp_vc', 'MembershipCredential', 'Ada Example'], ['accepted', 'vc+jwt', 'MembershipCredential', 'Ada Example']]);
  });

  it('checks a credential on a machine of one\'s own, with a network and without', async () => {
    assert.match((await run('credential.json --issuer')).stdout, /verdict +accepted/);
    const twice = /verdict +accepted[^]*format +ldp_vc[^]*verdict +accepted[^]*format +vc\+jwt/;
    assert.match((await run('membership.json --issuer')).stdout, twice);
    await run('-o did.jsonl');
    assert.match((await run('credential.json --offline')).stdout, /verdict +accepted/);
    assert.match((await run('membership.json --offline')).stdout, twice);

    // What was changed is refused there too: the command ends with 1, and the block with it.
    const changed = structuredClone(membership);
    changed.credentialSubject.display_name = 'Eve Example';
    await writeFile(join(folder, 'membership.json'), JSON.stringify(changed));
    try {
      for (const words of ['membership.json --issuer', 'membership.json --offline']) await assert.rejects(run(words), ({ code, stdout }) => code === 1 && /verdict +refused/.test(stdout));
    } finally {
      await writeFile(join(folder, 'membership.json'), JSON.stringify(membership));
    }
  });

  it('keeps evidence, and answers of a moment by it alone', async () => {
    const replace = { NOTIFICATION: ada.taken.credentialResponse.notification_id, DID: JSON.parse((await readFile(join(folder, 'did.jsonl'), 'utf8')).trim().split('\n').at(-1)).state.id };
    assert.match((await run('netid evidence', replace)).stdout, /written +evidence\.json[^]*verdict +accepted/);
    const { stdout } = await run('evidence.json --offline', { ...replace, MOMENT: new Date().toISOString() });
    assert.match(stdout, /verdict +accepted[^]*did +held/);
    await assert.rejects(run('evidence.json --offline', { ...replace, MOMENT: '2020-01-01T00:00:00Z' }), ({ code, stdout: words }) => code === 1 && /not_yet_valid/.test(words));
  });

  for (const [where, options] of Object.entries(SCREENS)) {
    browserTest(`the page has no barrier that axe finds ${where}: empty, person not proven, refused, could not be checked, from the right`, async () => {
      const { page, faults, close } = await openPage(browser, { ...options, javaScriptEnabled: true });
      const bob = await becomeMember(server);
      const look = async (state, words) => {
        await says(page, words);
        await noBarrier(page, state);
        await fits(page);
        if (process.env.NETID_PICTURES) await page.screenshot({ path: join(process.env.NETID_PICTURES, `verify ${state} ${where}.png`), fullPage: true });
      };
      const paste = async (text) => {
        await page.getByLabel('Paste the credential').fill(text);
        await page.getByRole('button', { name: 'Check it' }).click();
      };
      try {
        await page.goto(`${server.issuer}/verify`);
        await look('empty', /No account is needed/);
        await paste(bob.credential);
        await look('person', /Signature right, person not proven/);
        await page.evaluate(() => document.documentElement.setAttribute('dir', 'rtl'));
        await look('from the right', /person not proven/);
        await paste(bob.credential.slice(0, -30) + '~');
        await look('refused', /Not accepted/);
        await paste(JSON.stringify({ '@context': ['https://www.w3.org/ns/credentials/v2'], type: ['EnvelopedVerifiableCredential'], id: 'data:application/vc+cose;base64,AAAA' }));
        await look('undetermined', /Could not be checked/);

        // Shown by one holder, and by two.
        const [domain, challenge] = ['https://office.example', '17'];
        const answer = async (shown) => {
          await page.getByText('You gave the holder a challenge').click();
          await page.getByLabel('Challenge').fill(challenge);
          await page.getByLabel('Domain').fill(domain);
          await paste(JSON.stringify(shown));
        };
        const other = await newHolder();
        const shown = await present(membership, holder, { domain, challenge });
        await answer(shown);
        await look('shown', /Genuine, and shown by its holder/);
        await answer([shown, await present(await takeDocument(server, bob.memberId, other), other, { domain, challenge })]);
        await look('shown by two', /shown by different holders[^]*number 1 of 2[^]*number 2 of 2/);

        assert.deepEqual(faults, []);

        // What is too long is said on a page.
        await page.goto(`${server.issuer}/verify`);
        await page.getByLabel('Or choose a file').setInputFiles({ name: 'long.json', mimeType: 'application/json', buffer: Buffer.alloc(2_000_000, 'a') });
        await page.getByRole('button', { name: 'Check it' }).click();
        await look('too long', /512 KiB are taken here/);
        assert.deepEqual(faults.filter((fault) => !fault.includes('status of 413')), []);
      } finally {
        await close();
      }
    });
  }

  browserTest('the page takes a file without any script, and is used by keyboard alone', async () => {
    const { page, close } = await openPage(browser, { javaScriptEnabled: false });
    try {
      await page.goto(`${server.issuer}/verify`);
      await page.getByLabel('Or choose a file').setInputFiles(join(folder, 'credential.json'));
      await page.getByRole('button', { name: 'Check it' }).press('Enter');
      await says(page, /person not proven/);
    } finally {
      await close();
    }

    const { page: scripted, close: end } = await openPage(browser);
    try {
      await scripted.goto(`${server.issuer}/verify`);
      assert.ok((await tabTo(scripted, (element) => element.name === 'Check it')).visible);
    } finally {
      await end();
    }
  });
});
