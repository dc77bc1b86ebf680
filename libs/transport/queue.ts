/** Frames that wait for one reader, first in first out, bounded in bytes: `offer` refuses what does not fit. */
export class FrameQueue {
  readonly bytesMax: number;
  #frames: QueuedFrame[] = [];
  #head = 0;
  #bytes = 0;
  #records = 0;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Records in the frames that wait. */
  get records(): number {
    return this.#records;
  }

  /** False when the queue is full. An empty queue takes a frame of any size. */
  offer(frame: QueuedFrame): boolean {
    if (this.#bytes > 0 && this.#bytes + frame.bytes.length > this.bytesMax) return false;
    this.add(frame);
    return true;
  }

  /** Adds what must not be lost, however full the queue is: for small frames, of which there are few. */
  add(frame: QueuedFrame): void {
    this.#frames.push(frame);
    this.#bytes += frame.bytes.length;
    this.#records += frame.records;
  }

  take(): Uint8Array | undefined {
    const frame = this.#frames[this.#head];
    if (frame === undefined) return undefined;
    this.#head += 1;
    this.#bytes -= frame.bytes.length;
    this.#records -= frame.records;
    if (this.#head === this.#frames.length) {
      this.#frames.length = 0;
      this.#head = 0;
    } else if (this.#head >= COMPACT_AT && this.#head * 2 >= this.#frames.length) {
      this.#frames = this.#frames.slice(this.#head);
      this.#head = 0;
    }
    return frame.bytes;
  }

  clear(): void {
    this.#frames.length = 0;
    this.#head = 0;
    this.#bytes = 0;
    this.#records = 0;
  }
}

/** Frames already taken at which the list is cut, when they are half of it. */
const COMPACT_AT = 64;

export interface QueuedFrame {
  /** Shared with other readers: not to be written to. */
  readonly bytes: Uint8Array;
  readonly records: number;
}
