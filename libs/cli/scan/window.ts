import { HEADER_BYTES, readHeader } from '../../codec/format.ts';
import type { WindowOrder } from './messages.ts';

/** Windows that hold so much go to a thread; a larger frame has one for itself. */
const WINDOW_BYTES = 1 << 19;
const WINDOW_ROWS = 1 << 16;

/** Gathers whole frames, to be sent together. */
export class FrameWindow {
  #bytes: Uint8Array = new Uint8Array(WINDOW_BYTES);
  #ends: number[] = [];
  #offsets: number[] = [];
  #rows = 0;

  get isEmpty(): boolean {
    return this.#ends.length === 0;
  }

  get isFull(): boolean {
    return this.#end >= WINDOW_BYTES || this.#rows >= WINDOW_ROWS;
  }

  /** Whether a frame of this size finds room. */
  hasRoom(frame: Uint8Array): boolean {
    return this.isEmpty || this.#end + frame.length <= this.#bytes.length;
  }

  get #end(): number {
    return this.#ends.at(-1) ?? 0;
  }

  /** @param offset where it begins in its file */
  add(frame: Uint8Array, offset: number): void {
    const start = this.#end;
    if (start + frame.length > this.#bytes.length) this.#bytes = new Uint8Array(frame.length);
    this.#bytes.set(frame, start);
    this.#ends.push(start + frame.length);
    this.#offsets.push(offset);
    if (frame.length >= HEADER_BYTES) this.#rows += readHeader(frame, 0).rows;
  }

  /** Gives out what was gathered, and begins anew. @param memory to gather the next frames in, where there is some that is not used */
  take(memory: ArrayBuffer | undefined): Pick<WindowOrder, 'memory' | 'ends' | 'offsets'> {
    const taken = { memory: this.#bytes.buffer as ArrayBuffer, ends: this.#ends, offsets: this.#offsets };
    this.#bytes = new Uint8Array(memory ?? new ArrayBuffer(WINDOW_BYTES));
    this.#ends = [];
    this.#offsets = [];
    this.#rows = 0;
    return taken;
  }
}
