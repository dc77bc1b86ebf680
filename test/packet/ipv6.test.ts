import { ah, ipv6, ipv6Extension, ipv6Fragment } from '../../libs/packet/build/ip.ts';
import type { Layer } from '../../libs/packet/build/layer.ts';
import { ethernet } from '../../libs/packet/build/link.ts';
import { payload } from '../../libs/packet/build/payload.ts';
import { tcp, udp } from '../../libs/packet/build/transport.ts';
import { ENCAPSULATION, FIRST_FRAGMENT, IP_OPTION, LATER_FRAGMENT, TCP_FLAG } from '../../libs/packet/headers.ts';
import { FOUND_ETHERNET, FOUND_IPV6, FOUND_STATIONS, foundPayload, IPV6, RAW_IP, testDecoding } from './decoded.ts';

const UDP = udp({ sourcePort: 1024, destinationPort: 9 });
const FOUND_UDP = { protocol: 17, hasPorts: true, sourcePort: 1024, destinationPort: 9 };
const FOUND = { ...FOUND_ETHERNET, ...FOUND_IPV6 };
const OPTIONS = { source: [0x20010db8, 0, 0, 1], destination: [0x20010db8, 0, 0, 2], hopLimit: 63 } as const;
const HOP_BY_HOP = 0;
const ROUTING = 43;
const DESTINATION = 60;

testDecoding('decodeIpv6', [
  {
    name: 'traffic class and hop limit (RFC 8200 §3)',
    layers: [ethernet(), ipv6({ ...OPTIONS, trafficClass: 0xb9, flowLabel: 0xfffff, hopLimit: 255 }), UDP, payload(5)],
    found: { ...FOUND, ...FOUND_UDP, tos: 0xb9, ttl: 255, ...foundPayload(62, 5) },
  },
  {
    name: 'on a link of its own',
    linkType: 229,
    layers: [IPV6, UDP, payload(5)],
    found: { ...FOUND_IPV6, ...FOUND_UDP, ...foundPayload(48, 5) },
  },
  {
    name: 'by its version on a raw link',
    linkType: RAW_IP,
    layers: [IPV6, UDP, payload(5)],
    found: { ...FOUND_IPV6, ...FOUND_UDP, ...foundPayload(48, 5) },
  },
  {
    name: 'a payload length beyond the frame is named and ends with it',
    layers: [ethernet(), ipv6({ ...OPTIONS, payloadLength: 2000 }), UDP],
    found: { problem: 'ipv6: payload length beyond the frame', ...FOUND, ...FOUND_UDP, ...foundPayload(62, 0) },
  },
  {
    name: 'a payload length of zero reaches to the end of the frame',
    layers: [ethernet(), ipv6({ ...OPTIONS, payloadLength: 0 }), UDP, payload(3000)],
    found: { ...FOUND, ...FOUND_UDP, ...foundPayload(62, 3000) },
  },
  {
    name: 'no next header: what follows is padding',
    layers: [ethernet(), ipv6({ ...OPTIONS, payloadLength: 0, nextHeader: 59 }), payload(6)],
    found: { ...FOUND, protocol: 59, ...foundPayload(54, 0) },
  },
  {
    name: 'cut in its addresses',
    layers: [ethernet(), IPV6, UDP],
    captured: 53,
    found: {
      problem: 'ipv6: truncated',
      ...FOUND_ETHERNET,
      ...FOUND_STATIONS,
      etherType: 0x86dd,
      ...foundPayload(14, 39, 48),
    },
  },
  {
    name: 'a version that is not 6',
    layers: [ethernet({ etherType: 0x86dd }), payload(60)],
    captured: 60,
    found: {
      problem: 'ipv6: version is not 6',
      ...FOUND_ETHERNET,
      ...FOUND_STATIONS,
      etherType: 0x86dd,
      ...foundPayload(14, 46, 60),
    },
  },
]);

