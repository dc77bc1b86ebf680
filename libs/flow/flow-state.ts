import { EspRows } from './esp-rows.ts';
import { FragmentRows } from './fragment-rows.ts';
import { IcmpErrorRows } from './icmp-error-rows.ts';
import { PROTOCOL } from './key.ts';
import { LinkRows } from './link-rows.ts';
import { OptionalRows, type Features } from './optional-rows.ts';
import { FlowRows, ROW_WORDS, W_EXTRA, W_FRAGMENTS, W_ICMP_ERROR, W_LINK, W_OPTIONAL, W_TRANSPORT } from './rows.ts';
import { RtpRows } from './rtp-rows.ts';
import { TcpRows } from './tcp.ts';
import { TimeOrigin } from './time-origin.ts';

/** Everything that is known of the flows: a row for each, and what only some have beside it. */
export interface FlowState {
  readonly rows: FlowRows;
  readonly tcp: TcpRows;
  readonly esp: EspRows;
  readonly rtp: RtpRows;
  readonly link: LinkRows;
  readonly optional: OptionalRows;
  readonly icmpErrors: IcmpErrorRows;
  readonly fragments: FragmentRows;
  readonly origin: TimeOrigin;
}

export function noFlows(flowsMax: number, features: Features): FlowState {
  return {
    rows: new FlowRows(flowsMax),
    tcp: new TcpRows(flowsMax),
    esp: new EspRows(flowsMax),
    rtp: new RtpRows(flowsMax),
    link: new LinkRows(flowsMax),
    optional: new OptionalRows(features, flowsMax),
    icmpErrors: new IcmpErrorRows(flowsMax),
    fragments: new FragmentRows(flowsMax),
    origin: new TimeOrigin(),
  };
}

/** Gives back what a flow has beside its row. */
export function giveParts(
  { rows, tcp, esp, rtp, link, optional, icmpErrors, fragments }: FlowState,
  row: number,
): void {
  const { u32 } = rows;
  const at = row * ROW_WORDS;
  const transport = u32[at + W_TRANSPORT]!;
  if (transport !== 0) {
    const protocol = u32[at + W_EXTRA]! & 255;
    if (protocol === PROTOCOL.tcp) tcp.free(transport - 1);
    else (protocol === PROTOCOL.udp ? rtp : esp).slab.give(transport - 1);
  }
  if (u32[at + W_LINK] !== 0) link.slab.give(u32[at + W_LINK]! - 1);
  if (u32[at + W_OPTIONAL] !== 0) optional.slab.give(u32[at + W_OPTIONAL]! - 1);
  if (u32[at + W_ICMP_ERROR] !== 0) icmpErrors.slab.give(u32[at + W_ICMP_ERROR]! - 1);
  if (u32[at + W_FRAGMENTS] !== 0) fragments.slab.give(u32[at + W_FRAGMENTS]! - 1);
}
