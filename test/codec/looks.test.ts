import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { decodeFrame, type Look } from '../../libs/codec/decode.ts';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { Room } from '../../libs/codec/room.ts';
import type { Batch } from '../../libs/record/batch.ts';
import { copyRows, selectRows } from '../../libs/record/select.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import { arbitraryBatch } from '../support/arbitrary-batch.ts';
import { assertSameBatch, batchOf, cellsOf } from '../support/batches.ts';
import { flowBatch } from '../support/flow-batch.ts';

const { saddr, daddr, sport, dport, dtcpb, ackdat, flowid } = STORED_FIELDS;
const numbers = (...fields: readonly { readonly number: number }[]): Set<number> =>
  new Set(fields.map(({ number }) => number));

/** Looks at these fields in turn, and finds every batch worth more. */
function looksAt(turns: readonly ReadonlySet<number>[], lastLanes: ReadonlySet<number>, seen: Batch[] = []): Look[] {
  const isWanted = (batch: Batch): boolean => seen.push(batch) > 0;
  return turns.map((fields) => ({ fields, lastLanes, isWanted }));
}

function looked(frame: Uint8Array, looks: readonly Look[], fields?: ReadonlySet<number>): Batch {
  const peek = { fields: new Set(looks.flatMap((look) => [...look.fields])), looks, isWanted: () => assert.fail() };
  const result = decodeFrame(frame, { peek, ...(fields === undefined ? {} : { fields }) });
  if ('problem' in result) assert.fail(result.problem);
  return result.batch;
}

test('a batch that was looked at first is the same, whatever was looked at', () =>
  fc.assert(
    fc.property(arbitraryBatch(60), fc.array(fc.nat(3), { minLength: 64, maxLength: 64 }), (batch, places) => {
      const turns = [new Set<number>(), new Set<number>(), new Set<number>()];
      for (const field of batch.columns.keys()) turns[places[field % 64] ?? 3]?.add(field);
      assertSameBatch(looked(encodeBatch(batch), looksAt(turns, numbers(saddr))), batch);
    }),
    { seed: 1, numRuns: 100 },
  ));

test('columns that share bitmaps, and copies within flows, are the same after a look', () => {
  const batch = flowBatch({ rows: 3000, seed: 3, repeats: true });
  const seen: Batch[] = [];
  const looks = looksAt([numbers(dtcpb, saddr), numbers(sport, saddr, flowid)], numbers(saddr), seen);
  const fields = numbers(dtcpb, ackdat, dport, saddr);
  const result = looked(encodeBatch(batch), looks, fields);
  assertSameBatch(result, batch, fields);
  assert.deepEqual(seen.map((one) => one === result), [true, true]); // prettier-ignore
  assert.ok(result.columns.every((column) => column?.valid === undefined || column.valid.buffer === result.buffer));
});

test('the last lane of an address comes with its family, all of it when a later look wants that', () => {
  const address = [6, 1, 2, 3, 4];
  const frame = encodeBatch(batchOf(20, { saddr: Array.from({ length: 20 }, (_, row) => [...address.slice(0, 4), row]) })); // prettier-ignore
  const cells: unknown[] = [];
  const isWanted = (batch: Batch): boolean => cells.push(cellsOf(batch, 'saddr')[7]) > 0;
  const fields = numbers(saddr);
  looked(frame, [
    { fields, lastLanes: fields, isWanted },
    { fields, lastLanes: new Set(), isWanted },
  ]);
  assert.deepEqual(cells, [[6, 0, 0, 0, 7], [6, 1, 2, 3, 7]]); // prettier-ignore
});

test('the first look that says no ends it, and what is left covers the same records', () => {
  const frame = encodeBatch(batchOf(3, { sport: [1, 2, 3], dport: [4, 5, 6] }, { first: 17 }));
  const look = (field: { readonly number: number }, says: boolean): Look => ({
    fields: numbers(field),
    lastLanes: new Set(),
    isWanted: () => says,
  });
  const never: Look = { fields: numbers(dport), lastLanes: new Set(), isWanted: () => assert.fail('looked again') };
  const { rows, first, covers } = looked(frame, [look(sport, true), look(sport, false), never]);
  assert.deepEqual({ rows, first, covers }, { rows: 0, first: 17, covers: 3 });
});

test('one batch after the other lies in the same room, each as it should be', () => {
  const room = new Room();
  const buffers = new Set<ArrayBufferLike>();
  for (const seed of [1, 2, 3]) {
    const batch = flowBatch({ rows: 2000, seed });
    const result = decodeFrame(encodeBatch(batch), { room });
    if ('problem' in result) assert.fail(result.problem);
    assertSameBatch(result.batch, batch);
    buffers.add(result.batch.buffer);
  }
  assert.equal(buffers.size, 1);
});

