import type { Batch } from './batch.ts';
import { NumberColumn, type Column } from './columns.ts';
import { OFFSET } from './fields/reading.ts';

/** The field `offset` of records that all begin at one byte of their file, or whose frame does. */
export function offsetColumn(offset: number, rows: number): NumberColumn {
  return new NumberColumn('f64', new Float64Array(rows).fill(offset), undefined);
}

/** The batch with one offset for all of its records. */
export function withOffset<B extends Batch>(batch: B, offset: number): B {
  return { ...batch, columns: withColumn(batch.columns, offsetColumn(offset, batch.rows)) };
}

/** The batch as it is written, which does not say where it was read. */
export function withoutOffset(batch: Batch): Batch {
  return batch.columns[OFFSET] === undefined ? batch : { ...batch, columns: withColumn(batch.columns, undefined) };
}

/** Whether one of these sets of fields has `offset` in it; a set that is undefined, of all stored fields, has not. */
export function asksForOffset(...sets: readonly (ReadonlySet<number> | undefined)[]): boolean {
  return sets.some((fields) => fields?.has(OFFSET) === true);
}

function withColumn(columns: Batch['columns'], column: Column | undefined): (Column | undefined)[] {
  const all = columns.slice();
  while (all.length <= OFFSET) all.push(undefined);
  all[OFFSET] = column;
  return all;
}
