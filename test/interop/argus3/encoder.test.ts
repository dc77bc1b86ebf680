import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Argus3Encoder } from '../../../libs/interop/argus3/encoder.ts';
import { Argus3Reader } from '../../../libs/interop/argus3/reader.ts';
import { RecordNumbers } from '../../../libs/interop/argus3/record-numbers.ts';
import { FLOW_BATCH, type Batch } from '../../../libs/record/batch.ts';
import type { Value } from '../../../libs/record/fields/field.ts';
import { STORED_FIELDS, type StoredName } from '../../../libs/record/fields/stored.ts';
import { reader } from '../../../libs/record/row.ts';

const FOLDER = join(import.meta.dirname, '../../../../test/interop/argus3');
const NAMES = Object.keys(STORED_FIELDS) as StoredName[];
const READERS = NAMES.map((name) => [name, reader(name)] as const);

async function decode(bytes: Uint8Array): Promise<Batch[]> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(bytes);
  }
  const batches: Batch[] = [];
  for await (const batch of new Argus3Reader(chunks(), { numbers: new RecordNumbers() })) batches.push(batch);
  return batches;
}

function encode(batches: readonly Batch[], encoder: Argus3Encoder): Uint8Array {
  return Buffer.concat(batches.map((batch) => encoder.encode(batch)));
}

type Row = Readonly<Record<string, Value>>;

function rowsOf(batches: readonly Batch[]): Row[] {
  return batches.flatMap((batch) =>
    Array.from({ length: batch.rows }, (_, row) => ({
      kind: batch.kind,
      source: batch.origin.source,
      run: batch.origin.run,
      ...Object.fromEntries(
        READERS.flatMap(([name, read]) => {
          const value = read(batch, row);
          return value === undefined ? [] : [[name, value]];
        }),
      ),
    })),
  );
}

/** Sums of the times between packets, which the format holds as single-precision mean and deviation. */
const IS_ROUNDED = /^[sd](act|idl)(sum|sq)$/;

function assertSame(actual: Row, expected: Row, where: string): void {
  for (const name of new Set([...Object.keys(actual), ...Object.keys(expected)])) {
    const [a, b] = [actual[name], expected[name]];
    if (IS_ROUNDED.test(name) && typeof a === 'number' && typeof b === 'number')
      assert.ok(Math.abs(a - b) <= 1e-5 * b, `${where}: ${name} ${a} ${b}`);
    else assert.deepEqual(a, b, `${where}: ${name}`);
  }
}

for (const name of readdirSync(join(FOLDER, 'argus3')).filter((each) => each.endsWith('.arg'))) {
  test(`${name}: what was read and written again reads the same`, async () => {
    const once = await decode(readFileSync(join(FOLDER, 'argus3', name)));
    const encoder = new Argus3Encoder();
    const twice = await decode(encode(once, encoder));
    const [expected, actual] = [rowsOf(once), rowsOf(twice)];
    assert.equal(actual.length, expected.length);
    assert.ok(expected.some(({ kind }) => kind === FLOW_BATCH));
    expected.forEach((row, i) => assertSame(actual[i]!, row, `record ${i}`));
    assert.deepEqual(
      [...encoder.leftOut].filter(([what]) => what !== 'mversion'),
      [],
    );
  });
}
