import type { Batch } from '../record/batch.ts';
import { ALL_ROWS, selectRows } from '../record/select.ts';
import type { KeyColumn, KeyExtractor } from './key-columns.ts';
import { orderOf } from './order.ts';
import { takeNames, type NamedRows } from './row-names.ts';
import { RowStore } from './row-store.ts';
import { blocksOf, piecesOf } from './sorted-rows.ts';

/** Beside its columns and its words a row takes this much while it is sorted, bytes. */
const ROW_BYTES = 16;
/** A text key, roughly: its characters are mostly shared. */
const TEXT_BYTES = 48;

/** Records in memory, and what they are sorted by. */
export class MemoryRun {
  readonly #extractor: KeyExtractor;
  #store = new RowStore();
  /** One for each batch. */
  #pieces: NamedRows[] = [];
  #keys: (readonly KeyColumn[])[] = [];
  #rows = 0;
  #keyBytes = 0;

  constructor(extractor: KeyExtractor) {
    this.#extractor = extractor;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Memory that sorting takes, roughly. */
  get bytes(): number {
    return this.#store.bytes + this.#keyBytes + this.#rows * ROW_BYTES;
  }

  get isFull(): boolean {
    return this.#store.isFull;
  }

  /** Takes all rows of a batch, which is not looked at afterwards. */
  push(batch: Batch, keys: readonly KeyColumn[] = this.#extractor.extract(batch)): void {
    if (batch.rows === 0) return;
    this.#pieces.push({ name: this.#store.add(batch), rows: batch.rows });
    this.#keys.push(keys);
    this.#rows += batch.rows;
    for (const column of keys) this.#keyBytes += batch.rows * (column instanceof Uint32Array ? 4 : TEXT_BYTES);
  }

  /** Forgets its rows and returns them, with the names of the first `count` in order. Equal ones are in the order in which they came. */
  sort(count = Infinity): { readonly store: RowStore; readonly names: Uint32Array } {
    const names = takeNames(this.#pieces, orderOf(this.#keys, this.#rows).subarray(0, Math.min(count, this.#rows)));
    const store = this.#store;
    this.#forget();
    return { store, names };
  }

  /**
   * Forgets all but the `count` rows that come first.
   * @returns the last of them
   */
  keepFirst(count: number): { readonly keys: readonly KeyColumn[]; readonly row: number } | undefined {
    const order = orderOf(this.#keys, this.#rows).subarray(0, count);
    if (order.length === 0) return undefined;
    const limit = this.#find(order.at(-1)!);
    const names = takeNames(this.#pieces, order.slice().sort());
    const store = this.#store;
    this.#forget();
    for (const block of blocksOf(store, names))
      for (const { batch, rows, count: some } of piecesOf(block)) this.push(selectRows(batch, rows ?? ALL_ROWS, some));
    return limit;
  }

  #forget(): void {
    this.#store = new RowStore();
    this.#pieces = [];
    this.#keys = [];
    this.#rows = 0;
    this.#keyBytes = 0;
  }

  #find(position: number): { keys: readonly KeyColumn[]; row: number } {
    let row = position;
    let piece = 0;
    for (; row >= this.#pieces[piece]!.rows; piece++) row -= this.#pieces[piece]!.rows;
    return { keys: this.#keys[piece]!, row };
  }
}
