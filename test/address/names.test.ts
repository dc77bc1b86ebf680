import assert from 'node:assert/strict';
import test from 'node:test';
import { etherTypeName, etherTypeNumber, sapName } from '../../libs/address/ethertypes.ts';
import { parseServices, serviceName, servicePorts } from '../../libs/address/ports.ts';
import { protocolName, protocolNames, protocolNumber } from '../../libs/address/protocols.ts';

test('IP protocols have the names that Argus prints', () => {
  const names = { 1: 'icmp', 4: 'ipnip', 6: 'tcp', 17: 'udp', 41: 'ipv6', 47: 'gre', 50: 'esp', 58: 'ipv6-icmp', 89: 'ospf', 103: 'pim', 112: 'vrrp', 132: 'sctp', 136: 'udplite', 139: 'hip', 200: 'unas' }; // prettier-ignore
  for (const [number, name] of Object.entries(names)) assert.equal(protocolName(Number(number)), name);
});

test('every protocol name leads back to a number of that name', () => {
  for (const name of protocolNames()) assert.ok(protocolNumber(name) !== undefined, name);
  for (let number = 0; number < 256; number++) {
    const found = protocolNumber(protocolName(number));
    if (found !== undefined) assert.equal(protocolName(found), protocolName(number));
  }
  assert.equal(protocolNumber('icmp6'), 58);
  assert.equal(protocolNumber('no-such'), undefined);
});

test('Ethernet types and access points have the names that Argus prints', () => {
  assert.equal(etherTypeName(0x88cc), 'lldp');
  assert.equal(etherTypeName(0x0806), 'arp');
  assert.equal(etherTypeName(0x8138), 'ipx/spx');
  assert.equal(etherTypeName(0x1234), undefined);
  assert.equal(etherTypeNumber('ipx/spx'), 0x8137);
  assert.equal(sapName(0x42), 'stp');
  assert.equal(sapName(0x43), undefined);
});

test('ports have names, each protocol its own', () => {
  assert.equal(serviceName(80, 'tcp'), 'http');
  assert.equal(serviceName(53, 'udp'), 'domain');
  assert.equal(serviceName(514, 'udp'), 'syslog');
  assert.equal(serviceName(514, 'tcp'), 'shell');
  assert.equal(serviceName(40001, 'tcp'), undefined);
  assert.ok(servicePorts('domain').some(({ port, protocol }) => port === 53 && protocol === 'udp'));
  assert.deepEqual(servicePorts('no-such'), []);
});

test('a services file gives names and other names; lines that are not like that are passed over', () => {
  const text = '# comment\n\nhttp\t\t80/tcp\t\twww www-http # web\nbad 99999/tcp\nodd 7/quic\nno-port\nntp 123/udp\n';
  assert.deepEqual(parseServices(text), [
    { port: 80, protocol: 'tcp', names: ['http', 'www', 'www-http'] },
    { port: 123, protocol: 'udp', names: ['ntp'] },
  ]);
});
