import assert from 'node:assert/strict';
import test from 'node:test';
import { compileFilter } from '../../libs/filter/compile.ts';
import { TUNNEL } from '../../libs/packet/tunnel.ts';
import { ENCAPSULATION, TCP_FLAG, TCP_OPTION } from '../../libs/packet/headers.ts';
import { CAUSE, EVENT, TCP_STATE } from '../../libs/record/fields/field.ts';
import { batchOf, type Row } from './rows.ts';

const TCP: Row = {
  etype: 0x0800,
  ipproto: 6,
  saddr: '10.0.0.1',
  daddr: '192.0.2.1',
  sport: 40_000,
  dport: 80,
  spkts: 5,
  dpkts: 5,
};
const UDP: Row = {
  etype: 0x0800,
  ipproto: 17,
  saddr: '10.0.0.2',
  daddr: '192.0.2.53',
  sport: 5353,
  dport: 53,
  spkts: 1,
  dpkts: 0,
};
const ICMP: Row = { etype: 0x0800, ipproto: 1, saddr: '10.0.0.1', daddr: '192.0.2.9', spkts: 1, dpkts: 1 };

/** What a word means, by a flow of which it is true and one much like it of which it is not. */
const CASES: readonly [filter: string, matching: Row, other: Row][] = [
  [
    'syn',
    { ...TCP, tcpstate: TCP_STATE.syn, sflags: TCP_FLAG.ack },
    { ...TCP, tcpstate: TCP_STATE.established, sflags: TCP_FLAG.syn },
  ],
  ['src syn', { ...TCP, sflags: TCP_FLAG.syn }, { ...TCP, dflags: TCP_FLAG.syn, tcpstate: TCP_STATE.syn }],
  [
    'src and dst push',
    { ...TCP, sflags: TCP_FLAG.psh, dflags: TCP_FLAG.psh },
    { ...TCP, sflags: TCP_FLAG.psh, dflags: 0 },
  ],
  ['urg', { ...TCP, dflags: TCP_FLAG.urg }, { ...TCP, dflags: TCP_FLAG.ack }],
  [
    'normal',
    { ...TCP, tcpstate: TCP_STATE.fin | TCP_STATE.finAck | TCP_STATE.closed },
    { ...TCP, tcpstate: TCP_STATE.fin },
  ],
  ['wait', { ...TCP, tcpstate: TCP_STATE.fin }, { ...TCP, tcpstate: TCP_STATE.fin | TCP_STATE.finAck }],
  ['src rst', { ...TCP, tcpstate: TCP_STATE.sourceReset }, { ...TCP, tcpstate: TCP_STATE.destinationReset }],
  ['reset', { ...TCP, tcpstate: TCP_STATE.destinationReset }, { ...TCP, tcpstate: TCP_STATE.fin }],
  ['retrans', { ...TCP, sretrans: 0, dretrans: 2 }, { ...TCP, sretrans: 0, dretrans: 0 }],
  ['src drop', { ...TCP, sretrans: 1 }, { ...TCP, dretrans: 1 }],
  ['retrans gt 2', { ...TCP, sretrans: 2, dretrans: 1 }, { ...TCP, sretrans: 1, dretrans: 1 }],
  ['dst ooo', { ...TCP, events: EVENT.destinationOutOfOrder }, { ...TCP, events: EVENT.sourceOutOfOrder }],
  ['winshut', { ...TCP, events: EVENT.sourceZeroWindow }, { ...TCP, events: EVENT.sourceEcn }],
  ['ecn', { ...TCP, events: EVENT.destinationEcn }, { ...TCP, sflags: TCP_FLAG.ece }],
  ['multipath', { ...TCP, events: EVENT.severalMacPairs }, TCP],
  ['tcptimestamp', { ...TCP, tcpoptions: TCP_OPTION.timestamp }, { ...TCP, tcpoptions: TCP_OPTION.mss }],
  ['tcpopt', { ...TCP, tcpoptions: TCP_OPTION.unknown }, { ...TCP, tcpoptions: 0 }],
  ['mss lt 1000', { ...TCP, smss: 536 }, { ...TCP, smss: 1460, tcpoptions: TCP_OPTION.mss }],
  ['echo', { ...ICMP, icmptype: 8 }, { ...ICMP, icmptype: 3 }],
  ['unreach', { ...ICMP, icmptype: 3 }, { ...ICMP, icmptype: 11 }],
  ['unreach', { ...UDP, events: EVENT.icmpUnreachable }, { ...UDP, events: EVENT.icmpTimeExceeded }],
  ['redirect', { ...ICMP, icmptype: 5 }, { ...ICMP, ipproto: 58, icmptype: 5 }],
  ['timexed', { ...ICMP, etype: 0x86dd, ipproto: 58, icmptype: 3 }, { ...ICMP, icmptype: 3 }],
  ['icmpmap', { ...UDP, events: EVENT.icmpOther }, { ...ICMP, icmptype: 3 }],
  ['mbr', { ...ICMP, ipproto: 2, icmptype: 0x16 }, { ...ICMP, icmptype: 0x16 }],
  ['multicast', { ...UDP, daddr: '224.0.0.251' }, UDP],
  ['multicast', { ...UDP, daddr: 'ff02::fb' }, { ...UDP, daddr: 'fe80::fb' }],
  ['src multicast', { ...UDP, saddr: '239.1.1.1' }, { ...UDP, daddr: '239.1.1.1' }],
  [
    'ether multicast',
    { ...UDP, dmac: '01:00:5e:00:00:fb' },
    { ...UDP, daddr: '224.0.0.251', dmac: '02:00:00:00:00:01' },
  ],
  ['broadcast', { ...UDP, daddr: '255.255.255.255' }, { ...UDP, daddr: '192.0.2.255' }],
  ['broadcast', { ...UDP, dmac: 'ff:ff:ff:ff:ff:ff' }, { ...UDP, dmac: '01:00:5e:00:00:01' }],
  ['ip broadcast', { ...UDP, daddr: '255.255.255.255' }, { ...UDP, dmac: 'ff:ff:ff:ff:ff:ff' }],
  ['ether', { ...UDP, sencaps: ENCAPSULATION.ethernet }, { ...UDP, sencaps: ENCAPSULATION.linuxCooked }],
  ['encaps gre', { ...UDP, dencaps: ENCAPSULATION.gre }, { ...UDP, tunkind: TUNNEL.gre }],
  ['src encaps 802q', { ...UDP, sencaps: ENCAPSULATION.vlan }, { ...UDP, dencaps: ENCAPSULATION.vlan }],
  ['vlan 100', { ...UDP, svlan: 0x6064 }, { ...UDP, svlan: 101 }],
  ['vpri 3', { ...UDP, dvlan: 0x6064 }, { ...UDP, dvlan: 100 }],
  ['mid 16', { ...UDP, dmpls: 16 }, { ...UDP, dmpls: 17 }],
  ['isis', { etype: 0, sport: 0xfe, dport: 0xfe, saddr: '02:00:00:00:00:01' }, { etype: 0, sport: 0x42, dport: 0x42 }],
  ['decnet', { etype: 0x6003 }, { etype: 0x6004 }],
  ['dsb ef', { ...UDP, stos: 0xb8 }, { ...UDP, stos: 0xa0 }],
  ['src dsb 0', { ...UDP, stos: 3 }, { ...UDP, stos: 4 }],
  ['normal', { ...TCP, tcpstate: TCP_STATE.closed }, { ...TCP, tcpstate: TCP_STATE.fin }],
  ['normal', { ...TCP, tcpstate: TCP_STATE.fin | TCP_STATE.finAck }, { ...TCP, tcpstate: TCP_STATE.established }],
  ['state eq rst', { ...TCP, tcpstate: TCP_STATE.sourceReset }, { ...TCP, tcpstate: TCP_STATE.fin }],
  ['state in (REQ, INT)', UDP, { ...UDP, dpkts: 1 }],
  ['dir "->"', UDP, { ...UDP, dpkts: 1 }],
  [
    'cid "1:LQU9qZlK+B5F3KDmev6m5PMibrg="',
    { etype: 0x0800, ipproto: 6, saddr: '128.232.110.120', daddr: '66.35.250.204', sport: 34_855, dport: 80, spkts: 1 },
    TCP,
  ],
  ['shut', { ...TCP, cause: CAUSE.shutdown }, { ...TCP, cause: CAUSE.error }],
  ['host 192.0.2.50-192.0.2.60', UDP, TCP],
  [
    'src host 2001:db8::10-2001:db8:0:1::',
    { ...TCP, saddr: '2001:db8::ffff:0:1' },
    { ...TCP, saddr: '2001:db8:0:1::1' },
  ],
  [
    'mac 02:00:00:00:00:10-02:00:00:00:01:00',
    { ...TCP, dmac: '02:00:00:00:00:20' },
    { ...TCP, dmac: '02:00:00:00:01:01' },
  ],
  ['snet 10.0.0.0/8', TCP, { ...TCP, saddr: '11.0.0.1' }],
  ['port in (53, 67-68)', UDP, TCP],
  ['dport domain', UDP, { ...UDP, dport: 54 }],
  ['trans 1', TCP, { ...TCP, trans: 2 }],
  ['src user ~ "^GET .*HTTP/1\\.[01]"', { ...TCP, suser: 'GET / HTTP/1.1' }, { ...TCP, duser: 'GET / HTTP/1.1' }],
  ['user eq "a.b"', { ...TCP, duser: 'a.b' }, { ...TCP, duser: 'axb' }],
  ['label !~ x', { ...TCP, label: 'abc' }, TCP],
  ['appname eq example.org', { ...TCP, appname: 'example.org' }, { ...TCP, appname: 'www.example.org' }],
  ['not has label', TCP, { ...TCP, label: '' }],
  ['not nstroke gt 1 and tcp', TCP, UDP],
  [
    'stime gte 2026-03-01T00:00:00Z and stime lt 2026/03/02@UTC',
    { ...TCP, stime: Date.UTC(2026, 2, 1) * 1000 },
    { ...TCP, stime: Date.UTC(2026, 2, 2) * 1000 },
  ],
  [
    'stime 2026/03/01@UTC',
    { ...TCP, stime: Date.UTC(2026, 2, 1, 23) * 1000 },
    { ...TCP, stime: Date.UTC(2026, 2, 2) * 1000 },
  ],
  ['spkts & 4', TCP, { ...TCP, spkts: 3 }],
  ['bytes 1k-2k', { ...TCP, sbytes: 1000, dbytes: 1000 }, { ...TCP, sbytes: 1000, dbytes: 1001 }],
];

