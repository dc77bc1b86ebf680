import { FLOW_BATCH, MANAGEMENT_BATCH, type Batch } from '../../record/batch.ts';
import { STORED_FIELDS } from '../../record/fields/stored.ts';

const PACKETS = [STORED_FIELDS.spkts.number, STORED_FIELDS.dpkts.number];
const BYTES = [STORED_FIELDS.sbytes.number, STORED_FIELDS.dbytes.number];

/** Numbers of the stored fields that are summed. */
export const TOTAL_FIELDS: readonly number[] = [...PACKETS, ...BYTES];

/** Of some records. */
export interface TotalCounts {
  readonly flows: number;
  readonly management: number;
  readonly packets: number;
  readonly bytes: number;
}

/** What `-A` says at the end. */
export class Totals {
  #flows = 0;
  #management = 0;
  #packets = 0;
  #bytes = 0;

  /** Gives out what was counted, and begins anew. */
  take(): TotalCounts {
    const counts = { flows: this.#flows, management: this.#management, packets: this.#packets, bytes: this.#bytes };
    this.#flows = this.#management = this.#packets = this.#bytes = 0;
    return counts;
  }

  /** Adds what was counted elsewhere. */
  addCounts({ flows, management, packets, bytes }: TotalCounts): void {
    this.#flows += flows;
    this.#management += management;
    this.#packets += packets;
    this.#bytes += bytes;
  }

  /** Counts the first `count` of `rows`. */
  add(batch: Batch, rows: Uint32Array, count: number): void {
    if (batch.kind === MANAGEMENT_BATCH) this.#management += count;
    if (batch.kind !== FLOW_BATCH) return;
    this.#flows += count;
    for (const field of PACKETS) this.#packets += sum(batch, field, rows, count);
    for (const field of BYTES) this.#bytes += sum(batch, field, rows, count);
  }

  line(): string {
    const records = this.#flows + this.#management;
    return (
      `Totalrecords ${records} TotalManRecords ${this.#management} TotalFarRecords ${this.#flows} ` +
      `TotalPkts ${this.#packets} TotalBytes ${this.#bytes}`
    );
  }
}

function sum(batch: Batch, field: number, rows: Uint32Array, count: number): number {
  const column = batch.columns[field];
  if (column === undefined || !('values' in column)) return 0;
  let total = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    if (column.has(row)) total += column.values[row]!;
  }
  return total;
}
