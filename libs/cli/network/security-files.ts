import { open } from 'node:fs/promises';
import { InputError, UsageError } from '../../core/errors.ts';
import { checkMaterial, type TlsMaterial, type TlsNames } from '../../transport/tls.ts';
import { systemReason } from '../system-error.ts';

/** More than this is no list and no certificate, bytes. */
const BYTES_MAX = 1 << 20;

export interface TlsPaths {
  readonly 'tls-cert': string | undefined;
  readonly 'tls-key': string | undefined;
  readonly 'tls-ca': string | undefined;
}

/** @throws {InputError} when the file cannot be read */
export function readText(path: string): Promise<string> {
  return read(path, false);
}

/** As `readText`, of a file that only its owner and his group can read. */
export function readSecret(path: string): Promise<string> {
  return read(path, true);
}

async function read(path: string, isSecret: boolean): Promise<string> {
  try {
    await using file = await open(path);
    const { mode, size } = await file.stat();
    if (isSecret && (mode & 0o007) !== 0)
      throw new InputError(`${path} can be read by others, and it holds a secret`, { hint: `Say: chmod 600 ${path}` });
    if (size > BYTES_MAX) throw new InputError(`${path} is too large for what it should hold`);
    return await file.readFile('utf8');
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`cannot read ${path}: ${systemReason(error) ?? String(error)}`, { cause: error });
  }
}

/**
 * Certificates and key as they are in their files by now.
 * @param warn hears of what others will not like, such as a certificate that has expired
 * @throws {SuiteError} that names the file
 */
export async function readTls(paths: TlsPaths, warn: (message: string) => void): Promise<TlsMaterial> {
  const { 'tls-cert': cert, 'tls-key': key, 'tls-ca': ca } = paths;
  if ((cert === undefined) !== (key === undefined))
    throw new UsageError('--tls-cert and --tls-key go together', { hint: 'Name the certificate and its key.' });
  const material = {
    cert: cert === undefined ? undefined : await readText(cert),
    key: key === undefined ? undefined : await readSecret(key),
    ca: ca === undefined ? undefined : await readText(ca),
  };
  const names: TlsNames = { cert: cert ?? '', key: key ?? '', ca: ca ?? '' };
  for (const warning of checkMaterial(material, names, Date.now())) warn(warning);
  return material;
}
