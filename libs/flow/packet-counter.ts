import { LATER_FRAGMENT, NOT_FRAGMENTED, type Headers } from '../packet/headers.ts';
import { EVENT } from '../record/fields/field.ts';
import { PROTOCOL } from './key.ts';
import { LinkRows } from './link-rows.ts';
import type { PacketGroup } from './packet-group.ts';
import type { FlowState } from './record-state.ts';
import {
  B_IP_OPTIONS,
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
  W_ATTRIBUTES,
  W_ENCAPSULATIONS,
  W_EVENTS,
  W_FLAGS,
  W_LINK,
  W_OPTIONAL,
  W_PACKETS,
  W_TRANSPORT,
  type FlowRows,
} from './rows.ts';

/**
 * Counts packets in the rows of their flows: the hot path. Times are read where they are used: a double that is passed to
 * a function which is not inlined would be boxed.
 */
export class PacketCounter {
  readonly #state: FlowState;
  readonly #rows: FlowRows;
  readonly #appBytes: boolean;

  constructor(state: FlowState) {
    this.#state = state;
    this.#rows = state.rows;
    this.#appBytes = state.optional.features.appBytes;
  }

  /**
   * Counts packet `i` of a group in the record that `row` has under construction, which has been started.
   * @param direction 0 from the initiator, 1 from the responder
   * @param isAnswer whether it is the answer of an exchange
   * @returns whether it closes the flow, or finds it closed
   */
  count(row: number, direction: number, isAnswer: boolean, group: PacketGroup, i: number): boolean {
    const h = group.headers[i]!;
    const { f64, u32, u8 } = this.#rows;
    const words = row * ROW_WORDS;
    const doubles = row * ROW_DOUBLES;
    this.#countTime(row, group, i);
    f64[doubles + F_BYTES + direction]! += group.wire[i]!;
    if (this.#appBytes) f64[doubles + F_APP_BYTES + direction]! += h.payloadBytes;
    u32[words + W_PACKETS + direction]! += 1;
    if (u32[words + W_ENCAPSULATIONS + direction] !== h.encapsulations) {
      u32[words + W_ENCAPSULATIONS + direction]! |= h.encapsulations;
    }
    u32[words + W_ATTRIBUTES + direction] = (h.ttl << 24) | (h.tos << 16) | h.ipId;
    if (h.ipOptions !== 0) u8[row * ROW_BYTES + B_IP_OPTIONS]! |= h.ipOptions;
    if (!isAnswer && (u32[words + W_FLAGS]! & ROW.answersOnly) !== 0) u32[words + W_FLAGS]! &= ~ROW.answersOnly;
    let events = (h.tos & 3) === 3 ? EVENT.sourceEcn << direction : 0;
    let closed = false;
    if (h.fragment !== NOT_FRAGMENTED) events |= EVENT.fragments;
    // A header that was cut behind the ports has no flags; whole ones always have some.
    if (h.tcpFlags !== 0) {
      const { tcp } = this.#state;
      const transport =
        u32[words + W_TRANSPORT]! !== 0 ? u32[words + W_TRANSPORT]! - 1 : this.#transportRow(words, tcp.slab);
      events |= tcp.segment(transport, direction, this.#state, group, i);
      closed = tcp.isClosed(transport);
    } else if (h.protocol === PROTOCOL.esp && h.spi !== 0 && h.fragment !== LATER_FRAGMENT) {
      this.#state.esp.packet(this.#transportRow(words, this.#state.esp.slab), direction, h.espSequence);
    }
    if (LinkRows.needed(h)) this.#noteLink(words, direction, h);
    if (this.#state.optional.used && this.#countOptional(words, direction, group, i)) events |= EVENT.severalMacPairs;
    if (events !== 0) u32[words + W_EVENTS]! |= events;
    return closed;
  }

  #countTime(row: number, group: PacketGroup, i: number): void {
    const { f64, u16 } = this.#rows;
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

  #transportRow(words: number, slab: { take(): number }): number {
    const { u32 } = this.#rows;
    if (u32[words + W_TRANSPORT] === 0) u32[words + W_TRANSPORT] = slab.take() + 1;
    return u32[words + W_TRANSPORT]! - 1;
  }

  #noteLink(words: number, direction: number, h: Headers): void {
    const { u32 } = this.#rows;
    if (u32[words + W_LINK] === 0) u32[words + W_LINK] = this.#state.link.slab.take() + 1;
    this.#state.link.note(u32[words + W_LINK]! - 1, direction, h);
  }

  #countOptional(words: number, direction: number, group: PacketGroup, i: number): boolean {
    const { u32 } = this.#rows;
    const { optional } = this.#state;
    if (u32[words + W_OPTIONAL] === 0) u32[words + W_OPTIONAL] = optional.slab.take() + 1;
    const last = (u32[words + W_FLAGS]! & ROW.lastFromResponder) === 0 ? 0 : 1;
    if (last !== direction) u32[words + W_FLAGS]! ^= ROW.lastFromResponder;
    const first = u32[words + W_PACKETS + direction] === 1;
    return optional.count(u32[words + W_OPTIONAL]! - 1, direction, first, last === direction, this.#state, group, i);
  }
}
