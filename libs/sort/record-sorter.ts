import type { Batch } from '../record/batch.ts';
import { ALL_ROWS, Room, selectRows } from '../record/select.ts';
import { compareRows, KeyExtractor, type KeyColumn } from './key-columns.ts';
import { MemoryRun } from './memory-run.ts';
import { mergeRuns } from './merge-runs.ts';
import { RunFile } from './run-file.ts';
import type { SortKey } from './sort-key.ts';
import { blocksOf, piecesOf, type Block, type Piece } from './sorted-rows.ts';

export interface SortSettings {
  /** Most significant first. */
  readonly keys: readonly SortKey[];
  /** Records beyond this much memory wait in files. */
  readonly memoryBytes: number;
  /** How many of the sorted records are wanted; undefined for all. */
  readonly count?: number;
  /** Runs that are merged at once; every one has a block in memory. */
  readonly runsMax?: number;
}

const RUNS_MAX = 64;
/** Rows of a block in a file. */
const RUN_BLOCK_ROWS = 4096;
/** Up to this many wanted records only those are kept that may be among them. */
const KEPT_MAX = 1 << 18;
/** So many are gathered before those that cannot be wanted are sorted out. */
const CANDIDATES_MIN = 1 << 15;

/** Sorts records by any fields, stably, in memory as long as they fit. Columns of later versions are left out. */
export class RecordSorter implements AsyncDisposable {
  readonly #extractor: KeyExtractor;
  readonly #memoryBytes: number;
  readonly #count: number;
  readonly #runsMax: number;
  readonly #memory: MemoryRun;
  #runs: RunFile[] = [];
  #limit: { readonly keys: readonly KeyColumn[]; readonly row: number } | undefined;
  readonly #chosen = new Uint32Array(1 << 14);
  readonly #selected = new Room();
  readonly #candidates = new Room();

  constructor({ keys, memoryBytes, count = Infinity, runsMax = RUNS_MAX }: SortSettings) {
    this.#extractor = new KeyExtractor(keys);
    this.#memoryBytes = memoryBytes;
    this.#count = count;
    this.#runsMax = runsMax;
    this.#memory = new MemoryRun(this.#extractor);
  }

  /** Files that records wait in. */
  get runs(): number {
    return this.#runs.length;
  }

  /**
   * Takes the first `count` of `rows`, or all where that is undefined; the batch is not looked at afterwards.
   * @throws {SuiteError} when there is no room on the disk
   */
  async push(batch: Batch, rows: Uint32Array | undefined, count: number): Promise<void> {
    if (count === 0) return;
    const known = batch.unknown.length === 0 ? batch : { ...batch, unknown: [] };
    await this.#take(rows === undefined ? known : selectRows(known, rows, count, this.#selected));
  }

  /**
   * All records, sorted; to be asked for once, when all have been pushed.
   * @param areLent whether nobody looks at a piece of `BATCH_ROWS_MAX` rows when the next one is asked for: it costs less then
   */
  async *sorted(areLent = false): AsyncGenerator<Piece> {
    let left = this.#count;
    for await (const block of this.#blocks(areLent)) {
      for (const { batch, rows, count } of piecesOf(block)) {
        if (left === 0) return;
        const taken = Math.min(count, left);
        left -= taken;
        if (taken === count) yield { batch, rows, count };
        else yield { batch, rows: rows ?? Uint32Array.from({ length: taken }, (_, row) => row), count: taken };
      }
    }
  }

  /** As `sorted`, each piece as a batch. */
  async *sortedPieces(): AsyncGenerator<Batch> {
    for await (const { batch, rows, count } of this.sorted()) yield selectRows(batch, rows ?? ALL_ROWS, count);
  }

  /** As `sorted`, in batches of whole blocks: of several origins, each block has one for each of them. `count` does not count. */
  async *sortedBatches(): AsyncGenerator<Batch> {
    for await (const { batches } of this.#blocks()) yield* batches;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const run of this.#runs) await run[Symbol.asyncDispose]();
    this.#runs = [];
  }

  async *#blocks(areLent = false): AsyncGenerator<Block> {
    if (this.#runs.length === 0) {
      const { store, names } = this.#memory.sort(this.#count);
      yield* blocksOf(store, names, undefined, areLent);
      return;
    }
    await this.#spill();
    while (this.#runs.length > this.#runsMax) await this.#mergeSome();
    yield* mergeRuns(this.#runs.map((run) => run.blocks()), this.#extractor); // prettier-ignore
  }

  async #take(batch: Batch): Promise<void> {
    if (this.#count <= KEPT_MAX) this.#takeCandidates(batch);
    else this.#memory.push(batch);
    if (this.#memory.bytes > this.#memoryBytes || this.#memory.isFull) await this.#spill();
  }

  #takeCandidates(batch: Batch): void {
    const keys = this.#extractor.extract(batch);
    const limit = this.#limit;
    if (limit === undefined) {
      this.#memory.push(batch, keys);
    } else {
      let count = 0;
      for (let row = 0; row < batch.rows; row++)
        if (compareRows(keys, row, limit.keys, limit.row) < 0) this.#chosen[count++] = row;
      if (count > 0) this.#memory.push(selectRows(batch, this.#chosen, count, this.#candidates));
    }
    if (this.#memory.rows >= Math.max(2 * this.#count, CANDIDATES_MIN)) this.#limit = this.#memory.keepFirst(this.#count); // prettier-ignore
  }

  async #spill(): Promise<void> {
    if (this.#memory.rows === 0) return;
    const run = await RunFile.create();
    this.#runs.push(run);
    const { store, names } = this.#memory.sort();
    for (const block of blocksOf(store, names, RUN_BLOCK_ROWS)) await run.append(block);
  }

  /** The first of the runs become one, so that equal rows stay in their order. */
  async #mergeSome(): Promise<void> {
    const first = this.#runs.slice(0, this.#runsMax);
    const merged = await RunFile.create();
    this.#runs.push(merged); // closed with the others should this fail
    for await (const block of mergeRuns(first.map((run) => run.blocks()), this.#extractor, RUN_BLOCK_ROWS)) await merged.append(block); // prettier-ignore
    for (const run of first) await run[Symbol.asyncDispose]();
    this.#runs = [merged, ...this.#runs.slice(this.#runsMax, -1)];
  }
}
