import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { FRAME_BYTES_MAX, HEADER_BYTES, headerProblem, readHeader, startsLikeFrame } from '../codec/format.ts';
import { Zones } from '../codec/zones.ts';
import type { BatchKind } from '../record/batch.ts';
import { behindTheEnd, notABeginning, type ByteRange } from './byte-range.ts';

/** Read at once where frames are taken one after the other, and where they are passed over. */
const READ_BYTES = 1 << 20;
const HEAD_BYTES = 1 << 14;
/** Longest time without a look at what else is going on, milliseconds. */
const TURN_MS = 10;

/** Tells from its zones whether a frame may hold what is wanted. */
export type MayHold = (zones: Zones, kind: BatchKind) => boolean;

/** What a file holds, and what of it need not be read. */
export interface Survey {
  readonly frames: number;
  readonly bytes: number;
  readonly skippedFrames: number;
  readonly skippedBytes: number;
}

/**
 * The bytes of a file of frames, without those frames of which the zones say that nothing in them is wanted. What is no
 * frame comes as it is, with all that follows it: let `FrameSplitter` judge.
 */
export class FrameFile {
  /** Size of the file when it was opened. */
  readonly bytes: number;
  readonly #fd: number;
  readonly #mayHold: MayHold | undefined;
  #window = new Uint8Array(READ_BYTES);
  /** Offset in the file of the window's first byte, and how many bytes of it there are. */
  #start = 0;
  #held = 0;
  #skippedBytes = 0;
  #skippedFrames = 0;
  /** Frames are wanted that begin from here on, and before there. */
  #from = 0;
  #stop = Infinity;

  private constructor(fd: number, bytes: number, mayHold: MayHold | undefined) {
    this.#fd = fd;
    this.bytes = bytes;
    this.#mayHold = mayHold;
  }

