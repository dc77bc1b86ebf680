import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../core/errors.ts';
import { systemReason } from './system-error.ts';

/**
 * Files that are named on the command line, checked before the first is read; `-` is standard input.
 * @throws {InputError} for one that is missing or a folder
 */
export async function checkFiles(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    if (path === '-') continue;
    const found = await lookUp(path);
    if (found.isDirectory()) {
      throw new InputError(`cannot read ${path}: it is a folder`, { hint: `Read all files below it with -R ${path}` });
    }
  }
}

/** @throws {InputError} for a folder that is missing */
export async function checkTrees(paths: readonly string[]): Promise<void> {
  for (const path of paths) await lookUp(path);
}

async function lookUp(path: string): ReturnType<typeof stat> {
  try {
    return await stat(path);
  } catch (error) {
    throw cannotRead(path, error);
  }
}

/** Anything but a failed system call comes back as it is. */
export function cannotRead(path: string, error: unknown): unknown {
  const reason = systemReason(error);
  return reason === undefined ? error : new InputError(`cannot read ${path}: ${reason}`, { cause: error });
}

/**
 * All plain files below `path` (or `path` itself when it is a file), folder by folder in the order of names. Symbolic links
 * and names that begin with a dot are left out.
 * @param unreadable is told of folders that cannot be read; the others are read on
 */
export async function* filesBelow(
  path: string,
  unreadable: (error: InputError) => void,
): AsyncGenerator<string, void, undefined> {
  if (!(await lookUp(path)).isDirectory()) {
    yield path;
    return;
  }
  let entries: Dirent[];
  try {
    entries = await readdir(path, { withFileTypes: true });
  } catch (error) {
    const failure = cannotRead(path, error);
    if (!(failure instanceof InputError)) throw failure;
    unreadable(failure);
    return;
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) yield* filesBelow(join(path, entry.name), unreadable);
    else if (entry.isFile()) yield join(path, entry.name);
  }
}

/** What makes two paths the same file; undefined where there is no plain file. */
export async function identityOf(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true ? `${found.dev}:${found.ino}` : undefined;
}
