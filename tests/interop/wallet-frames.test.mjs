// One text as several codes: drawn, read back, mixed, damaged, and made to burst.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import jsQR from 'jsqr';
import { CHUNK, drawQr, fitsQr, Frames, fromBase45, inflate, isFrame, modulesOf, toBase45, toFrames } from './lib/core.mjs';

/** What jsQR reads from a text's code, at so many pixels to a module. */
function readBack(text, size = 3) {
  const { count, isDark } = modulesOf(text);
  const wide = (count + 8) * size;
  const data = new Uint8ClampedArray(wide * wide * 4).fill(255);
  for (let y = 0; y < wide; y++) {
    for (let x = 0; x < wide; x++) {
      const [row, column] = [Math.floor(y / size) - 4, Math.floor(x / size) - 4];
      if (row >= 0 && column >= 0 && row < count && column < count && isDark(row, column)) data.fill(0, (y * wide + x) * 4, (y * wide + x) * 4 + 3);
    }
  }
  return jsQR(data, wide, wide)?.data;
}

/** Adds frames one after the other; the last answer. */
async function addAll(frames, texts) {
  let seen;
  for (const text of texts) seen = await frames.add(text);
  return seen;
}

const gathered = async (texts) => addAll(new Frames(), texts);

/** A text that hardly compresses, as an answer hardly does. */
const answer = (bytes = 2000) => `https://nation.example/station/answer#vp_token=${randomBytes(bytes).toString('base64url')}&state=s`;

const shuffled = (items) => items.map((item) => [Math.random(), item]).sort(([a], [b]) => a - b).map(([, item]) => item);

/** Frames by hand, with a check that is right for what they say: as one makes them who means ill. */
function framesOf(packed, { size = CHUNK, check = createHash('sha256').update(packed).digest('hex').slice(0, 12).toUpperCase() } = {}) {
  const count = Math.ceil(packed.length / size);
  return Array.from({ length: count }, (_, at) => `NIF1/${check}/${at + 1}/${count}/${packed.slice(at * size, (at + 1) * size)}`);
}

describe('Base45', () => {
  it('is as its specification has it', () => {
    for (const [text, code] of [['AB', 'BB8'], ['Hello!!', '%69 VD92EX0'], ['base-45', 'UJCLQE7W581'], ['ietf!', 'QED8WEX0'], ['', '']]) {
      assert.equal(toBase45(Buffer.from(text)), code);
      assert.equal(Buffer.from(fromBase45(code)).toString(), text);
    }
    for (const code of ['A', 'BB8A', 'GGX', ':::', 'V6', 'bb8', 'BB=', '5!']) assert.throws(() => fromBase45(code), SyntaxError, code); // FGW is 65535, U5 is 255
    assert.deepEqual([...fromBase45('FGW'), ...fromBase45('U5')], [255, 255, 255]);
  });

  it('comes back, whatever it is', () => {
    for (let length = 0; length < 200; length++) {
      const bytes = randomBytes(length);
      assert.ok(bytes.equals(fromBase45(toBase45(bytes))));
    }
  });
});

describe('A code', () => {
  it('is made by qrcode-generator as it was published', async () => {
    const [vendored, published, { version, license }] = await Promise.all([
      readFile(new URL('../../src/NetworkIdentity.Server/Pages/Client/shared/vendor/qrcode.js', import.meta.url)),
      readFile(new URL('node_modules/qrcode-generator/dist/qrcode.mjs', import.meta.url)),
      readFile(new URL('node_modules/qrcode-generator/package.json', import.meta.url), 'utf8').then(JSON.parse),
    ]);
    assert.ok(vendored.equals(published));
    assert.deepEqual([version, license], ['2.0.4', 'MIT']);
  });

  for (const [what, text] of [
    ['a link', 'openid4vp://?client_id=redirect_uri%3Ahttps%3A%2F%2Fnation.example%2Fstation%2Fanswer&state=1'],
    ['letters of many alphabets', 'Žluťoučký kůň, Ελλάδα, 東京, 🜁'],
    ['one letter', 'x'],
    ['a whole request', `https://wallet.example/present?${randomBytes(900).toString('base64url')}`],
  ]) it(`says ${what}, and jsQR reads it`, () => assert.equal(readBack(text), text));

  it('holds what fits, and no more', () => {
    assert.deepEqual([fitsQr('x'.repeat(2953)), fitsQr('x'.repeat(2954)), fitsQr('é'.repeat(1477))], [true, false, false]);
    assert.deepEqual([modulesOf('x'.repeat(2953)).count, modulesOf('X:'.repeat(309)).count], [177, 69]);
    assert.throws(() => modulesOf('x'.repeat(2954)), RangeError);
    assert.throws(() => drawQr({}, 'x'.repeat(2954)), RangeError);
  });
});

