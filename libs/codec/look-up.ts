/*
 * Loops that give each row what a list has for its number, four rows to a word of `numbers`, up to the last multiple of four;
 * see `widen.ts`. Lists have at least 256 values.
 */

/** The rows, at most three, that are left over when four are done at a time. */
export function lookUpLast(
  to: Uint8Array | Uint16Array | Uint32Array | Float64Array,
  count: number,
  numbers: Uint8Array,
  from: Uint32Array | Float64Array,
): void {
  for (let i = count & ~3; i < count; i++) to[i] = from[numbers[i]!]!;
}

export function lookUpWords(to: Uint32Array, fours: number, numbers: Uint32Array, from: Uint32Array): void {
  for (let j = 0, i = 0; j < fours; j++, i += 4) {
    const x = numbers[j]!;
    to[i] = from[x & 255]!;
    to[i + 1] = from[(x >>> 8) & 255]!;
    to[i + 2] = from[(x >>> 16) & 255]!;
    to[i + 3] = from[x >>> 24]!;
  }
}

/** Of a list of more values; all rows, one by one. @param numbers within the list */
export function lookUpWide(to: Uint32Array, count: number, numbers: Uint32Array, from: Uint32Array): void {
  for (let i = 0; i < count; i++) to[i] = from[numbers[i]!]!;
}

export function lookUpHalves(to: Uint16Array, fours: number, numbers: Uint32Array, from: Uint32Array): void {
  for (let j = 0, i = 0; j < fours; j++, i += 4) {
    const x = numbers[j]!;
    to[i] = from[x & 255]!;
    to[i + 1] = from[(x >>> 8) & 255]!;
    to[i + 2] = from[(x >>> 16) & 255]!;
    to[i + 3] = from[x >>> 24]!;
  }
}

export function lookUpBytes(to: Uint8Array, fours: number, numbers: Uint32Array, from: Uint32Array): void {
  for (let j = 0, i = 0; j < fours; j++, i += 4) {
    const x = numbers[j]!;
    to[i] = from[x & 255]!;
    to[i + 1] = from[(x >>> 8) & 255]!;
    to[i + 2] = from[(x >>> 16) & 255]!;
    to[i + 3] = from[x >>> 24]!;
  }
}

export function lookUpDoubles(to: Float64Array, fours: number, numbers: Uint32Array, from: Float64Array): void {
  for (let j = 0, i = 0; j < fours; j++, i += 4) {
    const x = numbers[j]!;
    to[i] = from[x & 255]!;
    to[i + 1] = from[(x >>> 8) & 255]!;
    to[i + 2] = from[(x >>> 16) & 255]!;
    to[i + 3] = from[x >>> 24]!;
  }
}

/** Of two words, one for each bit of `packed`, eight rows to a byte, up to the last multiple of eight. */
export function chooseWords(to: Uint32Array, eights: number, packed: Uint8Array, zero: number, one: number): void {
  const difference = zero ^ one;
  for (let j = 0, i = 0; j < eights; j++, i += 8) {
    const x = packed[j]!;
    to[i] = zero ^ (difference & -(x & 1));
    to[i + 1] = zero ^ (difference & -((x >> 1) & 1));
    to[i + 2] = zero ^ (difference & -((x >> 2) & 1));
    to[i + 3] = zero ^ (difference & -((x >> 3) & 1));
    to[i + 4] = zero ^ (difference & -((x >> 4) & 1));
    to[i + 5] = zero ^ (difference & -((x >> 5) & 1));
    to[i + 6] = zero ^ (difference & -((x >> 6) & 1));
    to[i + 7] = zero ^ (difference & -(x >> 7));
  }
}
