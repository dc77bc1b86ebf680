import { PIECE } from './flow-record.ts';
import { SECTION } from './format.ts';
import type { OutgoingRecord } from './outgoing-record.ts';
import type { EncodeSection } from './write-section.ts';
import { writeHeader } from './write-section.ts';

/** Subtypes of DATA: 16 bits of length, and the side. */
const SOURCE_DATA = 0x90;
const DESTINATION_DATA = 0xa0;
const DATA_BYTES_MAX = 0xffff;

/** The section DATA: the first payload bytes of one side. */
const encodeData =
  (piece: number, subtype: number): EncodeSection =>
  (record, view, at) => {
    const start = record.pieces[piece * 2]!;
    const bytes = Math.min(record.pieces[piece * 2 + 1]! - start, DATA_BYTES_MAX);
    if (start < 0) return at;
    const end = writePadded(record.blobs[piece]!, start, bytes, view, at + 8);
    view.setUint8(at, SECTION.data);
    view.setUint8(at + 1, subtype);
    view.setUint16(at + 2, (end - at) / 4);
    view.setUint16(at + 4, bytes);
    view.setUint16(at + 6, bytes);
    return end;
  };

export const encodeSourceData = encodeData(PIECE.source, SOURCE_DATA);
export const encodeDestinationData = encodeData(PIECE.destination, DESTINATION_DATA);

const LABEL_BYTES_MAX = 254 * 4;

/** The section LABEL: text, filled up with zeros. */
export function encodeLabel(record: OutgoingRecord, view: DataView, at: number): number {
  const start = record.pieces[PIECE.label * 2]!;
  const bytes = record.pieces[PIECE.label * 2 + 1]! - start;
  if (start < 0 || bytes === 0) return at;
  if (bytes > LABEL_BYTES_MAX) record.losses.add('ends of labels');
  const end = writePadded(record.blobs[PIECE.label]!, start, Math.min(bytes, LABEL_BYTES_MAX), view, at + 4);
  return writeHeader(view, at, SECTION.label, 0, 0, (end - at) / 4);
}

/** @returns the end, after zeros up to a word */
function writePadded(from: Uint8Array, start: number, bytes: number, view: DataView, at: number): number {
  const target = new Uint8Array(view.buffer, view.byteOffset + at, (bytes + 3) & ~3);
  target.set(from.subarray(start, start + bytes));
  target.fill(0, bytes);
  return at + target.length;
}
