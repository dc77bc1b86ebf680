import type { Batch } from '../batch.ts';
import type { TextBuffer } from './text-buffer.ts';

/** How rows are laid out as text. */
export interface Style {
  /** What stands above the rows, or an empty string. */
  header(): string;
  /** What stands below them. */
  footer(): string;
  /** Prepares for the rows of a batch of flow or management records; the result appends one row. */
  open(batch: Batch): RowWriter;
}

export type RowWriter = (out: TextBuffer, row: number) => void;
