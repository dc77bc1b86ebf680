import { GAP_BATCH, type Batch, type Origin } from '../record/batch.ts';
import { emptyBatch } from './losses.ts';

/**
 * The last frame of a stream whose server ends on purpose: a gap in which nothing is missing. A stream that stops without
 * it was cut.
 */
export function farewellBatch(origin: Origin): Batch {
  return emptyBatch(GAP_BATCH, origin, 0, 0);
}

export function isFarewell(batch: Batch): boolean {
  return batch.kind === GAP_BATCH && batch.covers === 0;
}
