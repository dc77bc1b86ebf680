import type { Batch } from '../../record/batch.ts';
import type { ReturnedMemory } from '../../record/returned-memory.ts';
import { withOffset } from '../../record/offset.ts';
import { fromMessage } from '../../record/transfer.ts';
import { nameLeftOut, nothingLeftOut } from './left-out.ts';
import { readManagement } from './management-record.ts';
import { ProbeState } from './probe-state.ts';
import { LARGE_WINDOWS, type InputPlace } from './reader.ts';
import type { RecordNumbers } from './record-numbers.ts';
import { RecordSplitter, type RecordWindow, type WindowLimits } from './splitter.ts';
import type { ThreadOrder, WindowResult } from './window-messages.ts';
import { WindowPool } from './window-pool.ts';

/** Windows that a thread has at once: one that it reads, and the next. */
const WINDOWS_EACH = 2;

export interface ParallelOptions extends Omit<ThreadOrder, 'batchRows' | 'run' | 'isReturned'>, InputPlace {
  readonly numbers: RecordNumbers;
  readonly threads: number;
  readonly windows?: WindowLimits;
  /** Where all batches are given when nobody looks at them any more; undefined if none will be. */
  readonly returned?: ReturnedMemory;
}

/** A window that a thread reads. */
interface Sent {
  readonly memory: SharedArrayBuffer;
  readonly management: readonly Batch[];
  readonly result: Promise<WindowResult>;
}

/**
 * As `Argus3Reader` for what is all there: gives the same batches. This one cuts the windows and reads the management records, which
 * tell of all records behind them; several threads read the others.
 */
export class ParallelArgus3Reader implements AsyncIterable<Batch> {
  readonly #chunks: AsyncIterable<Uint8Array>;
  readonly #numbers: RecordNumbers;
  readonly #order: ThreadOrder;
  readonly #threads: number;
  readonly #splitter: RecordSplitter<SharedArrayBuffer>;
  readonly #returned: ReturnedMemory | undefined;
  readonly #state = new ProbeState();
  readonly #start: number;
  readonly #sent: Sent[] = [];
  #leftOut = nothingLeftOut();

  constructor(chunks: AsyncIterable<Uint8Array>, options: ParallelOptions) {
    const { numbers, threads, windows = LARGE_WINDOWS, returned, start = 0, first, ...order } = options;
    this.#start = start;
    if (first !== undefined) this.#state.learn(first);
    this.#chunks = chunks;
    this.#numbers = numbers;
    this.#threads = threads;
    this.#returned = returned;
    this.#order = { ...order, batchRows: windows.records, isReturned: returned !== undefined };
    this.#splitter = new RecordSplitter(windows, (bytes) => new SharedArrayBuffer(bytes));
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
      while (this.#sent.length > 0) yield* this.#next();
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
        while (this.#sent.length > this.#threads * WINDOWS_EACH) yield* this.#next();
      }
      if (this.damagedAt !== undefined) return;
    }
  }

  #send(window: RecordWindow<SharedArrayBuffer>, pool: WindowPool): void {
    const { end } = window;
    const start = this.#start + window.start;
    const memory = window.bytes.buffer;
    const state = { runs: new Map(this.#state.runs), firstRun: this.#state.firstRun };
    const management = this.#readManagement(window);
    this.#splitter.keep();
    const returned = this.#returned?.take() ?? [];
    this.#sent.push({ memory, management, result: pool.read({ memory, end, start, returned, state }) });
  }

  /** The batches of the window that was sent first. */
  async *#next(): AsyncGenerator<Batch> {
    const { memory, management, result } = this.#sent.shift()!;
    const { batches, managementAfter } = await result;
    this.#splitter.giveBack(memory);
    yield* this.#numbers.number(inOrder(batches.map(fromMessage), management, managementAfter));
  }

  /** Takes in what management records tell. @returns those that are wanted */
  #readManagement({ bytes, start, management: places }: RecordWindow<SharedArrayBuffer>): Batch[] {
    const { management = true, offsets = false } = this.#order;
    const view = new DataView(bytes.buffer);
    const batches: Batch[] = [];
    for (const at of places) {
      const header = readManagement(view, at, at + view.getUint16(at + 2) * 4);
      if (header === undefined) continue;
      if (this.#state.begins(header, !management)) this.#state.begin(header);
      if (!management) continue;
      const batch = this.#state.decode(view, at, header);
      batches.push(offsets ? withOffset(batch, this.#start + start + at) : batch);
    }
    return batches;
  }
}

/** @param after how many of `flows` come before each of `management` */
function inOrder(flows: readonly Batch[], management: readonly Batch[], after: readonly number[]): Batch[] {
  const batches: Batch[] = [];
  let taken = 0;
  for (const [i, batch] of management.entries()) {
    batches.push(...flows.slice(taken, after[i]), batch);
    taken = after[i]!;
  }
  return [...batches, ...flows.slice(taken)];
}
