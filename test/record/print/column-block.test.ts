import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { FLOW_BATCH, type Batch } from '../../../libs/record/batch.ts';
import { EVENT } from '../../../libs/record/fields/field.ts';
import { FIELD_NAMES } from '../../../libs/record/fields/table.ts';
import { columnStyle, layoutOf, rowWriter } from '../../../libs/record/print/column-style.ts';
import {
  DEFAULT_COLUMNS,
  settingsOf,
  type PrintColumn,
  type PrintOptions,
} from '../../../libs/record/print/options.ts';
import { eachRow, type RowsWriter } from '../../../libs/record/print/style.ts';
import { TextBuffer } from '../../../libs/record/print/text-buffer.ts';
import { arbitraryBatch } from '../../support/arbitrary-batch.ts';
import { recordBatch, type RecordValues } from '../../support/records.ts';

process.env['TZ'] = 'UTC';

const START = 1_700_000_000_000_000;

const column: fc.Arbitrary<PrintColumn> = fc
  .record({ name: fc.constantFrom(...FIELD_NAMES), width: fc.integer({ min: 1, max: 70 }) }, { requiredKeys: ['name'] })
  .map(({ name, width }) => (width === undefined ? { name } : { name, width }));

const columns = fc.oneof(
  fc.constant(DEFAULT_COLUMNS),
  fc.array(column, { minLength: 1, maxLength: 12 }),
  fc.array(column, { minLength: 1, maxLength: 5 }).map((some) => [...DEFAULT_COLUMNS, ...some]),
);

const options: fc.Arbitrary<PrintOptions> = fc
  .record({
    numeric: fc.constantFrom(0, 1, 2, 3),
    unixTime: fc.boolean(),
    precision: fc.integer({ min: 0, max: 9 }),
    timeFormat: fc.constantFrom('%T.%f', '%F %T', '%f %T', '%d.%m. %H:%M:%S.%f', '%f', '%T.%f%f'),
    state: fc.constantFrom('state', 'letters', 'source-flags', 'destination-flags', 'both-flags'),
    payload: fc.constantFrom('ascii', 'hex', 'base64'),
    color: fc.boolean(),
  })
  .chain((plain) =>
    fc
      .option(fc.nat(4), { nil: undefined })
      .map((abbreviate) => (abbreviate === undefined ? plain : { ...plain, abbreviate })),
  );

/** Flows of a few hosts, as a network has them, with most values from small sets. */
const flow: fc.Arbitrary<RecordValues> = fc.record(
  {
    stime: fc.integer({ min: 0, max: 5_000_000 }).map((us) => START + us),
    stimens: fc.integer({ min: 0, max: 999 }),
    etype: fc.constantFrom(0, 0x0800, 0x86dd, 0x0806, 0x1234),
    ipproto: fc.constantFrom(1, 6, 17, 50, 58, 132, 200),
    saddr: fc.constantFrom('10.0.0.1', '192.168.100.200', '2001:db8::1', '2001:db8::2', '::', '02:00:00:00:00:01'),
    daddr: fc.constantFrom('0.0.0.0', '255.255.255.255', '1.20.103.99', 'ff:ff:ff:ff:ff:ff'),
    sport: fc.integer({ min: 0, max: 65_535 }),
    dport: fc.constantFrom(0, 22, 80, 443, 65_535),
    spkts: fc.constantFrom(0, 1, 99_999_999),
    dpkts: fc.constantFrom(0, 1, 2),
    sbytes: fc.constantFrom(0, 60, 5e9),
    dbytes: fc.constantFrom(0, 60, 0xffffffff),
    cause: fc.integer({ min: 1, max: 5 }),
    tcpstate: fc.integer({ min: 0, max: 255 }),
    icmptype: fc.constantFrom(0, 3, 8, 128),
    icmpcode: fc.constantFrom(0, 1, 3),
    icmpid: fc.integer({ min: 0, max: 65_535 }),
    events: fc.constantFrom(0, EVENT.icmpUnreachable, EVENT.rtp, EVENT.fragments | EVENT.sourceEcn, 0xffffffff),
    sretrans: fc.constantFrom(0, 1, 7),
    dlost: fc.constantFrom(0, 3),
    dgap: fc.constantFrom(0, 1400),
    label: fc.constantFrom('web', 'naïve 🙂'),
  },
  { requiredKeys: ['stime'] },
);

const flows = fc.array(flow, { minLength: 1, maxLength: 40 }).map((records) => recordBatch(records));
const anything = arbitraryBatch(30).map((batch): Batch => ({ ...batch, kind: FLOW_BATCH }));

function textOf(write: RowsWriter, rows: Uint32Array): string {
  const out = new TextBuffer();
  write(out, rows);
  return out.toString();
}

