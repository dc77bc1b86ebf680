import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { RecordSelection } from '../../libs/cli/selection/selection.ts';
import { decodeFrame } from '../../libs/codec/decode.ts';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { compileFilter } from '../../libs/filter/compile.ts';
import { timesNode } from '../../libs/filter/narrowing.ts';
import { parseFilter } from '../../libs/filter/parser.ts';
import { MANAGEMENT_BATCH, type Batch } from '../../libs/record/batch.ts';
import { selectRows } from '../../libs/record/select.ts';
import { parseTimeRange, type TimeRange } from '../../libs/time/range.ts';
import { fuzz } from '../fuzz/filter.ts';
import { assertSameBatch } from '../support/batches.ts';
import { matches } from './evaluate.ts';
import { batchOf, type Row } from './rows.ts';
import { zoneOf } from './zones.ts';

const ADDRESSES = [
  '10.0.0.1',
  '10.0.0.2',
  '10.0.1.1',
  '192.0.2.1',
  '2001:db8::1',
  '2001:db8:1::1',
  '02:00:00:00:00:01',
];

/** A field is there or not; few different values, so that tests meet them. */
const row: fc.Arbitrary<Row> = fc.record(
  {
    etype: fc.constantFrom(0, 0x0800, 0x0806, 0x86dd),
    ipproto: fc.constantFrom(1, 6, 17, 58),
    saddr: fc.constantFrom(...ADDRESSES),
    daddr: fc.constantFrom(...ADDRESSES),
    smac: fc.constantFrom('02:00:00:00:00:01', '02:00:00:00:00:02'),
    sport: fc.constantFrom(53, 80, 443, 65_535),
    dport: fc.constantFrom(53, 80, 443, 65_535),
    spkts: fc.constantFrom(0, 1, 9, 10, 2000, 4_294_967_295),
    dpkts: fc.constantFrom(0, 1, 9, 10, 2000, 4_294_967_295),
    sttl: fc.constantFrom(0, 63, 64, 255),
    dttl: fc.constantFrom(0, 63, 64, 255),
    dur: fc.constantFrom(0, 1, 999, 100_000_000, 999_999_001, 1e15, Number.NaN, Infinity),
    tcpstate: fc.constantFrom(0, 1, 2, 7, 128),
    events: fc.constantFrom(0, 16, 32, 2 ** 31),
    cause: fc.constantFrom(1, 2, 4, 5),
    svlan: fc.constantFrom(0, 100),
    stime: fc.constantFrom(1_700_000_000_000_000, 1_700_000_001_000_000, 1_700_000_005_999_999),
    stimens: fc.constantFrom(0, 1, 999),
    sflags: fc.constantFrom(0, 2, 18, 24),
    trans: fc.constantFrom(1, 2, 9),
    sretrans: fc.constantFrom(0, 3),
    icmptype: fc.constantFrom(0, 3, 8, 11),
    label: fc.constantFrom('', 'alpha', 'beta gamma', 'Ünïcode'),
    appname: fc.constantFrom('example.org', 'www.example.net', 'x'),
    suser: fc.constantFrom('', 'GET / HTTP/1.1', 'SSH-2.0-x', 'get'),
  },
  { requiredKeys: [] },
);

const managementRow: fc.Arbitrary<Row> = fc.record(
  { cause: fc.constantFrom(1, 2), dur: fc.constantFrom(0, 1e9), mlost: fc.constantFrom(0, 1) },
  { requiredKeys: [] },
);

const batch = fc.oneof(
  { weight: 4, arbitrary: fc.array(row, { maxLength: 40 }).map((rows) => batchOf(rows)) },
  { weight: 1, arbitrary: fc.array(managementRow, { maxLength: 5 }).map((rows) => batchOf(rows, MANAGEMENT_BATCH)) },
);

