import type { Batch } from '../record/batch.ts';
import type { DecodeOptions } from './decode.ts';
import { FORMAT_MAJOR } from './format.ts';
import { FrameDecoder } from './frame-decoder.ts';
import type { FramePart } from './frame-head.ts';
import { UnsupportedVersionError } from './problem.ts';
import { FrameSplitter, type Damage } from './split.ts';

export interface ReadOptions extends Pick<DecodeOptions, 'fields' | 'peek' | 'room'> {
  /** Name of the input for error messages. */
  readonly where?: string;
}

/** What comes of a file: any bytes of it, or a frame that was read in part. */
export type Chunk = Uint8Array | FramePart;

/** The frames that a chunk completes, to be taken before the next one. */
export function framesIn(chunk: Chunk, splitter: FrameSplitter): Iterable<Chunk> {
  if (chunk instanceof Uint8Array) return splitter.push(chunk);
  splitter.pass(chunk.bytesRead);
  return [chunk];
}

/** Reads the batches of a byte stream: `for await (const batch of reader)`, then look at `damage`. Once only. */
export class BatchReader implements AsyncIterable<Batch> {
  readonly #chunks: AsyncIterable<Chunk>;
  readonly #where: string;
  readonly #decoder: FrameDecoder;
  readonly #splitter = new FrameSplitter();

  /** @param chunks may be reused by their source as soon as the next one is asked for */
  constructor(chunks: AsyncIterable<Chunk>, { where = 'input', ...decoding }: ReadOptions = {}) {
    this.#chunks = chunks;
    this.#where = where;
    this.#decoder = new FrameDecoder(decoding);
  }

  /** Why reading stopped before the end of the stream; undefined when it did not. */
  get damage(): Damage | undefined {
    return this.#splitter.damage;
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
    for await (const chunk of this.#chunks) {
      for (const frame of framesIn(chunk, this.#splitter)) {
        const batch = this.#decoder.decode(frame);
        if (batch !== undefined) yield batch;
      }
      if (this.#splitter.damage !== undefined) break;
    }
    const damage = this.#splitter.end();
    if (damage?.version !== undefined) throw new UnsupportedVersionError(this.#where, damage.version, FORMAT_MAJOR);
  }
}
