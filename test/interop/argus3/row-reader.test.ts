import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import fc from 'fast-check';
import { FlowDecoder } from '../../../libs/interop/argus3/flow-decoder.ts';
import { WindowReader } from '../../../libs/interop/argus3/window-reader.ts';
import { FLOW_BATCH, type Batch } from '../../../libs/record/batch.ts';
import { STORED_FIELDS, type StoredName } from '../../../libs/record/fields/stored.ts';

const FOLDER = join(import.meta.dirname, '../../../../test/interop/argus3');
/** So many records that look alike are certainly read together. */
const ALIKE = 18;

/** Flow records of all fixtures. */
const RECORDS: readonly Uint8Array[] = ['argus3', 'argus5'].flatMap((version) =>
  readdirSync(join(FOLDER, version))
    .filter((name) => name.endsWith('.arg'))
    .flatMap((name) => flowRecords(readFileSync(join(FOLDER, version, name)))),
);

function flowRecords(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const records: Uint8Array[] = [];
  for (let at = 0; at + 4 <= bytes.length;) {
    const length = Math.max(view.getUint16(at + 2) * 4, 4);
    if ((bytes[at]! & 0x80) === 0) records.push(new Uint8Array(bytes.subarray(at, at + length)));
    at += length;
  }
  return records;
}

interface LeftOut {
  readonly sections: readonly number[];
  readonly parts: readonly number[];
}

const WHOLE = new WindowReader({ batchRows: ALIKE });

/** What is made of records, one after the other in one window, and what is left out of them. */
function read(records: readonly Uint8Array[], reader = WHOLE): { rows: unknown[]; left: LeftOut } {
  reader.leftOut.sections.fill(0);
  reader.leftOut.parts.fill(0);
  const bytes = Buffer.concat(records);
  const batches = reader.read({ bytes, end: bytes.length, start: 0 }).filter(({ kind }) => kind === FLOW_BATCH);
  const { sections, parts } = reader.leftOut;
  return { rows: batches.flatMap(rowsOf), left: { sections: [...sections], parts: [...parts] } };
}

/** What each row has, with its source. */
function rowsOf({ columns, rows, origin }: Batch): unknown[] {
  return Array.from({ length: rows }, (_, row) => [
    origin.source,
    ...columns.flatMap((column, field) => (column?.has(row) ? [[field, cell(column, row)]] : [])),
  ]);
}

function cell(column: NonNullable<Batch['columns'][number]>, row: number): unknown {
  if (column.kind === 'address') return [column.familyOf(row), ...[0, 1, 2, 3].map((k) => column.lane(k as 0, row))];
  if (column.kind === 'bytes') return Buffer.from(column.get(row)).toString('hex');
  return column.kind === 'text' ? column.get(row) : column.values[row];
}

/** Records that differ in a few bytes beyond their heads. */
function variants(record: Uint8Array, changes: readonly (readonly [at: number, value: number])[]): Uint8Array[] {
  return Array.from({ length: ALIKE }, (_, i) => {
    const copy = record.slice();
    const change = changes[i % (changes.length + 1)];
    if (change !== undefined && copy.length > 4) copy[4 + (change[0] % (copy.length - 4))] = change[1];
    return copy;
  });
}

test('records that look alike are read together as each by itself', () => {
  for (const record of RECORDS) {
    const one = read([record]);
    const many = read(new Array<Uint8Array>(ALIKE).fill(record));
    const wanted = JSON.stringify(one.rows[0]);
    assert.ok(
      many.rows.every((row) => JSON.stringify(row) === wanted),
      wanted,
    );
  }
});

test('most records of TCP and UDP are read together', () => {
  const { shapes } = new FlowDecoder(undefined);
  const found = RECORDS.filter((bytes) => shapes.find(new DataView(bytes.buffer), 0, bytes.length) !== undefined);
  assert.ok(found.length > RECORDS.length / 4, `${found.length} of ${RECORDS.length}`);
});

test('whatever bytes are wrong, records are read together as each by itself, and the same is left out', () => {
  const change = fc.tuple(fc.nat(400), fc.nat(255));
  fc.assert(
    fc.property(fc.nat(RECORDS.length - 1), fc.array(change, { maxLength: 4 }), (which, changes) => {
      const records = variants(RECORDS[which]!, changes);
      const many = read(records);
      const each = records.map((record) => read([record]));
      const key = (rows: unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
      assert.deepEqual(key(many.rows), key(each.flatMap(({ rows }) => rows)));
      assert.deepEqual(many.left, sumOf(each.map(({ left }) => left)));
    }),
    { numRuns: 100, seed: 3 },
  );
});

function sumOf(left: readonly LeftOut[]): LeftOut {
  const sum = (lists: readonly (readonly number[])[]): number[] =>
    lists[0]!.map((_, i) => lists.reduce((all, list) => all + list[i]!, 0));
  return { sections: sum(left.map(({ sections }) => sections)), parts: sum(left.map(({ parts }) => parts)) };
}

test('some fields are what they are among all', () => {
  const names: StoredName[][] = [
    ['stime', 'spkts', 'sflags'],
    ['saddr', 'dport'],
    ['dur', 'swin', 'events'],
    ['smac', 'dttl', 'tcpstate', 'sactsum'],
  ];
  const records = RECORDS.filter((_, i) => i % 5 === 0).flatMap((record) => new Array<Uint8Array>(ALIKE).fill(record));
  const { rows } = read(records);
  for (const wanted of names) {
    const fields = new Set(wanted.map((name) => STORED_FIELDS[name].number));
    const isWanted = (cells: unknown[]): unknown[] =>
      cells.filter((entry) => !Array.isArray(entry) || fields.has(entry[0] as number));
    const all = rows.map((row) => isWanted(row as unknown[]));
    const some = read(records, new WindowReader({ batchRows: ALIKE, fields })).rows.map((row) =>
      isWanted(row as unknown[]),
    );
    assert.deepEqual(some, all, wanted.join());
  }
});
