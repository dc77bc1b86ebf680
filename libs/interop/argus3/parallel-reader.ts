import type { Batch } from '../../record/batch.ts';
import { fromMessage } from '../../record/transfer.ts';
import { nameLeftOut, nothingLeftOut } from './left-out.ts';
import { readManagement } from './management-record.ts';
import { ProbeState } from './probe-state.ts';
import { LARGE_WINDOWS } from './reader.ts';
import type { RecordNumbers } from './record-numbers.ts';
import { RecordSplitter, type RecordWindow, type WindowLimits } from './splitter.ts';
import type { ThreadOrder, WindowResult } from './window-messages.ts';
import { WindowPool } from './window-pool.ts';

/** Windows that a thread has at once: one that it reads, and the next. */
const WINDOWS_EACH = 2;

export interface ParallelOptions extends Omit<ThreadOrder, 'batchRows' | 'run'> {
  readonly numbers: RecordNumbers;
  readonly threads: number;
  readonly windows?: WindowLimits;
}

/**
 * As `Argus3Reader` for what is all there: gives the same batches, which several threads make. This one cuts the windows and follows
 * the management records.
 */
export class ParallelArgus3Reader implements AsyncIterable<Batch> {
  readonly #chunks: AsyncIterable<Uint8Array>;
  readonly #numbers: RecordNumbers;
  readonly #order: ThreadOrder;
  readonly #threads: number;
  readonly #splitter: RecordSplitter;
  readonly #state = new ProbeState();
  readonly #results: Promise<WindowResult>[] = [];
  #leftOut = nothingLeftOut();

  constructor(chunks: AsyncIterable<Uint8Array>, options: ParallelOptions) {
    const { numbers, threads, windows = LARGE_WINDOWS, ...order } = options;
    this.#chunks = chunks;
    this.#numbers = numbers;
    this.#threads = threads;
    this.#order = { ...order, batchRows: windows.records };
    this.#splitter = new RecordSplitter(windows);
  }

  /** Bytes after the last whole record. */
  get pending(): number {
    return this.#splitter.pending;
  }

  /** As that of `Argus3Reader`. */
  get damagedAt(): number | undefined {
    return this.#splitter.damagedAt;
  }

  /** What had no meaning in our fields, by name, with how often it came. */
  get leftOut(): ReadonlyMap<string, number> {
    return nameLeftOut(this.#leftOut);
  }

  /** @throws what ended a thread, or what is wrong with the input, after the records before that */
  async *[Symbol.asyncIterator](): AsyncGenerator<Batch> {
    const pool = new WindowPool(this.#order, this.#threads);
    try {
      let failure: { readonly error: unknown } | undefined;
      try {
        yield* this.#readChunks(pool);
      } catch (error) {
        failure = { error };
      }
      for (const window of this.#splitter.rest()) this.#send(window, pool);
      while (this.#results.length > 0) yield* this.#next();
      if (failure !== undefined) throw failure.error;
    } finally {
      this.#leftOut = pool.leftOut;
      await pool.close();
    }
  }

  async *#readChunks(pool: WindowPool): AsyncGenerator<Batch> {
    for await (const chunk of this.#chunks) {
      for (const window of this.#splitter.push(chunk)) {
        this.#send(window, pool);
        while (this.#results.length > this.#threads * WINDOWS_EACH) yield* this.#next();
      }
      if (this.damagedAt !== undefined) return;
    }
  }

  #send(window: RecordWindow, pool: WindowPool): void {
    const { bytes, end } = window;
    const state = new ProbeState(this.#state);
    this.#follow(window);
    this.#splitter.keep();
    this.#results.push(pool.read({ memory: bytes.buffer, end, state }));
  }

  /** The batches of the window that was sent first. */
  async *#next(): AsyncGenerator<Batch> {
    const { memory, batches } = await this.#results.shift()!;
    this.#splitter.giveBack(memory);
    yield* this.#numbers.number(batches.map(fromMessage));
  }

  /** Takes in what management records tell. */
  #follow({ bytes, management: offsets }: RecordWindow): void {
    const { management = true } = this.#order;
    const view = new DataView(bytes.buffer);
    for (const offset of offsets) {
      const header = readManagement(view, offset, offset + view.getUint16(offset + 2) * 4);
      if (header === undefined) continue;
      if (this.#state.begins(header, !management)) this.#state.begin(header);
      if (management) this.#state.count(view, offset, header);
    }
  }
}
