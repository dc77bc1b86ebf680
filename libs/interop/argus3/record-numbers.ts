import type { Batch, Origin } from '../../record/batch.ts';

/** Origins that are remembered; beyond that all are forgotten, and numbers begin again. */
const ORIGINS_MAX = 65_536;

/** Record numbers, which Argus does not have: counted for each origin, over all inputs of a command. */
export class RecordNumbers {
  readonly #next = new Map<string, number>();

  /** @returns the first of `count` numbers */
  take({ source, run }: Origin, count: number): number {
    const key = `${run} ${source}`;
    const first = this.#next.get(key) ?? 0;
    if (first === 0 && this.#next.size >= ORIGINS_MAX) this.#next.clear();
    this.#next.set(key, first + count);
    return first;
  }

  /** Gives batches the numbers that follow. */
  *number(batches: readonly Batch[]): Generator<Batch> {
    for (const batch of batches) yield { ...batch, first: this.take(batch.origin, batch.covers) };
  }
}
