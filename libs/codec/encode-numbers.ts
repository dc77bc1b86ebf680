import { BATCH_ROWS_MAX } from '../record/batch.ts';
import { isConstant } from '../record/constant.ts';
import type { NumericArray } from '../record/kinds.ts';
import type { ChunkWriter } from './chunks.ts';
import type { Stream } from './directory.ts';
import { DICTIONARY_MAX, dictionaryOf } from './encode-dictionary.ts';
import { estimate } from './entropy.ts';
import { Extent, findByteExtent, findDoubleExtent, findWordExtent } from './extent.ts';
import { ENCODING } from './format.ts';
import { bitsFor, Integers, NARROW_BITS_MAX } from './planes.ts';
import { addPlane, writePlane, writePlanes } from './write-planes.ts';

/** Values that byte planes may be built of: integers, exact in a double. */
const INTEGER_LIMIT = 2 ** 53;
/** Steps between values of a smaller range are exact, zigzag included. */
const STEP_LIMIT = 2 ** 51;
const DIVISORS: readonly number[] = [1e6, 1000, 100, 10];
/** A step must save this many bits a value, for decoding it costs more and the estimate is of a sample. */
const STEP_GAIN_BITS = 0.25;
/** Values of up to so many bits take no more room as they are than by a wide dictionary. */
const WIDE_FROM_BITS = 16;
/** With fewer rows, planes of one value are about as good as anything, and sooner made. */
const CHOOSE_FROM_ROWS = 64;
/** So many values are sooner copied all at once, and then looked at, than taken one by one. */
const MANY_ROWS = 512;

const integers = new Integers();
const dictionaryIntegers = new Integers();

const nobody = new Extent();

/**
 * Encodes the values of the rows `stored` as a stream, its chunks going to `out`. There is at least one row.
 * @param extent is told what there is
 */
export function encodeNumbers(out: ChunkWriter, values: NumericArray, stored: Uint16Array, extent = nobody): Stream {
  const count = stored.length;
  if (!(values instanceof Float64Array)) return encodeWords(out, values, stored, extent);
  const dense = isAll(values, stored) ? values : gatherDoubles(values, stored);
  const areWhole = findDoubleExtent(dense, count, extent);
  const first = dense[0]!;
  if (extent.least === extent.greatest && isConstant(dense, count) && !Object.is(first, -0)) return first;
  if (!areWhole || !fitPlanes(dense, count, extent)) return encodeDoubles(out, dense, count);
  return encodeIntegerDoubles(out, dense, count, extent);
}

const doubles = new Float64Array(BATCH_ROWS_MAX);

/** Rows are ascending, so that the first `n` of them are all there are when the last is the `n`th. */
function isAll(values: NumericArray, stored: Uint16Array): boolean {
  return stored[stored.length - 1] === stored.length - 1 && values.length >= stored.length;
}

function gatherDoubles(values: Float64Array, stored: Uint16Array): Float64Array {
  for (let i = 0; i < stored.length; i++) doubles[i] = values[stored[i]!]!;
  return doubles;
}

/** Whether planes can hold these integers. */
function fitPlanes(values: Float64Array, count: number, { least, greatest }: Extent): boolean {
  if (!(least > -INTEGER_LIMIT && greatest < INTEGER_LIMIT && greatest - least < INTEGER_LIMIT)) return false;
  return least > 0 || greatest < 0 || !hasNegativeZero(values, count);
}

function hasNegativeZero(values: Float64Array, count: number): boolean {
  for (let i = 0; i < count; i++) if (Object.is(values[i], -0)) return true;
  return false;
}

const bytePlane = new Uint8Array(BATCH_ROWS_MAX);

function encodeDoubles(out: ChunkWriter, values: Float64Array, count: number): Stream {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, count * 8);
  if (count < CHOOSE_FROM_ROWS) {
    out.add(bytes);
    return [ENCODING.plain];
  }
  for (let k = 0; k < 8; k++) {
    for (let i = 0; i < count; i++) bytePlane[i] = bytes[8 * i + k]!;
    out.add(bytePlane, count);
  }
  return [ENCODING.byteSplit];
}

function encodeIntegerDoubles(
  out: ChunkWriter,
  values: Float64Array,
  count: number,
  { least, greatest }: Extent,
): Stream {
  const divisor = commonDivisor(values, count, least);
  const span = (greatest - least) / divisor;
  if (span >= 2 ** 32) takeWide(values, count, least, divisor);
  else if (divisor === 1) takeDifferences(values, count, least);
  else takeDivided(values, count, least, divisor);
  return encodeIntegers(out, count, least, divisor, span, false);
}

