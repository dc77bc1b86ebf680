import { ethernet, snap } from '../../libs/packet/build/link.ts';
import { payload } from '../../libs/packet/build/payload.ts';
import { ciscoHdlc, frameRelay, ppp, pppoe, slipHeader } from '../../libs/packet/build/serial.ts';
import { udp } from '../../libs/packet/build/transport.ts';
import { mpls } from '../../libs/packet/build/tunnels.ts';
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
const E = ENCAPSULATION;

testDecoding('decodePpp', [
  {
    name: 'with address and control (RFC 1662 §3.1)',
    linkType: 9,
    layers: [ppp(), IPV4, UDP],
    found: { encapsulations: E.ppp, ...FOUND_IPV4, ...FOUND_UDP, ...foundPayload(32, 0) },
  },
  {
    name: 'without them',
    linkType: 9,
    layers: [ppp({ compressed: true }), IPV6, UDP],
    found: { encapsulations: E.ppp, ...FOUND_IPV6, ...FOUND_UDP, ...foundPayload(50, 0) },
  },
  {
    name: 'with a protocol field of one byte (RFC 1661 §6.5)',
    linkType: 9,
    layers: [payload(new Uint8Array([0x21])), IPV4, UDP],
    found: { encapsulations: E.ppp, ...FOUND_IPV4, ...FOUND_UDP, ...foundPayload(29, 0) },
  },
  {
    name: 'a whole packet of multilink (RFC 1990 §3)',
    linkType: 9,
    layers: [ppp({ protocol: 0x3d }), payload(new Uint8Array([0xc0, 0, 0, 1])), ppp({ compressed: true }), IPV4, UDP],
    found: { encapsulations: E.ppp, ...FOUND_IPV4, ...FOUND_UDP, ...foundPayload(38, 0) },
  },
  {
    name: 'a part of one is not guessed at',
    linkType: 9,
    layers: [ppp({ protocol: 0x3d }), payload(new Uint8Array([0x80, 0, 0, 1])), payload(20)],
    found: { encapsulations: E.ppp, ...foundPayload(8, 20) },
  },
  {
    name: 'a bridged frame (RFC 3518 §4.2)',
    linkType: 9,
    layers: [ppp({ protocol: 0x31 }), payload(new Uint8Array([0, 1])), ethernet(), IPV4, UDP],
    found: {
      ...FOUND_ETHERNET,
      encapsulations: E.ppp | E.ethernet,
      ...FOUND_IPV4,
      ...FOUND_UDP,
      ...foundPayload(48, 0),
    },
  },
  {
    name: 'MPLS (RFC 3032 §4.3)',
    linkType: 9,
    layers: [ppp(), mpls(16), IPV4, UDP],
    found: {
      encapsulations: E.ppp | E.mpls,
      mplsLabels: 1,
      mplsTop: 0x00010140,
      ...FOUND_IPV4,
      ...FOUND_UDP,
      ...foundPayload(36, 0),
    },
  },
  {
    name: 'link control has no addresses',
    linkType: 9,
    layers: [ppp(), payload(8)],
    found: { encapsulations: E.ppp, ...foundPayload(4, 8) },
  },
  {
    name: 'cut short',
    linkType: 9,
    layers: [ppp(), IPV4],
    captured: 3,
    found: { problem: 'ppp: truncated', ...foundPayload(0, 3, 24) },
  },
]);

testDecoding('decodeSerial', [
  {
    name: 'PPP',
    linkType: 50,
    layers: [ppp(), IPV4, UDP],
    found: { encapsulations: E.hdlc | E.ppp, ...FOUND_IPV4, ...FOUND_UDP, ...foundPayload(32, 0) },
  },
  {
    name: 'Cisco HDLC by its first byte',
    linkType: 50,
    layers: [ciscoHdlc(), IPV4, UDP],
    found: { encapsulations: E.ciscoHdlc, ...FOUND_IPV4, ...FOUND_UDP, ...foundPayload(32, 0) },
  },
]);

testDecoding('preface', [
  {
    name: 'a byte of direction before PPP',
    linkType: 204,
    layers: [payload(1, 1), ppp(), IPV4, UDP],
    found: { encapsulations: E.ppp, ...FOUND_IPV4, ...FOUND_UDP, ...foundPayload(33, 0) },
  },
]);

