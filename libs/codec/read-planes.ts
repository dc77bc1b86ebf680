import { BATCH_ROWS_MAX } from '../record/batch.ts';
import type { ChunkReader } from './chunks.ts';
import { FrameProblem } from './problem.ts';
import {
  bytes1,
  doubles1,
  doubles2,
  doubles3,
  doublesOf,
  halves1,
  halves2,
  longDoubles,
  unpackBits,
  words1,
  words2,
  words3,
  words4,
} from './widen.ts';

/** Reads what `writePlanes` of `planes.ts` wrote. */

const plane = (): Uint8Array => new Uint8Array(BATCH_ROWS_MAX);
const [P0, P1, P2, P3] = [plane(), plane(), plane(), plane()];
const packed = plane();
const low = new Uint32Array(BATCH_ROWS_MAX);
const high = new Uint32Array(BATCH_ROWS_MAX);

/** The plane of bits `from` to `from + 7` of values of `bits` bits, a byte each; valid until the next one of that place. */
function next(chunks: ChunkReader, into: Uint8Array, count: number, bits: number): Uint8Array {
  if (bits >= 8) return chunks.read(count, into);
  unpackBits(chunks.read(Math.ceil((count * bits) / 8), packed), into, bits);
  return into;
}

/** Numbers below 256, of at most 8 bits; valid until planes are read again. */
export function readNumbers(chunks: ChunkReader, count: number, bits: number): Uint8Array {
  return next(chunks, P0, count, bits);
}

/** @param base is added to all */
export function readWords(chunks: ChunkReader, to: Uint32Array, count: number, bits: number, base: number): void {
  if (bits > 32) throw new FrameProblem('stream: too wide for an integer');
  const a = next(chunks, P0, count, bits);
  if (bits <= 8) return words1(to, count, base, a);
  const b = next(chunks, P1, count, bits - 8);
  if (bits <= 16) return words2(to, count, base, a, b);
  const c = next(chunks, P2, count, bits - 16);
  if (bits <= 24) return words3(to, count, base, a, b, c);
  words4(to, count, base, a, b, c, next(chunks, P3, count, bits - 24));
}

/** Of at most 16 bits. */
export function readHalves(chunks: ChunkReader, to: Uint16Array, count: number, bits: number, base: number): void {
  const a = next(chunks, P0, count, bits);
  if (bits <= 8) halves1(to, count, base, a);
  else halves2(to, count, base, a, next(chunks, P1, count, bits - 8));
}

/** Of at most 8 bits. */
export function readBytes(chunks: ChunkReader, to: Uint8Array, count: number, bits: number, base: number): void {
  const a = next(chunks, P0, count, bits);
  if (base === 0) to.set(a.subarray(0, count));
  else bytes1(to, count, base, a);
}

/** base + divisor × the integers. */
export function readDoubles(
  chunks: ChunkReader,
  to: Float64Array,
  count: number,
  bits: number,
  base: number,
  divisor: number,
): void {
  if (bits > 24) {
    const words = readIntegers(chunks, count, bits);
    if (bits > 32) longDoubles(to, count, base, divisor, words.low, words.high);
    else doublesOf(to, count, base, divisor, words.low);
    return;
  }
  const a = next(chunks, P0, count, bits);
  if (bits <= 8) return doubles1(to, count, base, divisor, a);
  const b = next(chunks, P1, count, bits - 8);
  if (bits <= 16) doubles2(to, count, base, divisor, a, b);
  else doubles3(to, count, base, divisor, a, b, next(chunks, P2, count, bits - 16));
}

/** Integers as high × 2^32 + low, `high` only where there are more than 32 bits; valid until the next call. */
export function readIntegers(
  chunks: ChunkReader,
  count: number,
  bits: number,
): { readonly low: Uint32Array; readonly high: Uint32Array } {
  readWords(chunks, low, count, Math.min(bits, 32), 0);
  if (bits > 32) readWords(chunks, high, count, bits - 32, 0);
  return { low, high };
}
