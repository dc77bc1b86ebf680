import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupsOf, joinedName, type NotedFile } from '../../libs/archive/join-plan.ts';
import { parseSpan } from '../../libs/time/span.ts';

const NOON_US = Date.UTC(2026, 2, 1, 12) * 1000;
const MINUTE_US = 60e6;

interface Given {
  /** Of its first record, after noon; null without any. */
  readonly minute: number | null;
  readonly series?: string;
  readonly joined?: string;
  readonly late?: boolean;
  readonly owner?: string;
  readonly source?: string;
}

function filesOf(given: Readonly<Record<string, Given>>): NotedFile[] {
  return Object.entries(given).map(([path, { minute, late = false, owner = '0:0:416', source = 'p', ...names }]) => {
    const timeUs = minute === null ? null : NOON_US + minute * MINUTE_US;
    const origins = [{ source, run: 1, records: 1, ranges: [], lost: [] }];
    return { file: { path, bytes: 1, modifiedMs: 0, owner }, note: { records: 1, from: timeUs, to: timeUs, late, origins, ...names } }; // prettier-ignore
  });
}

const S = { series: '%H.%M' };
const CASES: readonly [
  name: string,
  span: string,
  files: Readonly<Record<string, Given>>,
  made: Readonly<Record<string, readonly string[]>>,
][] = [
  [
    'files of one hour, in the order of their times; not those of the next',
    '1h',
    { 'a/12.00': { minute: 2, ...S }, 'a/12.05': { minute: 6, ...S }, 'a/13.00': { minute: 61, ...S } },
    { 'a/12.00.1h': ['a/12.00', 'a/12.05'], '': ['a/13.00'] },
  ],
  [
    'not those of other folders',
    '1d',
    { 'a/x': { minute: 0, ...S }, 'b/x': { minute: 0, ...S } },
    { '': ['a/x', 'b/x'] },
  ],
  ['not those of other owners or rights', '1d', { 'a/1': { minute: 0 }, 'a/2': { minute: 1, owner: '0:0:384' } }, { '': ['a/1', 'a/2'] }], // prettier-ignore
  [
    'not those whose names differ in a value',
    '1d',
    {
      'p1.0': { minute: 0, series: 'p1.%M' },
      'p1.5': { minute: 5, series: 'p1.%M' },
      'p2.0': { minute: 0, series: 'p2.%M' },
    },
    { 'p1.0.1d': ['p1.0', 'p1.5'], '': ['p2.0'] },
  ],
  [
    'of those that know no template, those whose names differ in digits alone, the name of the probe apart',
    '1d',
    {
      '10.1.1.1.05': { minute: 5, source: '10.1.1.1' },
      '10.1.1.1.10': { minute: 10, source: '10.1.1.1' },
      '10.1.1.2.05': { minute: 5, source: '10.1.1.2' },
      'a.05': { minute: 5 },
    },
    { '10.1.1.1.05.1d': ['10.1.1.1.05', '10.1.1.1.10'], '': ['10.1.1.2.05', 'a.05'] },
  ],
  [
    'latecomers, and what lies between without flows; the name is that of the first that came in time',
    '1h',
    { 'x.00.late': { minute: 0, late: true, ...S }, 'x.05': { minute: 5, ...S }, 'x.10': { minute: null, ...S } },
    { 'x.05.1h': ['x.00.late', 'x.05', 'x.10'] },
  ],
  [
    'what was joined before and came later; no name is given twice',
    '1h',
    { 'x.00.1h': { minute: 0, joined: 'x.00', ...S }, 'x.05': { minute: 5, ...S } },
    { 'x.00.1h.2': ['x.00.1h', 'x.05'] },
  ],
  [
    'hours become a day',
    '1d',
    { 'x.12.00.1h': { minute: 0, joined: 'x.12.00', ...S }, 'x.13.00.1h': { minute: 60, joined: 'x.13.00', ...S } },
    { 'x.12.00.1d': ['x.12.00.1h', 'x.13.00.1h'] },
  ],
  [
    'the end of a name stays',
    '1h',
    { '12.00.arg': { minute: 0 }, '12.05.arg': { minute: 5 } },
    { '12.00.1h.arg': ['12.00.arg', '12.05.arg'] },
  ],
  [
    'a name in a note that leads elsewhere is not taken',
    '1h',
    { 'd/x.00': { minute: 0, joined: '../../etc/x', ...S }, 'd/x.05': { minute: 5, ...S } },
    { 'd/x.00.1h': ['d/x.00', 'd/x.05'] },
  ],
];
for (const [name, span, files, made] of CASES) {
  test(`joined: ${name}`, () => {
    const found: Record<string, string[]> = {};
    for (const group of groupsOf(filesOf(files), parseSpan(span))) {
      const paths = group.files.map(({ file }) => file.path);
      const path = paths.length === 1 ? '' : joinedName(group, parseSpan(span), (taken) => taken in files).path;
      found[path] = [...(found[path] ?? []), ...paths];
    }
    assert.deepEqual(found, made);
  });
}
