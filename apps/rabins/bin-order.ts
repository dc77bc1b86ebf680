import type { Batch } from '../../libs/record/batch.ts';
import { RecordSorter, type SortSettings } from '../../libs/sort/record-sorter.ts';

/** Brings records of bins into the order that is asked for. */
export class BinOrder {
  readonly #settings: SortSettings;
  #sorter: RecordSorter | undefined;

  /** @param settings whose first key brings bins apart, where there are several at once */
  constructor(settings: SortSettings) {
    this.#settings = settings;
  }

  /** Takes records that have to wait for others of their bins. */
  async push(batches: Iterable<Batch> | AsyncIterable<Batch>): Promise<void> {
    this.#sorter ??= new RecordSorter(this.#settings);
    for await (const batch of batches) await this.#sorter.push(batch, undefined, batch.rows);
  }

  /** All records that wait, of bins that are whole by now. */
  async *take(): AsyncGenerator<Batch> {
    await using sorter = this.#sorter;
    this.#sorter = undefined;
    if (sorter !== undefined) yield* sorter.sortedPieces();
  }

  /** As `push` and `take`. */
  async *of(batches: Iterable<Batch> | AsyncIterable<Batch>): AsyncGenerator<Batch> {
    await this.push(batches);
    yield* this.take();
  }
}
