import type { Batch, BatchKind, Origin, UnknownColumn } from './batch.ts';
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
  readonly buffer: ArrayBuffer;
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
 * Readies a batch for another thread: `port.postMessage(message, [message.buffer])`. The batch cannot be used after
 * that.
 */
export function toMessage({ columns, ...batch }: Batch): BatchMessage {
  const words: number[] = [];
  const dictionaries: (readonly string[])[] = [];
  const others: [number, Column][] = [];
  for (let field = 0; field < columns.length; field++) {
    const column = columns[field];
    if (column === undefined) continue;
    const arrays = arraysOf(column);
    if (arrays.some((array) => array !== undefined && array.buffer !== batch.buffer)) others.push([field, column]);
    else {
      words.push(field, KINDS.indexOf(column.kind));
      for (const array of arrays) words.push(array?.byteOffset ?? NOWHERE, array?.length ?? 0);
      if (column.kind === 'text') dictionaries.push(column.dictionary);
    }
  }
  return { ...batch, layout: Uint32Array.from(words), dictionaries, others };
}

const NOWHERE = 0xffff_ffff;

/** The arrays of a column, its bitmap first. */
function arraysOf(column: Column): readonly (NumericArray | undefined)[] {
  switch (column.kind) {
    case 'address':
      return [column.valid, ...column.lanes, column.family];
    case 'text':
      return [column.valid, column.index];
    case 'bytes':
      return [column.valid, column.ends, column.blob];
    default:
      return [column.valid, column.values];
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
  readonly #buffer: ArrayBuffer;
  readonly #layout: Uint32Array;
  readonly #rows: number;
  readonly #dictionaries: readonly (readonly string[])[];
  #at = 0;
  #texts = 0;

  constructor(buffer: ArrayBuffer, layout: Uint32Array, rows: number, dictionaries: readonly (readonly string[])[]) {
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
