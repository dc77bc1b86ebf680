import assert from 'node:assert/strict';
import { once } from 'node:events';
import { appendFile, mkdtemp, open, readFile, rm, stat, truncate, watch, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import test from 'node:test';
import { FrameIndex } from '../../../libs/archive/frame-index.ts';
import { Output } from '../../../libs/cli/output.ts';
import { RecordFileSink } from '../../../libs/cli/output/record-file-sink.ts';
import { parseWriteTarget } from '../../../libs/cli/write-target.ts';
import { tailOf } from '../../../libs/cli/output/record-file-tail.ts';
import { encodeBatch } from '../../../libs/codec/encode.ts';
import { BatchReader } from '../../../libs/codec/read.ts';
import { SuiteError } from '../../../libs/core/errors.ts';
import type { Batch } from '../../../libs/record/batch.ts';
import { batchOf, cellsOf } from '../../support/batches.ts';

const packets = (...spkts: number[]): Batch => batchOf(spkts.length, { spkts });
const stdout = (): Output => new Output(new PassThrough());

async function folder(t: test.TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'record-file-'));
  t.after(() => rm(path, { recursive: true }));
  return path;
}

async function write(path: string, ...batches: Batch[]): Promise<string[]> {
  const warnings: string[] = [];
  const sink = await RecordFileSink.open(parseWriteTarget(path), stdout(), {
    warn: (message) => warnings.push(message),
    info: () => undefined,
  });
  for (const batch of batches) await sink.push(batch, undefined, batch.rows);
  await sink.end();
  return warnings;
}

async function packetsIn(chunks: AsyncIterable<Uint8Array>): Promise<unknown[]> {
  const found: unknown[] = [];
  const reader = new BatchReader(chunks);
  for await (const batch of reader) found.push(...cellsOf(batch, 'spkts'));
  assert.equal(reader.damage, undefined);
  return found;
}

async function* chunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const packetsOf = async (path: string): Promise<unknown[]> => packetsIn(chunk(await readFile(path)));

test('records are appended to what a file holds', async (t) => {
  const path = join(await folder(t), 'records');
  await write(path, packets(1, 2), packets(3));
  await write(path, packets(4));
  assert.deepEqual(await packetsOf(path), [1, 2, 3, 4]);
});

test('a file of many frames ends with an index of those that were written last', async (t) => {
  const path = join(await folder(t), 'records');
  const probes = Array.from({ length: 70 }, (_, i) =>
    batchOf(1, { spkts: [i] }, { origin: { source: `p${i}`, run: i } }),
  );
  await write(path, ...probes);
  for (const batches of [probes, []]) {
    await using file = await open(path);
    const { size } = await file.stat();
    assert.ok(FrameIndex.of(file.fd, size) !== undefined);
    await write(path, ...batches);
  }
  const numbers = probes.map((_, i) => i);
  assert.deepEqual(await packetsOf(path), [...numbers, ...numbers]);
});

test('the memory of batches that are not gathered any more may be used for something else', async (t) => {
  const path = join(await folder(t), 'records');
  const sink = await RecordFileSink.open(parseWriteTarget(path), stdout());
  const pushed: Batch[] = [];
  let [written, first] = [0, 0];
  for (const rows of [1, 300, 7000, 9000, 384, 16_384, 2, 5]) {
    const batch = batchOf(rows, { spkts: Array.from({ length: rows }, (_, row) => first + row) }, { first });
    first += rows;
    await sink.push(batch, undefined, rows);
    pushed.push(batch);
    for (; written < pushed.length - sink.gathering; written++) new Uint8Array(pushed[written]!.buffer).fill(0xff);
  }
  assert.deepEqual([written, sink.gathering], [6, 2]);
  await sink.end();
  assert.deepEqual(await packetsOf(path), [...Array(first).keys()]);
});

test('only the chosen rows are written', async (t) => {
  const path = join(await folder(t), 'records');
  const sink = await RecordFileSink.open(parseWriteTarget(path), stdout());
  await sink.push(packets(1, 2, 3, 4), Uint32Array.of(1, 3, 0), 2);
  await sink.end();
  assert.deepEqual(await packetsOf(path), [2, 4]);
});

