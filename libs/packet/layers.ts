import { decodeAh } from './ah.ts';
import { decodeArcnet, decodeLinuxArcnet } from './arcnet.ts';
import { decodeArp } from './arp.ts';
import { decodeAtm, decodeSunAtm } from './atm.ts';
import { decodeBatman } from './batman.ts';
import { decodeCiscoHdlc } from './cisco-hdlc.ts';
import { decodeDccp } from './dccp.ts';
import { decodeErspan } from './erspan.ts';
import { decodeEsp } from './esp.ts';
import { decodeEtherIp } from './etherip.ts';
import { decodeEthernet } from './ethernet.ts';
import { decodeFabricPath } from './fabricpath.ts';
import { decodeFddi } from './fddi.ts';
import { decodeFrameRelay } from './frame-relay.ts';
import { decodeGre } from './gre.ts';
import type { LayerDecoder } from './layer-decoder.ts';
import { decodeIcmp } from './icmp.ts';
import { decodeIcmp6 } from './icmp6.ts';
import { decodeIgmp } from './igmp.ts';
import { decodeIpv4InIp, decodeIpv6InIp } from './ip-in-ip.ts';
import { decodeIpoib } from './ipoib.ts';
import { decodeIpv4 } from './ipv4.ts';
import { decodeIpv6 } from './ipv6.ts';
import { decodeIpv6Extensions } from './ipv6-extensions.ts';
import { decodeL2tpOverIp } from './l2tp.ts';
import { decodeLinuxCooked, decodeLinuxCooked2 } from './linux-cooked.ts';
import { decodeLlc } from './llc.ts';
import { decodeMacsec } from './macsec.ts';
import { decodeMpls } from './mpls.ts';
import { decodeNflog } from './nflog.ts';
import { decodeNsh } from './nsh.ts';
import { decodeNullLoopback } from './null-loopback.ts';
import { LINK, NEXT, NEXT_END } from './numbers.ts';
import { decodePbb } from './pbb.ts';
import { decodePflog } from './pflog.ts';
import { decodePim } from './pim.ts';
import { decodePktap } from './pktap.ts';
import { decodePpi } from './ppi.ts';
import { decodePpp, decodeSerial } from './ppp.ts';
import { decodePppoe } from './pppoe.ts';
import { preface } from './preface.ts';
import { decodeAvs, decodePrism } from './prism.ts';
import { decodeRadiotap } from './radiotap.ts';
import { decodeRawIp } from './raw-ip.ts';
import { decodeSctp } from './sctp.ts';
import { decodeShim } from './shims.ts';
import { decodeSlip } from './slip.ts';
import { decodeTcp } from './tcp.ts';
import { decodeTokenRing } from './token-ring.ts';
import { decodeTrill } from './trill.ts';
import { decodeUdp } from './udp.ts';
import { decodeUdpLite } from './udp-lite.ts';
import { decodeVlan } from './vlan.ts';
import { decodeWlan } from './wlan.ts';

interface Layer {
  readonly decode: LayerDecoder;
  /** LINKTYPE_ numbers of tcpdump.org/linktypes.html. */
  readonly linkTypes?: readonly number[];
  readonly etherTypes?: readonly number[];
  readonly ipProtocols?: readonly number[];
  readonly llcSaps?: readonly number[];
  readonly pppProtocols?: readonly number[];
}

