import type { Context } from '../../libs/cli/command.ts';
import type { ProgramRunner } from '../../libs/archive/program-runner.ts';
import { splitInputs } from '../../libs/cli/split/split-inputs.ts';
import { planSplit, type SplitPlan } from '../../libs/cli/split/split-plan.ts';
import { detach, isDetached } from '../../libs/daemon/detach.ts';
import { UsageError } from '../../libs/core/errors.ts';
import { parseSpan, spanSeconds } from '../../libs/time/span.ts';
import { GRACE_MS, runnerOf } from './file-program.ts';
import type { RastreamArguments } from './options.ts';

/** Keeps what the command line names in files. @returns the exit status */
export async function keepRecords(args: RastreamArguments, context: Context): Promise<number> {
  const plan = planSplit(args);
  const holdUs = spanSeconds(parseSpan(args.hold)) * 1e6;
  if (args.server.length === 0) {
    requireNoDaemon(args);
    return keepInputs(args, plan, holdUs, context);
  }
  if (args.daemon && !isDetached(context)) return detach();
  const { keepStream } = await import('./keep-stream.ts');
  return keepStream(args, plan, holdUs, context);
}

/** Options that only who reads a stream can do anything with, and that would be missed by whoever asked for them. */
const OF_DAEMONS = ['user', 'group', 'pid-file', 'metrics', 'daemon'] as const;

function requireNoDaemon(args: RastreamArguments): void {
  const given = OF_DAEMONS.find((name) => args[name] !== undefined && args[name] !== false);
  if (given === undefined) return;
  throw new UsageError(`--${given} is for a stream, and none is named`, { hint: 'Name its server with -S, or leave it out.' }); // prettier-ignore
}

/** Files and standard input have no need of a journal: they can be read again. */
async function keepInputs(args: RastreamArguments, plan: SplitPlan, holdUs: number, context: Context): Promise<number> {
  const runner = runnerOf(args, context);
  const hasFiles = args.read.some((path) => path !== '-') || args.recurse.length > 0;
  const status = await splitInputs(args, context, {
    plan,
    holdUs: hasFiles ? undefined : holdUs,
    sorts: plan.mode.kind === 'time',
    appends: false,
    observer: {
      finishing: () => Promise.resolve(),
      finished: (files) => {
        for (const { path } of files) runner?.add(path, () => undefined);
        return Promise.resolve();
      },
    },
  });
  if (runner === undefined) return status;
  const left = await comeToEnd(runner, context.signal);
  if (left > 0) context.warn(`told to end before ${args.program} was done with ${left} of the files; nobody runs it for them any more`); // prettier-ignore
  return runner.failures + left > 0 ? 1 : status;
}

/** @returns for how many files the program did not come to its end, since this was told to end first */
async function comeToEnd(runner: ProgramRunner, signal: AbortSignal): Promise<number> {
  let stopped: Promise<number> | undefined;
  const stop = (): void => void (stopped = runner.stop(GRACE_MS));
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  await runner.idle();
  signal.removeEventListener('abort', stop);
  return (await stopped) ?? 0;
}
