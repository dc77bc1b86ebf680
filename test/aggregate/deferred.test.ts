import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Cluster } from '../../libs/aggregate/cluster.ts';
import { deferrableFields } from '../../libs/aggregate/clusters.ts';
import { parseModel } from '../../libs/aggregate/model.ts';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { ENCODING, KIND_CODES } from '../../libs/codec/format.ts';
import { FrameDecoder } from '../../libs/codec/frame-decoder.ts';
import { Room } from '../../libs/codec/room.ts';
import { EVERYTHING } from '../../libs/filter/everything.ts';
import type { DeferredColumns } from '../../libs/record/deferred.ts';
import { STORED_BY_NUMBER, STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import type { FieldName } from '../../libs/record/fields/table.ts';
import type { StoredField } from '../../libs/record/fields/field.ts';
import { Random } from '../../libs/synthetic/random.ts';
import { forge } from '../support/frames.ts';
import { recordBatch, type RecordValues } from '../support/records.ts';
import { allOf, rows, tcp, udp } from './lab.ts';

const ALL_FIELDS = ['srcid', ...Object.keys(STORED_FIELDS)] as FieldName[];
const SECOND = 1e6;

/** Records of some hosts, of which most things differ, and some never do. */
function records(count: number, hosts: number, seed: number, fromUs: number): RecordValues[] {
  const random = new Random(seed);
  const upTo = (limit: number): number => random.between(0, limit - 1);
  return Array.from({ length: count }, () => {
    const host = upTo(hosts);
    const isSix = host % 3 === 2;
    const net = isSix ? '2001:db8:0:1::' : '10.0.0.';
    const far = isSix ? `2001:db8:0:${upTo(2)}::` : random.chance(0.1) ? '192.168.0.' : '10.0.1.';
    return {
      ...(random.chance(0.7)
        ? { ...tcp(), synack: upTo(3), stcpb: upTo(100), sgap: 0, tcpstate: 1 << upTo(4), sretrans: upTo(2) }
        : random.chance(0.5)
          ? { ...udp(), dpkts: 0, dbytes: 0 }
          : { ...udp(), ipproto: 1, icmptype: 8 * upTo(2) }),
      events: 1 << upTo(3),
      sttl: 60 + upTo(4),
      tundepth: 1 + upTo(4),
      cause: 1 + upTo(2),
      ...(random.chance(0.2) ? { svlan: 20 } : {}),
      ...(random.chance(0.9) ? { sfirst: 0, slast: upTo(1000), dfirst: 5, dlast: 10 } : {}),
      stime: fromUs + upTo(2 * SECOND),
      saddr: `${net}${host}`,
      daddr: `${far}${upTo(200)}`,
      sport: upTo(10),
      dport: host % 2 === 0 ? 80 : upTo(5),
      flowid: upTo(1000),
      stos: 0,
      dtos: random.chance(0.9) ? 0 : 8,
    };
  });
}

/** A cluster, and the fields whose columns it lets wait. */
function clusterOf(key: readonly string[]): { cluster: Cluster; deferred: ReadonlySet<number> } {
  const model = parseModel(key);
  const rule = { filter: EVERYTHING, grep: undefined, model, timeouts: undefined, label: undefined, continues: false };
  return { cluster: new Cluster({ model, memoryBytes: 1 << 30 }), deferred: deferrableFields([rule]) };
}

/** What becomes of frames. @param asked is told of each column that is decoded of each frame */
async function merged(
  frames: readonly Uint8Array[],
  key: readonly string[],
  defers: boolean,
  asked: (frame: number, field: number) => void = () => undefined,
): Promise<string[]> {
  const { cluster, deferred } = clusterOf(key);
  const decoder = new FrameDecoder({ room: new Room(), ...(defers && { deferred }) });
  for (const [i, frame] of frames.entries()) {
    const batch = decoder.decode(frame, 0)!;
    const waiting = batch.deferred && noting(batch.deferred, (field) => asked(i, field));
    cluster.push({ ...batch, ...(waiting && { deferred: waiting }) }, undefined, batch.rows);
  }
  assert.deepEqual([...decoder.problems], []);
  return rows(await allOf(cluster.finish()), ALL_FIELDS);
}

function noting(columns: DeferredColumns, asked: (field: number) => void): DeferredColumns {
  const { fields } = columns;
  return {
    fields,
    column: (field) => {
      if (fields.includes(field)) asked(field);
      return columns.column(field);
    },
    possible: (field) => columns.possible(field),
    families: (field) => columns.families(field),
    lastLane: (field) => {
      if (fields.includes(field)) asked(field);
      return columns.lastLane(field);
    },
  };
}

const KEYS = [['saddr/16'], ['saddr'], ['daddr/24', 'proto'], ['none'], ['sport'], ['proto', 'saddr/120'], ['matrix'], []]; // prettier-ignore

test('records merge to the same whether columns were decoded beforehand or when they were asked for', () =>
  fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...KEYS),
      fc.array(fc.record({ count: fc.integer({ min: 1, max: 120 }), seed: fc.nat(1000), hosts: fc.integer({ min: 1, max: 6 }), second: fc.nat(6) }), { minLength: 2, maxLength: 6 }), // prettier-ignore
      async (key, shapes) => {
        const frames = shapes.map(({ count, seed, hosts, second }) =>
          encodeBatch(recordBatch(records(count, hosts, seed, second * SECOND))),
        );
        assert.deepEqual(await merged(frames, key, true), await merged(frames, key, false));
      },
    ),
    { seed: 1, numRuns: 30 },
  ));

