import { enc, ipoib, nflog, pflog, pktap, sunAtm } from '../../libs/packet/build/capture-headers.ts';
import { arp, ethernet, macsec, shim, snap } from '../../libs/packet/build/link.ts';
import { payload } from '../../libs/packet/build/payload.ts';
import { arcnet, fddi, isl, tokenRing } from '../../libs/packet/build/rings.ts';
import { udp } from '../../libs/packet/build/transport.ts';
import { ENCAPSULATION } from '../../libs/packet/headers.ts';
import {
  FOUND_ETHERNET,
  FOUND_IPV4,
  FOUND_IPV6,
  FOUND_STATIONS,
  foundPayload,
  IPV4,
  IPV6,
  testDecoding,
} from './decoded.ts';

const UDP = udp({ sourcePort: 1024, destinationPort: 9 });
const FOUND_UDP = { protocol: 17, hasPorts: true, sourcePort: 1024, destinationPort: 9 };
const FOUND_4 = { ...FOUND_IPV4, ...FOUND_UDP };
const FOUND_6 = { ...FOUND_IPV6, ...FOUND_UDP };
const E = ENCAPSULATION;

testDecoding('decodeTokenRing', [
  ...[0, 6].map((route) => ({
    name: `with ${route} bytes of routing information (IEEE 802.5 §3.2)`,
    linkType: 6,
    layers: [tokenRing(route), snap(), IPV4, UDP],
    found: { ...FOUND_ETHERNET, ...FOUND_4, encapsulations: E.llc, ...foundPayload(50 + route, 0) },
  })),
  {
    name: 'cut in its routing information',
    linkType: 6,
    layers: [tokenRing(6)],
    captured: 14,
    found: { problem: 'token ring: truncated', ...foundPayload(0, 14, 20) },
  },
]);

testDecoding('decodeFddi', [
  {
    name: 'LLC (ISO 9314-2 §7.3)',
    linkType: 10,
    layers: [fddi(), snap(), IPV4, UDP],
    found: { ...FOUND_ETHERNET, ...FOUND_4, encapsulations: E.fddi | E.llc, ...foundPayload(49, 0) },
  },
  {
    name: 'station management lies between stations',
    linkType: 10,
    layers: [fddi(0x41), payload(20)],
    found: { ...FOUND_ETHERNET, ...FOUND_STATIONS, encapsulations: E.fddi, ...foundPayload(13, 20) },
  },
]);

testDecoding('decodeArcnet', [
  {
    name: 'IPv4 of RFC 1201',
    linkType: 7,
    layers: [arcnet({ protocol: 0xd4 }), IPV4, UDP],
    found: { ...FOUND_4, encapsulations: E.arcnet, ...foundPayload(34, 0) },
  },
  {
    name: 'an exception packet (RFC 1201 §2.4)',
    linkType: 7,
    layers: [arcnet({ protocol: 0xc4, exception: true }), IPV6, UDP],
    found: { ...FOUND_6, encapsulations: E.arcnet, ...foundPayload(58, 0) },
  },
  {
    name: 'a later part of a packet is not guessed at',
    linkType: 7,
    layers: [arcnet({ protocol: 0xd4, split: 2 }), payload(20)],
    found: { encapsulations: E.arcnet, ...foundPayload(6, 20) },
  },
  {
    name: 'IPv4 of RFC 1051 on Linux',
    linkType: 129,
    layers: [arcnet({ protocol: 0xf0, linux: true }), IPV4, UDP],
    found: { ...FOUND_4, encapsulations: E.arcnet, ...foundPayload(33, 0) },
  },
]);

testDecoding('decodeNflog', [
  {
    name: 'the packet is one of its attributes',
    linkType: 239,
    layers: [nflog(), IPV4, UDP],
    found: { ...FOUND_4, ...foundPayload(44, 0) },
  },
  {
    name: 'attributes of a big-endian machine',
    linkType: 239,
    layers: [nflog({ littleEndian: false }), IPV6, UDP],
    found: { ...FOUND_6, ...foundPayload(64, 0) },
  },
  {
    name: 'a bridged frame',
    linkType: 239,
    layers: [nflog({ family: 7 }), ethernet(), IPV4, UDP],
    found: { ...FOUND_ETHERNET, ...FOUND_4, ...foundPayload(58, 0) },
  },
  {
    name: 'an attribute of length zero',
    linkType: 239,
    layers: [payload(24, 0)],
    found: { problem: 'nflog: malformed attribute', ...foundPayload(0, 24) },
  },
]);

