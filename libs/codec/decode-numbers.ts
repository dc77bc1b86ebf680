import { BATCH_ROWS_MAX } from '../record/batch.ts';
import type { NumericArray } from '../record/kinds.ts';
import type { ChunkReader } from './chunks.ts';
import type { Stream } from './directory.ts';
import { ENCODING } from './format.ts';
import { bitsFor, isBits } from './planes.ts';
import { FrameProblem, UnknownEncoding } from './problem.ts';
import { readBits, readBytes, readDoubles, readHalves, readIntegers, readNumbers, readWords } from './read-planes.ts';
import {
  chooseWords,
  lookUpBytes,
  lookUpDoubles,
  lookUpHalves,
  lookUpLast,
  lookUpWide,
  lookUpWords,
} from './look-up.ts';

type WordArray = Exclude<NumericArray, Float64Array>;

const chunk = new Uint8Array(8 * BATCH_ROWS_MAX);
const words = new Uint32Array(BATCH_ROWS_MAX);
/** Most values of a wide dictionary; their numbers have 12 bits. */
export const WIDE_DICTIONARY_MAX = 4096;
const dictionaryWords = new Uint32Array(WIDE_DICTIONARY_MAX);
const dictionaryDoubles = new Float64Array(256);

/**
 * Decodes a stream into the first `count` values of `to`. Where these are integers, numbers that are none, or too large,
 * wrap as typed arrays do.
 * @throws FrameProblem, UnknownEncoding
 */
export function decodeNumbers(chunks: ChunkReader, stream: Stream, to: NumericArray, count: number): void {
  if (typeof stream === 'number') to.fill(stream, 0, count);
  else if (to instanceof Float64Array) decodeDoubles(chunks, listOf(stream), to, count);
  else decodeWords(chunks, listOf(stream), to, count);
}

/**
 * How many chunks a stream has.
 * @throws FrameProblem, UnknownEncoding
 */
export function chunksIn(stream: Stream): number {
  if (typeof stream === 'number') return 0;
  const list = listOf(stream);
  switch (list[0]) {
    case ENCODING.packed:
    case ENCODING.ascending:
    case ENCODING.delta:
      return Math.ceil(packing(list).bits / 8);
    case ENCODING.dictionary:
      return chunksIn(innerStream(list)) + 1;
    case ENCODING.plain:
      return 1;
    case ENCODING.byteSplit:
      return 8;
    case ENCODING.byFamily:
      return 0;
    case ENCODING.wideDictionary:
      return chunksIn(innerStream(list)) + 2;
    default:
      throw new UnknownEncoding();
  }
}

function decodeWords(chunks: ChunkReader, list: readonly Stream[], to: WordArray, count: number): void {
  switch (list[0]) {
    case ENCODING.packed: {
      const { bits, base, divisor } = packing(list);
      if (divisor !== 1) throw new FrameProblem('stream: too wide for an integer');
      return readPacked(chunks, to, count, bits, base);
    }
    case ENCODING.ascending:
    case ENCODING.delta: {
      const target = to instanceof Uint32Array ? to : words;
      readWordSteps(chunks, list, target, count);
      if (target !== to) to.set(words.subarray(0, count));
      return;
    }
    case ENCODING.dictionary: {
      const found = dictionarySize(list);
      dictionaryWords.fill(0);
      decodeNumbers(chunks, innerStream(list), dictionaryWords, found);
      return readFromDictionary(chunks, to, count, bitsFor(found - 1));
    }
    case ENCODING.wideDictionary: {
      const found = dictionarySize(list, 257, WIDE_DICTIONARY_MAX);
      if (!(to instanceof Uint32Array)) throw new UnknownEncoding();
      dictionaryWords.fill(0);
      decodeNumbers(chunks, innerStream(list), dictionaryWords, found);
      readWords(chunks, words, count, bitsFor(found - 1), 0);
      return lookUpWide(to, count, words, dictionaryWords);
    }
    case ENCODING.plain:
    case ENCODING.byteSplit:
      throw new FrameProblem('stream: doubles for integers');
    default:
      throw new UnknownEncoding();
  }
}

function readPacked(chunks: ChunkReader, to: WordArray, count: number, bits: number, base: number): void {
  if (to instanceof Uint32Array) readWords(chunks, to, count, bits, base);
  else if (to instanceof Uint16Array && bits <= 16) readHalves(chunks, to, count, bits, base);
  else if (to instanceof Uint8Array && bits <= 8) readBytes(chunks, to, count, bits, base);
  else {
    readWords(chunks, words, count, bits, base);
    to.set(words.subarray(0, count));
  }
}

function readFromDictionary(chunks: ChunkReader, to: WordArray, count: number, bits: number): void {
  if (bits === 1 && to instanceof Uint32Array && (count & 7) === 0)
    return chooseWords(to, count >> 3, readBits(chunks, count, 1), dictionaryWords[0]!, dictionaryWords[1]!);
  const { bytes, words: numbers } = readNumbers(chunks, count, bits);
  const fours = count >> 2;
  lookUpLast(to, count, bytes, dictionaryWords);
  if (to instanceof Uint32Array) lookUpWords(to, fours, numbers, dictionaryWords);
  else if (to instanceof Uint16Array) lookUpHalves(to, fours, numbers, dictionaryWords);
  else lookUpBytes(to, fours, numbers, dictionaryWords);
}

