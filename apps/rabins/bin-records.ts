import { Room } from '../../libs/codec/room.ts';
import { mergedFrom } from '../../libs/aggregate/groups.ts';
import { mirrorOf } from '../../libs/aggregate/mirror.ts';
import { deferrableFields, fieldsOfRule } from '../../libs/aggregate/clusters.ts';
import type { Rule } from '../../libs/aggregate/configuration.ts';
import { forBothSides } from '../../libs/cli/aggregate/aggregate-modes.ts';
import { parseBinModes, type BinModes } from '../../libs/cli/aggregate/bin-modes.ts';
import { AggregateScan } from '../../libs/cli/aggregate/aggregate-scan.ts';
import type { Context } from '../../libs/cli/command.ts';
import { explain } from '../../libs/cli/listings.ts';
import { readClusterRules } from '../../libs/cli/aggregate/cluster-rules.ts';
import { writtenFiles } from '../../libs/cli/output/filtered-file.ts';
import { parseMemory } from '../../libs/cli/memory-size.ts';
import { planPrinting, type PrintPlan } from '../../libs/cli/output/printer.ts';
import { parseRecordRange } from '../../libs/cli/selection/record-range.ts';
import { RecordOutputs } from '../../libs/cli/output/record-outputs.ts';
import type { FrameTaker } from '../../libs/cli/scan/scan.ts';
import type { SelectedOrder } from '../../libs/cli/scan/selected-rows.ts';
import { SelectedRecords } from '../../libs/cli/input/selected-records.ts';
import { parseSortKeys } from '../../libs/cli/sort-words.ts';
import { TOTAL_FIELDS } from '../../libs/cli/output/totals.ts';
import { parseSpan, spanSeconds } from '../../libs/time/span.ts';
import { FLOW_BATCH } from '../../libs/record/batch.ts';
import { storedInputs } from '../../libs/record/fields/inputs.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import { BinFiles, namesManyFiles } from './bin-files.ts';
import { BinOrder } from './bin-order.ts';
import { CountedBins, TimedBins, type Bins, type Merging } from './bins.ts';
import { ALL_ROWS, copyRows } from '../../libs/record/select.ts';
import type { SortKey } from '../../libs/sort/sort-key.ts';
import { sayMerged } from '../../libs/cli/aggregate/say-merged.ts';
import { EMPTY_MAX } from './bin-times.ts';
import type { RabinsArguments } from './options.ts';

/** Puts what the command line names in bins and leaves what became of them where it says. @returns the exit status */
export async function binRecords(args: RabinsArguments, context: Context): Promise<number> {
  const modes = forBothSides(parseBinModes(args.mode), args.model);
  const range = args.range === undefined ? undefined : parseRecordRange(args.range);
  const inputRange = range?.counts === 'input' ? range : undefined;
  const plan = await planPrinting(args, modes, context);
  const keys = args.sort.length === 0 ? [] : parseSortKeys(args.sort, '-P');
  const { rules, modelOptions, reports, preserves } = await readClusterRules(args, modes);
  const fields = wantedFields(args, rules, plan, keys);
  if (args.explain) return explain(args, context, { fields });
  const { oneWay, management } = modes;
  const cluster = { reports, preserves, oneWay, ...(fields === undefined ? {} : { fields }) };
  const options = { ...cluster, memoryBytes: parseMemory(args.memory) };
  const bins = openBins(args, modes, { rules: rules.map((rule) => ({ ...rule, timeouts: undefined })), options }, keys);
  const binFiles = BinFiles.of(args.write, modes.bins);
  let scan: AggregateScan | undefined;
  const scanOf = (selected: SelectedOrder, showsManagement: boolean): FrameTaker | undefined => {
    if (bins.cluster === undefined || modes.bins.kind !== 'time' || showsManagement) return undefined;
    const order = { selected, words: args.model, modelOptions, cluster, bins: { span: modes.bins.span, whole: modes.whole } }; // prettier-ignore
    return (scan = AggregateScan.open(bins.cluster, args.threads, options.memoryBytes, order))?.taker;
  };
  // Parts of records that are divided have all of their columns, and most batches have some.
  const deferral = modes.whole ? { deferred: deferrableFields(rules) } : {};
  const records = await SelectedRecords.open(args, context, { range: inputRange, management, fields, written: writtenFiles(args.write), room: new Room(), ...deferral, scan: scanOf }); // prettier-ignore
  const write = args.write.filter((words) => !namesManyFiles(words));
  const outputs = await RecordOutputs.open({ ...args, write }, context, plan, {
    management: true,
    sinks: binFiles,
    range: inputRange === undefined ? range : undefined,
    threads: { ...args, modes },
  });
  try {
    await records.avoid(writtenFiles(write));
    const given = async (): Promise<void> => {
      // What is read from a tree must not find in it what was written meanwhile.
      if (args.server.length > 0) for (const files of binFiles) await files.closeBefore(bins.givenUs);
    };
    await pump(records, bins, scan, { outputs, given });
    for await (const batch of bins.finish()) await outputs.push(batch);
  } finally {
    await scan?.close();
    await outputs.end();
  }
  if (bins.leavesOutEmpty)
    context.warn(`of more than ${EMPTY_MAX} empty bins one after the other, the rest was left out`);
  const status = sayMerged(bins.merged, context);
  return records.failed ? 1 : status;
}

