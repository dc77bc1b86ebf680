import { BATCH_ROWS_MAX, type Batch } from '../record/batch.ts';
import { gatherRows, startTimes } from '../record/gather.ts';

/** Flow records of one origin that wait to be written to a file. */
export class Gathered {
  #batches: Batch[] = [];
  #rows = 0;
  #bytes = 0;

  get rows(): number {
    return this.#rows;
  }

  /** Memory of the columns. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @param batch without columns of later versions */
  push(batch: Batch): void {
    this.#batches.push(batch);
    this.#rows += batch.rows;
    this.#bytes += batch.buffer.byteLength;
  }

  /** Takes all, in the order in which they came. */
  takeAll(): Batch[] {
    const batches = this.#batches;
    const order = Uint32Array.from({ length: this.#rows }, (_, i) => i);
    this.#keep([]);
    return gathered(batches, order);
  }

  /**
   * Takes what began up to `cutoffUs`, in the order of start times; of equal ones in the order in which they came. While there
   * is more than `atLeast` rows are needed for, nothing is taken.
   */
  takeSorted(cutoffUs: number, atLeast = 1): Batch[] {
    const batches = this.#batches;
    const times = new Float64Array(this.#rows);
    let at = 0;
    for (const batch of batches) {
      times.set(startTimes(batch), at);
      at += batch.rows;
    }
    const ready: number[] = [];
    const rest: number[] = [];
    for (let i = 0; i < times.length; i++) (times[i]! > cutoffUs ? rest : ready).push(i);
    if (ready.length < atLeast) return [];
    const order = Uint32Array.from(ready);
    if (!isSorted(times, order)) order.sort((a, b) => times[a]! - times[b]! || a - b);
    const taken = gathered(batches, order);
    this.#keep(gathered(batches, Uint32Array.from(rest)));
    return taken;
  }

  #keep(batches: Batch[]): void {
    this.#batches = [];
    this.#rows = 0;
    this.#bytes = 0;
    for (const batch of batches) this.push(batch);
  }
}

/** A row without a time stays where it came, as far as that can be told. */
function isSorted(times: Float64Array, order: Uint32Array): boolean {
  for (let i = 1; i < order.length; i++) if (times[order[i]!]! < times[order[i - 1]!]!) return false;
  return true;
}

function gathered(batches: readonly Batch[], order: Uint32Array): Batch[] {
  const [only] = batches;
  if (only === undefined || order.length === 0) return [];
  if (batches.length === 1 && order.length === only.rows && order.every((row, i) => row === i)) return [only];
  return gatherRows(batches, order);
}

export const GATHERED_ROWS = BATCH_ROWS_MAX;
