import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { FLAG_WHOLE, readHeader } from '../../libs/codec/format.ts';
import { FLOW_BATCH, GAP_BATCH, MANAGEMENT_BATCH, type Batch } from '../../libs/record/batch.ts';
import { AddressColumn, NumberColumn } from '../../libs/record/columns.ts';
import { STORED_FIELDS, type StoredName } from '../../libs/record/fields/stored.ts';
import { arbitraryBatch } from '../support/arbitrary-batch.ts';
import { assertSameBatch, batchOf, cellsOf, ORIGIN, type Cell } from '../support/batches.ts';
import { decoded, decodedAll } from '../support/frames.ts';
import { flowBatch } from '../support/flow-batch.ts';

test('what is encoded decodes to the same records', () =>
  fc.assert(
    fc.property(arbitraryBatch(), fc.constantFrom(1, 3), (batch, level) => {
      assertSameBatch(decoded(encodeBatch(batch, { level })), batch);
    }),
    { seed: 1, numRuns: 300 },
  ));

test('batches of hundreds of rows too', () =>
  fc.assert(
    fc.property(arbitraryBatch(1500), (batch) => assertSameBatch(decoded(encodeBatch(batch)), batch)),
    { seed: 2, numRuns: 10 },
  ));

test('a full batch of flow records, compressed column by column, decodes to the same', () => {
  const batch = flowBatch({ rows: 16_384, seed: 1 });
  assertSameBatch(decoded(encodeBatch(batch)), batch);
});

test('a full batch of believable flow records takes at most 36 bytes a record', () => {
  const batch = flowBatch({ rows: 16_384, seed: 2 });
  assert.ok(encodeBatch(batch).length <= 36 * batch.rows);
});

const f64 = (values: readonly Cell[]): Batch => batchOf(values.length, { dur: values });
const many = (count: number, value: (row: number) => Cell): Cell[] =>
  Array.from({ length: count }, (_, row) => value(row));

const DOUBLES: readonly { name: string; values: readonly Cell[] }[] = [
  { name: 'minus zero', values: [-0] },
  { name: 'minus zero among zeros', values: [0, -0, 0] },
  { name: 'minus zero among many', values: many(100, (row) => (row === 50 ? -0 : row)) },
  { name: 'minus zero in many rows', values: many(100, () => -0) },
  { name: 'minus zero among many zeros', values: many(100, (row) => (row === 50 ? -0 : 0)) },
  { name: 'one value in all rows but one', values: many(100, (row) => (row === 50 ? 1 : 5e9)) },
  { name: 'no number', values: [NaN] },
  { name: 'no number in many rows', values: many(100, () => NaN) },
  { name: 'no number among many', values: many(100, (row) => (row === 7 ? NaN : row)) },
  { name: 'infinities', values: [Infinity, -Infinity] },
  { name: 'fractions', values: many(100, (row) => row / 7) },
  { name: 'the least and the greatest double', values: [Number.MIN_VALUE, Number.MAX_VALUE] },
  { name: 'the whole range of safe integers', values: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER] },
  { name: 'safe integers, scattered', values: many(100, (row) => (row % 2 === 0 ? 1 : -1) * (2 ** 53 - 1 - row)) },
  { name: 'integers beyond 2^53', values: many(50, (row) => 2 ** 53 + 2 * row) },
  { name: 'multiples of a thousand', values: many(500, (row) => 1000 * (row * row)) },
  { name: 'multiples from an odd start', values: many(500, (row) => 7 + 1_000_000 * row) },
  {
    name: 'multiples so large that division rounds',
    values: many(20, (row) => 2 ** 52 + 1000 * row + (row === 19 ? 1 : 0)),
  },
  { name: 'rising with large steps', values: many(2000, (row) => row * 2 ** 40) },
  { name: 'rising, then falling', values: many(2000, (row) => 1.7e15 + (row < 1000 ? row : 2000 - row) * 977) },
  { name: 'steps that need 51 bits', values: many(64, (row) => (row % 2 === 0 ? 0 : 2 ** 50)) },
  { name: 'two values', values: many(300, (row) => (row % 3 === 0 ? 5e9 : -4)) },
  { name: '256 values', values: many(5000, (row) => (row % 256) * 70_001) },
  { name: '257 values', values: many(5000, (row) => (row % 257) * 70_001) },
];
for (const { name, values } of DOUBLES) {
  test(`doubles keep their bits: ${name}`, () => {
    const batch = f64(values);
    assertSameBatch(decoded(encodeBatch(batch)), batch);
  });
}