const TESTS =
  'tcp,udp,ip,ipv6,arp,vlan,syn,synack,rst,frag,man,far,start,icmp6,host 10.0.0.1,src host 2001:db8::1,net 10/8,' +
  'src and dst net 10.0.0.0/16,dst net 2001:db8::/32,ether host 02:00:00:00:00:01,02:00:00:00:00:01,' +
  'net 10.0.0.1 mask 255.0.255.255,src net ::/0,port 80,src port 80 or 443,tcp port 53,dst port gt 100,port != 80,' +
  'port 53-443,src and dst port 53,spkts gt 9,dpkts >= 2k,pkts gt 10,pkts != 2,src pkts lt 10,ttl 64,ttl != 64,src and dst ttl lte 64,' +
  'dttl gt 63,saddr 10.0.0.0/30,saddr != 10.0.0.1,addr != 10.0.0.1,host 10.0.0.2-10.0.1.200,addr 2001:db8::1-2001:db8::ffff,' +
  'smac 02:00:00:00:00:01-02:00:00:00:00:09,snet 10/8,mac != 02:00:00:00:00:01,port in (53 443),sport in (80-100 1000-70000),' +
  'host in (10.0.0.1 10.0.0.2 10.0.1.1 192.0.2.1 1.2.3.4),src host in (2001:db8::1 ::1 ::2 2001:db9::1 10.0.0.1),' +
  'saddr != 10.0.0.1 and saddr in (::ffff:1 2001:db8:1::1 ::3 ::1 02:00:00:00:00:01 02:00:00:00:00:02 02:00:00:00:00:03 03:00:00:00:00:01),' +
  'pkts in (1 2 2000-5000),dur in (0 0.1),spkts != 9-10,trans 1,trans gt 1,has trans,has dport,has state,not has tcprtt,retrans,' +
  'retrans gt 1,src syn,src ack and push,sflags & 16,label alpha,label != alpha,label ~ "(a|ä)l?",label !~ a,state CON,state != CON,' +
  'state ~ "^(RST|INT)$",proto in (tcp udp),proto esp,appname ~ "\\.net$",suser ~ "(?:GET|SSH).*1",suser = GET,user !~ x,cid ~ A,' +
  'unreach,echo,multicast,broadcast,nstroke gt 5,not nstroke gt 5,dir "->",stime gte 1700000001,ltime lt 1700000001,' +
  'dttl gt 63,dur gt 0.1,dur <= 100ms,dur != 0,events gt 100,srcid probe-1,srcid 7,svlan 100,mlost 1';

const { filter } = fc.letrec<{ filter: string }>((tie) => {
  const operator = fc.constantFrom('and', 'or');
  return {
    filter: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(...TESTS.split(',')),
      tie('filter').map((inner) => `(${inner})`),
      tie('filter').map((inner) => `not (${inner})`),
      fc.tuple(tie('filter'), operator, tie('filter')).map(([a, word, b]) => `${a} ${word} ${b}`),
      fc.tuple(tie('filter'), operator, tie('filter')).map(([a, word, b]) => `${a} ${word} (${b})`),
    ),
  };
});

const times = fc.array(
  fc
    .tuple(
      fc.constantFrom('', 'x'),
      fc.constantFrom('', 'n', 'c'),
      fc.constantFrom('1700000000+2s', '1700000001-1700000105', '1700000000'),
    )
    .map((words) => parseTimeRange(words.join(''), { nowMs: 0 })),
  { maxLength: 1 },
);

function isInRange({ relation, moments, text, negated }: TimeRange, records: Batch, number: number): boolean {
  return matches({ kind: 'time', relation, moments, text }, records, number) !== negated;
}

test('the rows that a filter selects are those that match one by one, in the order given', () => {
  fc.assert(
    fc.property(
      filter,
      times,
      batch,
      fc.infiniteStream(fc.boolean()),
      fc.boolean(),
      (text, ranges, records, given, backwards) => {
        const all = Array.from({ length: records.rows }, (_, number) => number).filter(() => given.next().value);
        const looked = Uint32Array.from(backwards ? all.toReversed() : all);
        const wanted = (number: number): boolean =>
          matches(parseFilter(text).node, records, number) &&
          ranges.every((range) => isInRange(range, records, number));
        const expected = [...looked].filter(wanted);
        const { select, matchesManagement } = compileFilter(text, ranges.length === 0 ? [] : [timesNode(ranges)]);
        const count = select(records, looked, looked.length);
        assert.deepEqual([...looked.subarray(0, count)], expected);
        if (records.kind === MANAGEMENT_BATCH && count > 0) assert.ok(matchesManagement);
      },
    ),
    { numRuns: 700, seed: 7 },
  );
});

