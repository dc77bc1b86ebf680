import { FIELD_NUMBERS_MAX, type Batch, type BatchKind, type Origin } from './batch.ts';
import { AddressColumn, BytesColumn, NumberColumn, TextColumn, type Column } from './columns.ts';
import { isConstant } from './constant.ts';
import { BYTES_PER_VALUE, numericArray, type Kind, type NumericArray, type NumericKind } from './kinds.ts';
import { spreadBytes, spreadDoubles, spreadShorts, spreadWords, type ChosenRows } from './chosen-rows.ts';

/** With anything in it. */
export function newBuffer(bytes: number): ArrayBuffer {
  return Buffer.allocUnsafeSlow(bytes).buffer;
}

/** Collects rows column by column in buffers that it reuses, and cuts batches from them. */
export class BatchBuilder {
  readonly capacity: number;
  readonly #columns: (ColumnBuilder | undefined)[] = [];
  readonly #allocate: (bytes: number) => ArrayBufferLike;
  #rows = 0;

  /**
   * @param capacity rows per batch, at most `BATCH_ROWS_MAX`
   * @param allocate gives each batch its buffer, of at least so many bytes; what is in it does not matter, for columns fill all that is read of it
   */
  constructor(capacity: number, allocate: (bytes: number) => ArrayBufferLike = newBuffer) {
    this.capacity = capacity;
    this.#allocate = allocate;
  }

  get rows(): number {
    return this.#rows;
  }

  get full(): boolean {
    return this.#rows === this.capacity;
  }

  /** Starts a new row, in which every field is absent, and returns its number. The batch must not be full. */
  addRow(): number {
    return this.#rows++;
  }

  /** The column to write a numeric field to; ask once and keep it. */
  number(field: number, kind: NumericKind): NumberColumnBuilder {
    return this.#column(field, () => new NumberColumnBuilder(kind, this.capacity));
  }

  address(field: number): AddressColumnBuilder {
    return this.#column(field, () => new AddressColumnBuilder(this.capacity));
  }

  text(field: number): TextColumnBuilder {
    return this.#column(field, () => new TextColumnBuilder(this.capacity));
  }

  bytes(field: number): BytesColumnBuilder {
    return this.#column(field, () => new BytesColumnBuilder(this.capacity));
  }

