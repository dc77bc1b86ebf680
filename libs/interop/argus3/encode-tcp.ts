import { EVENT, TCP_STATE } from '../../record/fields/field.ts';
import { SIDED, SINGLE } from './flow-record.ts';
import { NETWORK, SECTION, TCP_STATUS } from './format.ts';
import {
  DESTINATION_ECN,
  OPTIONS_MASK,
  OPTIONS_SHIFT,
  RESET_SHIFT,
  SOURCE_ECN,
  STATE_MASK,
  TCP_EVENTS,
} from './network-section.ts';
import type { OutgoingRecord } from './outgoing-record.ts';
import { writeZeros } from './write-section.ts';

const INIT_WORDS = 5;
const STATUS_WORDS = 3;
const PERFORMANCE_WORDS = 30;
const FIRST_HALF_AT = 24;
const HALF_BYTES = 48;
/** The probe's own state, of which readers only see whether it is known. */
const KNOWN_STATE = 4;
const NS_PER_US = 1000;
const UINT16_MAX = 0xffff;
const UINT32_MAX = 0xffff_ffff;
const US_PER_SECOND = 1e6;

const RESETS = TCP_STATE.sourceReset | TCP_STATE.destinationReset;
/** Status bits of each side. */
const RETRANSMITTED = [TCP_STATUS.sourceRetransmitted, TCP_STATUS.destinationRetransmitted] as const;
const GAP = [0x00400000, 0x00800000] as const;
/** What only the long form holds. */
const OF_BOTH_SIDES = [SIDED.retransmitted, SIDED.gap, SIDED.tcpBase, SIDED.window] as const;
const HANDSHAKE = [SINGLE.synAck, SINGLE.ackData] as const;

/** The section NETWORK of TCP, in the shortest form that holds what is known. */
export function encodeTcp(record: OutgoingRecord, view: DataView, at: number): number {
  if (isKnown(record, OF_BOTH_SIDES, 1) || record.has(SIDED.retransmitted) || record.has(SIDED.gap)) {
    return encodePerformance(record, view, at);
  }
  if (record.has(HANDSHAKE[0]) || record.has(HANDSHAKE[1])) return encodePerformance(record, view, at);
  if (record.has(SINGLE.tcpOptions) || record.has(SIDED.tcpBase)) return encodeInit(record, view, at);
  return encodeStatus(record, view, at);
}

function isKnown(record: OutgoingRecord, slots: readonly number[], side: 0 | 1): boolean {
  return slots.some((slot) => record.has(slot + side));
}

function statusOf(record: OutgoingRecord): number {
  const state = record.values[SINGLE.tcpState]!;
  let status = (state & STATE_MASK) | ((state & RESETS) << RESET_SHIFT);
  for (const side of [0, 1] as const) {
    if (record.valueOr(SIDED.retransmitted + side, 0) > 0) status |= RETRANSMITTED[side];
    if (record.valueOr(SIDED.gap + side, 0) > 0) status |= GAP[side];
  }
  for (const [bit, event] of TCP_EVENTS) if (record.tellEvents(event) !== 0) status |= bit;
  return status >>> 0;
}

function optionsOf(record: OutgoingRecord): number {
  const options = record.valueOr(SINGLE.tcpOptions, 0);
  const events = record.values[SINGLE.events]!;
  if ((options & ~OPTIONS_MASK) !== 0) record.losses.add('tcpoptions');
  let bits = (options & OPTIONS_MASK) << OPTIONS_SHIFT;
  if ((events & EVENT.sourceEcn) !== 0) bits |= SOURCE_ECN;
  if ((events & EVENT.destinationEcn) !== 0) bits |= DESTINATION_ECN;
  return bits >>> 0;
}

/** Window shift (RFC 7323 §2.3) with which the window fits into 16 bits. */
function shiftOf(window: number): number {
  return window <= UINT16_MAX ? 0 : 32 - Math.clz32(window) - 16;
}

function encodeStatus(record: OutgoingRecord, view: DataView, at: number): number {
  const end = writeZeros(view, at, SECTION.network, NETWORK.tcpStatus, 0, STATUS_WORDS);
  view.setUint32(at + 4, statusOf(record));
  view.setUint8(at + 8, record.valueOr(SIDED.tcpFlags, 0));
  view.setUint8(at + 9, record.valueOr(SIDED.tcpFlags + 1, 0));
  return end;
}

