import { BATCH_ROWS_MAX } from '../record/batch.ts';

/*
 * The different values of a stream that has few of them.
 */

/** Most values of a dictionary of bytes, and of a wide one. */
export const DICTIONARY_MAX = 256;
export const WIDE_DICTIONARY_MAX = 4096;
/** A wide one is only tried where of so many values no more than this share are different. */
const SAMPLE = 2048;
const SAMPLE_DIFFERENT_MAX = 1400;

/** Tables of slots have twice as many as there are values at most, or more. */
const SLOTS_BITS = 11;
const WIDE_SLOTS_BITS = 13;
const slotValue = new Uint32Array(1 << WIDE_SLOTS_BITS);
/** Number of the value in the slot plus 1; 0 is a free slot. */
const slotNumber = new Uint16Array(1 << WIDE_SLOTS_BITS);
/** The values in the order in which they were found, */
const distinct = new Uint32Array(WIDE_DICTIONARY_MAX);
/** and for each row which one it has. */
const numbers = new Uint16Array(BATCH_ROWS_MAX);

/** A power of two above all numbers of values. */
const NUMBERS = WIDE_DICTIONARY_MAX;

/** Different values in ascending order, until the next ones are looked for. */
export interface Dictionary {
  readonly values: Uint32Array;
  /** Puts in the place of each value its place among them. */
  number(values: Uint32Array, count: number): void;
}

/** The different ones of `count` values; undefined when there are more than is worth it. */
export function dictionaryOf(values: Uint32Array, count: number, wide: boolean): Dictionary | undefined {
  slotNumber.fill(0, 0, 1 << SLOTS_BITS);
  const most = Math.min(DICTIONARY_MAX, Math.max(count >> 3, 2));
  let found = findDistinct(values, 0, count, 0, most, SLOTS_BITS);
  if (found === 0 && wide && count >= 2 * SAMPLE) found = findMany(values, count);
  return found === 0 ? undefined : inOrder(found);
}

function findMany(values: Uint32Array, count: number): number {
  slotNumber.fill(0);
  const sampled = findDistinct(values, 0, SAMPLE, 0, SAMPLE_DIFFERENT_MAX, WIDE_SLOTS_BITS);
  return sampled === 0 ? 0 : findDistinct(values, SAMPLE, count, sampled, WIDE_DICTIONARY_MAX, WIDE_SLOTS_BITS);
}

/**
 * Numbers the values `start` … `end` into `distinct` and `numbers`.
 * @param before how many values were found before
 * @returns how many there are then; 0 when there are more than `most`
 */
function findDistinct(
  values: Uint32Array,
  start: number,
  end: number,
  before: number,
  most: number,
  slotsBits: number,
): number {
  const shift = 32 - slotsBits;
  const mask = (1 << slotsBits) - 1;
  let found = before;
  for (let i = start; i < end; i++) {
    const value = values[i]!;
    let slot = Math.imul(value, 0x9e37_79b1) >>> shift;
    while (slotNumber[slot] !== 0 && slotValue[slot] !== value) slot = (slot + 1) & mask;
    if (slotNumber[slot] === 0) {
      if (found === most) return 0;
      slotValue[slot] = value;
      distinct[found] = value;
      slotNumber[slot] = ++found;
    }
    numbers[i] = slotNumber[slot]! - 1;
  }
  return found;
}

const sortRoom = new Float64Array(WIDE_DICTIONARY_MAX);
const ordered = new Uint32Array(WIDE_DICTIONARY_MAX);
const ranks = new Uint16Array(WIDE_DICTIONARY_MAX);

function inOrder(found: number): Dictionary {
  // Each with its number below it, so that both are sorted at once.
  const sorted = sortRoom.subarray(0, found);
  for (let number = 0; number < found; number++) sorted[number] = distinct[number]! * NUMBERS + number;
  sorted.sort();
  for (let place = 0; place < found; place++) {
    const value = Math.floor(sorted[place]! / NUMBERS);
    ordered[place] = value;
    ranks[sorted[place]! - value * NUMBERS] = place;
  }
  return { values: ordered.subarray(0, found), number: takeRanks };
}

function takeRanks(to: Uint32Array, count: number): void {
  for (let i = 0; i < count; i++) to[i] = ranks[numbers[i]!]!;
}
