import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { encodeBatch } from '../../../libs/codec/encode.ts';
import { ParallelArgus3Reader, type ParallelOptions } from '../../../libs/interop/argus3/parallel-reader.ts';
import { Argus3Reader } from '../../../libs/interop/argus3/reader.ts';
import { RecordNumbers } from '../../../libs/interop/argus3/record-numbers.ts';
import { FLOW_BATCH, type Batch } from '../../../libs/record/batch.ts';
import { ReturnedMemory } from '../../../libs/record/returned-memory.ts';

const FOLDER = join(import.meta.dirname, '../../../../test/interop/argus3');
/** Records of many probes, whose runs begin again and again, with half a record at the end. */
const RECORDS = Buffer.concat([
  ...['argus3', 'argus5'].flatMap((version) =>
    readdirSync(join(FOLDER, version))
      .filter((name) => name.endsWith('.arg'))
      .sort()
      .flatMap((name) => new Array<Buffer>(2).fill(readFileSync(join(FOLDER, version, name)))),
  ),
  Buffer.from('10200040', 'hex'),
]);
const WINDOWS = { bytes: 20_000, records: 100, waits: true };

// oxlint-disable-next-line require-await -- the reader takes what comes in time
async function* input(): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < RECORDS.length; at += 40_000) yield RECORDS.subarray(at, at + 40_000);
}

function several(threads: number, options: Partial<ParallelOptions> = {}): ParallelArgus3Reader {
  return new ParallelArgus3Reader(input(), { numbers: new RecordNumbers(), threads, windows: WINDOWS, ...options });
}

/** All that a reader gives, and says at the end. */
async function all(reader: Argus3Reader | ParallelArgus3Reader): Promise<object> {
  const frames: string[] = [];
  for await (const batch of reader) frames.push(Buffer.from(encodeBatch(batch)).toString('base64'));
  return { frames, pending: reader.pending, leftOut: [...reader.leftOut] };
}

test('records are the same to the byte, however many threads read them', async () => {
  for (const options of [{}, { offsets: true, start: 7 }, { management: false, fields: new Set([1, 2, 3, 4, 5]) }]) {
    const alone = await all(new Argus3Reader(input(), { numbers: new RecordNumbers(), windows: WINDOWS, ...options }));
    assert.deepEqual(await all(several(1, options)), alone);
    assert.deepEqual(await all(several(3, options)), alone);
  }
});

test('records are the same where memory is used again, however long each batch is looked at', async () => {
  const alone = await all(new Argus3Reader(input(), { numbers: new RecordNumbers(), windows: WINDOWS }));
  for (const held of [0, 5, Infinity]) {
    const returned = new ReturnedMemory();
    const reader = several(2, { returned });
    const waiting: Batch[] = [];
    const frames: string[] = [];
    const done = (batch: Batch): void => {
      frames.push(Buffer.from(encodeBatch(batch)).toString('base64'));
      returned.give(batch, 0);
    };
    for await (const batch of reader) {
      if (batch.kind === FLOW_BATCH) assert.ok(batch.buffer instanceof SharedArrayBuffer);
      waiting.push(batch);
      if (waiting.length > held) done(waiting.shift()!);
    }
    waiting.forEach(done);
    assert.deepEqual({ frames, pending: reader.pending, leftOut: [...reader.leftOut] }, alone);
  }
});

test('who has read enough may stop', async () => {
  let rows = 0;
  for await (const batch of several(2)) {
    rows += batch.rows;
    if (rows > 500) break;
  }
  assert.ok(rows > 500);
});

test('what is wrong with the input is said, after what was before it', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield* input();
    throw new Error('the disk is gone');
  }
  const reader = new ParallelArgus3Reader(broken(), { numbers: new RecordNumbers(), threads: 2, windows: WINDOWS });
  let rows = 0;
  await assert.rejects(async () => {
    for await (const batch of reader) rows += batch.rows;
  }, /the disk is gone/);
  assert.ok(rows > 0);
});

test('a thread that dies is an error', async () => {
  const fields = 5 as unknown as ReadonlySet<number>; // nothing that a thread could go on with
  await assert.rejects(all(several(2, { fields })), TypeError);
});
