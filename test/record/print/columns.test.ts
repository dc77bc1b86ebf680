import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { ENCAPSULATION } from '../../../libs/packet/headers.ts';
import { GAP_BATCH, MANAGEMENT_BATCH } from '../../../libs/record/batch.ts';
import { CAUSE, EVENT, TCP_STATE } from '../../../libs/record/fields/field.ts';
import { DEFAULT_COLUMNS, type PrintOptions } from '../../../libs/record/print/options.ts';
import { parseFieldSpec } from '../../../libs/record/print/field-spec.ts';
import { RecordPrinter } from '../../../libs/record/print/printer.ts';
import { arbitraryBatch } from '../../support/arbitrary-batch.ts';
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

const DOT = recordBatch([
  {
    ...TCP,
    stime: START + 20_000,
    stimens: 7,
    dur: 100_500_000,
    saddr: '198.51.100.20',
    sport: 40000,
    daddr: '192.0.2.1',
    dport: 8080,
    ...counts(6, 4, 383, 279),
    tcpstate: SYN,
    sflags: 0x1b,
    dflags: 0x1b,
    swin: 64256,
    suser: 'GET /index.html HTTP/1.1\r\n',
    duser: 'ok',
  },
]);

interface Case {
  readonly name: string;
  readonly spec: readonly string[];
  readonly options?: PrintOptions;
  readonly batch?: typeof DOT;
  readonly header?: string;
  readonly text: string;
}

const CASES: readonly Case[] = [
  {
    name: 'a point sets off a port from its own address only',
    spec: ['sport saddr sport daddr sport dport'],
    text: '40000       198.51.100.20.40000           192.0.2.1 40000  http-*\n',
    options: { numeric: 0 },
  },
  {
    name: 'a value that is too long is cut and ends in a star',
    spec: ['saddr:5 stime:4 pkts:1 swin:3 dir:2 flgs:1'],
    text: '198.* 22:* * 64* -> *\n',
    header: 'SrcAd Star T Src Di F \n',
  },
  {
    name: 'a wider column is padded',
    spec: ['pkts:12 sport:8 dport:8 state:7'],
    options: { numeric: 1 },
    header: '     TotPkts    Sport    Dport   State \n',
    text: '          10 40000    8080         CON\n',
  },
  {
    name: 'less precision makes times narrower and rounds the rest',
    spec: ['stime dur rate'],
    options: { precision: 3 },
    header: '      StartTime        Dur         Rate \n',
    text: '   22:13:20.020      0.101       89.552\n',
  },
  {
    name: 'no precision leaves out the point',
    spec: ['stime dur rate'],
    options: { precision: 0 },
    header: '   StartTime        Dur         Rate \n',
    text: '    22:13:20          0           90\n',
  },
  {
    name: 'more precision shows nanoseconds',
    spec: ['stime ltime dur:12'],
    options: { precision: 9 },
    header: '            StartTime              LastTime          Dur \n',
    text: '   22:13:20.020000007    22:13:20.120500007  0.100500000\n',
  },
  {
    name: 'Unix time',
    spec: ['stime dur'],
    options: { unixTime: true },
    header: '         StartTime        Dur \n',
    text: ' 1700000000.020000   0.100500\n',
  },
  {
    name: 'Unix time before 1970',
    spec: ['stime'],
    options: { unixTime: true },
    batch: recordBatch([-500_000, -2_000_000, -1_250_000].map((stime) => ({ ...UDP, stime }))),
    header: '         StartTime \n',
    text: '         -0.500000\n         -2.000000\n         -1.250000\n',
  },
  {
    name: 'headings that stand in the middle',
    spec: ['seq rank suser:4 state'],
    batch: recordBatch([{ ...UDP, flowid: 2 ** 32 + 5, ...counts(1, 0, 1, 0), suser: 'FFFFFF' }]),
    header: '    Seq       Rank    srcUdata    State \n',
    text: '           5      1 s[4]=FFFF       INT\n',
  },
  {
    name: 'payload shows dots for what is not printable',
    spec: ['suser:26 duser:8'],
    text: 's[26]=GET /index.html HTTP/1.1..    d[2]=ok\n',
  },
  {
    name: 'payload without a width shows sixteen bytes',
    spec: ['suser duser'],
    header: '        srcUdata                  dstUdata          \n',
    text: 's[16]=GET /index.html     d[2]=ok\n',
  },
  {
    name: 'rates and loads have the digits of Argus',
    spec: ['rate sload:14 dload:14 smeansz pcr'],
    batch: recordBatch([{ ...counts(10, 5, 852, 1782), dur: 405_000_000, sappbytes: 400, dappbytes: 4000 }]),
    text: '   34.567902   15150.617188   28167.900391    85.199997  -0.818182\n',
  },
  { name: 'TCP states as letters', spec: ['state'], options: { state: 'letters' }, text: '  sSE\n' },
  {
    name: 'flags of a side that sent none are not the state',
    spec: ['state pkts'],
    options: { state: 'destination-flags' },
    batch: recordBatch([{ ...counts(1, 0, 60, 0), ipproto: 6, tcpstate: TCP_STATE.syn, sflags: 2 }]),
    text: '             1\n',
  },
  { name: 'flags of the source', spec: ['state'], options: { state: 'source-flags' }, text: ' FSPA\n' },
  {
    name: 'flags of both make the column wider',
    spec: ['state'],
    options: { state: 'both-flags' },
    header: '    State \n',
    text: 'FSPA_FSPA\n',
  },
  {
    name: 'time with a date',
    spec: ['stime'],
    options: { timeFormat: '%Y-%m-%d %T.%f' },
    header: '                  StartTime \n',
    text: ' 2023-11-14 22:13:20.020000\n',
  },
  {
    name: 'formats of a column',
    spec: ['stime:12:%H.%M.%S pkts:6:%05d dur:8:"%.1f s" sport:8:%x'],
    header: '   StartTime TotPkt      Dur    Sport \n',
    text: '    22.13.20  00010    0.1 s 9c40\n',
  },
  {
    name: 'an absent value is blank, also in the middle',
    spec: ['saddr svid daddr'],
    text: '     198.51.100.20                 192.0.2.1\n',
  },
  { name: 'a row of nothing is an empty line', spec: ['svid', 'dvid'], text: '\n' },
  {
    name: 'columns of names whose values nobody has are empty',
    spec: ['sco dco sas rtime saddr'],
    text: '                                 198.51.100.20\n',
  },
];

