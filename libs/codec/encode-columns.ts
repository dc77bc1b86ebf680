import type { Batch } from '../record/batch.ts';
import type { AddressColumn, BytesColumn, Column, TextColumn } from '../record/columns.ts';
import { isConstant } from '../record/constant.ts';
import { STORED_BY_NUMBER, STORED_FIELDS, type StoredName } from '../record/fields/stored.ts';
import { encodeByFamily } from './by-family.ts';
import type { NumericArray } from '../record/kinds.ts';
import type { ChunkWriter } from './chunks.ts';
import { candidatesOf, earlierRows, storedRows, type Candidates } from './copies.ts';
import type { Entry, Stream } from './directory.ts';
import { encodeNumbers } from './encode-numbers.ts';
import { findExceptions } from './exceptions.ts';
import { Extent } from './extent.ts';
import { COPIES, ENCODING, KIND_CODES, LIKE, OWN_BITMAP, ROW_BYTES_MAX, SHARED_BITMAP } from './format.ts';
import { findUnlike, type Unlike } from './like.ts';
import { packMessage, textBytesMax } from './msgpack.ts';
import { narrowed } from './narrow.ts';
import { allRows, setRows, type RowSet } from './rows.ts';
import type { ValueRange } from './zones.ts';

/** With fewer rows that repeat a flow, and one in so many, copies are not looked for. */
const REPEATS_MIN = 8;
const REPEATS_IN = 16;

/** Of a column whose entry says it all. */
const NO_LENGTHS: readonly number[] = [];

/** By number of the field that of the field that it often is like. */
const LIKE_FIELDS: ReadonlyMap<number, number> = new Map(
  [...STORED_BY_NUMBER].flatMap(([number, { field }]) =>
    field.like === undefined ? [] : [[number, STORED_FIELDS[field.like as StoredName].number] as const],
  ),
);

/** Encodes the columns of one batch, remembering what later columns may share with earlier ones. */
export class ColumnEncoder {
  readonly #out: ChunkWriter;
  readonly #columns: Batch['columns'];
  readonly #rows: number;
  readonly #all: RowSet;
  readonly #earlier: Int16Array | undefined;
  readonly #candidates = new Map<RowSet, Candidates>();
  /** Sets with bitmaps that columns before this one had, and the field that has the bitmap. */
  readonly #sets: { readonly field: number; readonly set: RowSet }[] = [];
  readonly #extent = new Extent();
  readonly #ranges: [field: number, range: ValueRange][] = [];

  /** @param batch has at least one row */
  constructor(batch: Batch, out: ChunkWriter) {
    this.#out = out;
    this.#columns = batch.columns;
    this.#rows = batch.rows;
    this.#all = allRows(batch.rows);
    const flowIds = batch.columns[STORED_FIELDS.flowid.number];
    if (flowIds?.kind !== 'f64' || flowIds.valid !== undefined || batch.rows < REPEATS_MIN) return;
    const least = Math.max(REPEATS_MIN, batch.rows / REPEATS_IN);
    this.#earlier = earlierRows(flowIds.values as Float64Array, batch.rows, least);
  }

  /** Of the numeric fields encoded so far. */
  get ranges(): readonly (readonly [field: number, range: ValueRange])[] {
    return this.#ranges;
  }

