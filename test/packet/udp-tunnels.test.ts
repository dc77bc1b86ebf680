import { esp, ipv4 } from '../../libs/packet/build/ip.ts';
import type { Layer } from '../../libs/packet/build/layer.ts';
import { ethernet, snap } from '../../libs/packet/build/link.ts';
import { payload } from '../../libs/packet/build/payload.ts';
import { ppp } from '../../libs/packet/build/serial.ts';
import { udp } from '../../libs/packet/build/transport.ts';
import { geneve, gre, gtp, l2tp, l2tp3, lisp, mpls, nsh, tzsp, vxlan } from '../../libs/packet/build/tunnels.ts';
import { wlan } from '../../libs/packet/build/wireless.ts';
import { ENCAPSULATION, IPV4_ADDRESS } from '../../libs/packet/headers.ts';
import { TUNNEL, type TunnelName } from '../../libs/packet/tunnel.ts';
import { FOUND_ETHERNET, FOUND_IPV4, FOUND_IPV6, foundPayload, IPV4, IPV6, testDecoding } from './decoded.ts';

const E = ENCAPSULATION;
const UDP = udp({ sourcePort: 1024, destinationPort: 9 });
const FOUND_UDP = { protocol: 17, hasPorts: true, sourcePort: 1024, destinationPort: 9 };
const OUTER = ipv4({ source: 0xac100001, destination: 0xac100002, ttl: 9 });
const FOUND_OUTER = {
  tunnelDepth: 1,
  tunnelAddressKind: IPV4_ADDRESS,
  tunnelSource2: 0xffff,
  tunnelSource3: 0xac100001 | 0,
  tunnelDestination2: 0xffff,
  tunnelDestination3: 0xac100002 | 0,
};
const bytesOf = (...bytes: number[]): Layer => payload(new Uint8Array(bytes));

interface UdpTunnelCase {
  readonly name: string;
  readonly port: number;
  readonly layers: readonly Layer[];
  /** The packet inside is IPv4 without it. */
  readonly isIpv6?: boolean;
  readonly kind: TunnelName;
  readonly id?: number;
  readonly bits?: number;
  readonly mpls?: number;
  readonly depth?: number;
}