/** Looks at nothing, and leaves rows of what there is. */
function leaves(rows: readonly number[]): Look {
  return { fields: new Set(), lastLanes: new Set(), isWanted: () => true, left: () => Uint32Array.from(rows) };
}

test('few rows that are left come alone, and are as they were, whatever their columns are', () => {
  const every = fc.integer({ min: 0, max: 40 });
  fc.assert(
    fc.property(arbitraryBatch(1), fc.boolean(), fc.array(every, { minLength: 1, maxLength: 40 }), (some, repeats, steps) => {
      const batch = flowBatch({ rows: 1300, seed: some.first % 100, repeats });
      let row = -1;
      const rows = steps.map((step) => (row += 1 + (step % 30)));
      const again = rows.length < 8 ? undefined : rows.map((_, i) => i).slice(-(rows.length >> 3));
      const result = looked(encodeBatch(batch), [leaves(rows), ...(again === undefined ? [] : [leaves(again)])]);
      const left = Uint32Array.from(again?.map((i) => rows[i]!) ?? rows);
      assertSameBatch(result, selectRows(batch, left, left.length));
    }),
    { seed: 2, numRuns: 40 },
  );
}); // prettier-ignore

test('rows that are left have what was looked at before, and times that rise are as they were', () => {
  const rows = 2500;
  const batch = batchOf(rows, {
    stime: Array.from({ length: rows }, (_, row) => 1_767_225_600_000_000 + 3 * row * row),
    dur: Array.from({ length: rows }, (_, row) => (row % 5 === 2 ? undefined : row * 1000)),
    saddr: Array.from({ length: rows }, (_, row) => (row % 9 === 4 ? undefined : [6, 1, row % 3, 3, row % 300])),
    dport: Array.from({ length: rows }, (_, row) => (row % 7 === 3 ? undefined : row % 1000)),
  });
  const few = [0, 1, 2, 4, 17, 18, 700, 701, 1499, 2490, 2491, 2492, 2493, 2494, 2496, 2499];
  const last = [3, 9];
  const fields = numbers(STORED_FIELDS.stime, STORED_FIELDS.dur, saddr, dport);
  for (const lastLanes of [numbers(), numbers(saddr)]) {
    const first = { ...leaves(few), fields: numbers(saddr, dport), lastLanes };
    const result = looked(encodeBatch(batch), [first, { ...leaves(last), fields: numbers(saddr, dport), lastLanes }], fields); // prettier-ignore
    const left = Uint32Array.from(last, (i) => few[i]!);
    assertSameBatch(result, selectRows(batch, left, left.length));
  }
});

test('of all kinds of columns some rows are the same when they come alone', () =>
  fc.assert(
    fc.property(arbitraryBatch(16), fc.array(fc.nat(299), { minLength: 1, maxLength: 30 }), (small, some) => {
      const batch = copyRows(
        small,
        Uint32Array.from({ length: 300 }, (_, row) => (row * 7) % small.rows),
        300,
      );
      const large = { ...batch, covers: 300 };
      const rows = Uint32Array.from(new Set(some)).sort();
      const result = looked(encodeBatch(large), [leaves([...rows])]);
      assertSameBatch(result, selectRows(large, rows, rows.length));
    }),
    { seed: 3, numRuns: 150 },
  ));

test('rows that a look needs are found where they are, and no look is taken where they are not', () => {
  const rows = 3000;
  const batch = batchOf(rows, {
    saddr: Array.from({ length: rows }, (_, row) => [4, 0, 0, 0xffff, 0x0a00_0000 + ((row * row * 7919) % 60_000)]),
    daddr: Array.from({ length: rows }, (_, row) =>
      row % 2 === 0 ? undefined : [6, 1, 2, 3, (row * row * 7919) % 50_000],
    ),
    sport: Array.from({ length: rows }, (_, row) => row),
  });
  const find = (lane: number): unknown[] => {
    const seen: Batch[] = [];
    const needs = { fields: [...numbers(saddr, daddr)], lane };
    const isWanted = (one: Batch): boolean => seen.push(one) > 0;
    const fields = numbers(saddr, sport);
    looked(encodeBatch(batch), [{ fields, lastLanes: new Set(), needs, isWanted, left: () => new Uint32Array(seen[0]!.rows) }], fields); // prettier-ignore
    return seen.length === 0 ? [] : cellsOf(seen[0]!, 'sport');
  };
  const place = (row: number, of: number): number => (row * row * 7919) % of;
  const rowsWith = (wanted: number, of: number): number[] => [...Array(rows).keys()].filter((row) => place(row, of) === wanted); // prettier-ignore
  assert.deepEqual(find(0x0a00_0000 + place(1234, 60_000)), rowsWith(place(1234, 60_000), 60_000));
  assert.deepEqual(
    find(place(77, 50_000)),
    rowsWith(place(77, 50_000), 50_000).filter((row) => row % 2 === 1),
  );
  assert.deepEqual(find(0x0a00_0000 + 60_001), []);
});