  /**
   * The column's directory entry, its chunks having gone out; undefined when no row has a value.
   * @throws RangeError when a row has on average more than `ROW_BYTES_MAX` bytes of text or payload
   */
  encode(field: number, whole: Column): Entry | undefined {
    const column = narrowed(field, whole, this.#rows);
    const { set, bitmap } = this.#rowSet(field, column.valid);
    if (set.count === 0) return undefined;
    const kind = KIND_CODES[column.kind];
    if (bitmap === 'none' && 'values' in column) {
      const value = column.values[0]!;
      if (isConstant(column.values, this.#rows) && !Object.is(value, -0)) {
        this.#extent.set(value, value);
        this.#ranges.push([field, this.#rangeOf(set)]);
        return [field, kind, NO_LENGTHS, value];
      }
    }
    if (bitmap === 'own') this.#out.add(set.valid!);
    const { stored, exceptions } = this.#stored(field, column, set);
    if (exceptions !== undefined) this.#out.add(exceptions);
    const { like, streams } = this.#values(field, column, stored);
    if ('values' in column) this.#ranges.push([field, this.#rangeOf(set)]);
    const flags = (exceptions === undefined ? 0 : COPIES) + (like === undefined ? 0 : LIKE);
    const form = bitmap === 'none' ? 0 : bitmap === 'own' ? OWN_BITMAP : SHARED_BITMAP;
    const entry: [number, number, number[], ...Stream[]] = [field, kind + form + flags, this.#out.takeLengths()];
    if (bitmap !== 'none') entry.push(bitmap === 'own' ? set.count : bitmap);
    if (like !== undefined) entry.push(like);
    for (let i = 0; i < streams.length; i++) entry.push(streams[i]!);
    return entry;
  }

  /** @returns the field that the column is like, if it is stored as such, and what the directory says of its values */
  #values(field: number, column: Column, stored: Uint16Array): { like?: number; streams: Stream[] } {
    const like = LIKE_FIELDS.get(field);
    const other = like === undefined ? undefined : this.#columns[like];
    if (like === undefined || other?.kind !== 'f64' || other.valid !== undefined || column.kind !== 'f64')
      return { streams: encodeValues(this.#out, column, this.#rows, stored, this.#extent) };
    const unlike = findUnlike(column.values as Float64Array, other.values as Float64Array, stored);
    if (unlike === undefined) return { streams: [encodeNumbers(this.#out, column.values, stored, this.#extent)] };
    return { like, streams: [this.#unlike(column.values, unlike)] };
  }

  #unlike(values: NumericArray, { bitmap, rows, least, greatest }: Unlike): Stream {
    this.#out.add(bitmap);
    if (rows.length === 0) {
      this.#extent.set(least, greatest);
      return 0;
    }
    const stream = encodeNumbers(this.#out, values, rows, this.#extent);
    this.#extent.widen(least, greatest);
    return stream;
  }

  /** Of the column that was just encoded. Of everything where none of the values is a number. */
  #rangeOf({ count }: RowSet): ValueRange {
    const { least, greatest, hasOthers } = this.#extent;
    if (least > greatest) return { least: -Infinity, greatest: Infinity, isComplete: false };
    return { least, greatest, isComplete: count === this.#rows && !hasOthers };
  }

  /** The rows with a value; `bitmap` is a field number where a column before this one has the same. */
  #rowSet(field: number, valid: Uint8Array | undefined): { set: RowSet; bitmap: 'none' | 'own' | number } {
    if (valid === undefined) return { set: this.#all, bitmap: 'none' };
    const bytes = (this.#rows + 7) >> 3;
    const bitmap = clearTail(valid.length === bytes ? valid : valid.subarray(0, bytes), this.#rows);
    for (const { field: owner, set } of this.#sets) if (isEqual(set.valid!, bitmap)) return { set, bitmap: owner };
    const set = setRows(bitmap);
    if (set.count === this.#rows) return { set: this.#all, bitmap: 'none' };
    if (set.count > 0) this.#sets.push({ field, set });
    return { set, bitmap: 'own' };
  }

  /** The rows whose values go out, and with copies the exceptions among them. */
  #stored(field: number, column: Column, set: RowSet): { stored: Uint16Array; exceptions: Uint8Array | undefined } {
    const earlier = field === STORED_FIELDS.flowid.number ? undefined : this.#earlier;
    if (earlier === undefined) return { stored: set.rows, exceptions: undefined };
    let candidates = this.#candidates.get(set);
    if (candidates === undefined) this.#candidates.set(set, (candidates = candidatesOf(set, earlier)));
    const exceptions = findExceptions(column, set, candidates.rows, earlier);
    return { stored: exceptions === undefined ? set.rows : storedRows(candidates, exceptions), exceptions };
  }
}

/**
 * @param stored rows whose values go out
 * @param extent is told of numbers
 */
function encodeValues(out: ChunkWriter, column: Column, rows: number, stored: Uint16Array, extent: Extent): Stream[] {
  switch (column.kind) {
    case 'address':
      return encodeAddress(out, column, rows, stored);
    case 'text':
      return encodeText(out, column, rows, stored);
    case 'bytes':
      return encodeBytes(out, column, rows, stored);
    case 'u8':
    case 'u16':
    case 'u32':
    case 'f64':
      return [encodeNumbers(out, column.values, stored, extent)];
    case 'bits':
      return [tellBits(encodeNumbers(out, column.values, stored, extent), column.values, stored)];
  }
}

/** Tells beside planes which bits are set in any of the values: a reader may know those already. */
function tellBits(stream: Stream, values: NumericArray, stored: Uint16Array): Stream {
  if (typeof stream === 'number' || stream[0] !== ENCODING.packed) return stream;
  let bits = 0;
  for (let i = 0; i < stored.length; i++) bits |= values[stored[i]!]!;
  return [...stream, bits >>> 0];
}

function encodeAddress(out: ChunkWriter, column: AddressColumn, rows: number, stored: Uint16Array): Stream[] {
  const { family, familyStride, lanes, strides } = column;
  const isOne = (stride: number): boolean => stride === 0 || rows === 1;
  const upper = (k: 0 | 1 | 2): Stream => {
    if (isOne(strides[k])) return lanes[k][0]!;
    const byFamily = isOne(familyStride) ? undefined : encodeByFamily(lanes[k], family, stored);
    return byFamily ?? encodeNumbers(out, lanes[k], stored);
  };
  return [
    isOne(familyStride) ? family[0]! : encodeNumbers(out, family, stored),
    upper(0),
    upper(1),
    upper(2),
    isOne(strides[3]) ? lanes[3][0]! : encodeNumbers(out, lanes[3], stored),
  ];
}

/** Texts that no row has are left out of the dictionary. */
function encodeText(out: ChunkWriter, column: TextColumn, rows: number, stored: Uint16Array): Stream[] {
  const used: string[] = [];
  const numbers = new Map<number, number>();
  const index = new Uint16Array(rows);
  for (const row of stored) {
    const old = column.index[row]!;
    let number = numbers.get(old);
    if (number === undefined) {
      numbers.set(old, (number = used.length));
      used.push(column.dictionary[old] ?? '');
    }
    index[row] = number;
  }
  checkSize(textBytesMax(used), rows);
  const dictionary = packMessage(used);
  out.addText(dictionary);
  return [dictionary.length, encodeNumbers(out, index, stored)];
}

function encodeBytes(out: ChunkWriter, column: BytesColumn, rows: number, stored: Uint16Array): Stream[] {
  const { ends } = column;
  const lengths = new Uint32Array(rows);
  let bytes = 0;
  for (const row of stored) bytes += lengths[row] = ends[row]! - (row === 0 ? 0 : ends[row - 1]!);
  checkSize(bytes, rows);
  const stream = encodeNumbers(out, lengths, stored);
  out.addText(bytes === ends[rows - 1] ? column.blob.subarray(0, bytes) : joinBytes(column, stored, bytes));
  return [stream, bytes];
}

/** The bytes of some rows, where others without a value have bytes between them. */
function joinBytes(column: BytesColumn, stored: Uint16Array, bytes: number): Uint8Array {
  const blob = new Uint8Array(bytes);
  let end = 0;
  for (const row of stored) {
    const value = column.get(row);
    blob.set(value, end);
    end += value.length;
  }
  return blob;
}

function checkSize(bytes: number, rows: number): void {
  if (bytes > rows * ROW_BYTES_MAX) throw new RangeError(`${bytes} bytes of text or payload in ${rows} rows`);
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.buffer === b.buffer && a.byteOffset === b.byteOffset) return true;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The bitmap with zeros beyond the last row. */
function clearTail(valid: Uint8Array, rows: number): Uint8Array {
  const used = rows & 7;
  const last = valid[valid.length - 1]!;
  if (used === 0 || last >> used === 0) return valid;
  const copy = valid.slice();
  copy[copy.length - 1] = last & ((1 << used) - 1);
  return copy;
}
