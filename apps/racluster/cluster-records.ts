import { Clusters, deferrableFields, fieldsOfRule } from '../../libs/aggregate/clusters.ts';
import { Cluster } from '../../libs/aggregate/cluster.ts';
import type { Rule } from '../../libs/aggregate/configuration.ts';
import { mirrorOf } from '../../libs/aggregate/mirror.ts';
import { sayMerged } from '../../libs/cli/aggregate/say-merged.ts';
import { forBothSides, parseAggregateModes } from '../../libs/cli/aggregate/aggregate-modes.ts';
import { FILE_MODE_WORDS } from '../../libs/cli/mode-words.ts';
import { AggregateScan } from '../../libs/cli/aggregate/aggregate-scan.ts';
import { readClusterRules } from '../../libs/cli/aggregate/cluster-rules.ts';
import type { Context } from '../../libs/cli/command.ts';
import { explain } from '../../libs/cli/listings.ts';
import { writtenFiles, type WrittenWords } from '../../libs/cli/output/filtered-file.ts';
import { parseMemory } from '../../libs/cli/memory-size.ts';
import { planPrinting, type PrintPlan } from '../../libs/cli/output/printer.ts';
import { filesBelow } from '../../libs/cli/input/record-paths.ts';
import { parseRecordRange } from '../../libs/cli/selection/record-range.ts';
import { RecordOutputs } from '../../libs/cli/output/record-outputs.ts';
import { checkReplacing, replaceFile } from '../../libs/cli/output/replace-file.ts';
import { SelectedRecords, type SelectedSettings } from '../../libs/cli/input/selected-records.ts';
import { TOTAL_FIELDS } from '../../libs/cli/output/totals.ts';
import { Room } from '../../libs/codec/room.ts';
import { UsageError } from '../../libs/core/errors.ts';
import { ALL_ROWS, copyRows } from '../../libs/record/select.ts';
import { MANAGEMENT_BATCH } from '../../libs/record/batch.ts';
import { mergedFrom } from '../../libs/aggregate/groups.ts';
import type { RaclusterArguments } from './options.ts';

/** Merges what the command line names and leaves it where it says. @returns the exit status */
export async function clusterRecords(args: RaclusterArguments, context: Context): Promise<number> {
  const modes = forBothSides(parseAggregateModes(args.mode, FILE_MODE_WORDS), args.model);
  const range = args.range === undefined ? undefined : parseRecordRange(args.range);
  const inputRange = range?.counts === 'input' ? range : undefined;
  const plan = await planPrinting(args, modes, context);
  const { rules, modelOptions, ...settings } = await readClusterRules(args, modes);
  const fields = modes.replaces ? undefined : wantedFields(args, rules, plan);
  if (args.explain) return explain(args, context, { fields });
  const options = {
    ...settings,
    memoryBytes: parseMemory(args.memory),
    oneWay: modes.oneWay,
    loneRowsMin: LONE_ROWS_MIN,
  };
  const work: Work = {
    clusters: () =>
      new Clusters(rules, { ...options, ...(fields === undefined ? {} : { fields }) }, (each) => new Cluster(each)),
    records: (paths, scan) =>
      SelectedRecords.open(paths === undefined ? args : { ...args, read: paths, recurse: [] }, context, {
        range: inputRange,
        management: modes.management,
        fields,
        written: writtenFiles(args.write),
        room: new Room(),
        deferred: deferrableFields(rules),
        ...(scan && { scan }),
      }),
    outputs: (write) =>
      RecordOutputs.open({ ...args, write }, context, plan, {
        management: true,
        range: inputRange === undefined ? range : undefined,
        threads: { ...args, modes },
      }),
    warn: context.warn,
  };
  if (modes.replaces) return replaceEach(args, work);
  if (modes.perFile) return mergeEach(args, work);
  const clusters = work.clusters();
  let scan: AggregateScan | undefined;
  const records = await work.records(undefined, (selected, showsManagement) => {
    const { single } = clusters;
    if (single === undefined || showsManagement) return undefined;
    const cluster = { ...settings, oneWay: modes.oneWay, ...(fields === undefined ? {} : { fields }) };
    const order = { selected, words: args.model, modelOptions, cluster, bins: undefined };
    return (scan = AggregateScan.open(single, args.threads, options.memoryBytes, order))?.taker;
  });
  const outputs = await work.outputs(args.write);
  try {
    await records.avoid(writtenFiles(args.write));
    return await merge(work, { records, clusters, scan }, outputs);
  } finally {
    await scan?.close();
    await outputs.end();
  }
}

