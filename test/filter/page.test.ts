import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { compileFilter } from '../../libs/filter/compile.ts';
import { FilterError } from '../../libs/filter/errors.ts';
import { PLAIN_WORDS, SIDED_WORDS } from '../../libs/filter/plain-words.ts';
import { ENCAPSULATION_WORDS, FIELD_ALIASES, PROTOCOL_WORDS, TYPES } from '../../libs/filter/words.ts';
import { parseTimeRange } from '../../libs/time/range.ts';

const ROOT = join(import.meta.dirname, '../../..');
const PAGE = readFileSync(join(ROOT, 'docs/filter.md'), 'utf8');

/** First cells of the tables whose first heading is this one. */
function cellsUnder(heading: string): string[] {
  const cells: string[] = [];
  let isOurs = false;
  for (const line of PAGE.split('\n')) {
    const cell = /^\| (`.*?[^\\]`|[a-z]+) *\|/.exec(line)?.[1];
    if (!line.startsWith('|')) isOurs = false;
    else if (cell === heading) isOurs = true;
    else if (isOurs && cell?.startsWith('`') === true) cells.push(cell.slice(1, -1).replaceAll('\\|', '|'));
  }
  return cells;
}

test('every filter of the page is understood', () => {
  const filters = cellsUnder('filter');
  assert.ok(filters.length > 60);
  for (const filter of filters) assert.doesNotThrow(() => compileFilter(filter), filter);
});

test('every range of time of the page is understood', () => {
  const ranges = cellsUnder('range');
  assert.ok(ranges.length > 20);
  const nowMs = Date.parse('2026-11-21T12:34:56Z');
  for (const range of ranges) assert.doesNotThrow(() => parseTimeRange(range, { nowMs }), range);
});

test('the page names every word of the language', () => {
  const named = new Set([...PAGE.matchAll(/`([^`\n]+)`/g)].flatMap(([, code]) => code!.split(/[^\w]+/)));
  const words = [PLAIN_WORDS, SIDED_WORDS, PROTOCOL_WORDS, ENCAPSULATION_WORDS, FIELD_ALIASES].flatMap((table) =>
    Object.keys(table),
  );
  const missing = [...words, ...TYPES.keys()].filter((word) => !named.has(word));
  assert.deepEqual(
    missing.filter((word) => word !== 'icmpv6'),
    [],
  );
});

test('what the page shows of -b and of errors is what is said', () => {
  const [, filter = '', shown = ''] = /^\$ ra -b - (.*)\n((?:.+\n)+?)```/m.exec(PAGE) ?? [];
  assert.equal(`${compileFilter(filter).explain()}\n`, shown);
  const [, message = '', hint] = /^(filter: .*\n {2}.*\n.*\^)\n(.*)\n```/m.exec(PAGE) ?? [];
  const source = message.split('\n')[1]!.trim();
  assert.throws(
    () => compileFilter(source),
    (error) => error instanceof FilterError && error.message === message && error.hint === hint,
  );
});
