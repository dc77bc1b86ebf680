import { BATCH_ROWS_MAX } from '../record/batch.ts';
import type { ChunkReader } from './chunks.ts';
import { FrameProblem } from './problem.ts';
import { unpackBits } from './unpack-bits.ts';
import {
  bytes1,
  doubles1,
  doubles2,
  doubles3,
  doublesOf,
  halves1,
  halves2,
  lastRows,
  longDoubles,
  words1,
  words2,
  words3,
  words4,
} from './widen.ts';

/** Reads what `writePlanes` of `planes.ts` wrote. */

const plane = (): Uint8Array<ArrayBuffer> => new Uint8Array(BATCH_ROWS_MAX);
const PLANES = [plane(), plane(), plane(), plane()] as const;
const [A, B, C, D] = PLANES.map(({ buffer }) => new Uint32Array(buffer)) as [Uint32Array, Uint32Array, Uint32Array, Uint32Array]; // prettier-ignore
const packed = plane();
const low = new Uint32Array(BATCH_ROWS_MAX);
const high = new Uint32Array(BATCH_ROWS_MAX);

/** Fills the first planes with as many as values of `bits` bits, at most 32, have. @returns how many these are */
function readPlanes(chunks: ChunkReader, count: number, bits: number): number {
  const number = Math.ceil(bits / 8);
  for (let k = 0; k < number; k++) {
    const into = PLANES[k as 0 | 1 | 2 | 3];
    const width = Math.min(bits - 8 * k, 8);
    if (width < 8) unpackBits(readBits(chunks, count, width), [A, B, C, D][k]!, width);
    else {
      const bytes = chunks.read(count, into);
      if (bytes.buffer !== into.buffer) into.set(bytes);
    }
  }
  return number;
}

/** A plane of less than 8 bits a value as it is, valid until the next one. */
export function readBits(chunks: ChunkReader, count: number, width: number): Uint8Array {
  return chunks.read(Math.ceil((count * width) / 8), packed);
}

/** Numbers below 256, of at most 8 bits, by byte and four to a word; valid until planes are read again. */
export function readNumbers(
  chunks: ChunkReader,
  count: number,
  bits: number,
): { readonly bytes: Uint8Array; readonly words: Uint32Array } {
  readPlanes(chunks, count, bits);
  return { bytes: PLANES[0], words: A };
}

/** @param base is added to all */
export function readWords(chunks: ChunkReader, to: Uint32Array, count: number, bits: number, base: number): void {
  if (bits > 32) throw new FrameProblem('stream: too wide for an integer');
  const planes = readPlanes(chunks, count, bits);
  lastRows(to, count, base, 1, PLANES.slice(0, planes));
  const fours = count >> 2;
  if (planes === 1) words1(to, fours, base | 0, A);
  else if (planes === 2) words2(to, fours, base | 0, A, B);
  else if (planes === 3) words3(to, fours, base | 0, A, B, C);
  else words4(to, fours, base | 0, A, B, C, D);
}

/** Of at most 16 bits. @param to 4-aligned */
export function readHalves(chunks: ChunkReader, to: Uint16Array, count: number, bits: number, base: number): void {
  const planes = readPlanes(chunks, count, bits);
  lastRows(to, count, base, 1, PLANES.slice(0, planes));
  const fours = count >> 2;
  const pairs = new Uint32Array(to.buffer, to.byteOffset, fours * 2);
  const twice = (base & 0xffff) | (base << 16);
  if (planes === 1) halves1(pairs, fours, twice, A);
  else halves2(pairs, fours, twice, A, B);
}

/** Of at most 8 bits. @param to 4-aligned */
export function readBytes(chunks: ChunkReader, to: Uint8Array, count: number, bits: number, base: number): void {
  readPlanes(chunks, count, bits);
  const fours = count >> 2;
  lastRows(to, count, base, 1, PLANES.slice(0, 1));
  bytes1(new Uint32Array(to.buffer, to.byteOffset, fours), fours, Math.imul(base & 255, 0x0101_0101), A);
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
  const planes = readPlanes(chunks, count, bits);
  lastRows(to, count, base, divisor, PLANES.slice(0, planes));
  const fours = count >> 2;
  if (planes === 1) doubles1(to, fours, base, divisor, A);
  else if (planes === 2) doubles2(to, fours, base, divisor, A, B);
  else doubles3(to, fours, base, divisor, A, B, C);
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
