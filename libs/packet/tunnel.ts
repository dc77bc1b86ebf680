import { MAC_ADDRESS, NO_ADDRESS, type Headers } from './headers.ts';
import { note, PROBLEM } from './problems.ts';
import { resetNetwork } from './reset.ts';

/** Tunnels in tunnels that are opened; what lies deeper counts at the last one. */
const TUNNEL_DEPTH_MAX = 8;

/** Names of the values of `Headers.tunnelKind`, as records print them. A value is never reused. */
const NAMES = [
  'none',
  'ipip',
  '6in4',
  '4in6',
  '6in6',
  'gre',
  'pptp',
  'nvgre',
  'erspan1',
  'erspan2',
  'erspan3',
  'vxlan',
  'vxlangpe',
  'geneve',
  'gtpu',
  'teredo',
  'l2tp',
  'l2tp3',
  'etherip',
  'pbb',
  'pseudowire',
  'mplsudp',
  'pim',
  'nsh',
  'lisp',
  'tzsp',
  'wireguard',
  'ipsecnat',
  'capwap',
  'ayiya',
  'trill',
  'batman',
  'fabricpath',
] as const;

export type TunnelName = (typeof NAMES)[number];
export const TUNNEL_NAMES: readonly TunnelName[] = NAMES;

/** Number of a kind of tunnel by its name. */
export const TUNNEL = Object.fromEntries(NAMES.map((name, index) => [name, index])) as Readonly<
  Record<TunnelName, number>
>;

/**
 * Says that what follows is inside a tunnel. The packet is believed to be in it only when an inner layer with addresses
 * decodes (`commitTunnel`); until then it counts outside.
 * @param next what is inside, a value of `Headers.next`
 */
export function enterTunnel(headers: Headers, kind: number, id: number, next: number): void {
  if (headers.tunnelDepth + headers.tunnelsPending >= TUNNEL_DEPTH_MAX) {
    note(headers, PROBLEM.tunnelDepth);
    headers.next = 0;
    return;
  }
  if (headers.tunnelsPending === 0) {
    headers.pendingKind = kind;
    headers.pendingId = id;
  }
  headers.tunnelsPending += 1;
  headers.next = next;
}

/** Called by a layer that is about to set the flow's addresses while tunnels are pending. */
export function commitTunnel(headers: Headers): void {
  if (headers.tunnelDepth === 0) {
    headers.tunnelKind = headers.pendingKind;
    headers.tunnelId = headers.pendingId;
    saveAddresses(headers);
  }
  headers.tunnelDepth += headers.tunnelsPending;
  headers.tunnelsPending = 0;
  headers.dsap = -1;
  headers.ssap = -1;
  headers.arpOperation = 0;
  resetNetwork(headers);
}

/** Notes a tunnel that nobody but its ends can open; an outer one that was opened says more. */
export function noteClosedTunnel(headers: Headers, kind: number, id: number): void {
  if (headers.tunnelKind !== 0) return;
  headers.tunnelKind = kind;
  headers.tunnelId = id;
}

/** Those of the packet outside: of its network layer, or else of its link. */
function saveAddresses(headers: Headers): void {
  if (headers.addressKind === NO_ADDRESS) {
    if (!headers.hasMacs) return;
    headers.tunnelAddressKind = MAC_ADDRESS;
    headers.tunnelSource2 = headers.sourceMacHigh;
    headers.tunnelSource3 = headers.sourceMacLow;
    headers.tunnelDestination2 = headers.destinationMacHigh;
    headers.tunnelDestination3 = headers.destinationMacLow;
    return;
  }
  headers.tunnelAddressKind = headers.addressKind;
  headers.tunnelSource0 = headers.source0;
  headers.tunnelSource1 = headers.source1;
  headers.tunnelSource2 = headers.source2;
  headers.tunnelSource3 = headers.source3;
  headers.tunnelDestination0 = headers.destination0;
  headers.tunnelDestination1 = headers.destination1;
  headers.tunnelDestination2 = headers.destination2;
  headers.tunnelDestination3 = headers.destination3;
}
