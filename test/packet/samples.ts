import { enc, ipoib, nflog, pflog, pktap, sunAtm } from '../../libs/packet/build/capture-headers.ts';
import { ah, esp, ipv4, ipv6, ipv6Extension, ipv6Fragment } from '../../libs/packet/build/ip.ts';
import { packet, type Layer } from '../../libs/packet/build/layer.ts';
import {
  arp,
  ethernet,
  linuxCooked,
  linuxCooked2,
  llc,
  macsec,
  shim,
  nullLoopback,
  snap,
  vlan,
} from '../../libs/packet/build/link.ts';
import { arcnet, fddi, isl, tokenRing } from '../../libs/packet/build/rings.ts';
import { payload } from '../../libs/packet/build/payload.ts';
import { ciscoHdlc, frameRelay, ppp, pppoe, slipHeader } from '../../libs/packet/build/serial.ts';
import {
  dccp,
  icmp,
  icmp6,
  igmp,
  sctp,
  sctpChunk,
  tcp,
  tcpOption,
  udp,
  udpLite,
} from '../../libs/packet/build/transport.ts';
import {
  erspan2,
  erspan3,
  etherIp,
  geneve,
  gre,
  gtp,
  l2tp,
  l2tp3,
  lisp,
  mpls,
  nsh,
  pbb,
  pimRegister,
  pptp,
  tzsp,
  vxlan,
} from '../../libs/packet/build/tunnels.ts';
import { avs, ppi, prism, radiotap, wlan } from '../../libs/packet/build/wireless.ts';

export interface Sample {
  readonly name: string;
  readonly linkType: number;
  readonly bytes: Uint8Array;
}

const IP = { source: 0x0a000001, destination: 0xc0a80105, id: 0x1234 } as const;
const IP6 = { source: [0x20010db8, 0, 0, 1], destination: [0x20010db8, 0, 0, 2] } as const;
const V4 = ipv4(IP);
const V6 = ipv6(IP6);
const SYN = tcp({
  sourcePort: 50_000,
  destinationPort: 443,
  flags: 2,
  options: [
    ...tcpOption.mss(1460),
    ...tcpOption.sackPermitted,
    ...tcpOption.timestamp(1, 2),
    ...tcpOption.windowScale(7),
  ],
});
const DATA = tcp({ sourcePort: 50_000, destinationPort: 443, options: [1, 1, ...tcpOption.timestamp(1, 2)] });
const DNS = udp({ sourcePort: 50_000, destinationPort: 53 });
const TEXT = payload('GET / HTTP/1.1\r\n\r\n');

const OUTER = ipv4({ source: 0xac100001, destination: 0xac100002 });
const OUTER_6 = ipv6({ source: [0xfd000000, 0, 0, 1], destination: [0xfd000000, 0, 0, 2] });
const NSH = nsh({ path: 5, nextProtocol: 1 });
/** Authentication without client and value, then an origin indication (RFC 4380 §5.1.1). */
const TEREDO = payload(new Uint8Array([0, 1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 1, 2, 3, 4, 5, 6]));
const AYIYA = payload(new Uint8Array([0x44, 0x52, 0x11, 41, ...new Array<number>(40).fill(0)]));
const CAPWAP = payload(new Uint8Array([0, 0x10, 0x02, 0, 0, 0, 0, 0]));
const CAPWAP_WLAN = payload(new Uint8Array([0, 0x10, 0x03, 0, 0, 0, 0, 0]));
const BATMAN = payload(new Uint8Array([0x40, 15, 50, 0, 1, 2, 3, 4, 5, 6]));
const toPort = (destinationPort: number): Layer => udp({ sourcePort: 50_001, destinationPort });

type Row = readonly [name: string, linkType: number, ...layers: Layer[]];

