import { BATCH_ROWS_MAX } from '../record/batch.ts';
import { BYTES_PER_VALUE, numericArray, type NumericArray, type NumericKind } from '../record/kinds.ts';
import { ROW_BITS, ROW_MASK } from './row-names.ts';

/** Rows in the order in which they lie in memory, and where each is brought to. */
interface Routes {
  /** By batch: where its rows begin among all; one more at the end. */
  readonly batches: Uint32Array;
  /** By block: where its slots begin; one more at the end. */
  readonly blocks: Uint32Array;
  /** Number of the row in its batch, */
  readonly rows: Uint16Array;
  /** and the slot where its value waits. */
  readonly slots: Uint32Array;
  /** By slot: place in the block. */
  readonly places: Uint16Array;
}

/** Which rows of each batch have a value: by a bitmap, all (undefined), or none (null). */
export type Validity = readonly (Uint8Array | undefined | null)[];

/**
 * Brings values of many rows from where they are to where they belong, column by column. A column is taken batch by batch; each value is
 * laid where others of its block wait, one behind the other, and from there to its place. So whatever is read or written in no order
 * fits into a cache: this is several times faster, once all columns together are larger than that.
 */
export class Spread {
  readonly #routes: Routes;
  readonly #blockBits: number;
  /** Where values wait. */
  readonly #room: ArrayBuffer;

  /**
   * @param names of rows, in the order that is wanted
   * @param batches how many they are of
   * @param blockBits rows of a block, all but the last, as a power of 2
   */
  static of(names: Uint32Array, batches: number, blockBits: number): Spread {
    const starts = startsOf(names, batches);
    const order = inMemoryOrder(names, starts);
    const count = names.length;
    const blocks = Uint32Array.from({ length: ((count - 1) >>> blockBits) + 2 }, (_, i) => Math.min(i << blockBits, count)); // prettier-ignore
    const ends = blocks.slice();
    const routes = { batches: starts, blocks, ...emptyRoutes(count) };
    routeAll(names, order, ends, blockBits, routes);
    return new Spread(routes, blockBits, new ArrayBuffer(count * BYTES_PER_VALUE.f64));
  }

  private constructor(routes: Routes, blockBits: number, room: ArrayBuffer) {
    this.#routes = routes;
    this.#blockBits = blockBits;
    this.#room = room;
  }

