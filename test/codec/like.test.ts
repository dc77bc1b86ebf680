import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { decodeFrame } from '../../libs/codec/decode.ts';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { readHeader } from '../../libs/codec/format.ts';
import { readHead } from '../../libs/codec/frame-head.ts';
import { columnsNeeded, keepColumns } from '../../libs/codec/keep-columns.ts';
import { Zones } from '../../libs/codec/zones.ts';
import type { Batch } from '../../libs/record/batch.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import { assertSameBatch, batchOf, cellsOf, type Cell } from '../support/batches.ts';
import { decoded, forge, openFrame, problemOf } from '../support/frames.ts';

const DUR = STORED_FIELDS.dur.number;
const LAST = STORED_FIELDS.dlast.number;
const LIKE = 128;
const SHARED = 32;
const COPIES = 64;

const many = <T>(rows: number, value: (row: number) => T): T[] => Array.from({ length: rows }, (_, row) => value(row));
const duration = (row: number): number => ((row * 7919) % 1_000_003) * 1000;

/** Whether the frame says of a column that it is like the durations. */
function isLike(frame: Uint8Array, field: number): boolean {
  const [, kind] = openFrame(frame).entries.find(([number]) => number === field) ?? [];
  return (Number(kind) & LIKE) !== 0;
}

const CASES: readonly { name: string; dlast: (row: number) => Cell; like: boolean }[] = [
  { name: 'all are', dlast: duration, like: true },
  { name: 'half are', dlast: (row) => (row % 2 === 0 ? duration(row) : row), like: true },
  { name: 'those that have a value are', dlast: (row) => (row % 3 === 0 ? undefined : duration(row)), like: true },
  { name: 'few are', dlast: (row) => (row % 20 === 0 ? duration(row) : row + 1), like: false },
  { name: 'some are no number', dlast: (row) => (row % 5 === 0 ? NaN : duration(row)), like: true },
];
for (const { name, dlast, like } of CASES) {
  for (const rows of [100, 3000]) {
    test(`a column is like another, ${name}, in ${rows} rows`, () => {
      const batch = batchOf(rows, { dur: many(rows, duration), dlast: many(rows, dlast) });
      const frame = encodeBatch(batch);
      assertSameBatch(decoded(frame), batch);
      assertSameBatch(decoded(frame, new Set([LAST])), batch, new Set([LAST]));
      if (rows > 1024) assert.equal(isLike(frame, LAST), like);
    });
  }
}

test('values that are those of another column take no room', () => {
  const dur = many(3000, duration);
  const alone = encodeBatch(batchOf(3000, { dur })).length;
  assert.ok(encodeBatch(batchOf(3000, { dur, dfirst: dur, dlast: dur })).length < alone + 40);
});

test('zero and minus zero are two values', () => {
  const zeros = many(2000, (row) => (row % 3 === 0 ? 0 : duration(row)));
  const batch = batchOf(2000, { dur: zeros, dlast: zeros.map((value, row) => (row % 6 === 0 ? -0 : value)) });
  const last = cellsOf(decoded(encodeBatch(batch)), 'dlast');
  assert.ok(Object.is(last[0], -0) && Object.is(last[3], 0));
});

test('with flow ids what repeats in a flow, and of the rest what another column has, is left out', () => {
  const rows = 3000;
  const batch = batchOf(rows, {
    flowid: many(rows, (row) => row % 700),
    dur: many(rows, duration),
    synack: many(rows, (row) => duration(row % 700)),
  });
  assertSameBatch(decoded(encodeBatch(batch)), batch);
});

const cells = fc.oneof(fc.constantFrom(0, -0, NaN, 1, 1000), fc.integer({ min: 0, max: 9 }));
const SOME_ROWS = fc.array(fc.tuple(fc.nat(5), cells, fc.option(cells, { nil: undefined }), fc.boolean()), { minLength: 1, maxLength: 80 }); // prettier-ignore

test('what is encoded decodes to the same, whatever is like what', () =>
  fc.assert(
    fc.property(SOME_ROWS, fc.boolean(), (table, flows) => {
      const batch = batchOf(table.length, {
        ...(flows ? { flowid: table.map(([flow]) => flow) } : {}),
        dur: table.map(([, dur]) => dur),
        dlast: table.map(([, dur, other, same]) => (same ? dur : other)),
      });
      assertSameBatch(decoded(encodeBatch(batch)), batch);
    }),
    { seed: 1, numRuns: 200 },
  ));

