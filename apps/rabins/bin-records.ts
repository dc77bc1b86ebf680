import { Room } from '../../libs/codec/room.ts';
import type { ClusterOptions } from '../../libs/aggregate/cluster.ts';
import { mergedFrom } from '../../libs/aggregate/groups.ts';
import { mirrorOf } from '../../libs/aggregate/mirror.ts';
import { parseModel, type Model } from '../../libs/aggregate/model.ts';
import { parseBinModes, type BinModes } from '../../libs/cli/bin-modes.ts';
import { AggregateScan } from '../../libs/cli/aggregate-scan.ts';
import type { Context } from '../../libs/cli/command.ts';
import { writtenFiles } from '../../libs/cli/filtered-file.ts';
import { parseMemory } from '../../libs/cli/memory-size.ts';
import { planPrinting, type PrintPlan } from '../../libs/cli/printer.ts';
import { parseRecordRange } from '../../libs/cli/record-range.ts';
import { RecordOutputs } from '../../libs/cli/record-outputs.ts';
import type { FrameTaker } from '../../libs/cli/scan/scan.ts';
import type { SelectedOrder } from '../../libs/cli/scan/selected-rows.ts';
import { SelectedRecords } from '../../libs/cli/selected-records.ts';
import { TOTAL_FIELDS } from '../../libs/cli/totals.ts';
import { FLOW_BATCH } from '../../libs/record/batch.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import { CountedBins, TimedBins, type Bins } from './bins.ts';
import { ALL_ROWS, copyRows } from '../../libs/record/select.ts';
import type { RabinsArguments } from './command.ts';

/** Puts what the command line names in bins and leaves what became of them where it says. @returns the exit status */
export async function binRecords(args: RabinsArguments, context: Context): Promise<number> {
  const modes = parseBinModes(args.mode);
  const range = args.range === undefined ? undefined : parseRecordRange(args.range);
  const inputRange = range?.counts === 'input' ? range : undefined;
  const plan = await planPrinting(args, modes, context);
  const modelOptions = { rmon: modes.rmon, ...(modes.correct === undefined ? {} : { correct: modes.correct }) };
  const model = parseModel(args.model, modelOptions);
  const fields = wantedFields(args, model, plan);
  const { reports, preserves, oneWay, management } = modes;
  const options = { model, memoryBytes: parseMemory(args.memory), reports, preserves, oneWay, ...(fields === undefined ? {} : { fields }) }; // prettier-ignore
  const bins = openBins(args, modes, options);
  let scan: AggregateScan | undefined;
  const scanOf = (selected: SelectedOrder, showsManagement: boolean): FrameTaker | undefined => {
    if (bins.cluster === undefined || modes.bins.kind !== 'time' || showsManagement) return undefined;
    const cluster = { reports, preserves, oneWay, ...(fields === undefined ? {} : { fields }) };
    const order = { selected, words: args.model, modelOptions, cluster, bins: { span: modes.bins.span, whole: modes.whole } }; // prettier-ignore
    return (scan = AggregateScan.open(bins.cluster, args.threads, options.memoryBytes, order))?.taker;
  };
  const records = await SelectedRecords.open(args, context, { range: inputRange, management, fields, written: writtenFiles(args.write), room: new Room(), scan: scanOf }); // prettier-ignore
  const outputs = await RecordOutputs.open(args, context, plan, {
    management: true,
    range: inputRange === undefined ? range : undefined,
    threads: { ...args, modes },
  });
  try {
    await records.avoid(writtenFiles(args.write));
    await pump(records, bins, scan, outputs);
    for await (const batch of bins.finish()) await outputs.push(batch);
  } finally {
    await scan?.close();
    await outputs.end();
  }
  return records.failed ? 1 : 0;
}

function openBins(args: RabinsArguments, modes: BinModes, options: ClusterOptions): Bins {
  const { bins } = modes;
  if (bins.kind !== 'time') return new CountedBins(bins.kind, bins.limit, options);
  return new TimedBins(bins.span, modes, options, args.hold === undefined ? Infinity : args.hold * 1e6);
}

async function pump(
  records: SelectedRecords,
  bins: Bins,
  scan: AggregateScan | undefined,
  outputs: RecordOutputs,
): Promise<void> {
  for await (const { batch, rows, count } of records) {
    await scan?.before(count);
    if (batch.kind === FLOW_BATCH) {
      for await (const done of bins.push(batch, rows, count)) await outputs.push(done);
    } else if (records.showsManagement) await outputs.push(copyRows(batch, ALL_ROWS, batch.rows)); // they may keep it
    if (outputs.exhausted) return;
  }
  await scan?.before(0);
}

/** What is looked at of each record; undefined for all of it, which files keep. */
function wantedFields(args: RabinsArguments, model: Model, { printer }: PrintPlan): ReadonlySet<number> | undefined {
  if (args.write.length > 0) return undefined;
  const counters = (['spkts', 'dpkts', 'sbytes', 'dbytes'] as const).map((name) => STORED_FIELDS[name].number);
  const fields = [...counters, ...model.fields, ...(args.quiet ? [] : printer.fields)];
  if (args.totals) fields.push(...TOTAL_FIELDS);
  // Where initiator and responder change places, one becomes the other.
  return new Set([...fields, ...mergedFrom(fields)].flatMap((field) => [field, mirrorOf(field)]));
}
