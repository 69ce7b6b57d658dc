// The wallet in the browser, as the person who holds it uses it.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { PNG } from 'pngjs';

/** The link on a page of the nation that opens the wallet in this browser. */
export const openHere = (page) => page.getByRole('link', { name: 'Open the wallet in this browser' });

export const press = (page, name) => page.getByRole('button', { name, exact: true }).click();

/** Waits for a screen of the wallet by its heading. */
export const screen = (page, name) => page.getByRole('heading', { name, level: 1 }).waitFor();

/** Takes a membership into the wallet, from the offer's page on. Gives the offer. */
export async function take(page, server, { claims, member } = {}) {
  const offer = await server.offerMembership({ claims, member });
  await page.goto(offer.credential_offer_uri);
  await openHere(page).click();
  await press(page, 'Take it');
  await screen(page, 'It is yours');
  return offer;
}

/** A page of the nation asks who one is; the wallet of this browser says it. */
export async function prove(page) {
  await openHere(page).click();
  await press(page, 'Show it');
}

/** Takes what a page of the account gives, where it gives one thing, and comes to that page by proving who one is. */
export async function takeEarned(page, server, name) {
  await page.goto(`${server.issuer}/account/${name}`);
  await page.waitForURL(/\/(account|sign-in)\//);
  if (page.url().includes('/sign-in/')) await prove(page);
  await page.getByRole('button', { name: /Take it into your wallet/ }).click();
  await openHere(page).click();
  await press(page, 'Take it');
  await screen(page, 'It is yours');
}

/** A steward takes the credential of their mandate. */
export const takeSteward = (page, server) => takeEarned(page, server, 'steward');

/** Begins a sign-in and opens its request in the wallet of the same browser. Gives what the app needs for its answer. */
export async function ask(page, partner, parameters) {
  const begun = await partner.begin({ prompt: 'login', ...parameters }); // a proof, whoever has a session
  await page.goto(begun.url);
  await openHere(page).click();
  await page.getByRole('heading', { level: 1, name: /asks/ }).waitFor();
  return begun;
}

/** Signs in with the wallet of this browser, and spends the code. */
export async function signInHere(page, partner, parameters) {
  const begun = await ask(page, partner, parameters);
  await press(page, 'Show it');
  const finished = await partner.finish(begun);
  await page.waitForURL(/[?&]code=/, { waitUntil: 'commit' }); // the app has its answer before the browser has the app's page
  return finished;
}

/** The faults of a session without the refusals that a browser writes into its console, which a test has asked for. */
export const besidesRefusals = (faults) => faults.filter((fault) => !/status of 40[04]/.test(fault));

/** No request left for a host other than those of the story. */
export function hostsOf(page) {
  const hosts = new Set();
  page.on('request', (request) => { if (/^https?:/.test(request.url())) hosts.add(new URL(request.url()).hostname); });
  return hosts;
}

/** What a camera sees that is held before a picture: a film of it, for Chromium's fake camera. */
export async function filmOf(png, file) {
  const { data, width, height } = PNG.sync.read(png);
  const [wide, high] = [640, 480];
  assert.ok(width <= wide && height <= high, `${width} x ${height} fits the film`);
  const luma = Buffer.alloc(wide * high, 180);
  const [left, top] = [(wide - width) >> 1, (high - height) >> 1];
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) luma[(top + y) * wide + left + x] = data[(y * width + x) * 4];
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, Buffer.alloc((wide * high) / 2, 128)]);
  await writeFile(file, Buffer.concat([Buffer.from(`YUV4MPEG2 W${wide} H${high} F10:1 Ip A1:1 C420jpeg\n`), ...Array(10).fill(frame)]));
}
