import { FIELD_NUMBERS_MAX } from '../record/batch.ts';
import { Area } from '../record/builder.ts';
import { STORED_BY_NUMBER } from '../record/fields/stored.ts';
import { headOf, layoutOf, memoryOf, storedBytes, type Entry, type Head, type Layout } from './directory.ts';
import { FRAME_BYTES_MAX, ROW_BYTES_MAX } from './format.ts';
import { FrameProblem } from './problem.ts';

/** A column of a frame: its directory entry, what that means, and where its chunks begin in the body. */
export interface Place {
  readonly entry: Entry;
  readonly head: Head;
  /** Undefined for a field or a kind that this version does not know. */
  readonly layout: Layout | undefined;
  readonly offset: number;
}

/** Which columns of a frame lie where, which are wanted, and how much memory these need. */
export interface Plan {
  /** By field number. */
  readonly places: ReadonlyMap<number, Place>;
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
 * Checks the directory before any memory is taken for columns.
 * @param fields wanted; all when undefined
 * @throws FrameProblem
 */
export function planFrame(entries: readonly Entry[], shape: FrameShape, fields: ReadonlySet<number> | undefined): Plan {
  const { rows, bodyBytes } = shape;
  const places = new Map<number, Place>();
  const extraBytesMax = Math.min(rows * ROW_BYTES_MAX, FRAME_BYTES_MAX);
  let offset = shape.start;
  for (const entry of entries) {
    const field = entry[0];
    const stored = storedBytes(entry);
    if (stored > bodyBytes - offset) throw new FrameProblem('directory: columns exceed the frame');
    if (places.has(field)) throw new FrameProblem('directory: field twice');
    const head = headOf(entry);
    const known = field < FIELD_NUMBERS_MAX && rows > 0 ? STORED_BY_NUMBER.get(field)?.field : undefined;
    const layout = known === undefined ? undefined : layoutOf(entry, head, known.kind, extraBytesMax);
    places.set(field, { entry, head, layout, offset });
    offset += stored;
  }
  if (offset !== bodyBytes) throw new FrameProblem('directory: bytes that belong to no column');
  return { places, ...wantedOf(places, rows, fields) };
}

function wantedOf(
  places: ReadonlyMap<number, Place>,
  rows: number,
  fields: ReadonlySet<number> | undefined,
): Pick<Plan, 'wanted' | 'columns' | 'bytes'> {
  const wanted: Place[] = [];
  let columns = 0;
  let bytes = 0;
  for (const place of places.values()) {
    const field = place.entry[0];
    if (place.head.form === 'own') bytes += Area.aligned((rows + 7) >> 3);
    if (fields !== undefined && !fields.has(field)) continue;
    wanted.push(place);
    if (place.layout === undefined) continue;
    bytes += memoryOf(place.layout, rows);
    columns = Math.max(columns, field + 1);
  }
  if (bytes > FRAME_BYTES_MAX) throw new FrameProblem('frame: columns too large');
  return { wanted, columns, bytes };
}
