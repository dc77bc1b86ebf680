import { readSync } from 'node:fs';

/** A part of a file in memory, which moves with who reads it, mostly towards the end. */
export class FileWindow {
  readonly #fd: number;
  readonly #most: number;
  #bytes: Uint8Array;
  /** Offset in the file of the first byte, and how many there are. */
  #start = 0;
  #held = 0;

  /**
   * @param bytes room at first; it grows as it is asked for more
   * @param most bytes that are read at once, unless more are wanted
   */
  constructor(fd: number, bytes: number, most: number) {
    this.#fd = fd;
    this.#most = most;
    this.#bytes = new Uint8Array(bytes);
  }

  /** Offset in the file behind the last byte that is held. */
  get end(): number {
    return this.#start + this.#held;
  }

  /** Bytes that `has` has said are held; valid until it is asked again. */
  at(offset: number, bytes: number): Uint8Array {
    const from = offset - this.#start;
    return this.#bytes.subarray(from, from + bytes);
  }

  /**
   * Holds `wanted` bytes from `offset` on.
   * @param ahead how many to read if any have to be read
   * @returns false when the file ends before
   * @throws as `fs` does
   */
  has(offset: number, wanted: number, ahead: number): boolean {
    if (offset >= this.#start && offset + wanted <= this.end) return true;
    const kept = offset >= this.#start && offset < this.end ? this.end - offset : 0;
    const room = Math.max(wanted, Math.min(ahead, this.#most));
    const from = this.#bytes;
    if (room > from.length) this.#bytes = new Uint8Array(room);
    this.#bytes.set(from.subarray(this.#held - kept, this.#held));
    this.#start = offset;
    this.#held = kept;
    while (this.#held < wanted) {
      const count = readSync(this.#fd, this.#bytes, this.#held, room - this.#held, offset + this.#held);
      if (count === 0) return false;
      this.#held += count;
    }
    return true;
  }
}
