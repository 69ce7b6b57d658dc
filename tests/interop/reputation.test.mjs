import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { after, before, describe, it } from 'node:test';
import { bands } from './reputation.mjs';

const run = promisify(execFile);
const DAY = '2026-11-22';

/** Numbers that are the same in each run: mulberry32. */
function dice(seed) {
  return (sides) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % sides;
  };
}

const dayBefore = (days) => new Date(Date.parse(DAY) - days * 86_400_000).toISOString().slice(0, 10);

/** Facts of a small nation: some people attest much, some are in rings, some facts are corrected, and some are of other days than count. */
function nation(seed) {
  const roll = dice(seed);
  const people = Array.from({ length: 3 + roll(14) }, (_, i) => `m${i}`);
  const witnesses = people.filter(() => roll(3) > 0);
  const favourites = people.slice(0, 1 + roll(4));
  const facts = [];
  const add = (member, by, more = {}) => {
    const until = roll(12) === 0 ? dayBefore(roll(1400) - 20) : dayBefore(roll(400));
    facts.push({
      id: `f${facts.length}`, kind: ['contribution', 'hosting', 'role', 'stay'][roll(4)], member, from: until, until, needed: 1 + (roll(4) === 0),
      witnesses: [...new Set(by)].filter((one) => one !== member).map((one) => ({ by: one, day: roll(20) === 0 ? dayBefore(-1) : dayBefore(roll(30)) })), ...more,
    });
  };
  const some = (from, most) => Array.from({ length: roll(most + 1) }, () => from[roll(from.length)]);
  for (let i = 10 + roll(120); i > 0 && witnesses.length > 0; i--) add((roll(2) ? favourites : people)[roll(roll(2) ? favourites.length : 1)] ?? people[0], some(witnesses, 4));
  for (let rings = roll(3); rings > 0; rings--) {
    const ring = people.slice(roll(people.length)).slice(0, 2 + roll(5));
    for (let i = 0; i < ring.length * 3; i++) add(ring[i % ring.length], [ring[(i + 1) % ring.length]]);
  }
  for (let i = roll(10); i > 0 && facts.length > 0; i--) {
    const first = facts[roll(facts.length)];
    add(first.member, some(people, 3), { corrects: first.id, ...(roll(2) ? { annuls: true } : {}) });
  }
  return { format: 1, facts };
}

describe('Reputation, made again by a stranger from the page alone', () => {
  let folder;
  before(async () => { folder = await mkdtemp(join(tmpdir(), 'netid-facts-')); });
  after(() => rm(folder, { recursive: true, force: true }));

  /** What the nation's own program makes of documents. */
  async function theirs(documents, day) {
    const files = documents.map((_, i) => `facts-${i}.json`);
    await Promise.all(documents.map((document, i) => writeFile(join(folder, files[i]), JSON.stringify(document))));
    const { stdout } = await run('dotnet', [process.env.NETID_DLL, 'facts', 'bands', ...files, '--on', day, '--json'], { cwd: folder, maxBuffer: 1 << 28 });
    const all = JSON.parse(stdout);
    assert.ok(all.every((one) => one.method === 'bands' && one.method_version === '1'));
    return files.map((file) => all.filter((one) => one.file === file).map(({ member, domain, band, facts, witnesses }) => ({ member, domain, band, facts, witnesses })));
  }

  it('is the same over hundreds of nations, with rings and corrections', async () => {
    const documents = Array.from({ length: 400 }, (_, i) => nation(i + 1));
    const ours = documents.map((document) => bands(document, DAY));
    assert.deepEqual(await theirs(documents, DAY), ours);

    // The nations are such that something is told apart.
    const found = ours.flat().map((one) => one.band);
    for (const band of ['outstanding', 'established', 'emerging', null]) assert.ok(found.filter((one) => one === band).length >= 30, `${band}: too few`);
  });

  it('is the same of each published vector', async () => {
    const vectors = JSON.parse(await readFile(new URL('../../docs/reputation/vectors.json', import.meta.url), 'utf8'));
    assert.ok(vectors.length >= 20);
    for (const day of new Set(vectors.map((vector) => vector.day))) {
      const some = vectors.filter((vector) => vector.day === day);
      const expected = some.map((vector) => vector.bands);
      assert.deepEqual(some.map((vector) => bands(vector.document, day)), expected);
      assert.deepEqual(await theirs(some.map((vector) => vector.document), day), expected);
    }
  });
});
