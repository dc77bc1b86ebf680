import type { ClusterOptions } from '../../libs/aggregate/cluster.ts';
import { mergedFrom } from '../../libs/aggregate/groups.ts';
import { mirrorOf } from '../../libs/aggregate/mirror.ts';
import { parseModel, type Model } from '../../libs/aggregate/model.ts';
import { parseBinModes, type BinModes } from '../../libs/cli/bin-modes.ts';
import type { Context } from '../../libs/cli/command.ts';
import { parseMemory } from '../../libs/cli/memory-size.ts';
import { planPrinting, type PrintPlan } from '../../libs/cli/printer.ts';
import { recordFilter } from '../../libs/cli/record-filter.ts';
import { RecordInputs, type InputSettings } from '../../libs/cli/record-inputs.ts';
import { parseRecordRange } from '../../libs/cli/record-range.ts';
import { ResultOutputs } from '../../libs/cli/result-outputs.ts';
import { RecordSelection } from '../../libs/cli/selection.ts';
import { TOTAL_FIELDS } from '../../libs/cli/totals.ts';
import { parseWriteTarget } from '../../libs/cli/write-target.ts';
import type { Filter } from '../../libs/filter/compile.ts';
import { FLOW_BATCH } from '../../libs/record/batch.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import { CountedBins, TimedBins, type Bins } from './bins.ts';
import type { RabinsArguments } from './command.ts';

/** Longest time that `-T` can wait, which is a limit of timers. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Puts what the command line names in bins and leaves what became of them where it says. @returns the exit status */
export async function binRecords(args: RabinsArguments, context: Context): Promise<number> {
  const modes = parseBinModes(args.mode);
  const filter = await recordFilter(args);
  const range = args.range === undefined ? undefined : parseRecordRange(args.range);
  const inputRange = range?.counts === 'input' ? range : undefined;
  const selection = new RecordSelection({ filter, range: inputRange, management: modes.management });
  const plan = await planPrinting(args, modes, context);
  const model = parseModel(args.model, { rmon: modes.rmon, ...(modes.correct === undefined ? {} : { correct: modes.correct }) }); // prettier-ignore
  const fields = wantedFields(args, filter, model, plan);
  const { reports, preserves, oneWay } = modes;
  const options = { model, memoryBytes: parseMemory(args.memory), reports, preserves, oneWay, ...(fields === undefined ? {} : { fields }) }; // prettier-ignore
  const bins = openBins(args, modes, options);
  const inputs = await openInputs(args, filter, context, fields);
  const outputs = await ResultOutputs.open(args, context, plan, inputRange === undefined ? range : undefined);
  await inputs.avoid(args.write.map((text) => parseWriteTarget(text).path));
  try {
    if (!selection.exhausted) await pump(inputs, selection, bins, outputs);
    for await (const batch of bins.finish()) await outputs.push(batch);
  } finally {
    await outputs.end();
  }
  return inputs.failed ? 1 : 0;
}

function openBins(args: RabinsArguments, modes: BinModes, options: ClusterOptions): Bins {
  const { bins } = modes;
  if (bins.kind !== 'time') return new CountedBins(bins.kind, bins.limit, options);
  return new TimedBins(bins.span, modes, options, args.hold === undefined ? Infinity : args.hold * 1e6);
}

async function pump(
  inputs: RecordInputs,
  selection: RecordSelection,
  bins: Bins,
  outputs: ResultOutputs,
): Promise<void> {
  for await (const batch of inputs) {
    const count = selection.take(batch, selection.match(batch));
    if (batch.kind === FLOW_BATCH) {
      for await (const done of bins.push(batch, selection.rows, count)) await outputs.push(done);
    } else if (selection.showsManagement && count > 0) await outputs.push(batch);
    if (selection.exhausted || outputs.exhausted) break;
  }
}

/** What is looked at of each record; undefined for all of it, which files keep. */
function wantedFields(
  args: RabinsArguments,
  filter: Filter,
  model: Model,
  { printer }: PrintPlan,
): ReadonlySet<number> | undefined {
  if (args.write.length > 0) return undefined;
  const counters = (['spkts', 'dpkts', 'sbytes', 'dbytes'] as const).map((name) => STORED_FIELDS[name].number);
  const fields = [...counters, ...filter.fields, ...model.fields, ...(args.quiet ? [] : printer.fields)];
  if (args.totals) fields.push(...TOTAL_FIELDS);
  // Where initiator and responder change places, one becomes the other.
  return new Set([...fields, ...mergedFrom(fields)].flatMap((field) => [field, mirrorOf(field)]));
}

async function openInputs(
  args: RabinsArguments,
  filter: Filter,
  context: Context,
  fields: InputSettings['fields'],
): Promise<RecordInputs> {
  const seconds = args['stop-after'] ?? 0;
  const timer = seconds > 0 ? [AbortSignal.timeout(Math.min(seconds * 1000, TIMER_MS_MAX))] : [];
  const settings = {
    files: args.read,
    trees: args.recurse,
    servers: args.server,
    security: args,
    serverFilter: filter.remote,
    verbose: args.verbose,
    fields,
    peek: undefined,
  };
  return RecordInputs.open(settings, context, AbortSignal.any([context.signal, ...timer]));
}
