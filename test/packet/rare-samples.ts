import { nflog } from '../../libs/packet/build/capture-headers.ts';
import { esp, ipv4, ipv6, ipv6Extension, ipv6Fragment } from '../../libs/packet/build/ip.ts';
import { packet, type Layer } from '../../libs/packet/build/layer.ts';
import { arp, ethernet, linuxCooked, llc, snap, vlan } from '../../libs/packet/build/link.ts';
import { payload } from '../../libs/packet/build/payload.ts';
import { arcnet } from '../../libs/packet/build/rings.ts';
import { frameRelay, ppp } from '../../libs/packet/build/serial.ts';
import { icmp, icmp6, tcp, udp } from '../../libs/packet/build/transport.ts';
import { erspan3, geneve, gre, l2tp3, mpls, nsh, vxlan } from '../../libs/packet/build/tunnels.ts';
import { avs, wlan } from '../../libs/packet/build/wireless.ts';
import type { Sample } from './samples.ts';

const V4 = ipv4({ source: 0x0a000001, destination: 0xc0a80105 });
const V6 = ipv6({ source: [0x20010db8, 0, 0, 1], destination: [0x20010db8, 0, 0, 2] });
const OUTER = ipv4({ source: 0xac100001, destination: 0xac100002 });
const DATA = tcp({ sourcePort: 50_000, destinationPort: 443 });
const DNS = udp({ sourcePort: 50_000, destinationPort: 53 });
const TEXT = payload('hello, world');
const octets = (...bytes: readonly number[]): Layer => payload(Uint8Array.from(bytes));
const toPort = (destinationPort: number): Layer => udp({ sourcePort: 50_001, destinationPort });

const inVxlan = (...inside: readonly Layer[]): Layer[] => [ethernet(), OUTER, toPort(4789), vxlan({ network: 7 }), ...inside]; // prettier-ignore
const inGre = (protocol: number, ...inside: readonly Layer[]): Layer[] => [ethernet(), OUTER, gre({ protocol }), ...inside]; // prettier-ignore
const wireguard = (type: number, bytes: number): Layer[] => [ethernet(), V4, toPort(51_820), octets(type, 0, 0, 0), payload(bytes - 4)]; // prettier-ignore

/** Destination options one after the other, more than a packet may have. */
function manyExtensions(): Layer[] {
  return [octets(...Array.from({ length: 140 }, () => [60, 0, 1, 4, 0, 0, 0, 0]).flat())];
}

type Row = readonly [name: string, linkType: number, layers: readonly Layer[]];