for (const { name, spec, options, batch, header, text } of CASES) {
  test(name, () => {
    const printer = new RecordPrinter(parseFieldSpec(spec, DEFAULT_COLUMNS), options);
    if (header !== undefined) assert.equal(printer.header(), header);
    const rows = batch ?? DOT;
    assert.equal(printer.rows(rows, undefined, rows.rows), text);
  });
}

test('numeric levels: ports, then protocols, then names again', () => {
  const spec = ['proto sport dport'];
  const of = (numeric: 0 | 1 | 2 | 3, record: RecordValues): string => print(spec, { numeric }, recordBatch([record]));
  const web = { ...TCP, sport: 443, dport: 50000, ...counts(1, 1, 1, 1) };
  assert.deepEqual([0, 1, 2, 3].map((level) => of(level as 0, web)), ['   tcp https  50000\n', '   tcp 443    50000\n', '     6 443    50000\n', '   tcp https  50000\n']); // prettier-ignore
  const echo = { etype: 0x86dd, ipproto: 58, icmptype: 128, icmpcode: 0, ...counts(1, 0, 1, 0) };
  assert.deepEqual([0, 1, 2].map((level) => of(level as 0, echo)), ['ipv6-* 0x0080 0x0000\n', 'ipv6-* 128    0\n', '    58 128    0\n']); // prettier-ignore
  const llc = { etype: 0, sport: 0x42, dport: 0x43, ...counts(1, 0, 1, 0) };
  assert.deepEqual([0, 1, 2].map((level) => of(level as 0, llc)), ['   llc stp    0x43\n', '   llc 66     67\n', '     0 66     67\n']); // prettier-ignore
  const odd = { etype: 0x1234, ...counts(1, 0, 1, 0) };
  assert.deepEqual(
    [0, 1, 2].map((level) => of(level as 0, odd)),
    ['unkno*\n', '  4660\n', '  4660\n'],
  );
  const esp = { ...IP4, ipproto: 50, spi: 0xbeef, ...counts(1, 0, 1, 0) };
  assert.equal(
    print(['proto saddr sport daddr dport:10'], {}, recordBatch([{ ...esp, saddr: '192.0.2.1', daddr: '192.0.2.2' }])),
    '   esp          192.0.2.1                 192.0.2.2.0x0000beef\n',
  );
});

