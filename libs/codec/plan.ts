import { FIELD_NUMBERS_MAX } from '../record/batch.ts';
import { Area } from '../record/builder.ts';
import { STORED_BY_NUMBER } from '../record/fields/stored.ts';
import { headOf, layoutOf, memoryOf, type Entry, type Head, type Layout, type Listed } from './directory.ts';
import { FRAME_BYTES_MAX, KIND_CODES, ROW_BYTES_MAX } from './format.ts';
import { mayBeNarrow } from './narrow.ts';
import { FrameProblem } from './problem.ts';

/** A column of a frame: its directory entry, what that means, and where its chunks begin in the body. */
export class Place {
  readonly field: number;
  readonly head: Head;
  readonly offset: number;
  /** Its values are doubles that are stored as u32. */
  readonly isNarrow: boolean;
  readonly #rows: number;
  readonly #listed: Listed;
  #entry: Entry | undefined;
  /** Null until it was asked for. */
  #layout: Layout | undefined | null = null;

  /** @throws FrameProblem */
  constructor(listed: Listed, offset: number, rows: number) {
    this.field = listed.field;
    this.head = headOf(listed);
    this.offset = offset;
    this.isNarrow = this.head.kindCode === KIND_CODES.u32 && mayBeNarrow(this.field);
    this.#listed = listed;
    this.#rows = rows;
  }

  /** @throws FrameProblem */
  get entry(): Entry {
    return (this.#entry ??= this.#listed.entry());
  }

  /**
   * Undefined for a field or a kind that this version does not know.
   * @throws FrameProblem
   */
  get layout(): Layout | undefined {
    return this.#layout === null ? (this.#layout = this.#readLayout()) : this.#layout;
  }

  #readLayout(): Layout | undefined {
    const known = this.field < FIELD_NUMBERS_MAX && this.#rows > 0 ? STORED_BY_NUMBER.get(this.field) : undefined;
    const extraBytesMax = Math.min(this.#rows * ROW_BYTES_MAX, FRAME_BYTES_MAX);
    if (known === undefined) return undefined;
    return layoutOf(this.entry, this.head, this.isNarrow ? 'u32' : known.field.kind, extraBytesMax);
  }
}

/** Which columns are wanted, and how much memory these need. */
export interface Plan {
  readonly wanted: readonly Place[];
  /** Length of the list of decoded columns: the highest known field number and one more. */
  readonly columns: number;
  readonly bytes: number;
}

export interface FrameShape {
  readonly rows: number;
  /** Where the columns begin in the body. */
  readonly start: number;
  readonly bodyBytes: number;
}

/**
 * The columns of a frame by field number.
 * @throws FrameProblem
 */
export function placesOf(columns: readonly Listed[], { rows, start, bodyBytes }: FrameShape): Map<number, Place> {
  const places = new Map<number, Place>();
  let offset = start;
  for (const listed of columns) {
    if (listed.stored > bodyBytes - offset) throw new FrameProblem('directory: columns exceed the frame');
    if (places.has(listed.field)) throw new FrameProblem('directory: field twice');
    places.set(listed.field, new Place(listed, offset, rows));
    offset += listed.stored;
  }
  if (offset !== bodyBytes) throw new FrameProblem('directory: bytes that belong to no column');
  return places;
}

/**
 * Checks what the directory says of columns before any memory is taken for them.
 * @param fields wanted; all when undefined
 * @throws FrameProblem
 */
export function planColumns(
  places: ReadonlyMap<number, Place>,
  rows: number,
  fields: ReadonlySet<number> | undefined,
): Plan {
  const wanted: Place[] = [];
  let columns = 0;
  let bytes = 0;
  for (const place of places.values()) {
    const { field } = place;
    if (place.head.form === 'own') bytes += Area.aligned((rows + 7) >> 3);
    if (fields !== undefined && !fields.has(field)) continue;
    wanted.push(place);
    if (place.layout === undefined) continue;
    bytes += memoryOf(place.layout, rows) + (place.isNarrow ? Area.aligned(8 * rows) : 0);
    columns = Math.max(columns, field + 1);
  }
  if (bytes > FRAME_BYTES_MAX) throw new FrameProblem('frame: columns too large');
  return { wanted, columns, bytes };
}
