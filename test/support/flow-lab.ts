import { NO_FEATURES, type Features } from '../../libs/flow/optional-rows.ts';
import { PacketGroup } from '../../libs/flow/packet-group.ts';
import { BatchReporter } from '../../libs/flow/report.ts';
import { FlowTable } from '../../libs/flow/table.ts';
import type { FlowTableOptions } from '../../libs/flow/table-options.ts';
import { Headers, IPV4_ADDRESS, NOT_FRAGMENTED, TCP_FLAG } from '../../libs/packet/headers.ts';
import type { Batch } from '../../libs/record/batch.ts';
import type { Column } from '../../libs/record/columns.ts';
import { STORED_BY_NUMBER, type StoredName } from '../../libs/record/fields/stored.ts';

/** One record as a plain object: field name to value, absent fields left out; addresses as "a.b.c.d" of lane 3. */
export type PlainRecord = Record<string, number | string>;

/** @param fields those that are wanted, where it is not all */
export function plainRecords(batch: Batch, fields?: readonly StoredName[]): PlainRecord[] {
  const columns = batch.columns.flatMap((column, number) => {
    if (column === undefined) return [];
    const { name } = STORED_BY_NUMBER.get(number)!;
    return fields?.includes(name) === false ? [] : [{ name, column }];
  });
  return Array.from({ length: batch.rows }, (_, row) => {
    const record: PlainRecord = {};
    for (const { name, column } of columns) if (column.has(row)) record[name] = plainValue(column, row);
    return record;
  });
}

function plainValue(column: Column, row: number): number | string {
  switch (column.kind) {
    case 'address': {
      const lane = column.lane(3, row);
      return [lane >>> 24, (lane >>> 16) & 255, (lane >>> 8) & 255, lane & 255].join('.');
    }
    case 'text':
      return column.get(row);
    case 'bytes':
      return Buffer.from(column.get(row)).toString('latin1');
    default:
      return column.values[row]!;
  }
}

export interface SegmentLike {
  from: string;
  to: string;
  sport?: number;
  dport?: number;
  /** Letters of `FSRPAUEC`. */
  flags?: string;
  seq?: number;
  ack?: number;
  payload?: number;
  /** Captured payload; its length stands for `payload` when that is not given. */
  bytes?: string;
  window?: number;
  scale?: number;
  protocol?: number;
  wire?: number;
  ttl?: number;
  with?: (h: Headers) => void;
}

const FLAGS: Record<string, number> = {
  F: TCP_FLAG.fin,
  S: TCP_FLAG.syn,
  R: TCP_FLAG.rst,
  P: TCP_FLAG.psh,
  A: TCP_FLAG.ack,
  U: TCP_FLAG.urg,
  E: TCP_FLAG.ece,
  C: TCP_FLAG.cwr,
};

const START_US = 1_700_000_000_000_000;

/** A flow table with a clock in seconds from a fixed start, fed with headers as decoders would leave them. */
export class FlowLab {
  readonly table: FlowTable;
  readonly records: PlainRecord[] = [];
  readonly #reporter: BatchReporter;
  readonly #group = new PacketGroup();

  constructor(options: Partial<Omit<FlowTableOptions, 'features'>> & { features?: Partial<Features> } = {}) {
    this.#reporter = new BatchReporter({ source: 'lab', run: START_US }, { next: 0 }, 100, (batch) => {
      this.records.push(...plainRecords(batch));
    });
    this.table = new FlowTable(
      {
        flowsMax: 1000,
        statusUs: 5_000_000,
        seed: 1,
        ...options,
        features: { ...NO_FEATURES, ...options.features },
      },
      this.#reporter,
    );
  }

  /** Counts a packet at `seconds` after the start. */
  at(seconds: number, segment: SegmentLike): this {
    const group = this.#group;
    const h = new Headers();
    h.etherType = 0x0800;
    h.addressKind = IPV4_ADDRESS;
    h.encapsulations = 1;
    h.source2 = h.destination2 = 0xffff;
    h.source3 = ipv4(segment.from);
    h.destination3 = ipv4(segment.to);
    h.protocol = segment.protocol ?? (segment.flags === undefined ? 17 : 6);
    h.ttl = segment.ttl ?? 64;
    h.fragment = NOT_FRAGMENTED;
    h.hasPorts = segment.sport !== undefined;
    h.sourcePort = segment.sport ?? 0;
    h.destinationPort = segment.dport ?? 0;
    for (const letter of segment.flags ?? '') h.tcpFlags |= FLAGS[letter]!;
    h.tcpSequence = (segment.seq ?? 0) | 0;
    h.tcpAcknowledgement = (segment.ack ?? 0) | 0;
    h.tcpWindow = segment.window ?? 64_240;
    h.tcpWindowScale = segment.scale ?? -1;
    const bytes = Buffer.from(segment.bytes ?? '', 'latin1');
    h.payloadBytes = segment.payload ?? bytes.length;
    h.payloadEnd = bytes.length;
    group.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    segment.with?.(h);
    const us = Math.round(seconds * 1e6);
    const wire = segment.wire ?? 54 + h.payloadBytes;
    Object.assign(group.headers[0]!, h);
    group.count = 1;
    group.timeUs[0] = START_US + us;
    group.wire[0] = wire;
    group.linkType[0] = 1;
    this.table.add(group);
    return this;
  }

  /** Lets the clock reach `seconds` after the start. */
  clock(seconds: number): this {
    this.table.advance(START_US + Math.round(seconds * 1e6));
    this.#reporter.flush();
    return this;
  }

  end(): PlainRecord[] {
    this.table.flush();
    this.#reporter.flush();
    return this.records;
  }
}

export function ipv4(text: string): number {
  const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number);
  return (a << 24) | (b << 16) | (c << 8) | d;
}

/** A client's and a server's view of one connection: `forth` and `back` fill in addresses and ports. */
export function connection(lab: FlowLab, client = '10.0.0.1', server = '10.0.0.2', sport = 40_000, dport = 80) {
  return {
    forth: (seconds: number, segment: Omit<SegmentLike, 'from' | 'to'>) =>
      lab.at(seconds, { from: client, to: server, sport, dport, ...segment }),
    back: (seconds: number, segment: Omit<SegmentLike, 'from' | 'to'>) =>
      lab.at(seconds, { from: server, to: client, sport: dport, dport: sport, ...segment }),
  };
}
