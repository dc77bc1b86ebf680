import { BATCH_ROWS_MAX } from '../record/batch.ts';

/**
 * Integers as byte planes: plane 0 is the lowest byte of every value, plane 1 the next, and so on. The top plane may be
 * narrower: 1, 2 or 4 bits a value, lowest bits first, so that entropy coding, which gives a byte at least one bit, sees
 * several values in one byte. The unit is bits per value: 8 × (planes - 1) + 1, 2, 4 or 8.
 */

/** Values of up to so many bits, and steps between them, are words; `high` does not count then. */
export const NARROW_BITS_MAX = 31;

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
