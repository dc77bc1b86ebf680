import { BATCH_ROWS_MAX, type Batch } from '../record/batch.ts';
import { originKey } from '../record/ledger.ts';
import { mergeBatches } from '../record/reblock.ts';

/** Bytes of columns that are gathered at most, whatever their rows. */
const BYTES_MAX = 16 << 20;
/** Batches of so many rows are not worth copying. */
const LARGE_ROWS = BATCH_ROWS_MAX / 2;

/** Makes large batches of small ones of one origin that follow each other, whatever their numbers. Order is kept. */
export class Consolidator {
  #waiting: Batch[] = [];
  #origin = '';
  #rows = 0;
  #bytes = 0;

  /** Takes a batch of flow records without columns of later versions; returns those that are done, oldest first. */
  push(batch: Batch): Batch[] {
    const done: Batch[] = [];
    const origin = originKey(batch.origin);
    const bytes = batch.buffer.byteLength;
    const fits = origin === this.#origin && this.#rows + batch.rows <= BATCH_ROWS_MAX && this.#bytes + bytes <= BYTES_MAX; // prettier-ignore
    if (!fits) done.push(...this.flush());
    if (batch.rows >= LARGE_ROWS && this.#rows === 0) return [...done, batch];
    this.#waiting.push(batch);
    this.#origin = origin;
    this.#rows += batch.rows;
    this.#bytes += bytes;
    return done;
  }

  flush(): Batch[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#rows = 0;
    this.#bytes = 0;
    if (waiting.length < 2) return waiting;
    const first = Math.min(...waiting.map((batch) => batch.first));
    const end = Math.max(...waiting.map((batch) => batch.first + batch.covers));
    const merged = mergeBatches(waiting);
    return [{ ...merged, first, covers: Math.max(end - first, merged.rows) }];
  }
}
