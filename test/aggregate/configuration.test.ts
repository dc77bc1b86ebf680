import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { parseClusterConfiguration } from '../../libs/aggregate/configuration.ts';
import { ALL_ROWS } from '../../libs/record/select.ts';
import { recordBatch } from '../support/records.ts';
import { udp } from './lab.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../../docs/racluster-conf.md'), 'utf8');

test('the example of docs/racluster-conf.md, and its switches, are understood', () => {
  const example = /```\n(.*?)```/s.exec(PAGE)?.[1] ?? '';
  const switches = PAGE.match(/^\| `RACLUSTER_\w+=yes/gm)?.map((cell) => cell.slice(3)) ?? [];
  const { rules, reports, preserves, correct } = parseClusterConfiguration([...switches, example].join('\n'), 'page');
  assert.deepEqual([rules.length, reports, preserves, correct], [3, true, true, true]);
  assert.deepEqual(
    rules.map(({ label }) => label),
    ['unanswered', undefined, undefined],
  );
  assert.deepEqual(rules.at(-1)?.timeouts, { statusUs: 60e6, idleUs: 120e6 });
});

for (const [expression, told] of [
  ['(a', "conf:1: a '(' without its ')'\n  grep=\"(a\"\n        ^"],
  ['a(?=b)', 'conf:1: a group of a kind that is not known\n  grep="a(?=b)"\n          ^'],
  ['(a)\\1', 'conf:1: \'\\1\' is not known\n  grep="(a)\\1"\n           ^'],
] as const) {
  test(`what is no regular expression after grep= is pointed at: ${expression}`, () => {
    assert.throws(() => parseClusterConfiguration(`grep="${expression}"`, 'conf'), { message: told });
  });
}

test('labels are matched one step a byte, whatever the expression', () => {
  const { rules } = parseClusterConfiguration('grep="^(a+)+$"', 'conf');
  const batch = recordBatch(['a'.repeat(200), `${'a'.repeat(200)}!`].map((label) => ({ ...udp(), label })));
  const rows = ALL_ROWS.slice(0, 2);
  assert.deepEqual([...rows.subarray(0, rules[0]?.grep?.(batch, rows, 2))], [0]);
});
