// Issues and verifies SD-JWT VCs with @sd-jwt, on Node's own crypto in its quickest form: node:crypto with key objects made once, and synchronous
// calls (crypto.subtle goes through a thread pool and costs more for one P-256 operation). The salt is 128 bits from crypto.randomBytes, as ours is.
// One JSON object a line in, one a line out: what to do and for how long, how often it was done.
import { createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import { createInterface } from 'node:readline';
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';

const ieee = (key) => ({ key, dsaEncoding: 'ieee-p1363' });
const holderKeys = new Map();
let work;

const prepare = ({ issuerKey, holderKey, visible, disclosable, presentation, audience, nonce, data }) => {
  const key = ieee(createPrivateKey({ key: issuerKey, format: 'jwk' }));
  const publicKey = ieee(createPublicKey(key.key));
  const bytes = Buffer.from(data, 'base64');
  const signature = sign('sha256', bytes, key);
  const instance = new SDJwtVcInstance({
    hashAlg: 'sha-256',
    hasher: (text) => createHash('sha256').update(text).digest(),
    saltGenerator: () => randomBytes(16).toString('base64url'),
    signAlg: 'ES256',
    signer: (text) => sign('sha256', Buffer.from(text), key).toString('base64url'),
    verifier: (text, value) => verify('sha256', Buffer.from(text), publicKey, Buffer.from(value, 'base64url')),
    kbVerifier: (text, value, payload) => verify('sha256', Buffer.from(text), holder(payload.cnf.jwk), Buffer.from(value, 'base64url')),
  });
  let keep = false;
  const holder = (jwk) => {
    if (!keep) return ieee(createPublicKey({ key: jwk, format: 'jwk' }));
    if (!holderKeys.has(jwk.x)) holderKeys.set(jwk.x, ieee(createPublicKey({ key: jwk, format: 'jwk' })));
    return holderKeys.get(jwk.x);
  };
  const check = async () => {
    const { kb } = await instance.verify(presentation, { keyBindingNonce: nonce });
    if (kb.payload.aud !== audience) throw new Error('the presentation is for someone else');
  };
  const claims = { ...visible, ...disclosable, cnf: { jwk: holderKey } };
  const frame = { _sd: Object.keys(disclosable) };
  const header = { kid: issuerKey.kid };
  return {
    issue: () => instance.issue(claims, frame, { header }),
    verify: () => { keep = false; return check(); },
    'verify, holder\'s key kept': () => { keep = true; return check(); },
    'raw signature': () => { sign('sha256', bytes, key); },
    'raw verification': () => { if (!verify('sha256', bytes, publicKey, signature)) throw new Error('the signature does not verify'); },
  };
};

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  if (order.prepare) {
    work = prepare(order.prepare);
    console.log(JSON.stringify({ credential: await work.issue() }));
    continue;
  }
  const operation = work[order.operation];
  const began = performance.now();
  let count = 0;
  while (performance.now() - began < order.milliseconds) {
    for (let i = 0; i < 8; i++) await operation();
    count += 8;
  }
  console.log(JSON.stringify({ count }));
}
