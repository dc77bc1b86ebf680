import { SIDED, SINGLE, type FlowRecord } from './flow-record.ts';

/** Presence bits of the subtype. */
const SOURCE_START = 0x08;
const SOURCE_END = 0x10;
const DESTINATION_START = 0x20;
const DESTINATION_END = 0x40;
/** Qualifier: fractions are nanoseconds, not microseconds. */
export const NANOSECONDS = 0x19;
/** Forms without presence bits: low three bits of the subtype. */
export const START_AND_DURATION = 3;

/** Subtypes with one of them tell the times of each side. */
export const OF_SIDES = SOURCE_START | DESTINATION_START;

const { startUs, startNs, endUs, endNs } = SIDED;
const OF_DESTINATION = DESTINATION_START | DESTINATION_END;
const OF_BOTH = SOURCE_START | SOURCE_END | OF_DESTINATION;
/** Where the instants go, in the order of their bits, in which they come. */
const INSTANTS = 4;
const INSTANTS_US = Uint8Array.of(startUs, endUs, startUs + 1, endUs + 1);
const INSTANTS_NS = Uint8Array.of(startNs, endNs, startNs + 1, endNs + 1);

/** The section TIME: a range for the record, which is kept as the initiator's for now, or instants of each side. */
export function decodeTime(record: FlowRecord, view: DataView, at: number, end: number): void {
  const subtype = view.getUint8(at + 1);
  const inNanoseconds = view.getUint8(at + 2) === NANOSECONDS;
  const words = (end - at) / 4 - 1;
  if (words < 2) return;
  const { values } = record;
  if ((subtype & OF_SIDES) === 0) {
    setInstant(values, startUs, startNs, view, at + 4, inNanoseconds);
    if ((subtype & 7) === START_AND_DURATION && words >= 3) {
      setOffset(values, endUs, endNs, startUs, startNs, view.getInt32(at + 12));
    } else if (words >= 4) setInstant(values, endUs, endNs, view, at + 12, inNanoseconds);
    return;
  }
  decodeInstants(values, view, at + 4, words, subtype, inNanoseconds);
}

/** Twice as many words as instants: all are absolute. One word more than instants: the first is, others count from it. */
function decodeInstants(
  values: Float64Array,
  view: DataView,
  body: number,
  words: number,
  subtype: number,
  inNanoseconds: boolean,
): void {
  const wanted = subtype & ((subtype & SOURCE_START) !== 0 ? OF_BOTH : OF_DESTINATION);
  const bits = (subtype & DESTINATION_START) !== 0 ? wanted : wanted & ~DESTINATION_END;
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count += 1;
  const areOffsets = count >= 2 && words === count + 1;
  if (!areOffsets && words < 2 * count) return;
  let offset = body;
  let first = -1;
  for (let i = 0; i < INSTANTS; i++) {
    if ((bits & (SOURCE_START << i)) === 0) continue;
    const us = INSTANTS_US[i]!;
    const ns = INSTANTS_NS[i]!;
    if (areOffsets && first >= 0) {
      setOffset(values, us, ns, INSTANTS_US[first]!, INSTANTS_NS[first]!, view.getInt32(offset));
      offset += 4;
    } else {
      setInstant(values, us, ns, view, offset, inNanoseconds);
      offset += 8;
    }
    if (first < 0) first = i;
  }
}

function setInstant(
  values: Float64Array,
  us: number,
  ns: number,
  view: DataView,
  at: number,
  inNanoseconds: boolean,
): void {
  const seconds = view.getUint32(at);
  const fraction = view.getUint32(at + 4);
  const fractionUs = inNanoseconds ? Math.floor(fraction / 1000) : fraction;
  values[us] = seconds * 1e6 + fractionUs;
  values[ns] = inNanoseconds ? fraction - fractionUs * 1000 : 0;
}

function setOffset(
  values: Float64Array,
  us: number,
  ns: number,
  fromUs: number,
  fromNs: number,
  offsetUs: number,
): void {
  values[us] = Math.max(0, values[fromUs]! + offsetUs);
  values[ns] = values[fromNs]!;
}

/**
 * Start and duration of the record, and when each side sent, where that is certain: where both sides were measured, and
 * where each sent one packet.
 */
export function settleTimes(record: FlowRecord): void {
  const { values } = record;
  const sent = values[SIDED.packets]!;
  const received = values[SIDED.packets + 1]!;
  const hasSource = completeRange(values, 0);
  const hasDestination = completeRange(values, 1);
  if (!hasSource && !hasDestination) {
    values[SINGLE.stime] = 0;
    values[SINGLE.duration] = 0;
    return;
  }
  const isLater = hasSource && hasDestination && compare(values, startUs + 1, startNs + 1, startUs, startNs) > 0;
  const start = hasSource && (isLater || !hasDestination || equalStarts(values)) ? 0 : 1;
  const last = hasSource && (!hasDestination || compare(values, endUs, endNs, endUs + 1, endNs + 1) >= 0) ? 0 : 1;
  const isOnePacket = sent + received === 1 && !record.hasIcmpError;
  const us = isOnePacket ? values[endUs + last]! : values[startUs + start]!;
  const ns = isOnePacket ? values[endNs + last]! : values[startNs + start]!;
  values[SINGLE.stime] = us;
  if (ns !== 0) values[SINGLE.stimeNs] = ns;
  const duration = since(values, endUs + last, endNs + last, us, ns);
  values[SINGLE.duration] = duration;
  if (sent > 0 && received > 0 && hasSource && hasDestination) {
    for (let side = 0; side < 2; side++) {
      values[SIDED.first + side] = since(values, startUs + side, startNs + side, us, ns);
      values[SIDED.last + side] = since(values, endUs + side, endNs + side, us, ns);
    }
  } else if (sent === 1 && received === 1) {
    const early = hasSource ? 0 : 1;
    values[SIDED.first + early] = values[SIDED.last + early] = 0;
    values[SIDED.first + 1 - early] = values[SIDED.last + 1 - early] = duration;
  }
}

/** Whether the side has times; a missing end is the start, and the earlier of both is the start. */
function completeRange(values: Float64Array, side: 0 | 1): boolean {
  if (Number.isNaN(values[startUs + side]!)) return false;
  if (Number.isNaN(values[endUs + side]!)) {
    values[endUs + side] = values[startUs + side]!;
    values[endNs + side] = values[startNs + side]!;
  } else if (compare(values, endUs + side, endNs + side, startUs + side, startNs + side) < 0) {
    exchange(values, startUs + side, endUs + side);
    exchange(values, startNs + side, endNs + side);
  }
  return true;
}

const equalStarts = (values: Float64Array): boolean =>
  compare(values, startUs, startNs, startUs + 1, startNs + 1) === 0;

function compare(values: Float64Array, us: number, ns: number, otherUs: number, otherNs: number): number {
  return values[us]! - values[otherUs]! || values[ns]! - values[otherNs]!;
}

const since = (values: Float64Array, us: number, ns: number, fromUs: number, fromNs: number): number =>
  (values[us]! - fromUs) * 1000 + (values[ns]! - fromNs);

function exchange(values: Float64Array, a: number, b: number): void {
  const first = values[a]!;
  values[a] = values[b]!;
  values[b] = first;
}
