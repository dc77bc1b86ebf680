import { NO_ADDRESS } from '../../packet/headers.ts';
import type { AddressColumnBuilder, BatchBuilder, BytesColumnBuilder, NumberColumnBuilder, TextColumnBuilder } from '../../record/builder.ts'; // prettier-ignore
import { STORED_FIELDS, type StoredName } from '../../record/fields/stored.ts';
import { isNumeric } from '../../record/kinds.ts';
import { ADDRESS, PIECE, PIECES, SIDED, SINGLE, type FlowRecord } from './flow-record.ts';

/** Slots of the initiator, with the names of the fields of both sides. */
export const SIDED_FIELDS: readonly (readonly [slot: number, source: StoredName, destination: StoredName])[] = [
  [SIDED.packets, 'spkts', 'dpkts'],
  [SIDED.bytes, 'sbytes', 'dbytes'],
  [SIDED.appBytes, 'sappbytes', 'dappbytes'],
  [SIDED.first, 'sfirst', 'dfirst'],
  [SIDED.last, 'slast', 'dlast'],
  [SIDED.port, 'sport', 'dport'],
  [SIDED.ttl, 'sttl', 'dttl'],
  [SIDED.tos, 'stos', 'dtos'],
  [SIDED.ipId, 'sipid', 'dipid'],
  [SIDED.vlan, 'svlan', 'dvlan'],
  [SIDED.mpls, 'smpls', 'dmpls'],
  [SIDED.encapsulations, 'sencaps', 'dencaps'],
  [SIDED.leastSize, 'sminsz', 'dminsz'],
  [SIDED.greatestSize, 'smaxsz', 'dmaxsz'],
  [SIDED.activeCount, 'sactn', 'dactn'],
  [SIDED.activeSum, 'sactsum', 'dactsum'],
  [SIDED.activeSquares, 'sactsq', 'dactsq'],
  [SIDED.activeLeast, 'sactmin', 'dactmin'],
  [SIDED.activeGreatest, 'sactmax', 'dactmax'],
  [SIDED.idleCount, 'sidln', 'didln'],
  [SIDED.idleSum, 'sidlsum', 'didlsum'],
  [SIDED.idleSquares, 'sidlsq', 'didlsq'],
  [SIDED.idleLeast, 'sidlmin', 'didlmin'],
  [SIDED.idleGreatest, 'sidlmax', 'didlmax'],
  [SIDED.tcpFlags, 'sflags', 'dflags'],
  [SIDED.tcpBase, 'stcpb', 'dtcpb'],
  [SIDED.window, 'swin', 'dwin'],
  [SIDED.retransmitted, 'sretrans', 'dretrans'],
  [SIDED.gap, 'sgap', 'dgap'],
  [SIDED.segmentSize, 'smss', 'dmss'],
  [SIDED.lost, 'slost', 'dlost'],
  [SIDED.mask, 'smask', 'dmask'],
];

export const SINGLE_FIELDS: readonly (readonly [slot: number, field: StoredName])[] = [
  [SINGLE.sequence, 'flowid'],
  [SINGLE.cause, 'cause'],
  [SINGLE.stime, 'stime'],
  [SINGLE.stimeNs, 'stimens'],
  [SINGLE.duration, 'dur'],
  [SINGLE.etherType, 'etype'],
  [SINGLE.protocol, 'ipproto'],
  [SINGLE.events, 'events'],
  [SINGLE.spi, 'spi'],
  [SINGLE.icmpType, 'icmptype'],
  [SINGLE.icmpCode, 'icmpcode'],
  [SINGLE.icmpId, 'icmpid'],
  [SINGLE.icmpSequence, 'icmpseq'],
  [SINGLE.ipOptions, 'ipoptions'],
  [SINGLE.tcpState, 'tcpstate'],
  [SINGLE.tcpOptions, 'tcpoptions'],
  [SINGLE.synAck, 'synack'],
  [SINGLE.ackData, 'ackdat'],
  [SINGLE.merged, 'trans'],
];

export const ADDRESS_FIELDS: readonly (readonly [address: number, field: StoredName])[] = [
  [ADDRESS.source, 'saddr'],
  [ADDRESS.destination, 'daddr'],
  [ADDRESS.sourceMac, 'smac'],
  [ADDRESS.destinationMac, 'dmac'],
  [ADDRESS.icmpNode, 'inode'],
];

export const BYTES_FIELDS: readonly (readonly [piece: number, field: StoredName])[] = [
  [PIECE.source, 'suser'],
  [PIECE.destination, 'duser'],
];

