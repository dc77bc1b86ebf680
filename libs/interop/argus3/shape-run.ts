import { BATCH_ROWS_MAX } from '../../record/batch.ts';
import { ChosenRows } from '../../record/chosen-rows.ts';
import type { FlowColumns } from './flow-columns.ts';
import type { Counters } from './shape-section.ts';

const NO_COUNTERS = [0, 0] as const;

/** Records of one shape on their way into columns: what all of them have in one place is taken at once. */
export class ShapeRun {
  columns: FlowColumns | undefined;
  counters: Counters | undefined;
  /** What the records are read from. */
  view: DataView = new DataView(new ArrayBuffer(0));
  /** One value for each row, for steps to work with. */
  readonly words: Uint32Array;
  readonly otherWords: Uint32Array;
  readonly lanes: readonly [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  readonly starts: Float64Array;
  readonly durations: Float64Array;
  readonly #chosen = new ChosenRows(BATCH_ROWS_MAX);
  /** Those of the rows that are read now. */
  #at: Uint32Array = new Uint32Array(0);

  /** @param rows at most */
  constructor(rows: number) {
    this.words = new Uint32Array(rows);
    this.otherWords = new Uint32Array(rows);
    this.lanes = [this.words, this.otherWords, new Uint32Array(rows), new Uint32Array(rows)];
    this.starts = new Float64Array(rows);
    this.durations = new Float64Array(rows);
  }

  /** Rows that are read now. */
  get count(): number {
    return this.#at.length;
  }

  /** From now on it is about these rows, which are ascending and of one shape. @param offsets where the record of each begins */
  open(rows: Uint16Array, offsets: Uint32Array, { counters }: { readonly counters: Counters | undefined }): void {
    this.counters = counters;
    this.#at = offsets;
    this.#chosen.choose(rows);
  }

  /** Where the record of a row begins. */
  offset(i: number): number {
    return this.#at[i]!;
  }

  /** A byte at `at` from the beginning of each record. @returns `to` */
  bytes(at: number, to = this.words): Uint32Array {
    const { view } = this;
    const offsets = this.#at;
    for (let i = 0; i < offsets.length; i++) to[i] = view.getUint8(offsets[i]! + at);
    return to;
  }

  /** As `bytes`, two of them. */
  shorts(at: number, to = this.words): Uint32Array {
    const { view } = this;
    const offsets = this.#at;
    for (let i = 0; i < offsets.length; i++) to[i] = view.getUint16(offsets[i]! + at);
    return to;
  }

  /** As `shorts`, the low byte first. */
  littleShorts(at: number): Uint32Array {
    const { view, words } = this;
    const offsets = this.#at;
    for (let i = 0; i < offsets.length; i++) words[i] = view.getUint16(offsets[i]! + at, true);
    return words;
  }

  /** As `bytes`, four of them. */
  longs(at: number, to = this.words): Uint32Array {
    const { view } = this;
    const offsets = this.#at;
    for (let i = 0; i < offsets.length; i++) to[i] = view.getUint32(offsets[i]! + at);
    return to;
  }

  /** Seconds and microseconds at `at` from the beginning of each record, as microseconds. @returns `to` */
  instants(at: number, to: Float64Array): Float64Array {
    const { view } = this;
    const offsets = this.#at;
    for (let i = 0; i < offsets.length; i++) {
      const offset = offsets[i]! + at;
      to[i] = view.getUint32(offset) * 1e6 + view.getUint32(offset + 4);
    }
    return to;
  }

  /** What a side has sent, which has counters. */
  packets(side: number, to: Uint32Array): Uint32Array {
    const { ats = NO_COUNTERS, width = 1 } = this.counters ?? {};
    const at = ats[side]!;
    return width === 1 ? this.bytes(at, to) : width === 2 ? this.shorts(at, to) : this.longs(at, to);
  }

  wants(slot: number): boolean {
    return this.columns?.number(slot) !== undefined;
  }

  /** @param address of `ADDRESS` */
  wantsAddress(address: number): boolean {
    return this.columns?.address(address) !== undefined;
  }

  /** Gives each row its value in a slot. */
  put(slot: number, values: Uint32Array | Float64Array): void {
    this.columns?.number(slot)?.spread(this.#chosen, values);
  }

  /** Gives all rows one value. */
  putOne(slot: number, value: number): void {
    this.columns?.number(slot)?.spreadOne(this.#chosen, value);
  }

  /** Gives a row its value. @param i which of those read now */
  set(i: number, slot: number, value: number): void {
    this.columns?.number(slot)?.set(this.#chosen.rows[i]!, value);
  }

  /** As `put`, times `factor`, where zero is no value. */
  putSome(slot: number, values: Uint32Array, factor = 1): void {
    const column = this.columns?.number(slot);
    if (column === undefined) return;
    const { rows } = this.#chosen;
    for (let i = 0; i < rows.length; i++) if (values[i] !== 0) column.set(rows[i]!, values[i]! * factor);
  }

  /** @param address of `ADDRESS`; lanes of all rows, or of each */
  putAddress(
    address: number,
    family: number,
    lane0: Uint32Array | number,
    lane1: Uint32Array | number,
    lane2: Uint32Array | number,
    lane3: Uint32Array | number,
  ): void {
    this.columns?.address(address)?.spread(this.#chosen, family, [lane0, lane1, lane2, lane3]);
  }
}
