import { BATCH_ROWS_MAX, type Batch } from './batch.ts';
import type { NumberColumn } from './columns.ts';
import type { DerivedField, Value } from './fields/field.ts';
import { FIELDS, isFieldName, isStored, type FieldName } from './fields/table.ts';
import { isNumeric } from './kinds.ts';
import { numberReader } from './row.ts';

/** Puts the values of some rows into `into`; NaN is absent. At most `BATCH_ROWS_MAX` rows. */
export type ReadNumbers = (rows: Uint32Array, into: Float64Array) => void;

/** Prepares for the rows of one batch. */
export type NumbersReader = (batch: Batch) => ReadNumbers;

/**
 * As `numberReader` of `row.ts`, for many rows at a time, which costs less for each.
 * @returns undefined when the field's values are not numbers
 */
export function numbersReader(name: FieldName): NumbersReader | undefined {
  const field = FIELDS[name];
  if (isStored(field)) {
    if (!isNumeric(field.kind)) return undefined;
    return (batch) => columnNumbers(batch, field.number, field.absent);
  }
  return (field.kind === 'number' ? ofTwo(field) : undefined) ?? oneByOne(name);
}

/** Values of a stored field. @param absent stands for those that are not there */
export function columnNumbers(batch: Batch, number: number, absent = NaN): ReadNumbers {
  const column = batch.columns[number] as NumberColumn | undefined;
  if (column === undefined) return (rows, into) => void into.fill(absent, 0, rows.length);
  const { values, valid } = column;
  if (valid === undefined) {
    return (rows, into) => {
      for (let i = 0; i < rows.length; i++) into[i] = values[rows[i]!]!;
    };
  }
  return (rows, into) => {
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      into[i] = (valid[row >> 3]! & (1 << (row & 7))) === 0 ? absent : values[row]!;
    }
  };
}

function oneByOne(name: FieldName): NumbersReader | undefined {
  const read = numberReader(name);
  if (read === undefined) return undefined;
  return (batch) => (rows, into) => {
    for (let i = 0; i < rows.length; i++) into[i] = read(batch, rows[i]!);
  };
}

const seconds = new Float64Array(BATCH_ROWS_MAX);

/** What is computed from two stored numbers that have to be there. */
function ofTwo({ from, compute, isSum }: DerivedField): NumbersReader | undefined {
  const [a = '', b = ''] = from;
  if (from.length !== 2 || !isFieldName(a) || !isFieldName(b)) return undefined;
  const [first, second] = [FIELDS[a], FIELDS[b]];
  if (!isStored(first) || !isStored(second) || !isNumeric(first.kind) || !isNumeric(second.kind)) return undefined;
  const call = compute as unknown as (a: number, b: number) => Value;
  return (batch) => {
    const readFirst = columnNumbers(batch, first.number, first.absent);
    const readSecond = columnNumbers(batch, second.number, second.absent);
    return (rows, into) => {
      readFirst(rows, into);
      readSecond(rows, seconds);
      if (isSum === true) return addSeconds(into, rows.length);
      for (let i = 0; i < rows.length; i++) {
        const value = into[i]! >= -Infinity && seconds[i]! >= -Infinity ? call(into[i]!, seconds[i]!) : NaN;
        into[i] = typeof value === 'number' ? value : NaN;
      }
    };
  };
}

/** What is absent, and so NaN, remains so. */
function addSeconds(into: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) into[i] = into[i]! + seconds[i]!;
}
