import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { BinCluster } from '../../libs/aggregate/bin-cluster.ts';
import type { ClusterOptions } from '../../libs/aggregate/cluster-options.ts';
import { Cluster } from '../../libs/aggregate/cluster.ts';
import type { Merger } from '../../libs/aggregate/clusters.ts';
import { parseModel } from '../../libs/aggregate/model.ts';
import type { Batch } from '../../libs/record/batch.ts';
import { reader } from '../../libs/record/row.ts';
import { parseSpan } from '../../libs/time/span.ts';
import { recordBatch, type RecordValues } from '../support/records.ts';
import { allOf, tcp } from './lab.ts';

const START = 1_700_000_000_000_000;
const SECOND = 1_000_000;
const IDLE = { statusUs: Infinity, idleUs: 10 * SECOND };
const OPTIONS: Omit<ClusterOptions, 'model'> = { memoryBytes: 1 << 30 };

const at = (seconds: number, key: number): RecordValues => tcp({ stime: START + seconds * SECOND, dur: 0, sport: key });

/** Packets of the initiators, and records that were merged. */
function totals(batches: readonly Batch[]): [packets: number, records: number] {
  const sum = (name: 'spkts' | 'trans'): number =>
    batches.reduce((total, batch) => {
      for (let row = 0; row < batch.rows; row++) total += Number(reader(name)(batch, row) ?? 1);
      return total;
    }, 0);
  return [sum('spkts'), sum('trans')];
}

/** What comes of batches, of which each lets go what is due behind it. */
async function merged(
  merger: Merger,
  batches: readonly (readonly RecordValues[])[],
  due: (after: number) => Iterable<Batch>,
): Promise<Batch[]> {
  const done: Batch[] = [];
  batches.forEach((records, i) => {
    merger.push(recordBatch(records), undefined, records.length);
    done.push(...due(i));
  });
  return [...done, ...(await allOf(merger.finish()))];
}

const many = (count: number, record: RecordValues): RecordValues[] => Array.from({ length: count }, () => record);

test('many records of a flow that follow flows which are over are all counted', async () => {
  const cluster = new Cluster({ ...OPTIONS, model: parseModel([]), timeouts: IDLE });
  const early = Array.from({ length: 10 }, (_, key) => at(0, key));
  const batches = [early, [at(100, 50)], many(40, at(101, 60))];
  assert.deepEqual(totals(await merged(cluster, batches, () => cluster.due())), [51 * 3, 51]);
});

test('many records of a bin that follow bins which have been given are all counted', async () => {
  const bins = new BinCluster(parseSpan('10s'), true, { ...OPTIONS, model: parseModel([]) });
  const early = Array.from({ length: 10 }, (_, key) => at(0, key));
  const batches = [early, [at(100, 50)], many(40, at(101, 60))];
  const done = await merged(bins, batches, (i) => bins.takeBefore(i === 1 ? START + 50 * SECOND : -Infinity));
  assert.deepEqual(totals(done), [51 * 3, 51]);
});

const arbitraryBatches = fc.array(
  fc.array(
    fc.tuple(fc.integer({ min: 0, max: 4 }), fc.nat(3), fc.nat(20), fc.integer({ min: 1, max: 30 })),
    { minLength: 1, maxLength: 6 }, // prettier-ignore
  ),
  { maxLength: 12 },
);

test('whatever the order of times, what is let go early and what is left add up to all records', () =>
  fc.assert(
    fc.asyncProperty(arbitraryBatches, async (drawn) => {
      const batches = drawn.map((runs) => runs.flatMap(([hour, second, key, count]) => many(count, at(hour * 3600 + second, key)))); // prettier-ignore
      const records = batches.flat().length;
      const cluster = new Cluster({ ...OPTIONS, model: parseModel([]), timeouts: IDLE });
      assert.deepEqual(totals(await merged(cluster, batches, () => cluster.due())), [records * 3, records]);
      const bins = new BinCluster(parseSpan('10s'), false, { ...OPTIONS, model: parseModel([]) });
      const before = (i: number): number => START + (i % 4) * 3600 * SECOND;
      assert.deepEqual(totals(await merged(bins, batches, (i) => bins.takeBefore(before(i)))), [records * 3, records]);
    }),
    { seed: 1, numRuns: 60 },
  ));