const WORDS: readonly { name: string; field: StoredName; values: readonly Cell[] }[] = [
  { name: 'u8, both ends', field: 'sttl', values: [0, 255] },
  { name: 'u8, far from zero', field: 'sttl', values: many(1500, (row) => 100 + (row % 50)) },
  { name: 'one value in each row that has one', field: 'sttl', values: many(1500, (row) => (row % 3 === 0 ? 64 : undefined)) }, // prettier-ignore
  { name: 'u16, both ends', field: 'sport', values: many(300, (row) => (row % 2) * 65_535) },
  { name: 'u32, both ends', field: 'stcpb', values: many(300, (row) => (row % 2) * 0xffff_ffff) },
  { name: 'u32, falling over zero', field: 'stcpb', values: many(3000, (row) => (2_000_000 - row * 1001) >>> 0) },
  { name: 'u16, rising', field: 'sport', values: many(3000, (row) => 40_000 + row) },
  { name: 'one bit, at odd count', field: 'sttl', values: many(13, (row) => row & 1) },
  { name: 'four bits, at odd count', field: 'sttl', values: many(1501, (row) => row % 11) },
  { name: 'four bits above a byte', field: 'sport', values: many(1501, (row) => (row * 37) % 3000) },
  { name: 'present in one row of many', field: 'sport', values: many(1500, (row) => (row === 1499 ? 443 : undefined)) },
  { name: 'absent in one row of many', field: 'sport', values: many(1500, (row) => (row === 3 ? undefined : row)) },
];
for (const { name, field, values } of WORDS) {
  test(`integers: ${name}`, () => {
    const batch = batchOf(values.length, { [field]: values });
    assertSameBatch(decoded(encodeBatch(batch)), batch);
  });
}

test('values that repeat within flows, and exceptions among them, come back', () => {
  const rows = 2000;
  const batch = batchOf(rows, {
    flowid: many(rows, (row) => row % 300),
    stcpb: many(rows, (row) => ((row % 300) * 2_654_435_761 + (row === 1234 ? 1 : 0)) >>> 0),
    saddr: many(rows, (row) => [4, 0, 0, 0xffff, ((row % 300) * 40_503_000) >>> 0]),
    dtcpb: many(rows, (row) => (row < 300 && row % 2 === 0 ? undefined : ((row % 300) * 69_069) >>> 0)),
    dur: many(rows, (row) => (row % 300) * 1.5),
  });
  const frame = encodeBatch(batch);
  assertSameBatch(decoded(frame), batch);
  assert.ok(frame.length < 4 * rows, 'repeats are stored once');
});

test('flows of which few repeat come back', () => {
  const rows = 2000;
  const batch = batchOf(rows, {
    flowid: many(rows, (row) => (row % 40 === 39 ? row - 1 : row)),
    stcpb: many(rows, (row) => (row * 2_654_435_761) >>> 0),
  });
  assertSameBatch(decoded(encodeBatch(batch)), batch);
});

test('frames of few rows are compressed unless they are tiny', () => {
  const flags = [4, 100].map((rows) => {
    const batch = batchOf(rows, { label: many(rows, (row) => `the text of row ${row}`) });
    return readHeader(encodeBatch(batch), 0).flags;
  });
  assert.deepEqual(flags, [0, FLAG_WHOLE]);
});

test('columns absent in the same rows share one bitmap in memory', () => {
  const present = many(3000, (row) => (row % 3 === 0 ? undefined : row));
  const batch = batchOf(3000, { sport: present, dport: present, sttl: many(3000, (row) => row & 255) });
  const { columns } = decoded(encodeBatch(batch));
  assert.ok(columns[10]?.valid !== undefined);
  assert.equal(columns[10].valid, columns[11]?.valid);
  assertSameBatch(decoded(encodeBatch(batch)), batch);
});

test('a column in which no row has a value is not there', () => {
  const valid = new Uint8Array(1);
  const columns = [undefined, undefined, new NumberColumn('u8', new Uint8Array(3), valid)];
  const batch: Batch = { ...batchOf(3, {}), columns };
  assert.equal(decoded(encodeBatch(batch)).columns[2], undefined);
});

