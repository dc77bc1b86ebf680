import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import test from 'node:test';
import { OutputThreads } from '../../../libs/cli/output/output-threads.ts';
import { Output } from '../../../libs/cli/output.ts';
import { RecordFileSink } from '../../../libs/cli/output/record-file-sink.ts';
import { parseWriteTarget } from '../../../libs/cli/write-target.ts';
import { encodeBatch } from '../../../libs/codec/encode.ts';
import type { Batch } from '../../../libs/record/batch.ts';
import { batchOf } from '../../support/batches.ts';

const ROWS = 3000;

/** Large enough not to share a frame: their record numbers do not follow each other. */
const batch = (i: number): Batch =>
  batchOf(ROWS, { spkts: Array.from({ length: ROWS }, (_, row) => (i * row) % 997) }, { first: 2 * ROWS * i });

const open = (path: string): Promise<RecordFileSink> =>
  RecordFileSink.open(parseWriteTarget(path), new Output(new PassThrough()));

test('a file that threads encode holds what it would hold without them', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'output-threads-'));
  t.after(() => rm(folder, { recursive: true }));
  const [alone, threaded] = [join(folder, 'alone'), join(folder, 'threaded')];
  const [first, second] = [await open(alone), await open(threaded)];
  for (let i = 0; i < 50; i++) await first.pushAhead(batch(i), undefined, ROWS);
  for (let i = 0; i < 50; i++) await second.give(batch(i), 2);
  await first.end();
  await second.end();
  assert.deepEqual(await readFile(threaded), await readFile(alone));
});

test('a full disk is said, and threads end', async () => {
  const sink = await open('/dev/full');
  const writing = async (): Promise<void> => {
    for (let i = 0; i < 100; i++) await sink.give(batch(i), 2);
    await sink.end();
  };
  await assert.rejects(writing(), { message: 'cannot write /dev/full: no space left' });
  await assert.rejects(sink.end(), { message: 'cannot write /dev/full: no space left' });
});

test('bytes come in the order of the batches, whichever thread is ready first', async () => {
  const frames: Uint8Array[] = [];
  const threads = new OutputThreads({ kind: 'encode' }, 3, (frame) => void frames.push(frame));
  for (let i = 0; i < 60; i++) await threads.push(batch(i));
  await threads.drain();
  await threads.close();
  assert.deepEqual(
    frames.map((frame) => Buffer.from(frame)),
    Array.from({ length: 60 }, (_, i) => Buffer.from(encodeBatch(batch(i), { zones: true }))),
  );
});

test('what goes wrong where bytes are taken is told to whoever goes on', async () => {
  const threads = new OutputThreads({ kind: 'encode' }, 2, () => Promise.reject(new Error('nobody reads')));
  await threads.push(batch(1));
  await assert.rejects(threads.drain(), /nobody reads/);
  assert.throws(() => threads.push(batch(2)), /nobody reads/);
  await threads.close();
});
