import type { Batch, Origin } from '../../libs/record/batch.ts';
import { OriginLedger } from '../../libs/record/ledger.ts';

/**
 * Numbers of records that come from files. Readers take each number once and tell of those that never came, while files that were sorted,
 * divided or selected from others have their numbers in any order, with holes, or again and again. The same files in the same order get the same ones.
 */
export class FileNumbers {
  readonly #given = new OriginLedger();

  /** The batch with numbers that none had before it and right behind them: of another run of its probe, if it must be. */
  of(batch: Batch): Batch {
    const numbered = this.#numbered(batch);
    this.#given.take(numbered);
    return numbered;
  }

  #numbered(batch: Batch): Batch {
    const { origin, first, covers, rows } = batch;
    const end = this.#given.endOf(origin);
    if (end === undefined || rows === 0 || first === end) return batch;
    if (first > end) return { ...batch, first: end, covers: first + covers - end };
    const other: Origin = { ...origin, run: origin.run + 1 };
    return { ...batch, origin: other, first: this.#given.endOf(other) ?? 0, covers: rows };
  }
}
