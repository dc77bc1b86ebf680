import type { Batch } from '../record/batch.ts';
import { decodeFrame, decodePart, type DecodeOptions } from './decode.ts';
import type { FramePart } from './frame-head.ts';

export interface FrameDecoding extends Omit<DecodeOptions, 'verified' | 'deferral' | 'offset'> {
  /** Whether records are to have the field `offset`. */
  readonly offsets?: boolean | undefined;
  /** Numbers of fields of flow records that are decoded when they are asked for; only for batches that nobody keeps. */
  readonly deferred?: ReadonlySet<number> | undefined;
}

/** Decodes frame after frame whose checksums are right, and counts those that make no sense. */
export class FrameDecoder {
  readonly #options: DecodeOptions;
  readonly #offsets: boolean;
  readonly #problems = new Map<string, number>();
  #skippedColumns = 0;

  constructor({ deferred, offsets = false, ...options }: FrameDecoding) {
    this.#offsets = offsets;
    const deferral = deferred && { fields: deferred, failed: (problem: string) => this.#note(problem) };
    this.#options = { ...options, deferral, verified: true };
  }

  /** Frames that could not be decoded, or not all of what was asked for, by problem. */
  get problems(): ReadonlyMap<string, number> {
    return this.#problems;
  }

  /** Columns of known fields in an encoding of a later version. */
  get skippedColumns(): number {
    return this.#skippedColumns;
  }

  /**
   * @param offset where it begins in its file
   * @returns undefined for a frame that makes no sense
   */
  decode(frame: Uint8Array | FramePart, offset: number): Batch | undefined {
    const options = this.#offsets ? { ...this.#options, offset } : this.#options;
    const result = frame instanceof Uint8Array ? decodeFrame(frame, options) : decodePart(frame, options);
    if ('problem' in result) {
      this.#note(result.problem);
      return undefined;
    }
    this.#skippedColumns += result.skippedColumns;
    return result.batch;
  }

  #note(problem: string): void {
    this.#problems.set(problem, (this.#problems.get(problem) ?? 0) + 1);
  }
}
