import { TCP_FLAG, type Headers } from '../packet/headers.ts';
import { EVENT, TCP_STATE } from '../record/fields/field.ts';
import { exchange, exchangedBits } from './exchange.ts';
import { SequenceHoles } from './sequence-holes.ts';
import type { PacketGroup } from './packet-group.ts';
import { Slab } from './slab.ts';
import type { TimeOrigin } from './time-origin.ts';

// Words of a TCP row. Of each pair the first is the initiator's, the next the responder's.
export const T_BASE = 0;
/** One past the highest sequence number sent. */
export const T_NEXT = 2;
/** Highest acknowledgement sent. */
export const T_ACKED = 4;
/** Last window, scaled, bytes. */
export const T_WINDOW = 6;
/** One past the FIN. */
const T_FIN_END = 8;
/** `TCP_STATE` bits. */
export const T_STATE = 10;
/** `TCP_OPTION` bits of both sides. */
export const T_OPTIONS = 11;
export const T_KNOWN = 12;
/** Row of the holes slab + 1. */
export const T_HOLES = 14;
/** Bytes and halves: flags seen, shift of the window, maximum segment size. */
export const T_FLAGS = 52;
export const T_SCALE = 54;
export const T_MSS = 30;
// The second cache line: what plain segments do not touch.
export const T_RETRANSMITTED = 16;
export const T_OUT_OF_ORDER = 18;
/** Doubles: when the handshake's last step was seen, and its two intervals, nanoseconds. */
const T_HANDSHAKE_AT = 10;
export const T_SYN_ACK = 11;
export const T_ACK_DATA = 12;
export const TCP_WORDS = 32;

/** Bits of `T_KNOWN`; those of a pair are shifted left by the direction. */
export const KNOWN = {
  next: 1 << 0,
  acked: 1 << 2,
  /** The base came from a SYN. */
  syn: 1 << 4,
  finEnd: 1 << 6,
  scale: 1 << 8,
  base: 1 << 10,
  window: 1 << 12,
  synAck: 1 << 14,
  ackData: 1 << 15,
} as const;

const SYN_ACK = TCP_FLAG.syn | TCP_FLAG.ack;
const ANY_RESET = TCP_STATE.sourceReset | TCP_STATE.destinationReset;
export const CLOSING = TCP_STATE.fin | TCP_STATE.finAck | TCP_STATE.closed | ANY_RESET;

/** Anything but data, acknowledgement, push and urgent. */
export const UNCOMMON_FLAGS = TCP_FLAG.syn | TCP_FLAG.fin | TCP_FLAG.rst | TCP_FLAG.ece | TCP_FLAG.cwr;
export const COMMON_KNOWN = KNOWN.next | KNOWN.acked;

/** State machine and stream accounting of TCP (RFC 9293), one slab row a connection. Direction 0 is the initiator. */
export class TcpRows {
  readonly slab: Slab;
  readonly holes: SequenceHoles;

  constructor(flowsMax: number) {
    this.slab = new Slab(TCP_WORDS, flowsMax, flowsMax);
    this.holes = new SequenceHoles(flowsMax);
  }

  free(row: number): void {
    const holes = this.slab.u32[row * TCP_WORDS + T_HOLES]!;
    if (holes !== 0) this.holes.slab.give(holes - 1);
    this.slab.give(row);
  }

  /** Whether a SYN with `sequence` from side `direction` opens another connection on the same addresses and ports. */
  startsAnew(row: number, direction: number, sequence: number): boolean {
    const words = this.slab.i32;
    const at = row * TCP_WORDS;
    if ((words[at + T_STATE]! & CLOSING) === 0) return false;
    return (words[at + T_KNOWN]! & (KNOWN.syn << direction)) === 0 || words[at + T_BASE + direction] !== sequence;
  }

  /** Whether this segment shows that the flow's directions are the wrong way round. */
  showsReversed(row: number, direction: number, flags: number): boolean {
    if ((flags & TCP_FLAG.syn) === 0) return false;
    if ((this.slab.u32[row * TCP_WORDS + T_STATE]! & (TCP_STATE.syn | TCP_STATE.synAck)) !== 0) return false;
    return direction === ((flags & TCP_FLAG.ack) === 0 ? 1 : 0);
  }

  /** Exchanges initiator and responder. */
  reverse(row: number): void {
    const { u32, u16, u8 } = this.slab;
    const at = row * TCP_WORDS;
    for (const pair of [T_BASE, T_NEXT, T_ACKED, T_WINDOW, T_FIN_END, T_RETRANSMITTED, T_OUT_OF_ORDER]) {
      exchange(u32, at + pair);
    }
    exchange(u16, row * TCP_WORDS * 2 + T_MSS);
    exchange(u8, row * TCP_WORDS * 4 + T_FLAGS);
    exchange(u8, row * TCP_WORDS * 4 + T_SCALE);
    u32[at + T_KNOWN] = exchangedBits(u32[at + T_KNOWN]!, 0x5555 & 0x1fff);
    u32[at + T_STATE] = exchangedBits(u32[at + T_STATE]!, TCP_STATE.sourceReset);
    if (u32[at + T_HOLES] !== 0) this.holes.reverse(u32[at + T_HOLES]! - 1);
  }

