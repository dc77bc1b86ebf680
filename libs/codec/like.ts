/*
 * Values that are those of another column. A column that is *like* another stores the value of a row only where it differs
 * from the other's in the same row; a bitmap over the values names these. The time of a flow's last packet is its duration in
 * one direction, and of most short flows so is the time of the first one back. Both columns are of doubles.
 */

/** With fewer of them that are the same, one in so many, a column is stored as it is. */
const SAME_IN = 8;
/** A column of which the first so many rows are not like the other is not looked at any further. */
const SAMPLE = 256;

/** What is stored of a column that is like another. */
export interface Unlike {
  /** A bit for each of the rows that would be stored otherwise: 1 where it is. */
  readonly bitmap: Uint8Array;
  readonly rows: Uint16Array;
  /** Range of the values that are not stored, at least one. */
  readonly least: number;
  readonly greatest: number;
}

/**
 * @param stored the rows that would be stored otherwise, at least one
 * @returns undefined where it is not worth it
 */
export function findUnlike(values: Float64Array, other: Float64Array, stored: Uint16Array): Unlike | undefined {
  const sample = stored.subarray(0, SAMPLE);
  const worth = (count: number, of: Uint16Array): boolean => count * SAME_IN >= of.length && count > 0;
  const bitmap = new Uint8Array((stored.length + 7) >> 3);
  if (!worth(sample.length - mark(values, other, sample, bitmap), sample)) return undefined;
  bitmap.fill(0);
  const unlike = mark(values, other, stored, bitmap);
  if (!worth(stored.length - unlike, stored)) return undefined;
  const { marked, others } = splitRows(stored, bitmap, unlike);
  const { least, greatest } = rangeOf(values, others);
  return { bitmap, rows: marked, least, greatest };
}

/** Sets the bits of values that differ; NaN always does, and minus zero from zero. @returns how many these are */
function mark(values: Float64Array, other: Float64Array, rows: Uint16Array, bitmap: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const value = values[row]!;
    if (value === other[row] && (value !== 0 || Object.is(value, other[row]))) continue;
    bitmap[i >> 3]! |= 1 << (i & 7);
    count += 1;
  }
  return count;
}

function rangeOf(values: Float64Array, rows: Uint16Array): { least: number; greatest: number } {
  let least = Infinity;
  let greatest = -Infinity;
  for (let i = 0; i < rows.length; i++) {
    const value = values[rows[i]!]!;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return { least, greatest };
}

/**
 * The rows with a bit and the others.
 * @param bitmap a bit for each of `rows`, `count` of them set
 */
export function splitRows(
  rows: Uint16Array,
  bitmap: Uint8Array,
  count: number,
): { readonly marked: Uint16Array; readonly others: Uint16Array } {
  const marked = new Uint16Array(count);
  const others = new Uint16Array(rows.length - count);
  for (let i = 0, m = 0, o = 0; i < rows.length; i++) {
    if (((bitmap[i >> 3]! >> (i & 7)) & 1) === 1) marked[m++] = rows[i]!;
    else others[o++] = rows[i]!;
  }
  return { marked, others };
}

/** How many of the first bits are set. */
export function countMarked(bitmap: Uint8Array, bits: number): number {
  let count = 0;
  for (let i = 0; i < bits; i++) count += (bitmap[i >> 3]! >> (i & 7)) & 1;
  return count;
}

/** Gives each of `rows` the value that it has in the other column. */
export function copyLike(values: Float64Array, other: Float64Array, rows: Uint16Array): void {
  for (let i = 0; i < rows.length; i++) values[rows[i]!] = other[rows[i]!]!;
}
