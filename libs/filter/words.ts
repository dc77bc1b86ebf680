import { ENCAPSULATION } from '../packet/headers.ts';
import { EVENT } from '../record/fields/field.ts';
import { OTHER_NAMES } from '../record/fields/other-names.ts';
import { join, type Node } from './ast.ts';

/** Where a value must lie: `any` is `src or dst`, which also stands when nothing is said. */
export type Direction = 'src' | 'dst' | 'any' | 'both';

/** What an address or number is; the word stands before it. */
export type Type = 'host' | 'net' | 'port' | 'proto' | 'srcid' | 'encaps';

export const TYPES: ReadonlyMap<string, Type> = new Map([
  ...(['host', 'net', 'port', 'proto', 'srcid', 'encaps'] as const).map((type): [string, Type] => [type, type]),
  ['portrange', 'port'],
]);

/** Ethernet type numbers (IEEE 802 numbers) of what has a word of its own. */
const ETHERTYPE = {
  ipv4: 0x0800,
  arp: 0x0806,
  rarp: 0x8035,
  ipv6: 0x86dd,
  mopdl: 0x6001,
  moprc: 0x6002,
  decnet: 0x6003,
  lat: 0x6004,
} as const;

/** LLC service access point of the protocols of OSI (ISO/IEC TR 9577). */
const OSI_SAP = 0xfe;

/** A stored numeric field that has this value. */
export const equals = (field: string, value: number): Node => ({
  kind: 'range',
  field,
  low: value,
  high: value,
  inside: true,
});
export const bits = (field: string, mask: number): Node => ({ kind: 'bits', field, mask });
export const present = (field: string): Node => ({ kind: 'present', field });
const encapsulated = (mask: number): Node => join('or', bits('sencaps', mask), bits('dencaps', mask));
export const nothing = (why: string): Node => ({ kind: 'nothing', why });
const etype = (number: number): Node => equals('etype', number);

/** IPv4 or IPv6, fragments included. */
const ANY_IP: Node = join('or', etype(ETHERTYPE.ipv4), etype(ETHERTYPE.ipv6));

/** Cheaper than `ANY_IP`, and the same of what has ports or access points. */
export const HAS_PROTOCOL: Node = present('ipproto');

/** Words that may stand before a direction, a type and an address: `udp src port 53`. IP protocols have their own table. */
export const PROTOCOL_WORDS: Readonly<Record<string, Node>> = {
  ip: ANY_IP,
  ipv4: etype(ETHERTYPE.ipv4),
  ip4: etype(ETHERTYPE.ipv4),
  ipv6: etype(ETHERTYPE.ipv6),
  ip6: etype(ETHERTYPE.ipv6),
  arp: etype(ETHERTYPE.arp),
  rarp: etype(ETHERTYPE.rarp),
  icmp: equals('ipproto', 1),
  icmp6: equals('ipproto', 58),
  icmpv6: equals('ipproto', 58),
  rtp: bits('events', EVENT.rtp),
  rtcp: bits('events', EVENT.rtcp),
  udt: nothing('UDT is not decoded'),
  isis: join('and', equals('etype', 0), join('and', equals('sport', OSI_SAP), equals('dport', OSI_SAP))),
  decnet: etype(ETHERTYPE.decnet),
  lat: etype(ETHERTYPE.lat),
  moprc: etype(ETHERTYPE.moprc),
  mopdl: etype(ETHERTYPE.mopdl),
  fddi: encapsulated(ENCAPSULATION.fddi),
  vlan: join('or', present('svlan'), present('dvlan')),
  mpls: join('or', present('smpls'), present('dmpls')),
};

/** `ether` and `link` as a test of their own. */
export const ON_ETHERNET: Node = encapsulated(ENCAPSULATION.ethernet);

/** Fields that a number after the word of a protocol means: `vlan 100`. */
export const PROTOCOL_NUMBERS: Readonly<Record<string, string>> = { vlan: 'vid', mpls: 'mpls' };

/** Names of encapsulations, for `encaps gre`; 0 for what is not decoded. */
export const ENCAPSULATION_WORDS: Readonly<Record<string, number>> = {
  eth: ENCAPSULATION.ethernet,
  ether: ENCAPSULATION.ethernet,
  mpls: ENCAPSULATION.mpls,
  '802q': ENCAPSULATION.vlan,
  vlan: ENCAPSULATION.vlan,
  llc: ENCAPSULATION.llc,
  pppoe: ENCAPSULATION.pppoe,
  isl: ENCAPSULATION.isl,
  gre: ENCAPSULATION.gre,
  erspan: ENCAPSULATION.erspan,
  ah: ENCAPSULATION.ah,
  ipnip: ENCAPSULATION.ipTunnel,
  ipnip6: ENCAPSULATION.ipv6Tunnel,
  hdlc: ENCAPSULATION.hdlc,
  chdlc: ENCAPSULATION.ciscoHdlc,
  atm: ENCAPSULATION.atm,
  sll: ENCAPSULATION.linuxCooked,
  fddi: ENCAPSULATION.fddi,
  slip: ENCAPSULATION.slip,
  arc: ENCAPSULATION.arcnet,
  wlan: ENCAPSULATION.wlan,
  prism: ENCAPSULATION.prism,
  avs: ENCAPSULATION.avs,
  teredo: ENCAPSULATION.teredo,
  juniper: ENCAPSULATION.juniper,
  vxlan: ENCAPSULATION.vxlan,
  geneve: ENCAPSULATION.geneve,
  gtp: ENCAPSULATION.gtp,
  l2tp: ENCAPSULATION.l2tp,
  ppp: ENCAPSULATION.ppp,
  fr: ENCAPSULATION.frameRelay,
  null: ENCAPSULATION.nullLoopback,
  other: ENCAPSULATION.other,
  lrh: 0,
  grh: 0,
  udt: 0,
  ipsec: 0,
};

/** Other names of fields, without the `s` or `d` of a direction. */
export const FIELD_ALIASES: Readonly<Record<string, string>> = {
  ...OTHER_NAMES,
  data: 'appbytes',
  appbyte: 'appbytes',
  base: 'tcpb',
  tcpbase: 'tcpb',
  inter: 'intpkt',
  intpktidle: 'intpktidl',
  jitter: 'jit',
  jitidle: 'jitidl',
  pcratio: 'pcr',
  deldur: 'dldur',
  delstime: 'dlstime',
  delltime: 'dlltime',
  mid: 'mpls',
  asn: 'as',
};