testDecoding('decodePppoe', [
  {
    name: 'a session on Ethernet (RFC 2516 §4), its length trims the padding',
    layers: [ethernet(), pppoe({ length: 30 }), ppp({ compressed: true }), IPV4, UDP, payload(18, 0)],
    found: {
      problem: 'ipv4: total length beyond the frame',
      ...FOUND_ETHERNET,
      encapsulations: E.ethernet | E.pppoe | E.ppp,
      ...FOUND_IPV4,
      ...FOUND_UDP,
      ...foundPayload(50, 0),
    },
  },
  {
    name: 'a session on a link of its own',
    linkType: 51,
    layers: [pppoe(), ppp({ compressed: true }), IPV6, UDP],
    found: { encapsulations: E.pppoe | E.ppp, ...FOUND_IPV6, ...FOUND_UDP, ...foundPayload(56, 0) },
  },
  {
    name: 'discovery lies between stations',
    layers: [ethernet(), pppoe({ code: 9 }), payload(4)],
    found: {
      ...FOUND_ETHERNET,
      ...FOUND_STATIONS,
      etherType: 0x8863,
      encapsulations: E.ethernet | E.pppoe,
      ...foundPayload(20, 4),
    },
  },
  {
    name: 'a length beyond the frame',
    linkType: 51,
    layers: [pppoe({ length: 500 }), ppp({ compressed: true }), IPV4, UDP],
    found: {
      problem: 'pppoe: length beyond the frame',
      encapsulations: E.pppoe | E.ppp,
      ...FOUND_IPV4,
      ...FOUND_UDP,
      ...foundPayload(36, 0),
    },
  },
]);

testDecoding('decodeCiscoHdlc', [
  {
    name: 'carries EtherTypes (RFC 1547 §4.3.1)',
    linkType: 104,
    layers: [ciscoHdlc(), IPV6, UDP],
    found: { encapsulations: E.ciscoHdlc, ...FOUND_IPV6, ...FOUND_UDP, ...foundPayload(52, 0) },
  },
  {
    name: 'a keepalive is no RARP',
    linkType: 104,
    layers: [ciscoHdlc({ protocol: 0x8035 }), payload(20)],
    found: { encapsulations: E.ciscoHdlc, etherType: 0x8035, ...foundPayload(4, 20) },
  },
  {
    name: 'cut short',
    linkType: 104,
    layers: [ciscoHdlc()],
    captured: 3,
    found: { problem: 'cisco hdlc: truncated', ...foundPayload(0, 3, 4) },
  },
]);

testDecoding('decodeFrameRelay', [
  ...[
    { name: 'IPv4 by NLPID (RFC 2427 §4.1)', header: [0x03, 0xcc] },
    { name: 'a padded header', header: [0x03, 0x00, 0xcc] },
    { name: 'SNAP (RFC 2427 §4.1)', header: [0x03, 0x00, 0x80, 0, 0, 0, 0x08, 0x00] },
    { name: "Cisco's EtherType", header: [0x08, 0x00] },
    { name: 'PPP (RFC 1973)', header: [0x03, 0xcf, 0x00, 0x21], isPpp: true },
  ].map(({ name, header, isPpp }) => ({
    name,
    linkType: 107,
    layers: [frameRelay({ header }), IPV4, UDP],
    found: {
      encapsulations: E.frameRelay | (isPpp === true ? E.ppp : 0),
      ...FOUND_IPV4,
      ...FOUND_UDP,
      ...foundPayload(30 + header.length, 0),
    },
  })),
  {
    name: 'a bridged frame (RFC 2427 §4.2)',
    linkType: 107,
    layers: [frameRelay({ header: [3, 0, 0x80, 0, 0x80, 0xc2, 0, 7] }), ethernet(), snap(), IPV4, UDP],
    found: {
      ...FOUND_ETHERNET,
      encapsulations: E.frameRelay | E.ethernet | E.llc,
      ...FOUND_IPV4,
      ...FOUND_UDP,
      ...foundPayload(60, 0),
    },
  },
  {
    name: 'an unknown protocol has no addresses',
    linkType: 107,
    layers: [frameRelay({ header: [0x03, 0x08] }), payload(10)],
    found: { encapsulations: E.frameRelay, ...foundPayload(3, 11) },
  },
  {
    name: 'an address without end',
    linkType: 107,
    layers: [payload(8, 0)],
    found: { problem: 'frame relay: truncated', ...foundPayload(0, 8) },
  },
]);

testDecoding('decodeSlip', [
  {
    name: "behind BSD's header",
    linkType: 8,
    layers: [slipHeader(), IPV4, UDP],
    found: { encapsulations: E.slip, ...FOUND_IPV4, ...FOUND_UDP, ...foundPayload(44, 0) },
  },
  {
    name: 'alone (RFC 1055)',
    linkType: 8,
    layers: [IPV4, UDP],
    found: { encapsulations: E.slip, ...FOUND_IPV4, ...FOUND_UDP, ...foundPayload(28, 0) },
  },
]);