test('rows that are written many at a time are the rows that are written value by value', () =>
  fc.assert(
    fc.property(columns, options, fc.array(fc.oneof(flows, anything), { minLength: 1, maxLength: 3 }), (list, given, batches) => {
      const settings = settingsOf(given);
      const style = columnStyle(list, settings);
      const layout = layoutOf(list, settings);
      for (const batch of batches) {
        const rows = Uint32Array.from({ length: batch.rows }, (_, row) => row);
        const backwards = rows.toReversed();
        const right = eachRow(rowWriter(layout, batch));
        assert.equal(textOf(style.open(batch), rows), textOf(right, rows));
        assert.equal(textOf(style.open(batch), backwards), textOf(right, backwards));
      }
    }),
    { numRuns: 150, seed: 7 },
  )); // prettier-ignore

test('more rows than are laid out at once, with values that come again', () => {
  const records = Array.from({ length: 1500 }, (_, i): RecordValues => ({
    stime: START + i * 7_777_777,
    etype: 0x0800,
    ipproto: i % 3 === 0 ? 17 : 6,
    saddr: `10.0.${i % 7}.${i % 251}`,
    daddr: i % 11 === 0 ? `2001:db8::${(i % 5000).toString(16)}` : '192.0.2.1',
    sport: i * 40,
    dport: i % 1024,
    spkts: i,
    dpkts: i % 2,
    tcpstate: i % 256,
    ...(i % 100 === 99 && { label: 'é' }),
  }));
  const list: readonly PrintColumn[] = [...DEFAULT_COLUMNS, { name: 'label' }];
  const batch = recordBatch(records);
  const rows = Uint32Array.from(records, (_, row) => row);
  for (const numeric of [0, 1] as const) {
    const settings = settingsOf({ numeric });
    const text = textOf(columnStyle(list, settings).open(batch), rows);
    assert.equal(text, textOf(eachRow(rowWriter(layoutOf(list, settings), batch)), rows));
    assert.equal(text.split('\n').length, records.length + 1);
  }
});

test('more kinds of rows than are remembered, in batches that have not the same fields', () => {
  const list: readonly PrintColumn[] = [{ name: 'flgs' }, { name: 'proto' }, { name: 'dir' }, { name: 'state' }];
  const settings = settingsOf({});
  const style = columnStyle(list, settings);
  const layout = layoutOf(list, settings);
  const kinds = (from: number, more: RecordValues): Batch =>
    recordBatch(Array.from({ length: 9000 }, (_, i) => ({ stime: START, events: from + i, spkts: i % 3, ...more })));
  const few = kinds(0, { ipproto: 6, tcpstate: 3 });
  for (const batch of [few, kinds(5000, { etype: 0x0800, ipproto: 17 }), kinds(99_000, { ipoptions: 5 }), few]) {
    const rows = Uint32Array.from({ length: batch.rows }, (_, row) => row);
    assert.equal(textOf(style.open(batch), rows), textOf(eachRow(rowWriter(layout, batch)), rows));
  }
});

test('every port of TCP and UDP, by name or by number', () => {
  const list: readonly PrintColumn[] = [{ name: 'saddr' }, { name: 'sport' }, { name: 'dport', width: 5 }];
  const settings = settingsOf({ numeric: 0 });
  const style = columnStyle(list, settings);
  const layout = layoutOf(list, settings);
  for (let first = 0; first < 65_536; first += 8192) {
    const ports = Array.from({ length: 8192 }, (_, i) => first + i);
    const batch = recordBatch(
      ports.flatMap((port) => [6, 17].map((ipproto) => ({ stime: START, ipproto, sport: port, dport: 65_535 - port }))),
    );
    const rows = Uint32Array.from({ length: batch.rows }, (_, row) => row);
    assert.equal(textOf(style.open(batch), rows), textOf(eachRow(rowWriter(layout, batch)), rows));
  }
});

test('what ICMP has in the place of ports has as many digits as it needs', () => {
  const list: readonly PrintColumn[] = [{ name: 'sport', width: 12 }, { name: 'dport', width: 12 }]; // prettier-ignore
  const batch = recordBatch([
    { stime: START, ipproto: 1, icmptype: 8, icmpcode: 0, icmpid: 0 },
    { stime: START, ipproto: 1, icmptype: 3, icmpcode: 255, icmpid: 0xfedc },
    { stime: START, ipproto: 50, spi: 0 },
    { stime: START, ipproto: 50, spi: 0x9abcdef0 },
  ]);
  assert.equal(
    textOf(columnStyle(list, settingsOf({})).open(batch), Uint32Array.of(0, 1, 2, 3)),
    ['0x0008       0x0000', '0xff03       0xfedc', '             0x00000000', '             0x9abcdef0', ''].join('\n'),
  );
});
