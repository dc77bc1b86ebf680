import { FrameDecoder } from '../../codec/frame-decoder.ts';
import { FORMAT_MAJOR, readHeader } from '../../codec/format.ts';
import { UnsupportedVersionError } from '../../codec/problem.ts';
import { keepColumns } from '../../codec/keep-columns.ts';
import { bytesOf, framesIn, type Chunk, type ReadOptions } from '../../codec/read.ts';
import { FrameSearch, type Loss } from '../../codec/frame-search.ts';
import type { Damage } from '../../codec/split.ts';
import { steadyMs } from '../../core/clock.ts';
import { GAP_BATCH, type Batch } from '../../record/batch.ts';
import type { FrameTaker } from './scan.ts';

export interface ScanReadOptions extends ReadOptions {
  readonly where: string;
  readonly scan: FrameTaker;
  /** Size of the file, and how much of it was passed over so far. */
  readonly fileBytes: number;
  readonly skippedBytes: () => number;
  /** Is told how many records went to threads. */
  readonly addRecords?: ((records: number) => void) | undefined;
}

/**
 * As `BatchReader`, but leaves frames of records to the threads of a scan; the batches of all others come between the results of those
 * before and behind them. What threads cannot decode is among the problems of the scan.
 */
export class ScanReader implements AsyncIterable<Batch> {
  readonly #chunks: AsyncIterable<Chunk>;
  readonly #options: ScanReadOptions;
  readonly #decoder: FrameDecoder;
  readonly #search: FrameSearch;
  readonly #beganMs = steadyMs();

  /** @param chunks may be reused by their source as soon as the next one is asked for */
  constructor(chunks: AsyncIterable<Chunk>, options: ScanReadOptions) {
    const { fields, peek, room, deferred, offsets, skippedBytes } = options;
    this.#chunks = chunks;
    this.#options = options;
    this.#search = new FrameSearch(skippedBytes);
    this.#decoder = new FrameDecoder({
      ...(fields && { fields }),
      ...(peek && { peek }),
      ...(room && { room }),
      deferred,
      offsets,
    });
  }

  /** Why reading stopped before the end of the stream; undefined when it did not. */
  get damage(): Damage | undefined {
    return this.#search.damage;
  }

  /** What was passed over as damaged. */
  get loss(): Loss | undefined {
    return this.#search.loss;
  }

  /** Frames that arrived whole but could not be decoded here, by problem. */
  get problems(): ReadonlyMap<string, number> {
    return this.#decoder.problems;
  }

  /** @throws UnsupportedVersionError at a frame of a later major version; errors of the source pass through */
  async *[Symbol.asyncIterator](): AsyncGenerator<Batch> {
    const { scan, where, addRecords } = this.#options;
    for await (const frame of framesIn(this.#chunks, this.#search)) {
      const { kind, rows } = frame instanceof Uint8Array ? readHeader(frame, 0) : frame.head.header;
      const offset = this.#search.beginningOf(bytesOf(frame));
      const sent = kind !== GAP_BATCH && scan.wants(this.#restMs()) ? wholeFrame(frame) : undefined;
      if (sent !== undefined) {
        await scan.send(sent, offset, where);
        addRecords?.(rows);
      } else {
        const batch = this.#decoder.decode(frame, offset);
        if (batch === undefined) continue;
        await scan.drain(where);
        yield batch;
      }
    }
    await scan.endFile(where);
    const { damage } = this.#search;
    if (damage?.version !== undefined) throw new UnsupportedVersionError(where, damage.version, FORMAT_MAJOR);
  }

  /** What is left of the file would take so long at the speed up to here. */
  #restMs(): number {
    const { fileBytes, skippedBytes } = this.#options;
    return (steadyMs() - this.#beganMs) * (fileBytes / (this.#search.offset + skippedBytes()) - 1);
  }
}

/** Of what was read in part a frame that has no more than that. */
function wholeFrame(frame: Chunk): Uint8Array | undefined {
  return frame instanceof Uint8Array ? frame : keepColumns(frame.frame, frame.fields);
}
