// The real server as a child process, and the command line beside it, in one fresh directory.
import { spawn, execFile } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, fetch as undiciFetch } from 'undici';

const START_SECONDS = 120;

// Below the ports that Linux gives to outgoing calls; each process begins elsewhere.
const LOWEST_PORT = 10_240, PORTS = 22_000;
let next = process.pid * 61;
const claimed = [];
process.once('exit', () => { for (const file of claimed) rmSync(file, { force: true }); });

/** No two processes of the tests have one port, also before it is listened on and while its server is halted. */
function claim(port) {
  const file = join(tmpdir(), `netid-port-${port}`);
  try {
    closeSync(openSync(file, 'wx'));
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  claimed.push(file);
  return true;
}

/** A TCP port of the loopback interface that nobody listens on now. Not one that the system gives out by itself: an outgoing call might have it before it is listened on. */
export async function freePort() {
  for (;;) {
    const port = LOWEST_PORT + (next++ % PORTS);
    const listener = createServer();
    const isFree = await new Promise((resolve) => listener.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true)));
    if (!isFree) continue;
    await new Promise((resolve) => listener.close(resolve));
    if (claim(port)) return port;
  }
}

const listens = (port) => new Promise((resolve, reject) => {
  const socket = connect({ host: 'localhost', port }, () => { socket.destroy(); resolve(); }).once('error', reject);
});

