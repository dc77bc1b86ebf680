import { FLOW_BATCH, type Batch } from '../../record/batch.ts';
import { startTimes } from '../../record/gather.ts';
import { ALL_ROWS, selectRows } from '../../record/select.ts';
import { RecordSorter } from '../../sort/record-sorter.ts';
import type { Piece } from './merge-plan.ts';
import type { MergeSettings } from './merge-settings.ts';

export interface MergeSources {
  /** What has to be read whole, and sorted, before anything is known of its times. */
  readonly first: AsyncIterable<Batch>;
  /** The rest, in the order of the least starts. */
  readonly pieces: readonly Piece[];
  /** The batches of a piece, which nobody else changes. */
  read(piece: Piece): AsyncIterable<Batch>;
  /** Is told, once, that records wait in temporary files. */
  readonly spills: () => void;
}

const BY_START = [{ field: 'stime', descending: false }] as const;
/** So many records are read before some are given again, so that few are looked at twice. */
const ROWS_MIN = 1 << 16;

/** Records that have been read, and the place of their piece among all. */
interface Pending {
  readonly index: number;
  readonly batch: Batch;
}

/**
 * All flow records of many files in the order of their starts; equal ones in the order of the files. Other batches come as they are
 * read. A piece is read when the order reaches its least start, so that no more is in memory than what overlaps in time.
 * @throws {SuiteError} when there is no room for temporary files
 */
export async function* byStart(sources: MergeSources, settings: MergeSettings): AsyncGenerator<Batch> {
  await using merge = new StartMerge(sources, settings);
  yield* merge.run();
}

class StartMerge implements AsyncDisposable {
  readonly #sources: MergeSources;
  readonly #settings: MergeSettings;
  /** What has to be sorted before the rest is read. */
  readonly #early: RecordSorter;
  /** Batches of it, and the next of these; undefined at the end. */
  #sorted: AsyncGenerator<Batch, void> | undefined;
  #head: Batch | undefined;
  /** Piece to be read next. */
  #next = 0;
  #pending: Pending[] = [];
  #bytes = 0;
  #rows = 0;

  constructor(sources: MergeSources, settings: MergeSettings) {
    this.#sources = sources;
    this.#settings = settings;
    this.#early = new RecordSorter({ keys: BY_START, memoryBytes: settings.memoryBytes });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#early[Symbol.asyncDispose]();
  }

  async *run(): AsyncGenerator<Batch, void> {
    for await (const batch of this.#sources.first) {
      if (batch.kind === FLOW_BATCH) await this.#pushWanted(this.#early, batch);
      else yield batch;
    }
    if (this.#early.runs > 0) this.#sources.spills();
    this.#sorted = this.#early.sortedPieces();
    await this.#takeHead();
    while (!this.#isRead) {
      const enough = this.#rows + Math.max(ROWS_MIN, this.#rows);
      while (this.#rows < enough && !this.#isRead) {
        if (this.#head === undefined || this.#pieceUs < firstUs(this.#head)) yield* this.#readNext();
        else {
          this.#keep(-1, this.#head);
          await this.#takeHead();
        }
      }
      yield* this.#give(this.#nextUs);
      if (this.#bytes > this.#settings.memoryBytes) {
        yield* this.#sortRest();
        return;
      }
    }
  }

  /** Whether all records have been read. */
  get #isRead(): boolean {
    return this.#head === undefined && this.#next === this.#sources.pieces.length;
  }

  get #pieceUs(): number {
    return this.#sources.pieces[this.#next]?.leastUs ?? Infinity;
  }

  /** Nothing that has not been read begins before. */
  get #nextUs(): number {
    return Math.min(this.#head === undefined ? Infinity : firstUs(this.#head), this.#pieceUs);
  }

  async #takeHead(): Promise<void> {
    const next = await this.#sorted?.next();
    this.#head = next === undefined || next.done === true ? undefined : next.value;
  }

  async *#readNext(): AsyncGenerator<Batch> {
    const piece = this.#sources.pieces[this.#next++]!;
    const { wanted } = this.#settings;
    for await (const batch of this.#sources.read(piece)) {
      if (batch.kind !== FLOW_BATCH) yield batch;
      else if (wanted === undefined) this.#keep(piece.index, batch);
      else {
        const count = wanted.match(batch);
        if (count > 0) this.#keep(piece.index, count === batch.rows ? batch : selectRows(batch, wanted.rows, count));
      }
    }
  }

  #keep(index: number, batch: Batch): void {
    if (batch.rows === 0) return;
    this.#pending.push({ index, batch });
    this.#bytes += batch.buffer.byteLength;
    this.#rows += batch.rows;
  }

  /** Records that begin before a time, microseconds since the epoch; those whose start is not known come last. */
  async *#give(beforeUs: number): AsyncGenerator<Batch> {
    const pending = this.#pending.sort((a, b) => a.index - b.index);
    this.#pending = [];
    this.#bytes = this.#rows = 0;
    await using sorter = new RecordSorter({ keys: BY_START, memoryBytes: Infinity });
    for (const { index, batch } of pending) {
      const times = startTimes(batch);
      const isDue = (row: number): boolean => times[row]! < beforeUs || beforeUs === Infinity;
      const all = ALL_ROWS.subarray(0, batch.rows);
      const due = all.filter(isDue);
      await sorter.push(batch, due.length === batch.rows ? undefined : due, due.length);
      if (due.length === 0) this.#keep(index, batch);
      else if (due.length < batch.rows) {
        const rest = all.filter((row) => !isDue(row));
        this.#keep(index, selectRows(batch, rest, rest.length));
      }
    }
    yield* sorter.sortedPieces();
  }

  /** What overlaps does not fit into memory: all that is left is sorted with files. */
  async *#sortRest(): AsyncGenerator<Batch> {
    this.#sources.spills();
    await using sorter = new RecordSorter({ keys: BY_START, memoryBytes: this.#settings.memoryBytes });
    for (; this.#head !== undefined; await this.#takeHead()) await sorter.push(this.#head, undefined, this.#head.rows);
    const drain = async (): Promise<void> => {
      for (const { batch } of this.#pending) await sorter.push(batch, undefined, batch.rows);
      this.#pending = [];
    };
    await drain();
    while (this.#next < this.#sources.pieces.length) {
      yield* this.#readNext();
      await drain();
    }
    yield* sorter.sortedPieces();
  }

  async #pushWanted(sorter: RecordSorter, batch: Batch): Promise<void> {
    const { wanted } = this.#settings;
    if (wanted === undefined) await sorter.push(batch, undefined, batch.rows);
    else await sorter.push(batch, wanted.rows, wanted.match(batch));
  }
}

/** Of a sorted batch. */
function firstUs(batch: Batch): number {
  const [us = NaN] = startTimes(batch);
  return Number.isNaN(us) ? Infinity : us;
}
