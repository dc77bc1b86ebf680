import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Context } from '../../libs/cli/command.ts';
import { readerName, stateDirectory } from '../../libs/cli/state-directory.ts';
import { InputError, UsageError } from '../../libs/core/errors.ts';
import { makeFolder } from '../../libs/core/make-folder.ts';
import { PidFile } from '../../libs/daemon/pid-file.ts';
import { isReaderName } from '../../libs/transport/handshake.ts';

export interface StateFolder {
  readonly folder: string;
  /** By which servers know this reader. */
  readonly name: string;
}

/**
 * The folder in which this archive keeps what it needs after a crash; it is made. Archives with other names of files, or with names
 * of their own, have others.
 * @throws {UsageError} for a name that cannot be one
 */
export function stateFolder(
  args: { readonly name: string | undefined; readonly state: string | undefined; readonly write: string },
  { env, warn }: Pick<Context, 'env' | 'warn'>,
): StateFolder {
  if (args.name !== undefined && !isReaderName(args.name)) {
    throw new UsageError(`--name: '${args.name}' is no name`, { hint: 'Up to 128 letters, digits and . : @ + _ -.' });
  }
  const own = args.name ?? createHash('sha256').update(resolve(args.write)).digest('hex').slice(0, 12);
  const folder = stateDirectory(args.state, env, `rastream-${own}`);
  makeFolder(folder, 0o750);
  return { folder, name: args.name ?? readerName(folder, 'rastream', warn) };
}

/**
 * Keeps others out of the folder.
 * @throws {InputError} when somebody is in there
 */
export function lockFolder(folder: string, program: string): PidFile {
  try {
    return PidFile.open(join(folder, 'pid'), program);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.message, {
      hint: 'Stop it, or give this one a name of its own with --name.',
      cause: error,
    });
  }
}
