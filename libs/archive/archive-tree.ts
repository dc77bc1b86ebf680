import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, rmSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { HEADER_BYTES, startsLikeFrame } from '../codec/format.ts';
import { isRunning } from '../core/is-running.ts';
import { makerOfPart } from './reblocked-part.ts';
import { finishSuccession } from './succeed.ts';
import { isNotice, readNotice, standingFiles, type Standing } from './succession.ts';

/** A file of an archive. */
export interface ArchiveFile {
  readonly path: string;
  readonly bytes: number;
  /** When it was last written to, milliseconds since the epoch. */
  readonly modifiedMs: number;
  /** User, group and rights, as one text. */
  readonly owner: string;
}

export interface Tree {
  /** In the order of their paths. */
  readonly files: readonly ArchiveFile[];
  /** Files that hold something else, also records in other formats. */
  readonly foreign: readonly ArchiveFile[];
}

export interface TreeSettings {
  /** Whether to remove what killed processes left of files that they were making. */
  readonly tidies: boolean;
  /** Told of folders and files that cannot be read; the others are gone on with. */
  readonly unreadable: (path: string, error: unknown) => void;
}

/**
 * The files below a folder. Symbolic links, and names that begin with a dot, are not looked at. What a killed process had begun to let
 * take the place of others does so, where that is wished for.
 */
export async function archiveTree(root: string, settings: TreeSettings): Promise<Tree> {
  const files: ArchiveFile[] = [];
  const foreign: ArchiveFile[] = [];
  const walk = async (folder: string): Promise<void> => {
    for (const { name, entry } of await entriesOf(folder, settings)) {
      const path = join(folder, entry.name);
      try {
        if (name.startsWith('.')) {
          if (settings.tidies && entry.isFile()) tidy(path, name);
        } else if (entry.isDirectory()) await walk(path);
        else if (entry.isFile()) {
          const { isOurs, ...file } = look(path);
          (isOurs ? files : foreign).push(file);
        }
      } catch (error) {
        settings.unreadable(path, error);
      }
    }
  };
  await walk(root);
  return { files, foreign };
}

async function entriesOf(folder: string, { tidies }: TreeSettings): Promise<Standing<Dirent>[]> {
  const entries = readdirSync(folder, { withFileTypes: true });
  const notices = entries.filter(({ name }) => isNotice(name));
  if (!tidies || notices.length === 0) return standingFiles(folder, entries);
  for (const { name } of notices) {
    const succession = readNotice(folder, name);
    if (succession !== undefined) await finishSuccession(folder, succession);
  }
  return standingFiles(folder, readdirSync(folder, { withFileTypes: true }));
}

function look(path: string): ArchiveFile & { readonly isOurs: boolean } {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { size, mtimeMs, uid, gid, mode } = fstatSync(fd);
    const header = new Uint8Array(HEADER_BYTES);
    const isWhole = readSync(fd, header, 0, HEADER_BYTES, 0) === HEADER_BYTES;
    const isOurs = isWhole && startsLikeFrame(header, 0);
    return { path, bytes: size, modifiedMs: mtimeMs, owner: `${uid}:${gid}:${mode & 0o7777}`, isOurs };
  } finally {
    closeSync(fd);
  }
}

function tidy(path: string, name: string): void {
  if (name.endsWith('.joining.new')) return rmSync(path, { force: true });
  const pid = makerOfPart(name);
  if (pid !== undefined && (pid === process.pid || !isRunning(pid))) rmSync(path, { force: true });
}