const ROWS: readonly Row[] = [
  ['a link that nobody knows', 147, [payload(40)]],
  [
    'more layers than anybody needs',
    1,
    [ethernet({ etherType: 0x8100 }), octets(...Array.from({ length: 70 }, () => [0, 1, 0x81, 0]).flat())],
  ],
  ['a pseudowire on a serial line', 9, [ppp(), mpls(16), ethernet(), V4, DATA]],
  ['a timestamp option', 1, [ethernet(), ipv4({ source: 1, destination: 2, options: [68, 4, 5, 0] }), DNS, TEXT]],
  ['no such network', 1, [ethernet(), V4, icmp({ type: 3, code: 0 }), V4, DNS, TEXT]],
  ['no such protocol', 1, [ethernet(), V4, icmp({ type: 3, code: 2 }), V4, DNS, TEXT]],
  ['L2TP without length', 1, [ethernet(), OUTER, toPort(1701), octets(0, 2, 0, 1, 0, 2), ppp(), V4, DATA]],
  [
    'Ethernet in NSH',
    1,
    [
      ethernet(),
      OUTER,
      toPort(4790),
      vxlan({ network: 7, nextProtocol: 4 }),
      nsh({ path: 1, nextProtocol: 3 }),
      ethernet(),
      V4,
      DATA,
    ],
  ],
  ['AVS where Prism was announced', 119, [avs(), wlan(), snap(), V4, DATA]],
  [
    "B.A.T.M.A.N.'s broadcast",
    1,
    [ethernet({ etherType: 0x4305 }), octets(1, 15, 50, 0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6), ethernet(), V4, DATA],
  ],
  ['tunnels beyond the bound', 1, [ethernet(), ...Array.from({ length: 10 }, () => V4), DATA]],
  ['IPv6 on ARCNET', 7, [arcnet({ protocol: 0xc4 }), V6, DATA]],
  ['IP in ERSPAN III', 1, [ethernet(), OUTER, gre({ sequence: 1 }), erspan3(77, { frameType: 2 }), V4, DATA]],
  ['Frame Relay with IPv6', 107, [frameRelay({ header: [0x03, 0x8e] }), V6, DATA]],
  ['Frame Relay with PPP', 107, [frameRelay({ header: [0x03, 0xcf] }), ppp(), V4, DATA]],
  ['Frame Relay with SNAP', 107, [frameRelay({ header: [3, 0, 0x80, 0, 0, 0, 0x08, 0x00] }), V4, DATA]],
  ['Frame Relay that ends in its padding', 107, [frameRelay({ header: [3, 0] })]],
  ['Ethernet in GRE', 1, inGre(0x6558, ethernet(), V4, DATA)],
  ['PPP in GRE', 1, inGre(0x880b, ppp(), V4, DATA)],
  ['WCCP', 1, inGre(0x883e, V4, DATA)],
  ['WCCP with a redirect header', 1, inGre(0x883e, octets(0, 0, 0, 0), V4, DATA)],
  ['no route, by ICMPv6', 1, [ethernet(), V6, icmp6({ type: 1, code: 0 }), V6, DNS, TEXT]],
  ['no such address, by ICMPv6', 1, [ethernet(), V6, icmp6({ type: 1, code: 3 }), V6, DNS, TEXT]],
  ['an ICMPv6 error about a fragment', 1, [ethernet(), V6, icmp6({ type: 1, code: 4 }), V6, ipv6Fragment({ id: 9 }), DNS, TEXT]], // prettier-ignore
  ['an ICMPv6 error about a later fragment', 1, [ethernet(), V6, icmp6({ type: 1, code: 4 }), V6, ipv6Fragment({ id: 9, fragmentOffset: 8 }), TEXT]], // prettier-ignore
  ['an ICMPv6 error about ESP', 1, [ethernet(), V6, icmp6({ type: 1, code: 4 }), V6, esp({ spi: 7 }), payload(8)]],
  ['a SATNET option', 1, [ethernet(), ipv4({ source: 1, destination: 2, options: [136, 4, 0, 1] }), DNS, TEXT]],
  ['a loose source route', 1, [ethernet(), ipv4({ source: 1, destination: 2, options: [131, 7, 4, 9, 9, 9, 9, 0] }), DNS, TEXT]], // prettier-ignore
  ['a route that is used up', 1, [ethernet(), ipv4({ source: 1, destination: 2, options: [137, 7, 8, 9, 9, 9, 9, 0] }), DNS]], // prettier-ignore
  [
    'too many extension headers',
    1,
    [ethernet(), ipv6({ source: [1, 0, 0, 1], destination: [1, 0, 0, 2], nextHeader: 60 }), ...manyExtensions()],
  ],
  ['a jumbogram', 1, [ethernet(), V6, ipv6Extension(0, [0xc2, 4, 0, 0, 0, 28]), DNS, TEXT]],
  ['L2TPv3 with PPP', 1, [ethernet(), OUTER, l2tp3({ session: 5 }), octets(0xff, 0x03, 0x00, 0x21), V4, DATA]],
  ['netlink', 113, [linuxCooked({ device: 824 }), payload(20)]],
  ['a vendor by SNAP', 1, [ethernet(), snap({ oui: 0x00000c, protocol: 0x2000 }), payload(20)]],
  ['bridged Ethernet by SNAP', 1, [ethernet(), snap({ oui: 0x0080c2, protocol: 1 }), ethernet(), V4, DATA]],
  ['a numbered LLC frame', 1, [ethernet(), llc({ dsap: 4, control: 0 }), payload(20)]],
  ['a bridge by NFLOG', 239, [nflog({ family: 7 }), ethernet(), V4, DATA]],
  ['MPLS in NSH', 1, [ethernet(), OUTER, toPort(4790), vxlan({ network: 7, nextProtocol: 4 }), nsh({ path: 1, nextProtocol: 5 }), mpls(16), V4, DATA]], // prettier-ignore
  ['multilink PPP', 9, [octets(0xff, 3, 0, 0x3d, 0xc0, 0, 0, 1), ppp({ compressed: true }), V4, DATA]],
  ['a piece of multilink PPP', 9, [octets(0xff, 3, 0, 0x3d, 0x80, 0, 0, 1), payload(20)]],
  ['bridged PPP', 9, [octets(0xff, 3, 0, 0x31, 0, 1), ethernet(), V4, DATA]],
  ['a tag in VXLAN', 1, inVxlan(ethernet(), vlan(3), V4, DATA)],
  ['IPv6 in VXLAN', 1, inVxlan(ethernet(), V6, DATA)],
  ['ARP in VXLAN', 1, inVxlan(ethernet(), arp({ senderIp: 1, targetIp: 2 }))],
  ['MPLS in VXLAN', 1, inVxlan(ethernet(), mpls(16), V4, DATA)],
  ...[0x8863, 0x8864, 0x888e, 0x88cc, 0x9000].map((type): Row => [`type ${type} in VXLAN`, 1, inVxlan(ethernet({ etherType: type }), payload(40))]), // prettier-ignore
  ['IPv4 in Geneve', 1, [ethernet(), OUTER, toPort(6081), geneve({ network: 7, protocol: 0x0800 }), V4, DATA]],
  ['GTP version 0', 1, [ethernet(), OUTER, toPort(3386), octets(0x1e, 255, 0, 0, 0, 0, 0, 9, ...new Array<number>(12).fill(0)), V4, DATA]], // prettier-ignore
  ['GTP-U with an extension that is cut', 1, [ethernet(), OUTER, toPort(2152), octets(0x34, 255, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0x85)]], // prettier-ignore
  ['GTP-U with an extension of no length', 1, [ethernet(), OUTER, toPort(2152), octets(0x34, 255, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0x85, 0, 0, 0, 0)]], // prettier-ignore
  ['CAPWAP with quality of service', 1, [ethernet(), OUTER, toPort(5247), octets(0, 0x10, 0x03, 0, 0, 0, 0, 0, 0x88, 1, ...new Array<number>(24).fill(0), 0xaa, 0xaa, 3, 0, 0, 0, 8, 0), V4, DATA]], // prettier-ignore
  ["WireGuard's initiation", 1, wireguard(1, 148)],
  ["WireGuard's response", 1, wireguard(2, 92)],
  ["WireGuard's cookie", 1, wireguard(3, 64)],
];

/** Packets on paths through the decoders that hardly any packet takes, some of them with a problem: where fuzzing begins. */
export const RARE_SAMPLES: readonly Sample[] = ROWS.map(([name, linkType, layers]) => ({
  name,
  linkType,
  bytes: packet(...layers),
}));