function takeDifferences(values: Float64Array, count: number, least: number): void {
  const { low } = integers;
  for (let i = 0; i < count; i++) low[i] = values[i]! - least;
}

/** To multiply takes a third of the time; what is right to half of one is cut to what is right. */
function takeDivided(values: Float64Array, count: number, least: number, divisor: number): void {
  const { low } = integers;
  const part = 1 / divisor;
  for (let i = 0; i < count; i++) low[i] = (values[i]! - least) * part + 0.5;
}

function takeWide(values: Float64Array, count: number, least: number, divisor: number): void {
  const { low, high } = integers;
  for (let i = 0; i < count; i++) {
    const value = (values[i]! - least) / divisor;
    low[i] = value;
    high[i] = value / 2 ** 32;
  }
}

/** The greatest of our divisors that all differences from `least` are multiples of, or 1. */
function commonDivisor(values: Float64Array, count: number, least: number): number {
  for (const divisor of DIVISORS) {
    if (areMultiples(values, count, least, divisor)) return divisor;
  }
  return 1;
}

function areMultiples(values: Float64Array, count: number, least: number, divisor: number): boolean {
  const part = 1 / divisor;
  for (let i = 0; i < count; i++) {
    const value = values[i]! - least;
    if (Math.floor(value * part + 0.5) * divisor !== value) return false;
  }
  return true;
}

function encodeWords(
  out: ChunkWriter,
  values: Exclude<NumericArray, Float64Array>,
  stored: Uint16Array,
  extent: Extent,
): Stream {
  const count = stored.length;
  if (values instanceof Uint8Array) return encodePlane(out, values, stored, extent);
  const { low } = integers;
  if (areAllOfMany(values, stored)) {
    low.set(values.subarray(0, count));
    findWordExtent(low, count, extent);
  } else if (values instanceof Uint32Array) take32(values, stored, extent);
  else take16(values, stored, extent);
  const { least, greatest } = extent;
  if (least === greatest) return least;
  const bits = bitsFor(greatest - least);
  if (bits <= 8) {
    writePlane(out, low, least, count, bits);
    return [ENCODING.packed, bits, least, 1];
  }
  if (least !== 0) subtract(low, count, least);
  return encodeIntegers(out, count, least, 1, greatest - least, values instanceof Uint32Array);
}

/** Bytes are a plane already. */
function encodePlane(out: ChunkWriter, values: Uint8Array, stored: Uint16Array, extent: Extent): Stream {
  if (areAllOfMany(values, stored)) {
    bytePlane.set(values.subarray(0, stored.length));
    findByteExtent(bytePlane, stored.length, extent);
  } else take8(values, stored, extent);
  const { least, greatest } = extent;
  if (least === greatest) return least;
  const bits = bitsFor(greatest - least);
  if (least !== 0) for (let i = 0; i < stored.length; i++) bytePlane[i]! -= least;
  addPlane(out, bytePlane, stored.length, bits);
  return [ENCODING.packed, bits, least, 1];
}

function areAllOfMany(values: NumericArray, stored: Uint16Array): boolean {
  return stored.length >= MANY_ROWS && isAll(values, stored);
}

// Each loop sees one type of array, which makes it several times faster.