test('hosts have names at level 3, where a name is known; what a name holds is made harmless', () => {
  const names = new Map([
    [0xc6336414, 'web\u001b[31m.example'],
    [0xc0000201, undefined],
  ]);
  const options = {
    numeric: 3,
    hostName: ({ lanes }: { lanes: readonly number[] }) => names.get(lanes[3] ?? 0),
  } as const;
  assert.equal(print(['saddr:20 daddr'], options, DOT), '    web.[31m.example          192.0.2.1\n');
  assert.equal(print(['saddr:20'], { ...options, numeric: 0 }, DOT), '       198.51.100.20\n');
});

test('a label loses what moves the cursor, and is as wide as it has characters', () => {
  const batch = recordBatch([{ label: 'a\u001b]0;x\u0007b\u202e' }, { label: 'naïve 🙂' }, { label: '🙂🙂🙂🙂🙂🙂' }]);
  assert.equal(print(['label:10'], {}, batch), ' a.]0;x.b.\n   naïve 🙂\n    🙂🙂🙂🙂🙂🙂\n');
  assert.equal(print(['label:4 pkts'], {}, batch), 'a.]*\nnaï*\n🙂🙂🙂*\n');
});

test('the Ethernet address of everybody has a name', () => {
  const batch = recordBatch([{ smac: '02:00:00:00:00:01', dmac: 'ff:ff:ff:ff:ff:ff' }]);
  assert.equal(print(['smac dmac'], {}, batch), ' 02:00:00:00:00:01          Broadcast\n');
});

test('a management record has a row in the columns of flow records', () => {
  const batch = recordBatch(
    [
      {
        stime: START,
        cause: CAUSE.stop,
        dur: 1e9,
        mqueued: 3,
        mkdrops: 1,
        mdrops: 1,
        mflows: 86,
        mreaders: 1,
        mpkts: 40,
        mbytes: 5000,
        mrecords: 12,
        mmemory: 11138552,
      },
    ],
    MANAGEMENT_BATCH,
  );
  assert.equal(
    print([], {}, batch),
    '   22:13:20.000000              man                  3      2                       86      1       40   11138552   STP\n',
  );
  assert.equal(
    print(['srcid dur spkts sbytes dpkts dbytes cause'], {}, batch),
    '       192.0.2.250   1.000000       40         5000       12            2    Stop\n',
  );
});

test('chosen rows print in the order asked for, and a gap prints nothing', () => {
  assert.equal(print(['dport'], { numeric: 1 }, flows, Uint32Array.of(3, 0)), '53\n80\n');
  assert.equal(print(['dport'], {}, { ...flows, kind: GAP_BATCH }), '');
});

test('whatever the values, columns stay where they are', () => {
  const printer = new RecordPrinter(
    parseFieldSpec(
      ['stime saddr sport dir daddr dport label suser pkts sbytes rate cause etype state flgs proto trans:3'],
      [],
    ),
  );
  const { length } = printer.header();
  fc.assert(
    fc.property(arbitraryBatch(), (batch) => {
      const text = printer.rows(batch, undefined, batch.rows);
      const lines = text.split('\n');
      assert.equal(lines.pop(), '');
      assert.equal(lines.length, batch.rows);
      for (const line of lines) assert.ok([...line].length < length, line);
    }),
    { numRuns: 60, seed: 7 },
  );
});
