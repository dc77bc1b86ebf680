import { columnNumbers, numbersReader } from '../numbers.ts';
import type { FieldName } from '../fields/table.ts';
import { FIELDS, isStored } from '../fields/table.ts';
import { BLOCK_ROWS, plainBlock, type BlockCell, type Image, type Place } from './block-cell.ts';
import type { Cell } from './cell.ts';
import { decimalDigits, putDecimal } from './digits.ts';
import { blankWords, viewOf } from './words.ts';

const DOT = 0x2e;
const values = new Float64Array(BLOCK_ROWS);

/** Integers, right-aligned. `cell` writes those that are too large or too long. */
export function integerBlock(name: FieldName, cell: Cell, image: Image): BlockCell {
  const numbers = numbersReader(name);
  if (numbers === undefined || image.place.left || image.place.point) return plainBlock(cell, image);
  const { width } = image.place;
  const tooLarge = Math.min(10 ** width, 2 ** 32);
  return (batch) => {
    const write = cell(batch);
    const read = numbers(batch);
    return (bytes, first, stride, rows) => {
      read(rows, values);
      const view = viewOf(bytes);
      let place = first;
      for (let i = 0; i < rows.length; i++, place += stride) {
        const value = values[i]!;
        if (value >= 0 && value < tooLarge && Math.floor(value) === value) {
          blankWords(view, place, width);
          putDecimal(view, place + width, value);
        } else {
          if (!image.make(write, rows[i]!)) return false;
          image.copyTo(bytes, place);
        }
      }
      return true;
    };
  };
}

/** Ports as numbers, left-aligned. `cell` writes what stands in the place of ports. */
export function portBlock(name: FieldName, cell: Cell, image: Image): BlockCell {
  const field = FIELDS[name];
  if (!isStored(field) || !image.place.left) return plainBlock(cell, image);
  const { width } = image.place;
  return (batch) => {
    const write = cell(batch);
    const read = columnNumbers(batch, field.number);
    return (bytes, first, stride, rows) => {
      read(rows, values);
      const view = viewOf(bytes);
      let place = first;
      for (let i = 0; i < rows.length; i++, place += stride) {
        const value = values[i]!;
        const digits = decimalDigits(value);
        if (value >= 0 && digits <= width) {
          writePort(view, place, value, digits, image.place);
        } else {
          if (!image.make(write, rows[i]!)) return false;
          image.copyTo(bytes, place);
        }
      }
      return true;
    };
  };
}

/** Writes a port of so many digits, at most `width`, left-aligned. */
export function writePort(view: DataView, at: number, port: number, digits: number, { width, point }: Place): void {
  const start = at + Number(point);
  blankWords(view, start, width);
  if (point) view.setUint8(at, DOT);
  putDecimal(view, start + digits, port);
}
