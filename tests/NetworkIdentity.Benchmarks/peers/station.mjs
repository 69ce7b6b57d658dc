// Loads a trust bundle with the station's own modules, and inflates its list alone. It speaks as sd-jwt.mjs does; to be prepared, it is given the bundle and the list in it.
import { createInterface } from 'node:readline';
import { inflateSync } from 'node:zlib';
import { readBundle } from '../../../src/NetworkIdentity.Server/Pages/Client/verifying/bundle.js';
import { Certificates } from '../../../src/NetworkIdentity.Server/Pages/Client/verifying/certificates.js';
import { openList } from '../../../src/NetworkIdentity.Server/Pages/Client/verifying/status-list.js';

let work;

const prepare = ({ bundle, list }) => ({
  load: async () => {
    const now = Date.now();
    const { known, claims } = await readBundle(bundle, { pinned: null, now });
    const certificates = new Certificates((issuer) => known.issuers.get(issuer)?.roots ?? []);
    for (const [uri, token] of known.lists) await openList(token, uri, claims.iss, certificates, now);
  },
  inflate: () => inflateSync(Buffer.from(list, 'base64url')),
});

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  if (order.prepare) {
    work = prepare(order.prepare);
    await work.load();
    console.log('{}');
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
