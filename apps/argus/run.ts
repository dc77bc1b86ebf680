import { randomInt } from 'node:crypto';
import type { Context } from '../../libs/cli/command.ts';
import { version } from '../../libs/cli/version.ts';
import { nowUs } from '../../libs/core/clock.ts';
import { BATCH_ROWS_MAX, type Batch } from '../../libs/record/batch.ts';
import { CAUSE } from '../../libs/record/fields/field.ts';
import { managementBatch, type ManagementReport } from '../../libs/record/management.ts';
import { announceReady, detach, isDetached } from './daemon.ts';
import { Outputs } from './outputs.ts';
import { countedProblems, problemLines } from './problems.ts';
import { Probe, type LinkUnknown, type ProbeOptions, type ProbeTotals } from './probe.ts';
import { probeOptions, type ArgusArguments } from './settings.ts';
import { openCaptures, openInterface, type CaptureSettings, type Damage } from './sources.ts';

/** Runs a probe until its input ends or it is told to stop. @returns the exit status */
export async function runProbe(args: ArgusArguments, context: Context): Promise<number> {
  const startUs = nowUs();
  const options = probeOptions(args, startUs, randomInt(2 ** 31), BATCH_ROWS_MAX);
  const filter = args.operands.join(' ');
  if (args['show-filter']) {
    const { filterListing } = await import('./show-filter.ts');
    await context.stdout.write(filterListing(filter, !args['no-optimizer']));
    return 0;
  }
  if (args.daemon && !isDetached(context)) return detach(context);
  const captures: CaptureSettings = { files: args.read, filter, optimize: !args['no-optimizer'] };
  const outputs = await Outputs.open(args, options.origin.source, startUs, context);
  const run = new ProbeRun(options, outputs);
  const input = args.read.length > 0 ? args.read.join(' ') : (args.interface ?? 'first interface');
  await run.manage(CAUSE.start, { minput: input.slice(0, 255) });
  if (args.read.length > 0) announceReady();
  const { totals, damage } =
    args.read.length > 0
      ? await run.readFiles(captures, args.workers, context)
      : await run.watch(args, filter, context);
  await run.manage(CAUSE.stop, report(totals, run.records, outputs));
  await outputs.end();
  for (const { name, offset, reason } of damage) {
    context.warn(offset < 0 ? `${name}: ${reason}` : `${name}: damaged at byte ${offset}: ${reason}`);
  }
  if (args.problems) for (const line of problemLines(totals.problems, totals.packets)) context.warn(line);
  return damage.length === 0 ? 0 : 1;
}

interface Outcome {
  readonly totals: ProbeTotals;
  readonly damage: readonly Damage[];
}

/** One run of a probe: numbers its records and hands them to the outputs. */
class ProbeRun {
  readonly #options: ProbeOptions;
  readonly #outputs: Outputs;
  #next = 0;
  #room: Promise<void> | undefined;

  constructor(options: ProbeOptions, outputs: Outputs) {
    this.#options = options;
    this.#outputs = outputs;
  }

  /** Records made so far, management records included. */
  get records(): number {
    return this.#next;
  }

  /** Waits while the outputs take no more. */
  async #ready(): Promise<void> {
    while (this.#room !== undefined) {
      const room = this.#room;
      await room;
      if (this.#room === room) this.#room = undefined;
    }
  }

  #push(batch: Batch): Promise<void> | undefined {
    const numbered = { ...batch, first: this.#next };
    this.#next += batch.rows;
    this.#room = this.#outputs.push(numbered) ?? this.#room;
    return this.#room;
  }

  #probe(context: Context): Probe {
    const emit = (batch: Batch): void => void this.#push(batch);
    return new Probe(this.#options, emit, linkWarning(context));
  }

  async manage(cause: number, values: ManagementReport['values']): Promise<void> {
    const timeUs = nowUs();
    const { origin } = this.#options;
    const durationNs = Math.max(0, timeUs - origin.run) * 1000;
    const said = { cause, timeUs, durationNs, values: { mversion: `argus ${version()}`, ...values } };
    await this.#push(managementBatch(origin, 0, said));
  }

  async readFiles(captures: CaptureSettings, workers: number, context: Context): Promise<Outcome> {
    const threads = threadsFor(workers, this.#options, captures.files);
    if (threads > 1) {
      const { readInThreads } = await import('./probe-pool.ts');
      const take = (batch: Batch): Promise<void> | undefined => this.#push(batch);
      const order = { options: this.#options, captures };
      return readInThreads(order, threads, context.signal, take, linkWarning(context));
    }
    const probe = this.#probe(context);
    const damage: Damage[] = [];
    for await (const source of openCaptures(captures, damage, context.stdin, context.signal)) {
      await probe.read(source, context.signal, () => this.#ready());
    }
    probe.flush();
    await this.#ready();
    return { totals: probe.totals(), damage };
  }

  async watch(args: ArgusArguments, filter: string, context: Context): Promise<Outcome> {
    const probe = this.#probe(context);
    const source = await openInterface(args.interface, filter);
    announceReady();
    try {
      await probe.read(source, context.signal, () => this.#ready());
    } finally {
      await source.close();
    }
    probe.flush();
    await this.#ready();
    const { name, damage } = source;
    const reasons = damage === null ? [] : [{ name, offset: -1, reason: damage.reason }];
    return { totals: probe.totals(), damage: reasons };
  }
}

/** A range of packet numbers and a pipe are for one thread alone. */
function threadsFor(wanted: number, { packets }: ProbeOptions, files: readonly string[]): number {
  return packets.last !== -1 || packets.first > 1 || files.includes('-') ? 1 : wanted;
}

function linkWarning({ warn }: Context): LinkUnknown {
  return (linkType) => warn(`link type ${linkType} is not known: its frames count in one flow`);
}

/** The last management record's account of the run. */
function report(totals: ProbeTotals, records: number, outputs: Outputs): ManagementReport['values'] {
  const problems = countedProblems(totals.problems);
  const stats = outputs.serverStats;
  return {
    mpkts: totals.packets,
    mbytes: totals.bytes,
    ...(totals.droppedByKernel < 0 ? {} : { mkdrops: totals.droppedByKernel }),
    mdrops: totals.droppedByUs,
    mfiltered: totals.filtered,
    mbad: problems.reduce((sum, { packets }) => sum + packets, 0),
    mflows: totals.flowsOpened,
    mevicted: totals.flowsEvicted,
    mrecords: records,
    ...(stats === undefined ? {} : { mreaders: stats.readers, mqueued: stats.queuedRecords, mlost: stats.dropped }),
    mmemory: process.memoryUsage.rss(),
    ...(problems.length === 0
      ? {}
      : { mproblems: problems.map(({ name, packets }) => `${name}=${packets}`).join(', ') }),
  };
}
