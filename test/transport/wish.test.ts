import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { GAP_BATCH, MANAGEMENT_BATCH, type Batch, type Origin } from '../../libs/record/batch.ts';
import { CAUSE } from '../../libs/record/fields/field.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import { managementBatch } from '../../libs/record/management.ts';
import { emptyBatch } from '../../libs/transport/losses.ts';
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

const shown = ({ kind, first, covers, rows }: Batch): string => `${kind}:${first}+${covers}/${rows}`;

function answers(wish: Wish, batches: readonly Batch[]): string {
  return batches
    .map((batch) => wish.apply(batch).map(shown).join(' '))
    .concat(wish.flush().map(shown).join(' '))
    .join(', ');
}

test('without a filter and fields every batch goes out as it is', () => {
  const wish = new Wish(' ', undefined);
  const batches = [flows([6, 17], 0), status(2), emptyBatch(GAP_BATCH, ORIGIN, 3, 5)];
  for (const batch of batches) assert.deepEqual(wish.apply(batch), [batch]);
});

test('record numbers that the filter removed join the next batch of their origin', () => {
  const batches = [flows([6, 17], 0), flows([17, 17], 2), flows([17], 4), flows([17, 6, 6], 5)];
  assert.equal(answers(new Wish('tcp', undefined), batches), '1:0+2/1, , , 1:2+6/2, ');
});

test('removed numbers go out by themselves before management, before a gap in the numbers, and when asked for', () => {
  const batches = [flows([17], 0), status(1), flows([17], 2), flows([17], 9), flows([17], 10)];
  assert.equal(answers(new Wish('tcp', undefined), batches), ', 1:0+1/0 2:1+1/1, , 1:2+1/0, , 1:9+2/0');
});

test('origins are accounted for apart', () => {
  const other = { source: 'b', run: 1 };
  const batches = [flows([17], 0), flows([17], 7, other), flows([6], 1), flows([6], 8, other)];
  assert.equal(answers(new Wish('tcp', undefined), batches), ', , 1:0+2/1, 1:7+2/1, ');
});

test('management records pass any filter', () => {
  const wish = new Wish('far and not man', undefined);
  assert.deepEqual(wish.apply(status(0)), [status(0)]);
});

test('only the fields wished for go out of flows, all of management', () => {
  const { sport, stime } = STORED_FIELDS;
  const wish = new Wish('udp', [sport.number]);
  const [batch] = wish.apply(flows([6, 17], 0));
  assert.deepEqual(
    batch?.columns.flatMap((column, field) => (column === undefined ? [] : [field])),
    [sport.number],
  );
  assert.equal(wish.apply(status(2))[0]?.kind, MANAGEMENT_BATCH);
  assert.ok(wish.apply(status(3))[0]?.columns[stime.number] !== undefined);
});

test('wishes that mean the same have the same key', () => {
  assert.equal(Wish.key(' tcp', [3, 1]), Wish.key('tcp ', [1, 3]));
  assert.notEqual(Wish.key('tcp', undefined), Wish.key('tcp', []));
  assert.notEqual(Wish.key('tcp', undefined), Wish.key('udp', undefined));
});

test('whatever is removed, every record number is accounted for once and in order', () => {
  const sizes = fc.array(fc.array(fc.constantFrom(6, 17), { minLength: 1, maxLength: 3 }), { maxLength: 20 });
  fc.assert(
    fc.property(sizes, fc.nat(5), (batches, flushEvery) => {
      const wish = new Wish('tcp', undefined);
      let first = 0;
      const out: Batch[] = [];
      for (const protocols of batches) {
        out.push(...wish.apply(flows(protocols, first)));
        first += protocols.length;
        if (flushEvery > 0 && first % flushEvery === 0) out.push(...wish.flush());
      }
      out.push(...wish.flush());
      let next = 0;
      for (const batch of out) {
        assert.equal(batch.first, next);
        next += batch.covers;
      }
      assert.equal(next, first);
      const records = out.reduce((sum, { rows }) => sum + rows, 0);
      assert.equal(records, batches.flat().filter((protocol) => protocol === 6).length);
    }),
    { seed: 4 },
  );
});
