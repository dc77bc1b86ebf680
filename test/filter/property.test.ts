import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { compileFilter } from '../../libs/filter/compile.ts';
import { parseFilter } from '../../libs/filter/parser.ts';
import { MANAGEMENT_BATCH } from '../../libs/record/batch.ts';
import { fuzz } from '../fuzz/filter.ts';
import { matches } from './evaluate.ts';
import { batchOf, type Row } from './rows.ts';

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
    dur: fc.constantFrom(0, 1, 100_000_000, 1e15, Number.NaN, Infinity),
    tcpstate: fc.constantFrom(0, 1, 2, 7, 128),
    events: fc.constantFrom(0, 16, 32, 2 ** 31),
    cause: fc.constantFrom(1, 2, 4, 5),
    svlan: fc.constantFrom(0, 100),
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

test('the rows that a filter selects are those that match one by one, in the order given', () => {
  fc.assert(
    fc.property(filter, batch, fc.infiniteStream(fc.boolean()), fc.boolean(), (text, records, given, backwards) => {
      const all = Array.from({ length: records.rows }, (_, number) => number).filter(() => given.next().value);
      const looked = Uint32Array.from(backwards ? all.toReversed() : all);
      const node = parseFilter(text);
      const expected = [...looked].filter((number) => matches(node, records, number));
      const { select, matchesManagement } = compileFilter(text);
      const count = select(records, looked, looked.length);
      assert.deepEqual([...looked.subarray(0, count)], expected);
      if (records.kind === MANAGEMENT_BATCH && count > 0) assert.ok(matchesManagement);
    }),
    { numRuns: 1500, seed: 7 },
  );
});

test('whatever the words, a filter compiles or is refused with its place', async () => {
  const { problems } = await fuzz({ seed: 1, runs: 5000 });
  assert.deepEqual(problems, []);
});
