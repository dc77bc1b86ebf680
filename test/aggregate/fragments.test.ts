import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Fragments } from '../../libs/aggregate/fragments.ts';
import type { Batch } from '../../libs/record/batch.ts';
import type { FieldName } from '../../libs/record/fields/table.ts';
import { parseSpan, TimeBins } from '../../libs/time/span.ts';
import { recordBatch, type RecordValues } from '../support/records.ts';
import { lines, tcp } from './lab.ts';

const START = 1_700_000_000_000_000;
const SECOND = 1_000_000;

function divided(records: readonly RecordValues[], span: string): Batch[] {
  const batch = recordBatch(records);
  const rows = Uint32Array.from({ length: batch.rows }, (_, row) => row);
  return [...new Fragments(new TimeBins(parseSpan(span))).divide(batch, rows, batch.rows)];
}

test('a record is divided at the boundaries, its packets evenly', () => {
  const record = tcp({ stime: START + SECOND / 2, dur: 29.1e9, spkts: 30, dpkts: 30, sbytes: 4257, dbytes: 7260 });
  const parts = lines(divided([record], '5s'), ['stime', 'dur', 'spkts', 'dpkts', 'sbytes']);
  assert.deepEqual(
    parts.map((line) => line.split(' ').slice(1).join(' ')),
    [
      '4500000000 4 4 567',
      '5000000000 5 5 710',
      '5000000000 5 5 709',
      '5000000000 6 6 852',
      '5000000000 5 5 709',
      '4600000000 5 5 710',
    ],
  );
});

test('of two packets it is known when they came', () => {
  const record = tcp({ stime: START + SECOND, dur: 9e9, spkts: 1, dpkts: 1, sbytes: 70, dbytes: 80 });
  assert.deepEqual(lines(divided([record], '1s'), ['stime', 'dur', 'spkts', 'dpkts', 'sbytes', 'dbytes']), [
    `${START + SECOND} 0 1 0 70 0`,
    `${START + 10 * SECOND} 0 0 1 0 80`,
  ]);
});

test('a record that ends less than a microsecond before a boundary ends in the bin before it', () => {
  const record = tcp({ dur: 29_999_999_875, spkts: 2, dpkts: 1, sbytes: 0, dbytes: 0 });
  const times = lines(divided([record], '1s'), ['stime', 'stimens', 'dur']);
  assert.equal(times.at(-1), `${START + 29 * SECOND} - 999999875`);
});

test('a record of a hundred years and two packets is divided at once', () => {
  const record = tcp({ dur: 100 * 365 * 86_400e9, spkts: 2, dpkts: 0, sbytes: 120, dbytes: 0 });
  assert.equal(lines(divided([record], '0.001s'), ['spkts']).length, 2);
});

const FIELDS: readonly FieldName[] = ['spkts', 'dpkts', 'sbytes', 'dbytes', 'sappbytes', 'sretrans'];
const small = fc.nat(40);
const arbitraryRecord = fc.record({
  stime: fc.integer({ min: START, max: START + 20 * SECOND }),
  stimens: fc.nat(999),
  dur: fc.integer({ min: 0, max: 30e9 }),
  spkts: small,
  dpkts: small,
  sbytes: fc.nat(100_000),
  dbytes: fc.nat(100_000),
  sappbytes: fc.nat(10_000),
  sretrans: fc.nat(9),
});

test('all that is counted is there once, each part in one bin and not empty, whatever the records', () =>
  fc.assert(
    fc.property(
      fc.array(arbitraryRecord, { minLength: 1, maxLength: 8 }),
      fc.constantFrom('1s', '5s', '0.7s', '1m'),
      (records, span) => {
        const parts = divided(records, span);
        FIELDS.forEach((field) => {
          const sum = (batches: readonly Batch[]): number =>
            lines(batches, [field]).reduce((total, line) => total + Number(line), 0);
          assert.equal(sum(parts), sum([recordBatch(records)]), field);
        });
        const bins = new TimeBins(parseSpan(span));
        for (const line of lines(parts, ['stime', 'stimens', 'dur', 'pkts'])) {
          const [us, ns, dur, packets] = line.split(' ').map((word) => (word === '-' ? 0 : Number(word))) as [number, number, number, number]; // prettier-ignore
          bins.seek(us);
          assert.ok((us - bins.startUs) * 1000 + ns + dur <= (bins.endUs - bins.startUs) * 1000 || packets < 2, line);
          assert.ok(dur >= 0, line);
        }
      },
    ),
    { seed: 1, numRuns: 200 },
  ));
