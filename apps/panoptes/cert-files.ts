import { createPrivateKey, generateKeyPairSync, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemReason } from '../../libs/cli/system-error.ts';
import { issueCertificate } from '../../libs/certificates/certificate.ts';
import { InputError } from '../../libs/core/errors.ts';
import { makeFolder } from '../../libs/core/make-folder.ts';

const AUTHORITY_DAYS = 3653;
const DAY_MS = 86_400_000;
const KEY_MODE = 0o600;

/** The certificate authority of a site: its key signs all other certificates, and must stay where it is. */
export class Authority {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
  /** Whether it was made just now. */
  readonly isNew: boolean;

  private constructor(certificate: X509Certificate, key: KeyObject, isNew: boolean) {
    this.certificate = certificate;
    this.key = key;
    this.isNew = isNew;
  }

  /**
   * That of the folder; made when there is none, and never overwritten.
   * @throws {InputError} when there is half of one, or one that cannot be used
   */
  static async open(folder: string, nowMs: number): Promise<Authority> {
    const paths = { certificate: join(folder, 'ca.crt'), key: join(folder, 'ca.key') };
    const [certificate, text] = [await readCertificate(paths.certificate), await readIfThere(paths.key)];
    if (certificate === undefined) {
      if (text !== undefined)
        throw new InputError(`${paths.key} is there, but not ${paths.certificate}`, {
          hint: `Bring the certificate back, or, when nothing was signed yet, remove ${paths.key}.`,
        });
      return Authority.#make(paths, nowMs);
    }
    if (text === undefined)
      throw new InputError(`${paths.key} is not there, and without it nothing can be signed`, {
        hint: 'Work where the authority was made, or bring its key back.',
      });
    const authority = new Authority(certificate, readKey(text, paths.key), false);
    if (!certificate.checkPrivateKey(authority.key))
      throw new InputError(`${paths.key} is not the key of ${paths.certificate}`);
    if (authority.untilMs <= nowMs)
      throw new InputError(`the authority in ${paths.certificate} expired on ${certificate.validTo}`, {
        hint: 'Make a new one in another folder, and let everybody trust both for a while: --tls-ca takes a file with several.',
      });
    return authority;
  }

  static async #make(paths: { certificate: string; key: string }, nowMs: number): Promise<Authority> {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const text = issueCertificate(
      {
        role: 'authority',
        name: `Panoptes CA ${new Date(nowMs).toISOString().slice(0, 10)}`,
        reachedAs: [],
        publicKey,
        fromMs: nowMs - DAY_MS,
        untilMs: nowMs + AUTHORITY_DAYS * DAY_MS,
      },
      { certificate: undefined, key: privateKey },
    );
    await write(paths.key, textOf(privateKey), { flag: 'wx', mode: KEY_MODE });
    await write(paths.certificate, text, { flag: 'wx' });
    return new Authority(new X509Certificate(text), privateKey, true);
  }

  get fromMs(): number {
    return Date.parse(this.certificate.validFrom);
  }

  get untilMs(): number {
    return Date.parse(this.certificate.validTo);
  }

  /** @throws {InputError} when a certificate that was made would not be taken for one of this authority */
  check(text: string): void {
    const made = new X509Certificate(text);
    if (made.checkIssued(this.certificate) && made.verify(this.certificate.publicKey)) return;
    throw new InputError('the authority in ca.crt cannot sign', { hint: "Was it made by 'panoptes certs'?" });
  }
}

/** A folder that only its owner looks into. */
export async function makeOwnFolder(folder: string): Promise<void> {
  await attempt(
    `cannot make ${folder}`,
    Promise.resolve().then(() => makeFolder(folder, 0o700)),
  );
}

/** @returns undefined when there is no such file */
export async function readCertificate(path: string): Promise<X509Certificate | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  try {
    return new X509Certificate(text);
  } catch (error) {
    throw new InputError(`${path} holds no certificate that can be read`, { cause: error });
  }
}

/** Puts a new certificate and its key where older ones may be. */
export async function writePair(folder: string, name: string, certificate: string, key: KeyObject): Promise<void> {
  const [keyPath, certificatePath] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
  const fresh = '.new';
  await write(keyPath + fresh, textOf(key), { mode: KEY_MODE });
  await write(certificatePath + fresh, certificate, {});
  await attempt(`cannot write ${keyPath}`, rename(keyPath + fresh, keyPath));
  await attempt(`cannot write ${certificatePath}`, rename(certificatePath + fresh, certificatePath));
}

function textOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function readKey(text: string, path: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (error) {
    throw new InputError(`${path} holds no private key that can be read`, { cause: error });
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new InputError(`cannot read ${path}: ${systemReason(error) ?? String(error)}`, { cause: error });
  }
}

async function write(path: string, text: string, options: { flag?: string; mode?: number }): Promise<void> {
  await attempt(`cannot write ${path}`, writeFile(path, text, { ...options, flush: true }));
}

async function attempt(what: string, done: Promise<unknown>): Promise<void> {
  try {
    await done;
  } catch (error) {
    throw new InputError(`${what}: ${systemReason(error) ?? String(error)}`, { cause: error });
  }
}
