import { randomBytes } from 'node:crypto';
import { chownSync, lchownSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { UsageError } from '../core/errors.ts';
import { makeFolder } from '../core/make-folder.ts';
import { isReaderName } from '../transport/handshake.ts';
import type { Context } from './command.ts';
import { isBelow } from './path-below.ts';
import { systemReason } from './system-error.ts';

/**
 * Where a program keeps what it must not forget over its end, a folder of its own: below `--state` when that is given, else below
 * what systemd says, else below /var/lib/panoptes, or ~/.local/state/panoptes for those who are not root. It is not made.
 * @param folder name of the program, and what tells several of them apart
 * @param root the folder that the program will be shut into, which holds it then
 * @throws {UsageError} for one outside
 */
export function stateDirectory(given: string | undefined, env: Context['env'], folder: string, root = '/'): string {
  const ofSystemd = env['STATE_DIRECTORY']?.split(':')[0];
  const own = process.getuid?.() === 0 ? '/var/lib/panoptes' : join(homedir(), '.local/state/panoptes');
  const base = given ?? (ofSystemd === undefined || ofSystemd === '' ? own : ofSystemd);
  const directory = join(base, folder.replaceAll(/[^\w.:@-]+/g, '-'));
  if (isBelow(root, directory)) return root === '/' ? directory : resolve(directory);
  if (given === undefined) return join(resolve(root), resolve(directory));
  throw new UsageError(`--state ${given} is outside of ${root}, which -c shuts everything into`, {
    hint: 'Name a folder inside it.',
  });
}

/**
 * The name under which servers know this program: made once, and kept in its state directory. Where nothing can be kept, one
 * that is the same each time on this machine.
 */
export function readerName(directory: string, program: string, warn: (message: string) => void): string {
  const file = join(directory, 'name');
  try {
    const kept = readFileSync(file, 'utf8').trim();
    if (isReaderName(kept)) return kept;
  } catch {
    // not made yet
  }
  const host = hostname()
    .replaceAll(/[^\w.-]+/g, '-')
    .slice(0, 64);
  try {
    const name = `${program}@${host}:${randomBytes(4).toString('hex')}`;
    makeFolder(directory, 0o750);
    rmSync(file, { force: true }); // it may be a link that somebody else put there
    writeFileSync(file, `${name}\n`, { flag: 'wx', mode: 0o640 });
    return name;
  } catch (error) {
    warn(`nothing can be kept in ${directory}: ${error instanceof Error ? error.message : String(error)}`);
    return `${program}@${host}`;
  }
}

/**
 * Makes the directory, and gives it with what is in it to a user that the program is about to become. Links in there are not followed: that
 * user could make some that lead anywhere. Where that cannot be done nothing can be kept, which is said.
 */
export function giveDirectory(directory: string, uid: number, gid: number, warn: (message: string) => void): void {
  try {
    makeFolder(directory, 0o750);
    chownSync(directory, uid, gid);
    for (const path of readdirSync(directory, { recursive: true, encoding: 'utf8' })) lchownSync(join(directory, path), uid, gid); // prettier-ignore
  } catch (error) {
    const reason = systemReason(error);
    if (reason === undefined) throw error;
    warn(`cannot give ${directory} to user ${uid}: ${reason}`);
  }
}
