import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { issueCertificate, type Role } from '../../libs/certificates/certificate.ts';
import type { TlsMaterial } from '../../libs/transport/tls.ts';

const HOUR_MS = 3_600_000;

/** A certificate and its key, in PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority for a test. */
export class TestAuthority {
  readonly ca: string;
  readonly #key = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  constructor(name = 'test') {
    const [fromMs, untilMs] = [Date.now() - 48 * HOUR_MS, Date.now() + HOUR_MS];
    const { publicKey, privateKey: key } = this.#key;
    const wanted = { role: 'authority', name, reachedAs: [], publicKey, fromMs, untilMs } as const;
    this.ca = issueCertificate(wanted, { certificate: undefined, key });
  }

  /** @param hours that it is good for, from a day ago; less than 24 has expired */
  issue(role: Role, name: string, reachedAs: readonly string[] = [], hours = 25): Pair {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const fromMs = Date.now() - 24 * HOUR_MS;
    const wanted = { role, name, reachedAs, publicKey, fromMs, untilMs: fromMs + hours * HOUR_MS };
    const issuer = { certificate: new X509Certificate(this.ca), key: this.#key.privateKey };
    return {
      cert: issueCertificate(wanted, issuer),
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
  }

  /** With this authority's own certificate, by which others are judged. */
  material(pair?: Pair): TlsMaterial {
    return { cert: pair?.cert, key: pair?.key, ca: this.ca };
  }
}
