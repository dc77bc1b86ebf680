import { SIDED, SINGLE } from './flow-record.ts';
import { SECTION } from './format.ts';
import type { OutgoingRecord } from './outgoing-record.ts';
import { writeHeader, writeZeros } from './write-section.ts';

const PAIRS = 0x01;
const TRIPLES = 0x04;
/** Size classes: both sides in values of 1, 2, 4, 8 bytes; the initiator alone; the responder alone. */
const BOTH = 1;
const SOURCE_ONLY = 5;
const DESTINATION_ONLY = 9;
const UINT16_MAX = 0xffff;
const UINT32_MAX = 0xffff_ffff;
const INT32_MAX = 0x7fff_ffff;

const PER_SIDE = [SIDED.packets, SIDED.bytes, SIDED.appBytes] as const;

/** The section METRIC: packets, bytes and perhaps payload bytes, in the narrowest width that holds them all. */
export function encodeMetric(record: OutgoingRecord, view: DataView, at: number): number {
  const hasPayload = record.has(SIDED.appBytes) || record.has(SIDED.appBytes + 1);
  const perSide = hasPayload ? 3 : 2;
  const subtype = hasPayload ? TRIPLES : PAIRS;
  const source = greatest(record, 0, perSide);
  const destination = greatest(record, 1, perSide);
  if (source === 0 && destination === 0) return writeHeader(view, at, SECTION.metric, subtype, 0, 1);
  const sides = destination === 0 ? SOURCE_ONLY : source === 0 ? DESTINATION_ONLY : BOTH;
  const size = widthOf(Math.max(source, destination), sides);
  const width = 1 << size;
  let offset = at + 4;
  for (let side = sides === DESTINATION_ONLY ? 1 : 0; side <= (sides === SOURCE_ONLY ? 0 : 1); side++) {
    for (let i = 0; i < perSide; i++, offset += width) {
      writeUnsigned(view, offset, width, record.valueOr(PER_SIDE[i]! + side, 0));
    }
  }
  for (; (offset - at) % 4 !== 0; offset++) view.setUint8(offset, 0);
  return writeHeader(view, at, SECTION.metric, subtype, sides + size, (offset - at) / 4);
}

function greatest(record: OutgoingRecord, side: number, perSide: number): number {
  let most = 0;
  for (let i = 0; i < perSide; i++) most = Math.max(most, record.valueOr(PER_SIDE[i]! + side, 0));
  return most;
}

/** Bytes of a value as a power of two. Of one side alone they are two or more. */
function widthOf(greatestValue: number, sides: number): number {
  if (greatestValue > UINT32_MAX) return 3;
  if (greatestValue > UINT16_MAX) return 2;
  return greatestValue > 255 || sides !== BOTH ? 1 : 0;
}

function writeUnsigned(view: DataView, at: number, width: number, value: number): void {
  if (width === 1) view.setUint8(at, value);
  else if (width === 2) view.setUint16(at, value);
  else if (width === 4) view.setUint32(at, value);
  else {
    view.setUint32(at, Math.floor(value / 2 ** 32));
    view.setUint32(at + 4, value >>> 0);
  }
}

const SIZES_OF_BOTH = 0x02;
const SIZES_OF_SOURCE = 0x06;
const SIZES_OF_DESTINATION = 0x0a;

/** The section PSIZE: least and greatest packet of each side. */
export function encodePacketSize(record: OutgoingRecord, view: DataView, at: number): number {
  const hasSource = record.has(SIDED.leastSize);
  const hasDestination = record.has(SIDED.leastSize + 1);
  if (!hasSource && !hasDestination) return at;
  let end = at + 4;
  for (const side of [0, 1] as const) {
    if (!(side === 0 ? hasSource : hasDestination)) continue;
    view.setUint16(end, sizeOf(record, SIDED.leastSize + side));
    view.setUint16(end + 2, sizeOf(record, SIDED.greatestSize + side));
    end += 4;
  }
  const qualifier = !hasDestination ? SIZES_OF_SOURCE : hasSource ? SIZES_OF_BOTH : SIZES_OF_DESTINATION;
  return writeHeader(view, at, SECTION.packetSize, 0, qualifier, (end - at) / 4);
}

function sizeOf(record: OutgoingRecord, slot: number): number {
  const bytes = record.valueOr(slot, 0);
  if (bytes > UINT16_MAX) record.losses.add('packet sizes over 16 bits');
  return Math.min(bytes, UINT16_MAX);
}

/** Counts of the times between packets: the first slot of each block, in their order. */
const INTERVALS = [SIDED.activeCount, SIDED.idleCount, SIDED.activeCount + 1, SIDED.idleCount + 1] as const;
const BLOCK_BYTES = 20;
const NS_PER_US = 1000;

/** The section JITTER: count, least, mean, deviation and greatest of the times between packets, microseconds. */
export function encodeIntervals(record: OutgoingRecord, view: DataView, at: number): number {
  const { values } = record;
  let present = 0;
  let end = at + 4;
  for (const [block, slot] of INTERVALS.entries()) {
    const count = values[slot]!;
    if (!(count > 0)) continue;
    present |= 1 << block;
    const mean = values[slot + 2]! / count;
    view.setInt32(end, Math.min(count, INT32_MAX));
    view.setFloat32(end + 4, values[slot + 6]! / NS_PER_US);
    view.setFloat32(end + 8, mean / NS_PER_US);
    view.setFloat32(end + 12, Math.sqrt(Math.max(0, values[slot + 4]! / count - mean * mean)) / NS_PER_US);
    view.setFloat32(end + 16, values[slot + 8]! / NS_PER_US);
    end += BLOCK_BYTES;
  }
  return present === 0 ? at : writeHeader(view, at, SECTION.jitter, 0, present, (end - at) / 4);
}

const AGGREGATE_WORDS = 20;
const AGGREGATE_OF_DURATION = 0x04;
const NS_PER_SECOND = 1e9;

/**
 * The section AGR: of how many records this one was made, and how long they took, of which we know the whole alone. All
 * but the first count is little-endian.
 */
export function encodeAggregate(record: OutgoingRecord, view: DataView, at: number): number {
  const merged = record.values[SINGLE.merged]!;
  if (!(merged > 1)) return at;
  const end = writeZeros(view, at, SECTION.aggregate, AGGREGATE_OF_DURATION, 1, AGGREGATE_WORDS);
  const seconds = record.valueOr(SINGLE.duration, 0) / NS_PER_SECOND;
  view.setUint32(at + 4, merged);
  view.setInt32(at + 24, Math.min(merged, INT32_MAX), true);
  for (const offset of [28, 32, 40]) view.setFloat32(at + offset, seconds, true); // least, mean, greatest
  return end;
}