export const TEXT_FIELDS: readonly (readonly [piece: number, field: StoredName])[] = [[PIECE.label, 'label']];

/** Slots with the names of their fields. */
const NUMBER_FIELDS: readonly (readonly [slot: number, field: StoredName])[] = [
  ...SINGLE_FIELDS,
  ...SIDED_FIELDS.flatMap(([slot, source, destination]): (readonly [number, StoredName])[] => [
    [slot, source],
    [slot + 1, destination],
  ]),
];

const TEXT_BYTES_MAX = 1024;
const UTF8 = new TextDecoder();

/** Writes flow records to the columns of one builder. */
export class FlowColumns {
  /** By slot; undefined where they are not wanted. */
  readonly #numbers: (NumberColumnBuilder | undefined)[] = [];
  readonly #slots: readonly number[];
  /** By the places of `ADDRESS` and `PIECE`; undefined where they are not wanted. */
  readonly #addresses: (AddressColumnBuilder | undefined)[] = [];
  readonly #bytes: (BytesColumnBuilder | undefined)[] = [];
  readonly #texts: (TextColumnBuilder | undefined)[] = [];
  /** Whether something is wanted that is no number. */
  readonly #hasOthers: boolean;

  /** @param fields numbers of the fields that are wanted; undefined for all */
  constructor(builder: BatchBuilder, fields: ReadonlySet<number> | undefined) {
    const wanted = (name: StoredName): number | undefined => {
      const { number } = STORED_FIELDS[name];
      return fields === undefined || fields.has(number) ? number : undefined;
    };
    for (const [slot, name] of NUMBER_FIELDS) {
      const number = wanted(name);
      const { kind } = STORED_FIELDS[name];
      if (number !== undefined && isNumeric(kind)) this.#numbers[slot] = builder.number(number, kind);
    }
    this.#slots = [...this.#numbers.keys()].filter((slot) => this.#numbers[slot] !== undefined);
    for (const [address, name] of ADDRESS_FIELDS) {
      const number = wanted(name);
      this.#addresses[address] = number === undefined ? undefined : builder.address(number);
    }
    for (const [piece, name] of BYTES_FIELDS) {
      const number = wanted(name);
      this.#bytes[piece] = number === undefined ? undefined : builder.bytes(number);
    }
    for (const [piece, name] of TEXT_FIELDS) {
      const number = wanted(name);
      this.#texts[piece] = number === undefined ? undefined : builder.text(number);
    }
    const others = [...this.#addresses, ...this.#bytes, ...this.#texts];
    this.#hasOthers = others.some((column) => column !== undefined);
  }

  /** Undefined where it is not wanted. */
  number(slot: number): NumberColumnBuilder | undefined {
    return this.#numbers[slot];
  }

  /** @param address of `ADDRESS` */
  address(address: number): AddressColumnBuilder | undefined {
    return this.#addresses[address];
  }

  /** Writes a row, at most once; those with bytes in their order. @param bytes what the record was read from */
  set(row: number, record: FlowRecord, bytes: Uint8Array): void {
    const { values } = record;
    for (const slot of this.#slots) {
      const value = values[slot]!;
      if (value === value) this.#numbers[slot]!.set(row, value + 0); // oxlint-disable-line no-self-compare -- NaN is no value; and no -0
    }
    if (this.#hasOthers) this.#writeOthers(row, record, bytes);
  }

  #writeOthers(row: number, record: FlowRecord, bytes: Uint8Array): void {
    const { families, lanes, pieces } = record;
    const addresses = this.#addresses;
    for (let address = 0; address < addresses.length; address++) {
      const column = addresses[address];
      const family = families[address]!;
      if (column === undefined || family === NO_ADDRESS) continue;
      const at = address * 4;
      column.set(row, family, lanes[at]!, lanes[at + 1]!, lanes[at + 2]!, lanes[at + 3]!);
    }
    for (let piece = 0; piece < PIECES; piece++) {
      const start = pieces[piece * 2]!;
      if (start >= 0) this.#writePiece(row, piece, bytes, start, pieces[piece * 2 + 1]!);
    }
  }

  #writePiece(row: number, piece: number, bytes: Uint8Array, start: number, end: number): void {
    this.#bytes[piece]?.set(row, bytes, start, end);
    this.#texts[piece]?.set(row, UTF8.decode(bytes.subarray(start, Math.min(end, start + TEXT_BYTES_MAX))));
  }
}
