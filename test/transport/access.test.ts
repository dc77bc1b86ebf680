import assert from 'node:assert/strict';
import test from 'node:test';
import { UsageError } from '../../libs/core/errors.ts';
import { AccessList, type KnownPeer } from '../../libs/transport/access.ts';

const LIST = `
# The laptop is lost.
deny certificate lost-laptop
allow address 10.1.0.0/16 filter net 10.1.0.0/16
allow address 2001:db8::/32 certificate collector
deny address 192.0.2.66
allow address 192.0.2.0/24 token night
allow token guest filter tcp and dst port 80
`;

const REFUSED = undefined;

for (const [who, peer, verdict] of [
  ['an address of a network', { address: '10.1.2.3' }, 'net 10.1.0.0/16'],
  ['the same, on a socket for both families', { address: '::ffff:10.1.2.3' }, 'net 10.1.0.0/16'],
  ['an address of none', { address: '10.2.2.3' }, REFUSED],
  ['one that an earlier line denies', { address: '10.1.2.3', certificate: 'Lost-Laptop' }, REFUSED],
  ['IPv6 with its certificate', { address: '2001:db8::7', certificate: 'collector' }, ''],
  ['IPv6 without', { address: '2001:db8::7' }, REFUSED],
  ['IPv6 with another', { address: '2001:db8::7', certificate: 'collector2' }, REFUSED],
  ['the certificate from elsewhere', { address: '2001:db9::7', certificate: 'collector' }, REFUSED],
  ['a token in its network', { address: '192.0.2.1', token: 'night' }, ''],
  ['a token of another name', { address: '192.0.2.1', token: 'Night' }, REFUSED],
  ['a token, denied by address', { address: '192.0.2.66', token: 'night' }, REFUSED],
  ['a token from anywhere', { address: '203.0.113.9', token: 'guest' }, 'tcp and dst port 80'],
  ['no address at all', { address: '' }, REFUSED],
] as const) {
  test(`access list: ${who}`, () => {
    const known: KnownPeer = { certificate: undefined, token: undefined, ...peer };
    assert.equal(AccessList.parse(LIST, 'access').judge(known), verdict);
  });
}

test('access list: an empty one lets nobody read, and anyone is anyone', () => {
  const peer = { address: 'fe80::1%eth0', certificate: undefined, token: undefined };
  assert.equal(AccessList.parse('# nobody\n', 'access').judge(peer), REFUSED);
  assert.equal(AccessList.parse('allow anyone', 'access').judge(peer), '');
  assert.equal(AccessList.parse('allow address fe80::/10', 'access').judge(peer), '', 'a zone does not count');
  assert.equal(AccessList.parse('allow address ::/0', 'access').judge({ ...peer, address: '192.0.2.1' }), REFUSED);
});

for (const [line, message, hint] of [
  ['alow address 10.0.0.1', /access line 2: unknown word 'alow'/, /'allow'/],
  ['allow adress 10.0.0.1', /access line 2: unknown word 'adress'/, /'address'/],
  ['allow address 10.0.0.300', /line 2: '10.0.0.300' is neither/, /2001:db8/],
  ['allow address 2001:db8::/129', /line 2: '2001:db8::\/129' is neither/, /./],
  ['allow', /line 2: it does not say who/, /allow\|deny/],
  ['allow filter tcp', /line 2: it does not say who/, /./],
  ['allow token', /line 2: 'token' without a value/, /./],
  ['allow token a token b', /line 2: 'token' stands twice/, /./],
  ['allow token a anyone', /line 2: 'anyone' stands beside no other/, /./],
  ['deny token a filter tcp', /line 2: a reader that is denied has no filter/, /./],
  ['allow anyone filter', /line 2: 'filter' without an expression/, /./],
  ['allow anyone filter tpc', /line 2: .*tpc/, /tcp/],
] as const) {
  test(`access list: '${line}' is an error that says where and what`, () => {
    assert.throws(
      () => AccessList.parse(`# first\n${line}\n`, 'access'),
      (error) => error instanceof UsageError && message.test(error.message) && hint.test(error.hint),
    );
  });
}

test('access list: what must be proved, and the first line that says so', () => {
  const { proofs } = AccessList.parse(LIST, 'access');
  assert.deepEqual([proofs.get('certificate'), proofs.get('token')], [3, 7]);
  assert.equal(AccessList.parse('allow anyone', 'access').proofs.size, 0);
});
