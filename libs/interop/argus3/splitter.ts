import { RECORD_BYTES_MAX, RECORD_HEADER_BYTES } from './format.ts';

/** Bytes of which the whole records are handed out together. */
const WINDOW_BYTES = 1 << 18;

/**
 * Cuts a stream into records by their lengths. A length of zero is filler of four bytes. What is handed out is valid
 * until the next step.
 */
export class RecordSplitter {
  readonly #bytes = new Uint8Array(WINDOW_BYTES + RECORD_BYTES_MAX);
  readonly view = new DataView(this.#bytes.buffer);
  #end = 0;

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Bytes of a record that has begun and not ended. */
  get pending(): number {
    return this.#end;
  }

  /**
   * Takes `chunk` in and hands out windows on what is there: `[0, end)` holds whole records and filler.
   * @returns how far each window is whole; bytes after that are kept for the next
   */
  *push(chunk: Uint8Array): Generator<number> {
    for (let taken = 0; taken < chunk.length;) {
      const piece = chunk.subarray(taken, taken + WINDOW_BYTES);
      this.#bytes.set(piece, this.#end);
      this.#end += piece.length;
      taken += piece.length;
      const whole = this.#wholeRecords();
      if (whole > 0) yield whole;
      this.#bytes.copyWithin(0, whole, this.#end);
      this.#end -= whole;
    }
  }

  #wholeRecords(): number {
    let offset = 0;
    while (offset + RECORD_HEADER_BYTES <= this.#end) {
      const next = offset + Math.max(this.view.getUint16(offset + 2) * 4, RECORD_HEADER_BYTES);
      if (next > this.#end) break;
      offset = next;
    }
    return offset;
  }
}
