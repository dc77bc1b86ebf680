import { promises as fs, fstatSync, statSync, type Dirent, type Stats } from 'node:fs';
import { join } from 'node:path';
import { promises as timers } from 'node:timers';
import { isNotice, standingFiles, type Standing } from '../../archive/succession.ts';
import { InputError } from '../../core/errors.ts';
import { namedFile } from './byte-range.ts';
import type { HeldFiles } from './held-files.ts';
import { systemReason } from '../system-error.ts';

/** A folder that changes is looked at so often, milliseconds apart. */
const SETTLE_TRIES = 10;
const SETTLE_MS = 30;

/**
 * Files that are named on the command line, checked before the first is read; `-` is standard input.
 * @throws {InputError} for one that is missing or a folder
 */
export function checkFiles(words: readonly string[]): void {
  for (const word of words) {
    if (word === '-') continue;
    const { path } = namedFile(word);
    if (lookUp(path).isDirectory()) {
      throw new InputError(`cannot read ${path}: it is a folder`, { hint: `Read all files below it with -R ${path}` });
    }
  }
}

/**
 * @param hint what to do instead
 * @throws {InputError} for a folder, which Node takes for a stream that has ended
 */
export function checkStandardInput(stdin: { readonly fd?: number }, hint = 'Read all files below it with -R'): void {
  if (stdin.fd === undefined || !fstatSync(stdin.fd).isDirectory()) return;
  throw new InputError('cannot read standard input: it is a folder', { hint });
}

/** @throws {InputError} for a folder that is missing */
export function checkTrees(paths: readonly string[]): void {
  for (const path of paths) lookUp(path);
}

function lookUp(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw cannotRead(path, error);
  }
}

/** Anything but a failed system call comes back as it is. */
export function cannotRead(path: string, error: unknown): unknown {
  const reason = systemReason(error);
  if (reason === undefined) return error;
  const hint = isMissing(error) ? (HINTS.find(([pattern]) => pattern.test(path))?.[1] ?? '') : '';
  return new InputError(`cannot read ${path}: ${reason}`, { hint, cause: error });
}

/** What was meant by names that no file has. */
const HINTS: readonly (readonly [name: RegExp, hint: string])[] = [
  [
    /^(not|!|src|dst|host|net|port|proto|ip6?|ipv[46]|tcp|udp|icmp6?|arp|ether|vlan|man|bytes|pkts|dur|state|app)$/,
    'If a filter begins there, write a lone - before it.',
  ],
  [/^(cisco|jflow|ft|sflow):/, 'NetFlow and sFlow are not read yet.'],
  [/^mysql:/, 'Databases are not read yet.'],
];

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/**
 * All plain files below `path` (or `path` itself when it is a file), folder by folder in the order of names. Symbolic links are followed
 * where they lead out of what is read anyway, so that no file comes twice by them. Names that begin with a dot are left out.
 * @param unreadable is told of folders that cannot be read, and of links to nothing; the others are read on
 * @param held gets the files of a folder as they are when it is looked at, each until the one behind it is asked for
 */
export async function* filesBelow(
  path: string,
  unreadable: (error: InputError) => void,
  held?: HeldFiles,
): AsyncGenerator<string, void, undefined> {
  if (!lookUp(path).isDirectory()) {
    yield path;
    return;
  }
  const real = await fs.realpath(path);
  yield* filesIn(path, real, { roots: [real], unreadable, held });
}

interface Walk {
  /** Real paths of the folders and files that were followed to. */
  readonly roots: string[];
  readonly unreadable: (error: InputError) => void;
  readonly held: HeldFiles | undefined;
}

async function* filesIn(path: string, real: string, walk: Walk): AsyncGenerator<string, void, undefined> {
  let files: Standing<Dirent>[];
  try {
    files = await settledFiles(path, walk);
  } catch (error) {
    tell(walk, path, error);
    return;
  }
  try {
    for (const { entry } of files) {
      const [name, realName] = [join(path, entry.name), join(real, entry.name)];
      if (entry.isSymbolicLink()) yield* filesBehind(name, walk);
      else if (walk.roots.includes(realName)) continue;
      else if (entry.isDirectory()) yield* filesIn(name, realName, walk);
      else if (entry.isFile()) yield name;
      walk.held?.release([name]);
    }
  } finally {
    walk.held?.release(plainPaths(path, files));
  }
}

/**
 * What is in a folder at one moment, but for names with a dot in front. Where files are about to be replaced that is waited for, unless it was left undone.
 * @throws errors of the system
 */
async function settledFiles(path: string, { held }: Walk): Promise<Standing<Dirent>[]> {
  for (let tries = 1; ; tries++) {
    const { mtimeMs } = await fs.stat(path);
    const entries = await fs.readdir(path, { withFileTypes: true });
    const files = standingFiles(path, entries).filter(({ name }) => !name.startsWith('.'));
    held?.hold(plainPaths(path, files));
    const isSettled = mtimeMs === (await fs.stat(path)).mtimeMs && !entries.some(({ name }) => isNotice(name));
    if (isSettled || tries === SETTLE_TRIES) return files;
    held?.release(plainPaths(path, files));
    await timers.setTimeout(SETTLE_MS);
  }
}

const plainPaths = (path: string, files: readonly Standing<Dirent>[]): string[] =>
  files.filter(({ entry }) => entry.isFile()).map(({ entry }) => join(path, entry.name));

async function* filesBehind(link: string, walk: Walk): AsyncGenerator<string, void, undefined> {
  let real: string;
  let found: Awaited<ReturnType<typeof fs.stat>>;
  try {
    real = await fs.realpath(link);
    found = await fs.stat(real);
  } catch (error) {
    tell(walk, link, error);
    return;
  }
  if (walk.roots.some((root) => `${real}/`.startsWith(root === '/' ? root : `${root}/`))) return;
  walk.roots.push(real);
  if (found.isDirectory()) yield* filesIn(link, real, walk);
  else if (found.isFile()) yield link;
}

function tell({ unreadable }: Walk, path: string, error: unknown): void {
  const failure = cannotRead(path, error);
  if (!(failure instanceof InputError)) throw failure;
  unreadable(failure);
}

/** What makes two paths the same file; undefined where there is no plain file. */
export async function identityOf(path: string): Promise<string | undefined> {
  const found = await fs.stat(path).catch(() => undefined);
  return found?.isFile() === true ? `${found.dev}:${found.ino}` : undefined;
}
