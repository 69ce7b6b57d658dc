// The station in a browser, as a steward uses it.
import assert from 'node:assert/strict';
import { besidesRefusals, press, screen } from './browser-wallet.mjs';
import { addressOf, filmOfAnswer, present } from './station.mjs';

/** A fresh folder's film, for Chromium's fake camera. */
export const camera = (film) => ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${film}`];

/** The faults of a session without what a browser says of a network that is gone, and of counts that nobody took. */
export const besidesOffline = (faults) =>
  besidesRefusals(faults).filter((fault) => !/ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_NETWORK_CHANGED|status of (503|40[135])/.test(fault));

/** Opens the station and begins a shift. */
export async function begin(page, server, node = 'Lisbon') {
  await page.goto(`${server.issuer}/station`);
  await screen(page, 'Begin a shift');
  await page.getByRole('radio', { name: node }).check();
  await press(page, 'Begin');
  await screen(page, node);
}

/** Waits until the worker has all files: from there on it opens without a network. Gives how many versions are kept. */
export const kept = (page) => page.evaluate(async () => {
  await navigator.serviceWorker.ready;
  return (await caches.keys()).filter((name) => name.startsWith('station ')).length;
});

/** Asks the next person: nonce and state, as their wallet reads them. */
export async function nextPerson(page) {
  await press(page, 'Next person');
  await screen(page, 'Show this code');
  const query = new URL(await page.locator('a[href^="openid4vp:"]').getAttribute('href')).searchParams;
  return { nonce: query.get('nonce'), state: query.get('state'), query };
}

/** A person answers by what their wallet shows to the camera; `changes` to what its holder signs. */
export async function answerBefore(page, server, film, member, request, changes) {
  await filmOfAnswer(addressOf(server.issuer, request, await present(member, server.issuer, request, changes)), film);
  await press(page, 'Scan their answer');
}

/** The answer as text. */
export async function typed(page, text) {
  await press(page, 'Type or paste it');
  await page.getByLabel('The answer').fill(text);
  await press(page, 'Check');
}

/** Waits for the verdict: its light and its reason. */
export async function told(page, light, reason) {
  await page.locator('.verdict h1').waitFor();
  assert.deepEqual([await page.locator('.verdict').getAttribute('data-light'), await page.locator('.verdict code').textContent()], [light, reason]);
}

/** From its next load on, what this page sounds (`sounds`: frequencies) and how it shakes (`shaken`) is noted in it. */
export const hear = (page) => page.addInitScript(() => {
  globalThis.sounds = [];
  const { createOscillator } = AudioContext.prototype;
  AudioContext.prototype.createOscillator = function () {
    const tone = createOscillator.call(this);
    queueMicrotask(() => globalThis.sounds.push(Math.round(tone.frequency.value)));
    return tone;
  };
  navigator.vibrate = (pattern) => { globalThis.shaken = pattern; return true; };
});

/** What the station keeps in this browser, by name; what of a value is another from now on. */
export const store = (page, key, changes) => page.evaluate(async ([name, others]) => {
  const done = (asked) => new Promise((resolve, reject) => { asked.onsuccess = () => resolve(asked.result); asked.onerror = () => reject(asked.error); });
  const database = await done(indexedDB.open('station'));
  try {
    const kept = database.transaction('kept', 'readwrite').objectStore('kept');
    const value = await done(kept.get(name));
    if (others) await done(kept.put({ ...value, ...others }, name));
    return value;
  } finally {
    database.close();
  }
}, [key, changes]);
