// The station's modules, as the browser loads them, and what the tests of them share.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFile } from 'node:fs/promises';
import { modulesOf, toFrames } from './core.mjs';

const client = join(dirname(fileURLToPath(import.meta.url)), '../../../src/NetworkIdentity.Server/Pages/Client');
const load = (name) => import(join(client, name));

export const { decide, readAnswer, CLOCKS_APART_MS } = await load('station/door.js');
export const { answerAddress, newRequest, NONCE_MS } = await load('station/door-request.js');
export const { practicePeople, practiceWorld } = await load('station/practice.js');
export const { ageOf, keptBundle, updateBundle } = await load('station/bundle-store.js');
export const { memoryShelf } = await load('station/shelf.js');
export const shifts = await load('station/shift.js');
export const { VERDICTS } = await load('station/verdicts.js');
export const { readBundle } = await load('verifying/bundle.js');

/** The bundle that a nation gives now, verified. */
export async function bundleOf(server) {
  const text = await (await server.fetch(`${server.issuer}/station/bundle`)).text();
  return { text, bundle: await readBundle(text, { pinned: null, now: Date.now() }) };
}

/** What a stranger's wallet answers a door: @sd-jwt presents, and what is changed is changed. */
export async function present({ wallet, credential }, issuer, request, { aud = `redirect_uri:${answerAddress(issuer)}`, nonce = request.nonce, iat = Math.floor(Date.now() / 1000), discloses = {} } = {}) {
  return wallet.sdJwt.present(credential, discloses, { kb: { payload: { iat, aud, nonce } } });
}

/** The address that the answer leads to [OpenID4VP §8.1]. */
export const addressOf = (issuer, request, presentation, { id = 'arrival', state = request.state } = {}) =>
  `${answerAddress(issuer)}#${new URLSearchParams({ vp_token: JSON.stringify({ [id]: [presentation] }), state })}`;

const WIDE = 640, HIGH = 640;

/** A film for Chromium's fake camera in which texts are shown as codes, one after the other, over and over. */
export async function filmOfCodes(texts, file, { each = 6 } = {}) {
  const pictures = texts.map((text) => {
    const { count, isDark } = modulesOf(text);
    const size = Math.floor(Math.min(WIDE, HIGH) / (count + 8));
    const from = (WIDE - count * size) >> 1;
    const luma = Buffer.alloc(WIDE * HIGH, 235);
    for (let row = 0; row < count * size; row++) {
      for (let column = 0; column < count * size; column++) if (isDark(Math.floor(row / size), Math.floor(column / size))) luma[(from + row) * WIDE + from + column] = 16;
    }
    return Buffer.concat([Buffer.from('FRAME\n'), luma, Buffer.alloc((WIDE * HIGH) / 2, 128)]);
  });
  await writeFile(file, Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDE} H${HIGH} F20:1 Ip A1:1 C420jpeg\n`), ...pictures.flatMap((picture) => Array(each).fill(picture))]));
}

/** The film of an answer, in as many codes as the wallet would show. */
export const filmOfAnswer = async (text, file) => filmOfCodes(await toFrames(text), file);