test('what all groups disagree in, or have had from the records before, is no longer decoded', async () => {
  const frames = [0, 4, 8].map((second) => encodeBatch(recordBatch(records(300, 3, second, second * SECOND))));
  const names = new Map<number, string[]>();
  await merged(frames, ['saddr/16'], true, (frame, field) =>
    names.set(frame, [...(names.get(frame) ?? []), STORED_BY_NUMBER.get(field)!.name]),
  );
  const settled = [
    'flowid',
    'synack',
    'stcpb',
    'sport',
    'ipproto',
    'dtos',
    'svlan',
    'sgap',
    'tcpstate',
    'events',
    'sttl',
    'tundepth',
  ];
  assert.deepEqual(settled.filter((name) => !names.get(0)!.includes(name)), []); // prettier-ignore
  assert.deepEqual(settled.filter((name) => names.get(2)!.includes(name)), []); // prettier-ignore
});

test('addresses are not decoded where no more than their networks counts', async () => {
  const frames = [0, 4].map((second) => encodeBatch(recordBatch(records(300, 2, second, second * SECOND))));
  const other = records(300, 3, 1, 8 * SECOND).map((record) => ({ ...record, daddr: '2001:db8::1' }));
  const asked: number[] = [];
  await merged([...frames, encodeBatch(recordBatch(other))], ['saddr/16'], true, (frame, field) => {
    if (field === STORED_FIELDS.daddr.number) asked.push(frame);
  });
  assert.deepEqual([...new Set(asked)], [0, 2], 'addresses of another family count again');
});

test('a column of which nothing can be made is absent, and said to be wrong', async () => {
  const entry = ({ number, kind }: StoredField, lengths: number[], stream: unknown): unknown[] => [number, KIND_CODES[kind], lengths, stream]; // prettier-ignore
  const { stime, dur, spkts, sport, dport } = STORED_FIELDS;
  const frame = forge({
    rows: 100,
    entries: [
      entry(stime, [], 5),
      entry(dur, [], 0),
      entry(spkts, [], 2),
      entry(dport, [], 80),
      entry(sport, [3], [ENCODING.packed, 8, 0, 1]),
    ],
    columns: Uint8Array.of(1, 2, 3),
  });
  const { cluster, deferred } = clusterOf(['none']);
  const decoder = new FrameDecoder({ room: new Room(), deferred });
  const batch = decoder.decode(frame, 0)!;
  cluster.push(batch, undefined, batch.rows);
  assert.deepEqual(rows(await allOf(cluster.finish()), ['spkts', 'dport', 'sport']), ['200 80 -']);
  assert.deepEqual([...decoder.problems], [['column: chunk does not decompress to its size (in one column; the others were read)', 1]]); // prettier-ignore
});
