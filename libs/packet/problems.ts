import type { Headers } from './headers.ts';

/** What can be wrong with a packet: the layer that found it, then what it found. */
const TEXTS = {
  none: 'none',
  linkUnknown: 'link: unknown type',
  tooManyLayers: 'packet: too many layers',
  tunnelDepth: 'packet: too many tunnels',
  ethernetTruncated: 'ethernet: truncated',
  ethernetLength: 'ethernet: length beyond the frame',
  vlanTruncated: 'vlan: truncated',
  llcTruncated: 'llc: truncated',
  cookedTruncated: 'linux cooked: truncated',
  nullTruncated: 'null: truncated',
  nullFamily: 'null: unknown address family',
  pppTruncated: 'ppp: truncated',
  pppoeTruncated: 'pppoe: truncated',
  pppoeLength: 'pppoe: length beyond the frame',
  hdlcTruncated: 'cisco hdlc: truncated',
  frameRelayTruncated: 'frame relay: truncated',
  slipTruncated: 'slip: truncated',
  wlanTruncated: '802.11: truncated',
  radiotapTruncated: 'radiotap: truncated',
  radiotapLength: 'radiotap: malformed length',
  ppiTruncated: 'ppi: truncated',
  prismTruncated: 'prism: truncated',
  avsTruncated: 'avs: truncated',
  nflogTruncated: 'nflog: truncated',
  nflogAttribute: 'nflog: malformed attribute',
  pktapTruncated: 'pktap: truncated',
  ipoibTruncated: 'ipoib: truncated',
  tokenRingTruncated: 'token ring: truncated',
  fddiTruncated: 'fddi: truncated',
  arcnetTruncated: 'arcnet: truncated',
  islTruncated: 'isl: truncated',
  mplsTruncated: 'mpls: truncated',
  mplsStack: 'mpls: more than 8 labels',
  mplsPayload: 'mpls: payload not recognised',
  fabricPathTruncated: 'fabricpath: truncated',
  trillTruncated: 'trill: truncated',
  batmanTruncated: 'batman: truncated',
  pbbTruncated: 'pbb: truncated',
  shimTruncated: 'tag: truncated',
  macsecTruncated: 'macsec: truncated',
  nshTruncated: 'nsh: truncated',
  atmTruncated: 'atm: truncated',
  pflogTruncated: 'pflog: truncated',
  arpTruncated: 'arp: truncated',
  arpAddresses: 'arp: protocol addresses are not IPv4',
  ipTruncated: 'ip: truncated',
  ipVersion: 'ip: version is neither 4 nor 6',
  ipv4Truncated: 'ipv4: truncated',
  ipv4Version: 'ipv4: version is not 4',
  ipv4HeaderLength: 'ipv4: header length below 20 or beyond the packet',
  ipv4TotalLength: 'ipv4: total length below header length',
  ipv4LengthBeyond: 'ipv4: total length beyond the frame',
  ipv4Options: 'ipv4: malformed options',
  ipv6Truncated: 'ipv6: truncated',
  ipv6Version: 'ipv6: version is not 6',
  ipv6LengthBeyond: 'ipv6: payload length beyond the frame',
  ipv6ExtensionTruncated: 'ipv6: truncated extension header',
  ipv6ExtensionCount: 'ipv6: too many extension headers',
  ipv6ExtensionMisplaced: 'ipv6: extension header outside IPv6',
  tcpTruncated: 'tcp: truncated',
  tcpHeaderLength: 'tcp: header length below 20 or beyond the segment',
  tcpOptions: 'tcp: malformed options',
  udpTruncated: 'udp: truncated',
  udpLength: 'udp: length below 8',
  icmpTruncated: 'icmp: truncated',
  icmpQuote: 'icmp: quoted packet cut or malformed',
  icmp6Truncated: 'icmp6: truncated',
  igmpTruncated: 'igmp: truncated',
  espTruncated: 'esp: truncated',
  ahTruncated: 'ah: truncated',
  ahLength: 'ah: length below 12',
  sctpTruncated: 'sctp: truncated',
  dccpTruncated: 'dccp: truncated',
  udpLiteTruncated: 'udp-lite: truncated',
  greTruncated: 'gre: truncated',
  greVersion: 'gre: unknown version',
  greRouting: 'gre: malformed source routing',
  erspanTruncated: 'erspan: truncated',
  erspanVersion: 'erspan: unknown version',
  etherIpTruncated: 'etherip: truncated',
  etherIpVersion: 'etherip: version is not 3',
  l2tpTruncated: 'l2tp: truncated',
  l2tpPayload: 'l2tp: payload not recognised',
  pimTruncated: 'pim: truncated',
} as const;

/** Text of a problem by its number, the value of `Headers.problem`. */
export const PROBLEM_NAMES: readonly string[] = Object.values(TEXTS);

/** Number of a problem by its key. The numbers are not kept from version to version; the names are. */
export const PROBLEM = Object.fromEntries(Object.keys(TEXTS).map((key, index) => [key, index])) as {
  readonly [key in keyof typeof TEXTS]: number;
};

/** Records a problem that does not stop the decoding. The first one of a packet stays: what follows is its consequence. */
export function note(headers: Headers, problem: number): void {
  if (headers.problem === 0) headers.problem = problem;
}

/** Records why a layer does not decode; the result is for the decoder to return. */
export function stop(headers: Headers, problem: number): -1 {
  note(headers, problem);
  return -1;
}
