// Someone on the tour, with a browser and nothing else: presses what the pages offer, by mouse or by keyboard, and looks at what they say.
import assert from 'node:assert/strict';
import { closeTab } from './browser.mjs';
import { eventually } from './server.mjs';

export class Tourist {
  /**
   * @param {import('playwright-core').BrowserContext} context the browser, with its own cookies and storage
   * @param {{
   *   press?: (locator: import('playwright-core').Locator) => Promise<void>, type?: (locator: import('playwright-core').Locator, text: string) => Promise<void>,
   *   look?: (name: string, page: import('playwright-core').Page) => Promise<void>,
   * }} options how to press something and to type into it, and what to do on every page on the way
   */
  constructor(context, issuer, { press = (locator) => locator.click(), type = (locator, text) => locator.fill(text), look = async () => {} } = {}) {
    Object.assign(this, { context, issuer, press, type, look });
  }

  /** Opens the start page and begins. */
  async begin(page) {
    this.tour = page;
    await page.goto(this.issuer);
    await this.look('start', page);
    await this.press(page.getByRole('link', { name: 'Begin: Belong' }));
    await page.getByRole('heading', { name: 'Belong', level: 1 }).waitFor();
  }

  /** 1. Applies, is vouched for and admitted, and takes the membership credential into the wallet. */
  async belong() {
    await this.look('belong', this.tour);
    await this.beAdmitted();
    await this.takeOffer('belong');
    await this.tour.getByText('You belong.').waitFor();
    await this.unfold('belong-wire');
  }

  /** Applies, and is admitted. */
  async beAdmitted() {
    await this.press(this.tour.getByRole('button', { name: 'Apply', exact: true }));
    await this.beDecided();
  }

  /** Two members vouch, two stewards approve, and before the last of them there is nothing to take. */
  async beDecided() {
    const saysAlone = async (name, words) => {
      await this.tour.getByText(words).waitFor();
      assert.equal(await this.tour.locator('a[href*="/offer"]').count(), 0);
      await this.look(name, this.tour);
    };
    await saysAlone('belong-applied', '0 of 2 vouch');
    await this.press(this.tour.getByRole('button', { name: 'Let Dele vouch for you' }));
    await saysAlone('belong-vouched', '1 of 2 vouch');
    await this.press(this.tour.getByRole('button', { name: 'Let Esra vouch for you' }));
    await saysAlone('belong-put', '0 of 2 approved');
    await this.press(this.tour.getByRole('button', { name: 'Let Benedita approve' }));
    await saysAlone('belong-alone', '1 of 2 approved');
    await this.press(this.tour.getByRole('button', { name: 'Let Cormac approve' }));
    await this.tour.getByText('You are admitted').waitFor();
    await this.look('belong-admitted', this.tour);
  }

  /** 2. Signs in to the library, and sees what it learned. */
  async signIn() {
    await this.next('Sign in');
    await this.look('sign-in', this.tour);
    const app = await this.opened(() => this.press(this.tour.getByRole('link', { name: /Open Harbour Library/ })));
    await this.look('library', app);
    await this.toWallet(app, /^Sign in with/, 'sign-in');
    await this.press(app.getByRole('button', { name: 'Show it', exact: true }));
    await app.getByRole('heading', { name: 'You are signed in' }).waitFor();
    await app.waitForURL(/\/\/library\./);
    await app.getByRole('button', { name: 'Sign out' }).waitFor();
    await this.look('library-signed-in', app);
    await this.back(app);
    await this.tour.getByRole('heading', { name: 'What you hold, and what the app learned' }).waitFor();
    await this.unfold('sign-in-wire');
    return app;
  }

