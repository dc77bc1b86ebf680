import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { timeTest } from '../../libs/filter/time-columns.ts';
import { parseMoments, parseTimeRange } from '../../libs/time/range.ts';
import { namedZone } from '../../libs/time/zone.ts';

const NOW = Date.parse('2026-11-21T12:34:56Z');
const utc = { nowMs: NOW, zone: namedZone('UTC') };
const iso = (us: number): string => new Date(us / 1000).toISOString().replace('.000Z', 'Z');

const INTERVALS: readonly [text: string, start: string, end: string][] = [
  ['2023/11/14', '2023-11-14T00:00:00Z', '2023-11-15T00:00:00Z'],
  ['2023/11', '2023-11-01T00:00:00Z', '2023-12-01T00:00:00Z'],
  ['2023', '2023-01-01T00:00:00Z', '2024-01-01T00:00:00Z'],
  ['2023/11/14.22', '2023-11-14T22:00:00Z', '2023-11-14T23:00:00Z'],
  ['2023/11/14.22:13', '2023-11-14T22:13:00Z', '2023-11-14T22:14:00Z'],
  ['2023/11/14.22:13:20', '2023-11-14T22:13:20Z', '2023-11-14T22:13:21Z'],
  ['2023/11/14.22:13:20-2023/11/14.22:13:25', '2023-11-14T22:13:20Z', '2023-11-14T22:13:25Z'],
  ['2023/11/14.22:13:20+10s', '2023-11-14T22:13:20Z', '2023-11-14T22:13:30Z'],
  ['2023/11/14.22:13:20-10s', '2023-11-14T22:13:10Z', '2023-11-14T22:13:20Z'],
  ['2023y11M14d22h13m20s', '2023-11-14T22:13:20Z', '2023-11-14T22:13:21Z'],
  ['2023y11M14d22h-2023y11M14d23h', '2023-11-14T22:00:00Z', '2023-11-14T23:00:00Z'],
  ['1700000000', '2023-11-14T22:13:20Z', '2023-11-14T22:13:21Z'],
  ['1700000000.25', '2023-11-14T22:13:20.250Z', '2023-11-14T22:13:20.260Z'],
  ['1700000000+5s', '2023-11-14T22:13:20Z', '2023-11-14T22:13:25Z'],
  ['1700000000+5', '2023-11-14T22:13:20Z', '2023-11-14T22:13:25Z'],
  ['1700000000-1700000005', '2023-11-14T22:13:20Z', '2023-11-14T22:13:25Z'],
  ['-1d', '2026-11-20T12:34:56Z', '2026-11-21T12:34:56Z'],
  ['-3y', '2023-11-21T12:34:56Z', '2026-11-21T12:34:56Z'],
  ['-3y1M+1y', '2023-10-21T12:34:56Z', '2024-10-21T12:34:56Z'],
  ['-10m', '2026-11-21T12:24:56Z', '2026-11-21T12:34:56Z'],
  ['-90', '2026-11-21T12:33:26Z', '2026-11-21T12:34:56Z'],
  ['-2h5m+5m', '2026-11-21T10:29:56Z', '2026-11-21T10:34:56Z'],
  ['+1h', '2026-11-21T12:34:56Z', '2026-11-21T13:34:56Z'],
  ['14', '2026-11-21T14:00:00Z', '2026-11-21T15:00:00Z'],
  ['14:30', '2026-11-21T14:30:00Z', '2026-11-21T14:31:00Z'],
  ['14:30-15', '2026-11-21T14:30:00Z', '2026-11-21T15:00:00Z'],
  ['22-02', '2026-11-21T22:00:00Z', '2026-11-22T02:00:00Z'],
  ['23.11:10-14', '2026-11-23T11:10:00Z', '2026-11-23T14:00:00Z'],
  ['11/23', '2026-11-23T00:00:00Z', '2026-11-24T00:00:00Z'],
  ['11/20-11/23', '2026-11-20T00:00:00Z', '2026-11-23T00:00:00Z'],
  ['2023/11/*', '2023-11-01T00:00:00Z', '2023-12-01T00:00:00Z'],
  ['2023/11/14.*:*', '2023-11-14T00:00:00Z', '2023-11-15T00:00:00Z'],
  ['2023-11-14', '2023-11-14T00:00:00Z', '2023-11-15T00:00:00Z'],
  ['2023-11-14T22:13:20Z', '2023-11-14T22:13:20Z', '2023-11-14T22:13:21Z'],
  ['2023-11-14T22:13:20.25Z', '2023-11-14T22:13:20.250Z', '2023-11-14T22:13:20.260Z'],
  ['2023-11-14T22:13:20.001000000Z+1s', '2023-11-14T22:13:20.001Z', '2023-11-14T22:13:21.001Z'],
  ['2023/11/14.22:13:20.5-22:13:20.75', '2023-11-14T22:13:20.500Z', '2023-11-14T22:13:20.750Z'],
  ['1700000000.25-22:13:20.75', '2023-11-14T22:13:20.250Z', '2023-11-14T22:13:20.750Z'],
  ['22:13:20.5-22:13:20.5', '2026-11-21T22:13:20.500Z', '2026-11-22T22:13:20.500Z'],
  ['2023-11-14T22:13:20+05:30', '2023-11-14T16:43:20Z', '2023-11-14T16:43:21Z'],
  ['2023-11-14 22:13:20', '2023-11-14T22:13:20Z', '2023-11-14T22:13:21Z'],
  ['2023/11/14 22:13-22:15', '2023-11-14T22:13:00Z', '2023-11-14T22:15:00Z'],
  ['2023-11-14T22:13Z-2023-11-14T22:15', '2023-11-14T22:13:00Z', '2023-11-14T22:15:00Z'],
  ['2023-11-14T22:13-2023-11-14T22:15', '2023-11-14T22:13:00Z', '2023-11-14T22:15:00Z'],
  ['2024/01/31+1M', '2024-01-31T00:00:00Z', '2024-02-29T00:00:00Z'],
  ['2026/11/21@Europe/Berlin', '2026-11-20T23:00:00Z', '2026-11-21T23:00:00Z'],
  ['2026/11/21@+05:30', '2026-11-20T18:30:00Z', '2026-11-21T18:30:00Z'],
  ['14@America/New_York', '2026-11-21T19:00:00Z', '2026-11-21T20:00:00Z'],
  // The clock is set forward from 2 to 3, and back from 3 to 2.
  ['2026/03/29@Europe/Berlin', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z'],
  ['2026/03/29.02:30+1h@Europe/Berlin', '2026-03-29T01:30:00Z', '2026-03-29T02:30:00Z'],
  ['2026/10/25.02:30+1h@Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'],
  ['2026/10/24.12+1d@Europe/Berlin', '2026-10-24T10:00:00Z', '2026-10-25T11:00:00Z'],
];

for (const [text, start, end] of INTERVALS)
  test(`-t ${text}`, () => {
    const { only } = parseMoments(text, utc);
    assert.ok(only !== undefined);
    assert.deepEqual([iso(only.startUs), iso(only.endUs)], [start, end]);
  });

const RECURRING: readonly [text: string, after: string, start: string | undefined, end?: string][] = [
  ['**.14', '2023-11-14T22:13:20Z', '2023-11-15T14:00:00Z', '2023-11-15T15:00:00Z'],
  ['**.22', '2023-11-14T22:13:20Z', '2023-11-14T22:00:00Z', '2023-11-14T23:00:00Z'],
  ['****/11/23', '2023-11-24T00:00:00Z', '2024-11-23T00:00:00Z', '2024-11-24T00:00:00Z'],
  ['10d*h*m15s', '2026-11-10T03:04:16Z', '2026-11-10T03:05:15Z', '2026-11-10T03:05:16Z'],
  ['10d*h*m15s', '2026-11-11T00:00:00Z', undefined],
  ['****/02/29', '2096-03-01T00:00:00Z', '2104-02-29T00:00:00Z', '2104-03-01T00:00:00Z'],
  ['*/*/31', '2026-04-01T00:00:00Z', '2026-05-31T00:00:00Z', '2026-06-01T00:00:00Z'],
  ['2023/*/14.08:30', '2023-11-14T08:31:00Z', '2023-12-14T08:30:00Z', '2023-12-14T08:31:00Z'],
  ['2023/*/14.08:30', '2023-12-14T08:31:00Z', undefined],
  ['*.22-02', '2026-11-21T01:00:00Z', '2026-11-20T22:00:00Z', '2026-11-21T02:00:00Z'],
  ['*.22-02', '2026-11-21T02:00:00Z', '2026-11-21T22:00:00Z', '2026-11-22T02:00:00Z'],
  ['*.09+8h', '2026-11-21T16:59:59Z', '2026-11-21T09:00:00Z', '2026-11-21T17:00:00Z'],
  ['*.03@Europe/Berlin', '2026-03-28T12:00:00Z', '2026-03-29T01:00:00Z', '2026-03-29T02:00:00Z'],
];

for (const [text, after, start, end] of RECURRING)
  test(`-t ${text} after ${after}`, () => {
    const found = parseMoments(text, utc).after(Date.parse(after) * 1000);
    assert.deepEqual(found && [iso(found.startUs), iso(found.endUs)], start === undefined ? undefined : [start, end]);
  });

test('the intervals of wildcards are the same from wherever they are sought', () => {
  const texts = ['**.14', '*:30@UTC', '*h15m', '*.22-02', '****/02/29', '*/*/31.12@America/New_York'];
  const times = fc.integer({ min: Date.parse('1999-01-01') * 1000, max: Date.parse('2040-01-01') * 1000 });
  fc.assert(
    fc.property(
      fc.constantFrom(...texts.filter((text) => text !== '*:30@UTC' && text !== '*h15m')),
      times,
      times,
      (text, us, other) => {
        const moments = parseMoments(text, utc);
        moments.after(other);
        const found = moments.after(us);
        assert.ok(found !== undefined && found.endUs > us && found.endUs > found.startUs);
        const fresh = parseMoments(text, utc);
        assert.deepEqual(fresh.after(us), found);
        assert.deepEqual(fresh.after(found.endUs - 1), found);
        assert.ok(fresh.after(found.endUs)!.startUs >= found.startUs);
      },
    ),
    { numRuns: 200, seed: 5 },
  );
});

const RECORD: readonly [text: string, first: number, last: number, is: boolean][] = [
  ['1700000000+5s', 1_699_999_990, 1_700_000_000, true],
  ['1700000000+5s', 1_699_999_990, 1_699_999_999, false],
  ['1700000000+5s', 1_700_000_005, 1_700_000_009, false],
  ['i1700000000+5s', 1_700_000_004, 1_700_000_009, true],
  ['c1700000000+5s', 1_700_000_000, 1_700_000_004, true],
  ['c1700000000+5s', 1_700_000_000, 1_700_000_005, false],
  ['n1700000000+5s', 1_700_000_000, 1_700_000_005, true],
  ['n1700000000+5s', 1_700_000_001, 1_700_000_009, false],
  ['c**.22', 1_700_000_000, 1_700_000_100, true],
  ['n**.23', 1_700_000_000, 1_700_007_200, true],
  ['n**.22', 1_700_000_000, 1_700_007_200, false],
];

for (const [text, first, last, is] of RECORD)
  test(`-t ${text} ${is ? 'takes' : 'leaves'} a record from ${first} to ${last}`, () => {
    const { relation, moments, negated } = parseTimeRange(text, utc);
    assert.equal(negated, false);
    assert.equal(timeTest(relation, moments)(first * 1e6, last * 1e6), is);
  });

test('x before a range turns it round', () => {
  const { relation, negated } = parseTimeRange('xc2023/11/14', utc);
  assert.deepEqual([relation, negated], ['contained', true]);
});

const WRONG: readonly [text: string, message: RegExp][] = [
  ['', /no time/],
  ['x', /no time/],
  ['soon', /no time/],
  ['now', /'now' is no time/],
  ['24', /24 is no hour/],
  ['2023/13', /13 is no month/],
  ['2023/02/30', /no such day/],
  ['12:60', /60 is no minute/],
  ['123/01/01', /123 is no year/],
  ['14d22s', /no time/],
  ['10m5h', /no time/],
  ['20231114', /no time/],
  ['*', /any time/],
  ['**.14-**.16', /no wildcards/],
  ['**.14-2h', /goes forward/],
  ['2023/11/20-2023/11/10', /before it begins/],
  ['1700000005-1700000000', /before it begins/],
  ['1700000000+0s', /no length/],
  ['-1q', /no span/],
  ['14@Mars/Olympus', /no time zone/],
  ['14@UTC@UTC', /no time/],
  ['2023-11-14T22:13:20-05:00', /'-05:00' may be a zone or an end/],
  ['2023-11-14T25:13', /'2023-11-14T25:13': 25 is no hour/],
  ['2023-11-14T22:13:20.1234567890', /no time/],
  ['22:13.5', /no time/],
  ['**.22:13:20.5', /no fractions/],
  ['**.22-23:00:00.5', /no fractions/],
  [`1${'0'.repeat(300)}`, /more than 200/],
];

for (const [text, message] of WRONG)
  test(`-t ${text.slice(0, 30)} is refused`, () => {
    assert.throws(() => parseTimeRange(text, utc), { name: 'UsageError', message });
  });

test('whatever it says, a range is understood or refused', () => {
  const part = fc.constantFrom(
    '2023',
    '11',
    '14',
    '/',
    '.',
    ':',
    '*',
    '-',
    '+',
    'd',
    'h',
    'm',
    's',
    'y',
    'M',
    '@',
    'UTC',
    'x',
    'c',
    '1700000000',
    '99',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 9 }), (parts) => {
      try {
        const { moments } = parseTimeRange(parts.join(''), utc);
        moments.after(1_700_000_000_000_000);
      } catch (error) {
        assert.equal((error as Error).name, 'UsageError');
      }
    }),
    { numRuns: 3000, seed: 9 },
  );
});
