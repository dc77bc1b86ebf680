import { lstatSync, readFileSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { makerOfPart } from './reblocked-part.ts';

/** One file takes the place of others in its folder; `docs/formats/archive.md` describes the steps. */
export interface Succession {
  /** Its temporary name, and the one that it gets, which none of the others has. */
  readonly part: string;
  readonly name: string;
  readonly replaces: readonly Predecessor[];
}

/** A file as it was when its records were taken over. Another of its name is not meant. */
export interface Predecessor {
  readonly name: string;
  readonly inode: number;
  readonly bytes: number;
  readonly modifiedMs: number;
}

export const NOTICE_VERSION = 1;
const NOTICE = /^\..+\.joining$/;
/** More is no notice of ours. */
const NOTICE_BYTES_MAX = 64 << 20;

export function predecessorOf(name: string, { ino, size, mtimeMs }: Stats): Predecessor {
  return { name, inode: ino, bytes: size, modifiedMs: mtimeMs };
}

/** A file of a folder, and the name that it goes by. */
export interface Standing<Entry> {
  readonly name: string;
  readonly entry: Entry;
}

/**
 * The files of a folder as if all that is under way was done: none that was replaced, and what replaces them under its own name.
 * @param entries of the folder
 * @throws errors of the system
 */
export function standingFiles<Entry extends { readonly name: string }>(
  folder: string,
  entries: readonly Entry[],
): Standing<Entry>[] {
  const standing = new Map(entries.map((entry) => [entry.name, { name: entry.name, entry }]));
  for (const { name: notice } of entries) {
    const succession = isNotice(notice) ? readNotice(folder, notice) : undefined;
    if (succession === undefined) continue;
    const { name, part, replaces } = succession;
    const successor = standing.get(part) ?? standing.get(name);
    if (successor === undefined) continue;
    for (const each of replaces) if (isThere(folder, each)) standing.delete(each.name);
    standing.delete(part);
    standing.set(name, { name, entry: successor.entry });
  }
  return [...standing.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether a file that was replaced is there still. */
export function isThere(folder: string, { name, inode, bytes, modifiedMs }: Predecessor): boolean {
  const found = statsOf(join(folder, name));
  return found?.isFile() === true && found.ino === inode && found.size === bytes && found.mtimeMs === modifiedMs;
}

export function isNotice(name: string): boolean {
  return NOTICE.test(name);
}

/** What a notice in a folder says; undefined when it is gone, or none of ours. @throws errors of the system */
export function readNotice(folder: string, notice: string): Succession | undefined {
  const path = join(folder, notice);
  const found = statsOf(path);
  if (found?.isFile() !== true || found.size > NOTICE_BYTES_MAX) return undefined;
  try {
    const { version, part, name, replaces } = JSON.parse(readFileSync(path, 'utf8')) as Succession & {
      version: number;
    };
    const isOurs =
      version === NOTICE_VERSION &&
      noticeOf(name) === notice &&
      isPlain(part) &&
      makerOfPart(part) !== undefined &&
      isPlain(name) &&
      Array.isArray(replaces) &&
      replaces.every((each: Predecessor) => isPlain(each.name) && each.name !== name);
    return isOurs ? { part, name, replaces } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError || isMissing(error)) return undefined;
    throw error;
  }
}

export function noticeOf(name: string): string {
  return `.${name}.joining`;
}

/** Whether a name leads to no other folder. */
function isPlain(name: unknown): boolean {
  return typeof name === 'string' && name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name);
}

export function statsOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
