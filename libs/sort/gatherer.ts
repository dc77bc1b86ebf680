import { BATCH_ROWS_MAX, type Batch } from '../record/batch.ts';
import { Area } from '../record/builder.ts';
import { AddressColumn, BytesColumn, NumberColumn, TextColumn, type Column } from '../record/columns.ts';
import { BYTES_PER_VALUE, type NumericArray, type NumericKind } from '../record/kinds.ts';
import { ROW_BITS, ROW_MASK } from './row-names.ts';
import { sourcesOf, type AddressSource, type BytesSource, type Lane, type Source, type TextSource } from './sources.ts'; // prettier-ignore
import { Spread, type Validity } from './spread.ts';

/** A batch that is being made. */
interface Part {
  readonly names: Uint32Array;
  readonly area: Area;
  readonly columns: (Column | undefined)[];
}

/** Which rows of a part have a value: by a bitmap, all (undefined), or none (null). */
type Valid = Uint8Array | undefined | null;

/** Copies rows of several batches, in any order, into new ones: each value once, column by column. */
export class Gatherer {
  readonly #batches: readonly Batch[];
  readonly #sources: readonly Source[];

  /** @param batches of one kind; columns of later versions are left out */
  constructor(batches: readonly Batch[]) {
    this.#batches = batches;
    this.#sources = sourcesOf(batches);
  }

  /**
   * Copies rows of one origin. A batch covers the record numbers between the lowest and the highest that its rows may have.
   * @param names of at least one row
   * @param blockRows rows of a batch at most: a power of 2, at most `BATCH_ROWS_MAX`
   */
  gather(names: Uint32Array, blockRows = BATCH_ROWS_MAX): Batch[] {
    const parts: Part[] = [];
    const width = (this.#sources.at(-1)?.field ?? -1) + 1;
    for (let at = 0; at < names.length; at += blockRows) {
      const part = names.subarray(at, at + blockRows);
      const area = new Area(this.#sources.reduce((sum, source) => sum + bytesFor(source, part), 0));
      parts.push({ names: part, area, columns: new Array<Column | undefined>(width).fill(undefined) });
    }
    const gathering = new Gathering(Spread.of(names, this.#batches.length, Math.log2(blockRows)), parts);
    for (const source of this.#sources) gathering.take(source);
    return parts.map((part) => this.#batch(part));
  }

  #batch({ names, area, columns }: Part): Batch {
    const first = this.#batches[names[0]! >>> ROW_BITS]!;
    return { ...first, ...this.#numbers(names), rows: names.length, columns, unknown: [], buffer: area.buffer };
  }

  #numbers(names: Uint32Array): { first: number; covers: number } {
    let first = Infinity;
    let end = 0;
    let last = -1;
    for (let i = 0; i < names.length; i++) {
      const number = names[i]! >>> ROW_BITS;
      if (number === last) continue;
      last = number;
      const batch = this.#batches[number]!;
      first = Math.min(first, batch.first);
      end = Math.max(end, batch.first + batch.covers);
    }
    return { first, covers: Math.max(end - first, names.length) }; // a file may have been read twice
  }
}

const align = (bytes: number): number => Area.aligned(bytes);

function bytesFor(source: Source, names: Uint32Array): number {
  const rows = names.length;
  const valid = source.validity === undefined ? 0 : align((rows + 7) >> 3);
  switch (source.kind) {
    case 'number':
      return valid + align(rows * BYTES_PER_VALUE[source.type]);
    case 'address':
      return valid + 4 * align(4 * rows) + align(rows);
    case 'text':
      return valid + align(2 * rows);
    case 'bytes':
      return valid + align(4 * rows) + align(blobBytes(source, names));
  }
}

/** Rows of all parts that have a value, and their bitmap in each part. */
interface Present {
  readonly spread: Spread;
  readonly bitmaps: readonly Valid[];
}

/** Brings one column after the other into some parts. */
class Gathering {
  readonly #spread: Spread;
  readonly #parts: readonly Part[];
  readonly #present = new Map<Validity, Present>();

  constructor(spread: Spread, parts: readonly Part[]) {
    this.#spread = spread;
    this.#parts = parts;
  }

  take(source: Source): void {
    const { validity, field } = source;
    const present = validity === undefined ? undefined : this.#presentOf(validity);
    const columns = this.#columns(source, present?.spread ?? this.#spread, (i) => present?.bitmaps[i] ?? undefined);
    for (const [i, part] of this.#parts.entries()) if (present?.bitmaps[i] !== null) part.columns[field] = columns[i]!;
  }

  /** @param valid the bitmap of a part */
  #columns(source: Source, spread: Spread, valid: (part: number) => Uint8Array | undefined): Column[] {
    switch (source.kind) {
      case 'number':
        return this.#numbers(source, source.type, spread).map((values, i) => new NumberColumn(source.type, values, valid(i))); // prettier-ignore
      case 'address':
        return this.#addresses(source, spread, valid);
      case 'text':
        return this.#texts(source, spread, valid);
      case 'bytes':
        return this.#parts.map((part, i) => gatherBytes(source, part, valid(i)));
    }
  }

  #numbers({ values, constant }: Lane, kind: NumericKind, spread: Spread): readonly NumericArray[] {
    const targets = this.#parts.map(({ area, names }) => area.numbers(kind, names.length));
    if (constant === undefined) spread.bring(values, kind, targets);
    else if (constant !== 0) for (const target of targets) target.fill(constant);
    return targets;
  }

  #addresses(
    { lanes, families }: AddressSource,
    spread: Spread,
    valid: (part: number) => Uint8Array | undefined,
  ): Column[] {
    // prettier-ignore
    const [a, b, c, d] = lanes.map((lane) => this.#numbersOrOne(lane, 'u32', spread)) as [Uint32Array[], Uint32Array[], Uint32Array[], Uint32Array[]]; // prettier-ignore
    const family = this.#numbersOrOne(families, 'u8', spread) as readonly Uint8Array[];
    return this.#parts.map(({ names }, i) => new AddressColumn([a[i]!, b[i]!, c[i]!, d[i]!], family[i]!, names.length, valid(i))); // prettier-ignore
  }

  #numbersOrOne(lane: Lane, kind: NumericKind, spread: Spread): readonly NumericArray[] {
    const { constant } = lane;
    if (constant === undefined) return this.#numbers(lane, kind, spread);
    return this.#parts.map(({ area }) => area.numbers(kind, 1).fill(constant));
  }

  #texts({ ids, texts }: TextSource, spread: Spread, valid: (part: number) => Uint8Array | undefined): Column[] {
    const numbers = this.#parts.map(({ names }) => new Uint32Array(names.length));
    spread.bring(ids, 'u32', numbers);
    return this.#parts.map(({ area }, i) => {
      const index = area.u16(numbers[i]!.length);
      const own = renumber(numbers[i]!, index);
      return new TextColumn(index, Array.from(own, (id) => texts[id - 1]!), valid(i)); // prettier-ignore
    });
  }

