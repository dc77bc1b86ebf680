import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { Pattern } from '../../libs/filter/pattern.ts';
import { PatternError } from '../../libs/filter/pattern-syntax.ts';
import { cpuMilliseconds } from '../support/cpu-clock.ts';

const bytes = (text: string): Buffer => Buffer.from(text);

const CASES: readonly [pattern: string, matching: readonly string[], others: readonly string[]][] = [
  ['GET', ['GET / HTTP/1.1', 'xGET'], ['get', 'GE', '']],
  [
    '^GET .* HTTP/1\\.[01]$',
    ['GET / HTTP/1.1', 'GET  HTTP/1.0'],
    ['GET / HTTP/1.12', ' GET / HTTP/1.1', 'GET /\n HTTP/1.1'],
  ],
  ['(?s)a.b', ['a\nb'], ['ab']],
  ['(?i)straße|[k-m]9', ['STRAßE', 'K9', 'xl9'], ['strasse', 'n9']],
  ['', ['', 'x'], []],
  ['^$', [''], ['x']],
  ['a{2,3}b', ['aab', 'aaaab'], ['ab', 'aa']],
  ['^a{,2}$', ['', 'aa'], ['aaa']],
  ['^a{2,}$', ['aa', 'aaaa'], ['a']],
  ['^a{x$', ['a{x'], ['a']],
  ['^(ab|c){2}$', ['abc', 'cc', 'abab'], ['ab', 'abcc']],
  ['\\x00\\xff', [], ['']],
  ['[^a-c\\d]', ['abcd', '-'], ['abc123']],
  ['[]x-]', [']', 'x', '-'], ['y']],
  ['[[:alpha:]_]+:\\s\\w', ['key: v'], ['1: v']],
  ['ü+', ['Grüüße'], ['\u00fb']],
  ['x*?y', ['y', 'xxy'], ['x']],
  ['(|a)b', ['b', 'ab'], ['a']],
];

for (const [pattern, matching, others] of CASES)
  test(`pattern ${pattern}`, () => {
    const compiled = new Pattern(pattern);
    for (const text of matching) assert.ok(compiled.test(bytes(text)), `matches ${text}`);
    for (const text of others) assert.ok(!compiled.test(bytes(text)), `does not match ${text}`);
  });

test('a pattern looks at raw bytes, and only at those given', () => {
  const pattern = new Pattern('^\\x00\\xff$');
  const blob = Uint8Array.of(7, 0, 255, 7);
  assert.ok(pattern.test(blob, 1, 3));
  assert.ok(!pattern.test(blob));
});

const WRONG: readonly [pattern: string, at: number][] = [
  ['a(b', 1],
  ['a)', 1],
  ['[a', 0],
  ['[b-a]', 1],
  ['a**', 0],
  ['*', 0],
  ['\\', 0],
  ['\\q', 0],
  ['\\x1', 0],
  ['(?=a)', 1],
  ['[ä]', 1],
  ['a{3,2}', 1],
  ['a{10000}', 1],
  ['(((a{100}){100}){100})', 0],
  ['('.repeat(60), 51],
  ['a'.repeat(501), 500],
];

for (const [pattern, at] of WRONG)
  test(`pattern ${pattern.slice(0, 30)} is refused at ${at}`, () => {
    assert.throws(
      () => new Pattern(pattern),
      (error) => error instanceof PatternError && error.at === at,
    );
  });

const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '(?:a|b)', '(ab)', '(?:)');
const piece = fc
  .tuple(atom, fc.constantFrom('', '*', '+', '?', '{2}', '{1,3}', '{0,2}'))
  .map((parts) => parts.join(''));
const sequence = fc
  .tuple(fc.constantFrom('', '', '^'), fc.array(piece, { maxLength: 4 }), fc.constantFrom('', '', '$'))
  .map(([start, pieces, end]) => start + pieces.join('') + end);
const expression = fc.array(sequence, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('|'));

test('a pattern matches what the regular expressions of the language do', () => {
  fc.assert(
    fc.property(
      expression,
      fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\n'), maxLength: 12 })),
      (source, texts) => {
        const compiled = new Pattern(source);
        const known = new RegExp(source);
        for (const text of texts)
          assert.equal(compiled.test(bytes(text)), known.test(text), JSON.stringify([source, text]));
      },
    ),
    { numRuns: 500, seed: 3 },
  );
});

test('what makes others try for years takes a step a byte', () => {
  const start = cpuMilliseconds();
  assert.ok(!new Pattern('^(a+)+$').test(bytes(`${'a'.repeat(100_000)}b`)));
  assert.ok(!new Pattern('(x+x+)+y').test(bytes('x'.repeat(100_000))));
  // As many deterministic states as there are subsets of twenty positions: they do not fit, and need not.
  const many = new Pattern('[ab]*a[ab]{20}c');
  const noise = Buffer.from(Array.from({ length: 20_000 }, (_, i) => 97 + (((i * i * 7919) >> 5) % 2)));
  assert.ok(!many.test(noise));
  assert.ok(cpuMilliseconds() - start < 5000);
});
