import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { MANAGEMENT_BATCH } from '../../../libs/record/batch.ts';
import { CAUSE, TCP_STATE } from '../../../libs/record/fields/field.ts';
import { STORED_FIELDS } from '../../../libs/record/fields/stored.ts';
import { FIELD_NAMES, FIELDS } from '../../../libs/record/fields/table.ts';
import { parseFieldSpec } from '../../../libs/record/print/field-spec.ts';
import { DEFAULT_COLUMNS, type PrintOptions } from '../../../libs/record/print/options.ts';
import { RecordPrinter } from '../../../libs/record/print/printer.ts';
import { arbitraryBatch } from '../../support/arbitrary-batch.ts';
import { recordBatch, type RecordValues } from '../../support/records.ts';

process.env['TZ'] = 'UTC';

const FLOW: RecordValues = {
  flowid: 2 ** 40 + 3, cause: CAUSE.start, stime: 1_700_000_000_020_000, dur: 100_500_000, etype: 0x0800, ipproto: 6,
  saddr: '192.0.2.10', sport: 40000, daddr: '198.51.100.20', dport: 80, spkts: 6, dpkts: 4, sbytes: 383, dbytes: 279,
  sencaps: 1, dencaps: 1, tcpstate: TCP_STATE.syn | TCP_STATE.synAck | TCP_STATE.fin, synack: 30_100_000, ackdat: 400_000,
  tcpoptions: 0b1000111,
}; // prettier-ignore

const EVERYTHING = [FIELD_NAMES.join(' ')];

function print(records: readonly RecordValues[], spec: readonly string[], options: PrintOptions): string {
  const printer = new RecordPrinter(parseFieldSpec(spec, DEFAULT_COLUMNS), options);
  return printer.header() + printer.rows(recordBatch(records), undefined, records.length) + printer.footer();
}

test('delimited: the values alone, but flags and direction as wide as they are', () => {
  assert.equal(
    print([FLOW], [], { delimiter: ',' }),
    'StartTime,Flgs,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,TotPkts,TotBytes,State\n' +
      '22:13:20.020000, e       ,tcp,192.0.2.10,40000,   ->,198.51.100.20,http,10,662,FIN\n',
  );
});

test('columns as wide as their values: a blank between them, a point before ports unless they are to have none', () => {
  const row = (options: PrintOptions): string =>
    print([FLOW], ['saddr sport stime dport'], options).split('\n')[1] ?? '';
  assert.equal(row({ variableWidth: true }), '192.0.2.10.40000 22:13:20.020000 http');
  assert.equal(row({ variableWidth: true, portPoint: false }), '192.0.2.10 40000 22:13:20.020000 http');
  assert.equal(row({ portPoint: false }), '        192.0.2.10 40000     22:13:20.020000 http');
  assert.equal(row({ variableWidth: true, delimiter: ',' }), '192.0.2.10,40000,22:13:20.020000,http');
});

const NETWORKS: readonly RecordValues[] = [
  { saddr: '192.0.2.0', smask: 24, daddr: '0.0.0.0', dmask: 0 },
  { saddr: '2001:db8::', smask: 32, daddr: '2001:db8::1' },
  { saddr: '192.0.2.1', daddr: '02:00:00:00:00:01' },
  { saddr: '192.0.2.1', smask: 200, daddr: '02:00:00:00:00:00', dmask: 46 },
];

test('masks of addresses: none; those of networks; all, but not of whole MAC addresses', () => {
  const rows = (options: PrintOptions): string[] =>
    print(NETWORKS, ['saddr daddr'], { delimiter: ' ', ...options }).split('\n').slice(1, -1); // prettier-ignore
  assert.deepEqual(rows({}), [
    '192.0.2.0 0.0.0.0',
    '2001:db8:: 2001:db8::1',
    '192.0.2.1 02:00:00:00:00:01',
    '192.0.2.1 02:00:00:00:00:00',
  ]);
  assert.deepEqual(rows({ masks: 'yes' }), [
    '192.0.2.0/24 0.0.0.0',
    '2001:db8::/32 2001:db8::1',
    '192.0.2.1 02:00:00:00:00:01',
    '192.0.2.1 02:00:00:00:00:00/46',
  ]);
  assert.deepEqual(rows({ masks: 'strict' }), [
    '192.0.2.0/24 0.0.0.0/0',
    '2001:db8::/32 2001:db8::1/128',
    '192.0.2.1/32 02:00:00:00:00:01',
    '192.0.2.1/32 02:00:00:00:00:00/46',
  ]);
});

