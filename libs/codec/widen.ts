/*
 * Loops that put values together from byte planes: `a` holds the lowest bytes, `b` the next, and so on, four rows to a word
 * (all machines that we run on have the lowest byte first). With four rows at a time they take less than half as long as
 * with one.
 *
 * Each loop is a function of its own that sees one type of array: it is several times slower where it meets several, and
 * code that follows a hot loop in its function makes the compiler give the loop up each time it ends. They do the rows up to
 * the last multiple of four; `lastRows` does the others.
 */

/** Of a plane of bytes, four rows to a word. */
type Plane = Uint32Array;

const EVEN = 0x00ff_00ff;
const ODD = 0xff00_ff00;
const LOW = 0xffff;
const HIGH = 0xffff_0000;

/** The rows, at most three, that are left over when four are done at a time. */
export function lastRows(
  to: Uint8Array | Uint16Array | Uint32Array | Float64Array,
  count: number,
  base: number,
  divisor: number,
  planes: readonly Uint8Array[],
): void {
  for (let i = count & ~3; i < count; i++) {
    let value = 0;
    for (let k = planes.length - 1; k >= 0; k--) value = value * 256 + planes[k]![i]!;
    to[i] = base + divisor * value;
  }
}

/** `base` is of 32 bits, signed; sums wrap at 2^32. */
export function words1(to: Uint32Array, fours: number, base: number, a: Plane): void {
  for (let j = 0, i = 0; j < fours; j++, i += 4) {
    const x = a[j]!;
    to[i] = base + (x & 255);
    to[i + 1] = base + ((x >>> 8) & 255);
    to[i + 2] = base + ((x >>> 16) & 255);
    to[i + 3] = base + (x >>> 24);
  }
}

export function words2(to: Uint32Array, fours: number, base: number, a: Plane, b: Plane): void {
  for (let j = 0, i = 0; j < fours; j++, i += 4) {
    const even = (a[j]! & EVEN) | ((b[j]! & EVEN) << 8);
    const odd = ((a[j]! >>> 8) & EVEN) | (b[j]! & ODD);
    to[i] = base + (even & LOW);
    to[i + 1] = base + (odd & LOW);
    to[i + 2] = base + (even >>> 16);
    to[i + 3] = base + (odd >>> 16);
  }
}

export function words3(to: Uint32Array, fours: number, base: number, a: Plane, b: Plane, c: Plane): void {
  for (let j = 0, i = 0; j < fours; j++, i += 4) {
    const even = (a[j]! & EVEN) | ((b[j]! & EVEN) << 8);
    const odd = ((a[j]! >>> 8) & EVEN) | (b[j]! & ODD);
    const x = c[j]!;
    to[i] = base + ((even & LOW) | ((x & 255) << 16));
    to[i + 1] = base + ((odd & LOW) | ((x & 0xff00) << 8));
    to[i + 2] = base + ((even >>> 16) | (x & 0xff_0000));
    to[i + 3] = base + ((odd >>> 16) | ((x >>> 8) & 0xff_0000));
  }
}

export function words4(to: Uint32Array, fours: number, base: number, a: Plane, b: Plane, c: Plane, d: Plane): void {
  for (let j = 0, i = 0; j < fours; j++, i += 4) {
    const even = (a[j]! & EVEN) | ((b[j]! & EVEN) << 8);
    const odd = ((a[j]! >>> 8) & EVEN) | (b[j]! & ODD);
    const evenTop = (c[j]! & EVEN) | ((d[j]! & EVEN) << 8);
    const oddTop = ((c[j]! >>> 8) & EVEN) | (d[j]! & ODD);
    to[i] = base + ((even & LOW) | (evenTop << 16));
    to[i + 1] = base + ((odd & LOW) | (oddTop << 16));
    to[i + 2] = base + ((even >>> 16) | (evenTop & HIGH));
    to[i + 3] = base + ((odd >>> 16) | (oddTop & HIGH));
  }
}

/**
 * @param to two values to a word
 * @param base twice, in either half; sums wrap at 2^16
 */
