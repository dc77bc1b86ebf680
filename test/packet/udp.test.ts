import { ethernet } from '../../libs/packet/build/link.ts';
import { payload } from '../../libs/packet/build/payload.ts';
import { udp } from '../../libs/packet/build/transport.ts';
import { FOUND_ETHERNET, FOUND_IPV4, foundPayload, IPV4, testDecoding } from './decoded.ts';

const FOUND_IP = { ...FOUND_ETHERNET, ...FOUND_IPV4, protocol: 17 };
const FOUND = { ...FOUND_IP, hasPorts: true, sourcePort: 1024, destinationPort: 9 };

testDecoding('decodeUdp', [
  {
    name: 'ports and payload (RFC 768)',
    layers: [ethernet(), IPV4, udp({ sourcePort: 1024, destinationPort: 9 }), payload(20)],
    found: { ...FOUND, ...foundPayload(42, 20) },
  },
  {
    name: 'a DNS query has its transaction id',
    layers: [
      ethernet(),
      IPV4,
      udp({ sourcePort: 1024, destinationPort: 53 }),
      payload(new Uint8Array([0xfe, 0xdc, 1])),
    ],
    found: { ...FOUND, destinationPort: 53, dnsId: 0xfedc, ...foundPayload(42, 3) },
  },
  {
    name: 'so has the answer',
    layers: [ethernet(), IPV4, udp({ sourcePort: 53, destinationPort: 1024 }), payload(new Uint8Array([0, 0, 1]))],
    found: { ...FOUND, sourcePort: 53, destinationPort: 1024, dnsId: 0, ...foundPayload(42, 3) },
  },
  {
    name: 'a DNS packet without room for an id has none',
    layers: [ethernet(), IPV4, udp({ sourcePort: 1024, destinationPort: 53 }), payload(1)],
    found: { ...FOUND, destinationPort: 53, ...foundPayload(42, 1) },
  },
  {
    name: 'a length below 8 is named and does not harm',
    layers: [ethernet(), IPV4, udp({ sourcePort: 1024, destinationPort: 9, length: 7 }), payload(20)],
    found: { problem: 'udp: length below 8', ...FOUND, ...foundPayload(42, 20) },
  },
  {
    name: 'a length of zero is that of a jumbogram (RFC 2675 §4)',
    layers: [ethernet(), IPV4, udp({ sourcePort: 1024, destinationPort: 9, length: 0 }), payload(20)],
    found: { ...FOUND, ...foundPayload(42, 20) },
  },
  {
    name: 'cut after its ports, it has ports',
    layers: [ethernet(), IPV4, udp({ sourcePort: 1024, destinationPort: 9 }), payload(20)],
    captured: 38,
    found: { problem: 'udp: truncated', ...FOUND, ...foundPayload(38, 0, 20) },
  },
  {
    name: 'cut in its ports, it has none',
    layers: [ethernet(), IPV4, udp({ sourcePort: 1024, destinationPort: 9 }), payload(20)],
    captured: 37,
    found: { problem: 'udp: truncated', ...FOUND_IP, ...foundPayload(34, 3, 28) },
  },
]);
