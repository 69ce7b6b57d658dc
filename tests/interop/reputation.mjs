// The method `bands`, version 1, programmed from docs/reputation.md alone: it shares no line with the nation.
//   node reputation.mjs FILE DAY
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const DOMAIN = { contribution: 'contribution', hosting: 'hosting', role: 'stewardship' };
const BANDS = [['outstanding', 15, 5], ['established', 6, 3], ['emerging', 2, 2]];

const dayNumber = (text) => Date.parse(`${text}T00:00:00Z`) / 86_400_000;
const byBytes = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** The bands of a document of facts on a day, YYYY-MM-DD. */
export function bands(document, day) {
  // 1. Known.
  const facts = document.facts.map((fact) => ({
    ...fact,
    attested: [...new Set(fact.witnesses.filter((witness) => dayNumber(witness.day) <= dayNumber(day)).map((witness) => witness.by))].filter((by) => by !== fact.member),
  }));

  // 2. Corrected.
  const gone = new Set();
  for (const fact of facts) if (fact.corrects && fact.attested.length >= fact.needed) gone.add(fact.corrects);

  // 3. Recent.
  const recent = facts.filter((fact) => {
    const age = dayNumber(day) - dayNumber(fact.until);
    return !fact.annuls && age >= 0 && age < 730;
  });

  // 4. Arrows, from witness to member.
  const arrows = new Set(recent.flatMap((fact) => fact.attested.map((by) => `${by} ${fact.member}`)));
  const people = [...new Set([...arrows].flatMap((arrow) => arrow.split(' ')))];
  const isArrow = (from, to) => arrows.has(`${from} ${to}`);
  const leadsTo = (from, to) => isArrow(from, to)
    || people.some((one) => isArrow(from, one) && (isArrow(one, to) || people.some((two) => isArrow(one, two) && isArrow(two, to))));

  // 5. Standing, by member and domain.
  const groups = new Map();
  for (const fact of recent) {
    if (fact.attested.length < fact.needed || gone.has(fact.id) || !DOMAIN[fact.kind]) continue;
    const key = `${fact.member} ${DOMAIN[fact.kind]}`;
    groups.set(key, [...(groups.get(key) ?? []), fact]);
  }

  const result = [];
  for (const [key, standing] of groups) {
    const [member, domain] = key.split(' ');

    // 6. Independent.
    const counting = standing.map((fact) => ({ needed: fact.needed, by: fact.attested.filter((by) => !leadsTo(member, by)) })).filter((fact) => fact.by.length >= fact.needed);

    // 7. Support.
    const times = {};
    for (const fact of counting) for (const by of fact.by) times[by] = (times[by] ?? 0) + 1;
    const support = Object.values(times).reduce((sum, n) => sum + (n === 1 ? 1 : n < 4 ? 2 : 3), 0);

    // 8. Band.
    const [count, witnesses] = [Math.min(counting.length, support), Object.keys(times).length];
    const band = BANDS.find(([, facts, by]) => count >= facts && witnesses >= by)?.[0] ?? null;
    if (!document.about || document.about === member) result.push({ member, domain, band, facts: count, witnesses });
  }

  return result.sort((a, b) => byBytes(a.member, b.member) || byBytes(a.domain, b.domain));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [file, day] = process.argv.slice(2);
  console.log(JSON.stringify(bands(JSON.parse(readFileSync(file, 'utf8')), day), null, 2));
}
