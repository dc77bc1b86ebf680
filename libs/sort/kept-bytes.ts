import type { BytesColumn } from '../record/columns.ts';

/** Byte strings of many rows, one behind the other. */
export class KeptBytes {
  #bytes = new Uint8Array(0);
  #end = 0;

  /** Memory that it takes. */
  get capacity(): number {
    return this.#bytes.length;
  }

  /** @returns where those of each row begin, and how many they are */
  add(column: BytesColumn, rows: number): [offsets: Uint32Array, lengths: Uint32Array] {
    const offsets = new Uint32Array(rows);
    const lengths = new Uint32Array(rows);
    for (let row = 0, start = 0; row < rows; row++) {
      offsets[row] = this.#end + start;
      lengths[row] = column.ends[row]! - start;
      start = column.ends[row]!;
    }
    this.#append(column.blob.subarray(0, column.ends[rows - 1]));
    return [offsets, lengths];
  }

  get(offset: number, length: number): Uint8Array {
    return this.#bytes.subarray(offset, offset + length);
  }

  #append(bytes: Uint8Array): void {
    const end = this.#end + bytes.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(this.#end === 0 ? end : Math.max(end, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, this.#end));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#end);
    this.#end = end;
  }
}
