import { ipv4, type Ipv4Options } from '../../libs/packet/build/ip.ts';
import type { Layer } from '../../libs/packet/build/layer.ts';
import { ethernet } from '../../libs/packet/build/link.ts';
import { payload } from '../../libs/packet/build/payload.ts';
import { udp } from '../../libs/packet/build/transport.ts';
import { FIRST_FRAGMENT, IP_OPTION, LATER_FRAGMENT } from '../../libs/packet/headers.ts';
import {
  FOUND_ETHERNET,
  FOUND_IPV4,
  FOUND_IPV6,
  FOUND_STATIONS,
  foundPayload,
  IPV6,
  RAW_IP,
  testDecoding,
} from './decoded.ts';

const UDP = udp({ sourcePort: 1024, destinationPort: 9 });
const FOUND_UDP = { protocol: 17, hasPorts: true, sourcePort: 1024, destinationPort: 9 };
const IP = { source: 0x0a000001, destination: 0x0a000002, ttl: 63, id: 7 };
const FOUND = { ...FOUND_ETHERNET, ...FOUND_IPV4, ...FOUND_UDP };

const frame = (options: Partial<Ipv4Options>, ...above: Layer[]): Layer[] => [
  ethernet(),
  ipv4({ ...IP, ...options }),
  ...above,
];
/** First byte of an IPv4 header changed. */
const brokenIp = (first: number): Layer[] => [
  ethernet({ etherType: 0x0800 }),
  payload(new Uint8Array([first, 0, 0, 40, ...new Uint8Array(36)])),
];