function decodeDoubles(chunks: ChunkReader, list: readonly Stream[], to: Float64Array, count: number): void {
  switch (list[0]) {
    case ENCODING.plain:
      return readPlain(chunks, to, count);
    case ENCODING.byteSplit:
      return readByteSplit(chunks, to, count);
    case ENCODING.packed: {
      const { bits, base, divisor } = packing(list);
      return readDoubles(chunks, to, count, bits, base, divisor);
    }
    case ENCODING.ascending:
    case ENCODING.delta:
      return readDoubleSteps(chunks, list, to, count);
    case ENCODING.dictionary: {
      const found = dictionarySize(list);
      dictionaryDoubles.fill(0);
      decodeNumbers(chunks, innerStream(list), dictionaryDoubles, found);
      const numbers = readNumbers(chunks, count, bitsFor(found - 1));
      lookUpLast(to, count, numbers.bytes, dictionaryDoubles);
      return lookUpDoubles(to, count >> 2, numbers.words, dictionaryDoubles);
    }
    default:
      throw new UnknownEncoding();
  }
}

function listOf(stream: Stream): readonly Stream[] {
  if (!Array.isArray(stream)) throw new FrameProblem('stream: neither a number nor a list');
  return stream as readonly Stream[];
}

/** @throws FrameProblem */
export function packing([, bits, base, divisor]: readonly Stream[]): { bits: number; base: number; divisor: number } {
  if (!isBits(bits) || typeof base !== 'number' || typeof divisor !== 'number')
    throw new FrameProblem('stream: width, base or divisor');
  return { bits, base, divisor };
}

/** @throws FrameProblem */
export function dictionarySize([, found]: readonly Stream[], least = 1, most = 256): number {
  if (typeof found !== 'number' || !Number.isInteger(found) || found < least || found > most)
    throw new FrameProblem('stream: size of the dictionary');
  return found;
}

/** @throws FrameProblem */
export function innerStream([, , inner]: readonly Stream[]): Stream {
  if (
    inner === undefined ||
    (Array.isArray(inner) && (inner[0] === ENCODING.dictionary || inner[0] === ENCODING.wideDictionary))
  )
    throw new FrameProblem('stream: values of the dictionary');
  return inner;
}

function readPlain(chunks: ChunkReader, to: Float64Array, count: number): void {
  const target = new Uint8Array(to.buffer, to.byteOffset, 8 * count);
  target.set(chunks.read(target.length, chunk));
}

function readByteSplit(chunks: ChunkReader, to: Float64Array, count: number): void {
  const target = new Uint8Array(to.buffer, to.byteOffset, 8 * count);
  for (let k = 0; k < 8; k++) spread(chunks.read(count, chunk), target, count, k);
}

function spread(plane: Uint8Array, target: Uint8Array, count: number, k: number): void {
  for (let i = 0, at = k; i < count; i++, at += 8) target[at] = plane[i]!;
}

function readDoubleSteps(chunks: ChunkReader, list: readonly Stream[], to: Float64Array, count: number): void {
  const { bits, base, divisor } = packing(list);
  const isZigzag = list[0] === ENCODING.delta;
  const { low, high } = readIntegers(chunks, count, bits);
  if (bits > 32) addLongSteps(to, count, base, divisor, isZigzag, low, high);
  else if (isZigzag) addZigzagSteps(to, count, base, divisor, low);
  else addRisingSteps(to, count, base, divisor, low);
}

function readWordSteps(chunks: ChunkReader, list: readonly Stream[], to: Uint32Array, count: number): void {
  const { bits, base, divisor } = packing(list);
  const { low, high } = readIntegers(chunks, count, bits);
  if (bits <= 32) high.fill(0, 0, count);
  if (list[0] === ENCODING.delta) toSigned(low, high, count);
  addWordSteps(to, count, base | 0, divisor | 0, low);
}

function addRisingSteps(to: Float64Array, count: number, base: number, divisor: number, steps: Uint32Array): void {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    sum += steps[i]!;
    to[i] = base + divisor * sum;
  }
}

function addZigzagSteps(to: Float64Array, count: number, base: number, divisor: number, steps: Uint32Array): void {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const step = steps[i]!;
    sum += (step >>> 1) ^ -(step & 1);
    to[i] = base + divisor * sum;
  }
}

/** Puts into `low` the lowest 32 bits of what zigzag stands for. */
function toSigned(low: Uint32Array, high: Uint32Array, count: number): void {
  for (let i = 0; i < count; i++) low[i] = ((low[i]! >>> 1) | (high[i]! << 31)) ^ -(low[i]! & 1);
}

/** Wraps at 2^32 with every step, which comes to the same as at last. */
function addWordSteps(to: Uint32Array, count: number, base: number, divisor: number, steps: Uint32Array): void {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    sum = (sum + steps[i]!) | 0;
    to[i] = base + Math.imul(divisor, sum);
  }
}

function addLongSteps(
  to: Float64Array,
  count: number,
  base: number,
  divisor: number,
  isZigzag: boolean,
  low: Uint32Array,
  high: Uint32Array,
): void {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    sum += stepOf(low[i]!, high[i]!, isZigzag);
    to[i] = base + divisor * sum;
  }
}

function stepOf(low: number, high: number, isZigzag: boolean): number {
  const step = low + high * 2 ** 32;
  return !isZigzag ? step : (low & 1) === 0 ? step / 2 : -(step + 1) / 2;
}
