// Authlib for Python, as docs/partners.md tells its readers: the app of that page, word by word.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { snippet } from './lib/documents.mjs';
import { Person, registerMetadata } from './lib/person.mjs';
import { eventually, freePort, startServer } from './lib/server.mjs';
import { becomeMember } from './lib/story.mjs';

const python = ['/usr/bin/python3', 'python3'].find((command) => {
  try { execFileSync(command, ['-c', 'import authlib, flask, requests'], { stdio: 'ignore' }); return true; } catch { return false; }
});

describe('Authlib', () => {
  test('signs a member in with the lines of docs/partners.md', { skip: python ? false : 'Authlib for Python is absent' }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'netid-authlib-'));
    const server = await startServer();
    const port = await freePort();
    let app, person;
    try {
      const { client_id, client_secret } = await registerMetadata(server, { client_name: 'Python', redirect_uris: [`http://127.0.0.1:${port}/callback`] });
      await writeFile(join(folder, 'app.py'), await snippet('python'));
      app = spawn(python, ['-m', 'flask', 'run', '--port', String(port)], {
        cwd: folder, stdio: ['ignore', 'ignore', 'pipe'],
        env: { PATH: process.env.PATH, HOME: folder, NATION: server.issuer, CLIENT_ID: client_id, CLIENT_SECRET: client_secret, APP_SECRET: 'a long secret of this app' },
      });
      let said = '';
      app.stderr.on('data', (chunk) => (said += chunk));
      await eventually('the app answers', () => fetch(`http://127.0.0.1:${port}/`, { redirect: 'manual' }), 90).catch((error) => { throw new Error(`${error.message}: ${said}`); });
      person = new Person(await becomeMember(server));
      const page = await person.go(`http://127.0.0.1:${port}/`);
      assert.equal(page.status, 200, `${page.text} ${said}`);
      const member = JSON.parse(page.text);
      assert.match(member.sub, /^[\w-]{43}$/);
      assert.ok(member.membership.tier);
    } finally {
      await person?.close();
      app?.kill('SIGTERM');
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
