import { BATCH_ROWS_MAX } from '../record/batch.ts';
import type { NumericArray } from '../record/kinds.ts';
import type { ChunkReader } from './chunks.ts';
import { decodeNumbers, dictionarySize, innerStream, packing, WIDE_DICTIONARY_MAX } from './decode-numbers.ts';
import type { Stream } from './directory.ts';
import { ENCODING } from './format.ts';
import { bitsFor } from './planes.ts';
import { FrameProblem } from './problem.ts';
import { scratchLike } from './scatter.ts';

/*
 * A few values of a stream, without making all of them out of its planes.
 */

const room = new Uint8Array(BATCH_ROWS_MAX);
const integers = new Float64Array(BATCH_ROWS_MAX);
const dictionaryWords = new Uint32Array(WIDE_DICTIONARY_MAX);
const dictionaryDoubles = new Float64Array(256);

/**
 * As `decodeNumbers`, but of the stream's `count` values only those numbered `at`, in that order; 0 for negative ones.
 * @throws FrameProblem, UnknownEncoding
 */
export function pickNumbers(
  chunks: ChunkReader,
  stream: Stream,
  to: NumericArray,
  count: number,
  at: Int32Array,
): void {
  if (typeof stream === 'number') at.forEach((number, i) => (to[i] = number < 0 ? 0 : stream));
  else if (stream[0] === ENCODING.packed) pickPacked(chunks, stream, to, count, at);
  else if (isDictionary(stream, to)) pickFromDictionary(chunks, stream, to, count, at);
  else {
    const dense = scratchLike(to);
    decodeNumbers(chunks, stream, dense, count);
    at.forEach((number, i) => (to[i] = number < 0 ? 0 : dense[number]!));
  }
}

function pickPacked(
  chunks: ChunkReader,
  list: readonly Stream[],
  to: NumericArray,
  count: number,
  at: Int32Array,
): void {
  const { bits, base, divisor } = packing(list);
  const isDouble = to instanceof Float64Array;
  if (!isDouble && (divisor !== 1 || bits > 32)) throw new FrameProblem('stream: too wide for an integer');
  const from = isDouble ? base : base | 0;
  pickPlanes(chunks, bits, count, at);
  for (let i = 0; i < at.length; i++) to[i] = at[i]! < 0 ? 0 : from + divisor * integers[i]!;
}

function pickFromDictionary(
  chunks: ChunkReader,
  list: readonly Stream[],
  to: NumericArray,
  count: number,
  at: Int32Array,
): void {
  const dictionary = to instanceof Float64Array ? dictionaryDoubles : dictionaryWords;
  pickPlanes(chunks, bitsFor(readDictionary(chunks, list, dictionary) - 1), count, at);
  for (let i = 0; i < at.length; i++) to[i] = at[i]! < 0 ? 0 : dictionary[integers[i]!]!;
}

function isDictionary([code]: readonly Stream[], to: NumericArray): boolean {
  return code === ENCODING.dictionary || (code === ENCODING.wideDictionary && to instanceof Uint32Array);
}

/** @returns how many values it has */
function readDictionary(chunks: ChunkReader, list: readonly Stream[], to: Uint32Array | Float64Array): number {
  const found = list[0] === ENCODING.dictionary ? dictionarySize(list) : dictionarySize(list, 257, WIDE_DICTIONARY_MAX);
  to.fill(0);
  decodeNumbers(chunks, innerStream(list), to, found);
  return found;
}

/** Fills `integers`. */
function pickPlanes(chunks: ChunkReader, bits: number, count: number, at: Int32Array): void {
  integers.fill(0, 0, at.length);
  for (let low = 0; low < bits; low += 8) {
    const width = Math.min(bits - low, 8);
    addPlane(chunks.read(Math.ceil((count * width) / 8), room), width, 2 ** low, at);
  }
}

function addPlane(plane: Uint8Array, width: number, weight: number, at: Int32Array): void {
  const perByte = width === 8 ? 0 : width === 4 ? 1 : width === 2 ? 2 : 3;
  const inByte = (1 << perByte) - 1;
  const mask = (1 << width) - 1;
  for (let i = 0; i < at.length; i++) {
    const number = at[i]!;
    if (number >= 0) integers[i]! += weight * ((plane[number >> perByte]! >> ((number & inByte) * width)) & mask);
  }
}

/**
 * Numbers, ascending, of the `count` values of a stream of u32 that may be `wanted`: all that are, and perhaps others.
 * @returns undefined where they are more than `most`, or looking at all values is no slower
 * @throws FrameProblem
 */
export function findWord(
  chunks: ChunkReader,
  stream: Stream,
  count: number,
  wanted: number,
  most: number,
): number[] | undefined {
  if (typeof stream === 'number') return stream >>> 0 === wanted ? undefined : [];
  if (stream[0] === ENCODING.packed) {
    const { bits, base, divisor } = packing(stream);
    if (divisor !== 1 || bits > 32) return undefined;
    const integer = (wanted - (base | 0)) >>> 0;
    return integer < 2 ** bits ? findInteger(chunks, bits, count, integer, most) : [];
  }
  if (!isDictionary(stream, dictionaryWords)) return undefined;
  const found = readDictionary(chunks, stream, dictionaryWords);
  const values = dictionaryWords.subarray(0, found);
  const place = values.indexOf(wanted);
  if (place !== values.lastIndexOf(wanted)) return undefined;
  return place < 0 ? [] : findInteger(chunks, bitsFor(found - 1), count, place, most);
}

function findInteger(
  chunks: ChunkReader,
  bits: number,
  count: number,
  integer: number,
  most: number,
): number[] | undefined {
  let found: number[] | undefined;
  for (let low = 0; low < bits; low += 8) {
    const width = Math.min(bits - low, 8);
    const plane = chunks.read(Math.ceil((count * width) / 8), room);
    const byte = (integer >>> low) & 255;
    if (width < 8) continue;
    found = found === undefined ? placesOf(plane, byte, most) : found.filter((place) => plane[place] === byte);
    if (found?.length === 0) break;
  }
  return found;
}

/** Where a byte stands; undefined for more than `most` places. */
function placesOf(plane: Uint8Array, byte: number, most: number): number[] | undefined {
  const bytes = Buffer.from(plane.buffer, plane.byteOffset, plane.length);
  const places: number[] = [];
  for (let at = bytes.indexOf(byte); at >= 0; at = bytes.indexOf(byte, at + 1)) {
    if (places.length === most) return undefined;
    places.push(at);
  }
  return places;
}

/**
 * Where some rows stand in a list of rows, -1 for those that do not.
 * @param stored ascending
 */
export function placesAmong(stored: Uint16Array, picked: Uint32Array): Int32Array {
  return Int32Array.from(picked, (row) => {
    let low = 0;
    let high = Math.min(stored.length, row + 1);
    while (low < high) {
      const middle = (low + high) >> 1;
      if (stored[middle]! < row) low = middle + 1;
      else high = middle;
    }
    return stored[low] === row ? low : -1;
  });
}
