import { BATCH_ROWS_MAX } from '../record/batch.ts';

/** Which rows of a batch have a value, ascending, and the bitmap that says so (none: all rows). */
export interface RowSet {
  readonly valid: Uint8Array | undefined;
  readonly rows: Uint16Array;
}

const ALL = Uint16Array.from({ length: BATCH_ROWS_MAX }, (_, row) => row);

export function allRows(rows: number): RowSet {
  return { valid: undefined, rows: ALL.subarray(0, rows) };
}

/** @param valid has no bits beyond the last row */
export function setRows(valid: Uint8Array, rows: number): RowSet {
  const list = new Uint16Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    list[count] = row;
    count += (valid[row >> 3]! >> (row & 7)) & 1;
  }
  return { valid, rows: list.subarray(0, count) };
}

/** How many bits are set. */
export function countBits(bitmap: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < bitmap.length; i++) {
    for (let byte = bitmap[i]!; byte !== 0; byte &= byte - 1) count += 1;
  }
  return count;
}

const SLOTS = 4 * BATCH_ROWS_MAX;
/** Row that last had the flow in this slot plus 1; 0 is a free slot. */
const slotRow = new Uint16Array(SLOTS);

/**
 * For each row the latest earlier row with the same flow id, or -1. A value of a flow that does not change is then stored
 * once in a frame.
 */
export function earlierRows(flowIds: ArrayLike<number>, rows: number): { earlier: Int16Array; repeats: number } {
  const earlier = new Int16Array(rows);
  slotRow.fill(0);
  let repeats = 0;
  for (let row = 0; row < rows; row++) {
    const id = flowIds[row]!;
    let slot = (Math.imul(id, 0x9e37_79b1) ^ Math.imul(id / 2 ** 32, 0x85eb_ca6b)) >>> 16;
    while (slotRow[slot] !== 0 && flowIds[slotRow[slot]! - 1] !== id) slot = (slot + 1) & (SLOTS - 1);
    earlier[row] = slotRow[slot]! - 1;
    if (slotRow[slot] !== 0) repeats += 1;
    slotRow[slot] = row + 1;
  }
  return { earlier, repeats };
}
