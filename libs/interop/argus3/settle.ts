import { TCP_FLAG } from '../../packet/headers.ts';
import { CAUSE } from '../../record/fields/field.ts';
import { IP_PROTOCOL } from '../../record/fields/protocol.ts';
import { ADDRESS, SIDED, SINGLE, type FlowRecord } from './flow-record.ts';
import { CAUSE_BITS, KEY_DIRECTED, KEY_FAMILY, KEY_FORM, KEY_REVERSED, NETWORK, TCP_STATUS } from './format.ts';
import { settleTimes } from './time-section.ts';

/** Our causes by the high nibble of a record's second byte. */
const CAUSES = new Uint8Array(16);
CAUSES[CAUSE_BITS.start >> 4] = CAUSE.start;
CAUSES[CAUSE_BITS.status >> 4] = CAUSE.status;
CAUSES[CAUSE_BITS.stop >> 4] = CAUSE.stop;
CAUSES[CAUSE_BITS.timeout >> 4] = CAUSE.timeout;
CAUSES[CAUSE_BITS.flush >> 4] = CAUSE.status;
CAUSES[CAUSE_BITS.shutdown >> 4] = CAUSE.shutdown;
CAUSES[CAUSE_BITS.closed >> 4] = CAUSE.close;
CAUSES[CAUSE_BITS.error >> 4] = CAUSE.error;

/** One of `CAUSE`; a nibble that means nothing is a status. */
export function causeOf(causeByte: number): number {
  return CAUSES[causeByte >> 4]! || CAUSE.status;
}

/** What is true of every record, counted or not. */
export function settleKey({ values, causeByte }: FlowRecord): void {
  if (Number.isNaN(values[SINGLE.etherType]!)) values[SINGLE.etherType] = 0;
  values[SINGLE.cause] = causeOf(causeByte);
}

/** Draws together what the sections said, once all of a record are read: sides, direction, times. */
export function settle(record: FlowRecord): void {
  const { values } = record;
  if (Number.isNaN(values[SIDED.packets]!)) {
    for (let i = SIDED.packets; i < SIDED.bytes + 2; i++) values[i] = 0;
  }
  settleKey(record);
  if (isReversedArp(record)) {
    record.exchange();
    record.exchangeAddresses(ADDRESS.source);
  }
  settleTimes(record);
  forgetSilentSides(values);
  if ((record.keySubtype & 0x3f) !== KEY_FORM.fiveTuple) return;
  if ((record.keyQualifier & 0x1f) !== KEY_FAMILY.ipv4) return;
  const protocol = values[SINGLE.protocol]!;
  if (protocol === IP_PROTOCOL.tcp) settleTcpDirection(record);
  else if (protocol === IP_PROTOCOL.icmp) settleIcmpDirection(record);
}

function isReversedArp({ keySubtype }: FlowRecord): boolean {
  return (keySubtype & KEY_REVERSED) !== 0 && (keySubtype & 0x3f) === KEY_FORM.arp;
}

const OF_SPEAKERS = [SIDED.tcpFlags, SIDED.window];

/** A side that sent nothing in this record has no flags and no window. */
function forgetSilentSides(values: Float64Array): void {
  for (let side = 0; side < 2; side++) {
    if (values[SIDED.packets + side] !== 0) continue;
    for (const slot of OF_SPEAKERS) values[slot + side] = NaN;
    if (values[SIDED.tcpBase + side] === 0) values[SIDED.tcpBase + side] = NaN;
  }
}

const BEYOND_HANDSHAKE = TCP_STATUS.established | TCP_STATUS.fin | TCP_STATUS.finAck | TCP_STATUS.normalClose;
const FEW_PACKETS = 5;
const BARE_PACKET_BYTES = 60;

/** Where only the answer to a SYN was seen, the probe took who sent it for the initiator. */
function settleTcpDirection(record: FlowRecord): void {
  const { tcpStatus, values } = record;
  if ((record.keyQualifier & KEY_DIRECTED) !== 0) return;
  if ((tcpStatus & (TCP_STATUS.syn | TCP_STATUS.synAck)) !== TCP_STATUS.synAck) return;
  if (record.network !== NETWORK.tcpStatus && record.network !== NETWORK.tcpPerformance) return;
  if ((tcpStatus & BEYOND_HANDSHAKE) !== 0 || answersFirst(values)) record.exchange();
}

function answersFirst(values: Float64Array): boolean {
  const flags = values[SIDED.tcpFlags]! | 0;
  const others = values[SIDED.tcpFlags + 1]! | 0;
  if ((flags & TCP_FLAG.syn) === 0 || (others & TCP_FLAG.rst) !== 0) return false;
  const sent = values[SIDED.packets]!;
  const received = values[SIDED.packets + 1]!;
  if (sent > FEW_PACKETS && received > FEW_PACKETS) return true;
  return received === 0 && (flags & TCP_FLAG.fin) !== 0 && values[SIDED.bytes]! / sent > BARE_PACKET_BYTES;
}

const ICMP_REPLIES: ReadonlySet<number> = new Set([0, 14, 16, 18]);

/** A lone reply belongs to who asked. */
function settleIcmpDirection(record: FlowRecord): void {
  const { values } = record;
  if ((record.keyQualifier & KEY_DIRECTED) === 0 || record.network !== NETWORK.icmp) return;
  if (!(values[SIDED.packets]! > 0) || values[SIDED.packets + 1]! > 0) return;
  values[SINGLE.icmpType] = record.networkIcmpType;
  values[SINGLE.icmpCode] = record.networkIcmpCode;
  if (ICMP_REPLIES.has(record.networkIcmpType)) record.exchange();
}
