import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { PortDirection } from '../../../libs/cli/input/port-direction.ts';
import { UsageError } from '../../../libs/core/errors.ts';
import { TCP_STATE } from '../../../libs/record/fields/field.ts';
import { RecordPrinter } from '../../../libs/record/print/printer.ts';
import { recordBatch, type RecordValues } from '../../support/records.ts';

/** TCP of which nobody saw the start. */
const MIDSTREAM = { etype: 0x0800, ipproto: 6, saddr: '10.0.0.1', daddr: '192.0.2.1', spkts: 2, sbytes: 200, dpkts: 1, dbytes: 90, tcpstate: TCP_STATE.established }; // prettier-ignore

function turned(words: string, ...records: readonly RecordValues[]): string[] {
  const columns = ['saddr', 'sport', 'daddr', 'dport', 'spkts', 'dpkts'] as const;
  const printer = new RecordPrinter(columns.map((name) => ({ name })), { style: 'delimited', delimiter: ' ', numeric: 1 }); // prettier-ignore
  const batch = new PortDirection(words).turn({ ...recordBatch(records), first: 7 });
  assert.deepEqual([batch.first, batch.covers, batch.rows], [7, records.length, records.length]);
  return printer.rows(batch, undefined, batch.rows).trimEnd().split('\n');
}

const isTurned = (words: string, record: RecordValues): boolean =>
  turned(words, record)[0]?.startsWith('192.0.2.1 ') === true;

const CASES: readonly [words: string, sport: number, dport: number, turns: boolean][] = [
  ['wellknown', 443, 50_000, true],
  ['wellknown', 50_000, 443, false],
  ['wellknown', 22, 443, true],
  ['wellknown', 443, 22, false],
  ['wellknown', 1023, 1024, true],
  ['wellknown', 1024, 1025, false],
  ['wellknown', 80, 80, false],
  ['services', 3306, 40_000, true],
  ['services', 3306, 700, true],
  ['services', 40_000, 50_000, false],
  ['services', 1433, 3306, true],
  ['services', 3306, 1433, false],
  ['registered', 40_000, 50_000, true],
  ['registered', 49_151, 49_152, true],
  ['registered', 49_152, 49_153, false],
  ['registered', 50_000, 40_000, false],
  ['services,wellknown', 3306, 700, false],
  ['wellknown, services', 700, 3306, true],
  ['services,wellknown,registered', 1500, 3306, false],
  ['services,wellknown,registered', 3306, 1500, true],
  ['services,wellknown,registered', 20_000, 40_000, true],
];
for (const [words, sport, dport, turns] of CASES) {
  test(`by ${words} TCP from port ${sport} to ${dport} is ${turns ? '' : 'not '}turned`, () =>
    assert.equal(isTurned(words, { ...MIDSTREAM, sport, dport }), turns));
}

test('only TCP whose start was not seen is turned, in all that is known of either side', () => {
  const ports = { sport: 443, dport: 50_000 };
  const begun = { ...MIDSTREAM, ...ports, tcpstate: TCP_STATE.syn };
  const rows = turned('wellknown', begun, { ...MIDSTREAM, ...ports }, { ...MIDSTREAM, ...ports, ipproto: 17 });
  assert.deepEqual(rows, [
    '10.0.0.1 443 192.0.2.1 50000 2 1',
    '192.0.2.1 50000 10.0.0.1 443 1 2',
    '10.0.0.1 443 192.0.2.1 50000 2 1',
  ]);
});

test('what ports say of a record they say of it turned round, so that doing it twice changes nothing', () =>
  fc.assert(
    fc.property(
      fc.subarray(['wellknown', 'services', 'registered'], { minLength: 1 }),
      fc.nat(65_535),
      fc.nat(65_535),
      (words, sport, dport) => {
        const [one, other] = [
          isTurned(words.join(), { ...MIDSTREAM, sport, dport }),
          isTurned(words.join(), { ...MIDSTREAM, sport: dport, dport: sport }),
        ];
        assert.ok(!(one && other));
      },
    ),
    { seed: 1, numRuns: 200 },
  ));

test('another word is an error that names the nearest one', () => {
  assert.throws(
    () => new PortDirection('service,wellknown'),
    (error) => error instanceof UsageError && /'service'/.test(error.message) && /services/.test(error.hint),
  );
});
