import {
  F_LAST,
  H_IDLE_BUCKET,
  ROW_DOUBLES,
  ROW_HALVES,
  ROW_WORDS,
  W_IDLE_NEXT,
  W_IDLE_PREVIOUS,
  type FlowRows,
} from './rows.ts';

const BUCKETS = 2048;

/**
 * Finds the flow that has been idle longest, without any work per packet: rows are filed in buckets by the time of their
 * last packet when filed, and a row found in an old bucket is filed again if it had packets since. Each refiling is paid
 * for by a packet. Exact to the width of a bucket.
 */
export class IdleOrder {
  readonly #rows: FlowRows;
  readonly #bucketUs: number;
  readonly #heads = new Uint32Array(BUCKETS);
  readonly #tails = new Uint32Array(BUCKETS);
  /** No row is filed in a bucket before this one; counted from the epoch, not round the ring. */
  #oldest = Infinity;

  /** @param idleMaxUs the longest that a row can be idle, which the buckets must span */
  constructor(rows: FlowRows, idleMaxUs: number) {
    this.#rows = rows;
    this.#bucketUs = Math.max(20_000, idleMaxUs / (BUCKETS / 2));
  }

  add(row: number): void {
    const number = this.#bucketNumber(row);
    if (number < this.#oldest) this.#oldest = number;
    const bucket = number & (BUCKETS - 1);
    const words = this.#rows.u32;
    const at = row * ROW_WORDS;
    const tail = this.#tails[bucket]!;
    words[at + W_IDLE_NEXT] = 0;
    words[at + W_IDLE_PREVIOUS] = tail;
    if (tail === 0) this.#heads[bucket] = row + 1;
    else words[(tail - 1) * ROW_WORDS + W_IDLE_NEXT] = row + 1;
    this.#tails[bucket] = row + 1;
    this.#rows.u16[row * ROW_HALVES + H_IDLE_BUCKET] = bucket;
  }

  remove(row: number): void {
    const bucket = this.#rows.u16[row * ROW_HALVES + H_IDLE_BUCKET]!;
    const words = this.#rows.u32;
    const at = row * ROW_WORDS;
    const next = words[at + W_IDLE_NEXT]!;
    const previous = words[at + W_IDLE_PREVIOUS]!;
    if (previous === 0) this.#heads[bucket] = next;
    else words[(previous - 1) * ROW_WORDS + W_IDLE_NEXT] = next;
    if (next === 0) this.#tails[bucket] = previous;
    else words[(next - 1) * ROW_WORDS + W_IDLE_PREVIOUS] = previous;
  }

  /** The row that has been idle longest, or -1 when there is none. */
  longest(): number {
    // One turn may file rows again where it has been already, when times have jumped; the next finds them.
    for (let step = 0; step < 2 * BUCKETS; step++, this.#oldest++) {
      const bucket = this.#oldest & (BUCKETS - 1);
      while (this.#heads[bucket] !== 0) {
        const row = this.#heads[bucket]! - 1;
        const number = this.#bucketNumber(row);
        if (number <= this.#oldest) return row;
        this.remove(row);
        this.add(row);
        if ((number & (BUCKETS - 1)) === bucket) return row;
      }
    }
    this.#oldest = Infinity;
    return -1;
  }

  /** Removes the rows that have been idle longest, as many as `rows` has room for. @returns how many there were */
  takeLongest(rows: Uint32Array): number {
    let count = 0;
    for (let row; count < rows.length && (row = this.longest()) >= 0; count++) {
      this.remove(row);
      rows[count] = row;
    }
    return count;
  }

  #bucketNumber(row: number): number {
    return Math.floor(this.#rows.f64[row * ROW_DOUBLES + F_LAST]! / this.#bucketUs);
  }
}
