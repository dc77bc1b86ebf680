import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Context } from '../../libs/cli/command.ts';
import { stateDirectory } from '../../libs/cli/state-directory.ts';
import { InputError } from '../../libs/core/errors.ts';
import { HeldError, PidFile } from '../../libs/daemon/pid-file.ts';
import { makeFolder } from '../../libs/core/make-folder.ts';

/** Where records are kept, and in what files. */
export interface ArchivePlace {
  readonly folder: string;
  /** Of the daemons; `ra -R` passes over it. */
  readonly state: string;
  /** Time of a file, as `-M time` has it, and how long latecomers are waited for. */
  readonly span: string;
  readonly hold: string;
}

/**
 * The archive's folder, which is made: the one that is wished for; for made-up traffic alone, and where nothing else can be written, a
 * new temporary one; else the one that daemons have by default.
 * @throws {InputError} when the wished one cannot be made
 */
export function archivePlace(wished: string | undefined, isDemo: boolean, { env }: Pick<Context, 'env'>): ArchivePlace {
  const folder = wished === undefined ? ownFolder(isDemo, env) : resolve(wished);
  const state = join(folder, '.state');
  try {
    makeFolder(state, 0o750);
  } catch (error) {
    throw new InputError(`the archive cannot be written: ${error instanceof Error ? error.message : String(error)}`, {
      hint: 'Choose another folder with --archive.',
    });
  }
  return { folder, state, ...(isDemo ? { span: '10s', hold: '2s' } : { span: '10m', hold: '15s' }) };
}

/**
 * Keeps another suite out of the archive for as long as this one runs.
 * @throws {InputError} when there is one
 */
export function lockArchive({ folder, state }: ArchivePlace, program: string): Disposable {
  try {
    return PidFile.open(join(state, 'pid'), program);
  } catch (error) {
    if (!(error instanceof HeldError)) throw error;
    throw new InputError(`the archive ${folder} is in use by another 'panoptes up', process ${error.pid}`, {
      hint: 'End that one, or choose another folder with --archive.',
      cause: error,
    });
  }
}

function ownFolder(isDemo: boolean, env: Context['env']): string {
  if (!isDemo) {
    const folder = stateDirectory(undefined, env, 'archive');
    try {
      makeFolder(folder, 0o750);
      return folder;
    } catch {
      // not ours to write
    }
  }
  return mkdtempSync(join(tmpdir(), 'panoptes-'));
}
