import assert from 'node:assert/strict';
import test from 'node:test';
import { formatIPv4, formatIPv6 } from '../../libs/address/ip.ts';
import { parsePrefix } from '../../libs/address/prefix.ts';

const CASES: readonly (readonly [text: string, network: string, length: number])[] = [
  ['192.0.2.0/24', '192.0.2.0', 24],
  ['192.0.2.77/24', '192.0.2.0', 24],
  ['192.0.2', '192.0.2.0', 24],
  ['10', '10.0.0.0', 8],
  ['10/9', '10.0.0.0', 9],
  ['172.16/12', '172.16.0.0', 12],
  ['192.0.2.1', '192.0.2.1', 32],
  ['192.0.2.99/255.255.255.192', '192.0.2.64', 26],
  ['192.0.2.99/255.0.255.0', '192.0.2.0', -1],
  ['0.0.0.0/0', '0.0.0.0', 0],
  ['2001:db8:1:2::3/32', '2001:db8::', 32],
  ['2001:db8::1', '2001:db8::1', 128],
  ['fe80::ffff/121', 'fe80::ff80', 121],
  ['::/0', '::', 0],
];

for (const [text, network, length] of CASES) {
  test(`${text} is ${network}, ${length} bits`, () => {
    const prefix = parsePrefix(text);
    assert.ok(prefix);
    const printed = prefix.family === 4 ? formatIPv4(prefix.lanes[3]) : formatIPv6(...prefix.lanes);
    assert.deepEqual([printed, prefix.length], [network, length]);
  });
}

for (const text of [
  '',
  '/24',
  '192.0.2.0/33',
  '192.0.2.0/-1',
  '192.0.2.0/24/1',
  '2001:db8::/129',
  '2001:db8::/255.0.0.0',
  '300',
  '1.2.3.4.5',
  'net',
  '192.0.2.',
  '10/',
])
  test(`'${text}' is no network`, () => assert.equal(parsePrefix(text), undefined));
