import { compileFilter, type Filter } from '../filter/compile.ts';
import { BATCH_ROWS_MAX, FLOW_BATCH, type Batch, type Origin } from '../record/batch.ts';
import { selectRows } from '../record/select.ts';
import { emptyBatch, originKey } from './losses.ts';

/** Record numbers of one origin of which the filter removed every record, and which no batch has accounted for yet. */
interface Passed {
  readonly origin: Origin;
  readonly first: number;
  end: number;
}

/**
 * What some readers asked for alike: their filter and their fields. Every batch is filtered once for all of them. Records
 * that the filter removes stay accounted for: their numbers join the next batch of their origin, or leave with `flush`.
 */
export class Wish {
  readonly #filter: Filter | undefined;
  readonly #fields: ReadonlySet<number> | undefined;
  readonly #rows = new Uint32Array(BATCH_ROWS_MAX);
  readonly #passed = new Map<string, Passed>();

  /** @throws FilterError when the filter is not understood */
  constructor(filter: string, fields: readonly number[] | undefined) {
    this.#filter = filter.trim() === '' ? undefined : compileFilter(filter);
    this.#fields = fields === undefined ? undefined : new Set(fields);
  }

  /** Alike for wishes that are answered with the same batches. */
  static key(filter: string, fields: readonly number[] | undefined): string {
    const sorted = fields?.toSorted((a, b) => a - b);
    return `${sorted?.join(',') ?? '*'} ${filter.trim()}`;
  }

  /** The batches that go out for one that came in: management and gaps as they are, of flows what was asked for. */
  apply(batch: Batch): Batch[] {
    const key = originKey(batch.origin);
    const passed = this.#passed.get(key);
    const selected = batch.kind === FLOW_BATCH ? this.#project(this.#select(batch)) : batch;
    if (selected.kind === FLOW_BATCH && selected.rows === 0)
      return batch.covers === 0 ? [] : this.#pass(key, passed, batch);
    if (passed === undefined) return [selected];
    this.#passed.delete(key);
    if (selected.kind === FLOW_BATCH && passed.end === selected.first)
      return [{ ...selected, first: passed.first, covers: selected.covers + passed.end - passed.first }];
    return [passedBatch(passed), selected];
  }

  /** Batches without rows that account for what was filtered out since. */
  flush(): Batch[] {
    const batches = [...this.#passed.values()].map(passedBatch);
    this.#passed.clear();
    return batches;
  }

  #pass(key: string, passed: Passed | undefined, { origin, first, covers }: Batch): Batch[] {
    if (passed !== undefined && passed.end === first) {
      passed.end += covers;
      return [];
    }
    this.#passed.set(key, { origin, first, end: first + covers });
    return passed === undefined ? [] : [passedBatch(passed)];
  }

  #select(batch: Batch): Batch {
    if (this.#filter === undefined) return batch;
    const rows = this.#rows;
    for (let row = 0; row < batch.rows; row++) rows[row] = row;
    const count = this.#filter.select(batch, rows, batch.rows);
    return count === batch.rows ? batch : selectRows(batch, rows, count);
  }

  #project(batch: Batch): Batch {
    const fields = this.#fields;
    if (fields === undefined) return batch;
    const columns = batch.columns.map((column, field) => (fields.has(field) ? column : undefined));
    return { ...batch, columns, unknown: [] };
  }
}

function passedBatch({ origin, first, end }: Passed): Batch {
  return emptyBatch(FLOW_BATCH, origin, first, end);
}
