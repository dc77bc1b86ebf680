import { BATCH_ROWS_MAX, FLOW_BATCH, type Batch } from '../batch.ts';
import type { FieldName } from '../fields/table.ts';
import { numbersReader, type NumbersReader } from '../numbers.ts';

/** Amounts that all records have together, so that one of them has a part of it. */
const SHARED: ReadonlySet<FieldName> = new Set([
  'trans', 'pkts', 'spkts', 'dpkts', 'bytes', 'sbytes', 'dbytes', 'appbytes', 'sappbytes', 'dappbytes',
] satisfies FieldName[]); // prettier-ignore

interface Sum {
  readonly read: NumbersReader;
  total: number;
}

/** Totals over all records of the amounts that print as percentages of them. */
export class Shares {
  readonly #sums = new Map<FieldName, Sum>();
  readonly #values = new Float64Array(BATCH_ROWS_MAX);

  /** @param names of the columns that are printed */
  constructor(names: readonly FieldName[]) {
    for (const name of names) {
      const read = SHARED.has(name) ? numbersReader(name) : undefined;
      if (read !== undefined) this.#sums.set(name, { read, total: 0 });
    }
  }

  has(name: FieldName): boolean {
    return this.#sums.has(name);
  }

  /** Adds flow records to the totals. */
  add(batch: Batch, rows: Uint32Array): void {
    if (batch.kind !== FLOW_BATCH) return;
    for (const sum of this.#sums.values()) {
      sum.read(batch)(rows, this.#values);
      for (let i = 0; i < rows.length; i++) sum.total += this.#values[i]! || 0; // NaN is absent
    }
  }

  /** @param value of one record; @returns percent */
  percentOf(name: FieldName, value: number): number {
    const total = this.#sums.get(name)?.total ?? 0;
    return total === 0 ? 0 : (100 * value) / total;
  }
}
