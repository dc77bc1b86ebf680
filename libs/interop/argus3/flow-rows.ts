import type { Batch } from '../../record/batch.ts';
import { AddressColumn, BytesColumn, NumberColumn, TextColumn, type Column } from '../../record/columns.ts';
import { STORED_BY_NUMBER, STORED_FIELDS, type StoredName } from '../../record/fields/stored.ts';
import { ADDRESS_FIELDS, BYTES_FIELDS, SIDED_FIELDS, SINGLE_FIELDS, TEXT_FIELDS } from './flow-columns.ts';
import { SINGLE, SLOTS } from './flow-record.ts';
import type { OutgoingRecord } from './outgoing-record.ts';

/** Fields that records of Argus 5 have, and those of Argus 3 do not. */
const OF_ARGUS_5: ReadonlySet<StoredName> = new Set(['smss', 'dmss']);

const numberOf = (name: StoredName): number => STORED_FIELDS[name].number;

/** Where the number of each field goes; an array of pairs, so that a batch's columns are found in one pass. */
const NUMBERS: readonly (readonly [slot: number, field: number])[] = [
  ...SINGLE_FIELDS.map(([slot, name]) => [slot, numberOf(name)] as const),
  ...SIDED_FIELDS.flatMap(([slot, source, destination]) =>
    OF_ARGUS_5.has(source) ? [] : [[slot, numberOf(source)] as const, [slot + 1, numberOf(destination)] as const],
  ),
];
const ADDRESSES = ADDRESS_FIELDS.map(([address, name]) => [address, numberOf(name)] as const);
const BYTES = BYTES_FIELDS.map(([piece, name]) => [piece, numberOf(name)] as const);
const TEXTS = TEXT_FIELDS.map(([piece, name]) => [piece, numberOf(name)] as const);
const TAKEN: ReadonlySet<number> = new Set([...NUMBERS, ...ADDRESSES, ...BYTES, ...TEXTS].map(([, field]) => field));

const BLOCK_ROWS = 64;
const TEXT_BYTES_MAX = 4096;
const UTF8 = new TextEncoder();

/** The rows of one batch after the other, as records on their way out. */
export class FlowRows {
  #numbers: (readonly [slot: number, column: NumberColumn])[] = [];
  /** Numbers of `BLOCK_ROWS` rows as records have them, and the first of these rows. */
  readonly #block = Array.from({ length: BLOCK_ROWS }, () => new Float64Array(SLOTS));
  #blockStart = -1;
  #rows = 0;
  #addresses: (readonly [address: number, column: AddressColumn])[] = [];
  #bytes: (readonly [piece: number, column: BytesColumn])[] = [];
  #texts: (readonly [piece: number, column: TextColumn])[] = [];
  /** Columns that have no place. */
  #others: (readonly [name: string, column: Column])[] = [];
  /** What the texts of a row are made into. */
  readonly #scratch = new Uint8Array(TEXT_BYTES_MAX * TEXTS.length);

  /** From now on rows are those of `batch`. */
  open({ columns, unknown, rows }: Batch, record: OutgoingRecord): void {
    this.#rows = rows;
    this.#blockStart = -1;
    const of = <C extends Column>(
      table: readonly (readonly [number, number])[],
      isOne: (column: Column | undefined) => column is C,
    ): (readonly [number, C])[] =>
      table.flatMap(([at, field]) => {
        const column = columns[field];
        return isOne(column) ? [[at, column] as const] : [];
      });
    this.#numbers = of(NUMBERS, (column) => column instanceof NumberColumn);
    this.#addresses = of(ADDRESSES, (column) => column instanceof AddressColumn);
    this.#bytes = of(BYTES, (column) => column instanceof BytesColumn);
    this.#texts = of(TEXTS, (column) => column instanceof TextColumn);
    this.#others = columns.flatMap((column, field) =>
      column === undefined || TAKEN.has(field) ? [] : [[STORED_BY_NUMBER.get(field)?.name ?? `field ${field}`, column]],
    );
    if (unknown.length > 0) record.losses.add('fields of a later version', unknown.length);
  }

  /** Bytes that the payload and texts of the row take at most. */
  bytesOf(row: number): number {
    let bytes = this.#scratch.length;
    for (const [, column] of this.#bytes) bytes += column.get(row).length;
    return bytes;
  }

  /** Counts what of the row has no place. */
  load(row: number, record: OutgoingRecord): void {
    if (this.#blockStart < 0 || row - this.#blockStart >= BLOCK_ROWS) this.#fillBlock(row);
    record.open(this.#block[row - this.#blockStart]!);
    for (const [address, column] of this.#addresses) {
      if (!column.has(row)) continue;
      const family = column.familyOf(row);
      record.setLanes(address, family, column.lane(0, row), column.lane(1, row), column.lane(2, row), column.lane(3, row)); // prettier-ignore
    }
    for (const [piece, column] of this.#bytes) {
      if (!column.has(row)) continue;
      record.blobs[piece] = column.blob;
      record.pieces[piece * 2] = row === 0 ? 0 : column.ends[row - 1]!;
      record.pieces[piece * 2 + 1] = column.ends[row]!;
    }
    for (const [i, [piece, column]] of this.#texts.entries()) {
      if (column.has(row)) this.#loadText(column.get(row), piece, i * TEXT_BYTES_MAX, record);
    }
    for (const [name, column] of this.#others) {
      if (column.has(row) && !(column instanceof NumberColumn && column.values[row] === 0)) record.losses.add(name);
    }
  }

  /** Column by column, which is faster than to ask each column in each row. */
  #fillBlock(start: number): void {
    const block = this.#block;
    const count = Math.min(BLOCK_ROWS, this.#rows - start);
    this.#blockStart = start;
    for (let i = 0; i < count; i++) {
      block[i]!.fill(NaN);
      block[i]![SINGLE.events] = 0;
    }
    for (const [slot, { values, valid }] of this.#numbers) {
      if (valid === undefined) for (let i = 0; i < count; i++) block[i]![slot] = values[start + i]!;
      else {
        for (let i = 0, row = start; i < count; i++, row++) {
          if ((valid[row >> 3]! & (1 << (row & 7))) !== 0) block[i]![slot] = values[row]!;
        }
      }
    }
  }

  #loadText(text: string, piece: number, at: number, record: OutgoingRecord): void {
    const { written } = UTF8.encodeInto(text, this.#scratch.subarray(at, at + TEXT_BYTES_MAX));
    record.blobs[piece] = this.#scratch;
    record.pieces[piece * 2] = at;
    record.pieces[piece * 2 + 1] = at + written;
  }
}
