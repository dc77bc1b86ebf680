import type { NumericArray } from '../record/kinds.ts';

/*
 * Numbers of columns on their way into rows, where all of a row lie side by side, and out of them.
 */

/** Rows of which one column after the other is taken: few enough for a cache. */
export const TILE_ROWS = 256;

/** Memory of rows, seen in each width. */
export interface Cells {
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly u32: Uint32Array;
  readonly f64: Float64Array;
}

/** @param buffer of a length that is a multiple of 8 */
export function cellsOf(buffer: ArrayBuffer): Cells {
  return { u8: new Uint8Array(buffer), u16: new Uint16Array(buffer), u32: new Uint32Array(buffer), f64: new Float64Array(buffer) }; // prettier-ignore
}

/** Where a lane of rows lies: every `apart`th of these cells from `first` on. */
interface Strided {
  readonly cells: NumericArray;
  readonly first: number;
  readonly apart: number;
}

/**
 * Copies the numbers `from` … `to`, not including `to`.
 * @param first cell that the first of them goes to or comes from
 */
type Copy = (cells: NumericArray, values: NumericArray, from: number, to: number, first: number, apart: number) => void;

/** Values of a column and the cells of rows that they go to or come from. */
export class LaneCopy {
  readonly #values: NumericArray;
  readonly #at: Strided;
  readonly #copy: Copy;

  private constructor(values: NumericArray, at: Strided, copy: Copy) {
    this.#values = values;
    this.#at = at;
    this.#copy = copy;
  }

  /**
   * @param values of a column, or one that all its rows have
   * @param offset of the cell of the first row, in bytes
   * @param words of a row
   */
  static into(cells: Cells, offset: number, words: number, values: NumericArray): LaneCopy {
    return new LaneCopy(values, stridedOf(values, cells, offset, words), values.length === 1 ? fill : putOf(values));
  }

  /** As `into`, the other way. */
  static outOf(cells: Cells, offset: number, words: number, values: NumericArray): LaneCopy {
    return new LaneCopy(values, stridedOf(values, cells, offset, words), takeOf(values));
  }

  /** @param row of the cells that has the first of them */
  copy(from: number, to: number, row: number): void {
    const { cells, first, apart } = this.#at;
    this.#copy(cells, this.#values, from, to, first + row * apart, apart);
  }
}

function stridedOf(values: NumericArray, cells: Cells, offset: number, words: number): Strided {
  if (values instanceof Float64Array) return { cells: cells.f64, first: offset >> 3, apart: words >> 1 };
  if (values instanceof Uint32Array) return { cells: cells.u32, first: offset >> 2, apart: words };
  if (values instanceof Uint16Array) return { cells: cells.u16, first: offset >> 1, apart: words << 1 };
  return { cells: cells.u8, first: offset, apart: words << 2 };
}

// A loop for each width, and none of them part of another function: all else is several times slower.

function putOf(values: NumericArray): Copy {
  if (values instanceof Float64Array) return put64 as Copy;
  if (values instanceof Uint32Array) return put32 as Copy;
  return (values instanceof Uint16Array ? put16 : put8) as Copy;
}

function takeOf(values: NumericArray): Copy {
  if (values instanceof Float64Array) return take64 as Copy;
  if (values instanceof Uint32Array) return take32 as Copy;
  return (values instanceof Uint16Array ? take16 : take8) as Copy;
}

type Loop<A> = (cells: A, values: A, from: number, to: number, first: number, apart: number) => void;

const fill: Copy = (cells, [value], from, to, first, apart) => {
  for (let row = from, at = first; row < to; row++, at += apart) cells[at] = value!;
};

const put64: Loop<Float64Array> = (cells, values, from, to, first, apart) => {
  for (let row = from, at = first; row < to; row++, at += apart) cells[at] = values[row]!;
};

const put32: Loop<Uint32Array> = (cells, values, from, to, first, apart) => {
  for (let row = from, at = first; row < to; row++, at += apart) cells[at] = values[row]!;
};

const put16: Loop<Uint16Array> = (cells, values, from, to, first, apart) => {
  for (let row = from, at = first; row < to; row++, at += apart) cells[at] = values[row]!;
};

const put8: Loop<Uint8Array> = (cells, values, from, to, first, apart) => {
  for (let row = from, at = first; row < to; row++, at += apart) cells[at] = values[row]!;
};

const take64: Loop<Float64Array> = (cells, values, from, to, first, apart) => {
  for (let row = from, at = first; row < to; row++, at += apart) values[row] = cells[at]!;
};

const take32: Loop<Uint32Array> = (cells, values, from, to, first, apart) => {
  for (let row = from, at = first; row < to; row++, at += apart) values[row] = cells[at]!;
};

const take16: Loop<Uint16Array> = (cells, values, from, to, first, apart) => {
  for (let row = from, at = first; row < to; row++, at += apart) values[row] = cells[at]!;
};

const take8: Loop<Uint8Array> = (cells, values, from, to, first, apart) => {
  for (let row = from, at = first; row < to; row++, at += apart) values[row] = cells[at]!;
};