testDecoding('decodeIpv6Extensions', [
  {
    name: 'hop-by-hop with router alert, routing, destination (RFC 8200 §4, RFC 2711)',
    layers: [
      ethernet(),
      IPV6,
      ipv6Extension(HOP_BY_HOP, [5, 2, 0, 0, 1, 0]),
      ipv6Extension(ROUTING, [0, 0, 0, 0, 0, 0]),
      ipv6Extension(DESTINATION, new Array<number>(14).fill(0)),
      UDP,
      payload(2),
    ],
    found: { ...FOUND, ...FOUND_UDP, ipOptions: IP_OPTION.routerAlert, ...foundPayload(94, 2) },
  },
  {
    name: 'the first fragment has ports',
    layers: [ethernet(), IPV6, ipv6Fragment({ id: 0xdeadbeef, moreFragments: true }), UDP, payload(8)],
    found: {
      ...FOUND,
      ...FOUND_UDP,
      fragment: FIRST_FRAGMENT,
      fragmentId: 0xdeadbeef | 0,
      moreFragments: true,
      fragmentBytes: 16,
      ...foundPayload(70, 8),
    },
  },
  {
    name: 'a later fragment has none',
    layers: [ethernet(), IPV6, ipv6Fragment({ id: 5, fragmentOffset: 1448, nextHeader: 17 }), payload(8)],
    found: {
      ...FOUND,
      protocol: 17,
      fragment: LATER_FRAGMENT,
      fragmentId: 5,
      fragmentOffset: 1448,
      fragmentBytes: 8,
      ...foundPayload(62, 8),
    },
  },
  {
    name: 'an atomic fragment is none (RFC 6946)',
    layers: [ethernet(), IPV6, ipv6Fragment({ id: 5 }), UDP, payload(8)],
    found: { ...FOUND, ...FOUND_UDP, ...foundPayload(70, 8) },
  },
  {
    name: 'AH and extension headers mix (RFC 4302)',
    layers: [ethernet(), IPV6, ah({ spi: 9, sequence: 3 }), ipv6Extension(DESTINATION), UDP],
    found: {
      ...FOUND,
      ...FOUND_UDP,
      encapsulations: ENCAPSULATION.ethernet | ENCAPSULATION.ah,
      spi: 9,
      espSequence: 3,
      ...foundPayload(94, 0),
    },
  },
  ...[135, 139, 140].map((protocol) => ({
    name: `a packet of nothing but header ${protocol} keeps its number`,
    layers: [ethernet(), IPV6, ipv6Extension(protocol, [], 59)],
    found: { ...FOUND, protocol, ...foundPayload(62, 0) },
  })),
  {
    name: 'fifty headers',
    layers: [ethernet(), IPV6, ...new Array<Layer>(50).fill(ipv6Extension(DESTINATION)), UDP],
    found: { ...FOUND, ...FOUND_UDP, ...foundPayload(62 + 50 * 8, 0) },
  },
  {
    name: 'more headers than anybody needs',
    layers: [
      ethernet(),
      ipv6({ ...OPTIONS, nextHeader: DESTINATION }),
      payload(Uint8Array.from({ length: 129 * 8 }, (_, at) => (at % 8 === 0 ? DESTINATION : 0))),
    ],
    found: {
      problem: 'ipv6: too many extension headers',
      ...FOUND,
      protocol: DESTINATION,
      ...foundPayload(54 + 128 * 8, 8),
    },
  },
  {
    name: 'cut in a header, the protocol is that header',
    layers: [ethernet(), IPV6, ipv6Extension(HOP_BY_HOP), UDP],
    captured: 60,
    found: { problem: 'ipv6: truncated extension header', ...FOUND, ...foundPayload(54, 6, 16) },
  },
  {
    name: 'a header longer than the packet',
    layers: [
      ethernet(),
      ipv6({ ...OPTIONS, nextHeader: DESTINATION }),
      payload(new Uint8Array([17, 200, 0, 0, 0, 0, 0, 0])),
    ],
    found: { problem: 'ipv6: truncated extension header', ...FOUND, protocol: DESTINATION, ...foundPayload(54, 8) },
  },
  {
    name: 'a jumbogram has its length in an option (RFC 2675 §2)',
    layers: [
      ethernet(),
      ipv6({ ...OPTIONS, payloadLength: 0 }),
      ipv6Extension(HOP_BY_HOP, [0xc2, 4, 0, 1, 0x11, 0x8c]),
      tcp({ sourcePort: 1, destinationPort: 2 }),
      payload(70_000),
    ],
    captured: 100,
    found: {
      ...FOUND,
      protocol: 6,
      hasPorts: true,
      sourcePort: 1,
      destinationPort: 2,
      tcpFlags: TCP_FLAG.ack,
      tcpWindow: 65_535,
      ...foundPayload(82, 18, 70_000),
    },
  },
]);
