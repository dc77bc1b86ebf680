import type { Headers } from '../packet/headers.ts';
import { APP_WORDS, lookForApp } from './app-rows.ts';
import type { PacketGroup } from './packet-group.ts';
import { Slab } from './slab.ts';
import type { TimeOrigin } from './time-origin.ts';

/** What the probe records beyond the default; each costs memory and time for every flow. */
export interface Features {
  /** `-A`: payload bytes. */
  readonly appBytes: boolean;
  /** `-J`: inter-packet times and jitter. */
  readonly timing: boolean;
  /** `-m`: MAC addresses. */
  readonly macs: boolean;
  /** `-R`: first and last packet of each direction. */
  readonly response: boolean;
  /** `-Z`: smallest and largest packet. */
  readonly sizes: boolean;
  /** `--app`: the application, by its first bytes. */
  readonly app: boolean;
  /** `-U`: payload bytes kept for each direction; 0 is none. */
  readonly payloadBytes: number;
}

export const NO_FEATURES: Features = {
  appBytes: false,
  timing: false,
  macs: false,
  response: false,
  sizes: false,
  app: false,
  payloadBytes: 0,
};

// Doubles of one direction's inter-packet times.
export const LAST_AT = 0;
export const INTERVALS_ACTIVE = 1;
export const INTERVALS_IDLE = 6;
const TIMING_DOUBLES = 11;
/** How many, sum, sum of squares, least, greatest; nanoseconds. */
export const INTERVAL_DOUBLES = 5;

/**
 * The side rows of the features that are on, one row a flow; the layout follows from the features. Of each pair the
 * first is the initiator's.
 */
export class OptionalRows {
  readonly features: Features;
  readonly slab: Slab;
  /** Whether any feature needs side rows at all. */
  readonly used: boolean;
  // Offsets in a row: doubles, words, bytes.
  readonly response: number;
  readonly timing: number;
  readonly macs: number;
  readonly sizes: number;
  readonly app: number;
  readonly payloadLengths: number;
  readonly payload: number;
  readonly #words: number;

  constructor(features: Features, flowsMax: number) {
    const room = Math.min(Math.max(0, Math.floor(features.payloadBytes)), 65_535);
    this.features = { ...features, payloadBytes: room };
    let words = 0;
    const take = (wanted: boolean, count: number): number => {
      const at = words;
      if (wanted) words += count;
      return at;
    };
    this.response = take(features.response, 8) / 2;
    this.timing = take(features.timing, TIMING_DOUBLES * 2 * 2) / 2;
    this.macs = take(features.macs, 4);
    this.sizes = take(features.sizes, 4);
    this.app = take(features.app, APP_WORDS);
    this.payloadLengths = take(room > 0, 2);
    this.payload = take(room > 0, Math.ceil((room * 2) / 4)) * 4;
    this.used = words > 0;
    this.slab = new Slab(words, this.used ? flowsMax : 1);
    this.#words = this.slab.rowWords;
  }

  /** Offset of a row in the view of that width. */
  word(row: number): number {
    return row * this.#words;
  }

  double(row: number): number {
    return (row * this.#words) / 2;
  }

  byte(row: number): number {
    return row * this.#words * 4;
  }

  /** Forgets what belongs to the record just written; MACs and the time of the last packet stay. */
  startRecord(row: number): void {
    const { u32, f64 } = this.slab;
    if (this.features.response) f64.fill(0, this.double(row) + this.response, this.double(row) + this.response + 4);
    if (this.features.timing) {
      for (const side of [0, 1]) {
        const at = this.double(row) + this.timing + side * TIMING_DOUBLES;
        f64.fill(0, at + INTERVALS_ACTIVE, at + TIMING_DOUBLES);
      }
    }
    if (this.features.sizes) u32.fill(0, this.word(row) + this.sizes, this.word(row) + this.sizes + 4);
    if (this.features.payloadBytes > 0)
      u32.fill(0, this.word(row) + this.payloadLengths, this.word(row) + this.payloadLengths + 2);
  }

  /**
   * Counts packet `i` of a group.
   * @param direction 0 from the initiator, 1 from the responder
   * @param first whether it is the record's first in its direction
   * @param inBurst whether the packet before it in the flow went the same way
   * @returns whether its MAC addresses differ from the flow's
   */
  count(
    row: number,
    direction: number,
    first: boolean,
    inBurst: boolean,
    origin: TimeOrigin,
    group: PacketGroup,
    i: number,
  ): boolean {
    const { features } = this;
    const h = group.headers[i]!;
    const atNs = origin.nanosecondsOf(group, i);
    if (features.response) this.#countResponse(row, direction, first, atNs);
    if (features.timing) this.#countInterval(row, direction, inBurst, atNs);
    if (features.app) lookForApp(this.slab, this.word(row) + this.app, h, group.view);
    if (features.sizes) this.#countSize(row, direction, first, group.wire[i]!);
    if (features.payloadBytes > 0 && h.payloadEnd > h.payloadOffset) this.#keepPayload(row, direction, h, group.view);
    return features.macs && h.hasMacs && this.#differsInMacs(row, direction, h);
  }

  #countResponse(row: number, direction: number, first: boolean, atNs: number): void {
    const { f64 } = this.slab;
    const at = this.double(row) + this.response + direction * 2;
    if (first || atNs < f64[at]!) f64[at] = atNs;
    if (first || atNs > f64[at + 1]!) f64[at + 1] = atNs;
  }

