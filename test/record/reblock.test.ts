import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Batch } from '../../libs/record/batch.ts';
import { Reblocker } from '../../libs/record/reblock.ts';
import { arbitraryBatch } from '../support/arbitrary-batch.ts';
import { batchOf, cellsAt, cellsOf, ORIGIN, type BatchSettings } from '../support/batches.ts';

const small = (times: readonly number[], settings: BatchSettings): Batch =>
  batchOf(times.length, { stime: times }, settings);

function reblocked(batches: readonly Batch[], rowsMax?: number): Batch[] {
  const reblocker = new Reblocker(rowsMax);
  return [...batches.flatMap((batch) => reblocker.push(batch)), ...reblocker.flush()];
}

test('batches whose numbers follow each other become one', () => {
  const [merged, ...others] = reblocked([
    small([1, 2], { first: 5 }),
    small([3], { first: 7 }),
    small([4], { first: 8 }),
  ]);
  assert.equal(others.length, 0);
  assert.deepEqual([merged?.first, merged?.covers, merged?.rows], [5, 4, 4]);
  assert.deepEqual(merged && cellsOf(merged, 'stime'), [1, 2, 3, 4]);
});

test('records that a filter removed stay accounted for', () => {
  const filtered = { ...small([1, 2], { first: 0 }), covers: 10 };
  const [merged, ...others] = reblocked([filtered, small([3], { first: 10 })]);
  assert.equal(others.length, 0);
  assert.deepEqual([merged?.first, merged?.covers, merged?.rows], [0, 11, 3]);
});

const OTHERS: readonly { name: string; settings: BatchSettings }[] = [
  { name: 'a hole in the numbers', settings: { first: 2 } },
  { name: 'another source', settings: { first: 1, origin: { ...ORIGIN, source: 'other' } } },
  { name: 'another run', settings: { first: 1, origin: { ...ORIGIN, run: 7 } } },
  { name: 'another kind', settings: { first: 1, kind: 2 } },
];
for (const { name, settings } of OTHERS) {
  test(`${name} begins a new batch`, () => {
    const times = reblocked([small([1], { first: 0 }), small([2], settings)]).map((batch) => cellsOf(batch, 'stime'));
    assert.deepEqual(times, [[1], [2]]);
  });
}

test('a batch is done as soon as it has the rows wanted', () => {
  const reblocker = new Reblocker(3);
  assert.deepEqual(reblocker.push(small([1, 2], { first: 0 })), []);
  assert.equal(reblocker.push(small([3], { first: 2 })).length, 1);
  assert.equal(reblocker.rows, 0);
});

test('batches are never split', () => {
  const sizes = reblocked([small([1, 2], { first: 0 }), small([3, 4], { first: 2 })], 3).map(({ rows }) => rows);
  assert.deepEqual(sizes, [2, 2]);
});

test('a batch with columns of a later version passes as it is', () => {
  const unknown = [{ entry: [500, 1, [3]], bytes: Uint8Array.of(1, 2, 3) }];
  const batch = { ...small([2], { first: 1 }), unknown };
  const all = reblocked([small([1], { first: 0 }), batch, small([3], { first: 2 })]);
  assert.deepEqual(all.map(({ rows }) => rows), [1, 1, 1]); // prettier-ignore
  assert.equal(all[1], batch);
});

test('merging keeps every value and every absence', () =>
  fc.assert(
    fc.property(fc.array(arbitraryBatch(20), { minLength: 2, maxLength: 4 }), (batches) => {
      const chain: Batch[] = [];
      let first = 0;
      for (const batch of batches) {
        chain.push({ ...batch, kind: 1, origin: ORIGIN, first });
        first += batch.covers;
      }
      const [merged, ...others] = reblocked(chain);
      assert.ok(merged !== undefined && others.length === 0);
      const fields = Math.max(...chain.map((batch) => batch.columns.length));
      for (let field = 0; field < fields; field++) {
        const expected = chain.flatMap((batch) => cellsAt(batch, field));
        assert.deepEqual(cellsAt(merged, field), expected);
      }
      assert.equal(merged.covers, first);
    }),
    { seed: 1, numRuns: 100 },
  ));
