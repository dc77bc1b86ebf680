import { BATCH_ROWS_MAX } from '../record/batch.ts';

/** Which rows of a batch have a value, ascending, and the bitmap that says so (none: all rows). */
export interface RowSet {
  readonly valid: Uint8Array | undefined;
  readonly rows: Uint16Array;
}

const ALL = new Uint16Array(BATCH_ROWS_MAX).map((_, row) => row);

export function allRows(rows: number): RowSet {
  return { valid: undefined, rows: ALL.subarray(0, rows) };
}

/** @param valid has no bits beyond the last row */
export function setRows(valid: Uint8Array, rows: number): RowSet {
  const list = new Uint16Array(rows + 8);
  return { valid, rows: list.subarray(0, listRows(valid, list)) };
}

/** @param list has room for 8 more than there are, which are overwritten */
function listRows(valid: Uint8Array, list: Uint16Array): number {
  let count = 0;
  for (let i = 0, row = 0; i < valid.length; i++, row += 8) {
    const bits = valid[i]!;
    list[count] = row;
    count += bits & 1;
    list[count] = row + 1;
    count += (bits >> 1) & 1;
    list[count] = row + 2;
    count += (bits >> 2) & 1;
    list[count] = row + 3;
    count += (bits >> 3) & 1;
    list[count] = row + 4;
    count += (bits >> 4) & 1;
    list[count] = row + 5;
    count += (bits >> 5) & 1;
    list[count] = row + 6;
    count += (bits >> 6) & 1;
    list[count] = row + 7;
    count += bits >> 7;
  }
  return count;
}
