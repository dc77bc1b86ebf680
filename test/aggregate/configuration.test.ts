import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { parseClusterConfiguration } from '../../libs/aggregate/configuration.ts';

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
