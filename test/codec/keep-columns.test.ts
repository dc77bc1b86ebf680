import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { keepColumns } from '../../libs/codec/keep-columns.ts';
import type { Batch } from '../../libs/record/batch.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import { assertSameBatch, batchOf } from '../support/batches.ts';
import { flowBatch } from '../support/flow-batch.ts';
import { decoded } from '../support/frames.ts';

const FLOW_ID = STORED_FIELDS.flowid.number;
const BATCH = flowBatch({ rows: 3000, seed: 5 });
const FRAME = encodeBatch(BATCH);
const FIELDS = [...BATCH.columns.keys()].filter((field) => BATCH.columns[field] !== undefined);

test('what is kept decodes to the same, whichever columns are left out', () =>
  fc.assert(
    fc.property(fc.subarray(FIELDS), (fields) => {
      const wanted = new Set([...fields, FLOW_ID]);
      const kept = keepColumns(FRAME, wanted);
      assert.ok(kept !== undefined);
      assertSameBatch(decoded(kept), BATCH, wanted);
    }),
    { seed: 1, numRuns: 40 },
  ));

test('the frame itself stays as it was', () => {
  const before = FRAME.slice();
  keepColumns(FRAME, new Set([FLOW_ID]));
  assert.deepEqual(FRAME, before);
});

const ROWS = 2000;
const some = (value: (row: number) => number): (number | undefined)[] =>
  Array.from({ length: ROWS }, (_, row) => (row % 3 === 0 ? undefined : value(row)));

test('columns that shared the bitmap of one that is left out have one together', () => {
  const batch = batchOf(ROWS, { sttl: some((row) => row % 7), dttl: some((row) => row % 11), stos: some((row) => row % 5) });
  const wanted = new Set([STORED_FIELDS.dttl.number, STORED_FIELDS.stos.number]);
  const kept = keepColumns(encodeBatch(batch), wanted)!;
  assertSameBatch(decoded(kept), batch, wanted);
  assert.ok(kept.length <= encodeBatch(only(batch, wanted)).length);
}); // prettier-ignore

function only(batch: Batch, fields: ReadonlySet<number>): Batch {
  return { ...batch, columns: batch.columns.map((column, field) => (fields.has(field) ? column : undefined)) };
}

test('without the flow ids by which they are stored, columns are not kept', () => {
  const flowid = Array.from({ length: ROWS }, (_, row) => row % 100);
  const sport = flowid.map((id) => 1024 + ((id * 977) % 60_000));
  const frame = encodeBatch(batchOf(ROWS, { flowid, sport }));
  assert.equal(keepColumns(frame, new Set([STORED_FIELDS.sport.number])), undefined);
  assert.ok(keepColumns(frame, new Set([FLOW_ID])) !== undefined);
});

test('columns that are packed together are not kept', () => {
  assert.equal(keepColumns(encodeBatch(flowBatch({ rows: 100, seed: 1 })), new Set([FLOW_ID])), undefined);
});

test('whatever a frame holds, nothing is thrown', () =>
  fc.assert(
    fc.property(fc.nat(2000), fc.integer({ min: 1, max: 255 }), (at, bits) => {
      const frame = FRAME.slice();
      frame[24 + at]! ^= bits;
      assert.doesNotThrow(() => keepColumns(frame, new Set(FIELDS.slice(0, 9))));
    }),
    { seed: 2, numRuns: 300 },
  ));
