import type { Format } from '../fields/field.ts';
import { FIELDS } from '../fields/table.ts';
import { abbreviatedCell, isAbbreviated } from './abbreviated.ts';
import { addressCell } from './address-cell.ts';
import type { Cell, CellContext } from './cell.ts';
import {
  codeCell,
  decimalCell,
  hex16Cell,
  integerCell,
  millisecondsCell,
  secondsCell,
  singleCell,
} from './number-cells.ts';
import type { PrintColumn, Settings } from './options.ts';
import { portCell } from './port-cell.ts';
import { ageCell, ordinalCell } from './printed-cells.ts';
import { printf } from './printf.ts';
import { shareCell } from './percent-columns.ts';
import { directionCell, flagsCell, lettersCell, payloadCell, protocolCell, stateCell, textCell } from './text-cells.ts';
import { TextBuffer } from './text-buffer.ts';
import { timeCell } from './time-cell.ts';
import { numberReader } from '../row.ts';

const CELLS: Readonly<Record<Format, (context: CellContext) => Cell>> = {
  time: timeCell,
  seconds: secondsCell,
  milliseconds: millisecondsCell,
  integer: integerCell,
  decimal: decimalCell,
  percent: decimalCell,
  single: singleCell,
  address: addressCell,
  port: portCell,
  protocol: protocolCell,
  direction: directionCell,
  state: stateCell,
  flags: flagsCell,
  letters: lettersCell,
  hex16: hex16Cell,
  text: textCell,
  code: codeCell,
  payload: payloadCell,
  ordinal: ordinalCell,
  age: ageCell,
};

/** Payload bytes of a column whose width was not given, and how much wider than the bytes the column is. */
export const PAYLOAD_BYTES = 16;
export const PAYLOAD_PREFIX = 9;

/** The cell of a column. */
export function cellOf(column: PrintColumn, settings: Settings): Cell {
  const context = contextOf(column, settings);
  const { format } = context.field;
  const cell = changedCell(column, context) ?? CELLS[format](context);
  return column.format === undefined || format === 'time' ? cell : formatted(cell, context, column.format);
}

/** Whether a column's numbers print otherwise than as its field does. */
export function isChanged(column: PrintColumn, { shares, abbreviate }: Settings): boolean {
  return shares?.has(column.name) === true || (abbreviate !== undefined && isAbbreviated(column));
}

function changedCell(column: PrintColumn, context: CellContext): Cell | undefined {
  const { shares, abbreviate } = context.settings;
  if (shares?.has(column.name) === true) return shareCell(context, shares);
  return abbreviate !== undefined && isAbbreviated(column) ? abbreviatedCell(context, abbreviate) : undefined;
}

export function contextOf({ name, width, format }: PrintColumn, settings: Settings): CellContext {
  const field = FIELDS[name];
  return {
    name,
    field,
    settings,
    payloadMax: width ?? (settings.style === 'columns' ? PAYLOAD_BYTES : Infinity),
    timeFormat: field.format === 'time' && format !== undefined ? format : settings.timeFormat,
  };
}

/** The cell's number, or else its text, in a printf(3) format. */
function formatted(cell: Cell, { name, field }: CellContext, format: string): Cell {
  const read = numberReader(name);
  const scale = field.scale ?? 1;
  const scratch = new TextBuffer();
  return (batch) => {
    const write = cell(batch);
    return (out, row) => {
      scratch.clear();
      write(scratch, row);
      if (scratch.end === 0) return;
      const value = read === undefined ? NaN : read(batch, row) * scale;
      out.text(printf(format, Number.isNaN(value) ? scratch.toString() : value));
    };
  };
}
