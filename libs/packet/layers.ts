import { decodeAh } from './ah.ts';
import { decodeArp } from './arp.ts';
import { decodeEsp } from './esp.ts';
import { decodeEthernet } from './ethernet.ts';
import type { Headers } from './headers.ts';
import { decodeIcmp } from './icmp.ts';
import { decodeIcmp6 } from './icmp6.ts';
import { decodeIgmp } from './igmp.ts';
import { decodeIpv4 } from './ipv4.ts';
import { decodeIpv6 } from './ipv6.ts';
import { decodeIpv6Extensions } from './ipv6-extensions.ts';
import { decodeLinuxCooked, decodeLinuxCooked2 } from './linux-cooked.ts';
import { decodeLlc } from './llc.ts';
import { decodeNullLoopback } from './null-loopback.ts';
import { NEXT, NEXT_END } from './numbers.ts';
import { decodeRawIp } from './raw-ip.ts';
import { decodeTcp } from './tcp.ts';
import { decodeUdp } from './udp.ts';
import { decodeVlan } from './vlan.ts';

/**
 * Decodes one layer. Reads nothing at or past `end`, never throws, allocates nothing.
 * @param offset first byte of the layer; may lie past `end` when the capture cut the packet
 * @param end just past the captured bytes of the packet that carries it
 * @returns where the next layer begins, with `headers.next` set to what it is (0 when this was the last), or -1 with
 *   `headers.problem` set and the addresses of the layers below untouched
 */
export type LayerDecoder = (view: DataView, offset: number, end: number, headers: Headers) => number;

interface Layer {
  readonly decode: LayerDecoder;
  /** LINKTYPE_ numbers of tcpdump.org/linktypes.html. */
  readonly linkTypes?: readonly number[];
  readonly etherTypes?: readonly number[];
  readonly ipProtocols?: readonly number[];
  readonly llcSaps?: readonly number[];
}

/** All that we decode, and the numbers by which it is announced. */
const LAYERS: readonly Layer[] = [
  { decode: decodeEthernet, linkTypes: [1], etherTypes: [0x6558] },
  { decode: decodeIpv4, etherTypes: [0x0800], linkTypes: [228], llcSaps: [0x06] },
  { decode: decodeIpv6, etherTypes: [0x86dd], linkTypes: [229] },
  { decode: decodeTcp, ipProtocols: [6] },
  { decode: decodeUdp, ipProtocols: [17] },
  { decode: decodeIcmp, ipProtocols: [1] },
  { decode: decodeIcmp6, ipProtocols: [58] },
  { decode: decodeIgmp, ipProtocols: [2] },
  { decode: decodeEsp, ipProtocols: [50] },
  { decode: decodeAh, ipProtocols: [51] },
  { decode: decodeIpv6Extensions, ipProtocols: [0, 43, 44, 60, 135, 139, 140] },
  { decode: decodeArp, etherTypes: [0x0806, 0x8035] },
  { decode: decodeVlan, etherTypes: [0x8100, 0x88a8, 0x9100, 0x9200] },
  { decode: decodeLlc, etherTypes: [0x0004] },
  { decode: decodeRawIp, linkTypes: [12, 14, 101] },
  { decode: decodeLinuxCooked, linkTypes: [113] },
  { decode: decodeLinuxCooked2, linkTypes: [276] },
  { decode: decodeNullLoopback, linkTypes: [0, 108] },
];

/** Decoder of a layer by its number; layer 0 has none. */
export const DECODERS: readonly LayerDecoder[] = [() => -1, ...LAYERS.map((layer) => layer.decode)];

/** Number of the layer by `Headers.next`; 0 where there is no decoder. */
export const LAYER_OF = new Uint8Array(NEXT_END);

for (const [index, layer] of LAYERS.entries()) {
  for (const number of layer.linkTypes ?? []) LAYER_OF[NEXT.linkType | number] = index + 1;
  for (const number of layer.etherTypes ?? []) LAYER_OF[NEXT.etherType | number] = index + 1;
  for (const number of layer.ipProtocols ?? []) LAYER_OF[NEXT.ipProtocol | number] = index + 1;
  for (const number of layer.llcSaps ?? []) LAYER_OF[NEXT.llcSap | number] = index + 1;
}
