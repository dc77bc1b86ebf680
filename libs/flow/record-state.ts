import type { Headers } from '../packet/headers.ts';
import { CAUSE, EVENT, SCTP_STATE } from '../record/fields/field.ts';
import { exchange, exchangedBits } from './exchange.ts';
import type { FlowState } from './flow-state.ts';
import { PROTOCOL } from './key.ts';
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
  W_ATTRIBUTES,
  W_ENCAPSULATIONS,
  W_EVENTS,
  W_EXTRA,
  W_FLAGS,
  W_FRAGMENTS,
  W_LINK,
  W_OPTIONAL,
  W_PACKETS,
  W_TRANSPORT,
  type FlowRows,
} from './rows.ts';

/** Takes the record of a row, before the row's counters are cleared. */
export interface Reporter {
  /** @param cause one of `CAUSE` */
  report(state: FlowState, row: number, cause: number): void;
}

/** Notes in `row`, which has a datagram's key, which of its bytes have come; the flow hears of overlaps. */
export function noteFragment({ rows, fragments }: FlowState, row: number, flow: number, h: Headers): void {
  const { u32 } = rows;
  const at = row * ROW_WORDS + W_FRAGMENTS;
  if (u32[at] === 0) u32[at] = fragments.slab.take() + 1;
  const overlaps = fragments.note(u32[at]! - 1, h.fragmentOffset, h.fragmentBytes, h.moreFragments);
  if (overlaps) u32[flow * ROW_WORDS + W_EVENTS]! |= EVENT.fragmentOverlap;
}

/** Cause of a record of a flow that has not timed out: Start or Status, or Close where that is due. */
export function openCause(rows: FlowRows, row: number): number {
  const flags = rows.u32[row * ROW_WORDS + W_FLAGS]!;
  if ((flags & (ROW.closeDue | ROW.lingers)) !== 0) return CAUSE.close;
  return (flags & ROW.reported) === 0 ? CAUSE.start : CAUSE.status;
}

/** Packets in the record under construction. */
export function packetsOf(rows: FlowRows, row: number): number {
  const at = row * ROW_WORDS + W_PACKETS;
  return rows.u32[at]! + rows.u32[at + 1]!;
}

/** Forgets what belonged to the record just written. */
export function clearRecord(state: FlowState, row: number): void {
  const { f64, u32, u8 } = state.rows;
  const words = row * ROW_WORDS;
  f64.fill(0, row * ROW_DOUBLES + F_BYTES, row * ROW_DOUBLES + F_BYTES + 2);
  f64.fill(0, row * ROW_DOUBLES + F_APP_BYTES, row * ROW_DOUBLES + F_APP_BYTES + 2);
  u32[words + W_PACKETS] = 0;
  u32[words + W_PACKETS + 1] = 0;
  u32[words + W_EVENTS] = 0;
  u32[words + W_FLAGS]! |= ROW.reported;
  u8[row * ROW_BYTES + B_IP_OPTIONS] = 0;
  if (u32[words + W_OPTIONAL] !== 0) state.optional.startRecord(u32[words + W_OPTIONAL]! - 1);
  if (u32[words + W_TRANSPORT] !== 0 && (u32[words + W_EXTRA]! & 255) === PROTOCOL.tcp) {
    state.tcp.startRecord(u32[words + W_TRANSPORT]! - 1);
  }
}

/** Moves the counters of `from`, a row of fragments whose first was missing, to side `direction` of `to`. */
export function moveCounters(rows: FlowRows, from: number, to: number, direction: number): void {
  const { f64, u32, u16 } = rows;
  if (packetsOf(rows, from) === 0) return;
  const source = from * ROW_DOUBLES;
  const target = to * ROW_DOUBLES;
  for (const counter of [F_BYTES, F_APP_BYTES]) {
    f64[target + counter + direction]! += f64[source + counter]!;
    f64[source + counter] = 0;
  }
  u32[to * ROW_WORDS + W_PACKETS + direction]! += u32[from * ROW_WORDS + W_PACKETS]!;
  u32[from * ROW_WORDS + W_PACKETS] = 0;
  u32[to * ROW_WORDS + W_EVENTS]! |= u32[from * ROW_WORDS + W_EVENTS]!;
  const earlier =
    (f64[target + F_START]! - f64[source + F_START]!) * 1000 +
    (u16[to * ROW_HALVES + H_START_NS]! - u16[from * ROW_HALVES + H_START_NS]!);
  if (earlier > 0) {
    f64[target + F_START] = f64[source + F_START]!;
    u16[to * ROW_HALVES + H_START_NS] = u16[from * ROW_HALVES + H_START_NS]!;
    f64[target + F_DURATION]! += earlier;
  }
  f64[target + F_DURATION] = Math.max(f64[target + F_DURATION]!, f64[source + F_DURATION]! - earlier);
  f64[target + F_LAST] = Math.max(f64[target + F_LAST]!, f64[source + F_LAST]!);
}

const SOURCE_EVENTS = EVENT.sourceZeroWindow | EVENT.sourceEcn | EVENT.sourceOutOfOrder;

/** Exchanges initiator and responder of the record under construction and of what the flow remembers. */
export function reverseFlow(state: FlowState, row: number): void {
  const { f64, u32, u8 } = state.rows;
  const words = row * ROW_WORDS;
  exchange(f64, row * ROW_DOUBLES + F_BYTES);
  exchange(f64, row * ROW_DOUBLES + F_APP_BYTES);
  exchange(u32, words + W_PACKETS);
  exchange(u32, words + W_ENCAPSULATIONS);
  exchange(u32, words + W_ATTRIBUTES);
  u8[row * ROW_BYTES + B_SCTP_STATE] = exchangedBits(u8[row * ROW_BYTES + B_SCTP_STATE]!, SCTP_STATE.sourceAbort);
  u32[words + W_EVENTS] = exchangedBits(u32[words + W_EVENTS]!, SOURCE_EVENTS);
  u32[words + W_FLAGS] =
    exchangedBits(u32[words + W_FLAGS]!, ROW.ethernetSeen | ROW.tagsNoted) ^ (ROW.initiatorIsB | ROW.lastFromResponder);
  if (u32[words + W_TRANSPORT] !== 0) state.tcp.reverse(u32[words + W_TRANSPORT]! - 1);
  if (u32[words + W_LINK] !== 0) state.link.reverse(u32[words + W_LINK]! - 1);
  if (u32[words + W_OPTIONAL] !== 0) state.optional.reverse(u32[words + W_OPTIONAL]! - 1);
}
