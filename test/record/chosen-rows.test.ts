import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { FLOW_BATCH } from '../../libs/record/batch.ts';
import { BatchBuilder } from '../../libs/record/builder.ts';
import { ChosenRows } from '../../libs/record/chosen-rows.ts';
import { assertSameBatch } from '../support/batches.ts';

const ROWS = 100;
const KINDS = ['u8', 'u16', 'u32', 'f64'] as const;
const ADDRESS = KINDS.length + 1;
const ORIGIN = { source: 'probe', run: 1 };

/** Which rows get their values at once, others having none. */
const choices = fc.uniqueArray(fc.nat(ROWS - 1), { minLength: 1 }).map((rows) => Uint16Array.from(rows).sort());
const ranges = fc
  .tuple(fc.nat(ROWS - 1), fc.nat(ROWS - 1))
  .map(([a, b]) => Uint16Array.from({ length: Math.abs(a - b) + 1 }, (_, i) => Math.min(a, b) + i));

function builderOf(): BatchBuilder {
  const builder = new BatchBuilder(ROWS);
  while (!builder.full) builder.addRow();
  return builder;
}

test('values that chosen rows get together are those that they get one by one', () => {
  const chosen = new ChosenRows(ROWS);
  fc.assert(
    fc.property(fc.array(fc.oneof(choices, ranges), { minLength: 1, maxLength: 3 }), (all) => {
      const together = builderOf();
      const each = builderOf();
      const given = new Set<number>();
      for (const some of all) {
        const rows = some.filter((row) => !given.has(row));
        if (rows.length === 0) continue;
        for (const row of rows) given.add(row);
        chosen.choose(rows);
        const values = Uint32Array.from(rows, (row) => (row * 7) % 256);
        for (const [i, kind] of KINDS.entries()) {
          together.number(i + 1, kind).spread(chosen, values);
          for (const [k, row] of rows.entries()) each.number(i + 1, kind).set(row, values[k]!);
        }
        together.address(ADDRESS).spread(chosen, 4, [0, 0, 0xffff, values]);
        for (const [k, row] of rows.entries()) each.address(ADDRESS).set(row, 4, 0, 0, 0xffff, values[k]!);
      }
      assertSameBatch(together.finish(FLOW_BATCH, ORIGIN, 0), each.finish(FLOW_BATCH, ORIGIN, 0));
    }),
    { numRuns: 200, seed: 1 },
  );
});

test('one value for many rows is a value, also when it is zero', () => {
  const chosen = new ChosenRows(ROWS);
  chosen.choose(Uint16Array.of(3, 99));
  for (const value of [0, 9]) {
    const builder = builderOf();
    builder.number(1, 'u16').spreadOne(chosen, value);
    const { columns } = builder.finish(FLOW_BATCH, ORIGIN, 0);
    const column = columns[1];
    assert.ok(column?.kind === 'u16');
    const found = Array.from({ length: ROWS }, (_, row) => row).filter((row) => column.has(row));
    assert.deepEqual(found, [3, 99]);
    assert.equal(column.values[99], value);
  }
});
