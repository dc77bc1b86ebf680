import { BATCH_ROWS_MAX } from '../record/batch.ts';
import type { NumericArray } from '../record/kinds.ts';
import type { ChunkReader } from './chunks.ts';
import {
  chunksIn,
  decodeNumbers,
  dictionarySize,
  innerStream,
  packing,
  WIDE_DICTIONARY_MAX,
} from './decode-numbers.ts';
import type { Stream } from './directory.ts';
import { ENCODING } from './format.ts';
import { bitsFor } from './planes.ts';
import { FrameProblem } from './problem.ts';
import { scratchLike } from './scatter.ts';
import { unpackBits } from './unpack-bits.ts';

/*
 * A few values of a stream, without making all of them out of its planes.
 */

const room = new Uint8Array(BATCH_ROWS_MAX);
const unpackedWords = new Uint32Array(BATCH_ROWS_MAX / 4);
const unpacked = new Uint8Array(unpackedWords.buffer);
const integers = new Float64Array(BATCH_ROWS_MAX);
const dictionaryWords = new Uint32Array(WIDE_DICTIONARY_MAX);
const dictionaryDoubles = new Float64Array(256);
/** The stream whose dictionary was read last: who has found a value there picks others next. */
let lastRead: readonly Stream[] | undefined;

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
  else if (isRising(stream, to)) pickRising(chunks, stream, to, count, at);
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
  pickPlanes(chunks, bits, count, at, addValues);
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
  pickPlanes(chunks, bitsFor(readDictionary(chunks, list, dictionary) - 1), count, at, addValues);
  for (let i = 0; i < at.length; i++) to[i] = at[i]! < 0 ? 0 : dictionary[integers[i]!]!;
}

/** Steps whose sums doubles hold exactly, in whatever order they are added up. */
function isRising([code, bits]: readonly Stream[], to: NumericArray): boolean {
  return code === ENCODING.ascending && typeof bits === 'number' && bits <= 32 && to instanceof Float64Array;
}

function pickRising(
  chunks: ChunkReader,
  list: readonly Stream[],
  to: NumericArray,
  count: number,
  at: Int32Array,
): void {
  const { bits, base, divisor } = packing(list);
  pickPlanes(chunks, bits, count, at, addSums);
  for (let i = 0; i < at.length; i++) to[i] = at[i]! < 0 ? 0 : base + divisor * integers[i]!;
}

/** Of all values up to each of those numbered `at`, which are ascending but for negative ones. */
const addSums: AddPlane = (packed, width, weight, at) => {
  const plane = width === 8 ? packed : unpacked;
  if (width < 8) unpackBits(packed, unpackedWords, width);
  let sum = 0;
  for (let i = 0, next = 0; i < at.length; i++) {
    for (const number = at[i]!; next <= number; next++) sum += plane[next]!;
    integers[i]! += weight * sum;
  }
};

function isDictionary([code]: readonly Stream[], to: NumericArray): boolean {
  return code === ENCODING.dictionary || (code === ENCODING.wideDictionary && to instanceof Uint32Array);
}

/** @returns how many values it has */
function readDictionary(chunks: ChunkReader, list: readonly Stream[], to: Uint32Array | Float64Array): number {
  const found = list[0] === ENCODING.dictionary ? dictionarySize(list) : dictionarySize(list, 257, WIDE_DICTIONARY_MAX);
  const inner = innerStream(list);
  if (list === lastRead) chunks.skip(chunksIn(inner));
  else {
    lastRead = undefined;
    to.fill(0);
    decodeNumbers(chunks, inner, to, found);
    lastRead = list;
  }
  return found;
}

/** Adds something of a plane to `integers`, a number for each of `at`. */
type AddPlane = (plane: Uint8Array, width: number, weight: number, at: Int32Array) => void;

/** Fills `integers`. */
function pickPlanes(chunks: ChunkReader, bits: number, count: number, at: Int32Array, add: AddPlane): void {
  integers.fill(0, 0, at.length);
  for (let low = 0; low < bits; low += 8) {
    const width = Math.min(bits - low, 8);
    add(chunks.read(Math.ceil((count * width) / 8), room), width, 2 ** low, at);
  }
}

const addValues: AddPlane = (plane, width, weight, at) => {
  for (let i = 0; i < at.length; i++) if (at[i]! >= 0) integers[i]! += weight * valueAt(plane, width, at[i]!);
};

/** @param width 1, 2, 4 or 8 bits */
function valueAt(plane: Uint8Array, width: number, number: number): number {
  if (width === 8) return plane[number]!;
  const bit = number * width;
  return (plane[bit >> 3]! >> (bit & 7)) & ((1 << width) - 1);
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
    const value = (integer >>> low) & ((1 << width) - 1);
    if (found === undefined && width < 8) return undefined;
    found = found === undefined ? placesOf(plane, value, most) : found.filter((place) => valueAt(plane, width, place) === value); // prettier-ignore
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
