import type { BinModes } from '../../libs/cli/aggregate/bin-modes.ts';
import { FLOW_BATCH, type Batch } from '../../libs/record/batch.ts';
import { BatchBuilder } from '../../libs/record/builder.ts';
import { NumberColumn } from '../../libs/record/columns.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import { selectRows } from '../../libs/record/select.ts';
import { TimeBins, type Span } from '../../libs/time/span.ts';

/** More empty bins than this between two others are left out. */
export const EMPTY_MAX = 1_000_000;
const EMPTY_ROWS = 4096;

/** Gives records the times of their bins, and makes some for bins that are empty, where that is wanted. */
export class BinTimes {
  readonly #modes: Pick<BinModes, 'hard' | 'zero'>;
  readonly #bins: TimeBins;
  /** Whether empty bins were left out. */
  leavesOut = false;
  #lastBinEndUs: number | undefined;

  constructor(span: Span, modes: Pick<BinModes, 'hard' | 'zero'>) {
    this.#modes = modes;
    this.#bins = new TimeBins(span);
  }

  /** Batches are to come bin by bin. */
  *given(batch: Batch): Generator<Batch> {
    if (this.#modes.zero) yield* this.#withEmpty(batch);
    else yield this.#modes.hard ? this.#hardened(batch) : batch;
  }

  *#withEmpty(batch: Batch): Generator<Batch> {
    const stime = batch.columns[STORED_FIELDS.stime.number];
    if (!(stime instanceof NumberColumn)) return;
    const shown = this.#modes.hard ? this.#hardened(batch) : batch;
    let from = 0;
    for (let row = 0; row < batch.rows; row++) {
      this.#bins.seek(stime.values[row]!);
      const { startUs, endUs } = this.#bins;
      if (this.#lastBinEndUs !== undefined && startUs > this.#lastBinEndUs) {
        if (row > from) yield rowsOf(shown, from, row);
        from = row;
        yield* this.#empty(batch, this.#lastBinEndUs, startUs);
      }
      this.#lastBinEndUs = Math.max(this.#lastBinEndUs ?? endUs, endUs);
    }
    if (batch.rows > from) yield rowsOf(shown, from, batch.rows);
  }

  *#empty({ origin }: Batch, fromUs: number, toUs: number): Generator<Batch> {
    const builder = new BatchBuilder(EMPTY_ROWS);
    const set = (name: 'stime' | 'dur' | 'trans', row: number, value: number): void =>
      builder.number(STORED_FIELDS[name].number, STORED_FIELDS[name].kind).set(row, value);
    let left = EMPTY_MAX;
    for (let us = fromUs; us < toUs; left--) {
      if (left === 0) {
        this.leavesOut = true;
        break;
      }
      this.#bins.seek(us);
      const row = builder.addRow();
      set('stime', row, this.#bins.startUs);
      set('dur', row, (this.#bins.endUs - this.#bins.startUs) * 1000);
      set('trans', row, 0);
      us = this.#bins.endUs;
      if (builder.full) yield builder.finish(FLOW_BATCH, origin, 0);
    }
    if (builder.rows > 0) yield builder.finish(FLOW_BATCH, origin, 0);
  }

  #hardened(batch: Batch): Batch {
    const columns = batch.columns.slice();
    const stime = columns[STORED_FIELDS.stime.number];
    if (!(stime instanceof NumberColumn)) return batch;
    const start = Float64Array.from(stime.values);
    const dur = new Float64Array(batch.rows);
    for (let row = 0; row < batch.rows; row++) {
      this.#bins.seek(start[row]!);
      start[row] = this.#bins.startUs;
      dur[row] = (this.#bins.endUs - this.#bins.startUs) * 1000;
    }
    columns[STORED_FIELDS.stime.number] = new NumberColumn('f64', start, undefined);
    columns[STORED_FIELDS.dur.number] = new NumberColumn('f64', dur, undefined);
    columns[STORED_FIELDS.stimens.number] = undefined;
    return { ...batch, columns };
  }
}

function rowsOf(batch: Batch, from: number, to: number): Batch {
  return selectRows(
    batch,
    Uint32Array.from({ length: to - from }, (_, i) => from + i),
    to - from,
  );
}