function encodeInit(record: OutgoingRecord, view: DataView, at: number): number {
  const end = writeZeros(view, at, SECTION.network, NETWORK.tcpInit, 0, INIT_WORDS);
  view.setUint32(at + 4, statusOf(record));
  view.setUint32(at + 8, record.valueOr(SIDED.tcpBase, 0));
  view.setUint32(at + 12, optionsOf(record));
  writeWindow(record, 0, view, at + 16, at + 19);
  view.setUint8(at + 18, record.valueOr(SIDED.tcpFlags, 0));
  return end;
}

function encodePerformance(record: OutgoingRecord, view: DataView, at: number): number {
  const end = writeZeros(view, at, SECTION.network, NETWORK.tcpPerformance, 0, PERFORMANCE_WORDS);
  const status = statusOf(record);
  view.setUint32(at + 4, status);
  view.setUint32(at + 8, KNOWN_STATE);
  view.setUint32(at + 12, optionsOf(record));
  view.setUint32(at + 16, microseconds(record, SINGLE.synAck));
  view.setUint32(at + 20, microseconds(record, SINGLE.ackData));
  encodeHalf(record, 0, status, view, at + FIRST_HALF_AT);
  encodeHalf(record, 1, status, view, at + FIRST_HALF_AT + HALF_BYTES);
  return end;
}

/** A time that took less than one is one: zero would mean that there is none. */
function microseconds(record: OutgoingRecord, slot: number): number {
  if (!record.has(slot)) return 0;
  const ns = record.values[slot]!;
  if (Math.floor(ns / NS_PER_US) * NS_PER_US !== ns) record.losses.add('nanoseconds');
  return Math.min(Math.max(1, Math.floor(ns / NS_PER_US)), UINT32_MAX);
}

function encodeHalf(record: OutgoingRecord, side: 0 | 1, status: number, view: DataView, half: number): void {
  const hasSent = record.values[SIDED.packets + side]! > 0;
  const base = record.valueOr(SIDED.tcpBase + side, 0);
  if (hasSent) writeLastPacket(record, side, view, half);
  const retransmitted = record.valueOr(SIDED.retransmitted + side, 0);
  view.setUint32(half + 8, status & (RETRANSMITTED[0] | RETRANSMITTED[1])); // of IPv6 readers look here, too
  view.setUint32(half + 12, base);
  view.setUint32(half + 32, retransmitted);
  writeWindow(record, side, view, half + 44, half + 47);
  view.setUint8(half + 46, record.valueOr(SIDED.tcpFlags + side, 0));
  if (hasSent || base !== 0) writeStream(record, side, view, half, base);
}

function writeLastPacket(record: OutgoingRecord, side: 0 | 1, view: DataView, half: number): void {
  const ns = record.valueOr(SIDED.last + side, record.valueOr(SINGLE.duration, 0));
  const us = record.valueOr(SINGLE.stime, 0) + Math.floor((record.valueOr(SINGLE.stimeNs, 0) + ns) / NS_PER_US);
  const seconds = Math.floor(us / US_PER_SECOND);
  view.setUint32(half, seconds);
  view.setUint32(half + 4, us - seconds * US_PER_SECOND);
}

function writeWindow(record: OutgoingRecord, side: 0 | 1, view: DataView, windowAt: number, shiftAt: number): void {
  const window = record.valueOr(SIDED.window + side, 0);
  const shift = shiftOf(window);
  view.setUint16(windowAt, window >>> shift);
  view.setUint8(shiftAt, shift);
}

/**
 * Last sequence number and payload, from which readers find bytes that were not seen: what the one advanced beyond the
 * other, less one, where nothing was retransmitted and the last acknowledgement is not the base.
 */
function writeStream(record: OutgoingRecord, side: 0 | 1, view: DataView, half: number, base: number): void {
  const retransmitted = record.valueOr(SIDED.retransmitted + side, 0);
  const gap = record.valueOr(SIDED.gap + side, 0);
  const canTell = retransmitted === 0 && gap < 2 ** 31;
  if (gap > 0 && !canTell) record.losses.add(side === 0 ? 'sgap' : 'dgap');
  const unseen = gap > 0 && canTell ? gap + 1 : 0;
  let payload = record.valueOr(SIDED.appBytes + side, 0) & 0x7fffffff;
  if ((base + payload + unseen) >>> 0 === 0) payload += 1; // a sequence number of zero would mean that none is known
  view.setUint32(half + 16, (base + payload + unseen) >>> 0);
  view.setUint32(half + 28, payload);
  view.setUint32(half + 36, base === 0 ? 1 : 0);
}
