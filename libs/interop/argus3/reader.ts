import { BATCH_ROWS_MAX, type Batch } from '../../record/batch.ts';
import { newBuffer } from '../../record/builder.ts';
import { CutRecord } from './cut-record.ts';
import { nameLeftOut } from './left-out.ts';
import type { RecordNumbers } from './record-numbers.ts';
import { RecordSplitter, type WindowLimits } from './splitter.ts';
import { WindowReader, type WholeRecords, type WindowOptions } from './window-reader.ts';

/** What is read of a file where that is not all of it. */
export interface InputPlace {
  /** Where it begins in the file, bytes; 0 when this is left out. */
  readonly start?: number;
  /** The first record of the file where that is not read, which says of which probe the others are. */
  readonly first?: Uint8Array | undefined;
}

export interface Argus3Options extends Partial<WindowOptions>, InputPlace {
  readonly numbers: RecordNumbers;
  /** Whether rows wait for others to fill a batch with, as from a file; else what has come is given before more is asked for. */
  readonly waits?: boolean;
  /** What is read at once, instead of what fits the input. */
  readonly windows?: WindowLimits;
}

/** Of what comes bit by bit. */
const SMALL_WINDOWS: WindowLimits = { bytes: 1 << 18, records: 4096, waits: false };
/** Of what is all there: the records of one source fill a batch, unless they are long. */
export const LARGE_WINDOWS: WindowLimits = { bytes: 4 << 20, records: BATCH_ROWS_MAX, waits: true };
/**
 * Reads the records of Argus 3 and 5 from a byte stream: `for await (const batch of reader)`, then look at `pending` and
 * `leftOut`. Once only.
 */
export class Argus3Reader implements AsyncIterable<Batch> {
  readonly #chunks: AsyncIterable<Uint8Array>;
  readonly #numbers: RecordNumbers;
  readonly #splitter: RecordSplitter;
  readonly #reader: WindowReader;
  /** Whether records are read where they are in the chunks, for most are passed over. */
  readonly #areChunksRead: boolean;
  readonly #cut = new CutRecord();
  /** Bytes of the chunks that were read where they are. */
  #read = 0;
  readonly #start: number;

  constructor(
    chunks: AsyncIterable<Uint8Array>,
    { numbers, waits = false, windows, start = 0, first, ...options }: Argus3Options,
  ) {
    this.#chunks = chunks;
    this.#numbers = numbers;
    this.#areChunksRead = waits && options.peek !== undefined;
    const limits = windows ?? (waits && !this.#areChunksRead ? LARGE_WINDOWS : SMALL_WINDOWS);
    this.#splitter = new RecordSplitter(limits, newBuffer);
    this.#reader = new WindowReader({ batchRows: limits.records, ...options });
    this.#start = start;
    if (first !== undefined) this.#reader.state.learn(first);
  }

  /** Bytes after the last whole record. */
  get pending(): number {
    return this.#splitter.pending + this.#cut.length;
  }

  /** Where neither record nor filler begins, bytes from the beginning: reading stops there. */
  get damagedAt(): number | undefined {
    return this.#reader.isDamaged ? this.#read : this.#splitter.damagedAt;
  }

  /** What had no meaning in our fields, by name, with how often it came. */
  get leftOut(): ReadonlyMap<string, number> {
    return nameLeftOut(this.#reader.leftOut);
  }

  /** @throws what is wrong with the input, after the records before that */
  async *[Symbol.asyncIterator](): AsyncGenerator<Batch> {
    let failure: { readonly error: unknown } | undefined;
    try {
      for await (const chunk of this.#chunks) {
        yield* this.#areChunksRead ? this.#readChunk(chunk) : this.#readWindows(chunk);
        if (this.damagedAt !== undefined) break;
      }
    } catch (error) {
      failure = { error };
    }
    for (const window of this.#splitter.rest()) yield* this.#numbered(window);
    if (failure !== undefined) throw failure.error;
  }

  *#readWindows(chunk: Uint8Array): Generator<Batch> {
    for (const window of this.#splitter.push(chunk)) yield* this.#numbered(window);
  }

  *#readChunk(chunk: Uint8Array): Generator<Batch> {
    const cut = this.#cut;
    const from = cut.length > 0 ? cut.take(chunk) : 0;
    const first = cut.length > 0 ? cut.whole() : undefined;
    if (first !== undefined) yield* this.#readWhole(first);
    if (cut.length > 0 || this.#reader.isDamaged) return;
    const rest = chunk.subarray(from);
    yield* this.#readWhole(rest);
    if (!this.#reader.isDamaged) cut.take(rest.subarray(this.#reader.consumed));
  }

  *#readWhole(bytes: Uint8Array): Generator<Batch> {
    yield* this.#numbered({ bytes, end: bytes.length, start: this.#read });
    this.#read += this.#reader.consumed;
  }

  #numbered(window: WholeRecords): Generator<Batch> {
    return this.#numbers.number(this.#reader.read({ ...window, start: this.#start + window.start }));
  }
}
