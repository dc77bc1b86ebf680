import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatMessage, type Level, type LogStyle, type Message } from '../../libs/core/log-format.ts';

const timeMs = new Date(2026, 2, 4, 5, 6, 7).getTime();
const message = (text: string, level: Level = 'warning', fields: Message['fields'] = {}): Message => ({
  program: 'radium',
  level,
  text,
  fields,
  timeMs,
});
const { pid } = process;

const CASES: readonly (readonly [style: LogStyle, message: Message, expected: string])[] = [
  ['plain', message('a reader left', 'info', { reader: 'ra' }), 'radium: a reader left\n'],
  ['plain', message('bad \u001b[31mname'), 'radium: bad .[31mname\n'],
  ['plain', message("no 'x'\n  x\n  ^", 'error'), "radium: no 'x'\n  x\n  ^\n"],
  ['journal', message('all is well', 'info'), '<6>radium: all is well\n'],
  ['journal', message('a\r\u202eb'), '<4>radium: a..b\n'],
  ['journal', message("no 'x'\n  ^", 'error'), "<3>radium: no 'x'\n<3>  ^\n"],
  ['syslog', message('one\ntwo'), `<28>Mar  4 05:06:07 radium[${pid}]: one two`],
  ['syslog', message('end', 'error'), `<27>Mar  4 05:06:07 radium[${pid}]: end`],
];

for (const [style, given, expected] of CASES)
  test(`a message as ${style}: ${JSON.stringify(given.text)}`, () =>
    assert.equal(formatMessage(style, given), expected));

test('json has time, level, program, message and fields, which cannot take their place', () => {
  const fields = { reader: 'ra\n1', records: 12, cut: true, level: 'none', message: 'mine' };
  assert.deepEqual(JSON.parse(formatMessage('json', message('one\ntwo', 'info', fields))), {
    reader: 'ra.1',
    records: 12,
    cut: true,
    time: new Date(timeMs).toISOString(),
    level: 'info',
    program: 'radium',
    pid,
    message: 'one\ntwo',
  });
});

test('whatever a message says, nothing leaves that moves a cursor, and a message is a line of json', () =>
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom<LogStyle>('plain', 'journal', 'syslog', 'json'),
      (text, style) => {
        const said = formatMessage(style, message(text, 'info', { text }));
        assert.doesNotMatch(said, /[^\P{C}\n\p{Cn}\p{Co}]/u);
        if (style === 'json') assert.equal(said.split('\n').length, 2);
        if (style === 'syslog') assert.ok(!said.includes('\n'));
      },
    ),
    { seed: 3, numRuns: 1000 },
  ));
