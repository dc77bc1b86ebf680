import assert from 'node:assert/strict';
import test from 'node:test';
import { formatServerAddress, parseServerAddress } from '../../../libs/cli/network/server-address.ts';
import { UsageError } from '../../../libs/core/errors.ts';

for (const [text, host, port] of [
  ['localhost', 'localhost', 561],
  ['localhost:4001', 'localhost', 4001],
  ['10.20.1.2:3999', '10.20.1.2', 3999],
  ['argus://probe-1.example.org', 'probe-1.example.org', 561],
  ['2001:db8::1', '2001:db8::1', 561],
  ['[2001:db8::1]', '2001:db8::1', 561],
  ['[2001:db8::1]:65535', '2001:db8::1', 65535],
  ['[fe80::1%eth0]:561', 'fe80::1%eth0', 561],
] as const) {
  test(`server ${text}`, () => {
    const address = parseServerAddress(text);
    assert.deepEqual(address, { host, port });
    assert.deepEqual(parseServerAddress(formatServerAddress(address)), address);
  });
}

for (const [text, tls] of [
  ['argus-tcp://probe:1', false],
  ['argus-tls://probe:1', true],
  ['ARGUS-TLS://probe:1', true],
] as const) {
  test(`server ${text}`, () => {
    const address = parseServerAddress(text);
    assert.deepEqual(address, { host: 'probe', port: 1, tls });
    assert.deepEqual(parseServerAddress(formatServerAddress(address)), address);
  });
}

for (const text of [
  '',
  ':561',
  'host:',
  'host:0',
  'host:65536',
  'host:http',
  'ho st',
  '[::1',
  '[::1]561',
  'cisco://host',
  'user:word@host:561',
  'argus://host:561//path',
]) {
  test(`'${text}' is refused as a server`, () => {
    assert.throws(
      () => parseServerAddress(text),
      (error) => error instanceof UsageError && error.hint !== '',
    );
  });
}
