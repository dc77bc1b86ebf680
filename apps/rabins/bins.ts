import { BinCluster } from '../../libs/aggregate/bin-cluster.ts';
import { Cluster, type ClusterOptions } from '../../libs/aggregate/cluster.ts';
import { Fragments } from '../../libs/aggregate/fragments.ts';
import type { BinModes } from '../../libs/cli/bin-modes.ts';
import { FLOW_BATCH, type Batch } from '../../libs/record/batch.ts';
import { BatchBuilder } from '../../libs/record/builder.ts';
import { NumberColumn } from '../../libs/record/columns.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import { ALL_ROWS, copyRows, selectRows } from '../../libs/record/select.ts';
import { TimeBins, type Span } from '../../libs/time/span.ts';

/** Puts records in bins, and gives what became of each. */
export interface Bins {
  /** @param rows of which the first `count` are taken; undefined for all */
  push(batch: Batch, rows: Uint32Array | undefined, count: number): AsyncGenerator<Batch> | Generator<Batch>;
  finish(): AsyncGenerator<Batch>;
  /** What threads may help with; undefined where the order of records matters. */
  readonly cluster: Cluster | undefined;
}

/** More empty bins than this between two others are left out. */
const EMPTY_MAX = 1_000_000;
const EMPTY_ROWS = 4096;

/** Bins of time. Records come bin by bin. */
export class TimedBins implements Bins {
  readonly #modes: BinModes;
  readonly #bins: TimeBins;
  readonly #fragments: Fragments;
  readonly #binned: BinCluster;
  readonly #holdUs: number;
  #newestUs = -Infinity;
  /** End of the last bin that was given; nothing before it is given again. */
  #givenUs = -Infinity;
  #lastBinEndUs: number | undefined;

  /** @param holdUs how long bins stay open behind the newest record; `Infinity` for to the end */
  constructor(span: Span, modes: BinModes, options: ClusterOptions, holdUs: number) {
    this.#modes = modes;
    this.#bins = new TimeBins(span);
    this.#fragments = new Fragments(new TimeBins(span));
    this.#binned = new BinCluster(span, modes.whole, options);
    this.#holdUs = holdUs;
  }

  *push(batch: Batch, rows: Uint32Array | undefined, count: number): Generator<Batch> {
    const all = rows ?? ALL_ROWS;
    if (this.#modes.apart) {
      const parts = this.#modes.whole ? [copyRows(batch, all, count)] : this.#fragments.divide(batch, all, count);
      for (const part of parts) yield* this.#given(part);
    } else this.#binned.push(batch, all, count);
    if (this.#holdUs === Infinity) return;
    this.#noteNewest(batch, all, count);
    this.#bins.seek(this.#newestUs - this.#holdUs);
    const limitUs = this.#bins.startUs;
    if (limitUs <= this.#givenUs) return;
    this.#givenUs = limitUs;
    for (const done of this.#binned.cluster.takeBefore(limitUs)) yield* this.#given(done);
  }

  get cluster(): Cluster | undefined {
    return this.#modes.apart || this.#holdUs !== Infinity ? undefined : this.#binned.cluster;
  }

  #noteNewest(batch: Batch, rows: Uint32Array, count: number): void {
    const stime = batch.columns[STORED_FIELDS.stime.number];
    if (!(stime instanceof NumberColumn)) return;
    for (let i = 0; i < count; i++) this.#newestUs = Math.max(this.#newestUs, stime.values[rows[i]!]!);
  }

  async *finish(): AsyncGenerator<Batch> {
    for await (const batch of this.#binned.cluster.finish()) yield* this.#given(batch);
  }

  /** With the times of bins, and with those that are empty, where that is wanted. */
  *#given(batch: Batch): Generator<Batch> {
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
    for (let us = fromUs; us < toUs && left > 0; left--) {
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

/** Bins of so many records, or of records of so many bytes, in the order in which they come. */
export class CountedBins implements Bins {
  readonly cluster = undefined;
  readonly #options: ClusterOptions;
  readonly #limit: number;
  readonly #bytes: boolean;
  #cluster: Cluster;
  #filled = 0;

  /** @param unit what the limit counts */
  constructor(unit: 'count' | 'size', limit: number, options: ClusterOptions) {
    this.#options = options;
    this.#limit = limit;
    this.#bytes = unit === 'size';
    this.#cluster = new Cluster(options);
  }

  async *push(batch: Batch, given: Uint32Array | undefined, count: number): AsyncGenerator<Batch> {
    const rows = given ?? ALL_ROWS;
    for (let from = 0; from < count;) {
      const to = this.#fill(batch, rows, from, count);
      this.#cluster.push(batch, rows.subarray(from, to), to - from);
      from = to;
      if (this.#filled >= this.#limit) yield* this.#next();
    }
  }

  /** @returns the end of those that belong to this bin */
  #fill({ columns }: Batch, rows: Uint32Array, from: number, count: number): number {
    if (!this.#bytes) {
      const to = Math.min(count, from + this.#limit - this.#filled);
      this.#filled += to - from;
      return to;
    }
    let to = from;
    while (to < count && this.#filled < this.#limit) {
      for (const name of ['sbytes', 'dbytes'] as const) {
        const column = columns[STORED_FIELDS[name].number];
        if (column instanceof NumberColumn && column.has(rows[to]!)) this.#filled += column.values[rows[to]!]!;
      }
      to += 1;
    }
    return to;
  }

  async *#next(): AsyncGenerator<Batch> {
    yield* this.#cluster.finish();
    this.#cluster = new Cluster(this.#options);
    this.#filled = 0;
  }

  async *finish(): AsyncGenerator<Batch> {
    yield* this.#cluster.finish();
  }
}
