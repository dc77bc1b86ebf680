import type { FlowColumns } from './columns.ts';
import {
  KNOWN,
  T_ACK_DATA,
  T_BASE,
  T_FLAGS,
  T_HOLES,
  T_KNOWN,
  T_MSS,
  T_OPTIONS,
  T_OUT_OF_ORDER,
  T_RETRANSMITTED,
  T_STATE,
  T_SYN_ACK,
  T_WINDOW,
  TCP_WORDS,
  type TcpRows,
} from './tcp.ts';

/** Writes what the record's connection went through, and what happened to its streams in this record. */
export function reportTcp(tcp: TcpRows, row: number, c: FlowColumns, to: number): void {
  const { u32, f64, u16, u8 } = tcp.slab;
  const at = row * TCP_WORDS;
  const known = u32[at + T_KNOWN]!;
  const holes = u32[at + T_HOLES]!;
  c.tcpstate.set(to, u32[at + T_STATE]!);
  c.tcpoptions.set(to, u32[at + T_OPTIONS]!);
  for (const side of [0, 1] as const) {
    c.tcpFlags[side].set(to, u8[at * 4 + T_FLAGS + side]!);
    c.retransmitted[side].set(to, u32[at + T_RETRANSMITTED + side]!);
    c.outOfOrder[side].set(to, u32[at + T_OUT_OF_ORDER + side]!);
    c.gap[side].set(to, holes === 0 ? 0 : tcp.holes.takeGap(holes - 1, side));
    if ((known & (KNOWN.base << side)) !== 0) c.tcpBase[side].set(to, u32[at + T_BASE + side]!);
    if ((known & (KNOWN.window << side)) !== 0) c.window[side].set(to, u32[at + T_WINDOW + side]!);
    if (u16[at * 2 + T_MSS + side] !== 0) c.mss[side].set(to, u16[at * 2 + T_MSS + side]!);
  }
  if ((known & KNOWN.synAck) !== 0) c.synack.set(to, f64[at / 2 + T_SYN_ACK]!);
  if ((known & KNOWN.ackData) !== 0) c.ackdat.set(to, f64[at / 2 + T_ACK_DATA]!);
}
