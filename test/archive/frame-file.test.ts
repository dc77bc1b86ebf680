import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import fc from 'fast-check';
import { FrameFile } from '../../libs/archive/frame-file.ts';
import type { MayHold } from '../../libs/codec/zones.ts';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { unpackEnvelope } from '../../libs/codec/envelope.ts';
import { readHeader, sealFrame } from '../../libs/codec/format.ts';
import { packMessage, unpackMessage } from '../../libs/codec/msgpack.ts';
import { BatchReader, type Chunk } from '../../libs/codec/read.ts';
import { sealZones } from '../../libs/codec/zones.ts';
import type { Batch } from '../../libs/record/batch.ts';
import { STORED_FIELDS, type StoredName } from '../../libs/record/fields/stored.ts';
import { assertSameBatch, batchOf, cellsOf } from '../support/batches.ts';
import { flowBatch } from '../support/flow-batch.ts';

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
  fields?: ReadonlySet<number>,
): Promise<{ came: [number, number][]; damage: string; file: FrameFile }> {
  const file = FrameFile.open(path, { mayHold, fields })!;
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

const numbers = (...names: readonly StoredName[]): ReadonlySet<number> =>
  new Set(names.map((name) => STORED_FIELDS[name].number));

test('columns that are wanted are read alone, and are the same', async () => {
  const batches = [1, 2, 3].map((seed) => flowBatch({ rows: 3000, seed, repeats: seed === 2 }));
  const file = fileOf(...batches.map((batch) => encodeBatch(batch, { zones: true })), frame(7, 10));
  for (const fields of [numbers('spkts'), numbers('dtcpb', 'saddr', 'ackdat'), numbers('flowid', 'dport'), numbers()]) {
    const source = FrameFile.open(file, { fields })!;
    let bytes = 0;
    async function* counted(): AsyncGenerator<Chunk> {
      for await (const chunk of source.chunks()) {
        bytes += chunk instanceof Uint8Array ? chunk.length : chunk.bytesRead;
        yield chunk;
      }
    }
    const came: Batch[] = [];
    for await (const batch of new BatchReader(counted(), { fields })) came.push(batch);
    assert.equal(came.length, 4);
    for (const [i, batch] of batches.entries()) assertSameBatch(came[i]!, batch, fields);
    assert.equal(source.skippedFrames, 0);
    assert.equal(bytes + source.skippedBytes, statSync(file).size);
    assert.ok(bytes * 2 < statSync(file).size, `${bytes} bytes`);
  }
});

test('of frames read in part damage and a cut are told at their place in the file', async () => {
  const [first, second] = [frame(1, LARGE), frame(3, LARGE)];
  const fields = numbers('spkts');
  const damaged = await read(fileOf(first, second, Buffer.from('no frame at all'.repeat(9))), undefined, fields);
  assert.deepEqual([damaged.came, damaged.damage], [[[1, LARGE], [3, LARGE]], `damaged at ${first.length + second.length}`]); // prettier-ignore
  const cut = await read(fileOf(first, second.subarray(0, second.length - 1)), undefined, fields);
  assert.deepEqual([cut.came, cut.damage], [[[1, LARGE]], `cut at ${first.length}`]); // prettier-ignore
});

/** Two large frames, the first with another byte at one place of its body. */
async function readDamaged(
  batch: Batch,
  at: number,
  fields: ReadonlySet<number>,
): Promise<{ came: Batch[]; damage: string }> {
  const [first, second] = [encodeBatch(batch, { zones: true }), frame(1, LARGE)];
  first[24 + at]! ^= 1 << (at & 7);
  const file = FrameFile.open(fileOf(first, second), { fields })!;
  const reader = new BatchReader(file.chunks(), { fields });
  const came: Batch[] = [];
  for await (const one of reader) came.push(one);
  const { damage } = reader;
  return { came, damage: damage === undefined ? '' : `${damage.reason} at ${damage.offset + file.skippedBytes}` };
}

test('a damaged column is found out when it is wanted, and only then', async () => {
  const batch = flowBatch({ rows: 3000, seed: 4 });
  const bytes = encodeBatch(batch, { zones: true });
  const { envelopeBytes, bodyBytes } = readHeader(bytes, 0);
  let offset = envelopeBytes;
  for (const { field, stored } of unpackEnvelope(bytes.subarray(24, 24 + envelopeBytes)).columns) {
    if (stored > 0 && stored < bodyBytes / 4) {
      const wanted = await readDamaged(batch, offset + (stored >> 1), new Set([field]));
      assert.deepEqual([wanted.came.length, wanted.damage], [0, 'wrong checksum at 0'], `field ${field}`);
      const others = await readDamaged(batch, offset + (stored >> 1), numbers('etype'));
      assert.deepEqual([others.came.length, others.damage], [2, ''], `field ${field}`);
    }
    offset += stored;
  }
});

test('whichever byte is damaged, what comes of it is right or nothing', async () => {
  const batch = flowBatch({ rows: 2000, seed: 6, repeats: true });
  const { bodyBytes } = readHeader(encodeBatch(batch, { zones: true }), 0);
  const names = fc.subarray(['saddr', 'sport', 'dport', 'spkts', 'dbytes', 'dur', 'sttl'] as const);
  await fc.assert(
    fc.asyncProperty(fc.nat(bodyBytes - 1), names, async (at, wanted) => {
      const fields = numbers(...wanted);
      const { came, damage } = await readDamaged(batch, at, fields);
      if (damage === '') assertSameBatch(came[0]!, batch, fields);
      else assert.deepEqual([came.length, damage], [0, 'wrong checksum at 0']);
    }),
    { seed: 1, numRuns: 150 },
  );
});

/** The frame as earlier versions wrote it. */
function withoutChecksums(bytes: Uint8Array): Uint8Array {
  const { envelopeBytes, ...header } = readHeader(bytes, 0);
  const unpacked = unpackMessage(bytes.subarray(24, 24 + envelopeBytes));
  assert.ok('value' in unpacked && Array.isArray(unpacked.value));
  const envelope = packMessage(unpacked.value.toSpliced(6, 1));
  const earlier = new Uint8Array(bytes.length - envelopeBytes + envelope.length);
  earlier.set(envelope, 24);
  earlier.set(bytes.subarray(24 + envelopeBytes), 24 + envelope.length);
  sealFrame(earlier, { ...header, envelopeBytes: envelope.length }, sealZones);
  return earlier;
}

test('frames without checksums of columns are read and tested whole', async () => {
  const earlier = withoutChecksums(frame(3, LARGE));
  const whole = await read(fileOf(earlier, frame(4, LARGE)), only(3), numbers('spkts'));
  assert.deepEqual([whole.came, whole.damage, whole.file.skippedFrames], [[[3, LARGE]], '', 1]);
  earlier[earlier.length - 1]! ^= 1;
  const damaged = await read(fileOf(earlier), undefined, numbers('spkts'));
  assert.deepEqual([damaged.came, damaged.damage], [[], 'damaged at 0']);
});

test('a frame whose head is damaged is not read in part', async () => {
  const first = frame(1, LARGE);
  first[24 + readHeader(first, 0).envelopeBytes - 20]! ^= 1;
  const { came, damage } = await read(fileOf(first), undefined, numbers('spkts'));
  assert.deepEqual([came, damage], [[], 'damaged at 0']);
});

test('what is no frame, and what is no file, is for others', () => {
  assert.equal(FrameFile.open(fileOf(Buffer.from('something else than records'))), undefined);
  assert.equal(FrameFile.open(fileOf()), undefined);
  assert.equal(FrameFile.open('/dev/null'), undefined);
  assert.throws(() => FrameFile.open(join(folder, 'nothing')), { code: 'ENOENT' });
});