  /** 3. Lies in four ways. */
  async lie(app) {
    await this.next('Cheat');
    await this.look('cheat', this.tour);
    await app.bringToFront();
    await this.press(app.getByRole('button', { name: 'Sign out' }));
    await this.toWallet(app, /^Sign in with/);
    await this.press(app.getByText('Break it on purpose'));
    for (const lie of ['Tamper', 'Copy', 'Replay', 'Wrong audience']) {
      await this.press(app.getByRole('button', { name: lie, exact: true }));
      await app.locator('.results li.refused', { hasText: lie }).waitFor();
    }
    await this.look('wallet-lies', app);
    await this.press(app.getByRole('button', { name: 'Show it', exact: true }));
    await app.getByRole('button', { name: 'Sign out' }).waitFor();
    await this.back(app);
    await eventually('four lies are ticked', async () => (await this.tour.locator('.stations .tick').count()) === 4);
    await this.look('cheat-refused', this.tour);
  }

  /** 4. Takes a residency, and arrives at the door. */
  async arrive() {
    await this.next('Arrive');
    await this.press(this.tour.getByRole('button', { name: /Offer me a residency/ }));
    await this.takeOffer('arrive', async (wallet) => {
      const lastDay = new Date(`${await wallet.locator('.values div', { hasText: /until|last day/i }).locator('dd').first().innerText()}T00:00`);
      const day = new Intl.DateTimeFormat('en-US', { dateStyle: 'long' }).format(lastDay);
      const cards = await wallet.locator('.card .until').allInnerTexts();
      assert.equal(cards.length, 2, 'one for each form');
      for (const until of cards) assert.ok(until.startsWith(`Until ${day}`), 'the card names the last day, not the one after');
    });
    const door = await this.opened(async () => this.press(this.tour.getByRole('link', { name: /Open the door/ })));
    await this.look('door', door);
    await this.toWallet(door, 'Arrive', 'arrive');
    await this.press(door.getByRole('button', { name: 'Show it', exact: true }));
    await door.getByRole('heading', { name: 'Admit' }).waitFor();
    await this.look('door-admit', door);
    await this.back(door);
    await this.tour.getByText('You are in.').waitFor();
    await this.look('arrive-done', this.tour);
    await closeTab(door);
  }

  /** 5. Is revoked: the session at the library ends, and the next sign-in is refused. */
  async fall(app) {
    await this.next('Be revoked');
    await this.look('revoke', this.tour);
    await this.press(this.tour.getByRole('button', { name: 'Revoke my membership' }));
    await this.tour.getByText('Your membership is revoked').waitFor();
    await app.bringToFront();
    await app.reload();
    await app.getByText(/no longer confirms you/).first().waitFor();
    await this.look('library-ended', app);
    await this.toWallet(app, /^Sign in/);
    await this.press(app.getByRole('button', { name: 'Show it', exact: true }));
    await app.getByText(/revoked/).first().waitFor();
    await this.look('wallet-revoked', app);
    await this.back(app);
    await eventually('both are ticked', async () => (await this.tour.locator('.stations .tick').count()) === 2);
    await this.unfold('revoke-wire');
  }

  /** Between 5 and 6: the page of the last step sends whoever was revoked to take another membership, and that page leads on to it. */
  async takeAnother() {
    await this.press(this.tour.getByRole('link', { name: /^Stop the server/ }).first());
    await this.tour.getByText('You hold no membership that is good.').waitFor();
    await this.look('stop-without', this.tour);
    await this.press(this.tour.getByRole('link', { name: 'Take another one first' }));
    await this.press(this.tour.getByRole('button', { name: 'Offer me another' }));
    await this.takeOffer('another');
    await this.tour.getByText('You belong.').waitFor();
    await this.look('belong-anew', this.tour);
    await this.press(this.tour.getByRole('link', { name: 'On to step 6: Stop the server' }));
    await this.tour.getByRole('heading', { name: 'Stop the server, and still pass' }).waitFor();
    assert.equal(await this.tour.getByText('You hold no membership that is good.').count(), 0);
  }

