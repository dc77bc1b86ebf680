import type { OutgoingRecord } from './outgoing-record.ts';

/**
 * Writes one section at `at`, where there is room for it, or nothing.
 * @returns where the next one begins
 */
export type EncodeSection = (record: OutgoingRecord, view: DataView, at: number) => number;

/** The header of a section of `words` words, itself included. @returns where the section ends */
export function writeHeader(
  view: DataView,
  at: number,
  type: number,
  subtype: number,
  qualifier: number,
  words: number,
): number {
  view.setUint8(at, type);
  view.setUint8(at + 1, subtype);
  view.setUint8(at + 2, qualifier);
  view.setUint8(at + 3, words);
  return at + words * 4;
}

/** As `writeHeader`, with zeros behind it. */
export function writeZeros(
  view: DataView,
  at: number,
  type: number,
  subtype: number,
  qualifier: number,
  words: number,
): number {
  const end = writeHeader(view, at, type, subtype, qualifier, words);
  for (let offset = at + 4; offset < end; offset += 4) view.setUint32(offset, 0);
  return end;
}
