import { Area } from '../record/builder.ts';
import { AddressColumn, BytesColumn, NumberColumn, TextColumn, type Column } from '../record/columns.ts';
import { STORED_FIELDS } from '../record/fields/stored.ts';
import type { NumericArray } from '../record/kinds.ts';
import { selectColumn, selectValid, type Bitmaps } from '../record/select.ts';
import { decodeByFamily, isByFamily, upperLanes } from './by-family.ts';
import { ChunkReader, type ChunkShelf } from './chunks.ts';
import { candidatesOf, earlierRows, storedRows, type Candidates } from './copies.ts';
import { chunksIn, decodeNumbers } from './decode-numbers.ts';
import { memoryOf, type Head, type Layout, type Stream } from './directory.ts';
import { copyLike, countMarked, splitRows } from './like.ts';
import { moveBytes, moveWords } from './move-column.ts';
import { findWord, pickNumbers } from './pick-numbers.ts';
import type { Place } from './plan.ts';
import { ROW_BYTES_MAX } from './format.ts';
import { textBytesMax, unpackMessage } from './msgpack.ts';
import { FrameProblem, UnknownEncoding } from './problem.ts';
import { allRows, setRows, type RowSet } from './rows.ts';
import { copyEarlier, scatter, scratchLike } from './scatter.ts';

/** Where the values of a column come from. */
interface Rows {
  /** With a value. */
  readonly set: RowSet;
  /** Whose values are stored; undefined for all of these. */
  readonly stored: Uint16Array | undefined;
  /** To be copied from the earlier row of their flow; none of them is stored. */
  readonly copied: Uint16Array | undefined;
  readonly earlier: Int16Array | undefined;
  /** Rows that have the value of another column; none of them is stored. */
  readonly like?: { readonly other: Float64Array; readonly rows: Uint16Array };
}

/** What of an address is wanted. */
export interface Part {
  /** Only the last lane and the family; the others are left 0. */
  readonly lastLane: boolean;
  /** These two were decoded before, maybe into another area. */
  readonly had?: AddressColumn | undefined;
}

const WHOLE: Part = { lastLane: false };
const scratch = new Uint8Array(1 << 16);
const NO_LANE = new Uint32Array(1);

/** Decodes columns of one frame into pieces of an area that is large enough for all of them. */
export class ColumnDecoder {
  readonly #body: Uint8Array;
  readonly #rows: number;
  readonly #places: ReadonlyMap<number, Place>;
  readonly #chunks = new ChunkReader();
  readonly #all: RowSet;
  readonly #candidates = new Map<Uint16Array, Candidates>();
  readonly #sets = new Map<number, RowSet>();
  /** Columns that were decoded into this area, by field. */
  readonly #doubles = new Map<number, Float64Array>();
  #area: Area;
  /** The rows that are decoded, ascending; undefined for all. */
  #picked: Uint32Array | undefined;
  /** The place of each picked row among those with a value. */
  readonly #pickedPlaces = new Map<RowSet, Int32Array>();
  readonly #pickedBits: Bitmaps = new Map();
  #earlier: Int16Array | undefined;

  /**
   * @param places of all columns, also of those that are not to be decoded
   * @param area need not be zeros
   */
  constructor(body: Uint8Array, rows: number, places: ReadonlyMap<number, Place>, area: Area) {
    this.#body = body;
    this.#rows = rows;
    this.#all = allRows(rows);
    this.#places = places;
    this.#area = area;
  }

  /**
   * Decodes one column. Rows without a value get zero.
   * @param part what of an address is wanted
   * @returns undefined when none of the rows has a value
   * @throws FrameProblem, UnknownEncoding
   */
  decode(place: Place, layout: Layout, part: Part = WHOLE): Column | undefined {
    const { isNarrow } = place;
    const column = this.#picked === undefined ? this.#decodeAll(place, layout, part) : this.#decodePicked(place, layout, part, this.#picked); // prettier-ignore
    return isNarrow && column instanceof NumberColumn ? this.#widened(column) : column;
  }

