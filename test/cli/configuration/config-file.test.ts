import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { describeMistake, parseConfiguration } from '../../../libs/cli/configuration/config-file.ts';

/** A line, and its name, value and words; a comment has none. */
const LINES: readonly (readonly [line: string, read: readonly string[]])[] = [
  ['A=1', ['A', '1', '1']],
  ['A=', ['A', '']],
  ['A=""', ['A', '', '']],
  ['  A=1  ', ['A', '1', '1']],
  ['A="x y"', ['A', 'x y', 'x y']],
  ["A='x y'", ['A', 'x y', 'x y']],
  ['A=x y', ['A', 'x y', 'x', 'y']],
  ['A=/tmp/f "tcp and port 80"', ['A', '/tmp/f "tcp and port 80"', '/tmp/f', 'tcp and port 80']],
  ['A="/tmp/a b" \'udp\'', ['A', '"/tmp/a b" \'udp\'', '/tmp/a b', 'udp']],
  ['A=ind:en0/"en0",en2/19', ['A', 'ind:en0/"en0",en2/19', 'ind:en0/"en0",en2/19']],
  ['A= x y ', ['A', 'x y', 'x', 'y']],
  ['A=\t"x" # why', ['A', 'x', 'x']],
  ['A=1 # why', ['A', '1', '1']],
  ['A="1" // why', ['A', '1', '1']],
  ['A=argus://host#1', ['A', 'argus://host#1', 'argus://host#1']],
  ['A="a # b"', ['A', 'a # b', 'a # b']],
  ['A=  # nothing', ['A', '']],
  ['A=`hostname`', ['A', '`hostname`', '`hostname`']],
  ['A=$HOME', ['A', '$HOME', '$HOME']],
  ['# A=1', []],
  ['  // A=1', []],
  ['', []],
];

for (const [line, [name, ...expected]] of LINES) {
  test(`configuration line: ${line}`, () => {
    const { assignments, mistakes } = parseConfiguration(line, 'f');
    assert.deepEqual(mistakes, []);
    const read = assignments.flatMap((each) => [each.name, each.value, ...each.words]);
    assert.deepEqual(read, name === undefined ? [] : [name, ...expected]);
  });
}

const WRONG: readonly (readonly [line: string, at: number, what: RegExp])[] = [
  ['A =1', 1, /no blanks stand before '='/],
  ['A', 1, /'=' is expected/],
  ['=1', 0, /the name of a variable/],
  ['A="1', 2, /not closed/],
  ['A=x "y', 4, /not closed/],
  ['A=\u001b[31m', 2, /control/],
  [`A=${'x'.repeat(5000)}`, 0, /longer than/],
];

for (const [line, at, what] of WRONG) {
  test(`configuration line that is wrong: ${JSON.stringify(line.slice(0, 20))}`, () => {
    const { assignments, mistakes } = parseConfiguration(`# first\n${line}`, 'f.conf');
    assert.deepEqual(assignments, []);
    assert.equal(mistakes.length, 1);
    const [mistake] = mistakes;
    assert.ok(mistake !== undefined);
    assert.deepEqual([mistake.line, mistake.at], [2, at]);
    assert.match(mistake.what, what);
    assert.match(describeMistake(mistake), /^f\.conf:2: .*\n {2}.*\n +\^/);
  });
}

test('whatever stands in a file, each line is read, wrong, or silent', () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.string(),
          fc.string({ unit: fc.constantFrom('A', '_', '=', '"', ' ', "'", '#', '/', '`', 'x', '\t') }),
        ),
        { maxLength: 8 },
      ),
      (lines) => {
        const text = lines.join('\n');
        const { assignments, mistakes } = parseConfiguration(text, 'f');
        assert.ok(assignments.length + mistakes.length <= text.split(/\r?\n/).length);
        for (const { source, at, value } of assignments) assert.ok(source.slice(at).includes(value));
        for (const mistake of mistakes) {
          assert.ok(mistake.at <= mistake.source.length);
          assert.match(describeMistake(mistake), /\^/);
        }
      },
    ),
    { seed: 11, numRuns: 2000 },
  ));

test('values in quotes come back as they were', () =>
  fc.assert(
    fc.property(
      fc.stringMatching(/^\w{1,8}$/),
      fc.string().filter((text) => !/["\p{Cc}]/u.test(text)),
      (name, value) => {
        const { assignments } = parseConfiguration(`${name}="${value}"`, 'f');
        assert.deepEqual(
          assignments.map((each) => [each.name, each.value]),
          [[name, value]],
        );
      },
    ),
    { seed: 12, numRuns: 500 },
  ));
