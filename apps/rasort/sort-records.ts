import { Room } from '../../libs/codec/room.ts';
import type { Context } from '../../libs/cli/command.ts';
import { filesAskForOffset, openRecordFile, writtenFiles } from '../../libs/cli/output/filtered-file.ts';
import { explain, listFields, showFilter } from '../../libs/cli/listings.ts';
import { parseMemory } from '../../libs/cli/memory-size.ts';
import { parseModes, type Modes } from '../../libs/cli/modes.ts';
import { planPrinting, type PrintPlan } from '../../libs/cli/output/printer.ts';
import type { RecordFileSink } from '../../libs/cli/output/record-file-sink.ts';
import { printsInThreads, RecordOutputs } from '../../libs/cli/output/record-outputs.ts';
import { parseRecordRange } from '../../libs/cli/selection/record-range.ts';
import { SelectedRecords } from '../../libs/cli/input/selected-records.ts';
import { parseSortKeys } from '../../libs/cli/sort-words.ts';
import { TOTAL_FIELDS } from '../../libs/cli/output/totals.ts';
import { UsageError } from '../../libs/core/errors.ts';
import { MANAGEMENT_BATCH, type Batch } from '../../libs/record/batch.ts';
import { storedInputs } from '../../libs/record/fields/inputs.ts';
import { OFFSET } from '../../libs/record/fields/reading.ts';
import { ALL_ROWS, copyRows } from '../../libs/record/select.ts';
import { areWords } from '../../libs/sort/key-columns.ts';
import { LineSorter } from '../../libs/sort/line-sorter.ts';
import { RecordSorter } from '../../libs/sort/record-sorter.ts';
import type { RasortArguments } from './options.ts';

const REPLACE = 'replace';
/** To make frames takes as long as to make what they are made of, so that even two processors of one core gain something. */
const ENCODE_FROM_PROCESSORS = 2;

/** Sorts what the command line names and leaves it where it says. @returns the exit status */
export async function sortRecords(args: RasortArguments, context: Context): Promise<number> {
  if (args['list-fields']) return listFields(context);
  if (args['show-filter']) return showFilter(args, context);
  const modes = parseModes(
    args.mode.filter((word) => word !== REPLACE),
    [REPLACE],
  );
  const keys = parseSortKeys(args.sort);
  const settings = { keys, memoryBytes: parseMemory(args.memory) };
  if (args.mode.includes(REPLACE)) {
    if (modes.rmon || modes.oneWay) throw new UsageError('-M replace keeps the records that there are');
    if (args.explain) return explain(args, context, { fields: undefined });
    const { replaceFiles } = await import('./replace-files.ts');
    return replaceFiles(args, settings, context);
  }
  const plan = await planPrinting(args, modes, context);
  const range = args.range === undefined ? undefined : parseRecordRange(args.range);
  const takesIncoming = args.range?.startsWith('i') === true;
  const wanted = takesIncoming || range === undefined ? { first: 1, last: Infinity } : range;
  const sortsLines = wanted.first === 1 && wanted.last === Infinity && areWords(keys) && areLines(args, plan, modes);
  const keyFields = keys.flatMap(({ field }) => storedInputs(field));
  const printed = [...(args.quiet ? [] : plan.printer.fields), ...(args.totals ? TOTAL_FIELDS : [])];
  const files = writtenFiles(args.write);
  const { rejected } = args;
  let refused: RecordFileSink | undefined;
  const fields = files.length > 0 || rejected !== undefined ? undefined : new Set([...keyFields, ...printed]);
  if (args.explain) return explain(args, context, { fields, sides: modes });
  const records = await SelectedRecords.open(args, context, {
    range: takesIncoming ? range : undefined,
    management: modes.management,
    sides: modes,
    fields,
    offsets: keyFields.includes(OFFSET) || filesAskForOffset(args.write),
    written: rejected === undefined ? files : [...files, rejected],
    ...(rejected === undefined && { room: new Room() }),
    refuse: rejected === undefined ? undefined : (batch, rows, count) => refused?.push(batch, rows, count),
  });
  if (rejected !== undefined) refused = await openRecordFile(rejected, args, context);
  // A printer of its own: the other one prints what probes say of themselves meanwhile.
  const { printer } = await planPrinting(args, modes, context);
  await using sorter = sortsLines
    ? new LineSorter({ ...settings, printer })
    : new RecordSorter({ ...settings, count: wanted.last });
  const outputs = await RecordOutputs.open(args, context, plan, {
    management: records.showsManagement,
    threads: { ...args, modes, encodeFrom: ENCODE_FROM_PROCESSORS },
  });
  try {
    let taken = 0;
    for await (const { batch, rows, count } of records) {
      // What probes say of themselves stays in front, as it came.
      if (batch.kind === MANAGEMENT_BATCH) await outputs.push(ownRows(batch, rows, count));
      else await sorter.push(batch, rows, count);
      if (sortsLines) continue;
      taken += count;
      outputs.expect(Math.min(taken, wanted.last - wanted.first + 1));
      plan.printer.count(batch, rows, count);
    }
    plan.printer.allCounted();
    if (sorter instanceof LineSorter)
      for await (const text of sorter.sorted(() => outputs.isSpent)) await outputs.pushText(text, undefined);
    else await leave(sorter, outputs, wanted.first - 1);
  } finally {
    await outputs.end();
    await refused?.end();
  }
  return records.failed ? 1 : 0;
}

/**
 * Whether lines are sorted in the place of records: all that is left of a record is what it prints as, which depends on it alone. Where
 * threads print, they do that while records are brought into order.
 */
function areLines(args: RasortArguments, { printer, names, headersEvery }: PrintPlan, { format }: Modes): boolean {
  if (args.write.length > 0 || args.quiet || args.totals || printsInThreads(args.threads)) return false;
  if (format !== 'text') return false; // elements and objects name each value: they are much longer than the record
  return names === undefined && headersEvery <= 0 && !printer.isOrdered && !printer.countsFirst;
}

/** In memory of their own: outputs may look at them when the next batch has been read. */
function ownRows(batch: Batch, rows = ALL_ROWS, count: number): Batch {
  return { ...copyRows(batch, rows, count), unknown: count === batch.rows ? batch.unknown : [] };
}

/** @param skipped sorted records that are left out in front */
async function leave(sorter: RecordSorter, outputs: RecordOutputs, skipped: number): Promise<void> {
  let left = skipped;
  for await (const { batch, rows, count } of sorter.sorted(true)) {
    const skip = Math.min(left, count);
    left -= skip;
    if (skip === 0) await outputs.push(batch, rows, count);
    else if (skip < count) {
      const kept = rows?.subarray(skip) ?? Uint32Array.from({ length: count - skip }, (_, i) => skip + i);
      await outputs.push(batch, kept, count - skip);
    }
  }
}