  /**
   * Takes the segment of packet `i` of a group into account.
   * @returns `EVENT` bits that it caused
   */
  segment(row: number, direction: number, h: Headers, origin: TimeOrigin, group: PacketGroup, i: number): number {
    const { u32, u8 } = this.slab;
    const at = row * TCP_WORDS;
    const atNs = origin.nanosecondsOf(group, i);
    u8[at * 4 + T_FLAGS + direction]! |= h.tcpFlags;
    u32[at + T_OPTIONS]! |= h.tcpOptions;
    const flags = h.tcpFlags;
    if ((flags & TCP_FLAG.syn) !== 0) {
      this.#handshake(at, direction, h, atNs);
      if (h.tcpMss !== 0) this.slab.u16[at * 2 + T_MSS + direction] = h.tcpMss;
    } else {
      this.#progress(at, direction, flags, atNs);
    }
    let events = this.#account(at, direction, h);
    if ((flags & TCP_FLAG.rst) !== 0) this.#reset(at, direction, h);
    else events |= this.#window(at, direction, h);
    if ((flags & TCP_FLAG.ack) !== 0) this.#acknowledge(at, direction, h.tcpAcknowledgement);
    if ((flags & TCP_FLAG.syn) === 0 && (flags & (TCP_FLAG.ece | TCP_FLAG.cwr)) !== 0) {
      events |= EVENT.sourceEcn << direction;
    }
    return events;
  }

  /** Forgets what belonged to the record just written; what the connection went through stays. */
  startRecord(row: number): void {
    const { u32, u8 } = this.slab;
    const at = row * TCP_WORDS;
    u32.fill(0, at + T_RETRANSMITTED, at + T_OUT_OF_ORDER + 2);
    u32[at + T_KNOWN]! &= ~(KNOWN.synAck | KNOWN.ackData);
    u8[at * 4 + T_FLAGS] = 0;
    u8[at * 4 + T_FLAGS + 1] = 0;
  }

  isClosed(row: number): boolean {
    return (this.slab.u32[row * TCP_WORDS + T_STATE]! & (TCP_STATE.closed | ANY_RESET)) !== 0;
  }