export function halves1(to: Uint32Array, fours: number, base: number, a: Plane): void {
  const low = base & 0x7fff_7fff;
  for (let j = 0, i = 0; j < fours; j++, i += 2) {
    const x = (a[j]! & 255) | ((a[j]! & 0xff00) << 8);
    const y = ((a[j]! >>> 16) & 255) | ((a[j]! >>> 8) & 0xff_0000);
    to[i] = (x + low) ^ (base & 0x8000_8000);
    to[i + 1] = (y + low) ^ (base & 0x8000_8000);
  }
}

export function halves2(to: Uint32Array, fours: number, base: number, a: Plane, b: Plane): void {
  const low = base & 0x7fff_7fff;
  for (let j = 0, i = 0; j < fours; j++, i += 2) {
    const even = (a[j]! & EVEN) | ((b[j]! & EVEN) << 8);
    const odd = ((a[j]! >>> 8) & EVEN) | (b[j]! & ODD);
    const x = (even & LOW) | (odd << 16);
    const y = (even >>> 16) | (odd & HIGH);
    to[i] = ((x & 0x7fff_7fff) + low) ^ ((x ^ base) & 0x8000_8000);
    to[i + 1] = ((y & 0x7fff_7fff) + low) ^ ((y ^ base) & 0x8000_8000);
  }
}

/**
 * @param to four values to a word
 * @param base four times, in each byte; sums wrap at 2^8
 */
export function bytes1(to: Uint32Array, fours: number, base: number, a: Plane): void {
  const low = base & 0x7f7f_7f7f;
  for (let j = 0; j < fours; j++) {
    const x = a[j]!;
    to[j] = ((x & 0x7f7f_7f7f) + low) ^ ((x ^ base) & 0x8080_8080);
  }
}

export function doubles1(to: Float64Array, fours: number, base: number, divisor: number, a: Plane): void {
  for (let j = 0, i = 0; j < fours; j++, i += 4) {
    const x = a[j]!;
    to[i] = base + divisor * (x & 255);
    to[i + 1] = base + divisor * ((x >>> 8) & 255);
    to[i + 2] = base + divisor * ((x >>> 16) & 255);
    to[i + 3] = base + divisor * (x >>> 24);
  }
}

export function doubles2(to: Float64Array, fours: number, base: number, divisor: number, a: Plane, b: Plane): void {
  for (let j = 0, i = 0; j < fours; j++, i += 4) {
    const even = (a[j]! & EVEN) | ((b[j]! & EVEN) << 8);
    const odd = ((a[j]! >>> 8) & EVEN) | (b[j]! & ODD);
    to[i] = base + divisor * (even & LOW);
    to[i + 1] = base + divisor * (odd & LOW);
    to[i + 2] = base + divisor * (even >>> 16);
    to[i + 3] = base + divisor * (odd >>> 16);
  }
}

export function doubles3(
  to: Float64Array,
  fours: number,
  base: number,
  divisor: number,
  a: Plane,
  b: Plane,
  c: Plane,
): void {
  for (let j = 0, i = 0; j < fours; j++, i += 4) {
    const even = (a[j]! & EVEN) | ((b[j]! & EVEN) << 8);
    const odd = ((a[j]! >>> 8) & EVEN) | (b[j]! & ODD);
    const x = c[j]!;
    to[i] = base + divisor * ((even & LOW) | ((x & 255) << 16));
    to[i + 1] = base + divisor * ((odd & LOW) | ((x & 0xff00) << 8));
    to[i + 2] = base + divisor * ((even >>> 16) | (x & 0xff_0000));
    to[i + 3] = base + divisor * ((odd >>> 16) | ((x >>> 8) & 0xff_0000));
  }
}

/** All rows, one by one. */
export function doublesOf(to: Float64Array, count: number, base: number, divisor: number, words: Uint32Array): void {
  for (let i = 0; i < count; i++) to[i] = base + divisor * words[i]!;
}

/** Of integers above 2^32, in two words each; all rows, one by one. */
export function longDoubles(
  to: Float64Array,
  count: number,
  base: number,
  divisor: number,
  low: Uint32Array,
  high: Uint32Array,
): void {
  for (let i = 0; i < count; i++) to[i] = base + divisor * (low[i]! + high[i]! * 2 ** 32);
}
