import assert from 'node:assert/strict';
import test from 'node:test';
import { emptyBatch, FLOW_BATCH, GAP_BATCH, type Batch, type Origin } from '../../libs/record/batch.ts';
import { Losses } from '../../libs/transport/losses.ts';

const ORIGIN: Origin = { source: 'a', run: 1 };
const flows = (origin: Origin, first: number, end: number): Batch => emptyBatch(FLOW_BATCH, origin, first, end);

test('losses are one range an origin, and forgotten once said', () => {
  const losses = new Losses();
  assert.ok(losses.none);
  const other = { source: 'a', run: 2 };
  for (const batch of [flows(ORIGIN, 5, 9), flows(other, 0, 3), flows(ORIGIN, 9, 12), flows(ORIGIN, 12, 12)])
    assert.ok(losses.note(batch));
  assert.ok(!losses.none);
  const gaps = losses.take();
  assert.deepEqual(
    gaps.map(({ kind, origin, first, covers, rows }) => ({ kind, origin, first, covers, rows })),
    [
      { kind: GAP_BATCH, origin: ORIGIN, first: 5, covers: 7, rows: 0 },
      { kind: GAP_BATCH, origin: other, first: 0, covers: 3, rows: 0 },
    ],
  );
  assert.ok(losses.none);
  assert.deepEqual(losses.take(), []);
});

test('losses of too many origins cannot be noted', () => {
  const losses = new Losses();
  for (let run = 0; run < 4096; run++) assert.ok(losses.note(flows({ source: 'a', run }, 0, 1)));
  assert.ok(!losses.note(flows({ source: 'b', run: 0 }, 0, 1)));
  assert.ok(losses.note(flows({ source: 'a', run: 7 }, 1, 2)));
});