  #widened({ values, valid }: NumberColumn): NumberColumn {
    const doubles = this.#area.numbers('f64', this.#length);
    doubles.set(values);
    return new NumberColumn('f64', doubles, valid);
  }

  #decodeAll(place: Place, layout: Layout, part: Part = WHOLE): Column {
    const set = this.rowSet(place);
    const earlier = place.head.hasCopies ? this.#earlierRows(place) : undefined;
    const other = place.head.like === undefined ? undefined : this.#valuesLike(place, place.head.like);
    this.#open(place, place.head.form === 'own' ? 1 : 0);
    const all = earlier === undefined ? plainRows(set) : this.#withCopies(set, earlier);
    const rows = other === undefined ? all : this.#unlike(all, other);
    const column = this.#values(layout, rows, part);
    this.#chunks.close();
    if (column.kind === 'f64') this.#doubles.set(place.field, column.values as Float64Array);
    return column;
  }

  #decodePicked(place: Place, layout: Layout, part: Part, picked: Uint32Array): Column | undefined {
    const set = this.rowSet(place);
    if (set.valid !== undefined && this.#valid(set) === undefined) return undefined;
    if (!place.head.hasCopies && place.head.like === undefined && layout.kind !== 'bytes') {
      this.#open(place, place.head.form === 'own' ? 1 : 0);
      return this.#values(layout, plainRows(set), part);
    }
    const area = this.#area;
    try {
      this.#picked = undefined;
      this.#area = new Area(memoryOf(layout, this.#rows));
      return selectColumn(this.#decodeAll(place, layout, { lastLane: part.lastLane }), picked, area, this.#pickedBits);
    } finally {
      this.#picked = picked;
      this.#area = area;
    }
  }

  /** From here on chunks that are unpacked go there, and come from there; undefined for nowhere. */
  keepChunks(shelf: ChunkShelf | undefined): void {
    this.#chunks.shelf = shelf;
  }

  /**
   * From here on only some rows are decoded, as if there were no others.
   * @param rows row numbers of the frame, ascending
   * @param area has room for their columns
   */
  pick(rows: Uint32Array, area: Area): void {
    this.#picked = rows;
    this.#area = area;
    this.#pickedPlaces.clear();
    this.#pickedBits.clear();
  }

  /** The rows that were picked last, of a column of all that were there before. @param rows their numbers among these */
  select(column: Column, rows: Uint32Array): Column | undefined {
    return selectColumn(column, rows, this.#area, this.#pickedBits);
  }

  /**
   * Rows of the frame, ascending, whose address may have `lane` as its last lane: all that have, and perhaps others.
   * @returns undefined where they are more than `most`, or looking at all rows is no slower
   * @throws FrameProblem, UnknownEncoding
   */
  findLastLane(place: Place, { streams }: Layout, lane: number, most: number): number[] | undefined {
    if (place.head.hasCopies) return undefined;
    const set = this.rowSet(place);
    this.#open(place, place.head.form === 'own' ? 1 : 0);
    for (const stream of streams.slice(0, -1)) this.#chunks.skip(chunksIn(stream));
    const found = findWord(this.#chunks, streams.at(-1)!, set.count, lane, most);
    return set.valid === undefined ? found : found?.map((number) => set.rows[number]!);
  }

  get #length(): number {
    return this.#picked?.length ?? this.#rows;
  }

  /** The bitmap of the rows that are decoded; undefined also where none of them has a value. */
  #valid({ valid }: RowSet): Uint8Array | undefined {
    return valid === undefined || this.#picked === undefined ? valid : selectValid(valid, this.#picked, this.#area, this.#pickedBits); // prettier-ignore
  }

  #placesIn(set: RowSet, picked: Uint32Array): Int32Array {
    let places = this.#pickedPlaces.get(set);
    if (places === undefined) this.#pickedPlaces.set(set, (places = set.placesOf(picked)));
    return places;
  }

  /** Goes on in another area, to which the bitmaps that were read so far move. @returns where each of them is now */
  moveTo(area: Area): ReadonlyMap<Uint8Array | undefined, Uint8Array> {
    const moved = new Map<Uint8Array | undefined, Uint8Array>();
    this.#area = area;
    this.#doubles.clear();
    for (const [field, set] of this.#sets) {
      if (set.valid === undefined) continue;
      const bitmap = area.u8(set.valid.length);
      bitmap.set(set.valid);
      moved.set(set.valid, bitmap);
      this.#sets.set(field, set.moved(bitmap));
    }
    return moved;
  }

  /** The rows with a value of a column, known or not. */
  rowSet(place: Place): RowSet {
    const { form, value } = place.head;
    if (form === 'none') return this.#all;
    const owner = form === 'own' ? place : this.#places.get(value);
    if (owner?.head.form !== 'own') throw new FrameProblem('column: shares a bitmap that is not there');
    let set = this.#sets.get(owner.field);
    if (set === undefined) this.#sets.set(owner.field, (set = this.#readBitmap(owner)));
    return set;
  }

  #open({ entry, offset }: Place, skip: number): void {
    this.#chunks.open(this.#body, offset, entry[2], skip);
  }

  #withCopies(set: RowSet, earlier: Int16Array): Rows {
    let candidates = this.#candidates.get(set.rows);
    if (candidates === undefined) this.#candidates.set(set.rows, (candidates = candidatesOf(set, earlier)));
    const exceptions = this.#chunks.read((candidates.rows.length + 7) >> 3, scratch);
    const stored = storedRows(candidates, exceptions);
    if (stored.length === 0) throw new FrameProblem('column: no values');
    const copied = stored === candidates.others ? candidates.rows : withoutExceptions(candidates.rows, exceptions);
    return { set, stored, copied, earlier };
  }

  /** The rows whose values are not those of the other column are stored. */
  #unlike(rows: Rows, other: Float64Array): Rows {
    const stored = storedOf(rows);
    const bitmap = this.#chunks.read((stored.length + 7) >> 3, scratch);
    const { marked, others } = splitRows(stored, bitmap, countMarked(bitmap, stored.length));
    return { ...rows, stored: marked, like: { other, rows: others } };
  }

  /**
   * The values of the column that another is like, with a value in each row and not itself like one.
   * @throws FrameProblem, UnknownEncoding
   */
  #valuesLike(asking: Place, field: number): Float64Array {
    const place = this.#places.get(field);
    if (place?.layout === undefined) throw new UnknownEncoding();
    if (
      place === asking ||
      place.head.like !== undefined ||
      place.head.form !== 'none' ||
      place.layout.kind !== 'f64' ||
      asking.layout?.kind !== 'f64'
    )
      throw new FrameProblem('column: like one that cannot be');
    const area = this.#area;
    const known = this.#doubles.get(field);
    if (known !== undefined) return known;
    try {
      this.#area = new Area(memoryOf(place.layout, this.#rows));
      return (this.#decodeAll(place, place.layout) as NumberColumn).values as Float64Array;
    } finally {
      this.#area = area;
    }
  }

  #readBitmap(place: Place): RowSet {
    const bytes = (this.#rows + 7) >> 3;
    const valid = this.#picked === undefined ? this.#area.u8(bytes) : new Uint8Array(bytes);
    this.#open(place, 0);
    valid.set(this.#chunks.read(bytes, scratch));
    const set = setRows(valid);
    const beyond = (this.#rows & 7) === 0 ? 0 : valid[bytes - 1]! >> (this.#rows & 7);
    if (set.count !== place.head.value || set.count === 0 || beyond !== 0)
      throw new FrameProblem('column: bitmap does not match its count');
    return set;
  }

  /** @param asking the column with copies, which cannot be the flow ids themselves */
  #earlierRows(asking: Place): Int16Array {
    if (this.#earlier !== undefined) return this.#earlier;
    const place = this.#places.get(STORED_FIELDS.flowid.number);
    if (place?.layout === undefined || place === asking || !isPlain(place.head))
      throw new FrameProblem('column: copies without flow ids');
    const flowIds = new Float64Array(this.#rows);
    this.#open(place, 0);
    decodeNumbers(this.#chunks, place.layout.streams[0]!, flowIds, this.#rows);
    this.#earlier = earlierRows(flowIds, this.#rows, 0)!;
    return this.#earlier;
  }

  #values(layout: Layout, rows: Rows, part: Part): Column {
    const { kind, streams } = layout;
    switch (kind) {
      case 'address':
        return this.#addresses(streams, rows, part);
      case 'text':
        return this.#texts(layout, rows);
      case 'bytes':
        return this.#bytes(layout, rows);
      case 'f64':
      case 'u8':
      case 'u16':
      case 'u32':
      case 'bits':
        return new NumberColumn(
          kind,
          this.#numbers(streams[0]!, this.#area.numbers(kind, this.#length), rows),
          this.#valid(rows.set),
        );
    }
  }

  #numbers<A extends NumericArray>(stream: Stream, values: A, rows: Rows): A {
    const { set, like } = rows;
    if (this.#picked !== undefined) {
      pickNumbers(this.#chunks, stream, values, set.count, this.#placesIn(set, this.#picked));
      return values;
    }
    const stored = storedOf(rows);
    if (stored.length === this.#rows) decodeNumbers(this.#chunks, stream, values, this.#rows);
    else {
      const dense = scratchLike(values);
      decodeNumbers(this.#chunks, stream, dense, stored.length);
      values.fill(0);
      scatter(dense, values, stored);
    }
    if (like !== undefined && values instanceof Float64Array) copyLike(values, like.other, like.rows);
    if (rows.copied !== undefined && rows.earlier !== undefined) copyEarlier(values, rows.copied, rows.earlier);
    return values;
  }

  #addresses(streams: readonly Stream[], rows: Rows, { lastLane, had }: Part): AddressColumn {
    const [first, a, b, c, d] = streams as readonly [Stream, Stream, Stream, Stream, Stream];
    const skip = (stream: Stream): void => this.#chunks.skip(chunksIn(stream));
    const lane = (stream: Stream): Uint32Array =>
      typeof stream === 'number'
        ? this.#area.u32(1).fill(stream)
        : this.#numbers(stream, this.#area.u32(this.#length), rows);
    const leading = (stream: Stream): Uint32Array => {
      if (lastLane) {
        skip(stream);
        return NO_LANE;
      }
      if (!isByFamily(stream)) return lane(stream);
      const words = this.#area.u32(this.#length);
      decodeByFamily(stream, family, words);
      return words;
    };
    const readFamily = (): Uint8Array =>
      typeof first === 'number'
        ? this.#area.u8(1).fill(first)
        : this.#numbers(first, this.#area.u8(this.#length), rows);
    if (had !== undefined) skip(first);
    const family = had === undefined ? readFamily() : this.#here(had.family, moveBytes);
    const lanes = [leading(a), leading(b), leading(c)] as const;
    if (had !== undefined) skip(d);
    const last = had === undefined ? lane(d) : this.#here(had.lanes[3], moveWords);
    return new AddressColumn([...lanes, last], family, this.#length, this.#valid(rows.set), upperLanes(a, b, c));
  }

  /** What was decoded before, where it is or moved here. */
  #here<A extends Uint8Array | Uint32Array>(values: A, move: (values: A, area: Area) => A): A {
    return values.buffer === this.#area.buffer ? values : move(values, this.#area);
  }

  #texts({ extraBytes, streams }: Layout, rows: Rows): TextColumn {
    const room = extraBytes <= scratch.length ? scratch : new Uint8Array(extraBytes);
    const dictionary = unpackMessage(this.#chunks.read(extraBytes, room), 1);
    if ('problem' in dictionary) throw new FrameProblem(`texts: ${dictionary.problem}`);
    const texts = dictionary.value;
    if (!Array.isArray(texts) || texts.length > this.#rows || !texts.every((text) => typeof text === 'string'))
      throw new FrameProblem('texts: not a list of texts');
    // Bytes that are no UTF-8 have grown.
    if (textBytesMax(texts) > this.#rows * ROW_BYTES_MAX) throw new FrameProblem('texts: too long');
    const index = this.#numbers(streams[0]!, this.#area.u16(this.#length), rows);
    return new TextColumn(index, texts, this.#valid(rows.set));
  }

  #bytes({ extraBytes, streams }: Layout, rows: Rows): BytesColumn {
    if (rows.copied !== undefined) throw new FrameProblem('bytes: copies');
    const ends = this.#numbers(streams[0]!, this.#area.u32(this.#rows), rows);
    let end = 0;
    for (let row = 0; row < this.#rows && end <= extraBytes; row++) ends[row] = end += ends[row]!;
    if (end !== extraBytes) throw new FrameProblem('bytes: lengths do not match the blob');
    const blob = this.#area.u8(extraBytes);
    const chunk = this.#chunks.read(extraBytes, blob);
    if (chunk.buffer !== blob.buffer) blob.set(chunk);
    return new BytesColumn(ends, blob, rows.set.valid);
  }
}

/** Whether a column has a value in each row, all of them its own. */
function isPlain({ form, hasCopies, like }: Head): boolean {
  return form === 'none' && !hasCopies && like === undefined;
}

function plainRows(set: RowSet): Rows {
  return { set, stored: undefined, copied: undefined, earlier: undefined };
}

function storedOf({ stored, set }: Rows): Uint16Array {
  return stored ?? set.rows;
}

function withoutExceptions(candidates: Uint16Array, exceptions: Uint8Array): Uint16Array {
  return candidates.filter((_, i) => ((exceptions[i >> 3]! >> (i & 7)) & 1) === 0);
}