test('frames that are decoded stage by stage give the rows that match whole batches', () => {
  fc.assert(
    fc.property(filter, times, batch, (text, ranges, records) => {
      const compiled = compileFilter(text, ranges.length === 0 ? [] : [timesNode(ranges)]);
      const all = Uint32Array.from({ length: records.rows }, (_, number) => number);
      const expected = [...all.subarray(0, compiled.select(records, all, all.length))];
      const selection = new RecordSelection({ filter: compiled, range: undefined, management: undefined });
      const peek = { fields: compiled.fields, looks: selection.looks, isWanted: () => assert.fail() };
      const decoded = decodeFrame(encodeBatch(records), { peek });
      if ('problem' in decoded) assert.fail(decoded.problem);
      assert.equal(decoded.batch.covers, records.covers);
      for (let time = 0; time < 2; time++) {
        const count = selection.match(decoded.batch);
        assert.deepEqual([...selection.rows.subarray(0, count)], expected);
      }
    }),
    { numRuns: 700, seed: 13 },
  );
});

/** Rows that most tests refuse, of flows that come again or not. */
function others(count: number, flows: number): Row[] {
  return Array.from({ length: count }, (_, number) => ({
    flowid: number % flows,
    etype: 0x0800,
    ipproto: 50,
    saddr: `172.16.${number >> 8}.${number & 255}`,
    daddr: `172.17.${number % 7}.1`,
    ...(number % 3 === 0 ? {} : { sport: 1024 + number, dport: 8000 + (number % flows) }),
    spkts: 3 + (number % flows),
    stime: 1_700_000_900_000_000 + 1000 * number,
    label: `l${number % flows}`,
    ...(number % 50 === 0 ? { suser: 'x'.repeat(number % 9) } : {}),
  }));
}

test('the few rows of a large frame that match are decoded as they are among all', () => {
  let picked = 0;
  const few = fc.array(fc.tuple(row, fc.nat(320)), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(filter, few, fc.constantFrom(1000, 50), (text, placed, flows) => {
      const rows = others(320, flows);
      for (const [one, place] of placed) rows.splice(place, 0, { flowid: place % flows, ...one });
      const records = batchOf(rows);
      const compiled = compileFilter(text);
      const all = Uint32Array.from({ length: records.rows }, (_, number) => number);
      const expected = selectRows(records, all, compiled.select(records, all, all.length));
      const selection = new RecordSelection({ filter: compiled, range: undefined, management: undefined });
      const peek = { fields: compiled.fields, looks: selection.looks, isWanted: () => assert.fail() };
      const decoded = decodeFrame(encodeBatch(records, { level: 1 }), { peek });
      if ('problem' in decoded) assert.fail(decoded.problem);
      const count = selection.match(decoded.batch);
      if (expected.rows === 0) assert.equal(count, 0);
      else assertSameBatch(selectRows(decoded.batch, selection.rows, count), expected);
      picked += Number(count > 0 && decoded.batch.rows < records.rows);
    }),
    { numRuns: 100, seed: 17 },
  );
  assert.ok(picked > 20, `${picked}`);
});

test('a block of which a filter says that no record can match has none', () => {
  fc.assert(
    fc.property(filter, times, batch, fc.infiniteStream(fc.boolean()), (text, ranges, records, told) => {
      const { select, mayMatch } = compileFilter(text, ranges.length === 0 ? [] : [timesNode(ranges)]);
      const rows = Uint32Array.from({ length: records.rows }, (_, number) => number);
      const count = select(records, rows, rows.length);
      const zone = zoneOf(records, () => told.next().value === true);
      if (!mayMatch(zone)) assert.equal(count, 0);
      const all = compileFilter(`not (${text})`);
      if (ranges.length === 0 && !all.mayMatch(zone)) assert.equal(count, records.rows);
    }),
    { numRuns: 700, seed: 11 },
  );
});

test('whatever the words, a filter compiles or is refused with its place', async () => {
  const { problems } = await fuzz({ seed: 1, runs: 3000 });
  assert.deepEqual(problems, []);
});
