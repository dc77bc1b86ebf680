import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { HEADER_BYTES, startsLikeFrame } from '../codec/format.ts';
import { isRunning } from '../core/is-running.ts';
import { makerOfPart } from './reblock-file.ts';

/** A file of records of ours. */
export interface ArchiveFile {
  readonly path: string;
  readonly bytes: number;
  /** When it was last written to, milliseconds since the epoch. */
  readonly modifiedMs: number;
}

export interface Tree {
  /** In the order of their paths. */
  readonly files: readonly ArchiveFile[];
  /** Files that hold something else. */
  readonly foreign: number;
}

export interface TreeSettings {
  /** Whether to remove what killed processes left of files that they were making. */
  readonly tidies: boolean;
  /** Told of folders and files that cannot be read; the others are gone on with. */
  readonly unreadable: (path: string, error: unknown) => void;
}

/** The files below a folder. Symbolic links, and names that begin with a dot, are not looked at. */
export function archiveTree(root: string, settings: TreeSettings): Tree {
  const files: ArchiveFile[] = [];
  let foreign = 0;
  const walk = (folder: string): void => {
    const entries = readdirSync(folder, { withFileTypes: true });
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const path = join(folder, entry.name);
      try {
        if (entry.name.startsWith('.')) {
          if (settings.tidies && entry.isFile()) tidy(path, entry.name);
        } else if (entry.isDirectory()) walk(path);
        else if (entry.isFile()) {
          const file = look(path);
          if (file === undefined) foreign += 1;
          else files.push(file);
        }
      } catch (error) {
        settings.unreadable(path, error);
      }
    }
  };
  walk(root);
  return { files, foreign };
}

function look(path: string): ArchiveFile | undefined {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { size, mtimeMs } = fstatSync(fd);
    const header = new Uint8Array(HEADER_BYTES);
    const isWhole = readSync(fd, header, 0, HEADER_BYTES, 0) === HEADER_BYTES;
    return isWhole && startsLikeFrame(header, 0) ? { path, bytes: size, modifiedMs: mtimeMs } : undefined;
  } finally {
    closeSync(fd);
  }
}

function tidy(path: string, name: string): void {
  const pid = makerOfPart(name);
  if (pid !== undefined && (pid === process.pid || !isRunning(pid))) rmSync(path, { force: true });
}
