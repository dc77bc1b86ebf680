import { checksumMatches, FORMAT_MAJOR, HEADER_BYTES, headerProblem, readHeader, startsLikeFrame } from './format.ts';

/** Where a stream of frames stopped being one. Every whole frame before it was delivered. */
export interface Damage {
  /**
   * - `foreign`: the very first bytes are no frame
   * - `version`: a frame of a later major version
   * - `damaged`: bytes that are no frame, or a checksum that is wrong
   * - `cut`: the stream ends within a frame
   */
  readonly kind: 'foreign' | 'version' | 'damaged' | 'cut';
  /** Bytes of the stream before the frame that could not be read. */
  readonly offset: number;
  readonly reason: string;
  /** With `version`: the major version that was found. */
  readonly version?: number;
}

/** First size of the buffer for a frame that comes in pieces. */
const PIECES_BYTES = 1 << 16;

/**
 * Cuts a byte stream into frames whose header and checksum are right. It stops for good at the first that is not: lengths
 * cannot be trusted from there on. It holds at most one frame, never more than has come of it.
 */
export class FrameSplitter {
  #damage: Damage | undefined;
  /** Bytes of the stream that came in whole frames. */
  #offset = 0;
  /** A frame of which not all has come: its first `#held` bytes. */
  #pieces = new Uint8Array(0);
  #held = 0;
  /** What came from the damage on. */
  #rest: Uint8Array = new Uint8Array(0);

  get damage(): Damage | undefined {
    return this.#damage;
  }

  /** Bytes of the stream up to the end of the last whole frame. */
  get offset(): number {
    return this.#offset;
  }

  /**
   * The frames that `chunk` completes. A frame that lies in `chunk` is a view of it; others have a buffer of their own. Take
   * all of them before the next push.
   */
  *push(chunk: Uint8Array): Generator<Uint8Array> {
    let at = 0;
    while (at < chunk.length && this.#damage === undefined) {
      if (this.#held > 0) {
        at += this.#gather(chunk.subarray(at));
        const length = this.#frameBytes(this.#pieces, 0, this.#held);
        if (length > this.#held) continue;
        const frame = this.#takePieces();
        if (length > 0 && this.#accept(frame)) yield frame;
        else this.#rest = joined(frame, chunk.subarray(at));
      } else {
        const length = this.#frameBytes(chunk, at, chunk.length - at);
        if (length === 0) {
          this.#rest = chunk.subarray(at);
          return;
        }
        if (length > chunk.length - at) {
          at += this.#gather(chunk.subarray(at));
          continue;
        }
        const frame = chunk.subarray(at, at + length);
        at += length;
        if (this.#accept(frame)) yield frame;
        else this.#rest = chunk.subarray(at - length);
      }
    }
  }

  /** A frame that was tested elsewhere went by, of which so many bytes count. */
  pass(bytes: number): void {
    this.#offset += bytes;
  }

  /** Says that the stream is over; what is held of a frame is damage. */
  end(): Damage | undefined {
    if (this.#held > 0) {
      this.#stop('cut', 'ends within a frame');
      this.#rest = this.#takePieces();
    }
    return this.#damage;
  }

  /** What has come from the damage on, valid as long as the chunk that brought it; to be asked for at once. */
  takeRest(): Uint8Array {
    const rest = this.#rest;
    this.#rest = new Uint8Array(0);
    return rest;
  }

  #takePieces(): Uint8Array {
    const pieces = this.#pieces.subarray(0, this.#held);
    this.#pieces = new Uint8Array(0);
    this.#held = 0;
    return pieces;
  }

  /** Takes up to as much as the frame begun needs, and returns how much. */
  #gather(bytes: Uint8Array): number {
    const wanted = this.#held < HEADER_BYTES ? HEADER_BYTES : HEADER_BYTES + readHeader(this.#pieces, 0).bodyBytes;
    const taken = Math.min(wanted - this.#held, bytes.length);
    if (this.#held + taken > this.#pieces.length) {
      const room = Math.max(2 * this.#pieces.length, this.#held + taken, PIECES_BYTES);
      const larger = new Uint8Array(Math.min(room, wanted));
      larger.set(this.#pieces.subarray(0, this.#held));
      this.#pieces = larger;
    }
    this.#pieces.set(bytes.subarray(0, taken), this.#held);
    this.#held += taken;
    return taken;
  }

  /** Length of the frame at `offset`, Infinity while its header is incomplete, 0 after recording damage. */
  #frameBytes(bytes: Uint8Array, offset: number, available: number): number {
    if (!startsLikeFrame(bytes.subarray(0, offset + available), offset)) {
      return this.#stop(this.#offset === 0 ? 'foreign' : 'damaged', 'not a frame');
    }
    if (available < HEADER_BYTES) return Infinity;
    const header = readHeader(bytes, offset);
    const problem = headerProblem(header);
    if (header.major > FORMAT_MAJOR) return this.#stop('version', 'frame: later format version', header.major);
    if (problem !== undefined) return this.#stop('damaged', problem);
    return HEADER_BYTES + header.bodyBytes;
  }

  #accept(frame: Uint8Array): boolean {
    const isWhole = checksumMatches(frame);
    if (isWhole) this.#offset += frame.length;
    else this.#stop('damaged', 'wrong checksum');
    return isWhole;
  }

  #stop(kind: Damage['kind'], reason: string, version?: number): 0 {
    const damage = { kind, offset: this.#offset, reason };
    this.#damage = version === undefined ? damage : { ...damage, version };
    return 0;
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
