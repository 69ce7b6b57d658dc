// Builds, compresses, signs and decodes Bitstring Status Lists with @digitalbazaar/vc-bitstring-status-list, its credential signed as a vc+jwt by
// node:crypto with a key object made once. It speaks as sd-jwt.mjs does; to be prepared, it is given what is set and a list to decode.
import { createHash, createPrivateKey, sign } from 'node:crypto';
import { createInterface } from 'node:readline';
import { createCredential, createList, decodeList } from '@digitalbazaar/vc-bitstring-status-list';

const part = (json) => Buffer.from(JSON.stringify(json)).toString('base64url');
let work;

const prepare = ({ issuerKey, url, size, revoked, encodedList }) => {
  const key = { key: createPrivateKey({ key: issuerKey, format: 'jwk' }), dsaEncoding: 'ieee-p1363' };
  const header = part({ alg: 'ES256', typ: 'vc+jwt', kid: issuerKey.kid });
  const publish = async () => {
    const list = await createList({ length: size });
    for (const index of revoked) list.setStatus(index, true);
    const credential = await createCredential({ id: url, list, statusPurpose: 'revocation' });
    credential.issuer = 'https://nation.example';
    const toBeSigned = `${header}.${part(credential)}`;
    return `${toBeSigned}.${sign('sha256', Buffer.from(toBeSigned), key).toString('base64url')}`;
  };
  return { publish, decode: () => decodeList({ encodedList }) };
};

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  if (order.prepare) {
    work = prepare(order.prepare);
    const read = order.prepare.encodedList ? await work.decode() : null;
    console.log(JSON.stringify({
      published: await work.publish(),
      digest: read && createHash('sha256').update(read.bitstring.bits).digest('base64url'),
    }));
    continue;
  }
  const began = performance.now();
  let count = 0;
  while (performance.now() - began < order.milliseconds) {
    await work[order.operation]();
    count++;
  }
  console.log(JSON.stringify({ count }));
}
