import { createPrivateKey, X509Certificate, constants, type KeyObject } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import { connect, type ConnectionOptions, type PeerCertificate, type TlsOptions, type TLSSocket } from 'node:tls';
import { InputError } from '../core/errors.ts';

/** Texts in PEM; a certificate and its key come together. */
export interface TlsMaterial {
  /** Our certificate, and those between it and the authority. */
  readonly cert: string | undefined;
  readonly key: string | undefined;
  /** The authorities that the other side's certificate must come from. */
  readonly ca: string | undefined;
}

/** Where each comes from, for messages. */
export type TlsNames = { readonly [Part in keyof TlsMaterial]: string };

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Looks whether certificates and key are what they should be, and fit each other.
 * @returns sentences about what others will not like, such as a certificate that has expired
 * @throws {InputError} that names what is wrong
 */
export function checkMaterial({ cert, key, ca }: TlsMaterial, names: TlsNames, nowMs: number): string[] {
  const warnings: string[] = [];
  for (const authority of ca === undefined ? [] : certificatesIn(ca, names.ca)) {
    if (!authority.ca)
      warnings.push(`${names.ca}: the certificate of ${commonName(authority.subject)} is of no authority`);
    warnings.push(...outOfTime(authority, names.ca, nowMs));
  }
  if (cert === undefined || key === undefined) return warnings;
  const [own] = certificatesIn(cert, names.cert);
  if (own?.checkPrivateKey(keyIn(key, names.key)) !== true) {
    throw new InputError(`the key in ${names.key} is not that of the certificate in ${names.cert}`, {
      hint: 'They are made together; name the two that belong to each other.',
    });
  }
  return [...warnings, ...outOfTime(own, names.cert, nowMs)];
}

function certificatesIn(text: string, name: string): X509Certificate[] {
  const blocks = text.match(PEM_CERTIFICATE) ?? [];
  if (blocks.length === 0)
    throw new InputError(`${name} holds no certificate`, { hint: 'It must be in PEM: -----BEGIN CERTIFICATE-----' });
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch (error) {
    throw new InputError(`${name} holds a certificate that cannot be read`, { cause: error });
  }
}

function keyIn(text: string, name: string): KeyObject {
  if (text.includes('ENCRYPTED'))
    throw new InputError(`the key in ${name} is locked by a pass phrase`, {
      hint: `Unlock it once: openssl pkey -in ${name} -out NEW; and keep the new file from others (chmod 600).`,
    });
  try {
    return createPrivateKey(text);
  } catch (error) {
    throw new InputError(`${name} holds no private key that can be read`, { cause: error });
  }
}

function outOfTime({ validFrom, validTo }: X509Certificate, name: string, nowMs: number): string[] {
  if (Date.parse(validTo) < nowMs) return [`the certificate in ${name} expired on ${day(validTo)}: others refuse it`];
  if (Date.parse(validFrom) > nowMs)
    return [`the certificate in ${name} begins on ${day(validFrom)}: others refuse it`];
  return [];
}

function day(text: string): string {
  return new Date(text).toISOString().slice(0, 10);
}

function commonName(subject: string | undefined): string {
  return /^CN=(.*)$/m.exec(subject ?? '')?.[1] ?? subject ?? 'nobody';
}

/** TLS 1.3 and no tickets: who comes again shows its certificate again. */
const COMMON = { minVersion: 'TLSv1.3', secureOptions: constants.SSL_OP_NO_TICKET } as const;

/**
 * With `ca` a client is asked for its certificate. The handshake completes whatever it shows: it is to be told what is wrong, see
 * `clientOf`.
 */
export function serverOptions({ cert, key, ca }: TlsMaterial, handshakeMs: number): TlsOptions {
  return {
    ...COMMON,
    ...given({ cert, key, ca }),
    requestCert: ca !== undefined,
    rejectUnauthorized: false,
    handshakeTimeout: handshakeMs,
  };
}

