import { Area } from '../record/builder.ts';

/** Room that is kept; what needs more gets a buffer for once. */
const KEPT_BYTES_MAX = 8 << 20;

/**
 * A buffer in which one batch after the other may lie, each in the place of the one before it: a new one costs as much as
 * half of decoding does, because the system has to clear its pages first.
 */
export class Room {
  #buffer = new ArrayBuffer(0);

  /** An area of at least so many bytes, which are not zeros; the one before it is no longer valid. */
  area(bytes: number): Area {
    if (bytes > KEPT_BYTES_MAX) return new Area(bytes);
    if (bytes > this.#buffer.byteLength) this.#buffer = new ArrayBuffer(Math.min(2 * bytes, KEPT_BYTES_MAX));
    return new Area(bytes, this.#buffer);
  }
}
