import { MANAGEMENT_BATCH, type Batch } from '../batch.ts';
import { FIELDS } from '../fields/table.ts';
import type { Place } from './block-cell.ts';
import { CELL_BYTES, type Cell } from './cell.ts';
import { cellOf, PAYLOAD_BYTES, PAYLOAD_PREFIX } from './cells.ts';
import { bold, fade, tint, toneOf, type Tone } from './colors.ts';
import { printable } from '../../core/sanitize.ts';
import { ColumnBlock } from './column-block.ts';
import { fit } from './fit.ts';
import { headingOf } from './headings.ts';
import { managementCellOf } from './management.ts';
import { managementWords } from './management-words.ts';
import type { PrintColumn, Settings } from './options.ts';
import { eachRow, type RowWriter, type Style } from './style.ts';
import { followsAddress } from './port-point.ts';
import { payloadWidth } from './text-cells.ts';
import { timeLength } from './time-cell.ts';

const BLANK = 0x20;
const NEWLINE = 0x0a;
const DOT = 0x2e;

/** Digits of 100 percent before the point. */
const WHOLE_DIGITS = 3;

/** Wide enough for the flags of a whole connection each way. */
const BOTH_FLAGS_WIDTH = 9;

interface Column extends Place {
  readonly heading: string;
  readonly centred: boolean;
  readonly tone: Tone | undefined;
  readonly cell: Cell;
  readonly managementCell: Cell;
}

/** Padded columns; a value that is too long is cut, and ends in `*`. Blanks at the end of a row are left out. */
export function columnStyle(columns: readonly PrintColumn[], settings: Settings): Style {
  const layout = layoutOf(columns, settings);
  const { color } = settings;
  // A block that turns out to be none is written again, row by row, where nothing may be counted or coloured twice.
  const isPlain = !color && columns.every(({ name }) => FIELDS[name].format !== 'ordinal');
  const block = isPlain ? new ColumnBlock(columns, layout, settings) : undefined;
  const openManagement = (batch: Batch): RowWriter => {
    if (!settings.managementWords) return rowWriter(layout, batch);
    const proto = columns.findIndex(({ name }) => name === 'proto');
    return wordsWriter(rowWriter(layout.slice(0, proto + 1), batch), batch);
  };
  const headings = layout.map(paddedHeading).join('');
  return {
    header: () => `${color ? bold(headings.trimEnd()) : headings}\n`,
    footer: () => '',
    open: (batch) => {
      if (batch.kind === MANAGEMENT_BATCH) return eachRow(color ? faded(openManagement(batch)) : openManagement(batch));
      const openRows = (): RowWriter => rowWriter(layout, batch);
      return block?.open(batch, openRows) ?? eachRow(openRows());
    },
  };
}

/** @package */
export function layoutOf(columns: readonly PrintColumn[], settings: Settings): Column[] {
  return columns.map((column, index) => columnOf(column, columns[index - 1], settings));
}

const LEFT: ReadonlySet<string> = new Set(['port', 'flags', 'letters', 'payload']);

function columnOf(column: PrintColumn, before: PrintColumn | undefined, settings: Settings): Column {
  const { format, centred } = FIELDS[column.name];
  return {
    heading: headingOf(column.name, settings),
    width: widthOf(column, settings),
    centred: centred === true || format === 'payload',
    left: LEFT.has(format),
    point: settings.portPoint && followsAddress(column, before),
    tone: settings.color ? toneOf(column.name) : undefined,
    cell: cellOf(column, settings),
    managementCell: managementCellOf(column, settings),
  };
}

function widthOf(column: PrintColumn, settings: Settings): number {
  const { width, format } = FIELDS[column.name];
  if (format === 'payload') return payloadWidth(settings.payload, column.width ?? PAYLOAD_BYTES) + PAYLOAD_PREFIX;
  if (column.width !== undefined) return column.width;
  if (format === 'state' && settings.state === 'both-flags') return BOTH_FLAGS_WIDTH;
  if (settings.shares !== undefined && (format === 'percent' || settings.shares.has(column.name))) {
    return Math.max(width, WHOLE_DIGITS + 1 + settings.precision);
  }
  if (format !== 'time') return width;
  if (settings.unixTime && column.format === undefined) return width + settings.precision - 6;
  const timeFormat = column.format ?? settings.timeFormat;
  return Math.max(width, timeLength(timeFormat) + 1) + (timeFormat.includes('%f') ? settings.precision - 6 : 0);
}

/** The heading in its column, and the blank after it. */
function paddedHeading({ heading, width, centred }: Column): string {
  const text = heading.slice(0, width);
  const left = centred ? Math.floor((width - text.length) / 2) : width - text.length;
  return `${' '.repeat(left)}${text}`.padEnd(width + 1);
}

/** Value by value: any text, and what `ColumnBlock` has to equal. @package */
export function rowWriter(layout: readonly Column[], batch: Batch): RowWriter {
  const isManagement = batch.kind === MANAGEMENT_BATCH;
  const writers = layout.map(({ cell, managementCell }) => (isManagement ? managementCell : cell)(batch));
  const widths = Uint16Array.from(layout, ({ width }) => width);
  const left = layout.map((column) => column.left && !isManagement);
  const point = layout.map((column) => column.point && !isManagement);
  return (out, row) => {
    const start = out.end;
    for (let i = 0; i < writers.length; i++) {
      const width = widths[i]!;
      out.ensure(CELL_BYTES + width);
      const cellStart = out.end;
      const { wide } = out;
      out.wide = false;
      writers[i]!(out, row);
      if (point[i]! && out.end > cellStart) out.bytes[cellStart - 1] = DOT;
      fit(out, cellStart, width, left[i]!);
      const { tone } = layout[i]!;
      if (tone !== undefined && !isManagement) tint(out, cellStart, tone);
      out.wide ||= wide;
      out.ensure(2);
      out.byte(BLANK);
    }
    while (out.end > start && out.bytes[out.end - 1] === BLANK) out.end -= 1;
    out.byte(NEWLINE);
  };
}

/** A row that ends in words, instead of figures that stand under other headings. */
function wordsWriter(columns: RowWriter, batch: Batch): RowWriter {
  const words = managementWords(batch);
  return (out, row) => {
    columns(out, row);
    if (out.end > 0 && out.bytes[out.end - 1] === NEWLINE) out.end -= 1;
    out.text(`  ${printable(words(row))}`);
    out.ensure(1);
    out.byte(NEWLINE);
  };
}

/** A row, its end apart, in fainter letters. */
function faded(write: RowWriter): RowWriter {
  return (out, row) => {
    const start = out.end;
    write(out, row);
    if (out.end > start && out.bytes[out.end - 1] === NEWLINE) out.end -= 1;
    fade(out, start);
    out.ensure(1);
    out.byte(NEWLINE);
  };
}
