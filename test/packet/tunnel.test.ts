import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ipv4, ipv6 } from '../../libs/packet/build/ip.ts';
import { packet, type Layer } from '../../libs/packet/build/layer.ts';
import { arp, ethernet, vlan } from '../../libs/packet/build/link.ts';
import { payload } from '../../libs/packet/build/payload.ts';
import { ppp } from '../../libs/packet/build/serial.ts';
import { udp } from '../../libs/packet/build/transport.ts';
import { erspan2, erspan3, etherIp, gre, l2tp3, nsh, pbb, pimRegister, pptp } from '../../libs/packet/build/tunnels.ts';
import { ENCAPSULATION, IPV4_ADDRESS, IPV6_ADDRESS, MAC_ADDRESS } from '../../libs/packet/headers.ts';
import { TUNNEL, TUNNEL_NAMES, type TunnelName } from '../../libs/packet/tunnel.ts';
import {
  decodeBytes,
  FOUND_ETHERNET,
  FOUND_IPV4,
  FOUND_IPV6,
  FOUND_STATIONS,
  foundPayload,
  IPV4,
  IPV6,
  testDecoding,
  type DecodeCase,
  type Found,
} from './decoded.ts';

const E = ENCAPSULATION;
const UDP = udp({ sourcePort: 1024, destinationPort: 9 });
const FOUND_UDP = { protocol: 17, hasPorts: true, sourcePort: 1024, destinationPort: 9 };
const OUTER = ipv4({ source: 0xac100001, destination: 0xac100002, ttl: 9, tos: 4, id: 99, dontFragment: true });
const OUTER_6 = ipv6({ source: [0xfd000000, 0, 0, 1], destination: [0xfd000000, 0, 0, 2] });
const FOUND_OUTER = {
  tunnelAddressKind: IPV4_ADDRESS,
  tunnelSource2: 0xffff,
  tunnelSource3: 0xac100001 | 0,
  tunnelDestination2: 0xffff,
  tunnelDestination3: 0xac100002 | 0,
};
const FOUND_OUTER_6 = {
  tunnelAddressKind: IPV6_ADDRESS,
  tunnelSource0: 0xfd000000 | 0,
  tunnelSource3: 1,
  tunnelDestination0: 0xfd000000 | 0,
  tunnelDestination3: 2,
};
const FOUND_OUTER_STATIONS = {
  tunnelAddressKind: MAC_ADDRESS,
  tunnelSource2: 0x0200,
  tunnelSource3: 1,
  tunnelDestination2: 0x0200,
  tunnelDestination3: 2,
};

function foundTunnel(name: TunnelName, id: number, depth = 1): Found {
  return { tunnelKind: TUNNEL[name], tunnelDepth: depth, ...(id === -1 ? {} : { tunnelId: id }) };
}

interface TunnelCase {
  readonly name: string;
  /** Between the link and an IPv4 packet with UDP. */
  readonly layers: readonly Layer[];
  readonly kind: TunnelName;
  readonly id?: number;
  readonly bits: number;
  /** Headers that the case adds, beside the outer IPv4 header. */
  readonly bytes: number;
}

