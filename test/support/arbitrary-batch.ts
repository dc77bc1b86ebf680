import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BATCH_ROWS_MAX, FLOW_BATCH, MANAGEMENT_BATCH, type Batch } from '../../libs/record/batch.ts';
import { STORED_FIELDS, type StoredName } from '../../libs/record/fields/stored.ts';
import type { Kind } from '../../libs/record/kinds.ts';
import { batchOf, type Cell, type Table } from './batches.ts';

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
