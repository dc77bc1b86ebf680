import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NO_POSITION, type SplitterPosition } from './filing.ts';
import { syncFolder, type Finishing } from './open-files.ts';
import type { Ranges } from '../record/range-set.ts';

const VERSION = 1;

/** What an archive has to know after a crash, beside its journal. */
export interface Checkpoint {
  /** Which records were had: all in files that are finished, and all in the journal but for its end. */
  readonly ledger: unknown;
  /** Rows of the journal that are in finished files, or in those that are named here. */
  readonly done: Ranges;
  /** Files that are whole and may not have their names yet. */
  readonly finishing: readonly Pick<Finishing, 'partPath' | 'path' | 'replaces'>[];
  /** Finished files for which the program has not run to its end. */
  readonly programs: readonly string[];
  readonly position: SplitterPosition;
}

export const NO_CHECKPOINT: Checkpoint = {
  ledger: undefined,
  done: [],
  finishing: [],
  programs: [],
  position: NO_POSITION,
};

/**
 * Reads a checkpoint; there is none in the beginning.
 * @throws {SyntaxError} for a file that is none
 */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return NO_CHECKPOINT;
    throw error;
  }
  const { version, ...saved } = JSON.parse(text) as Checkpoint & { version: number };
  if (version !== VERSION) throw new SyntaxError(`checkpoint of version ${String(version)}`);
  const { position } = saved;
  // JSON has no infinity: null is "before all time".
  const time = (value: number | null): number => value ?? -Infinity;
  return { ...saved, position: { ...position, closedUs: time(position.closedUs), newestUs: time(position.newestUs) } };
}

/** Writes it so that after a crash it is there whole: this one, or the one before. */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const draft = `${path}.new`;
  {
    await using file = await open(draft, 'w', 0o640);
    await file.writeFile(JSON.stringify({ version: VERSION, ...checkpoint }));
    await file.sync();
  }
  await rename(draft, path);
  await syncFolder(dirname(path));
}
