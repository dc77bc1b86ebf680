import { CAUSE, TCP_STATE } from '../../record/fields/field.ts';
import { IP_PROTOCOL } from '../../record/fields/protocol.ts';
import { encodeAggregate, encodeIntervals, encodeMetric, encodePacketSize } from './encode-counters.ts';
import { encodeKey } from './encode-key.ts';
import { encodeAttributes, encodeEncapsulation, encodeIcmpError, encodeMac, encodeMpls, encodeVlan } from './encode-link.ts'; // prettier-ignore
import { encodeNetwork } from './encode-network.ts';
import { encodeDestinationData, encodeLabel, encodeSourceData } from './encode-text.ts';
import { encodeTime } from './encode-time.ts';
import { SINGLE } from './flow-record.ts';
import { CAUSE_BITS, RECORD_HEADER_BYTES, RECORD_TYPE, SECTION } from './format.ts';
import type { OutgoingRecord } from './outgoing-record.ts';
import { writeHeader, type EncodeSection } from './write-section.ts';

const VERSION = 3;
const HAS_ID_AND_SEQUENCE = 0x03;
/** Bytes that a record takes at most besides payload and texts. */
export const FLOW_BYTES_MAX = 1024;

/** The section TRANSPORT: who made the record, and the number of its flow, of which there are 32 bits. */
const encodeTransport: EncodeSection = (record, view, at) => {
  view.setUint32(at + 4, record.sourceNumber);
  view.setUint32(at + 8, record.valueOr(SINGLE.sequence, 0) >>> 0);
  return writeHeader(view, at, SECTION.transport, HAS_ID_AND_SEQUENCE, record.sourceKind, 3);
};

/** In the order in which the original writes them. */
const SECTIONS: readonly EncodeSection[] = [
  encodeTransport,
  encodeKey,
  encodeTime,
  encodeMetric,
  encodeAggregate,
  encodeNetwork,
  encodeVlan,
  encodeMpls,
  encodeIntervals,
  encodeAttributes,
  encodePacketSize,
  encodeSourceData,
  encodeDestinationData,
  encodeMac,
  encodeIcmpError,
  encodeEncapsulation,
  encodeLabel,
];

const CAUSE_BYTES: Readonly<Record<number, number>> = {
  [CAUSE.start]: CAUSE_BITS.start,
  [CAUSE.status]: CAUSE_BITS.status,
  [CAUSE.stop]: CAUSE_BITS.stop,
  [CAUSE.close]: CAUSE_BITS.closed,
  [CAUSE.timeout]: CAUSE_BITS.timeout,
  [CAUSE.shutdown]: CAUSE_BITS.shutdown,
  [CAUSE.error]: CAUSE_BITS.error,
};
/** Readers take TCP for timed out that has this bit and has not ended. */
const SEEMS_TIMED_OUT = 0x40;
const ENDED = TCP_STATE.fin | TCP_STATE.finAck | TCP_STATE.closed | TCP_STATE.sourceReset | TCP_STATE.destinationReset;

function causeByteOf(record: OutgoingRecord): number {
  const cause = record.valueOr(SINGLE.cause, CAUSE.status);
  const bits = CAUSE_BYTES[cause] ?? CAUSE_BITS.status;
  if (cause === CAUSE.timeout || (bits & SEEMS_TIMED_OUT) === 0) return bits;
  const isOpenTcp = record.values[SINGLE.protocol] === IP_PROTOCOL.tcp && (record.valueOr(SINGLE.tcpState, 0) & ENDED) === 0; // prettier-ignore
  if (cause !== CAUSE.shutdown && !isOpenTcp) return bits;
  record.losses.add('cause');
  return CAUSE_BITS.stop;
}

/** Writes one flow record at `at`, where there is room for it. @returns where it ends */
export function encodeFlow(record: OutgoingRecord, view: DataView, at: number): number {
  let end = at + RECORD_HEADER_BYTES;
  for (const encode of SECTIONS) end = encode(record, view, end);
  record.loseUntoldEvents();
  view.setUint8(at, RECORD_TYPE.flow | VERSION);
  view.setUint8(at + 1, causeByteOf(record));
  view.setUint16(at + 2, (end - at) / 4);
  return end;
}
