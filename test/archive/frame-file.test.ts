import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { FrameFile, type MayHold } from '../../libs/archive/frame-file.ts';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { readHeader } from '../../libs/codec/format.ts';
import { BatchReader } from '../../libs/codec/read.ts';
import type { Batch } from '../../libs/record/batch.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import { batchOf, cellsOf } from '../support/batches.ts';

const folder = mkdtempSync(join(tmpdir(), 'frame-file-'));
after(() => rmSync(folder, { recursive: true }));

const SPKTS = STORED_FIELDS.spkts.number;
const LARGE = 2000;

/** A batch whose rows all have one number of packets. */
function packets(count: number, rows: number): Batch {
  return batchOf(rows, {
    spkts: Array.from({ length: rows }, () => count),
    sbytes: Array.from({ length: rows }, (_, row) => (row * 2_654_435_761) % 2 ** 32),
  });
}

function fileOf(...parts: readonly Uint8Array[]): string {
  const path = join(folder, 'records');
  writeFileSync(path, Buffer.concat(parts));
  return path;
}

const frame = (count: number, rows: number): Uint8Array => encodeBatch(packets(count, rows), { zones: true });

/** Packets and rows of the batches that came. */
async function read(
  path: string,
  mayHold?: MayHold,
): Promise<{ came: [number, number][]; damage: string; file: FrameFile }> {
  const file = FrameFile.open(path, mayHold)!;
  const reader = new BatchReader(file.chunks());
  const came: [number, number][] = [];
  for await (const batch of reader) came.push([Number(cellsOf(batch, 'spkts')[0]), batch.rows]);
  return { came, damage: reader.damage === undefined ? '' : `${reader.damage.kind} at ${reader.damage.offset + file.skippedBytes}`, file }; // prettier-ignore
}

const only =
  (count: number): MayHold =>
  (zones) => {
    const range = zones.range(SPKTS);
    return range !== undefined && range.least <= count && count <= range.greatest;
  };

test('all frames come, large and small, when none is passed over', async () => {
  const path = fileOf(frame(1, LARGE), frame(2, 10), frame(3, LARGE), frame(4, 1));
  const { came, damage, file } = await read(path);
  assert.deepEqual([came, damage, file.skippedFrames], [[[1, LARGE], [2, 10], [3, LARGE], [4, 1]], '', 0]); // prettier-ignore
});

test('frames whose zones hold nothing of what is wanted are passed over; those without zones come', async () => {
  const withoutZones = encodeBatch(packets(5, LARGE));
  const parts = [frame(1, LARGE), frame(2, 10), frame(3, LARGE), frame(1, LARGE), withoutZones];
  const { came, damage, file } = await read(fileOf(...parts), only(3));
  assert.deepEqual([came, damage], [[[2, 10], [3, LARGE], [5, LARGE]], '']); // prettier-ignore
  assert.deepEqual([file.skippedFrames, file.skippedBytes], [2, parts[0]!.length + parts[3]!.length]);
});

test('many frames are passed over and many come, in turn', async () => {
  const parts = Array.from({ length: 200 }, (_, i) => frame(i % 5, LARGE));
  const { came, file } = await read(fileOf(...parts), only(3));
  assert.deepEqual([came.length, file.skippedFrames], [40, 160]);
});

for (const [name, cut, damage] of [
  ['in a frame that is wanted', -10, 'cut'],
  ['in a header', 24 + 10, 'cut'],
] as const) {
  test(`what comes before a cut ${name} is read`, async () => {
    const [first, second, third] = [frame(1, LARGE), frame(3, LARGE), frame(3, LARGE)];
    const bytes = Buffer.concat([first, second, third]);
    const end = cut < 0 ? bytes.length + cut : first.length + second.length + cut;
    const result = await read(fileOf(bytes.subarray(0, end)), only(3));
    assert.deepEqual(result.came, [[3, LARGE]]);
    assert.equal(result.damage, `${damage} at ${first.length + second.length}`);
  });
}

test('damage is told at its place in the file', async () => {
  const [first, second] = [frame(1, LARGE), frame(3, LARGE)];
  const { came, damage } = await read(fileOf(first, second, Buffer.from('no frame at all'.repeat(9))), only(3));
  assert.deepEqual(came, [[3, LARGE]]);
  assert.equal(damage, `damaged at ${first.length + second.length}`);
});

test('a frame that is passed over by a wrong bit in its zones is not: it is damage', async () => {
  const [first, second] = [frame(1, LARGE), frame(3, LARGE)];
  first[24 + readHeader(first, 0).envelopeBytes - 20]! ^= 1;
  const { came, damage } = await read(fileOf(first, second), only(3));
  assert.deepEqual([came, damage], [[], 'damaged at 0']);
});

test('what is no frame, and what is no file, is for others', () => {
  assert.equal(FrameFile.open(fileOf(Buffer.from('something else than records')), undefined), undefined);
  assert.equal(FrameFile.open(fileOf(), undefined), undefined);
  assert.equal(FrameFile.open('/dev/null', undefined), undefined);
  assert.throws(() => FrameFile.open(join(folder, 'nothing'), undefined), { code: 'ENOENT' });
});
