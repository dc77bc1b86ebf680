import { ethernet, snap } from '../../libs/packet/build/link.ts';
import { payload } from '../../libs/packet/build/payload.ts';
import { udp } from '../../libs/packet/build/transport.ts';
import { avs, ppi, prism, radiotap, wlan } from '../../libs/packet/build/wireless.ts';
import { ENCAPSULATION } from '../../libs/packet/headers.ts';
import { FOUND_ETHERNET, FOUND_IPV4, FOUND_STATIONS, foundPayload, IPV4, testDecoding } from './decoded.ts';

const UDP = udp({ sourcePort: 1024, destinationPort: 9 });
const E = ENCAPSULATION;
const WLAN = 105;
const FOUND_WLAN = { ...FOUND_ETHERNET, encapsulations: E.wlan };
const FOUND_DATA = {
  ...FOUND_ETHERNET,
  ...FOUND_IPV4,
  protocol: 17,
  hasPorts: true,
  sourcePort: 1024,
  destinationPort: 9,
  encapsulations: E.wlan | E.llc,
};

testDecoding('decodeWlan', [
  ...[
    { name: 'between stations', flags: 0, bytes: 24 },
    { name: 'to the distribution system', flags: 1, bytes: 24 },
    { name: 'from the distribution system', flags: 2, bytes: 24 },
    { name: 'between access points', flags: 3, bytes: 30 },
  ].map(({ name, flags, bytes }) => ({
    name: `data ${name}: the addresses are those of the ends (IEEE 802.11 §9.3.2.1)`,
    linkType: WLAN,
    layers: [wlan({ flags }), snap(), IPV4, UDP, payload(3)],
    found: { ...FOUND_DATA, ...foundPayload(bytes + 36, 3) },
  })),
  {
    name: 'data with quality of service',
    linkType: WLAN,
    layers: [wlan({ subtype: 8 }), snap(), IPV4, UDP],
    found: { ...FOUND_DATA, ...foundPayload(62, 0) },
  },
  {
    name: 'encrypted data lies between its stations',
    linkType: WLAN,
    layers: [wlan({ flags: 0x42 }), payload(40)],
    found: { ...FOUND_WLAN, ...FOUND_STATIONS, ...foundPayload(24, 40) },
  },
  {
    name: 'null data carries nothing',
    linkType: WLAN,
    layers: [wlan({ subtype: 4 })],
    found: { ...FOUND_WLAN, ...FOUND_STATIONS, ...foundPayload(24, 0) },
  },
  {
    name: 'a beacon',
    linkType: WLAN,
    layers: [wlan({ type: 0, subtype: 8, flags: 0 }), payload(40)],
    found: { ...FOUND_WLAN, ...FOUND_STATIONS, ...foundPayload(24, 40) },
  },
  {
    name: 'an acknowledgement has a receiver only',
    linkType: WLAN,
    layers: [payload(new Uint8Array([0xd4, 0, 0, 0, 2, 0, 0, 0, 0, 2]))],
    found: {
      hasMacs: true,
      destinationMacHigh: 0x0200,
      destinationMacLow: 2,
      encapsulations: E.wlan,
      addressKind: 1,
      destination2: 0x0200,
      destination3: 2,
      ...foundPayload(10, 0),
    },
  },
  {
    name: 'cut short',
    linkType: WLAN,
    layers: [wlan()],
    captured: 9,
    found: { problem: '802.11: truncated', ...foundPayload(0, 9, 24) },
  },
]);

testDecoding('decodeRadiotap', [
  {
    name: 'the check sequence that its flags announce is no payload',
    linkType: 127,
    layers: [radiotap(0x10), wlan(), snap(), IPV4, UDP, payload(3)],
    found: { ...FOUND_DATA, ...foundPayload(85, 3) },
  },
  {
    name: 'without flags',
    linkType: 127,
    layers: [payload(new Uint8Array([0, 0, 8, 0, 0, 0, 0, 0])), wlan({ type: 0, flags: 0 }), payload(10)],
    found: { ...FOUND_WLAN, ...FOUND_STATIONS, ...foundPayload(32, 10) },
  },
  {
    name: 'a length below the header',
    linkType: 127,
    layers: [payload(new Uint8Array([0, 0, 4, 0, 0, 0, 0, 0])), payload(40)],
    found: { problem: 'radiotap: malformed length', ...foundPayload(0, 48) },
  },
]);

testDecoding('decodePpi', [
  {
    name: '802.11 with a check sequence',
    linkType: 192,
    layers: [ppi({ flags: 1 }), wlan(), snap(), IPV4, UDP, payload(3)],
    found: { ...FOUND_DATA, ...foundPayload(92, 3) },
  },
  {
    name: 'any other link type',
    linkType: 192,
    layers: [ppi(), ethernet(), IPV4, UDP],
    found: { ...FOUND_DATA, encapsulations: E.ethernet, ...foundPayload(74, 0) },
  },
  {
    name: 'itself, again and again, comes to an end',
    linkType: 192,
    layers: [payload(Uint8Array.from({ length: 70 * 8 }, (_, at) => [0, 0, 8, 0, 192, 0, 0, 0][at % 8]!))],
    found: { problem: 'packet: too many layers', ...foundPayload(64 * 8, 6 * 8) },
  },
]);

testDecoding('decodePrism', [
  ...[true, false].map((littleEndian) => ({
    name: `the length ${littleEndian ? 'little' : 'big'}-endian`,
    linkType: 119,
    layers: [prism(littleEndian), wlan(), snap(), IPV4, UDP],
    found: { ...FOUND_DATA, encapsulations: E.prism | E.wlan | E.llc, ...foundPayload(204, 0) },
  })),
  {
    name: 'an AVS header in its place',
    linkType: 119,
    layers: [avs(), wlan(), snap(), IPV4, UDP],
    found: { ...FOUND_DATA, encapsulations: E.avs | E.wlan | E.llc, ...foundPayload(124, 0) },
  },
]);

testDecoding('decodeAvs', [
  {
    name: 'on a link type of its own',
    linkType: 163,
    layers: [avs(), wlan(), snap(), IPV4, UDP],
    found: { ...FOUND_DATA, encapsulations: E.avs | E.wlan | E.llc, ...foundPayload(124, 0) },
  },
]);
