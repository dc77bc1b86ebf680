import assert from 'node:assert/strict';
import test from 'node:test';
import { emptyBatch, GAP_BATCH, MANAGEMENT_BATCH, type Batch, type Origin } from '../../libs/record/batch.ts';
import { CAUSE } from '../../libs/record/fields/field.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import { managementBatch } from '../../libs/record/management.ts';
import { Audiences } from '../../libs/transport/audiences.ts';
import { Wish } from '../../libs/transport/wish.ts';
import { batchOf } from '../support/batches.ts';

const ORIGIN: Origin = { source: 'a', run: 1 };

/** Flows of the protocols given, one record each. */
function flows(protocols: readonly number[], first: number, origin = ORIGIN): Batch {
  const table = { ipproto: protocols, sport: protocols.map((_, row) => first + row) };
  return batchOf(protocols.length, table, { first, origin });
}

const status = (first: number): Batch =>
  managementBatch(ORIGIN, first, { cause: CAUSE.status, timeUs: 1, durationNs: 1, values: {} });

test('without a filter and fields every batch goes out as it is', () => {
  const wish = new Wish(' ', undefined);
  const batches = [flows([6, 17], 0), status(2), emptyBatch(GAP_BATCH, ORIGIN, 3, 5)];
  for (const batch of batches) assert.equal(wish.apply(batch), batch);
});

test('of a batch what the filter takes is left, with all of its numbers; of one that it refuses, nothing', () => {
  const wish = new Wish('tcp', undefined);
  const { first, covers, rows } = wish.apply(flows([17, 6, 17], 5))!;
  assert.deepEqual([first, covers, rows], [5, 3, 1]);
  assert.equal(wish.apply(flows([17, 17], 8)), undefined);
});

test('management records pass any filter', () => {
  const wish = new Wish('far and not man', undefined);
  const batch = status(0);
  assert.equal(wish.apply(batch), batch);
});

test('only the fields wished for go out of flows, all of management', () => {
  const { sport, stime } = STORED_FIELDS;
  const wish = new Wish('udp', [sport.number]);
  const batch = wish.apply(flows([6, 17], 0));
  assert.deepEqual(
    batch?.columns.flatMap((column, field) => (column === undefined ? [] : [field])),
    [sport.number],
  );
  assert.equal(wish.apply(status(2))?.kind, MANAGEMENT_BATCH);
  assert.ok(wish.apply(status(3))?.columns[stime.number] !== undefined);
});

test('wishes that mean the same have the same key', () => {
  assert.equal(Wish.key(' tcp', [3, 1]), Wish.key('tcp ', [1, 3]));
  assert.notEqual(Wish.key('tcp', undefined), Wish.key('tcp', []));
  assert.notEqual(Wish.key('tcp', undefined), Wish.key('udp', undefined));
});

test('what a reader has to apply itself is refused, but may confine what others see', () => {
  const said = { version: 1, program: 'test', fields: undefined, name: '', have: [], token: '' };
  for (const filter of ['suser ~ "(a+)+b"', 'tcp and not label ~ x', 'local tcp']) {
    const refusal = new Audiences().join({ ...said, filter, confinement: '', dialect: undefined });
    assert.ok(typeof refusal === 'string');
    assert.match(refusal, /its reader has to apply itself/);
  }
  const confined = new Wish('', undefined, 'tcp or label ~ x');
  assert.equal(confined.apply(flows([17, 6], 0))!.rows, 1);
});
