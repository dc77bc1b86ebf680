import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { SuiteError, UsageError } from '../../../libs/core/errors.ts';
import { parseFieldSpec } from '../../../libs/record/print/field-spec.ts';
import { DEFAULT_COLUMNS, type PrintColumn } from '../../../libs/record/print/options.ts';

const DEFAULT = 'stime flgs proto saddr sport dir daddr dport pkts bytes state';

/** As a user would write the columns. */
const written = (columns: readonly PrintColumn[]): string =>
  columns.map(({ name, width, format }) => [name, width ?? (format === undefined ? undefined : ''), format].filter((part) => part !== undefined).join(':')).join(' '); // prettier-ignore

const CASES: readonly (readonly [specs: readonly string[], columns: string])[] = [
  [[], DEFAULT],
  [['saddr'], 'saddr'],
  [['saddr', 'daddr'], 'saddr daddr'],
  [['saddr,daddr pkts'], 'saddr daddr pkts'],
  [['saddr, daddr,,pkts '], 'saddr daddr pkts'],
  [['+dur'], `${DEFAULT} dur`],
  [['-saddr,-dport', '+dur'], 'stime flgs proto sport dir daddr pkts bytes state dur'],
  [['+0dur'], `dur ${DEFAULT}`],
  [['+1dur'], DEFAULT.replace('stime', 'stime dur')],
  [['+99dur'], `${DEFAULT} dur`],
  [['dur:12'], 'dur:12'],
  [['dur:12:%.2f'], 'dur:12:%.2f'],
  [['stime:30:"%Y-%m-%d %T.%f",dur'], 'stime:30:%Y-%m-%d %T.%f dur'],
  [["stime:30:'%H:%M, %S'"], 'stime:30:%H:%M, %S'],
  [['stime::%s dur'], 'stime::%s dur'],
  [['saddr', '+dur', '-saddr'], 'dur'],
  [['+dur', 'saddr'], 'saddr'],
  [['-svid'], DEFAULT],
  [['dur', 'dur'], 'dur dur'],
  [['cid seq'], 'cid seq'],
];

for (const [specs, columns] of CASES) {
  test(`-s ${specs.join(' -s ')}`, () => assert.equal(written(parseFieldSpec(specs, DEFAULT_COLUMNS)), columns));
}

const WRONG: readonly (readonly [spec: string, message: RegExp, hint: RegExp])[] = [
  ['sadr', /unknown field 'sadr'/, /'saddr'/],
  ['+2spotr', /unknown field 'spotr'/, /'sport'/],
  ['-bites', /unknown field 'bites'/, /'bytes'/],
  ['quux', /unknown field 'quux'/, /--list-fields/],
  ['7', /unknown field '7'/, /--list-fields/],
  ['constructor', /unknown field 'constructor'/, /--list-fields/],
  ['avgdurr', /unknown field 'avgdurr'/, /'avgdur'/],
  ['saddr:wide', /'wide' is not a width for field 'saddr'/, /1 to 4096/],
  ['saddr:0', /'0' is not a width/, /1 to 4096/],
  ['saddr:99999', /'99999' is not a width/, /1 to 4096/],
  ['stime:18:%Q', /'%Q' is not a format for field 'stime'/, /^$/],
  ['dur:18:%k', /'%k' is not a format for field 'dur'/, /^$/],
  ['dur:18:%d%d', /exactly one conversion/, /^$/],
  ['-stime,-flgs -proto -saddr -sport -dir -daddr -dport -pkts -bytes -state', /no columns/, /^$/],
];

for (const [spec, message, hint] of WRONG) {
  test(`-s ${spec} is refused`, () =>
    assert.throws(() => parseFieldSpec([spec], DEFAULT_COLUMNS), (error) =>
      error instanceof UsageError && message.test(error.message) && hint.test(error.hint) && error.exitStatus === 2)); // prettier-ignore
}

test('any words give columns or a usage error', () => {
  const unit = fc.constantFrom('saddr', 'dur', '+', '-', ':', ',', ' ', '1', '"', "'", '%', 'f', 'T', '.');
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 12 }), (spec) => {
      try {
        assert.ok(parseFieldSpec([spec], DEFAULT_COLUMNS).length > 0);
      } catch (error) {
        assert.ok(error instanceof SuiteError, String(error));
      }
    }),
    { numRuns: 2000, seed: 5 },
  );
});
