import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { RangeSet } from '../../libs/record/range-set.ts';

const range = fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 9 }));

test('holds what was added and nothing else, as the fewest ranges', () =>
  fc.assert(
    fc.property(fc.array(range, { maxLength: 25 }), (added) => {
      const set = RangeSet.from(added);
      const expected = new Set(added.flatMap(([first, count]) => Array.from({ length: count }, (_, i) => first + i)));
      for (let n = 0; n < 75; n++) assert.equal(set.has(n), expected.has(n), String(n));
      assert.equal(set.total, expected.size);
      const { ranges } = set;
      for (const [i, [first]] of ranges.entries()) {
        const before = ranges[i - 1];
        if (before !== undefined) assert.ok(first > before[0] + before[1]);
      }
      const missing = set.firstMissing(0);
      assert.ok(!expected.has(missing) && [...Array(missing).keys()].every((n) => expected.has(n)));
      assert.deepEqual(RangeSet.from(ranges).ranges, ranges);
    }),
    { seed: 1 },
  ));

test('coarsened it has few ranges and all that it had', () =>
  fc.assert(
    fc.property(fc.array(range, { maxLength: 25 }), fc.integer({ min: 1, max: 4 }), (added, max) => {
      const set = RangeSet.from(added);
      set.coarsen(max);
      assert.ok(set.size <= max);
      for (const [first, count] of added) assert.ok(set.hasAll(first, count));
    }),
    { seed: 2 },
  ));
