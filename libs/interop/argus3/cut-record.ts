import { beginsRecord, RECORD_BYTES_MAX, RECORD_HEADER_BYTES } from './format.ts';

/** A record of which one chunk has the beginning and the next ones the rest. */
export class CutRecord {
  readonly #bytes = new Uint8Array(RECORD_BYTES_MAX);
  readonly #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Bytes of it that have come. */
  get length(): number {
    return this.#length;
  }

  /** Takes what it needs of the beginning of a chunk. @returns how much that was */
  take(chunk: Uint8Array): number {
    let taken = 0;
    while (taken < chunk.length && this.#length < this.#needed) {
      const piece = chunk.subarray(taken, taken + this.#needed - this.#length);
      this.#bytes.set(piece, this.#length);
      this.#length += piece.length;
      taken += piece.length;
    }
    return taken;
  }

  /** It, once it is whole, or its header where that is none; there is none afterwards. */
  whole(): Uint8Array<ArrayBuffer> | undefined {
    if (this.#length < this.#needed) return undefined;
    const whole = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return whole;
  }

  get #needed(): number {
    if (this.#length < RECORD_HEADER_BYTES) return RECORD_HEADER_BYTES;
    const head = this.#view.getUint32(0);
    return beginsRecord(head) ? Math.max((head & 0xffff) * 4, RECORD_HEADER_BYTES) : RECORD_HEADER_BYTES;
  }
}
