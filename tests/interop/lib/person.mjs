// A member's browser without scripts: cookies as browsers keep and send them, redirects, forms that post themselves, frames; and the wallet at hand.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { certify, pemOfKey } from './certificate.mjs';

const decode = (html) => html.replace(/&(?:#(x?)([0-9a-f]+)|(\w+));/gi, (_, hex, number, name) =>
  (number ? String.fromCodePoint(parseInt(number, hex ? 16 : 10)) : { amp: '&', lt: '<', gt: '>', quot: '"', apos: '\'' }[name]));

/** The form of a page that posts itself when it is loaded: where to, and with what. */
const formOf = (html) => {
  const action = html.match(/<form method="post" action="([^"]+)" data-post>/)?.[1];
  return action && { action: decode(action), fields: [...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"\s*\/?>/g)].map(([, name, value]) => [decode(name), decode(value)]) };
};

export class Person {
  #jar = new Map();
  #agent = new Agent({ connect: { rejectUnauthorized: false } });

  /** Every request that this browser made: method and URL. */
  visits = [];

  /** @param member what `becomeMember` gave: without one, nobody proves anything. */
  constructor(member) {
    this.member = member;
  }

  /** Goes to an address and on to where it leads: a page. Where a wallet is asked, it proves; where the browser is sent back by a form, it posts. */
  async go(url, { method = 'GET', body, from } = {}) {
    for (let hops = 0; hops < 25; hops++) {
      const to = new URL(url, from);
      this.visits.push(`${method} ${to.href}`);
      const { status, headers, text } = await this.#send(to, method, from, body);
      const location = headers.get('location');
      [from, method, body] = [to, 'GET', undefined];
      if (status >= 300 && status < 400 && location) {
        url = location;
        continue;
      }

      const form = formOf(text);
      if (form) {
        [url, method, body] = [form.action, 'POST', form.fields];
        continue;
      }

      const link = text.match(/href="(openid4vp:[^"]+)"/)?.[1];
      if (link && this.member) {
        const answer = await this.member.wallet.present(decode(link), this.member.credential);
        assert.equal(answer.status, 200, answer.text);
        url = answer.redirectUri;
        continue;
      }

      for (const [, source] of text.matchAll(/<iframe class="unseen" src="([^"]+)"/g)) await this.#frame(decode(source), to);
      const onward = text.match(/href="([^"]+)" data-onward/)?.[1];
      if (onward) {
        url = decode(onward);
        continue;
      }

      return { url: to, status, text, headers };
    }

    throw new Error(`sent around too often: ${this.visits.slice(-6).join(', ')}`);
  }

  /** Presses the button of a page's form by the words on it. */
  async press(page, words) {
    const form = page.text.match(new RegExp(`<form method="post" action="([^"]+)"[^>]*>((?:(?!</form>)[\\s\\S])*?)<button[^>]*>\\s*${words}`));
    assert.ok(form, `there is a button ${words}: ${page.text}`);
    const fields = [...form[2].matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"\s*\/?>/g)].map(([, name, value]) => [decode(name), decode(value)]);
    return this.go(decode(form[1]), { method: 'POST', body: fields, from: page.url });
  }

  /** The names of the cookies that this browser has for a host. */
  cookiesOf(host) {
    return [...(this.#jar.get(host) ?? new Map()).keys()];
  }

  close() {
    return this.#agent.close();
  }

  async #frame(url, from) {
    const to = new URL(url);
    this.visits.push(`FRAME ${to.href}`);
    await this.#send(to, 'FRAME', from);
  }

  async #send(to, method, from, form) {
    const response = await request(to, {
      method: method === 'FRAME' ? 'GET' : method, dispatcher: this.#agent,
      headers: {
        accept: 'text/html,application/xhtml+xml', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': method === 'FRAME' ? 'iframe' : 'document', cookie: this.#cookiesFor(to, method, from),
        ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      },
      body: form && new URLSearchParams(form).toString(),
    });
    const headers = new Headers(Object.entries(response.headers).flatMap(([name, value]) => [value].flat().map((one) => [name, one])));
    this.#keep(to, headers.getSetCookie());
    return { status: response.statusCode, headers, text: await response.body.text() };
  }

  /** Lax: from another site along a GET of the page alone. None: always, and by https alone. Without a word it is Lax. */
  #cookiesFor(to, method, from) {
    const isForeign = from && from.hostname !== to.hostname;
    return [...(this.#jar.get(to.hostname) ?? [])]
      .filter(([, { sameSite, secure, path }]) => (!secure || to.protocol === 'https:') && to.pathname.startsWith(path) && (!isForeign || sameSite === 'none' || (sameSite === 'lax' && method === 'GET')))
      .map(([name, { value }]) => `${name}=${value}`).join('; ');
  }

  #keep(at, cookies) {
    if (!this.#jar.has(at.hostname)) this.#jar.set(at.hostname, new Map());
    const jar = this.#jar.get(at.hostname);
    for (const cookie of cookies) {
      const [pair, ...attributes] = cookie.split(';').map((part) => part.trim());
      const [name, value] = pair.split(/=(.*)/s);
      const of = (attribute) => attributes.find((one) => one.toLowerCase().split('=')[0] === attribute)?.split(/=(.*)/s)[1];
      const secure = attributes.some((one) => one.toLowerCase() === 'secure');
      const sameSite = (of('samesite') ?? 'lax').toLowerCase();
      if ((secure && at.protocol !== 'https:') || (sameSite === 'none' && !secure)) continue;
      if (of('max-age') === '0' || (of('expires') && new Date(of('expires')) <= new Date())) jar.delete(name);
      else jar.set(name, { value, sameSite, secure, path: of('path') ?? '/' });
    }
  }
}

/** A web server for an app at 127.0.0.1, another site than the nation's localhost; with `https`, with a certificate of its own. */
export async function listen(handler, { https = false, host = '127.0.0.1' } = {}) {
  const leaf = https && certify({ subject: host });
  const web = https ? createHttps({ key: pemOfKey(leaf), cert: leaf.pem }, handler) : createHttp(handler);
  await new Promise((resolve, reject) => web.once('error', reject).listen(0, host === 'localhost' ? 'localhost' : '127.0.0.1', resolve));
  return {
    web, origin: `${https ? 'https' : 'http'}://${host}:${web.address().port}`,
    close: () => new Promise((resolve) => { web.close(resolve); web.closeAllConnections(); }),
  };
}

/** Registers an app by what it says of itself [RFC 7591], with the command line. */
export async function registerMetadata(server, metadata, ...more) {
  const folder = await mkdtemp(join(tmpdir(), 'netid-app-'));
  try {
    const file = join(folder, 'app.json');
    await writeFile(file, JSON.stringify(metadata));
    return await server.netid('client', 'add', '--metadata', file, ...more);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The form that was posted. */
export async function formPosted(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}
