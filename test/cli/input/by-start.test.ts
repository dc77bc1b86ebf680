import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { byStart } from '../../../libs/cli/input/by-start.ts';
import type { Piece } from '../../../libs/cli/input/merge-plan.ts';
import type { Batch } from '../../../libs/record/batch.ts';
import { batchOf, cellsOf } from '../../support/batches.ts';

/** A record's start, and its number among all. */
type Row = readonly [start: number, id: number];

const batchOfRows = (rows: readonly Row[]): Batch =>
  batchOf(rows.length, { stime: rows.map(([start]) => start), spkts: rows.map(([, id]) => id) });

async function* only(batches: readonly Batch[]): AsyncGenerator<Batch> {
  yield* batches;
}

interface Run {
  readonly ids: number[];
  /** How many pieces had been read when each of the records came. */
  readonly readBefore: number[];
  readonly spills: number;
}

/** @param early records that have to be sorted first */
async function run(pieces: readonly (readonly Row[])[], early: readonly Row[], memoryBytes: number): Promise<Run> {
  const planned = pieces.map((rows, index): Piece => ({
    path: String(index),
    range: { start: 0, stop: 1 },
    index,
    leastUs: Math.min(...rows.map(([start]) => start)),
  }));
  let read = 0;
  let spills = 0;
  const sources = {
    first: only(early.length === 0 ? [] : [batchOfRows(early)]),
    pieces: planned.sort((a, b) => a.leastUs - b.leastUs || a.index - b.index),
    read: ({ index }: Piece) => {
      read += 1;
      return only([batchOfRows(pieces[index]!)]);
    },
    spills: () => void (spills += 1),
  };
  const ids: number[] = [];
  const readBefore: number[] = [];
  for await (const batch of byStart(sources, { wanted: undefined, memoryBytes })) {
    for (const id of cellsOf(batch, 'spkts')) {
      ids.push(Number(id));
      readBefore.push(read);
    }
  }
  return { ids, readBefore, spills };
}

const numbered = (starts: readonly (readonly number[])[]): Row[][] => {
  let id = 0;
  return starts.map((piece) => piece.map((start) => [start, id++] as const));
};

test('records come in the order of their starts, equal ones as in the files, whatever fits into memory', async () => {
  const start = fc.nat({ max: 40 });
  const piece = fc.array(start, { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 8 }), fc.array(start, { maxLength: 12 }), fc.constantFrom(0, 1e9), async (starts, early, memoryBytes) => {
      const [first = [], ...pieces] = numbered([early, ...starts]);
      const { ids } = await run(pieces, first, memoryBytes);
      const expected = [first, ...pieces].flat().sort((a, b) => a[0] - b[0]);
      assert.deepEqual(ids, expected.map(([, id]) => id));
    }),
    { seed: 1, numRuns: 80 },
  ); // prettier-ignore
});

test('a file is read when its time has come, and no sooner', async () => {
  const rows = 8000;
  const of = (piece: number): number[] => Array.from({ length: rows }, (_, row) => piece * rows + row);
  const { ids, readBefore, spills } = await run(numbered(Array.from({ length: 20 }, (_, piece) => of(piece))), [], 1e9);
  assert.deepEqual([ids.length, spills], [20 * rows, 0]);
  assert.ok((readBefore[0] ?? 99) < 12, `${readBefore[0]} pieces were read for the first record`);
});

test('what overlaps and does not fit into memory is said, once', async () => {
  const pieces = numbered(Array.from({ length: 10 }, () => Array.from({ length: 10_000 }, (_, row) => row)));
  const { ids, spills } = await run(pieces, [], 100_000);
  assert.deepEqual([ids.length, spills], [100_000, 1]);
});
