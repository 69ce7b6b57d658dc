// Runs W3C's interoperability suites against a server that is started for it, over https: docs/conformance.md says what came of it.
//
//   NETID_DLL=.../netid.dll node tests/interop/suites/run.mjs FOLDER [SUITE...]
//
// FOLDER holds a checkout of each suite, by its repository's name, and what npm installs for it. What is missing is fetched with git and npm, at the commit below.
// JOSE runs the .NET SDK too. Exits with 1 where a suite can't be run at all; a test of theirs that fails is counted and no more.
import { execFile, execFileSync } from 'node:child_process';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServer } from '../lib/server.mjs';

const here = dirname(fileURLToPath(import.meta.url));

// What each instance is configured with, and the tags by which a suite finds it.
const INSTANCES = {
  eddsa: { Cryptosuite: 'eddsa-jcs-2022' },
  p256: { Cryptosuite: 'ecdsa-jcs-2019', KeyType: 'P-256' },
  p384: { Cryptosuite: 'ecdsa-jcs-2019', KeyType: 'P-384' },
  jwt: { Cryptosuite: 'vc+jwt' },
  status: { Cryptosuite: 'eddsa-jcs-2022', Status: 'true' },
};

const SUITES = {
  'vc-data-model-2.0-test-suite': { owner: 'w3c', commit: '6e07524', uses: { eddsa: ['vc2.0'], jwt: ['EnvelopingProof'] } },
  'vc-di-eddsa-test-suite': { owner: 'w3c', commit: 'a62061b', uses: { eddsa: ['eddsa-jcs-2022'] } },
  // An implementation for each curve, since of one it asks the first issuer alone.
  'vc-di-ecdsa-test-suite': { owner: 'w3c', commit: '070efa3', several: [{ p256: ['ecdsa-jcs-2019'] }, { p384: ['ecdsa-jcs-2019'] }], vectors: ['vc-di-ecdsa', '00781de'] },
  'vc-bitstring-status-list-test-suite': { owner: 'w3c', commit: '5cdc562', uses: { status: ['BitstringStatusList'] } },
  'vc-jose-cose-test-suite': { owner: 'w3c', commit: 'ff6be51', isJose: true, flags: ['--v8-harmony-iterator-helpers'] },
  'did-resolution-mocha-test-suite': { owner: 'w3c-ccg', commit: '2649fdf', isResolution: true },
};

const [folder, ...named] = process.argv.slice(2);
const unknown = named.find((name) => !SUITES[name]);
if (!folder || unknown) {
  console.error(`usage: run.mjs FOLDER [SUITE...]; the suites are ${Object.keys(SUITES).join(', ')}`);
  process.exit(2);
}

const exists = (path) => access(path).then(() => true, () => false);