for (const [filter, matching, other] of CASES)
  test(`'${filter}' is true of ${JSON.stringify(matching)}`, () => {
    const { select } = compileFilter(filter);
    const rows = Uint32Array.of(0, 1);
    assert.deepEqual([...rows.subarray(0, select(batchOf([matching, other]), rows, 2))], [0]);
  });

test('words for what there is not match nothing, and not of them is everything', () => {
  for (const word of [
    'event',
    'index',
    'anon',
    'udt',
    'hello',
    'lsp',
    'src encaps lrh',
    'nstroke gt 0',
    'co US',
    'has rank',
  ]) {
    const count = (filter: string): number =>
      compileFilter(filter).select(batchOf([TCP, UDP]), Uint32Array.of(0, 1), 2);
    assert.deepEqual([count(word), count(`not (${word})`)], [0, 2], word);
    assert.match(compileFilter(word).explain(), /^no record \(.+\)\nreads: no field$/);
  }
});

test('what is for the reader alone is not for servers', () => {
  const remote = (filter: string): string => compileFilter(filter).remote;
  assert.equal(remote('tcp and port 80'), 'tcp and port 80');
  assert.equal(remote('local tcp'), '');
  assert.equal(remote('tcp and not (udp or suser ~ "x")'), '');
  assert.equal(remote(''), '');
  const tests = (count: number): string => Array<string>(count).fill('udp').join(' or ');
  assert.equal(remote(tests(256)), tests(256));
  assert.equal(remote(tests(257)), '');
  assert.equal(remote(`tcp ${' '.repeat(4096)}`), '');
});

