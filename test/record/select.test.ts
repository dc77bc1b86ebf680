import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Batch } from '../../libs/record/batch.ts';
import { selectRows } from '../../libs/record/select.ts';
import { arbitraryBatch } from '../support/arbitrary-batch.ts';
import { batchOf, cellOf, cellsOf } from '../support/batches.ts';

const flows = (): Batch =>
  batchOf(3, {
    stime: [10, 20, 30],
    sport: [80, undefined, 443],
    saddr: [
      [4, 0, 0, 0xffff, 1],
      [4, 0, 0, 0xffff, 2],
      [4, 0, 0, 0xffff, 3],
    ],
    label: ['a', 'b', undefined],
    suser: [Uint8Array.of(1, 2), Uint8Array.of(3), Uint8Array.of(4, 5, 6)],
  });

test('selectRows keeps the rows asked for, with what is absent in them', () => {
  const selected = selectRows(flows(), Uint32Array.of(1, 2, 99), 2);
  assert.equal(selected.rows, 2);
  assert.deepEqual(cellsOf(selected, 'stime'), [20, 30]);
  assert.deepEqual(cellsOf(selected, 'sport'), [undefined, 443]);
  assert.deepEqual(cellsOf(selected, 'saddr').map((cell) => (cell as number[]).at(-1)), [2, 3]); // prettier-ignore
  assert.deepEqual(cellsOf(selected, 'label'), ['b', undefined]);
  assert.deepEqual(cellsOf(selected, 'suser'), [Uint8Array.of(3), Uint8Array.of(4, 5, 6)]);
});

test('selectRows accounts for the same record numbers as before', () => {
  const { first, covers, origin } = selectRows(flows(), Uint32Array.of(1), 1);
  assert.deepEqual({ first, covers, origin }, { first: 0, covers: 3, origin: flows().origin });
});

test('selectRows gives the batch itself when nothing is left out', () => {
  const batch = flows();
  assert.equal(selectRows(batch, Uint32Array.of(0, 1, 2), 3), batch);
});

test('a field that no selected row has is gone', () => {
  assert.deepEqual(cellsOf(selectRows(flows(), Uint32Array.of(1), 1), 'sport'), [undefined]);
  assert.equal(selectRows(flows(), Uint32Array.of(1), 1).columns[10], undefined);
});

test('no rows make a batch without columns that covers what it covered', () => {
  const none = selectRows(flows(), new Uint32Array(0), 0);
  assert.equal(none.rows, 0);
  assert.equal(none.covers, 3);
  assert.ok(none.columns.every((column) => column === undefined));
});

test('columns of later versions do not outlive a change of rows', () => {
  const batch = { ...flows(), unknown: [{ entry: [500, 1, [3]], bytes: Uint8Array.of(1, 2, 3) }] };
  assert.equal(selectRows(batch, Uint32Array.of(0, 1, 2), 3).unknown.length, 1);
  assert.equal(selectRows(batch, Uint32Array.of(0), 1).unknown.length, 0);
});

test('selected rows are those rows, whatever they hold, in one buffer', () =>
  fc.assert(
    fc.property(arbitraryBatch(40), fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), (batch, kept) => {
      const rows = Uint32Array.from({ length: batch.rows }, (_, row) => row).filter((row) => kept[row]);
      const selected = selectRows(batch, rows, rows.length);
      for (const [field, column] of batch.columns.entries()) {
        for (const [i, row] of rows.entries())
          assert.deepEqual(cellOf(selected.columns[field], i), cellOf(column, row));
      }
      for (const column of selected.columns) {
        if (column?.kind === 'bytes') assert.equal(column.blob.buffer, selected.buffer);
      }
    }),
    { seed: 1, numRuns: 100 },
  ));
