import assert from 'node:assert/strict';
import test from 'node:test';
import { parseSortKeys } from '../../libs/cli/sort-words.ts';

for (const [words, field, descending] of [
  ['bytes', 'bytes', true],
  ['saddr', 'saddr', false],
  ['avgdur', 'mean', false],
  ['psloss', 'sploss', true],
  // The longer nothing came, the earlier the last packet was.
  ['idle', 'ltime', true],
  ['-idle', 'ltime', false],
] as const) {
  test(`-m ${words} sorts by ${field}, ${descending ? 'down' : 'up'}`, () =>
    assert.deepEqual(parseSortKeys([words]), [{ field, descending }]));
}
