/*
 * Planes of less than 8 bits a value, lowest bits first, become planes of bytes. A table has the four values of four or eight
 * bits, and for single bits the next four.
 */

const ones = Uint32Array.from({ length: 16 }, (_, bits) => spread(bits, 1));
const twos = Uint32Array.from({ length: 256 }, (_, bits) => spread(bits, 2));

function spread(bits: number, width: number): number {
  let word = 0;
  for (let k = 0; k < 4; k++) word |= ((bits >> (k * width)) & ((1 << width) - 1)) << (8 * k);
  return word >>> 0;
}

/**
 * @param into four values to a word; has room for all values of all bytes of `packed`
 * @param width 1, 2 or 4 bits
 */
export function unpackBits(packed: Uint8Array, into: Uint32Array, width: number): void {
  if (width === 1) unpack1(packed, into);
  else if (width === 2) unpack2(packed, into);
  else unpack4(packed, into);
}

function unpack1(packed: Uint8Array, into: Uint32Array): void {
  for (let i = 0, to = 0; i < packed.length; i++, to += 2) {
    const byte = packed[i]!;
    into[to] = ones[byte & 15]!;
    into[to + 1] = ones[byte >> 4]!;
  }
}

function unpack2(packed: Uint8Array, into: Uint32Array): void {
  for (let i = 0; i < packed.length; i++) into[i] = twos[packed[i]!]!;
}

function unpack4(packed: Uint8Array, into: Uint32Array): void {
  for (let i = 0, to = 0; i < packed.length; i += 2, to++) {
    const byte = packed[i]!;
    const next = packed[i + 1]!; // undefined behind an odd last one, which counts as 0
    into[to] = (byte & 15) | ((byte & 0xf0) << 4) | ((next & 15) << 16) | ((next & 0xf0) << 20);
  }
}
