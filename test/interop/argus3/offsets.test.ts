import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { ParallelArgus3Reader } from '../../../libs/interop/argus3/parallel-reader.ts';
import { Argus3Reader } from '../../../libs/interop/argus3/reader.ts';
import { RecordNumbers } from '../../../libs/interop/argus3/record-numbers.ts';
import type { Batch } from '../../../libs/record/batch.ts';
import { OFFSET } from '../../../libs/record/fields/reading.ts';
import { cellsAt } from '../../support/batches.ts';

const FOLDER = join(import.meta.dirname, '../../../../test/interop/argus3');
const RECORDS = Buffer.concat(
  ['argus3', 'argus5'].flatMap((version) =>
    readdirSync(join(FOLDER, version))
      .filter((name) => name.endsWith('.arg'))
      .map((name) => readFileSync(join(FOLDER, version, name))),
  ),
);
/** The file goes on behind so many bytes. */
const START = 5000;
const WINDOWS = { bytes: 20_000, records: 100, waits: true };

// oxlint-disable-next-line require-await -- the reader takes what comes in time
async function* input(): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < RECORDS.length; at += 3001) yield RECORDS.subarray(at, at + 3001);
}

/** By the lengths of records, but for those that are filler. */
function beginnings(): number[] {
  const found: number[] = [];
  for (let at = 0; at < RECORDS.length;) {
    const bytes = RECORDS.readUInt16BE(at + 2) * 4;
    if (bytes > 0) found.push(START + at);
    at += Math.max(bytes, 4);
  }
  return found;
}

const numbers = new RecordNumbers();
const ALL = {
  fields: new Set([OFFSET]),
  select: ({ rows }: Batch) => Uint32Array.from({ length: rows }, (_, row) => row),
};
const common = { numbers, offsets: true, start: START };

test('each record says where it begins in its file, however it is read', async () => {
  const readers = {
    'bit by bit': new Argus3Reader(input(), common),
    'in windows': new Argus3Reader(input(), { ...common, waits: true, windows: WINDOWS }),
    'some fields': new Argus3Reader(input(), { ...common, fields: new Set([OFFSET]) }),
    'after a glimpse': new Argus3Reader(input(), { ...common, waits: true, peek: ALL }),
    'by threads': new ParallelArgus3Reader(input(), { ...common, threads: 2, windows: WINDOWS }),
  };
  for (const [how, reader] of Object.entries(readers)) {
    const offsets: unknown[] = [];
    for await (const batch of reader) offsets.push(...cellsAt(batch, OFFSET));
    assert.deepEqual(offsets.map(Number).sort((a, b) => a - b), beginnings(), how); // prettier-ignore
  }
});

test('nothing says where it begins where nobody asks', async () => {
  for await (const { columns } of new Argus3Reader(input(), { numbers })) assert.equal(columns[OFFSET], undefined);
});
