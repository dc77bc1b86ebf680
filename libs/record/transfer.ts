import { FIELD_NUMBERS_MAX, type Batch, type BatchKind, type Origin, type UnknownColumn } from './batch.ts';
import { AddressColumn, BytesColumn, NumberColumn, TextColumn, type Column } from './columns.ts';
import { numericArray, type Kind, type NumericArray } from './kinds.ts';

/**
 * A batch as structured cloning carries it: one buffer that is transferred, and a few numbers for each column that lies in it,
 * since objects and views take long to clone.
 */
export interface BatchMessage {
  readonly kind: BatchKind;
  readonly origin: Origin;
  readonly first: number;
  readonly covers: number;
  readonly rows: number;
  readonly buffer: ArrayBufferLike;
  readonly unknown: readonly UnknownColumn[];
  readonly note?: string;
  /** Of each column that lies in `buffer`: its field, the place of its kind among `KINDS`, then offset and length of each of its arrays. */
  readonly layout: Uint32Array;
  /** Of those that are text, in their order. */
  readonly dictionaries: readonly (readonly string[])[];
  /** What lies elsewhere, without its classes. */
  readonly others: readonly (readonly [field: number, column: Column])[];
}

const KINDS: readonly Kind[] = ['u8', 'u16', 'u32', 'f64', 'bits', 'address', 'text', 'bytes'];

/**
 * Readies a batch for another thread: `port.postMessage(message, transferred(message))`. The batch cannot be used after
 * that, unless its memory is shared.
 */
export function toMessage({ columns, ...batch }: Batch): BatchMessage {
  const layout = new LayoutWriter(batch.buffer);
  const dictionaries: (readonly string[])[] = [];
  const others: [number, Column][] = [];
  for (let field = 0; field < columns.length; field++) {
    const column = columns[field];
    if (column === undefined) continue;
    if (!layout.add(field, column)) others.push([field, column]);
    else if (column.kind === 'text') dictionaries.push(column.dictionary);
  }
  return { ...batch, layout: layout.words(), dictionaries, others };
}

/** What goes to the other thread, instead of a copy of it: nothing of memory that both share. */
export function transferred({ buffer }: Pick<Batch, 'buffer'>): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer ? [buffer] : [];
}

const NOWHERE = 0xffff_ffff;
/** Two words for a column, and two for each of its arrays. */
const WORDS_MAX = FIELD_NUMBERS_MAX * (2 + 6 * 2);
const room = new Uint32Array(WORDS_MAX);

/** Writes where columns lie in a buffer. One at a time. */
class LayoutWriter {
  readonly #buffer: ArrayBufferLike;
  #end = 0;
  #isInside = true;

  constructor(buffer: ArrayBufferLike) {
    this.#buffer = buffer;
  }

  /** @returns false of a column that does not lie in the buffer, or not all of it */
  add(field: number, column: Column): boolean {
    const start = this.#end;
    this.#isInside = true;
    room[this.#end++] = field;
    room[this.#end++] = KINDS.indexOf(column.kind);
    this.#place(column.valid);
    this.#addArrays(column);
    if (!this.#isInside) this.#end = start;
    return this.#isInside;
  }

  words(): Uint32Array {
    return room.slice(0, this.#end);
  }

  /** The arrays of a column but for its bitmap. */
  #addArrays(column: Column): void {
    switch (column.kind) {
      case 'address':
        for (const lane of column.lanes) this.#place(lane);
        return this.#place(column.family);
      case 'text':
        return this.#place(column.index);
      case 'bytes':
        this.#place(column.ends);
        return this.#place(column.blob);
      default:
        return this.#place(column.values);
    }
  }

  #place(array: NumericArray | undefined): void {
    if (array !== undefined && array.buffer !== this.#buffer) this.#isInside = false;
    room[this.#end++] = array?.byteOffset ?? NOWHERE;
    room[this.#end++] = array?.length ?? 0;
  }
}

/** The batch again, in the thread that got the message. */
export function fromMessage({ layout, dictionaries, others, ...batch }: BatchMessage): Batch {
  const columns: (Column | undefined)[] = [];
  const reader = new LayoutReader(batch.buffer, layout, batch.rows, dictionaries);
  while (!reader.done) reader.next(columns);
  for (const [field, column] of others) columns[field] = revive(column, batch.rows);
  return { ...batch, columns };
}

/** Makes columns of what `toMessage` wrote of them. */
class LayoutReader {
  readonly #buffer: ArrayBufferLike;
  readonly #layout: Uint32Array;
  readonly #rows: number;
  readonly #dictionaries: readonly (readonly string[])[];
  #at = 0;
  #texts = 0;

  constructor(
    buffer: ArrayBufferLike,
    layout: Uint32Array,
    rows: number,
    dictionaries: readonly (readonly string[])[],
  ) {
    this.#buffer = buffer;
    this.#layout = layout;
    this.#rows = rows;
    this.#dictionaries = dictionaries;
  }

  get done(): boolean {
    return this.#at === this.#layout.length;
  }

  next(columns: (Column | undefined)[]): void {
    const field = this.#layout[this.#at]!;
    const kind = KINDS[this.#layout[this.#at + 1]!]!;
    this.#at += 2;
    columns[field] = this.#column(kind);
  }

  #column(kind: Kind): Column {
    const valid = this.#layout[this.#at] === NOWHERE ? this.#nothing() : this.#u8();
    switch (kind) {
      case 'address': {
        const lanes = [this.#u32(), this.#u32(), this.#u32(), this.#u32()] as const;
        return new AddressColumn(lanes, this.#u8(), this.#rows, valid);
      }
      case 'text': {
        const [offset, length] = this.#place();
        const index = new Uint16Array(this.#buffer, offset, length);
        return new TextColumn(index, this.#dictionaries[this.#texts++] ?? [], valid);
      }
      case 'bytes':
        return new BytesColumn(this.#u32(), this.#u8(), valid);
      default: {
        const [offset, length] = this.#place();
        return new NumberColumn(kind, numericArray(kind, this.#buffer, offset, length), valid);
      }
    }
  }

  #nothing(): undefined {
    this.#at += 2;
  }

  #place(): readonly [offset: number, length: number] {
    this.#at += 2;
    return [this.#layout[this.#at - 2]!, this.#layout[this.#at - 1]!];
  }

  #u8(): Uint8Array {
    return new Uint8Array(this.#buffer, ...this.#place());
  }

  #u32(): Uint32Array {
    return new Uint32Array(this.#buffer, ...this.#place());
  }
}

function revive(column: Column, rows: number): Column {
  switch (column.kind) {
    case 'address':
      return new AddressColumn(column.lanes, column.family, rows, column.valid);
    case 'text':
      return new TextColumn(column.index, column.dictionary, column.valid);
    case 'bytes':
      return new BytesColumn(column.ends, column.blob, column.valid);
    default:
      return new NumberColumn(column.kind, column.values, column.valid);
  }
}
