import type { ByteSource } from './byte-source.ts';

/** Bytes of a block that are read at once. */
const BLOCK_BYTES = 1 << 21;
/** Room before the block for what the last one left over. */
const HEADROOM_BYTES = 1 << 19;

interface Block {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

function block(length: number): Block {
  const bytes = new Uint8Array(length);
  return { bytes, view: new DataView(bytes.buffer) };
}

/**
 * A window that moves over a byte source: `view[start, end)` is what has been read and not yet taken. While one block is
 * looked at, the next is read; what a block leaves over is put before the next, so that a packet is never split.
 */
export class BlockReader {
  readonly #source: ByteSource;
  #current = block(HEADROOM_BYTES + BLOCK_BYTES);
  /** Takes what is read ahead, from its headroom on. */
  #next = block(HEADROOM_BYTES + BLOCK_BYTES);
  #pending: Promise<number> | undefined;
  /** Offset in the source of the view's first byte. */
  #base = -HEADROOM_BYTES;
  /** First byte that has not been taken; the user moves it. */
  start = HEADROOM_BYTES;
  end = HEADROOM_BYTES;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  get view(): DataView {
    return this.#current.view;
  }

  /** Offset in the source of the byte at `at` in the view. */
  offsetOf(at: number): number {
    return this.#base + at;
  }

  /**
   * Moves on, so that the window holds more bytes than before. Views and offsets from before are void after it. At most one
   * call at a time.
   * @returns whether there were any more
   * @throws {Error} when reading fails, as that of a cut gzip file does
   */
  async advance(): Promise<boolean> {
    const count = await (this.#pending ?? this.#read());
    if (count === 0) return false;
    const left = this.end - this.start;
    if (left <= HEADROOM_BYTES) this.#turn(left, count);
    else this.#append(left, count);
    this.#pending = this.#read();
    this.#pending.catch(() => undefined); // it is awaited, and so reported, by the next call
    return true;
  }

  /** The blocks change places. */
  #turn(left: number, count: number): void {
    const next = this.#next;
    const start = HEADROOM_BYTES - left;
    next.bytes.set(this.#current.bytes.subarray(this.start, this.end), start);
    this.#base += this.start - start;
    this.start = start;
    this.end = HEADROOM_BYTES + count;
    // A block that grew has done its duty.
    this.#next = this.#current.bytes.length === next.bytes.length ? this.#current : block(next.bytes.length);
    this.#current = next;
  }

  /** A packet that the headroom cannot take: the current block grows, twofold, so that each byte is moved a few times only. */
  #append(left: number, count: number): void {
    if (this.end + count > this.#current.bytes.length) {
      const grown = block(2 * left + count);
      grown.bytes.set(this.#current.bytes.subarray(this.start, this.end));
      this.#current = grown;
      this.#base += this.start;
      this.start = 0;
      this.end = left;
    }
    this.#current.bytes.set(this.#next.bytes.subarray(HEADROOM_BYTES, HEADROOM_BYTES + count), this.end);
    this.end += count;
  }

  #read(): Promise<number> {
    return this.#source.read(this.#next.bytes.subarray(HEADROOM_BYTES));
  }

  async close(): Promise<void> {
    await this.#source.close();
    await this.#pending?.catch(() => undefined);
  }
}
