import assert from 'node:assert/strict';
import test from 'node:test';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { HEADER_BYTES, readHeader, sealFrame } from '../../libs/codec/format.ts';
import { UnsupportedVersionError } from '../../libs/codec/problem.ts';
import { BatchReader } from '../../libs/codec/read.ts';
import type { Batch } from '../../libs/record/batch.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import { batchOf, cellsOf } from '../support/batches.ts';

const FRAMES = [1, 2, 3].map((time) => encodeBatch(batchOf(1, { stime: [time], sport: [80] })));

async function* stream(...chunks: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function readAll(reader: BatchReader): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of reader) batches.push(batch);
  return batches;
}

test('batches come in their order', async () => {
  const reader = new BatchReader(stream(Buffer.concat(FRAMES)));
  const batches = await readAll(reader);
  assert.deepEqual(batches.map((batch) => cellsOf(batch, 'stime')), [[1], [2], [3]]); // prettier-ignore
  assert.equal(reader.damage, undefined);
});

test('an empty stream has no batches and no damage', async () => {
  const reader = new BatchReader(stream());
  assert.deepEqual([await readAll(reader), reader.damage], [[], undefined]);
});

test('a stream that is cut yields what is whole and says where the rest began', async () => {
  const bytes = Buffer.concat(FRAMES);
  const reader = new BatchReader(stream(bytes.subarray(0, bytes.length - 1)));
  assert.equal((await readAll(reader)).length, 2);
  assert.deepEqual(reader.damage, { kind: 'cut', offset: 2 * FRAMES[0]!.length, reason: 'ends within a frame' });
});

test('a whole frame that cannot be decoded is counted and passed over', async () => {
  const bad = FRAMES[0]!.slice();
  sealFrame(bad, { ...readHeader(bad, 0), kind: 99 });
  const reader = new BatchReader(stream(bad, FRAMES[1]!, bad));
  assert.equal((await readAll(reader)).length, 1);
  assert.deepEqual([...reader.problems], [['frame: unknown kind', 2]]);
  assert.equal(reader.damage, undefined);
});

test('a later major version is refused with words for the reader of them', async () => {
  const later = Buffer.concat([FRAMES[0]!, FRAMES[1]!]);
  later[FRAMES[0]!.length + 4] = 3;
  const reader = new BatchReader(stream(later), { where: 'new.pan' });
  const times: unknown[] = [];
  await assert.rejects(
    async () => {
      for await (const batch of reader) times.push(...cellsOf(batch, 'stime'));
    },
    (error: unknown) => {
      assert.ok(error instanceof UnsupportedVersionError);
      assert.match(error.message, /new\.pan.*version 3.*version 1/);
      assert.notEqual(error.hint, '');
      return true;
    },
  );
  assert.deepEqual(times, [1]);
});

test('only the fields asked for are in the batches', async () => {
  const [batch] = await readAll(new BatchReader(stream(FRAMES[0]!), { fields: new Set([STORED_FIELDS.sport.number]) }));
  assert.ok(batch !== undefined);
  assert.deepEqual([cellsOf(batch, 'sport'), cellsOf(batch, 'stime')], [[80], [undefined]]);
});

test('batches stay as they are when the source reuses its buffer', async () => {
  const shared = new Uint8Array(Math.max(...FRAMES.map((frame) => frame.length)));
  async function* reusing(): AsyncGenerator<Uint8Array> {
    for (const frame of FRAMES) {
      shared.fill(0);
      shared.set(frame);
      yield shared.subarray(0, frame.length);
    }
  }
  const batches = await readAll(new BatchReader(reusing()));
  assert.deepEqual(batches.map((batch) => cellsOf(batch, 'stime')), [[1], [2], [3]]); // prettier-ignore
});

test('errors of the source pass through', async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield FRAMES[0]!.subarray(0, HEADER_BYTES);
    throw new Error('disk gone');
  }
  await assert.rejects(readAll(new BatchReader(failing())), /disk gone/);
});

test('of batches that are not wanted no more is decoded than what tells so', async () => {
  const { sport, stime } = STORED_FIELDS;
  const frames = [80, 80, 22, 22, 80].map((port) => encodeBatch(batchOf(1, { stime: [1], sport: [port] })));
  const isWanted = (batch: Batch): boolean => cellsOf(batch, 'sport')[0] === 22;
  const options = { peek: { fields: new Set([sport.number]), isWanted } };
  const batches = await readAll(new BatchReader(stream(Buffer.concat(frames)), options));
  assert.deepEqual(batches.map((batch) => cellsOf(batch, 'sport')), [[80], [80], [22], [22], [80]]); // prettier-ignore
  assert.deepEqual(batches.filter(isWanted).map((batch) => cellsOf(batch, 'stime')), [[1], [1]]); // prettier-ignore
  assert.equal(batches[1]?.columns[stime.number], undefined);
});
