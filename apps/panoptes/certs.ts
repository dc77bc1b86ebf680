import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import type { Context } from '../../libs/cli/command.ts';
import { parseIP } from '../../libs/address/ip.ts';
import { issueCertificate } from '../../libs/certificates/certificate.ts';
import { UsageError } from '../../libs/core/errors.ts';
import { Authority, makeOwnFolder, readCertificate, writePair } from './cert-files.ts';
import { authorityText, clientText, hostText, keptText } from './cert-words.ts';

export interface CertsOptions {
  /** Where the authority is, or is to be. */
  readonly folder: string;
  /** Each a list with commas: the first name is that of its files, and by all of them it can be reached. */
  readonly hosts: readonly string[];
  readonly clients: readonly string[];
  /** How long new certificates are good for. */
  readonly days: number;
  /** Makes new certificates also where there are some. */
  readonly renews: boolean;
}

/** A certificate that is wanted. */
interface Request {
  readonly role: 'host' | 'client';
  readonly name: string;
  readonly reachedAs: readonly string[];
}

const DAY_MS = 86_400_000;
const NAME_MAX = 64;
const DNS_NAME = /^(?=.{1,253}$)(?!-)[a-z\d-]{1,63}(\.(?!-)[a-z\d-]{1,63})*$/i;
const CLIENT_NAME = /^[a-z\d][\w.@-]*$/i;
/** The authority's own files have this name. */
const AUTHORITY = 'ca';

/**
 * Makes certificates for a site: an authority of its own, once, and for hosts and clients what they have not yet.
 * @throws {SuiteError} for a name that cannot be one, or a folder that cannot be written
 */
export async function certs(options: CertsOptions, { stdout }: Context): Promise<void> {
  const requests = [...options.hosts.map(hostRequest), ...options.clients.map(clientRequest)];
  const names = requests.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new UsageError(`'${twice}' is named twice`, { hint: HOST_HINT });
  const { folder, days, renews } = options;
  await makeOwnFolder(folder);
  const nowMs = Date.now();
  const authority = await Authority.open(folder, nowMs);
  await stdout.write(authorityText(authority, folder));
  for (const request of requests) {
    const path = join(folder, `${request.name}.crt`);
    const known = renews ? undefined : await readCertificate(path);
    if (known !== undefined) {
      checkSame(request, known.subjectAltName, path);
      await stdout.write(keptText(path, new Date(known.validTo), nowMs));
      continue;
    }
    const untilMs = Math.min(nowMs + days * DAY_MS, authority.untilMs);
    await make(request, authority, folder, nowMs, untilMs);
    await stdout.write(request.role === 'host' ? hostText(folder, request.name) : clientText(folder, request.name));
  }
}

async function make(request: Request, authority: Authority, folder: string, nowMs: number, untilMs: number) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  // An hour back, for clocks that are not quite right.
  const fromMs = Math.max(nowMs - 3_600_000, authority.fromMs);
  const certificate = issueCertificate({ ...request, publicKey, fromMs, untilMs }, authority);
  authority.check(certificate);
  await writePair(folder, request.name, certificate, privateKey);
}

/** A certificate that is kept must be the one that is asked for. */
function checkSame({ role, name, reachedAs }: Request, alternatives: string | undefined, path: string): void {
  const made = new Set(alternatives?.split(', ').map((each) => each.replace(/^(DNS|IP Address):/, '').toLowerCase()));
  const isSame = role === 'client' ? made.size === 0 : reachedAs.every((each) => made.has(plain(each)));
  if (isSame) return;
  throw new UsageError(`${path} is a certificate of other names than are asked for '${name}'`, {
    hint: 'Add --renew to make it anew, or choose another name.',
  });
}

/** As node prints it in the names of a certificate: IPv6 in full upper-case groups, which are lower case here. */
function plain(name: string): string {
  const address = parseIP(name);
  if (address?.family !== 6) return name.toLowerCase();
  return address.lanes
    .flatMap((lane) => [lane >>> 16, lane & 0xffff])
    .map((group) => group.toString(16))
    .join(':');
}

const HOST_HINT = 'Write --host probe1.example.org,192.0.2.1 for one host that is reached by both.';

function hostRequest(text: string): Request {
  const reachedAs = text.split(',');
  const [name = ''] = reachedAs;
  for (const each of reachedAs) {
    if (parseIP(each) === undefined && (!DNS_NAME.test(each) || /^[\d.]+$/.test(each)))
      throw new UsageError(`'${each}' is neither the name of a host nor an address`, { hint: HOST_HINT });
  }
  checkFileName(name);
  return { role: 'host', name, reachedAs };
}

function clientRequest(name: string): Request {
  if (!CLIENT_NAME.test(name))
    throw new UsageError(`'${name}' cannot be the name of a client`, {
      hint: 'Use letters, digits and _ . @ -, and begin with a letter or digit.',
    });
  checkFileName(name);
  return { role: 'client', name, reachedAs: [] };
}

function checkFileName(name: string): void {
  if (name.length > NAME_MAX)
    throw new UsageError(`'${name}' is longer than ${NAME_MAX} characters`, { hint: 'Put a shorter name first.' });
  if (name.toLowerCase() === AUTHORITY)
    throw new UsageError(`'${name}' is the name of the authority's own files`, { hint: 'Choose another one.' });
}
