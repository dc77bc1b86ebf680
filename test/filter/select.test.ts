import assert from 'node:assert/strict';
import test from 'node:test';
import { compileFilter } from '../../libs/filter/compile.ts';
import { GAP_BATCH, MANAGEMENT_BATCH, type Batch } from '../../libs/record/batch.ts';
import { CAUSE, EVENT, TCP_STATE } from '../../libs/record/fields/field.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import { batchOf, type Row } from './rows.ts';

const IPV4 = 0x0800;
const IPV6 = 0x86dd;

const FLOWS: Readonly<Record<string, Row>> = {
  web: {
    etype: IPV4,
    ipproto: 6,
    saddr: '10.0.0.1',
    daddr: '192.0.2.80',
    sport: 40_000,
    dport: 80,
    spkts: 10,
    dpkts: 5,
    sttl: 64,
    dttl: 57,
    dur: 405_000_000,
    tcpstate: TCP_STATE.syn | TCP_STATE.synAck | TCP_STATE.established,
    cause: CAUSE.close,
    smac: '02:00:00:00:00:01',
  },
  tls6: {
    etype: IPV6,
    ipproto: 6,
    saddr: '2001:db8::1',
    daddr: '2001:db8:1::443',
    sport: 50_000,
    dport: 443,
    spkts: 3,
    dpkts: 0,
    sttl: 64,
    dur: 100_000_000,
    tcpstate: TCP_STATE.syn,
    cause: CAUSE.status,
  },
  dns: {
    etype: IPV4,
    ipproto: 17,
    saddr: '10.0.0.2',
    daddr: '192.0.2.53',
    sport: 5353,
    dport: 53,
    spkts: 1,
    dpkts: 1,
    sttl: 128,
    dttl: 64,
    dur: 0,
    cause: CAUSE.timeout,
  },
  ping: { etype: IPV4, ipproto: 1, saddr: '10.0.0.1', daddr: '10.0.0.2', icmptype: 8, spkts: 1, dpkts: 1, svlan: 100 },
  arp: { etype: 0x0806, saddr: '10.0.0.1', daddr: '10.0.0.2', spkts: 1, dpkts: 1 },
  stp: { etype: 0, saddr: '02:00:00:00:00:01', daddr: '01:80:c2:00:00:00', sport: 66, dport: 66, spkts: 9, dpkts: 0 },
  esp: {
    etype: IPV4,
    ipproto: 50,
    saddr: '10.0.0.9',
    daddr: '192.0.2.9',
    spi: 4096,
    spkts: 7,
    dpkts: 0,
    inode: '10.9.9.9',
  },
  fragments: {
    etype: IPV4,
    ipproto: 17,
    saddr: '10.0.0.3',
    daddr: '192.0.2.3',
    spkts: 2,
    dpkts: 0,
    events: EVENT.laterFragmentsOnly,
  },
};
const NAMES = Object.keys(FLOWS);

function matching(filter: string, batch: Batch = batchOf(Object.values(FLOWS))): string {
  const rows = Uint32Array.from({ length: batch.rows }, (_, row) => row);
  const count = compileFilter(filter).select(batch, rows, batch.rows);
  return [...rows.subarray(0, count)].map((row) => NAMES[row]).join(' ');
}

const CASES: readonly [filter: string, flows: string][] = [
  ['', NAMES.join(' ')],
  ['far', NAMES.join(' ')],
  ['man', ''],
  ['tcp', 'web tls6'],
  ['not tcp and not udp', 'ping arp stp esp'],
  ['ip', 'web tls6 dns ping esp fragments'],
  ['ipv6', 'tls6'],
  ['arp', 'arp'],
  ['esp', 'esp'],
  ['vlan', 'ping'],
  ['frag', 'fragments'],
  ['host 10.0.0.1', 'web ping arp'],
  ['dst host 10.0.0.1', ''],
  ['src host 10.0.0.1', 'web ping arp'],
  ['arp host 10.0.0.2', 'arp'],
  ['net 10.0.0.0/8', 'web dns ping arp esp fragments'],
  ['src and dst net 10/8', 'ping arp'],
  ['net 10.0.0.1 mask 255.0.0.255', 'web ping arp'],
  ['net 0.0.0.0/0', 'web dns ping arp esp fragments'],
  ['net 2001:db8::/32', 'tls6'],
  ['net ::/0', 'tls6'],
  ['src net 2001:db8:1::/48', ''],
  ['ether host 02:00:00:00:00:01', 'web stp'],
  ['ether dst host 01:80:c2:00:00:00', 'stp'],
  ['port 80', 'web'],
  ['port 80 or 443', 'web tls6'],
  ['dst port 80 or 8080', 'web'],
  ['port 80-443', 'web tls6'],
  ['dst port lt 1024', 'web tls6 dns'],
  ['port != 80', 'tls6 dns'],
  ['port 66', ''],
  ['not port 80', 'tls6 dns ping arp stp esp fragments'],
  ['udp port 53', 'dns'],
  ['tcp port 53', ''],
  ['ttl lt 64', 'web'],
  ['ttl 64', 'web tls6 dns'],
  ['ttl != 64', ''],
  ['not ttl 64', 'ping arp stp esp fragments'],
  ['dttl != 64', 'web'],
  ['src and dst ttl gt 60', 'dns'],
  ['dur gt 0.1', 'web'],
  ['dur gte 100ms', 'web tls6'],
  ['dur 0', 'dns'],
  ['spkts gt 9 or dpkts gt 4', 'web'],
  ['src pkts >= 3 and dst pkts = 0', 'tls6 stp esp'],
  ['pkts gt 9', 'web'],
  ['pkts 2', 'dns ping arp fragments'],
  ['not pkts lt 1k', ''],
  ['rate gt 30 and rate lt 35', 'web'],
  ['shops 7 or dhops 7', 'web'],
  ['hops 7', 'web'],
  ['svid 100', 'ping'],
  ['vid != 100', ''],
  ['ltime gt 1', ''],
  ['spi 4096', 'esp'],
  ['spi != 4096', ''],
  ['inode 10.9.9.9', 'esp'],
  ['srcid probe-1', NAMES.join(' ')],
  ['srcid probe-2', ''],
  ['syn and not synack', 'tls6'],
  ['est', 'web'],
  ['status or timeout', 'tls6 dns'],
  ['svlan gt 0 or port 53 or host 10.0.0.9', 'dns ping esp'],
];

