// A census counted again, written apart from the nation's own code and another way: from the file that an auditor is given and the entries of the public log.
import { createHash } from 'node:crypto';

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const ACTS = new Set(['issue', 'revoke', 'suspend', 'resume']);
const claimsOf = (jwt) => JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url'));
const same = (a, b) => a.size === b.size && [...a].every((one) => b.has(one));
const differ = (a, b) => [...a].filter((one) => !b.has(one)).length + [...b].filter((one) => !a.has(one)).length;

/** Opens the leaves that the file has, each against its entry; throws where one doesn't fit, or is missing. */
export function openLeaves(file, entries) {
  const [head, ...lines] = file.trim().split('\n').map((line) => JSON.parse(line));
  const opened = new Map(lines.map((line) => [line.index, line]));
  const leaves = [];
  for (const [index, bytes] of entries.slice(0, head.size).entries()) {
    const entry = JSON.parse(bytes);
    if (!ACTS.has(entry.act)) continue;
    const line = opened.get(index);
    if (!line) throw new Error(`leaf ${index} is not opened`);
    if (sha256(Buffer.from(line.salt, 'base64url'), line.record).toString('base64url') !== entry.commitment) throw new Error(`leaf ${index} is another`);
    const record = JSON.parse(line.record);
    if (record.act !== entry.act) throw new Error(`leaf ${index} has another act`);
    if (record.counts && sha256(line.counts).toString('base64url') !== record.counts) throw new Error(`leaf ${index} counts another`);
    leaves.push({ index, act: record.act, subject: record.subject, counted: line.counts && JSON.parse(line.counts) });
  }
  return { censuses: head.censuses, leaves };
}

/** Who belongs at a time, by the first leaves of the log: a map of each member to their key, node and types. */
function peopleAt(leaves, size, at) {
  const [credentials, members] = [new Map(), new Map()];
  for (const { act, subject, counted } of leaves.filter(({ index }) => index < size)) {
    const one = credentials.get(subject) ?? {};
    credentials.set(subject, one);
    if (act === 'issue' && counted) {
      one.counted = counted;
      members.set(counted.member, { key: members.get(counted.member)?.key ?? counted.salt, node: counted.node ?? null, types: new Set() });
    }
    if (act === 'revoke') one.revoked = true;
    if (act === 'suspend') one.suspended = true;
    if (act === 'resume') one.suspended = false;
  }
  for (const { counted, revoked, suspended } of credentials.values())
    if (counted && !revoked && !suspended && counted.until > at && counted.type !== 'exit') members.get(counted.member).types.add(counted.type);
  return [...members.values()].filter(({ types }) => types.has('membership'));
}

/** The number that a set of people makes; null where it is suppressed. */
export function numberOf(k, people) {
  const offset = sha256([...people].sort().join('\n')).readUInt32BE(0) % k;
  const steps = Math.floor((people.size - offset) / k);
  return steps >= 1 ? steps * k : null;
}

/** The cells of each census of a series, from the first: what one says follows from those before it. */
export function countAgain(leaves, censuses) {
  const former = new Map(); // of each cell the sets that its numbers were made of; the one that stands is the last
  return censuses.map(claimsOf).map((census) => {
    const { k, iat, types, nodes, checkpoint: { size } } = census;
    const people = peopleAt(leaves, size, iat);
    const number = (cell, now) => {
      const sets = former.get(cell) ?? [Object.assign(new Set(), { k })];
      const standing = sets.at(-1);
      let next = standing;
      if (differ(standing, now) >= k) {
        const near = sets.map((set, place) => ({ set, place, by: differ(set, now) })).filter(({ by }) => by < k).sort((a, b) => a.by - b.by || b.place - a.place);
        next = near[0]?.set ?? Object.assign(now, { k }); // a set keeps the k with which it made its number
      }
      former.set(cell, [...sets.filter((set) => !same(set, next)), next]);
      return numberOf(next.k, next);
    };
    return types.flatMap((type) => {
      const holders = people.filter((person) => person.types.has(type));
      const keys = (fits) => new Set(holders.filter(fits).map(({ key }) => key));
      const cells = nodes.map(({ id }) => ({ type, node: id, at_least: number(`${type} ${id}`, keys(({ node }) => node === id)) }));
      const shown = new Set(cells.filter((cell) => cell.at_least !== null).map(({ node }) => node));
      return [...cells, { type, node: 'elsewhere', at_least: number(`${type} elsewhere`, keys(({ node }) => !shown.has(node))) }];
    });
  });
}

/** What a census says of its cells. */
export const cellsOf = (jwt) => claimsOf(jwt).cells.map(({ type, node, at_least }) => ({ type, node, at_least }));
