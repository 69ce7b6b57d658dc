// did:webvh as didwebvh-ts has it. Run by itself it writes the log of ../webvh-theirs.json anew.
import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { createDID, createWitnessProof, deactivateDID, deriveNextKeyHash, MultibaseEncoding, multibaseEncode, prepareDataForSigning, resolveDID, resolveDIDFromLog, updateDID } from 'didwebvh-ts';

const file = (whose) => new URL(`../webvh-${whose}.json`, import.meta.url);

/** What one of the two wrote: histories with a name, their log, the witnesses' proofs and what they come to. */
export const histories = async (whose) => JSON.parse(await readFile(file(whose), 'utf8'));

const base58 = (bytes) => multibaseEncode(bytes, MultibaseEncoding.BASE58_BTC);

/** The library brings no cryptography of its own. */
const verifier = {
  verify: async (signature, message, publicKey) =>
    verify(null, message, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicKey).toString('base64url') }, format: 'jwk' }), signature),
};

export const resolve = (log, witnessProofs, options = {}) => resolveDIDFromLog(structuredClone(log), { ...options, verifier, witnessProofs: witnessProofs ?? undefined });

/** Resolves a DID from where it says that its log is, by a `fetch` that knows the host. */
export async function resolveThere(did, fetch, options = {}) {
  const ours = globalThis.fetch;
  globalThis.fetch = fetch;
  try {
    return await resolveDID(did, { ...options, verifier });
  } finally {
    globalThis.fetch = ours;
  }
}

function party(number) {
  const seed = createHash('sha256').update(Buffer.from([number])).digest();
  const key = createPrivateKey({ key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]), format: 'der', type: 'pkcs8' });
  const raw = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  const multikey = base58(Buffer.concat([Buffer.from([0xed, 0x01]), raw]));
  const method = `did:key:${multikey}#${multikey}`;
  return {
    multikey, did: `did:key:${multikey}`, method,
    getVerificationMethodId: () => method,
    sign: async ({ document, proof }) => ({ proofValue: base58(sign(null, await prepareDataForSigning(document, proof), key)) }),
  };
}

async function write() {
  const [one, two, three, witness] = [1, 2, 3, 8].map(party);
  const method = (key) => ({ type: 'Multikey', publicKeyMultibase: key.multikey, purpose: 'assertionMethod' });
  const begin = (more) => createDID({ address: 'nation.example', signer: one, updateKeys: [one.multikey], verificationMethods: [method(three)], created: '2026-01-01T00:00:00Z', verifier, ...more });

  const rotated = await begin({ nextKeyHashes: [await deriveNextKeyHash(two.multikey)], alsoKnownAsWeb: true });
  const rotation = await updateDID({
    log: rotated.log, signer: two, updateKeys: [two.multikey], nextKeyHashes: [await deriveNextKeyHash(three.multikey)], verificationMethods: [method(two)], verifier,
  });

  const seen = await begin({ witness: { threshold: 1, witnesses: [{ id: witness.did }] } });
  const versionId = seen.log.at(-1).versionId;
  const proof = await createWitnessProof(async (document, proof) => ({ proof: await witness.sign({ document, proof }) }), versionId, witness.method);

  const ended = await deactivateDID({ log: (await begin()).log, signer: one, verifier });
  const histories = [
    { name: 'pre-rotation', log: rotation.log, witness: null, ended: false },
    { name: 'a witness', log: seen.log, witness: [{ versionId, proof: [proof] }], ended: false },
    { name: 'an end', log: ended.log, witness: null, ended: true },
  ];
  await writeFile(file('theirs'), `${JSON.stringify(histories, null, 1)}\n`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await write();
