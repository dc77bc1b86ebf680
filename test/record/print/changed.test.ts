import assert from 'node:assert/strict';
import test from 'node:test';
import { MANAGEMENT_BATCH } from '../../../libs/record/batch.ts';
import { CAUSE, TCP_STATE } from '../../../libs/record/fields/field.ts';
import { abbreviate } from '../../../libs/record/print/abbreviated.ts';
import { parseFieldSpec } from '../../../libs/record/print/field-spec.ts';
import { DEFAULT_COLUMNS, type PrintOptions } from '../../../libs/record/print/options.ts';
import { RecordPrinter } from '../../../libs/record/print/printer.ts';
import { recordBatch, type RecordValues } from '../../support/records.ts';

process.env['TZ'] = 'UTC';

const START_US = 1_700_000_000_000_000;

/** As Argus 3.0.8 counts what the manual has as an example: 852 and 1782 bytes. */
const LARGE: RecordValues = {
  stime: START_US, dur: 405_000_000, etype: 0x0800, ipproto: 6, saddr: '10.0.0.1', sport: 40_001, daddr: '192.0.2.10', dport: 80,
  spkts: 10, dpkts: 5, sbytes: 852, dbytes: 1782, sappbytes: 3, dappbytes: 1, sretrans: 2, tcpstate: TCP_STATE.syn | TCP_STATE.synAck | TCP_STATE.fin,
}; // prettier-ignore
const SMALL: RecordValues = {
  ...LARGE, spkts: 5, dpkts: 0, sbytes: 366, dbytes: 0, sappbytes: 0, dappbytes: 0, sretrans: 0, tcpstate: TCP_STATE.syn | TCP_STATE.destinationReset,
}; // prettier-ignore

function print(spec: string, options: PrintOptions, records: readonly RecordValues[] = [LARGE, SMALL]): string[] {
  const printer = new RecordPrinter(parseFieldSpec([spec], DEFAULT_COLUMNS), options);
  const batch = recordBatch(records);
  printer.count(batch, undefined, records.length);
  return (printer.header() + printer.rows(batch, undefined, records.length)).trimEnd().split('\n');
}

test('abbreviated: steps of a thousand, rounded', () => {
  const cases: readonly (readonly [value: number, digits: number, text: string])[] = [
    [0, 3, '0.000'],
    [999, 3, '999.000'],
    [1000, 3, '1.000K'],
    [2634, 1, '2.6K'],
    [43_318.5, 1, '43.3K'],
    [999.96, 1, '1.0K'],
    [999_999_999, 3, '1.000G'],
    [5e12, 0, '5T'],
    [2 ** 64, 2, '18.45E'],
    [1e24, 0, '1000000E'],
  ];
  for (const [value, digits, text] of cases) assert.equal(abbreviate(value, digits), text);
});

test('abbreviated: amounts and rates, in columns and between delimiters; all else as it was', () => {
  assert.deepEqual(print('saddr dur pkts bytes sload rate trans', { abbreviate: 1, precision: 1 }, [LARGE]), [
    '           SrcAddr        Dur  TotPkts   TotBytes  SrcLoad         Rate  Trans',
    '          10.0.0.1        0.4    15.0        2.6K    15.2K        34.6       1',
  ].map((line, i) => (i === 0 ? `${line} ` : line))); // prettier-ignore
  assert.deepEqual(print('bytes bytes:8:%d', { abbreviate: 3, delimiter: ',' }, [LARGE]), [
    'TotBytes,TotBytes',
    '2.634K,2634',
  ]);
});

test('percentages: of all records together, wide enough for 100', () => {
  assert.deepEqual(print('saddr:8 pkts bytes dbytes trans', { percents: true }), [
    ' SrcAddr   pTotPkts  pTotBytes    pDstBytes     pTrans ',
    '10.0.0.1  75.000000  87.800000   100.000000  50.000000',
    '10.0.0.1  25.000000  12.200000     0.000000  50.000000',
  ]);
  assert.deepEqual(print('pkts', { percents: true, delimiter: ',', precision: 1 }), ['pTotPkts', '75.0', '25.0']);
});

