/** Buffers have sizes of powers of two from this on, so that one that comes back fits again. */
const BUFFER_BYTES_MIN = 4096;
const FREE_BYTES_MAX = 8 << 20;

/** Buffers that are used again when they come back. One that comes late, or never, is replaced by a new one. */
export class BufferPool<B extends ArrayBufferLike = ArrayBuffer> {
  readonly #allocate: (bytes: number) => B;
  readonly #freeBytesMax: number;
  readonly #free = new Map<number, B[]>();
  #freeBytes = 0;

  /**
   * @param allocate gives a buffer of that many bytes, with anything in it
   * @param freeBytesMax bytes that wait to be used again; what comes back beyond it is let go. Default 8 MiB
   */
  constructor(allocate: (bytes: number) => B, freeBytesMax = FREE_BYTES_MAX) {
    this.#allocate = allocate;
    this.#freeBytesMax = freeBytesMax;
  }

  /** A buffer of at least so many bytes, with anything in it. */
  take(bytes: number): B {
    let size = BUFFER_BYTES_MIN;
    while (size < bytes) size *= 2;
    const known = this.#free.get(size)?.pop();
    if (known === undefined) return this.#allocate(size);
    this.#freeBytes -= size;
    return known;
  }

  /** Takes back a buffer that `take` gave, which nobody looks at any more. */
  give(buffer: B): void {
    const size = buffer.byteLength;
    if (this.#freeBytes + size > this.#freeBytesMax) return;
    this.#freeBytes += size;
    const same = this.#free.get(size);
    if (same === undefined) this.#free.set(size, [buffer]);
    else same.push(buffer);
  }
}
