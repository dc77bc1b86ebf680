import { readFile, rename, rm } from 'node:fs/promises';
import { Clusters } from '../../libs/aggregate/clusters.ts';
import { parseClusterConfiguration, type Rule } from '../../libs/aggregate/configuration.ts';
import { mirrorOf } from '../../libs/aggregate/mirror.ts';
import { parseModel } from '../../libs/aggregate/model.ts';
import { parseAggregateModes, type AggregateModes } from '../../libs/cli/aggregate-modes.ts';
import type { Context } from '../../libs/cli/command.ts';
import { parseMemory } from '../../libs/cli/memory-size.ts';
import { planPrinting, type PrintPlan } from '../../libs/cli/printer.ts';
import { recordFilter } from '../../libs/cli/record-filter.ts';
import { RecordInputs, type InputSettings } from '../../libs/cli/record-inputs.ts';
import { cannotRead, filesBelow } from '../../libs/cli/record-paths.ts';
import { parseRecordRange } from '../../libs/cli/record-range.ts';
import { ResultOutputs } from '../../libs/cli/result-outputs.ts';
import { RecordSelection } from '../../libs/cli/selection.ts';
import { TOTAL_FIELDS } from '../../libs/cli/totals.ts';
import { parseWriteTarget } from '../../libs/cli/write-target.ts';
import { UsageError } from '../../libs/core/errors.ts';
import type { Filter } from '../../libs/filter/compile.ts';
import { EVERYTHING } from '../../libs/filter/everything.ts';
import { MANAGEMENT_BATCH } from '../../libs/record/batch.ts';
import { mergedFrom } from '../../libs/aggregate/groups.ts';
import type { RaclusterArguments } from './command.ts';

/** Longest time that `-T` can wait, which is a limit of timers. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Merges what the command line names and leaves it where it says. @returns the exit status */
export async function clusterRecords(args: RaclusterArguments, context: Context): Promise<number> {
  const modes = parseAggregateModes(args.mode);
  const filter = await recordFilter(args);
  const range = args.range === undefined ? undefined : parseRecordRange(args.range);
  const inputRange = range?.counts === 'input' ? range : undefined;
  const selection = new RecordSelection({ filter, range: inputRange, management: modes.management });
  const plan = await planPrinting(args, modes, context);
  const { rules, ...settings } = await readRules(args, modes);
  const fields = modes.replaces ? undefined : wantedFields(args, filter, rules, plan);
  const options = { ...settings, memoryBytes: parseMemory(args.memory), oneWay: modes.oneWay };
  const work: Work = {
    selection,
    clusters: () => new Clusters(rules, { ...options, ...(fields === undefined ? {} : { fields }) }),
    inputs: (paths) => openInputs(args, paths, filter, context, fields),
    outputs: (write) =>
      ResultOutputs.open({ ...args, write }, context, plan, inputRange === undefined ? range : undefined),
    warn: context.warn,
  };
  if (modes.replaces) return replaceEach(args, work);
  const outputs = await work.outputs(args.write);
  try {
    if (!modes.perFile) return await merge(work, args.write, undefined, outputs);
    let status = 0;
    for (const path of await pathsOf(args, context))
      status = Math.max(status, await merge(work, args.write, [path], outputs));
    return status;
  } finally {
    await outputs.end();
  }
}

/** What is done with each share of the inputs. */
interface Work {
  readonly selection: RecordSelection;
  readonly warn: Context['warn'];
  clusters(): Clusters;
  /** @param paths of files; all inputs when it is undefined */
  inputs(paths: readonly string[] | undefined): Promise<RecordInputs>;
  outputs(write: readonly string[]): Promise<ResultOutputs>;
}

/** @returns the exit status */
async function merge(
  work: Work,
  write: readonly string[],
  paths: readonly string[] | undefined,
  outputs: ResultOutputs,
): Promise<number> {
  const inputs = await work.inputs(paths);
  await inputs.avoid(write.map((text) => parseWriteTarget(text).path));
  const clusters = work.clusters();
  if (!work.selection.exhausted) await pump(inputs, work.selection, clusters, outputs);
  for await (const batch of clusters.finish()) await outputs.push(batch);
  if (clusters.unknownColumns > 0)
    work.warn('fields of a later version were left out, since how they merge is not known');
  return inputs.failed ? 1 : 0;
}