const PLAIN: readonly Row[] = [
  ['a TCP segment', 1, ethernet(), V4, DATA, TEXT],
  ['a TCP SYN over IPv6', 1, ethernet(), V6, SYN],
  ['a DNS query', 1, ethernet(), V4, DNS, TEXT],
  ['a tagged frame', 1, ethernet(), vlan(100), V4, DNS, TEXT],
  ['a doubly tagged frame', 1, ethernet(), vlan(5, { tpid: 0x88a8 }), vlan(6), V6, DATA, TEXT],
  ['a spanning-tree frame', 1, ethernet(), llc({ dsap: 0x42 }), payload(35)],
  ['a SNAP frame', 1, ethernet(), snap(), V4, DATA, TEXT],
  ['an ARP request', 1, ethernet(), arp({ senderIp: IP.source, targetIp: IP.destination })],
  ['a RARP request', 1, ethernet(), arp({ senderIp: 0, targetIp: 0, isReverse: true, operation: 3 })],
  ['an unknown EtherType', 1, ethernet({ etherType: 0x88cc }), payload(30)],
  ['IPv4 options', 1, ethernet(), ipv4({ ...IP, options: [148, 4, 0, 0, 7, 7, 4, 0, 0, 0, 0] }), DNS, TEXT],
  ['a first fragment', 1, ethernet(), ipv4({ ...IP, moreFragments: true }), DNS, TEXT],
  ['a later fragment', 1, ethernet(), ipv4({ ...IP, fragmentOffset: 64, protocol: 17 }), TEXT],
  [
    'IPv6 extension headers',
    1,
    ethernet(),
    V6,
    ipv6Extension(0, [5, 2, 0, 0, 1, 0]),
    ipv6Extension(43, [0, 0, 0, 0, 0, 0]),
    ipv6Fragment({ id: 9, moreFragments: true }),
    ipv6Extension(60),
    DNS,
    TEXT,
  ],
  ['an IPv6 fragment', 1, ethernet(), V6, ipv6Fragment({ id: 9, fragmentOffset: 8, nextHeader: 17 }), TEXT],
  ['an echo request', 1, ethernet(), V4, icmp({ type: 8, id: 1, sequence: 2 }), TEXT],
  ['an ICMP error', 1, ethernet(), V4, icmp({ type: 3, code: 3 }), V4, DNS, TEXT],
  ['an ICMPv6 error', 1, ethernet(), V6, icmp6({ type: 1, code: 4 }), V6, ipv6Extension(60), DNS, TEXT],
  [
    'an ICMPv6 redirect',
    1,
    ethernet(),
    V6,
    icmp6({ type: 137 }),
    payload(32, 0),
    payload(new Uint8Array([4, 9, 0, 0, 0, 0, 0, 0])),
    V6,
    DNS,
    TEXT,
  ],
  ['an IGMP report', 1, ethernet(), V4, igmp({ type: 0x16, group: 0xe0000001 })],
  ['an ESP packet', 1, ethernet(), V4, esp({ spi: 0xf0000001 }), payload(40)],
  ['an AH packet', 1, ethernet(), V6, ah({ spi: 1 }), DATA, TEXT],
  ['raw IPv4', 101, V4, DATA, TEXT],
  ['raw IPv6', 229, V6, DATA, TEXT],
  ['a cooked packet', 113, linuxCooked(), V4, DATA, TEXT],
  ['a cooked packet, version 2', 276, linuxCooked2(), V6, DATA, TEXT],
  ['a loopback packet', 0, nullLoopback({ family: 30, littleEndian: true }), V6, DATA, TEXT],
];

