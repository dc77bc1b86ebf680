import { randomInt } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import type { Context } from '../../libs/cli/command.ts';
import { giveDirectory } from '../../libs/cli/state-directory.ts';
import { nowUs } from '../../libs/core/clock.ts';
import { BATCH_ROWS_MAX } from '../../libs/record/batch.ts';
import { detach, isDetached } from '../../libs/daemon/detach.ts';
import { Surroundings } from '../../libs/daemon/surroundings.ts';
import { CAUSE } from '../../libs/record/fields/field.ts';
import { checkCaptures, checkFilterWords } from './capture-paths.ts';
import type { Counting, Outcome } from './counting.ts';
import { ManagementTimer, managementValues, startValues } from './management.ts';
import { argusMetrics } from './metrics.ts';
import { OriginRecords } from './origin-records.ts';
import { Outputs } from './outputs.ts';
import { problemLines } from './problems.ts';
import type { LinkUnknown, ProbeOptions } from './probe.ts';
import type { ArgusArguments } from './options.ts';
import { liveGroups, probeOptions } from './settings.ts';
import { statusLines } from './status.ts';

/** Runs a probe until its input ends or it is told to stop. @returns the exit status */
export async function runProbe(args: ArgusArguments, context: Context): Promise<number> {
  const startUs = nowUs();
  const options = probeOptions(args, startUs, randomInt(2 ** 31), BATCH_ROWS_MAX);
  checkCaptures(args.read, context);
  checkFilterWords(args.operands);
  if (args['show-filter']) {
    const { filterListing } = await import('./show-filter.ts');
    await context.stdout.write(filterListing(args.operands.join(' '), !args['no-optimizer']));
    return 0;
  }
  if (args['control-plane'] && args.payload === 0) context.warn('-C does nothing; -U keeps payload, that of all flows');
  if (args.daemon && !isDetached(context)) return detach();
  const surroundings = await Surroundings.enter(args, context);
  try {
    return await count(args, options, startUs, surroundings, context);
  } finally {
    surroundings.leave();
  }
}

async function count(
  args: ArgusArguments,
  options: ProbeOptions,
  startUs: number,
  surroundings: Surroundings,
  context: Context,
): Promise<number> {
  const outputs = await Outputs.open(args, options.origin.source, startUs, context);
  const countings = await openInputs(args, options, args.operands.join(' '), outputs, context);
  for (const counting of countings) await counting.records.manage(CAUSE.start, startValues(counting));
  await surroundings.ready({
    reload: args.read.length > 0 ? undefined : (root) => outputs.reopen(root),
    status: () => statusLines(countings, outputs, startUs),
    metrics: (metrics) => argusMetrics(metrics, countings, outputs),
    beforeRights: (identity) => {
      const { stateDirectory } = outputs;
      if (stateDirectory !== undefined && identity?.user !== undefined)
        giveDirectory(stateDirectory, identity.user.uid, identity.gid, context.warn);
      if (identity?.user === undefined || countings.every(({ capture }) => capture !== 'cap')) return;
      context.warn('with --capture cap, the process that captures keeps its rights');
    },
  });
  outputs.moveTo(surroundings.root);
  const outcomes = await Promise.all(countings.map((counting) => finish(counting, outputs, args.management)));
  await outputs.end();
  const damage = outcomes.flatMap((outcome) => outcome.damage);
  for (const { name, offset, reason } of damage) {
    context.warn(offset < 0 ? `${name}: ${reason}` : `${name}: damaged at byte ${offset}: ${reason}`);
  }
  if (args.problems)
    for (const { totals } of outcomes)
      for (const line of problemLines(totals.problems, totals.packets)) context.warn(line);
  return damage.length === 0 ? 0 : 1;
}

async function finish(counting: Counting, outputs: Outputs, everySeconds: number): Promise<Outcome> {
  const timer = new ManagementTimer(counting, outputs, everySeconds);
  let outcome: Outcome;
  try {
    outcome = await counting.finish();
  } finally {
    await timer.stop();
  }
  await counting.records.manage(CAUSE.stop, managementValues(counting, outcome.totals, outputs));
  return outcome;
}

/** The inputs that the command line names, each with its own records: the capture files, or the groups of interfaces. */
async function openInputs(
  args: ArgusArguments,
  options: ProbeOptions,
  filter: string,
  outputs: Outputs,
  context: Context,
): Promise<Counting[]> {
  const linkUnknown: LinkUnknown = (linkType) =>
    context.warn(`link type ${linkType} is not known: its frames count in one flow`);
  if (args.read.length > 0) {
    const { countFiles } = await import('./file-counting.ts');
    const pace = args.pace === undefined ? {} : { pace: args.pace };
    const captures = { files: args.read, filter, optimize: !args['no-optimizer'], follows: args.follow, ...pace };
    const records = new OriginRecords(options.origin, outputs);
    return [await countFiles(options, captures, args.workers, records, linkUnknown, context)];
  }
  // Else young objects would take up to 16 MiB in each thread, and less whenever V8 finds time to shrink that.
  setFlagsFromString('--semi-space-growth-factor=1');
  const { LiveCounting } = await import('./live-counting.ts');
  const { linkWords } = await import('./link-words.ts');
  const { groups, settings } = await liveGroups(args, options.origin.source, filter, context.warn);
  const countings: Counting[] = [];
  for (const group of groups) {
    const origin = { ...options.origin, source: group.source };
    const records = new OriginRecords(origin, outputs);
    const listener = { linkUnknown, link: (event: Parameters<typeof linkWords>[0]) => context.warn(linkWords(event)) };
    countings.push(await LiveCounting.open(group, settings, { ...options, origin }, records, listener, context.signal));
  }
  return countings;
}
