import type { Area } from '../record/builder.ts';
import { AddressColumn, BytesColumn, NumberColumn, TextColumn, type Column } from '../record/columns.ts';
import { STORED_FIELDS } from '../record/fields/stored.ts';
import type { NumericArray } from '../record/kinds.ts';
import { ChunkReader } from './chunks.ts';
import { copyEarlier, countCandidates, storedOf } from './copies.ts';
import { decodeNumbers } from './decode-numbers.ts';
import type { Layout, Stream } from './directory.ts';
import type { Place } from './plan.ts';
import { unpackMessage } from './msgpack.ts';
import { FrameProblem } from './problem.ts';
import { allRows, earlierRows, setRows, type RowSet } from './rows.ts';

/** Which rows of a column have a value, and which of those are stored. */
interface Rows {
  readonly set: RowSet;
  readonly stored: Uint16Array;
}

const scratch = new Uint8Array(1 << 16);

/** Decodes columns of one frame into pieces of an area that is large enough for all of them. */
export class ColumnDecoder {
  readonly #body: Uint8Array;
  readonly #rows: number;
  readonly #places: ReadonlyMap<number, Place>;
  readonly #area: Area;
  readonly #chunks = new ChunkReader();
  readonly #sets = new Map<number, RowSet>();
  #earlier: Int16Array | undefined;

  /** @param places of all columns, also of those that are not to be decoded */
  constructor(body: Uint8Array, rows: number, places: ReadonlyMap<number, Place>, area: Area) {
    this.#body = body;
    this.#rows = rows;
    this.#places = places;
    this.#area = area;
  }

  /**
   * Decodes one column. Rows without a value get zero.
   * @throws FrameProblem, UnknownEncoding
   */
  decode(place: Place, layout: Layout): Column {
    const set = this.rowSet(place);
    const earlier = place.head.hasCopies ? this.#earlierRows(place) : undefined;
    this.#open(place, place.head.form === 'own' ? 1 : 0);
    const stored = earlier === undefined ? set.rows : this.#stored(set, earlier);
    const column = this.#values(layout, { set, stored }, earlier);
    this.#chunks.close();
    return column;
  }

  /** The rows with a value of a column, known or not. */
  rowSet(place: Place): RowSet {
    const { form, value } = place.head;
    if (form === 'none') return allRows(this.#rows);
    const owner = form === 'own' ? place : this.#places.get(value);
    if (owner?.head.form !== 'own') throw new FrameProblem('column: shares a bitmap that is not there');
    let set = this.#sets.get(owner.entry[0]);
    if (set === undefined) this.#sets.set(owner.entry[0], (set = this.#readBitmap(owner)));
    return set;
  }

  #open({ entry, offset }: Place, skip: number): void {
    this.#chunks.open(this.#body, offset, entry[2], skip);
  }

  #stored(set: RowSet, earlier: Int16Array): Uint16Array {
    const candidates = countCandidates(set, earlier);
    const stored = storedOf(set, earlier, this.#chunks.read((candidates + 7) >> 3, scratch));
    if (stored.length === 0) throw new FrameProblem('column: no values');
    return stored;
  }

