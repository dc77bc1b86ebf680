import { decodeAyiya } from './ayiya.ts';
import { decodeCapwap } from './capwap.ts';
import { decodeGeneve } from './geneve.ts';
import { decodeGreInUdp } from './gre-in-udp.ts';
import { decodeGtp, decodeGtp0 } from './gtp.ts';
import type { Headers } from './headers.ts';
import { decodeL2tp } from './l2tp.ts';
import { decodeLisp } from './lisp.ts';
import { decodeMplsInUdp } from './mpls-in-udp.ts';
import { decodeNatTraversal } from './nat-traversal.ts';
import { decodeTeredo } from './teredo.ts';
import { decodeTzsp } from './tzsp.ts';
import { decodeVxlan, decodeVxlanGpe } from './vxlan.ts';
import { decodeWireguard } from './wireguard.ts';

/**
 * Looks whether a datagram carries a tunnel, beginning with its payload. Anybody may use any port, so it has to check what
 * it finds before it touches `headers`.
 * @returns where the inside begins, with `headers.next` set, or -1 when it is something else
 */
type UdpTunnel = (view: DataView, offset: number, end: number, headers: Headers) => number;

/** Tunnels by the ports that they use on either side. */
const TUNNELS: readonly (readonly [decode: UdpTunnel, ...ports: number[]])[] = [
  [decodeL2tp, 1701],
  [decodeGtp, 2152],
  [decodeGtp0, 3386],
  [decodeTeredo, 3544],
  [decodeLisp, 4341],
  [decodeNatTraversal, 4500],
  // 8472 is the port that Linux took before one was assigned.
  [decodeVxlan, 4789, 8472],
  [decodeGreInUdp, 4754],
  [decodeVxlanGpe, 4790],
  [decodeAyiya, 5072],
  [decodeCapwap, 5247],
  [decodeGeneve, 6081],
  [decodeMplsInUdp, 6635],
  [decodeTzsp, 37_008],
  [decodeWireguard, 51_820],
];

const DECODERS: readonly UdpTunnel[] = [() => -1, ...TUNNELS.map(([decode]) => decode)];
const TUNNEL_OF_PORT = new Uint8Array(0x10000);
for (const [index, [, ...ports]] of TUNNELS.entries()) {
  for (const port of ports) TUNNEL_OF_PORT[port] = index + 1;
}

/** Opens the tunnel that a datagram carries by the look of its ports, if any; returns where what follows begins. */
export function openUdpTunnel(view: DataView, body: number, end: number, headers: Headers): number {
  const toward = TUNNEL_OF_PORT[headers.destinationPort]!;
  const from = TUNNEL_OF_PORT[headers.sourcePort]!;
  if ((toward | from) === 0) return body;
  let inside = DECODERS[toward]!(view, body, end, headers);
  if (inside < 0) inside = DECODERS[from]!(view, body, end, headers);
  return inside < 0 ? body : inside;
}
