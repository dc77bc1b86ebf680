import { MANAGEMENT_BATCH, type Batch } from '../record/batch.ts';

/** Whether a batch is what a file says of itself, which nobody else needs. */
export function isNote({ kind, rows, covers, origin }: Batch): boolean {
  return kind === MANAGEMENT_BATCH && rows === 0 && covers === 0 && origin.source === '' && origin.run === 0;
}
