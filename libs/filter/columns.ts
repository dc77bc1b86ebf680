import type { Batch, BatchKind } from '../record/batch.ts';
import type { AddressColumn, NumberColumn } from '../record/columns.ts';
import type { NumericArray } from '../record/kinds.ts';
import type { Value } from '../record/fields/field.ts';
import type { NumberReader, Reader } from '../record/row.ts';
import type { Interval, Lanes } from './ast.ts';
import type { Range } from './numbers.ts';

/**
 * Keeps, in place, the first `count` row numbers of `rows` that match; returns how many stay.
 *
 * The loops here write every row number and step on by 0 or 1: without a branch they are three to four times as fast where
 * it cannot be foretold which rows match.
 */
export type Select = (batch: Batch, rows: Uint32Array, count: number) => number;

export const selectAll: Select = (_batch, _rows, count) => count;

/** Rows whose stored number lies in `range`. A row without a value, or with NaN, is refused whichever side is wanted. */
export function selectRange(field: number, { low, high, inside }: Range): Select {
  return (batch, rows, count) => {
    const column = batch.columns[field] as NumberColumn | undefined;
    if (column === undefined) return 0;
    const present = keepPresent(column.valid, rows, count);
    return inside
      ? keepInside(column.values, low, high, rows, present)
      : keepOutside(column.values, low, high, rows, present);
  };
}

/** Rows of which any of the bits of `mask` is set. */
export function selectBits(field: number, mask: number): Select {
  return (batch, rows, count) => {
    const column = batch.columns[field] as NumberColumn | undefined;
    if (column === undefined) return 0;
    const { values } = column;
    const present = keepPresent(column.valid, rows, count);
    let kept = 0;
    for (let i = 0; i < present; i++) {
      const row = rows[i]!;
      rows[kept] = row;
      kept += Number((values[row]! & mask) !== 0);
    }
    return kept;
  };
}

/** Rows that have a value, of whatever kind. */
export function selectPresent(field: number): Select {
  return (batch, rows, count) => {
    const column = batch.columns[field];
    return column === undefined ? 0 : keepPresent(column.valid, rows, count);
  };
}

/** Rows whose address is of `family` and agrees with `lanes` in the bits of `masks`. */
export function selectAddress(field: number, family: number, lanes: Lanes, masks: Lanes): Select {
  // The last lane first: it tells IPv4 addresses apart.
  const order = ([3, 2, 1, 0] as const).filter((k) => masks[k] !== 0);
  return (batch, rows, count) => {
    const column = batch.columns[field] as AddressColumn | undefined;
    if (column === undefined) return 0;
    let kept = keepPresent(column.valid, rows, count);
    for (const k of order)
      kept = keepMasked(column.lanes[k], column.strides[k], masks[k] | 0, lanes[k] | 0, rows, kept);
    return keepMasked(column.family, column.familyStride, 0xff, family, rows, kept);
  };
}

/** Rows whose stored number lies in one of the intervals. */
export function selectList(field: number, intervals: readonly Interval[]): Select {
  const table = membershipTable(intervals);
  const isListed = membership(intervals, table);
  return (batch, rows, count) => {
    const column = batch.columns[field] as NumberColumn | undefined;
    if (column === undefined) return 0;
    const { values } = column;
    const present = keepPresent(column.valid, rows, count);
    if (values instanceof Uint16Array || values instanceof Uint8Array) return keepInTable(values, table, rows, present);
    let kept = 0;
    for (let i = 0; i < present; i++) {
      const row = rows[i]!;
      rows[kept] = row;
      kept += isListed(values[row]!);
    }
    return kept;
  };
}

function keepInTable(values: Uint16Array | Uint8Array, table: Uint8Array, rows: Uint32Array, count: number): number {
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    rows[kept] = row;
    kept += table[values[row]!]!;
  }
  return kept;
}

/** Integers below this are looked up in a table. */
const TABLE_SIZE = 65_536;

/** 1 for each integer that lies in one of the intervals. */
function membershipTable(intervals: readonly Interval[]): Uint8Array {
  const table = new Uint8Array(TABLE_SIZE);
  for (const { low, high } of intervals)
    if (high >= 0 && low < TABLE_SIZE)
      table.fill(1, Math.max(0, Math.ceil(low)), Math.min(TABLE_SIZE, Math.floor(high) + 1));
  return table;
}

/** @returns 1 for what lies in one of the intervals, 0 for everything else */
function membership(intervals: readonly Interval[], table = membershipTable(intervals)): (value: number) => number {
  const isIn = (value: number): number => Number(intervals.some(({ low, high }) => value >= low && value <= high));
  return (value) => (value >= 0 && value < TABLE_SIZE && Number.isInteger(value) ? table[value]! : isIn(value));
}

