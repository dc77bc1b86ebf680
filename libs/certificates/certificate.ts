import { createHash, createPublicKey, randomBytes, sign, type KeyObject, type X509Certificate } from 'node:crypto';
import { parseIP } from '../address/ip.ts';
import { bits, elementAt, explicit, implicit, integer, octets, oid, sequence, set, time, utf8, yes } from './der.ts';

/** What a certificate is for: to sign others, to serve (and to read, as a multiplexer does both), or only to read. */
export type Role = 'authority' | 'host' | 'client';

export interface Wanted {
  readonly role: Role;
  /** Common name, at most 64 characters (RFC 5280, ub-common-name). */
  readonly name: string;
  /** DNS names and IP addresses by which others reach it; an empty list where nobody does. */
  readonly reachedAs: readonly string[];
  readonly publicKey: KeyObject;
  /** Milliseconds since the epoch; whole seconds count. */
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface Issuer {
  /** Undefined for an authority that signs its own certificate. */
  readonly certificate: X509Certificate | undefined;
  /** A P-256 key. */
  readonly key: KeyObject;
}

const OID = {
  commonName: '2.5.4.3',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const;

const SERIAL_BYTES = 16;
/** X.509 version 3, as it is written. */
const VERSION = 2;

/** Makes and signs a certificate (RFC 5280), as PEM. Signatures are ECDSA with SHA-256. */
export function issueCertificate(wanted: Wanted, issuer: Issuer): string {
  const { name, publicKey, fromMs, untilMs } = wanted;
  const algorithm = sequence(oid(OID.ecdsaWithSha256));
  const subject = sequence(set(sequence(oid(OID.commonName), utf8(name))));
  const serial = randomBytes(SERIAL_BYTES);
  serial[0] = (serial[0]! & 0x7f) | 0x40; // positive, and of one length
  const toBeSigned = sequence(
    explicit(0, integer(Uint8Array.of(VERSION))),
    integer(serial),
    algorithm,
    issuer.certificate === undefined ? subject : subjectOf(issuer.certificate.raw),
    sequence(time(fromMs), time(untilMs)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions(wanted, createPublicKey(issuer.key)))),
  );
  const signature = sign('sha256', toBeSigned, issuer.key);
  return pem(sequence(toBeSigned, algorithm, bits(signature)));
}

function extensions({ role, reachedAs, publicKey }: Wanted, issuerKey: KeyObject): Buffer[] {
  const isAuthority = role === 'authority';
  const purposes = role === 'host' ? [OID.serverAuth, OID.clientAuth] : [OID.clientAuth];
  const list = [
    critical(OID.basicConstraints, isAuthority ? sequence(yes(), integer(Uint8Array.of(0))) : sequence()),
    // keyCertSign and cRLSign, or digitalSignature: RFC 5280 §4.2.1.3
    critical(OID.keyUsage, isAuthority ? bits(Uint8Array.of(0x06), 1) : bits(Uint8Array.of(0x80), 7)),
    extension(OID.subjectKeyIdentifier, octets(keyIdentifier(publicKey))),
    extension(OID.authorityKeyIdentifier, sequence(implicit(0, keyIdentifier(issuerKey)))),
  ];
  if (!isAuthority) list.push(extension(OID.extendedKeyUsage, sequence(...purposes.map(oid))));
  if (reachedAs.length > 0) list.push(extension(OID.subjectAltName, sequence(...reachedAs.map(generalName))));
  return list;
}

function extension(id: string, value: Uint8Array): Buffer {
  return sequence(oid(id), octets(value));
}

function critical(id: string, value: Uint8Array): Buffer {
  return sequence(oid(id), yes(), octets(value));
}

/** A DNS name or an address, RFC 5280 §4.2.1.6. */
function generalName(text: string): Buffer {
  const address = parseIP(text);
  if (address === undefined) return implicit(2, Buffer.from(text, 'ascii'));
  const bytes = Buffer.alloc(16);
  for (const [lane, value] of address.lanes.entries()) bytes.writeUInt32BE(value, 4 * lane);
  return implicit(7, address.family === 4 ? bytes.subarray(12) : bytes);
}

/** SHA-1 of the bits of the public key, RFC 5280 §4.2.1.2 (1); a name and no protection. */
function keyIdentifier(publicKey: KeyObject): Buffer {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const outer = elementAt(spki, 0);
  const algorithm = outer && elementAt(spki, outer.start);
  const key = algorithm && elementAt(spki, algorithm.end);
  if (key === undefined) throw new TypeError('a public key without a key');
  return createHash('sha1')
    .update(spki.subarray(key.start + 1, key.end))
    .digest();
}

/** The subject of a certificate as it stands there, which others name as their issuer octet by octet. */
function subjectOf(raw: Uint8Array): Uint8Array {
  const tbs = elementAt(raw, elementAt(raw, 0)?.start ?? 0);
  let offset = tbs?.start ?? 0;
  // version, serial number, algorithm, issuer, validity
  for (let skipped = 0; skipped < 5; skipped++) offset = elementAt(raw, offset)?.end ?? raw.length;
  const subject = elementAt(raw, offset);
  if (subject === undefined) throw new TypeError('a certificate without a subject');
  return raw.subarray(offset, subject.end);
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
