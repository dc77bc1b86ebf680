import type { Batch } from '../batch.ts';
import type { NumberColumn } from '../columns.ts';
import type { StoredField } from '../fields/field.ts';
import { isStored, type Field, type FieldName } from '../fields/table.ts';
import { numberReader } from '../row.ts';
import { writeNothing, type Cell, type CellContext } from './cell.ts';
import type { TextBuffer } from './text-buffer.ts';

type WriteNumber = (out: TextBuffer, value: number) => void;

/** A cell for a field whose values are numbers; absent ones and NaN print nothing. */
export function numberCell(name: FieldName, field: Field, write: WriteNumber): Cell {
  if (isStored(field)) return storedCell(field, write);
  const read = numberReader(name);
  if (read === undefined) return () => writeNothing;
  return (batch) => (out, row) => {
    const value = read(batch, row);
    if (value === value) write(out, value); // oxlint-disable-line no-self-compare -- false of NaN alone, without a call
  };
}

function storedCell({ number, absent }: StoredField, write: WriteNumber): Cell {
  if (absent !== undefined) return storedOrAbsent(number, absent, write);
  return (batch: Batch) => {
    const column = batch.columns[number] as NumberColumn | undefined;
    if (column === undefined) return writeNothing;
    const { values, valid } = column;
    if (valid === undefined) return (out, row) => write(out, values[row]!);
    return (out, row) => {
      if ((valid[row >> 3]! & (1 << (row & 7))) !== 0) write(out, values[row]!);
    };
  };
}

/** For a field that means something where it is absent. */
function storedOrAbsent(number: number, absent: number, write: WriteNumber): Cell {
  return (batch) => {
    const column = batch.columns[number] as NumberColumn | undefined;
    return (out, row) => write(out, column?.has(row) === true ? column.values[row]! : absent);
  };
}

export const integerCell = ({ name, field }: CellContext): Cell =>
  numberCell(name, field, (out, value) => out.integer(value));

export const hex16Cell = ({ name, field }: CellContext): Cell =>
  numberCell(name, field, (out, value) => out.hex(value, 4));

export function codeCell({ name, field }: CellContext): Cell {
  const names = field.names ?? {};
  return numberCell(name, field, (out, value) => {
    const text = names[value];
    if (text === undefined) out.integer(value);
    else out.ascii(text);
  });
}

/** Ratios. */
export function decimalCell({ name, field, settings: { precision } }: CellContext): Cell {
  return numberCell(name, field, (out, value) => out.ascii(value.toFixed(precision)));
}

/** Rates and means: rounded to single precision, in which Argus computes them, so that the digits agree. */
export function singleCell({ name, field, settings: { precision } }: CellContext): Cell {
  return numberCell(name, field, (out, value) => out.ascii(Math.fround(value).toFixed(precision)));
}

/** Nanoseconds as seconds, exactly. */
export function secondsCell({ name, field, settings: { precision } }: CellContext): Cell {
  return numberCell(name, field, (out, value) => writeSeconds(out, value, precision));
}

/** Nanoseconds as milliseconds; the microseconds are rounded to single precision as Argus holds them. */
export function millisecondsCell({ name, field, settings: { precision } }: CellContext): Cell {
  return numberCell(name, field, (out, value) => out.ascii((Math.fround(value / 1000) / 1000).toFixed(precision)));
}

/** @param ns nanoseconds; rounded to `digits` decimals of a second, 0–9 */
export function writeSeconds(out: TextBuffer, ns: number, digits: number): void {
  if (!(ns >= 0 && ns <= Number.MAX_SAFE_INTEGER)) {
    out.ascii((ns / 1e9).toFixed(digits));
    return;
  }
  const scale = 10 ** digits;
  const units = Math.round(ns / 10 ** (9 - digits));
  const seconds = Math.floor(units / scale);
  out.u32(seconds);
  if (digits === 0) return;
  out.byte(0x2e);
  out.padded(units - seconds * scale, digits);
}
