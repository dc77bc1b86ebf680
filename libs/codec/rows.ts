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