test('masks of addresses print in columns, JSON and XML alike; hosts by name have one only where all do', () => {
  const [network] = NETWORKS;
  const row = (options: PrintOptions): string => print([network!, NETWORKS[2]!], ['saddr sport'], options);
  const hostName = (): string => 'host';
  assert.match(row({ masks: 'yes' }), /^ {6}192\.0\.2\.0\/24\n {9}192\.0\.2\.1$/m);
  assert.match(row({ masks: 'yes', style: 'json' }), /^\{"saddr":"192\.0\.2\.0\/24"\}\n\{"saddr":"192\.0\.2\.1"\}$/m);
  assert.match(row({ masks: 'yes', style: 'xml' }), /SrcAddr = "192\.0\.2\.0\/24"/);
  assert.match(row({ masks: 'yes', numeric: 3, hostName, delimiter: ',' }), /^192\.0\.2\.0\/24,\nhost,$/m);
  assert.match(row({ masks: 'strict', numeric: 3, hostName, delimiter: ',' }), /^192\.0\.2\.0\/24,\nhost\/32,$/m);
});

test('delimited: absent is nothing between delimiters, long values are whole', () => {
  assert.equal(print([{ saddr: '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff' }], ['svid saddr dvid'], { delimiter: '\t' }), 'sVid\tSrcAddr\tdVid\n\t2001:db8:ffff:ffff:ffff:ffff:ffff:ffff\t\n'); // prettier-ignore
});

test('delimited: a text that holds the delimiter is quoted', () => {
  const record = { label: 'a,"b"', suser: 'GET /,\n', spkts: 1 };
  assert.equal(print([record], ['label suser spkts'], { delimiter: ',' }), 'Label,srcUdata,SrcPkts\n"a,""b""","s[7]=GET /,.",1\n'); // prettier-ignore
});

test('JSON: keys are field names, numbers have all digits, times a zone', () => {
  const lines = print([FLOW], ['stime ltime flgs proto saddr sport dir daddr dport pkts bytes state dur rate flowid seq tcprtt cause etype svid srcid tcpopt'], { style: 'json' }); // prettier-ignore
  assert.equal(lines.trimEnd().split('\n').length, 1);
  assert.deepEqual(JSON.parse(lines), {
    stime: '2023-11-14T22:13:20.020000Z', ltime: '2023-11-14T22:13:20.120500Z', flgs: ' e       ', proto: 'tcp',
    saddr: '192.0.2.10', sport: 40000, dir: '->', daddr: '198.51.100.20', dport: 80, pkts: 10, bytes: 662, state: 'FIN',
    dur: 0.1005, rate: 9 / 0.1005, flowid: 2 ** 40 + 3, seq: 3, tcprtt: 0.0305, cause: 'Start', etype: 0x0800,
    srcid: '192.0.2.250', tcpopt: 'Mws   T',
  }); // prettier-ignore
});

test('JSON: what is absent is left out, great numbers are text, bytes base64', () => {
  const record = { sbytes: 2 ** 60, dbytes: 2 ** 53 - 1, suser: Uint8Array.of(0, 1, 255), label: 'tab\tbidi\u202e', stime: 1_700_000_000_000_001, stimens: 5 }; // prettier-ignore
  const line = print([record], ['saddr sbytes dbytes suser label stime'], { style: 'json' });
  assert.ok(!/[\u202e\t]/.test(line));
  assert.deepEqual(JSON.parse(line), { sbytes: '1152921504606846976', dbytes: 2 ** 53 - 1, suser: 'AAH/', label: 'tab\tbidi\u202e', stime: '2023-11-14T22:13:20.000001005Z' }); // prettier-ignore
  assert.equal(print([{}], ['saddr'], { style: 'json' }), '{}\n');
  assert.equal(print([{ stime: 1_700_000_000_000_001 }], ['stime'], { style: 'json', unixTime: true }), '{"stime":1700000000.000001}\n'); // prettier-ignore
});

test('JSON: a management record has its own fields', () => {
  const batch = recordBatch([{ stime: 1_700_000_000_000_000, cause: CAUSE.status, dur: 5e9, mpkts: 10, mproblems: 'tcp: truncated=3' }], MANAGEMENT_BATCH); // prettier-ignore
  assert.deepEqual(JSON.parse(new RecordPrinter(DEFAULT_COLUMNS, { style: 'json' }).rows(batch, undefined, 1)), {
    stime: '2023-11-14T22:13:20.000000Z', srcid: '192.0.2.250', proto: 'man', state: 'CON', cause: 'Status', dur: 5,
    mpkts: 10, mproblems: 'tcp: truncated=3',
  }); // prettier-ignore
});

