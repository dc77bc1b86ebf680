import { BATCH_ROWS_MAX } from '../record/batch.ts';
import type { ChunkWriter } from './chunks.ts';

/**
 * Integers as byte planes: plane 0 is the lowest byte of every value, plane 1 the next, and so on. The top plane may be
 * narrower: 1, 2 or 4 bits a value, lowest bits first, so that entropy coding, which gives a byte at least one bit, sees
 * several values in one byte. The unit is bits per value: 8 × (planes - 1) + 1, 2, 4 or 8.
 */

const plane = new Uint8Array(BATCH_ROWS_MAX);
const narrowPlane = new Uint8Array(BATCH_ROWS_MAX);

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
