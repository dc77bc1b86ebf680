import type { Batch } from '../batch.ts';
import type { Field, FieldName } from '../fields/table.ts';
import type { Settings } from './options.ts';
import type { TextBuffer } from './text-buffer.ts';

/** Most bytes that a cell may write without asking for room. */
export const CELL_BYTES = 512;

/** Appends the text of one field of one row; nothing when the row has no value. */
export type CellWriter = (out: TextBuffer, row: number) => void;

/** Prepares the writer for the rows of one batch. */
export type Cell = (batch: Batch) => CellWriter;

export const writeNothing: CellWriter = () => {};

/** What a cell is made of. */
export interface CellContext {
  readonly name: FieldName;
  readonly field: Field;
  readonly settings: Settings;
  /** Payload bytes at most. */
  readonly payloadMax: number;
  /** strftime(3) format of a time. */
  readonly timeFormat: string;
}
