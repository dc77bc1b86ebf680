import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { FLOW_BATCH, type Batch } from '../../libs/record/batch.ts';
import type { FieldName } from '../../libs/record/fields/table.ts';
import { reader } from '../../libs/record/row.ts';
import { RecordSorter, type SortSettings } from '../../libs/sort/record-sorter.ts';
import type { SortKey } from '../../libs/sort/sort-key.ts';
import { arbitraryBatch } from '../support/arbitrary-batch.ts';
import { batchOf, cellOf, type Cell } from '../support/batches.ts';

const PLENTY = 1 << 30;
/** Every batch goes to a file of its own. */
const LITTLE = 1;

const up = (field: FieldName): SortKey => ({ field, descending: false });
const down = (field: FieldName): SortKey => ({ field, descending: true });

/** Rows as they come out: origin, and the cells of all fields. */
async function sorted(batches: readonly Batch[], settings: SortSettings): Promise<string[]> {
  await using sorter = new RecordSorter(settings);
  for (const batch of batches) await sorter.push(batch, undefined, batch.rows);
  const rows: string[] = [];
  for await (const { batch, rows: chosen, count } of sorter.sorted())
    for (let i = 0; i < count; i++) rows.push(rowText(batch, chosen === undefined ? i : chosen[i]!));
  return rows;
}

function rowText(batch: Batch, row: number): string {
  const cells = batch.columns.map((column, field) => [field, cellOf(column, row)] as const);
  return JSON.stringify([batch.origin, cells.filter(([, cell]) => cell !== undefined).map(([field, cell]) => [field, plain(cell)])]); // prettier-ignore
}

/** Numbers that JSON has no word for among them. */
const plain = (cell: Cell): unknown =>
  cell instanceof Uint8Array ? [...cell] : typeof cell === 'number' ? String(cell + 0) : cell;

const rowsOf = (batches: readonly Batch[]): string[] =>
  batches.flatMap((batch) => Array.from({ length: batch.rows }, (_, row) => rowText(batch, row)));

const flows = fc
  .array(arbitraryBatch(20), { minLength: 1, maxLength: 6 })
  .map((batches) => batches.map((batch): Batch => ({ ...batch, kind: FLOW_BATCH })));

const KEYS: readonly (readonly SortKey[])[] = [
  [up('stime')],
  [down('sbytes'), up('sport')],
  [up('saddr'), down('daddr')],
  [up('proto'), down('dur')],
  [{ field: 'saddr', descending: false, prefixBits: 16 }, down('suser'), up('state')],
];

test('a sort is a permutation, whether records wait in memory or in files; both give the same', () =>
  fc.assert(
    fc.asyncProperty(flows, fc.constantFrom(...KEYS), async (batches, keys) => {
      const inMemory = await sorted(batches, { keys, memoryBytes: PLENTY });
      assert.deepEqual(inMemory.toSorted(), rowsOf(batches).toSorted());
      assert.deepEqual(await sorted(batches, { keys, memoryBytes: LITTLE }), inMemory);
      assert.deepEqual(await sorted(batches, { keys, memoryBytes: LITTLE, runsMax: 2 }), inMemory);
    }),
    { numRuns: 15, seed: 7 },
  ));

test('the first ones are those of the whole', () =>
  fc.assert(
    fc.asyncProperty(flows, fc.constantFrom(...KEYS), fc.nat(30), async (batches, keys, count) => {
      const all = await sorted(batches, { keys, memoryBytes: PLENTY });
      assert.deepEqual(await sorted(batches, { keys, memoryBytes: PLENTY, count }), all.slice(0, count));
      assert.deepEqual(await sorted(batches, { keys, memoryBytes: LITTLE, count }), all.slice(0, count));
    }),
    { numRuns: 15, seed: 8 },
  ));

/** A value of every row, as it is sorted. */
async function order(cells: readonly Cell[], key: SortKey, from: Parameters<typeof batchOf>[1]): Promise<unknown[]> {
  await using sorter = new RecordSorter({ keys: [key], memoryBytes: PLENTY });
  const batch = batchOf(cells.length, from);
  await sorter.push(batch, undefined, batch.rows);
  const read = reader(key.field);
  const values: unknown[] = [];
  for await (const piece of sorter.sorted())
    for (let row = 0; row < piece.count; row++) values.push(read(piece.batch, row));
  return values;
}

test('numbers of any sign and size are in order, absent ones last in both directions', async () => {
  const cells = [3, undefined, -1.5, 1e300, 0, -1e-300, 2 ** 53, -0, 17, undefined, -(2 ** 40)];
  const ascending = [-(2 ** 40), -1.5, -1e-300, 0, 0, 3, 17, 2 ** 53, 1e300, undefined, undefined];
  const found = await order(cells, up('dur'), { dur: cells });
  assert.deepEqual(
    found.map((value) => (value === undefined ? value : Number(value) + 0)),
    ascending,
  );
  const numbers = ascending.slice(0, -2).toReversed();
  const back = await order(cells, down('dur'), { dur: cells });
  assert.deepEqual(
    back.map((value) => (value === undefined ? value : Number(value) + 0)),
    [...numbers, undefined, undefined],
  );
});

