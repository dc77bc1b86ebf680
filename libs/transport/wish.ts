import { compileFilter, type Filter } from '../filter/compile.ts';
import { BATCH_ROWS_MAX, FLOW_BATCH, type Batch } from '../record/batch.ts';
import { selectRows, type Room } from '../record/select.ts';

/** What some readers asked for alike: their filter and their fields. Every batch is answered once for all of them. */
export class Wish {
  readonly #filters: readonly Filter[];
  /** Numbers of the fields wanted; undefined is all. */
  readonly fields: ReadonlySet<number> | undefined;
  /** How batches are written for these readers; undefined is as frames of ours. */
  readonly encode: ((batch: Batch) => Uint8Array) | undefined;
  readonly #rows = new Uint32Array(BATCH_ROWS_MAX);

  /**
   * @param confinement filter whose records are all that these readers may have; a filter of its own, so that nothing in
   *   theirs reaches into it
   * @param encode how batches are written; left out, as frames of ours
   * @throws FilterError when the filter is not understood
   */
  constructor(
    filter: string,
    fields: readonly number[] | undefined,
    confinement = '',
    encode?: (batch: Batch) => Uint8Array,
  ) {
    this.#filters = [confinement, filter]
      .filter((source) => source.trim() !== '')
      .map((source) => compileFilter(source));
    this.fields = fields === undefined ? undefined : new Set(fields);
    this.encode = encode;
  }

  /** Alike for wishes that are answered with the same batches. */
  static key(filter: string, fields: readonly number[] | undefined, confinement = ''): string {
    const sorted = fields?.toSorted((a, b) => a - b);
    return JSON.stringify([sorted, filter.trim(), confinement]);
  }

  /** Whether everything is wanted as it comes. */
  get isWhole(): boolean {
    return this.#filters.length === 0 && this.fields === undefined;
  }

  /** Whether all records are wanted, though perhaps not all of each. */
  get wantsAllRows(): boolean {
    return this.#filters.length === 0;
  }

  /**
   * What was asked for of a batch of flows, undefined when that is nothing; any other batch is for everybody.
   * @param room where it may lie until the next that lies there
   */
  apply(batch: Batch, room?: Room): Batch | undefined {
    if (batch.kind !== FLOW_BATCH || batch.rows === 0) return batch;
    if (this.#filters.length === 0) return this.#project(batch);
    const rows = this.#rows;
    for (let row = 0; row < batch.rows; row++) rows[row] = row;
    let count = batch.rows;
    for (const { select } of this.#filters) count = select(batch, rows, count);
    // Fields first: rows of the others need not be copied.
    return count === 0 ? undefined : selectRows(this.#project(batch), rows, count, room);
  }

  #project(batch: Batch): Batch {
    const fields = this.fields;
    if (fields === undefined) return batch;
    const columns = batch.columns.map((column, field) => (fields.has(field) ? column : undefined));
    return { ...batch, columns, unknown: [] };
  }
}

/**
 * Whether no server is to be asked to apply a filter.
 * @throws FilterError when it is not understood
 */
export function mustStayHere(filter: string): boolean {
  return filter.trim() !== '' && compileFilter(filter).remote === '';
}
