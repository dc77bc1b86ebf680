/*
 * Loops that put values together from byte planes: `a` holds the lowest bytes, `b` the next, and so on. Each loop is a
 * function of its own that sees one type of array: it is several times slower where it meets several, and code that follows
 * a hot loop in its function makes the compiler give the loop up each time it ends.
 */

type Plane = Uint8Array;

/** `base` is an integer; sums wrap at 2^32. */
export function words1(to: Uint32Array, count: number, base: number, a: Plane): void {
  const from = base | 0;
  for (let i = 0; i < count; i++) to[i] = from + a[i]!;
}

export function words2(to: Uint32Array, count: number, base: number, a: Plane, b: Plane): void {
  const from = base | 0;
  for (let i = 0; i < count; i++) to[i] = from + (a[i]! | (b[i]! << 8));
}

export function words3(to: Uint32Array, count: number, base: number, a: Plane, b: Plane, c: Plane): void {
  const from = base | 0;
  for (let i = 0; i < count; i++) to[i] = from + (a[i]! | (b[i]! << 8) | (c[i]! << 16));
}

export function words4(to: Uint32Array, count: number, base: number, a: Plane, b: Plane, c: Plane, d: Plane): void {
  const from = base | 0;
  for (let i = 0; i < count; i++) to[i] = from + (a[i]! | (b[i]! << 8) | (c[i]! << 16) | (d[i]! << 24));
}

/** Sums wrap at 2^16. */
export function halves1(to: Uint16Array, count: number, base: number, a: Plane): void {
  const from = base | 0;
  for (let i = 0; i < count; i++) to[i] = from + a[i]!;
}

export function halves2(to: Uint16Array, count: number, base: number, a: Plane, b: Plane): void {
  const from = base | 0;
  for (let i = 0; i < count; i++) to[i] = from + (a[i]! | (b[i]! << 8));
}

/** Sums wrap at 2^8. */
export function bytes1(to: Uint8Array, count: number, base: number, a: Plane): void {
  const from = base | 0;
  for (let i = 0; i < count; i++) to[i] = from + a[i]!;
}

export function doubles1(to: Float64Array, count: number, base: number, divisor: number, a: Plane): void {
  for (let i = 0; i < count; i++) to[i] = base + divisor * a[i]!;
}

export function doubles2(to: Float64Array, count: number, base: number, divisor: number, a: Plane, b: Plane): void {
  for (let i = 0; i < count; i++) to[i] = base + divisor * (a[i]! | (b[i]! << 8));
}

export function doubles3(
  to: Float64Array,
  count: number,
  base: number,
  divisor: number,
  a: Plane,
  b: Plane,
  c: Plane,
): void {
  for (let i = 0; i < count; i++) to[i] = base + divisor * (a[i]! | (b[i]! << 8) | (c[i]! << 16));
}

export function doublesOf(to: Float64Array, count: number, base: number, divisor: number, words: Uint32Array): void {
  for (let i = 0; i < count; i++) to[i] = base + divisor * words[i]!;
}

/** Of integers above 2^32, in two words each. */
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

/** Each byte becomes eight, four or two values, lowest bits first, of `width` 1, 2 or 4 bits. */
export function unpackBits(packed: Plane, into: Plane, width: number): void {
  if (width === 1) unpack1(packed, into);
  else if (width === 2) unpack2(packed, into);
  else unpack4(packed, into);
}

function unpack1(packed: Plane, into: Plane): void {
  for (let i = 0, to = 0; i < packed.length; i++, to += 8) {
    const byte = packed[i]!;
    into[to] = byte & 1;
    into[to + 1] = (byte >> 1) & 1;
    into[to + 2] = (byte >> 2) & 1;
    into[to + 3] = (byte >> 3) & 1;
    into[to + 4] = (byte >> 4) & 1;
    into[to + 5] = (byte >> 5) & 1;
    into[to + 6] = (byte >> 6) & 1;
    into[to + 7] = byte >> 7;
  }
}

function unpack2(packed: Plane, into: Plane): void {
  for (let i = 0, to = 0; i < packed.length; i++, to += 4) {
    const byte = packed[i]!;
    into[to] = byte & 3;
    into[to + 1] = (byte >> 2) & 3;
    into[to + 2] = (byte >> 4) & 3;
    into[to + 3] = byte >> 6;
  }
}

function unpack4(packed: Plane, into: Plane): void {
  for (let i = 0, to = 0; i < packed.length; i++, to += 2) {
    const byte = packed[i]!;
    into[to] = byte & 15;
    into[to + 1] = byte >> 4;
  }
}

/** What `from` has for each of the numbers in `numbers`. */
export function lookUpWords(to: Uint32Array, count: number, numbers: Plane, from: Uint32Array): void {
  for (let i = 0; i < count; i++) to[i] = from[numbers[i]!]!;
}

export function lookUpHalves(to: Uint16Array, count: number, numbers: Plane, from: Uint32Array): void {
  for (let i = 0; i < count; i++) to[i] = from[numbers[i]!]!;
}

export function lookUpBytes(to: Uint8Array, count: number, numbers: Plane, from: Uint32Array): void {
  for (let i = 0; i < count; i++) to[i] = from[numbers[i]!]!;
}

export function lookUpDoubles(to: Float64Array, count: number, numbers: Plane, from: Float64Array): void {
  for (let i = 0; i < count; i++) to[i] = from[numbers[i]!]!;
}
