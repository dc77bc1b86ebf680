import { BATCH_ROWS_MAX, type Batch } from '../record/batch.ts';
import { compareRows, type KeyColumn, type KeyExtractor } from './key-columns.ts';
import { ROW_BITS } from './row-names.ts';
import { SortedRows, type Block } from './sorted-rows.ts';

/** Where the merge stands in one run. */
class Cursor {
  readonly place: number;
  readonly #blocks: AsyncIterator<Block, unknown>;
  readonly #extractor: KeyExtractor;
  #block: Block | undefined;
  #keys: (readonly KeyColumn[])[] = [];
  #taken = new Uint32Array(0);
  #at = 0;
  /** Keys of the batch that has the next row. */
  keys: readonly KeyColumn[] = [];
  row = 0;
  owner = 0;
  /** Numbers of the block's batches among those of the merge. */
  numbers: number[] = [];

  constructor(place: number, blocks: AsyncIterator<Block, unknown>, extractor: KeyExtractor) {
    this.place = place;
    this.#blocks = blocks;
    this.#extractor = extractor;
  }

  get batches(): readonly Batch[] {
    return this.#block?.batches ?? [];
  }

  /** @returns false at the end of the run */
  async load(): Promise<boolean> {
    const next: IteratorResult<Block, unknown> = await this.#blocks.next();
    this.#block = next.done === true ? undefined : next.value;
    if (this.#block === undefined) return false;
    this.#keys = this.#block.batches.map((batch) => this.#extractor.extract(batch));
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
  const heap = new CursorHeap();
  let batches: Batch[] = [];
  const enlist = (cursor: Cursor): void => {
    cursor.numbers = cursor.batches.map((batch) => batches.push(batch) - 1);
  };
  for (const [place, run] of runs.entries()) {
    const cursor = new Cursor(place, run[Symbol.asyncIterator](), extractor);
    if (!(await cursor.load())) continue;
    enlist(cursor);
    heap.push(cursor);
  }
  const names = new Uint32Array(blockRows);
  let count = 0;
  for (let cursor = heap.first; cursor !== undefined; cursor = heap.first) {
    names[count++] = cursor.numbers[cursor.owner]! * 2 ** ROW_BITS + cursor.row;
    if (!cursor.next()) {
      if (await cursor.load()) enlist(cursor);
      else heap.pop();
    }
    heap.sink();
    if (count < blockRows) continue;
    yield new SortedRows(batches).block(names);
    count = 0;
    batches = [];
    for (const waiting of heap.cursors) enlist(waiting);
  }
  if (count > 0) yield new SortedRows(batches).block(names.subarray(0, count));
}

function isBefore(a: Cursor, b: Cursor): boolean {
  const order = compareRows(a.keys, a.row, b.keys, b.row);
  return order < 0 || (order === 0 && a.place < b.place);
}

/** The cursor whose row comes next is at the top. */
class CursorHeap {
  readonly cursors: Cursor[] = [];

  get first(): Cursor | undefined {
    return this.cursors[0];
  }

  push(cursor: Cursor): void {
    const { cursors } = this;
    let at = cursors.push(cursor) - 1;
    for (let parent; at > 0 && isBefore(cursor, cursors[(parent = (at - 1) >> 1)]!); at = parent) {
      cursors[at] = cursors[parent]!;
      cursors[parent] = cursor;
    }
  }

  /** Takes the first one away; `sink` must follow. */
  pop(): void {
    const last = this.cursors.pop();
    if (last !== undefined && this.cursors.length > 0) this.cursors[0] = last;
  }

  /** The first one has changed. */
  sink(): void {
    const { cursors } = this;
    const cursor = cursors[0];
    if (cursor === undefined) return;
    for (let at = 0; ;) {
      let child = 2 * at + 1;
      if (child >= cursors.length) return;
      if (child + 1 < cursors.length && isBefore(cursors[child + 1]!, cursors[child]!)) child += 1;
      if (!isBefore(cursors[child]!, cursor)) return;
      cursors[at] = cursors[child]!;
      cursors[child] = cursor;
      at = child;
    }
  }
}
