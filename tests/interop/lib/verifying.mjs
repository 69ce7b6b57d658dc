// The browser's modules that verify, as the browser loads them.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const folder = join(dirname(fileURLToPath(import.meta.url)), '../../../src/NetworkIdentity.Server/Pages/Client/verifying');
const load = (name) => import(join(folder, name));

export const { checkCredential } = await load('credential-check.js');
export const { readBundle } = await load('bundle.js');
export const { readLog, scidOf } = await load('webvh.js');
export const { compileSchema, isSurelyQuick } = await load('schema.js');
export const { checkEvidence } = await load('evidence.js');
export const { CONTEXTS } = await load('w3c-check.js');
export const { isIncluded, openCheckpoint, openReceipt } = await load('tlog.js');
