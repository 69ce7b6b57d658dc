// A door of the tests' own: the request that it shows by value, and what it makes of an answer.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { parseOpenid4vpAuthorizationResponse } from '@openid4vc/openid4vp';
import { SDJwtInstance } from '@sd-jwt/core';
import { decodeJwt, importJWK, jwtVerify } from 'jose';
import jsQR from 'jsqr';
import { PNG } from 'pngjs';
import { Frames, modulesOf } from './core.mjs';
import { hasher } from './wallet.mjs';
import { keyByCertificate, jwtOf } from './verifier.mjs';

export const FORMATS = { 'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES256'], 'kb-jwt_alg_values': ['ES256'] } };

/** The parameters of a door's request, each as it stands in its link; undefined leaves one out. */
export function askingAt(address, { vct = 'urn:example:membership', claims, ...changes } = {}) {
  const query = { credentials: [{ id: 'arrival', format: 'dc+sd-jwt', meta: { vct_values: [vct] }, ...(claims ? { claims } : {}) }] };
  const parameters = {
    response_type: 'vp_token', client_id: `redirect_uri:${address}`, redirect_uri: address, response_mode: 'fragment', nonce: randomBytes(16).toString('base64url'), state: randomBytes(9).toString('base64url'),
    dcql_query: JSON.stringify(query), client_metadata: JSON.stringify({ client_name: 'The door of Lisbon', vp_formats_supported: FORMATS }), ...changes,
  };
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));
}

/** The link of a door's request, and the parameters in it. */
export function doorLink(address, changes, start = 'openid4vp://') {
  const parameters = askingAt(address, changes);
  return { parameters, link: `${start}?${new URLSearchParams(parameters)}` };
}

/** The presentation in an answer's address, as the library @openid4vc/openid4vp reads it for the request. */
export async function presentationIn(address, parameters) {
  const url = new URL(address);
  assert.equal(`${url.origin}${url.pathname}`, parameters.redirect_uri);
  assert.equal(url.search, '');
  const { dcql } = await parseOpenid4vpAuthorizationResponse({
    authorizationResponse: Object.fromEntries(new URLSearchParams(url.hash.slice(1))),
    authorizationRequestPayload: { ...parameters, dcql_query: JSON.parse(parameters.dcql_query), client_metadata: JSON.parse(parameters.client_metadata) },
    callbacks: {},
  });
  assert.equal(new URLSearchParams(url.hash.slice(1)).get('state'), parameters.state);
  assert.deepEqual(Object.keys(dcql.presentations), ['arrival']);
  return dcql.presentations.arrival[0];
}

/** Has @sd-jwt verify an answer for the request: the issuer's signature, what is disclosed, the holder's proof with nonce and audience; no status. Gives the claims. */
export async function verifyAnswer(address, parameters) {
  const presentation = await presentationIn(address, parameters);
  const key = await keyByCertificate(jwtOf(presentation));
  const verifyWith = (data, signature, by) => crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, by, Buffer.from(signature, 'base64url'), new TextEncoder().encode(data));
  const instance = new SDJwtInstance({
    hasher,
    verifier: (data, signature) => verifyWith(data, signature, key),
    kbVerifier: async (data, signature, payload) => verifyWith(data, signature, await importJWK(payload.cnf.jwk, 'ES256')),
  });
  const kb = presentation.split('~').at(-1);
  const { payload } = await jwtVerify(kb, await importJWK(decodeJwt(jwtOf(presentation)).cnf.jwk, 'ES256'), { audience: parameters.client_id, typ: 'kb+jwt' });
  assert.equal(payload.nonce, parameters.nonce);
  return (await instance.verify(presentation, { keyBindingNonce: parameters.nonce, skewSeconds: 60 })).payload;
}

/** A film of codes for Chromium's fake camera, each held for some pictures, over and over: what a camera sees of a screen on which they follow each other. */
export async function filmOfCodes(texts, file, { each = 5, size = 5 } = {}) {
  const [wide, high] = [640, 480];
  const pictures = texts.map((text) => {
    const { count, isDark } = modulesOf(text);
    const scale = Math.min(size, Math.floor((high - 20) / (count + 8)));
    const luma = Buffer.alloc(wide * high, 235);
    const [left, top] = [(wide - count * scale) >> 1, (high - count * scale) >> 1];
    for (let y = 0; y < count * scale; y++) {
      for (let x = 0; x < count * scale; x++) if (isDark(Math.floor(y / scale), Math.floor(x / scale))) luma[(top + y) * wide + left + x] = 16;
    }
    return Buffer.concat([Buffer.from('FRAME\n'), luma, Buffer.alloc((wide * high) / 2, 128)]);
  });
  await writeFile(file, Buffer.concat([Buffer.from(`YUV4MPEG2 W${wide} H${high} F10:1 Ip A1:1 C420jpeg\n`), ...pictures.flatMap((picture) => Array(each).fill(picture))]));
}

/** What a door's camera reads of the codes that follow each other on a wallet's screen: from real pixels, until it has them all. */
export async function readCodes(page, { next = async () => {}, pictures = 150 } = {}) {
  const frames = new Frames();
  const code = page.getByRole('img', { name: /^Code \d+ of \d+$/ });
  await code.waitFor();
  for (let taken = 0; taken < pictures; taken++) {
    const { data, width, height } = PNG.sync.read(await page.screenshot());
    const read = jsQR(new Uint8ClampedArray(data), width, height)?.data;
    const seen = read === undefined ? null : await frames.add(read);
    if (seen?.done) return { text: seen.text, count: seen.count, pictures: taken + 1 };
    await next();
  }
  assert.fail('the codes were not read');
}
