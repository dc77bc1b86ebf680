import {
  decodeAggregate,
  decodeBehavior,
  decodeIntervals,
  decodeMetric,
  decodePacketSize,
} from './counter-sections.ts';
import type { FlowRecord } from './flow-record.ts';
import { SECTION } from './format.ts';
import { decodeKey } from './key-section.ts';
import { decodeAttributes, decodeEncapsulation, decodeIcmpError, decodeMac, decodeMpls, decodeVlan } from './link-sections.ts'; // prettier-ignore
import { decodeNetwork } from './network-section.ts';
import { decodeAsn, decodeCountry, decodeData, decodeLabel } from './text-sections.ts';
import { decodeTime } from './time-section.ts';
import { decodeTransport } from './transport-section.ts';

/** Reads the section of `view` in `[at, end)`, header included, into `record`. Never reads beyond `end`. */
type Decode = (record: FlowRecord, view: DataView, at: number, end: number) => void;

interface Section {
  readonly name: string;
  /** Undefined of sections that have no meaning in our fields. */
  readonly decode?: Decode;
  /** Which of our fields cannot be told without it; a section without such a list is always decoded. */
  readonly fields?: readonly string[];
}

/** `s` and `d` before each name. */
const sided = (...names: readonly string[]): string[] => names.flatMap((name) => [`s${name}`, `d${name}`]);
const STATISTICS = ['n', 'sum', 'sq', 'min', 'max'];
const TIMES = ['stime', 'stimens', 'dur', ...sided('first', 'last')];
const TCP = ['tcpstate', 'tcpoptions', 'synack', 'ackdat'];
/** What a side that sent nothing does not have, and what few packets are not believed to be. */
const OF_SPEAKERS = ['events', ...sided('flags', 'win', 'tcpb', 'lost')];

/** Every section that is known. Others are passed over by their length, and counted. */
const KNOWN: readonly (readonly [type: number, section: Section])[] = [
  [SECTION.transport, { name: 'source and sequence', decode: decodeTransport }],
  [SECTION.flow, { name: 'key', decode: decodeKey }],
  [SECTION.time, { name: 'time', decode: decodeTime, fields: TIMES }],
  [
    SECTION.metric,
    {
      name: 'counters',
      decode: decodeMetric,
      fields: [...sided('pkts', 'bytes', 'appbytes'), ...TIMES, ...OF_SPEAKERS],
    },
  ],
  [
    SECTION.network,
    {
      name: 'protocol',
      decode: decodeNetwork,
      fields: [...OF_SPEAKERS, ...TCP, ...sided('retrans', 'gap', 'mss')],
    },
  ],
  [SECTION.icmp, { name: 'ICMP error', decode: decodeIcmpError, fields: ['events', 'inode', ...TIMES] }],
  [SECTION.packetSize, { name: 'packet sizes', decode: decodePacketSize, fields: sided('minsz', 'maxsz') }],
  [SECTION.encapsulation, { name: 'encapsulations', decode: decodeEncapsulation, fields: sided('encaps') }],
  [SECTION.asn, { name: 'AS numbers', decode: decodeAsn, fields: [...sided('as'), 'ias'] }],
  [SECTION.vlan, { name: 'VLAN tags', decode: decodeVlan, fields: sided('vlan') }],
  [SECTION.mac, { name: 'MAC addresses', decode: decodeMac, fields: [...sided('mac'), 'events'] }],
  [SECTION.mpls, { name: 'MPLS labels', decode: decodeMpls, fields: sided('mpls') }],
  [
    SECTION.jitter,
    {
      name: 'times between packets',
      decode: decodeIntervals,
      fields: ['act', 'idl'].flatMap((when) => sided(...STATISTICS.map((name) => when + name))),
    },
  ],
  [
    SECTION.attributes,
    {
      name: 'IP attributes',
      decode: decodeAttributes,
      fields: [...sided('ttl', 'tos', 'ipid'), 'ipoptions', 'events'],
    },
  ],
  [SECTION.data, { name: 'payload', decode: decodeData, fields: sided('user') }],
  [SECTION.behavior, { name: 'keystrokes', decode: decodeBehavior, fields: sided('nstroke') }],
  [SECTION.aggregate, { name: 'aggregation', decode: decodeAggregate, fields: ['trans'] }],
  [SECTION.country, { name: 'countries', decode: decodeCountry, fields: sided('co') }],
  [SECTION.label, { name: 'label', decode: decodeLabel, fields: ['label'] }],
  [SECTION.flowHash, { name: 'flow hash' }],
  [SECTION.gre, { name: 'GRE' }],
  [SECTION.vxlan, { name: 'VXLAN' }],
  [SECTION.geneve, { name: 'Geneve' }],
  [SECTION.score, { name: 'score' }],
  [SECTION.correlation, { name: 'correlation' }],
  [SECTION.geo, { name: 'coordinates' }],
  [SECTION.local, { name: 'locality' }],
];

/** Sections by type, `SECTION_TYPES` of them. */
export type SectionTable = readonly (Decode | undefined)[];
export const SECTION_TYPES = 128;

const ALL = new Map(KNOWN);

/** What a section of this type is called. */
export function sectionName(type: number): string {
  return ALL.get(type)?.name ?? `section 0x${type.toString(16).padStart(2, '0')}`;
}

/** By type: 1 where what the section says has a place in our fields. */
export const IS_MEANINGFUL = Uint8Array.from({ length: SECTION_TYPES }, (_, type) =>
  ALL.get(type)?.decode === undefined ? 0 : 1,
);

/**
 * The decoders of the sections that have to be looked at for some fields. They do not tell whether a flow is turned round:
 * see `mayBeTurned`.
 * @param isWanted tells by name; undefined for all fields
 */
export function sectionTable(isWanted: ((field: string) => boolean) | undefined): SectionTable {
  const table = new Array<Decode | undefined>(SECTION_TYPES).fill(undefined);
  for (const [type, { decode, fields }] of KNOWN) {
    if (isWanted === undefined || fields === undefined || fields.some(isWanted)) table[type] = decode;
  }
  return table;
}
