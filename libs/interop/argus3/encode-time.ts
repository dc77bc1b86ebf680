import { SIDED, SINGLE } from './flow-record.ts';
import { SECTION } from './format.ts';
import type { OutgoingRecord } from './outgoing-record.ts';
import { writeHeader } from './write-section.ts';

/** Subtypes: one instant, two, or start and end of each side. */
const START = 0x01;
const RANGE = 0x02;
const FOUR_INSTANTS = 0x7a;
/** Qualifier. */
const MICROSECONDS = 0x18;

const SECONDS_MAX = 0xffff_ffff;
const US_PER_SECOND = 1e6;
const NS_PER_US = 1000;
/** Readers take a record of more packets in no time for broken. */
const PACKETS_AT_ONCE_MAX = 1000;

/** The section TIME, in microseconds: what they leave over is cut off, as a probe that counts in them would. */
export function encodeTime(record: OutgoingRecord, view: DataView, at: number): number {
  const { values } = record;
  if (!record.has(SINGLE.stime)) return at;
  const startUs = values[SINGLE.stime]!;
  const duration = record.valueOr(SINGLE.duration, 0);
  if (record.valueOr(SINGLE.stimeNs, 0) !== 0 || Math.floor(duration / NS_PER_US) * NS_PER_US !== duration)
    record.losses.add('nanoseconds');
  if (measuredBothSides(record, duration)) {
    for (const side of [0, 1] as const) {
      writeInstant(record, view, at + 4 + side * 16, startUs, values[SIDED.first + side]!);
      writeInstant(record, view, at + 12 + side * 16, startUs, values[SIDED.last + side]!);
    }
    return writeHeader(view, at, SECTION.time, FOUR_INSTANTS, MICROSECONDS, 9);
  }
  writeInstant(record, view, at + 4, startUs, 0);
  const durationNs = isTooDense(record, duration) ? NS_PER_US : duration;
  if (durationNs <= 0) return writeHeader(view, at, SECTION.time, START, MICROSECONDS, 3);
  writeInstant(record, view, at + 12, startUs, durationNs);
  return writeHeader(view, at, SECTION.time, RANGE, MICROSECONDS, 5);
}

/** Whether the times of both sides are there, and make up those of the record. */
function measuredBothSides(record: OutgoingRecord, duration: number): boolean {
  const { values } = record;
  if (!(values[SIDED.packets]! > 0 && values[SIDED.packets + 1]! > 0) || isTooDense(record, duration)) return false;
  const first = Math.min(values[SIDED.first]!, values[SIDED.first + 1]!);
  const last = Math.max(values[SIDED.last]!, values[SIDED.last + 1]!);
  if (Number.isNaN(first + last)) return false;
  const isWhole = first === 0 && last === duration;
  if (!isWhole) record.losses.add('times of each side');
  return isWhole;
}

function isTooDense(record: OutgoingRecord, duration: number): boolean {
  const packets = record.valueOr(SIDED.packets, 0) + record.valueOr(SIDED.packets + 1, 0);
  return packets > PACKETS_AT_ONCE_MAX && duration < NS_PER_US;
}

/** @param ns after the start of the record, nanoseconds */
function writeInstant(record: OutgoingRecord, view: DataView, at: number, startUs: number, ns: number): void {
  const us = startUs + Math.floor((record.valueOr(SINGLE.stimeNs, 0) + ns) / NS_PER_US);
  const seconds = Math.floor(us / US_PER_SECOND);
  const fits = seconds >= 0 && seconds <= SECONDS_MAX;
  if (!fits) record.losses.add('stime');
  view.setUint32(at, fits ? seconds : 0);
  view.setUint32(at + 4, fits ? Math.floor(us - seconds * US_PER_SECOND) : 0);
}
