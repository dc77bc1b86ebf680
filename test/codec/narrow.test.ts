import assert from 'node:assert/strict';
import test from 'node:test';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { KIND_CODES } from '../../libs/codec/format.ts';
import { FrameDecoder } from '../../libs/codec/frame-decoder.ts';
import { NumberColumn } from '../../libs/record/columns.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import { forge, openFrame } from '../support/frames.ts';
import { recordBatch } from '../support/records.ts';

const { stime, spkts } = STORED_FIELDS;
const ROWS = 1000;

function packetsIn(frame: Uint8Array): [kind: string, values: number[]] {
  const decoder = new FrameDecoder({});
  const column = decoder.decode(frame, 0)?.columns[spkts.number];
  assert.deepEqual([...decoder.problems], []);
  assert.ok(column instanceof NumberColumn);
  return [column.kind, Array.from(column.values, (value, row) => (column.has(row) ? value : NaN))];
}

const encoded = (values: readonly (number | undefined)[]): Uint8Array =>
  encodeBatch(
    recordBatch(values.map((value) => ({ stime: 1, sport: 1, ...(value !== undefined && { spkts: value }) }))),
  );

for (const [what, valueOf] of [
  ['few', (row: number) => row % 7],
  ['many', (row: number) => 2 ** 32 - 1 - row],
  ['more than 32 bits hold', (row: number) => 2 ** 32 * row + row],
  ['some', (row: number) => (row % 3 === 0 ? undefined : row)],
] as const) {
  test(`counts of packets come back as doubles: ${what}`, () => {
    const values = Array.from({ length: ROWS }, (_, row) => valueOf(row));
    assert.deepEqual(packetsIn(encoded(values)), ['f64', values.map((value) => value ?? NaN)]);
  });
}

test('counts of packets are read of frames that have them as u32, as those have where that holds them', () => {
  const entry = (field: number, kind: number, value: number): unknown[] => [field, kind, [], value];
  const frame = forge({
    rows: 100,
    entries: [entry(stime.number, KIND_CODES.f64, 5), entry(spkts.number, KIND_CODES.u32, 7)],
    columns: new Uint8Array(0),
  });
  assert.deepEqual(packetsIn(frame), ['f64', new Array(100).fill(7)]);
  const kindOf = (value: number): unknown =>
    openFrame(encoded([value, 1])).entries.find(([field]) => field === spkts.number)?.[1];
  assert.deepEqual([kindOf(2 ** 32 - 1), kindOf(2 ** 32)], [KIND_CODES.u32, KIND_CODES.f64]);
});
