import { BATCH_ROWS_MAX } from '../record/batch.ts';
import type { AddressColumn, Column } from '../record/columns.ts';
import type { NumericArray } from '../record/kinds.ts';
import type { RowSet } from './rows.ts';

/**
 * A column *with copies* stores the value of a row only where the latest earlier row of the same flow had no value or
 * another one. Candidates are the rows with a value whose flow has an earlier row with a value; a bitmap over them names
 * the exceptions, which are stored in spite of it.
 */
export interface Copies {
  /** Rows whose values are stored. */
  readonly stored: Uint16Array;
  /** One bit for each candidate. */
  readonly exceptions: Uint8Array;
}

/** More exceptions in this many candidates, and copies are not worth it. */
const EXCEPTIONS_IN = 8;

const storedRows = new Uint16Array(BATCH_ROWS_MAX);
const exceptionBits = new Uint8Array(BATCH_ROWS_MAX >> 3);

function hasValue(valid: Uint8Array | undefined, row: number): boolean {
  return valid === undefined || ((valid[row >> 3]! >> (row & 7)) & 1) === 1;
}

/**
 * The copies of a column, in scratch that the next call overwrites; undefined where there are too few.
 * @param earlier of `earlierRows`
 */
export function findCopies(column: Column, { valid, rows }: RowSet, earlier: Int16Array): Copies | undefined {
  const isSame = sameness(column);
  if (isSame === undefined || isConstant(rows, isSame)) return undefined;
  let stored = 0;
  let candidates = 0;
  let exceptions = 0;
  exceptionBits.fill(0);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const before = earlier[row]!;
    if (before >= 0 && hasValue(valid, before)) {
      const candidate = candidates++;
      if (isSame(row, before)) continue;
      exceptionBits[candidate >> 3]! |= 1 << (candidate & 7);
      if (++exceptions > 8 + rows.length / 64) return undefined;
    }
    storedRows[stored++] = row;
  }
  if (candidates === 0 || exceptions * EXCEPTIONS_IN > candidates) return undefined;
  return { stored: storedRows.subarray(0, stored), exceptions: exceptionBits.subarray(0, (candidates + 7) >> 3) };
}

/** Such a column needs no bytes as it is. */
function isConstant(rows: Uint16Array, isSame: Sameness): boolean {
  for (let i = 1; i < rows.length; i++) if (!isSame(rows[i]!, rows[0]!)) return false;
  return true;
}

type Sameness = (row: number, other: number) => boolean;

function sameness(column: Column): Sameness | undefined {
  switch (column.kind) {
    case 'address':
      return (row, other) => isSameAddress(column, row, other);
    case 'u8':
    case 'u16':
    case 'u32':
    case 'bits': {
      const { values } = column;
      return (row, other) => values[row] === values[other];
    }
    case 'f64': {
      const { values } = column;
      return (row, other) => Object.is(values[row], values[other]);
    }
    case 'text':
    case 'bytes':
      return undefined;
  }
}

function isSameAddress(column: AddressColumn, row: number, other: number): boolean {
  return (
    column.lane(3, row) === column.lane(3, other) &&
    column.lane(2, row) === column.lane(2, other) &&
    column.lane(1, row) === column.lane(1, other) &&
    column.lane(0, row) === column.lane(0, other) &&
    column.familyOf(row) === column.familyOf(other)
  );
}

/** How many candidates there are, and so bits in the bitmap of exceptions. */
export function countCandidates({ valid, rows }: RowSet, earlier: Int16Array): number {
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    const before = earlier[rows[i]!]!;
    if (before >= 0 && hasValue(valid, before)) count += 1;
  }
  return count;
}

/** The rows whose values are stored, in scratch that the next call overwrites. */
export function storedOf({ valid, rows }: RowSet, earlier: Int16Array, exceptions: Uint8Array): Uint16Array {
  let stored = 0;
  let candidates = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const before = earlier[row]!;
    if (before >= 0 && hasValue(valid, before)) {
      const candidate = candidates++;
      if (((exceptions[candidate >> 3]! >> (candidate & 7)) & 1) === 0) continue;
    }
    storedRows[stored++] = row;
  }
  return storedRows.subarray(0, stored);
}

/** Fills the rows with a value that are not in `stored` from earlier rows of their flow. */
export function copyEarlier(values: NumericArray, { rows }: RowSet, stored: Uint16Array, earlier: Int16Array): void {
  let next = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (stored[next] === row) next += 1;
    else values[row] = values[earlier[row]!]!;
  }
}