function take32(values: Uint32Array, stored: Uint16Array, extent: Extent): void {
  const { low } = integers;
  let least = values[stored[0]!]!;
  let greatest = least;
  for (let i = 0; i < stored.length; i++) {
    const value = values[stored[i]!]!;
    low[i] = value;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  extent.set(least, greatest);
}

function take16(values: Uint16Array, stored: Uint16Array, extent: Extent): void {
  const { low } = integers;
  let least = values[stored[0]!]!;
  let greatest = least;
  for (let i = 0; i < stored.length; i++) {
    const value = values[stored[i]!]!;
    low[i] = value;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  extent.set(least, greatest);
}

function take8(values: Uint8Array, stored: Uint16Array, extent: Extent): void {
  let least = values[stored[0]!]!;
  let greatest = least;
  for (let i = 0; i < stored.length; i++) {
    const value = values[stored[i]!]!;
    bytePlane[i] = value;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  extent.set(least, greatest);
}

/**
 * Encodes base + divisor × `integers`, of which `greatest` is the greatest.
 * @param mayBeWide whether a reader expects a wide dictionary
 */
function encodeIntegers(
  out: ChunkWriter,
  count: number,
  base: number,
  divisor: number,
  greatest: number,
  mayBeWide: boolean,
): Stream {
  const bits = bitsFor(greatest);
  if (bits > 8 && count >= CHOOSE_FROM_ROWS) {
    const dictionary =
      bits <= 32 ? encodeDictionary(out, count, base, divisor, bits, mayBeWide && bits > WIDE_FROM_BITS) : undefined;
    if (dictionary !== undefined) return dictionary;
    if (bits === 32) integers.high.fill(0, 0, count); // for their steps
    const { direct, steps } = estimate(integers, count, bits);
    if (steps + STEP_GAIN_BITS < direct && greatest < STEP_LIMIT)
      return encodeSteps(out, integers, count, base, divisor, bits);
  }
  writePlanes(out, integers, count, bits);
  return [ENCODING.packed, bits, base, divisor];
}

/** Encodes the steps from each value of so many bits to the next; the first value is the base. Overwrites `values`. */
function encodeSteps(
  out: ChunkWriter,
  values: Integers,
  count: number,
  base: number,
  divisor: number,
  bits: number,
): Stream {
  const { low, high } = values;
  const isNarrow = bits <= NARROW_BITS_MAX;
  const first = base + divisor * (low[0]! + (isNarrow ? 0 : high[0]! * 2 ** 32));
  const ascending = isNarrow ? isAscending(low, count) : isAscendingWide(values, count);
  const greatest = isNarrow ? takeSteps(low, count, ascending) : takeWideSteps(values, count, ascending);
  const stepBits = bitsFor(greatest);
  low[0] = 0;
  high[0] = 0;
  writePlanes(out, values, count, stepBits);
  return [ascending ? ENCODING.ascending : ENCODING.delta, stepBits, first, divisor];
}

/*
 * Long loops are functions of their own: what the engine has optimised while a loop runs it gives up again when it comes to
 * code behind the loop that it has not seen yet.
 */

/** Puts steps in the place of all values but the first, falling ones between rising ones. @returns the greatest */
function takeSteps(low: Uint32Array, count: number, ascending: boolean): number {
  let greatest = 0;
  for (let i = count - 1; i > 0; i--) {
    const step = (low[i]! - low[i - 1]!) | 0;
    const code = (ascending ? step : (step << 1) ^ (step >> 31)) >>> 0;
    low[i] = code;
    if (code > greatest) greatest = code;
  }
  return greatest;
}

/** As `takeSteps`, of values of more bits. */
function takeWideSteps({ low, high }: Integers, count: number, ascending: boolean): number {
  let greatest = 0;
  for (let i = count - 1; i > 0; i--) {
    const step = low[i]! - low[i - 1]! + (high[i]! - high[i - 1]!) * 2 ** 32;
    const code = ascending ? step : step < 0 ? -2 * step - 1 : 2 * step;
    low[i] = code;
    high[i] = code / 2 ** 32;
    if (code > greatest) greatest = code;
  }
  return greatest;
}

function subtract(low: Uint32Array, count: number, least: number): void {
  for (let i = 0; i < count; i++) low[i] = low[i]! - least;
}

function isAscending(low: Uint32Array, count: number): boolean {
  for (let i = 1; i < count; i++) if (low[i]! < low[i - 1]!) return false;
  return true;
}

function isAscendingWide({ low, high }: Integers, count: number): boolean {
  for (let i = 1; i < count; i++) {
    if (high[i]! < high[i - 1]! || (high[i] === high[i - 1] && low[i]! < low[i - 1]!)) return false;
  }
  return true;
}

/** Encodes `integers.low` by dictionary where that is worth it, else leaves everything as it was. */
function encodeDictionary(
  out: ChunkWriter,
  count: number,
  base: number,
  divisor: number,
  bits: number,
  mayBeWide: boolean,
): Stream | undefined {
  const dictionary = dictionaryOf(integers.low, count, mayBeWide);
  if (dictionary === undefined) return undefined;
  const { values } = dictionary;
  dictionaryIntegers.low.set(values);
  dictionaryIntegers.high.fill(0, 0, values.length);
  const stream = encodeSteps(out, dictionaryIntegers, values.length, base, divisor, bits);
  dictionary.number(integers.low, count);
  writePlanes(out, integers, count, bitsFor(values.length - 1));
  return [values.length > DICTIONARY_MAX ? ENCODING.wideDictionary : ENCODING.dictionary, values.length, stream];
}
