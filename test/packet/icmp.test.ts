import { esp, ipv4 } from '../../libs/packet/build/ip.ts';
import type { Layer } from '../../libs/packet/build/layer.ts';
import { ethernet } from '../../libs/packet/build/link.ts';
import { payload } from '../../libs/packet/build/payload.ts';
import { icmp, igmp, tcp, udp } from '../../libs/packet/build/transport.ts';
import { IPV4_ADDRESS } from '../../libs/packet/headers.ts';
import { FOUND_ETHERNET, FOUND_IPV4, foundPayload, IPV4, testDecoding } from './decoded.ts';

const FOUND = { ...FOUND_ETHERNET, ...FOUND_IPV4, protocol: 1 };
const SENT = { source: 0x0a000002, destination: 0xc6336401 };
const FOUND_QUOTE = {
  present: true,
  addressKind: IPV4_ADDRESS,
  source2: 0xffff,
  source3: 0x0a000002,
  destination2: 0xffff,
  destination3: 0xc6336401 | 0,
};
const UDP = udp({ sourcePort: 40_000, destinationPort: 33_434 });
const FOUND_UDP_QUOTE = { ...FOUND_QUOTE, protocol: 17, hasPorts: true, sourcePort: 40_000, destinationPort: 33_434 };

const error = (type: number, code: number, ...quote: Layer[]): Layer[] => [
  ethernet(),
  IPV4,
  icmp({ type, code }),
  ...quote,
];

