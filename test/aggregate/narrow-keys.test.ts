import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { GroupFinder } from '../../libs/aggregate/group-finder.ts';
import { GroupTable } from '../../libs/aggregate/group-table.ts';
import { KeyLayout } from '../../libs/aggregate/key-layout.ts';
import { parseModel } from '../../libs/aggregate/model.ts';
import { NarrowKeys } from '../../libs/aggregate/narrow-keys.ts';
import { ALL_ROWS } from '../../libs/record/select.ts';
import type { Batch } from '../../libs/record/batch.ts';
import { decoded } from '../support/frames.ts';
import { recordBatch } from '../support/records.ts';

/** Finds groups of batch after batch, and begins those that there are none of. */
class Lookups {
  readonly #layout: KeyLayout;
  readonly #table: GroupTable;
  readonly #finder: GroupFinder;

  constructor(key: string, isNarrow: boolean) {
    const { pieces } = parseModel([key]);
    this.#layout = new KeyLayout(pieces);
    this.#table = new GroupTable(this.#layout.width);
    const narrow = isNarrow ? NarrowKeys.of(pieces) : undefined;
    assert.equal(narrow !== undefined, isNarrow);
    this.#finder = new GroupFinder(this.#layout, narrow);
  }

  forget(): void {
    this.#finder.forget();
  }

  groups(batch: Batch): { groups: number[]; hashes: number[] } {
    this.#finder.find(batch, ALL_ROWS, batch.rows, this.#table);
    const { found, keys } = this.#finder;
    const { words, hashes, width } = this.#layout;
    const groups = Array.from({ length: batch.rows }, (_, i) => {
      if (found[i]! >= 0) return found[i]!;
      const known = this.#table.find(words, keys[i]! * width, hashes[keys[i]!]!);
      const group = known >= 0 ? known : this.#table.insert(words, keys[i]! * width, hashes[keys[i]!]!);
      this.#finder.learn(i, group);
      return group;
    });
    return { groups, hashes: groups.map((group, i) => this.#finder.hashOf(i, group, this.#table)) };
  }
}

/** The second network makes upper lanes differ from batch to batch, and within a batch. */
const arbitraryAddress = fc.oneof(
  fc.integer({ min: 0, max: 40 }).map((host) => `10.0.${host >> 3}.${host}`),
  fc.tuple(fc.nat(1), fc.nat(20)).map(([net, host]) => `2001:db8:0:${net}::${host}`),
);
const arbitraryRecords = fc.array(fc.record({ saddr: arbitraryAddress, sttl: fc.nat(3) }, { requiredKeys: [] }), { minLength: 1, maxLength: 30 }); // prettier-ignore

test('groups are the same whether keys are narrow or made whole', () =>
  fc.assert(
    fc.property(
      fc.constantFrom('saddr', 'saddr/16', 'saddr/72', 'none', 'sttl'),
      fc.array(fc.record({ records: arbitraryRecords, forgets: fc.boolean() }), { minLength: 1, maxLength: 8 }),
      (key, batches) => {
        const narrow = new Lookups(key, true);
        const whole = new Lookups(key, false);
        for (const { records, forgets } of batches) {
          const batch = decoded(encodeBatch(recordBatch(records)));
          assert.deepEqual(narrow.groups(batch), whole.groups(batch));
          if (forgets) narrow.forget();
        }
      },
    ),
    { seed: 1, numRuns: 150 },
  ));

test('more keys than are remembered are found all the same', () => {
  const lookups = new Lookups('saddr', true);
  const batchOf = (from: number): Batch => decoded(encodeBatch(recordBatch(Array.from({ length: 16_384 }, (_, i) => ({ saddr: `10.${from}.${i >> 8}.${i & 255}` }))))); // prettier-ignore
  for (const round of [1, 2])
    for (const from of [0, 1, 2]) {
      const { groups } = lookups.groups(batchOf(from));
      assert.deepEqual([groups[0], groups.at(-1)], [from * 16_384, from * 16_384 + 16_383], `round ${round}`);
    }
});

test('keys of many words are not narrow', () => {
  for (const key of ['matrix', 'sport', 'saddr sttl']) assert.equal(NarrowKeys.of(parseModel([key]).pieces), undefined);
});
