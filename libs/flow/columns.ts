import type {
  AddressColumnBuilder,
  BatchBuilder,
  BytesColumnBuilder,
  NumberColumnBuilder,
  TextColumnBuilder,
} from '../record/builder.ts';
import { STORED_FIELDS, type StoredName } from '../record/fields/stored.ts';
import { isNumeric } from '../record/kinds.ts';

/** Looks up the columns of stored fields. */
class ColumnMaker {
  readonly #builder: BatchBuilder;

  constructor(builder: BatchBuilder) {
    this.#builder = builder;
  }

  number(name: StoredName): NumberColumnBuilder {
    const { number, kind } = STORED_FIELDS[name];
    if (!isNumeric(kind)) throw new TypeError(`field ${name} is no number`);
    return this.#builder.number(number, kind);
  }

  numbers(names: readonly StoredName[]): readonly NumberColumnBuilder[] {
    return names.map((name) => this.number(name));
  }

  pair(source: StoredName, destination: StoredName): readonly [NumberColumnBuilder, NumberColumnBuilder] {
    return [this.number(source), this.number(destination)];
  }

  address(name: StoredName): AddressColumnBuilder {
    return this.#builder.address(STORED_FIELDS[name].number);
  }

  text(name: StoredName): TextColumnBuilder {
    return this.#builder.text(STORED_FIELDS[name].number);
  }

  bytes(name: StoredName): BytesColumnBuilder {
    return this.#builder.bytes(STORED_FIELDS[name].number);
  }
}

const coreColumns = (make: ColumnMaker) => ({
  flowid: make.number('flowid'),
  cause: make.number('cause'),
  stime: make.number('stime'),
  stimens: make.number('stimens'),
  dur: make.number('dur'),
  etype: make.number('etype'),
  ipproto: make.number('ipproto'),
  saddr: make.address('saddr'),
  daddr: make.address('daddr'),
  sport: make.number('sport'),
  dport: make.number('dport'),
  spkts: make.number('spkts'),
  dpkts: make.number('dpkts'),
  sbytes: make.number('sbytes'),
  dbytes: make.number('dbytes'),
  events: make.number('events'),
  spi: make.number('spi'),
  slost: make.number('slost'),
  dlost: make.number('dlost'),
  sappbytes: make.number('sappbytes'),
  dappbytes: make.number('dappbytes'),
  dnsid: make.number('dnsid'),
});

const networkColumns = (make: ColumnMaker) => ({
  ttl: make.pair('sttl', 'dttl'),
  tos: make.pair('stos', 'dtos'),
  ipid: make.pair('sipid', 'dipid'),
  ipoptions: make.number('ipoptions'),
  icmptype: make.number('icmptype'),
  icmpcode: make.number('icmpcode'),
  icmpid: make.number('icmpid'),
  icmpseq: make.number('icmpseq'),
  inode: make.address('inode'),
  sctpstate: make.number('sctpstate'),
  sencaps: make.number('sencaps'),
  dencaps: make.number('dencaps'),
  macs: [make.address('smac'), make.address('dmac')] as const,
  vlan: make.pair('svlan', 'dvlan'),
  outerVlan: make.pair('sovlan', 'dovlan'),
  mpls: make.pair('smpls', 'dmpls'),
  tunkind: make.number('tunkind'),
  tunid: make.number('tunid'),
  tunsrc: make.address('tunsrc'),
  tundst: make.address('tundst'),
  tundepth: make.number('tundepth'),
});

const tcpColumns = (make: ColumnMaker) => ({
  tcpstate: make.number('tcpstate'),
  tcpFlags: make.pair('sflags', 'dflags'),
  tcpBase: make.pair('stcpb', 'dtcpb'),
  window: make.pair('swin', 'dwin'),
  tcpoptions: make.number('tcpoptions'),
  synack: make.number('synack'),
  ackdat: make.number('ackdat'),
  retransmitted: make.pair('sretrans', 'dretrans'),
  outOfOrder: make.pair('sooo', 'dooo'),
  gap: make.pair('sgap', 'dgap'),
  mss: make.pair('smss', 'dmss'),
});

/** What the features that are on have gathered; intervals: the five of bursts, then the five between them. */
const optionalColumns = (make: ColumnMaker) => ({
  response: [make.pair('sfirst', 'slast'), make.pair('dfirst', 'dlast')] as const,
  sizes: [make.pair('sminsz', 'smaxsz'), make.pair('dminsz', 'dmaxsz')] as const,
  intervals: [
    make.numbers([
      'sactn',
      'sactsum',
      'sactsq',
      'sactmin',
      'sactmax',
      'sidln',
      'sidlsum',
      'sidlsq',
      'sidlmin',
      'sidlmax',
    ]),
    make.numbers([
      'dactn',
      'dactsum',
      'dactsq',
      'dactmin',
      'dactmax',
      'didln',
      'didlsum',
      'didlsq',
      'didlmin',
      'didlmax',
    ]),
  ] as const,
  app: make.number('app'),
  appname: make.text('appname'),
  payload: [make.bytes('suser'), make.bytes('duser')] as const,
});

/** The columns that a flow reporter writes, looked up once. Of each pair the first is the initiator's. */
export type FlowColumns = ReturnType<typeof flowColumns>;

export function flowColumns(builder: BatchBuilder) {
  const make = new ColumnMaker(builder);
  return { ...coreColumns(make), ...networkColumns(make), ...tcpColumns(make), ...optionalColumns(make) };
}