  /**
   * @returns undefined where the path is no regular file, or does not begin with a frame
   * @throws as `fs` does
   */
  static open(path: string, mayHold: MayHold | undefined): FrameFile | undefined {
    const fd = openSync(path, 'r');
    const stats = fstatSync(fd);
    const file = new FrameFile(fd, stats.size, mayHold);
    if (stats.isFile() && file.#fill(0, HEADER_BYTES, HEAD_BYTES) && startsLikeFrame(file.#window, 0)) return file;
    closeSync(fd);
    return undefined;
  }

  /**
   * Leaves out frames that begin elsewhere; to be called before anything is read.
   * @param name of the file, for messages
   * @throws {InputError} where no frame begins at the start of the range; the file is closed then
   */
  within({ start, stop }: ByteRange, name: string): this {
    try {
      if (start >= this.bytes) throw behindTheEnd(name, start, this.bytes);
      for (let at = 0; at < start;) {
        const next = at + this.#frameBytes(at, HEAD_BYTES);
        if (next > start || next === at) throw notABeginning(name, 'frame', start, [at, Math.min(next, this.bytes)]);
        at = next;
      }
    } catch (error) {
      closeSync(this.#fd);
      throw error;
    }
    this.#from = this.#skippedBytes = start;
    this.#stop = stop;
    return this;
  }

  /** First bytes of the file; to be asked before `chunks`. */
  get beginning(): Uint8Array {
    return this.#window.slice(0, Math.min(this.#held, HEADER_BYTES));
  }

  /** Bytes in front, and of frames, that were passed over. */
  get skippedBytes(): number {
    return this.#skippedBytes;
  }

  get skippedFrames(): number {
    return this.#skippedFrames;
  }

  /** Looks at the heads of all frames alone, and closes the file. */
  survey(): Survey {
    const found = { frames: 0, bytes: 0, skippedFrames: 0, skippedBytes: 0 };
    try {
      for (let at = this.#from; ;) {
        const bytes = at < this.#stop ? this.#frameBytes(at, HEAD_BYTES) : 0;
        if (bytes === 0) return found;
        found.frames += 1;
        found.bytes += bytes;
        if (!this.#isWanted(at, HEAD_BYTES)) {
          found.skippedFrames += 1;
          found.skippedBytes += bytes;
        }
        at += bytes;
      }
    } finally {
      closeSync(this.#fd);
    }
  }

  /** To be read once; closes the file. Each chunk is valid until the next one is asked for. */
  async *chunks(signal?: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    let turn = performance.now();
    try {
      let isWanted = this.#mayHold === undefined;
      for (let at = this.#from; at < this.#stop && signal?.aborted !== true;) {
        if (performance.now() - turn > TURN_MS) {
          await nextTurn();
          turn = performance.now();
        }
        const ahead = isWanted ? READ_BYTES : HEAD_BYTES;
        const bytes = this.#frameBytes(at, ahead);
        if (bytes === 0) return yield* this.#rest(at);
        isWanted = this.#isWanted(at, ahead);
        if (!isWanted) {
          this.#skippedBytes += bytes;
          this.#skippedFrames += 1;
        } else if (this.#fill(at, bytes, Math.max(bytes, ahead))) yield this.#bytesAt(at, bytes);
        else return yield* this.#rest(at);
        at += bytes;
      }
    } finally {
      closeSync(this.#fd);
    }
  }

  /** Length of the frame that begins here, 0 where none does. */
  #frameBytes(at: number, ahead: number): number {
    if (!this.#fill(at, HEADER_BYTES, ahead)) return 0;
    const bytes = this.#bytesAt(at, HEADER_BYTES);
    if (!startsLikeFrame(bytes, 0)) return 0;
    const header = readHeader(bytes, 0);
    return headerProblem(header) === undefined ? HEADER_BYTES + header.bodyBytes : 0;
  }

  #isWanted(at: number, ahead: number): boolean {
    if (this.#mayHold === undefined) return true;
    const { kind, envelopeBytes, bodyBytes, flags } = readHeader(this.#bytesAt(at, HEADER_BYTES), 0);
    if (flags !== 0 || envelopeBytes > bodyBytes) return true;
    const bytes = HEADER_BYTES + envelopeBytes;
    if (!this.#fill(at, bytes, Math.max(bytes, ahead))) return true;
    const zones = Zones.of(this.#bytesAt(at, bytes), envelopeBytes);
    return zones === undefined || this.#mayHold(zones, kind as BatchKind);
  }

  /** All that follows. */
  *#rest(from: number): Generator<Uint8Array, void, undefined> {
    for (let at = from; this.#fill(at, 1, READ_BYTES);) {
      const bytes = this.#start + this.#held - at;
      yield this.#bytesAt(at, bytes);
      at += bytes;
    }
  }

  #bytesAt(at: number, bytes: number): Uint8Array {
    const offset = at - this.#start;
    return this.#window.subarray(offset, offset + bytes);
  }

  /**
   * Has the window hold `wanted` bytes from `at` on.
   * @param ahead how many to read if any have to be read, at most `HEADER_BYTES + FRAME_BYTES_MAX`
   * @returns false when the file ends before
   */
  #fill(at: number, wanted: number, ahead: number): boolean {
    if (at >= this.#start && at + wanted <= this.#start + this.#held) return true;
    const kept = at >= this.#start && at < this.#start + this.#held ? this.#start + this.#held - at : 0;
    const room = Math.min(ahead, HEADER_BYTES + FRAME_BYTES_MAX);
    const from = this.#window;
    if (room > from.length) this.#window = new Uint8Array(room);
    this.#window.set(from.subarray(this.#held - kept, this.#held));
    this.#start = at;
    this.#held = kept;
    while (this.#held < wanted) {
      const count = readSync(this.#fd, this.#window, this.#held, Math.max(room, wanted) - this.#held, at + this.#held);
      if (count === 0) return false;
      this.#held += count;
    }
    return true;
  }
}
