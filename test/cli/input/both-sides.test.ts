import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { BothSides, fieldsOfBothSides } from '../../../libs/cli/input/both-sides.ts';
import { BATCH_ROWS_MAX, FLOW_BATCH, type Batch } from '../../../libs/record/batch.ts';
import type { Column } from '../../../libs/record/columns.ts';
import { STORED_FIELDS } from '../../../libs/record/fields/stored.ts';
import type { FieldName } from '../../../libs/record/fields/table.ts';
import { numbersReader } from '../../../libs/record/numbers.ts';
import { RecordPrinter } from '../../../libs/record/print/printer.ts';
import { arbitraryBatch } from '../../support/arbitrary-batch.ts';
import { recordBatch } from '../../support/records.ts';

const TALK = { etype: 0x0800, ipproto: 17, saddr: '10.0.0.1', sport: 5000, daddr: '192.0.2.1', dport: 53, spkts: 2, sbytes: 200, dpkts: 1, dbytes: 90, sttl: 64, dttl: 50 }; // prettier-ignore
const SILENT = { ...TALK, dpkts: 0, dbytes: 0, sport: 5001 };

const COLUMNS = ['saddr', 'sport', 'dir', 'daddr', 'dport', 'spkts', 'dpkts', 'sttl', 'dttl'] as const;

function rowsOf(batches: Iterable<Batch>): string[] {
  const printer = new RecordPrinter(
    COLUMNS.map((name) => ({ name })),
    { style: 'delimited', delimiter: ' ', numeric: 1 },
  );
  return [...batches].flatMap((batch) => printer.rows(batch, undefined, batch.rows).trimEnd().split('\n').map((row) => row.replaceAll(/ +/g, ' ').trim())); // prettier-ignore
}

test('each record for both of its sides, one behind the other', () => {
  const sides = BothSides.of({ rmon: true, oneWay: false })!;
  assert.deepEqual(rowsOf(sides.of(recordBatch([TALK, SILENT]), undefined, 2)), [
    '10.0.0.1 5000 <-> 192.0.2.1 53 2 1 64 50',
    '192.0.2.1 53 <-> 10.0.0.1 5000 1 2 50 64',
    '10.0.0.1 5001 -> 192.0.2.1 53 2 0 64 50',
    '192.0.2.1 53 <- 10.0.0.1 5001 0 2 50 64',
  ]);
});

test('each side alone, where it sent something', () => {
  const sides = BothSides.of({ rmon: false, oneWay: true })!;
  assert.deepEqual(rowsOf(sides.of(recordBatch([TALK, SILENT]), undefined, 2)), [
    '10.0.0.1 5000 -> 192.0.2.1 53 2 0 64',
    '192.0.2.1 53 -> 10.0.0.1 5000 1 0 50',
    '10.0.0.1 5001 -> 192.0.2.1 53 2 0 64',
  ]);
});

test('records stay as they are unless they are asked for twice', () => {
  assert.equal(BothSides.of({ rmon: false, oneWay: false }), undefined);
});

test('records are numbered anew, source by source, and a full batch becomes two', () => {
  const sides = BothSides.of({ rmon: true, oneWay: false })!;
  const full = recordBatch(Array.from({ length: BATCH_ROWS_MAX }, () => TALK));
  const batches = [...sides.of(full, undefined, full.rows), ...sides.of(full, Uint32Array.of(5, 7), 2)];
  assert.deepEqual(
    batches.map(({ rows, first, covers }) => [rows, first, covers]),
    [
      [BATCH_ROWS_MAX, 0, BATCH_ROWS_MAX],
      [BATCH_ROWS_MAX, BATCH_ROWS_MAX, BATCH_ROWS_MAX],
      [4, 2 * BATCH_ROWS_MAX, 4],
    ],
  );
});

test('what is asked of one side needs what is known of the other', () => {
  const { saddr, daddr, spkts, dpkts } = STORED_FIELDS;
  assert.deepEqual(
    fieldsOfBothSides(new Set([saddr.number])),
    new Set([saddr.number, daddr.number, spkts.number, dpkts.number]),
  );
});

function total(batches: Iterable<Batch>, name: FieldName): number {
  const values = new Float64Array(BATCH_ROWS_MAX);
  let sum = 0;
  for (const batch of batches) {
    numbersReader(name)!(batch)(
      Uint32Array.from({ length: batch.rows }, (_, row) => row),
      values,
    );
    for (let row = 0; row < batch.rows; row++) if (!Number.isNaN(values[row]!)) sum += values[row]!;
  }
  return sum;
}

/** Whatever numbers a column has become whole ones whose sums are exact. */
function makeCounts(column: Column | undefined): void {
  if (column?.kind !== 'f64') return;
  for (const [row, value] of column.values.entries()) column.values[row] = Math.trunc(Math.abs(value)) % 2 ** 40 || 0;
}

test('with both sides all is there twice, with each side alone once', () =>
  fc.assert(
    fc.property(arbitraryBatch(30), (any) => {
      const batch: Batch = { ...any, kind: FLOW_BATCH };
      for (const name of ['spkts', 'dpkts'] as const) makeCounts(batch.columns[STORED_FIELDS[name].number]);
      const both = [...BothSides.of({ rmon: true, oneWay: false })!.of(batch, undefined, batch.rows)];
      const each = [...BothSides.of({ rmon: false, oneWay: true })!.of(batch, undefined, batch.rows)];
      const [sent, answered] = [total([batch], 'spkts'), total([batch], 'dpkts')];
      assert.equal(
        both.reduce((sum, { rows }) => sum + rows, 0),
        2 * batch.rows,
      );
      assert.equal(total(both, 'spkts'), sent + answered);
      assert.equal(total(both, 'dpkts'), sent + answered);
      assert.equal(total(each, 'spkts'), sent + answered);
      assert.equal(total(each, 'dpkts'), 0);
    }),
    { seed: 1, numRuns: 60 },
  ));
