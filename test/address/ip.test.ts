import assert from 'node:assert/strict';
import { isIPv4, isIPv6 } from 'node:net';
import test from 'node:test';
import * as fc from 'fast-check';
import { formatIPv4, formatIPv6, parseIP, parseIPv4, parseIPv6 } from '../../libs/address/ip.ts';
import { formatMac, parseMac } from '../../libs/address/mac.ts';

const V6: readonly (readonly [text: string, canonical: string])[] = [
  ['::', '::'],
  ['::1', '::1'],
  ['1::', '1::'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['2001:db8::0:1:0:0', '2001:db8::1:0:0'],
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:db8::1:0:0:1', '2001:db8::1:0:0:1'],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
  ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ['fe80::0001', 'fe80::1'],
  ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
];

for (const [text, canonical] of V6) {
  test(`IPv6 ${text} prints as ${canonical}`, () => {
    const lanes = parseIPv6(text);
    assert.ok(lanes);
    assert.equal(formatIPv6(...lanes), canonical);
  });
}

for (const text of [
  '',
  '1',
  ':',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  'g::',
  '12345::',
  '::1.2.3',
  '1.2.3.4::',
  '::1%eth0',
  '::ffff:1.2.3.256',
]) {
  test(`'${text}' is no IPv6 address`, () => assert.equal(parseIPv6(text), undefined));
}

test('IPv4 addresses read and print', () => {
  assert.equal(parseIPv4('192.0.2.1'), 0xc0000201);
  assert.equal(formatIPv4(0xc0000201), '192.0.2.1');
  assert.equal(formatIPv4(-1), '255.255.255.255');
  for (const text of ['', '1.2.3', '1.2.3.4.5', '1.2.3.256', '01.2.3.4', '1.2.3.-4', '1.2.3.4 ', '1..3.4', 'a.b.c.d'])
    assert.equal(parseIPv4(text), undefined, text);
});

test('what prints reads back as the same address, and the system agrees that it is one', () => {
  const lane = fc.oneof(fc.constantFrom(0, 1, 0xffff, 0x10000, 0xffffffff), fc.integer({ min: 0, max: 0xffffffff }));
  fc.assert(
    fc.property(lane, lane, lane, lane, (a, b, c, d) => {
      const text = formatIPv6(a, b, c, d);
      assert.ok(isIPv6(text), text);
      assert.deepEqual(parseIPv6(text), [a, b, c, d]);
      assert.deepEqual(parseIP(formatIPv4(d)), { family: 4, lanes: [0, 0, 0xffff, d] });
      assert.ok(isIPv4(formatIPv4(d)));
    }),
    { numRuns: 500, seed: 1 },
  );
});

test('any text reads as an address exactly when the system says so', () => {
  const soup = fc.string({
    unit: fc.constantFrom('0', '1', 'f', ':', '::', '.', '25', '255', '1.2.3.4'),
    maxLength: 12,
  });
  fc.assert(
    fc.property(soup, (text) => {
      assert.equal(parseIPv6(text) !== undefined, isIPv6(text), text);
      assert.equal(parseIPv4(text) !== undefined, isIPv4(text), text);
    }),
    { numRuns: 3000, seed: 2 },
  );
});

test('MAC addresses read and print', () => {
  assert.deepEqual(parseMac('02:00:5e:00:53:ff'), [0x0200, 0x5e0053ff]);
  assert.deepEqual(parseMac('2-0-5E-0-53-FF'), [0x0200, 0x5e0053ff]);
  assert.equal(formatMac(0x0200, 0x5e0053ff | 0), '02:00:5e:00:53:ff');
  assert.equal(formatMac(0xffff, -1), 'ff:ff:ff:ff:ff:ff');
  for (const text of [
    '',
    '02:00:5e:00:53',
    '02:00:5e:00:53:fff',
    '02:00-5e:00:53:ff',
    '02:00:5e:00:53:gg',
    '2001:db8::1',
  ])
    assert.equal(parseMac(text), undefined, text);
});
