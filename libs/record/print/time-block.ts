import { FIELDS, isFieldName, type FieldName } from '../fields/table.ts';
import { numbersReader } from '../numbers.ts';
import { BLOCK_ROWS, plainBlock, type BlockCell, type Image } from './block-cell.ts';
import type { Cell } from './cell.ts';
import { putPadded } from './digits.ts';
import type { WriteTime } from './time-cell.ts';
import { copyWords, viewOf } from './words.ts';

/** Seconds whose image is kept, by the low bits of their number; a power of two. */
const SECONDS = 256;
/** Seconds since the epoch before which, or from which on, `cell` writes the time. */
const SECOND_MAX = 0x7fffffff;

const times = new Float64Array(BLOCK_ROWS);
const nanoseconds = new Float64Array(BLOCK_ROWS);

/**
 * Times that end in the fraction of the second: the rest is written once for all times of a second.
 * @param write what `cell` writes times with
 * @param digits of the fraction, 1–9
 */
export function timeBlock(name: FieldName, cell: Cell, write: WriteTime, digits: number, image: Image): BlockCell {
  const field = FIELDS[name];
  const { width, left, point } = image.place;
  const timesOf = numbersReader(name);
  const companion = field.nanoseconds ?? '';
  const nanosecondsOf = isFieldName(companion) ? numbersReader(companion) : undefined;
  if (timesOf === undefined || left || point) return plainBlock(cell, image);
  const known = new Float64Array(SECONDS).fill(NaN);
  const images = new Uint8Array(SECONDS * width);
  const imagesView = viewOf(images);
  const prefix = width - digits;
  const unit = 10 ** (9 - digits);
  const keep = (second: number, slot: number): boolean => {
    image.begin();
    write(image.text, second * 1e6, 0);
    if (image.text.end > width || !image.finish()) return false;
    image.copyTo(images, slot * width);
    known[slot] = second;
    return true;
  };
  return (batch) => {
    const readTimes = timesOf(batch);
    const readNanoseconds = digits > 6 ? nanosecondsOf?.(batch) : undefined;
    const writeOne = cell(batch);
    return (bytes, first, stride, rows) => {
      readTimes(rows, times);
      readNanoseconds?.(rows, nanoseconds);
      const view = viewOf(bytes);
      let place = first;
      for (let i = 0; i < rows.length; i++, place += stride) {
        const us = times[i]!;
        const second = Math.floor(us / 1e6);
        const slot = second & (SECONDS - 1);
        if (second >= 0 && second < SECOND_MAX && (known[slot] === second || keep(second, slot))) {
          const beyond = readNanoseconds === undefined ? 0 : nanoseconds[i]!;
          const ns = Math.floor(us - second * 1e6) * 1000 + (beyond >= 0 && beyond < 1000 ? Math.floor(beyond) : 0);
          copyWords(view, place, imagesView, slot * width, prefix);
          putPadded(view, place + width, Math.floor(ns / unit), digits);
        } else {
          if (!image.make(writeOne, rows[i]!)) return false;
          image.copyTo(bytes, place);
        }
      }
      return true;
    };
  };
}
