import { FLOW_BATCH, MANAGEMENT_BATCH } from '../record/batch.ts';
import { CAUSE, EVENT, TCP_STATE } from '../record/fields/field.ts';
import { join, type Node } from './ast.ts';

/** Where a value must lie: `any` is `src or dst`, which also stands when nothing is said. */
export type Direction = 'src' | 'dst' | 'any' | 'both';

/** What an address or number is; the word stands before it. */
export type Type = 'host' | 'net' | 'port' | 'proto' | 'srcid' | 'inode';

export const TYPES: ReadonlyMap<string, Type> = new Map(
  (['host', 'net', 'port', 'proto', 'srcid', 'inode'] as const).map((type) => [type, type]),
);

/** Ethernet type numbers (IEEE 802 numbers) of what has a word of its own. */
const ETHERTYPE = { ipv4: 0x0800, arp: 0x0806, rarp: 0x8035, ipv6: 0x86dd } as const;

/** A stored numeric field that has this value. */
export const equals = (field: string, value: number): Node => ({
  kind: 'range',
  field,
  low: value,
  high: value,
  inside: true,
});
const bits = (field: string, mask: number): Node => ({ kind: 'bits', field, mask });
const present = (field: string): Node => ({ kind: 'present', field });
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
  vlan: join('or', present('svlan'), present('dvlan')),
  mpls: join('or', present('smpls'), present('dmpls')),
};

/** Words that are a whole test. */
export const PLAIN_WORDS: Readonly<Record<string, Node>> = {
  man: { kind: 'record', type: MANAGEMENT_BATCH },
  mar: { kind: 'record', type: MANAGEMENT_BATCH },
  far: { kind: 'record', type: FLOW_BATCH },

  start: equals('cause', CAUSE.start),
  status: equals('cause', CAUSE.status),
  stop: equals('cause', CAUSE.stop),
  timeout: equals('cause', CAUSE.timeout),
  shut: equals('cause', CAUSE.shutdown),
  error: equals('cause', CAUSE.error),

  syn: bits('tcpstate', TCP_STATE.syn),
  synack: bits('tcpstate', TCP_STATE.synAck),
  est: bits('tcpstate', TCP_STATE.established),
  con: bits('tcpstate', TCP_STATE.established),
  fin: bits('tcpstate', TCP_STATE.fin),
  finack: bits('tcpstate', TCP_STATE.finAck),
  rst: bits('tcpstate', TCP_STATE.sourceReset | TCP_STATE.destinationReset),
  reset: bits('tcpstate', TCP_STATE.sourceReset | TCP_STATE.destinationReset),

  frag: bits('events', EVENT.fragments | EVENT.laterFragmentsOnly),
  fragonly: bits('events', EVENT.laterFragmentsOnly),
};

/** Other names of numeric fields, without the `s` or `d` of a direction. */
export const FIELD_ALIASES: Readonly<Record<string, string>> = {
  data: 'appbytes',
  appbyte: 'appbytes',
  base: 'tcpb',
  tcpbase: 'tcpb',
  inter: 'intpkt',
  jitter: 'jit',
  pcratio: 'pcr',
  avgdur: 'mean',
};
