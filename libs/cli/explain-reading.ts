import { FrameFile } from '../archive/frame-file.ts';
import type { InputError } from '../core/errors.ts';
import { printable } from '../core/sanitize.ts';
import type { Filter } from '../filter/compile.ts';
import { STORED_BY_NUMBER } from '../record/fields/stored.ts';
import { namedFile, type NamedFile } from './byte-range.ts';
import type { Context } from './command.ts';
import { mayHoldOf } from './frame-zone.ts';
import { cannotRead, checkFiles, checkTrees, filesBelow } from './record-paths.ts';

export interface Reading {
  readonly read: readonly string[];
  readonly recurse: readonly string[];
  readonly filter: Filter;
  /** Numbers of the stored fields that are looked at; undefined for all. */
  readonly fields: ReadonlySet<number> | undefined;
}

/**
 * What `--explain` shows: how the filter was understood, the columns that are read, and of each file the frames that are.
 * @returns the exit status
 */
export async function explainReading({ read, recurse, filter, fields }: Reading, context: Context): Promise<number> {
  await checkFiles(read);
  await checkTrees(recurse);
  const columns = fields === undefined ? 'all' : namesOf(fields);
  await context.stdout.write(`filter:\n${filter.explain()}\ncolumns: ${columns}\n`);
  let hasFailed = false;
  const fail = (error: InputError): void => {
    hasFailed = true;
    context.warn(error.message);
  };
  const files = read.filter((word) => word !== '-').map(namedFile);
  for (const tree of recurse) for await (const path of filesBelow(tree, fail)) files.push({ path, range: undefined });
  for (const file of files) {
    if (context.signal.aborted) break;
    try {
      await context.stdout.write(`${printable(file.path)}: ${plan(file, filter, fields)}\n`);
    } catch (error) {
      const failure = cannotRead(file.path, error);
      if (failure === error) throw error;
      fail(failure as InputError);
    }
  }
  return hasFailed ? 1 : 0;
}

/** Those of flow records; what management records have is read with them. */
function namesOf(fields: ReadonlySet<number>): string {
  const known = [...fields].map((number) => STORED_BY_NUMBER.get(number)).filter((one) => one !== undefined);
  const names = known.filter(({ field }) => field.group !== 'management').map(({ name }) => name);
  return names.sort().join(' ');
}

function plan({ path, range }: NamedFile, filter: Filter, fields: Reading['fields']): string {
  const file = FrameFile.open(path, { mayHold: mayHoldOf(filter), fields });
  const survey = (range === undefined ? file : file?.within(range, path))?.survey();
  if (survey === undefined) return 'read whole, it has no frames of ours to tell apart';
  const { frames, bytes, skippedFrames, skippedBytes } = survey;
  return `${frames - skippedFrames} of ${frames} frames are read, ${bytes - skippedBytes} of ${bytes} bytes`;
}
