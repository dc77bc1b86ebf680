import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { LARGE_WINDOWS, Argus3Reader } from '../../../libs/interop/argus3/reader.ts';
import { ParallelArgus3Reader } from '../../../libs/interop/argus3/parallel-reader.ts';
import { RecordNumbers } from '../../../libs/interop/argus3/record-numbers.ts';
import type { Batch } from '../../../libs/record/batch.ts';
import { Random } from '../../../libs/synthetic/random.ts';

const FILE = join(import.meta.dirname, '../../../../test/interop/argus3/argus3/06-udp-dns.arg');
const RECORDS = Buffer.concat(new Array<Buffer>(40).fill(readFileSync(FILE)));

/** Where each record begins, and the end. */
const STARTS: readonly number[] = (() => {
  const starts = [0];
  for (let at = 0; at < RECORDS.length;) starts.push((at += RECORDS.readUInt16BE(at + 2) * 4));
  return starts;
})();
const MIDDLE = STARTS.length >> 1;

function junk(bytes: number, seed: number): Buffer {
  const random = new Random(seed);
  const some = Buffer.from(Array.from({ length: bytes }, () => random.between(0, 255)));
  some[0] = 0xf3;
  return some;
}

const takesAll = {
  fields: new Set<number>(),
  select: (batch: Batch) => Uint32Array.from({ length: batch.rows }, (_, row) => row),
};

interface Input {
  readonly file: Uint8Array;
  /** What is thrown behind the last byte. */
  readonly failure?: Error;
}

async function* pieces({ file, failure }: Input, bytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length; at += bytes) yield file.subarray(at, at + bytes);
  if (failure !== undefined) throw failure;
}

const READERS = {
  'bit by bit': (input: Input) => new Argus3Reader(pieces(input, 700), { numbers: new RecordNumbers() }),
  'as it lies': (input: Input) =>
    new Argus3Reader(pieces(input, 5000), { numbers: new RecordNumbers(), waits: true, peek: takesAll }),
  'all at once': (input: Input) =>
    new Argus3Reader(pieces(input, input.file.length), { numbers: new RecordNumbers(), waits: true }),
  'in threads': (input: Input) =>
    new ParallelArgus3Reader(pieces(input, 5000), {
      numbers: new RecordNumbers(),
      threads: 2,
      windows: { ...LARGE_WINDOWS, bytes: 4096 },
    }),
} as const;

for (const [how, open] of Object.entries(READERS)) {
  const records = async (file: Uint8Array): Promise<{ count: number; damagedAt: number | undefined }> => {
    const reader = open({ file });
    let count = 0;
    for await (const batch of reader) count += batch.rows;
    return { count, damagedAt: reader.damagedAt };
  };

  test(`reading ${how} stops where no record begins`, async () => {
    assert.deepEqual(await records(RECORDS), { count: STARTS.length - 1, damagedAt: undefined });
    const at = STARTS[MIDDLE]!;
    for (const seed of [1, 2, 3]) {
      const damaged = Buffer.concat([RECORDS.subarray(0, at), junk(3000, seed), RECORDS.subarray(at)]);
      assert.deepEqual(await records(damaged), { count: MIDDLE, damagedAt: at });
    }
  });

  test(`reading ${how} passes over filler, and stops behind what was overwritten with zeros`, async () => {
    const at = STARTS[MIDDLE]!;
    const filled = Buffer.concat([RECORDS.subarray(0, at), Buffer.alloc(400), RECORDS.subarray(at)]);
    assert.deepEqual(await records(filled), { count: STARTS.length - 1, damagedAt: undefined });
    const end = STARTS[MIDDLE + 3]! + 20;
    const damaged = Buffer.from(RECORDS).fill(0, at, end);
    const found = await records(damaged);
    assert.equal(found.count, MIDDLE);
    assert.ok(found.damagedAt !== undefined && found.damagedAt >= end && found.damagedAt < end + 16);
  });

  test(`reading ${how} stops where frames of ours begin, which are not records of Argus`, async () => {
    const joined = Buffer.concat([RECORDS, Buffer.from('PANO'), junk(100_000, 1)]);
    assert.deepEqual(await records(joined), { count: STARTS.length - 1, damagedAt: RECORDS.length });
  });

  test(`reading ${how} gives what came before the input failed, and throws that`, async () => {
    const failure = new Error('the disk is gone');
    const reader = open({ file: RECORDS.subarray(0, -10), failure });
    let count = 0;
    const reading = async (): Promise<void> => {
      for await (const batch of reader) count += batch.rows;
    };
    await assert.rejects(reading, failure);
    assert.equal(count, STARTS.length - 2);
  });
}
