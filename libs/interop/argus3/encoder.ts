import {
  BATCH_ROWS_MAX,
  FLOW_BATCH,
  GAP_BATCH,
  MANAGEMENT_BATCH,
  type Batch,
  type Origin,
} from '../../record/batch.ts';
import { CAUSE } from '../../record/fields/field.ts';
import { numberReader } from '../../record/row.ts';
import { encodeFlow, FLOW_BYTES_MAX } from './encode-flow.ts';
import { ManagementEncoder, startRecord } from './encode-management.ts';
import { FlowRows } from './flow-rows.ts';
import { MANAGEMENT_BYTES } from './format.ts';
import { Losses } from './losses.ts';
import { OutgoingRecord } from './outgoing-record.ts';
import { shortSourceId } from './source-id.ts';

const FIRST_BYTES = 1 << 16;
const cause = numberReader('cause')!;

/** Writes batches as records of Argus 3. What these have no place for is left out, and counted by name. */
export class Argus3Encoder {
  readonly #losses = new Losses();
  readonly #record = new OutgoingRecord(this.#losses);
  readonly #rows = new FlowRows();
  readonly #management = new ManagementEncoder();
  #bytes = new Uint8Array(FIRST_BYTES);
  #view = new DataView(this.#bytes.buffer);

  /** What had no place, by field for the most part, with how often it came. */
  get leftOut(): ReadonlyMap<string, number> {
    return this.#losses.counts;
  }

  /** The record with which a file begins whose batches do not begin with one. */
  start(origin: Origin, nowUs: number): Uint8Array {
    return startRecord(origin, nowUs, this.#losses);
  }

  /** @returns whole records, in memory of their own; none for a batch without rows */
  encode(batch: Batch): Uint8Array {
    if (batch.kind === GAP_BATCH) this.#losses.add('records that were missing already', batch.covers);
    let end = 0;
    if (batch.kind === MANAGEMENT_BATCH) end = this.#encodeManagement(batch);
    if (batch.kind === FLOW_BATCH) end = this.#encodeFlows(batch);
    return this.#bytes.slice(0, end);
  }

  #encodeManagement(batch: Batch): number {
    let end = 0;
    for (let row = 0; row < batch.rows; row++, end += MANAGEMENT_BYTES) {
      this.#makeRoom(end, MANAGEMENT_BYTES);
      this.#management.encode(batch, row, this.#view, end, this.#losses);
    }
    return end;
  }

  #encodeFlows(batch: Batch): number {
    const record = this.#record;
    const { kind, number, isExact } = shortSourceId(batch.origin.source);
    record.sourceKind = kind;
    record.sourceNumber = number;
    if (!isExact && batch.rows > 0) this.#losses.add('srcid', batch.rows);
    this.#rows.open(batch, record);
    let end = 0;
    for (let row = 0; row < Math.min(batch.rows, BATCH_ROWS_MAX); row++) {
      this.#makeRoom(end, FLOW_BYTES_MAX + this.#rows.bytesOf(row));
      this.#rows.load(row, record);
      end = encodeFlow(record, this.#view, end);
    }
    return end;
  }

  /** For `more` bytes behind `end`. */
  #makeRoom(end: number, more: number): void {
    if (end + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, end + more));
    larger.set(this.#bytes.subarray(0, end));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** Whether the first record of a batch is one that a file may begin with. */
export function startsFile(batch: Batch): boolean {
  return batch.kind === MANAGEMENT_BATCH && batch.rows > 0 && cause(batch, 0) === CAUSE.start;
}
