import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { FieldName } from '../../libs/record/fields/table.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import { flowBatch } from '../support/flow-batch.ts';
import { recordBatch, type RecordValues } from '../support/records.ts';
import { cluster, clusterBatches, lines, tcp, udp, type ClusterSettings } from './lab.ts';

const START = 1_700_000_000_000_000;
const SECOND = 1_000_000;
const KEY: readonly FieldName[] = ['saddr', 'sport', 'daddr', 'dport', 'spkts', 'dpkts'];

interface Case {
  readonly name: string;
  readonly records: readonly RecordValues[];
  readonly settings?: ClusterSettings;
  readonly fields: readonly FieldName[];
  readonly expected: readonly string[];
}

const CASES: readonly Case[] = [
  {
    name: 'status records of a flow become one, from the first packet to the last',
    records: [tcp(), tcp({ stime: START + 5 * SECOND, dur: 2e9 }), tcp({ stime: START + 2 * SECOND, dur: 5e8 })],
    fields: ['stime', 'dur', 'trans', 'spkts', 'dbytes'],
    expected: [`${START} 7000000000 3 9 600`],
  },
  {
    name: 'records seventy years apart',
    records: [tcp({ stime: 2_200_000_000_000_000 }), tcp({ stime: -100_000_000_000_000 }), tcp({ stime: SECOND })],
    fields: ['stime', 'dur', 'trans'],
    expected: ['-100000000000000 2300000001000000000 3'],
  },
  {
    name: 'durations: sum, mean, least, greatest, deviation',
    records: [tcp({ dur: 1e9 }), tcp({ dur: 3e9 })],
    fields: ['sum', 'mean', 'min', 'max', 'stddev', 'runtime'],
    expected: ['4000000000 2000000000 1000000000 3000000000 1000000000 4000000000'],
  },
  {
    name: 'an amount that is a key is a sum as every other one',
    records: [tcp({ spkts: 2 }), tcp({ spkts: 2 }), tcp({ spkts: 5 })],
    settings: { key: ['spkts', 'dpkts'] },
    fields: ['trans', 'spkts'],
    expected: ['1 5', '2 4'],
  },
  {
    name: 'norep tells nothing of that',
    records: [tcp(), tcp()],
    settings: { reports: false },
    fields: ['trans', 'spkts'],
    expected: ['1 6'],
  },
  {
    name: 'records that were merged before count as many as they are',
    records: [tcp({ trans: 3, dursum: 6e9, dursq: 14e18, durmin: 1e9, durmax: 3e9 }), tcp({ dur: 2e9 })],
    fields: ['trans', 'sum', 'min', 'max', 'mean'],
    expected: ['4 8000000000 1000000000 3000000000 2000000000'],
  },
  {
    name: 'flags are joined, times to live are the least, the type of service stays while it is the same',
    records: [
      tcp({ tcpstate: 3, sttl: 64, stos: 0, dtos: 8, events: 1 }),
      tcp({ tcpstate: 9, sttl: 60, stos: 0, dtos: 4, events: 4 }),
    ],
    fields: ['tcpstate', 'sttl', 'stos', 'dtos', 'events', 'state'],
    expected: ['11 60 0 - 5 FIN'],
  },
  {
    name: 'of the first and the last record',
    records: [
      tcp({ stime: START + SECOND, stcpb: 7, swin: 100, cause: 2, synack: 5 }),
      tcp({ swin: 50, cause: 1, stcpb: 9 }),
    ],
    fields: ['stcpb', 'swin', 'cause', 'synack'],
    expected: ['9 100 2 5'],
  },
  {
    name: 'what no record has stays absent',
    records: [tcp({ sretrans: 2 }), tcp()],
    fields: ['sretrans', 'dretrans'],
    expected: ['2 -'],
  },
  {
    name: 'labels are joined, in order, each once',
    records: [tcp({ label: 'b:a' }), tcp({ label: 'c:a' })],
    fields: ['label'],
    expected: ['a:b:c'],
  },
  {
    name: 'user data are those of the first record that has some',
    records: [tcp({ stime: START + SECOND, suser: 'later' }), tcp({ suser: 'first' }), tcp({ stime: START - 1 })],
    fields: ['suser'],
    expected: ['first'],
  },
  {
    name: 'by network',
    records: [tcp(), tcp({ saddr: '10.0.9.1' }), tcp({ saddr: '10.1.0.1' })],
    settings: { key: ['saddr/16'] },
    fields: ['saddr', 'daddr', 'spkts', 'sport'],
    expected: ['10.0.0.0 10.0.0.2 6 1000', '10.1.0.0 10.0.0.2 3 1000'],
  },
  {
    name: 'by a mask',
    records: [tcp(), tcp({ saddr: '10.0.9.1' }), tcp({ saddr: '10.1.0.1' })],
    settings: { key: ['saddr/255.0.255.0'] },
    fields: ['saddr', 'spkts'],
    expected: ['10.0.0.0 6', '10.0.9.0 3'],
  },
  {
    name: 'addresses beside the key keep what they have in common, ports only what is the same',
    records: [tcp(), tcp({ daddr: '10.0.0.130', dport: 81 }), udp({ daddr: '10.0.200.1' })],
    settings: { key: ['saddr'] },
    fields: ['saddr', 'daddr', 'sport', 'dport', 'ipproto'],
    expected: ['10.0.0.1 10.0.0.0 1000 - -'],
  },
  {
    name: 'nopreserve leaves them out',
    records: [tcp(), tcp()],
    settings: { key: ['saddr'], preserves: false },
    fields: ['saddr', 'daddr', 'dport', 'spkts'],
    expected: ['10.0.0.1 - - 6'],
  },
  {
    name: 'none: everything is one',
    records: [tcp(), udp({ saddr: '2001:db8::1', daddr: '2001:db8::2', etype: 0x86dd }), udp()],
    settings: { key: ['none'] },
    fields: ['saddr', 'trans', 'spkts', 'proto'],
    expected: ['- 3 9 -'],
  },
  {
    name: 'a port brings its protocol; a protocol is one over either version of IP',
    records: [tcp(), udp(), tcp({ etype: 0x86dd, saddr: '2001:db8::1', daddr: '2001:db8::2' })],
    settings: { key: ['dport'] },
    fields: ['ipproto', 'dport', 'trans'],
    expected: ['17 80 1', '6 80 2'],
  },
  {
    name: 'absent is not zero in a key',
    records: [tcp({ stos: 0 }), tcp()],
    settings: { key: ['stos'] },
    fields: ['stos', 'trans'],
    expected: ['- 1', '0 1'],
  },
  {
    name: 'by what is computed from fields',
    records: [tcp({ svlan: 0x2005 }), tcp({ svlan: 0x0005 }), tcp({ svlan: 6 })],
    settings: { key: ['svid'] },
    fields: ['svid', 'trans'],
    expected: ['5 2', '6 1'],
  },
  {
    name: 'matrix: pairs of hosts, whoever began',
    records: [tcp(), udp({ saddr: '10.0.0.2', daddr: '10.0.0.1', stime: START + 1, spkts: 10, dpkts: 20 })],
    settings: { key: ['matrix'] },
    fields: ['saddr', 'daddr', 'spkts', 'dpkts'],
    expected: ['10.0.0.1 10.0.0.2 23 12'],
  },
  {
    name: 'addr: each record counts for both hosts',
    records: [tcp(), tcp({ daddr: '10.0.0.3' })],
    settings: { key: ['addr'] },
    fields: ['saddr', 'spkts', 'dpkts', 'trans'],
    expected: ['10.0.0.1 6 4 2', '10.0.0.2 2 3 1', '10.0.0.3 2 3 1'],
  },
  {
    name: 'uni: each record is one of either side that sent',
    records: [tcp(), udp({ dpkts: 0, dbytes: 0 })],
    settings: { oneWay: true, correct: false },
    fields: ['ipproto', 'saddr', 'spkts', 'dpkts'],
    expected: ['17 10.0.0.1 3 0', '6 10.0.0.1 3 0', '6 10.0.0.2 2 0'],
  },
  {
    name: 'ICMP: an answer belongs to its request, another identifier does not',
    records: [
      udp({ ipproto: 1, icmptype: 8, icmpcode: 0, icmpid: 5 }),
      udp({ ipproto: 1, icmptype: 0, icmpcode: 0, icmpid: 5 }),
      udp({ ipproto: 1, icmptype: 8, icmpcode: 0, icmpid: 6 }),
    ],
    fields: ['icmptype', 'icmpid', 'trans'],
    expected: ['8 5 2', '8 6 1'],
  },
  {
    name: 'records that went other ways over the link are marked',
    records: [tcp({ smac: '00:00:00:00:00:01', events: 0 }), tcp({ smac: '00:00:00:00:00:02', events: 0 })],
    fields: ['smac', 'flgs'],
    expected: ['-  M       '],
  },
];

