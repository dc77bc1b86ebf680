import assert from 'node:assert/strict';
import test from 'node:test';
import { isConstant } from '../../libs/record/constant.ts';

const ROWS = 100;
const doubles = (change: (values: Float64Array) => void): Float64Array => {
  const values = new Float64Array(ROWS + 1).fill(7);
  change(values);
  return values;
};

const CASES: readonly { name: string; values: Float64Array | Uint8Array; rows: number; is: boolean }[] = [
  { name: 'one row', values: Float64Array.of(1, 2), rows: 1, is: true },
  { name: 'few rows', values: Uint8Array.of(3, 3, 3, 4), rows: 3, is: true },
  { name: 'few rows, of which one differs', values: Uint8Array.of(3, 4, 3), rows: 3, is: false },
  { name: 'zero and minus zero in few rows', values: Float64Array.of(0, -0, 0), rows: 3, is: false },
  { name: 'many rows', values: doubles(() => undefined), rows: ROWS, is: true },
  { name: 'a value behind the last row', values: doubles((values) => (values[ROWS] = 8)), rows: ROWS, is: true },
  { name: 'one of many rows differs', values: doubles((values) => (values[50] = 8)), rows: ROWS, is: false },
  { name: 'the last row differs', values: doubles((values) => (values[ROWS - 1] = 8)), rows: ROWS, is: false },
  { name: 'no numbers', values: doubles((values) => values.fill(NaN)), rows: ROWS, is: false },
];
for (const { name, values, rows, is } of CASES) {
  test(`a column of one value is told: ${name}`, () => assert.equal(isConstant(values, rows), is));
}