  /** The rows so far as a batch with a buffer of its own; the builder is empty again. */
  finish(kind: BatchKind, origin: Origin, first: number): Batch {
    const rows = this.#rows;
    let bytes = 0;
    for (const column of this.#columns) if (column !== undefined && column.present > 0) bytes += column.bytesFor(rows);
    const area = new Area(bytes, this.#allocate(bytes));
    const columns: (Column | undefined)[] = new Array<Column | undefined>(this.#columns.length).fill(undefined);
    for (let field = 0; field < this.#columns.length; field++) {
      const column = this.#columns[field];
      if (column === undefined || column.present === 0) continue;
      columns[field] = column.finish(rows, area);
      column.clear(rows);
    }
    this.#rows = 0;
    return { kind, origin, first, covers: rows, rows, columns, unknown: [], buffer: area.buffer };
  }

  #column<C extends ColumnBuilder>(field: number, make: () => C): C {
    if (!(field > 0 && field < FIELD_NUMBERS_MAX)) throw new RangeError(`field number ${field}`);
    return (this.#columns[field] ??= make()) as C;
  }
}

/** Hands out 8-aligned pieces of one buffer. */
export class Area {
  readonly buffer: ArrayBufferLike;
  #end = 0;

  /** @param buffer of at least `bytes` bytes, zeros or not */
  constructor(bytes: number, buffer: ArrayBufferLike = new ArrayBuffer(bytes)) {
    this.buffer = buffer;
  }

  /** Bytes that a piece takes, alignment included. */
  static aligned(bytes: number): number {
    return (bytes + 7) & ~7;
  }

  take(bytes: number): number {
    const offset = this.#end;
    this.#end += Area.aligned(bytes);
    return offset;
  }

  numbers(kind: NumericKind, length: number): NumericArray {
    return numericArray(kind, this.buffer, this.take(length * BYTES_PER_VALUE[kind]), length);
  }

  u8(length: number): Uint8Array {
    return new Uint8Array(this.buffer, this.take(length), length);
  }

  u16(length: number): Uint16Array {
    return new Uint16Array(this.buffer, this.take(length * 2), length);
  }

  u32(length: number): Uint32Array {
    return new Uint32Array(this.buffer, this.take(length * 4), length);
  }
}

/** So many values are copied faster one by one. */
const FEW_ROWS = 16;

/** Counts and marks the rows that have a value. */
abstract class ColumnBuilder {
  abstract readonly kind: Kind;
  /** How many rows of the batch under construction have a value. */
  present = 0;
  readonly #valid: Uint8Array;
  readonly #validWords: Uint32Array;

  constructor(capacity: number) {
    this.#validWords = new Uint32Array((capacity + 31) >> 5);
    this.#valid = new Uint8Array(this.#validWords.buffer);
  }

  protected markChosen({ rows, bits, firstWord, endWord }: ChosenRows): void {
    const words = this.#validWords;
    for (let i = firstWord; i < endWord; i++) words[i]! |= bits[i]!;
    this.present += rows.length;
  }

  protected mark(row: number): void {
    this.#valid[row >> 3]! |= 1 << (row & 7);
    this.present += 1;
  }

  bytesFor(rows: number): number {
    return (this.present === rows ? 0 : Area.aligned((rows + 7) >> 3)) + this.valueBytes(rows);
  }

  protected validity(rows: number, area: Area): Uint8Array | undefined {
    if (this.present === rows) return undefined;
    const bitmap = area.u8((rows + 7) >> 3);
    bitmap.set(this.#valid.subarray(0, bitmap.length));
    return bitmap;
  }

  clear(rows: number): void {
    this.#valid.fill(0, 0, (rows + 7) >> 3);
    this.present = 0;
    this.reset(rows);
  }

  protected abstract valueBytes(rows: number): number;
  protected abstract reset(rows: number): void;
  abstract finish(rows: number, area: Area): Column;
}

export class NumberColumnBuilder extends ColumnBuilder {
  readonly kind: NumericKind;
  readonly #values: NumericArray;

  constructor(kind: NumericKind, capacity: number) {
    super(capacity);
    this.kind = kind;
    this.#values = numericArray(kind, new ArrayBuffer(capacity * BYTES_PER_VALUE[kind]), 0, capacity);
  }

  /** At most once a row. */
  set(row: number, value: number): void {
    this.#values[row] = value;
    this.mark(row);
  }

  /** Gives chosen rows their values, in their order. At most once a row. */
  spread(chosen: ChosenRows, values: Uint32Array | Float64Array): void {
    this.markChosen(chosen);
    const to = this.#values;
    if (to instanceof Float64Array) spreadDoubles(to, chosen, values);
    else if (values instanceof Float64Array) throw new TypeError('doubles in a column of words');
    else if (to instanceof Uint32Array) spreadWords(to, chosen, values);
    else if (to instanceof Uint16Array) spreadShorts(to, chosen, values);
    else spreadBytes(to, chosen, values);
  }

  /** Gives chosen rows one value. At most once a row. */
  spreadOne(chosen: ChosenRows, value: number): void {
    this.markChosen(chosen);
    if (value === 0) return;
    const values = this.#values;
    const { rows } = chosen;
    for (let i = 0; i < rows.length; i++) values[rows[i]!] = value;
  }

  protected valueBytes(rows: number): number {
    return Area.aligned(rows * BYTES_PER_VALUE[this.kind]);
  }

  finish(rows: number, area: Area): NumberColumn {
    const valid = this.validity(rows, area);
    const values = area.numbers(this.kind, rows);
    if (rows > FEW_ROWS) values.set(this.#values.subarray(0, rows));
    else for (let row = 0; row < rows; row++) values[row] = this.#values[row]!;
    return new NumberColumn(this.kind, values, valid);
  }

  protected reset(rows: number): void {
    this.#values.fill(0, 0, rows); // so that absent values are zeros, which cost nothing compressed
  }
}

export class AddressColumnBuilder extends ColumnBuilder {
  readonly kind = 'address';
  readonly #lanes: readonly [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  readonly #family: Uint8Array;

  constructor(capacity: number) {
    super(capacity);
    const lane = (): Uint32Array => new Uint32Array(capacity);
    this.#lanes = [lane(), lane(), lane(), lane()];
    this.#family = new Uint8Array(capacity);
  }

  /** At most once a row. Lanes most significant first; signed or unsigned 32-bit integers. */
  set(row: number, family: number, lane0: number, lane1: number, lane2: number, lane3: number): void {
    const lanes = this.#lanes;
    if ((lane0 | lane1) !== 0) {
      lanes[0][row] = lane0;
      lanes[1][row] = lane1;
    }
    lanes[2][row] = lane2;
    lanes[3][row] = lane3;
    this.#family[row] = family;
    this.mark(row);
  }

  /** Gives chosen rows addresses of one family. At most once a row. @param lanes of all rows, or of each in their order */
  spread(chosen: ChosenRows, family: number, lanes: readonly (Uint32Array | number)[]): void {
    this.markChosen(chosen);
    const { rows } = chosen;
    const families = this.#family;
    for (let i = 0; i < rows.length; i++) families[rows[i]!] = family;
    for (const [k, lane] of lanes.entries()) {
      const to = this.#lanes[k]!;
      if (typeof lane !== 'number') spreadWords(to, chosen, lane);
      else if (lane !== 0) for (let i = 0; i < rows.length; i++) to[rows[i]!] = lane;
    }
  }

  protected valueBytes(rows: number): number {
    return 4 * Area.aligned(rows * 4) + Area.aligned(rows);
  }

  finish(rows: number, area: Area): AddressColumn {
    const valid = this.validity(rows, area);
    const [a, b, c, d] = this.#lanes;
    const lanes = [shrunk(a, rows, area), shrunk(b, rows, area), shrunk(c, rows, area), shrunk(d, rows, area)] as const;
    const family = area.u8(isConstant(this.#family, rows) ? 1 : rows);
    family.set(this.#family.subarray(0, family.length));
    return new AddressColumn(lanes, family, rows, valid);
  }

  protected reset(rows: number): void {
    for (const lane of this.#lanes) lane.fill(0, 0, rows);
    this.#family.fill(0, 0, rows);
  }
}

/** A lane of its own, of one value where all rows have the same. */
function shrunk(lane: Uint32Array, rows: number, area: Area): Uint32Array {
  const values = area.u32(isConstant(lane, rows) ? 1 : rows);
  values.set(lane.subarray(0, values.length));
  return values;
}

export class TextColumnBuilder extends ColumnBuilder {
  readonly kind = 'text';
  readonly #index: Uint16Array;
  readonly #numbers = new Map<string, number>();

  constructor(capacity: number) {
    super(capacity);
    this.#index = new Uint16Array(capacity);
  }

  /** At most once a row. */
  set(row: number, value: string): void {
    let number = this.#numbers.get(value);
    if (number === undefined) this.#numbers.set(value, (number = this.#numbers.size));
    this.#index[row] = number;
    this.mark(row);
  }

  protected valueBytes(rows: number): number {
    return Area.aligned(rows * 2);
  }

  finish(rows: number, area: Area): TextColumn {
    const valid = this.validity(rows, area);
    const index = area.u16(rows);
    index.set(this.#index.subarray(0, rows));
    return new TextColumn(index, [...this.#numbers.keys()], valid);
  }

  protected reset(rows: number): void {
    this.#index.fill(0, 0, rows);
    this.#numbers.clear();
  }
}

export class BytesColumnBuilder extends ColumnBuilder {
  readonly kind = 'bytes';
  readonly #lengths: Uint32Array;
  #blob = new Uint8Array(4096);
  #end = 0;

  constructor(capacity: number) {
    super(capacity);
    this.#lengths = new Uint32Array(capacity);
  }

  /** Copies `source[start, end)`. At most once a row, rows ascending. */
  set(row: number, source: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (this.#end + length > this.#blob.length) {
      const larger = new Uint8Array(Math.max(this.#blob.length * 2, this.#end + length));
      larger.set(this.#blob.subarray(0, this.#end));
      this.#blob = larger;
    }
    this.#blob.set(source.subarray(start, end), this.#end);
    this.#end += length;
    this.#lengths[row] = length;
    this.mark(row);
  }

  protected valueBytes(rows: number): number {
    return Area.aligned(rows * 4) + Area.aligned(this.#end);
  }

  finish(rows: number, area: Area): BytesColumn {
    const valid = this.validity(rows, area);
    const ends = area.u32(rows);
    let end = 0;
    for (let row = 0; row < rows; row++) ends[row] = end += this.#lengths[row]!;
    const blob = area.u8(this.#end);
    blob.set(this.#blob.subarray(0, this.#end));
    return new BytesColumn(ends, blob, valid);
  }

  protected reset(rows: number): void {
    this.#lengths.fill(0, 0, rows);
    this.#end = 0;
  }
}
