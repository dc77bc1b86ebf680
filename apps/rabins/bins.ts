import { BinCluster } from '../../libs/aggregate/bin-cluster.ts';
import { Cluster } from '../../libs/aggregate/cluster.ts';
import type { ClusterOptions } from '../../libs/aggregate/cluster-options.ts';
import { Clusters } from '../../libs/aggregate/clusters.ts';
import type { Rule } from '../../libs/aggregate/configuration.ts';
import { Fragments } from '../../libs/aggregate/fragments.ts';
import { fromZero } from '../../libs/aggregate/made-records.ts';
import type { BinModes } from '../../libs/cli/aggregate/bin-modes.ts';
import type { Merged } from '../../libs/cli/aggregate/say-merged.ts';
import type { Batch } from '../../libs/record/batch.ts';
import { NumberColumn } from '../../libs/record/columns.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import { ALL_ROWS, copyRows } from '../../libs/record/select.ts';
import { TimeBins, type Span } from '../../libs/time/span.ts';
import type { BinOrder } from './bin-order.ts';
import { BinTimes } from './bin-times.ts';

/** Puts records in bins, and gives what became of each. */
export interface Bins {
  /** @param rows of which the first `count` are taken; undefined for all */
  push(batch: Batch, rows: Uint32Array | undefined, count: number): AsyncGenerator<Batch> | Generator<Batch>;
  finish(): AsyncGenerator<Batch>;
  /** What threads may help with; undefined where the order of records matters. */
  readonly cluster: Cluster | undefined;
  /** What merging could not keep so far. */
  readonly merged: Merged;
  /** Whether there were more empty bins one after the other than are given. */
  readonly leavesOutEmpty: boolean;
  /** What is in bins that end by then has been given, microseconds since the epoch. */
  readonly givenUs: number;
}

/** How records of a bin are merged. */
export interface Merging {
  readonly rules: readonly Rule[];
  readonly options: Omit<ClusterOptions, 'model' | 'timeouts'>;
}

/** Bins of time. Records come bin by bin. */
export class TimedBins implements Bins {
  readonly #modes: BinModes;
  readonly #bins: TimeBins;
  readonly #fragments: Fragments;
  readonly #binned: Clusters<BinCluster>;
  readonly #times: BinTimes;
  readonly #order: BinOrder | undefined;
  readonly #holdUs: number;
  readonly #number = fromZero();
  #newestUs = -Infinity;
  givenUs = -Infinity;

  /**
   * @param order of the records in each bin; undefined for any
   * @param holdUs how long bins stay open behind the newest record; `Infinity` for to the end
   */
  constructor(span: Span, modes: BinModes, merging: Merging, order: BinOrder | undefined, holdUs: number) {
    this.#modes = modes;
    this.#bins = new TimeBins(span);
    this.#fragments = new Fragments(new TimeBins(span));
    const { rules, options } = merging;
    this.#binned = new Clusters(rules, options, (each) => new BinCluster(span, modes.whole, each));
    this.#times = new BinTimes(span, modes);
    this.#order = order;
    this.#holdUs = holdUs;
  }

  async *push(batch: Batch, rows: Uint32Array | undefined, count: number): AsyncGenerator<Batch> {
    const all = rows ?? ALL_ROWS;
    if (this.#modes.apart) {
      const parts = this.#modes.whole ? [copyRows(batch, all, count)] : this.#divided(batch, all, count);
      if (this.#order !== undefined) await this.#order.push(parts);
      else for (const part of parts) yield* this.#times.given(part);
      return;
    }
    this.#binned.push(batch, all, count);
    if (this.#holdUs === Infinity) return;
    this.#noteNewest(batch, all, count);
    this.#bins.seek(this.#newestUs - this.#holdUs);
    const limitUs = this.#bins.startUs;
    if (limitUs <= this.givenUs) return;
    this.givenUs = limitUs;
    yield* this.#given(this.#binned.takeBefore(limitUs));
  }

  /** Parts are more than the records were, so that these have other numbers. */
  *#divided(batch: Batch, rows: Uint32Array, count: number): Generator<Batch> {
    for (const part of this.#fragments.divide(batch, rows, count)) {
      yield { ...part, first: this.#number(part.origin, part.rows), covers: part.rows };
    }
  }

  get merged(): Merged {
    return this.#binned;
  }

  get leavesOutEmpty(): boolean {
    return this.#times.leavesOut;
  }

  get cluster(): Cluster | undefined {
    return this.#modes.apart || this.#holdUs !== Infinity ? undefined : this.#binned.single?.cluster;
  }

  #noteNewest(batch: Batch, rows: Uint32Array, count: number): void {
    const stime = batch.columns[STORED_FIELDS.stime.number];
    if (!(stime instanceof NumberColumn)) return;
    for (let i = 0; i < count; i++) this.#newestUs = Math.max(this.#newestUs, stime.values[rows[i]!]!);
  }

  async *finish(): AsyncGenerator<Batch> {
    yield* this.#given(this.#binned.finish());
  }

  async *#given(batches: Iterable<Batch> | AsyncIterable<Batch>): AsyncGenerator<Batch> {
    for await (const batch of this.#order?.of(batches) ?? batches) yield* this.#times.given(batch);
  }
}

/** Bins of so many records, or of records of so many bytes, in the order in which they come. */
export class CountedBins implements Bins {
  readonly cluster = undefined;
  readonly leavesOutEmpty = false;
  readonly givenUs = -Infinity;
  readonly #order: BinOrder | undefined;
  readonly #merging: Merging;
  readonly #limit: number;
  readonly #bytes: boolean;
  #clusters: Clusters<Cluster>;
  #before: Merged = { unknownColumns: 0, isOver: false };
  #filled = 0;

  /**
   * @param unit what the limit counts
   * @param order of the records in each bin; undefined for any
   */
  constructor(unit: 'count' | 'size', limit: number, merging: Merging, order: BinOrder | undefined) {
    this.#merging = merging;
    this.#order = order;
    this.#limit = limit;
    this.#bytes = unit === 'size';
    this.#clusters = this.#opened();
  }

  #opened(): Clusters<Cluster> {
    return new Clusters(this.#merging.rules, this.#merging.options, (each) => new Cluster(each));
  }

  async *push(batch: Batch, given: Uint32Array | undefined, count: number): AsyncGenerator<Batch> {
    const rows = given ?? ALL_ROWS;
    for (let from = 0; from < count;) {
      const to = this.#fill(batch, rows, from, count);
      this.#clusters.push(batch, rows.subarray(from, to), to - from);
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

  get merged(): Merged {
    const { unknownColumns, isOver } = this.#clusters;
    return { unknownColumns: this.#before.unknownColumns + unknownColumns, isOver: this.#before.isOver || isOver };
  }

  async *#next(): AsyncGenerator<Batch> {
    yield* this.finish();
    this.#before = this.merged;
    this.#clusters = this.#opened();
    this.#filled = 0;
  }

  async *finish(): AsyncGenerator<Batch> {
    const batches = this.#clusters.finish();
    yield* this.#order?.of(batches) ?? batches;
  }
}
