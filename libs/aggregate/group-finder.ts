import { BATCH_ROWS_MAX, type Batch } from '../record/batch.ts';
import { ALL_ROWS } from '../record/select.ts';
import type { GroupTable } from './group-table.ts';
import type { KeyLayout } from './key-layout.ts';
import type { NarrowKeys } from './narrow-keys.ts';

/** Finds the groups of the rows of a batch. */
export class GroupFinder {
  /** Of each row the group, -1 where there is none yet. */
  readonly found = new Int32Array(BATCH_ROWS_MAX);
  /** Of rows whose group was not there: which of the keys that the layout has made is theirs. */
  keys = ALL_ROWS;
  readonly #layout: KeyLayout;
  /** Undefined where keys are made of all rows. */
  #narrow: NarrowKeys | undefined;
  readonly #rows = new Uint32Array(BATCH_ROWS_MAX);
  readonly #groups = new Int32Array(BATCH_ROWS_MAX);
  readonly #keys = new Uint32Array(BATCH_ROWS_MAX);

  constructor(layout: KeyLayout, narrow: NarrowKeys | undefined) {
    this.#layout = layout;
    this.#narrow = narrow;
  }

  /** Looks up the first `count` of `rows`. @returns how many have no group yet */
  find(batch: Batch, rows: Uint32Array, count: number, table: GroupTable): number {
    if (this.#narrow?.isFull === true) this.#narrow = undefined;
    const unknown = this.#narrow?.find(batch, rows, count, this.found);
    this.keys = unknown === undefined ? ALL_ROWS : this.#keys;
    if (unknown === undefined) return this.#findAll(batch, rows, count, table, this.found);
    return unknown === 0 ? 0 : this.#findUnknown(batch, rows, count, table);
  }

  #findAll(batch: Batch, rows: Uint32Array, count: number, table: GroupTable, found: Int32Array): number {
    this.#layout.fill(batch, rows, count);
    return table.findAll(this.#layout.words, this.#layout.hashes, count, found);
  }

  /** Makes keys of the rows alone whose groups are not known. */
  #findUnknown(batch: Batch, rows: Uint32Array, count: number, table: GroupTable): number {
    const { found } = this;
    let unknown = 0;
    for (let i = 0; i < count; i++) {
      this.#keys[i] = unknown;
      if (found[i]! < 0) this.#rows[unknown++] = rows[i]!;
    }
    const missing = this.#findAll(batch, this.#rows, unknown, table, this.#groups);
    for (let i = 0; i < count; i++) {
      if (found[i]! >= 0) continue;
      const group = (found[i] = this.#groups[this.#keys[i]!]!);
      if (group >= 0) this.learn(i, group);
    }
    return missing;
  }

  /** The hash of the key of the `i`th of the rows that were looked up last, which belongs to a group. */
  hashOf(i: number, group: number, table: GroupTable): number {
    if (this.keys === ALL_ROWS) return this.#layout.hashes[i]!;
    const { words, at } = table.keyOf(group);
    return this.#layout.hashOf(words, at);
  }

  /** The `i`th of the rows that were looked up last belongs to a group. */
  learn(i: number, group: number): void {
    this.#narrow?.learn(i, group);
  }

  /** To be called when numbers of groups may stand for other keys. */
  forget(): void {
    this.#narrow?.forget();
  }
}
