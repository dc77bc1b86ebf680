import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Cluster, type GroupRun } from '../../libs/aggregate/cluster.ts';
import { parseModel } from '../../libs/aggregate/model.ts';
import type { Batch } from '../../libs/record/batch.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import type { FieldName } from '../../libs/record/fields/table.ts';
import { flowBatch } from '../support/flow-batch.ts';
import { allOf, rows } from './lab.ts';

const ALL_FIELDS = ['srcid', ...Object.keys(STORED_FIELDS)] as FieldName[];
const KEYS = [[], ['saddr'], ['daddr/24', 'proto'], ['none'], ['srcid', 'smac'], ['matrix'], ['suser'], ['label']];
const PLENTY = 1 << 30;

function clusterOf(key: readonly string[]): Cluster {
  return new Cluster({ model: parseModel(key), memoryBytes: PLENTY });
}

/** The batches are shared out: the first `alone` are pushed, the others go to clusters that are then absorbed. */
async function sharedOut(
  batches: readonly Batch[],
  key: readonly string[],
  alone: number,
  shares: readonly number[],
): Promise<Batch[]> {
  // prettier-ignore
  const cluster = clusterOf(key);
  for (const batch of batches.slice(0, alone)) cluster.push(batch, undefined, batch.rows);
  const others = [0, 1, 2].map(() => clusterOf(key));
  const order: GroupRun[] = [];
  batches.slice(alone).forEach((batch, i) => {
    const of = shares[i % shares.length]!;
    const other = others[of]!;
    const from = other.count;
    other.push(batch, undefined, batch.rows);
    order.push({ of, from, to: other.count });
  });
  cluster.absorb(
    others.map((other) => structuredClone(other.give())),
    order,
  );
  return allOf(cluster.finish());
}

const arbitraryBatch = fc.record({ rows: fc.integer({ min: 1, max: 60 }), seed: fc.nat(3), isOther: fc.boolean() });

test('clusters that are absorbed come to the same, in the same order, as one that had all records', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(arbitraryBatch, { minLength: 1, maxLength: 8 }),
      fc.constantFrom(...KEYS),
      fc.nat(3),
      fc.array(fc.nat(2), { minLength: 1, maxLength: 8 }),
      async (shapes, key, alone, shares) => {
        const batches = (): Batch[] =>
          shapes.map(({ isOther, ...shape }) => ({
            ...flowBatch({ ...shape, repeats: true }),
            origin: { source: isOther ? 'other' : 'one', run: 1 },
          }));
        const one = clusterOf(key);
        for (const batch of batches()) one.push(batch, undefined, batch.rows);
        const expected = rows(await allOf(one.finish()), ALL_FIELDS);
        assert.deepEqual(rows(await sharedOut(batches(), key, alone, shares), ALL_FIELDS), expected);
      },
    ),
    { seed: 1, numRuns: 60 },
  ));
