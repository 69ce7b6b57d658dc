// What goes over the loopback interface to and from one port, as tcpdump sees it: every byte that a client sends, and the requests in it.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './server.mjs';

/** Why nothing can be captured here; false where it can. */
export const noCapture = (() => {
  try {
    execFileSync('tcpdump', ['-i', 'lo', '-c', '1', '-w', '/dev/null', '--immediate-mode', 'icmp[0] == 99 or less 1'], { timeout: 2_000, stdio: 'pipe' });
  } catch (error) {
    if (error.code === 'ENOENT') return 'tcpdump is not installed';
    if (error.code !== 'ETIMEDOUT') return 'tcpdump may not listen here';
  }
  return false;
})();

/** Captures what is sent to a port while something is done. */
export async function captured(port, act) {
  const folder = await mkdtemp(join(tmpdir(), 'netid-capture-'));
  const file = join(folder, 'lo.pcap');
  const child = spawn('tcpdump', ['-i', 'lo', '-s', '0', '-U', '--immediate-mode', '-w', file, `tcp port ${port}`], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    await eventually('tcpdump listens', () => /listening on/.test(said));
    await act();

    // What is still sent a moment later counts; and when a call of our own behind it, with nothing in it, is written, all before it is.
    await new Promise((resolve) => setTimeout(resolve, 700));
    const last = connect({ host: '127.0.0.1', port });
    await once(last, 'connect');
    const mark = Buffer.alloc(4);
    mark.writeUInt16BE(last.localPort);
    mark.writeUInt16BE(port, 2);
    last.destroy();
    await eventually('all of it is written', async () => (await readFile(file)).includes(mark));
  } finally {
    child.kill('SIGINT');
    await ended;
  }
  const sent = streamsTo(await readFile(file), port);
  await rm(folder, { recursive: true });
  return { bytes: Buffer.concat(sent).toString('latin1'), requests: sent.flatMap(requestsIn) };
}

/** The bytes that clients sent, a stream each: those of each sequence number once. */
function streamsTo(pcap, port) {
  if (pcap.readUInt32LE(0) !== 0xa1b2c3d4 || pcap.readUInt32LE(20) !== 1) throw new Error('not the capture of an Ethernet-like interface');
  const streams = new Map();
  for (let at = 24; at + 16 <= pcap.length;) {
    const length = pcap.readUInt32LE(at + 8);
    const frame = pcap.subarray(at + 16, at + 16 + length);
    at += 16 + length;
    const isV6 = frame.readUInt16BE(12) === 0x86dd;
    const ip = frame.subarray(14);
    const from = isV6 ? 40 : (ip[0] & 15) * 4;
    const tcp = ip.subarray(from, isV6 ? 40 + ip.readUInt16BE(4) : ip.readUInt16BE(2));
    const payload = tcp.subarray((tcp[12] >> 4) * 4);
    if (tcp.readUInt16BE(2) !== port || payload.length === 0) continue;
    const name = `${isV6} ${tcp.readUInt16BE(0)}`;
    if (!streams.has(name)) streams.set(name, new Map());
    streams.get(name).set(tcp.readUInt32BE(4), Buffer.from(payload));
  }
  return [...streams.values()].map((parts) => Buffer.concat([...parts].sort(([a], [b]) => (a - b) | 0).map(([, part]) => part)));
}

/** The requests of a stream: method, target, headers by their names in small letters, body. */
function requestsIn(stream) {
  const requests = [];
  for (let rest = stream.toString('latin1'); rest.length > 0;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) throw new Error(`not a request: ${rest.slice(0, 200)}`);
    const [line, ...fields] = rest.slice(0, end).split('\r\n');
    const headers = Object.fromEntries(fields.map((field) => [field.slice(0, field.indexOf(':')).toLowerCase(), field.slice(field.indexOf(':') + 1).trim()]));
    const length = Number(headers['content-length'] ?? 0);
    if (headers['transfer-encoding']) throw new Error('a body in chunks is not read here');
    const [method, target] = line.split(' ');
    requests.push({ method, target, headers, body: rest.slice(end + 4, end + 4 + length) });
    rest = rest.slice(end + 4 + length);
  }
  return requests;
}
