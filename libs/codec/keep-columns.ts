import { STORED_FIELDS } from '../record/fields/stored.ts';
import { packEnvelope, storedBytes, unpackEnvelope, type Entry } from './directory.ts';
import {
  FLAG_WHOLE,
  HEADER_BYTES,
  headerProblem,
  OWN_BITMAP,
  readHeader,
  sealFrame,
  SHARED_BITMAP,
  type Header,
} from './format.ts';
import { placesOf, planColumns, type Place } from './plan.ts';
import { FrameProblem } from './problem.ts';

/** Bytes of a frame's body. */
export interface Extent {
  readonly offset: number;
  readonly bytes: number;
}

/** A frame with only some of the columns of another, before it is put together. */
export interface KeptColumns {
  readonly envelope: Uint8Array;
  /** Of the other frame's body, in the order in which they follow the envelope. */
  readonly extents: readonly Extent[];
  /** Of the whole frame. */
  readonly bytes: number;
}

/**
 * Which parts of a frame make one with only some of its columns, as they are stored there.
 * @param envelope of a frame with that header
 * @returns undefined where that cannot be: columns packed together, values stored by reference to a flow id that is not
 *   wanted, or a frame that is none
 */
export function planKept(envelope: Uint8Array, header: Header, fields: ReadonlySet<number>): KeptColumns | undefined {
  if ((header.flags & FLAG_WHOLE) !== 0 || headerProblem(header) !== undefined) return undefined;
  const { rows, envelopeBytes: start, bodyBytes } = header;
  try {
    const { columns, ...head } = unpackEnvelope(envelope);
    const pieces = piecesOf(placesOf(columns, { rows, start, bodyBytes }), rows, fields);
    if (pieces === undefined) return undefined;
    const { note, ...rest } = head;
    const packed = packEnvelope(note === '' ? rest : head, pieces.map(({ entry }) => entry)); // prettier-ignore
    const extents = pieces.flatMap((piece) => piece.extents);
    return { envelope: packed, extents, bytes: HEADER_BYTES + packed.length + sum(extents) };
  } catch (error) {
    if (error instanceof FrameProblem) return undefined;
    throw error;
  }
}

/**
 * Finishes a frame of kept columns.
 * @param frame of as many bytes as they say, in which the extents stand already, at its end
 * @param header of the other frame
 */
export function sealKept(frame: Uint8Array, { envelope }: KeptColumns, header: Header): void {
  frame.set(envelope, HEADER_BYTES);
  sealFrame(frame, { ...header, envelopeBytes: envelope.length });
}

/**
 * A frame with only some of the columns of another, as they are stored there, without unpacking any.
 * @param frame whole, its checksum right; it stays as it is
 * @returns undefined where that cannot be, see `planKept`
 */
export function keepColumns(frame: Uint8Array, fields: ReadonlySet<number>): Uint8Array | undefined {
  const header = readHeader(frame, 0);
  const body = frame.subarray(HEADER_BYTES);
  const kept = planKept(body.subarray(0, header.envelopeBytes), header, fields);
  if (kept === undefined) return undefined;
  const result = new Uint8Array(kept.bytes);
  let end = HEADER_BYTES + kept.envelope.length;
  for (const { offset, bytes } of kept.extents) {
    result.set(body.subarray(offset, offset + bytes), end);
    end += bytes;
  }
  sealKept(result, kept, header);
  return result;
}

interface Piece {
  readonly entry: Entry;
  readonly extents: readonly Extent[];
}

function sum(extents: readonly Extent[]): number {
  return extents.reduce((bytes, extent) => bytes + extent.bytes, 0);
}

function piecesOf(places: ReadonlyMap<number, Place>, rows: number, fields: ReadonlySet<number>): Piece[] | undefined {
  const { wanted } = planColumns(places, rows, fields);
  const kept = new Set(wanted.map(({ field }) => field));
  /** For each field that had a bitmap which others share: the field that has it now. */
  const owners = new Map<number, number>();
  const pieces: Piece[] = [];
  for (const place of wanted) {
    const { entry, head } = place;
    if (head.hasCopies && !kept.has(STORED_FIELDS.flowid.number)) return undefined;
    const owner = head.form === 'shared' && !kept.has(head.value) ? places.get(head.value) : undefined;
    if (owner === undefined) pieces.push({ entry, extents: [extentOf(place)] });
    else {
      const heir = owners.get(head.value);
      owners.set(head.value, heir ?? place.field);
      pieces.push(heir === undefined ? inherit(place, owner) : { entry: sharing(entry, heir), extents: [extentOf(place)] }); // prettier-ignore
    }
  }
  return pieces;
}

function extentOf({ entry, offset }: Place): Extent {
  return { offset, bytes: storedBytes(entry) };
}

/** The column with the bitmap that it shared, which is the first chunk of its owner, as its own. */
function inherit(place: Place, owner: Place): Piece {
  if (owner.head.form !== 'own') throw new FrameProblem('column: shares a bitmap that is not there');
  const [field, code, lengths, , ...rest] = place.entry;
  const length = owner.entry[2][0] ?? 0;
  const entry: Entry = [field, code - SHARED_BITMAP + OWN_BITMAP, [length, ...lengths], owner.head.value, ...rest];
  return { entry, extents: [{ offset: owner.offset, bytes: length }, extentOf(place)] };
}

function sharing([field, code, lengths, , ...rest]: Entry, owner: number): Entry {
  return [field, code, lengths, owner, ...rest];
}
