import type { Batch } from '../../record/batch.ts';

/** The last stage of a command: takes records and leaves them somewhere. */
export interface Sink {
  /**
   * Takes the first `count` of `rows`, which are row numbers of the batch in ascending order; all rows when `rows` is
   * undefined. A batch without rows says that records are missing.
   * @returns undefined when more may come at once, else a promise for that moment
   */
  push(batch: Batch, rows: Uint32Array | undefined, count: number): Promise<void> | undefined;
  /** Everything has been pushed: resolves when it is where it belongs. */
  end(): Promise<void>;
}