/** Each file becomes what its records became; one that could not be read whole stays as it was. */
async function replaceEach(args: RaclusterArguments, work: Work): Promise<number> {
  if (args.write.length > 0) throw new UsageError('-M replace and -w exclude each other');
  let failed = 0;
  for (const path of await pathsOf(args, work)) {
    const draft = `${path}.new`;
    const outputs = await work.outputs([draft]);
    let status = 1;
    try {
      status = await merge(work, [draft], [path], outputs);
    } finally {
      await outputs.end();
      if (status !== 0) await rm(draft, { force: true });
    }
    if (status === 0) await rename(draft, path);
    else work.warn(`${path} was not replaced`);
    failed = Math.max(failed, status);
  }
  return failed;
}

/** @throws {UsageError} where not only files are named */
async function pathsOf(args: RaclusterArguments, { warn }: Pick<Context, 'warn'>): Promise<string[]> {
  const paths = args.read.filter((path) => path !== '-');
  for (const tree of args.recurse) {
    for await (const path of filesBelow(tree, (error) => warn(error.message))) paths.push(path);
  }
  if (paths.length === 0 || args.read.includes('-') || args.server.length > 0) {
    throw new UsageError('-M ind and -M replace need files', { hint: 'Name them after -r or -R.' });
  }
  return paths;
}

interface Rules {
  readonly rules: readonly Rule[];
  readonly reports: boolean;
  readonly preserves: boolean;
}

/** What `-f` says, and behind it `-m` for all records that it does not. */
async function readRules(args: RaclusterArguments, modes: AggregateModes): Promise<Rules> {
  const given =
    args.config === undefined ? undefined : parseClusterConfiguration(await textOf(args.config), args.config);
  const correct = modes.correct ?? given?.correct;
  const model = parseModel(args.model, { rmon: modes.rmon, ...(correct === undefined ? {} : { correct }) });
  const rest: Rule = { filter: EVERYTHING, grep: undefined, model, timeouts: undefined, label: undefined, continues: false }; // prettier-ignore
  return {
    rules: [...(given?.rules ?? []), rest],
    reports: modes.reports && given?.reports !== false,
    preserves: modes.preserves && given?.preserves !== false,
  };
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw cannotRead(path, error);
  }
}

/** What is looked at of each record; undefined for all of it, which files keep. */
function wantedFields(
  args: RaclusterArguments,
  filter: Filter,
  rules: readonly Rule[],
  { printer }: PrintPlan,
): ReadonlySet<number> | undefined {
  if (args.write.length > 0) return undefined;
  const fields = new Set([...filter.fields, ...(args.quiet ? [] : printer.fields)]);
  if (args.totals) for (const field of TOTAL_FIELDS) fields.add(field);
  for (const rule of rules) for (const field of [...rule.filter.fields, ...rule.model.fields]) fields.add(field);
  // Where initiator and responder change places, one becomes the other.
  return new Set([...fields, ...mergedFrom(fields)].flatMap((field) => [field, mirrorOf(field)]));
}

async function openInputs(
  args: RaclusterArguments,
  paths: readonly string[] | undefined,
  filter: Filter,
  context: Context,
  fields: InputSettings['fields'],
): Promise<RecordInputs> {
  const seconds = args['stop-after'] ?? 0;
  const timer = seconds > 0 ? [AbortSignal.timeout(Math.min(seconds * 1000, TIMER_MS_MAX))] : [];
  const settings = {
    files: paths ?? args.read,
    trees: paths === undefined ? args.recurse : [],
    servers: args.server,
    security: args,
    serverFilter: filter.remote,
    verbose: args.verbose,
    fields,
    peek: undefined,
  };
  return RecordInputs.open(settings, context, AbortSignal.any([context.signal, ...timer]));
}

async function pump(
  inputs: RecordInputs,
  selection: RecordSelection,
  clusters: Clusters,
  outputs: ResultOutputs,
): Promise<void> {
  for await (const batch of inputs) {
    const count = selection.take(batch, selection.match(batch));
    if (batch.kind === MANAGEMENT_BATCH) {
      if (selection.showsManagement && count > 0) await outputs.push(batch);
    } else {
      clusters.push(batch, selection.rows, count);
      for (const done of clusters.due()) await outputs.push(done);
    }
    if (selection.exhausted || outputs.exhausted) break;
  }
}
