import type { Batch } from '../batch.ts';
import { CELL_BYTES, type Cell, type CellWriter } from './cell.ts';
import { fit } from './fit.ts';
import { TextBuffer } from './text-buffer.ts';

/** Most rows that are laid out at once. */
export const BLOCK_ROWS = 256;

const BLANK = 0x20;
const DOT = 0x2e;

/** How the values of a column stand in it. */
export interface Place {
  /** Characters. */
  readonly width: number;
  readonly left: boolean;
  /** A value is set off by a point, which stands in the byte before the column; where there is no value, by a blank. */
  readonly point: boolean;
}

/**
 * Writes the values of a column for up to `BLOCK_ROWS` rows, each with its padding, and with its point if it has one:
 * of the i-th row at `first + i * stride`.
 * @returns false when a text has other characters than ASCII; what was written is of no use then
 */
export type BlockWriter = (bytes: Uint8Array, first: number, stride: number, rows: Uint32Array) => boolean;

/** Prepares the writer for the rows of one batch. */
export type BlockCell = (batch: Batch) => BlockWriter;

/** One value at a time, as it stands in its column. */
export class Image {
  /** Bytes of an image. */
  readonly size: number;
  readonly place: Place;
  readonly text = new TextBuffer();

  constructor(place: Place) {
    this.place = place;
    this.size = place.width + Number(place.point);
  }

  /** Makes the image of what `write` writes for a row; false when it has other characters than ASCII. */
  make(write: CellWriter, row: number): boolean {
    this.begin();
    write(this.text, row);
    return this.finish();
  }

  /** What is written to `text` after this, at most `CELL_BYTES`, is made into an image by `finish`. */
  begin(): void {
    this.text.clear();
    this.text.ensure(CELL_BYTES + this.size);
    if (this.place.point) this.text.byte(BLANK);
  }

  finish(): boolean {
    const { text } = this;
    const { width, left, point } = this.place;
    const start = Number(point);
    if (point && text.end > start) text.bytes[0] = DOT;
    fit(text, start, width, left);
    return !text.wide;
  }

  copyTo(bytes: Uint8Array, at: number): void {
    const from = this.text.bytes;
    for (let i = 0; i < this.size; i++) bytes[at + i] = from[i]!;
  }
}

/** Any cell, value by value. */
export function plainBlock(cell: Cell, image: Image): BlockCell {
  return (batch) => {
    const write = cell(batch);
    return (bytes, first, stride, rows) => {
      for (let i = 0; i < rows.length; i++) {
        if (!image.make(write, rows[i]!)) return false;
        image.copyTo(bytes, first + i * stride);
      }
      return true;
    };
  };
}