/** Records of batches that are large enough stay as they are until there is another one of their group. */
const LONE_ROWS_MIN = 4096;

/** What is done with each share of the inputs. */
interface Work {
  readonly warn: Context['warn'];
  clusters(): Clusters<Cluster>;
  /** @param paths of files; all inputs when it is undefined */
  records(paths: string[] | undefined, scan?: SelectedSettings['scan']): Promise<SelectedRecords>;
  outputs(write: WrittenWords): Promise<RecordOutputs>;
}

/** Records that are merged with each other, and threads that help. */
interface Merging {
  readonly records: SelectedRecords;
  readonly clusters: Clusters<Cluster>;
  readonly scan: AggregateScan | undefined;
}

/** @returns the exit status */
async function merge(work: Work, merging: Merging, outputs: RecordOutputs): Promise<number> {
  const { clusters, records } = merging;
  await pump(merging, outputs);
  for await (const batch of clusters.finish()) await outputs.push(batch);
  const status = sayMerged(clusters, work);
  return records.failed ? 1 : status;
}

/** Merges the records of a file by themselves. @returns the exit status */
async function mergeFile(work: Work, path: string, outputs: RecordOutputs): Promise<number> {
  return merge(work, { records: await work.records([path]), clusters: work.clusters(), scan: undefined }, outputs);
}

/** Merges the records of each file by themselves. */
async function mergeEach(args: RaclusterArguments, work: Work): Promise<number> {
  const { paths, areAll } = await pathsOf(args, work);
  const outputs = await work.outputs(args.write);
  let status = areAll ? 0 : 1;
  try {
    for (const path of paths) status = Math.max(status, await mergeFile(work, path, outputs));
  } finally {
    await outputs.end();
  }
  return status;
}

/** Each file becomes what its records became; one that could not be read whole stays as it was. */
async function replaceEach(args: RaclusterArguments, work: Work): Promise<number> {
  checkReplacing(args);
  const { paths, areAll } = await pathsOf(args, work);
  let failed = areAll ? 0 : 1;
  for (const path of paths) {
    let status = 1;
    await replaceFile(path, async (target) => {
      const outputs = await work.outputs([[target]]);
      try {
        status = await mergeFile(work, path, outputs);
      } finally {
        await outputs.end();
      }
      return status === 0;
    });
    if (status !== 0) work.warn(`${path} was not replaced`);
    failed = Math.max(failed, status);
  }
  return failed;
}

interface Paths {
  readonly paths: readonly string[];
  /** Whether all folders could be read; it was said where not. */
  readonly areAll: boolean;
}

/** @throws {UsageError} where not only files are named */
async function pathsOf(args: RaclusterArguments, { warn }: Pick<Context, 'warn'>): Promise<Paths> {
  const paths = args.read.filter((path) => path !== '-');
  let areAll = true;
  const unreadable = (error: Error): void => {
    areAll = false;
    warn(error.message);
  };
  for (const tree of args.recurse) for await (const path of filesBelow(tree, unreadable)) paths.push(path);
  if (paths.length === 0 || args.read.includes('-') || args.server.length > 0) {
    throw new UsageError('-M ind and -M replace need files', { hint: 'Name them after -r or -R.' });
  }
  return { paths, areAll };
}

/** What is looked at of each record; undefined for all of it, which files keep. */
function wantedFields(
  args: RaclusterArguments,
  rules: readonly Rule[],
  { printer }: PrintPlan,
): ReadonlySet<number> | undefined {
  if (args.write.length > 0) return undefined;
  const fields = new Set(args.quiet ? [] : printer.fields);
  if (args.totals) for (const field of TOTAL_FIELDS) fields.add(field);
  for (const field of rules.flatMap(fieldsOfRule)) fields.add(field);
  // Where initiator and responder change places, one becomes the other.
  return new Set([...fields, ...mergedFrom(fields)].flatMap((field) => [field, mirrorOf(field)]));
}

async function pump({ records, clusters, scan }: Merging, outputs: RecordOutputs): Promise<void> {
  for await (const { batch, rows, count } of records) {
    await scan?.before(count);
    if (batch.kind === MANAGEMENT_BATCH) {
      // Outputs may keep it for a while.
      if (records.showsManagement) await outputs.push(copyRows(batch, ALL_ROWS, batch.rows));
    } else {
      clusters.push(batch, rows, count);
      for (const done of clusters.due()) await outputs.push(done);
    }
    if (outputs.exhausted) return;
  }
  await scan?.before(0);
}
