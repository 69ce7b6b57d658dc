// The practice wallet's modules, as the browser loads them, and what the tests of them share.
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const client = join(dirname(fileURLToPath(import.meta.url)), '../../../src/NetworkIdentity.Server/Pages/Client');
const folder = join(client, 'wallet');
const load = (name) => import(join(folder, name));

export const { fromBase45, fromBase64, fromBase64Url, toBase45 } = await load('../shared/bytes.js');
export const { readOffer, redeem, collect, renew } = await load('issuance.js');
export const { answer, answerAtDoor, decline, declineAtDoor, doorOf, match, readRequest } = await load('presentation.js');
export const { wayOf } = await load('words.js');
export const { copyFor, noteShown } = await load('copies.js');
export const { inflate } = await load('../shared/inflate.js');
export const { CHUNK, Frames, isFrame, toFrames } = await load('../shared/frames.js');
export const { drawQr, fitsQr, modulesOf } = await load('../shared/qr.js');
export const { readStatus } = await load('status.js');
export const { statusAt } = await load('../shared/token-list.js');
export const { canonicalize } = await load('../shared/jcs.js');
export const { fromBase58, fromMultibase64, toBase58 } = await load('../shared/multibase.js');
export const { didKeyOf, keyOfMultikey, methodOf, multikeyOf } = await load('../shared/did-key.js');
export const { proofOf, secure, verify } = await load('../shared/data-integrity.js');
export const { readSdJwt, processSdJwt } = await load('../shared/sd-jwt.js');
export const { saysOf } = await load('credential.js');
export const { encryptJwe, isSigned, keyOfJwk, newKey, publicJwk, signJws } = await load('../shared/jose.js');
export const { readQuery, select } = await load('dcql.js');
export const { Problem } = await load('../shared/problem.js');
export const { Wire } = await load('wire.js');

/** For assert.rejects: a Problem of a code, whose detail matches, and that tells a person something. */
export const problem = (code, detail = /./) => (error) => {
  if (!(error instanceof Problem)) throw error;
  if (error.code !== code || !detail.test(error.detail) || !/[.?]$/.test(error.message)) {
    throw new Error(`${code} ${detail} expected, not ${error.code}: ${error.message} (${error.detail})`, { cause: error });
  }
  return true;
};

/** The text of an official vector, or null where they are absent: the folder in NETID_VECTORS, else shared/vectors beside the checkout. */
export const vectorPath = (path) => {
  const full = join(process.env.NETID_VECTORS || join(client, '../../../../../shared/vectors'), path);
  return existsSync(full) ? full : null;
};

/** The reason to skip a test of a vector; false where it is there. */
export const withoutVector = (path) => (vectorPath(path) ? false : `the test vectors ${path} are absent (set NETID_VECTORS)`);

/** Serves the modules at an origin of their own, with an empty page. */
export const serveCore = () => serve(({ url }, response) => {
  const page = url === '/';
  response.writeHead(200, { 'content-type': page ? 'text/html' : 'text/javascript' })
    .end(page ? '<!doctype html><html lang="en"><title>Wallet</title><link rel="icon" href="data:,">' : readFileSync(join(url.startsWith('/shared/') ? client : folder, url)));
});

const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.png': 'image/png', '.webmanifest': 'application/manifest+json' };

/** Serves the wallet as the server does, without its policy and what its service worker does: for strangers' issuers and verifiers. */
export const serveWallet = () => serve(({ url }, response) => {
  const { pathname } = new URL(url, 'http://localhost');
  const [path, type] = ['/', '/offer', '/present'].includes(pathname) ? ['wallet.html', 'text/html'] : [/^\/(netid\.css$|shared\/)/.test(pathname) ? `..${pathname}` : `.${pathname}`, TYPES[extname(pathname)]];
  const found = type !== undefined && existsSync(join(folder, path));
  response.writeHead(found ? 200 : 404, { 'content-type': type ?? 'text/plain' }).end(found && pathname !== '/service-worker.js' ? readFileSync(join(folder, path)) : '');
});

async function serve(answer) {
  const web = createServer(answer);
  await new Promise((resolve, reject) => web.once('error', reject).listen(0, 'localhost', resolve));
  return { origin: `http://localhost:${web.address().port}`, close: () => new Promise((resolve) => { web.close(resolve); web.closeAllConnections(); }) };
}