testDecoding('decodeIpv4', [
  {
    name: 'service class and identification (RFC 791 §3.1)',
    layers: frame({ tos: 0xb9, id: 0xfffe, ttl: 1 }, UDP, payload(5)),
    found: { ...FOUND, tos: 0xb9, ipId: 0xfffe, ttl: 1, ...foundPayload(42, 5) },
  },
  {
    name: 'a total length of zero reaches to the end of the frame (segmentation left to the interface)',
    layers: frame({ totalLength: 0 }, UDP, payload(3000)),
    found: { ...FOUND, ...foundPayload(42, 3000) },
  },
  {
    name: 'a total length beyond the frame is named and ends with it',
    layers: frame({ totalLength: 9000 }, UDP, payload(10)),
    found: { problem: 'ipv4: total length beyond the frame', ...FOUND, ...foundPayload(42, 10) },
  },
  {
    name: 'payload that was not captured is counted',
    layers: frame({}, UDP, payload(1000)),
    captured: 64,
    found: { ...FOUND, ...foundPayload(42, 22, 1000) },
  },
  {
    name: 'options: record route and router alert (RFC 791 §3.1, RFC 2113)',
    layers: frame({ options: [1, 7, 7, 4, 0, 0, 0, 0, 148, 4, 0, 0] }, UDP),
    found: { ...FOUND, ipOptions: IP_OPTION.recordRoute | IP_OPTION.routerAlert, ...foundPayload(54, 0) },
  },
  {
    name: 'options: source routes, time stamp, security, stream id, unknown',
    layers: frame({ options: [131, 3, 4, 137, 3, 4, 68, 4, 5, 0, 130, 3, 0, 136, 4, 0, 0, 99, 2] }, UDP),
    found: {
      ...FOUND,
      ipOptions:
        IP_OPTION.looseSourceRoute |
        IP_OPTION.strictSourceRoute |
        IP_OPTION.timestamp |
        IP_OPTION.security |
        IP_OPTION.satnet |
        IP_OPTION.unknown,
      ...foundPayload(62, 0),
    },
  },
  {
    name: 'a source route that is not used up leads to its last address',
    layers: frame({ options: [131, 11, 4, 10, 0, 0, 8, 10, 0, 0, 9] }, UDP),
    found: { ...FOUND, ipOptions: IP_OPTION.looseSourceRoute, destination3: 0x0a000009, ...foundPayload(54, 0) },
  },
  {
    name: 'one that is used up does not',
    layers: frame({ options: [131, 7, 8, 10, 0, 0, 9] }, UDP),
    found: { ...FOUND, ipOptions: IP_OPTION.looseSourceRoute, ...foundPayload(50, 0) },
  },
  {
    name: 'IPv6 under the EtherType of IPv4',
    layers: [ethernet({ etherType: 0x0800 }), IPV6, UDP],
    found: { ...FOUND_ETHERNET, ...FOUND_IPV6, ...FOUND_UDP, ...foundPayload(62, 0) },
  },
  {
    name: 'an option longer than the header',
    layers: frame({ options: [7, 40, 4, 0] }, UDP),
    found: { problem: 'ipv4: malformed options', ...FOUND, ipOptions: IP_OPTION.recordRoute, ...foundPayload(46, 0) },
  },
  {
    name: 'the first fragment has ports',
    layers: frame({ moreFragments: true }, UDP, payload(8)),
    found: {
      ...FOUND,
      fragment: FIRST_FRAGMENT,
      fragmentId: 7,
      moreFragments: true,
      fragmentBytes: 16,
      ...foundPayload(42, 8),
    },
  },
  {
    name: 'a later fragment has none, whatever its bytes',
    layers: frame({ fragmentOffset: 1480, protocol: 17 }, payload(20)),
    found: {
      ...FOUND_ETHERNET,
      ...FOUND_IPV4,
      protocol: 17,
      fragment: LATER_FRAGMENT,
      fragmentId: 7,
      fragmentOffset: 1480,
      fragmentBytes: 20,
      ...foundPayload(34, 20),
    },
  },
  {
    name: 'an unknown protocol',
    layers: frame({ protocol: 253 }, payload(20)),
    found: { ...FOUND_ETHERNET, ...FOUND_IPV4, protocol: 253, ...foundPayload(34, 20) },
  },
  {
    name: 'cut in the options, the addresses stand',
    layers: frame({ options: [148, 4, 0, 0] }, UDP),
    captured: 36,
    found: {
      problem: 'udp: truncated',
      ...FOUND_ETHERNET,
      ...FOUND_IPV4,
      protocol: 17,
      ipOptions: IP_OPTION.routerAlert,
      ...foundPayload(36, 0, 8),
    },
  },
  ...[
    { name: 'a version that is not 4', first: 0x55, problem: 'ipv4: version is not 4' },
    { name: 'a header length below 20', first: 0x44, problem: 'ipv4: header length below 20 or beyond the packet' },
    {
      name: 'a header length beyond the packet',
      first: 0x4f,
      problem: 'ipv4: header length below 20 or beyond the packet',
    },
  ].map(({ name, first, problem }) => ({
    name,
    layers: brokenIp(first),
    found: { problem, ...FOUND_ETHERNET, ...FOUND_STATIONS, etherType: 0x0800, ...foundPayload(14, 40) },
  })),
  {
    name: 'a total length below the header length',
    layers: frame({ totalLength: 19 }, UDP),
    found: {
      problem: 'ipv4: total length below header length',
      ...FOUND_ETHERNET,
      ...FOUND_STATIONS,
      etherType: 0x0800,
      ...foundPayload(14, 28),
    },
  },
  {
    name: 'cut before its addresses, it lies between the stations',
    layers: frame({}, UDP),
    captured: 33,
    found: {
      problem: 'ipv4: truncated',
      ...FOUND_ETHERNET,
      ...FOUND_STATIONS,
      etherType: 0x0800,
      ...foundPayload(14, 19, 28),
    },
  },
]);

testDecoding('decodeRawIp', [
  ...[12, 14, RAW_IP, 228].map((linkType) => ({
    name: `IPv4 on link type ${linkType}`,
    linkType,
    layers: [ipv4(IP), UDP, payload(4)],
    found: { ...FOUND_IPV4, ...FOUND_UDP, ...foundPayload(28, 4) },
  })),
  {
    name: 'neither version',
    linkType: RAW_IP,
    layers: [payload(40)],
    found: { problem: 'ip: version is neither 4 nor 6', ...foundPayload(0, 40) },
  },
  {
    name: 'nothing at all',
    linkType: RAW_IP,
    layers: [],
    found: { problem: 'ip: truncated', ...foundPayload(0, 0) },
  },
]);
