/*
 * The range of the numbers of a stream, of which there is at least one. Each loop sees one type of array, which makes it several times faster.
 */

/** What numbers there are in a stream; those that are none do not count. */
export class Extent {
  least = Infinity;
  greatest = -Infinity;
  /** Whether some are none. */
  hasOthers = false;

  set(least: number, greatest: number): void {
    this.least = least;
    this.greatest = greatest;
    this.hasOthers = false;
  }

  widen(least: number, greatest: number): void {
    this.least = Math.min(this.least, least);
    this.greatest = Math.max(this.greatest, greatest);
  }
}

/** @returns whether all are integers */
export function findDoubleExtent(values: Float64Array, count: number, extent: Extent): boolean {
  let least = Infinity;
  let greatest = -Infinity;
  let whole = 0;
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    whole += Number(value === Math.trunc(value));
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  extent.set(least, greatest);
  if (whole < count) extent.hasOthers = hasOthers(values, count);
  return whole === count;
}

function hasOthers(values: Float64Array, count: number): boolean {
  for (let i = 0; i < count; i++) if (Number.isNaN(values[i])) return true;
  return false;
}

export function findWordExtent(words: Uint32Array, count: number, extent: Extent): void {
  let least = words[0]!;
  let greatest = least;
  for (let i = 1; i < count; i++) {
    const value = words[i]!;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  extent.set(least, greatest);
}

export function findByteExtent(bytes: Uint8Array, count: number, extent: Extent): void {
  let least = bytes[0]!;
  let greatest = least;
  for (let i = 1; i < count; i++) {
    const value = bytes[i]!;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  extent.set(least, greatest);
}
