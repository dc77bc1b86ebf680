import type { Batch, Origin } from '../../record/batch.ts';
import { asksForOffset } from '../../record/offset.ts';
import { FlowDecoder } from './flow-decoder.ts';
import type { FlowRecord } from './flow-record.ts';
import { RowReader, type Memory } from './row-reader.ts';
import type { Shape } from './shape.ts';

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
  readonly decoder: FlowDecoder;
  /** Where the records of the rows begin. */
  readonly offsets = new Uint32Array(ROWS);
  /** Whether the last look left too many records, or was at too few, to be worth its while. */
  isIdle = false;
  readonly #peek: RowPeek;
  readonly #reader: RowReader;

  /** @param isWanted tells by name which fields are looked at */
  constructor(memory: Memory, peek: RowPeek, isWanted: (field: string) => boolean) {
    this.#peek = peek;
    this.decoder = new FlowDecoder(isWanted, false);
    const { fields } = peek;
    this.#reader = new RowReader(memory, this.decoder, { capacity: ROWS, fields, offsets: asksForOffset(fields) });
  }

  get rows(): number {
    return this.#reader.rows;
  }

  get full(): boolean {
    return this.#reader.full;
  }

  /** @param read what `decoder` read of it @param shape undefined where it was read */
  add(read: FlowRecord, at: number, shape: Shape | undefined): void {
    this.offsets[this.rows] = at;
    if (shape === undefined) this.#reader.add(read, at);
    else this.#reader.addShaped(at, shape);
  }

  /** The wanted ones of the rows; there are none afterwards. */
  take(origin: Origin): Uint32Array {
    const { rows } = this;
    const wanted = this.#peek.select(this.#reader.finish(origin));
    this.isIdle = rows < ROWS_WORTHWHILE || wanted.length * 2 > rows;
    return wanted;
  }
}
