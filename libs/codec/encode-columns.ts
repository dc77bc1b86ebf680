import { BATCH_ROWS_MAX } from '../record/batch.ts';
import type { AddressColumn, BytesColumn, Column, TextColumn } from '../record/columns.ts';
import type { NumericArray } from '../record/kinds.ts';
import type { ChunkWriter } from './chunks.ts';
import type { Entry, Stream } from './directory.ts';
import { encodeNumbers } from './encode-numbers.ts';
import { KIND_CODES, SOME_ABSENT } from './format.ts';
import { packMessage } from './msgpack.ts';

/** Values of the rows that have one, gathered at the start. */
const gathered = {
  u8: new Uint8Array(BATCH_ROWS_MAX),
  u16: new Uint16Array(BATCH_ROWS_MAX),
  u32: new Uint32Array(BATCH_ROWS_MAX),
  f64: new Float64Array(BATCH_ROWS_MAX),
} as const;

/** Encodes a column, its chunks going to `out`; undefined when no row has a value. `rows` is at least 1. */
export function encodeColumn(out: ChunkWriter, field: number, column: Column, rows: number): Entry | undefined {
  const valid = column.valid?.subarray(0, (rows + 7) >> 3);
  const present = valid === undefined ? rows : countSet(valid, rows);
  if (present === 0) return undefined;
  const someAbsent = valid !== undefined && present < rows;
  if (someAbsent) out.add(clearTail(valid, rows));
  const rest = encodeValues(out, column, rows, someAbsent ? valid : undefined);
  const kind = KIND_CODES[column.kind];
  const lengths = out.takeLengths();
  return someAbsent ? [field, kind + SOME_ABSENT, lengths, present, ...rest] : [field, kind, lengths, ...rest];
}

function encodeValues(out: ChunkWriter, column: Column, rows: number, valid: Uint8Array | undefined): Stream[] {
  switch (column.kind) {
    case 'address':
      return encodeAddress(out, column, rows, valid);
    case 'text':
      return encodeText(out, column, rows, valid);
    case 'bytes':
      return encodeBytes(out, column, rows, valid);
    case 'u8':
    case 'u16':
    case 'u32':
    case 'bits':
    case 'f64':
      return [encodeDense(out, column.values, rows, valid)];
  }
}

function encodeDense(out: ChunkWriter, values: NumericArray, rows: number, valid: Uint8Array | undefined): Stream {
  if (valid === undefined) return encodeNumbers(out, values, rows);
  const { dense, count } = gather(values, rows, valid);
  return encodeNumbers(out, dense, count);
}

function gather(values: NumericArray, rows: number, valid: Uint8Array): { dense: NumericArray; count: number } {
  const dense = gathered[kindOf(values)];
  let count = 0;
  for (let row = 0; row < rows; row++) {
    dense[count] = values[row]!;
    count += (valid[row >> 3]! >> (row & 7)) & 1;
  }
  return { dense, count };
}

function kindOf(values: NumericArray): keyof typeof gathered {
  if (values instanceof Float64Array) return 'f64';
  if (values instanceof Uint32Array) return 'u32';
  return values instanceof Uint16Array ? 'u16' : 'u8';
}

function encodeAddress(out: ChunkWriter, column: AddressColumn, rows: number, valid: Uint8Array | undefined): Stream[] {
  const lane = (values: NumericArray, stride: number): Stream =>
    stride === 0 || rows === 1 ? values[0]! : encodeDense(out, values, rows, valid);
  const { family, familyStride, lanes, strides } = column;
  return [
    lane(family, familyStride),
    lane(lanes[0], strides[0]),
    lane(lanes[1], strides[1]),
    lane(lanes[2], strides[2]),
    lane(lanes[3], strides[3]),
  ];
}

/** Texts that no row has are left out of the dictionary. */
function encodeText(out: ChunkWriter, column: TextColumn, rows: number, valid: Uint8Array | undefined): Stream[] {
  const { dense, count } =
    valid === undefined ? { dense: column.index, count: rows } : gather(column.index, rows, valid);
  const used: string[] = [];
  const numbers = new Map<number, number>();
  const index = new Uint16Array(count);
  for (let i = 0; i < count; i++) {
    const old = dense[i]!;
    let number = numbers.get(old);
    if (number === undefined) {
      numbers.set(old, (number = used.length));
      used.push(column.dictionary[old] ?? '');
    }
    index[i] = number;
  }
  const dictionary = packMessage(used);
  out.add(dictionary);
  return [dictionary.length, encodeNumbers(out, index, count)];
}

function encodeBytes(out: ChunkWriter, column: BytesColumn, rows: number, valid: Uint8Array | undefined): Stream[] {
  const { ends } = column;
  const lengths = new Uint32Array(rows);
  let count = 0;
  let bytes = 0;
  for (let row = 0; row < rows; row++) {
    if (valid !== undefined && (valid[row >> 3]! & (1 << (row & 7))) === 0) continue;
    bytes += lengths[count++] = ends[row]! - (row === 0 ? 0 : ends[row - 1]!);
  }
  const whole = bytes === ends[rows - 1];
  const blob = whole ? column.blob.subarray(0, bytes) : new Uint8Array(bytes);
  if (!whole) {
    let end = 0;
    for (let row = 0; row < rows; row++) {
      if (!column.has(row)) continue;
      const value = column.get(row);
      blob.set(value, end);
      end += value.length;
    }
  }
  const stream = encodeNumbers(out, lengths, count);
  out.add(blob);
  return [stream, bytes];
}

function countSet(valid: Uint8Array, rows: number): number {
  let count = 0;
  for (let row = 0; row < rows; row++) count += (valid[row >> 3]! >> (row & 7)) & 1;
  return count;
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
