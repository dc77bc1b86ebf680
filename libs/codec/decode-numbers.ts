import { BATCH_ROWS_MAX } from '../record/batch.ts';
import type { ChunkReader } from './chunks.ts';
import type { Stream } from './directory.ts';
import { ENCODING } from './format.ts';
import { bitsFor, Integers, isBits, readPlanes } from './planes.ts';
import { FrameProblem, UnknownEncoding } from './problem.ts';

const integers = new Integers();
const chunk = new Uint8Array(8 * BATCH_ROWS_MAX);
const dictionaryWords = new Uint32Array(256);
const dictionaryDoubles = new Float64Array(256);

/**
 * Decodes a stream of `count` unsigned integers; numbers that are none, or too large, wrap as typed arrays do.
 * @returns scratch that the next call overwrites
 * @throws FrameProblem, UnknownEncoding
 */
export function decodeWords(chunks: ChunkReader, stream: Stream, count: number): Uint32Array {
  const { low } = integers;
  if (typeof stream === 'number') return low.fill(stream, 0, count);
  const [code, ...parameters] = listOf(stream);
  switch (code) {
    case ENCODING.packed: {
      const { bits, base, divisor } = packing(parameters);
      readPlanes(chunks, integers, count, bits);
      if (divisor !== 1 || bits > 32) throw new FrameProblem('stream: too wide for an integer');
      if (base !== 0) for (let i = 0; i < count; i++) low[i] = base + low[i]!;
      return low;
    }
    case ENCODING.ascending:
    case ENCODING.delta:
      readSteps(chunks, code, parameters, low, count);
      return low;
    case ENCODING.dictionary: {
      const found = dictionarySize(parameters);
      dictionaryWords.set(decodeWords(chunks, innerStream(parameters), found).subarray(0, found));
      dictionaryWords.fill(0, found);
      readPlanes(chunks, integers, count, bitsFor(found - 1));
      for (let i = 0; i < count; i++) low[i] = dictionaryWords[low[i]!]!;
      return low;
    }
    default:
      throw isKnown(code) ? new FrameProblem('stream: doubles for integers') : new UnknownEncoding();
  }
}

/**
 * Decodes a stream into the first `count` values of `to`.
 * @throws FrameProblem, UnknownEncoding
 */
export function decodeDoubles(chunks: ChunkReader, stream: Stream, to: Float64Array, count: number): void {
  if (typeof stream === 'number') {
    to.fill(stream, 0, count);
    return;
  }
  const [code, ...parameters] = listOf(stream);
  switch (code) {
    case ENCODING.plain:
      return readPlain(chunks, to, count);
    case ENCODING.byteSplit:
      return readByteSplit(chunks, to, count);
    case ENCODING.packed:
      return readPacked(chunks, parameters, to, count);
    case ENCODING.ascending:
    case ENCODING.delta:
      return readSteps(chunks, code, parameters, to, count);
    case ENCODING.dictionary: {
      const found = dictionarySize(parameters);
      decodeDoubles(chunks, innerStream(parameters), dictionaryDoubles, found);
      dictionaryDoubles.fill(0, found);
      readPlanes(chunks, integers, count, bitsFor(found - 1));
      for (let i = 0; i < count; i++) to[i] = dictionaryDoubles[integers.low[i]!]!;
      return;
    }
    default:
      throw new UnknownEncoding();
  }
}

function isKnown(code: Stream | undefined): boolean {
  return code === ENCODING.plain || code === ENCODING.byteSplit;
}

function listOf(stream: Stream): readonly Stream[] {
  if (!Array.isArray(stream)) throw new FrameProblem('stream: neither a number nor a list');
  return stream as readonly Stream[];
}

function packing([bits, base, divisor]: readonly Stream[]): { bits: number; base: number; divisor: number } {
  if (!isBits(bits) || typeof base !== 'number' || typeof divisor !== 'number')
    throw new FrameProblem('stream: width, base or divisor');
  return { bits, base, divisor };
}

function dictionarySize([found]: readonly Stream[]): number {
  if (typeof found !== 'number' || !Number.isInteger(found) || found < 1 || found > 256)
    throw new FrameProblem('stream: size of the dictionary');
  return found;
}

function innerStream([, inner]: readonly Stream[]): Stream {
  if (inner === undefined || (Array.isArray(inner) && inner[0] === ENCODING.dictionary))
    throw new FrameProblem('stream: values of the dictionary');
  return inner;
}

function readPlain(chunks: ChunkReader, to: Float64Array, count: number): void {
  const target = new Uint8Array(to.buffer, to.byteOffset, 8 * count);
  target.set(chunks.read(target.length, chunk));
}

function readByteSplit(chunks: ChunkReader, to: Float64Array, count: number): void {
  const target = new Uint8Array(to.buffer, to.byteOffset, 8 * count);
  for (let k = 0; k < 8; k++) {
    const plane = chunks.read(count, chunk);
    for (let i = 0; i < count; i++) target[8 * i + k] = plane[i]!;
  }
}

function readPacked(chunks: ChunkReader, parameters: readonly Stream[], to: Float64Array, count: number): void {
  const { bits, base, divisor } = packing(parameters);
  const { low, high } = integers;
  readPlanes(chunks, integers, count, bits);
  if (bits > 32) for (let i = 0; i < count; i++) to[i] = base + divisor * (low[i]! + high[i]! * 2 ** 32);
  else for (let i = 0; i < count; i++) to[i] = base + divisor * low[i]!;
}

function readSteps(
  chunks: ChunkReader,
  code: number,
  parameters: readonly Stream[],
  to: Float64Array | Uint32Array,
  count: number,
): void {
  const { bits, base, divisor } = packing(parameters);
  const { low, high } = integers;
  readPlanes(chunks, integers, count, bits);
  if (bits <= 32) high.fill(0, 0, count);
  const isZigzag = code === ENCODING.delta;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const step = low[i]! + high[i]! * 2 ** 32;
    sum += !isZigzag ? step : (low[i]! & 1) === 0 ? step / 2 : -(step + 1) / 2;
    to[i] = base + divisor * sum;
  }
}
