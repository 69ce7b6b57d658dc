// The public log in evidence: its key, its checkpoint, and the leaves below it.
import { base64url } from 'jose';
import { ALPHABET, DAY, Fault, member, refuse, sha256 } from './evidence-fault.mjs';
import { leafHash, openCheckpoint, openProof, parseKey } from './tlog.mjs';

const ED25519 = Buffer.of(0xed, 0x01);
function base58(bytes) {
  let [number, text] = [BigInt(`0x${bytes.toString('hex')}`), ''];
  for (; number > 0n; number /= 58n) text = ALPHABET[Number(number % 58n)] + text;
  return text;
}

export function checkLog(evidence, versions, { digest, signedAt }, lists) {
  const log = member(evidence, 'log', 'object');
  const [issue, proofs] = log ? [member(log, 'issue', 'string'), member(log, 'lists', 'array') ?? []] : [];
  if (proofs && !proofs.every((proof) => typeof proof === 'string')) refuse('shape_invalid', 'lists of the log');
  if (!log || log.key === undefined || log.checkpoint === undefined) return [new Fault('undetermined', 'evidence_incomplete')];
  const faults = [];
  let isKeyOf;
  try {
    const { key, name } = parseKey(member(log, 'key', 'string'));
    const multikey = `z${base58(Buffer.concat([ED25519, base64url.decode(key.export({ format: 'jwk' }).x)]))}`;
    const place = `${evidence.issuer.replace(/^\w+:\/\//, '').replace(/\/+$/, '')}/log`;
    if (name !== place && !name.startsWith(`${place}/`)) throw new Error('another log\'s');

    // The log's key is the one that may assert nothing: those of credentials may.
    isKeyOf = ({ state }) => state.verificationMethod.some(({ id, publicKeyMultibase }) => publicKeyMultibase === multikey && !(state.assertionMethod ?? []).includes(id));
    if (!versions.some(isKeyOf)) throw new Error('not the issuer\'s');
  } catch (error) {
    return [new Fault('refused', 'log_key_not_trusted', error.message)];
  }
  const origin = parseKey(log.key).name;
  try {
    openCheckpoint(log.checkpoint, log.key, origin);
  } catch (error) {
    return [new Fault('refused', 'checkpoint_invalid', error.message)];
  }
  const open = (text) => {
    try {
      if (text.slice(text.indexOf('\n\n') + 2) !== log.checkpoint) throw new Error('another checkpoint');
      const opening = Buffer.from(/^extra (.*)$/m.exec(text)[1], 'base64').toString();
      const { record, salt } = JSON.parse(opening);

      // As it was committed to, byte by byte.
      const bytes = opening.slice(opening.indexOf('{', 1), opening.lastIndexOf(',"salt"'));
      const commitment = sha256(Buffer.from(salt, 'base64url'), bytes).toString('base64url');
      const entry = record.act === 'publish-list' ? `{"act":"publish-list","commitment":"${commitment}","record":${bytes},"salt":"${salt}"}` : `{"act":"${record.act}","commitment":"${commitment}"}`;
      openProof(text, leafHash(Buffer.from(entry)), log.key, origin);
      if (!(record.at >= 0)) throw new Error('no time');
      return record;
    } catch (error) {
      faults.push(new Fault('refused', 'log_proof_invalid', error.message));
      return null;
    }
  };
  const issued = issue === undefined ? null : open(issue);
  if (issue === undefined) faults.push(new Fault('undetermined', 'evidence_incomplete'));
  const backdated = (words) => faults.push(new Fault('refused', 'backdated', words));
  if (issued && (issued.act !== 'issue' || (digest && issued.detail !== digest))) faults.push(new Fault('refused', 'log_entry_mismatch'));

  // A credential says the day alone.
  else if (issued && issued.at * 1000 > signedAt + DAY * (signedAt % DAY === 0 ? 2 : 1)) backdated('the credential');
  const records = proofs.map(open);
  const times = [issued, ...records].filter(Boolean).map(({ at }) => at * 1000);
  const then = versions.filter(({ time }) => time <= Math.max(...times) + DAY).at(-1) ?? versions[0];
  if (times.length > 0 && ![then, versions.at(-1)].some(isKeyOf)) faults.push(new Fault('refused', 'log_key_not_trusted', 'at another time'));
  if (records.includes(null)) return faults;
  for (const { list, from } of lists) {
    const leaf = records.find(({ act, detail }) => act === 'publish-list' && detail?.endsWith(` ${list}`));
    if (!leaf) faults.push(new Fault('undetermined', 'list_not_in_log'));
    else if (leaf.at * 1000 > from + DAY) backdated('a list');
  }
  return faults;
}
