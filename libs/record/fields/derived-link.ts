import { encapsulationLetters } from './encapsulations.ts';
import type { Address, DerivedField, Format, Value } from './field.ts';
import { tcpOptionLetters } from './tcp-options.ts';

const field = <K extends DerivedField['kind']>(
  number: number,
  kind: K,
  heading: string,
  width: number,
  format: Format,
  from: readonly string[],
  compute: (...values: never[]) => Value,
  about: string,
) => ({ number, kind, heading, width, format, from, compute, about }) as const;

const tag = {
  id: (tci: number): number => tci & 0xfff,
  priority: (tci: number): number => tci >>> 13,
};

/** The first three bytes, which name the maker (IEEE 802). */
function organisation({ lanes }: Address): string {
  const high = lanes[2].toString(16).padStart(4, '0');
  return `${high.slice(0, 2)}:${high.slice(2, 4)}:${(lanes[3] >>> 24).toString(16).padStart(2, '0')}`;
}

/** Names of code points (RFC 2474, 2597, 3246); the others are numbers. */
const DSCP: ReadonlyMap<number, string> = new Map([
  [46, 'ef'],
  ...Array.from({ length: 8 }, (_, i): [number, string] => [8 * i, `cs${i}`]),
  ...[1, 2, 3, 4].flatMap((i) => [1, 2, 3].map((j): [number, string] => [8 * i + 2 * j, `af${i}${j}`])),
]);

const DSCP_WORDS: readonly string[] = Array.from({ length: 64 }, (_, point) => DSCP.get(point) ?? String(point));

const differentiatedService = (tos: number): string => DSCP_WORDS[tos >>> 2]!;

/** Senders start at 255 or at a power of two; the least of these that is not below is taken. */
function hops(ttl: number): number {
  if (ttl > 128) return 255 - ttl;
  return ttl === 0 ? 0 : 2 ** Math.ceil(Math.log2(ttl)) - ttl;
}

/** What the link layer, IP and TCP options tell of each direction. */
export const DERIVED_LINK_FIELDS = {
  soui: field(1140, 'text', 'SrcOui', 9, 'text', ['smac'], organisation, "Maker's part of smac."),
  doui: field(1141, 'text', 'DstOui', 9, 'text', ['dmac'], organisation, "Maker's part of dmac."),
  svid: field(1142, 'number', 'sVid', 6, 'integer', ['svlan'], tag.id, 'VLAN id of svlan.'),
  dvid: field(1143, 'number', 'dVid', 6, 'integer', ['dvlan'], tag.id, 'VLAN id of dvlan.'),
  svpri: field(1144, 'number', 'sVpri', 6, 'integer', ['svlan'], tag.priority, 'Priority of svlan.'),
  dvpri: field(1145, 'number', 'dVpri', 6, 'integer', ['dvlan'], tag.priority, 'Priority of dvlan.'),
  senc: field(
    1146,
    'text',
    'sEnc',
    12,
    'text',
    ['sencaps'],
    encapsulationLetters,
    'Encapsulations of the initiator, a letter each.',
  ),
  denc: field(
    1147,
    'text',
    'dEnc',
    12,
    'text',
    ['dencaps'],
    encapsulationLetters,
    'Encapsulations of the responder, a letter each.',
  ),
  sdsb: {
    ...field(
      1148,
      'text',
      'sDSb',
      5,
      'text',
      ['stos'],
      differentiatedService,
      'Differentiated service of stos: csN, afNN, ef or the number.',
    ),
    words: DSCP_WORDS,
    wordsAreNumbered: true,
  },
  ddsb: {
    ...field(
      1149,
      'text',
      'dDSb',
      5,
      'text',
      ['dtos'],
      differentiatedService,
      'Differentiated service of dtos: csN, afNN, ef or the number.',
    ),
    words: DSCP_WORDS,
    wordsAreNumbered: true,
  },
  shops: {
    ...field(
      1150,
      'number',
      'sHops',
      5,
      'integer',
      ['sttl'],
      hops,
      'Distance guessed from sttl: up to the next power of two, or 255.',
    ),
    unit: 'hops',
  },
  dhops: {
    ...field(
      1151,
      'number',
      'dHops',
      5,
      'integer',
      ['dttl'],
      hops,
      'Distance guessed from dttl: up to the next power of two, or 255.',
    ),
    unit: 'hops',
  },
  tcpopt: field(
    1152,
    'text',
    'TcpOpt',
    12,
    'letters',
    ['tcpoptions', 'events?'],
    tcpOptionLetters,
    'TCP options seen, a place each: M MSS, w window scale, s SACK permitted, S SACK, e echo, E echo reply, T timestamp, c CC, N CC.NEW, O CC.ECHO, S ECN of the initiator, D ECN of the responder.',
  ),
} as const satisfies Record<string, DerivedField>;