const OVER_IPV4: readonly TunnelCase[] = [
  { name: 'IPv4 in IPv4 (RFC 2003)', layers: [], kind: 'ipip', bits: E.ipTunnel, bytes: 0 },
  { name: 'GRE (RFC 2784 §2)', layers: [gre()], kind: 'gre', bits: E.gre, bytes: 4 },
  {
    name: 'GRE with checksum, key and sequence number (RFC 2890 §2)',
    layers: [gre({ checksum: true, key: 0x87654321, sequence: 1 })],
    kind: 'gre',
    id: 0x87654321 | 0,
    bits: E.gre,
    bytes: 16,
  },
  {
    name: 'GRE with source routing (RFC 1701)',
    layers: [
      gre({ checksum: true, flags: 0x4000, protocol: 0x0800 }),
      payload(new Uint8Array([0x08, 0, 0, 4, 1, 2, 3, 4, 0, 0, 0, 0])),
    ],
    kind: 'gre',
    bits: E.gre,
    bytes: 20,
  },
  {
    name: "GRE with Cisco's web cache redirection",
    layers: [gre({ protocol: 0x883e }), payload(4, 0)],
    kind: 'gre',
    bits: E.gre,
    bytes: 8,
  },
  {
    name: 'PPTP (RFC 2637 §4.1)',
    layers: [pptp({ call: 77, sequence: 1, acknowledgement: 0 }), ppp()],
    kind: 'pptp',
    id: 77,
    bits: E.gre | E.ppp,
    bytes: 20,
  },
  {
    name: 'NVGRE (RFC 7637 §3.2)',
    layers: [gre({ key: 0xabcdef01 }), ethernet()],
    kind: 'nvgre',
    id: 0xabcdef,
    bits: E.gre,
    bytes: 22,
  },
  { name: 'Ethernet in GRE', layers: [gre(), ethernet()], kind: 'gre', bits: E.gre, bytes: 18 },
  {
    name: 'ERSPAN I (draft-foschiano-erspan-03 §4.1)',
    layers: [gre({ protocol: 0x88be }), ethernet()],
    kind: 'erspan1',
    bits: E.gre | E.erspan,
    bytes: 18,
  },
  {
    name: 'ERSPAN II (§4.2)',
    layers: [gre({ sequence: 5 }), erspan2(1023), ethernet()],
    kind: 'erspan2',
    id: 1023,
    bits: E.gre | E.erspan,
    bytes: 30,
  },
  {
    name: 'ERSPAN III (§4.3)',
    layers: [gre({ sequence: 5 }), erspan3(7), ethernet()],
    kind: 'erspan3',
    id: 7,
    bits: E.gre | E.erspan,
    bytes: 34,
  },
  {
    name: 'ERSPAN III with a platform header, of an IP packet',
    layers: [gre({ sequence: 5 }), erspan3(7, { platform: true, frameType: 2 })],
    kind: 'erspan3',
    id: 7,
    bits: E.gre | E.erspan,
    bytes: 28,
  },
  { name: 'EtherIP (RFC 3378 §2)', layers: [etherIp(), ethernet()], kind: 'etherip', bits: 0, bytes: 16 },
  { name: 'a PIM register (RFC 7761 §4.9.3)', layers: [pimRegister()], kind: 'pim', bits: 0, bytes: 8 },
  ...[0, 4, 8].map((cookieBytes) => ({
    name: `L2TPv3 with a cookie of ${cookieBytes} bytes (RFC 3931 §4.1.1.1)`,
    layers: [l2tp3({ session: 0x1234, cookieBytes }), ethernet()],
    kind: 'l2tp3' as const,
    id: 0x1234,
    bits: E.l2tp,
    bytes: 18 + cookieBytes,
  })),
];

testDecoding(
  'tunnel over IPv4',
  OVER_IPV4.map(({ name, layers, kind, id, bits, bytes }) => ({
    name,
    layers: [ethernet(), OUTER, ...layers, IPV4, UDP, payload(3)],
    found: {
      ...FOUND_ETHERNET,
      ...FOUND_IPV4,
      ...FOUND_UDP,
      encapsulations: E.ethernet | bits,
      ...foundTunnel(kind, id ?? -1),
      ...FOUND_OUTER,
      ...foundPayload(62 + bytes, 3),
    },
  })),
);

