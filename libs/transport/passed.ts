import { emptyBatch, FLOW_BATCH, type Batch, type Origin } from '../record/batch.ts';
import { originKey } from '../record/ledger.ts';

interface Range {
  readonly origin: Origin;
  readonly first: number;
  end: number;
}

/** Record numbers whose records a reader's filter refused, and which no frame has accounted for yet. */
export class Passed {
  readonly #ranges = new Map<string, Range>();

  /** @returns what has to be said first, since these numbers do not follow it */
  note({ origin, first, covers }: Pick<Batch, 'origin' | 'first' | 'covers'>): Batch | undefined {
    if (covers === 0) return undefined;
    const key = originKey(origin);
    const range = this.#ranges.get(key);
    if (range?.end === first) {
      range.end += covers;
      return undefined;
    }
    this.#ranges.set(key, { origin, first, end: first + covers });
    return range === undefined ? undefined : passedBatch(range);
  }

  /** A batch without rows that accounts for what passed of this origin; forgets it. */
  take(origin: Origin): Batch | undefined {
    if (this.#ranges.size === 0) return undefined;
    const key = originKey(origin);
    const range = this.#ranges.get(key);
    this.#ranges.delete(key);
    return range === undefined ? undefined : passedBatch(range);
  }

  /** The same for all origins. */
  takeAll(): Batch[] {
    const batches = [...this.#ranges.values()].map(passedBatch);
    this.#ranges.clear();
    return batches;
  }
}

function passedBatch({ origin, first, end }: Range): Batch {
  return emptyBatch(FLOW_BATCH, origin, first, end);
}
