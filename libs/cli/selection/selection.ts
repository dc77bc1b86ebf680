import type { Look } from '../../codec/decode.ts';
import type { FilterStage } from '../../filter/stages.ts';
import { BATCH_ROWS_MAX, MANAGEMENT_BATCH, type Batch } from '../../record/batch.ts';
import { ALL_ROWS } from '../../record/select.ts';
import type { RecordRange } from './record-range.ts';

/** Keeps, in place, the first `count` of `rows` that match; returns how many stay. */
type Select = (batch: Batch, rows: Uint32Array, count: number) => number;

export interface SelectionOptions {
  readonly filter: {
    readonly select: Select;
    readonly stages: readonly FilterStage[];
    readonly source: string;
    readonly matchesManagement: boolean;
  };
  readonly range: RecordRange | undefined;
  /** `-M man` or `-M noman`; undefined when neither was said. */
  readonly management: boolean | undefined;
}

/** What a reader takes of the records that it reads: filter, range, management records or not. */
export class RecordSelection {
  /** Row numbers, of which the first as many count as `match` and `take` return. */
  readonly rows = new Uint32Array(BATCH_ROWS_MAX);
  /** Row numbers that the filter refused, after `refuse`. */
  readonly refused = new Uint32Array(BATCH_ROWS_MAX);
  /** Whether management records are for people too, not only for files. */
  readonly showsManagement: boolean;
  readonly #options: SelectionOptions;
  #seen = 0;
  /** The batch that is looked at, with how many of `rows` that has left up to now. */
  #lookedAt: Batch | undefined;
  #left = 0;
  /** The batch that passed all looks. */
  #looked: Batch | undefined;

  constructor(options: SelectionOptions) {
    const asked = options.filter.matchesManagement && /\b(man|mar)\b/.test(options.filter.source);
    this.showsManagement = options.management ?? asked;
    this.#options = options;
  }

  /** True when no later record can be in the range. */
  get exhausted(): boolean {
    const { range } = this.#options;
    return range !== undefined && this.#seen >= range.last;
  }

  /** How many rows pass the filter. */
  match(batch: Batch): number {
    const isKnown = batch === this.#looked;
    this.#looked = undefined;
    if (isKnown) return this.#left;
    this.rows.set(ALL_ROWS.subarray(0, batch.rows));
    return this.#options.filter.select(batch, this.rows, batch.rows);
  }

  /** The filter stage by stage, for a reader that decodes what each needs. What passes the last one is not filtered again. */
  get looks(): readonly Look[] {
    const { stages } = this.#options.filter;
    return stages.map(({ select, fields, lastLanes, needs }, i) => ({
      fields,
      lastLanes,
      needs,
      isWanted: (batch) => {
        if (batch !== this.#lookedAt) {
          this.rows.set(ALL_ROWS.subarray(0, batch.rows));
          this.#left = batch.rows;
        }
        this.#lookedAt = batch;
        this.#left = select(batch, this.rows, this.#left);
        this.#looked = i === stages.length - 1 ? batch : undefined;
        return this.#left > 0;
      },
      left: () => this.rows.subarray(0, this.#left),
    }));
  }

  /** Of the `matched` rows that `match` left, how many are in the range and wanted at all. */
  take(batch: Batch, matched: number): number {
    const { range, management } = this.#options;
    if (batch.kind === MANAGEMENT_BATCH) {
      if (management === false) return 0;
      if (!this.showsManagement) return matched;
    }
    if (range === undefined) return matched;
    const before = this.#seen;
    this.#seen += matched;
    const start = Math.min(Math.max(range.first - 1 - before, 0), matched);
    const end = Math.min(Math.max(range.last - before, start), matched);
    this.rows.copyWithin(0, start, end);
    return end - start;
  }

  /** The complement of the `matched` rows that `match` left; to be asked before `take`. */
  refuse(batch: Batch, matched: number): number {
    let count = 0;
    for (let row = 0, at = 0; row < batch.rows; row++) {
      if (at < matched && this.rows[at] === row) at += 1;
      else this.refused[count++] = row;
    }
    return count;
  }
}