const FOUND_IN_GRE = { ...FOUND_ETHERNET, encapsulations: E.ethernet | E.gre };
const FOUND_CLOSED = {
  ...FOUND_ETHERNET,
  ...FOUND_IPV4,
  source3: 0xac100001 | 0,
  destination3: 0xac100002 | 0,
  ttl: 9,
  tos: 4,
  ipId: 99,
};
const CLOSED: readonly DecodeCase[] = [
  {
    name: 'GRE of an unknown protocol',
    layers: [ethernet(), OUTER, gre({ protocol: 0x1234 }), payload(20)],
    found: { ...FOUND_CLOSED, encapsulations: E.ethernet | E.gre, protocol: 47, ...foundPayload(38, 20) },
  },
  {
    name: 'GRE with a broken packet inside',
    layers: [ethernet(), OUTER, gre({ protocol: 0x0800 }), payload(20)],
    found: {
      problem: 'ipv4: version is not 4',
      ...FOUND_CLOSED,
      encapsulations: E.ethernet | E.gre,
      protocol: 47,
      ...foundPayload(38, 20),
    },
  },
  {
    name: 'PPTP that only acknowledges',
    layers: [ethernet(), OUTER, pptp({ call: 1, acknowledgement: 9 })],
    found: { ...FOUND_CLOSED, encapsulations: E.ethernet | E.gre, protocol: 47, ...foundPayload(46, 0) },
  },
  {
    name: 'GRE of a later version',
    layers: [ethernet(), OUTER, gre({ flags: 2 }), payload(4)],
    found: { problem: 'gre: unknown version', ...FOUND_CLOSED, protocol: 47, ...foundPayload(34, 8) },
  },
  {
    name: 'an empty PIM register',
    layers: [ethernet(), OUTER, pimRegister(true), IPV4],
    found: { ...FOUND_CLOSED, protocol: 103, ...foundPayload(42, 20) },
  },
  {
    name: 'EtherIP of another version',
    layers: [ethernet(), OUTER, etherIp(4), ethernet()],
    found: { problem: 'etherip: version is not 3', ...FOUND_CLOSED, protocol: 97, ...foundPayload(34, 16) },
  },
  {
    name: 'L2TPv3 with nothing that is recognised',
    layers: [ethernet(), OUTER, l2tp3({ session: 1 }), payload(40)],
    found: { problem: 'l2tp: payload not recognised', ...FOUND_CLOSED, protocol: 115, ...foundPayload(38, 40) },
  },
];
testDecoding('a tunnel that does not open counts outside', CLOSED);

