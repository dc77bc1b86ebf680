import { CursorHeap, type RunCursor } from './cursor-heap.ts';
import { gatherLines, type LineBlock } from './line-block.ts';
import { ROW_BITS } from './row-names.ts';

/** Where the merge stands in one run. */
class Cursor implements RunCursor {
  readonly place: number;
  readonly #blocks: AsyncIterator<LineBlock, unknown>;
  block: LineBlock | undefined;
  row = 0;
  /** Of the block among those that lines are taken of. */
  number = 0;

  constructor(place: number, blocks: AsyncIterator<LineBlock, unknown>) {
    this.place = place;
    this.#blocks = blocks;
  }

  get keys(): readonly Uint32Array[] {
    return this.block!.keys;
  }

  /** @returns false at the end of the run */
  async load(): Promise<boolean> {
    const next: IteratorResult<LineBlock, unknown> = await this.#blocks.next();
    this.block = next.done === true ? undefined : next.value;
    this.row = 0;
    return this.block !== undefined;
  }
}

/**
 * Merges sorted runs into one; of equal lines those of the earlier run come first.
 * @param blockRows lines of a block
 * @param withKeys whether their keys are wanted too
 */
export async function* mergeLines(
  runs: readonly AsyncIterable<LineBlock>[],
  blockRows: number,
  withKeys: boolean,
): AsyncGenerator<LineBlock> {
  const heap = new CursorHeap<Cursor>();
  for (const [place, run] of runs.entries()) {
    const cursor = new Cursor(place, run[Symbol.asyncIterator]());
    if (await cursor.load()) heap.push(cursor);
  }
  const names = new Uint32Array(blockRows);
  let count = 0;
  let blocks = numbered(heap.cursors);
  for (let cursor = heap.first; cursor !== undefined; cursor = heap.first) {
    names[count++] = cursor.number * 2 ** ROW_BITS + cursor.row++;
    if (cursor.row === cursor.block!.ends.length) {
      if (await cursor.load()) cursor.number = blocks.push(cursor.block!) - 1;
      else heap.pop();
    }
    heap.sink();
    if (count < blockRows) continue;
    yield gatherLines(blocks, names, withKeys);
    blocks = numbered(heap.cursors);
    count = 0;
  }
  if (count > 0) yield gatherLines(blocks, names.subarray(0, count), withKeys);
}

/** The blocks that cursors stand in. */
function numbered(cursors: readonly Cursor[]): LineBlock[] {
  return cursors.map((cursor, number) => {
    cursor.number = number;
    return cursor.block!;
  });
}
