import { BATCH_ROWS_MAX, type Batch } from '../record/batch.ts';
import { NumberColumn } from '../record/columns.ts';
import { STORED_FIELDS, type StoredName } from '../record/fields/stored.ts';

const NONE = new Float64Array(BATCH_ROWS_MAX);
const NO_NS = new Uint16Array(BATCH_ROWS_MAX);

/** When the records of a batch began and ended, by row. What is absent is 0. Valid until the next batch. */
export class RecordTimes {
  /** Microseconds, and the nanoseconds beyond, below 1000. */
  startUs: Float64Array = NONE;
  startNs: Uint16Array = NO_NS;
  /** Nanoseconds. */
  duration: Float64Array = NONE;
  /** Microseconds with the nanoseconds in their fraction, as far as that is so fine: for comparing. */
  start: Float64Array = NONE;
  readonly #end = new Float64Array(BATCH_ROWS_MAX);
  #batch: Batch | undefined;
  readonly #startUs = new Float64Array(BATCH_ROWS_MAX);
  readonly #startNs = new Uint16Array(BATCH_ROWS_MAX);
  readonly #duration = new Float64Array(BATCH_ROWS_MAX);
  readonly #start = new Float64Array(BATCH_ROWS_MAX);
  readonly #endUs = new Float64Array(BATCH_ROWS_MAX);
  readonly #endNs = new Uint16Array(BATCH_ROWS_MAX);
  #hasEnds = false;
  #hasEndParts = false;

  fill(batch: Batch): this {
    if (batch === this.#batch) return this;
    this.#batch = batch;
    const { rows } = batch;
    this.startUs = doubles(numbers(batch, 'stime'), rows, this.#startUs);
    this.duration = doubles(numbers(batch, 'dur'), rows, this.#duration);
    this.#hasEnds = false;
    this.#hasEndParts = false;
    const { startUs } = this;
    const stimens = numbers(batch, 'stimens');
    if (stimens === undefined) {
      this.startNs = NO_NS;
      this.start = startUs;
    } else {
      for (let row = 0; row < rows; row++) this.#startNs[row] = stimens.has(row) ? stimens.values[row]! : 0;
      for (let row = 0; row < rows; row++) this.#start[row] = startUs[row]! + this.#startNs[row]! / 1000;
      this.startNs = this.#startNs;
      this.start = this.#start;
    }
    return this;
  }

  /** When records ended, for comparing, as `start`. */
  get end(): Float64Array {
    const { startUs, startNs, duration } = this;
    const end = this.#end;
    if (this.#hasEnds) return end;
    this.#hasEnds = true;
    for (let row = 0; row < (this.#batch?.rows ?? 0); row++)
      end[row] = endOf(startUs[row]!, startNs[row]!, duration[row]!);
    return end;
  }

  /** Microseconds, and the nanoseconds beyond, below 1000. */
  get endUs(): Float64Array {
    this.#findEnds();
    return this.#endUs;
  }

  get endNs(): Uint16Array {
    this.#findEnds();
    return this.#endNs;
  }

  /** Of all rows, once somebody asks for them. */
  #findEnds(): void {
    if (this.#hasEndParts) return;
    this.#hasEndParts = true;
    const { startUs, startNs, duration } = this;
    const endUs = this.#endUs;
    const endNs = this.#endNs;
    for (let row = 0; row < (this.#batch?.rows ?? 0); row++) {
      const after = startNs[row]! + duration[row]!;
      const us = Math.floor(after / 1000);
      endUs[row] = startUs[row]! + us;
      endNs[row] = after - us * 1000;
    }
  }

  /** When one record ended: microseconds, and the nanoseconds beyond. */
  endOf(row: number): [number, number] {
    const after = this.startNs[row]! + this.duration[row]!;
    const us = Math.floor(after / 1000);
    return [this.startUs[row]! + us, after - us * 1000];
  }
}

/** As `end` has it. @param duration nanoseconds */
export const endOf = (startUs: number, startNs: number, duration: number): number =>
  startUs + (startNs + duration) / 1000;

function numbers(batch: Batch, name: StoredName): NumberColumn | undefined {
  const column = batch.columns[STORED_FIELDS[name].number];
  return column instanceof NumberColumn ? column : undefined;
}

function doubles(column: NumberColumn | undefined, rows: number, room: Float64Array): Float64Array {
  if (column === undefined) return NONE;
  const { values, valid } = column;
  if (valid === undefined && values instanceof Float64Array) return values;
  for (let row = 0; row < rows; row++) room[row] = column.has(row) ? values[row]! : 0;
  return room;
}
