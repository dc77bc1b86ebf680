import assert from 'node:assert/strict';
import test from 'node:test';
import { emptyBatch, FLOW_BATCH, GAP_BATCH, type Batch, type Origin } from '../../libs/record/batch.ts';
import { Losses } from '../../libs/transport/losses.ts';

const ORIGIN: Origin = { source: 'a', run: 1 };
const flows = (origin: Origin, first: number, end: number): Batch => emptyBatch(FLOW_BATCH, origin, first, end);

const shown = (gaps: readonly Batch[]): unknown[] =>
  gaps.map(({ kind, origin, first, covers, rows }) => [kind, origin.run, first, covers, rows]);

test('losses that follow each other are one range, and forgotten once said', () => {
  const losses = new Losses();
  const other = { source: 'a', run: 2 };
  const batches = [flows(ORIGIN, 5, 9), flows(other, 0, 3), flows(ORIGIN, 9, 12), flows(ORIGIN, 12, 12)];
  for (const [position, batch] of batches.entries()) assert.ok(losses.note(position, batch));
  assert.deepEqual(shown(losses.takeBelow(9)), [
    [GAP_BATCH, 1, 5, 7, 0],
    [GAP_BATCH, 2, 0, 3, 0],
  ]);
  assert.deepEqual(losses.takeBelow(9), []);
});

test('a loss is said when the reader is behind it, and not before', () => {
  const losses = new Losses();
  losses.note(3, flows(ORIGIN, 0, 2));
  losses.note(8, flows(ORIGIN, 10, 12));
  assert.deepEqual(losses.takeBelow(3), []);
  assert.deepEqual(shown(losses.takeBelow(4)), [[GAP_BATCH, 1, 0, 2, 0]]);
  losses.note(9, flows(ORIGIN, 12, 13));
  assert.deepEqual(shown(losses.takeBelow(9)), [[GAP_BATCH, 1, 10, 3, 0]]);
});

test('losses of too many origins cannot be noted', () => {
  const losses = new Losses();
  for (let run = 0; run < 4096; run++) assert.ok(losses.note(run, flows({ source: 'a', run }, 0, 1)));
  assert.ok(!losses.note(5000, flows({ source: 'b', run: 0 }, 0, 1)));
  assert.ok(losses.note(5001, flows({ source: 'a', run: 7 }, 1, 2)));
});
