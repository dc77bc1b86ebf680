import { STORED_FIELDS } from '../record/fields/stored.ts';
import { storedBytes, type Entry } from './directory.ts';
import { packEnvelope, unpackEnvelope } from './envelope.ts';
import { FLAG_WHOLE, HEADER_BYTES, headerProblem, OWN_BITMAP, readHeader, sealFrame, SHARED_BITMAP } from './format.ts';
import type { FrameHead } from './frame-head.ts';
import { placesOf, planColumns, type Place } from './plan.ts';
import { FrameProblem } from './problem.ts';

/** The bytes of a column in the body of a frame. */
export interface Extent {
  readonly offset: number;
  readonly bytes: number;
  readonly checksum: number;
}

/** What has to be there of a frame for `keepColumns` to keep some of its columns. */
export interface Needed {
  /** Those that were wanted, and where values are stored by reference to a flow id or another column also these. */
  readonly fields: ReadonlySet<number>;
  /** Where these lie, and those that are there for their bitmaps alone. */
  readonly places: ReadonlyMap<number, Place>;
  /** In the order of the body, some of them for their bitmaps alone. */
  readonly extents: readonly Extent[];
}

/** @returns undefined where the frame has no checksums of columns, or makes no sense */
export function columnsNeeded(
  { header, envelope, places }: FrameHead,
  fields: ReadonlySet<number>,
): Needed | undefined {
  const { columns, checksums } = envelope;
  if (checksums === undefined) return undefined;
  try {
    const { wanted } = planColumns(places, header.rows, fields);
    const kept = new Set(wanted.map(({ field }) => field));
    for (const { head } of wanted) if (head.like !== undefined) kept.add(head.like);
    if ([...kept].some((field) => places.get(field)?.head.hasCopies === true)) kept.add(STORED_FIELDS.flowid.number);
    const owners = new Set(wanted.map(({ head }) => (head.form === 'shared' ? head.value : NO_FIELD)));
    const needed = new Map<number, Place>();
    const extents: Extent[] = [];
    let i = 0;
    for (const place of places.values()) {
      const { stored } = columns[i]!;
      if (kept.has(place.field) || owners.has(place.field)) {
        needed.set(place.field, place);
        extents.push({ offset: place.offset, bytes: stored, checksum: checksums[i]! });
      }
      i += 1;
    }
    return { fields: kept, places: needed, extents };
  } catch (error) {
    if (error instanceof FrameProblem) return undefined;
    throw error;
  }
}

const NO_FIELD = -1;

/**
 * A frame with only some of the columns of another, as they are stored there, without unpacking any.
 * @param frame its checksum right, or those of the columns that are looked at; it stays as it is
 * @returns undefined where that cannot be: columns packed together, values stored by reference to a flow id or a
 *   column that is not wanted, or a frame that is none
 */
export function keepColumns(frame: Uint8Array, fields: ReadonlySet<number>): Uint8Array | undefined {
  const header = readHeader(frame, 0);
  if ((header.flags & FLAG_WHOLE) !== 0 || headerProblem(header) !== undefined) return undefined;
  const body = frame.subarray(HEADER_BYTES);
  try {
    const { columns: listed, ...head } = unpackEnvelope(body.subarray(0, header.envelopeBytes));
    const shape = { rows: header.rows, start: header.envelopeBytes, bodyBytes: body.length };
    const pieces = piecesOf(body, placesOf(listed, shape), header.rows, fields);
    if (pieces === undefined) return undefined;
    const { note, ...rest } = head;
    const envelope = packEnvelope(note === '' ? rest : head, pieces.map(({ entry }) => entry)); // prettier-ignore
    const kept = Buffer.concat([frame.subarray(0, HEADER_BYTES), envelope, ...pieces.map(({ bytes }) => bytes)]);
    sealFrame(kept, { ...header, envelopeBytes: envelope.length });
    return kept;
  } catch (error) {
    if (error instanceof FrameProblem) return undefined;
    throw error;
  }
}

interface Piece {
  readonly entry: Entry;
  readonly bytes: Uint8Array;
}

function piecesOf(
  body: Uint8Array,
  places: ReadonlyMap<number, Place>,
  rows: number,
  fields: ReadonlySet<number>,
): Piece[] | undefined {
  const { wanted } = planColumns(places, rows, fields);
  const kept = new Set(wanted.map(({ entry }) => entry[0]));
  /** For each field that had a bitmap which others share: the field that has it now. */
  const owners = new Map<number, number>();
  const pieces: Piece[] = [];
  for (const place of wanted) {
    const { entry, head } = place;
    if (head.hasCopies && !kept.has(STORED_FIELDS.flowid.number)) return undefined;
    if (head.like !== undefined && !kept.has(head.like)) return undefined;
    const owner = head.form === 'shared' && !kept.has(head.value) ? places.get(head.value) : undefined;
    if (owner === undefined) pieces.push({ entry, bytes: bytesOf(body, place) });
    else {
      const heir = owners.get(head.value);
      owners.set(head.value, heir ?? entry[0]);
      pieces.push(heir === undefined ? inherit(body, place, owner) : { entry: sharing(entry, heir), bytes: bytesOf(body, place) }); // prettier-ignore
    }
  }
  return pieces;
}

function bytesOf(body: Uint8Array, { entry, offset }: Place): Uint8Array {
  return body.subarray(offset, offset + storedBytes(entry));
}

/** The column with the bitmap that it shared, which is the first chunk of its owner, as its own. */
function inherit(body: Uint8Array, place: Place, owner: Place): Piece {
  if (owner.head.form !== 'own') throw new FrameProblem('column: shares a bitmap that is not there');
  const [field, code, lengths, , ...rest] = place.entry;
  const length = owner.entry[2][0] ?? 0;
  const bitmap = body.subarray(owner.offset, owner.offset + length);
  const entry: Entry = [field, code - SHARED_BITMAP + OWN_BITMAP, [length, ...lengths], owner.head.value, ...rest];
  return { entry, bytes: Buffer.concat([bitmap, bytesOf(body, place)]) };
}

function sharing([field, code, lengths, , ...rest]: Entry, owner: number): Entry {
  return [field, code, lengths, owner, ...rest];
}
