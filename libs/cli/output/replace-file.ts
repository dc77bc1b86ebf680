import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { syncFolder } from '../../archive/open-files.ts';
import { SuiteError, UsageError } from '../../core/errors.ts';
import { looksLikeArgus3 } from '../../interop/argus3/recognise.ts';
import { namedFile } from '../input/byte-range.ts';
import { FileBytes } from '../input/file-bytes.ts';
import { START_BYTES } from '../input/record-formats.ts';
import { cannotRead } from '../input/record-paths.ts';
import { systemReason } from '../system-error.ts';
import { openContent } from '../input/unpack.ts';

/** What a command line says of what is read and where it goes. */
export interface ReplacingArguments {
  readonly read: readonly string[];
  readonly recurse: readonly string[];
  readonly server: readonly string[];
  readonly write: readonly unknown[];
  readonly operands: readonly string[];
  readonly time: readonly string[];
  readonly payload: string | undefined;
  readonly range: string | undefined;
}

/**
 * Files are replaced whole: what a filter or a range leaves out would be gone.
 * @throws {UsageError} for parts of files, or anything but files
 */
export function checkReplacing(args: ReplacingArguments): void {
  const { read, recurse, server, write, operands, time, payload, range } = args;
  const part = read.find((word) => namedFile(word).range !== undefined);
  if (part !== undefined) throw new UsageError(`-M replace takes whole files, not ${part}`);
  const hasFiles = read.length + recurse.length > 0 && !read.includes('-') && server.length === 0;
  const takesAll = operands.length + time.length === 0 && payload === undefined && range === undefined;
  if (hasFiles && takesAll && write.length === 0) return;
  throw new UsageError('-M replace takes whole files, and leaves them in their places', {
    hint: 'Name them with -r or -R; -w, -N, -t, -e and a filter do not go with it.',
  });
}

/**
 * Lets `write` make a new file of records beside `path`, in its format, which takes its place, its owner and its rights when it is whole. Behind a
 * symbolic link it is the file that is replaced. Until then, and after a crash, the old one is there.
 * @param write is told the file as `-w` takes it; says whether it is to take the place
 * @returns whether it did
 * @throws {SuiteError} when the file cannot be read or the other not be made
 */
export async function replaceFile(path: string, write: (target: string) => Promise<boolean>): Promise<boolean> {
  const prefix = (await isArgus3(path)) ? 'argus3:' : '';
  const real = await realpath(path);
  const draft = join(dirname(real), `.${basename(real)}.${process.pid}.new`);
  let isDone = false;
  try {
    await makeLike(real, draft);
    isDone = await write(prefix + draft);
    if (isDone) await takePlace(draft, real);
  } catch (error) {
    isDone = false;
    const reason = systemReason(error);
    throw reason === undefined ? error : new SuiteError(`cannot replace ${path}: ${reason}`, { cause: error });
  } finally {
    if (!isDone) await rm(draft, { force: true });
  }
  return isDone;
}

/** An empty file with the owner and the rights of another. */
async function makeLike(path: string, draft: string): Promise<void> {
  const like = await stat(path);
  await rm(draft, { force: true }); // of an earlier process with our number
  await using file = await open(draft, 'wx', 0o600);
  await file.chown(like.uid, like.gid).catch(() => undefined); // only root may give files away
  await file.chmod(like.mode & 0o7777);
}

async function takePlace(draft: string, path: string): Promise<void> {
  await using file = await open(draft);
  await file.sync();
  await rename(draft, path);
  await syncFolder(dirname(path));
}

/** Whether it holds records of Argus, packed or not. */
async function isArgus3(path: string): Promise<boolean> {
  try {
    const { start, chunks } = await openContent(await FileBytes.open(path, new AbortController().signal), START_BYTES);
    for await (const _ of chunks) break; // which closes it
    return looksLikeArgus3(start);
  } catch (error) {
    throw cannotRead(path, error);
  }
}
