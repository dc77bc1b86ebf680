import { crc32 } from 'node:zlib';
import type { Batch, BatchKind } from '../record/batch.ts';
import { STORED_FIELDS } from '../record/fields/stored.ts';
import { AddressFilter } from './address-filter.ts';
import { HEADER_BYTES } from './format.ts';

/*
 * Zones tell in short what a frame holds, so that a reader who looks for something else may pass over it. They stand at the
 * end of the envelope: their bytes, then `ZONE_END_BYTES` with their length and a checksum over header and envelope, which
 * counts where the rest of the frame is not read.
 */

/** The last element of an envelope with zones: a byte string of 8 bytes with its 2 bytes of msgpack. */
export const ZONE_END_BYTES = 10;
const BYTES_8 = 0xc408;
/** Bytes of the header that both checksums cover. */
const CHECKED_HEADER_BYTES = HEADER_BYTES - 4;

const RANGE_BYTES = 18;
/** Added to the number of a field of which every row has a value. */
const COMPLETE = 0x8000;
/** Fields whose addresses are in the filter: who spoke with whom. */
const ADDRESS_FIELDS = [STORED_FIELDS.saddr.number, STORED_FIELDS.daddr.number] as const;

/** What values of a field there are, those that are no number left out. */
export interface ValueRange {
  readonly least: number;
  readonly greatest: number;
  /** Every row has a value, and it is a number. */
  readonly isComplete: boolean;
}

/** What is known of a frame without reading its records. */
export interface FrameSummary {
  /** Whether it tells of a numeric field that rows have a value, if some have one. */
  tells(field: number): boolean;
  /** Of a numeric field of which it tells; undefined when no row has a value. */
  range(field: number): ValueRange | undefined;
  /** False when no row has this source or destination address; may err on the side of true. */
  mayHaveAddress(family: number, lanes: readonly [number, number, number, number]): boolean;
}

/** Tells from what a frame says of itself, and where in the file it begins, whether it may hold what is wanted. */
export type MayHold = (summary: FrameSummary, kind: BatchKind, offset: number) => boolean;

/** What a frame holds, in short. */
export class Zones implements FrameSummary {
  readonly #view: DataView;
  readonly #ranges: number;

  private constructor(view: DataView, ranges: number) {
    this.#view = view;
    this.#ranges = ranges;
  }

  /**
   * The zones of a frame, undefined where it has none or they make no sense.
   * @param head at least its header and its envelope; the zones are a view of it
   */
  static of(head: Uint8Array, envelopeBytes: number): Zones | undefined {
    const end = HEADER_BYTES + envelopeBytes;
    if (envelopeBytes < ZONE_END_BYTES || head.length < end) return undefined;
    const view = new DataView(head.buffer, head.byteOffset, end);
    if (view.getUint16(end - ZONE_END_BYTES) !== BYTES_8) return undefined;
    const bytes = view.getUint32(end - 8, true);
    if (bytes < 2 || bytes > envelopeBytes - ZONE_END_BYTES) return undefined;
    if (view.getUint32(end - 4, true) !== headChecksum(head, end)) return undefined;
    return Zones.#parse(new DataView(head.buffer, head.byteOffset + end - ZONE_END_BYTES - bytes, bytes));
  }

  static #parse(view: DataView): Zones | undefined {
    const ranges = view.getUint16(0, true);
    return 2 + ranges * RANGE_BYTES > view.byteLength ? undefined : new Zones(view, ranges);
  }

  tells(): boolean {
    return true;
  }

  /** Of a numeric field; undefined when no row has a value. Nothing is told of addresses, texts and bytes. */
  range(field: number): ValueRange | undefined {
    for (let i = 0, at = 2; i < this.#ranges; i++, at += RANGE_BYTES) {
      const said = this.#view.getUint16(at, true);
      if ((said & ~COMPLETE) !== field) continue;
      const least = this.#view.getFloat64(at + 2, true);
      const greatest = this.#view.getFloat64(at + 10, true);
      return { least, greatest, isComplete: (said & COMPLETE) !== 0 };
    }
    return undefined;
  }

  /** False when no row has this source or destination address; may err on the side of true. */
  mayHaveAddress(family: number, lanes: readonly [number, number, number, number]): boolean {
    const { buffer, byteOffset, byteLength } = this.#view;
    const at = 2 + this.#ranges * RANGE_BYTES;
    return at === byteLength || new AddressFilter(new Uint8Array(buffer, byteOffset + at, byteLength - at)).mayHave(family, lanes); // prettier-ignore
  }
}

/**
 * @param batch has at least one row
 * @param ranges of its numeric fields of which some row has a value, by number
 */
export function encodeZones(
  batch: Batch,
  ranges: readonly (readonly [field: number, range: ValueRange])[],
): Uint8Array {
  const filter = AddressFilter.encode(batch, ADDRESS_FIELDS);
  const bytes = new Uint8Array(2 + ranges.length * RANGE_BYTES + filter.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, ranges.length, true);
  for (const [i, [field, { least, greatest, isComplete }]] of ranges.entries()) {
    const at = 2 + i * RANGE_BYTES;
    view.setUint16(at, isComplete ? field + COMPLETE : field, true);
    view.setFloat64(at + 2, least, true);
    view.setFloat64(at + 10, greatest, true);
  }
  bytes.set(filter, bytes.length - filter.length);
  return bytes;
}

/** The last element of an envelope, before `sealZones` has filled it in. */
export function zoneEnd(zones: Uint8Array): Uint8Array {
  const end = new Uint8Array(8);
  new DataView(end.buffer).setUint32(0, zones.length, true);
  return end;
}

/** Fills in the checksum of a frame with zones whose header stands, but for its own checksum. */
export function sealZones(frame: Uint8Array, envelopeBytes: number): void {
  const end = HEADER_BYTES + envelopeBytes;
  new DataView(frame.buffer, frame.byteOffset).setUint32(end - 4, headChecksum(frame, end), true);
}

/** CRC-32 (ISO 3309) of the header without its checksum and the envelope without these four bytes. */
function headChecksum(head: Uint8Array, end: number): number {
  return crc32(head.subarray(HEADER_BYTES, end - 4), crc32(head.subarray(0, CHECKED_HEADER_BYTES)));
}
