import { EVENT } from '../../record/fields/field.ts';
import { LOST, SIDED, SINGLE, type FlowRecord } from './flow-record.ts';
import { NETWORK, TCP_STATUS } from './format.ts';

/** The section NETWORK: what the protocol of the flow tells, dispatched by the whole subtype. */
export function decodeNetwork(record: FlowRecord, view: DataView, at: number, end: number): void {
  const subtype = view.getUint8(at + 1);
  const bytes = end - at;
  if (bytes < 8) return;
  record.network = subtype;
  switch (subtype) {
    case NETWORK.tcpInit:
      return decodeTcpInit(record, view, at, bytes);
    case NETWORK.tcpStatus:
      return decodeTcpStatus(record, view, at, bytes);
    case NETWORK.tcpPerformance:
      return decodeTcpPerformance(record, view, at, bytes);
    case NETWORK.rtp:
      return decodeRtp(record, view, at, bytes);
    case NETWORK.rtcp:
      return record.addEvents(EVENT.rtcp);
    case NETWORK.icmp:
      record.networkIcmpType = view.getUint8(at + 4);
      record.networkIcmpCode = view.getUint8(at + 5);
      return;
    case NETWORK.esp:
      return decodeEsp(record, view, at, bytes);
    case NETWORK.fragment:
      record.addEvents(EVENT.laterFragmentsOnly);
      if ((view.getUint8(at + 2) & FRAGMENTS_OVERLAP) !== 0) record.addEvents(EVENT.fragmentOverlap);
  }
}

const FRAGMENTS_OVERLAP = 0x02;

/** The lowest six status bits are those of `tcpstate`; resets lie six places higher. */
export const STATE_MASK = 0x3f;
const RESET_MASK = TCP_STATUS.sourceReset | TCP_STATUS.destinationReset;
export const RESET_SHIFT = 6;
/** Status bits, and the bits of `events` that mean the same. */
export const TCP_EVENTS: readonly (readonly [status: number, event: number])[] = [
  [TCP_STATUS.sourceZeroWindow, EVENT.sourceZeroWindow],
  [TCP_STATUS.destinationZeroWindow, EVENT.destinationZeroWindow],
  [TCP_STATUS.sourceCongestion, EVENT.sourceEcn],
  [TCP_STATUS.destinationCongestion, EVENT.destinationEcn],
  [TCP_STATUS.sourceOutOfOrder, EVENT.sourceOutOfOrder],
  [TCP_STATUS.destinationOutOfOrder, EVENT.destinationOutOfOrder],
];
const ANY_EVENT = TCP_EVENTS.reduce((bits, [status]) => bits | status, 0);

function setStatus(record: FlowRecord, status: number): void {
  record.tcpStatus = status;
  record.values[SINGLE.tcpState] = tcpStateOf(status);
  const events = eventsOfStatus(status);
  if (events !== 0) record.addEvents(events);
}

/** Bits of `tcpstate`. */
export function tcpStateOf(status: number): number {
  return (status & STATE_MASK) | ((status & RESET_MASK) >>> RESET_SHIFT);
}

/** Bits of `events`. */
export function eventsOfStatus(status: number): number {
  if ((status & ANY_EVENT) === 0) return 0;
  let events = 0;
  for (const [bit, meaning] of TCP_EVENTS) if ((status & bit) !== 0) events |= meaning;
  return events;
}

/** Bits of `events`, of the word with the options. */
export function eventsOfOptions(bits: number): number {
  return (
    ((bits & SOURCE_ECN) !== 0 ? EVENT.sourceEcn : 0) | ((bits & DESTINATION_ECN) !== 0 ? EVENT.destinationEcn : 0)
  );
}

/** Options from the `OPTIONS_SHIFT`th bit up are those of `tcpoptions`; the two above them are ECN of either side. */
export const OPTIONS_SHIFT = 20;
export const OPTIONS_MASK = 0x3ff;
export const SOURCE_ECN = 0x40000000;
export const DESTINATION_ECN = 0x80000000;

function setOptions(record: FlowRecord, bits: number): void {
  record.values[SINGLE.tcpOptions] = (bits >>> OPTIONS_SHIFT) & OPTIONS_MASK;
  const events = eventsOfOptions(bits);
  if (events !== 0) record.addEvents(events);
}

/** Qualifier of the layouts of Argus 5, which tell the segment size. */
export const WITH_SEGMENT_SIZE = 2;
/** RFC 7323 §2.3. */
const WINDOW_SHIFT_MAX = 14;
export const NS_PER_US = 1000;

export const scaledWindow = (window: number, shift: number): number => window << Math.min(shift, WINDOW_SHIFT_MAX);

