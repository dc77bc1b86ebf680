import type { Batch } from '../record/batch.ts';
import { FORMAT_MAJOR } from './format.ts';
import { FrameDecoder, type FrameDecoding } from './frame-decoder.ts';
import type { FramePart } from './frame-head.ts';
import { UnsupportedVersionError } from './problem.ts';
import { FrameSearch, type Loss } from './frame-search.ts';
import type { Damage } from './split.ts';

export interface ReadOptions extends Pick<FrameDecoding, 'fields' | 'peek' | 'room' | 'deferred' | 'offsets'> {
  /** Name of the input for error messages. */
  readonly where?: string;
  /** To go on behind damage, as `FrameSearch` does: how many bytes of the input were passed over up to now. */
  readonly skippedBytes?: () => number;
  /** As `FrameSearch` has it. */
  readonly leadBytesMax?: number;
}

/** What comes of a file: any bytes of it, or a frame that was read in part. */
export type Chunk = Uint8Array | FramePart;

/** All of a frame, of which there may be no more than was read. */
export const bytesOf = (frame: Chunk): Uint8Array => (frame instanceof Uint8Array ? frame : frame.frame);

/** The frames in chunks, each to be taken before the next one. */
export async function* framesIn(chunks: AsyncIterable<Chunk>, search: FrameSearch): AsyncGenerator<Chunk> {
  for await (const chunk of chunks) {
    if (chunk instanceof Uint8Array) for (const frame of search.push(chunk)) yield frame;
    else {
      for (const frame of search.pass(chunk.bytesRead)) yield frame;
      yield chunk;
    }
    if (search.isOver) return;
  }
  for (const frame of search.end()) yield frame;
}

/** Reads the batches of a byte stream: `for await (const batch of reader)`, then look at `damage`. Once only. */
export class BatchReader implements AsyncIterable<Batch> {
  readonly #chunks: AsyncIterable<Chunk>;
  readonly #where: string;
  readonly #decoder: FrameDecoder;
  readonly #search: FrameSearch;

  /** @param chunks may be reused by their source as soon as the next one is asked for */
  constructor(
    chunks: AsyncIterable<Chunk>,
    { where = 'input', skippedBytes, leadBytesMax, ...decoding }: ReadOptions = {},
  ) {
    this.#chunks = chunks;
    this.#where = where;
    this.#decoder = new FrameDecoder(decoding);
    this.#search = new FrameSearch(skippedBytes, leadBytesMax);
  }

  /** Why reading stopped before the end of the stream; undefined when it did not. */
  get damage(): Damage | undefined {
    return this.#search.damage;
  }

  /** What was passed over as damaged. */
  get loss(): Loss | undefined {
    return this.#search.loss;
  }

  /** Frames that arrived whole but could not be decoded, by problem. */
  get problems(): ReadonlyMap<string, number> {
    return this.#decoder.problems;
  }

  /** Columns of known fields in an encoding of a later version. */
  get skippedColumns(): number {
    return this.#decoder.skippedColumns;
  }

  /** @throws UnsupportedVersionError at a frame of a later major version; errors of the source pass through */
  async *[Symbol.asyncIterator](): AsyncGenerator<Batch> {
    for await (const frame of framesIn(this.#chunks, this.#search)) {
      const batch = this.#decoder.decode(frame, this.#search.beginningOf(bytesOf(frame)));
      if (batch !== undefined) yield batch;
    }
    const { damage } = this.#search;
    if (damage?.version !== undefined) throw new UnsupportedVersionError(this.#where, damage.version, FORMAT_MAJOR);
  }
}