for (const { name, records, settings, fields, expected } of CASES) {
  test(`merging: ${name}`, async () => {
    assert.deepEqual(lines(await cluster(records, settings), fields), expected);
  });
}

const turned = { saddr: '10.0.0.2', sport: 80, daddr: '10.0.0.1', dport: 1000 } as const;

const DIRECTIONS: readonly Case[] = [
  {
    name: 'of two halves of UDP the earlier one says who began',
    records: [udp({ dpkts: 0 }), udp({ ...turned, stime: START - 1, spkts: 5, dpkts: 0 })],
    fields: KEY,
    expected: ['10.0.0.2 80 10.0.0.1 1000 5 3'],
  },
  {
    name: 'of TCP the handshake says it',
    records: [tcp({ dpkts: 0 }), tcp({ ...turned, stime: START - 1, tcpstate: 4, spkts: 5, dpkts: 0 })],
    fields: KEY,
    expected: ['10.0.0.1 1000 10.0.0.2 80 3 5'],
  },
  {
    name: 'where both sides began a connection there are two',
    records: [tcp(), tcp({ ...turned, stime: START + 1, spkts: 5 }), tcp({ ...turned, tcpstate: 4, spkts: 1 })],
    fields: KEY,
    expected: ['10.0.0.1 1000 10.0.0.2 80 3 2', '10.0.0.2 80 10.0.0.1 1000 6 4'],
  },
  {
    name: 'ESP goes one way',
    records: [
      { ...udp({ ipproto: 50, spi: 7, dpkts: 0 }) },
      { ...udp({ ipproto: 50, spi: 7, dpkts: 0, saddr: '10.0.0.2', daddr: '10.0.0.1', sport: 80, dport: 1000 }) },
    ],
    fields: ['saddr', 'spkts'],
    expected: ['10.0.0.1 3', '10.0.0.2 3'],
  },
  {
    name: 'in ARP who asks is who began',
    records: [
      { stime: START, etype: 0x0806, saddr: '10.0.0.1', daddr: '10.0.0.2', spkts: 3 },
      { stime: START, etype: 0x0806, saddr: '10.0.0.2', daddr: '10.0.0.1', spkts: 3 },
    ],
    fields: ['saddr', 'spkts'],
    expected: ['10.0.0.1 3', '10.0.0.2 3'],
  },
  {
    name: 'nocorrect leaves them apart',
    records: [udp({ dpkts: 0 }), udp({ ...turned, dpkts: 0 })],
    settings: { correct: false },
    fields: KEY,
    expected: ['10.0.0.1 1000 10.0.0.2 80 3 0', '10.0.0.2 80 10.0.0.1 1000 3 0'],
  },
  {
    name: 'and so does a key that is not that of a flow',
    records: [udp({ dpkts: 0 }), udp({ ...turned, dpkts: 0 })],
    settings: { key: ['saddr', 'daddr', 'proto'] },
    fields: KEY,
    expected: ['10.0.0.1 1000 10.0.0.2 80 3 0', '10.0.0.2 80 10.0.0.1 1000 3 0'],
  },
  {
    name: 'what is said of one side goes over to the other',
    records: [
      tcp({ sttl: 64, events: 0 }),
      tcp({ ...turned, tcpstate: 4 + 64, sttl: 50, dttl: 60, events: 1, suser: 'answer', slost: 2 }),
    ],
    fields: ['sttl', 'dttl', 'tcpstate', 'events', 'duser', 'dlost'],
    expected: ['60 50 133 2 answer 2'],
  },
  {
    name: 'times of both sides',
    records: [
      udp({ dpkts: 0, sfirst: 0, slast: 1e9 }),
      udp({ ...turned, stime: START + SECOND, dpkts: 0, sfirst: 0, slast: 1e9 }),
    ],
    fields: ['sfirst', 'slast', 'dfirst', 'dlast', 'dur'],
    expected: ['0 1000000000 1000000000 2000000000 2000000000'],
  },
];

