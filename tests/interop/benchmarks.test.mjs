import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

const built = ['Release', 'Debug']
  .map((configuration) => fileURLToPath(new URL(`../NetworkIdentity.Benchmarks/bin/${configuration}/net10.0/NetworkIdentity.Benchmarks.dll`, import.meta.url)))
  .find(existsSync);
const missing = process.platform !== 'linux' ? 'the load driver needs Linux' : !built && 'the benchmarks are not built';

const ROWS = [
  'start to the first answer', 'idle, five seconds after the first answer',
  'SD-JWT VC: issue', 'SD-JWT VC: verify with key binding', 'ours: issue', '@sd-jwt: verify',
  'eddsa-jcs-2022: a membership credential secured', 'eddsa-jcs-2022: the same verified', 'eddsa-jcs-2022: the same read from its text', 'the whole verdict .*ldp_vc', 'the whole verdict .*vc\\+jwt',
  'a check at the door: .*another person', 'the same, a holder', 'a trust bundle, 0%', 'a trust bundle, 10%', 'such a bundle loaded: ', 'such a bundle loaded by the station',
  'Status list of .*build, compress, sign', 'Status list of .*decode, as the peer', 'Status list of .*decode, as we', 'Status list: the characters of ours',
  ...[1, 8, 32].flatMap((atOnce) => ['/token alone', 'code \\+ PKCE login', 'credential sign-in, whole', 'pre-authorized issuance, whole'].map((what) => `${what}.*, ${atOnce} at once`)),
];

it('The load driver still runs: every row of the table is there, and none of its times is judged', { skip: missing }, async () => {
  const table = await new Promise((resolve, reject) => execFile('dotnet', [built, 'compare', '--smoke', '--server', process.env.NETID_DLL], { timeout: 540_000 },
    (error, stdout, stderr) => (error ? reject(new Error(`${stderr}\n${stdout}`, { cause: error })) : resolve(stdout))));
  for (const row of ROWS) assert.match(table, new RegExp(`^\\| ${row}.*\\|$`, 'm'));
});