  /** Fields that are present together have all of it in common. */
  #presentOf(validity: Validity): Present {
    const known = this.#present.get(validity);
    if (known !== undefined) return known;
    const spread = this.#spread.among(validity);
    const bitmaps = spread.places().map((places, i) => bitmapOf(places, this.#parts[i]!));
    const present = { spread, bitmaps };
    this.#present.set(validity, present);
    return present;
  }
}

function bitmapOf(places: Uint16Array, { area, names }: Part): Valid {
  if (places.length === names.length) return undefined;
  if (places.length === 0) return null;
  const bits = area.u8((names.length + 7) >> 3);
  for (let i = 0; i < places.length; i++) bits[places[i]! >> 3]! |= 1 << (places[i]! & 7);
  return bits;
}

/**
 * Numbers texts in the order in which they come up.
 * @param ids numbers that they had, 0 for none
 * @returns for each new one the old
 */
function renumber(ids: Uint32Array, index: Uint16Array): Iterable<number> {
  const own = new Map<number, number>();
  for (let row = 0; row < ids.length; row++) {
    const id = ids[row]!;
    if (id === 0) continue;
    let number = own.get(id);
    if (number === undefined) own.set(id, (number = own.size));
    index[row] = number;
  }
  return own.keys();
}

function blobBytes({ columns }: BytesSource, names: Uint32Array): number {
  let bytes = 0;
  for (let i = 0; i < names.length; i++) {
    const row = names[i]! & ROW_MASK;
    const ends = columns[names[i]! >>> ROW_BITS]?.ends;
    if (ends !== undefined) bytes += ends[row]! - (row === 0 ? 0 : ends[row - 1]!);
  }
  return bytes;
}

function gatherBytes(source: BytesSource, { names, area }: Part, valid: Uint8Array | undefined): BytesColumn {
  const ends = area.u32(names.length);
  const blob = area.u8(blobBytes(source, names));
  let end = 0;
  for (let i = 0; i < names.length; i++) {
    const value = source.columns[names[i]! >>> ROW_BITS]?.get(names[i]! & ROW_MASK);
    if (value !== undefined && value.length > 0) blob.set(value, end);
    ends[i] = end += value?.length ?? 0;
  }
  return new BytesColumn(ends, blob, valid);
}