test('small batches whose record numbers follow each other share a frame', async (t) => {
  const path = join(await folder(t), 'records');
  const batches = Array.from({ length: 100 }, (_, first) => batchOf(1, { spkts: [first] }, { first }));
  await write(path, ...batches);
  let read = 0;
  for await (const batch of new BatchReader(chunk(await readFile(path)))) read += batch.rows === 100 ? 1 : 100;
  assert.equal(read, 1);
});

test('records reach the file while nothing more comes', async (t) => {
  const path = join(await folder(t), 'records');
  const sink = await RecordFileSink.open(parseWriteTarget(path), stdout());
  const watcher = watch(path)[Symbol.asyncIterator]();
  const written = watcher.next();
  await sink.push(packets(1), undefined, 1);
  await written;
  assert.deepEqual(await packetsOf(path), [1]);
  await watcher.return?.();
  await sink.end();
});

test("'-' streams to standard output before the end", async () => {
  const stream = new PassThrough();
  const sink = await RecordFileSink.open(parseWriteTarget('-'), new Output(stream));
  await sink.push(packets(1, 2), undefined, 2);
  if (stream.readableLength === 0) await once(stream, 'readable');
  await sink.end();
});

test('a frame that a crash cut is taken away, and said, before records are appended', async (t) => {
  const path = join(await folder(t), 'records');
  await write(path, packets(1, 2));
  const { size } = await stat(path);
  const frame = encodeBatch(packets(3, 4));
  for (const left of [1, 20, 24, frame.length - 1]) {
    await appendFile(path, frame.subarray(0, left));
    const warnings = await write(path);
    assert.match(warnings.join(), new RegExp(`${left} bytes were removed at byte ${size}`));
    assert.equal((await stat(path)).size, size);
  }
  assert.deepEqual(await write(path, packets(5)), []);
  assert.deepEqual(await packetsOf(path), [1, 2, 5]);
});

test('a file of something else is left alone', async (t) => {
  const path = join(await folder(t), 'notes');
  await writeFile(path, 'Dear diary');
  await assert.rejects(write(path), (error) => error instanceof SuiteError && /does not hold flow/.test(error.message));
  assert.equal(await readFile(path, 'utf8'), 'Dear diary');

  const damaged = join(await folder(t), 'damaged');
  await write(damaged, packets(1));
  const { size } = await stat(damaged);
  await appendFile(damaged, 'rubbish');
  await assert.rejects(write(damaged), new RegExp(`is damaged at byte ${size}; nothing was written`));
});

test('a file that cannot be written is named with the reason', async (t) => {
  const root = await folder(t);
  await assert.rejects(write(join(root, 'none', 'records')), /cannot write .*none\/records: no such file or folder/);
  await assert.rejects(write(root), /it is a folder/);
});

test('the tail of a file of many frames is found', async (t) => {
  const path = join(await folder(t), 'records');
  const frames = Array.from({ length: 2000 }, (_, i) => encodeBatch(packets(i)));
  await writeFile(path, Buffer.concat(frames));
  await using file = await open(path);
  assert.deepEqual(tailOf(file.fd), { kind: 'whole' });
  const lastFrame = frames.slice(0, -1).reduce((bytes, frame) => bytes + frame.length, 0);
  await truncate(path, lastFrame + 5);
  assert.deepEqual(tailOf(file.fd), { kind: 'cut', offset: lastFrame });
});

test('what is pushed ahead is written in its order, and counted', async (t) => {
  const path = join(await folder(t), 'records');
  const sink = await RecordFileSink.open(parseWriteTarget(path), stdout());
  const runs = Array.from({ length: 300 }, (_, i) => i);
  for (const run of runs) {
    const batch = packets(run);
    void sink.pushAhead({ ...batch, origin: { source: '0.0.0.0', run } }, undefined, 1);
  }
  assert.ok(sink.unwritten > 0);
  await sink.end();
  assert.equal(sink.unwritten, 0);
  assert.deepEqual(await packetsOf(path), runs);
});

test('records are not written to a terminal, which they would put into disorder', async () => {
  const terminal = new Output(Object.assign(new PassThrough(), { isTTY: true }));
  await assert.rejects(RecordFileSink.open(parseWriteTarget('-'), terminal), {
    name: 'UsageError',
    message: /not written to a terminal/,
  });
});
