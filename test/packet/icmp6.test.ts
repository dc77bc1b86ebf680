import { ipv6, ipv6Extension } from '../../libs/packet/build/ip.ts';
import type { Layer } from '../../libs/packet/build/layer.ts';
import { ethernet } from '../../libs/packet/build/link.ts';
import { payload } from '../../libs/packet/build/payload.ts';
import { icmp6, udp } from '../../libs/packet/build/transport.ts';
import { IPV6_ADDRESS } from '../../libs/packet/headers.ts';
import { FOUND_ETHERNET, FOUND_IPV6, foundPayload, IPV6, testDecoding } from './decoded.ts';

const FOUND = { ...FOUND_ETHERNET, ...FOUND_IPV6, protocol: 58 };
const SENT = ipv6({ source: [0x20010db8, 0, 0, 2], destination: [0x20010db8, 1, 0, 0xabcd1234] });
const UDP = udp({ sourcePort: 40_000, destinationPort: 33_434 });
const FOUND_QUOTE = {
  present: true,
  addressKind: IPV6_ADDRESS,
  source0: 0x20010db8,
  source3: 2,
  destination0: 0x20010db8,
  destination1: 1,
  destination3: 0xabcd1234 | 0,
  protocol: 17,
  hasPorts: true,
  sourcePort: 40_000,
  destinationPort: 33_434,
};
const error = (type: number, code: number, ...quote: Layer[]): Layer[] => [
  ethernet(),
  IPV6,
  icmp6({ type, code }),
  ...quote,
];

testDecoding('decodeIcmp6', [
  ...[128, 129].map((type) => ({
    name: `echo, type ${type} (RFC 4443 §4)`,
    layers: [ethernet(), IPV6, icmp6({ type, id: 0xbeef, sequence: 2 }), payload(12)],
    found: { ...FOUND, icmpType: type, icmpId: 0xbeef, icmpSequence: 2, ...foundPayload(62, 12) },
  })),
  {
    name: 'port unreachable is told apart by the quoted port',
    layers: error(1, 4, SENT, UDP),
    found: { ...FOUND, icmpType: 1, icmpCode: 4, icmpId: 33_434, quoted: FOUND_QUOTE, ...foundPayload(62, 48) },
  },
  {
    name: "address unreachable by the quoted destination's last half-word",
    layers: error(1, 3, SENT, UDP),
    found: { ...FOUND, icmpType: 1, icmpCode: 3, icmpId: 0x1234, quoted: FOUND_QUOTE, ...foundPayload(62, 48) },
  },
  {
    name: 'packet too big, through extension headers',
    layers: error(2, 0, SENT, ipv6Extension(0), ipv6Extension(60), UDP),
    found: { ...FOUND, icmpType: 2, quoted: FOUND_QUOTE, ...foundPayload(62, 64) },
  },
  {
    name: 'a neighbour solicitation quotes nothing (RFC 4861 §4.3)',
    layers: [ethernet(), IPV6, icmp6({ type: 135 }), payload(24)],
    found: { ...FOUND, icmpType: 135, ...foundPayload(62, 24) },
  },
  {
    name: 'a redirect quotes in an option (RFC 4861 §4.5)',
    layers: [
      ethernet(),
      IPV6,
      icmp6({ type: 137 }),
      payload(16),
      payload(new Uint8Array([...new Array<number>(14).fill(0), 0xab, 0xcd])),
      payload(new Uint8Array([2, 1, 0, 0, 0, 0, 0, 1, 4, 7, 0, 0, 0, 0, 0, 0])),
      SENT,
      UDP,
    ],
    found: { ...FOUND, icmpType: 137, icmpId: 0xabcd, quoted: FOUND_QUOTE, ...foundPayload(62, 96) },
  },
  {
    name: 'a redirect with an option of length zero',
    layers: [ethernet(), IPV6, icmp6({ type: 137 }), payload(32, 0), payload(new Uint8Array([4, 0])), SENT],
    found: { ...FOUND, icmpType: 137, ...foundPayload(62, 74) },
  },
  {
    name: 'a quote that is no IP packet',
    layers: error(3, 0, payload(60)),
    found: { problem: 'icmp: quoted packet cut or malformed', ...FOUND, icmpType: 3, ...foundPayload(62, 60) },
  },
  {
    name: 'cut after type and code',
    layers: [ethernet(), IPV6, icmp6({ type: 128, id: 1 })],
    captured: 61,
    found: { problem: 'icmp6: truncated', ...FOUND, icmpType: 128, ...foundPayload(61, 0) },
  },
]);
