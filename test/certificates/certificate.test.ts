import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import test from 'node:test';
import { issueCertificate, type Wanted } from '../../libs/certificates/certificate.ts';

const DAY_MS = 86_400_000;
const FROM_MS = Date.UTC(2026, 0, 2, 3, 4, 5);

const authorityKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const authority = new X509Certificate(
  issueCertificate(wanted({ role: 'authority', name: 'Sité CA', publicKey: authorityKey.publicKey }), {
    certificate: undefined,
    key: authorityKey.privateKey,
  }),
);

function wanted(some: Partial<Wanted>): Wanted {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { role: 'host', name: 'probe', reachedAs: [], publicKey, fromMs: FROM_MS, untilMs: FROM_MS + DAY_MS, ...some };
}

function issued(some: Partial<Wanted>): X509Certificate {
  return new X509Certificate(issueCertificate(wanted(some), { certificate: authority, key: authorityKey.privateKey }));
}

test('an authority signs itself, and is one', () => {
  assert.ok(authority.ca);
  assert.ok(authority.verify(authorityKey.publicKey));
  assert.ok(authority.checkIssued(authority));
});

test('a host has the names by which it is reached, and is no authority', () => {
  const host = issued({ reachedAs: ['probe.example.org', '192.0.2.1', '2001:db8::1'] });
  assert.ok(!host.ca);
  assert.ok(host.verify(authorityKey.publicKey) && host.checkIssued(authority));
  assert.equal(host.checkHost('probe.example.org'), 'probe.example.org');
  assert.equal(host.checkHost('other.example.org'), undefined);
  assert.equal(host.checkIP('192.0.2.1'), '192.0.2.1');
  assert.ok(host.checkIP('2001:db8::1'));
  assert.equal(host.checkIP('192.0.2.2'), undefined);
  assert.deepEqual(host.keyUsage, ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
});

test('a client can read and not serve', () => {
  assert.deepEqual(issued({ role: 'client' }).keyUsage, ['1.3.6.1.5.5.7.3.2']);
});

for (const untilMs of [Date.UTC(2049, 11, 31, 23, 59, 59), Date.UTC(2050, 0, 1), Date.UTC(2090, 5, 1)])
  test(`a certificate until ${new Date(untilMs).toISOString()} says so`, () => {
    const { validFrom, validTo } = issued({ untilMs });
    assert.deepEqual([Date.parse(validFrom), Date.parse(validTo)], [FROM_MS, untilMs]);
  });

test('long names, and serial numbers that are never the same', () => {
  const names = Array.from({ length: 40 }, (_, i) => `host-${i}.${'x'.repeat(60)}.example.org`);
  const [one, other] = [issued({ name: 'ü'.repeat(64), reachedAs: names }), issued({})];
  assert.equal(one.checkHost(names[39]!), names[39]);
  assert.notEqual(one.serialNumber, other.serialNumber);
});
