import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder with all that is missing above it. Unlike `mkdir` with `recursive` it ends everywhere: that goes round for ever below
 * folders such as /proc, which are there and in which nothing can be made.
 * @param mode of each folder that is made
 * @returns the topmost folder that was made; undefined when all were there
 * @throws the system's error
 */
export function makeFolder(path: string, mode = 0o777): string | undefined {
  const missing: string[] = [];
  for (let folder = resolve(path); !isFolder(folder); folder = dirname(folder)) missing.push(folder);
  let made: string | undefined;
  for (const folder of missing.toReversed()) {
    try {
      mkdirSync(folder, { mode });
      made ??= folder;
    } catch (error) {
      if (!isFolder(folder)) throw error; // another may have made it meanwhile
    }
  }
  return made;
}

function isFolder(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() ?? path === dirname(path);
}
