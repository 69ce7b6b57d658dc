// Data Integrity by JCS as Digital Bazaar wrote it. Run by itself it signs those of ../proofs-theirs.json anew.
import { readFile, writeFile } from 'node:fs/promises';
import jsigs from 'jsonld-signatures';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as ecdsa from '@digitalbazaar/ecdsa-jcs-2019-cryptosuite';
import * as eddsa from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';

const { purposes: { AssertionProofPurpose, AuthenticationProofPurpose } } = jsigs;
const context = 'https://www.w3.org/ns/cid/v1';
const file = (whose) => new URL(`../proofs-${whose}.json`, import.meta.url);

export const proofs = async (whose) => JSON.parse(await readFile(file(whose), 'utf8'));

/** Nothing is fetched: the one controlled identifier document there is, and its key, which the library wants with a context of its own. */
const loaderOf = (controller) => async (url) => {
  if (url === controller.id) return { documentUrl: url, document: { '@context': context, ...controller } };
  const method = controller.verificationMethod.find(({ id }) => id === url);
  if (!method) throw new Error(`not to be fetched: ${url}`);
  return { documentUrl: url, document: { '@context': 'https://w3id.org/security/multikey/v1', ...method } };
};

/** Their verdict on every proof of a document. */
export async function verify({ document, controller }) {
  const suites = [eddsa, ecdsa].map((suite) => new DataIntegrityProof({ cryptosuite: suite.createVerifyCryptosuite() }));
  const purpose = new AssertionProofPurpose({ controller: { '@context': context, ...controller }, date: '2026-12-01T00:00:00Z', maxTimestampDelta: Infinity });
  const { verified, results, error } = await jsigs.verify(document, { suite: suites, purpose, documentLoader: loaderOf(controller) });
  return { verified, proofs: results?.filter((result) => result.verified).length ?? 0, error };
}

/** A presentation of one credential, signed by a key of theirs. */
export async function present(credential, key, { domain, challenge }) {
  const presentation = { '@context': ['https://www.w3.org/ns/credentials/v2'], type: ['VerifiablePresentation'], holder: key.controller, verifiableCredential: [credential] };
  return jsigs.sign(presentation, {
    suite: new DataIntegrityProof({ signer: key.signer(), cryptosuite: ecdsa.createSignCryptosuite() }),
    purpose: new AuthenticationProofPurpose({ challenge, domain }),
    documentLoader: async (url) => { throw new Error(`not to be fetched: ${url}`); },
  });
}

async function signed(name, kind, times) {
  const id = 'https://stranger.example/issuer';
  const key = kind === 'Ed25519'
    ? await Ed25519Multikey.generate({ id: `${id}#key-1`, controller: id })
    : await EcdsaMultikey.generate({ id: `${id}#key-1`, controller: id, curve: kind });
  const method = await key.export({ publicKey: true });
  delete method['@context'];
  const controller = { id, verificationMethod: [method], assertionMethod: [method.id] };
  const cryptosuite = (kind === 'Ed25519' ? eddsa : ecdsa).createSignCryptosuite();
  let document = {
    '@context': ['https://www.w3.org/ns/credentials/v2', 'https://stranger.example/context/v1'],
    type: ['VerifiableCredential', 'Degree'],
    issuer: id,
    validFrom: '2026-01-01T00:00:00Z',
    credentialSubject: { id: 'did:example:holder', level: 3, numbers: [1e21, 1e-7, 0.000001, -1.5, 9007199254740993], '\u{1f602}': '\ufb33', '\ufb33': '\u2028\u0000</script>"\\/', left: null },
  };
  for (let i = 0; i < times; i++) {
    const suite = new DataIntegrityProof({ signer: key.signer(), cryptosuite, date: `2026-06-0${i + 1}T00:00:00Z` });
    document = await jsigs.sign(document, { suite, purpose: new AssertionProofPurpose(), documentLoader: loaderOf(controller) });
  }
  return { name, controller, document };
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const theirs = [];
  for (const [name, kind, times] of [['Ed25519', 'Ed25519', 1], ['P-256', 'P-256', 1], ['P-384', 'P-384', 1], ['Ed25519, twice', 'Ed25519', 2]])
    theirs.push(await signed(name, kind, times));
  await writeFile(file('theirs'), `${JSON.stringify(theirs, null, 1)}\n`);
}