const OPEN: readonly UdpTunnelCase[] = [
  { name: 'VXLAN (RFC 7348 §5)', port: 4789, layers: [vxlan({ network: 0xabcdef }), ethernet()], kind: 'vxlan', id: 0xabcdef, bits: E.vxlan },
  { name: 'VXLAN on the port that Linux took', port: 8472, layers: [vxlan({ network: 1 }), ethernet()], kind: 'vxlan', id: 1, bits: E.vxlan },
  { name: 'VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe §3)', port: 4790, layers: [vxlan({ network: 1, nextProtocol: 2 })], isIpv6: true, kind: 'vxlangpe', id: 1, bits: E.vxlan },
  { name: 'VXLAN-GPE with a network service header', port: 4790, layers: [vxlan({ network: 1, nextProtocol: 4 }), nsh({ path: 1, nextProtocol: 1 })], kind: 'vxlangpe', id: 1, bits: E.vxlan, depth: 2 },
  { name: 'Geneve (RFC 8926 §3.4)', port: 6081, layers: [geneve({ network: 9 }), ethernet()], kind: 'geneve', id: 9, bits: E.geneve },
  { name: 'Geneve with options, IP inside', port: 6081, layers: [geneve({ network: 9, optionWords: 3 })], isIpv6: true, kind: 'geneve', id: 9, bits: E.geneve },
  { name: 'GTP-U (3GPP TS 29.281 §5)', port: 2152, layers: [gtp({ teid: 0xfedcba98 })], kind: 'gtpu', id: 0xfedcba98 | 0, bits: E.gtp },
  { name: 'GTP-U with sequence number', port: 2152, layers: [gtp({ teid: 5, sequence: 7 })], kind: 'gtpu', id: 5, bits: E.gtp },
  { name: 'GTP-U with an extension header (§5.2)', port: 2152, layers: [gtp({ teid: 5, extension: true })], isIpv6: true, kind: 'gtpu', id: 5, bits: E.gtp },
  { name: 'GTP version 0 (GSM 09.60 §6)', port: 3386, layers: [bytesOf(0x1e, 255, 0, 0, 0, 0, 0x12, 0x34, ...new Array<number>(12).fill(0))], kind: 'gtpu', id: 0x1234, bits: E.gtp },
  { name: 'Teredo (RFC 4380 §5.1.1)', port: 3544, layers: [], isIpv6: true, kind: 'teredo', bits: E.teredo },
  { name: 'Teredo with authentication and origin', port: 3544, layers: [bytesOf(0, 1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 1, 2, 3, 4, 5, 6)], isIpv6: true, kind: 'teredo', bits: E.teredo },
  { name: 'L2TP (RFC 2661 §3.1)', port: 1701, layers: [l2tp({ tunnel: 1, session: 2 }), ppp()], kind: 'l2tp', id: 0x00010002, bits: E.l2tp | E.ppp },
  { name: 'L2TP with sequence numbers', port: 1701, layers: [l2tp({ tunnel: 1, session: 2, sequence: 3 }), ppp({ compressed: true })], kind: 'l2tp', id: 0x00010002, bits: E.l2tp | E.ppp },
  { name: 'L2TPv3 over UDP (RFC 3931 §4.1.2.1)', port: 1701, layers: [l2tp3({ session: 3, cookieBytes: 8, overUdp: true }), ethernet()], kind: 'l2tp3', id: 3, bits: E.l2tp },
  { name: 'LISP (RFC 9300 §5.3)', port: 4341, layers: [lisp(7)], kind: 'lisp', id: 7 },
  { name: 'MPLS in UDP (RFC 7510 §3)', port: 6635, layers: [mpls(16)], kind: 'mplsudp', id: 16, bits: E.mpls, mpls: 0x10140 },
  { name: 'GRE in UDP (RFC 8086 §3.2)', port: 4754, layers: [gre({ key: 3 })], kind: 'gre', id: 3, bits: E.gre },
  { name: 'AYIYA (draft-massar-v6ops-ayiya-02 §3)', port: 5072, layers: [bytesOf(0x44, 0x52, 0x11, 41, ...new Array<number>(40).fill(0))], isIpv6: true, kind: 'ayiya' },
  { name: 'CAPWAP with Ethernet (RFC 5415 §4.3)', port: 5247, layers: [bytesOf(0, 0x10, 0x02, 0, 0, 0, 0, 0), ethernet()], kind: 'capwap' },
  { name: 'CAPWAP with 802.11 (RFC 5416 §4)', port: 5247, layers: [bytesOf(0, 0x10, 0x03, 0, 0, 0, 0, 0), wlan(), snap()], kind: 'capwap', bits: E.wlan | E.llc },
  { name: 'TZSP', port: 37_008, layers: [tzsp(), ethernet()], kind: 'tzsp' },
]; // prettier-ignore

testDecoding(
  'UDP tunnel',
  OPEN.map(({ name, port, layers, isIpv6, kind, id, bits, mpls: label, depth }) => ({
    name,
    layers: [
      ethernet(),
      OUTER,
      udp({ sourcePort: 50_000, destinationPort: port }),
      ...layers,
      isIpv6 === true ? IPV6 : IPV4,
      UDP,
      payload(3),
    ],
    found: {
      ...FOUND_ETHERNET,
      ...(isIpv6 === true ? FOUND_IPV6 : FOUND_IPV4),
      ...FOUND_UDP,
      encapsulations: E.ethernet | (bits ?? 0),
      ...(label === undefined ? {} : { mplsLabels: 1, mplsTop: label }),
      ...FOUND_OUTER,
      tunnelKind: TUNNEL[kind],
      ...(id === undefined ? {} : { tunnelId: id }),
      ...(depth === undefined ? {} : { tunnelDepth: depth }),
      ...foundPayload(
        layers.reduce((sum, layer) => sum + layer.headerBytes, 42 + (isIpv6 === true ? 48 : 28)),
        3,
      ),
    },
  })),
);

