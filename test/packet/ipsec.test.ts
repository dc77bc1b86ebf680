import { ah, esp } from '../../libs/packet/build/ip.ts';
import { ethernet } from '../../libs/packet/build/link.ts';
import { payload } from '../../libs/packet/build/payload.ts';
import { udp } from '../../libs/packet/build/transport.ts';
import { ENCAPSULATION } from '../../libs/packet/headers.ts';
import { FOUND_ETHERNET, FOUND_IPV4, foundPayload, IPV4, testDecoding } from './decoded.ts';

const FOUND = { ...FOUND_ETHERNET, ...FOUND_IPV4 };
const E = ENCAPSULATION.ethernet;

testDecoding('decodeEsp', [
  {
    name: 'security parameters index and sequence number (RFC 4303 §2)',
    layers: [ethernet(), IPV4, esp({ spi: 0xf0000001, sequence: 77 }), payload(64)],
    found: { ...FOUND, protocol: 50, spi: 0xf0000001 | 0, espSequence: 77, ...foundPayload(42, 64) },
  },
  {
    name: 'cut short',
    layers: [ethernet(), IPV4, esp({ spi: 1 })],
    captured: 41,
    found: { problem: 'esp: truncated', ...FOUND, protocol: 50, ...foundPayload(34, 7, 8) },
  },
]);

testDecoding('decodeAh', [
  {
    name: 'passes on to what it protects (RFC 4302 §2)',
    layers: [ethernet(), IPV4, ah({ spi: 5, sequence: 6 }), udp({ sourcePort: 1, destinationPort: 2 }), payload(3)],
    found: {
      ...FOUND,
      encapsulations: E | ENCAPSULATION.ah,
      protocol: 17,
      spi: 5,
      espSequence: 6,
      hasPorts: true,
      sourcePort: 1,
      destinationPort: 2,
      ...foundPayload(66, 3),
    },
  },
  {
    name: 'longer than the packet',
    layers: [ethernet(), IPV4, ah({ spi: 5 })],
    captured: 45,
    found: { problem: 'ah: truncated', ...FOUND, protocol: 51, ...foundPayload(34, 11, 24) },
  },
]);
