import { BATCH_ROWS_MAX, FLOW_BATCH, type Batch } from '../batch.ts';
import type { FieldName } from '../fields/table.ts';
import { numbersReader, type NumbersReader } from '../numbers.ts';
import type { Cell, CellContext } from './cell.ts';
import { numberCell } from './number-cells.ts';
import type { PrintColumn } from './options.ts';

/** Amounts that all records have together, so that one of them has a part of it. */
const SHARED: ReadonlySet<FieldName> = new Set([
  'trans', 'pkts', 'spkts', 'dpkts', 'bytes', 'sbytes', 'dbytes', 'appbytes', 'sappbytes', 'dappbytes',
] satisfies FieldName[]); // prettier-ignore

/** What has a percentage of its own, within the record. */
const PERCENTAGES: Readonly<Partial<Record<FieldName, FieldName>>> = {
  loss: 'ploss',
  sloss: 'sploss',
  dloss: 'dploss',
  retrans: 'pretrans',
  sretrans: 'spretrans',
  dretrans: 'dpretrans',
};

interface Sum {
  readonly read: NumbersReader;
  total: number;
}

/** Totals over all records of the amounts that print as percentages of them. */
export class Shares {
  readonly #sums = new Map<FieldName, Sum>();
  readonly #values = new Float64Array(BATCH_ROWS_MAX);

  constructor(columns: readonly PrintColumn[]) {
    for (const { name } of columns) {
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

/** The column that shows the percentage which another has within the record. */
export function percentColumn(column: PrintColumn): PrintColumn {
  return { ...column, name: PERCENTAGES[column.name] ?? column.name };
}

/** The value's part of the total, in percent. */
export function shareCell({ name, field, settings: { precision } }: CellContext, shares: Shares): Cell {
  return numberCell(name, field, (out, value) => out.ascii(shares.percentOf(name, value).toFixed(precision)));
}