test('percentages: losses are those of the record itself; nothing of nothing is nothing', () => {
  assert.deepEqual(print('sloss sappbytes', { percents: true, precision: 2 }), [
    '  pSrcLoss   pSAppBytes ',
    '     16.67       100.00',
    '      0.00         0.00',
  ]);
  assert.deepEqual(print('bytes', { percents: true, precision: 0 }, [{ ...SMALL, sbytes: 0 }]), [
    ' pTotBytes ',
    '         0',
  ]);
});

test('hosts: headings of the side that a record is about', () => {
  const fields = 'saddr snet smac soui spkts dpkts sbytes dbytes sappbytes dappbytes daddr';
  const [headings] = print(fields, { hosts: true, delimiter: ' ' });
  assert.equal(headings, 'Host Net Mac Oui OutPkts InPkts OutBytes InBytes OAppBytes IAppBytes DstAddr');
  assert.equal(
    print('spkts dpkts sappbytes appbytes', { hosts: true, percents: true, delimiter: ' ' })[0],
    'pOutPkts pInPkts pOAppBytes pAppBytes',
  );
});

test('rank counts the rows that print; idle is the time since the last packet', () => {
  const nowMs = (): number => START_US / 1000 + 2000;
  const expected = [' Rank    IdleTime ', '     1   1.595000', '     2   1.595000'];
  assert.deepEqual(print('rank idle', { nowMs }), expected);
  assert.deepEqual(print('rank idle', { nowMs, style: 'json' }), [
    '{"rank":1,"idle":1.595000}',
    '{"rank":2,"idle":1.595000}',
  ]);
  const printer = new RecordPrinter([{ name: 'rank' }], { delimiter: ',' });
  assert.equal(printer.isOrdered, true);
  const batch = recordBatch([LARGE]);
  assert.equal(printer.rows(batch, undefined, 1) + printer.rows(batch, undefined, 1), '1\n2\n');
});

test('colours: headings, what failed, what was lost; a row takes as many places as without', () => {
  const esc = '\u001b';
  assert.deepEqual(print('saddr:8 state sloss:5', { color: true }), [
    `${esc}[1m SrcAddr State SrcLo${esc}[0m`,
    `10.0.0.1   FIN     ${esc}[31m2${esc}[0m`,
    `10.0.0.1   ${esc}[31mRST${esc}[0m     0`,
  ]);
  assert.match(print('state', { color: true }, [{ ...SMALL, tcpstate: TCP_STATE.syn }])[1] ?? '', /\[33mREQ/);
  const printer = new RecordPrinter([{ name: 'proto' }, { name: 'state' }], { color: true });
  const management = recordBatch([{ cause: CAUSE.error }], MANAGEMENT_BATCH);
  assert.equal(printer.rows(management, undefined, 1), `${esc}[2m   man   ERR${esc}[0m\n`);
});

test('user data prints as text, hexadecimal or base64, in columns that are as wide as that takes', () => {
  const record = { suser: Uint8Array.of(0x17, 0x03, 0x41, 0xff) };
  const cases: readonly (readonly [PrintOptions['payload'], string])[] = [
    ['ascii', 's[4]=..A.'],
    ['hex', 's[4]=170341ff'],
    ['base64', 's[4]=FwNB/w=='],
  ];
  for (const [payload, text] of cases) {
    const options = payload === undefined ? {} : { payload };
    assert.equal(print('suser:4 spkts:3', options, [{ ...record, spkts: 1 }])[1]?.split(/ +/)[0], text);
  }
  assert.equal(print('suser:4 spkts:3', { payload: 'hex' }, [{ ...record, spkts: 1 }])[1], 's[4]=170341ff       1');
});
