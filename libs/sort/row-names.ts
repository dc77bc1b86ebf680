import { BATCH_ROWS_MAX } from '../record/batch.ts';

/** A row of one of several batches is named by one number of 32 bits: that of the batch above these bits, that of the row in them. */
export const ROW_BITS = Math.log2(BATCH_ROWS_MAX);
export const ROW_MASK = BATCH_ROWS_MAX - 1;
/** Batches that can be named. */
export const BATCHES_MAX = 2 ** (32 - ROW_BITS);
