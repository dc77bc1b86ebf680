import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError } from '../core/errors.ts';
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
 * @throws {SyntaxError} for a file that is none, {InputError} for one of a later version, which would be lost if it were written anew
 */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return NO_CHECKPOINT;
    throw error;
  }
  const saved: unknown = JSON.parse(text);
  if (!isObject(saved)) throw new SyntaxError('not a checkpoint');
  const { version } = saved;
  if (typeof version === 'number' && version > VERSION)
    throw new InputError(`${path} is of a later version of Panoptes`, {
      hint: 'Go on with that version, or with another --name and --state.',
    });
  if (version !== VERSION || !isCheckpoint(saved)) throw new SyntaxError(`checkpoint of version ${String(version)}`);
  // JSON has no infinity: null is "before all time".
  const time = (value: number | null): number => value ?? -Infinity;
  const { position } = saved;
  return { ...saved, position: { ...position, closedUs: time(position.closedUs), newestUs: time(position.newestUs) } };
}

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

/** The ledger looks after itself. */
function isCheckpoint(saved: Fields): saved is Fields & Checkpoint {
  const { done, finishing, programs, position } = saved;
  if (!isListOf(done, isRange) || !isListOf(finishing, isFinishing) || !isListOf(programs, isText)) return false;
  if (!isObject(position) || !isTime(position['closedUs']) || !isTime(position['newestUs'])) return false;
  const { suffixes, open: files } = position;
  return isObject(suffixes) && Object.values(suffixes).every(Number.isSafeInteger) && isListOf(files, isOpenFile);
}

function isListOf(value: unknown, isOne: (each: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isOne);
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isTime = (value: unknown): boolean => value === null || Number.isFinite(value);
const isRange = (value: unknown): boolean =>
  Array.isArray(value) && value.length === 2 && value.every((number) => Number.isSafeInteger(number) && number >= 0);
const isFinishing = (value: unknown): boolean =>
  isObject(value) && isText(value['partPath']) && isText(value['path']) && typeof value['replaces'] === 'boolean';
const isOpenFile = (value: unknown): boolean =>
  isObject(value) && isText(value['key']) && isText(value['path']) && typeof value['late'] === 'boolean';

/** Writes it so that after a crash it is there whole: this one, or the one before. */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const draft = `${path}.new`;
  await rm(draft, { force: true }); // it may be a link that somebody else put there
  {
    await using file = await open(draft, 'wx', 0o640);
    await file.writeFile(JSON.stringify({ version: VERSION, ...checkpoint }));
    await file.sync();
  }
  await rename(draft, path);
  await syncFolder(dirname(path));
}
