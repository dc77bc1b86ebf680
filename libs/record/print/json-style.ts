import { MANAGEMENT_BATCH, type Batch } from '../batch.ts';
import type { BytesColumn } from '../columns.ts';
import type { Field, FieldName } from '../fields/table.ts';
import { FIELDS, isStored } from '../fields/table.ts';
import { MANAGEMENT_FIELDS } from '../fields/management.ts';
import { isNumeric } from '../kinds.ts';
import { reader } from '../row.ts';
import { numericAddressCell } from './address-cell.ts';
import { CELL_BYTES, writeNothing, type Cell, type CellWriter } from './cell.ts';
import { cellOf } from './cells.ts';
import { isoTimeCell } from './iso-time.ts';
import { managementCellOf } from './management.ts';
import { numberCell } from './number-cells.ts';
import type { PrintColumn, Settings } from './options.ts';
import { eachRow, type RowWriter, type Style } from './style.ts';
import { TextBuffer } from './text-buffer.ts';

const QUOTE = 0x22;

/** What a management record holds, whatever columns were asked for. */
const MANAGEMENT_NAMES: readonly FieldName[] = [
  'stime',
  'srcid',
  'proto',
  'state',
  'cause',
  'dur',
  ...(Object.keys(MANAGEMENT_FIELDS) as (keyof typeof MANAGEMENT_FIELDS)[]),
  'offset',
];

interface Member {
  /** `"name":`, preceded by what divides members. */
  readonly key: string;
  readonly cell: Cell;
}

/** One object a line. Keys are field names; absent values are left out. */
export function jsonStyle(columns: readonly PrintColumn[], settings: Settings): Style {
  const names = new Set<FieldName>();
  const once = columns.filter(({ name }) => !names.has(name) && names.add(name));
  const members = once.map((column) => member(column.name, valueCell(column, settings)));
  const managementMembers = MANAGEMENT_NAMES.map((name) =>
    member(
      name,
      name === 'proto' || name === 'state'
        ? quoted(managementCellOf({ name }, settings))
        : valueCell({ name }, settings),
    ),
  );
  return {
    header: () => '',
    footer: () => '',
    open: (batch) => eachRow(rowWriter(batch.kind === MANAGEMENT_BATCH ? managementMembers : members, batch)),
  };
}

const member = (name: FieldName, cell: Cell): Member => ({ key: `,"${name}":`, cell });

function rowWriter(members: readonly Member[], batch: Batch): RowWriter {
  const writers = members.map(({ cell }) => cell(batch));
  return (out, row) => {
    const start = out.end;
    for (let i = 0; i < writers.length; i++) {
      out.ensure(CELL_BYTES);
      const { key } = members[i]!;
      const before = out.end;
      out.ascii(key);
      const after = out.end;
      writers[i]!(out, row);
      if (out.end === after) out.end = before;
    }
    out.ensure(4);
    if (out.end === start) out.byte(0x7b);
    else out.bytes[start] = 0x7b; // the brace stands where the first comma was
    out.ascii('}\n');
  };
}

/** The JSON value of a field; nothing when it is absent or JSON cannot say it. */
function valueCell(column: PrintColumn, settings: Settings): Cell {
  const { name, format } = column;
  const field = FIELDS[name];
  if (format !== undefined) return quotedText(cellOf(column, settings));
  if (field.format === 'ordinal' || field.format === 'age') return cellOf(column, settings);
  if (field.format === 'time') return settings.unixTime ? cellOf(column, settings) : quoted(isoTimeCell(name, field));
  if (field.format === 'address') return quoted(numericAddressCell({ name, field, settings }));
  if (field.kind === 'bytes') return base64Cell(field);
  if (field.format === 'text') return textCell(name);
  if (field.format === 'code') return codeCell(name, field);
  if (isStored(field) ? isNumeric(field.kind) : field.kind === 'number') return exactCell(name, field);
  if (field.format === 'direction') return trimmedCell(name);
  return quoted(cellOf(column, settings));
}

/** Texts of our own making, in which nothing needs escaping. */
function quoted(cell: Cell): Cell {
  return (batch) => {
    const write = cell(batch);
    return (out, row) => {
      const start = out.end;
      out.byte(QUOTE);
      write(out, row);
      if (out.end === start + 1) out.end = start;
      else out.byte(QUOTE);
    };
  };
}

function quotedText(cell: Cell): Cell {
  const scratch = new TextBuffer();
  return (batch) => {
    const write = cell(batch);
    return (out, row) => {
      scratch.clear();
      write(scratch, row);
      if (scratch.end > 0) out.text(jsonString(scratch.toString()));
    };
  };
}

/** Escapes beyond what JSON asks for: characters that a terminal would act on. */
function jsonString(text: string): string {
  return JSON.stringify(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

function textCell(name: FieldName): Cell {
  const read = reader(name);
  return (batch) => (out, row) => {
    const value = read(batch, row);
    if (typeof value === 'string') out.text(jsonString(value));
  };
}

function trimmedCell(name: FieldName): Cell {
  const read = reader(name);
  return (batch) => (out, row) => {
    const value = read(batch, row);
    if (typeof value === 'string') out.ascii(`"${value.trim()}"`);
  };
}

function codeCell(name: FieldName, field: Field): Cell {
  const names = field.names ?? {};
  return numberCell(name, field, (out, value) => {
    const text = names[value];
    if (text === undefined) out.ascii(String(value));
    else out.ascii(`"${text}"`);
  });
}

function base64Cell({ number }: Field): Cell {
  return (batch): CellWriter => {
    const column = batch.columns[number] as BytesColumn | undefined;
    if (column === undefined) return writeNothing;
    return (out, row) => {
      if (!column.has(row)) return;
      const { buffer, byteOffset, length } = column.get(row);
      out.text(`"${Buffer.from(buffer, byteOffset, length).toString('base64')}"`);
    };
  };
}

/** Numbers with all their digits: scaled ones by moving the point, integers from 2^53 on as text. */
function exactCell(name: FieldName, field: Field): Cell {
  const scale = field.scale ?? 1;
  const places = Math.round(-Math.log10(scale));
  return numberCell(name, field, (out, value) => {
    if (!Number.isFinite(value)) return;
    if (!Number.isInteger(value)) out.ascii(String(value * scale));
    else if (Math.abs(value) > Number.MAX_SAFE_INTEGER)
      out.ascii(places === 0 ? `"${BigInt(value)}"` : String(value * scale));
    else if (places === 0 || value <= 0) out.ascii(String(value * scale || 0));
    else writeShifted(out, value, places);
  });
}

/** A positive integer divided by 10^places, without zeros at the end. */
function writeShifted(out: TextBuffer, value: number, places: number): void {
  const unit = 10 ** places;
  const whole = Math.floor(value / unit);
  out.integer(whole);
  const rest = value - whole * unit;
  if (rest === 0) return;
  out.byte(0x2e);
  out.padded(rest, places);
  while (out.bytes[out.end - 1] === 0x30) out.end -= 1;
}
