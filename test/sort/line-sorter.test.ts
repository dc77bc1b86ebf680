import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { FLOW_BATCH, type Batch } from '../../libs/record/batch.ts';
import type { FieldName } from '../../libs/record/fields/table.ts';
import { RecordPrinter } from '../../libs/record/print/printer.ts';
import { areWords } from '../../libs/sort/key-columns.ts';
import { LineSorter } from '../../libs/sort/line-sorter.ts';
import { RecordSorter } from '../../libs/sort/record-sorter.ts';
import type { SortKey } from '../../libs/sort/sort-key.ts';
import { arbitraryBatch } from '../support/arbitrary-batch.ts';
import { batchOf } from '../support/batches.ts';

const PLENTY = 1 << 30;
/** Every batch goes to a file of its own. */
const LITTLE = -1;

const up = (field: FieldName): SortKey => ({ field, descending: false });
const down = (field: FieldName): SortKey => ({ field, descending: true });
const printerOf = (...names: FieldName[]): RecordPrinter => new RecordPrinter(names.map((name) => ({ name })));

interface Push {
  readonly batch: Batch;
  readonly rows?: Uint32Array;
}

async function sortedLines(
  pushes: readonly Push[],
  settings: { keys: readonly SortKey[]; printer: RecordPrinter; memoryBytes: number; runsMax?: number },
): Promise<string> {
  await using sorter = new LineSorter(settings);
  for (const { batch, rows } of pushes) await sorter.push(batch, rows, rows?.length ?? batch.rows);
  const texts: Uint8Array[] = [];
  for await (const text of sorter.sorted()) texts.push(text);
  return Buffer.concat(texts).toString();
}

/** Records that are sorted first and printed then. */
async function printedSorted(
  pushes: readonly Push[],
  keys: readonly SortKey[],
  printer: RecordPrinter,
): Promise<string> {
  await using sorter = new RecordSorter({ keys, memoryBytes: PLENTY });
  for (const { batch, rows } of pushes) await sorter.push(batch, rows, rows?.length ?? batch.rows);
  let text = '';
  for await (const { batch, rows, count } of sorter.sorted()) text += printer.rows(batch, rows, count);
  return text;
}

const pushes = fc
  .array(fc.tuple(arbitraryBatch(20), fc.infiniteStream(fc.boolean())), { minLength: 1, maxLength: 6 })
  .map((batches) =>
    batches.map(([batch, some], i): Push => {
      const flows: Batch = { ...batch, kind: FLOW_BATCH };
      if (i % 2 === 0) return { batch: flows };
      return { batch: flows, rows: Uint32Array.from({ length: batch.rows }, (_, row) => row).filter(() => some.next().value === true) }; // prettier-ignore
    }),
  );

const KEYS: readonly (readonly SortKey[])[] = [
  [],
  [up('stime')],
  [down('bytes'), up('sport')],
  [{ field: 'saddr', descending: false, prefixBits: 16 }, down('daddr')],
];

test('lines in order are what records in order print, whether they wait in memory or in files', () =>
  fc.assert(
    fc.asyncProperty(pushes, fc.constantFrom(...KEYS), async (some, keys) => {
      // Texts may be any, and a character may be several bytes.
      const printer = printerOf('flowid', 'saddr', 'daddr', 'label', 'stime');
      const wanted = await printedSorted(some, keys, printer);
      assert.equal(await sortedLines(some, { keys, printer, memoryBytes: PLENTY }), wanted);
      assert.equal(await sortedLines(some, { keys, printer, memoryBytes: LITTLE }), wanted);
      assert.equal(await sortedLines(some, { keys, printer, memoryBytes: LITTLE, runsMax: 2 }), wanted);
    }),
    { numRuns: 20, seed: 9 },
  ));

test('what prints as several lines stays together', async () => {
  const batch = batchOf(3, { sbytes: [1, 3, 2], label: ['one', 'three', 'two'] });
  const printer = new RecordPrinter([{ name: 'label' }, { name: 'sbytes' }], { delimiter: '\n' });
  const text = await sortedLines([{ batch }], { keys: [down('sbytes')], printer, memoryBytes: PLENTY });
  assert.equal(text, 'three\n3\ntwo\n2\none\n1\n');
});

test('of more lines than a block has each is there once', async () => {
  const ROWS = 15_000;
  const value = (id: number): number => (Math.imul(id, 0x9e37_79b1) >>> 0) % 50_000;
  const batches = Array.from({ length: 6 }, (_, k) => {
    const ids = Array.from({ length: ROWS }, (__, i) => k * ROWS + i);
    return batchOf(ROWS, { flowid: ids, sbytes: ids.map(value) }, { first: k * ROWS });
  });
  const printer = new RecordPrinter([{ name: 'sbytes' }, { name: 'flowid' }], { delimiter: ' ' });
  const some = batches.map((batch) => ({ batch }));
  const text = await sortedLines(some, { keys: [down('sbytes')], printer, memoryBytes: PLENTY });
  const ids = Array.from({ length: 6 * ROWS }, (_, id) => id).sort((a, b) => value(b) - value(a) || a - b);
  assert.equal(text, ids.map((id) => `${value(id)} ${id}\n`).join(''));
  await using sorter = new LineSorter({ keys: [down('sbytes')], printer, memoryBytes: PLENTY });
  for (const batch of batches) await sorter.push(batch, undefined, batch.rows);
  const copies: Buffer[] = [];
  for await (const piece of sorter.sorted(() => true)) copies.push(Buffer.from(piece));
  assert.equal(Buffer.concat(copies).toString(), text);
  const inFiles = await sortedLines(some, { keys: [down('sbytes')], printer, memoryBytes: 1 << 20 });
  assert.equal(inFiles, text);
});

test('texts are no words', () => {
  assert.ok(areWords([up('stime'), down('saddr'), up('bytes')]));
  assert.ok(!areWords([up('stime'), up('state')]));
});
