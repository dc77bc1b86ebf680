import { BATCH_ROWS_MAX, FLOW_BATCH, type Batch, type BatchKind, type Origin } from '../record/batch.ts';
import type { Column } from '../record/columns.ts';
import type { NumericArray } from '../record/kinds.ts';
import { originKey } from '../record/ledger.ts';
import { KeptBytes } from './kept-bytes.ts';
import { presenceOf } from './presence.ts';
import { cellsOf, LaneCopy, TILE_ROWS, type Cells } from './row-cells.ts';
import { RowLayout } from './row-layout.ts';
import { BATCHES_MAX, ROW_BITS } from './row-names.ts';
import { TextNumbers } from './text-numbers.ts';

/** Rows of one origin and one length. */
export interface Segment {
  cells: Cells;
  /** Of a row, of 32 bits. */
  readonly words: number;
  rows: number;
  /** Number of the origin. */
  readonly origin: number;
  /** Record numbers that its rows may have: from the first up to, not including, the end. */
  first: number;
  end: number;
  readonly blob: KeptBytes;
  /** Rows that have not been given back. */
  wanted: number;
}

/** Rows for which there is room at first, where few come at once. */
const ROWS_MIN = 64;

/**
 * Records of one kind as rows, the values of each side by side, so that they can be brought into any order at the price of one look into
 * memory for each. Columns of later versions are left out.
 */
export class RowStore {
  /** Of what there is. */
  kind: BatchKind = FLOW_BATCH;
  readonly layout = new RowLayout();
  /** By number, which the names of rows begin with. */
  readonly segments: (Segment | undefined)[] = [];
  readonly texts = new TextNumbers();
  readonly origins: Origin[] = [];
  readonly #originNumbers = new Map<string, number>();
  #bytes = 0;

  /** Memory that it takes. */
  get bytes(): number {
    return this.#bytes;
  }

  get isFull(): boolean {
    return this.segments.length === BATCHES_MAX;
  }

  /**
   * Takes all rows of a batch, which is not looked at afterwards.
   * @returns the name of the first of them; the others follow
   */
  add(batch: Batch): number {
    const { layout } = this;
    layout.fit(batch);
    this.kind = batch.kind;
    const number = this.#segmentFor(batch);
    const segment = this.segments[number]!;
    const start = segment.rows;
    const copies = this.#copies(batch, segment);
    for (let row = 0; row < batch.rows; row += TILE_ROWS) {
      const end = Math.min(row + TILE_ROWS, batch.rows);
      for (const copy of copies) copy.copy(row, end, start + row);
    }
    segment.rows += batch.rows;
    segment.wanted += batch.rows;
    segment.first = Math.min(segment.first, batch.first);
    segment.end = Math.max(segment.end, batch.first + batch.covers);
    return number * 2 ** ROW_BITS + start;
  }

  /** So many rows of a segment are not asked for any more. */
  giveBack(name: number, rows: number): void {
    const number = name >>> ROW_BITS;
    const segment = this.segments[number]!;
    segment.wanted -= rows;
    if (number < this.segments.length - 1) this.#dropUnwanted(number);
  }

  #dropUnwanted(number: number): void {
    const segment = this.segments[number];
    if (segment === undefined || segment.wanted > 0) return;
    this.#bytes -= segment.cells.u8.length + segment.blob.capacity;
    this.segments[number] = undefined;
  }

  /** The last one as long as what comes next is like what it has; few rows come to lie with those before them. */
  #segmentFor({ origin, rows }: Batch): number {
    const last = this.segments.at(-1);
    const number = this.#originNumber(origin);
    const { words } = this.layout;
    const fits = last?.origin === number && last.words === words && last.rows + rows <= BATCH_ROWS_MAX;
    if (fits) this.#enlarge(last, last.rows + rows);
    else {
      const cells = cellsOf(new ArrayBuffer(4 * words * Math.max(rows, ROWS_MIN)));
      this.#bytes += cells.u8.length;
      if (last !== undefined) this.#dropUnwanted(this.segments.length - 1);
      this.segments.push({ cells, words, rows: 0, origin: number, first: Infinity, end: 0, blob: new KeptBytes(), wanted: 0 }); // prettier-ignore
    }
    return this.segments.length - 1;
  }

  #enlarge(segment: Segment, rows: number): void {
    const { cells, words } = segment;
    const had = cells.u32.length / words;
    if (rows <= had) return;
    segment.cells = cellsOf(new ArrayBuffer(4 * words * Math.min(Math.max(2 * had, rows), BATCH_ROWS_MAX)));
    segment.cells.u8.set(cells.u8.subarray(0, 4 * words * segment.rows));
    this.#bytes += segment.cells.u8.length - cells.u8.length;
  }

  #originNumber(origin: Origin): number {
    const key = originKey(origin);
    let number = this.#originNumbers.get(key);
    if (number === undefined) {
      number = this.origins.push(origin) - 1;
      this.#originNumbers.set(key, number);
    }
    return number;
  }

  /** What is laid into rows, and where. */
  #copies({ columns, rows }: Batch, segment: Segment): LaneCopy[] {
    const { places, presence } = this.layout;
    const { cells, words } = segment;
    const present = presenceOf(places, presence.length, columns, rows);
    const copies = presence.map((word, i) => LaneCopy.into(cells, 4 * word, words, present[i]!));
    for (const { field, lanes } of places) {
      const column = columns[field];
      if (column === undefined) continue;
      const values = this.#values(column, rows, segment);
      for (const [i, { offset }] of lanes.entries()) if (offset !== undefined) copies.push(LaneCopy.into(cells, offset, words, values[i]!)); // prettier-ignore
    }
    return copies;
  }

  #values(column: Column, rows: number, { blob }: Segment): readonly NumericArray[] {
    switch (column.kind) {
      case 'address':
        return [...column.lanes, column.family];
      case 'text':
        return [this.texts.of(column, rows)];
      case 'bytes': {
        const before = blob.capacity;
        const places = blob.add(column, rows);
        this.#bytes += blob.capacity - before;
        return places;
      }
      default:
        return [column.values];
    }
  }
}
