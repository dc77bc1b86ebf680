import { FLOW_BATCH, type Batch, type Origin } from '../../record/batch.ts';
import { BatchBuilder, type NumberColumnBuilder } from '../../record/builder.ts';
import { OFFSET } from '../../record/fields/reading.ts';
import { FlowColumns } from './flow-columns.ts';
import type { FlowDecoder } from './flow-decoder.ts';
import { FlowRecord } from './flow-record.ts';
import { countLost } from './left-out.ts';
import { SHAPES_MAX } from './shape-finder.ts';
import { ShapeRun } from './shape-run.ts';
import type { Shape } from './shape.ts';

/** Rows that are read at once at most: their records are in the nearer caches then. */
const ROWS = 2048;
/** Fewer rows of a shape are read one by one. */
const ROWS_WORTHWHILE = 6;

/** What records are read from, one window after the other. */
export interface Memory {
  view: DataView;
  bytes: Uint8Array;
  /** Where they begin in the file. */
  start: number;
}

const run = new ShapeRun(ROWS);
const record = new FlowRecord();
/** Rows side by side that have the same shape, and where their records begin. */
const sortedRows = new Uint16Array(ROWS);
const sortedOffsets = new Uint32Array(ROWS);
/** By group: where its next row goes. */
const nextPlace = new Uint16Array(ROWS);

export interface RowReaderOptions {
  /** Rows of a batch at most. */
  readonly capacity: number;
  /** Numbers of those that are wanted, which the decoder reads; undefined for all. */
  readonly fields: ReadonlySet<number> | undefined;
  /** Whether rows say where their records begin in the file. */
  readonly offsets: boolean;
  /** Gives batches their buffers, see `BatchBuilder`. */
  readonly allocate?: ((bytes: number) => ArrayBufferLike) | undefined;
}

/** Makes batches of flow records: those of one shape are read together, field by field, the others by themselves. */
export class RowReader {
  readonly #memory: Memory;
  readonly #decoder: FlowDecoder;
  readonly #builder: BatchBuilder;
  readonly #columns: FlowColumns;
  /** Undefined where it is not wanted. */
  readonly #begins: NumberColumnBuilder | undefined;
  /** Rows that have a shape and were not read yet, where their records begin, */
  readonly #rows = new Uint16Array(ROWS);
  readonly #offsets = new Uint32Array(ROWS);
  /** and the number of the group that each belongs to. */
  readonly #groupOf = new Uint16Array(ROWS);
  #count = 0;
  /** By group: its shape, and how many rows it has. */
  readonly #groups: Shape[] = [];
  readonly #counts = new Uint16Array(ROWS);
  /** By the number of a shape: the number of its group and 1, 0 where there is none. */
  readonly #groupOfShape = new Uint16Array(SHAPES_MAX);

  constructor(memory: Memory, decoder: FlowDecoder, { capacity, fields, offsets, allocate }: RowReaderOptions) {
    this.#memory = memory;
    this.#decoder = decoder;
    this.#builder = new BatchBuilder(capacity, allocate);
    this.#columns = new FlowColumns(this.#builder, fields);
    this.#begins = offsets ? this.#builder.number(OFFSET, 'f64') : undefined;
  }

  get rows(): number {
    return this.#builder.rows;
  }

  get full(): boolean {
    return this.#builder.full;
  }

  /** Adds a record that was read from `at`. */
  add(read: FlowRecord, at: number): void {
    const row = this.#builder.addRow();
    this.#columns.set(row, read, this.#memory.bytes);
    this.#begins?.set(row, this.#memory.start + at);
  }

  /** Adds the record at `at`, which is there until the batch is finished. */
  addShaped(at: number, shape: Shape): void {
    const i = this.#count++;
    this.#rows[i] = this.#builder.addRow();
    this.#offsets[i] = at;
    const known = this.#groupOfShape[shape.number]!;
    const group = known === 0 ? this.#newGroup(shape) : known - 1;
    this.#groupOf[i] = group;
    this.#counts[group]! += 1;
    if (this.#count === ROWS) this.#readShaped();
  }

  finish(origin: Origin): Batch {
    this.#readShaped();
    return this.#builder.finish(FLOW_BATCH, origin, 0);
  }

  #newGroup(shape: Shape): number {
    const count = this.#groups.push(shape);
    this.#groupOfShape[shape.number] = count;
    this.#counts[count - 1] = 0;
    return count - 1;
  }

  #readShaped(): void {
    run.columns = this.#columns;
    run.view = this.#memory.view;
    this.#tellOffsets();
    this.#sort();
    let from = 0;
    for (let group = 0; group < this.#groups.length; group++) {
      const shape = this.#groups[group]!;
      const end = from + this.#counts[group]!;
      const rows = sortedRows.subarray(from, end);
      const offsets = sortedOffsets.subarray(from, end);
      from = end;
      this.#groupOfShape[shape.number] = 0;
      if (rows.length < ROWS_WORTHWHILE) this.#readEach(rows, offsets);
      else this.#readTogether(shape, rows, offsets);
    }
    this.#count = 0;
    this.#groups.length = 0;
  }

  #tellOffsets(): void {
    const begins = this.#begins;
    if (begins === undefined) return;
    const { start } = this.#memory;
    for (let i = 0; i < this.#count; i++) begins.set(this.#rows[i]!, start + this.#offsets[i]!);
  }

  /** Puts the rows of each shape side by side, in the order of the groups. */
  #sort(): void {
    for (let group = 0, from = 0; group < this.#groups.length; group++) {
      nextPlace[group] = from;
      from += this.#counts[group]!;
    }
    for (let i = 0; i < this.#count; i++) {
      const place = nextPlace[this.#groupOf[i]!]!++;
      sortedRows[place] = this.#rows[i]!;
      sortedOffsets[place] = this.#offsets[i]!;
    }
  }

  #readTogether(shape: Shape, rows: Uint16Array, offsets: Uint32Array): void {
    const { leftOut } = this.#decoder;
    run.open(rows, offsets, shape);
    for (const { take, at, slot, extra } of shape.steps) take(run, at, slot, extra);
    countLost(leftOut, shape.lost, rows.length);
    for (const type of shape.skipped) leftOut.sections[type]! += rows.length;
  }

  #readEach(rows: Uint16Array, offsets: Uint32Array): void {
    const { view, bytes } = this.#memory;
    for (let i = 0; i < rows.length; i++) {
      const at = offsets[i]!;
      this.#decoder.decode(record, view, at, at + view.getUint16(at + 2) * 4);
      this.#columns.set(rows[i]!, record, bytes);
    }
  }
}
