import { BATCH_ROWS_MAX } from '../record/batch.ts';
import { NumberColumn, type Column } from '../record/columns.ts';
import { STORED_FIELDS } from '../record/fields/stored.ts';

/*
 * Counts of packets are doubles, as merged records may have more than 32 bits hold. Hardly any has, so that the columns of most frames
 * are of u32, as all were before they became doubles.
 */

const NARROW: ReadonlySet<number> = new Set([STORED_FIELDS.spkts.number, STORED_FIELDS.dpkts.number]);

/** Whether a column of this field of doubles may be stored as u32. */
export const mayBeNarrow = (field: number): boolean => NARROW.has(field);

const words = new Uint32Array(BATCH_ROWS_MAX);

/** The column as it goes out: of u32 where that holds all of its values; these are valid until the next one. */
export function narrowed(field: number, column: Column, rows: number): Column {
  if (!(column instanceof NumberColumn) || column.kind !== 'f64' || !NARROW.has(field)) return column;
  const { values, valid } = column;
  for (let row = 0; row < rows; row++) {
    const value = values[row]!;
    words[row] = value;
    if (words[row] !== value && column.has(row)) return column;
  }
  return new NumberColumn('u32', words.subarray(0, rows), valid);
}