testDecoding('decodePktap', [
  {
    name: 'says what follows',
    linkType: 258,
    layers: [pktap(), ethernet(), IPV4, UDP],
    found: { ...FOUND_ETHERNET, ...FOUND_4, ...foundPayload(150, 0) },
  },
  {
    name: 'a record that is no packet',
    linkType: 149,
    layers: [pktap({ record: 0 }), payload(10)],
    found: foundPayload(108, 10),
  },
]);

testDecoding('other links', [
  {
    name: 'IP over InfiniBand (RFC 4391 §6)',
    linkType: 242,
    layers: [ipoib(), IPV4, UDP],
    found: { ...FOUND_4, ...foundPayload(72, 0) },
  },
  {
    name: 'ATM with LLC (RFC 2684 §5)',
    linkType: 100,
    layers: [snap(), IPV4, UDP],
    found: { ...FOUND_4, encapsulations: E.atm | E.llc, ...foundPayload(36, 0) },
  },
  {
    name: 'a frame bridged over ATM (RFC 2684 §5.2)',
    linkType: 100,
    layers: [snap({ oui: 0x0080c2, protocol: 7 }), payload(2, 0), ethernet(), IPV4, UDP],
    found: {
      ...FOUND_ETHERNET,
      ...FOUND_4,
      dsap: 0xaa,
      ssap: 0xaa,
      encapsulations: E.atm | E.llc | E.ethernet,
      ...foundPayload(52, 0),
    },
  },
  {
    name: 'LAN emulation on SunATM',
    linkType: 123,
    layers: [sunAtm(1), ethernet(), IPV4, UDP],
    found: { ...FOUND_ETHERNET, ...FOUND_4, encapsulations: E.atm | E.ethernet, ...foundPayload(48, 0) },
  },
  {
    name: "the log of OpenBSD's packet filter",
    linkType: 117,
    layers: [pflog(), IPV6, UDP],
    found: { ...FOUND_6, ...foundPayload(112, 0) },
  },
  {
    name: "OpenBSD's IPsec interface",
    linkType: 109,
    layers: [enc(), IPV4, UDP],
    found: { ...FOUND_4, ...foundPayload(40, 0) },
  },
]);

testDecoding('tags on Ethernet', [
  {
    name: 'ISL counts as a VLAN and ends in a check sequence',
    layers: [isl(9), ethernet(), IPV4, UDP, payload(3)],
    found: {
      ...FOUND_ETHERNET,
      ...FOUND_4,
      encapsulations: E.ethernet | E.isl,
      vlanTags: 1,
      outerTag: 9,
      innerTag: 9,
      ...foundPayload(68, 3),
    },
  },
  {
    name: 'MACsec without encryption (IEEE 802.1AE §9.3)',
    layers: [ethernet(), macsec({ isEncrypted: false }), IPV4, UDP, payload(3)],
    found: { ...FOUND_ETHERNET, ...FOUND_4, ...foundPayload(58, 3) },
  },
  {
    name: 'encrypted MACsec lies between stations',
    layers: [ethernet(), macsec({ isEncrypted: true }), payload(20)],
    found: { ...FOUND_ETHERNET, ...FOUND_STATIONS, etherType: 0x88e5, ...foundPayload(28, 38) },
  },
  ...[
    { name: "Cisco's metadata", etherType: 0x8909, bytes: 6 },
    { name: 'VN-Tag', etherType: 0x8926, bytes: 4 },
    { name: 'port extension', etherType: 0x893f, bytes: 6 },
    { name: 'redundant rings', etherType: 0x892f, bytes: 4 },
  ].map(({ name, etherType, bytes }) => ({
    name: `${name} is passed over`,
    layers: [ethernet(), shim(etherType, bytes), IPV4, UDP],
    found: { ...FOUND_ETHERNET, ...FOUND_4, ...foundPayload(44 + bytes, 0) },
  })),
  {
    name: 'ARP behind a tag that was passed over',
    layers: [ethernet(), shim(0x8926, 4), arp({ senderIp: 1, targetIp: 2 })],
    found: {
      ...FOUND_ETHERNET,
      etherType: 0x0806,
      addressKind: 4,
      source2: 0xffff,
      source3: 1,
      destination2: 0xffff,
      destination3: 2,
      arpOperation: 1,
      ...foundPayload(48, 0),
    },
  },
]);
