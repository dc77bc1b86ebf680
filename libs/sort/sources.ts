import type { Batch } from '../record/batch.ts';
import type { AddressColumn, BytesColumn, Column, NumberColumn, TextColumn } from '../record/columns.ts';
import { isNumeric, type NumericArray, type NumericKind } from '../record/kinds.ts';
import type { Validity } from './spread.ts';

interface Sourced {
  readonly field: number;
  /** Undefined where all rows of all batches have a value. */
  readonly validity: Validity | undefined;
}

/** Values of one lane, by number of the batch. */
export interface Lane<A extends NumericArray = NumericArray> {
  readonly values: readonly (A | undefined)[];
  /** The value that all rows have. */
  readonly constant: number | undefined;
}

export interface NumberSource extends Sourced, Lane {
  readonly kind: 'number';
  readonly type: NumericKind;
}

export interface AddressSource extends Sourced {
  readonly kind: 'address';
  readonly lanes: readonly Lane<Uint32Array>[];
  readonly families: Lane<Uint8Array>;
}

/** Texts by a number that is theirs in all batches, from 1. */
export interface TextSource extends Sourced {
  readonly kind: 'text';
  readonly texts: readonly string[];
  /** By batch and row: the text's number, 0 for none. */
  readonly ids: readonly (Uint32Array | undefined)[];
}

export interface BytesSource extends Sourced {
  readonly kind: 'bytes';
  readonly columns: readonly (BytesColumn | undefined)[];
}

/** One field in all batches. */
export type Source = NumberSource | AddressSource | TextSource | BytesSource;

/** The fields that some of the batches have. */
export function sourcesOf(batches: readonly Batch[]): Source[] {
  const sources: Source[] = [];
  const validities: Validity[] = [];
  const width = Math.max(0, ...batches.map(({ columns }) => columns.length));
  for (let field = 0; field < width; field++) {
    const columns = batches.map((batch) => batch.columns[field]);
    const kind = columns.find((column) => column !== undefined)?.kind;
    if (kind === undefined) continue;
    const common = { field, validity: validityOf(columns, validities) };
    if (isNumeric(kind))
      sources.push({ ...common, kind: 'number', type: kind, ...numbersOf(columns as (NumberColumn | undefined)[]) }); // prettier-ignore
    else if (kind === 'address')
      sources.push({ ...common, kind, ...addressesOf(columns as (AddressColumn | undefined)[]) }); // prettier-ignore
    else if (kind === 'text') sources.push({ ...common, kind, ...textsOf(columns as (TextColumn | undefined)[]) });
    else sources.push({ ...common, kind, columns: columns as (BytesColumn | undefined)[] });
  }
  return sources;
}

/** Fields that are present together have the same bitmaps, which are gathered once. */
function validityOf(columns: readonly (Column | undefined)[], known: Validity[]): Validity | undefined {
  const validity = columns.map((column) => (column === undefined ? null : column.valid));
  if (validity.every((valid) => valid === undefined)) return undefined;
  const same = known.find((other) => other.every((valid, i) => valid === validity[i]));
  if (same === undefined) known.push(validity);
  return same ?? validity;
}

function numbersOf(columns: readonly (NumberColumn | undefined)[]): Lane {
  const values = columns.map((column) => column?.values);
  return { values, constant: constantOf(values, true) };
}

const LANES = [0, 1, 2, 3] as const;

function addressesOf(columns: readonly (AddressColumn | undefined)[]): Pick<AddressSource, 'lanes' | 'families'> {
  const lanes = LANES.map((k) => columns.map((column) => column?.lanes[k]));
  const families = columns.map((column) => column?.family);
  return {
    lanes: lanes.map((values) => ({ values, constant: constantOf(values, false) })),
    families: { values: families, constant: constantOf(families, false) },
  };
}

/**
 * The value that all batches have in all rows.
 * @param zeros whether a batch without values has zeros; else it does not count
 */
function constantOf(lanes: readonly (NumericArray | undefined)[], zeros: boolean): number | undefined {
  let constant: number | undefined;
  for (const lane of lanes) {
    if (lane === undefined && !zeros) continue;
    const value = lane === undefined ? 0 : lane[0];
    if (value === undefined || (constant !== undefined && !Object.is(value, constant))) return undefined;
    if (lane !== undefined && !isConstant(lane)) return undefined;
    constant = value;
  }
  return constant;
}

/** A loop for each width: one that meets several is slower. */
function isConstant(values: NumericArray): boolean {
  if (values instanceof Float64Array) return isConstant64(values);
  if (values instanceof Uint32Array) return isConstant32(values);
  return values instanceof Uint16Array ? isConstant16(values) : isConstant8(values);
}

function isConstant64(values: Float64Array): boolean {
  const first = values[0]!;
  for (let i = 1; i < values.length; i++) if (values[i] !== first) return false;
  // There are two zeros.
  return first !== 0 || isConstant32(new Uint32Array(values.buffer, values.byteOffset, values.length * 2));
}

function isConstant32(values: Uint32Array): boolean {
  const first = values[0]!;
  for (let i = 1; i < values.length; i++) if (values[i] !== first) return false;
  return true;
}

function isConstant16(values: Uint16Array): boolean {
  const first = values[0]!;
  for (let i = 1; i < values.length; i++) if (values[i] !== first) return false;
  return true;
}

function isConstant8(values: Uint8Array): boolean {
  const first = values[0]!;
  for (let i = 1; i < values.length; i++) if (values[i] !== first) return false;
  return true;
}

function textsOf(columns: readonly (TextColumn | undefined)[]): Pick<TextSource, 'texts' | 'ids'> {
  const numbers = new Map<string, number>();
  const numberOf = (text: string): number => {
    let number = numbers.get(text);
    if (number === undefined) numbers.set(text, (number = numbers.size + 1));
    return number;
  };
  const ids = columns.map((column) => {
    if (column === undefined) return undefined;
    const own = column.dictionary.map(numberOf);
    const rows = new Uint32Array(column.index.length);
    for (let row = 0; row < rows.length; row++)
      if (column.has(row)) rows[row] = own[column.index[row]!] ?? numberOf(column.get(row));
    return rows;
  });
  return { texts: [...numbers.keys()], ids };
}
