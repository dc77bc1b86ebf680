import { ENCAPSULATION, LATER_FRAGMENT, NOT_FRAGMENTED, TCP_FLAG, type Headers } from '../packet/headers.ts';
import { EVENT, TCP_STATE } from '../record/fields/field.ts';
import type { HashTable } from './hash-table.ts';
import { PROTOCOL, type FlowKey } from './key.ts';
import { LinkRows } from './link-rows.ts';
import { GROUP_PACKETS, type PacketGroup } from './packet-group.ts';
import type { FlowState } from './flow-state.ts';
import {
  B_IP_OPTIONS,
  B_SCTP_STATE,
  F_APP_BYTES,
  F_BYTES,
  F_DURATION,
  F_LAST,
  F_START,
  H_START_NS,
  ROW,
  ROW_BYTES,
  ROW_DOUBLES,
  ROW_HALVES,
  ROW_WORDS,
  W_A0,
  W_ATTRIBUTES,
  W_B0,
  W_ENCAPSULATIONS,
  W_EVENTS,
  W_EXTRA,
  W_FLAGS,
  W_HASH,
  W_LINK,
  W_OPTIONAL,
  W_PACKETS,
  W_PORTS,
  W_TRANSPORT,
} from './rows.ts';
import { RtpRows } from './rtp-rows.ts';
import { isSctpClosed, nextSctpState, SCTP_CHUNK } from './sctp.ts';
import { CLOSING, COMMON_KNOWN, KNOWN, T_ACKED, T_FLAGS, T_KNOWN, T_NEXT, T_OPTIONS, T_SCALE, T_STATE, T_WINDOW, TCP_WORDS, UNCOMMON_FLAGS } from './tcp.ts'; // prettier-ignore

/** Words of a cache line. */
const LINE_WORDS = 16;

/** Ports below are those of services, none of which is RTP. */
const REGISTERED_PORTS = 1024;
/** Packets of each direction and record that are looked at for whether they are RTP. */
const MEDIA_LOOKS = 4;

/** What a path's clock says, microseconds since the epoch: packets from the next tick on, or before the earliest time, need `tick`. */
export const NEXT_TICK = 0;
export const EARLIEST = 1;

/** Where the path of packets leaves the beaten track. */
export interface Turnings {
  /** The clock has to be set by the time of packet `i`. */
  tick(group: PacketGroup, i: number): void;
  /**
   * The row that packet `i` of the group counts in, when it is no plain packet of an open flow: opens flows, ends them,
   * turns them round, finds the flows of fragments.
   * @param row that has its key, or -1
   * @returns `row * 2 + direction`
   */
  place(row: number, key: FlowKey, group: PacketGroup, i: number): number;
  /** The record of `row` has no packets yet; this is its first. */
  startRecord(row: number, group: PacketGroup, i: number): void;
  /** What remains to be done after a packet that was no plain one, or that found its connection closed. */
  afterwards(row: number, direction: number, closed: boolean, group: PacketGroup, i: number): void;
}

// oxlint-disable max-lines-per-function -- its inner functions are short; what they share is the point of it
/** Makes a function that touches all that records of rows `list[from, end)` will be made of, and what finds those rows. */
export function touchRows(state: FlowState, index: HashTable): (list: Uint32Array, from: number, end: number) => void {
  const { u32 } = state.rows;
  const sink = new Uint32Array(1); // keeps the compiler from leaving out reads whose only use is that they happen
  const tcp32 = state.tcp.slab.u32;
  return (list, from, end) => {
    let touched = 0;
    for (let i = from; i < end; i++) {
      const at = list[i]! * ROW_WORDS;
      touched ^= u32[at]! ^ u32[at + LINE_WORDS]! ^ u32[at + 2 * LINE_WORDS]!;
    }
    const { slots, mask } = index;
    for (let i = from; i < end; i++) {
      const at = list[i]! * ROW_WORDS;
      touched ^= slots[(u32[at + W_HASH]! & mask) * 2]!;
      const transport = Math.max(u32[at + W_TRANSPORT]! - 1, 0) * TCP_WORDS;
      if (transport < tcp32.length) touched ^= tcp32[transport]! ^ tcp32[transport + LINE_WORDS]!;
    }
    sink[0] = touched;
  };
}

