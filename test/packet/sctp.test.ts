import { ethernet } from '../../libs/packet/build/link.ts';
import { payload } from '../../libs/packet/build/payload.ts';
import { dccp, sctp, sctpChunk, udpLite } from '../../libs/packet/build/transport.ts';
import { FOUND_ETHERNET, FOUND_IPV4, foundPayload, IPV4, testDecoding } from './decoded.ts';

const PORTS = { sourcePort: 2905, destinationPort: 36_412 };
const FOUND_IP = { ...FOUND_ETHERNET, ...FOUND_IPV4 };

testDecoding('decodeSctp', [
  {
    name: 'an association begins (RFC 9260 §3.3.2)',
    layers: [ethernet(), IPV4, sctp(PORTS), sctpChunk(1, 16)],
    found: {
      ...FOUND_IP,
      protocol: 132,
      hasPorts: true,
      ...PORTS,
      sctpChunk: 1,
      sctpChunks: 1 << 1,
      ...foundPayload(46, 20),
    },
  },
  {
    name: 'bundled chunks, each padded to words (§3.2)',
    layers: [ethernet(), IPV4, sctp(PORTS), sctpChunk(11, 0), sctpChunk(3, 12), sctpChunk(0, 13), sctpChunk(192, 4)],
    found: {
      ...FOUND_IP,
      protocol: 132,
      hasPorts: true,
      ...PORTS,
      sctpChunk: 11,
      sctpChunks: (1 << 11) | (1 << 3) | 1,
      ...foundPayload(46, 48),
    },
  },
  {
    name: 'a chunk of length zero ends the walk',
    layers: [ethernet(), IPV4, sctp(PORTS), payload(new Uint8Array([6, 0, 0, 0])), sctpChunk(7, 4)],
    found: {
      ...FOUND_IP,
      protocol: 132,
      hasPorts: true,
      ...PORTS,
      sctpChunk: 6,
      sctpChunks: 1 << 6,
      ...foundPayload(46, 12),
    },
  },
  {
    name: 'cut after its ports',
    layers: [ethernet(), IPV4, sctp(PORTS), sctpChunk(1, 16)],
    captured: 40,
    found: {
      problem: 'sctp: truncated',
      ...FOUND_IP,
      protocol: 132,
      hasPorts: true,
      ...PORTS,
      ...foundPayload(40, 0, 20),
    },
  },
]);

testDecoding('decodeDccp', [
  {
    name: 'ports and data offset (RFC 4340 §5.1)',
    layers: [ethernet(), IPV4, dccp(PORTS), payload(6)],
    found: { ...FOUND_IP, protocol: 33, hasPorts: true, ...PORTS, ...foundPayload(54, 6) },
  },
  {
    name: 'a data offset beyond the packet',
    layers: [ethernet(), IPV4, dccp({ ...PORTS, dataOffset: 200 })],
    found: { problem: 'dccp: truncated', ...FOUND_IP, protocol: 33, hasPorts: true, ...PORTS, ...foundPayload(46, 8) },
  },
]);

testDecoding('decodeUdpLite', [
  {
    name: 'ports (RFC 3828 §3.1)',
    layers: [ethernet(), IPV4, udpLite(PORTS), payload(6)],
    found: { ...FOUND_IP, protocol: 136, hasPorts: true, ...PORTS, ...foundPayload(42, 6) },
  },
  {
    name: 'cut after its ports',
    layers: [ethernet(), IPV4, udpLite(PORTS), payload(6)],
    captured: 38,
    found: {
      problem: 'udp-lite: truncated',
      ...FOUND_IP,
      protocol: 136,
      hasPorts: true,
      ...PORTS,
      ...foundPayload(38, 0, 6),
    },
  },
]);