  /** The same for those of its rows that have a value. Both must not be in use at once. */
  among(validity: Validity): Spread {
    const all = this.#routes;
    const taken = takeValid(all, validity);
    const count = taken.rows.length;
    const blocks = new Uint32Array(all.blocks.length);
    countSlots(taken.slots, this.#blockBits, blocks);
    const { slots, places } = emptyRoutes(count);
    reroute(taken.slots, all.places, blocks.slice(), this.#blockBits, slots, places);
    return new Spread({ ...taken, blocks, slots, places }, this.#blockBits, this.#room);
  }

  /** Where in each block there are rows of these, in any order. */
  places(): Uint16Array[] {
    const { blocks, places } = this.#routes;
    return Array.from({ length: blocks.length - 1 }, (_, block) => places.subarray(blocks[block], blocks[block + 1]));
  }

  /**
   * @param sources by batch: values of its rows, or one that all of them have
   * @param targets the blocks; what is brought nothing to stays as it is
   */
  bring(sources: readonly (NumericArray | undefined)[], kind: NumericKind, targets: readonly NumericArray[]): void {
    const { batches, blocks, places } = this.#routes;
    const waiting = numericArray(kind, this.#room, 0, places.length);
    for (let batch = 0; batch < sources.length; batch++) {
      const from = batches[batch]!;
      const end = batches[batch + 1]!;
      const values = sources[batch];
      if (from < end && values !== undefined) this.#collect(values, from, end, waiting);
    }
    for (const [block, target] of targets.entries())
      settle(waiting, places, blocks[block]!, blocks[block + 1]!, target);
  }

  #collect(values: NumericArray, from: number, end: number, to: NumericArray): void {
    const { rows, slots } = this.#routes;
    if (values.length === 1) for (let k = from; k < end; k++) to[slots[k]!] = values[0]!;
    else if (values instanceof Float64Array) collect64(values, rows, slots, from, end, to as Float64Array);
    else if (values instanceof Uint32Array) collect32(values, rows, slots, from, end, to as Uint32Array);
    else if (values instanceof Uint16Array) collect16(values, rows, slots, from, end, to as Uint16Array);
    else collect8(values, rows, slots, from, end, to as Uint8Array);
  }
}

function emptyRoutes(count: number): Pick<Routes, 'rows' | 'slots' | 'places'> {
  return { rows: new Uint16Array(count), slots: new Uint32Array(count), places: new Uint16Array(count) };
}

/** @param ends by block: the next free slot */
function routeAll(
  names: Uint32Array,
  order: Uint32Array,
  ends: Uint32Array,
  blockBits: number,
  { rows, slots, places }: Pick<Routes, 'rows' | 'slots' | 'places'>,
): void {
  for (let k = 0; k < order.length; k++) {
    const at = order[k]!;
    const slot = ends[at >>> blockBits]!++;
    rows[k] = names[at]! & ROW_MASK;
    slots[k] = slot;
    places[slot] = at & ((1 << blockBits) - 1);
  }
}

/** Sets where the slots of each block begin. */
function countSlots(slots: Uint32Array, blockBits: number, blocks: Uint32Array): void {
  for (let k = 0; k < slots.length; k++) blocks[(slots[k]! >>> blockBits) + 1]! += 1;
  for (let block = 1; block < blocks.length; block++) blocks[block]! += blocks[block - 1]!;
}

/** @param ends by block: the next free slot */
function reroute(
  before: Uint32Array,
  placesBefore: Uint16Array,
  ends: Uint32Array,
  blockBits: number,
  slots: Uint32Array,
  places: Uint16Array,
): void {
  for (let k = 0; k < before.length; k++) {
    const slot = ends[before[k]! >>> blockBits]!++;
    slots[k] = slot;
    places[slot] = placesBefore[before[k]!]!;
  }
}

function startsOf(names: Uint32Array, batches: number): Uint32Array {
  const starts = new Uint32Array(batches + 1);
  for (let i = 0; i < names.length; i++) starts[(names[i]! >>> ROW_BITS) + 1]! += 1;
  for (let batch = 1; batch <= batches; batch++) starts[batch]! += starts[batch - 1]!;
  return starts;
}

/** Positions in `names`, in the order of batches and their rows: what fetches memory ahead can tell what comes next. */
function inMemoryOrder(names: Uint32Array, starts: Uint32Array): Uint32Array {
  const ends = starts.slice();
  const order = new Uint32Array(names.length);
  for (let i = 0; i < names.length; i++) order[ends[names[i]! >>> ROW_BITS]!++] = i;
  const positions = new Int32Array(BATCH_ROWS_MAX).fill(-1);
  for (let batch = 0; batch + 1 < starts.length; batch++)
    sortByRow(names, order.subarray(starts[batch], starts[batch + 1]), positions);
  return order;
}

/** @param positions by row, -1 for none; is left as it was */
function sortByRow(names: Uint32Array, order: Uint32Array, positions: Int32Array): void {
  for (let i = 0; i < order.length; i++) positions[names[order[i]!]! & ROW_MASK] = order[i]!;
  for (let row = 0, i = 0; i < order.length; row++) {
    const position = positions[row]!;
    if (position < 0) continue;
    order[i++] = position;
    positions[row] = -1;
  }
}

function takeValid({ batches, rows, slots }: Routes, validity: Validity): Pick<Routes, 'batches' | 'rows' | 'slots'> {
  const own = { batches: new Uint32Array(batches.length), rows: new Uint16Array(rows.length), slots: new Uint32Array(rows.length) }; // prettier-ignore
  let count = 0;
  for (const [batch, valid] of validity.entries()) {
    const from = batches[batch]!;
    const end = batches[batch + 1]!;
    if (valid === undefined) {
      own.rows.set(rows.subarray(from, end), count);
      own.slots.set(slots.subarray(from, end), count);
      count += end - from;
    } else if (valid !== null) {
      count = takeSet(valid, rows.subarray(from, end), slots.subarray(from, end), own.rows, own.slots, count);
    }
    own.batches[batch + 1] = count;
  }
  return { batches: own.batches, rows: own.rows.subarray(0, count), slots: own.slots.subarray(0, count) };
}

/** @returns how many there are then */
function takeSet(
  valid: Uint8Array,
  rows: Uint16Array,
  slots: Uint32Array,
  toRows: Uint16Array,
  toSlots: Uint32Array,
  from: number,
): number {
  let count = from;
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k]!;
    toRows[count] = row;
    toSlots[count] = slots[k]!;
    count += (valid[row >> 3]! >> (row & 7)) & 1;
  }
  return count;
}

// One function for all widths would be three times slower.

function collect64(
  values: Float64Array,
  rows: Uint16Array,
  slots: Uint32Array,
  from: number,
  end: number,
  to: Float64Array,
): void {
  // prettier-ignore
  for (let k = from; k < end; k++) to[slots[k]!] = values[rows[k]!]!;
}

function collect32(
  values: Uint32Array,
  rows: Uint16Array,
  slots: Uint32Array,
  from: number,
  end: number,
  to: Uint32Array,
): void {
  // prettier-ignore
  for (let k = from; k < end; k++) to[slots[k]!] = values[rows[k]!]!;
}

function collect16(
  values: Uint16Array,
  rows: Uint16Array,
  slots: Uint32Array,
  from: number,
  end: number,
  to: Uint16Array,
): void {
  // prettier-ignore
  for (let k = from; k < end; k++) to[slots[k]!] = values[rows[k]!]!;
}

function collect8(
  values: Uint8Array,
  rows: Uint16Array,
  slots: Uint32Array,
  from: number,
  end: number,
  to: Uint8Array,
): void {
  // prettier-ignore
  for (let k = from; k < end; k++) to[slots[k]!] = values[rows[k]!]!;
}

function settle(values: NumericArray, places: Uint16Array, from: number, end: number, to: NumericArray): void {
  if (to instanceof Float64Array) settle64(values as Float64Array, places, from, end, to);
  else if (to instanceof Uint32Array) settle32(values as Uint32Array, places, from, end, to);
  else if (to instanceof Uint16Array) settle16(values as Uint16Array, places, from, end, to);
  else settle8(values as Uint8Array, places, from, end, to);
}

function settle64(values: Float64Array, places: Uint16Array, from: number, end: number, to: Float64Array): void {
  for (let slot = from; slot < end; slot++) to[places[slot]!] = values[slot]!;
}

function settle32(values: Uint32Array, places: Uint16Array, from: number, end: number, to: Uint32Array): void {
  for (let slot = from; slot < end; slot++) to[places[slot]!] = values[slot]!;
}

function settle16(values: Uint16Array, places: Uint16Array, from: number, end: number, to: Uint16Array): void {
  for (let slot = from; slot < end; slot++) to[places[slot]!] = values[slot]!;
}

function settle8(values: Uint8Array, places: Uint16Array, from: number, end: number, to: Uint8Array): void {
  for (let slot = from; slot < end; slot++) to[places[slot]!] = values[slot]!;
}
