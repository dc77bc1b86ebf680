import { BATCH_ROWS_MAX } from '../record/batch.ts';

/** A row of one of several batches is named by one number of 32 bits: that of the batch above these bits, that of the row in them. */
export const ROW_BITS = Math.log2(BATCH_ROWS_MAX);
export const ROW_MASK = BATCH_ROWS_MAX - 1;
/** Batches that can be named. */
export const BATCHES_MAX = 2 ** (32 - ROW_BITS);

/** Rows that came together: the name of the first, which the others follow. */
export interface NamedRows {
  readonly name: number;
  readonly rows: number;
}

/** @param order positions of rows, counted over all pieces */
export function takeNames(pieces: readonly NamedRows[], order: Uint32Array): Uint32Array {
  const names = new Uint32Array(pieces.reduce((sum, { rows }) => sum + rows, 0));
  let at = 0;
  for (const { name, rows } of pieces) {
    countUp(names.subarray(at, at + rows), name);
    at += rows;
  }
  return take(names, order);
}

// Long loops are functions of their own, which the engine then optimises once.

function countUp(to: Uint32Array, first: number): void {
  for (let i = 0; i < to.length; i++) to[i] = first + i;
}

function take(values: Uint32Array, order: Uint32Array): Uint32Array {
  const taken = new Uint32Array(order.length);
  for (let i = 0; i < order.length; i++) taken[i] = values[order[i]!]!;
  return taken;
}
