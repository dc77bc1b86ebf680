import { emptyBatch, GAP_BATCH, type Batch, type Origin } from '../record/batch.ts';
import { originKey } from '../record/ledger.ts';

/** Most ranges that are remembered apart. */
const RANGES_MAX = 4096;

interface Loss {
  readonly origin: Origin;
  /** Position of the first batch lost. */
  readonly position: number;
  /** Number of the first record lost, and of the first after the last. */
  readonly first: number;
  end: number;
}

/** Which records one reader does not get, to be said when its place in the log is behind them. */
export class Losses {
  #losses: Loss[] = [];
  /** The latest loss of each origin. */
  readonly #latest = new Map<string, Loss>();

  /** Notes that the batch at a position is not delivered, in order; false when there is too much to remember. */
  note(position: number, { origin, first, covers }: Pick<Batch, 'origin' | 'first' | 'covers'>): boolean {
    if (covers === 0) return true;
    const key = originKey(origin);
    const latest = this.#latest.get(key);
    if (latest?.end === first) {
      latest.end += covers;
      return true;
    }
    if (this.#losses.length >= RANGES_MAX) return false;
    const loss = { origin, position, first, end: first + covers };
    this.#losses.push(loss);
    this.#latest.set(key, loss);
    return true;
  }

  /** The losses that begin before a position, as gap batches; forgets them. */
  takeBelow(position: number): Batch[] {
    if (this.#losses.length === 0) return [];
    const due = this.#losses.filter((loss) => loss.position < position);
    this.#losses = this.#losses.filter((loss) => loss.position >= position);
    if (this.#losses.length === 0) this.#latest.clear();
    return due.map((loss) => {
      if (this.#latest.get(originKey(loss.origin)) === loss) this.#latest.delete(originKey(loss.origin));
      return emptyBatch(GAP_BATCH, loss.origin, loss.first, loss.end);
    });
  }
}
