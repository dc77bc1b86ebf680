import { existsSync } from 'node:fs';
import { link, open, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { FilePool } from './file-pool.ts';
import { GrowingFile } from './growing-file.ts';
import type { RangeSet } from '../record/range-set.ts';

/** A file that is whole under its temporary name. */
export interface Finishing {
  readonly partPath: string;
  readonly path: string;
  /** It takes the place of the file of that name, whose records it has too. */
  readonly replaces: boolean;
  readonly ordinals: RangeSet;
  readonly records: number;
  readonly late: boolean;
}

/** Whoever keeps account of what is in finished files. */
export interface FinishObserver {
  /** The files are whole and on the disk, and are about to get their names. */
  finishing(files: readonly Finishing[]): Promise<void>;
  /** They have them. */
  finished(files: readonly Finishing[]): Promise<void>;
}

/** Does something with the file system, and again as often as it makes sense after a failure. */
export type Attempt = <T>(action: () => Promise<T>) => Promise<T>;

export interface OpenFilesSettings {
  readonly pool: FilePool;
  /** Records are put in the order of their start times. */
  readonly sorts: boolean;
  /** Files that are there already are gone on with; otherwise another name is taken. */
  readonly appends: boolean;
  /** Nothing else keeps other processes from making files of the same names. */
  readonly holdsNames: boolean;
  readonly observer: FinishObserver;
  readonly attempt: Attempt;
}

/** The files under construction, by what their records have in common. */
export class OpenFiles {
  readonly #settings: OpenFilesSettings;
  readonly #files = new Map<string, GrowingFile>();
  readonly #parts = new Set<string>();

  constructor(settings: OpenFilesSettings) {
    this.#settings = settings;
  }

  get count(): number {
    return this.#files.size;
  }

  get(key: string): GrowingFile | undefined {
    return this.#files.get(key);
  }

  [Symbol.iterator](): IterableIterator<GrowingFile> {
    return this.#files.values();
  }

  /**
   * Nothing is written yet.
   * @param path the name that it is to get
   * @param series what that has in common with those of other times
   */
  open(key: string, path: string, series: string, late = false): GrowingFile {
    const { pool, sorts, appends, holdsNames } = this.#settings;
    const partPath = this.#freePart(path);
    const file = new GrowingFile(
      { key, path, partPath, late, series, sorts, appends: appends && !late, holdsName: holdsNames },
      pool,
    );
    this.#files.set(key, file);
    this.#parts.add(partPath);
    return file;
  }

  /** Another file may be opened under its key; it is finished later. */
  release(file: GrowingFile): void {
    if (this.#files.get(file.settings.key) === file) this.#files.delete(file.settings.key);
  }

  /** Writes what began up to `cutoffUs` and is worth a frame. */
  async write(file: GrowingFile, cutoffUs: number, least?: number): Promise<void> {
    await this.#settings.attempt(() => file.write(cutoffUs, least));
  }

  /** Makes files whole and gives them their names, all or, after a crash in between, none or all at the next start. */
  async finish(files: readonly GrowingFile[]): Promise<void> {
    if (files.length === 0) return;
    const { observer, attempt } = this.#settings;
    const finishing: Finishing[] = [];
    const taken = new Set<string>();
    for (const file of files) {
      await attempt(() => file.finish());
      const path = file.replaces ? file.settings.path : freePath(file.settings.path, taken);
      taken.add(path);
      finishing.push({
        partPath: file.settings.partPath,
        path,
        replaces: file.replaces,
        ordinals: file.ordinals,
        records: file.records,
        late: file.settings.late,
      });
    }
    await attempt(() => observer.finishing(finishing));
    const finished: Finishing[] = [];
    for (const file of finishing) finished.push({ ...file, path: await attempt(() => place(file)) });
    for (const folder of new Set(finished.map(({ path }) => dirname(path)))) await attempt(() => syncFolder(folder));
    for (const file of files) {
      this.release(file);
      this.#parts.delete(file.settings.partPath);
      file.giveNameBack();
    }
    await attempt(() => observer.finished(finished));
  }

  /** What is not finished will not be: other processes may make files of these names. */
  abandon(): void {
    for (const file of this) file.giveNameBack();
  }

  #freePart(path: string): string {
    const part = (number: number): string =>
      join(dirname(path), `.${basename(path)}${number === 1 ? '' : `.${number}`}.part`);
    let number = 1;
    while (this.#parts.has(part(number))) number += 1;
    return part(number);
  }
}

/** The name, or the name with the lowest number from 2 on that nothing has. */
function freePath(path: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? path : `${path}.${number}`;
    if (!taken.has(name) && !existsSync(name)) return name;
  }
}

/**
 * Gives a whole file its name. Nothing happens when it has it, so that this may be done again after a crash.
 * @returns the name that it has now, which is another where that one was taken meanwhile
 */
export async function place(file: Pick<Finishing, 'partPath' | 'path' | 'replaces'>): Promise<string> {
  const { partPath, path, replaces } = file;
  if (!existsSync(partPath)) return path;
  if (replaces) {
    await rename(partPath, path);
    return path;
  }
  for (let name = path; ; name = freePath(path, new Set())) {
    try {
      await link(partPath, name);
      await unlink(partPath);
      return name;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : '';
      if (code === 'EEXIST' && (await isSameFile(partPath, name))) {
        await unlink(partPath);
        return name;
      }
      if (code === 'EEXIST') continue;
      if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP') throw error;
      await rename(partPath, name); // a file system without links
      return name;
    }
  }
}

async function isSameFile(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([stat(a), stat(b)]);
  return one.dev === other.dev && one.ino === other.ino;
}

/** Waits until names in a folder, and that of the folder, are on the disk. */
export async function syncFolder(path: string): Promise<void> {
  for (const folder of [path, dirname(path)]) {
    await using handle = await open(folder);
    await handle.sync();
  }
}
