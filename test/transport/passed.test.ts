import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { emptyBatch, FLOW_BATCH, type Batch, type Origin } from '../../libs/record/batch.ts';
import { Passed } from '../../libs/transport/passed.ts';

const ORIGIN: Origin = { source: 'a', run: 1 };
const OTHER: Origin = { source: 'b', run: 1 };
const range = (first: number, end: number, origin = ORIGIN): Batch => emptyBatch(FLOW_BATCH, origin, first, end);

test('numbers that follow each other become one range', () => {
  const passed = new Passed();
  for (const batch of [range(0, 2), range(7, 8, OTHER), range(2, 5), range(5, 5)])
    assert.equal(passed.note(batch), undefined);
  assert.deepEqual(passed.takeAll(), [range(0, 5), range(7, 8, OTHER)]);
  assert.deepEqual(passed.takeAll(), []);
});

test('numbers that do not follow send those before them on their way', () => {
  const passed = new Passed();
  passed.note(range(0, 2));
  assert.deepEqual(passed.note(range(9, 10)), range(0, 2));
  assert.deepEqual(passed.take(ORIGIN), range(9, 10));
  assert.equal(passed.take(ORIGIN), undefined);
});

test('whatever is refused, every record number is accounted for once and in order', () => {
  const steps = fc.array(fc.record({ rows: fc.integer({ min: 1, max: 3 }), isRefused: fc.boolean(), flushes: fc.boolean() }), { maxLength: 30 }); // prettier-ignore
  fc.assert(
    fc.property(steps, (batches) => {
      const passed = new Passed();
      const out: (Batch | undefined)[] = [];
      let first = 0;
      for (const { rows, isRefused, flushes } of batches) {
        const batch = range(first, first + rows);
        out.push(isRefused ? passed.note(batch) : passed.take(ORIGIN));
        if (!isRefused) out.push(batch);
        if (flushes) out.push(...passed.takeAll());
        first += rows;
      }
      out.push(...passed.takeAll());
      let next = 0;
      for (const batch of out) {
        if (batch === undefined) continue;
        assert.equal(batch.first, next);
        next += batch.covers;
      }
      assert.equal(next, first);
    }),
    { seed: 4 },
  );
});
