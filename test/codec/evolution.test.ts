import assert from 'node:assert/strict';
import test from 'node:test';
import { decodeFrame } from '../../libs/codec/decode.ts';
import { encodeBatch } from '../../libs/codec/encode.ts';
import type { Batch, UnknownColumn } from '../../libs/record/batch.ts';
import { assertSameBatch, batchOf, cellsOf } from '../support/batches.ts';
import { flowBatch } from '../support/flow-batch.ts';
import { decoded, forge, openFrame, problemOf, withHeader } from '../support/frames.ts';

/** A column of a field that no version has yet, in an encoding that no version has. */
const LATER: UnknownColumn = { entry: [511, 9, [2, 1], [77, 'x', [1]]], bytes: Uint8Array.of(1, 2, 3) };

const plain = ({ entry, bytes }: UnknownColumn): unknown => [JSON.stringify(entry), [...bytes]];
const flows = (rows: number): Batch => flowBatch({ rows, seed: 5 });

for (const rows of [3, 1500]) {
  test(`columns of later versions go through ${rows} rows as they came`, () => {
    const frame = encodeBatch({ ...flows(rows), unknown: [LATER] });
    const batch = decoded(frame);
    assert.deepEqual(batch.unknown.map(plain), [plain(LATER)]);
    assertSameBatch(batch, flows(rows));
    assert.deepEqual(encodeBatch(batch), frame);
  });
}

test('a later column that shares a bitmap gets one of its own, for the other may be stored otherwise next time', () => {
  const entries = [
    [10, 2 + 16, [1], 2, 80],
    [511, 3 + 32, [2], 10, [2, 8, 0, 1]],
  ];
  const frame = forge({ rows: 3, entries, columns: Uint8Array.of(0b101, 7, 8) });
  const batch = decoded(frame);
  assert.deepEqual(cellsOf(batch, 'sport'), [80, undefined, 80]);
  assert.deepEqual(batch.unknown.map(plain), [plain({ entry: [511, 3 + 16, [1, 2], 2, [2, 8, 0, 1]], bytes: Uint8Array.of(0b101, 7, 8) })]); // prettier-ignore
  const again = openFrame(encodeBatch(batch));
  assert.deepEqual(again.entries.at(-1), [511, 3 + 16, [1, 2], 2, [2, 8, 0, 1]]);
});

test('a known field in an unknown encoding is counted and passed on, the others are read', () => {
  const unknown = [11, 2, [2], [99, 1, 2]];
  const result = decodeFrame(forge({ rows: 2, entries: [[10, 2, [], 80], unknown], columns: Uint8Array.of(5, 6) }));
  assert.ok('batch' in result);
  assert.equal(result.skippedColumns, 1);
  assert.deepEqual([cellsOf(result.batch, 'sport'), cellsOf(result.batch, 'dport')], [[80, 80], [undefined, undefined]]); // prettier-ignore
  assert.deepEqual(openFrame(encodeBatch(result.batch)).entries.at(-1), unknown);
});

test('a known field of another kind is counted and passed on', () => {
  const result = decodeFrame(forge({ rows: 2, entries: [[10, 4, [], 80.5]] }));
  assert.ok('batch' in result);
  assert.deepEqual([result.skippedColumns, result.batch.unknown.length], [1, 1]);
});

test('what a later minor version adds to envelope, directory and streams is passed over', () => {
  const envelope = ['test', 1, 4, 2, [[10, 2, [2], [2, 8, 1, 1, 'more'], 'more']], { more: true }];
  const frame = withHeader(forge({ rows: 2, envelope, columns: Uint8Array.of(0, 1) }), 5, 9);
  const batch = decoded(frame);
  assert.deepEqual([batch.first, cellsOf(batch, 'sport')], [4, [1, 2]]);
});

test('a later major version is refused whatever it holds', () => {
  const frame = withHeader(encodeBatch(batchOf(1, { stime: [1] })), 4, 2);
  assert.equal(problemOf(frame), 'frame: later format version');
});

test('columns of later versions are left out where only some fields are asked for', () => {
  const frame = encodeBatch({ ...flows(3), unknown: [{ entry: [511, 9, [1]], bytes: Uint8Array.of(1) }] });
  assert.deepEqual(decoded(frame, new Set([3])).unknown, []);
});
