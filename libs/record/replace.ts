import type { Batch } from './batch.ts';
import { Area } from './builder.ts';
import { AddressColumn, BytesColumn, NumberColumn, TextColumn, type Column } from './columns.ts';
import { BYTES_PER_VALUE } from './kinds.ts';

/** Rows of some column, and those that come in place of some of them. */
interface Replacement {
  /** How many rows there are. */
  readonly count: number;
  /** Which are replaced, ascending, each by the next one of the others. */
  readonly rows: Uint32Array;
  readonly area: Area;
}

/**
 * The batch with other values in some of its rows, as a copy. Columns of later versions are left out.
 * @param rows of the batch, ascending
 * @param by has as many rows, in their order
 */
export function replaceRows(batch: Batch, rows: Uint32Array, by: Batch): Batch {
  const width = Math.max(batch.columns.length, by.columns.length);
  let bytes = 0;
  for (let field = 0; field < width; field++) bytes += bytesFor(batch.columns[field], by.columns[field], batch.rows);
  const area = new Area(bytes);
  const replacement = { count: batch.rows, rows, area };
  const columns = Array.from({ length: width }, (_, field) =>
    replaced(batch.columns[field], by.columns[field], replacement),
  );
  return { ...batch, columns, unknown: [], buffer: area.buffer };
}

function bytesFor(own: Column | undefined, other: Column | undefined, count: number): number {
  const column = own ?? other;
  if (column === undefined) return 0;
  const valid = Area.aligned((count + 7) >> 3);
  switch (column.kind) {
    case 'address':
      return valid + 4 * Area.aligned(4 * count) + Area.aligned(count);
    case 'text':
      return valid + Area.aligned(2 * count);
    case 'bytes':
      return valid + Area.aligned(4 * count) + Area.aligned(blobBytes(own) + blobBytes(other));
    case 'u8':
    case 'u16':
    case 'u32':
    case 'bits':
    case 'f64':
      return valid + Area.aligned(BYTES_PER_VALUE[column.kind] * count);
  }
}

const blobBytes = (column: Column | undefined): number => (column?.kind === 'bytes' ? column.blob.length : 0);

function replaced(own: Column | undefined, other: Column | undefined, replacement: Replacement): Column | undefined {
  const column = own ?? other;
  if (column === undefined) return undefined;
  const valid = validity(own, other, replacement);
  if (valid === 'none') return undefined;
  switch (column.kind) {
    case 'address':
      return addresses(own as AddressColumn | undefined, other as AddressColumn | undefined, replacement, valid);
    case 'text':
      return texts(own as TextColumn | undefined, other as TextColumn | undefined, replacement, valid);
    case 'bytes':
      return byteStrings(own as BytesColumn | undefined, other as BytesColumn | undefined, replacement, valid);
    case 'u8':
    case 'u16':
    case 'u32':
    case 'bits':
    case 'f64':
      return numbers(own as NumberColumn | undefined, other as NumberColumn | undefined, replacement, valid);
  }
}

function validity(
  own: Column | undefined,
  other: Column | undefined,
  { count, rows, area }: Replacement,
): Uint8Array | undefined | 'none' {
  if (own !== undefined && own.valid === undefined && other !== undefined && other.valid === undefined)
    return undefined;
  const bits = area.u8((count + 7) >> 3);
  if (own?.valid !== undefined) bits.set(own.valid.subarray(0, bits.length));
  else if (own !== undefined) for (let row = 0; row < count; row++) bits[row >> 3]! |= 1 << (row & 7);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (other?.has(i) === true) bits[row >> 3]! |= 1 << (row & 7);
    else bits[row >> 3]! &= ~(1 << (row & 7));
  }
  return bits.some((byte) => byte !== 0) ? bits : 'none';
}

function numbers(
  own: NumberColumn | undefined,
  other: NumberColumn | undefined,
  { count, rows, area }: Replacement,
  valid: Uint8Array | undefined,
): NumberColumn {
  const { kind } = (own ?? other)!;
  const values = area.numbers(kind, count);
  if (own !== undefined) values.set(own.values.subarray(0, count));
  for (let i = 0; i < rows.length; i++) values[rows[i]!] = other?.has(i) === true ? other.values[i]! : 0;
  return new NumberColumn(kind, values, valid);
}

function addresses(
  own: AddressColumn | undefined,
  other: AddressColumn | undefined,
  { count, rows, area }: Replacement,
  valid: Uint8Array | undefined,
): AddressColumn {
  const lane = (k: 0 | 1 | 2 | 3): Uint32Array => {
    const common = own?.strides[k] === 0 ? own.lanes[k][0] : undefined;
    const differs = (_: number, i: number): boolean => other?.has(i) === true && other.lane(k, i) !== common;
    if (common !== undefined && !rows.some(differs)) return area.u32(1).fill(common);
    const values = area.u32(count);
    if (common !== undefined) values.fill(common);
    else if (own !== undefined) values.set(own.lanes[k].subarray(0, count));
    for (let i = 0; i < rows.length; i++) values[rows[i]!] = other?.has(i) === true ? other.lane(k, i) : 0;
    return values;
  };
  const families = area.u8(count);
  if (own?.familyStride === 0) families.fill(own.family[0]!);
  else if (own !== undefined) families.set(own.family.subarray(0, count));
  for (let i = 0; i < rows.length; i++) families[rows[i]!] = other?.has(i) === true ? other.familyOf(i) : 0;
  return new AddressColumn([lane(0), lane(1), lane(2), lane(3)], families, count, valid);
}

function texts(
  own: TextColumn | undefined,
  other: TextColumn | undefined,
  { count, rows, area }: Replacement,
  valid: Uint8Array | undefined,
): TextColumn {
  const index = area.u16(count);
  const places = new Map<string, number>();
  let next = 0;
  for (let row = 0; row < count; row++) {
    const isReplaced = rows[next] === row;
    const from = isReplaced ? next : row;
    const column = isReplaced ? other : own;
    if (isReplaced) next += 1;
    if (column?.has(from) !== true) continue;
    const text = column.get(from);
    const place = places.get(text) ?? places.size;
    places.set(text, place);
    index[row] = place;
  }
  return new TextColumn(index, [...places.keys()], valid);
}

function byteStrings(
  own: BytesColumn | undefined,
  other: BytesColumn | undefined,
  { count, rows, area }: Replacement,
  valid: Uint8Array | undefined,
): BytesColumn {
  const ends = area.u32(count);
  const blob = area.u8(blobBytes(own) + blobBytes(other));
  let end = 0;
  let next = 0;
  for (let row = 0; row < count; row++) {
    const isReplaced = rows[next] === row;
    const value = isReplaced ? other?.get(next) : own?.get(row);
    if (isReplaced) next += 1;
    if (value !== undefined) blob.set(value, end);
    ends[row] = end += value?.length ?? 0;
  }
  return new BytesColumn(ends, blob.subarray(0, end), valid);
}
