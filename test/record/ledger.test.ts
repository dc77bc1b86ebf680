import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { emptyBatch, FLOW_BATCH, type Batch, type Origin } from '../../libs/record/batch.ts';
import { CAUSE } from '../../libs/record/fields/field.ts';
import { OriginLedger } from '../../libs/record/ledger.ts';
import { managementBatch } from '../../libs/record/management.ts';

const ORIGIN: Origin = { source: 'a', run: 1 };
const range = (first: number, end: number, origin = ORIGIN): Batch => emptyBatch(FLOW_BATCH, origin, first, end);

test('what comes again is a double, in part or whole', () => {
  const ledger = new OriginLedger();
  ledger.take(range(5, 10));
  assert.deepEqual(ledger.take(range(5, 10)), { kind: 'double', from: 10, missing: undefined });
  assert.deepEqual(ledger.take(range(8, 12)), { kind: 'part', from: 10, missing: undefined });
  assert.equal(ledger.take(range(5, 10, { source: 'a', run: 2 })).kind, 'new');
});

test('what is skipped is missing, once, and welcome when it comes later', () => {
  const ledger = new OriginLedger();
  assert.equal(ledger.take(range(7, 9)).missing, undefined);
  assert.deepEqual(ledger.take(range(12, 13)).missing, [9, 3]);
  assert.equal(ledger.take(range(13, 14)).missing, undefined);
  assert.equal(ledger.take(range(9, 12)).kind, 'new');
  assert.equal(ledger.take(range(9, 12)).kind, 'double');
});

test('a run that says farewell has ended', () => {
  const ledger = new OriginLedger();
  ledger.take(range(0, 3));
  assert.ok(!ledger.hasEnded(ORIGIN));
  ledger.take(managementBatch(ORIGIN, 3, { cause: CAUSE.stop, timeUs: 1, durationNs: 1, values: {} }));
  assert.ok(ledger.hasEnded(ORIGIN));
  assert.equal(ledger.endOf(ORIGIN), 4);
});

test('a run that was killed has ended, once; what comes of it all the same is new, and nothing before it missing', () => {
  const ledger = new OriginLedger();
  assert.ok(ledger.close(ORIGIN));
  assert.ok(!ledger.close(ORIGIN));
  assert.ok(ledger.hasEnded(ORIGIN));
  assert.equal(ledger.endOf(ORIGIN), undefined);
  assert.deepEqual(ledger.take(range(7, 9)), { kind: 'new', from: 7, missing: undefined });
});

test('a ledger that was saved goes on; rubbish is an empty one', () => {
  const ledger = new OriginLedger();
  for (const batch of [range(0, 3), range(5, 9), range(1, 2, { source: 'b', run: 4 })]) ledger.take(batch);
  const again = OriginLedger.from(JSON.parse(JSON.stringify(ledger)));
  assert.deepEqual(again.toJSON(), ledger.toJSON());
  assert.equal(again.take(range(3, 5)).kind, 'new');
  for (const rubbish of [undefined, null, {}, [[1]], [['a', 1, true, [[1]]]]]) assert.deepEqual(OriginLedger.from(rubbish).toJSON(), []); // prettier-ignore
});

test('whatever comes in whatever order, each number is new once', () => {
  const batches = fc.array(fc.record({ first: fc.nat(60), covers: fc.integer({ min: 1, max: 5 }) }), { maxLength: 40 });
  fc.assert(
    fc.property(batches, (all) => {
      const ledger = new OriginLedger();
      const had = new Set<number>();
      for (const { first, covers } of all) {
        const numbers = Array.from({ length: covers }, (_, i) => first + i);
        const { kind, from } = ledger.take(range(first, first + covers));
        assert.equal(
          kind === 'double',
          numbers.every((number) => had.has(number)),
        );
        assert.equal(kind === 'new', !had.has(first));
        assert.ok(numbers.every((number) => number >= from || had.has(number)));
        for (const number of numbers) had.add(number);
      }
    }),
    { seed: 3 },
  );
});