testDecoding('decodeIcmp', [
  ...[0, 8, 13, 14, 15, 16, 17, 18].map((type) => ({
    name: `type ${type} has id and sequence (RFC 792, RFC 950)`,
    layers: [ethernet(), IPV4, icmp({ type, id: 0xbeef, sequence: 2 }), payload(12)],
    found: {
      ...FOUND,
      ...(type === 0 ? {} : { icmpType: type }),
      icmpId: 0xbeef,
      icmpSequence: 2,
      ...foundPayload(42, 12),
    },
  })),
  {
    name: 'router advertisement has neither (RFC 1256)',
    layers: [ethernet(), IPV4, icmp({ type: 9, id: 0x0102, sequence: 1800 }), payload(8)],
    found: { ...FOUND, icmpType: 9, ...foundPayload(42, 8) },
  },
  {
    name: 'port unreachable is told apart by the quoted port',
    layers: error(3, 3, ipv4(SENT), UDP, payload(8)),
    found: {
      ...FOUND,
      icmpType: 3,
      icmpCode: 3,
      icmpId: 33_434,
      quoted: FOUND_UDP_QUOTE,
      ...foundPayload(42, 36),
    },
  },
  {
    name: 'protocol unreachable by the quoted protocol',
    layers: error(3, 2, ipv4({ ...SENT, protocol: 132 }), payload(8)),
    found: {
      ...FOUND,
      icmpType: 3,
      icmpCode: 2,
      icmpId: 132,
      quoted: {
        ...FOUND_QUOTE,
        protocol: 132,
        hasPorts: true,
        sourcePort: 0x7878,
        destinationPort: 0x7878,
      },
      ...foundPayload(42, 28),
    },
  },
  ...[
    { name: 'net unreachable', type: 3, code: 0 },
    { name: 'host unreachable', type: 3, code: 1 },
    { name: 'redirect', type: 5, code: 1 },
  ].map(({ name, type, code }) => ({
    name: `${name} by the quoted destination's upper half`,
    layers: error(type, code, ipv4(SENT), UDP),
    found: {
      ...FOUND,
      icmpType: type,
      ...(code === 0 ? {} : { icmpCode: code }),
      icmpId: 0xc633,
      quoted: FOUND_UDP_QUOTE,
      ...foundPayload(42, 28),
    },
  })),
  {
    name: 'time exceeded quotes a segment of which 8 bytes are left',
    layers: error(11, 0, ipv4(SENT), tcp({ sourcePort: 1, destinationPort: 2 })),
    captured: 42 + 28,
    found: {
      ...FOUND,
      icmpType: 11,
      quoted: { ...FOUND_QUOTE, protocol: 6, hasPorts: true, sourcePort: 1, destinationPort: 2 },
      ...foundPayload(42, 28, 40),
    },
  },
  {
    name: 'a quoted echo request has id and sequence',
    layers: error(3, 10, ipv4(SENT), icmp({ type: 8, id: 7, sequence: 9 })),
    found: {
      ...FOUND,
      icmpType: 3,
      icmpCode: 10,
      quoted: { ...FOUND_QUOTE, protocol: 1, icmpType: 8, icmpId: 7, icmpSequence: 9 },
      ...foundPayload(42, 28),
    },
  },
  {
    name: 'a quoted ESP packet has its SPI',
    layers: error(3, 4, ipv4(SENT), esp({ spi: 0x87654321 })),
    found: {
      ...FOUND,
      icmpType: 3,
      icmpCode: 4,
      quoted: { ...FOUND_QUOTE, protocol: 50, spi: 0x87654321 | 0 },
      ...foundPayload(42, 28),
    },
  },
  {
    name: 'a quoted DNS query has its transaction id',
    layers: error(3, 3, ipv4(SENT), udp({ sourcePort: 5, destinationPort: 53 }), payload(new Uint8Array([1, 2, 3]))),
    found: {
      ...FOUND,
      icmpType: 3,
      icmpCode: 3,
      icmpId: 53,
      quoted: { ...FOUND_QUOTE, protocol: 17, hasPorts: true, sourcePort: 5, destinationPort: 53, dnsId: 0x0102 },
      ...foundPayload(42, 31),
    },
  },
  {
    name: 'a quoted later fragment has no ports',
    layers: error(11, 1, ipv4({ ...SENT, protocol: 17, fragmentOffset: 1480 }), payload(8)),
    found: { ...FOUND, icmpType: 11, icmpCode: 1, quoted: { ...FOUND_QUOTE, protocol: 17 }, ...foundPayload(42, 28) },
  },
  {
    name: 'a quote without whole addresses is none',
    layers: error(3, 3, ipv4(SENT)),
    captured: 61,
    found: {
      problem: 'icmp: quoted packet cut or malformed',
      ...FOUND,
      icmpType: 3,
      icmpCode: 3,
      ...foundPayload(42, 19, 20),
    },
  },
  {
    name: 'cut after type and code',
    layers: [ethernet(), IPV4, icmp({ type: 8, id: 1 }), payload(8)],
    captured: 41,
    found: { problem: 'icmp: truncated', ...FOUND, icmpType: 8, ...foundPayload(41, 0, 8) },
  },
  {
    name: 'cut before its code',
    layers: [ethernet(), IPV4, icmp({ type: 8, id: 1 }), payload(8)],
    captured: 35,
    found: { problem: 'icmp: truncated', ...FOUND, ...foundPayload(34, 1, 16) },
  },
]);

testDecoding('decodeIgmp', [
  {
    name: 'a report (RFC 2236 §2)',
    layers: [ethernet(), IPV4, igmp({ type: 0x16, group: 0xe0000001 })],
    found: { ...FOUND, protocol: 2, icmpType: 0x16, ...foundPayload(42, 0) },
  },
  {
    name: 'a query of version 3 (RFC 3376 §4.1)',
    layers: [ethernet(), IPV4, igmp({ type: 0x11, code: 100 }), payload(4)],
    found: { ...FOUND, protocol: 2, icmpType: 0x11, icmpCode: 100, ...foundPayload(42, 4) },
  },
  {
    name: 'cut short',
    layers: [ethernet(), IPV4, igmp({ type: 0x16 })],
    captured: 41,
    found: { problem: 'igmp: truncated', ...FOUND, protocol: 2, ...foundPayload(34, 7, 8) },
  },
]);
