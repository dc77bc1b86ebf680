import assert from 'node:assert/strict';
import { FLOW_BATCH, type Batch, type BatchKind, type Origin } from '../../libs/record/batch.ts';
import { BatchBuilder } from '../../libs/record/builder.ts';
import type { Column } from '../../libs/record/columns.ts';
import { STORED_FIELDS, type StoredName } from '../../libs/record/fields/stored.ts';
import { isNumeric } from '../../libs/record/kinds.ts';

/** What a cell of a batch holds: a number, [family, four lanes], a text, bytes; undefined is absent. */
export type Cell = number | readonly number[] | string | Uint8Array | undefined;

/** Rows by stored field; a field that is left out is absent in all rows. */
export type Table = Partial<Record<StoredName, readonly Cell[]>>;

export const ORIGIN: Origin = { source: 'test', run: 1_700_000_000_000_000 };

export interface BatchSettings {
  readonly kind?: BatchKind;
  readonly origin?: Origin;
  readonly first?: number;
}

/** A batch of `rows` rows, each filled from the field's list of cells. */
export function batchOf(rows: number, table: Table, settings: BatchSettings = {}): Batch {
  const builder = new BatchBuilder(Math.max(rows, 1));
  for (let row = 0; row < rows; row++) {
    builder.addRow();
    for (const [name, cells] of Object.entries(table) as [StoredName, readonly Cell[]][]) setCell(builder, name, row, cells[row]); // prettier-ignore
  }
  const { kind = FLOW_BATCH, origin = ORIGIN, first = 0 } = settings;
  return builder.finish(kind, origin, first);
}

function setCell(builder: BatchBuilder, name: StoredName, row: number, cell: Cell): void {
  const { number, kind } = STORED_FIELDS[name];
  if (cell === undefined) return;
  if (typeof cell === 'number') builder.number(number, isNumeric(kind) ? kind : 'f64').set(row, cell);
  else if (typeof cell === 'string') builder.text(number).set(row, cell);
  else if (cell instanceof Uint8Array) builder.bytes(number).set(row, cell, 0, cell.length);
  else {
    const [family, a, b, c, d] = cell as readonly [number, number, number, number, number];
    builder.address(number).set(row, family, a, b, c, d);
  }
}

/** The cell of a column, in the form that `batchOf` takes. */
export function cellOf(column: Column | undefined, row: number): Cell {
  if (column === undefined || !column.has(row)) return undefined;
  switch (column.kind) {
    case 'address':
      return [column.familyOf(row), column.lane(0, row), column.lane(1, row), column.lane(2, row), column.lane(3, row)];
    case 'text':
      return column.get(row);
    case 'bytes':
      return column.get(row).slice();
    case 'u8':
    case 'u16':
    case 'u32':
    case 'bits':
    case 'f64':
      return column.values[row];
  }
}

/** Fails unless both hold the same rows: value for value, an absent value equal to an absent value only. */
export function assertSameBatch(actual: Batch, expected: Batch, fields?: ReadonlySet<number>): void {
  const { kind, origin, first, covers, rows } = actual;
  const head = { kind: expected.kind, origin: expected.origin, first: expected.first, covers: expected.covers, rows: expected.rows }; // prettier-ignore
  assert.deepEqual({ kind, origin, first, covers, rows }, head);
  const highest = Math.max(actual.columns.length, expected.columns.length);
  for (let field = 0; field < highest; field++) {
    const wanted = fields === undefined || fields.has(field);
    for (let row = 0; row < rows; row++) {
      const cell = cellOf(actual.columns[field], row);
      const right = wanted ? cellOf(expected.columns[field], row) : undefined;
      if (!Object.is(cell, right)) assert.deepEqual(cell, right, `field ${field}, row ${row}`);
    }
  }
}

/** The cells of a field in all rows of a batch. */
export function cellsOf(batch: Batch, name: StoredName): Cell[] {
  return cellsAt(batch, STORED_FIELDS[name].number);
}

/** As `cellsOf`, by field number. */
export function cellsAt(batch: Batch, field: number): Cell[] {
  return Array.from({ length: batch.rows }, (_, row) => cellOf(batch.columns[field], row));
}
