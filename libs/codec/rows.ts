import { BATCH_ROWS_MAX } from '../record/batch.ts';

const ALL = new Uint16Array(BATCH_ROWS_MAX).map((_, row) => row);

/** How many bits of a byte are set. */
const ONES = Uint8Array.from({ length: 256 }, (_, byte) => {
  let ones = 0;
  for (let bits = byte; bits !== 0; bits >>= 1) ones += bits & 1;
  return ones;
});

/** Which rows of a batch have a value. */
export class RowSet {
  /** The bitmap that says so; undefined where all have. */
  readonly valid: Uint8Array | undefined;
  /** How many there are. */
  readonly count: number;
  #rows: Uint16Array | undefined;

  /** @param valid as `setRows` takes it */
  constructor(valid: Uint8Array | undefined, count: number) {
    this.valid = valid;
    this.count = count;
  }

  /** Their numbers, ascending. */
  get rows(): Uint16Array {
    return (this.#rows ??= this.valid === undefined ? ALL.subarray(0, this.count) : listRows(this.valid, this.count));
  }

  /** The same rows, with their bitmap elsewhere. */
  moved(valid: Uint8Array): RowSet {
    const set = new RowSet(valid, this.count);
    set.#rows = this.#rows;
    return set;
  }

  /**
   * Where some rows stand among these, -1 for those that have no value.
   * @param picked ascending
   */
  placesOf(picked: Uint32Array): Int32Array {
    const { valid } = this;
    return valid === undefined ? Int32Array.from(picked) : placesAmong(valid, picked);
  }
}

export function allRows(rows: number): RowSet {
  return new RowSet(undefined, rows);
}

/** @param valid has no bits beyond the last row */
export function setRows(valid: Uint8Array): RowSet {
  let count = 0;
  for (let i = 0; i < valid.length; i++) count += ONES[valid[i]!]!;
  return new RowSet(valid, count);
}

function placesAmong(valid: Uint8Array, picked: Uint32Array): Int32Array {
  const places = new Int32Array(picked.length);
  let before = 0;
  for (let i = 0, at = 0; i < picked.length; i++) {
    const row = picked[i]!;
    for (; at < row >> 3; at++) before += ONES[valid[at]!]!;
    const bits = valid[at]!;
    const bit = 1 << (row & 7);
    places[i] = (bits & bit) === 0 ? -1 : before + ONES[bits & (bit - 1)]!;
  }
  return places;
}

const list = new Uint16Array(BATCH_ROWS_MAX + 8);

function listRows(valid: Uint8Array, count: number): Uint16Array {
  // Each of eight rows is written, and overwritten by the next one if it has no bit.
  let end = 0;
  for (let i = 0, row = 0; i < valid.length; i++, row += 8) {
    const bits = valid[i]!;
    list[end] = row;
    end += bits & 1;
    list[end] = row + 1;
    end += (bits >> 1) & 1;
    list[end] = row + 2;
    end += (bits >> 2) & 1;
    list[end] = row + 3;
    end += (bits >> 3) & 1;
    list[end] = row + 4;
    end += (bits >> 4) & 1;
    list[end] = row + 5;
    end += (bits >> 5) & 1;
    list[end] = row + 6;
    end += (bits >> 6) & 1;
    list[end] = row + 7;
    end += bits >> 7;
  }
  return list.slice(0, count);
}
