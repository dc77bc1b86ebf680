import { FLOW_BATCH, type Batch, type Origin } from '../../record/batch.ts';
import { BatchBuilder } from '../../record/builder.ts';
import { FlowColumns } from './flow-columns.ts';
import { FlowDecoder } from './flow-decoder.ts';
import type { FlowRecord } from './flow-record.ts';
import { beginsRecord, RECORD_HEADER_BYTES } from './format.ts';
import { PlainRecords } from './plain-records.ts';

/** Tells from some fields which records are worth reading whole. */
export interface RowPeek {
  /** Numbers of the fields to look at. */
  readonly fields: ReadonlySet<number>;
  /** @returns the rows that are wanted, ascending, valid until the next call. @param batch has no other columns */
  select(batch: Batch): Uint32Array;
}

const ROWS = 4096;
/** Below this the work is not worth it. */
const ROWS_WORTHWHILE = 32;

/** A first look at flow records of one origin: only the fields that tell whether they are wanted, and where each lies. */
export class Glimpse {
  /** Where the records of the rows begin. */
  readonly offsets = new Uint32Array(ROWS);
  /** Whether the last look left too many records, or was at too few, to be worth its while. */
  isIdle = false;
  readonly #peek: RowPeek;
  readonly #decoder: FlowDecoder;
  readonly #plain: PlainRecords | undefined;
  readonly #builder = new BatchBuilder(ROWS);
  readonly #columns: FlowColumns;

  constructor(peek: RowPeek, isWanted: (field: string) => boolean) {
    this.#peek = peek;
    this.#decoder = new FlowDecoder(isWanted);
    this.#plain = this.#decoder.isLight ? new PlainRecords(isWanted) : undefined;
    this.#columns = new FlowColumns(this.#builder, peek.fields);
  }

  get rows(): number {
    return this.#builder.rows;
  }

  get full(): boolean {
    return this.#builder.full;
  }

  /** Where the values of a record lie best. */
  get place(): Float64Array {
    return this.#columns.place;
  }

  /** Reads what is to be looked at; the record is one of the rows once `add` says so. */
  decode(record: FlowRecord, view: DataView, at: number, end: number): void {
    this.#decoder.decode(record, view, at, end);
  }

  add(record: FlowRecord, at: number, bytes: Uint8Array): void {
    const row = this.#builder.addRow();
    this.offsets[row] = at;
    this.#columns.write(row, record, bytes);
  }

  /**
   * Adds the records of `[at, end)` as long as there is a short way through them, they are of the source that the one just added
   * has, and there is room.
   * @param last where the one just added begins, which ends at `at`
   * @returns where it stopped
   */
  addPlain(view: DataView, last: number, at: number, end: number): number {
    const plain = this.#plain;
    if (plain === undefined || !plain.follow(view, last, at)) return at;
    const builder = this.#builder;
    const columns = this.#columns;
    const offsets = this.offsets;
    let offset = at;
    while (offset + RECORD_HEADER_BYTES <= end && !builder.full) {
      const head = view.getUint32(offset);
      const next = offset + (head & 0xffff) * 4;
      if (next > end || !beginsRecord(head)) break;
      const keyAt = plain.read(columns.place, view, offset, next);
      if (keyAt === 0) break;
      const row = builder.addRow();
      offsets[row] = offset;
      columns.add(row);
      plain.addAddresses(columns, row, view, keyAt);
      offset = next;
    }
    return offset;
  }

  /** The wanted ones of the rows; there are none afterwards. */
  take(origin: Origin): Uint32Array {
    const { rows } = this;
    this.#columns.flush();
    const wanted = this.#peek.select(this.#builder.finish(FLOW_BATCH, origin, 0));
    this.isIdle = rows < ROWS_WORTHWHILE || wanted.length * 2 > rows;
    return wanted;
  }
}
