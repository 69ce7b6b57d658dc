// A headless Chromium, what the person reads on the sign-in page, and what a camera reads from it.
import { accessSync, constants } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import jsQR from 'jsqr';
import { chromium } from 'playwright-core';
import { PNG } from 'pngjs';
import { eventually } from './server.mjs';

/** The browser's path, or undefined where there is none. */
export const chromiumPath = findChromium();

/** A test that needs a browser: where there is none it skips and says so. (A skipped `describe` would not be counted.) */
export const browserTest = (name, tell) => it(name, { skip: chromiumPath ? false : 'chromium is not installed' }, tell);

function findChromium() {
  const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
  const candidates = [process.env.CHROMIUM_PATH, ...(process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)))];
  return candidates.find((path) => {
    try { accessSync(path, constants.X_OK); return true; } catch { return false; }
  });
}

const ARGUMENTS = ['--no-sandbox', '--disable-dev-shm-usage'];

/** How long anything of a page is waited for: there are machines with much else to do. */
const PATIENCE_MS = 60_000;

/** A headless Chromium, or undefined where none is installed. */
export const openBrowser = async ({ args = [] } = {}) => chromiumPath && chromium.launch({ executablePath: chromiumPath, args: [...ARGUMENTS, ...args] });

/** A session of a headless Chromium that was told in its own settings to keep no cookies, in a folder for its profile. */
export async function openWithoutCookies(profile) {
  await mkdir(join(profile, 'Default'), { recursive: true });
  await writeFile(join(profile, 'Default', 'Preferences'), JSON.stringify({ profile: { default_content_setting_values: { cookies: 2 } } }));
  const context = await chromium.launchPersistentContext(profile, { executablePath: chromiumPath, args: ARGUMENTS });
  context.setDefaultTimeout(PATIENCE_MS);
  return context;
}

/**
 * A fresh browser session (its own cookies) with one page. `faults` gathers console errors, exceptions, CSP violations and
 * requests to hosts that are neither loopback nor of `ours`.
 */
export async function openPage(browser, { ours = [], ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, deviceScaleFactor: 2, ignoreHTTPSErrors: true, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const faults = [];
  // A third party is refused and noted; a wallet's own scheme never reaches the network.
  const known = ['localhost', '127.0.0.1', ...ours];
  await context.route(({ protocol, hostname }) => /^https?:$/.test(protocol) && !known.includes(hostname) && !hostname.endsWith('.localhost'), (route) => { faults.push(`third party: ${route.request().url()}`); return route.abort(); });
  page.on('console', (message) => { if (message.type() === 'error') faults.push(`console: ${message.text()}`); });
  page.on('pageerror', (error) => faults.push(`exception: ${error.message}`));
  await page.exposeFunction('__cspViolation', (text) => { faults.push(`csp: ${text}`); });
  await page.addInitScript(() => document.addEventListener('securitypolicyviolation', (event) => window.__cspViolation(`${event.violatedDirective} ${event.blockedURI}`)));
  return { context, page, faults, close: () => context.close() };
}

/** Closes a tab. Chromium may drop a close that meets a navigation, and say that it was done (microsoft/playwright#41900): then it is told again. */
export async function closeTab(page) {
  const session = await page.context().newCDPSession(page);
  const closed = page.close().then(() => true);
  while (!await Promise.race([closed, sleep(2000, false, { ref: false })])) await session.send('Page.close').catch(() => {});
}

/** What the person can read. */
export const textOf = (page) => page.locator('body').innerText();

/** Waits until the page is there, style and all, and says something that matches; the text. */
export const says = (page, pattern, seconds = PATIENCE_MS / 1000) =>
  eventually(`the page says ${pattern}`, async () => {
    const [text, state] = await page.evaluate(() => [document.body.innerText, document.readyState]);
    return state === 'complete' && pattern.test(text) && text;
  }, seconds);

/** Goes where the wallet sends the person back to. The sign-in page looks for its state and may load itself again meanwhile: it is left first. */
export async function comeBack(page, url) {
  await eventually('the sign-in page is left', () => page.goto('about:blank').then(() => true, () => false));
  await page.goto(url);
}

/** The link that opens a wallet on the same device. */
export const walletLink = (page) => page.locator('a[href^="openid4vp:"]').first().getAttribute('href');

/** Opens the code for another device where it is folded, as it is on this machine alone. */
export async function unfoldCode(page) {
  const folded = page.locator('details.scan:not([open]) > summary');
  await page.locator('.qr').first().waitFor({ state: 'attached' });
  if (await folded.count()) await folded.click();
}

/** What a wallet's camera reads from the screen. */
export async function scan(page, seconds = PATIENCE_MS / 1000) {
  await unfoldCode(page);
  return eventually('a QR code can be scanned', async () => {
    const { data, width, height } = PNG.sync.read(await page.screenshot({ fullPage: true }));
    return jsQR(new Uint8ClampedArray(data), width, height)?.data;
  }, seconds);
}

/** Presses what leads back to the app, a link before a button: where it asks once more, once more. By keyboard where `press` says how. */
export async function goBackToTheApp(page, app, press = (way) => way.click()) {
  for (let pages = 0; pages < 2 && !page.url().startsWith(app.origin); pages++) {
    const [link, button] = ['link', 'button'].map((role) => page.getByRole(role, { name: /back|return/i }).first());
    const from = page.url();
    await press(await link.isVisible() ? link : button);
    await eventually('the page is left', () => page.url() !== from, 15).catch(() => {});
    await page.waitForLoadState();
  }
}
