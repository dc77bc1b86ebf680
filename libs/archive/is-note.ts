import { MANAGEMENT_BATCH, type Batch, type UnknownColumn } from '../record/batch.ts';

/** Whether a batch is what a file says of itself, which nobody else needs. */
export function isNote({ kind, rows, covers, origin }: Batch): boolean {
  return kind === MANAGEMENT_BATCH && rows === 0 && covers === 0 && origin.source === '' && origin.run === 0;
}

/** A batch in which a file says something of itself, in columns that no field has. */
export function saidOfFile(columns: readonly UnknownColumn[]): Batch {
  return {
    kind: MANAGEMENT_BATCH,
    origin: { source: '', run: 0 },
    first: 0,
    covers: 0,
    rows: 0,
    columns: [],
    unknown: columns,
    buffer: new ArrayBuffer(0),
  };
}
