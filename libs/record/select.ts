import { BATCH_ROWS_MAX, withAllColumns, type Batch } from './batch.ts';
import { Area } from './builder.ts';
import { AddressColumn, BytesColumn, NumberColumn, TextColumn, type Column } from './columns.ts';
import type { NumericArray } from './kinds.ts';

/**
 * The rows `rows[0 … count)` of a batch, ascending, as a batch with a buffer of its own; the batch itself when that is all
 * of its rows. It covers the same record numbers. Columns of later versions are left out when rows are.
 * @param room where it lies instead, until the next selection there
 */
export function selectRows(batch: Batch, rows: Uint32Array, count: number, room?: Room): Batch {
  return count === batch.rows ? withAllColumns(batch) : copyRows(batch, rows, count, room);
}

/** Numbers of the rows of any batch. Not to be changed. */
export const ALL_ROWS: Uint32Array = new Uint32Array(BATCH_ROWS_MAX).map((_, row) => row);

/** Larger selections have memory of their own. */
const ROOM_BYTES_MAX = 8 << 20;

/** Memory for one selection at a time: the next one overwrites it. */
export class Room {
  #buffer = new ArrayBuffer(0);

  area(bytes: number): Area {
    if (bytes > ROOM_BYTES_MAX) return new Area(bytes);
    if (bytes > this.#buffer.byteLength) this.#buffer = new ArrayBuffer(Math.min(2 * bytes, ROOM_BYTES_MAX));
    return new Area(bytes, this.#buffer);
  }
}

/** As `selectRows`, in any order; always a copy. */
export function copyRows(whole: Batch, rows: Uint32Array, count: number, room?: Room): Batch {
  const batch = withAllColumns(whole);
  const kept = rows.subarray(0, count);
  let bytes = 0;
  for (const column of batch.columns) if (column !== undefined && count > 0) bytes += bytesFor(column, kept);
  const area = room?.area(bytes) ?? new Area(bytes);
  const bitmaps: Bitmaps = new Map();
  const columns = batch.columns.map((column) =>
    column === undefined || count === 0 ? undefined : selectColumn(column, kept, area, bitmaps),
  );
  return { ...batch, rows: count, columns, unknown: [], buffer: area.buffer };
}

/** Bytes that the rows of a column take, each of its pieces 8-aligned. */
function bytesFor(column: Column, rows: Uint32Array): number {
  const count = rows.length;
  const valid = column.valid === undefined ? 0 : Area.aligned((count + 7) >> 3);
  switch (column.kind) {
    case 'address': {
      let bytes = valid + Area.aligned(column.familyStride === 0 ? 1 : count);
      for (const stride of column.strides) bytes += Area.aligned(stride === 0 ? 4 : 4 * count);
      return bytes;
    }
    case 'text':
      return valid + Area.aligned(2 * count);
    case 'bytes':
      return valid + Area.aligned(4 * count) + Area.aligned(blobBytes(column, rows));
    case 'u8':
    case 'u16':
    case 'u32':
    case 'bits':
    case 'f64':
      return valid + Area.aligned(column.values.BYTES_PER_ELEMENT * count);
  }
}

/** Validity bitmaps that columns may have in common, and what became of them; undefined where no row has a value. */
export type Bitmaps = Map<Uint8Array, Uint8Array | undefined>;

/**
 * The bitmap of some rows; undefined where none of them has a value.
 * @param area has room for it
 */
export function selectValid(
  valid: Uint8Array,
  rows: Uint32Array,
  area: Area,
  bitmaps: Bitmaps,
): Uint8Array | undefined {
  if (bitmaps.has(valid)) return bitmaps.get(valid);
  const bits = area.u8((rows.length + 7) >> 3).fill(0);
  const selected = selectBits(valid, rows, bits) === 0 ? undefined : bits;
  bitmaps.set(valid, selected);
  return selected;
}

/**
 * A column of some rows, ascending; undefined where none of them has a value.
 * @param area has room for it and its bitmap
 */
export function selectColumn(column: Column, rows: Uint32Array, area: Area, bitmaps: Bitmaps): Column | undefined {
  const valid = column.valid === undefined ? undefined : selectValid(column.valid, rows, area, bitmaps);
  if (column.valid !== undefined && valid === undefined) return undefined;
  switch (column.kind) {
    case 'address':
      return selectAddresses(column, rows, valid, area);
    case 'text':
      return new TextColumn(pick(column.index, rows, area.u16(rows.length)), column.dictionary, valid);
    case 'bytes':
      return selectBytes(column, rows, valid, area);
    case 'u8':
    case 'u16':
    case 'u32':
    case 'bits':
    case 'f64':
      return new NumberColumn(column.kind, pick(column.values, rows, area.numbers(column.kind, rows.length)), valid);
  }
}

/** Copies the bits of `rows` and returns how many are set. */
function selectBits(from: Uint8Array, rows: Uint32Array, to: Uint8Array): number {
  let set = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const bit = (from[row >> 3]! >> (row & 7)) & 1;
    to[i >> 3]! |= bit << (i & 7);
    set += bit;
  }
  return set;
}

function pick<A extends NumericArray>(from: NumericArray, rows: Uint32Array, to: A): A {
  if (from instanceof Float64Array) pick64(from, rows, to as Float64Array);
  else if (from instanceof Uint32Array) pick32(from, rows, to as Uint32Array);
  else if (from instanceof Uint16Array) pick16(from, rows, to as Uint16Array);
  else pick8(from, rows, to as Uint8Array);
  return to;
}

// One function for all widths would be three times slower.

function pick64(from: Float64Array, rows: Uint32Array, to: Float64Array): void {
  for (let i = 0; i < rows.length; i++) to[i] = from[rows[i]!]!;
}

function pick32(from: Uint32Array, rows: Uint32Array, to: Uint32Array): void {
  for (let i = 0; i < rows.length; i++) to[i] = from[rows[i]!]!;
}

function pick16(from: Uint16Array, rows: Uint32Array, to: Uint16Array): void {
  for (let i = 0; i < rows.length; i++) to[i] = from[rows[i]!]!;
}

function pick8(from: Uint8Array, rows: Uint32Array, to: Uint8Array): void {
  for (let i = 0; i < rows.length; i++) to[i] = from[rows[i]!]!;
}

function selectAddresses(
  { family, familyStride, lanes, strides }: AddressColumn,
  rows: Uint32Array,
  valid: Uint8Array | undefined,
  area: Area,
): AddressColumn {
  const lane = (k: 0 | 1 | 2 | 3): Uint32Array =>
    strides[k] === 0 ? single(lanes[k], area.u32(1)) : pick(lanes[k], rows, area.u32(rows.length));
  const families = familyStride === 0 ? single(family, area.u8(1)) : pick(family, rows, area.u8(rows.length));
  return new AddressColumn([lane(0), lane(1), lane(2), lane(3)], families, rows.length, valid);
}

function single<A extends NumericArray>(from: A, to: A): A {
  to[0] = from[0]!;
  return to;
}

function blobBytes({ ends }: BytesColumn, rows: Uint32Array): number {
  let bytes = 0;
  for (let i = 0; i < rows.length; i++) bytes += ends[rows[i]!]! - (rows[i] === 0 ? 0 : ends[rows[i]! - 1]!);
  return bytes;
}

function selectBytes(column: BytesColumn, rows: Uint32Array, valid: Uint8Array | undefined, area: Area): BytesColumn {
  const ends = area.u32(rows.length);
  const blob = area.u8(blobBytes(column, rows));
  let end = 0;
  for (let i = 0; i < rows.length; i++) {
    const value = column.get(rows[i]!);
    blob.set(value, end);
    ends[i] = end += value.length;
  }
  return new BytesColumn(ends, blob, valid);
}
