import assert from 'node:assert/strict';
import test from 'node:test';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import fc from 'fast-check';
import { emptyBatch, GAP_BATCH, type Batch } from '../../libs/record/batch.ts';
import { NumberColumn } from '../../libs/record/columns.ts';
import { fromMessage, toMessage, transferred, type BatchMessage } from '../../libs/record/transfer.ts';
import { arbitraryBatch } from '../support/arbitrary-batch.ts';
import { assertSameBatch, batchOf, ORIGIN } from '../support/batches.ts';

/** What another thread gets. */
function carried(batch: Batch): Batch {
  const { port1, port2 } = new MessageChannel();
  const message = toMessage(batch);
  port1.postMessage(message, transferred(message));
  const received = receiveMessageOnPort(port2) as { message: BatchMessage };
  port1.close();
  return fromMessage(received.message);
}

test('a batch is the same in another thread', () => {
  fc.assert(
    fc.property(arbitraryBatch(), (batch) => {
      const copy = fromMessage(structuredClone(toMessage(batch)));
      assertSameBatch(copy, batch);
      const got = carried(copy);
      assertSameBatch(got, batch);
      for (const column of got.columns) if (column?.valid) assert.equal(column.valid.buffer, got.buffer);
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('columns that lie elsewhere come along', () => {
  const batch = batchOf(3, { sport: [1, undefined, 3] });
  const elsewhere = new NumberColumn('u16', Uint16Array.of(7, 8, 9), undefined);
  const got = carried({ ...batch, columns: [...batch.columns, elsewhere] });
  const original = batchOf(3, { sport: [1, undefined, 3] });
  assertSameBatch(got, { ...original, columns: [...original.columns, elsewhere] });
});

test('a note comes along', () => {
  assert.equal(carried(emptyBatch(GAP_BATCH, ORIGIN, 5, 9, 'lost')).note, 'lost');
});
