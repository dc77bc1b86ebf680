import { renameSync, rmSync, type Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { writeFileAtomically } from '../core/atomic-file.ts';
import { syncFolder } from './open-files.ts';
import { isThere, noticeOf, NOTICE_VERSION, predecessorOf, statsOf, type Succession } from './succession.ts';

/**
 * Lets a file that is whole and on the disk take the place of others in its folder, and their name if there is one of that name. At any time,
 * after a crash too, readers of the folder find it or them.
 * @param part its temporary name
 * @throws errors of the system; it is done then, or all is as it was
 */
export async function takePlace(
  part: string,
  path: string,
  files: readonly { readonly path: string; readonly stats: Stats }[],
): Promise<void> {
  const folder = dirname(path);
  if (files.length === 1 && files[0]!.path === path) {
    renameSync(part, path);
    await syncFolder(folder);
    return;
  }
  const replaces = files.map((file) => predecessorOf(basename(file.path), file.stats));
  const succession: Succession = { part: basename(part), name: basename(path), replaces };
  const notice = join(folder, noticeOf(succession.name));
  writeFileAtomically(notice, JSON.stringify({ version: NOTICE_VERSION, ...succession }));
  await finishSuccession(folder, succession);
}

/**
 * Does what is left to do of what was announced.
 * @throws errors of the system; it may be asked again
 */
export async function finishSuccession(folder: string, { part, name, replaces }: Succession): Promise<void> {
  await syncFolder(folder);
  if (statsOf(join(folder, part)) !== undefined) {
    renameSync(join(folder, part), join(folder, name));
    await syncFolder(folder);
  }
  if (statsOf(join(folder, name)) !== undefined) {
    for (const each of replaces) if (isThere(folder, each)) rmSync(join(folder, each.name));
    await syncFolder(folder);
  }
  rmSync(join(folder, noticeOf(name)), { force: true });
}
