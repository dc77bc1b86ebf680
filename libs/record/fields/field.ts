import type { Kind } from '../kinds.ts';

/** Fields that are present or absent together. */
export type Group =
  | 'core'
  | 'tcp'
  | 'sctp'
  | 'icmp'
  | 'ip'
  | 'l2'
  | 'tunnel'
  | 'timing'
  | 'sizes'
  | 'payload'
  | 'app'
  | 'aggregate'
  | 'management'
  | 'reading';

/**
 * What becomes of a field when two records of one flow are merged: `key` groups by it, `same` keeps it where both agree
 * and drops it otherwise, `first` and `last` go by time, `own` has a rule of its own in `libs/aggregate`.
 */
export type Merge = 'key' | 'min' | 'max' | 'sum' | 'or' | 'same' | 'first' | 'last' | 'own' | 'drop';

/** How a value prints for people; `libs/record/print` has one function each. */
export type Format =
  | 'time'
  | 'seconds'
  | 'milliseconds'
  | 'integer'
  | 'decimal'
  | 'single'
  | 'percent'
  | 'address'
  | 'port'
  | 'protocol'
  | 'direction'
  | 'state'
  | 'flags'
  | 'letters'
  | 'hex16'
  | 'text'
  | 'code'
  | 'payload'
  | 'ordinal'
  | 'age';

export interface Printed {
  /** Never reused, even when a field is withdrawn; of a stored field below `FIELD_NUMBERS_MAX`. */
  readonly number: number;
  readonly heading: string;
  /** Default width in characters. */
  readonly width: number;
  readonly format: Format;
  /** Unit of the value that people and JSON see. */
  readonly unit?: 'seconds' | 'milliseconds' | 'bytes' | 'packets' | 'bits/s' | 'packets/s' | 'percent' | 'hops';
  /** Value that people see = value × scale; 1 when absent. */
  readonly scale?: number;
  /** Of a time: the field with the nanoseconds 0–999 beyond its microseconds. */
  readonly nanoseconds?: string;
  /** Of an address: the field that says how many of its bits, from the left, are known. */
  readonly mask?: string;
  /** Of a code: the names of its values. */
  readonly names?: Readonly<Record<number, string>>;
  /** The heading stands in the middle of its column. */
  readonly centred?: true;
  readonly about: string;
}

/** A field that batches hold. */
export interface StoredField extends Printed {
  readonly kind: Kind;
  readonly group: Group;
  readonly merge: Merge;
  /** What it means that a flow record has no value; when this is left out, that there is none. */
  readonly absent?: number;
  /** A field before it, of kind f64 as this one, whose value it often has: that is then stored once. */
  readonly like?: string;
}

/** A field that the reader of a record computes from others; it is never in a batch. */
export interface DerivedField extends Printed {
  /** What a value is when there is one. */
  readonly kind: 'number' | 'text' | 'address';
  /**
   * Names of the fields that it is computed from, in the order of `compute`'s arguments. Where one is absent the result
   * is absent, unless its name ends in `?`. `@source` and `@run` are the origin of the batch.
   */
  readonly from: readonly string[];
  readonly compute: (...values: never[]) => Value;
  /** `compute` adds two numbers. */
  readonly isSum?: true;
  /** Of a text: all that it can be, where that is few. */
  readonly words?: readonly string[];
  /** Each of these words stands for its place in the list. */
  readonly wordsAreNumbered?: true;
}

/**
 * What `compute` of a derived field gets and gives. Numbers are stored values (not scaled), addresses come as
 * `Address`; `undefined` is absent.
 */
export type Value = number | string | Uint8Array | Address | undefined;

export interface Address {
  /** `IPV4_ADDRESS`, `IPV6_ADDRESS` or `MAC_ADDRESS` of `libs/packet/headers.ts`. */
  readonly family: number;
  /** Unsigned 32-bit lanes, most significant first. */
  readonly lanes: readonly [number, number, number, number];
}

/** Names of enumerated values, by number. */
export const CAUSE = { start: 1, status: 2, stop: 3, close: 4, timeout: 5, shutdown: 6, error: 7 } as const;

/** As they print. */
export const CAUSE_NAMES: Readonly<Record<number, string>> = {
  [CAUSE.start]: 'Start',
  [CAUSE.status]: 'Status',
  [CAUSE.stop]: 'Stop',
  [CAUSE.close]: 'Close',
  [CAUSE.timeout]: 'Timeout',
  [CAUSE.shutdown]: 'Shutdown',
  [CAUSE.error]: 'Error',
};

/** Bits of `tcpstate`: what the flow, not only this record, has gone through. */
export const TCP_STATE = {
  /** The initiator's SYN was seen. */
  syn: 1 << 0,
  synAck: 1 << 1,
  established: 1 << 2,
  /** A first FIN, and the other side's. */
  fin: 1 << 3,
  finAck: 1 << 4,
  /** Both FINs were acknowledged. */
  closed: 1 << 5,
  sourceReset: 1 << 6,
  destinationReset: 1 << 7,
} as const;

/** Bits of `sctpstate`: what the association, not only this record, has gone through. */
export const SCTP_STATE = {
  /** The initiator's INIT was seen. */
  init: 1 << 0,
  initAck: 1 << 1,
  /** A cookie or data was seen. */
  established: 1 << 2,
  shutdown: 1 << 3,
  shutdownAck: 1 << 4,
  /** The shutdown was completed. */
  closed: 1 << 5,
  sourceAbort: 1 << 6,
  destinationAbort: 1 << 7,
} as const;

/** Bits of `events`: what happened within this record, or to the flow while it was open. */
export const EVENT = {
  sourceZeroWindow: 1 << 0,
  destinationZeroWindow: 1 << 1,
  /** ECN: this side sent ECE, CWR after the handshake, or packets marked CE. */
  sourceEcn: 1 << 2,
  destinationEcn: 1 << 3,
  fragments: 1 << 4,
  /** Only later fragments were seen. */
  laterFragmentsOnly: 1 << 5,
  fragmentOverlap: 1 << 6,
  /** More than one pair of MAC addresses. */
  severalMacPairs: 1 << 7,
  icmpUnreachable: 1 << 8,
  icmpRedirect: 1 << 9,
  icmpTimeExceeded: 1 << 10,
  /** Another ICMP error quoted this flow. */
  icmpOther: 1 << 11,
  /** Reordered segments filled a hole. */
  sourceOutOfOrder: 1 << 12,
  destinationOutOfOrder: 1 << 13,
  /** Protocol found by content rather than by number. */
  rtp: 1 << 14,
  rtcp: 1 << 15,
  /** Made by a node that already aggregated, or adjusted the times. */
  timeAdjusted: 1 << 16,
} as const;
