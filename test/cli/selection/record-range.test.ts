import assert from 'node:assert/strict';
import test from 'node:test';
import { parseRecordRange } from '../../../libs/cli/selection/record-range.ts';
import { UsageError } from '../../../libs/core/errors.ts';

for (const [text, first, last, counts] of [
  ['5', 1, 5, 'input'],
  ['0', 1, 0, 'input'],
  ['i5', 1, 5, 'input'],
  ['o5', 1, 5, 'output'],
  ['3-7', 3, 7, 'input'],
  ['3-3', 3, 3, 'input'],
  ['3+4', 3, 7, 'input'],
  ['o10+1', 10, 11, 'output'],
] as const) {
  test(`-N ${text} means records ${first} to ${last}`, () => {
    assert.deepEqual(parseRecordRange(text), { first, last, counts });
  });
}

for (const text of ['', 'x5', '-5', '5-', '7-3', '0-3', '1.5', '5+', 'i', '1-2-3']) {
  test(`-N '${text}' is refused`, () => assert.throws(() => parseRecordRange(text), UsageError));
}