for (const [filter, flows] of CASES)
  test(`'${filter}' matches ${flows === '' ? 'nothing' : flows}`, () => assert.equal(matching(filter), flows));

test('a source id without an interface stands for all of them', () => {
  const batch = { ...batchOf(Object.values(FLOWS)), origin: { source: '10.0.0.1/eth0', run: 1 } };
  const count = (filter: string): number =>
    compileFilter(filter).select(batch, new Uint32Array(batch.rows), batch.rows);
  for (const filter of ['srcid 10.0.0.1', 'srcid 10.0.0.1/eth0']) assert.equal(count(filter), batch.rows, filter);
  for (const filter of ['srcid 10.0.0.1/eth', 'srcid 10.0.0.1/', 'srcid 10.0.0'])
    assert.equal(count(filter), 0, filter);
});

test('only the rows that are given are looked at, and they keep their order', () => {
  const batch = batchOf(Object.values(FLOWS));
  const rows = Uint32Array.from([5, 4, 3, 2, 1, 0]);
  const { select } = compileFilter('arp or tcp or port 53');
  assert.equal(select(batch, rows, 5), 3);
  assert.deepEqual([...rows.subarray(0, 3)], [4, 2, 1]);
});

test('a filter can be used again and again, on batches that have the fields and on those that do not', () => {
  const { select } = compileFilter('not (port 80 or spi gt 0) or vlan');
  const run = (batch: Batch): number =>
    select(
      batch,
      Uint32Array.from({ length: batch.rows }, (_, i) => i),
      batch.rows,
    );
  const empty = batchOf([{ stime: 1 }, { stime: 2 }]);
  assert.deepEqual([run(batchOf(Object.values(FLOWS))), run(empty), run(batchOf(Object.values(FLOWS)))], [6, 2, 6]);
});

const MANAGEMENT: readonly [filter: string, matches: number, possible: boolean][] = [
  ['', 2, true],
  ['man', 2, true],
  ['far', 0, false],
  ['not man', 0, false],
  ['tcp', 0, false],
  ['not tcp', 2, true],
  ['man and not tcp', 2, true],
  ['tcp or man', 2, true],
  ['man and tcp', 0, false],
  ['mlost gt 5', 1, true],
  ['start', 1, true],
  ['pkts gt 0', 0, false],
];

for (const [filter, matches, possible] of MANAGEMENT)
  test(`'${filter}' matches ${matches} of two management records`, () => {
    const rows: Row[] = [
      { cause: CAUSE.start, stime: 1, mlost: 0 },
      { cause: CAUSE.status, stime: 2, mlost: 9 },
    ];
    const { select, matchesManagement } = compileFilter(filter);
    assert.equal(select(batchOf(rows, MANAGEMENT_BATCH), Uint32Array.of(0, 1), 2), matches);
    assert.equal(matchesManagement, possible);
  });

test('a batch without rows gives none', () => {
  assert.equal(compileFilter('not tcp or man').select(batchOf([], GAP_BATCH), new Uint32Array(0), 0), 0);
});

const numbers = (...names: (keyof typeof STORED_FIELDS)[]): Set<number> =>
  new Set(names.map((name) => STORED_FIELDS[name].number));

test('a filter names the stored fields that it reads', () => {
  assert.deepEqual(compileFilter('').fields, numbers());
  assert.deepEqual(compileFilter('rate gt 1').fields, numbers('spkts', 'dpkts', 'dur'));
  assert.deepEqual(compileFilter('tcp and src host 10.0.0.1').fields, numbers('ipproto', 'saddr'));
  assert.deepEqual(
    compileFilter('not (ttl 64 or syn) or vlan').fields,
    numbers('sttl', 'dttl', 'tcpstate', 'svlan', 'dvlan'),
  );
});