/**
 * Makes the function that counts the packets of a group in the rows of their flows: the hot path. It is one closure over
 * arrays that never change, because the compiler then knows their addresses and lengths; and it passes no doubles between
 * functions, which would be boxed. Working on a group hides the time that memory takes: each kind of memory is touched for
 * all packets before the next kind, so that the reads do not wait for each other.
 */
export function packetPath(
  state: FlowState,
  index: HashTable,
  keys: readonly FlowKey[],
  clock: Float64Array,
  turnings: Turnings,
): (group: PacketGroup) => void {
  const { f64, u32, i32, u16, u8 } = state.rows;
  const { tcp, esp, rtp, link, optional, origin } = state;
  const tcp32 = tcp.slab.u32;
  const tcpSigned = tcp.slab.i32;
  const tcp8 = tcp.slab.u8;
  const countsAppBytes = optional.features.appBytes;
  const hasOptional = optional.used;
  /** For each packet of the group the row that its hash leads to, or -1; whether it is the right one is seen later. */
  const candidates = new Int32Array(GROUP_PACKETS);
  const transports = new Uint32Array(GROUP_PACKETS);

  function prefetch(packets: number): number {
    const { slots, mask } = index;
    let touched = 0;
    for (let i = 0; i < packets; i++) {
      const { hash } = keys[i]!;
      let slot = hash & mask;
      while (slots[slot * 2] !== 0 && (slots[slot * 2 + 1]! | 0) !== hash) slot = (slot + 1) & mask;
      candidates[i] = slots[slot * 2]! - 1;
    }
    for (let i = 0; i < packets; i++) {
      const at = Math.max(candidates[i]!, 0) * ROW_WORDS;
      touched ^= u32[at]! ^ u32[at + LINE_WORDS]!;
      transports[i] = Math.max(u32[at + W_TRANSPORT]! - 1, 0);
    }
    for (let i = 0; i < packets; i++) {
      touched ^= tcp32[Math.min(transports[i]! * TCP_WORDS, tcp32.length - TCP_WORDS)]!;
    }
    return touched;
  }

  function holdsKey(row: number, key: FlowKey): boolean {
    const at = row * ROW_WORDS;
    return (
      i32[at + W_PORTS] === key.ports &&
      i32[at + W_EXTRA] === key.extra &&
      i32[at + W_A0 + 3] === key.a3 &&
      i32[at + W_B0 + 3] === key.b3 &&
      i32[at + W_A0 + 2] === key.a2 &&
      i32[at + W_B0 + 2] === key.b2 &&
      i32[at + W_A0 + 1] === key.a1 &&
      i32[at + W_B0 + 1] === key.b1 &&
      i32[at + W_A0] === key.a0 &&
      i32[at + W_B0] === key.b0
    );
  }

  function countTime(row: number, group: PacketGroup, i: number): void {
    const doubles = row * ROW_DOUBLES;
    const timeUs = group.timeUs[i]!;
    const timeNs = group.timeNs[i]!;
    const offset = (timeUs - f64[doubles + F_START]!) * 1000 + (timeNs - u16[row * ROW_HALVES + H_START_NS]!);
    if (offset > f64[doubles + F_DURATION]!) f64[doubles + F_DURATION] = offset;
    else if (offset < 0) {
      f64[doubles + F_START] = timeUs;
      u16[row * ROW_HALVES + H_START_NS] = timeNs;
      f64[doubles + F_DURATION]! -= offset;
    }
    if (timeUs > f64[doubles + F_LAST]!) f64[doubles + F_LAST] = timeUs;
  }

  /** Data and acknowledgements in order, of an established connection: nearly all segments. The rest is `TcpRows`'s. */
  function countSegment(transport: number, direction: number, h: Headers, group: PacketGroup, i: number): number {
    const at = transport * TCP_WORDS;
    const known = tcp32[at + T_KNOWN]!;
    if (
      (h.tcpFlags & UNCOMMON_FLAGS) !== 0 ||
      (tcp32[at + T_STATE]! & (TCP_STATE.established | CLOSING)) !== TCP_STATE.established ||
      ((known >> direction) & COMMON_KNOWN) !== COMMON_KNOWN ||
      tcpSigned[at + T_NEXT + direction] !== h.tcpSequence
    ) {
      return tcp.segment(transport, direction, h, origin, group, i);
    }
    const seen = tcp8[at * 4 + T_FLAGS + direction]!;
    if ((seen | h.tcpFlags) !== seen) tcp8[at * 4 + T_FLAGS + direction] = seen | h.tcpFlags;
    if (h.tcpOptions !== 0) tcp32[at + T_OPTIONS]! |= h.tcpOptions;
    if (h.payloadBytes !== 0) tcp32[at + T_NEXT + direction] = h.tcpSequence + h.payloadBytes;
    if (((h.tcpAcknowledgement - tcpSigned[at + T_ACKED + direction]!) | 0) > 0) {
      tcp32[at + T_ACKED + direction] = h.tcpAcknowledgement;
    }
    const isScaled = (known & (KNOWN.scale * 3)) === KNOWN.scale * 3;
    tcp32[at + T_WINDOW + direction] = isScaled ? h.tcpWindow << tcp8[at * 4 + T_SCALE + direction]! : h.tcpWindow;
    return h.tcpWindow === 0 ? EVENT.sourceZeroWindow << direction : 0;
  }

  /** RTP and RTCP of a datagram between ports that nobody assigned; only the first few of a record may begin it. */
  function countMedia(words: number, direction: number, h: Headers, view: DataView): number {
    if (u32[words + W_TRANSPORT] === 0) {
      if (u32[words + W_PACKETS + direction]! > MEDIA_LOOKS || !RtpRows.mayBegin(h, view)) return 0;
      u32[words + W_TRANSPORT] = rtp.slab.take() + 1;
    }
    return rtp.packet(u32[words + W_TRANSPORT]! - 1, direction, h, view);
  }

  /** What is not there in most packets: options, links with tags, fragments, ESP, answers, features that are on. */
  function countRare(
    row: number,
    direction: number,
    isAnswer: boolean,
    h: Headers,
    group: PacketGroup,
    i: number,
  ): number {
    const words = row * ROW_WORDS;
    let events = (h.tos & 3) === 3 ? EVENT.sourceEcn << direction : 0;
    if (h.ipOptions !== 0) u8[row * ROW_BYTES + B_IP_OPTIONS]! |= h.ipOptions;
    if (!isAnswer) u32[words + W_FLAGS]! &= ~ROW.answersOnly;
    if (h.fragment !== NOT_FRAGMENTED) events |= EVENT.fragments;
    if (h.protocol === PROTOCOL.esp && h.spi !== 0 && h.fragment !== LATER_FRAGMENT) {
      if (u32[words + W_TRANSPORT] === 0) u32[words + W_TRANSPORT] = esp.slab.take() + 1;
      esp.packet(u32[words + W_TRANSPORT]! - 1, direction, h.espSequence);
    }
    if (h.sctpChunks !== 0) {
      const at = row * ROW_BYTES + B_SCTP_STATE;
      u8[at] = nextSctpState(u8[at]!, direction, h.sctpChunks);
    }
    if (LinkRows.needed(h)) {
      if (u32[words + W_LINK] === 0) u32[words + W_LINK] = link.slab.take() + 1;
      link.note(u32[words + W_LINK]! - 1, direction, h);
      if (h.vlanTags !== 0) u32[words + W_FLAGS]! |= ROW.tagsNoted << direction;
    }
    if (hasOptional) {
      if (u32[words + W_OPTIONAL] === 0) u32[words + W_OPTIONAL] = optional.slab.take() + 1;
      const last = (u32[words + W_FLAGS]! & ROW.lastFromResponder) === 0 ? 0 : 1;
      if (last !== direction) u32[words + W_FLAGS]! ^= ROW.lastFromResponder;
      const first = u32[words + W_PACKETS + direction] === 1;
      const side = u32[words + W_OPTIONAL]! - 1;
      if (optional.count(side, direction, first, last === direction, origin, group, i)) events |= EVENT.severalMacPairs;
    }
    return events;
  }

  function noteEncapsulations(words: number, direction: number, encapsulations: number): void {
    u32[words + W_ENCAPSULATIONS + direction]! |= encapsulations;
    if (encapsulations === ENCAPSULATION.ethernet) u32[words + W_FLAGS]! |= ROW.ethernetSeen << direction;
  }

  function count(
    row: number,
    direction: number,
    isAnswer: boolean,
    h: Headers,
    group: PacketGroup,
    i: number,
  ): boolean {
    const words = row * ROW_WORDS;
    countTime(row, group, i);
    f64[row * ROW_DOUBLES + F_BYTES + direction]! += group.wire[i]!;
    if (countsAppBytes) f64[row * ROW_DOUBLES + F_APP_BYTES + direction]! += h.payloadBytes;
    u32[words + W_PACKETS + direction]! += 1;
    if (
      h.encapsulations !== ENCAPSULATION.ethernet ||
      (u32[words + W_FLAGS]! & (ROW.ethernetSeen << direction)) === 0
    ) {
      noteEncapsulations(words, direction, h.encapsulations);
    }
    u32[words + W_ATTRIBUTES + direction] = (h.ttl << 24) | (h.tos << 16) | h.ipId;
    let events = 0;
    let closed = false;
    if (h.tcpFlags !== 0) {
      // A header that was cut behind the ports has no flags; whole ones always have some.
      if (u32[words + W_TRANSPORT] === 0) u32[words + W_TRANSPORT] = tcp.slab.take() + 1;
      const transport = u32[words + W_TRANSPORT]! - 1;
      events = countSegment(transport, direction, h, group, i);
      closed = (tcp32[transport * TCP_WORDS + T_STATE]! & CLOSING) !== 0 && tcp.isClosed(transport);
    } else if (
      h.protocol === PROTOCOL.udp &&
      h.sourcePort >= REGISTERED_PORTS &&
      h.destinationPort >= REGISTERED_PORTS
    ) {
      events = countMedia(words, direction, h, group.view);
    }
    const rare =
      h.ipOptions |
      h.fragment |
      // Of the tags of one side only the first are kept.
      (h.vlanTags !== 0 && (u32[words + W_FLAGS]! & (ROW.tagsNoted << direction)) === 0 ? 1 : 0) |
      h.mplsLabels |
      h.tunnelKind |
      h.spi |
      h.sctpChunks |
      (u32[words + W_FLAGS]! & ROW.answersOnly);
    if (rare !== 0 || hasOptional || (h.tos & 3) === 3) {
      events |= countRare(row, direction, isAnswer, h, group, i);
      if (h.sctpChunks !== 0) closed = isSctpClosed(u8[row * ROW_BYTES + B_SCTP_STATE]!);
    }
    if (events !== 0) u32[words + W_EVENTS]! |= events;
    return closed;
  }

  return function add(group: PacketGroup): void {
    const { headers, linkType } = group;
    const packets = group.count;
    for (let i = 0; i < packets; i++) keys[i]!.ofPacket(headers[i]!, linkType[i]!);
    group.touched = prefetch(packets);
    for (let i = 0; i < packets; i++) {
      const h = headers[i]!;
      const key = keys[i]!;
      if (group.timeUs[i]! >= clock[NEXT_TICK]! || group.timeUs[i]! < clock[EARLIEST]!) turnings.tick(group, i);
      let row = candidates[i]!;
      if (row < 0 || !holdsKey(row, key)) row = index.find(key);
      let direction = 0;
      const opens = (h.tcpFlags & TCP_FLAG.syn) | (h.sctpChunks & SCTP_CHUNK.init);
      const isPlain = row >= 0 && h.fragment === NOT_FRAGMENTED && opens === 0;
      if (isPlain) direction = key.fromB === ((u32[row * ROW_WORDS + W_FLAGS]! & ROW.initiatorIsB) !== 0) ? 0 : 1;
      else {
        const placed = turnings.place(row, key, group, i);
        row = placed >> 1;
        direction = placed & 1;
      }
      if ((u32[row * ROW_WORDS + W_PACKETS]! | u32[row * ROW_WORDS + W_PACKETS + 1]!) === 0)
        turnings.startRecord(row, group, i);
      const closed = count(row, direction, key.isAnswer, h, group, i);
      if (closed || !isPlain || h.quoted.present) turnings.afterwards(row, direction, closed, group, i);
    }
  };
}