  /** 6. Passes at a door while the nation is stopped: by the station and the wallet that this browser keeps, which was `seen` before. Gives the station's tab. */
  async pass(stop, seen = async () => {}) {
    await this.press(this.tour.locator('.trail').getByRole('link', { name: 'Stop the server' }));
    await this.tour.getByRole('heading', { name: 'Stop the server, and still pass' }).waitFor();
    await this.look('stop', this.tour);
    const station = await this.opened(() => this.press(this.tour.getByRole('link', { name: /Open the station/ })));
    await station.getByRole('heading', { name: 'Begin a shift' }).waitFor();
    await station.getByRole('radio', { name: 'Lisbon' }).check();
    await this.press(station.getByRole('button', { name: 'Begin', exact: true }));
    await station.getByRole('button', { name: 'Next person' }).waitFor();
    await this.back();
    const wallet = await this.opened(() => this.press(this.tour.getByRole('link', { name: /Open the wallet/ })));
    for (const page of [station, wallet]) await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
    await seen(wallet);
    await closeTab(wallet);

    await stop();
    await this.back();
    await this.tour.getByText('The server is stopped.').waitFor();
    await station.bringToFront();
    await this.arriveAt(station);
    await station.getByRole('heading', { name: 'Admit', exact: true }).waitFor();
    await this.look('station-admit', station);
    return station;
  }

  /** Is asked at the station, and answers with the wallet in the same browser; `how`: what is pressed there. */
  async arriveAt(station, how = (wallet) => this.press(wallet.getByRole('button', { name: /^Send it to / }))) {
    await this.press(station.getByRole('button', { name: 'Next person' }));
    await station.getByRole('heading', { name: 'Show this code' }).waitFor();
    await this.look('station-asks', station);
    await this.press(station.getByText('Their wallet is on this device'));
    await this.press(station.getByRole('link', { name: 'Open the wallet in this browser' }));
    await station.getByRole('heading', { name: 'Someone asks to see something' }).waitFor();
    await this.look('station-wallet', station);
    await how(station);
  }

  /** Goes on from a step of the tour to the next. */
  async next(name) {
    await this.press(this.tour.getByRole('link', { name: `Next: ${name}` }));
    await this.tour.locator('.trail [aria-current=step]', { hasText: name }).waitFor();
  }

  /** Opens the offer that waits in the wallet, takes it, with its code where there is one, and comes back. */
  async takeOffer(name, taken = async () => {}) {
    const link = this.tour.getByRole('link', { name: /wallet in this browser/ });
    await link.waitFor();
    const code = await this.code();
    const wallet = await this.opened(() => this.press(link));
    await wallet.getByRole('button', { name: 'Take it' }).waitFor();
    await this.look(`${name}-offer`, wallet);
    if (code) await this.type(wallet.getByLabel('The code you were given'), code);
    await this.press(wallet.getByRole('button', { name: 'Take it' }));
    await wallet.getByRole('heading', { name: 'It is yours' }).waitFor();
    await this.look(`${name}-taken`, wallet);
    await taken(wallet);
    await closeTab(wallet);
    await this.tour.bringToFront();
  }

  /** The code that stands beside the offer; undefined where none does. */
  async code() {
    return (await this.tour.locator('.digits').allTextContents())[0];
  }

  /** From the app to the nation's page, and from there to the wallet in the same browser. */
  async toWallet(app, link, name) {
    await this.press(app.getByRole('link', { name: link }).first());
    await app.getByRole('heading', { name: /^Sign in to/ }).waitFor();
    if (name) await this.look(`${name}-nation`, app);
    await this.press(app.getByRole('link', { name: 'Open the wallet in this browser' }));
    await app.getByRole('button', { name: 'Show it', exact: true }).waitFor();
    if (name) await this.look(`${name}-wallet`, app);
  }

  /** The page that an act opens in a new tab. */
  async opened(act) {
    const [page] = await Promise.all([this.context.waitForEvent('page'), act()]);
    await page.waitForLoadState();
    return page;
  }

  async back() {
    await this.tour.bringToFront();
  }

  /** Opens what is folded, the outermost and its last request, and looks. */
  async unfold(name) {
    const wire = this.tour.locator('details.wire').last();
    await eventually('it is unfolded, though the page may just have loaded itself again', async () => {
      if (await wire.getAttribute('open') === null) await this.press(wire.locator('summary').first());
      return await wire.getAttribute('open') === '';
    });
    await this.look(name, this.tour);
    await this.press(wire.locator('summary').first());
  }
}
