import type { Batch } from '../batch.ts';
import type { TextBuffer } from './text-buffer.ts';

/** How rows are laid out as text. */
export interface Style {
  /** What stands above the rows, or an empty string. */
  header(): string;
  /** What stands below them. */
  footer(): string;
  /** Prepares for the rows of a batch of flow or management records. */
  open(batch: Batch): RowsWriter;
}

/** Appends the rows of a batch that have these numbers, and notes where each of them ends. */
export type RowsWriter = (out: TextBuffer, rows: Uint32Array) => void;

/** Appends one row. */
export type RowWriter = (out: TextBuffer, row: number) => void;

export function eachRow(write: RowWriter): RowsWriter {
  return (out, rows) => {
    for (let i = 0; i < rows.length; i++) {
      write(out, rows[i]!);
      out.endRow();
    }
  };
}