const LINKS: readonly Row[] = [
  ['PPP', 9, ppp(), V4, DATA, TEXT],
  ['PPP without address and control', 9, ppp({ compressed: true }), V6, DATA, TEXT],
  ['PPP on a serial line', 50, ppp(), V4, DATA, TEXT],
  ['PPP with a direction', 204, payload(1, 0), ppp(), V4, DATA, TEXT],
  ['Cisco HDLC on a PPP line', 50, ciscoHdlc(), V4, DATA, TEXT],
  ['Cisco HDLC', 104, ciscoHdlc(), V6, DATA, TEXT],
  ['PPPoE without Ethernet', 51, pppoe(), ppp({ compressed: true }), V4, DATA, TEXT],
  ['PPPoE', 1, ethernet(), pppoe({ session: 7 }), ppp({ compressed: true }), V4, DATA, TEXT],
  ['PPPoE discovery', 1, ethernet(), pppoe({ code: 9 }), payload(12, 0)],
  ['Frame Relay', 107, frameRelay({ header: [0x03, 0xcc] }), V4, DATA, TEXT],
  ['Frame Relay of Cisco', 107, frameRelay({ header: [0x08, 0x00] }), V4, DATA, TEXT],
  ['bridged Frame Relay', 107, frameRelay({ header: [3, 0, 0x80, 0, 0x80, 0xc2, 0, 7] }), ethernet(), V4, DATA, TEXT],
  ['SLIP', 8, slipHeader(), V4, DATA, TEXT],
  ['802.11', 105, wlan(), snap(), V4, DATA, TEXT],
  ['802.11 with quality of service, from an access point', 105, wlan({ subtype: 8, flags: 2 }), snap(), V6, DATA, TEXT],
  ['802.11 between access points', 105, wlan({ flags: 3 }), snap(), V4, DATA, TEXT],
  ['an encrypted 802.11 frame', 105, wlan({ flags: 0x41 }), payload(40)],
  ['an 802.11 beacon', 105, wlan({ type: 0, subtype: 8, flags: 0 }), payload(40, 0)],
  ['802.11 with radiotap', 127, radiotap(0x10), wlan({ subtype: 8 }), snap(), V4, DATA, TEXT],
  ['802.11 with PPI', 192, ppi({ flags: 1 }), wlan(), snap(), V4, DATA, TEXT],
  ['802.11 with a Prism header', 119, prism(), wlan(), snap(), V4, DATA, TEXT],
  ['802.11 with an AVS header', 163, avs(), wlan(), snap(), V4, DATA, TEXT],
  ['Token Ring', 6, tokenRing(), snap(), V4, DATA, TEXT],
  ['source-routed Token Ring', 6, tokenRing(6), snap(), V4, DATA, TEXT],
  ['FDDI', 10, fddi(), snap(), V4, DATA, TEXT],
  ['ARCNET of RFC 1201', 7, arcnet({ protocol: 0xd4 }), V4, DATA, TEXT],
  ['an ARCNET exception packet', 7, arcnet({ protocol: 0xd4, exception: true }), V4, DATA, TEXT],
  ['ARCNET of RFC 1051 on Linux', 129, arcnet({ protocol: 0xf0, linux: true }), V4, DATA, TEXT],
  ['NFLOG', 239, nflog(), V4, DATA, TEXT],
  ['NFLOG of a big-endian machine', 239, nflog({ littleEndian: false }), V6, DATA, TEXT],
  ['PKTAP', 258, pktap(), ethernet(), V4, DATA, TEXT],
  ['IP over InfiniBand', 242, ipoib(), V4, DATA, TEXT],
  ['ATM', 100, snap(), V4, DATA, TEXT],
  ['bridged ATM', 100, snap({ oui: 0x0080c2, protocol: 7 }), payload(2, 0), ethernet(), V4, DATA, TEXT],
  ['SunATM', 123, sunAtm(2), snap(), V4, DATA, TEXT],
  ['LAN emulation on SunATM', 123, sunAtm(1), ethernet(), V4, DATA, TEXT],
  ["the packet filter's log", 117, pflog(), V4, DATA, TEXT],
  ['the IPsec interface', 109, enc(), V6, DATA, TEXT],
  ['MACsec without encryption', 1, ethernet(), macsec({ isEncrypted: false }), V4, DATA, TEXT],
  ['an encrypted MACsec frame', 1, ethernet(), macsec({ isEncrypted: true }), payload(40)],
  ["Cisco's metadata", 1, ethernet(), shim(0x8909, 6), V4, DATA, TEXT],
  ['VN-Tag', 1, ethernet(), shim(0x8926, 4), V4, DATA, TEXT],
  ['a redundant ring', 1, ethernet(), shim(0x892f, 4), V4, DATA, TEXT],
  ['ISL', 1, isl(9), ethernet(), V4, DATA, TEXT],
];

