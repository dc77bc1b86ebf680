import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expiredFiles, type RetentionSettings } from '../../libs/archive/retention.ts';

const DAY_MS = 86_400_000;
const NOW_MS = 100 * DAY_MS;

/** So many days old, each of 100 bytes. */
const FILES = [3, 1, 2, 2, 0].map((days, i) => ({ path: `file-${i}`, bytes: 100, modifiedMs: NOW_MS - days * DAY_MS, owner: '' })); // prettier-ignore

const CASES: readonly [name: string, settings: Partial<RetentionSettings>, removed: readonly string[]][] = [
  ['without limits nothing goes', {}, []],
  ['by age, oldest first', { ageMsMax: 1.5 * DAY_MS }, ['file-0 age', 'file-2 age', 'file-3 age']],
  ['by bytes, no more than needed', { bytesMax: 350 }, ['file-0 bytes', 'file-2 bytes']],
  ['by both', { ageMsMax: 2.5 * DAY_MS, bytesMax: 300 }, ['file-0 age', 'file-2 bytes']],
  ['enough room', { bytesMax: 500 }, []],
  ['what was just written stays', { bytesMax: 0 }, ['file-0 bytes', 'file-2 bytes', 'file-3 bytes', 'file-1 bytes']],
];
for (const [name, settings, removed] of CASES) {
  test(`retention: ${name}`, () => {
    const all = { nowMs: NOW_MS, settleMs: 60_000, ageMsMax: undefined, bytesMax: undefined, ...settings };
    const expired = expiredFiles(FILES, all).map(({ file, reason }) => `${file.path} ${reason}`);
    assert.deepEqual(expired, removed);
  });
}
