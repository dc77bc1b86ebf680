import { BATCH_ROWS_MAX } from '../record/batch.ts';
import type { NumericArray } from '../record/kinds.ts';
import { EXACT_LIMIT, type Carry } from './carry.ts';
import { ABSENT, DISAGREED, place, PRESENT } from './lane.ts';
import { PAGE_MASK, type Pages } from './pages.ts';
import type { Share } from './share.ts';

/** What the loops work on: values of all groups, and whether there is one. */
export interface NumberPages {
  readonly values: Pages<NumericArray>;
  readonly states: Pages<Uint8Array>;
}

// Each loop is for arrays of one type where that pays.

/** Sums that stay at the greatest number of 32 bits. */
export function addWords(values: Uint32Array, { rows, groups, parts }: Share, lane: NumberPages): void {
  for (const { page, from, to } of parts) {
    const totals = lane.values.pages[page] as Uint32Array;
    const states = lane.states.pages[page]!;
    for (let i = from; i < to; i++) {
      const at = groups[i]! & PAGE_MASK;
      const total = totals[at]! + values[rows[i]!]!;
      totals[at] = total > 0xffff_ffff ? 0xffff_ffff : total;
      states[at] = PRESENT;
    }
  }
}

export function addDoubles(
  values: Float64Array,
  { rows, groups, parts }: Share,
  lane: NumberPages,
  carry: Carry,
): void {
  // prettier-ignore
  for (const { page, from, to } of parts) {
    const totals = lane.values.pages[page] as Float64Array;
    const states = lane.states.pages[page]!;
    for (let i = from; i < to; i++) {
      const at = groups[i]! & PAGE_MASK;
      const value = values[rows[i]!]!;
      const total = totals[at]! + value;
      if (total < EXACT_LIMIT) totals[at] = total;
      else carry.addLarge(groups[i]!, value);
      states[at] = PRESENT;
    }
  }
}

export function joinBits(values: NumericArray, { rows, groups, parts }: Share, lane: NumberPages): void {
  for (const { page, from, to } of parts) {
    const all = lane.values.pages[page]!;
    const states = lane.states.pages[page]!;
    for (let i = from; i < to; i++) {
      const at = groups[i]! & PAGE_MASK;
      all[at]! |= values[rows[i]!]!;
      states[at] = PRESENT;
    }
  }
}

/** @param sign 1 for the least, -1 for the greatest */
export function least(values: NumericArray, { rows, groups, parts }: Share, lane: NumberPages, sign: 1 | -1): void {
  for (const { page, from, to } of parts) {
    const all = lane.values.pages[page]!;
    const states = lane.states.pages[page]!;
    for (let i = from; i < to; i++) {
      const at = groups[i]! & PAGE_MASK;
      const value = values[rows[i]!]!;
      if (states[at] === PRESENT && (all[at]! - value) * sign <= 0) continue;
      all[at] = value;
      states[at] = PRESENT;
    }
  }
}

/** Keeps values while all agree. @returns how many groups do not any more */
export function agree(values: NumericArray, { rows, groups, parts }: Share, lane: NumberPages): number {
  let disagreed = 0;
  for (const { page, from, to } of parts) {
    const all = lane.values.pages[page]!;
    const states = lane.states.pages[page]!;
    for (let i = from; i < to; i++) {
      const at = groups[i]! & PAGE_MASK;
      const state = states[at];
      if (state === DISAGREED) continue;
      const value = values[rows[i]!]!;
      if (state === ABSENT) {
        all[at] = value;
        states[at] = PRESENT;
      } else if (all[at] !== value) {
        states[at] = DISAGREED;
        disagreed += 1;
      }
    }
  }
  return disagreed;
}

/** Records whose values are to be put in the place of those that their groups have. */
const winners = { rows: new Uint32Array(BATCH_ROWS_MAX), groups: new Uint32Array(BATCH_ROWS_MAX), areNew: false };

/**
 * Of values from the same time the least counts, or the greatest, so that their order does not matter.
 * @param times of the records, by row
 * @param known times of the records that the values are from, by group
 * @param sign 1 for the earliest, -1 for the latest
 */
export function earliest(
  values: NumericArray,
  times: Float64Array,
  { rows, groups, parts }: Share,
  lane: NumberPages,
  known: Pages<Float64Array>,
  sign: 1 | -1,
): void {
  for (const { page, from, to } of parts) {
    const all = lane.values.pages[page]!;
    const states = lane.states.pages[page]!;
    const knownTimes = known.pages[page]!;
    let count = 0;
    for (let i = from; i < to; i++) {
      const at = groups[i]! & PAGE_MASK;
      const row = rows[i]!;
      const time = times[row]!;
      if (states[at] === PRESENT) {
        const later = (time - knownTimes[at]!) * sign;
        if (later > 0) continue;
        if (later === 0) {
          place(values, winners, { page, from: 0, to: count }, all);
          count = 0;
          if ((values[row]! - all[at]!) * sign >= 0) continue;
        }
      }
      knownTimes[at] = time;
      states[at] = PRESENT;
      winners.rows[count] = row;
      winners.groups[count++] = at;
    }
    place(values, winners, { page, from: 0, to: count }, all);
  }
}

/** Whether all groups have a value of an earlier time than any of their records. @param known times of those values, by group */
export function areBefore(
  { states }: NumberPages,
  known: Pages<Float64Array>,
  { rows, groups, parts, runs, times }: Share,
): boolean {
  const { start } = times;
  const isBefore = (page: number, at: number, time: number): boolean =>
    states.pages[page]![at] === PRESENT && known.pages[page]![at]! < time;
  if (runs !== undefined) return runs.every(({ page, at, startsFrom }) => isBefore(page, at, startsFrom));
  for (const { page, from, to } of parts)
    for (let i = from; i < to; i++) if (!isBefore(page, groups[i]! & PAGE_MASK, start[rows[i]!]!)) return false;
  return true;
}
