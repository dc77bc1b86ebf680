import { BATCH_ROWS_MAX } from '../record/batch.ts';
import { CursorHeap } from './cursor-heap.ts';
import type { KeyColumn, KeyExtractor } from './key-columns.ts';
import type { NamedRows } from './row-names.ts';
import { RowStore } from './row-store.ts';
import { blockOf, type Block } from './sorted-rows.ts';

/** Where the merge stands in one run. */
class Cursor {
  readonly place: number;
  readonly #blocks: AsyncIterator<Block, unknown>;
  readonly #extractor: KeyExtractor;
  readonly #store: RowStore;
  #block: Block | undefined;
  #keys: (readonly KeyColumn[])[] = [];
  #taken = new Uint32Array(0);
  #at = 0;
  /** Keys of the batch that has the next row. */
  keys: readonly KeyColumn[] = [];
  row = 0;
  owner = 0;
  /** Of the first row of each of the block's batches. */
  #names: number[] = [];

  constructor(place: number, blocks: AsyncIterator<Block, unknown>, extractor: KeyExtractor, store: RowStore) {
    this.place = place;
    this.#blocks = blocks;
    this.#extractor = extractor;
    this.#store = store;
  }

  /** Of the next row. */
  get name(): number {
    return this.#names[this.owner]! + this.row;
  }

  /** What it has taken from the run last, to be given back when nobody asks for it any more. */
  get pieces(): NamedRows[] {
    return this.#names.map((name, owner) => ({ name, rows: this.#block!.batches[owner]!.rows }));
  }

  /** @returns false at the end of the run */
  async load(): Promise<boolean> {
    const next: IteratorResult<Block, unknown> = await this.#blocks.next();
    this.#block = next.done === true ? undefined : next.value;
    if (this.#block === undefined) return false;
    this.#keys = this.#block.batches.map((batch) => this.#extractor.extract(batch));
    this.#names = this.#block.batches.map((batch) => this.#store.add(batch));
    this.#taken = new Uint32Array(this.#block.batches.length);
    this.#at = 0;
    this.#point();
    return true;
  }

  /** @returns false at the end of the block */
  next(): boolean {
    this.#taken[this.owner]! += 1;
    this.#at += 1;
    if (this.#at === this.#block!.rows) return false;
    this.#point();
    return true;
  }

  #point(): void {
    this.owner = this.#block!.owners?.[this.#at] ?? 0;
    this.row = this.#taken[this.owner]!;
    this.keys = this.#keys[this.owner]!;
  }
}

/** Merges sorted runs into one; of equal rows those of the earlier run come first. */
export async function* mergeRuns(
  runs: readonly AsyncIterable<Block>[],
  extractor: KeyExtractor,
  blockRows = BATCH_ROWS_MAX,
): AsyncGenerator<Block> {
  const heap = new CursorHeap<Cursor>();
  const store = new RowStore();
  for (const [place, run] of runs.entries()) {
    const cursor = new Cursor(place, run[Symbol.asyncIterator](), extractor, store);
    if (await cursor.load()) heap.push(cursor);
  }
  const names = new Uint32Array(blockRows);
  let count = 0;
  let spent: NamedRows[] = [];
  for (let cursor = heap.first; cursor !== undefined; cursor = heap.first) {
    names[count++] = cursor.name;
    if (!cursor.next()) {
      spent.push(...cursor.pieces);
      if (!(await cursor.load())) heap.pop();
    }
    heap.sink();
    if (count < blockRows) continue;
    yield blockOf(store, names);
    for (const { name, rows } of spent) store.giveBack(name, rows);
    spent = [];
    count = 0;
  }
  if (count > 0) yield blockOf(store, names.subarray(0, count));
}
