import type { Batch, Origin } from '../record/batch.ts';
import { originKey } from '../record/ledger.ts';
import { Coverage, type Stretches } from './coverage.ts';

/**
 * Which records of several files may be sorted together: those of a stretch of record numbers that they have together. Where files
 * have the same numbers for different records, as those do that were converted one by one, each file has stretches of its own.
 */
export class SortedApart {
  readonly coverage = new Coverage();
  readonly #common: Stretches;
  readonly #own: { readonly base: number; readonly stretches: Stretches }[] = [];
  /** Origins whose numbers come more than once. */
  readonly #crowded = new Set<string>();

  /** @param files what each of them has */
  constructor(files: readonly Coverage[]) {
    for (const file of files) this.coverage.addAll(file);
    this.#common = this.coverage.stretches;
    for (const { origin, ranges, flows, management } of this.coverage.origins) {
      const numbers = ranges.reduce((sum, [, count]) => sum + count, 0);
      if (flows + management > numbers) this.#crowded.add(originKey(origin));
    }
    let base = this.#common.count;
    for (const { stretches } of files) {
      this.#own.push({ base, stretches });
      base += stretches.count;
    }
  }

  /** The stretch in which a batch of one of the files lies. */
  of(file: number, batch: Batch): number {
    if (!this.#crowded.has(originKey(batch.origin))) return this.#common.of(batch);
    const { base, stretches } = this.#own[file]!;
    return base + stretches.of(batch);
  }

  /** Whose stretch this is. */
  originOf(stretch: number): Origin {
    if (stretch < this.#common.count) return this.#common.originOf(stretch);
    const { base, stretches } = this.#own.findLast((own) => own.base <= stretch)!;
    return stretches.originOf(stretch - base);
  }
}
