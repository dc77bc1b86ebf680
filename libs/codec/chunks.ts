import { compress, compressedBytesMax, compressPlane, decompress } from './zstd.ts';
import { FrameProblem } from './problem.ts';

/**
 * A chunk is a run of bytes whose natural length the reader knows from elsewhere. What is stored tells its form by its
 * length: 0 is all zeros, 1 (of a longer chunk) one byte repeated, the natural length the bytes as they are, and any other
 * a zstd frame.
 */

/** Chunks smaller than this are not worth a zstd frame. */
const COMPRESS_FROM_BYTES = 64;
const NOTHING = new Uint8Array(0);

/** Gathers the chunks of a frame in one buffer that grows and is reused. */
export class ChunkWriter {
  /** zstd level for each chunk, 0 for none. */
  level = 0;
  #bytes = new Uint8Array(1 << 16);
  #end = 0;
  #lengths: number[] = [];

  /** Empties it. */
  reset(level: number): void {
    this.level = level;
    this.#end = 0;
    this.#lengths = [];
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#end);
  }

  get length(): number {
    return this.#end;
  }

  /** Stored lengths of the chunks since the last call. */
  takeLengths(): number[] {
    const lengths = this.#lengths;
    this.#lengths = [];
    return lengths;
  }

  /** Bytes that stand for chunks already. */
  addStored(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** The first `length` bytes of `bytes` as a chunk of numbers or bits. */
  add(bytes: Uint8Array, length = bytes.length): void {
    this.#add(bytes, length, compressPlane);
  }

  /** A chunk of texts, or of bytes of packets. */
  addText(chunk: Uint8Array): void {
    this.#add(chunk, chunk.length, compress);
  }

  #add(bytes: Uint8Array, length: number, pack: typeof compress): void {
    const stored = isConstant(bytes, length) ? this.#constant(bytes[0] ?? 0) : this.#stored(bytes, length, pack);
    this.#end += stored;
    this.#lengths.push(stored);
  }

  #constant(value: number): number {
    if (value === 0) return 0;
    this.#reserve(1);
    this.#bytes[this.#end] = value;
    return 1;
  }

  #stored(bytes: Uint8Array, length: number, pack: typeof compress): number {
    this.#reserve(compressedBytesMax(length));
    if (length < COMPRESS_FROM_BYTES) {
      // Sooner done than to ask for a view of the bytes, and to have it copied.
      for (let i = 0; i < length; i++) this.#bytes[this.#end + i] = bytes[i]!;
      return length;
    }
    const chunk = bytes.subarray(0, length);
    if (this.level > 0) {
      const compressed = pack(this.#bytes.subarray(this.#end), chunk, this.level);
      if (compressed < length - (length >>> 7)) return compressed;
    }
    this.#bytes.set(chunk, this.#end);
    return length;
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#end + bytes));
    larger.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = larger;
  }
}

function isConstant(bytes: Uint8Array, length: number): boolean {
  const first = bytes[0];
  for (let i = 1; i < length; i++) if (bytes[i] !== first) return false;
  return true;
}

/** Unpacked chunks of one frame, for who may read them again. */
export class ChunkShelf {
  readonly #room = new Uint8Array(1 << 20);
  readonly #chunks = new Map<number, Uint8Array>();
  #end = 0;

  clear(): void {
    this.#chunks.clear();
    this.#end = 0;
  }

  /** The chunk that is stored at that offset of the frame, if it was put here. */
  get(offset: number): Uint8Array | undefined {
    return this.#chunks.get(offset);
  }

  /** Room for a chunk, which the caller fills; undefined when there is no more. */
  put(offset: number, length: number): Uint8Array | undefined {
    if (this.#end + length > this.#room.length) return undefined;
    const chunk = this.#room.subarray(this.#end, this.#end + length);
    this.#end += length;
    this.#chunks.set(offset, chunk);
    return chunk;
  }
}

/** Hands out the chunks of one column in their order. */
export class ChunkReader {
  /** Where unpacked chunks are kept; undefined where none is read again. */
  shelf: ChunkShelf | undefined;
  #bytes: Uint8Array = NOTHING;
  #offset = 0;
  #lengths: readonly number[] = [];
  #next = 0;

  /**
   * @param lengths stored lengths, whose sum is within `bytes` from `offset` on
   * @param skip chunks to leave out at the start
   */
  open(bytes: Uint8Array, offset: number, lengths: readonly number[], skip: number): void {
    this.#bytes = bytes;
    this.#offset = offset;
    this.#lengths = lengths;
    this.#next = 0;
    for (; this.#next < skip; this.#next++) this.#offset += lengths[this.#next] ?? 0;
  }

  /** Unpacks the next chunk into the first `length` bytes of `into` and returns them, or a view where they lie. */
  read(length: number, into: Uint8Array): Uint8Array {
    const stored = this.#lengths[this.#next++];
    if (stored === undefined) throw new FrameProblem('column: fewer chunks than its encoding needs');
    const start = this.#offset;
    const source = this.#bytes.subarray(start, start + stored);
    this.#offset += stored;
    if (stored === length) return source;
    if (stored === 0) return into.subarray(0, length).fill(0);
    if (stored === 1) return into.subarray(0, length).fill(source[0]!);
    const kept = this.shelf?.get(start);
    if (kept?.length === length) return kept;
    const target = this.shelf?.put(start, length) ?? into.subarray(0, length);
    if (!decompress(target, source)) throw new FrameProblem('column: chunk does not decompress to its size');
    return target;
  }

  /** Leaves out the next chunks. */
  skip(count: number): void {
    for (let i = 0; i < count; i++) {
      const stored = this.#lengths[this.#next++];
      if (stored === undefined) throw new FrameProblem('column: fewer chunks than its encoding needs');
      this.#offset += stored;
    }
  }

  /** Complains about chunks that nobody asked for. */
  close(): void {
    if (this.#next !== this.#lengths.length) throw new FrameProblem('column: more chunks than its encoding needs');
  }
}
