import { MANAGEMENT_BATCH, type Batch } from '../batch.ts';
import { FIELDS } from '../fields/table.ts';
import type { Place } from './block-cell.ts';
import { CELL_BYTES, type Cell } from './cell.ts';
import { cellOf, PAYLOAD_PREFIX } from './cells.ts';
import { printable } from '../../core/sanitize.ts';
import { ColumnBlock } from './column-block.ts';
import { fit } from './fit.ts';
import { managementCellOf } from './management.ts';
import { managementWords } from './management-words.ts';
import type { PrintColumn, Settings } from './options.ts';
import { eachRow, type RowWriter, type Style } from './style.ts';
import { timeLength } from './time-cell.ts';

const BLANK = 0x20;
const NEWLINE = 0x0a;
const DOT = 0x2e;

/** Wide enough for the flags of a whole connection each way. */
const BOTH_FLAGS_WIDTH = 9;

interface Column extends Place {
  readonly heading: string;
  readonly centred: boolean;
  readonly cell: Cell;
  readonly managementCell: Cell;
}

/** Padded columns; a value that is too long is cut, and ends in `*`. Blanks at the end of a row are left out. */
export function columnStyle(columns: readonly PrintColumn[], settings: Settings): Style {
  const layout = layoutOf(columns, settings);
  const block = new ColumnBlock(columns, layout, settings);
  return {
    header: () => `${layout.map(headingOf).join('')}\n`,
    footer: () => '',
    open: (batch) => {
      if (batch.kind !== MANAGEMENT_BATCH) return block.open(batch, rowWriter(layout, batch));
      if (!settings.managementWords) return eachRow(rowWriter(layout, batch));
      const proto = columns.findIndex(({ name }) => name === 'proto');
      return eachRow(wordsWriter(rowWriter(layout.slice(0, proto + 1), batch), batch));
    },
  };
}

/** @package */
export function layoutOf(columns: readonly PrintColumn[], settings: Settings): Column[] {
  return columns.map((column, index) => columnOf(column, columns[index - 1], settings));
}

const LEFT: ReadonlySet<string> = new Set(['port', 'flags', 'letters', 'payload']);

/** Which port belongs to which address. */
const ADDRESS_OF: Readonly<Record<string, string>> = { sport: 'saddr', dport: 'daddr' };

function columnOf(column: PrintColumn, before: PrintColumn | undefined, settings: Settings): Column {
  const { heading, format, centred } = FIELDS[column.name];
  return {
    heading,
    width: widthOf(column, settings),
    centred: centred === true || format === 'payload',
    left: LEFT.has(format),
    // A port that follows its address is set off by a point.
    point: before !== undefined && ADDRESS_OF[column.name] === before.name,
    cell: cellOf(column, settings),
    managementCell: managementCellOf(column, settings),
  };
}

function widthOf(column: PrintColumn, settings: Settings): number {
  const { width, format } = FIELDS[column.name];
  if (column.width !== undefined) return format === 'payload' ? column.width + PAYLOAD_PREFIX : column.width;
  if (format === 'state' && settings.state === 'both-flags') return BOTH_FLAGS_WIDTH;
  if (format !== 'time') return width;
  if (settings.unixTime && column.format === undefined) return width + settings.precision - 6;
  const timeFormat = column.format ?? settings.timeFormat;
  return Math.max(width, timeLength(timeFormat) + 1) + (timeFormat.includes('%f') ? settings.precision - 6 : 0);
}

/** The heading in its column, and the blank after it. */
function headingOf({ heading, width, centred }: Column): string {
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
