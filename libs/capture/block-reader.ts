import type { ByteSource } from './byte-source.ts';

/** Bytes of a block that are read at once. */
const BLOCK_BYTES = 1 << 21;
/** Room before the block for what the last one left over. */
const HEADROOM_BYTES = 1 << 19;

/** One of the two buffers that take turns. */
class Block {
  bytes = new Uint8Array(HEADROOM_BYTES + BLOCK_BYTES);
  view = new DataView(this.bytes.buffer);
}

/**
 * A window that moves over a byte source: `view[start, end)` is what has been read and not yet taken. While one block is
 * looked at, the next is read; what a block leaves over is put before the next, so that a packet is never split.
 */
export class BlockReader {
  readonly #source: ByteSource;
  #current = new Block();
  #next = new Block();
  #pending: Promise<number> | undefined;
  #ended = false;
  /** Bytes of the source before `start`. */
  #taken = -HEADROOM_BYTES;
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
    return this.#taken + at;
  }

  /**
   * Moves on, so that the window holds more bytes than before. Views and offsets from before are void after it.
   * @returns whether there were any more
   * @throws {Error} when reading fails, as a cut gzip file does
   */
  async advance(): Promise<boolean> {
    if (this.#ended) return false;
    const count = await (this.#pending ?? this.#read());
    if (count === 0) {
      this.#ended = true;
      return false;
    }
    const left = this.end - this.start;
    if (left > HEADROOM_BYTES) this.#grow(left, count);
    const next = this.#next;
    const start = HEADROOM_BYTES - left;
    if (left > 0 && left <= HEADROOM_BYTES) next.bytes.set(this.#current.bytes.subarray(this.start, this.end), start);
    if (left <= HEADROOM_BYTES) {
      this.#taken += this.start - start;
      this.start = start;
      this.end = HEADROOM_BYTES + count;
    }
    this.#next = this.#current;
    this.#current = next;
    this.#pending = this.#read();
    this.#pending.catch(() => undefined); // it is awaited, and so reported, by the next call
    return true;
  }

  /** A window larger than the headroom moves to a buffer of its own size. */
  #grow(left: number, count: number): void {
    const block = new Block();
    block.bytes = new Uint8Array(left + count);
    block.view = new DataView(block.bytes.buffer);
    block.bytes.set(this.#current.bytes.subarray(this.start, this.end));
    block.bytes.set(this.#next.bytes.subarray(HEADROOM_BYTES, HEADROOM_BYTES + count), left);
    this.#taken += this.start;
    this.start = 0;
    this.end = left + count;
    this.#next = block;
  }

  #read(): Promise<number> {
    const { bytes } = this.#next;
    if (bytes.length !== HEADROOM_BYTES + BLOCK_BYTES) this.#next = new Block();
    return this.#source.read(this.#next.bytes.subarray(HEADROOM_BYTES));
  }

  async close(): Promise<void> {
    await this.#pending?.catch(() => undefined);
    await this.#source.close();
  }
}
