import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { FLOW_BATCH, type Batch } from '../../../libs/record/batch.ts';
import { STORED_FIELDS, type StoredName } from '../../../libs/record/fields/stored.ts';
import { FIELD_NAMES, type FieldName } from '../../../libs/record/fields/table.ts';
import type { PrintOptions } from '../../../libs/record/print/options.ts';
import { RecordPrinter } from '../../../libs/record/print/printer.ts';
import { arbitraryBatch } from '../../support/arbitrary-batch.ts';
import { recordBatch, type RecordValues } from '../../support/records.ts';

process.env['TZ'] = 'UTC';

const OPTIONS: readonly PrintOptions[] = [
  {},
  { numeric: 2, unixTime: true },
  { style: 'delimited', numeric: 1, precision: 9 },
  { style: 'json' },
  { style: 'xml' },
  { state: 'letters' },
  { state: 'source-flags' },
  { state: 'destination-flags' },
  { state: 'both-flags' },
];

/** Of columns that tell how long ago something was. */
const NOW_MS = 1_700_000_100_000;

/** Prints a column of all rows, once from the whole batch and once from no more than the printer says it reads. */
function assertEnough(name: FieldName, options: PrintOptions, batch: Batch): void {
  const [whole, spare] = [0, 1].map(() => new RecordPrinter([{ name }], { ...options, nowMs: () => NOW_MS })) as [RecordPrinter, RecordPrinter]; // prettier-ignore
  const columns = batch.columns.map((column, field) => (spare.fields.has(field) ? column : undefined));
  const printed = spare.rows({ ...batch, columns }, undefined, batch.rows);
  assert.equal(printed, whole.rows(batch, undefined, batch.rows), `${name} ${JSON.stringify(options)}`);
}

/** Every stored field has a value, in flows of every protocol that some column treats on its own. */
function everyProtocol(): Batch {
  const values: Partial<Record<StoredName, number | string>> = {};
  for (const [name, { kind, number }] of Object.entries(STORED_FIELDS)) {
    values[name as StoredName] =
      kind === 'address' ? '192.0.2.7' : kind === 'text' || kind === 'bytes' ? 'some' : 1 + (number % 60);
  }
  const common = { ...values, stime: 1_700_000_000_020_000 } as RecordValues;
  return recordBatch([1, 6, 17, 50, 58, 132, 200].flatMap((ipproto) => [withoutPorts({ ...common, ipproto }), { ...common, ipproto }])); // prettier-ignore
}

function withoutPorts({ sport: _sport, dport: _dport, ...rest }: RecordValues): RecordValues {
  return rest;
}

test('a printer knows all stored fields that a column comes from', () => {
  const batch = everyProtocol();
  for (const name of FIELD_NAMES) for (const options of OPTIONS) assertEnough(name, options, batch);
});

test('whatever the flow records, no other field makes a difference', () => {
  fc.assert(
    fc.property(
      arbitraryBatch(6),
      fc.constantFrom(...FIELD_NAMES),
      fc.constantFrom(...OPTIONS),
      (batch, name, options) => assertEnough(name, options, { ...batch, kind: FLOW_BATCH }),
    ),
    { numRuns: 400, seed: 23 },
  );
});

test('what is not printed is not read', () => {
  const { fields } = new RecordPrinter([{ name: 'saddr' }]);
  assert.ok(fields.has(STORED_FIELDS.saddr.number));
  assert.ok(!fields.has(STORED_FIELDS.daddr.number));
});
