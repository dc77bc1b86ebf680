import type { AddressColumnBuilder, BatchBuilder, BytesColumnBuilder, NumberColumnBuilder } from '../record/builder.ts';
import { STORED_FIELDS, type StoredName } from '../record/fields/stored.ts';
import { isNumeric } from '../record/kinds.ts';

type Pair = readonly [NumberColumnBuilder, NumberColumnBuilder];

/** The columns that a flow reporter writes, looked up once. Of each pair the first is the initiator's. */
export class FlowColumns {
  readonly #builder: BatchBuilder;
  readonly flowid: NumberColumnBuilder;
  readonly cause: NumberColumnBuilder;
  readonly stime: NumberColumnBuilder;
  readonly stimens: NumberColumnBuilder;
  readonly dur: NumberColumnBuilder;
  readonly etype: NumberColumnBuilder;
  readonly ipproto: NumberColumnBuilder;
  readonly saddr: AddressColumnBuilder;
  readonly daddr: AddressColumnBuilder;
  readonly sport: NumberColumnBuilder;
  readonly dport: NumberColumnBuilder;
  readonly spkts: NumberColumnBuilder;
  readonly dpkts: NumberColumnBuilder;
  readonly sbytes: NumberColumnBuilder;
  readonly dbytes: NumberColumnBuilder;
  readonly events: NumberColumnBuilder;
  readonly spi: NumberColumnBuilder;
  readonly slost: NumberColumnBuilder;
  readonly dlost: NumberColumnBuilder;
  readonly sappbytes: NumberColumnBuilder;
  readonly dappbytes: NumberColumnBuilder;
  readonly dnsid: NumberColumnBuilder;
  readonly ttl: Pair;
  readonly tos: Pair;
  readonly ipid: Pair;
  readonly ipoptions: NumberColumnBuilder;
  readonly icmptype: NumberColumnBuilder;
  readonly icmpcode: NumberColumnBuilder;
  readonly icmpid: NumberColumnBuilder;
  readonly icmpseq: NumberColumnBuilder;
  readonly inode: AddressColumnBuilder;
  readonly sencaps: NumberColumnBuilder;
  readonly dencaps: NumberColumnBuilder;
  readonly macs: readonly [AddressColumnBuilder, AddressColumnBuilder];
  readonly vlan: Pair;
  readonly outerVlan: Pair;
  readonly mpls: Pair;
  readonly tunkind: NumberColumnBuilder;
  readonly tunid: NumberColumnBuilder;
  readonly tunsrc: AddressColumnBuilder;
  readonly tundst: AddressColumnBuilder;
  readonly tundepth: NumberColumnBuilder;
  readonly tcpstate: NumberColumnBuilder;
  readonly tcpFlags: Pair;
  readonly tcpBase: Pair;
  readonly window: Pair;
  readonly tcpoptions: NumberColumnBuilder;
  readonly synack: NumberColumnBuilder;
  readonly ackdat: NumberColumnBuilder;
  readonly retransmitted: Pair;
  readonly outOfOrder: Pair;
  readonly gap: Pair;
  readonly mss: Pair;
  /** First and last packet of each direction. */
  readonly response: readonly [Pair, Pair];
  readonly sizes: readonly [Pair, Pair];
  /** For each direction the five columns of active intervals, then the five of idle ones. */
  readonly intervals: readonly [readonly NumberColumnBuilder[], readonly NumberColumnBuilder[]];
  readonly payload: readonly [BytesColumnBuilder, BytesColumnBuilder];

  constructor(builder: BatchBuilder) {
    this.#builder = builder;
    this.flowid = this.#number('flowid');
    this.cause = this.#number('cause');
    this.stime = this.#number('stime');
    this.stimens = this.#number('stimens');
    this.dur = this.#number('dur');
    this.etype = this.#number('etype');
    this.ipproto = this.#number('ipproto');
    this.saddr = this.#address('saddr');
    this.daddr = this.#address('daddr');
    this.sport = this.#number('sport');
    this.dport = this.#number('dport');
    this.spkts = this.#number('spkts');
    this.dpkts = this.#number('dpkts');
    this.sbytes = this.#number('sbytes');
    this.dbytes = this.#number('dbytes');
    this.events = this.#number('events');
    this.spi = this.#number('spi');
    this.slost = this.#number('slost');
    this.dlost = this.#number('dlost');
    this.sappbytes = this.#number('sappbytes');
    this.dappbytes = this.#number('dappbytes');
    this.dnsid = this.#number('dnsid');
    this.ttl = this.#pair('sttl', 'dttl');
    this.tos = this.#pair('stos', 'dtos');
    this.ipid = this.#pair('sipid', 'dipid');
    this.ipoptions = this.#number('ipoptions');
    this.icmptype = this.#number('icmptype');
    this.icmpcode = this.#number('icmpcode');
    this.icmpid = this.#number('icmpid');
    this.icmpseq = this.#number('icmpseq');
    this.inode = this.#address('inode');
    this.sencaps = this.#number('sencaps');
    this.dencaps = this.#number('dencaps');
    this.macs = [this.#address('smac'), this.#address('dmac')];
    this.vlan = this.#pair('svlan', 'dvlan');
    this.outerVlan = this.#pair('sovlan', 'dovlan');
    this.mpls = this.#pair('smpls', 'dmpls');
    this.tunkind = this.#number('tunkind');
    this.tunid = this.#number('tunid');
    this.tunsrc = this.#address('tunsrc');
    this.tundst = this.#address('tundst');
    this.tundepth = this.#number('tundepth');
    this.tcpstate = this.#number('tcpstate');
    this.tcpFlags = this.#pair('sflags', 'dflags');
    this.tcpBase = this.#pair('stcpb', 'dtcpb');
    this.window = this.#pair('swin', 'dwin');
    this.tcpoptions = this.#number('tcpoptions');
    this.synack = this.#number('synack');
    this.ackdat = this.#number('ackdat');
    this.retransmitted = this.#pair('sretrans', 'dretrans');
    this.outOfOrder = this.#pair('sooo', 'dooo');
    this.gap = this.#pair('sgap', 'dgap');
    this.mss = this.#pair('smss', 'dmss');
    this.response = [this.#pair('sfirst', 'slast'), this.#pair('dfirst', 'dlast')];
    this.sizes = [this.#pair('sminsz', 'smaxsz'), this.#pair('dminsz', 'dmaxsz')];
    this.intervals = [
      this.#numbers([
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
      this.#numbers([
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
    ];
    this.payload = [builder.bytes(STORED_FIELDS.suser.number), builder.bytes(STORED_FIELDS.duser.number)];
  }

  #number(name: StoredName): NumberColumnBuilder {
    const { number, kind } = STORED_FIELDS[name];
    if (!isNumeric(kind)) throw new TypeError(`field ${name} is no number`);
    return this.#builder.number(number, kind);
  }

  #numbers(names: readonly StoredName[]): readonly NumberColumnBuilder[] {
    return names.map((name) => this.#number(name));
  }

  #pair(source: StoredName, destination: StoredName): Pair {
    return [this.#number(source), this.#number(destination)];
  }

  #address(name: StoredName): AddressColumnBuilder {
    return this.#builder.address(STORED_FIELDS[name].number);
  }
}
