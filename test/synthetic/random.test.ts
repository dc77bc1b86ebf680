import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Random, shuffled } from '../../libs/synthetic/random.ts';

function draw(seed: number): number[] {
  const random = new Random(seed);
  return Array.from({ length: 20 }, () => random.bits());
}

test('a seed gives the same numbers each time, and another seed others', () => {
  assert.deepEqual(draw(1), draw(1));
  assert.notDeepEqual(draw(1), draw(2));
  assert.notDeepEqual(draw(1), draw(1 + 2 ** 40));
});

test('between reaches both its bounds and nothing beyond', () => {
  const random = new Random(3);
  const seen = new Set(Array.from({ length: 500 }, () => random.between(-2, 2)));
  assert.deepEqual(
    [...seen].sort((a, b) => a - b),
    [-2, -1, 0, 1, 2],
  );
});

test('fractions fill their range evenly', () => {
  const random = new Random(4);
  const counts = new Array<number>(10).fill(0);
  for (let drawn = 0; drawn < 20_000; drawn++) counts[Math.floor(random.fraction() * 10)]! += 1;
  for (const count of counts) assert.ok(count > 1800 && count < 2200, counts.join());
});

test('shuffled numbers are a permutation', () =>
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 }), fc.integer(), (bits, seed) => {
      const landed = new Set(Array.from({ length: 2 ** bits }, (_, index) => shuffled(index, bits, seed)));
      assert.equal(landed.size, 2 ** bits);
      assert.ok([...landed].every((value) => value >= 0 && value < 2 ** bits));
    }),
    { seed: 1, numRuns: 50 },
  ));

test('no two of many numbers are shuffled onto one in the widths that streams use', () => {
  for (const bits of [19, 27, 32]) {
    const landed = new Set(Array.from({ length: 100_000 }, (_, index) => shuffled(index, bits, 99)));
    assert.equal(landed.size, 100_000, `${bits} bits`);
  }
});
