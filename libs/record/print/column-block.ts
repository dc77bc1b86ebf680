import type { Batch } from '../batch.ts';
import { cellOf, contextOf, isChanged } from './cells.ts';
import { BLOCK_ROWS, Image, plainBlock, type BlockCell, type Place } from './block-cell.ts';
import { classBlock, classesFor, isOfClass } from './class-block.ts';
import { isStored } from '../fields/table.ts';
import { addressBlock } from './address-block.ts';
import { namedPortBlock } from './named-port-block.ts';
import { integerBlock, portBlock } from './number-block.ts';
import type { PrintColumn, Settings } from './options.ts';
import type { RowClasses } from './row-classes.ts';
import { eachRow, type RowWriter, type RowsWriter } from './style.ts';
import type { TextBuffer } from './text-buffer.ts';
import { timeBlock } from './time-block.ts';
import { endsInFraction, timeWriterOf } from './time-cell.ts';

const BLANK = 0x20;
const NEWLINE = 0x0a;
/** Most bytes of a block, unless one row has more. */
const BLOCK_BYTES = 1 << 18;

/** Lays out a column's values for many rows at a time: the same bytes as value by value, in less time. */
function blockCellOf(
  column: PrintColumn,
  settings: Settings,
  place: Place,
  classes: RowClasses | undefined,
): BlockCell {
  const cell = cellOf(column, settings);
  const image = new Image(place);
  const context = contextOf(column, settings);
  const { name, field } = context;
  const { format } = field;
  if (format === 'time' && endsInFraction(context))
    return timeBlock(name, cell, timeWriterOf(context), settings.precision, image);
  if (column.format !== undefined || isChanged(column, settings)) return plainBlock(cell, image);
  if (classes !== undefined && isOfClass(column)) return classBlock(classes, cell, image);
  switch (format) {
    case 'integer':
      return integerBlock(name, cell, image);
    case 'port':
      return settings.numeric === 0 || settings.numeric === 3
        ? namedPortBlock(name, cell, image)
        : portBlock(name, cell, image);
    case 'address':
      // A name may become known at any time.
      return settings.numeric === 3 || settings.masks !== 'no' || !isStored(field)
        ? plainBlock(cell, image)
        : addressBlock(field, cell, image);
    default:
      return plainBlock(cell, image);
  }
}

/** Writes rows of padded columns, many at a time. */
export class ColumnBlock {
  readonly #cells: readonly BlockCell[];
  readonly #classes: RowClasses | undefined;
  readonly #firsts: readonly number[];
  /** Bytes of a whole row, with its end. */
  readonly #stride: number;
  readonly #rowsMax: number;
  #bytes: Uint8Array | undefined;

  constructor(columns: readonly PrintColumn[], places: readonly Place[], settings: Settings) {
    const classes = classesFor(columns, settings);
    this.#classes = classes;
    this.#cells = columns.map((column, index) => blockCellOf(column, settings, places[index]!, classes));
    let end = 0;
    this.#firsts = places.map(({ width, point }) => {
      const first = end - Number(point);
      end += width + 1;
      return first;
    });
    this.#stride = end;
    this.#rowsMax = Math.max(1, Math.min(BLOCK_ROWS, Math.floor(BLOCK_BYTES / this.#stride)));
  }

  /** @param openRows is asked where a text has other characters than ASCII, which take more bytes than places */
  open(batch: Batch, openRows: () => RowWriter): RowsWriter {
    const writers = this.#cells.map((cell) => cell(batch));
    const classify = this.#classes?.open(batch);
    const stride = this.#stride;
    const bytes = (this.#bytes ??= emptyRows(this.#rowsMax, stride));
    return (out, rows) => {
      for (let from = 0; from < rows.length; from += this.#rowsMax) {
        const part = rows.subarray(from, from + this.#rowsMax);
        classify?.(part);
        if (writers.every((write, index) => write(bytes, this.#firsts[index]!, stride, part))) {
          append(out, bytes, stride, part.length);
        } else {
          eachRow(openRows())(out, part);
        }
      }
    };
  }
}

function emptyRows(rows: number, stride: number): Uint8Array {
  const bytes = new Uint8Array(rows * stride).fill(BLANK);
  for (let row = 1; row <= rows; row++) bytes[row * stride - 1] = NEWLINE;
  return bytes;
}

/** Appends whole rows, without the blanks at the end of each. */
function append(out: TextBuffer, bytes: Uint8Array, stride: number, rows: number): void {
  out.ensure(rows * stride);
  let from = 0;
  for (let end = stride; end <= rows * stride; end += stride) {
    if (bytes[end - 2] === BLANK) {
      let last = end - 2;
      while (last > end - stride && bytes[last - 1] === BLANK) last -= 1;
      out.bytes.set(bytes.subarray(from, last), out.end);
      out.end += last - from;
      out.byte(NEWLINE);
      from = end;
    }
    out.endRow(out.end + end - from);
  }
  out.bytes.set(bytes.subarray(from, rows * stride), out.end);
  out.end += rows * stride - from;
}
