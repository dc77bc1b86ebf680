import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import test from 'node:test';
import { Output } from '../../libs/cli/output.ts';
import { encodeBatch } from '../../libs/codec/encode.ts';
import type { SuiteError } from '../../libs/core/errors.ts';
import { RecordFileSink } from '../../libs/cli/output/record-file-sink.ts';
import { absoluteTarget, parseWriteTarget } from '../../libs/cli/write-target.ts';
import { MANAGEMENT_BYTES } from '../../libs/interop/argus3/format.ts';
import { looksLikeArgus3 } from '../../libs/interop/argus3/recognise.ts';
import { Argus3Reader } from '../../libs/interop/argus3/reader.ts';
import { RecordNumbers } from '../../libs/interop/argus3/record-numbers.ts';
import { FLOW_BATCH, type Batch } from '../../libs/record/batch.ts';
import { batchOf, cellsOf } from '../support/batches.ts';

const ORIGIN = { source: '192.0.2.7', run: 1_700_000_000_000_000 };
const packets = (...spkts: number[]): Batch => batchOf(spkts.length, { spkts }, { origin: ORIGIN });
const target = (path: string): string => `argus3:${path}`;

interface Said {
  readonly warned: string[];
  readonly told: string[];
}

async function open(path: string, said: Said = { warned: [], told: [] }): Promise<RecordFileSink> {
  return RecordFileSink.open(parseWriteTarget(target(path)), new Output(new PassThrough()), {
    warn: (message) => said.warned.push(message),
    info: (message) => said.told.push(message),
  });
}

async function write(path: string, ...batches: Batch[]): Promise<Said> {
  const said = { warned: [], told: [] };
  const sink = await open(path, said);
  for (const batch of batches) await sink.push(batch, undefined, batch.rows);
  await sink.end();
  return said;
}

async function packetsOf(path: string): Promise<unknown[]> {
  const bytes = await readFile(path);
  assert.ok(looksLikeArgus3(bytes), 'it begins with a start record');
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  const found: unknown[] = [];
  for await (const batch of new Argus3Reader(chunks(), { numbers: new RecordNumbers() })) {
    if (batch.kind === FLOW_BATCH) found.push(...cellsOf(batch, 'spkts'));
  }
  return found;
}

async function folder(t: test.TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'argus3-files-'));
  t.after(() => rm(path, { recursive: true }));
  return path;
}

test('what -w names: our format, that of Argus 3, standard output', () => {
  assert.deepEqual(parseWriteTarget('records'), { format: 'own', path: 'records' });
  assert.deepEqual(parseWriteTarget('argus3:records'), { format: 'argus3', path: 'records' });
  assert.deepEqual(parseWriteTarget('./argus3:records'), { format: 'own', path: './argus3:records' });
  assert.deepEqual(absoluteTarget(parseWriteTarget('argus3:-')), { format: 'argus3', path: '-' });
  assert.deepEqual(absoluteTarget(parseWriteTarget('argus3:/a/../b')), { format: 'argus3', path: '/b' });
});

test('records are appended to what a file holds', async (t) => {
  const path = join(await folder(t), 'records');
  await write(path, packets(1, 2), packets(3));
  await write(path, packets(4));
  assert.deepEqual(await packetsOf(path), [1, 2, 3, 4]);
});

test('a file without records holds what tells readers that it has none', async (t) => {
  const path = join(await folder(t), 'records');
  await write(path);
  assert.deepEqual(await packetsOf(path), []);
  assert.equal((await stat(path)).size, MANAGEMENT_BYTES);
});

test('a record that a crash cut is taken away, and said, before records are appended', async (t) => {
  const path = join(await folder(t), 'records');
  await write(path, packets(1, 2));
  const { size } = await stat(path);
  for (const left of ['1310', '1310000a', '1310ffff00']) {
    await appendFile(path, left, 'hex');
    const { warned } = await write(path, packets(3));
    assert.match(warned.join(), new RegExp(`${left.length / 2} bytes were removed at byte ${size}`));
    assert.deepEqual(await packetsOf(path), [1, 2, 3]);
    await rm(path);
    await write(path, packets(1, 2));
  }
});

test('records of the other format are not mixed in', async (t) => {
  const path = join(await folder(t), 'records');
  await writeFile(path, 'Dear diary');
  await assert.rejects(write(path, packets(1)), /does not hold records of Argus 3; nothing was written/);
  assert.equal(await readFile(path, 'utf8'), 'Dear diary');
  await writeFile(path, encodeBatch(packets(1)));
  await assert.rejects(write(path, packets(1)), (error) => {
    assert.match(String(error), /holds flow records in our own format; nothing was written/);
    assert.equal((error as SuiteError).hint, `Name another file, or go on in it with -w ${path}.`);
    return true;
  });
});

test('a file that takes the place of one moved away begins as files do', async (t) => {
  const path = join(await folder(t), 'records');
  const sink = await open(path);
  await sink.push(packets(1), undefined, 1);
  await rename(path, `${path}.old`);
  await sink.reopen(path);
  await sink.push(packets(2), undefined, 1);
  await sink.end();
  assert.deepEqual([await packetsOf(`${path}.old`), await packetsOf(path)], [[1], [2]]);
});

test('what has no place in the format is named and counted', async (t) => {
  const path = join(await folder(t), 'records');
  const { told } = await write(path, batchOf(3, { spkts: [1, 2, 3], smss: [1460, 1460, undefined], dnsid: [7, undefined, 0] })); // prettier-ignore
  assert.deepEqual(told, [`${path}: no place in this format for 1 dnsid, 2 smss`]);
});
