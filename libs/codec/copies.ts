import { BATCH_ROWS_MAX } from '../record/batch.ts';
import type { RowSet } from './rows.ts';

/**
 * Values that repeat within a flow. A column *with copies* stores the value of a row only where the latest earlier row of
 * the same flow had no value or another one. Candidates are the rows with a value whose flow has an earlier row with a
 * value; a bitmap over them names the exceptions, which are stored in spite of it.
 */

/** Odd, and another in every process, so that nobody can send flow ids that all fall into one slot. */
const MULTIPLIERS = [randomOdd(), randomOdd()] as const;
/** Row that last had the flow in this slot plus 1; 0 is a free slot. */
const slotRow = new Uint16Array(4 * BATCH_ROWS_MAX);

/** For each row the latest earlier row with the same flow id, or -1; undefined when fewer than `least` rows have one. */
export function earlierRows(flowIds: Float64Array, rows: number, least: number): Int16Array | undefined {
  const earlier = new Int16Array(rows);
  const [low, high] = MULTIPLIERS;
  const bits = 33 - Math.clz32(rows);
  const mask = (1 << bits) - 1;
  slotRow.fill(0, 0, mask + 1);
  let repeats = 0;
  for (let row = 0; row < rows; row++) {
    const id = flowIds[row]!;
    let slot = (Math.imul(id, low) + Math.imul(id / 2 ** 32, high)) >>> (32 - bits);
    while (slotRow[slot] !== 0 && flowIds[slotRow[slot]! - 1] !== id) slot = (slot + 1) & mask;
    earlier[row] = slotRow[slot]! - 1;
    if (slotRow[slot] !== 0) repeats += 1;
    slotRow[slot] = row + 1;
  }
  return repeats < least ? undefined : earlier;
}

function randomOdd(): number {
  return Math.floor(Math.random() * 2 ** 32) | 1;
}

/** The candidates among the rows of a set. */
export interface Candidates {
  readonly rows: Uint16Array;
  /** The other rows of the set. */
  readonly others: Uint16Array;
}

const candidateRows = new Uint16Array(BATCH_ROWS_MAX);
const otherRows = new Uint16Array(BATCH_ROWS_MAX);

export function candidatesOf({ valid, rows }: RowSet, earlier: Int16Array): Candidates {
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const before = earlier[row]!;
    const isCandidate = before >= 0 && (valid === undefined || ((valid[before >> 3]! >> (before & 7)) & 1) === 1);
    candidateRows[count] = row;
    otherRows[i - count] = row;
    if (isCandidate) count += 1;
  }
  return { rows: candidateRows.slice(0, count), others: otherRows.slice(0, rows.length - count) };
}

function hasBits(bytes: Uint8Array): boolean {
  for (const bits of bytes) if (bits !== 0) return true;
  return false;
}

const storedOnce = new Uint16Array(BATCH_ROWS_MAX);

/** The rows whose values are stored: those that are no candidates, and the exceptions. Valid until the next call. */
export function storedRows({ rows, others }: Candidates, exceptions: Uint8Array): Uint16Array {
  if (!hasBits(exceptions)) return others;
  let count = 0;
  let other = 0;
  for (let i = 0; i < rows.length; i++) {
    if (((exceptions[i >> 3]! >> (i & 7)) & 1) === 0) continue;
    while (other < others.length && others[other]! < rows[i]!) storedOnce[count++] = others[other++]!;
    storedOnce[count++] = rows[i]!;
  }
  while (other < others.length) storedOnce[count++] = others[other++]!;
  return storedOnce.subarray(0, count);
}
