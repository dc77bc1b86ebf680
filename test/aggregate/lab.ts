import { Cluster } from '../../libs/aggregate/cluster.ts';
import type { ClusterOptions } from '../../libs/aggregate/cluster-options.ts';
import { parseModel, type ModelOptions } from '../../libs/aggregate/model.ts';
import type { Batch } from '../../libs/record/batch.ts';
import type { FieldName } from '../../libs/record/fields/table.ts';
import { reader } from '../../libs/record/row.ts';
import { recordBatch, type RecordValues } from '../support/records.ts';

const PLENTY = 1 << 30;

export interface ClusterSettings extends ModelOptions, Partial<Omit<ClusterOptions, 'model'>> {
  readonly key?: readonly string[];
}

/** A TCP record of 10.0.0.1:1000 to 10.0.0.2:80 unless told otherwise. */
export function tcp(values: RecordValues = {}): RecordValues {
  return {
    flowid: 1,
    stime: 1_700_000_000_000_000,
    dur: 1_000_000_000,
    etype: 0x0800,
    ipproto: 6,
    saddr: '10.0.0.1',
    sport: 1000,
    daddr: '10.0.0.2',
    dport: 80,
    spkts: 3,
    dpkts: 2,
    sbytes: 300,
    dbytes: 200,
    tcpstate: 1,
    ...values,
  };
}

export function udp(values: RecordValues = {}): RecordValues {
  const { tcpstate: _, ...rest } = tcp();
  return { ...rest, ipproto: 17, ...values };
}

export async function allOf(batches: AsyncIterable<Batch>): Promise<Batch[]> {
  const all: Batch[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
}

/** Merges batches as given. */
export async function clusterBatches(batches: readonly Batch[], settings: ClusterSettings = {}): Promise<Batch[]> {
  const { key = [], correct, rmon, memoryBytes = PLENTY, ...rest } = settings;
  const model = parseModel(key, {
    ...(correct === undefined ? {} : { correct }),
    ...(rmon === undefined ? {} : { rmon }),
  });
  const clustering = new Cluster({ model, memoryBytes, ...rest });
  const done: Batch[] = [];
  for (const batch of batches) {
    clustering.push(batch, undefined, batch.rows);
    done.push(...clustering.due());
  }
  return [...done, ...(await allOf(clustering.finish()))];
}

export function cluster(records: readonly RecordValues[], settings: ClusterSettings = {}): Promise<Batch[]> {
  return clusterBatches([recordBatch(records)], settings);
}

/** Values of the records as text: one line a record, fields apart by blanks, addresses in hexadecimal digits. */
export function rows(batches: readonly Batch[], fields: readonly FieldName[]): string[] {
  const readers = fields.map(reader);
  return batches.flatMap((batch) =>
    Array.from({ length: batch.rows }, (_, row) => readers.map((read) => word(read(batch, row))).join(' ')),
  );
}

/** The same, sorted. */
export function lines(batches: readonly Batch[], fields: readonly FieldName[]): string[] {
  return rows(batches, fields).sort();
}

function word(value: ReturnType<ReturnType<typeof reader>>): string {
  if (value === undefined) return '-';
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (typeof value !== 'object') return String(value);
  const { family, lanes } = value;
  if (family === 4) return [24, 16, 8, 0].map((bits) => (lanes[3] >>> bits) & 255).join('.');
  return lanes.map((lane) => lane.toString(16)).join(':');
}
