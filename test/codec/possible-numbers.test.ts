import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { FrameDecoder } from '../../libs/codec/frame-decoder.ts';
import { Room } from '../../libs/codec/room.ts';
import { FLOW_BATCH, type Batch } from '../../libs/record/batch.ts';
import { NumberColumn } from '../../libs/record/columns.ts';
import type { PossibleNumbers } from '../../libs/record/deferred.ts';
import { STORED_BY_NUMBER, STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import { arbitraryBatch } from '../support/arbitrary-batch.ts';
import { batchOf } from '../support/batches.ts';
import { flowBatch } from '../support/flow-batch.ts';

/** What is told of a batch before any of its columns is decoded. */
function told(batch: Batch): Map<number, PossibleNumbers> {
  const deferred = new Set(STORED_BY_NUMBER.keys());
  const waiting = new FrameDecoder({ room: new Room(), deferred }).decode(encodeBatch(batch), 0)?.deferred;
  const all = new Map<number, PossibleNumbers>();
  for (const field of waiting?.fields ?? []) {
    const possible = waiting?.possible(field);
    if (possible === undefined) continue;
    const { values, ...rest } = possible;
    all.set(field, { ...rest, values: values && Array.from(values) });
  }
  return all;
}

function assertHolds({ columns }: Batch, possible: ReadonlyMap<number, PossibleNumbers>): void {
  for (const [field, { least, greatest, bits, values }] of possible) {
    const column = columns[field];
    assert.ok(column instanceof NumberColumn);
    const all = Array.from(column.values).filter((_, row) => column.has(row));
    for (const value of all) {
      assert.ok(least <= value && value <= greatest);
      if (column.kind !== 'f64') assert.equal((value | bits) >>> 0, bits);
      if (values !== undefined) assert.ok(Array.from(values).includes(value));
    }
  }
}

test('no value is other than what was told before, whatever the columns', () =>
  fc.assert(
    fc.property(arbitraryBatch(100), (batch) => {
      if (batch.kind === FLOW_BATCH) assertHolds(batch, told(batch));
    }),
    { seed: 1, numRuns: 200 },
  ));

test('nor in a large batch with copies within flows and shared bitmaps', () => {
  const batch = flowBatch({ rows: 3000, seed: 5, repeats: true });
  const possible = told(batch);
  assertHolds(batch, possible);
  assert.ok(possible.size > 10);
});

test('of few values each is told, of bits all that are set, of the others a range', () => {
  const rows = 2000;
  const pick = <Value>(values: readonly Value[]): Value[] => Array.from({ length: rows }, (_, row) => values[row % values.length]!); // prettier-ignore
  const possible = told(batchOf(rows, { dtos: pick([8]), dport: pick([53, 443]), sencaps: pick([1, 4]), spkts: pick([3, 5, 17]) })); // prettier-ignore
  const of = (name: keyof typeof STORED_FIELDS): PossibleNumbers | undefined => possible.get(STORED_FIELDS[name].number); // prettier-ignore
  assert.deepEqual(of('dtos'), { least: 8, greatest: 8, bits: 8, values: [8] });
  assert.deepEqual(of('dport'), { least: 53, greatest: 443, bits: 53 | 443, values: [53, 443] });
  assert.equal(of('sencaps')?.bits, 5);
  assert.deepEqual(of('spkts'), { least: 3, greatest: 18, bits: 31, values: undefined });
});