  #readBitmap(place: Place): RowSet {
    const bytes = (this.#rows + 7) >> 3;
    const valid = this.#area.u8(bytes);
    this.#open(place, 0);
    valid.set(this.#chunks.read(bytes, scratch));
    const set = setRows(valid, this.#rows);
    const beyond = (this.#rows & 7) === 0 ? 0 : valid[bytes - 1]! >> (this.#rows & 7);
    if (set.rows.length !== place.head.value || set.rows.length === 0 || beyond !== 0)
      throw new FrameProblem('column: bitmap does not match its count');
    return set;
  }

  /** @param asking the column with copies, which cannot be the flow ids themselves */
  #earlierRows(asking: Place): Int16Array {
    if (this.#earlier !== undefined) return this.#earlier;
    const place = this.#places.get(STORED_FIELDS.flowid.number);
    if (place?.layout === undefined || place === asking || place.head.hasCopies || place.head.form !== 'none')
      throw new FrameProblem('column: copies without flow ids');
    const flowIds = new Float64Array(this.#rows);
    this.#open(place, 0);
    decodeNumbers(this.#chunks, place.layout.streams[0]!, flowIds, this.#rows);
    this.#earlier = earlierRows(flowIds, this.#rows).earlier;
    return this.#earlier;
  }

  #values(layout: Layout, rows: Rows, earlier: Int16Array | undefined): Column {
    const { kind, streams } = layout;
    const { valid } = rows.set;
    switch (kind) {
      case 'address':
        return this.#addresses(streams, rows, earlier);
      case 'text':
        return this.#texts(layout, rows, earlier);
      case 'bytes':
        if (earlier !== undefined) throw new FrameProblem('bytes: copies');
        return this.#bytes(layout, rows);
      case 'u8':
      case 'u16':
      case 'u32':
      case 'bits':
      case 'f64':
        return new NumberColumn(
          kind,
          this.#fill(streams[0]!, this.#area.numbers(kind, this.#rows), rows, earlier),
          valid,
        );
    }
  }

  /** Decodes the stored values, moves each to its row, and copies the others. */
  #fill<A extends NumericArray>(stream: Stream, values: A, { set, stored }: Rows, earlier: Int16Array | undefined): A {
    decodeNumbers(this.#chunks, stream, values, stored.length);
    if (stored.length < this.#rows) scatter(values, stored, this.#rows);
    if (earlier !== undefined) copyEarlier(values, set, stored, earlier);
    return values;
  }

  #addresses(streams: readonly Stream[], rows: Rows, earlier: Int16Array | undefined): AddressColumn {
    const lane = (stream: Stream): Uint32Array => {
      if (typeof stream !== 'number') return this.#fill(stream, this.#area.u32(this.#rows), rows, earlier);
      return this.#area.u32(1).fill(stream);
    };
    const [first, a, b, c, d] = streams as readonly [Stream, Stream, Stream, Stream, Stream];
    const family: Uint8Array =
      typeof first === 'number'
        ? this.#area.u8(1).fill(first)
        : this.#fill(first, this.#area.u8(this.#rows), rows, earlier);
    return new AddressColumn([lane(a), lane(b), lane(c), lane(d)], family, this.#rows, rows.set.valid);
  }

  #texts({ extraBytes, streams }: Layout, rows: Rows, earlier: Int16Array | undefined): TextColumn {
    const room = extraBytes <= scratch.length ? scratch : new Uint8Array(extraBytes);
    const dictionary = unpackMessage(this.#chunks.read(extraBytes, room), 1);
    if ('problem' in dictionary) throw new FrameProblem(`texts: ${dictionary.problem}`);
    const texts = dictionary.value;
    if (!Array.isArray(texts) || texts.length > this.#rows || !texts.every((text) => typeof text === 'string'))
      throw new FrameProblem('texts: not a list of texts');
    const index = this.#fill(streams[0]!, this.#area.u16(this.#rows), rows, earlier);
    return new TextColumn(index, texts as string[], rows.set.valid);
  }

  #bytes({ extraBytes, streams }: Layout, rows: Rows): BytesColumn {
    const ends = this.#fill(streams[0]!, this.#area.u32(this.#rows), rows, undefined);
    let end = 0;
    for (let row = 0; row < this.#rows; row++) {
      end += ends[row]!;
      if (end > extraBytes) break;
      ends[row] = end;
    }
    if (end !== extraBytes) throw new FrameProblem('bytes: lengths do not match the blob');
    const blob = this.#area.u8(extraBytes);
    const chunk = this.#chunks.read(extraBytes, blob);
    if (chunk.buffer !== blob.buffer) blob.set(chunk);
    return new BytesColumn(ends, blob, rows.set.valid);
  }
}

/** Moves the values at the start to the rows that are stored; the other rows get zero. */
function scatter(values: NumericArray, stored: Uint16Array, rows: number): void {
  let end = rows;
  for (let i = stored.length - 1; i >= 0; i--) {
    const row = stored[i]!;
    const value = values[i]!;
    for (let absent = row + 1; absent < end; absent++) values[absent] = 0;
    values[row] = value;
    end = row;
  }
  for (let absent = 0; absent < end; absent++) values[absent] = 0;
}