const TUNNELS: readonly Row[] = [
  ['MPLS', 1, ethernet(), mpls(16), mpls(17), V4, DATA, TEXT],
  ['an MPLS pseudowire', 1, ethernet(), mpls(16), ethernet(), V4, DATA, TEXT],
  ['an MPLS pseudowire with control word', 1, ethernet(), mpls(16), payload(4, 0), ethernet(), V4, DATA, TEXT],
  ['provider backbone bridging', 1, ethernet(), vlan(4, { tpid: 0x88a8 }), pbb(0x123456), ethernet(), V4, DATA, TEXT],
  ['IPv4 in IPv4', 1, ethernet(), OUTER, V4, DATA, TEXT],
  ['IPv6 in IPv4', 1, ethernet(), OUTER, V6, DATA, TEXT],
  ['IPv4 in IPv6', 1, ethernet(), OUTER_6, V4, DATA, TEXT],
  ['IPv6 in IPv6', 1, ethernet(), OUTER_6, V6, DATA, TEXT],
  ['GRE', 1, ethernet(), OUTER, gre(), V4, DATA, TEXT],
  ['GRE with checksum, key and sequence', 1, ethernet(), OUTER, gre({ key: 9, sequence: 1, checksum: true }), V6, DATA],
  ['GRE with MPLS', 1, ethernet(), OUTER, gre(), mpls(16), V4, DATA, TEXT],
  ['NVGRE', 1, ethernet(), OUTER, gre({ key: 0x00123400 }), ethernet(), V4, DATA, TEXT],
  ['PPTP', 1, ethernet(), OUTER, pptp({ call: 5, sequence: 1, acknowledgement: 2 }), ppp(), V4, DATA, TEXT],
  ['ERSPAN I', 1, ethernet(), OUTER, gre({ protocol: 0x88be }), ethernet(), V4, DATA, TEXT],
  ['ERSPAN II', 1, ethernet(), OUTER, gre({ sequence: 1 }), erspan2(77), ethernet(), V4, DATA, TEXT],
  ['ERSPAN III', 1, ethernet(), OUTER, gre({ sequence: 1 }), erspan3(77), ethernet(), V4, DATA, TEXT],
  [
    'ERSPAN III with platform header',
    1,
    ethernet(),
    OUTER,
    gre({ sequence: 1 }),
    erspan3(77, { platform: true }),
    ethernet(),
    V4,
    DATA,
  ],
  ['EtherIP', 1, ethernet(), OUTER, etherIp(), ethernet(), V4, DATA, TEXT],
  ['a PIM register', 1, ethernet(), OUTER, pimRegister(), V4, DNS, TEXT],
  ['L2TPv3', 1, ethernet(), OUTER, l2tp3({ session: 5, cookieBytes: 4 }), ethernet(), V4, DATA, TEXT],
  ['VXLAN', 1, ethernet(), OUTER, toPort(4789), vxlan({ network: 7 }), ethernet(), V4, DATA, TEXT],
  ['VXLAN-GPE', 1, ethernet(), OUTER, toPort(4790), vxlan({ network: 7, nextProtocol: 2 }), V6, DATA, TEXT],
  ['VXLAN-GPE with NSH', 1, ethernet(), OUTER, toPort(4790), vxlan({ network: 7, nextProtocol: 4 }), NSH, V4, DATA],
  ['Geneve', 1, ethernet(), OUTER, toPort(6081), geneve({ network: 7, optionWords: 2 }), ethernet(), V4, DATA],
  ['GTP-U', 1, ethernet(), OUTER, toPort(2152), gtp({ teid: 0xfedcba98 }), V4, DATA, TEXT],
  ['GTP-U of 5G', 1, ethernet(), OUTER, toPort(2152), gtp({ teid: 1, extension: true }), V6, DATA, TEXT],
  ['Teredo', 1, ethernet(), OUTER, toPort(3544), V6, DATA, TEXT],
  ['Teredo with authentication and origin', 1, ethernet(), OUTER, toPort(3544), TEREDO, V6, DATA, TEXT],
  ['L2TP', 1, ethernet(), OUTER, toPort(1701), l2tp({ tunnel: 1, session: 2 }), ppp(), V4, DATA, TEXT],
  ['L2TPv3 over UDP', 1, ethernet(), OUTER, toPort(1701), l2tp3({ session: 2, overUdp: true }), ethernet(), V4, DATA],
  ['LISP', 1, ethernet(), OUTER, toPort(4341), lisp(3), V4, DATA, TEXT],
  ['MPLS in UDP', 1, ethernet(), OUTER, toPort(6635), mpls(16), V4, DATA, TEXT],
  ['GRE in UDP', 1, ethernet(), OUTER, toPort(4754), gre(), V4, DATA, TEXT],
  ['AYIYA', 1, ethernet(), OUTER, toPort(5072), AYIYA, V6, DATA, TEXT],
  ['CAPWAP', 1, ethernet(), OUTER, toPort(5247), CAPWAP, ethernet(), V4, DATA, TEXT],
  ['CAPWAP with 802.11', 1, ethernet(), OUTER, toPort(5247), CAPWAP_WLAN, wlan(), snap(), V4, DATA, TEXT],
  ['TRILL', 1, ethernet({ etherType: 0x22f3 }), payload(6, 0), ethernet(), V4, DATA, TEXT],
  ['FabricPath', 1, ethernet({ etherType: 0x8903 }), payload(2, 0), ethernet(), V4, DATA, TEXT],
  ['B.A.T.M.A.N.', 1, ethernet({ etherType: 0x4305 }), BATMAN, ethernet(), V4, DATA, TEXT],
  ['TZSP', 1, ethernet(), OUTER, toPort(37_008), tzsp(), ethernet(), V4, DATA, TEXT],
  ['ESP behind address translation', 1, ethernet(), V4, toPort(4500), esp({ spi: 5, sequence: 6 }), payload(40)],
  ['WireGuard', 1, ethernet(), V4, toPort(51_820), payload(new Uint8Array([4, 0, 0, 0, 1, 2, 3, 4])), payload(24)],
  ['UDP-Lite', 1, ethernet(), V4, udpLite({ sourcePort: 5, destinationPort: 6 }), TEXT],
  ['SCTP', 1, ethernet(), V4, sctp({ sourcePort: 5, destinationPort: 6 }), sctpChunk(10, 5), sctpChunk(0, 20)],
  ['DCCP', 1, ethernet(), V4, dccp({ sourcePort: 5, destinationPort: 6 }), TEXT],
];

/** One packet of every kind that decodes without a problem. */
export const SAMPLES: readonly Sample[] = [...PLAIN, ...LINKS, ...TUNNELS].map(([name, linkType, ...layers]) => ({
  name,
  linkType,
  bytes: packet(...layers),
}));

export const SAMPLE_LINK_TYPES: readonly number[] = [...new Set(SAMPLES.map((sample) => sample.linkType))];
