import type { Batch } from '../record/batch.ts';
import { Area } from '../record/builder.ts';
import { AddressColumn, BytesColumn, NumberColumn, TextColumn, type Column } from '../record/columns.ts';
import { BYTES_PER_VALUE, type NumericArray } from '../record/kinds.ts';
import { Presence } from './presence.ts';
import { cellsOf, LaneCopy, TILE_ROWS, type Cells } from './row-cells.ts';
import type { FieldPlace, Lane } from './row-layout.ts';
import { ROW_BITS, ROW_MASK } from './row-names.ts';
import type { RowStore } from './row-store.ts';

/** Some rows on their way to columns, in the order that is wanted. */
let tile: Cells = cellsOf(new ArrayBuffer(0));

/** Numbers of one lane; a single one where all rows have the same. */
interface Target {
  readonly lane: Lane;
  readonly values: NumericArray;
}

/**
 * Rows in any order as a batch, which covers the record numbers between the lowest and the highest that they may have.
 * @param names of 1 to `BATCH_ROWS_MAX` rows of one origin
 * @param room where it may lie if there is enough
 */
export function gatherRows(store: RowStore, names: Uint32Array, room?: ArrayBufferLike): Batch {
  const { layout } = store;
  const rows = names.length;
  if (tile.u32.length < TILE_ROWS * layout.words) tile = cellsOf(new ArrayBuffer(4 * TILE_ROWS * layout.words));
  const blobs = layout.places.map((place) => (place.kind === 'bytes' ? blobBytesOf(store, place, names) : 0));
  const bytes = layout.places.reduce((sum, place, i) => sum + bytesFor(place, rows) + Area.aligned(blobs[i]!), 0);
  const area = new Area(bytes, room !== undefined && room.byteLength >= bytes ? room : new ArrayBuffer(bytes));
  const fields = layout.places.map((place, i) => ({ place, blob: blobs[i]!, targets: targetsOf(place, rows, area) }));
  const words = layout.presence.map(() => new Uint32Array(rows));
  const copies = layout.presence.map((word, i) => LaneCopy.outOf(tile, 4 * word, layout.words, words[i]!));
  for (const { lane, values } of fields.flatMap(({ targets }) => targets))
    if (lane.offset !== undefined) copies.push(LaneCopy.outOf(tile, lane.offset, layout.words, values));
  for (let row = 0; row < rows; row += TILE_ROWS) {
    const end = Math.min(row + TILE_ROWS, rows);
    takeRows(store, names, row, end);
    for (const copy of copies) copy.copy(row, end, 0);
  }
  const columns = new Array<Column | undefined>((layout.places.at(-1)?.field ?? -1) + 1).fill(undefined);
  const presence = new Presence(words, rows);
  for (const { place, blob, targets } of fields) {
    const valid = presence.valid(place.bit, (length) => area.u8(length));
    if (valid !== null) columns[place.field] = columnOf(store, names, place, targets.map(({ values }) => values), valid, area, blob); // prettier-ignore
  }
  const { origin } = store.segments[names[0]! >>> ROW_BITS]!;
  return { kind: store.kind, origin: store.origins[origin]!, ...numbersOf(store, names), rows, columns, unknown: [], buffer: area.buffer }; // prettier-ignore
}

/** Room for a column at most, its bitmap included. */
function bytesFor({ kind, lanes }: FieldPlace, rows: number): number {
  const valid = Area.aligned((rows + 7) >> 3);
  if (kind === 'text') return valid + Area.aligned(2 * rows);
  if (kind === 'bytes') return valid + Area.aligned(4 * rows);
  return lanes.reduce(
    (sum, lane) => sum + Area.aligned(lengthOf(kind, lane, rows) * BYTES_PER_VALUE[lane.kind]),
    valid,
  );
}

/** Lanes of addresses may be a single value, numbers are one for each row. */
function lengthOf(kind: FieldPlace['kind'], { offset }: Lane, rows: number): number {
  return kind === 'address' && offset === undefined ? 1 : rows;
}

function targetsOf({ kind, lanes }: FieldPlace, rows: number, area: Area): Target[] {
  if (kind === 'text' || kind === 'bytes') return lanes.map((lane) => ({ lane, values: new Uint32Array(rows) }));
  return lanes.map((lane) => {
    const values = area.numbers(lane.kind, lengthOf(kind, lane, rows));
    if (lane.offset === undefined) values.fill(lane.constant ?? 0);
    return { lane, values };
  });
}

