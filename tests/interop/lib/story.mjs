// What the stories share: how a person becomes a member, and how a member signs in.
import assert from 'node:assert/strict';
import { comeBack, openPage, walletLink } from './browser.mjs';
import { PHONE } from './pages.mjs';
import { Wallet } from './wallet.mjs';

/** What the nation says of Ada; the names are those of the membership type. */
export const ADA = { display_name: 'Ada Example', node: 'Lisbon' };

/** Someone with a fresh key who took a membership credential: a new member, or a new credential for `member`. */
export async function becomeMember(server, { member, alg, claims = member ? {} : ADA } = {}) {
  const offer = await server.offerMembership({ member, claims });
  const wallet = await Wallet.create(server, { alg });
  const taken = await wallet.receive(offer.link);
  return { wallet, memberId: offer.member_id, credential: taken.credential, taken };
}

/** The number that the page shows to the browser that asked, once a wallet has answered on another device. */
export const numberOn = (page) => page.locator('main[data-state=confirming] .digits').innerText({ timeout: 15_000 });

/** The wallet's holder chooses, on the page that the wallet leads to, the number that the browser shows. */
export async function choose(phone, number) {
  await phone.getByRole('button', { name: number, exact: true }).click();
  await phone.getByRole('heading', { name: 'Done here', level: 1 }).waitFor({ timeout: 15_000 });
}

/** A wallet on another device has answered: its phone opens what it was told to, and its holder chooses the number that `page` shows. */
export async function confirm(page, redirectUri, options = {}) {
  const phone = await openPage(page.context().browser(), { ...PHONE, ...options });
  try {
    await phone.page.goto(redirectUri);
    await choose(phone.page, await numberOn(page));
    assert.deepEqual(phone.faults, []);
  } finally {
    await phone.close();
  }
}

/** Signs in on the device that holds the wallet, and spends the code. Gives tokens, claims and userinfo. */
export async function signIn(page, partner, { wallet, credential }, options = {}) {
  const begun = await partner.begin({ prompt: 'login', ...options.parameters }); // a proof, whoever has a session
  await page.goto(begun.url);
  const answer = await wallet.present(await walletLink(page), credential, options);
  assert.equal(answer.status, 200, answer.text);
  assert.ok(answer.redirectUri, 'the wallet is told where to send the person back');
  await comeBack(page, answer.redirectUri);
  return { ...(await partner.finish(begun)), answer, begun };
}
