import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { compileFilter } from '../../../libs/filter/compile.ts';
import { Argus3Reader, type Argus3Options } from '../../../libs/interop/argus3/reader.ts';
import { RecordNumbers } from '../../../libs/interop/argus3/record-numbers.ts';
import { BATCH_ROWS_MAX, FLOW_BATCH, MANAGEMENT_BATCH, type Batch } from '../../../libs/record/batch.ts';
import { SAME_FILTERS } from './filters.ts';
import { selectedKeys } from './selected.ts';

const FOLDER = join(import.meta.dirname, '../../../../test/interop/argus3');
/** Records of many probes, many times over, so that glances are long, and of all kinds. */
const RECORDS = Buffer.concat(
  ['argus3', 'argus5'].flatMap((version) =>
    readdirSync(join(FOLDER, version))
      .filter((name) => name.endsWith('.arg'))
      .sort()
      .flatMap((name) => new Array<Buffer>(2).fill(readFileSync(join(FOLDER, version, name)))),
  ),
);

// oxlint-disable-next-line require-await -- the reader takes what comes in time
async function* input(bytes = 40_000): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < RECORDS.length; at += bytes) yield RECORDS.subarray(at, at + bytes);
}

async function read(options: Omit<Argus3Options, 'numbers'>): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of new Argus3Reader(input(), { numbers: new RecordNumbers(), ...options }))
    batches.push(batch);
  return batches;
}

const flows = (batches: readonly Batch[]): Batch[] => batches.filter(({ kind }) => kind === FLOW_BATCH);
const covered = (batches: readonly Batch[]): number => batches.reduce((sum, { covers }) => sum + covers, 0);

test('records that a filter wants are the same, whether others are read or not', async () => {
  const all = flows(await read({}));
  const rows = new Uint32Array(BATCH_ROWS_MAX);
  for (const [i, filter] of SAME_FILTERS.entries()) {
    const { fields, select } = compileFilter(filter);
    const peek = {
      fields,
      select: (batch: Batch) => {
        for (let row = 0; row < batch.rows; row++) rows[row] = row;
        return rows.subarray(0, select(batch, rows, batch.rows));
      },
    };
    const some = flows(await read({ peek, management: i % 2 === 0, waits: i % 3 === 0 }));
    assert.deepEqual(selectedKeys(some, filter), selectedKeys(all, filter), filter);
    assert.equal(covered(some), covered(all), filter);
  }
});

test('records are the same, wherever the chunks of a file are cut', async () => {
  const wanted = 'src pkts gt 1 and not port 53';
  const { fields, select } = compileFilter(wanted);
  const rows = new Uint32Array(BATCH_ROWS_MAX);
  const peek = {
    fields,
    select: (batch: Batch) => {
      for (let row = 0; row < batch.rows; row++) rows[row] = row;
      return rows.subarray(0, select(batch, rows, batch.rows));
    },
  };
  const all = selectedKeys(flows(await read({})), wanted);
  for (const bytes of [3, 4, 1001, RECORDS.length]) {
    const reader = new Argus3Reader(input(bytes), { numbers: new RecordNumbers(), waits: true, peek });
    const batches: Batch[] = [];
    for await (const batch of reader) batches.push(batch);
    assert.deepEqual(selectedKeys(flows(batches), wanted), all, `${bytes} bytes`);
    assert.equal(reader.pending, 0);
  }
});

test('record numbers follow each other, whatever is left out', async () => {
  const none = { fields: new Set<number>(), select: () => new Uint32Array(0) };
  for (const options of [{}, { peek: none }, { waits: true }, { peek: none, waits: true }]) {
    const next = new Map<string, number>();
    for (const { origin, first, covers } of await read(options)) {
      const key = `${origin.source} ${origin.run}`;
      assert.equal(first, next.get(key) ?? 0);
      next.set(key, first + covers);
    }
  }
});

test('management records come where they stand, or not at all', async () => {
  const all = await read({ waits: true });
  assert.equal(all[0]?.kind, MANAGEMENT_BATCH);
  const without = await read({ management: false });
  assert.deepEqual(without, flows(without));
  assert.equal(covered(without), covered(flows(all)));
});