test('the zones of a frame know of values that are not stored', () => {
  const dur = many(2000, (row) => 5000 + row);
  const batch = batchOf(2000, { dur, dlast: dur.map((value, row) => (row % 2 === 0 ? value : 6000)) });
  const frame = encodeBatch(batch, { zones: true });
  assert.ok(isLike(frame, LAST));
  const range = Zones.of(frame, readHeader(frame, 0).envelopeBytes)?.range(LAST);
  assert.deepEqual([range?.least, range?.greatest, range?.isComplete], [5000, 6998, true]);
});

test('without the column that it is like, a column is not kept', () => {
  const frame = encodeBatch(batchOf(2000, { dur: many(2000, duration), dlast: many(2000, duration) }));
  assert.equal(keepColumns(frame, new Set([LAST])), undefined);
  assertSameBatch(decoded(keepColumns(frame, new Set([DUR, LAST]))!), decoded(frame));
});

test('what has to be read of a file for a column is also the one that it is like', () => {
  const dur = many(2000, (row) => duration(row % 400));
  const flowid = many(2000, (row) => row % 400);
  const frame = encodeBatch(batchOf(2000, { flowid, dur, sport: dur, dlast: dur }), { zones: true });
  const header = readHeader(frame, 0);
  const head = readHead(header, frame.subarray(24, 24 + header.envelopeBytes), header.bodyBytes);
  const needed = columnsNeeded(head, new Set([LAST]));
  assert.deepEqual(needed?.fields, new Set([1, DUR, LAST]));
});

test('a column that is like one of a later version is counted and passed on', () => {
  const entry = [LAST, 4 + LIKE, [0], 511, 0];
  const result = decodeFrame(forge({ rows: 2, entries: [entry] }));
  assert.ok('batch' in result);
  assert.equal(result.skippedColumns, 1);
  assert.deepEqual(result.batch.unknown.map(({ entry: kept }) => kept), [entry]); // prettier-ignore
});

test('a column that is like one in an unknown encoding is passed on with it, and the others are read', () => {
  const entries = [
    [DUR, 4, [], [99]],
    [10, 2, [], 80],
    [LAST, 4 + LIKE, [0], DUR, 0],
  ];
  const result = decodeFrame(forge({ rows: 2, entries }), { fields: new Set([10, LAST]) });
  assert.ok('batch' in result);
  const batch: Batch = result.batch;
  assert.deepEqual([cellsOf(batch, 'sport'), cellsOf(batch, 'dlast')], [[80, 80], [undefined, undefined]]); // prettier-ignore
});

const IMPOSSIBLE = 'column: like one that cannot be';
const HOSTILE: readonly { name: string; problem: string; entries: readonly unknown[][]; columns?: Uint8Array }[] = [
  { name: 'like itself', problem: IMPOSSIBLE, entries: [[DUR, 4 + LIKE, [0], DUR, 0]] },
  { name: 'like each other', problem: IMPOSSIBLE, entries: [[DUR, 4 + LIKE, [0], LAST, 0], [LAST, 4 + LIKE, [0], DUR, 0]] },
  { name: 'like integers', problem: IMPOSSIBLE, entries: [[10, 2, [], 80], [LAST, 4 + LIKE, [0], 10, 0]] },
  { name: 'integers like doubles', problem: IMPOSSIBLE, entries: [[DUR, 4, [], 80], [10, 2 + LIKE, [0], DUR, 0]] },
  { name: 'like one with a bitmap', problem: IMPOSSIBLE, entries: [[DUR, 4 + 16, [1], 1, 0], [LAST, 4 + LIKE, [0], DUR, 0]], columns: Uint8Array.of(1) },
  { name: 'like no field', problem: 'directory: field that a column is like', entries: [[LAST, 4 + LIKE, [0], 'dur', 0]] },
  { name: 'flow ids by copies of one that is like them', problem: 'column: copies without flow ids', entries: [[1, 4 + LIKE, [0], DUR, 0], [DUR, 4 + COPIES, [0], 0]] },
  { name: 'a bitmap that is not there', problem: 'column: shares a bitmap that is not there', entries: [[DUR, 4, [], 1], [LAST, 4 + SHARED + LIKE, [0], 77, DUR, 0]] },
]; // prettier-ignore
for (const { name, problem, ...parts } of HOSTILE)
  test(`a named problem, nothing worse: ${name}`, () => assert.equal(problemOf(forge({ rows: 2, ...parts })), problem));
