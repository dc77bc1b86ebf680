import assert from 'node:assert/strict';
import test from 'node:test';
import { tokenize } from '../../libs/filter/lexer.ts';

const CASES: readonly [text: string, kinds: string][] = [
  ['', ''],
  ['  \t\n ', ''],
  ['tcp and port 80', 'word:tcp and:and word:port word:80'],
  ['tcp&&!udp||(arp)', 'word:tcp and:&& not:! word:udp or:|| open:( word:arp close:)'],
  ['pkts>=3', 'word:pkts compare:>= word:3'],
  ['pkts!=3 a=b a==b', 'word:pkts compare:!= word:3 word:a compare:= word:b word:a compare:== word:b'],
  ['pkts gt 3', 'word:pkts compare:gt word:3'],
  ['net 2001:db8::/32', 'word:net word:2001:db8::/32'],
  ['proto "and" \\tcp', 'word:proto word:and word:tcp'],
  ["'not'", 'word:not'],
  ['port 80-443', 'word:port word:80-443'],
];

for (const [text, expected] of CASES)
  test(`tokens of ${JSON.stringify(text)}`, () => {
    const tokens = tokenize(text).map(({ kind, text: word }) => `${kind}:${word}`);
    assert.equal(tokens.join(' '), expected);
  });

test('a token knows where it stands', () => {
  assert.deepEqual(
    tokenize(' (tcp and "x")').map(({ at }) => at),
    [1, 2, 6, 10, 13],
  );
});

test('a filter of 64 KiB is read, one byte more is refused', () => {
  assert.equal(tokenize('a '.repeat(32_768)).length, 32_768);
  assert.throws(() => tokenize('a '.repeat(32_768) + 'a'), { name: 'FilterError', message: /more than 65536 bytes/ });
  assert.throws(() => tokenize(`"${'é'.repeat(32_768)}"`), { name: 'FilterError' });
});
