// Debian's Apache with mod_auth_openidc before a folder of files, in a folder of its own.
import { spawn } from 'node:child_process';
import { accessSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certify, pemOfKey } from './certificate.mjs';
import { eventually, freePort } from './server.mjs';

const MODULES = '/usr/lib/apache2/modules';
const exists = (path) => { try { accessSync(path); return true; } catch { return false; } };

/** The reason to skip what needs it; false where it is there. */
export const withoutApache = exists('/usr/sbin/apache2') && exists(`${MODULES}/mod_auth_openidc.so`) ? false : 'Apache with mod_auth_openidc is absent';

/** Starts one at https://127.0.0.1 and, for the nation to call, by http. `oidc`: its directives, told both origins. The page behind it says who is there. */
export async function startApache(oidc) {
  const folder = await mkdtemp(join(tmpdir(), 'netid-apache-'));
  const [port, behind] = [await freePort(), await freePort()];
  const leaf = certify({ subject: '127.0.0.1' });
  await mkdir(join(folder, 'www'));
  await writeFile(join(folder, 'www', 'index.html'), 'a page for members');
  await writeFile(join(folder, 'www', 'after.html'), 'signed out');
  await writeFile(join(folder, 'key.pem'), pemOfKey(leaf));
  await writeFile(join(folder, 'cert.pem'), leaf.pem);
  const site = { origin: `https://127.0.0.1:${port}`, behind: `http://127.0.0.1:${behind}` };
  const modules = ['mpm_event', 'authz_core', 'authz_user', 'authn_core', 'alias', 'dir', 'ssl', 'socache_shmcb', 'headers', 'log_config', 'auth_openidc'].filter((name) => exists(`${MODULES}/mod_${name}.so`));
  const directives = await oidc(site);
  await writeFile(join(folder, 'apache.conf'), `
    ServerName 127.0.0.1
    ServerRoot ${folder}
    DefaultRuntimeDir ${folder}
    Mutex file:${folder} default
    PidFile ${folder}/pid
    ErrorLog ${folder}/error.log
    LogLevel auth_openidc:info
    LogFormat "%m %U%q %>s" short
    CustomLog ${folder}/access.log short
    ${process.getuid() === 0 ? 'User www-data\n    Group www-data' : ''}
    ${modules.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join('\n    ')}
    Listen 127.0.0.1:${port}
    Listen 127.0.0.1:${behind}
    DocumentRoot ${folder}/www
    DirectoryIndex index.html
    ${directives}
    <VirtualHost 127.0.0.1:${port}>
      SSLEngine on
      SSLCertificateFile ${folder}/cert.pem
      SSLCertificateKeyFile ${folder}/key.pem
    </VirtualHost>
    <VirtualHost 127.0.0.1:${behind}>
    </VirtualHost>
    <Directory ${folder}/www>
      Require all granted
    </Directory>
    <Location />
      AuthType openid-connect
      Require valid-user
      Header set X-Sub "expr=%{env:OIDC_CLAIM_sub}"
      Header set X-Tier "expr=%{env:OIDC_CLAIM_membership}"
      Header set X-Access-Token "expr=%{env:OIDC_access_token}"
    </Location>
    <Location /after.html>
      AuthType None
      Require all granted
    </Location>
  `);
  if (process.getuid() === 0) spawn('chmod', ['-R', 'a+rX', folder]);
  const child = spawn('/usr/sbin/apache2', ['-X', '-f', join(folder, 'apache.conf')], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const requests = () => readFile(join(folder, 'access.log'), 'utf8').catch(() => '');
  const log = () => readFile(join(folder, 'error.log'), 'utf8').catch(() => '');
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await eventually('Apache answers', async () => {
      if (child.exitCode !== null) return true;
      return (await fetch(`${site.behind}/after.html`)).ok;
    }, 60);
    if (child.exitCode !== null) throw new Error(`Apache ended: ${said}${await log()}`);
  } catch (error) {
    await stop();
    throw new Error(`${error.message}\n${said}`, { cause: error });
  }

  return { ...site, log, requests, stop };
}