async function provide(name, { owner, commit, vectors }) {
  const root = resolve(folder, name);
  await mkdir(folder, { recursive: true });
  await checkOut(`${owner}/${name}`, commit, root);
  if (vectors) await checkOut(`w3c/${vectors[0]}`, vectors[1], join(root, 'tests/input', vectors[0]));
  if (!await exists(join(root, 'node_modules'))) execFileSync('npm', ['install', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund'], { cwd: root, stdio: 'inherit' });
  return root;
}

async function checkOut(repository, commit, to) {
  if (await exists(to)) {
    const found = execFileSync('git', ['-C', to, 'rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
    if (!found.startsWith(commit)) throw new Error(`${to} is at ${found}, and ${commit} is wanted`);
    return;
  }
  execFileSync('git', ['clone', '--quiet', `https://github.com/${repository}`, to], { stdio: 'inherit' });
  execFileSync('git', ['-C', to, 'checkout', '--quiet', commit], { stdio: 'inherit' });
}

/** The DID of each instance, as the server's log says it. */
const didsOf = (server) => Object.fromEntries([...server.log.matchAll(/VCALM instance \S+\/instances\/([a-z0-9-]+), issuer (did:key:\w+)/g)].map(([, name, did]) => [name, did]));

function instancesFor(server, uses) {
  const dids = didsOf(server);
  const all = (path) => Object.entries(uses).map(([name, tags]) => ({
    id: dids[name],
    endpoint: `${server.issuer}/instances/${name}${path}`,
    tags,
    ...(INSTANCES[name].KeyType ? { supportedEcdsaKeyTypes: [INSTANCES[name].KeyType] } : {}),
  }));
  return { issuers: all('/credentials/issue'), verifiers: all('/credentials/verify'), vpVerifiers: all('/presentations/verify') };
}

/** DIDs that resolve, one that doesn't, and the URL of a key: of the nation and of two instances. */
async function didsFor(server) {
  const { did } = await server.netid('did', 'show');
  const answer = await server.fetch(`${server.issuer}/1.0/identifiers/${encodeURIComponent(did)}`, { headers: { accept: 'application/did-resolution' } });
  const { didDocument, didDocumentMetadata } = await answer.json();
  const { eddsa, p256 } = didsOf(server);
  const jwk = Buffer.from(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' })).toString('base64url');
  return {
    didResolvers: [{
      id: did,
      endpoint: `${server.issuer}/1.0/identifiers`,
      tags: ['did-resolution'],
      supportedDids: {
        valid: [
          { did, resolutionOptions: {} }, { did, resolutionOptions: { versionTime: didDocumentMetadata.updated ?? didDocumentMetadata.created } },
          ...[eddsa, p256, `did:jwk:${jwk}`].map((one) => ({ did: one, resolutionOptions: {} })),
        ],
        notFound: `${did}?versionId=9-QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG`,
        derefUrls: [{ didUrl: didDocument.verificationMethod[0].id, dereferencingOptions: {} }],
      },
    }],
  };
}

/** A program named docker, since the suite runs each case in a container: it runs jose.cs in its place. */
async function joseDriver(work) {
  execFileSync('dotnet', ['build', join(here, 'jose.cs'), '--output', join(work, 'jose'), '--verbosity', 'quiet', '--nologo'], { stdio: 'inherit' });
  await writeFile(join(work, 'docker'), `#!/bin/sh\nwhile [ "$1" != --rm ]; do shift; done\nshift 2\nexec dotnet '${join(work, 'jose', 'jose.dll')}' "$@"\n`, { mode: 0o755 });
}

async function runSuite(name, suite, server, work) {
  const root = await provide(name, suite);
  const implementation = { name: 'NetworkIdentity', implementation: 'Network Identity' };
  const implementations = suite.several?.map((uses) => ({ ...implementation, name: `NetworkIdentity, ${Object.keys(uses)}`, ...instancesFor(server, uses) })) ?? [implementation];
  if (suite.uses) Object.assign(implementation, instancesFor(server, suite.uses));
  if (suite.isResolution) Object.assign(implementation, await didsFor(server));
  if (suite.isJose) {
    await joseDriver(work);
    implementation['jose-cose'] = { features: Object.fromEntries(['credential', 'presentation'].flatMap((what) => [[`${what}_jose`, true], [`${what}_sdjwt`, true], [`${what}_cose`, false]])) };
  }

  await writeFile(join(root, 'localConfig.cjs'), `module.exports = ${JSON.stringify({ settings: { enableInteropTests: false, testAllImplementations: false }, implementations }, null, 2)};\n`);
  const results = join(work, `${name}.json`);
  await new Promise((done) => execFile('npx', ['mocha', 'tests/', '--reporter', 'json', '--reporter-option', `output=${results}`, '--timeout', '30000', ...suite.flags ?? []], {
    cwd: root, maxBuffer: 1 << 28, env: { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_NO_WARNINGS: '1', PATH: `${work}:${process.env.PATH}` },
  }, (error, stdout, stderr) => writeFile(join(work, `${name}.log`), stdout + stderr).then(done)));
  const { stats, failures } = JSON.parse(await readFile(results, 'utf8'));
  return { stats, failures };
}

const work = await mkdtemp(join(tmpdir(), 'netid-suites-'));
const env = { NETID__Vcalm__Open: 'true' };
for (const [name, options] of Object.entries(INSTANCES))
  for (const [setting, value] of Object.entries({ ...options, Examples: 'true' })) env[`NETID__Vcalm__Instances__${name}__${setting}`] = value;
const server = await startServer({ https: true, env });
let isBroken = false;
try {
  for (const name of named.length > 0 ? named : Object.keys(SUITES)) {
    try {
      const { stats, failures } = await runSuite(name, SUITES[name], server, work);
      console.log(`${name} (${SUITES[name].commit}): ${stats.passes} passed, ${stats.failures} failed, ${stats.pending} skipped`);
      for (const { fullTitle, err } of failures) console.log(`  ${fullTitle}\n      ${err.message?.split('\n')[0]}`);
    } catch (error) {
      isBroken = true;
      console.log(`${name}: could not be run: ${error.message}`);
    }
  }
} finally {
  await server.stop();
  if (isBroken) console.log(`what they printed is in ${work}`);
  else await rm(work, { recursive: true, force: true });
}

process.exitCode = isBroken ? 1 : 0;
