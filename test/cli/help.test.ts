import assert from 'node:assert/strict';
import test from 'node:test';
import { helpPage, wrap } from '../../libs/cli/help.ts';
import type { Command } from '../../libs/cli/command.ts';
import type { OptionTable } from '../../libs/cli/options.ts';

const OPTIONS = {
  read: { short: 'r', arity: 'greedy', placeholder: 'FILE', text: 'Read these files.', group: 'Input' },
  'end-records': { arity: 'none', text: 'Add a record when a flow falls silent after a status record.' },
  interval: { short: 'S', arity: 'one', placeholder: 'SECONDS', default: 5, text: 'Status interval.' },
  'a-name-that-is-too-long-for-the-column': { arity: 'count', text: 'Its text stands below it.' },
} as const satisfies OptionTable;

const sample: Command<typeof OPTIONS> = {
  name: 'sample',
  summary: 'Shows how a page looks.',
  options: OPTIONS,
  operands: 'filter',
  examples: [['sample -r file', 'Reads a file.']],
  run: () => Promise.resolve(),
};

const PAGE = `sample: Shows how a page looks.

Usage: sample [options] [- filter]

Behind a lone - stands a filter, which says what records are wanted: tcp and
port 443, src net 10.0.0.0/8 and not icmp, dur gt 1m or bytes gt 10M. Any field
may be compared.

Input:
  -r, --read FILE...          Read these files.

Options:
      --end-records           Add a record when a flow falls silent after a
                              status record.
  -S, --interval SECONDS      Status interval. Default: 5.
      --a-name-that-is-too-long-for-the-column
                              Its text stands below it.

General:
  -h, --help                  Show this page and exit.
      --version               Show the version and exit.

Examples:
  sample -r file
      Reads a file.
`;

test('the help page shows every option under its heading', () => assert.equal(helpPage(sample), PAGE));

test('text is broken at blanks, and a word that is too long stands alone', () => {
  assert.deepEqual(wrap('one two  three-is-too-long four', 8), ['one two', 'three-is-too-long', 'four']);
  assert.deepEqual(wrap('', 8), []);
});
