import { IPV4_ADDRESS, NO_ADDRESS } from '../../packet/headers.ts';
import { EVENT, TCP_STATE } from '../../record/fields/field.ts';

/**
 * Where `FlowRecord.values` holds what. Of a sided value the slot is the initiator's, and the next one the responder's.
 * Units are those of our fields, unless the name says otherwise.
 */
export const SIDED = {
  packets: 0,
  bytes: 2,
  appBytes: 4,
  /** Instants as microseconds since the epoch, and nanoseconds 0–999 beyond. */
  startUs: 6,
  startNs: 8,
  endUs: 10,
  endNs: 12,
  first: 14,
  last: 16,
  port: 18,
  ttl: 20,
  tos: 22,
  ipId: 24,
  vlan: 26,
  mpls: 28,
  encapsulations: 30,
  leastSize: 32,
  greatestSize: 34,
  activeCount: 36,
  activeSum: 38,
  activeSquares: 40,
  activeLeast: 42,
  activeGreatest: 44,
  idleCount: 46,
  idleSum: 48,
  idleSquares: 50,
  idleLeast: 52,
  idleGreatest: 54,
  tcpFlags: 56,
  tcpBase: 58,
  window: 60,
  retransmitted: 62,
  gap: 64,
  segmentSize: 66,
  lost: 68,
  asn: 70,
  keystrokes: 72,
  /** Bits of the address that are known. */
  mask: 74,
} as const;
const SINGLE_AT = 76;

/** Values that the two sides share. */
export const SINGLE = {
  sequence: SINGLE_AT,
  cause: SINGLE_AT + 1,
  stime: SINGLE_AT + 2,
  stimeNs: SINGLE_AT + 3,
  duration: SINGLE_AT + 4,
  etherType: SINGLE_AT + 5,
  protocol: SINGLE_AT + 6,
  events: SINGLE_AT + 7,
  spi: SINGLE_AT + 8,
  icmpType: SINGLE_AT + 9,
  icmpCode: SINGLE_AT + 10,
  icmpId: SINGLE_AT + 11,
  icmpSequence: SINGLE_AT + 12,
  ipOptions: SINGLE_AT + 13,
  tcpState: SINGLE_AT + 14,
  tcpOptions: SINGLE_AT + 15,
  synAck: SINGLE_AT + 16,
  ackData: SINGLE_AT + 17,
  merged: SINGLE_AT + 18,
  middleAsn: SINGLE_AT + 19,
} as const;
export const SLOTS = SINGLE_AT + 20;
const NOTHING = new Float64Array(SLOTS).fill(NaN);

/** Addresses of a record, in order; each has four lanes and a family. */
export const ADDRESS = { source: 0, destination: 1, sourceMac: 2, destinationMac: 3, icmpNode: 4 } as const;
const ADDRESSES = 5;

/** Pieces of the record that are copied as they are, in order: each has a start and an end. */
export const PIECE = { source: 0, destination: 1, sourceCountry: 2, destinationCountry: 3, label: 4 } as const;
export const PIECES = 5;

/** What sections with a meaning hold beside it that has no field: bits of `FlowRecord.lost`. */
export const LOST = {
  sizeHistogram: 1,
  intervalHistogram: 2,
  aggregateStatistics: 4,
  rtpHeaders: 8,
  mplsStack: 16,
} as const;

/**
 * One flow record between its sections and our columns; the same object serves for all. `NaN` in a slot, `NO_ADDRESS` as
 * a family and a negative start of a piece mean that there is none.
 */