/** All that we decode, and the numbers by which it is announced. */
const LAYERS: readonly Layer[] = [
  // Links.
  { decode: decodeEthernet, linkTypes: [1], etherTypes: [0x6558] },
  { decode: decodeNullLoopback, linkTypes: [0, 108] },
  { decode: decodeTokenRing, linkTypes: [6] },
  { decode: decodeArcnet, linkTypes: [7] },
  { decode: decodeLinuxArcnet, linkTypes: [129] },
  { decode: decodeSlip, linkTypes: [8] },
  { decode: decodePpp, linkTypes: [9] },
  { decode: decodeSerial, linkTypes: [50] },
  { decode: decodePppoe, linkTypes: [51], etherTypes: [0x8863, 0x8864] },
  { decode: decodeFddi, linkTypes: [10] },
  { decode: decodeRawIp, linkTypes: [12, 14, 101] },
  { decode: decodeCiscoHdlc, linkTypes: [104] },
  { decode: decodeWlan, linkTypes: [105] },
  { decode: decodeFrameRelay, linkTypes: [107] },
  { decode: decodeLinuxCooked, linkTypes: [113] },
  { decode: decodeLinuxCooked2, linkTypes: [276] },
  { decode: decodePrism, linkTypes: [119] },
  { decode: decodeRadiotap, linkTypes: [127] },
  { decode: decodeAvs, linkTypes: [163] },
  { decode: decodePpi, linkTypes: [192] },
  { decode: decodePktap, linkTypes: [149, 258] },
  { decode: decodeNflog, linkTypes: [239] },
  { decode: decodeIpoib, linkTypes: [242] },
  { decode: decodeAtm, linkTypes: [100] },
  { decode: decodeSunAtm, linkTypes: [123] },
  { decode: decodePflog, linkTypes: [117] },
  // A byte that says which way it went, then PPP, Cisco HDLC, Frame Relay.
  { decode: preface(1, NEXT.linkType | LINK.ppp), linkTypes: [166, 204] },
  { decode: preface(1, NEXT.linkType | LINK.ciscoHdlc), linkTypes: [205] },
  { decode: preface(1, NEXT.linkType | LINK.frameRelay), linkTypes: [206] },
  // OpenBSD's IPsec interface: address family, SPI, flags. Solaris's: versions, lengths, interfaces, zones.
  { decode: preface(12, NEXT.linkType | LINK.rawIp), linkTypes: [109] },
  { decode: preface(24, NEXT.linkType | LINK.rawIp), linkTypes: [226] },
  // Ethernet behind a device's own header, a preamble, or both.
  { decode: preface(4, NEXT.linkType | LINK.ethernet), linkTypes: [240] },
  { decode: preface(8, NEXT.linkType | LINK.ethernet), linkTypes: [259, 274] },
  { decode: preface(12, NEXT.linkType | LINK.ethernet), linkTypes: [241] },
  // Between link and network.
  { decode: decodeVlan, etherTypes: [0x8100, 0x88a8, 0x9100, 0x9200] },
  { decode: decodeLlc, etherTypes: [0x0004] },
  {
    decode: decodeMpls,
    linkTypes: [219],
    etherTypes: [0x8847, 0x8848],
    pppProtocols: [0x0281, 0x0283],
    ipProtocols: [137],
  },
  { decode: decodeMacsec, etherTypes: [0x88e5] },
  { decode: decodeShim, etherTypes: [0x8909, 0x8926, 0x892f, 0x893f] },
  { decode: decodePbb, etherTypes: [0x88e7] },
  { decode: decodeTrill, etherTypes: [0x22f3] },
  { decode: decodeFabricPath, etherTypes: [0x8903] },
  { decode: decodeBatman, etherTypes: [0x4305] },
  { decode: decodeNsh, etherTypes: [0x894f] },
  { decode: decodeErspan, etherTypes: [0x88be, 0x22eb] },
  // Network.
  { decode: decodeIpv4, linkTypes: [228], etherTypes: [0x0800], llcSaps: [0x06], pppProtocols: [0x0021] },
  { decode: decodeIpv6, linkTypes: [229], etherTypes: [0x86dd], pppProtocols: [0x0057] },
  { decode: decodeIpv6Extensions, ipProtocols: [0, 43, 44, 60, 135, 139, 140] },
  { decode: decodeArp, etherTypes: [0x0806, 0x8035] },
  { decode: decodeIpv4InIp, ipProtocols: [4, 94] },
  { decode: decodeIpv6InIp, ipProtocols: [41] },
  { decode: decodeGre, ipProtocols: [47] },
  { decode: decodeEtherIp, ipProtocols: [97] },
  { decode: decodeL2tpOverIp, ipProtocols: [115] },
  { decode: decodePim, ipProtocols: [103] },
  { decode: decodeAh, ipProtocols: [51] },
  { decode: decodeEsp, ipProtocols: [50] },
  // Transport.
  { decode: decodeTcp, ipProtocols: [6] },
  { decode: decodeUdp, ipProtocols: [17] },
  { decode: decodeUdpLite, ipProtocols: [136] },
  { decode: decodeSctp, ipProtocols: [132] },
  { decode: decodeDccp, ipProtocols: [33] },
  { decode: decodeIcmp, ipProtocols: [1] },
  { decode: decodeIcmp6, ipProtocols: [58] },
  { decode: decodeIgmp, ipProtocols: [2] },
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
  for (const number of layer.pppProtocols ?? []) LAYER_OF[NEXT.pppProtocol | number] = index + 1;
}
