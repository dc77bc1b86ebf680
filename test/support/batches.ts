import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  BATCH_ROWS_MAX,
  FLOW_BATCH,
  MANAGEMENT_BATCH,
  type Batch,
  type BatchKind,
  type Origin,
} from '../../libs/record/batch.ts';
import { BatchBuilder } from '../../libs/record/builder.ts';
import type { Column } from '../../libs/record/columns.ts';
import { STORED_FIELDS, type StoredName } from '../../libs/record/fields/stored.ts';
import { isNumeric, type Kind } from '../../libs/record/kinds.ts';

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

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });

/** Several temperaments of each kind: constant, small, regular, random, wild. */
const CELLS: Readonly<Record<Kind, readonly fc.Arbitrary<Cell>[]>> = {
  u8: [fc.constant(7), fc.integer({ min: 0, max: 255 })],
  u16: [fc.constantFrom(80, 443, 65_535), fc.integer({ min: 0, max: 65_535 })],
  u32: [fc.integer({ min: 0, max: 20 }), fc.constantFrom(0, 4_000_000_000, 17), u32],
  bits: [fc.constant(0), fc.integer({ min: 0, max: 3 }), u32],
  f64: [
    fc.integer({ min: -5, max: 5 }),
    fc.integer({ min: 0, max: 1 << 22 }).map((n) => n * 1000),
    fc.integer({ min: 0, max: 1e9 }).map((n) => 1_700_000_000_000_000 + n),
    fc.maxSafeInteger(),
    fc.double(),
  ],
  address: [
    fc.tuple(fc.constant(4), fc.constant(0), fc.constant(0), fc.constant(0xffff), u32),
    fc.tuple(fc.constantFrom(4, 6), u32, u32, u32, u32),
  ],
  text: [fc.constantFrom('', 'eth0', 'été'), fc.string({ maxLength: 20, unit: 'grapheme' })],
  bytes: [fc.uint8Array({ maxLength: 12 }), fc.constant(new Uint8Array(0))],
};

const NAMES = Object.keys(STORED_FIELDS) as StoredName[];

function columnOf(name: StoredName, rows: number): fc.Arbitrary<Cell[]> {
  const { kind } = STORED_FIELDS[name];
  return fc.tuple(fc.constantFrom(...CELLS[kind]), fc.constantFrom(0, 0, 1, 4)).chain(
    ([cell, absentIn5]) =>
      fc.array(fc.oneof({ weight: 5 - absentIn5, arbitrary: cell }, { weight: absentIn5, arbitrary: fc.constant(undefined) }), { minLength: rows, maxLength: rows }), // prettier-ignore
  );
}

/** Batches over all stored fields, of flows or of management, with values present and absent. */
export function arbitraryBatch(rowsMax = 60): fc.Arbitrary<Batch> {
  assert.ok(rowsMax <= BATCH_ROWS_MAX);
  return fc
    .tuple(fc.integer({ min: 1, max: rowsMax }), fc.subarray(NAMES, { maxLength: 12 }))
    .chain(([rows, names]) =>
      fc.record({
        rows: fc.constant(rows),
        table: fc.tuple(...names.map((name) => columnOf(name, rows))).map((columns) => Object.fromEntries(columns.map((cells, i) => [names[i], cells])) as Table), // prettier-ignore
        kind: fc.constantFrom(FLOW_BATCH, MANAGEMENT_BATCH),
        origin: fc.tuple(fc.string({ maxLength: 64 }), fc.maxSafeNat()).map(([source, run]) => ({ source, run })),
        first: fc.nat(),
        hidden: fc.nat(9),
      }),
    )
    .map(({ rows, table, hidden, ...settings }) => {
      const batch = batchOf(rows, table, settings);
      return { ...batch, covers: rows + hidden };
    });
}
