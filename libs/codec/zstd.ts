import zstd from 'zstd-napi/binding.js';

/** Levels that zstd knows: 1 is fast, from 3 on slower with little gain on columns, 19 is for archives. */
export const ZSTD_LEVEL_MIN = 1;
export const ZSTD_LEVEL_MAX = 19;

const compressor = new zstd.CCtx();
const planeCompressor = new zstd.CCtx();
planeCompressor.setParameter(zstd.CParameter.compressionLevel, ZSTD_LEVEL_MIN);
planeCompressor.setParameter(zstd.CParameter.minMatch, 7);
planeCompressor.setParameter(zstd.CParameter.hashLog, 10);
const decompressor = new zstd.DCtx();

/** Bytes that compressing `bytes` bytes takes at worst. */
export function compressedBytesMax(bytes: number): number {
  return bytes + (bytes >>> 8) + 128;
}

/**
 * Compresses `source` into `target` as one zstd frame that says its content's size.
 * @param target at least `compressedBytesMax(source.length)` bytes
 * @returns bytes written
 */
export function compress(target: Uint8Array, source: Uint8Array, level: number): number {
  return compressor.compress(target, source, level);
}

/**
 * As `compress`, for bytes of numbers, of which short runs are alike by chance. At the lowest level only longer ones count as
 * repeated: planes come out 2 % smaller, and take a sixth less time to pack and to unpack.
 */
export function compressPlane(target: Uint8Array, source: Uint8Array, level: number): number {
  if (level > ZSTD_LEVEL_MIN) return compress(target, source, level);
  return planeCompressor.compress2(target, source);
}

/** Size of the content that a zstd frame declares; undefined when it declares none or is no zstd frame. */
export function declaredBytes(source: Uint8Array): number | undefined {
  try {
    return zstd.getFrameContentSize(source) ?? undefined;
  } catch {
    return undefined;
  }
}

/**
 * Fills `target` with the content of the zstd frame `source`, which must declare exactly that size.
 * @returns false when it does not, or is damaged
 */
export function decompress(target: Uint8Array, source: Uint8Array): boolean {
  if (declaredBytes(source) !== target.length) return false;
  try {
    return decompressor.decompress(target, source) === target.length;
  } catch {
    return false;
  }
}

/** Unpacks a zstd stream of unknown size piece by piece, with memory bounded by zstd's window (at most 128 MiB). */
export class ZstdStream {
  readonly #context = new zstd.DCtx();
  readonly #out: Uint8Array;
  #isComplete = false;

  /** @param outBytes size of the pieces that come out */
  constructor(outBytes = 1 << 17) {
    this.#out = new Uint8Array(outBytes);
    this.#context.setParameter(zstd.DParameter.windowLogMax, 27);
  }

  /** True when what was pushed so far ends with the end of a zstd frame. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /**
   * The content of the next piece of the stream. What is yielded is overwritten by the next step.
   * @throws Error when the stream is damaged
   */
  *push(source: Uint8Array): Generator<Uint8Array> {
    let rest = source;
    for (;;) {
      const [left, produced, consumed] = this.#context.decompressStream(this.#out, rest);
      if (produced > 0 || consumed > 0) this.#isComplete = left === 0;
      if (produced > 0) yield this.#out.subarray(0, produced);
      rest = rest.subarray(consumed);
      if (rest.length === 0 && produced < this.#out.length) return;
    }
  }
}
