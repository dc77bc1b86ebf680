import assert from 'node:assert/strict';
import test from 'node:test';
import type { Batch, Origin } from '../../libs/record/batch.ts';
import { CAUSE } from '../../libs/record/fields/field.ts';
import { managementBatch } from '../../libs/record/management.ts';
import { runOverBatch } from '../../libs/transport/farewell.ts';
import { Starts } from '../../libs/transport/starts.ts';
import { decoded } from '../support/frames.ts';

const run = (number: number): Origin => ({ source: 'a', run: number });
const record = (origin: Origin, first: number, cause: number): Batch =>
  managementBatch(origin, first, { cause, timeUs: 1, durationNs: 0, values: {} });
const runsIn = (starts: Starts): number[] => [...starts.frames()].map((frame) => decoded(frame).origin.run);

test('a reader is told of runs that go on, not of those that stopped or were killed', () => {
  const starts = new Starts();
  for (let number = 1; number <= 3; number++) starts.note(record(run(number), 0, CAUSE.start));
  starts.note(record(run(1), 1, CAUSE.stop));
  starts.note(runOverBatch(run(2)));
  assert.deepEqual(runsIn(starts), [3]);
});

test('however many runs go without a word, the latest are told of', () => {
  const starts = new Starts();
  for (let number = 1; number <= 4100; number++) starts.note(record(run(number), 0, CAUSE.start));
  const runs = runsIn(starts);
  assert.equal(runs.length, 4096);
  assert.deepEqual([runs[0], runs.at(-1)], [5, 4100]);
});
