import type { Batch } from '../record/batch.ts';
import { selectRows } from '../record/select.ts';
import { compareTexts, type KeyColumn, type KeyExtractor, type TextKeys } from './key-columns.ts';
import { RadixSorter } from './radix.ts';
import { BATCHES_MAX, ROW_BITS, ROW_MASK } from './row-names.ts';
import { SortedRows } from './sorted-rows.ts';
import { WordPacker } from './word-packer.ts';

/** Beside its columns and its words a row takes this much while it is sorted, bytes. */
const ROW_BYTES = 16;
/** A text key, roughly: its characters are mostly shared. */
const TEXT_BYTES = 48;

/** Records in memory, and what they are sorted by. */
export class MemoryRun {
  readonly #extractor: KeyExtractor;
  #batches: Batch[] = [];
  #keys: (readonly KeyColumn[])[] = [];
  #rows = 0;
  #bytes = 0;

  constructor(extractor: KeyExtractor) {
    this.#extractor = extractor;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Memory that sorting takes, roughly. */
  get bytes(): number {
    return this.#bytes;
  }

  get isFull(): boolean {
    return this.#batches.length === BATCHES_MAX;
  }

  /** Takes all rows of a batch, which must stay as they are. */
  push(batch: Batch, keys: readonly KeyColumn[] = this.#extractor.extract(batch)): void {
    if (batch.rows === 0) return;
    this.#batches.push(batch);
    this.#keys.push(keys);
    this.#rows += batch.rows;
    this.#bytes += batch.buffer.byteLength + batch.rows * ROW_BYTES;
    for (const column of keys) this.#bytes += batch.rows * (column instanceof Uint32Array ? 4 : TEXT_BYTES);
  }

  /** Forgets its rows and returns them, with the names of the first `count` in order. Equal ones are in the order in which they came. */
  sort(count = Infinity): { readonly rows: SortedRows; readonly names: Uint32Array } {
    const names = this.#sortedNames().slice(0, Math.min(count, this.#rows));
    const rows = new SortedRows(this.#batches);
    this.#forget();
    return { rows, names };
  }

  /**
   * Forgets all but the `count` rows that come first.
   * @returns the last of them
   */
  keepFirst(count: number): { readonly keys: readonly KeyColumn[]; readonly row: number } | undefined {
    const names = this.#sortedNames().slice(0, count);
    const last = names.at(-1);
    if (last === undefined) return undefined;
    const limit = { keys: this.#keys[last >>> ROW_BITS]!, row: last & ROW_MASK };
    const batches = this.#batches;
    this.#forget();
    names.sort();
    for (let at = 0; at < names.length;) {
      const number = names[at]! >>> ROW_BITS;
      let end = at + 1;
      while (end < names.length && names[end]! >>> ROW_BITS === number) end += 1;
      const rows = names.subarray(at, end).map((name) => name & ROW_MASK);
      this.push(selectRows({ ...batches[number]!, unknown: [] }, rows, rows.length));
      at = end;
    }
    return limit;
  }

  #forget(): void {
    this.#batches = [];
    this.#keys = [];
    this.#rows = 0;
    this.#bytes = 0;
  }

  #sortedNames(): Uint32Array {
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
    return take(this.#names(words), sorter.order);
  }

  /** The name of each row, in the order in which they came. */
  #names(names: Uint32Array): Uint32Array {
    let at = 0;
    for (const [number, { rows }] of this.#batches.entries()) {
      countUp(names.subarray(at, at + rows), number * 2 ** ROW_BITS);
      at += rows;
    }
    return names;
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
