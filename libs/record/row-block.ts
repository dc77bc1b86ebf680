/** Rows of a block: as many as there are bits in a word. */
export const BLOCK_ROWS = 32;

/** Which word of a double has its exponent. */
const HIGH_WORD = new Uint32Array(Float64Array.of(1).buffer)[0] === 0 ? 1 : 0;
const EXPONENT_AND_QUIET_BIT = 0x7ff8_0000;

/**
 * Numbers of some rows, row by row, on their way into columns: see `NumberColumnBuilder.setBlock`. NaN is no value. It is small
 * enough for the first cache, through which column after column goes.
 */
export class RowBlock {
  /** Of all rows: slot `s` of row `r` is at `r * stride + s`. */
  readonly values: Float64Array;
  /** The same, a view for each row. */
  readonly rows: readonly Float64Array[];
  readonly stride: number;
  readonly #words: Uint32Array;

  /** @param stride numbers of a row */
  constructor(stride: number) {
    const values = new Float64Array(BLOCK_ROWS * stride);
    this.values = values;
    this.stride = stride;
    this.rows = Array.from({ length: BLOCK_ROWS }, (_, row) => values.subarray(row * stride, (row + 1) * stride));
    this.#words = new Uint32Array(values.buffer);
  }

  /** One bit for each of the first `count` rows, from the lowest up: set where the slot has a value. No branch depends on data. */
  present(slot: number, count: number): number {
    const words = this.#words;
    const step = 2 * this.stride;
    let bits = 0;
    for (let row = 0, at = 2 * slot + HIGH_WORD; row < count; row++, at += step) {
      bits |= (((words[at]! & 0x7fff_ffff) - EXPONENT_AND_QUIET_BIT) >>> 31) << row;
    }
    return bits;
  }
}

/** How many bits are set. */
export function countBits(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x5555_5555);
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

const ALL = -1;

/*
 * Each copies the values whose bits are set. What has no value is not touched: turning NaN into an integer takes many times as
 * long as a number.
 */

export function copyDoubles(
  to: Float64Array,
  row: number,
  bits: number,
  { values, stride }: RowBlock,
  slot: number,
): void {
  if (bits === ALL) {
    for (let i = 0, at = slot; i < BLOCK_ROWS; i++, at += stride) to[row + i] = values[at]! + 0; // no -0
  } else {
    for (let rest = bits; rest !== 0; rest &= rest - 1) {
      const i = 31 - Math.clz32(rest & -rest);
      to[row + i] = values[slot + i * stride]! + 0;
    }
  }
}

export function copyWords(
  to: Uint32Array,
  row: number,
  bits: number,
  { values, stride }: RowBlock,
  slot: number,
): void {
  if (bits === ALL) {
    for (let i = 0, at = slot; i < BLOCK_ROWS; i++, at += stride) to[row + i] = values[at]!;
  } else {
    for (let rest = bits; rest !== 0; rest &= rest - 1) {
      const i = 31 - Math.clz32(rest & -rest);
      to[row + i] = values[slot + i * stride]!;
    }
  }
}

export function copyShorts(
  to: Uint16Array,
  row: number,
  bits: number,
  { values, stride }: RowBlock,
  slot: number,
): void {
  if (bits === ALL) {
    for (let i = 0, at = slot; i < BLOCK_ROWS; i++, at += stride) to[row + i] = values[at]!;
  } else {
    for (let rest = bits; rest !== 0; rest &= rest - 1) {
      const i = 31 - Math.clz32(rest & -rest);
      to[row + i] = values[slot + i * stride]!;
    }
  }
}

export function copyBytes(to: Uint8Array, row: number, bits: number, { values, stride }: RowBlock, slot: number): void {
  if (bits === ALL) {
    for (let i = 0, at = slot; i < BLOCK_ROWS; i++, at += stride) to[row + i] = values[at]!;
  } else {
    for (let rest = bits; rest !== 0; rest &= rest - 1) {
      const i = 31 - Math.clz32(rest & -rest);
      to[row + i] = values[slot + i * stride]!;
    }
  }
}