test('texts and bytes are in order, absent ones last in both directions', async () => {
  const texts = ['b', undefined, 'a', 'ab', ''];
  assert.deepEqual(await order(texts, up('label'), { label: texts }), ['', 'a', 'ab', 'b', undefined]);
  assert.deepEqual(await order(texts, down('label'), { label: texts }), ['b', 'ab', 'a', '', undefined]);
  const bytes = [Uint8Array.of(0xff), Uint8Array.of(0x20, 1), undefined, Uint8Array.of(0x20)];
  assert.deepEqual(await order(bytes, up('suser'), { suser: bytes }), [bytes[3], bytes[1], bytes[0], undefined]);
});

test('of addresses IPv4 comes before IPv6, and only the bits count that were named', async () => {
  const v4 = (last: number): Cell => [4, 0, 0, 0xffff, last];
  const cells = [[6, 0x2001_0000, 0, 0, 1], v4(0xc000_0201), v4(0x0a00_0002), undefined, v4(0x0a00_0001)] as const;
  const lanes = (values: unknown[]): unknown[] => values.map((value) => (value as { lanes: number[] } | undefined)?.lanes.at(-1)); // prettier-ignore
  const whole = await order(cells, up('saddr'), { saddr: cells });
  assert.deepEqual(lanes(whole), [0x0a00_0001, 0x0a00_0002, 0xc000_0201, 1, undefined]);
  const networks = await order(cells, { field: 'saddr', descending: false, prefixBits: 24 }, { saddr: cells });
  assert.deepEqual(lanes(networks), [0x0a00_0002, 0x0a00_0001, 0xc000_0201, 1, undefined]);
});

test('equal records stay in the order in which they came', async () => {
  const batches = [0, 1, 2].map((k) => batchOf(3, { sbytes: [1, 2, 1], flowid: [3 * k, 3 * k + 1, 3 * k + 2] }, { origin: { source: String(k % 2), run: 1 } })); // prettier-ignore
  for (const memoryBytes of [PLENTY, LITTLE]) {
    const rows = await sorted(batches, { keys: [up('sbytes')], memoryBytes });
    const ids = rows.map((row) => Number((JSON.parse(row) as [unknown, [number, string][]])[1][0]![1]));
    assert.deepEqual(ids, [0, 2, 3, 5, 6, 8, 1, 4, 7]);
  }
});

test('of more records than are copied at once each keeps its values', async () => {
  const ROWS = 15_000;
  /** From this batch on there is a field that was not there before. */
  const LATE = 4;
  const value = (id: number): number => (Math.imul(id, 0x9e37_79b1) >>> 0) % 50_000;
  const batches = Array.from({ length: 10 }, (_, k) => {
    const ids = Array.from({ length: ROWS }, (__, i) => k * ROWS + i);
    const some = ids.map((id) => (id % 3 === 0 ? id % 251 : undefined));
    const hosts = ids.map((id): Cell => [4, 0, 0, 0xffff, value(id)]);
    const late = k < LATE ? {} : { dport: ids.map((id) => id % 65_536) };
    return batchOf(
      ROWS,
      { flowid: ids, sbytes: ids.map(value), sttl: some, saddr: hosts, ...late },
      { first: k * ROWS },
    );
  });
  await using sorter = new RecordSorter({ keys: [down('sbytes')], memoryBytes: PLENTY });
  for (const batch of batches) await sorter.push(batch, undefined, batch.rows);
  const [id, bytes, ttl, host, port] = (['flowid', 'sbytes', 'sttl', 'saddr', 'dport'] as const).map(reader);
  let before = { bytes: Infinity, id: -1 };
  let records = 0;
  for await (const { batch, count } of sorter.sorted(true)) {
    records += count;
    for (let row = 0; row < count; row++) {
      const here = { bytes: Number(bytes!(batch, row)), id: Number(id!(batch, row)) };
      const isBehind = here.bytes < before.bytes || (here.bytes === before.bytes && here.id > before.id);
      assert.ok(isBehind && here.bytes === value(here.id), `row ${row}`);
      assert.equal(ttl!(batch, row), here.id % 3 === 0 ? here.id % 251 : undefined);
      assert.equal(port!(batch, row), here.id < LATE * ROWS ? undefined : here.id % 65_536);
      assert.equal((host!(batch, row) as { lanes: readonly number[] }).lanes[3], here.bytes);
      before = here;
    }
  }
  assert.equal(records, 10 * ROWS);
});