/** Rows whose address is of `family` and lies from `low` to `high`. */
export function selectAddressRange(field: number, family: number, low: Lanes, high: Lanes): Select {
  // Lanes in which both are alike are compared once; what differs is mostly the last.
  const differing = ([0, 1, 2, 3] as const).find((k) => low[k] !== high[k]) ?? 3;
  return (batch, rows, count) => {
    const column = batch.columns[field] as AddressColumn | undefined;
    if (column === undefined) return 0;
    let kept = keepPresent(column.valid, rows, count);
    kept = keepMasked(column.family, column.familyStride, 0xff, family, rows, kept);
    for (let k = 0; k < differing; k++)
      kept = keepMasked(column.lanes[k]!, column.strides[k]!, -1, low[k]! | 0, rows, kept);
    return keepBetween(column, differing, low, high, rows, kept);
  };
}

/** Rows whose lanes from number `first` on lie between those of `low` and `high`. */
function keepBetween(
  { lanes, strides }: AddressColumn,
  first: number,
  low: Lanes,
  high: Lanes,
  rows: Uint32Array,
  count: number,
): number {
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    let above = 0;
    let below = 0;
    for (let k = first; k < 4; k++) {
      const lane = lanes[k]![row * strides[k]!]!;
      if (above === 0) above = lane - low[k]!;
      if (below === 0) below = high[k]! - lane;
    }
    rows[kept] = row;
    kept += Number(above >= 0) & Number(below >= 0);
  }
  return kept;
}

/** All rows of a batch of one kind, none of the others. */
export function selectKind(kind: BatchKind): Select {
  return (batch, _rows, count) => (batch.kind === kind ? count : 0);
}

/** Behind a slash a source id has the name of an interface, which may be left out. */
export function selectSource(source: string): Select {
  const anyInterface = `${source}/`;
  return ({ origin }, _rows, count) => (origin.source === source || origin.source.startsWith(anyInterface) ? count : 0);
}

/** Rows for which `valueOf` gives a number in one of the intervals. */
export function selectComputedList(valueOf: NumberReader, intervals: readonly Interval[]): Select {
  const isListed = membership(intervals);
  return (batch, rows, count) => {
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      rows[kept] = row;
      kept += isListed(valueOf(batch, row));
    }
    return kept;
  };
}

/** Rows for which `valueOf` gives something that is as `test` says; what has no value is refused. */
export function selectValue(valueOf: Reader, test: (value: NonNullable<Value>) => boolean): Select {
  return (batch, rows, count) => {
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      const value = valueOf(batch, row);
      rows[kept] = row;
      kept += Number(value !== undefined && !Number.isNaN(value) && test(value));
    }
    return kept;
  };
}

export const selectNothing: Select = () => 0;

/** Rows for which `valueOf` gives a number in `range`; for fields that are computed. */
export function selectComputed(valueOf: NumberReader, { low, high, inside }: Range): Select {
  return (batch, rows, count) => {
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      const value = valueOf(batch, row);
      rows[kept] = row;
      kept += inside ? Number(value >= low) & Number(value <= high) : Number(value < low) | Number(value > high);
    }
    return kept;
  };
}

export function keepPresent(valid: Uint8Array | undefined, rows: Uint32Array, count: number): number {
  if (valid === undefined) return count;
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    rows[kept] = row;
    kept += (valid[row >> 3]! >> (row & 7)) & 1;
  }
  return kept;
}

function keepInside(values: NumericArray, low: number, high: number, rows: Uint32Array, count: number): number {
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    const value = values[row]!;
    rows[kept] = row;
    kept += Number(value >= low) & Number(value <= high);
  }
  return kept;
}

function keepOutside(values: NumericArray, low: number, high: number, rows: Uint32Array, count: number): number {
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    const value = values[row]!;
    rows[kept] = row;
    kept += Number(value < low) | Number(value > high);
  }
  return kept;
}

/** Signed 32-bit `mask` and `wanted`; with stride 0 the first value stands for all rows. */
function keepMasked(
  values: Uint8Array | Uint32Array,
  stride: number,
  mask: number,
  wanted: number,
  rows: Uint32Array,
  count: number,
): number {
  if (stride === 0) return (values[0]! & mask) === wanted ? count : 0;
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    rows[kept] = row;
    kept += Number((values[row]! & mask) === wanted);
  }
  return kept;
}
