import { PIECE, SIDED, SINGLE, type FlowRecord } from './flow-record.ts';

const LONG_LENGTH = 0x80;
const SOURCE = 0x10;
const COMPRESSED = 0x08;

/** The section DATA: the first payload bytes of one side. */
export function decodeData(record: FlowRecord, view: DataView, at: number, end: number): void {
  if (at + 8 > end) return;
  const subtype = view.getUint8(at + 1);
  if ((subtype & COMPRESSED) !== 0) return;
  const sides = (subtype & LONG_LENGTH) !== 0 ? subtype : view.getUint8(at + 2);
  const count = Math.min(view.getUint16(at + 6), end - at - 8);
  const piece = (sides & SOURCE) !== 0 ? PIECE.source : PIECE.destination;
  record.pieces[piece * 2] = at + 8;
  record.pieces[piece * 2 + 1] = at + 8 + count;
}

/** The section LABEL: text, filled up with zeros. */
export function decodeLabel(record: FlowRecord, view: DataView, at: number, end: number): void {
  let last = end;
  while (last > at + 4 && view.getUint8(last - 1) === 0) last -= 1;
  if (last === at + 4) return;
  record.pieces[PIECE.label * 2] = at + 4;
  record.pieces[PIECE.label * 2 + 1] = last;
}

/** The section COCODE: two letters of each side. */
export function decodeCountry(record: FlowRecord, view: DataView, at: number, end: number): void {
  if (at + 8 > end) return;
  for (const side of [0, 1] as const) {
    if (view.getUint16(at + 4 + side * 2) === 0) continue;
    record.pieces[(PIECE.sourceCountry + side) * 2] = at + 4 + side * 2;
    record.pieces[(PIECE.sourceCountry + side) * 2 + 1] = at + 6 + side * 2;
  }
}

/** The section ASN: numbers of autonomous systems; 0 is none. */
export function decodeAsn(record: FlowRecord, view: DataView, at: number, end: number): void {
  const words = (end - at) / 4 - 1;
  const slots = [SIDED.asn, SIDED.asn + 1, SINGLE.middleAsn];
  for (let i = 0; i < Math.min(words, slots.length); i++) {
    const number = view.getUint32(at + 4 + i * 4);
    if (number !== 0) record.values[slots[i]!] = number;
  }
}
