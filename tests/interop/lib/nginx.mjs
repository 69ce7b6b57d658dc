// A real nginx before several servers: the next request goes to the next server, whoever it is from.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { folderOf } from './postgres.mjs';

const binaries = folderOf('nginx', [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']);

/** The reason to skip what needs nginx; false where it is there. */
export const withoutNginx = binaries ? false : 'nginx is absent';

/** Starts one on `port` before the servers on `ports`. */
export async function startNginx(port, ports) {
  const folder = await mkdtemp(join(tmpdir(), 'netid-nginx-'));
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ');

  // What is posted is never posted again by nginx once a server may have it: that is its default, and said here since so much hangs on it.
  await writeFile(join(folder, 'nginx.conf'), `
    daemon off; pid ${folder}/pid; worker_processes 1; error_log ${folder}/error.log;${process.getuid() === 0 ? ' user root;' : ''}
    events { worker_connections 256; }
    http {
      log_format upstream '$upstream_addr $request_method $uri $status';
      access_log ${folder}/access.log upstream; ${paths}
      upstream netid { ${ports.map((one) => `server 127.0.0.1:${one} max_fails=1 fail_timeout=2s;`).join(' ')} }
      server {
        listen 127.0.0.1:${port}; listen [::1]:${port}; client_max_body_size 512k;
        location / {
          proxy_pass http://netid; proxy_http_version 1.1; proxy_set_header Host $http_host; proxy_set_header Connection "";
          proxy_next_upstream error timeout; proxy_connect_timeout 2s;
        }
      }
    }`);
  const child = spawn(join(binaries, 'nginx'), ['-p', folder, '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  return {
    /** Every request so far: which server it went to (the last one, where it went to more), and what it was. */
    async requests() {
      return (await readFile(join(folder, 'access.log'), 'utf8')).trim().split('\n').map((line) => {
        const [, upstreams, method, path, status] = line.match(/^(.*) (\S+) (\S+) (\d+)$/);
        return { port: Number(upstreams.split(':').at(-1)), method, path, status: Number(status) };
      });
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
