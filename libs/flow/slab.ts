import { LINE_START } from './rows.ts';

/** Rows of one size that flows take on first need and give back with the flow. Grows by doubling, up to a maximum; the views change when it does. */
export class Slab {
  /** Words of 4 bytes a row; even, so that doubles are aligned. */
  readonly rowWords: number;
  u32!: Uint32Array;
  /** The same words signed. */
  i32!: Int32Array;
  f64!: Float64Array;
  u16!: Uint16Array;
  u8!: Uint8Array;
  readonly #rowsMax: number;
  #free = new Uint32Array(64);
  #freeCount = 0;
  #used = 0;
  #capacity = 0;

  /** @param rowsFirst rows before it first grows; with `rowsMax` it never does, and memory is taken as rows are used */
  constructor(rowWords: number, rowsMax: number, rowsFirst = 1024) {
    this.rowWords = rowWords + (rowWords & 1);
    this.#rowsMax = rowsMax;
    this.#resize(Math.min(rowsMax, rowsFirst));
  }

  /** A zeroed row. There are never more rows wanted than flows, so that the maximum is not exceeded. */
  take(): number {
    if (this.#freeCount > 0) {
      const row = this.#free[--this.#freeCount]!;
      const { u32 } = this;
      const end = (row + 1) * this.rowWords;
      for (let at = row * this.rowWords; at < end; at++) u32[at] = 0; // `fill` takes many times as long for so few
      return row;
    }
    if (this.#used === this.#capacity) this.#resize(Math.min(this.#rowsMax, this.#capacity * 2));
    if (this.#used === this.#capacity) throw new RangeError(`slab: more than ${this.#rowsMax} rows`);
    return this.#used++;
  }

  give(row: number): void {
    if (this.#freeCount === this.#free.length) {
      const larger = new Uint32Array(this.#free.length * 2);
      larger.set(this.#free);
      this.#free = larger;
    }
    this.#free[this.#freeCount++] = row;
  }

  #resize(capacity: number): void {
    const buffer = new ArrayBuffer(LINE_START + capacity * this.rowWords * 4);
    const words = new Uint32Array(buffer, LINE_START);
    if (this.#capacity > 0) words.set(this.u32);
    this.#capacity = capacity;
    this.u32 = words;
    this.i32 = new Int32Array(buffer, LINE_START);
    this.f64 = new Float64Array(buffer, LINE_START);
    this.u16 = new Uint16Array(buffer, LINE_START);
    this.u8 = new Uint8Array(buffer, LINE_START);
  }
}
