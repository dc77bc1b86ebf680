import { ah, esp, ipv4, ipv6, ipv6Extension, ipv6Fragment } from '../../libs/packet/build/ip.ts';
import { packet, type Layer } from '../../libs/packet/build/layer.ts';
import {
  arp,
  ethernet,
  linuxCooked,
  linuxCooked2,
  llc,
  nullLoopback,
  snap,
  vlan,
} from '../../libs/packet/build/link.ts';
import { payload } from '../../libs/packet/build/payload.ts';
import { icmp, icmp6, igmp, tcp, tcpOption, udp } from '../../libs/packet/build/transport.ts';

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

const LAYERS: readonly (readonly [name: string, linkType: number, ...layers: Layer[]])[] = [
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

/** One packet of every kind that decodes without a problem. */
export const SAMPLES: readonly Sample[] = LAYERS.map(([name, linkType, ...layers]) => ({
  name,
  linkType,
  bytes: packet(...layers),
}));

export const SAMPLE_LINK_TYPES: readonly number[] = [...new Set(SAMPLES.map((sample) => sample.linkType))];
