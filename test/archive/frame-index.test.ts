import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { FrameFile } from '../../libs/archive/frame-file.ts';
import type { MayHold } from '../../libs/codec/zones.ts';
import { INDEX_END_BYTES } from '../../libs/archive/frame-index.ts';
import { IndexWriter } from '../../libs/archive/index-writer.ts';
import { isNote } from '../../libs/archive/is-note.ts';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { BatchReader } from '../../libs/codec/read.ts';
import { MANAGEMENT_BATCH } from '../../libs/record/batch.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import { batchOf, cellsOf } from '../support/batches.ts';

const folder = mkdtempSync(join(tmpdir(), 'frame-index-'));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'records');

const STIME = STORED_FIELDS.stime.number;
const SPKTS = STORED_FIELDS.spkts.number;
const LARGE = 1100;
const FRAMES = 70;

/** Records that all begin in one second. */
function frame(second: number, rows = LARGE): Buffer {
  const each = <T>(value: T): T[] => Array.from({ length: rows }, () => value);
  const batch = batchOf(rows, { stime: each(second * 1e6), dur: each(5e8), spkts: each(second + 1) });
  return Buffer.from(encodeBatch(batch, { zones: true }));
}

const frames = Array.from({ length: FRAMES }, (_, second) => frame(second));

/** Frames as a file has them, with their index. @param start what the file held before */
function indexed(parts: readonly Uint8Array[], start = 0): Buffer {
  const writer = new IndexWriter(start);
  for (const part of parts) writer.add(part);
  return Buffer.concat([...parts, writer.frame() ?? Buffer.alloc(0)]);
}

/** Records that begin in this second; whether the heads of frames were asked, too. */
function inSecond(second: number): { mayHold: MayHold; asksHeads: () => number } {
  let asked = 0;
  const mayHold: MayHold = (summary) => {
    if (summary.tells(SPKTS)) asked += 1;
    const range = summary.range(STIME);
    return range !== undefined && range.least <= second * 1e6 && range.greatest >= second * 1e6;
  };
  return { mayHold, asksHeads: () => asked };
}

/** The seconds that came, and how many frames were passed over. */
async function read(mayHold: MayHold): Promise<{ came: number[]; passed: number; damage: boolean }> {
  const file = FrameFile.open(path, { mayHold })!;
  const reader = new BatchReader(file.chunks());
  const came: number[] = [];
  for await (const batch of reader) if (!isNote(batch)) came.push(Number(cellsOf(batch, 'stime')[0]) / 1e6);
  return { came, passed: file.skippedFrames, damage: reader.damage !== undefined };
}

test('of a file with an index only the heads of those frames are looked at that may have records of the time', async () => {
  writeFileSync(path, indexed(frames));
  const { mayHold, asksHeads } = inSecond(40);
  assert.deepEqual(await read(mayHold), { came: [40], passed: FRAMES - 1, damage: false });
  assert.equal(asksHeads(), 1);
});

test('frames without zones come, whatever the index', async () => {
  const small = frame(3, 5);
  const gap = Buffer.from(encodeBatch(batchOf(2, { stime: [1, 2] }, { kind: MANAGEMENT_BATCH })));
  writeFileSync(path, indexed([small, ...frames, gap, small]));
  const { came } = await read(inSecond(9).mayHold);
  assert.deepEqual(came, [3, 9, 1e-6, 3]);
});

test('an index of a file that has got more, or lost some, says nothing', async () => {
  const whole = indexed(frames);
  for (const bytes of [
    Buffer.concat([whole, frame(40)]),
    whole.subarray(frames[0]!.length),
    Buffer.concat([frame(40), whole]),
  ]) {
    writeFileSync(path, bytes);
    const { mayHold, asksHeads } = inSecond(40);
    const { came } = await read(mayHold);
    assert.ok(came.length > 0 && came.every((second) => second === 40));
    assert.ok(asksHeads() >= FRAMES - 1);
  }
});

test('an index that tells of the end of a file counts there, one before it does not', async () => {
  const first = indexed(frames);
  writeFileSync(path, first);
  appendFileSync(path, indexed(frames, first.length));
  const { mayHold, asksHeads } = inSecond(12);
  assert.deepEqual((await read(mayHold)).came, [12, 12]);
  assert.equal(asksHeads(), FRAMES + 1);
});

test('whatever byte of an index is wrong, all records are found', async () => {
  const whole = indexed(frames);
  const begin = frames.reduce((sum, { length }) => sum + length, 0);
  const places = Array.from({ length: INDEX_END_BYTES + 40 }, (_, i) => whole.length - 1 - i);
  for (let at = begin; at < whole.length; at += 97) places.push(at);
  for (const at of places) {
    const wrong = Buffer.from(whole);
    wrong[at]! ^= 0x55;
    writeFileSync(path, wrong);
    const { came } = await read(inSecond(69).mayHold);
    assert.deepEqual(came, [69], `byte ${at - whole.length}`);
  }
});

test('behind a damaged frame that an index passes over the others are found', async () => {
  const whole = indexed(frames);
  whole.fill(0xff, frames[0]!.length, frames[0]!.length + 200); // in the second one
  writeFileSync(path, whole);
  assert.deepEqual(await read(inSecond(40).mayHold), { came: [40], passed: FRAMES - 1, damage: false });
});

test('a few frames have no index, and too many have none', () => {
  const few = new IndexWriter(0);
  few.add(Buffer.concat(frames.slice(0, 20)));
  assert.equal(few.frame(), undefined);
  const many = new IndexWriter(0);
  const tiny = frame(1, 1);
  for (let i = 0; i < 10; i++) many.add(Buffer.concat(Array.from({ length: 7000 }, () => tiny)));
  assert.equal(many.frame(), undefined);
});

test('files are as long as their index says', () => {
  writeFileSync(path, indexed(frames));
  const bytes = readFileSync(path);
  assert.equal(bytes.readDoubleLE(bytes.length - INDEX_END_BYTES + 8), bytes.length);
});
