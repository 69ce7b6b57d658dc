// A real PostgreSQL on 127.0.0.1, in a folder of its own, with its durability left on.
import { spawnSync } from 'node:child_process';
import { accessSync, appendFileSync, constants, existsSync, readdirSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
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
  /** Makes an empty database; the connection string. */
  const create = (name) => {
    run('createdb', '--host', '127.0.0.1', '--port', String(port), '--username', 'postgres', name);
    return `Host=127.0.0.1;Port=${port};Username=postgres;Database=${name}`;
  };
  return {
    connection: create('netid'),
    create,
    stop() {
      pgCtl('--mode', 'immediate', 'stop');
      rmSync(folder, { recursive: true, force: true });
    },
    /** As when the machine loses its power, and comes back. */
    crash() {
      pgCtl('--mode', 'immediate', 'stop');
      pgCtl('start');
    },
  };
}

let shared, databases = 0;

/** An empty database of a PostgreSQL that this process starts once and ends with itself; the connection string. */
export async function freshDatabase() {
  shared ??= startPostgres().then((postgres) => {
    process.once('exit', () => postgres.stop());
    return postgres;
  });
  return (await shared).create(`nation${++databases}`);
}
