import type { Batch } from '../record/batch.ts';
import { decodeFrame, type DecodeOptions } from './decode.ts';

/** Decodes frame after frame whose checksums are right, and counts those that make no sense. */
export class FrameDecoder {
  readonly #looking: DecodeOptions;
  readonly #direct: DecodeOptions;
  /** Neighbours are alike: looking first pays behind a batch that was not wanted. */
  #looksFirst = true;
  readonly #problems = new Map<string, number>();
  #skippedColumns = 0;

  constructor({ peek, ...direct }: Omit<DecodeOptions, 'verified'>) {
    this.#direct = { ...direct, verified: true };
    this.#looking = peek === undefined ? this.#direct : { ...this.#direct, peek };
  }

  /** Frames that could not be decoded, by problem. */
  get problems(): ReadonlyMap<string, number> {
    return this.#problems;
  }

  /** Columns of known fields in an encoding of a later version. */
  get skippedColumns(): number {
    return this.#skippedColumns;
  }

  /** @returns undefined for a frame that makes no sense */
  decode(frame: Uint8Array): Batch | undefined {
    const result = decodeFrame(frame, this.#looksFirst ? this.#looking : this.#direct);
    if ('problem' in result) {
      this.#problems.set(result.problem, (this.#problems.get(result.problem) ?? 0) + 1);
      return undefined;
    }
    this.#skippedColumns += result.skippedColumns;
    this.#looksFirst = this.#looking.peek?.isWanted(result.batch) !== true;
    return result.batch;
  }
}
