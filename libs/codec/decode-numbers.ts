import { BATCH_ROWS_MAX } from '../record/batch.ts';
import type { NumericArray } from '../record/kinds.ts';
import type { ChunkReader } from './chunks.ts';
import type { Stream } from './directory.ts';
import { ENCODING } from './format.ts';
import { bitsFor, Integers, isBits, readPlanes } from './planes.ts';
import { FrameProblem, UnknownEncoding } from './problem.ts';

const integers = new Integers();
const chunk = new Uint8Array(8 * BATCH_ROWS_MAX);
const dictionary = new Float64Array(256);

/**
 * Decodes a stream into `values[0 … count)`. Integers too large for the array wrap, as typed arrays do.
 * @param values element 0 lies 8-aligned in its buffer
 * @throws FrameProblem, UnknownEncoding
 */
export function decodeNumbers(chunks: ChunkReader, stream: Stream, values: NumericArray, count: number): void {
  if (typeof stream === 'number') {
    values.fill(stream, 0, count);
    return;
  }
  if (!Array.isArray(stream)) throw new FrameProblem('stream: neither a number nor a list');
  const [code, a, b, c] = stream as readonly Stream[];
  switch (code) {
    case ENCODING.plain:
      return decodePlain(chunks, values, count);
    case ENCODING.packed:
    case ENCODING.ascending:
    case ENCODING.delta:
      return decodeIntegers(chunks, code, a, b, c, values, count);
    case ENCODING.dictionary:
      return decodeDictionary(chunks, a, b, values, count);
    case ENCODING.byteSplit:
      return decodeByteSplit(chunks, values, count);
    default:
      throw new UnknownEncoding();
  }
}

function bytesOf(values: NumericArray, count: number): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, count * values.BYTES_PER_ELEMENT);
}

function decodePlain(chunks: ChunkReader, values: NumericArray, count: number): void {
  const target = bytesOf(values, count);
  target.set(chunks.read(target.length, chunk));
}

function decodeByteSplit(chunks: ChunkReader, values: NumericArray, count: number): void {
  if (!(values instanceof Float64Array)) throw new FrameProblem('stream: doubles for integers');
  const target = bytesOf(values, count);
  for (let k = 0; k < 8; k++) {
    const plane = chunks.read(count, chunk);
    for (let i = 0; i < count; i++) target[8 * i + k] = plane[i]!;
  }
}

function decodeIntegers(
  chunks: ChunkReader,
  code: number,
  bits: Stream | undefined,
  base: Stream | undefined,
  divisor: Stream | undefined,
  values: NumericArray,
  count: number,
): void {
  if (!isBits(bits) || typeof base !== 'number' || typeof divisor !== 'number')
    throw new FrameProblem('stream: width, base or divisor');
  readPlanes(chunks, integers, count, bits);
  if (code === ENCODING.packed) addBase(values, count, bits, base, divisor);
  else sumSteps(values, count, bits, code === ENCODING.delta, base, divisor);
}

function addBase(values: NumericArray, count: number, bits: number, base: number, divisor: number): void {
  const { low, high } = integers;
  if (bits > 32) for (let i = 0; i < count; i++) values[i] = base + divisor * (low[i]! + high[i]! * 2 ** 32);
  else if (divisor !== 1) for (let i = 0; i < count; i++) values[i] = base + divisor * low[i]!;
  else for (let i = 0; i < count; i++) values[i] = base + low[i]!;
}

function sumSteps(
  values: NumericArray,
  count: number,
  bits: number,
  zigzag: boolean,
  base: number,
  divisor: number,
): void {
  const { low, high } = integers;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const code = bits > 32 ? low[i]! + high[i]! * 2 ** 32 : low[i]!;
    const odd = low[i]! & 1;
    sum += !zigzag ? code : odd === 0 ? code / 2 : -(code + 1) / 2;
    values[i] = base + divisor * sum;
  }
}

function decodeDictionary(
  chunks: ChunkReader,
  found: Stream | undefined,
  inner: Stream | undefined,
  values: NumericArray,
  count: number,
): void {
  if (typeof found !== 'number' || !Number.isInteger(found) || found < 1 || found > 256 || inner === undefined)
    throw new FrameProblem('stream: size of the dictionary');
  if (Array.isArray(inner) && inner[0] === ENCODING.dictionary) throw new FrameProblem('stream: nested dictionary');
  decodeNumbers(chunks, inner, dictionary, found);
  dictionary.fill(0, found);
  readPlanes(chunks, integers, count, bitsFor(found - 1));
  const { low } = integers;
  for (let i = 0; i < count; i++) values[i] = dictionary[low[i]!]!;
}