/** Asks `look` until it returns something truthy; throws with the last error, or `what`, after `seconds`. */
export async function eventually(what, look, seconds = 30) {
  const until = Date.now() + seconds * 1000;
  let last;
  for (;;) {
    const began = Date.now(); // a look may itself wait for what has gone meanwhile: after it comes another
    try {
      const found = await look();
      if (found) return found;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (began > until) throw new Error(`not within ${seconds} s: ${what}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/**
 * Starts a nation on its own port and file; with `wallet`, the wallet in the browser beside it, at a name of its own (`server.wallet`). With `tls` it
 * has a certificate of its operator's (the files' paths, and the PEM of the authority), is called `host` and listens on every interface; `fetch` finds
 * that name here. `hosts` is a file that stands for /etc/hosts in the server's own view of the machine, which takes root. `database` is a connection string;
 * with `listen`, the port it listens on, the server stands behind a balancer that has the issuer's. Where NETID_TEST_POSTGRES is set, a server that is given
 * no database has a fresh one of PostgreSQL.
 * @param {{ https?: boolean, production?: boolean, practice?: boolean, wallet?: boolean, host?: string, port?: number, hosts?: string, database?: string, listen?: number, tls?: { certificate: string, key: string, ca: string }, env?: Record<string, string> }} options
 */
export async function startServer({ https = false, production = false, practice = false, wallet = false, host = 'localhost', port, hosts, database, listen, tls, env = {} } = {}) {
  const dll = process.env.NETID_DLL;
  if (!dll) throw new Error('NETID_DLL must name the published server; tests/run sets it');
  if (process.env.NETID_TEST_POSTGRES) database ??= await (await import('./postgres.mjs')).freshDatabase();
  const directory = await mkdtemp(join(tmpdir(), 'netid-interop-'));
  port ??= await freePort();
  const issuer = `${https || tls ? 'https' : 'http'}://${host}:${port}`;
  const walletOrigin = wallet ? issuer.replace('//localhost', '//wallet.localhost') : undefined;
  const server = new Server(dll, directory, issuer, {
    PATH: process.env.PATH,
    HOME: directory,
    DOTNET_ROOT: process.env.DOTNET_ROOT ?? '',
    DOTNET_NOLOGO: '1',
    DOTNET_CLI_TELEMETRY_OPTOUT: '1',
    ASPNETCORE_ENVIRONMENT: production ? 'Production' : 'Development',
    NETID__Issuer: issuer,
    NETID__Urls: tls ? `https://*:${port}` : issuer,
    NETID__Practice__Enabled: String(practice),
    NETID__Drain__Seconds: '0', // Nobody balances here, and nobody is waited for.
    ...(database ? { NETID__Storage__ConnectionString: database } : {}),
    ...(listen ? { NETID__Urls: `http://localhost:${listen}` } : {}),
    ...(https ? { NETID__Tls__Development: 'true' } : {}),
    ...(wallet ? { NETID__Wallet__Url: walletOrigin } : {}),
    ...(practice ? { NETID__Practice__Library: `http://library.localhost:${await freePort()}`, NETID__Practice__Door: `http://door.localhost:${await freePort()}` } : {}),
    ...(tls ? { NETID__Tls__Certificate: tls.certificate, NETID__Tls__Key: tls.key } : {}),
    ...env,
  });
  server.wallet = walletOrigin;
  server.hosts = hosts;
  server.address = listen ? `http://localhost:${listen}` : issuer;
  if (tls) server.trust(tls.ca);
  if (!production) await server.start();
  return server;
}

class Server {
  #dispatcher;

  constructor(dll, directory, issuer, env) {
    Object.assign(this, { dll, directory, issuer, env, log: '' });
    this.fetch = (url, init) => undiciFetch(url, { ...init, dispatcher: this.#dispatcher });
  }

  /** Runs `serve` and waits until discovery answers. With https the nation's own root becomes trusted by `fetch`. */
  async start() {
    const [program, ...args] = this.hosts
      ? ['unshare', '--mount', 'sh', '-c', 'mount --bind "$1" /etc/hosts && shift && exec "$@"', 'sh', this.hosts, 'dotnet', this.dll, 'serve']
      : ['dotnet', this.dll, 'serve'];
    this.child = spawn(program, args, { cwd: this.directory, env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on('data', (chunk) => (this.log += chunk));
    this.exited = new Promise((resolve) => this.child.once('exit', (code, signal) => resolve(code ?? signal)));
    const dead = this.exited.then((code) => Promise.reject(new Error(`the server ended (${code}):\n${this.log}`)));
    dead.catch(() => {});
    const alive = eventually('discovery answers', async () => {
      if (this.child.exitCode !== null) return true;
      if (this.issuer.startsWith('https:') && !this.#dispatcher) {
        await listens(Number(new URL(this.issuer).port));
        await this.#trustOwnRoot();
      }
      return (await this.fetch(`${this.address}/.well-known/openid-configuration`)).ok;
    }, START_SECONDS);
    await Promise.race([alive, dead]).catch(async (error) => {
      await this.stop();
      throw new Error(`${error.message}\n${this.log}`, { cause: error });
    });
  }

  async #trustOwnRoot() {
    this.root = await this.exportRoot();
    this.trust(this.root);
  }

  /** `fetch` trusts this authority and no other from here on, and finds every name on this machine. */
  trust(ca) {
    const lookup = (name, options, found) => (options.all ? found(null, [{ address: '127.0.0.1', family: 4 }]) : found(null, '127.0.0.1', 4));
    this.#dispatcher = new Agent({ connect: { ca, lookup } });
  }

  /** The root certificate as PEM text, whether the command prints PEM or JSON around it. */
  async exportRoot() {
    const { stdout } = await this.run('key', 'export-root');
    return certificatesOf(stdout)[0];
  }

  /** Runs the command line in the server's directory and gives what it printed. Rejects when it exits non-zero. */
  run(...args) {
    return new Promise((resolve, reject) => {
      execFile('dotnet', [this.dll, ...args], { cwd: this.directory, env: this.env, timeout: 180_000 }, (error, stdout, stderr) =>
        error
          ? reject(Object.assign(new Error(`netid ${args.join(' ')} failed (${error.code}): ${stderr}${stdout}`), { code: error.code, stdout, stderr }))
          : resolve({ stdout, stderr }));
    });
  }

  /** `netid ARGS --json`, parsed. */
  async netid(...args) {
    const { stdout } = await this.run(...args, '--json');
    try {
      return JSON.parse(stdout);
    } catch (error) {
      throw new Error(`netid ${args.join(' ')} --json printed what is no JSON: ${stdout}`, { cause: error });
    }
  }

  /** An offer of membership, its link in the form that a wallet opens. */
  offerMembership(options) {
    return this.offer('membership', options);
  }

  /** An offer of a type, with a link that opens it. */
  async offer(type, { member, claims = {}, txCode = false } = {}) {
    const offer = await this.netid('offer', type,
      ...(member ? ['--member', member] : []),
      ...Object.entries(claims).flatMap(([name, value]) => ['--claim', `${name}=${value}`]),
      ...(txCode ? ['--tx-code'] : []));
    const uri = offer.credential_offer_uri;
    const opens = uri.startsWith('openid-credential-offer://') || /[?&]credential_offer(_uri)?=/.test(uri);
    return { ...offer, link: opens ? uri : `openid-credential-offer://?credential_offer_uri=${encodeURIComponent(uri)}` };
  }

  /** The rows of a list command, whether it prints an array or an object that holds one. */
  async list(noun) {
    const printed = await this.netid(noun, 'list');
    return Array.isArray(printed) ? printed : Object.values(printed).find(Array.isArray) ?? [];
  }

  /** The id of the one credential in force that a member holds, as the command line tells it. */
  async credentialOf(member) {
    const rows = (await this.list('credential')).filter((row) => Object.values(row).includes(member) && !Object.values(row).includes('revoked'));
    if (rows.length !== 1) throw new Error(`one credential of ${member} expected: ${JSON.stringify(rows)}`);
    return rows[0].id ?? rows[0].credential_id;
  }

  /** SIGTERM, then SIGKILL after 45 s. What it kept stays, and `start` brings it back. Resolves to the exit code. */
  async halt() {
    if (!this.child) return undefined;
    this.child.kill('SIGTERM');
    const hard = setTimeout(() => this.child.kill('SIGKILL'), 45_000);
    const code = await this.exited;
    clearTimeout(hard);
    return code;
  }

  /** As `halt`; and the directory goes. */
  async stop() {
    const code = await this.halt();
    await this.#dispatcher?.close();
    await rm(this.directory, { recursive: true, force: true });
    return code;
  }
}

/** The PEM certificates in a text, in order. A JSON string's escaped newlines are read too. */
export function certificatesOf(text) {
  return text.replaceAll('\\n', '\n').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}
