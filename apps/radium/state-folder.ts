import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Context } from '../../libs/cli/command.ts';
import { stateDirectory } from '../../libs/cli/state-directory.ts';
import { InputError } from '../../libs/core/errors.ts';
import { makeFolder } from '../../libs/core/make-folder.ts';
import { HeldError, holderOf, PidFile } from '../../libs/daemon/pid-file.ts';
import type { RadiumArguments } from './options.ts';

/**
 * The folder in which this multiplexer keeps what it needs after a crash; it is not made. What tells several of them apart is where
 * they serve, and of those that serve nobody what they read and write.
 * @param hosts addresses that it listens on
 * @param port 0 when it serves nobody
 */
export function stateFolder(
  args: Pick<RadiumArguments, 'state' | 'server' | 'write' | 'chroot'>,
  env: Context['env'],
  hosts: readonly string[],
  port: number,
): string {
  const files = args.write.map(([file = '']) => resolve(file));
  const words = [...args.server, '', ...files].join('\n');
  const own = port === 0 ? [createHash('sha256').update(words).digest('hex').slice(0, 12)] : [...hosts, port];
  return stateDirectory(args.state, env, ['radium', ...own].join('-'), args.chroot);
}

/**
 * Keeps others out of the folder: servers would take both for one reader, and give each what the other has not got. Where nothing can
 * be written nobody is kept out.
 * @throws {InputError} when somebody is in there
 */
export function lockFolder(folder: string, program: string): Disposable | undefined {
  try {
    makeFolder(folder, 0o750);
    return PidFile.open(join(folder, 'pid'), program);
  } catch (error) {
    if (error instanceof HeldError)
      throw new InputError(error.message, { hint: 'Stop it, or give this one a folder of its own with --state.' });
    if (error instanceof InputError || (error instanceof Error && 'syscall' in error)) return undefined;
    throw error;
  }
}

/**
 * Folders beside this one with records that readers did not get, of multiplexers that do not run: this one may be one of them that now
 * serves elsewhere.
 */
export function leftBehind(folder: string, program: string): string[] {
  const above = dirname(folder);
  return namesIn(above)
    .filter((name) => name.startsWith('radium-'))
    .map((name) => join(above, name))
    .filter((other) => other !== folder && namesIn(join(other, 'spool')).length > 0 && !isHeld(other, program));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isHeld(folder: string, program: string): boolean {
  try {
    return holderOf(join(folder, 'pid'), program) !== undefined;
  } catch {
    return false;
  }
}