/** The name in the certificate that a client proved to have, or why it is not let in; only for a server that has authorities. */
export function clientOf(socket: TLSSocket): { readonly name: string } | { readonly reason: string } {
  const certificate = socket.getPeerCertificate() as Partial<PeerCertificate>;
  if (certificate.subject === undefined) return { reason: 'this server wants a certificate, and none was shown' };
  if (!socket.authorized) return { reason: `your certificate ${faultOf(String(socket.authorizationError))}` };
  const { CN: name } = certificate.subject as { CN?: string | string[] };
  if (typeof name !== 'string') return { reason: 'your certificate has no common name, or several' };
  return { name };
}

/**
 * A connection whose server has proved its name, from `secureConnect` on; until then, an error is for `tlsFailure`.
 * @param attemptMs milliseconds for each address but the last of a name that has several
 */
export function connectTls(host: string, port: number, { cert, key, ca }: TlsMaterial, attemptMs: number): Socket {
  const options: ConnectionOptions & { allowHalfOpen: boolean; autoSelectFamilyAttemptTimeout: number } = {
    ...COMMON,
    ...given({ cert, key, ca }),
    host,
    port,
    allowHalfOpen: true,
    autoSelectFamilyAttemptTimeout: attemptMs,
  };
  // A server name is a DNS name (RFC 6066 §3); an address is looked for in the certificate all the same.
  if (isIP(host) === 0) options.servername = host;
  return connect(options).setNoDelay(true);
}

function given({ cert, key, ca }: TlsMaterial): { cert?: string; key?: string; ca?: string[] } {
  return {
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
    ...(ca === undefined ? {} : { ca: ca.match(PEM_CERTIFICATE) ?? [] }),
  };
}

const FAULTS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet; is a clock wrong?',
  CERT_REVOKED: 'was revoked',
  CERT_SIGNATURE_FAILURE: 'was not signed by the authority that it names',
  INVALID_PURPOSE: 'is not made for this purpose',
  INVALID_CA: 'comes from what is no authority',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is signed by nobody else',
};

const UNKNOWN_AUTHORITY = 'does not come from an authority that is trusted here';

function faultOf(code: string): string {
  return FAULTS[code] ?? (AUTHORITY_CODES.has(code) ? UNKNOWN_AUTHORITY : `is not good (${code})`);
}

const AUTHORITY_CODES: ReadonlySet<string> = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
]);

/** What a server says by an alert (RFC 8446 §6.2) when it does not like our certificate; ours say it in words instead. */
const ALERTS: Readonly<Record<string, string>> = {
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'it wants a certificate',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'it does not know the authority of our certificate',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'our certificate has expired',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'it does not like our certificate',
  ERR_SSL_TLSV1_ALERT_ACCESS_DENIED: 'it denies access',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'it does not speak TLS 1.3',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'it does not speak TLS 1.3',
};

const NO_TLS: ReadonlySet<string> = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_UNEXPECTED_MESSAGE',
  'ERR_SSL_HTTP_REQUEST',
]);

/** Why the handshake with a client failed, in words for the log. */
export function clientFailure(error: Error): string {
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'ERR_TLS_HANDSHAKE_TIMEOUT') return 'it did not finish the TLS handshake in time';
  if (NO_TLS.has(code)) return 'it does not speak TLS';
  return `the TLS handshake failed: ${ALERTS[code] ?? error.message}`;
}

/** What an error of a connection by TLS means, in words that fit after "cannot read from HOST by TLS:". Undefined for any other. */
export function tlsFailure(error: Error): { readonly reason: string; readonly hint: string } | undefined {
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = 'cert' in error ? (error.cert as Partial<PeerCertificate>).subjectaltname : undefined;
    const spoken = names?.replaceAll(/DNS:|IP Address:/g, '') ?? '';
    const reason = spoken === '' ? 'its certificate names no host' : `its certificate is for ${spoken}`;
    return { reason, hint: 'Reach it by a name in its certificate, or give it one with this name.' };
  }
  if (NO_TLS.has(code))
    return { reason: 'it does not speak TLS', hint: 'Write argus-tcp://HOST if that is as it should be.' };
  if (AUTHORITY_CODES.has(code) || code in FAULTS)
    return {
      reason: `its certificate ${faultOf(code)}`,
      hint: code === 'CERT_HAS_EXPIRED' ? '' : "Name the file of its authority's certificate with --tls-ca.",
    };
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_'))
    return { reason: ALERTS[code] ?? `the handshake failed (${code})`, hint: '' };
  return undefined;
}
