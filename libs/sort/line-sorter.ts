import { BATCH_ROWS_MAX, type Batch } from '../record/batch.ts';
import type { RecordPrinter } from '../record/print/printer.ts';
import { ALL_ROWS } from '../record/select.ts';
import { KeyExtractor } from './key-columns.ts';
import { gatherLines, lineBlock, type LineBlock } from './line-block.ts';
import { LineRun } from './line-run.ts';
import { mergeLines } from './merge-lines.ts';
import { orderOf } from './order.ts';
import { BATCHES_MAX, ROW_BITS, takeNames } from './row-names.ts';
import type { SortKey } from './sort-key.ts';

export interface LineSortSettings {
  /** Most significant first; words alone, see `areWords`. */
  readonly keys: readonly SortKey[];
  /** What each record prints as, whatever came before it. */
  readonly printer: Pick<RecordPrinter, 'add' | 'takeLines'>;
  /** Lines beyond this much memory wait in files. */
  readonly memoryBytes: number;
  /** Files that are merged at once; every one has a block in memory. */
  readonly runsMax?: number;
}

const RUNS_MAX = 64;
/** Lines that are brought into order at once. */
const BLOCK_ROWS = 4096;
/** Beside its text and its keys a line takes this much while it is sorted, bytes. */
const ROW_BYTES = 24;

/**
 * Sorts records, stably, that are printed and nothing else: each is printed as it comes, and lines are brought into order, which are
 * fewer bytes than the records and lie in one place each.
 */
export class LineSorter implements AsyncDisposable {
  readonly #settings: Required<LineSortSettings>;
  readonly #extractor: KeyExtractor;
  #blocks: LineBlock[] = [];
  #bytes = 0;
  /** Keys of what was printed since the last block. */
  #keys: Uint32Array[][] = [];
  #rows = 0;
  #runs: LineRun[] = [];

  constructor(settings: LineSortSettings) {
    this.#settings = { runsMax: RUNS_MAX, ...settings };
    this.#extractor = new KeyExtractor(settings.keys);
  }

  /**
   * Takes the first `count` of `rows`, or all where that is undefined; the batch is not looked at afterwards.
   * @throws {SuiteError} when there is no room on the disk
   */
  async push(batch: Batch, rows: Uint32Array | undefined, count: number): Promise<void> {
    if (count === 0) return;
    if (this.#rows + count > BATCH_ROWS_MAX) this.#close();
    this.#settings.printer.add(batch, rows, count);
    this.#keys.push(this.#extractor.extract(batch, (rows ?? ALL_ROWS).subarray(0, count)) as Uint32Array[]);
    this.#rows += count;
    if (this.#bytes > this.#settings.memoryBytes || this.#blocks.length === BATCHES_MAX) await this.#spill();
  }

  /**
   * The text of all records, sorted; to be asked for once, when all have been pushed.
   * @param isSpent whether the memory of what was given may be used again
   */
  async *sorted(isSpent = (): boolean => false): AsyncGenerator<Uint8Array> {
    if (this.#runs.length === 0) {
      for (const { text } of this.#sort(false, isSpent)) yield text;
      return;
    }
    await this.#spill();
    const { runsMax } = this.#settings;
    while (this.#runs.length > runsMax) await this.#mergeSome(runsMax);
    for await (const { text } of mergeLines(this.#runs.map((run) => run.blocks()), BLOCK_ROWS, false)) yield text; // prettier-ignore
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const run of this.#runs) await run[Symbol.asyncDispose]();
    this.#runs = [];
  }

  /** Makes a block of what was printed since the last one. */
  #close(): void {
    if (this.#rows === 0) return;
    const block = lineBlock(this.#settings.printer.takeLines(), joined(this.#keys, this.#rows));
    this.#blocks.push(block);
    this.#bytes += block.text.buffer.byteLength + this.#rows * (ROW_BYTES + 4 * block.keys.length);
    this.#keys = [];
    this.#rows = 0;
  }

  /** Forgets what is in memory, and gives it in order. */
  *#sort(withKeys: boolean, isSpent = (): boolean => false): Generator<LineBlock> {
    this.#close();
    const blocks = this.#blocks;
    this.#blocks = [];
    this.#bytes = 0;
    const pieces = blocks.map(({ ends }, number) => ({ name: number * 2 ** ROW_BITS, rows: ends.length }));
    const rows = pieces.reduce((sum, piece) => sum + piece.rows, 0);
    const names = takeNames(pieces, orderOf(blocks.map(({ keys }) => keys), rows)); // prettier-ignore
    let room: ArrayBuffer | undefined;
    for (let at = 0; at < rows; at += BLOCK_ROWS) {
      const block = gatherLines(blocks, names.subarray(at, at + BLOCK_ROWS), withKeys, room);
      yield block;
      room = isSpent() ? block.view.buffer : undefined;
    }
  }

  async #spill(): Promise<void> {
    const run = await LineRun.create();
    this.#runs.push(run);
    for (const block of this.#sort(true)) await run.append(block);
  }

  /** The first of the runs become one, so that equal lines stay in their order. */
  async #mergeSome(count: number): Promise<void> {
    const first = this.#runs.slice(0, count);
    const merged = await LineRun.create();
    this.#runs.push(merged); // closed with the others should this fail
    for await (const block of mergeLines(first.map((run) => run.blocks()), BLOCK_ROWS, true)) await merged.append(block); // prettier-ignore
    for (const run of first) await run[Symbol.asyncDispose]();
    this.#runs = [merged, ...this.#runs.slice(count, -1)];
  }
}

/** Keys of some pieces as those of one. */
function joined(pieces: readonly (readonly Uint32Array[])[], rows: number): readonly Uint32Array[] {
  const [first, ...others] = pieces;
  if (first === undefined || others.length === 0) return first ?? [];
  return first.map((_, key) => {
    const words = new Uint32Array(rows);
    let at = 0;
    for (const piece of pieces) {
      words.set(piece[key]!, at);
      at += piece[key]!.length;
    }
    return words;
  });
}
