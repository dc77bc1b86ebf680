import { open, rename, rm } from 'node:fs/promises';
import { checkWholeFiles } from '../../libs/cli/byte-range.ts';
import type { Context } from '../../libs/cli/command.ts';
import { openRecordFile } from '../../libs/cli/filtered-file.ts';
import { cannotRead, filesBelow } from '../../libs/cli/record-paths.ts';
import { SelectedRecords } from '../../libs/cli/selected-records.ts';
import { systemReason } from '../../libs/cli/system-error.ts';
import { SuiteError, UsageError } from '../../libs/core/errors.ts';
import { ARGUS3_START_BYTES, looksLikeArgus3 } from '../../libs/interop/argus3/recognise.ts';
import { MANAGEMENT_BATCH } from '../../libs/record/batch.ts';
import { RecordSorter, type SortSettings } from '../../libs/sort/record-sorter.ts';
import type { RasortArguments } from './options.ts';

/**
 * Sorts each file by itself. What is sorted takes the file's name when it is whole; a file that cannot be read to its end stays as it is.
 * @returns the exit status
 */
export async function replaceFiles(args: RasortArguments, settings: SortSettings, context: Context): Promise<number> {
  checkWhole(args);
  let failed = false;
  const files = [...args.read];
  const unreadable = (error: SuiteError): void => {
    failed = true;
    context.warn(error.message);
  };
  for (const tree of args.recurse) for await (const file of filesBelow(tree, unreadable)) files.push(file);
  for (const file of files) {
    if (!context.signal.aborted) failed = !(await replaceFile(file, args, settings, context)) || failed;
  }
  return failed ? 1 : 0;
}

function checkWhole(args: RasortArguments): void {
  const { read, recurse, server, write, operands, time } = args;
  const hasFiles = read.length + recurse.length > 0 && !read.includes('-') && server.length === 0;
  const takesAll = operands.length + time.length === 0 && args.payload === undefined && args.range === undefined;
  checkWholeFiles(read);
  if (hasFiles && takesAll && write.length === 0) return;
  throw new UsageError('-M replace sorts whole files in their places', {
    hint: 'Name them with -r or -R; -w, -N, -t, -e and a filter do not go with it.',
  });
}

/** @returns whether it is sorted now */
async function replaceFile(
  path: string,
  args: RasortArguments,
  settings: SortSettings,
  context: Context,
): Promise<boolean> {
  const only = { ...args, read: [path], recurse: [] };
  const whole = { range: undefined, management: undefined, fields: undefined, written: [] };
  const records = await SelectedRecords.open(only, context, whole);
  const target = `${path}.sorting`;
  await rm(target, { force: true });
  await using sorter = new RecordSorter(settings);
  const sink = await openRecordFile((await isArgus3(path)) ? `argus3:${target}` : target, args, context);
  let isDone = false;
  try {
    for await (const { batch, rows, count } of records) {
      if (batch.kind === MANAGEMENT_BATCH) await sink.push(batch, rows, count);
      else await sorter.push(batch, rows, count);
    }
    for await (const { batch, rows, count } of sorter.sorted()) await sink.push(batch, rows, count);
    await sink.end();
    isDone = !records.failed && !context.signal.aborted;
    if (isDone) await rename(target, path);
  } catch (error) {
    const reason = systemReason(error);
    throw reason === undefined ? error : new SuiteError(`cannot replace ${path}: ${reason}`, { cause: error });
  } finally {
    if (!isDone) await rm(target, { force: true });
  }
  return isDone;
}

async function isArgus3(path: string): Promise<boolean> {
  try {
    await using file = await open(path);
    const start = new Uint8Array(ARGUS3_START_BYTES);
    const { bytesRead } = await file.read(start, 0, start.length, 0);
    return looksLikeArgus3(start.subarray(0, bytesRead));
  } catch (error) {
    throw cannotRead(path, error);
  }
}
