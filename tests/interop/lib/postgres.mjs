// A real PostgreSQL on 127.0.0.1, in a folder of its own, with its durability left on.
import { spawnSync } from 'node:child_process';
import { accessSync, appendFileSync, constants, existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from './server.mjs';

const DEBIAN = '/usr/lib/postgresql';

/** The first folder of `folders` that has the program; undefined where none has. */
export const folderOf = (program, folders = (process.env.PATH ?? '').split(delimiter)) => folders.find((folder) => {
  try { accessSync(join(folder, program), constants.X_OK); return true; } catch { return false; }
});

const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).map((version) => join(DEBIAN, version, 'bin')) : [];
const binaries = folderOf('initdb', [...versions, ...(process.env.PATH ?? '').split(delimiter)]);

/** The reason to skip what needs PostgreSQL; false where it is there. */
export const withoutPostgres = binaries ? false : 'PostgreSQL is absent';

/** Starts one with an empty database. */
export async function startPostgres() {
  const folder = await mkdtemp(join(tmpdir(), 'netid-pg-'));
  const data = join(folder, 'data');
  const port = await freePort();
  const root = process.getuid() === 0;

  // The server keeps what it inherits open, so it gets no pipe of ours; and it does not run as root.
  const run = (program, ...args) => {
    const [command, ...rest] = [...(root ? ['runuser', '-u', 'postgres', '--'] : []), join(binaries, program), ...args];
    const { status, error } = spawnSync(command, rest, { cwd: '/', stdio: 'ignore' });
    if (status !== 0) throw error ?? new Error(`${program} ${args.join(' ')} ended with ${status}`);
  };
  if (root) spawnSync('chown', ['postgres', folder]);
  run('initdb', '--pgdata', data, '--username', 'postgres', '--auth', 'trust', '--encoding', 'UTF8', '--no-instructions');
  appendFileSync(join(data, 'postgresql.conf'), `listen_addresses = '127.0.0.1'\nport = ${port}\nunix_socket_directories = '${folder}'\n`);
  const pgCtl = (...args) => run('pg_ctl', '--pgdata', data, '--wait', '--silent', '--log', join(folder, 'log'), ...args);
  pgCtl('start');
  run('createdb', '--host', '127.0.0.1', '--port', String(port), '--username', 'postgres', 'netid');
  return {
    connection: `Host=127.0.0.1;Port=${port};Username=postgres;Database=netid`,
    /** As when the machine loses its power, and comes back. */
    crash() {
      pgCtl('--mode', 'immediate', 'stop');
      pgCtl('start');
    },
    async stop() {
      pgCtl('--mode', 'immediate', 'stop');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