test('a management record tells its figures in words, unless columns were chosen', () => {
  const values = { cause: CAUSE.status, minput: 'eth0\u202e', mcapture: 'ring', mpkts: 1_234_567, mkdrops: 0, mbad: 3, mproblems: 'tcp: truncated=3' }; // prettier-ignore
  const batch = recordBatch([{ stime: 1_700_000_000_000_000, ...values }], MANAGEMENT_BATCH);
  const line = new RecordPrinter(DEFAULT_COLUMNS, { managementWords: true }).rows(batch, undefined, 1);
  assert.match(line, / man {2}running, input eth0\., by ring, 1,234,567 packets, 0 dropped by the kernel, 3 not decoded \(tcp: truncated=3\)\n$/); // prettier-ignore
  const columns = new RecordPrinter(DEFAULT_COLUMNS, { managementWords: false }).rows(batch, undefined, 1);
  assert.match(columns, / man .* 1234567 .* CON\n$/);
});

test('JSON: every line parses, whatever the record holds, and says what the batch says', () => {
  const printer = new RecordPrinter(parseFieldSpec(EVERYTHING, []), { style: 'json' });
  fc.assert(
    fc.property(arbitraryBatch(8), (batch) => {
      const lines = printer.rows(batch, undefined, batch.rows).split('\n');
      assert.equal(lines.pop(), '');
      assert.equal(lines.length, batch.rows);
      const counts = batch.columns[STORED_FIELDS.spkts.number];
      for (const [row, line] of lines.entries()) {
        const { spkts } = JSON.parse(line) as Record<string, unknown>;
        if (counts?.kind === 'u32' && counts.has(row) && batch.kind !== MANAGEMENT_BATCH) assert.equal(spkts, counts.values[row]); // prettier-ignore
      }
    }),
    { numRuns: 60, seed: 11 },
  );
});

test('XML: a record is an element with attributes that have the names of Argus', () => {
  assert.equal(
    print([FLOW], [], { style: 'xml' }),
    '<?xml version="1.0" encoding="UTF-8"?>\n<ArgusDataStream ArgusSourceId = "192.0.2.250">\n' +
      ' <ArgusFlowRecord StartTime = "2023-11-14T22:13:20.020000Z" Flags = " e       " Proto = "tcp" SrcAddr = "192.0.2.10" ' +
      'SrcPort = "40000" Dir = "-&gt;" DstAddr = "198.51.100.20" DstPort = "http" Pkts = "10" Bytes = "662" State = "FIN"></ArgusFlowRecord>\n' +
      '</ArgusDataStream>\n',
  );
});

test('XML: no record at all is still a document', () => {
  const printer = new RecordPrinter(DEFAULT_COLUMNS, { style: 'xml' });
  const text = printer.header() + printer.footer();
  assertWellFormed(text);
  assert.match(text, /<ArgusDataStream>\n<\/ArgusDataStream>/);
});

test('XML: well-formed whatever the records hold', () => {
  const columns = parseFieldSpec(EVERYTHING, []);
  fc.assert(
    fc.property(arbitraryBatch(4), arbitraryBatch(4), fc.string({ unit: 'binary', maxLength: 10 }), (a, b, source) => {
      const printer = new RecordPrinter(columns, { style: 'xml' });
      const first = { ...a, origin: { ...a.origin, source } };
      assertWellFormed(printer.header() + printer.rows(first, undefined, a.rows) + printer.rows(b, undefined, b.rows) + printer.footer()); // prettier-ignore
    }),
    { numRuns: 40, seed: 13 },
  );
});

/** Enough of XML 1.0 for what we write: a prolog, nested elements, attributes in double quotes that stand once. */
function assertWellFormed(text: string): void {
  // oxlint-disable-next-line no-control-regex -- these are what XML forbids
  assert.doesNotMatch(text, /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
  assert.ok(text.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n'));
  const open: string[] = [];
  let rest = text.slice(text.indexOf('\n') + 1);
  while (rest !== '') {
    const [whole, closing, name = '', attributes = ''] = /^\s*<(\/?)([A-Za-z]+)((?:\s+[A-Za-z][A-Za-z0-9]*\s*=\s*"(?:[^<&"]|&(?:amp|lt|gt|quot);)*")*)\s*>\s*/.exec(rest) ?? []; // prettier-ignore
    assert.ok(whole, `not an element: ${rest.slice(0, 200)}`);
    const names = [...attributes.matchAll(/([A-Za-z][A-Za-z0-9]*)\s*=\s*"[^"]*"/g)].map(([, attribute]) => attribute);
    assert.equal(new Set(names).size, names.length, attributes);
    if (closing === '') open.push(name);
    else assert.equal(open.pop(), name);
    rest = rest.slice(whole.length);
  }
  assert.deepEqual(open, []);
}

test('every field prints in every style', () => {
  for (const name of FIELD_NAMES) {
    for (const style of ['columns', 'delimited', 'json', 'xml'] as const) {
      const printer = new RecordPrinter([{ name }], { style });
      assert.match(printer.rows(recordBatch([FLOW]), undefined, 1), /\n$/, `${name} ${style} ${FIELDS[name].format}`);
    }
  }
});
