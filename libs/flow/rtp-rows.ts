import { looksLikeRtcp, looksLikeRtp, RTCP_SOURCE, RTP_SEQUENCE, RTP_SOURCE } from '../app/rtp.ts';
import type { Headers } from '../packet/headers.ts';
import { EVENT } from '../record/fields/field.ts';
import { Slab } from './slab.ts';

// Words of a row; of each pair the first is the initiator's.
const R_RTP_SOURCE = 0;
/** The sequence number that comes next. */
const R_NEXT = 2;
const R_RTCP_SOURCE = 4;
const R_LOST = 6;
const R_STATE = 8;
/** Packets that looked like neither, while nothing was proven. */
const R_MISSES = 9;
const RTP_WORDS = 10;

/** Bits of `R_STATE`, shifted left by the direction: a first packet was seen, the second proved it. */
const STATE = { rtpSeen: 1, rtp: 4, rtcpSeen: 16, rtcp: 64 } as const;
const ANY_RTP = STATE.rtp * 3;
const ANY_RTCP = STATE.rtcp * 3;

/** RFC 3550 §A.1: jumps further than this are a new start, and packets later than this are no late ones. */
const DROPOUT_MAX = 3000;
const MISORDER_MAX = 100;
/** The second packet of a source that is to prove it comes soon after the first. */
const PROOF_AHEAD_MAX = 50;
/** Then a flow is something else. */
const MISSES_MAX = 8;

/** RTP and RTCP, for the flows that begin as if they were; loss by the sequence numbers of RTP. */
export class RtpRows {
  readonly slab: Slab;

  constructor(flowsMax: number) {
    this.slab = new Slab(RTP_WORDS, flowsMax, 64);
  }

  /** Whether a packet is worth a row. */
  static mayBegin(h: Headers, view: DataView): boolean {
    const { payloadOffset, payloadEnd, payloadBytes } = h;
    return (
      looksLikeRtp(view, payloadOffset, payloadEnd, payloadBytes) ||
      looksLikeRtcp(view, payloadOffset, payloadEnd, payloadBytes)
    );
  }

  /** @returns the `EVENT` bits of what the flow is proven to be */
  packet(row: number, direction: number, h: Headers, view: DataView): number {
    const { u32 } = this.slab;
    const at = row * RTP_WORDS;
    if (u32[at + R_MISSES] === MISSES_MAX) return 0;
    const { payloadOffset, payloadEnd, payloadBytes } = h;
    if (looksLikeRtcp(view, payloadOffset, payloadEnd, payloadBytes)) {
      this.#rtcp(at, direction, view.getInt32(payloadOffset + RTCP_SOURCE));
    } else if (looksLikeRtp(view, payloadOffset, payloadEnd, payloadBytes)) {
      const sequence = view.getUint16(payloadOffset + RTP_SEQUENCE);
      this.#rtp(at, direction, view.getInt32(payloadOffset + RTP_SOURCE), sequence);
    } else if ((u32[at + R_STATE]! & (ANY_RTP | ANY_RTCP)) === 0) {
      u32[at + R_MISSES]! += 1;
    }
    const state = u32[at + R_STATE]!;
    return ((state & ANY_RTP) === 0 ? 0 : EVENT.rtp) | ((state & ANY_RTCP) === 0 ? 0 : EVENT.rtcp);
  }

  #rtcp(at: number, direction: number, source: number): void {
    const { u32, i32 } = this.slab;
    const isKnown = (u32[at + R_STATE]! & (STATE.rtcpSeen << direction)) !== 0;
    if (isKnown && i32[at + R_RTCP_SOURCE + direction] === source) u32[at + R_STATE]! |= STATE.rtcp << direction;
    else if (isKnown && (u32[at + R_STATE]! & (ANY_RTP | ANY_RTCP)) === 0) u32[at + R_MISSES]! += 1;
    u32[at + R_STATE]! |= STATE.rtcpSeen << direction;
    i32[at + R_RTCP_SOURCE + direction] = source;
  }

  #rtp(at: number, direction: number, source: number, sequence: number): void {
    const { u32, i32 } = this.slab;
    const seen = STATE.rtpSeen << direction;
    const proven = STATE.rtp << direction;
    const isSame = (u32[at + R_STATE]! & seen) !== 0 && i32[at + R_RTP_SOURCE + direction] === source;
    const ahead = ((sequence - u32[at + R_NEXT + direction]!) << 16) >> 16;
    if (!isSame) {
      // Of a proven flow with several sources the first one is followed.
      if ((u32[at + R_STATE]! & proven) !== 0) return;
      if ((u32[at + R_STATE]! & seen) !== 0 && (u32[at + R_STATE]! & (ANY_RTP | ANY_RTCP)) === 0)
        u32[at + R_MISSES]! += 1;
      u32[at + R_STATE]! |= seen;
      i32[at + R_RTP_SOURCE + direction] = source;
    } else if ((u32[at + R_STATE]! & proven) === 0) {
      if (ahead >= 0 && ahead <= PROOF_AHEAD_MAX) {
        u32[at + R_STATE]! |= proven;
        u32[at + R_LOST + direction]! += ahead;
      } else {
        u32[at + R_MISSES]! += 1;
      }
    } else if (ahead >= 0 && ahead < DROPOUT_MAX) {
      u32[at + R_LOST + direction]! += ahead;
    } else if (ahead < 0 && ahead >= -MISORDER_MAX) {
      // A late one was counted as lost when it was jumped over.
      if (u32[at + R_LOST + direction]! > 0) u32[at + R_LOST + direction]! -= 1;
      return;
    }
    u32[at + R_NEXT + direction] = (sequence + 1) & 0xffff;
  }

  /** Whether the flow was proven to be RTP, so that its loss is known. */
  countsLoss(row: number): boolean {
    return (this.slab.u32[row * RTP_WORDS + R_STATE]! & ANY_RTP) !== 0;
  }

  /** Packets lost since the last call. */
  takeLost(row: number, direction: number): number {
    const at = row * RTP_WORDS + R_LOST + direction;
    const lost = this.slab.u32[at]!;
    this.slab.u32[at] = 0;
    return lost;
  }
}
