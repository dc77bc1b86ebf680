import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { inUnitsOf, parseQuantity, rangeOf, type Dimension, type Order } from '../../libs/filter/numbers.ts';

const NUMBERS: readonly [text: string, dimension: Dimension, value: number | undefined][] = [
  ['10', 'count', 10],
  ['-3', 'count', -3],
  ['.5', 'count', 0.5],
  ['1e3', 'count', 1000],
  ['0x1f', 'count', 31],
  ['2k', 'count', 2000],
  ['2K', 'count', 2000],
  ['1.5M', 'count', 1_500_000],
  ['1Gi', 'count', 1_073_741_824],
  ['1T', 'count', 1e12],
  ['2kk', 'count', undefined],
  ['2ms', 'count', undefined],
  ['k', 'count', undefined],
  ['', 'count', undefined],
  ['1e999', 'count', undefined],
  ['0.1', 'seconds', 0.1],
  ['250ms', 'seconds', 0.25],
  ['2m', 'seconds', 120],
  ['1d', 'seconds', 86_400],
  ['2k', 'seconds', undefined],
];

for (const [text, dimension, value] of NUMBERS)
  test(`'${text}' as ${dimension} is ${value ?? 'refused'}`, () => {
    const quantity = parseQuantity(text, dimension);
    assert.equal(quantity && quantity.value * quantity.factor, value);
  });

const HELD: readonly [text: string, scale: number, held: number][] = [
  ['0.1', 1e-9, 100_000_000],
  ['10ms', 1e-9, 10_000_000],
  ['3us', 1e-9, 3000],
  ['1ns', 1e-9, 1],
  ['1.5ns', 1e-9, 1.5],
  ['1700000000.123456', 1e-6, 1_700_000_000_123_456],
  ['0.000001', 1e-6, 1],
];

for (const [text, scale, held] of HELD)
  test(`${text} in units of ${scale} s is exactly ${held}`, () => {
    assert.equal(inUnitsOf(scale, parseQuantity(text, 'seconds')!), held);
  });

test('a range holds exactly the numbers that its comparison says', () => {
  const compare: Record<Order, (a: number, b: number) => boolean> = {
    gt: (a, b) => a > b,
    gte: (a, b) => a >= b,
    lt: (a, b) => a < b,
    lte: (a, b) => a <= b,
    eq: (a, b) => a === b,
    ne: (a, b) => a !== b,
  };
  const number = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, noDefaultInfinity: true }));
  const comparison = fc.constantFrom(...(Object.keys(compare) as Order[]));
  fc.assert(
    fc.property(comparison, number, number, (word, value, bound) => {
      const { low, high, inside } = rangeOf(word, { low: bound, high: bound });
      assert.equal((value >= low && value <= high) === inside, compare[word](value, bound));
    }),
    { seed: 1 },
  );
});
