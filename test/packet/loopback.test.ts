import { linuxCooked, linuxCooked2, llc, nullLoopback } from '../../libs/packet/build/link.ts';
import { payload } from '../../libs/packet/build/payload.ts';
import { udp } from '../../libs/packet/build/transport.ts';
import { ENCAPSULATION, MAC_ADDRESS } from '../../libs/packet/headers.ts';
import { FOUND_IPV4, FOUND_IPV6, foundPayload, IPV4, IPV6, testDecoding } from './decoded.ts';

const NULL = 0;
const LOOP = 108;
const COOKED = 113;
const COOKED_2 = 276;
const UDP = udp({ sourcePort: 1024, destinationPort: 9 });
const FOUND_UDP = { protocol: 17, hasPorts: true, sourcePort: 1024, destinationPort: 9 };
const FOUND_COOKED = {
  hasMacs: true,
  sourceMacHigh: 0x0200,
  sourceMacLow: 1,
  encapsulations: ENCAPSULATION.linuxCooked,
};
const FOUND_SENDER = { addressKind: MAC_ADDRESS, source2: 0x0200, source3: 1 };
const FOUND_NULL = { encapsulations: ENCAPSULATION.nullLoopback };

testDecoding('decodeLinuxCooked', [
  {
    name: "has the sender's address",
    linkType: COOKED,
    layers: [linuxCooked(), IPV4, UDP, payload(4)],
    found: { ...FOUND_COOKED, ...FOUND_IPV4, ...FOUND_UDP, ...foundPayload(44, 4) },
  },
  {
    name: 'version 2 as well',
    linkType: COOKED_2,
    layers: [linuxCooked2(), IPV6, UDP, payload(4)],
    found: { ...FOUND_COOKED, ...FOUND_IPV6, ...FOUND_UDP, ...foundPayload(68, 4) },
  },
  {
    name: 'an LLC frame lies between its sender and nobody',
    linkType: COOKED,
    layers: [linuxCooked(), llc({ dsap: 0x42 }), payload(35)],
    found: {
      ...FOUND_COOKED,
      ...FOUND_SENDER,
      encapsulations: ENCAPSULATION.linuxCooked | ENCAPSULATION.llc,
      dsap: 0x42,
      ssap: 0x42,
      ...foundPayload(19, 35),
    },
  },
  {
    name: 'the protocol of a netlink message is no EtherType',
    linkType: COOKED,
    layers: [linuxCooked({ device: 824, protocol: 0x0800 }), payload(40)],
    found: { ...FOUND_COOKED, ...FOUND_SENDER, ...foundPayload(16, 40) },
  },
  {
    name: 'cut short',
    linkType: COOKED,
    layers: [linuxCooked(), IPV4],
    captured: 15,
    found: { problem: 'linux cooked: truncated', ...foundPayload(0, 15, 36) },
  },
  {
    name: 'version 2 cut short',
    linkType: COOKED_2,
    layers: [linuxCooked2(), IPV4],
    captured: 19,
    found: { problem: 'linux cooked: truncated', ...foundPayload(0, 19, 40) },
  },
]);

testDecoding('decodeNullLoopback', [
  ...[
    { name: 'family 2 of a little-endian machine', linkType: NULL, header: { family: 2, littleEndian: true } },
    { name: 'family 2 of a big-endian machine', linkType: NULL, header: { family: 2 } },
    { name: 'family 2 in network order', linkType: LOOP, header: { family: 2 } },
    { name: 'an EtherType in its place', linkType: NULL, header: { family: 0x0f000800 } },
  ].map(({ name, linkType, header }) => ({
    name,
    linkType,
    layers: [nullLoopback(header), IPV4, UDP, payload(4)],
    found: { ...FOUND_NULL, ...FOUND_IPV4, ...FOUND_UDP, ...foundPayload(32, 4) },
  })),
  ...[10, 24, 28, 30].map((family) => ({
    name: `family ${family} is IPv6`,
    linkType: NULL,
    layers: [nullLoopback({ family, littleEndian: true }), IPV6, UDP],
    found: { ...FOUND_NULL, ...FOUND_IPV6, ...FOUND_UDP, ...foundPayload(52, 0) },
  })),
  {
    name: 'an unknown family',
    linkType: NULL,
    layers: [nullLoopback({ family: 99 }), payload(20)],
    found: { problem: 'null: unknown address family', ...FOUND_NULL, ...foundPayload(0, 24) },
  },
  {
    name: 'cut short',
    linkType: NULL,
    layers: [nullLoopback({ family: 2 }), IPV4],
    captured: 3,
    found: { problem: 'null: truncated', ...foundPayload(0, 3, 24) },
  },
]);
