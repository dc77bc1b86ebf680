import assert from 'node:assert/strict';
import test from 'node:test';
import { ENCAPSULATION } from '../../../libs/packet/headers.ts';
import { CAUSE, EVENT, TCP_STATE } from '../../../libs/record/fields/field.ts';
import { DEFAULT_COLUMNS, type PrintOptions } from '../../../libs/record/print/options.ts';
import { parseFieldSpec } from '../../../libs/record/print/field-spec.ts';
import { RecordPrinter } from '../../../libs/record/print/printer.ts';
import { recordBatch, type RecordValues } from '../../support/records.ts';

process.env['TZ'] = 'UTC';

const START = 1_700_000_000_000_000;
const IP4 = { etype: 0x0800, cause: CAUSE.start, sencaps: ENCAPSULATION.ethernet };
const TCP = { ...IP4, ipproto: 6 };
const UDP = { ...IP4, ipproto: 17 };
const ICMP = { ...IP4, ipproto: 1 };
const SYN = TCP_STATE.syn | TCP_STATE.synAck | TCP_STATE.established;
const counts = (spkts: number, dpkts: number, sbytes: number, dbytes: number) => ({ spkts, dpkts, sbytes, dbytes });

/** The rows that Argus 3.0.8 prints of these flows. */
const ROWS: readonly (readonly [record: RecordValues, row: string])[] = [
  [
    {
      ...TCP,
      stime: START,
      saddr: '10.0.0.1',
      sport: 40001,
      daddr: '192.0.2.10',
      dport: 80,
      ...counts(10, 5, 852, 1782),
      tcpstate: SYN | TCP_STATE.fin | TCP_STATE.finAck | TCP_STATE.closed,
    },
    '   22:13:20.000000  e           tcp           10.0.0.1.40001     ->         192.0.2.10.http         15       2634   FIN',
  ],
  [
    {
      ...TCP,
      stime: START + 500_000,
      saddr: '10.0.0.1',
      sport: 40002,
      daddr: '192.0.2.11',
      dport: 443,
      ...counts(1, 1, 60, 60),
      tcpstate: TCP_STATE.syn | TCP_STATE.destinationReset,
    },
    '   22:13:20.500000  e           tcp           10.0.0.1.40002     ->         192.0.2.11.https         2        120   RST',
  ],
  [
    {
      ...TCP,
      stime: START + 2_100_000,
      saddr: '192.0.2.19',
      sport: 443,
      daddr: '10.0.0.1',
      dport: 40010,
      ...counts(1, 1, 79, 79),
      tcpstate: TCP_STATE.established,
    },
    '   22:13:22.100000  e           tcp         192.0.2.19.https    <?>           10.0.0.1.40010         2        158   CON',
  ],
  [
    {
      ...UDP,
      stime: START + 3_000_000,
      saddr: '10.0.0.1',
      sport: 50001,
      daddr: '192.0.2.53',
      dport: 53,
      ...counts(1, 1, 70, 99),
    },
    '   22:13:23.000000  e           udp           10.0.0.1.50001    <->         192.0.2.53.domain        2        169   CON',
  ],
  [
    {
      ...UDP,
      stime: START + 3_400_000,
      saddr: '10.0.0.1',
      sport: 50006,
      daddr: '192.0.2.58',
      dport: 33434,
      ...counts(1, 0, 90, 0),
      events: EVENT.icmpUnreachable,
    },
    '   22:13:23.400000  eU          udp           10.0.0.1.50006     ->         192.0.2.58.33434         1         90   INT',
  ],
  [
    {
      ...ICMP,
      stime: START + 3_410_000,
      saddr: '192.0.2.58',
      daddr: '10.0.0.1',
      icmptype: 3,
      icmpcode: 3,
      icmpid: 0x9a82,
      ...counts(1, 0, 118, 0),
    },
    '   22:13:23.410000  e          icmp         192.0.2.58.0x0303    ->           10.0.0.1.0x9a82        1        118   URP',
  ],
  [
    {
      ...ICMP,
      stime: START + 4_300_000,
      saddr: '10.0.0.1',
      daddr: '192.0.2.62',
      icmptype: 0,
      icmpcode: 0,
      icmpid: 0x4f00,
      ...counts(0, 1, 0, 90),
    },
    '   22:13:24.300000  e          icmp           10.0.0.1.0x0000   <-          192.0.2.62.0x4f00        1         90   ECR',
  ],
  [
    {
      etype: 0x0806,
      cause: CAUSE.start,
      sencaps: ENCAPSULATION.ethernet,
      stime: START + 5_000_000,
      saddr: '10.0.0.1',
      daddr: '10.0.0.254',
      ...counts(1, 1, 42, 42),
    },
    '   22:13:25.000000  e           arp           10.0.0.1          who         10.0.0.254               2         84   CON',
  ],
  [
    {
      etype: 0x86dd,
      ipproto: 58,
      cause: CAUSE.start,
      sencaps: ENCAPSULATION.ethernet,
      stime: START + 6_100_000,
      saddr: '2001:db8::1',
      daddr: '2001:db8::3',
      icmptype: 128,
      icmpcode: 0,
      icmpid: 0,
      ...counts(1, 1, 62, 62),
    },
    '   22:13:26.100000  e        ipv6-*        2001:db8::1.0x0080   <->        2001:db8::3.0x0000        2        124   ECO',
  ],
  [
    {
      etype: 0,
      cause: CAUSE.start,
      sencaps: ENCAPSULATION.ethernet | ENCAPSULATION.llc,
      stime: START + 8_400_000,
      saddr: '00:11:22:33:44:55',
      daddr: '01:80:c2:00:00:00',
      sport: 0x42,
      dport: 0x42,
      ...counts(1, 0, 52, 0),
    },
    '   22:13:28.400000  *           llc  00:11:22:33:44:55.stp       ->  01:80:c2:00:00:00.stp           1         52   INT',
  ],
  [
    {
      ...UDP,
      stime: START + 8_800_000,
      saddr: '10.0.0.1',
      daddr: '192.0.2.81',
      events: EVENT.laterFragmentsOnly,
      ...counts(2, 0, 1676, 0),
    },
    '   22:13:28.800000  e    f      udp           10.0.0.1           ->         192.0.2.81               2       1676   INT',
  ],
  [
    {
      ...UDP,
      stime: START + 9_000_000,
      saddr: '10.0.0.1',
      sport: 1,
      daddr: '192.0.2.90',
      dport: 9,
      ipoptions: 1 << 4,
      ...counts(1, 0, 51, 0),
    },
    '   22:13:29.000000  e     R     udp           10.0.0.1.1         ->         192.0.2.90.disca*        1         51   INT',
  ],
];

const HEADER =
  '         StartTime      Flgs  Proto            SrcAddr  Sport   Dir            DstAddr  Dport  TotPkts   TotBytes State \n';

const flows = recordBatch(ROWS.map(([record]) => record));

function print(spec: readonly string[], options: PrintOptions = {}, batch = flows, rows?: Uint32Array): string {
  return new RecordPrinter(parseFieldSpec(spec, DEFAULT_COLUMNS), options).rows(
    batch,
    rows,
    rows?.length ?? batch.rows,
  );
}

test('the default columns are as Argus prints them', () => {
  assert.equal(new RecordPrinter(DEFAULT_COLUMNS).header(), HEADER);
  assert.equal(print([]), ROWS.map(([, row]) => `${row}\n`).join(''));
});