  #countInterval(row: number, direction: number, inBurst: boolean, atNs: number): void {
    const { f64 } = this.slab;
    const at = this.double(row) + this.timing + direction * TIMING_DOUBLES;
    const last = f64[at + LAST_AT]!;
    f64[at + LAST_AT] = atNs;
    if (last === 0) return;
    const interval = Math.max(0, atNs - last);
    const kind = at + (inBurst ? INTERVALS_ACTIVE : INTERVALS_IDLE);
    const count = f64[kind]!;
    f64[kind] = count + 1;
    f64[kind + 1]! += interval;
    f64[kind + 2]! += interval * interval;
    if (count === 0 || interval < f64[kind + 3]!) f64[kind + 3] = interval;
    if (interval > f64[kind + 4]!) f64[kind + 4] = interval;
  }

  #countSize(row: number, direction: number, first: boolean, wireBytes: number): void {
    const { u32 } = this.slab;
    const at = this.word(row) + this.sizes + direction * 2;
    if (first || wireBytes < u32[at]!) u32[at] = wireBytes;
    if (wireBytes > u32[at + 1]!) u32[at + 1] = wireBytes;
  }

  #keepPayload(row: number, direction: number, h: Headers, view: DataView): void {
    const { u32, u8 } = this.slab;
    const room = this.features.payloadBytes;
    const lengthAt = this.word(row) + this.payloadLengths + direction;
    const length = u32[lengthAt]!;
    const more = Math.min(room - length, h.payloadEnd - h.payloadOffset);
    if (more <= 0) return;
    const to = this.byte(row) + this.payload + direction * room + length;
    for (let i = 0; i < more; i++) u8[to + i] = view.getUint8(h.payloadOffset + i);
    u32[lengthAt] = length + more;
  }

  #differsInMacs(row: number, direction: number, h: Headers): boolean {
    const { u32, i32 } = this.slab;
    const at = this.word(row) + this.macs;
    const own = at + direction * 2;
    const peer = at + (1 - direction) * 2;
    if ((u32[at]! | u32[at + 1]! | u32[at + 2]! | u32[at + 3]!) === 0) {
      u32[own] = h.sourceMacHigh;
      u32[own + 1] = h.sourceMacLow;
      u32[peer] = h.destinationMacHigh;
      u32[peer + 1] = h.destinationMacLow;
      return false;
    }
    return (
      i32[own] !== h.sourceMacHigh ||
      i32[own + 1] !== h.sourceMacLow ||
      i32[peer] !== h.destinationMacHigh ||
      i32[peer + 1] !== h.destinationMacLow
    );
  }

  /** Exchanges initiator and responder. */
  reverse(row: number): void {
    const { u32, f64, u8 } = this.slab;
    const word = this.word(row);
    const swap = (values: Uint32Array | Float64Array | Uint8Array, first: number, length: number): void => {
      const copy = values.slice(first, first + length);
      values.copyWithin(first, first + length, first + 2 * length);
      values.set(copy, first + length);
    };
    const { features } = this;
    if (features.response) swap(f64, this.double(row) + this.response, 2);
    if (features.timing) swap(f64, this.double(row) + this.timing, TIMING_DOUBLES);
    if (features.macs) swap(u32, word + this.macs, 2);
    if (features.sizes) swap(u32, word + this.sizes, 2);
    if (features.payloadBytes > 0) {
      swap(u32, word + this.payloadLengths, 1);
      swap(u8, this.byte(row) + this.payload, features.payloadBytes);
    }
  }

  /** Start of one side's inter-packet times, as an offset in doubles. */
  timingAt(row: number, direction: number): number {
    return this.double(row) + this.timing + direction * TIMING_DOUBLES;
  }
}
