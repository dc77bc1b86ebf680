import type { Context } from '../../libs/cli/command.ts';
import { openRecordFile } from '../../libs/cli/output/filtered-file.ts';
import { filesBelow } from '../../libs/cli/input/record-paths.ts';
import { checkReplacing, replaceFile } from '../../libs/cli/output/replace-file.ts';
import { SelectedRecords } from '../../libs/cli/input/selected-records.ts';
import type { SuiteError } from '../../libs/core/errors.ts';
import { MANAGEMENT_BATCH } from '../../libs/record/batch.ts';
import { RecordSorter, type SortSettings } from '../../libs/sort/record-sorter.ts';
import type { RasortArguments } from './options.ts';

/**
 * Sorts each file by itself. What is sorted takes the file's name when it is whole; a file that cannot be read to its end stays as it is.
 * @returns the exit status
 */
export async function replaceFiles(args: RasortArguments, settings: SortSettings, context: Context): Promise<number> {
  checkReplacing(args);
  let failed = false;
  const files = [...args.read];
  const unreadable = (error: SuiteError): void => {
    failed = true;
    context.warn(error.message);
  };
  for (const tree of args.recurse) for await (const file of filesBelow(tree, unreadable)) files.push(file);
  for (const file of files) {
    if (!context.signal.aborted) failed = !(await sortInPlace(file, args, settings, context)) || failed;
  }
  return failed ? 1 : 0;
}

/** @returns whether it is sorted now */
function sortInPlace(path: string, args: RasortArguments, settings: SortSettings, context: Context): Promise<boolean> {
  return replaceFile(path, async (target) => {
    const only = { ...args, read: [path], recurse: [] };
    const whole = { range: undefined, management: undefined, fields: undefined, written: [] };
    const records = await SelectedRecords.open(only, context, whole);
    await using sorter = new RecordSorter(settings);
    const sink = await openRecordFile(target, args, context);
    for await (const { batch, rows, count } of records) {
      if (batch.kind === MANAGEMENT_BATCH) await sink.push(batch, rows, count);
      else await sorter.push(batch, rows, count);
    }
    for await (const { batch, rows, count } of sorter.sorted()) await sink.push(batch, rows, count);
    await sink.end();
    return !records.failed && !context.signal.aborted;
  });
}