test('bits of a bitmap beyond the last row do not matter', () => {
  const column = new NumberColumn('u8', Uint8Array.of(1, 2, 3), Uint8Array.of(0b1111_1101));
  const batch: Batch = { ...batchOf(3, {}), columns: [undefined, undefined, column] };
  assert.deepEqual(cellsOf(decoded(encodeBatch(batch)), 'cause'), [1, undefined, 3]);
});

test('lanes that are one value for all rows stay one value', () => {
  const lane = (...values: number[]): Uint32Array => Uint32Array.from(values);
  const column = new AddressColumn([lane(0), lane(0), lane(0xffff), lane(1, 2, 3)], Uint8Array.of(4), 3, undefined);
  const columns: Batch['columns'] = Array.from({ length: 9 }, (_, field) => (field === STORED_FIELDS.saddr.number ? column : undefined)); // prettier-ignore
  const address = decoded(encodeBatch({ ...batchOf(3, {}), columns })).columns[STORED_FIELDS.saddr.number];
  assert.ok(address?.kind === 'address');
  assert.deepEqual([address.lanes.map(({ length }) => length), address.family.length], [[1, 1, 1, 3], 1]);
  assert.deepEqual([0, 1, 2].map((row) => address.lane(3, row)), [1, 2, 3]); // prettier-ignore
});

test('texts of absent rows leave the dictionary', () => {
  const label = decoded(encodeBatch(batchOf(3, { label: ['a', undefined, 'a'] }))).columns[STORED_FIELDS.label.number];
  assert.ok(label?.kind === 'text');
  assert.deepEqual(label.dictionary, ['a']);
});

test('payload of a batch too large for one frame goes into several', () => {
  const rows = 700;
  const payload = Uint8Array.from({ length: 60_000 }, (_, i) => (i * 31) >> 3);
  const batch = { ...batchOf(rows, { suser: many(rows, () => payload), dur: many(rows, (row) => row) }), covers: 900 };
  const parts = decodedAll(encodeBatch(batch));
  assert.ok(parts.length > 1);
  assert.deepEqual(parts.flatMap((part) => cellsOf(part, 'dur')), many(rows, (row) => row)); // prettier-ignore
  let next = batch.first;
  for (const { first, covers } of parts) {
    assert.equal(first, next);
    next += covers;
  }
  assert.equal(next, batch.first + batch.covers);
});

for (const kind of [FLOW_BATCH, MANAGEMENT_BATCH, GAP_BATCH] as const) {
  test(`a batch without rows, of kind ${kind}, still says what it covers`, () => {
    const { rows, first, covers, origin } = decoded(encodeBatch({ ...batchOf(0, {}, { kind, first: 17 }), covers: 4 }));
    assert.deepEqual({ rows, first, covers, origin }, { rows: 0, first: 17, covers: 4, origin: ORIGIN });
  });
}

const NO_BATCHES: readonly { name: string; change: Partial<Batch> }[] = [
  { name: 'more rows than a batch may have', change: { rows: 16_385 } },
  { name: 'a record number that is no integer', change: { first: 0.5 } },
  { name: 'a negative run', change: { origin: { source: 'a', run: -1 } } },
];
for (const { name, change } of NO_BATCHES) {
  test(`refused before it is written: ${name}`, () => {
    assert.throws(() => encodeBatch({ ...batchOf(1, {}), ...change }), RangeError);
  });
}

test('only the fields asked for are decoded of flow records, to the same values; of management records all are', () =>
  fc.assert(
    fc.property(arbitraryBatch(40), fc.infiniteStream(fc.boolean()), (batch, coin) => {
      const fields = new Set<number>();
      for (const [field] of batch.columns.entries()) if (coin.next().value === true) fields.add(field);
      const wanted = batch.kind === FLOW_BATCH ? fields : undefined;
      assertSameBatch(decoded(encodeBatch(batch), fields), batch, wanted);
    }),
    { seed: 3, numRuns: 100 },
  ));

test('a field decodes alone though it shares with fields that nobody asked for', () => {
  const batch = flowBatch({ rows: 3000, seed: 3, repeats: true });
  const frame = encodeBatch(batch);
  for (const name of ['saddr', 'dtcpb', 'ackdat'] as const) {
    const fields = new Set([STORED_FIELDS[name].number]);
    const part = decoded(frame, fields);
    assertSameBatch(part, batch, fields);
    assert.ok(part.buffer.byteLength < batch.buffer.byteLength / 4);
  }
});
