import { BATCH_ROWS_MAX, type Batch } from '../record/batch.ts';
import { gatherRows } from '../record/gather.ts';

/** Batches of one stretch that wait until they fill a frame. */
interface Waiting {
  batches: Batch[];
  rows: number;
}

/** Fills frames to the brim, for each stretch of record numbers those of its own. Order is kept within a stretch. */
export class FullFrames {
  readonly #bytesMax: number;
  readonly #waiting = new Map<string, Waiting>();
  #bytes = 0;

  /** @param bytesMax of columns in memory; beyond it frames are made of what there is */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Takes a batch without columns of later versions, whose source names its stretch; returns those that are full. */
  push(batch: Batch): Batch[] {
    const { source } = batch.origin;
    const waiting = this.#waiting.get(source);
    if (batch.rows === BATCH_ROWS_MAX && waiting === undefined) return [batch];
    const batches = [...(waiting?.batches ?? []), batch];
    const rows = (waiting?.rows ?? 0) + batch.rows;
    this.#bytes += batch.buffer.byteLength;
    this.#waiting.set(source, { batches, rows });
    if (rows < BATCH_ROWS_MAX) return this.#bytes > this.#bytesMax ? this.flush() : [];
    const made = gathered(batches, rows);
    for (const { buffer } of batches) this.#bytes -= buffer.byteLength;
    const rest = made.at(-1)!.rows < BATCH_ROWS_MAX ? made.pop() : undefined;
    if (rest === undefined) this.#waiting.delete(source);
    else {
      this.#bytes += rest.buffer.byteLength;
      this.#waiting.set(source, { batches: [rest], rows: rest.rows });
    }
    return made;
  }

  /** All that waits. */
  flush(): Batch[] {
    const made = [...this.#waiting.values()].flatMap(({ batches, rows }) => gathered(batches, rows));
    this.#waiting.clear();
    this.#bytes = 0;
    return made;
  }
}

function gathered(batches: readonly Batch[], rows: number): Batch[] {
  if (batches.length === 1) return [...batches];
  return gatherRows(
    batches,
    Uint32Array.from({ length: rows }, (_, row) => row),
  );
}
