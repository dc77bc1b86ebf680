import { BATCH_ROWS_MAX } from '../record/batch.ts';
import type { ChunkReader, ChunkWriter } from './chunks.ts';

/**
 * Integers as byte planes: plane 0 is the lowest byte of every value, plane 1 the next, and so on. The top plane may be
 * narrower: 1, 2 or 4 bits a value, lowest bits first, so that entropy coding, which gives a byte at least one bit, sees
 * several values in one byte. The unit is bits per value: 8 × (planes - 1) + 1, 2, 4 or 8.
 */

const plane = new Uint8Array(BATCH_ROWS_MAX);
const narrowPlane = new Uint8Array(BATCH_ROWS_MAX);
/** A plane for each of the four bytes of a u32; loops over all of them at once are faster than one for each. */
const planes = [plane, new Uint8Array(BATCH_ROWS_MAX), new Uint8Array(BATCH_ROWS_MAX), new Uint8Array(BATCH_ROWS_MAX)] as const; // prettier-ignore

/** Integers below 2^53: value = high × 2^32 + low. Scratch of the codec, `BATCH_ROWS_MAX` values. */
export class Integers {
  readonly low = new Uint32Array(BATCH_ROWS_MAX);
  readonly high = new Uint32Array(BATCH_ROWS_MAX);
}

/** Bits per value for values up to `greatest`, an integer below 2^53. */
export function bitsFor(greatest: number): number {
  const bits = greatest < 2 ** 32 ? 32 - Math.clz32(greatest) : 64 - Math.clz32(Math.floor(greatest / 2 ** 32));
  const below = Math.max(bits - 1, 0) & ~7;
  const top = Math.max(bits, 1) - below;
  return below + (top > 4 ? 8 : top > 2 ? 4 : top);
}

export function isBits(bits: unknown): bits is number {
  return (
    typeof bits === 'number' && bits > 0 && bits <= 56 && [1, 2, 4, 0].includes(bits & 7) && Number.isInteger(bits)
  );
}

/** Writes the planes of `count` values of `bits` bits, one chunk each. */
export function writePlanes(out: ChunkWriter, { low, high }: Integers, count: number, bits: number): void {
  for (let shift = 0; shift < bits; shift += 8) {
    if (shift === 0) for (let i = 0; i < count; i++) plane[i] = low[i]!;
    else if (shift < 32) for (let i = 0; i < count; i++) plane[i] = low[i]! >>> shift;
    else for (let i = 0; i < count; i++) plane[i] = high[i]! >>> (shift - 32);
    const width = Math.min(bits - shift, 8);
    out.add(width === 8 ? plane.subarray(0, count) : narrow(count, width));
  }
}

/** Reads what `writePlanes` wrote; `values.high` is left as it is where `bits` are at most 32. */
export function readPlanes(chunks: ChunkReader, values: Integers, count: number, bits: number): void {
  readWord(chunks, values.low, count, Math.min(bits, 32));
  if (bits > 32) readWord(chunks, values.high, count, bits - 32);
}

function readWord(chunks: ChunkReader, to: Uint32Array, count: number, bits: number): void {
  const next = (k: 0 | 1 | 2 | 3): Uint8Array => {
    const width = Math.min(bits - 8 * k, 8);
    return width === 8 ? chunks.read(count, planes[k]) : widen(chunks, planes[k], count, width);
  };
  const p0 = next(0);
  if (bits <= 8) {
    for (let i = 0; i < count; i++) to[i] = p0[i]!;
    return;
  }
  const p1 = next(1);
  if (bits <= 16) {
    for (let i = 0; i < count; i++) to[i] = p0[i]! | (p1[i]! << 8);
    return;
  }
  const p2 = next(2);
  if (bits <= 24) {
    for (let i = 0; i < count; i++) to[i] = p0[i]! | (p1[i]! << 8) | (p2[i]! << 16);
    return;
  }
  const p3 = next(3);
  for (let i = 0; i < count; i++) to[i] = p0[i]! | (p1[i]! << 8) | (p2[i]! << 16) | (p3[i]! << 24);
}

/** Packs the values in `plane`. */
function narrow(count: number, width: number): Uint8Array {
  const perByte = 8 / width;
  const bytes = Math.ceil(count / perByte);
  plane.fill(0, count, bytes * perByte);
  for (let i = 0, from = 0; i < bytes; i++) {
    let byte = 0;
    for (let shift = 0; shift < 8; shift += width) byte |= plane[from++]! << shift;
    narrowPlane[i] = byte;
  }
  return narrowPlane.subarray(0, bytes);
}

function widen(chunks: ChunkReader, into: Uint8Array, count: number, width: number): Uint8Array {
  unpack(chunks.read(Math.ceil((count * width) / 8), narrowPlane), into, width);
  return into.subarray(0, count);
}

/** Alone, because code that follows a hot loop in its function makes the compiler give the loop up each time it ends. */
function unpack(packed: Uint8Array, into: Uint8Array, width: number): void {
  const mask = (1 << width) - 1;
  for (let i = 0, to = 0; i < packed.length; i++) {
    const byte = packed[i]!;
    for (let shift = 0; shift < 8; shift += width) into[to++] = (byte >>> shift) & mask;
  }
}
