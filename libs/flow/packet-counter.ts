import { LATER_FRAGMENT, NOT_FRAGMENTED, type Headers } from '../packet/headers.ts';
import { EVENT } from '../record/fields/field.ts';
import { PROTOCOL } from './key.ts';
import { LinkRows } from './link-rows.ts';
import type { FlowState } from './record-state.ts';
import {
  B_IP_OPTIONS,
  B_TOS,
  B_TTL,
  F_APP_BYTES,
  F_BYTES,
  F_DURATION,
  F_LAST,
  F_START,
  H_IP_ID,
  H_START_NS,
  ROW,
  ROW_BYTES,
  ROW_DOUBLES,
  ROW_HALVES,
  ROW_WORDS,
  W_ENCAPSULATIONS,
  W_EVENTS,
  W_FLAGS,
  W_LINK,
  W_OPTIONAL,
  W_PACKETS,
  W_TRANSPORT,
  type FlowRows,
} from './rows.ts';

/** Counts packets in the rows of their flows: the hot path. */
export class PacketCounter {
  readonly #state: FlowState;
  readonly #rows: FlowRows;

  constructor(state: FlowState) {
    this.#state = state;
    this.#rows = state.rows;
  }

  /**
   * Counts one packet in the record that `row` has under construction, which has been started.
   * @param direction 0 from the initiator, 1 from the responder
   * @param isAnswer whether it is the answer of an exchange
   * @returns whether it closes the flow, or finds it closed
   */
  count(
    row: number,
    direction: number,
    isAnswer: boolean,
    h: Headers,
    timeUs: number,
    timeNs: number,
    wireBytes: number,
    view: DataView,
  ): boolean {
    const { f64, u32, u16, u8 } = this.#rows;
    const words = row * ROW_WORDS;
    const doubles = row * ROW_DOUBLES;
    const halves = row * ROW_HALVES;
    const bytes = row * ROW_BYTES;
    this.#countTime(doubles, halves, timeUs, timeNs);
    f64[doubles + F_BYTES + direction]! += wireBytes;
    f64[doubles + F_APP_BYTES + direction]! += h.payloadBytes;
    const packets = u32[words + W_PACKETS + direction]! + 1;
    u32[words + W_PACKETS + direction] = packets;
    u32[words + W_ENCAPSULATIONS + direction]! |= h.encapsulations;
    u16[halves + H_IP_ID + direction] = h.ipId;
    u8[bytes + B_TTL + direction] = h.ttl;
    u8[bytes + B_TOS + direction] = h.tos;
    u8[bytes + B_IP_OPTIONS]! |= h.ipOptions;
    if (!isAnswer) u32[words + W_FLAGS]! |= ROW.requestSeen;
    let events = (h.tos & 3) === 3 ? EVENT.sourceEcn << direction : 0;
    let closed = false;
    if (h.fragment !== NOT_FRAGMENTED) events |= EVENT.fragments;
    if (h.fragment !== LATER_FRAGMENT) {
      // A header that was cut behind the ports has no flags; whole ones always have some.
      if (h.protocol === PROTOCOL.tcp && h.hasPorts && h.tcpFlags !== 0) {
        const transport = this.#transportRow(words, this.#state.tcp.slab);
        events |= this.#state.tcp.segment(transport, direction, h, this.#sinceOrigin(timeUs, timeNs));
        closed = this.#state.tcp.isClosed(transport);
      } else if (h.protocol === PROTOCOL.esp && h.spi !== 0) {
        this.#state.esp.packet(this.#transportRow(words, this.#state.esp.slab), direction, h.espSequence);
      }
    }
    if (LinkRows.needed(h)) this.#noteLink(words, direction, h);
    if (this.#state.optional.used) {
      const atNs = this.#sinceOrigin(timeUs, timeNs);
      if (this.#countOptional(words, direction, packets === 1, atNs, wireBytes, h, view))
        events |= EVENT.severalMacPairs;
    }
    u32[words + W_EVENTS]! |= events;
    return closed;
  }

  #countTime(doubles: number, halves: number, timeUs: number, timeNs: number): void {
    const { f64, u16 } = this.#rows;
    const offset = (timeUs - f64[doubles + F_START]!) * 1000 + (timeNs - u16[halves + H_START_NS]!);
    if (offset > f64[doubles + F_DURATION]!) f64[doubles + F_DURATION] = offset;
    else if (offset < 0) {
      f64[doubles + F_START] = timeUs;
      u16[halves + H_START_NS] = timeNs;
      f64[doubles + F_DURATION]! -= offset;
    }
    if (timeUs > f64[doubles + F_LAST]!) f64[doubles + F_LAST] = timeUs;
  }

  #sinceOrigin(timeUs: number, timeNs: number): number {
    const { time } = this.#state;
    if (Number.isNaN(time.originUs)) time.originUs = timeUs - 1;
    return (timeUs - time.originUs) * 1000 + timeNs;
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

  #countOptional(
    words: number,
    direction: number,
    first: boolean,
    atNs: number,
    wireBytes: number,
    h: Headers,
    view: DataView,
  ): boolean {
    const { u32 } = this.#rows;
    const { optional } = this.#state;
    if (u32[words + W_OPTIONAL] === 0) u32[words + W_OPTIONAL] = optional.slab.take() + 1;
    const last = (u32[words + W_FLAGS]! & ROW.lastFromResponder) === 0 ? 0 : 1;
    if (last !== direction) u32[words + W_FLAGS]! ^= ROW.lastFromResponder;
    return optional.count(u32[words + W_OPTIONAL]! - 1, direction, first, last === direction, atNs, wireBytes, h, view);
  }
}
