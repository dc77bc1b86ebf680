import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { BatchBuilder } from '../../libs/record/builder.ts';
import { BLOCK_ROWS, countBits, RowBlock } from '../../libs/record/row-block.ts';

const KINDS = ['u8', 'u16', 'u32', 'f64'] as const;
const SLOTS = KINDS.length;
/** No value, whatever its bits; and values that every kind holds. */
const VALUE = fc.oneof(fc.constantFrom(NaN, -NaN, 0, -0), fc.nat(255));

test('a block of rows becomes columns of all kinds; NaN is no value', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(VALUE, { minLength: SLOTS, maxLength: SLOTS }), { minLength: 1, maxLength: 100 }),
      (rows) => {
        const builder = new BatchBuilder(128);
        const columns = KINDS.map((kind, slot) => builder.number(slot + 1, kind));
        const block = new RowBlock(SLOTS);
        for (let start = 0; start < rows.length; start += BLOCK_ROWS) {
          const some = rows.slice(start, start + BLOCK_ROWS);
          for (const [i, row] of some.entries()) {
            builder.addRow();
            block.rows[i]!.set(row);
          }
          for (let slot = 0; slot < SLOTS; slot++) {
            const bits = block.present(slot, some.length);
            if (bits !== 0) columns[slot]!.setBlock(start, bits, block, slot);
          }
        }
        const batch = builder.finish(1, { source: '1', run: 1 }, 0);
        for (let slot = 0; slot < SLOTS; slot++) {
          const column = batch.columns[slot + 1];
          for (const [i, row] of rows.entries()) {
            const expected = Number.isNaN(row[slot]) ? undefined : row[slot]! + 0;
            const isThere = column?.has(i) === true;
            assert.equal(isThere && column.kind === KINDS[slot] ? column.values[i] : undefined, expected);
          }
        }
      },
    ),
    { numRuns: 50 },
  );
});

test('infinity is a value', () => {
  const block = new RowBlock(1);
  for (const [i, value] of [Infinity, -Infinity, NaN, 0 / 0, Number.MIN_VALUE].entries()) block.rows[i]![0] = value;
  assert.equal(block.present(0, 5), 0b10011);
});

test('bits are counted', () => {
  fc.assert(
    fc.property(fc.integer(), (bits) => countBits(bits) === (bits >>> 0).toString(2).replaceAll('0', '').length),
  );
});