for (const { name, records, settings, fields, expected } of DIRECTIONS) {
  test(`direction: ${name}`, async () => {
    assert.deepEqual(lines(await cluster(records, settings), fields), expected);
    assert.deepEqual(lines(await cluster(records.toReversed(), settings), fields), expected);
    assert.deepEqual(lines(await cluster(records, { ...settings, loneRowsMin: 1 }), fields), expected);
  });
}

test('a record that nothing is merged with stays as it was', async () => {
  const batch = flowBatch({ rows: 500, seed: 3 });
  const fields = Object.keys(STORED_FIELDS) as FieldName[];
  const key = ['flowid', 'saddr', 'sport', 'stime'];
  for (const settings of [{ key }, { key, loneRowsMin: 1 }])
    assert.deepEqual(lines(await clusterBatches([batch], settings), fields), lines([batch], fields));
});

const small = fc.nat(3);
const arbitraryRecord: fc.Arbitrary<RecordValues> = fc
  .record(
    {
      stime: small.map((n) => START + n * 1000),
      stimens: small,
      dur: small.map((n) => n * 1e6),
      ipproto: fc.constantFrom(6, 17, 50),
      etype: fc.constant(0x0800),
      saddr: small.map((n) => `10.0.${n >> 1}.${n}`),
      daddr: small.map((n) => `10.0.${n >> 1}.${n}`),
      sport: fc.nat(1),
      dport: fc.nat(1),
      spkts: fc.nat(9),
      dpkts: fc.nat(9),
      sbytes: fc.nat(1000),
      dbytes: fc.nat(1000),
      tcpstate: fc.constantFrom(0, 1, 4, 71),
      events: fc.nat(31),
      stcpb: small,
      dtcpb: small,
      swin: small,
      cause: fc.integer({ min: 1, max: 7 }),
      sttl: small,
      dtos: small,
      smac: small.map((n) => `00:00:00:00:00:0${n}`),
      label: fc.constantFrom('a', 'b:c', 'a:d'),
      suser: fc.constantFrom('x', 'yy'),
      appname: fc.constantFrom('one', 'two'),
      inode: small.map((n) => `10.9.0.${n}`),
    },
    {
      requiredKeys: [
        'stime',
        'dur',
        'etype',
        'ipproto',
        'saddr',
        'daddr',
        'spkts',
        'dpkts',
        'sbytes',
        'dbytes',
        'events',
      ],
    },
  )
  .map((record) => record as RecordValues);