/** Only the initiator has spoken so far. */
function decodeTcpInit(record: FlowRecord, view: DataView, at: number, bytes: number): void {
  setStatus(record, view.getUint32(at + 4));
  if (bytes < 20) return;
  const { values } = record;
  values[SIDED.tcpBase] = view.getUint32(at + 8);
  setOptions(record, view.getUint32(at + 12));
  values[SIDED.window] = scaledWindow(view.getUint16(at + 16), view.getUint8(at + 19));
  values[SIDED.tcpFlags] = view.getUint8(at + 18);
  if (view.getUint8(at + 2) === WITH_SEGMENT_SIZE && bytes >= 24) setSegmentSize(values, 0, view.getUint16(at + 20));
}

function decodeTcpStatus(record: FlowRecord, view: DataView, at: number, bytes: number): void {
  setStatus(record, view.getUint32(at + 4));
  if (bytes < 12) return;
  record.values[SIDED.tcpFlags] = view.getUint8(at + 8);
  record.values[SIDED.tcpFlags + 1] = view.getUint8(at + 9);
}

export const HALF_BYTES = 48;
const HALF_BYTES_WITH_SEGMENT_SIZE = 52;
export const FIRST_HALF_AT = 24;

function decodeTcpPerformance(record: FlowRecord, view: DataView, at: number, bytes: number): void {
  setStatus(record, view.getUint32(at + 4));
  if (bytes < FIRST_HALF_AT) return;
  const { values } = record;
  setOptions(record, view.getUint32(at + 12));
  const synAckUs = view.getUint32(at + 16);
  const ackDataUs = view.getUint32(at + 20);
  if (synAckUs !== 0) values[SINGLE.synAck] = synAckUs * NS_PER_US;
  if (ackDataUs !== 0) values[SINGLE.ackData] = ackDataUs * NS_PER_US;
  const hasSegmentSize = view.getUint8(at + 2) === WITH_SEGMENT_SIZE;
  const halfBytes = hasSegmentSize ? HALF_BYTES_WITH_SEGMENT_SIZE : HALF_BYTES;
  for (let side = 0; side < 2; side++) {
    const half = at + FIRST_HALF_AT + side * halfBytes;
    if (half + halfBytes > at + bytes) return;
    decodeTcpHalf(values, side, view, half);
    if (hasSegmentSize) setSegmentSize(values, side, view.getUint16(half + HALF_BYTES));
  }
}

function decodeTcpHalf(values: Float64Array, side: number, view: DataView, half: number): void {
  values[SIDED.tcpBase + side] = view.getUint32(half + 12);
  const retransmitted = view.getUint32(half + 32);
  values[SIDED.retransmitted + side] = retransmitted;
  values[SIDED.window + side] = scaledWindow(view.getUint16(half + 44), view.getUint8(half + 47));
  values[SIDED.tcpFlags + side] = view.getUint8(half + 46);
  values[SIDED.gap + side] = retransmitted === 0 ? gapOf(view, half) : 0;
}

/** Bytes of the stream that were not seen: the advance of the sequence numbers less the payload. */
export function gapOf(view: DataView, half: number): number {
  const base = view.getUint32(half + 12);
  const sequence = view.getUint32(half + 16);
  const bytes = view.getUint32(half + 28);
  if (sequence === 0 || base === view.getUint32(half + 36)) return 0;
  const advance = (sequence - base) >>> 0;
  if (advance === bytes || advance === bytes - view.getUint32(half + 40)) return 0;
  return Math.max(0, advance - bytes - 1);
}

function setSegmentSize(values: Float64Array, side: number, bytes: number): void {
  if (bytes !== 0) values[SIDED.segmentSize + side] = bytes;
}

const RTP_BYTES = 40;
/** Below this on both sides it may well not be RTP. */
const RTP_PACKETS_MIN = 5;

function decodeRtp(record: FlowRecord, view: DataView, at: number, bytes: number): void {
  const { values } = record;
  if (bytes !== RTP_BYTES) return;
  if (Math.max(values[SIDED.packets]!, values[SIDED.packets + 1]!) < RTP_PACKETS_MIN) return;
  record.addEvents(EVENT.rtp);
  record.lost |= LOST.rtpHeaders;
  values[SIDED.lost] = view.getUint16(at + 32);
  values[SIDED.lost + 1] = view.getUint16(at + 34);
}

const ESP_LOST = { source: 0x10, destination: 0x20 } as const;

/** What is missing is one number, of the side or sides that the status names. */
function decodeEsp(record: FlowRecord, view: DataView, at: number, bytes: number): void {
  if (bytes < 20) return;
  const status = view.getUint32(at + 4);
  const missing = view.getUint32(at + 16);
  const { values } = record;
  values[SIDED.lost] = (status & ESP_LOST.source) !== 0 ? missing : 0;
  values[SIDED.lost + 1] = (status & ESP_LOST.destination) !== 0 && (status & ESP_LOST.source) === 0 ? missing : 0;
}
