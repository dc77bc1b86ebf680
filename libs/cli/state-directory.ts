import { randomBytes } from 'node:crypto';
import { chownSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '../core/make-folder.ts';
import { isReaderName } from '../transport/handshake.ts';
import type { Context } from './command.ts';

/**
 * Where a program keeps what it must not forget over its end, a folder of its own: below `--state` when that is given, else below
 * what systemd says, else below /var/lib/panoptes, or ~/.local/state/panoptes for those who are not root. It is not made.
 * @param folder name of the program, and what tells several of them apart
 */
export function stateDirectory(given: string | undefined, env: Context['env'], folder: string): string {
  const ofSystemd = env['STATE_DIRECTORY']?.split(':')[0];
  const own = process.getuid?.() === 0 ? '/var/lib/panoptes' : join(homedir(), '.local/state/panoptes');
  const base = given ?? (ofSystemd === undefined || ofSystemd === '' ? own : ofSystemd);
  return join(base, folder.replaceAll(/[^\w.:@-]+/g, '-'));
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
    writeFileSync(file, `${name}\n`, { mode: 0o640 });
    return name;
  } catch (error) {
    warn(`nothing can be kept in ${directory}: ${error instanceof Error ? error.message : String(error)}`);
    return `${program}@${host}`;
  }
}

/** Makes the directory for a user that the program is about to become. @throws the system's error */
export function giveDirectory(directory: string, uid: number, gid: number): void {
  makeFolder(directory, 0o750);
  chownSync(directory, uid, gid);
}
