import { arp, ethernet } from '../../libs/packet/build/link.ts';
import { payload } from '../../libs/packet/build/payload.ts';
import { IPV4_ADDRESS, MAC_ADDRESS } from '../../libs/packet/headers.ts';
import { FOUND_ETHERNET, FOUND_STATIONS, foundPayload, testDecoding } from './decoded.ts';

const REQUEST = { senderIp: 0x0a000001, targetIp: 0xc0000202 };

testDecoding('decodeArp', [
  {
    name: 'a request lies between protocol addresses (RFC 826)',
    layers: [ethernet(), arp(REQUEST)],
    found: {
      ...FOUND_ETHERNET,
      etherType: 0x0806,
      addressKind: IPV4_ADDRESS,
      source2: 0xffff,
      source3: 0x0a000001,
      destination2: 0xffff,
      destination3: 0xc0000202 | 0,
      arpOperation: 1,
      ...foundPayload(42, 0),
    },
  },
  {
    name: 'RARP lies between hardware addresses (RFC 903)',
    layers: [ethernet(), arp({ ...REQUEST, operation: 3, isReverse: true, targetMac: 0x02aabbccddee })],
    found: {
      ...FOUND_ETHERNET,
      etherType: 0x8035,
      addressKind: MAC_ADDRESS,
      source2: 0x0200,
      source3: 1,
      destination2: 0x02aa,
      destination3: 0xbbccddee | 0,
      arpOperation: 3,
      ...foundPayload(42, 0),
    },
  },
  {
    name: 'cut in its addresses, it lies between the stations',
    layers: [ethernet(), arp(REQUEST)],
    captured: 40,
    found: {
      problem: 'arp: truncated',
      ...FOUND_ETHERNET,
      ...FOUND_STATIONS,
      etherType: 0x0806,
      arpOperation: 1,
      ...foundPayload(14, 26, 28),
    },
  },
  {
    name: 'protocol addresses that are not IPv4',
    layers: [ethernet({ etherType: 0x0806 }), payload(new Uint8Array([0, 1, 0x86, 0xdd, 6, 16, 0, 1])), payload(44)],
    found: {
      problem: 'arp: protocol addresses are not IPv4',
      ...FOUND_ETHERNET,
      ...FOUND_STATIONS,
      etherType: 0x0806,
      arpOperation: 1,
      ...foundPayload(14, 52),
    },
  },
]);
