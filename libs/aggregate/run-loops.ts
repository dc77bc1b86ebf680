import type { NumericArray } from '../record/kinds.ts';
import type { Part } from './share.ts';

// What the records of one group have in common, before it is added to what is known of the group.

/** Adds to `known` in the order of the rows, as what fractions add up to depends on it. */
export function sumOf(known: number, values: NumericArray, rows: Uint32Array, run: Part): number {
  if (values instanceof Uint32Array) return known + sumOfWords(values, rows, run);
  let sum = known;
  for (let i = run.from; i < run.to; i++) sum += values[rows[i]!]!;
  return sum;
}

/** Two at a time: each of an own sum, as they have no fractions. */
function sumOfWords(values: Uint32Array, rows: Uint32Array, { from, to }: Part): number {
  let even = 0;
  let odd = 0;
  let i = from;
  for (; i + 1 < to; i += 2) {
    even += values[rows[i]!]!;
    odd += values[rows[i + 1]!]!;
  }
  return even + odd + (i < to ? values[rows[i]!]! : 0);
}

export function bitsOf(values: NumericArray, rows: Uint32Array, { from, to }: Part): number {
  let bits = 0;
  for (let i = from; i < to; i++) bits |= values[rows[i]!]!;
  return bits >>> 0;
}

/** @param sign 1 for the least, -1 for the greatest */
export function leastOf(values: NumericArray, rows: Uint32Array, { from, to }: Part, sign: 1 | -1): number {
  let best = values[rows[from]!]!;
  for (let i = from + 1; i < to; i++) {
    const value = values[rows[i]!]!;
    if ((value - best) * sign < 0) best = value;
  }
  return best;
}

/** Whether all have the value of the first. */
export function areEqual(values: NumericArray, rows: Uint32Array, { from, to }: Part): boolean {
  const first = values[rows[from]!]!;
  for (let i = from + 1; i < to; i++) if (values[rows[i]!] !== first) return false;
  return true;
}

/** Of rows of the same time that with the least value. @param sign 1 for that, -1 for the greatest */
export function bestOf(values: NumericArray, rows: readonly number[], sign: 1 | -1): number {
  let best = rows[0]!;
  for (const row of rows) if ((values[row]! - values[best]!) * sign < 0) best = row;
  return best;
}

/**
 * The row with the earliest time, of several with that the one with the least value.
 * @param sign 1 for that, -1 for the latest and the greatest
 */
export function earliestOf(
  values: NumericArray,
  times: Float64Array,
  rows: Uint32Array,
  { from, to }: Part,
  sign: 1 | -1,
): number {
  let best = rows[from]!;
  for (let i = from + 1; i < to; i++) {
    const row = rows[i]!;
    const later = (times[row]! - times[best]!) * sign;
    if (later < 0 || (later === 0 && (values[row]! - values[best]!) * sign < 0)) best = row;
  }
  return best;
}
