import { emptyBatch, GAP_BATCH, type Batch, type Origin } from '../record/batch.ts';
import { originKey } from '../record/ledger.ts';

/** Most origins of which losses are remembered apart. */
const ORIGINS_MAX = 4096;

interface Loss {
  readonly origin: Origin;
  /** Number of the first record lost, and of the first after the last. */
  first: number;
  end: number;
}

/** Which record numbers one reader did not get: one range an origin, since records come in order within their origin. */
export class Losses {
  readonly #ranges = new Map<string, Loss>();

  get none(): boolean {
    return this.#ranges.size === 0;
  }

  /** Notes that a batch was not delivered; false when there are too many origins to remember. */
  note({ origin, first, covers }: Pick<Batch, 'origin' | 'first' | 'covers'>): boolean {
    if (covers === 0) return true;
    const key = originKey(origin);
    const loss = this.#ranges.get(key);
    if (loss !== undefined) {
      loss.first = Math.min(loss.first, first);
      loss.end = Math.max(loss.end, first + covers);
      return true;
    }
    if (this.#ranges.size >= ORIGINS_MAX) return false;
    this.#ranges.set(key, { origin, first, end: first + covers });
    return true;
  }

  /** The losses as gap batches; forgets them. */
  take(): Batch[] {
    const gaps = [...this.#ranges.values()].map(({ origin, first, end }) => emptyBatch(GAP_BATCH, origin, first, end));
    this.#ranges.clear();
    return gaps;
  }
}