const EXPLAINED: readonly [filter: string, text: string][] = [
  ['', 'every record\nreads: no field'],
  ['not src net 10.0.0.0/8', 'not\n  saddr in 10.0.0.0/8\nreads: saddr'],
  ['dur gte 10ms', 'dur >= 0.01 seconds\nreads: dur'],
  ['pkts != 5', 'pkts != 5 packets\nreads: spkts dpkts'],
  ['sport in (80 443 8000-8100)', 'sport in 80, 443, 8000 to 8100\nreads: sport'],
  ['saddr 2001:db8::1-2001:db8::9', 'saddr from 2001:db8::1 to 2001:db8::9\nreads: saddr'],
  ['cause close', 'cause = 4 (Close)\nreads: cause'],
  ['smac 2:0:0:0:0:1', 'smac = 02:00:00:00:00:01\nreads: smac'],
  ['label ~ "a\u202e"', 'label ~ "a·"\nreads: label'],
  ['stime gte 2026-03-01T00:00:00Z', 'stime >= 2026-03-01T00:00:00.000Z (1772323200)\nreads: stime'],
];

for (const [filter, text] of EXPLAINED)
  test(`'${filter}' is explained`, () =>
    assert.equal(
      compileFilter(filter)
        .explain()
        .replaceAll(/[^\x20-\x7e\n]|(?<=a)\./g, '·'),
      text,
    ));
