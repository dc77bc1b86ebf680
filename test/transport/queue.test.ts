import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { GAP_BATCH, FLOW_BATCH, type Batch, type Origin } from '../../libs/record/batch.ts';
import { emptyBatch, Losses } from '../../libs/transport/losses.ts';
import { FrameQueue, type QueuedFrame } from '../../libs/transport/queue.ts';

const frame = (length: number, records = 1): QueuedFrame => ({ bytes: new Uint8Array(length), records });

test('a queue gives frames in their order and counts what waits', () => {
  const operations = fc.array(fc.oneof(fc.constant('take' as const), fc.integer({ min: 1, max: 60 })), {
    maxLength: 600,
  });
  fc.assert(
    fc.property(operations, (steps) => {
      const queue = new FrameQueue(1000);
      let model: QueuedFrame[] = [];
      for (const step of steps) {
        if (step === 'take') {
          assert.equal(queue.take(), model[0]?.bytes);
          model = model.slice(1);
        } else {
          const offered = frame(step, step % 3);
          const bytes = model.reduce((sum, waiting) => sum + waiting.bytes.length, 0);
          const fits = model.length === 0 || bytes + step <= 1000;
          assert.equal(queue.offer(offered), fits);
          if (fits) model.push(offered);
        }
        const total = (of: (waiting: QueuedFrame) => number): number => model.reduce((sum, one) => sum + of(one), 0);
        assert.equal(
          queue.bytes,
          total((one) => one.bytes.length),
        );
        assert.equal(
          queue.records,
          total((one) => one.records),
        );
      }
    }),
    { seed: 2 },
  );
});

test('an empty queue takes a frame of any size, a full one none', () => {
  const queue = new FrameQueue(10);
  assert.ok(queue.offer(frame(100)));
  assert.ok(!queue.offer(frame(1)));
  queue.add(frame(5));
  assert.equal(queue.bytes, 105);
  assert.equal(queue.take()?.length, 100);
  assert.ok(queue.offer(frame(5)));
});

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