testDecoding('tunnels', [
  {
    name: 'IPv6 in IPv4 (RFC 4213 §3)',
    layers: [ethernet(), OUTER, IPV6, UDP],
    found: {
      ...FOUND_ETHERNET,
      ...FOUND_IPV6,
      ...FOUND_UDP,
      encapsulations: E.ethernet | E.ipv6Tunnel,
      ...foundTunnel('6in4', -1),
      ...FOUND_OUTER,
      ...foundPayload(82, 0),
    },
  },
  {
    name: 'IPv4 in IPv6 (RFC 2473)',
    layers: [ethernet(), OUTER_6, IPV4, UDP],
    found: {
      ...FOUND_ETHERNET,
      ...FOUND_IPV4,
      ...FOUND_UDP,
      encapsulations: E.ethernet | E.ipTunnel,
      ...foundTunnel('4in6', -1),
      ...FOUND_OUTER_6,
      ...foundPayload(82, 0),
    },
  },
  {
    name: 'IPv6 in IPv6 (RFC 2473)',
    layers: [ethernet(), OUTER_6, IPV6, UDP],
    found: {
      ...FOUND_ETHERNET,
      ...FOUND_IPV6,
      ...FOUND_UDP,
      encapsulations: E.ethernet | E.ipv6Tunnel,
      ...foundTunnel('6in6', -1),
      ...FOUND_OUTER_6,
      ...foundPayload(102, 0),
    },
  },
  {
    name: 'a bridged frame that is not IP lies between the stations inside',
    layers: [ethernet(), OUTER, gre(), ethernet({ etherType: 0x88cc, source: 0x02aabbccddee }), payload(20)],
    found: {
      ...FOUND_IN_GRE,
      ...FOUND_STATIONS,
      source2: 0x02aa,
      source3: 0xbbccddee | 0,
      etherType: 0x88cc,
      ...foundTunnel('gre', -1),
      ...FOUND_OUTER,
      ...foundPayload(52, 20),
    },
  },
  {
    name: 'ARP in a bridged frame, the tag inside',
    layers: [ethernet(), OUTER, gre(), ethernet(), vlan(5), arp({ senderIp: 1, targetIp: 2 })],
    found: {
      ...FOUND_IN_GRE,
      encapsulations: E.ethernet | E.gre | E.vlan,
      vlanTags: 1,
      outerTag: 5,
      innerTag: 5,
      etherType: 0x0806,
      addressKind: IPV4_ADDRESS,
      source2: 0xffff,
      source3: 1,
      destination2: 0xffff,
      destination3: 2,
      arpOperation: 1,
      ...foundTunnel('gre', -1),
      ...FOUND_OUTER,
      ...foundPayload(84, 0),
    },
  },
  {
    name: 'of tunnels in tunnels the outermost is told, and how deep they are',
    layers: [ethernet(), OUTER, gre({ key: 6 }), OUTER_6, IPV4, UDP],
    found: {
      ...FOUND_ETHERNET,
      ...FOUND_IPV4,
      ...FOUND_UDP,
      encapsulations: E.ethernet | E.gre | E.ipTunnel,
      ...foundTunnel('gre', 6, 2),
      ...FOUND_OUTER,
      ...foundPayload(110, 0),
    },
  },
  {
    name: 'what lies beyond eight tunnels counts at the eighth',
    layers: [ethernet(), OUTER, ...new Array<Layer>(9).fill(OUTER), IPV4, UDP],
    found: {
      problem: 'packet: too many tunnels',
      ...FOUND_CLOSED,
      encapsulations: E.ethernet | E.ipTunnel,
      protocol: 4,
      ...foundTunnel('ipip', -1, 8),
      ...FOUND_OUTER,
      ...foundPayload(14 + 9 * 20, 48),
    },
  },
  {
    name: 'provider backbone bridging (IEEE 802.1Q §9.7)',
    layers: [ethernet(), pbb(0x00abcdef), ethernet(), IPV4, UDP],
    found: {
      ...FOUND_ETHERNET,
      ...FOUND_IPV4,
      ...FOUND_UDP,
      ...foundTunnel('pbb', 0xabcdef),
      ...FOUND_OUTER_STATIONS,
      ...foundPayload(60, 0),
    },
  },
  {
    name: 'a network service header (RFC 8300 §2)',
    layers: [ethernet(), nsh({ path: 0xabc, nextProtocol: 3 }), ethernet(), IPV4, UDP],
    found: {
      ...FOUND_ETHERNET,
      ...FOUND_IPV4,
      ...FOUND_UDP,
      ...foundTunnel('nsh', 0xabc),
      ...FOUND_OUTER_STATIONS,
      ...foundPayload(64, 0),
    },
  },
]);

test('a tunnel of the packet before leaves nothing behind', () => {
  const used = decodeBytes(packet(ethernet(), OUTER, gre({ key: 5 }), IPV4, UDP));
  assert.equal(used.tunnelDepth, 1);
  const after = decodeBytes(packet(ethernet(), IPV4, UDP), 1, 42, 0, used);
  assert.deepEqual(
    [after.tunnelDepth, after.tunnelKind, after.tunnelId, after.tunnelAddressKind, after.tunnelSource3],
    [0, 0, -1, 0, 0],
  );
});

test('a tunnel that did not open does not open in the next packet', () => {
  const used = decodeBytes(packet(ethernet(), OUTER, gre({ protocol: 0x1234 }), payload(4)));
  assert.equal(decodeBytes(packet(ethernet(), IPV4, UDP), 1, 42, 0, used).tunnelDepth, 0);
});

test('kinds of tunnels have names of their own, and none is number 0', () => {
  assert.equal(TUNNEL_NAMES[0], 'none');
  assert.equal(new Set(TUNNEL_NAMES).size, TUNNEL_NAMES.length);
});