export class FlowRecord {
  values: Float64Array = new Float64Array(SLOTS);
  readonly lanes = new Uint32Array(ADDRESSES * 4);
  readonly families = new Uint8Array(ADDRESSES);
  readonly pieces = new Int32Array(PIECES * 2);
  /** The record's header: version nibble and cause byte. */
  version = 0;
  causeByte = 0;
  /** Subtype and qualifier of the key; subtype of the NETWORK section, 0 when it is empty or missing. */
  keySubtype = 0;
  keyQualifier = 0;
  network = 0;
  /** Status bits of TCP as they came; type and code that the NETWORK section of ICMP names. */
  tcpStatus = 0;
  networkIcmpType = 0;
  networkIcmpCode = 0;
  hasIcmpError = false;
  /** Bits of `LOST`. */
  lost = 0;
  /** Where the source id lies, whole; its length is 0 when there is none. */
  sourceAt = 0;
  sourceBytes = 0;
  sourceQualifier = 0;

  clear(): void {
    this.values.set(NOTHING);
    for (let i = 0; i < ADDRESSES; i++) this.families[i] = NO_ADDRESS;
    for (let i = 0; i < PIECES * 2; i++) this.pieces[i] = -1;
    this.keySubtype = this.keyQualifier = this.network = 0;
    this.tcpStatus = this.networkIcmpType = this.networkIcmpCode = 0;
    this.hasIcmpError = false;
    this.lost = 0;
    this.sourceBytes = this.sourceQualifier = 0;
    this.values[SINGLE.events] = 0;
  }

  setIPv4(address: number, lane: number): void {
    const at = address * 4;
    this.lanes[at] = 0;
    this.lanes[at + 1] = 0;
    this.lanes[at + 2] = 0xffff;
    this.lanes[at + 3] = lane;
    this.families[address] = IPV4_ADDRESS;
  }

  setLanes(address: number, family: number, lane0: number, lane1: number, lane2: number, lane3: number): void {
    const at = address * 4;
    this.lanes[at] = lane0;
    this.lanes[at + 1] = lane1;
    this.lanes[at + 2] = lane2;
    this.lanes[at + 3] = lane3;
    this.families[address] = family;
  }

  addEvents(bits: number): void {
    this.values[SINGLE.events] = this.values[SINGLE.events]! | bits;
  }

  /** Makes the initiator the responder and the reverse, in everything. */
  exchange(): void {
    const { values, pieces } = this;
    for (let i = 0; i < SINGLE_AT; i += 2) {
      const first = values[i]!;
      values[i] = values[i + 1]!;
      values[i + 1] = first;
    }
    for (const i of [PIECE.source * 2, PIECE.source * 2 + 1, PIECE.sourceCountry * 2, PIECE.sourceCountry * 2 + 1]) {
      const first = pieces[i]!;
      pieces[i] = pieces[i + 2]!;
      pieces[i + 2] = first;
    }
    this.exchangeAddresses(ADDRESS.source);
    this.exchangeAddresses(ADDRESS.sourceMac);
    values[SINGLE.events] = exchangeBits(values[SINGLE.events]!, SIDED_EVENTS);
    values[SINGLE.tcpState] = exchangeBits(values[SINGLE.tcpState]!, TCP_STATE.sourceReset);
  }

  /** @param first `ADDRESS.source` or `ADDRESS.sourceMac`, which trades places with the one after it */
  exchangeAddresses(first: number): void {
    const { lanes, families } = this;
    for (let i = first * 4; i < first * 4 + 4; i++) {
      const lane = lanes[i]!;
      lanes[i] = lanes[i + 4]!;
      lanes[i + 4] = lane;
    }
    const family = families[first]!;
    families[first] = families[first + 1]!;
    families[first + 1] = family;
  }
}

/** Events of the initiator; those of the responder are the bits above. */
const SIDED_EVENTS = EVENT.sourceZeroWindow | EVENT.sourceEcn | EVENT.sourceOutOfOrder;

/** Exchanges each bit of `lower` with the one above it; what is not a number stays so. */
function exchangeBits(bits: number, lower: number): number {
  if (Number.isNaN(bits)) return bits;
  const upper = lower << 1;
  return (bits & ~(lower | upper)) | ((bits & lower) << 1) | ((bits & upper) >>> 1);
}