const ALL_FIELDS = Object.keys(STORED_FIELDS) as FieldName[];
/** Of times and counts that may be there or be left out what they stand for. */
const MEANT_FIELDS = [
  ...ALL_FIELDS.filter((name) => !/^(stimens|trans|dur(sum|sq|min|max)|[sd](first|last))$/.test(name)),
  ...([
    'ltime',
    'ltimens',
    'sstime',
    'sstimens',
    'sltime',
    'dstime',
    'dltime',
    'runtime',
    'mean',
    'min',
    'max',
  ] as const),
];
const KEYS = [
  [],
  ['saddr'],
  ['daddr/24', 'proto'],
  ['matrix'],
  ['none'],
  ['smac', 'dport'],
  ['saddr', 'daddr', 'sport', 'dport'],
];

test('in whatever order records come, and however they are divided into batches, the result is the same', () =>
  fc.assert(
    fc.asyncProperty(
      fc
        .array(arbitraryRecord, { minLength: 1, maxLength: 25 })
        .chain((records) =>
          fc.tuple(
            fc.constant(records),
            fc.shuffledSubarray(records, { minLength: records.length }),
            fc.integer({ min: 1, max: 25 }),
            fc.constantFrom(...KEYS),
          ),
        ),
      async ([records, shuffled, size, key]) => {
        const batches = [];
        for (let i = 0; i < shuffled.length; i += size) batches.push(recordBatch(shuffled.slice(i, i + size)));
        const once = lines(await cluster(records, { key }), ALL_FIELDS);
        assert.deepEqual(lines(await clusterBatches(batches, { key }), ALL_FIELDS), once);
        const lone = await clusterBatches(batches, { key, loneRowsMin: 2 });
        assert.deepEqual(lines(lone, MEANT_FIELDS), lines(await cluster(records, { key }), MEANT_FIELDS));
      },
    ),
    { seed: 1, numRuns: 100 },
  ));