/** Copies rows side by side into the tile, those that are shorter with what they lack. */
function takeRows({ layout, segments }: RowStore, names: Uint32Array, from: number, end: number): void {
  const { words, tail } = layout;
  const to = tile.u32;
  touched ^= touchRows(segments, names, from, end);
  for (let i = from, at = 0; i < end; i++, at += words) {
    const name = names[i]!;
    const segment = segments[name >>> ROW_BITS]!;
    const own = segment.words;
    copyRow(segment.cells.u32, (name & ROW_MASK) * own, own, to, at);
    for (let k = own; k < words; k++) to[at + k] = tail[k]!;
  }
}

/** What memory is fetched by. */
const LINE_WORDS = 16;
/** What was seen there, so that nobody thinks that it need not be looked at. */
let touched = 0;

/** Has the memory that rows lie in fetched: a loop that does nothing else waits for that of many rows at once. */
function touchRows(segments: RowStore['segments'], names: Uint32Array, from: number, end: number): number {
  let seen = 0;
  for (let i = from; i < end; i++) {
    const name = names[i]!;
    const { cells, words } = segments[name >>> ROW_BITS]!;
    const start = (name & ROW_MASK) * words;
    const behind = start + words;
    for (let at = start; at < behind; at += LINE_WORDS) seen ^= cells.u32[at]!;
    seen ^= cells.u32[behind - 1]!;
  }
  return seen;
}

/** @param words an even number */
function copyRow(from: Uint32Array, start: number, words: number, to: Uint32Array, at: number): void {
  for (let k = 0; k < words; k += 2) {
    to[at + k] = from[start + k]!;
    to[at + k + 1] = from[start + k + 1]!;
  }
}

function columnOf(
  store: RowStore,
  names: Uint32Array,
  { kind }: FieldPlace,
  lanes: readonly NumericArray[],
  valid: Uint8Array | undefined,
  area: Area,
  blobBytes: number,
): Column {
  switch (kind) {
    case 'address': {
      const [a, b, c, d, family] = lanes as [Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint8Array];
      return new AddressColumn([a, b, c, d], family, names.length, valid);
    }
    case 'text': {
      const index = area.u16(names.length).fill(0);
      const own = renumber(lanes[0] as Uint32Array, index);
      return new TextColumn(index, Array.from(own, (number) => store.texts.text(number)), valid); // prettier-ignore
    }
    case 'bytes':
      return joinBytes(store, names, lanes as [Uint32Array, Uint32Array], area, blobBytes, valid);
    default:
      return new NumberColumn(kind, lanes[0]!, valid);
  }
}

/**
 * Numbers texts in the order in which they come up.
 * @param numbers that they had, 0 for none
 * @returns for each new one the old
 */
function renumber(numbers: Uint32Array, index: Uint16Array): Iterable<number> {
  const own = new Map<number, number>();
  for (let row = 0; row < numbers.length; row++) {
    const old = numbers[row]!;
    if (old === 0) continue;
    let number = own.get(old);
    if (number === undefined) own.set(old, (number = own.size));
    index[row] = number;
  }
  return own.keys();
}

function blobBytesOf({ segments }: RowStore, { lanes }: FieldPlace, names: Uint32Array): number {
  const at = lanes[1]!.offset! >> 2;
  let bytes = 0;
  for (let i = 0; i < names.length; i++) {
    const { cells, words } = segments[names[i]! >>> ROW_BITS]!;
    if (at < words) bytes += cells.u32[(names[i]! & ROW_MASK) * words + at]!;
  }
  return bytes;
}

function joinBytes(
  { segments }: RowStore,
  names: Uint32Array,
  [offsets, lengths]: readonly [Uint32Array, Uint32Array],
  area: Area,
  bytes: number,
  valid: Uint8Array | undefined,
): BytesColumn {
  const ends = area.u32(names.length);
  const blob = area.u8(bytes);
  let end = 0;
  for (let row = 0; row < names.length; row++) {
    const length = lengths[row]!;
    if (length > 0) blob.set(segments[names[row]! >>> ROW_BITS]!.blob.get(offsets[row]!, length), end);
    ends[row] = end += length;
  }
  return new BytesColumn(ends, blob, valid);
}

function numbersOf({ segments }: RowStore, names: Uint32Array): { first: number; covers: number } {
  let first = Infinity;
  let end = 0;
  let last = -1;
  for (let i = 0; i < names.length; i++) {
    const number = names[i]! >>> ROW_BITS;
    if (number === last) continue;
    last = number;
    const segment = segments[number]!;
    if (segment.first < first) first = segment.first;
    if (segment.end > end) end = segment.end;
  }
  return { first, covers: Math.max(end - first, names.length) }; // a file may have been read twice
}