  #handshake(at: number, direction: number, h: Headers, atNs: number): void {
    const { u32, f64, u8 } = this.slab;
    const isSynAck = (h.tcpFlags & SYN_ACK) === SYN_ACK;
    if ((u32[at + T_KNOWN]! & (KNOWN.syn << direction)) === 0) {
      u32[at + T_BASE + direction] = h.tcpSequence;
      u32[at + T_KNOWN]! |= (KNOWN.syn | KNOWN.base) << direction;
      if (h.tcpWindowScale >= 0) {
        u8[at * 4 + T_SCALE + direction] = Math.min(h.tcpWindowScale, 14);
        u32[at + T_KNOWN]! |= KNOWN.scale << direction;
      }
    }
    const state = u32[at + T_STATE]!;
    if (!isSynAck) {
      if ((state & TCP_STATE.syn) === 0) f64[at / 2 + T_HANDSHAKE_AT] = atNs;
      u32[at + T_STATE] = state | TCP_STATE.syn;
    } else if ((state & TCP_STATE.synAck) === 0) {
      if ((state & TCP_STATE.syn) !== 0) {
        f64[at / 2 + T_SYN_ACK] = Math.max(0, atNs - f64[at / 2 + T_HANDSHAKE_AT]!);
        u32[at + T_KNOWN]! |= KNOWN.synAck;
      }
      f64[at / 2 + T_HANDSHAKE_AT] = atNs;
      u32[at + T_STATE] = state | TCP_STATE.synAck;
    }
  }

  #progress(at: number, direction: number, flags: number, atNs: number): void {
    const { u32, f64 } = this.slab;
    const state = u32[at + T_STATE]!;
    if ((state & TCP_STATE.established) !== 0 || (flags & (TCP_FLAG.ack | TCP_FLAG.rst)) !== TCP_FLAG.ack) return;
    if ((state & (TCP_STATE.syn | TCP_STATE.synAck)) !== 0 && direction !== 0) return;
    u32[at + T_STATE] = state | TCP_STATE.established;
    if ((state & TCP_STATE.synAck) === 0) return;
    f64[at / 2 + T_ACK_DATA] = Math.max(0, atNs - f64[at / 2 + T_HANDSHAKE_AT]!);
    u32[at + T_KNOWN]! |= KNOWN.ackData;
  }

  /** Sequence numbers: in order, new with a hole before, filling a hole, or seen before. */
  #account(at: number, direction: number, h: Headers): number {
    const { u32, i32 } = this.slab;
    const syn = (h.tcpFlags & TCP_FLAG.syn) !== 0 ? 1 : 0;
    const fin = (h.tcpFlags & TCP_FLAG.fin) !== 0 ? 1 : 0;
    const length = h.payloadBytes + syn + fin;
    const start = h.tcpSequence;
    const end = (start + length) | 0;
    const known = u32[at + T_KNOWN]!;
    if (fin === 1 && (known & (KNOWN.finEnd << direction)) === 0) {
      const first = (u32[at + T_STATE]! & TCP_STATE.fin) === 0;
      u32[at + T_STATE]! |= first ? TCP_STATE.fin : TCP_STATE.finAck;
      u32[at + T_FIN_END + direction] = end;
      u32[at + T_KNOWN]! |= KNOWN.finEnd << direction;
    }
    if ((known & (KNOWN.next << direction)) === 0) {
      if ((h.tcpFlags & TCP_FLAG.rst) !== 0 && length === 0) return 0; // answers to nothing carry no useful number
      if ((known & (KNOWN.base << direction)) === 0) u32[at + T_BASE + direction] = syn === 1 ? start : start - 1;
      u32[at + T_NEXT + direction] = end;
      u32[at + T_KNOWN]! |= (KNOWN.next | KNOWN.base) << direction;
      return 0;
    }
    if (length === 0) return 0;
    const next = i32[at + T_NEXT + direction]!;
    const ahead = (start - next) | 0;
    if (ahead >= 0) {
      if (ahead > 0) this.#holesOf(at).open(this.#holesRow(at), direction, next, start);
      u32[at + T_NEXT + direction] = end;
      return 0;
    }
    if (ahead === -1 && length <= 1 && syn + fin === 0) return 0; // keep-alive (RFC 9293 §3.8.4)
    if (((end - next) | 0) > 0) u32[at + T_NEXT + direction] = end;
    if (u32[at + T_HOLES] !== 0 && this.holes.fill(u32[at + T_HOLES]! - 1, direction, start, end)) {
      u32[at + T_OUT_OF_ORDER + direction]! += 1;
      return EVENT.sourceOutOfOrder << direction;
    }
    u32[at + T_RETRANSMITTED + direction]! += 1;
    return 0;
  }

  #holesOf(at: number): SequenceHoles {
    const { u32 } = this.slab;
    if (u32[at + T_HOLES] === 0) u32[at + T_HOLES] = this.holes.slab.take() + 1;
    return this.holes;
  }

  #holesRow(at: number): number {
    return this.slab.u32[at + T_HOLES]! - 1;
  }

  #window(at: number, direction: number, h: Headers): number {
    const { u32, u8 } = this.slab;
    const known = u32[at + T_KNOWN]!;
    const scaled = (h.tcpFlags & TCP_FLAG.syn) === 0 && (known & (KNOWN.scale * 3)) === KNOWN.scale * 3;
    u32[at + T_WINDOW + direction] = scaled ? h.tcpWindow << u8[at * 4 + T_SCALE + direction]! : h.tcpWindow;
    u32[at + T_KNOWN] = known | (KNOWN.window << direction);
    return h.tcpWindow === 0 ? EVENT.sourceZeroWindow << direction : 0;
  }

  #acknowledge(at: number, direction: number, acknowledgement: number): void {
    const { u32, i32 } = this.slab;
    const known = u32[at + T_KNOWN]!;
    if ((known & (KNOWN.acked << direction)) === 0 || ((acknowledgement - i32[at + T_ACKED + direction]!) | 0) > 0) {
      u32[at + T_ACKED + direction] = acknowledgement;
      u32[at + T_KNOWN] = known | (KNOWN.acked << direction);
    }
    if ((known & (KNOWN.finEnd * 3)) !== KNOWN.finEnd * 3) return;
    const bothAcked = KNOWN.acked * 3;
    if ((u32[at + T_KNOWN]! & bothAcked) !== bothAcked) return;
    const acked = (side: number): boolean => ((i32[at + T_ACKED + 1 - side]! - i32[at + T_FIN_END + side]!) | 0) >= 0;
    if (acked(0) && acked(1)) u32[at + T_STATE]! |= TCP_STATE.closed;
  }

  /**
   * A reset counts when its number lies where the receiver would take it: within a window of what its sender sent last,
   * or, from a side that never sent, when it acknowledges what the other side sent (RFC 9293 §3.10.7).
   */
  #reset(at: number, direction: number, h: Headers): void {
    const { u32, i32 } = this.slab;
    const known = u32[at + T_KNOWN]!;
    const other = 1 - direction;
    const near = (a: number, b: number): boolean =>
      Math.abs((a - b) | 0) <= Math.max(u32[at + T_WINDOW + other]!, 65_535);
    const ownNext = (known & (KNOWN.next << direction)) !== 0;
    const otherNext = (known & (KNOWN.next << other)) !== 0;
    const byOwn = ownNext && near(h.tcpSequence, i32[at + T_NEXT + direction]!);
    const byOther =
      otherNext && (h.tcpFlags & TCP_FLAG.ack) !== 0 && near(h.tcpAcknowledgement, i32[at + T_NEXT + other]!);
    if (byOwn || byOther || (!ownNext && !otherNext) || (!ownNext && (h.tcpFlags & TCP_FLAG.ack) === 0)) {
      u32[at + T_STATE]! |= TCP_STATE.sourceReset << direction;
    }
  }
}
