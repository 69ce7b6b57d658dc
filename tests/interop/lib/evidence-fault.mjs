// What is wrong with evidence, or missing, and what each part of its second verifier needs.
import { createHash } from 'node:crypto';

export const DAY = 86_400_000, SKEW = 60_000;
export const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

export class Fault extends Error {
  constructor(verdict, reason, words) { super(`${reason}: ${words}`); Object.assign(this, { verdict, reason }); }
}
export const refuse = (reason, words = '') => { throw new Fault('refused', reason, words); };
export const lack = (reason, words = '') => { throw new Fault('undetermined', reason, words); };
export const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
export const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
/** A NumericDate in ms, a fraction of a second cut off. */
export const timeIn = (claims, name) => {
  const value = claims[name];
  return value === undefined ? undefined : typeof value === 'number' && value >= 0 && value < 253_402_300_800 ? Math.trunc(value) * 1000 : refuse('shape_invalid', `${name} is no time`);
};
export const member = (json, name, type) => {
  const value = json[name];
  if (value === undefined) return undefined;
  const fits = type === 'object' ? isObject(value) : type === 'array' ? Array.isArray(value) : typeof value === type;
  return fits ? value : refuse('shape_invalid', `${name} is no ${type}`);
};
