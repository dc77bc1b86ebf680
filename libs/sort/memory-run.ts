import type { Batch } from '../record/batch.ts';
import { ALL_ROWS, selectRows } from '../record/select.ts';
import { compareTexts, type KeyColumn, type KeyExtractor, type TextKeys } from './key-columns.ts';
import { RadixSorter } from './radix.ts';
import { RowStore } from './row-store.ts';
import { blocksOf, piecesOf } from './sorted-rows.ts';
import { WordPacker } from './word-packer.ts';

/** Beside its columns and its words a row takes this much while it is sorted, bytes. */
const ROW_BYTES = 16;
/** A text key, roughly: its characters are mostly shared. */
const TEXT_BYTES = 48;

/** Records in memory, and what they are sorted by. */
export class MemoryRun {
  readonly #extractor: KeyExtractor;
  #store = new RowStore();
  /** Of each batch: the name of its first row, and how many rows there are. */
  #pieces: { readonly name: number; readonly rows: number }[] = [];
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
    const names = take(this.#names(), this.#order().subarray(0, Math.min(count, this.#rows)));
    const store = this.#store;
    this.#forget();
    return { store, names };
  }

  /**
   * Forgets all but the `count` rows that come first.
   * @returns the last of them
   */
  keepFirst(count: number): { readonly keys: readonly KeyColumn[]; readonly row: number } | undefined {
    const order = this.#order().subarray(0, count);
    if (order.length === 0) return undefined;
    const limit = this.#find(order.at(-1)!);
    const names = take(this.#names(), order.slice().sort());
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

  /** Positions of rows as they came, in order. */
  #order(): Uint32Array {
    const sorter = new RadixSorter(this.#rows);
    const packer = new WordPacker(sorter, this.#rows);
    const columns = this.#keys[0]?.length ?? 0;
    const words = new Uint32Array(this.#rows);
    for (let column = columns - 1; column >= 0; column--) {
      const parts = this.#keys.map((keys) => keys[column]!);
      if (parts[0] instanceof Uint32Array) concatenate(parts as Uint32Array[], words);
      else rank(parts as TextKeys[], words);
      packer.by(words);
    }
    packer.flush();
    return sorter.order;
  }

  /** The name of each row, in the order in which they came. */
  #names(): Uint32Array {
    const names = new Uint32Array(this.#rows);
    let at = 0;
    for (const { name, rows } of this.#pieces) {
      countUp(names.subarray(at, at + rows), name);
      at += rows;
    }
    return names;
  }

  #find(position: number): { keys: readonly KeyColumn[]; row: number } {
    let row = position;
    let piece = 0;
    for (; row >= this.#pieces[piece]!.rows; piece++) row -= this.#pieces[piece]!.rows;
    return { keys: this.#keys[piece]!, row };
  }
}

// Long loops are functions of their own, which the engine then optimises once.

function countUp(to: Uint32Array, first: number): void {
  for (let i = 0; i < to.length; i++) to[i] = first + i;
}

function take(values: Uint32Array, order: Uint32Array): Uint32Array {
  const taken = new Uint32Array(order.length);
  for (let i = 0; i < order.length; i++) taken[i] = values[order[i]!]!;
  return taken;
}

function concatenate(parts: readonly Uint32Array[], words: Uint32Array): void {
  let at = 0;
  for (const part of parts) {
    words.set(part, at);
    at += part.length;
  }
}

/** Each text's place among the different ones. */
function rank(parts: readonly TextKeys[], words: Uint32Array): void {
  const { descending } = parts[0]!;
  const different = new Set<string | undefined>();
  for (const { texts } of parts) for (const text of texts) different.add(text);
  const inOrder = [...different].filter((text) => text !== undefined).sort((a, b) => compareTexts(a, b, descending));
  const ranks = new Map<string | undefined, number>(inOrder.map((text, place) => [text, place]));
  ranks.set(undefined, inOrder.length);
  let at = 0;
  for (const { texts } of parts) for (const text of texts) words[at++] = ranks.get(text)!;
}
