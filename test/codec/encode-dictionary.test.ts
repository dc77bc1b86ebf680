import assert from 'node:assert/strict';
import test from 'node:test';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import { assertSameBatch, batchOf } from '../support/batches.ts';
import { decoded, forge, openFrame, problemOf } from '../support/frames.ts';

const ROWS = 16_384;
const STCPB = STORED_FIELDS.stcpb.number;
/** So many different values, in no order. */
const values = (different: number): number[] =>
  Array.from({ length: ROWS }, (_, row) => Math.imul(((row * 7919) % different) + 1, 0x9e37_79b1) >>> 0);

for (const { different, code } of [
  { different: 256, code: 5 },
  { different: 257, code: 8 },
  { different: 1000, code: 8 },
  { different: 5000, code: undefined },
])
  test(`${different} different words keep their values`, () => {
    const batch = batchOf(ROWS, { stcpb: values(different) });
    const frame = encodeBatch(batch);
    assertSameBatch(decoded(frame), batch);
    const [, , , stream] = openFrame(frame).entries[0]!;
    if (code === undefined) assert.notEqual((stream as number[])[0], 8);
    else assert.equal((stream as number[])[0], code);
  });

for (const { name, stream } of [
  { name: 'of 256 values', stream: [8, 256, 1] },
  { name: 'of 4097 values', stream: [8, 4097, 1] },
])
  test(`a wide dictionary ${name} is a named problem`, () =>
    assert.equal(problemOf(forge({ entries: [[STCPB, 3, [0, 0], stream]] })), 'stream: size of the dictionary'));

test('a wide dictionary of a dictionary is a named problem', () =>
  assert.equal(
    problemOf(forge({ entries: [[STCPB, 3, [0, 0], [8, 300, [8, 300, 1]]]] })),
    'stream: values of the dictionary',
  ));

test('numbers beyond the dictionary are zeros', () => {
  const batch = decoded(forge({ rows: 1, entries: [[STCPB, 3, [1, 1], [8, 300, 7]]], columns: Uint8Array.of(255, 1) }));
  assert.equal(batch.columns[STCPB]?.kind === 'u32' && batch.columns[STCPB].values[0], 0);
});
