// An account elsewhere: ethers is the chain wallet that this project did not write. A member binds what it signs; a DAO, an ordinary app with openid-client, counts one vote a member, by an account that is theirs.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { getBytes, keccak256, verifyMessage, Wallet as ChainWallet } from 'ethers';
import { openWithoutBrowser, register, startApp } from './lib/app.mjs';
import { ask, besidesRefusals, openHere, press, prove, screen, take } from './lib/browser-wallet.mjs';
import { browserTest, openBrowser, openPage, says } from './lib/browser.mjs';
import { lookerAt, tabTo, WAYS } from './lib/pages.mjs';
import { Person } from './lib/person.mjs';
import { startServer } from './lib/server.mjs';
import { becomeMember } from './lib/story.mjs';

const PATH = '/account/elsewhere';
const accountOf = (chain, id = 1) => `eip155:${id}:${chain.address}`;
const decode = (html) => html.replace(/&(?:#(x?)([0-9a-f]+)|(\w+));/gi, (_, hex, number, name) =>
  (number ? String.fromCodePoint(parseInt(number, hex ? 16 : 10)) : { amp: '&', lt: '<', gt: '>', quot: '"' }[name]));
const hidden = (html, name) => html.match(new RegExp(`name="${name}" value="([^"]*)"`))[1];
const messageOf = (page) => decode(page.text.match(/<textarea id="message"[^>]*>([^<]*)/)[1]);

test('Keccak-256 is that of another library, for every length up to four blocks and more', async () => {
  let chain = new Uint8Array();
  for (let length = 0; length <= 600; length++) {
    const digest = getBytes(keccak256(Uint8Array.from({ length }, (_, at) => (at * 7 + length) & 255)));
    chain = getBytes(keccak256(new Uint8Array([...chain, ...digest])));
  }
  const ours = await readFile(new URL('../NetworkIdentity.Tests/Standards/Crypto/Keccak256Tests.cs', import.meta.url), 'utf8');
  assert.ok(ours.includes(Buffer.from(chain).toString('hex')), 'the digest of all digests is the one that our test expects');
});

describe('An account elsewhere', () => {
  let server, browser, app, dao;
  before(async () => {
    server = await startServer({ wallet: true });
    app = await startApp({ name: 'Harbour DAO' });
    dao = await register(server, app, { policy: ['membership', 'account'] });
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await app?.close();
    await server?.stop();
  });

  test('is bound by what ethers signs, shown to a DAO together with the membership, and counted once a member', async () => {
    const ada = await becomeMember(server);
    const person = new Person(ada);
    const [first, second] = [ChainWallet.createRandom(), ChainWallet.createRandom()];
    const votes = new Map();
    for (const chain of [first, second]) {
      const { page, text } = await begin(person, accountOf(chain));
      assert.match(text, new RegExp(`^localhost:\\d+ wants you to sign in with your Ethereum account:\\n${chain.address}\\n\\n[ -~]+\\n\\nURI: ${server.issuer}${PATH}\\nVersion: 1\\nChain ID: 1\\nNonce: [0-9a-f]+\\nIssued At: \\S+Z\\nExpiration Time: \\S+Z$`));
      const signature = await chain.signMessage(text);
      assert.equal(verifyMessage(text, signature), chain.address);
      assert.match((await bind(person, page, signature)).text, new RegExp(accountOf(chain)));
      const credential = await takeIt(person, ada, chain);
      const { claims, userinfo } = await vote(ada, { membership: ada.credential, account: credential });
      assert.deepEqual([claims.account, userinfo.account], [{ account: accountOf(chain) }, { account: accountOf(chain) }]);
      votes.set(claims.sub, claims.account.account);
    }
    assert.deepEqual([...votes.values()], [accountOf(second)], 'a second account of the same member is the same voter, who votes anew');

    // Another member with an account of their own is another voter.
    const ben = await becomeMember(server);
    const other = new Person(ben);
    const chain = ChainWallet.createRandom();
    const { page, text } = await begin(other, accountOf(chain, 10));
    await bind(other, page, await chain.signMessage(text));
    const { claims } = await vote(ben, { membership: ben.credential, account: await takeIt(other, ben, chain) });
    votes.set(claims.sub, claims.account.account);
    assert.equal(votes.size, 2);

    // Unbound, it proves nothing any more, though the wallet has it still.
    const held = await takeIt(other, ben, chain);
    await other.press(await other.go(`${server.issuer}${PATH}`), 'Unbind it');
    await assert.rejects(vote(ben, { membership: ben.credential, account: held }), /4\d\d/);
    await person.close();
    await other.close();
  });

  test('a signature of another nonce, domain, account or member is refused, and binds nothing', async () => {
    const [ada, ben] = [await becomeMember(server), await becomeMember(server)];
    const [person, other] = [new Person(ada), new Person(ben)];
    const [chain, another] = [ChainWallet.createRandom(), ChainWallet.createRandom()];
    const earlier = await begin(person, accountOf(chain));
    const { page, text } = await begin(person, accountOf(chain));
    for (const signed of [
      await chain.signMessage(earlier.text), await chain.signMessage(text.replace(/^\S+/, 'dao.example')), await another.signMessage(text),
      await chain.signMessage(`${text}\n`), `${(await chain.signMessage(text)).slice(0, -2)}02`,
    ]) {
      const refused = await bind(person, page, signed);
      assert.equal(refused.status, 400);
      assert.match(refused.text, /id="signature-error"/);
    }
    const named = await begin(other, accountOf(chain));
    assert.equal((await bind(other, named.page, await chain.signMessage(text))).status, 400, 'what Ada was asked binds nothing to Ben');
    assert.match((await bind(person, page, await chain.signMessage(text))).text, new RegExp(accountOf(chain)));
    const taken = await bind(other, named.page, await chain.signMessage(named.text));
    assert.match(taken.text, /bound to a membership already/);
    assert.ok(!taken.text.includes(ada.memberId));
    await person.close();
    await other.close();
  });

  test('of contracts and of other chains nothing is bound', async () => {
    const person = new Person(await becomeMember(server));
    for (const account of ['solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp:7S3P4HxJpyyigGzodYwHtCxZyUQe9JiBMHyRWXArAaKv', 'eip155:1:vitalik.eth']) {
      const page = await person.go(`${server.issuer}${PATH}`);
      const refused = await person.go(`${server.issuer}${PATH}/begin`, { method: 'POST', from: page.url, body: [['form', hidden(page.text, 'form')], ['account', account]] });
      assert.deepEqual([refused.status, /id="account-error"/.test(refused.text)], [400, true]);
    }
    await person.close();
  });

  for (const [where, { rtl, ...options }] of Object.entries(WAYS)) {
    browserTest(`${where}: a wallet for chains in the browser names and signs, by keyboard; the practice wallet takes the credential and shows both to the DAO, with no barrier that axe finds`, async () => {
      const chain = ChainWallet.createRandom();
      const { page, faults, close } = await openPage(browser, options);
      try {
        // A wallet of chains, as extensions put it into the page [EIP-1193]; once the person says no.
        let refusals = 1;
        await page.exposeFunction('chainWallet', async (method, params) => {
          if (method === 'eth_requestAccounts') return [chain.address.toLowerCase()];
          if (method === 'eth_chainId') return '0x89';
          assert.deepEqual([method, params[1].toLowerCase()], ['personal_sign', chain.address.toLowerCase()]);
          return refusals-- > 0 ? null : chain.signMessage(getBytes(params[0]));
        });
        await page.addInitScript(() => {
          window.ethereum = {
            request: async ({ method, params }) => await window.chainWallet(method, params) ?? Promise.reject(Object.assign(new Error('User rejected the request.'), { code: 4001 })),
          };
        });
        const look = await lookerAt(page, where);
        await take(page, server, { claims: { display_name: 'Ada Example' } });
        await page.goto(`${server.issuer}${PATH}`);
        await prove(page);
        await says(page, /You have bound none/);
        await look('elsewhere-none');
        await page.locator('#account').fill('eip155:1:0x00');
        await send(page, 'Get the text to sign');
        await says(page, /40 hexadecimal digits/);
        assert.equal(await page.locator('#account').getAttribute('aria-describedby'), 'account-error account-hint');
        await look('elsewhere-wrong');
        await send(page, 'Use the wallet in this browser');
        await says(page, /Sign this text/);
        await look('elsewhere-sign');
        await send(page, 'Sign with the wallet in this browser');
        await says(page, /User rejected the request/);
        await look('elsewhere-rejected');
        await send(page, 'Sign with the wallet in this browser');
        await says(page, /Unbind it/);
        await says(page, new RegExp(accountOf(chain, 137)));
        await look('elsewhere');
        await page.getByRole('button', { name: /^Take its credential/ }).click();
        await openHere(page).click();
        await press(page, 'Take it');
        await screen(page, 'It is yours');
        const begun = await ask(page, dao, { scope: 'openid membership account' });
        await look('elsewhere-asked');
        await press(page, 'Show it');
        const { claims } = await dao.finish(begun);
        assert.deepEqual(claims.account, { account: accountOf(chain, 137) });
        assert.deepEqual(besidesRefusals(faults), []);
      } finally {
        await close();
      }
    });
  }

  /** Names an account: the page with the text to sign, and that text. */
  async function begin(person, account) {
    const page = await person.go(`${server.issuer}${PATH}`);
    const text = await person.go(`${server.issuer}${PATH}/begin`, { method: 'POST', from: page.url, body: [['form', hidden(page.text, 'form')], ['account', account]] });
    assert.equal(text.status, 200, text.text);
    return { page: text, text: messageOf(text) };
  }

  const bind = (person, page, signature) => person.go(`${server.issuer}${PATH}/bind`, {
    method: 'POST', from: page.url, body: [...['form', 'account', 'nonce'].map((name) => [name, decode(hidden(page.text, name))]), ['signature', signature]],
  });

  /** The credential of an account, taken into a strange wallet. */
  async function takeIt(person, member, chain) {
    const page = await person.go(`${server.issuer}${PATH}`);
    const section = page.text.slice(page.text.indexOf(chain.address));
    const offer = await person.go(`${server.issuer}${PATH}/take`, { method: 'POST', from: page.url, body: [['form', hidden(page.text, 'form')], ['of', hidden(section, 'of')]] });
    return (await member.wallet.receive(`openid-credential-offer://?credential_offer_uri=${encodeURIComponent(offer.url.href)}`)).credential;
  }

  /** Shows the DAO both, in one presentation. */
  async function vote(member, credentials) {
    const begun = await dao.begin({ scope: 'openid membership account', prompt: 'login' });
    const page = await openWithoutBrowser(server, begun.url);
    const request = await member.wallet.resolve(page.link);
    const presentations = {};
    for (const query of request.dcql.query.credentials) presentations[query.id] = [await member.wallet.presentation({ ...request, dcql: { query: { credentials: [query] } } }, credentials[query.id])];
    const answered = await member.wallet.answer(request, presentations);
    assert.equal(answered.status, 200, `${answered.status} ${answered.text}`);
    const back = await server.fetch(answered.redirectUri, { redirect: 'manual', headers: { cookie: page.cookie } });
    return dao.finish(begun, new URL(back.headers.get('location')));
  }
});

/** Presses a button by keyboard. */
async function send(page, name) {
  const focused = await tabTo(page, (element) => element.name === name);
  assert.ok(focused.visible, 'the focus shows');
  await page.keyboard.press('Enter');
}
