import assert from 'node:assert/strict';
import { appendFileSync, closeSync, linkSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { noteFrame, readNote, type ArchiveNote } from '../../libs/archive/archive-note.ts';
import { Coverage } from '../../libs/archive/coverage.ts';
import { FrameIndex } from '../../libs/archive/frame-index.ts';
import { isNote } from '../../libs/archive/is-note.ts';
import { reblockFile, type Reblocked, type ReblockSettings } from '../../libs/archive/reblock-file.ts';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { BATCH_ROWS_MAX, emptyBatch, FLOW_BATCH, GAP_BATCH, MANAGEMENT_BATCH, type Batch } from '../../libs/record/batch.ts'; // prettier-ignore
import { startTimes } from '../../libs/record/gather.ts';
import { Random } from '../../libs/synthetic/random.ts';
import { batchOf, cellsOf } from '../support/batches.ts';
import { batchesIn } from './archived.ts';
import { numberedStream } from './numbered-stream.ts';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-reblock-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;

const SETTINGS: ReblockSettings = {
  level: 3,
  memoryBytes: 64 << 20,
  takesAll: false,
  isDry: false,
  signal: new AbortController().signal,
};

/** A file of these batches, with a note that fits. */
function fileOf(batches: readonly Batch[], withNote = true): string {
  const path = join(folder, `file-${++files}`);
  const frames = Buffer.concat(batches.map((batch) => encodeBatch(batch, { zones: true })));
  const records = batches.reduce((sum, { rows }) => sum + rows, 0);
  const origins = [{ source: 'a', run: 1, records, ranges: [[3, 4] as const], lost: [] }];
  const note: ArchiveNote = { bytes: frames.length, records, from: 1, to: 2, late: true, origins };
  writeFileSync(path, withNote ? Buffer.concat([frames, noteFrame(note)]) : frames);
  return path;
}

async function without(path: string): Promise<Batch[]> {
  return (await batchesIn(path)).filter((batch) => !isNote(batch));
}

/** Number, kind, probe and time of each record, in the order of numbers. */
function recordsOf(batches: readonly Batch[]): string[] {
  const found = batches.flatMap((batch) => {
    const times = startTimes(batch);
    const protocols = cellsOf(batch, 'ipproto');
    return cellsOf(batch, 'flowid').map((id, row) => `${String(id).padStart(6)} ${batch.kind} ${batch.origin.source} ${times[row]} ${String(protocols[row])}`); // prettier-ignore
  });
  return found.sort();
}

function coverageOf(batches: readonly Batch[]): unknown {
  const coverage = new Coverage();
  for (const batch of batches) coverage.add(batch);
  return coverage.origins;
}

function outcome(result: Reblocked): string {
  return result.kind === 'left' ? result.reason : result.kind;
}

/** A stream with frames lost, some of which are known to be, and others out of their order. */
function brokenStream(seed: number): Batch[] {
  const random = new Random(seed);
  const kept = numberedStream({ frames: 120, seed, seconds: 60 }).flatMap((batch) => {
    if (random.chance(0.05)) return [];
    if (random.chance(0.05))
      return [emptyBatch(GAP_BATCH, batch.origin, batch.first, batch.first + batch.rows, 'lost')];
    if (random.chance(0.05)) return [emptyBatch(batch.kind, batch.origin, batch.first, batch.first + batch.rows)];
    return [batch];
  });
  if (seed % 2 === 0) return kept;
  for (let i = kept.length - 1; i > 0; i--) {
    const other = random.between(0, i);
    [kept[i], kept[other]] = [kept[other]!, kept[i]!];
  }
  return kept;
}

for (const seed of [1, 2, 3, 4, 5, 6]) {
  test(`every record stays, and what numbers are covered and lost, and records are in order of time: seed ${seed}`, async () => {
    const path = fileOf(brokenStream(seed));
    const before = await without(path);
    const memoryBytes = seed > 4 ? 1 << 16 : SETTINGS.memoryBytes;
    assert.equal(outcome(await reblockFile(path, { ...SETTINGS, memoryBytes })), 'done');
    const now = await without(path);
    assert.deepEqual(recordsOf(now), recordsOf(before));
    assert.deepEqual(coverageOf(now), coverageOf(before));
    const ends = new Map<string, number>();
    const { stretches } = now.reduce((coverage, batch) => (coverage.add(batch), coverage), new Coverage());
    for (const batch of now.filter(({ kind, rows }) => kind === FLOW_BATCH && rows > 0)) {
      const times = startTimes(batch);
      const key = `${stretches.of(batch)}`;
      assert.ok(times[0]! >= (ends.get(key) ?? 0), 'frames of one stretch follow each other');
      assert.deepEqual(times, times.toSorted());
      ends.set(key, times.at(-1)!);
    }
    const management = (batches: readonly Batch[]): Batch[] => batches.filter(({ kind, rows }) => kind === MANAGEMENT_BATCH && rows > 0); // prettier-ignore
    assert.deepEqual(recordsOf(management(now)), recordsOf(management(before)));
    assert.ok(management(now).length <= stretches.count, 'management records share frames');
    assert.deepEqual(
      now.filter(({ kind }) => kind === GAP_BATCH),
      before.filter(({ kind }) => kind === GAP_BATCH),
    );
  });
}

test('many small frames of two probes become full ones, smaller by far; the note stays, and so do time and rights', async () => {
  const path = fileOf(numberedStream({ frames: 2400, seed: 1, seconds: 60 }));
  utimesSync(path, 1_000_000, 1_000_000);
  const note = await readNote(path);
  const result = await reblockFile(path, SETTINGS);
  assert.ok(result.kind === 'done' && result.after !== undefined);
  assert.ok(result.after.bytes < result.before.bytes / 2, JSON.stringify(result));
  const flows = (await without(path)).filter(({ kind }) => kind === FLOW_BATCH);
  for (const source of ['a', 'b']) {
    const rows = flows.filter(({ origin }) => origin.source === source).map((batch) => batch.rows);
    assert.ok(rows.length > 1 && rows.slice(0, -1).every((count) => count === BATCH_ROWS_MAX), String(rows));
  }
  const { bytes, ...rest } = (await readNote(path))!;
  assert.deepEqual({ ...rest, bytes: note!.bytes }, { ...note, level: 3 });
  assert.ok(bytes < statSync(path).size);
  assert.equal(statSync(path).mtimeMs, 1e9);
  assert.equal(outcome(await reblockFile(path, { ...SETTINGS, level: 9 })), 'known');
});

const small = (): Batch[] => numberedStream({ frames: 5, seed: 3, seconds: 5 });

const LEFT: readonly [
  name: string,
  prepare: () => string,
  settings: Partial<ReblockSettings>,
  said: string | RegExp,
][] = [
  // prettier-ignore
  ['one without a note', () => fileOf(small(), false), {}, 'unfinished'],
  ['one that was added to behind its note', () => added(fileOf(small())), {}, 'unfinished'],
  ['one that a crash cut, though all are asked for', () => cut(fileOf(small(), false)), { takesAll: true }, /damaged at byte \d/], // prettier-ignore
  ['one that has a second name, under which it may get its first again', () => linked(fileOf(small())), {}, /second name/], // prettier-ignore
  ['one that has its records twice', () => fileOf([...small(), ...small()]), {}, /would not cover the same/],
  ['one with a wrong byte', () => spoilt(fileOf(small())), {}, /damaged at byte \d/],
  ['any, when it is only asked what would be done', () => fileOf(small()), { isDry: true }, 'done'],
  ['any, when stopped', () => fileOf(small()), { signal: AbortSignal.abort() }, 'stopped'],
];
for (const [name, prepare, settings, said] of LEFT) {
  test(`left as it is: ${name}`, async () => {
    const path = prepare();
    const before = readFileSync(path);
    assert.match(outcome(await reblockFile(path, { ...SETTINGS, ...settings })), new RegExp(said));
    assert.deepEqual(readFileSync(path), before);
    assert.deepEqual(readdirSync(folder).filter((each) => each.startsWith('.')), []); // prettier-ignore
  });
}

test('a file without a note gets one when all are asked for', async () => {
  const path = fileOf(small(), false);
  const before = await without(path);
  assert.equal(outcome(await reblockFile(path, { ...SETTINGS, takesAll: true })), 'done');
  assert.deepEqual(recordsOf(await without(path)), recordsOf(before));
  const note = await readNote(path);
  assert.equal(note?.records, before.reduce((sum, { rows }) => sum + rows, 0)); // prettier-ignore
});

test('columns of later versions stay with their records', async () => {
  const [first, ...rest] = small();
  const unknown = [{ entry: [400, 8, [3], 3, 0], bytes: Uint8Array.of(1, 2, 3) }];
  const path = fileOf([{ ...first!, kind: FLOW_BATCH, unknown }, ...rest]);
  assert.equal(outcome(await reblockFile(path, SETTINGS)), 'done');
  const kept = (await without(path)).filter((batch) => batch.unknown.length > 0);
  assert.deepEqual(kept.map((batch) => [batch.rows, [...batch.unknown[0]!.bytes]]), [[first!.rows, [1, 2, 3]]]); // prettier-ignore
});

function added(path: string): string {
  appendFileSync(path, encodeBatch(small()[0]!));
  return path;
}

function cut(path: string): string {
  writeFileSync(path, readFileSync(path).subarray(0, -10));
  return path;
}

function linked(path: string): string {
  linkSync(path, `${path}.second`);
  return path;
}

function spoilt(path: string): string {
  const bytes = readFileSync(path);
  bytes[40]! ^= 1;
  writeFileSync(path, bytes);
  return path;
}

test('a file of many frames gets an index beside its note', async () => {
  const probes = Array.from({ length: 70 }, (_, i) =>
    batchOf(20, { flowid: Array.from({ length: 20 }, (_row, row) => row) }, { origin: { source: `p${i}`, run: i } }),
  );
  const path = fileOf(probes);
  assert.equal((await reblockFile(path, SETTINGS)).kind, 'done');
  assert.equal((await readNote(path))?.records, 1400);
  const fd = openSync(path, 'r');
  assert.ok(FrameIndex.of(fd, statSync(path).size) !== undefined);
  closeSync(fd);
  assert.equal((await without(path)).length, 70);
  assert.equal((await reblockFile(path, SETTINGS)).kind, 'known');
});