test('many records of few groups at once come to the same as one after the other', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(arbitraryRecord, { minLength: 60, maxLength: 90 }),
      fc.constantFrom(['none'], ['proto'], ['saddr/24'], ['dtos', 'proto']),
      async (records, key) => {
        const single = records.map((record) => recordBatch([record]));
        const once = lines(await clusterBatches(single, { key }), ALL_FIELDS);
        assert.deepEqual(lines(await cluster(records, { key }), ALL_FIELDS), once);
        const twice = await clusterBatches([recordBatch(records), recordBatch(records)], { key });
        assert.deepEqual(lines(twice, ALL_FIELDS), lines(await clusterBatches([...single, ...single], { key }), ALL_FIELDS)); // prettier-ignore
      },
    ),
    { seed: 2, numRuns: 20 },
  ));

const total = (rows: readonly string[], column: number): number =>
  rows.reduce((sum, row) => sum + Number(row.split(' ')[column]), 0);

test('records without a time that makes sense tell nothing of when their group began or ended', async () => {
  const first = tcp().stime as number;
  const few = [tcp(), tcp({ saddr: '10.0.0.3' })];
  const early = tcp({ stime: first - 60e6, dur: 300e9 });
  const broken = Array.from({ length: 40 }, () => tcp({ saddr: '10.0.0.3', stime: NaN }));
  const merged = await clusterBatches([recordBatch(few), recordBatch([early, ...broken])], { key: ['saddr'] });
  const told = lines(merged, ['saddr', 'stime', 'dur', 'trans']).map((line) => line.split(' ').slice(1));
  assert.deepEqual(told, [
    [String(first - 60e6), '300000000000', '2'],
    [String(first), '1000000000', '41'],
  ]);
});

test('packets and bytes are those of the records', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(arbitraryRecord, { minLength: 1, maxLength: 25 }),
      fc.constantFrom(...KEYS),
      async (records, key) => {
        const before = lines([recordBatch(records)], ['pkts', 'bytes', 'trans']);
        const after = lines(await cluster(records, { key }), ['pkts', 'bytes', 'trans']);
        for (const column of [0, 1, 2]) assert.equal(total(after, column), total(before, column));
      },
    ),
    { seed: 3, numRuns: 100 },
  ));

test('what does not fit in memory waits on the disk, and comes to the same', async () => {
  const batches = [1, 2, 3, 4].map((seed) => flowBatch({ rows: 8000, seed: 100 * seed, repeats: true }));
  const halves = batches.map((batch) => ({ ...batch, origin: { source: 'other', run: 5 } }));
  const all = [...batches, ...halves, ...batches];
  const fields: FieldName[] = ['srcid', ...ALL_FIELDS];
  const inMemory = lines(await clusterBatches(all), fields);
  for (const settings of [{}, { loneRowsMin: 1000 }]) {
    const spilled = lines(await clusterBatches(all, { memoryBytes: 1 << 19, ...settings }), fields);
    assert.equal(spilled.length, inMemory.length);
    assert.deepEqual(spilled, inMemory);
  }
});

test('by time: a group ends when it spans too much, or was silent for too long', async () => {
  const at = (seconds: number): RecordValues => tcp({ stime: START + seconds * SECOND, dur: 1e9 });
  const records = [0, 5, 10, 15, 20, 25].map(at);
  const timeouts = { statusUs: 12 * SECOND, idleUs: Infinity };
  assert.deepEqual(lines(await cluster(records, { timeouts }), ['stime', 'trans']), [
    `${START} 3`,
    `${START + 15 * SECOND} 3`,
  ]);
  const idle = { statusUs: Infinity, idleUs: 6 * SECOND };
  assert.deepEqual(lines(await cluster([0, 5, 30].map(at), { timeouts: idle }), ['stime', 'trans']), [
    `${START} 2`,
    `${START + 30 * SECOND} 1`,
  ]);
});
