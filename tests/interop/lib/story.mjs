// What the stories share: how a person becomes a member, and how a member signs in.
import assert from 'node:assert/strict';
import { comeBack, walletLink } from './browser.mjs';
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

/** Signs in on the device that holds the wallet, and spends the code. Gives tokens, claims and userinfo. */
export async function signIn(page, partner, { wallet, credential }, options = {}) {
  const begun = await partner.begin(options.parameters);
  await page.goto(begun.url);
  const answer = await wallet.present(await walletLink(page), credential, options);
  assert.equal(answer.status, 200, answer.text);
  assert.ok(answer.redirectUri, 'the wallet is told where to send the person back');
  await comeBack(page, answer.redirectUri);
  return { ...(await partner.finish(begun)), answer, begun };
}