const FOUND_OUTSIDE = {
  ...FOUND_ETHERNET,
  ...FOUND_IPV4,
  source3: 0xac100001 | 0,
  destination3: 0xac100002 | 0,
  ttl: 9,
  protocol: 17,
  hasPorts: true,
  sourcePort: 50_000,
};
/** `ipId` of the outer header is zero, which `found` leaves out. */
const { ipId: _, ...FOUND_UNOPENED } = FOUND_OUTSIDE;

testDecoding('a datagram that only has the port stays what it is', [
  ...OPEN.map(({ name, port }) => ({
    name: `on the port of ${name}`,
    layers: [ethernet(), OUTER, udp({ sourcePort: 50_000, destinationPort: port }), payload(99, 0x5a)],
    found: {
      ...FOUND_UNOPENED,
      destinationPort: port,
      ...foundPayload(42, 99),
    },
  })),
  {
    name: 'VXLAN whose packet inside is longer than the datagram',
    layers: [
      ethernet(),
      OUTER,
      udp({ sourcePort: 50_000, destinationPort: 4789 }),
      vxlan({ network: 1 }),
      ethernet(),
      ipv4({ source: 1, destination: 2, totalLength: 1000 }),
      UDP,
    ],
    found: { ...FOUND_UNOPENED, destinationPort: 4789, ...foundPayload(42, 50) },
  },
  {
    name: 'a message of GTP that is no user packet',
    layers: [ethernet(), OUTER, udp({ sourcePort: 50_000, destinationPort: 2152 }), gtp({ teid: 0, message: 1 }), IPV4],
    found: { ...FOUND_UNOPENED, destinationPort: 2152, ...foundPayload(42, 28) },
  },
  {
    name: 'an L2TP control message',
    layers: [
      ethernet(),
      OUTER,
      udp({ sourcePort: 50_000, destinationPort: 1701 }),
      l2tp({ tunnel: 1, session: 0, isControl: true }),
    ],
    found: { ...FOUND_UNOPENED, destinationPort: 1701, ...foundPayload(42, 12) },
  },
]);

testDecoding('a tunnel that is encrypted is told, its flow stays the outer one', [
  {
    name: 'IPsec behind address translation (RFC 3948 §2)',
    layers: [
      ethernet(),
      OUTER,
      udp({ sourcePort: 50_000, destinationPort: 4500 }),
      esp({ spi: 0x81234567, sequence: 9 }),
      payload(40),
    ],
    found: {
      ...FOUND_UNOPENED,
      destinationPort: 4500,
      spi: 0x81234567 | 0,
      espSequence: 9,
      tunnelKind: TUNNEL.ipsecnat,
      tunnelId: 0x81234567 | 0,
      ...foundPayload(42, 48),
    },
  },
  {
    name: 'key exchange on the same port is none',
    layers: [ethernet(), OUTER, udp({ sourcePort: 50_000, destinationPort: 4500 }), payload(4, 0), payload(40)],
    found: { ...FOUND_UNOPENED, destinationPort: 4500, ...foundPayload(42, 44) },
  },
  {
    name: 'WireGuard (whitepaper §5.4.6)',
    layers: [
      ethernet(),
      OUTER,
      udp({ sourcePort: 50_000, destinationPort: 51_820 }),
      bytesOf(4, 0, 0, 0, 1, 2, 3, 4),
      payload(40),
    ],
    found: {
      ...FOUND_UNOPENED,
      destinationPort: 51_820,
      tunnelKind: TUNNEL.wireguard,
      tunnelId: 0x04030201,
      ...foundPayload(42, 48),
    },
  },
]);