function openBins(args: RabinsArguments, modes: BinModes, merging: Merging, keys: readonly SortKey[]): Bins {
  const { bins } = modes;
  const { memoryBytes } = merging.options;
  const orderBy = (all: readonly SortKey[]): BinOrder | undefined =>
    all.length === 0 ? undefined : new BinOrder({ keys: all, memoryBytes });
  if (bins.kind !== 'time') return new CountedBins(bins.kind, bins.limit, merging, orderBy(keys));
  const { span } = bins;
  // Rules give their records one after the other, each those of all bins.
  const byBin = keys.length > 0 || merging.rules.length > 1 ? [{ field: 'stime', descending: false, span } as const] : []; // prettier-ignore
  const holdUs = args.hold === undefined ? Infinity : holdSeconds(args.hold) * 1e6;
  return new TimedBins(span, modes, merging, orderBy([...byBin, ...keys]), holdUs);
}

const holdSeconds = (text: string): number => (Number(text) === 0 ? 0 : spanSeconds(parseSpan(text)));

/** Where records go, and who is told when those of some bins have gone there. */
interface Destination {
  readonly outputs: RecordOutputs;
  readonly given: () => Promise<void>;
}

async function pump(
  records: SelectedRecords,
  bins: Bins,
  scan: AggregateScan | undefined,
  { outputs, given }: Destination,
): Promise<void> {
  for await (const { batch, rows, count } of records) {
    await scan?.before(count);
    if (batch.kind === FLOW_BATCH) {
      const before = bins.givenUs;
      for await (const done of bins.push(batch, rows, count)) await outputs.push(done);
      if (bins.givenUs > before) await given();
    } else if (records.showsManagement) await outputs.push(copyRows(batch, ALL_ROWS, batch.rows)); // they may keep it
    if (outputs.exhausted) return;
  }
  await scan?.before(0);
}

/** What is looked at of each record; undefined for all of it, which files keep. */
function wantedFields(
  args: RabinsArguments,
  rules: readonly Rule[],
  { printer }: PrintPlan,
  keys: readonly SortKey[],
): ReadonlySet<number> | undefined {
  if (args.write.length > 0) return undefined;
  const counters = (['spkts', 'dpkts', 'sbytes', 'dbytes'] as const).map((name) => STORED_FIELDS[name].number);
  const fields = [
    ...counters,
    ...rules.flatMap(fieldsOfRule),
    ...keys.flatMap(({ field }) => storedInputs(field)),
    ...(args.quiet ? [] : printer.fields),
  ];
  if (args.totals) fields.push(...TOTAL_FIELDS);
  // Where initiator and responder change places, one becomes the other.
  return new Set([...fields, ...mergedFrom(fields)].flatMap((field) => [field, mirrorOf(field)]));
}