describe('One text as several codes', () => {
  it('comes back whole, in any order and however often each is seen', async () => {
    const text = answer();
    const texts = await toFrames(text);
    assert.ok(texts.length > 3 && texts.every(isFrame));
    assert.deepEqual(await gathered(texts), { done: true, have: texts.length, count: texts.length, text });
    assert.equal((await gathered([...shuffled(texts), ...shuffled(texts)])).text, text);
    assert.deepEqual(await gathered(texts.slice(1)), { done: false, have: texts.length - 1, count: texts.length });
  });

  it('five for an answer, each of version 13 at most, which jsQR reads at three pixels to a module', async () => {
    const texts = await toFrames(answer(1850));
    assert.equal(texts.length, 5);
    for (const frame of texts) {
      assert.ok(modulesOf(frame).count <= 69, `${modulesOf(frame).count} modules`);
      assert.equal(readBack(frame), frame);
    }
  });

  it('as it was, whatever it is', async () => {
    for (let turn = 0; turn < 200; turn++) {
      const length = Math.floor(Math.random() ** 4 * 6000);
      const text = Array.from({ length }, () => String.fromCodePoint([0x20 + Math.random() * 0x5f, 0xa0 + Math.random() * 0x500, 0x1f300 + Math.random() * 0x80][Math.floor(Math.random() * 3)] | 0)).join('');
      const size = 40 + Math.floor(Math.random() * 400);
      const texts = await toFrames(text, Math.max(size, Math.ceil(text.length / 10)));
      assert.equal((await gathered(shuffled(texts))).text, text);
    }
  });

  it('of two texts that are seen in turn, gathers both, and tells of the one that it saw more of', async () => {
    const [mine, other] = [answer(), answer()];
    const [a, b] = [await toFrames(mine), await toFrames(other)];
    const frames = new Frames();
    assert.deepEqual(await addAll(frames, [...a.slice(0, -1), b[0]]), { done: false, have: a.length - 1, count: a.length });
    assert.equal((await frames.add(a.at(-1))).text, mine, 'a sticker beside it stops no scan');
    assert.equal((await addAll(frames, b.slice(1))).text, other);
  });

  it('gathers four texts at once, and forgets of five the one that it did not see for the longest', async () => {
    const texts = await Promise.all(Array.from({ length: 5 }, () => toFrames(answer())));
    const frames = new Frames();
    for (const text of texts.slice(0, 4)) await addAll(frames, text.slice(0, -1));
    await frames.add(texts[0][0]); // seen again: the second is the one of longest ago
    await frames.add(texts[4][0]);
    assert.equal((await frames.add(texts[1].at(-1))).done, false);
    assert.equal((await frames.add(texts[0].at(-1))).done, true);
    assert.equal((await frames.add(texts[3].at(-1))).done, true);
  });

  it('with one of them wrong, never gives another text, and comes to the right one when it is seen again', async () => {
    const text = answer();
    const texts = await toFrames(text);
    const wrong = texts.map((frame, at) => (at === 2 ? frame.slice(0, -1) + (frame.endsWith('A') ? 'B' : 'A') : frame));
    const frames = new Frames();
    assert.deepEqual(await addAll(frames, wrong), { done: false, have: 0, count: 0 });
    assert.equal((await addAll(frames, texts)).text, text);
    assert.equal((await gathered([wrong[2], ...texts])).text, text, 'the later reading of a code counts');
  });

  it('ignores what is no frame of it', async () => {
    const text = answer();
    const [first, ...rest] = await toFrames(text);
    const [, check, , count, chunk] = first.split('/');
    const frames = new Frames();
    assert.deepEqual(await frames.add('https://nation.example/'), { done: false, have: 0, count: 0 });
    await frames.add(first);
    for (const wrong of [
      '', 'NIF1/', 'hello', first.replace('NIF1', 'NIF2'), first.toLowerCase().replace('nif1/', 'nif1/'), ` ${first}`, `${first}\n`,
      `NIF1/${check}/0/${count}/${chunk}`, `NIF1/${check}/${Number(count) + 1}/${count}/${chunk}`, `NIF1/${check}/01/${count}/${chunk}`, `NIF1/${check}/-1/${count}/${chunk}`,
      `NIF1/${check}/1/65/${chunk}`, `NIF1/${check}/1/100/${chunk}`, `NIF1/${check}/1/${count}/`, `NIF1/${check}/1/${count}/A_B`, `NIF1/${check.toLowerCase()}x/1/${count}/${chunk}`, `NIF1/${check.slice(1)}/1/${count}/${chunk}`,
      `NIF1/${check}/1/${count}/${'A'.repeat(4001)}`,
    ]) assert.deepEqual(await frames.add(wrong), { done: false, have: 1, count: Number(count) }, wrong);
    assert.equal((await addAll(frames, rest)).text, text);
  });

  it('does not burst: what inflates to more than 64 KB is nothing, nor is what does not inflate', async () => {
    const bomb = (bytes) => toBase45(deflateRawSync(Buffer.alloc(bytes, 'a')));
    assert.equal((await gathered(framesOf(bomb(64 * 1024)))).text.length, 64 * 1024);
    for (const packed of [
      bomb(64 * 1024 + 1), bomb(10_000_000), toBase45(Buffer.alloc(300, 0xff)), toBase45(deflateRawSync(Buffer.from([0xff, 0xfe]))),
    ]) {
      const texts = framesOf(packed);
      assert.ok(texts.length <= 64, `${texts.length}`);
      assert.deepEqual(await gathered(texts), { done: false, have: 0, count: 0 });
    }
    await assert.rejects(inflate(deflateRawSync(Buffer.alloc(11)), 'deflate-raw', 10), SyntaxError);
  });

  it('is not made of more than a reader takes', async () => {
    await assert.rejects(toFrames('a'.repeat(64 * 1024 + 1)), RangeError);
    await assert.rejects(toFrames(answer(30_000)), RangeError);
    assert.equal((await toFrames(answer(10_000), 400)).length <= 64, true);
    assert.equal((await toFrames('a'.repeat(64 * 1024))).length, 1);
  });

  it('a check of another text is not believed', async () => {
    const packed = toBase45(deflateRawSync('the text'));
    assert.equal((await gathered(framesOf(packed))).text, 'the text');
    assert.equal((await gathered(framesOf(packed, { check: 'AAAAAAAAAAAA' }))).done, false);
  });
});
