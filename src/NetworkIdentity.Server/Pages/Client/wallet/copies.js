// Which copy of a credential is shown, so that verifiers can't tell by it that they met the same holder.

/** How long a door meets the same copy: whether somebody is in already is a question of the day, and who comes each day is nobody's (decision 0053). Another node's door meets another. */
const DOOR_MS = 24 * 60 * 60 * 1000;

const wasAt = ({ atDoor }, door, now) => atDoor?.door === door && atDoor.since <= now && now < atDoor.since + DOOR_MS;

/**
 * The copy to show: to a door the one that it has met within a day; else one that was not shown yet, else the one whose showing is the longest ago.
 * @param {import("./credential.js").Credential} credential
 * @param {{ door: string | null, taken: number[], now?: number }} to `door`: who asks at one, as `doorOf` names them; `taken`: copies that are in this answer already
 * @returns {number} its index
 */
export function copyFor({ copies }, { door, taken, now = Date.now() }) {
  const met = door === null ? -1 : copies.findIndex((copy, at) => wasAt(copy, door, now) && !taken.includes(at));
  if (met >= 0) return met;
  const [{ at: index }] = copies.map(({ shownAt }, at) => ({ at, shown: (taken.includes(at) ? Infinity : shownAt) ?? -Infinity }))
    .sort((a, b) => (a.shown === b.shown ? a.at - b.at : a.shown < b.shown ? -1 : 1));
  return index;
}

/** Notes in a copy when it was shown, and at which door. A day begins with the first time there, and is not made longer by the next. */
export function noteShown(copy, now, door) {
  copy.shownAt = now;
  if (door !== null && !wasAt(copy, door, now)) copy.atDoor = { door, since: now };
}
