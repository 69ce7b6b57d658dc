// What the tests of pages share: no barrier, nothing wider than the screen, and the keyboard.
import assert from 'node:assert/strict';
import axe from 'axe-core';

export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** The ways in which every screen of the wallet is looked at. */
export const WAYS = {
  'on a desktop': {},
  'on a phone': PHONE,
  'on a phone in the dark': { ...PHONE, colorScheme: 'dark' },
  'from right to left': { rtl: true },
  'on a phone from right to left, in the dark, with forced colours': { ...PHONE, rtl: true, colorScheme: 'dark', forcedColors: 'active' },
};

const RIGHT_TO_LEFT = () => document.addEventListener('DOMContentLoaded', () => { document.documentElement.dir = 'rtl'; });

/** Looks at screens in one of the ways: each by its name is without a barrier and fits; its picture goes to the folder NETID_PICTURES, where one is named. */
export async function lookerAt(page, where) {
  const { rtl } = WAYS[where];
  if (rtl) await page.addInitScript(RIGHT_TO_LEFT);
  return async (name) => {
    // What is on its way may have words already, and neither its style nor its direction yet.
    await page.waitForLoadState();
    assert.equal(await page.evaluate(() => document.documentElement.dir), rtl ? 'rtl' : 'ltr');
    await noBarrier(page, name);
    await fits(page);
    if (process.env.NETID_PICTURES) await page.screenshot({ path: `${process.env.NETID_PICTURES}/${where.replaceAll(/\W+/g, '-')}-${name}.png`, fullPage: true });
  };
}

/** axe finds nothing against WCAG 2.2 A and AA. Its source goes in by the debugger, which the page's policy does not bind. */
export async function noBarrier(page, state) {
  await page.waitForLoadState();
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  assert.deepEqual(violations.map(({ id, nodes }) => `${state}: ${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' | ')}`), []);
}

/** Nothing is wider than the screen [WCAG 1.4.10]. */
export async function fits(page) {
  const { wide, screen } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, screen: document.documentElement.clientWidth }));
  assert.ok(wide <= screen, `${wide} pixels on a screen of ${screen}`);
}

/** Presses Tab, thirty times at most, until the focused element fits; tells whether its focus shows. */
export async function tabTo(page, fitting) {
  for (let presses = 0; presses < 30; presses++) {
    await page.keyboard.press('Tab');
    const element = await page.evaluate(() => {
      const { activeElement } = document;
      const style = getComputedStyle(activeElement);
      return {
        href: activeElement.getAttribute('href'), name: activeElement.innerText ?? '',
        visible: style.outlineStyle !== 'none' || style.boxShadow !== 'none',
      };
    });
    if (fitting(element)) return element;
  }
  assert.fail('thirty presses of Tab do not reach it');
}
