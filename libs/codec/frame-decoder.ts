import type { Batch } from '../record/batch.ts';
import { decodeFrame, decodePart, type DecodeOptions } from './decode.ts';
import type { FramePart } from './frame-head.ts';

/** Decodes frame after frame whose checksums are right, and counts those that make no sense. */
export class FrameDecoder {
  readonly #options: DecodeOptions;
  readonly #problems = new Map<string, number>();
  #skippedColumns = 0;

  constructor(options: Omit<DecodeOptions, 'verified'>) {
    this.#options = { ...options, verified: true };
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
  decode(frame: Uint8Array | FramePart): Batch | undefined {
    const options = this.#options;
    const result = frame instanceof Uint8Array ? decodeFrame(frame, options) : decodePart(frame, options);
    if ('problem' in result) {
      this.#problems.set(result.problem, (this.#problems.get(result.problem) ?? 0) + 1);
      return undefined;
    }
    this.#skippedColumns += result.skippedColumns;
    return result.batch;
  }
}
