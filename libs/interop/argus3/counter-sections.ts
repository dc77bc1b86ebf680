import { LOST, SIDED, SINGLE, type FlowRecord } from './flow-record.ts';

const PAIRS = 0x01;
const TRIPLES = 0x04;
/** Bytes of a value by the low two bits of the class, from class 1 on. */
const WIDTHS = [1, 2, 4, 8] as const;

/** The section METRIC: packets, bytes and perhaps payload bytes of each side, in the narrowest width that holds them all. */
export function decodeMetric({ values }: FlowRecord, view: DataView, at: number, end: number): void {
  const subtype = view.getUint8(at + 1);
  const size = view.getUint8(at + 2) & 0x0f;
  const hasPayload = (subtype & PAIRS) === 0 && (subtype & TRIPLES) !== 0;
  values[SIDED.packets] = values[SIDED.packets + 1] = values[SIDED.bytes] = values[SIDED.bytes + 1] = 0;
  if (hasPayload) values[SIDED.appBytes] = values[SIDED.appBytes + 1] = 0;
  if (size === 0 || size > 12) return;
  const width = WIDTHS[(size - 1) & 3]!;
  const from = size > 8 ? 1 : 0;
  const until = size > 4 && size <= 8 ? 0 : 1;
  const perSide = hasPayload ? 3 : 2;
  if (at + 4 + (until - from + 1) * perSide * width > end) return;
  let offset = at + 4;
  for (let side = from; side <= until; side++) {
    values[SIDED.packets + side] = unsigned(view, offset, width);
    values[SIDED.bytes + side] = unsigned(view, offset + width, width);
    if (hasPayload) values[SIDED.appBytes + side] = unsigned(view, offset + 2 * width, width);
    offset += perSide * width;
  }
}

/** Of eight bytes at most 2^53 - 1, the greatest count that is exact here. */
function unsigned(view: DataView, offset: number, width: 1 | 2 | 4 | 8): number {
  if (width === 1) return view.getUint8(offset);
  if (width === 2) return view.getUint16(offset);
  if (width === 4) return view.getUint32(offset);
  return Math.min(view.getUint32(offset) * 2 ** 32 + view.getUint32(offset + 4), Number.MAX_SAFE_INTEGER);
}

/** The section PSIZE: least and greatest packet of each side. Its histogram has no field. */
export function decodePacketSize(record: FlowRecord, view: DataView, at: number, end: number): void {
  const sides = view.getUint8(at + 2) & 0x0f;
  const from = sides === 0x0a ? 1 : 0;
  const until = sides === 0x06 ? 0 : 1;
  let offset = at + 4;
  for (let side = from; side <= until && offset + 4 <= end; side++) {
    record.values[SIDED.leastSize + side] = view.getUint16(offset);
    record.values[SIDED.greatestSize + side] = view.getUint16(offset + 2);
    offset += 4;
  }
  if (offset < end) record.lost |= LOST.sizeHistogram;
}

/** Count, sum, sum of squares, least and greatest of the times between packets: the first slot of each block, in their order. */
export const INTERVALS = [SIDED.activeCount, SIDED.idleCount, SIDED.activeCount + 1, SIDED.idleCount + 1] as const;
export const BLOCK_WORDS = 5;
const VERSION_IN_NANOSECONDS = 5;
const NS_PER_US = 1000;

/**
 * The section JITTER: count, least, mean, deviation and greatest of the times between packets, inside bursts and between
 * them. Sums are made of them, so that records merge exactly. Blocks may be longer, with a histogram that has no field.
 */
export function decodeIntervals(record: FlowRecord, view: DataView, at: number, end: number): void {
  const present = view.getUint8(at + 2) & 0x0f;
  const words = intervalWords(present, end - at);
  if (words < BLOCK_WORDS) return;
  if (words > BLOCK_WORDS) record.lost |= LOST.intervalHistogram;
  const unit = intervalUnit(record.version);
  let offset = at + 4;
  for (let block = 0; block < 4; block++) {
    if ((present & (1 << block)) === 0) continue;
    setIntervals(record.values, INTERVALS[block]!, view, offset, unit);
    offset += words * 4;
  }
}

/** Words of each block that is present in a section JITTER, 0 when there is none. */
export function intervalWords(present: number, bytes: number): number {
  let blocks = 0;
  for (let bits = present; bits !== 0; bits &= bits - 1) blocks += 1;
  return blocks === 0 ? 0 : Math.floor((bytes / 4 - 1) / blocks);
}

/** Nanoseconds that times between packets are told in. */
export function intervalUnit(version: number): number {
  return version === VERSION_IN_NANOSECONDS ? 1 : NS_PER_US;
}

/** Reads a block, unless it is impossible. @param to its first slot, behind which are the others of that side */
export function setIntervals(values: Float64Array, to: number, view: DataView, at: number, unit: number): void {
  const count = view.getInt32(at);
  const mean = view.getFloat32(at + 8) * unit;
  const deviation = view.getFloat32(at + 12) * unit;
  const least = view.getFloat32(at + 4) * unit;
  const greatest = view.getFloat32(at + 16) * unit;
  const isPossible = count > 0 && mean >= 0 && deviation >= 0 && least >= 0 && greatest < Infinity;
  if (!isPossible || !(mean + deviation < Infinity)) return;
  values[to] = count;
  values[to + 2] = mean * count;
  values[to + 4] = (mean * mean + deviation * deviation) * count;
  values[to + 6] = least;
  values[to + 8] = greatest;
}

/** The section AGR: of how many records this one was made. Its statistics have no field. */
export function decodeAggregate(record: FlowRecord, view: DataView, at: number, end: number): void {
  if (at + 8 > end) return;
  if (at + 8 < end) record.lost |= LOST.aggregateStatistics;
  const merged = view.getUint32(at + 4);
  if (merged > 1) record.values[SINGLE.merged] = merged;
}

/** The section BEHAVIOR: keystrokes. */
export function decodeBehavior(record: FlowRecord, view: DataView, at: number, end: number): void {
  if (at + 12 > end) return;
  record.values[SIDED.keystrokes] = Math.max(0, view.getInt32(at + 4));
  record.values[SIDED.keystrokes + 1] = Math.max(0, view.getInt32(at + 8));
}
