import { packet } from '../../libs/packet/build/layer.ts';
import { ethernet, llc, snap } from '../../libs/packet/build/link.ts';
import { payload } from '../../libs/packet/build/payload.ts';
import { udp } from '../../libs/packet/build/transport.ts';
import { ENCAPSULATION } from '../../libs/packet/headers.ts';
import { FOUND_ETHERNET, FOUND_IPV4, FOUND_STATIONS, foundPayload, IPV4, testDecoding } from './decoded.ts';

const { ethernet: E, llc: L } = ENCAPSULATION;
const UDP = udp({ sourcePort: 1024, destinationPort: 9 });
const FOUND_UDP = { protocol: 17, hasPorts: true, sourcePort: 1024, destinationPort: 9 };

testDecoding('decodeEthernet', [
  {
    name: 'an unknown EtherType is a flow between stations',
    layers: [ethernet({ etherType: 0x88cc }), payload(46)],
    found: { ...FOUND_ETHERNET, ...FOUND_STATIONS, etherType: 0x88cc, ...foundPayload(14, 46) },
  },
  {
    name: 'a value between lengths and types is an unknown type',
    layers: [ethernet({ etherType: 1501 }), payload(46)],
    found: { ...FOUND_ETHERNET, ...FOUND_STATIONS, etherType: 1501, ...foundPayload(14, 46) },
  },
  {
    name: 'a header cut short leaves nothing known',
    layers: [ethernet(), IPV4, UDP],
    captured: 13,
    found: { problem: 'ethernet: truncated', ...foundPayload(0, 13, 42) },
  },
]);

testDecoding('decodeLlc', [
  {
    name: 'spanning tree by its access points, padding trimmed by the length field (IEEE 802.3 §3.2.6)',
    layers: [ethernet({ etherType: 38 }), llc({ dsap: 0x42 }), payload(43)],
    found: {
      ...FOUND_ETHERNET,
      ...FOUND_STATIONS,
      encapsulations: E | L,
      dsap: 0x42,
      ssap: 0x42,
      ...foundPayload(17, 35),
    },
  },
  {
    name: 'numbered frames have two control bytes (IEEE 802.2 §5.2)',
    layers: [ethernet(), llc({ dsap: 0xfe, ssap: 0x04, control: 0x0100 }), payload(20)],
    found: {
      ...FOUND_ETHERNET,
      ...FOUND_STATIONS,
      encapsulations: E | L,
      dsap: 0xfe,
      ssap: 0x04,
      ...foundPayload(18, 20),
    },
  },
  {
    name: 'SNAP carries IPv4 (RFC 1042)',
    layers: [ethernet(), snap(), IPV4, UDP, payload(4)],
    found: { ...FOUND_ETHERNET, ...FOUND_IPV4, ...FOUND_UDP, encapsulations: E | L, ...foundPayload(50, 4) },
  },
  {
    name: 'IPv4 by its own access point (RFC 948)',
    layers: [ethernet(), llc({ dsap: 0x06 }), IPV4, UDP, payload(4)],
    found: {
      ...FOUND_ETHERNET,
      ...FOUND_IPV4,
      ...FOUND_UDP,
      encapsulations: E | L,
      dsap: 0x06,
      ssap: 0x06,
      ...foundPayload(45, 4),
    },
  },
  {
    name: "a vendor's SNAP protocol keeps its access points",
    layers: [ethernet(), snap({ oui: 0x00000c, protocol: 0x2000 }), payload(30)],
    found: {
      ...FOUND_ETHERNET,
      ...FOUND_STATIONS,
      encapsulations: E | L,
      etherType: 0x2000,
      dsap: 0xaa,
      ssap: 0xaa,
      ...foundPayload(22, 30),
    },
  },
  {
    name: 'a length beyond the frame is named and does not harm',
    layers: [ethernet({ etherType: 100 }), llc({ dsap: 0x42 }), payload(43)],
    found: {
      problem: 'ethernet: length beyond the frame',
      ...FOUND_ETHERNET,
      ...FOUND_STATIONS,
      encapsulations: E | L,
      dsap: 0x42,
      ssap: 0x42,
      ...foundPayload(17, 43),
    },
  },
  {
    name: 'a length of less than the header',
    layers: [ethernet({ etherType: 2 }), llc(), payload(43)],
    found: { problem: 'llc: truncated', ...FOUND_ETHERNET, ...FOUND_STATIONS, ...foundPayload(14, 2) },
  },
]);

testDecoding('padding', [
  {
    name: 'what a link added behind an IPv4 packet is not its payload',
    layers: [ethernet({ etherType: 0x0800 }), payload(packet(IPV4, UDP, payload(3))), payload(15)],
    found: { ...FOUND_ETHERNET, ...FOUND_IPV4, ...FOUND_UDP, ...foundPayload(42, 3) },
  },
]);
