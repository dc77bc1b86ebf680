import { BYTES_PER_VALUE, numericArray, type NumericArray, type NumericKind } from '../record/kinds.ts';
import { RadixSorter } from './radix.ts';
import { ROW_BITS, ROW_MASK } from './row-names.ts';

/**
 * Reads many rows in the order in which they lie in memory and writes them where they belong, column by column. What is read in any other
 * order waits for memory: this is several times faster once columns are larger than caches.
 */
export class Spread {
  readonly #places: Uint32Array;
  readonly #names: Uint32Array;
  /** By number of the lane, as several are needed at once. */
  readonly #rooms: ArrayBuffer[] = [];

  /** @param names of rows, in the order that is wanted */
  constructor(names: Uint32Array) {
    const sorter = new RadixSorter(names.length);
    sorter.by(names);
    this.#places = sorter.order;
    this.#names = new Uint32Array(names.length);
    for (let i = 0; i < names.length; i++) this.#names[i] = names[this.#places[i]!]!;
  }

  /**
   * The values of all rows, in the order that is wanted; 0 where a batch has none.
   * @param lane of several that are in use at once
   * @returns valid until the same lane is asked for again
   */
  values(sources: readonly (NumericArray | undefined)[], kind: NumericKind, lane: number): NumericArray {
    const count = this.#names.length;
    const room = (this.#rooms[lane] ??= new ArrayBuffer(count * BYTES_PER_VALUE.f64));
    const to = numericArray(kind, room, 0, count);
    to.fill(0);
    const [names, places] = [this.#names, this.#places];
    if (to instanceof Float64Array) spread64(sources as readonly (Float64Array | undefined)[], names, places, to);
    else if (to instanceof Uint32Array) spread32(sources as readonly (Uint32Array | undefined)[], names, places, to);
    else if (to instanceof Uint16Array) spread16(sources as readonly (Uint16Array | undefined)[], names, places, to);
    else spread8(sources as readonly (Uint8Array | undefined)[], names, places, to);
    return to;
  }
}

// One function for all widths would be three times slower.

function spread64(
  sources: readonly (Float64Array | undefined)[],
  names: Uint32Array,
  places: Uint32Array,
  to: Float64Array,
): void {
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    const from = sources[name >>> ROW_BITS];
    if (from !== undefined) to[places[i]!] = from.length === 1 ? from[0]! : from[name & ROW_MASK]!;
  }
}

function spread32(
  sources: readonly (Uint32Array | undefined)[],
  names: Uint32Array,
  places: Uint32Array,
  to: Uint32Array,
): void {
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    const from = sources[name >>> ROW_BITS];
    if (from !== undefined) to[places[i]!] = from.length === 1 ? from[0]! : from[name & ROW_MASK]!;
  }
}

function spread16(
  sources: readonly (Uint16Array | undefined)[],
  names: Uint32Array,
  places: Uint32Array,
  to: Uint16Array,
): void {
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    const from = sources[name >>> ROW_BITS];
    if (from !== undefined) to[places[i]!] = from.length === 1 ? from[0]! : from[name & ROW_MASK]!;
  }
}

function spread8(
  sources: readonly (Uint8Array | undefined)[],
  names: Uint32Array,
  places: Uint32Array,
  to: Uint8Array,
): void {
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    const from = sources[name >>> ROW_BITS];
    if (from !== undefined) to[places[i]!] = from.length === 1 ? from[0]! : from[name & ROW_MASK]!;
  }
}
