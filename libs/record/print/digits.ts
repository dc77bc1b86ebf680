const ZERO = 0x30;
const LETTER_A = 0x61;

/** The ASCII digits of 00 to 99. */
const PAIRS = Uint8Array.from({ length: 200 }, (_, i) => ZERO + (i % 2 === 0 ? Math.floor(i / 20) : (i >> 1) % 10));

/** The same, as numbers of 16 bits with the first digit in the higher byte. */
const PAIR_HALVES = Uint16Array.from({ length: 100 }, (_, i) => PAIRS[2 * i]! * 256 + PAIRS[2 * i + 1]!);

/** @param value an integer 0 to 2^32 - 1 */
export function decimalDigits(value: number): number {
  if (value < 10) return 1;
  if (value < 100) return 2;
  if (value < 1000) return 3;
  if (value < 10_000) return 4;
  if (value < 100_000) return 5;
  if (value < 1_000_000) return 6;
  if (value < 10_000_000) return 7;
  if (value < 100_000_000) return 8;
  return value < 1_000_000_000 ? 9 : 10;
}

/** Writes an integer 0 to 2^32 - 1 so that its last digit stands before `end`. @returns where its first stands */
export function writeDecimal(bytes: Uint8Array, end: number, value: number): number {
  let at = end;
  let left = value >>> 0; // for the compiler: integers divide faster
  while (left >= 100) {
    const rest = (left / 100) >>> 0;
    const pair = (left - rest * 100) << 1;
    bytes[--at] = PAIRS[pair + 1]!;
    bytes[--at] = PAIRS[pair]!;
    left = rest;
  }
  if (left >= 10) bytes[--at] = PAIRS[left * 2 + 1]!;
  bytes[--at] = left >= 10 ? PAIRS[left * 2]! : ZERO + left;
  return at;
}

/** As `writeDecimal`, with half as many steps; for many numbers. */
export function putDecimal(view: DataView, end: number, value: number): void {
  let at = end;
  let left = value >>> 0;
  while (left >= 100) {
    const rest = (left / 100) >>> 0;
    at -= 2;
    view.setUint16(at, PAIR_HALVES[left - rest * 100]!);
    left = rest;
  }
  if (left >= 10) view.setUint16(at - 2, PAIR_HALVES[left]!);
  else view.setUint8(at - 1, ZERO + left);
}

/** As `writePadded`, with half as many steps; for many numbers. */
export function putPadded(view: DataView, end: number, value: number, digits: number): void {
  let left = value >>> 0;
  let at = end;
  for (let pairs = digits >> 1; pairs > 0; pairs--) {
    const rest = (left / 100) >>> 0;
    at -= 2;
    view.setUint16(at, PAIR_HALVES[left - rest * 100]!);
    left = rest;
  }
  if ((digits & 1) === 1) view.setUint8(at - 1, ZERO + (left % 10));
}

/** Writes the last `digits` decimal digits of an integer 0 to 2^32 - 1, with leading zeros, before `end`. */
export function writePadded(bytes: Uint8Array, end: number, value: number, digits: number): void {
  const start = end - digits;
  let left = value >>> 0;
  let at = end;
  while (at - start >= 2) {
    const rest = (left / 100) >>> 0;
    const pair = (left - rest * 100) << 1;
    bytes[--at] = PAIRS[pair + 1]!;
    bytes[--at] = PAIRS[pair]!;
    left = rest;
  }
  if (at > start) bytes[--at] = ZERO + (left % 10);
}

/** The lower-case hexadecimal digit of the lowest four bits. */
export function hexDigit(value: number): number {
  const digit = value & 15;
  return digit + (digit < 10 ? ZERO : LETTER_A - 10);
}
