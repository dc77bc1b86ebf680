import type { Context } from '../../libs/cli/command.ts';
import { splitInputs } from '../../libs/cli/split/split-inputs.ts';
import { planSplit, type SplitPlan } from '../../libs/cli/split/split-plan.ts';
import { detach, isDetached } from '../../libs/daemon/detach.ts';
import { parseSpan, spanSeconds } from '../../libs/time/span.ts';
import { runnerOf } from './file-program.ts';
import type { RastreamArguments } from './options.ts';

/** Keeps what the command line names in files. @returns the exit status */
export async function keepRecords(args: RastreamArguments, context: Context): Promise<number> {
  const plan = planSplit(args);
  const holdUs = spanSeconds(parseSpan(args.hold)) * 1e6;
  if (args.server.length === 0) return keepInputs(args, plan, holdUs, context);
  if (args.daemon && !isDetached(context)) return detach();
  const { keepStream } = await import('./keep-stream.ts');
  return keepStream(args, plan, holdUs, context);
}

/** Files and standard input have no need of a journal: they can be read again. */
async function keepInputs(args: RastreamArguments, plan: SplitPlan, holdUs: number, context: Context): Promise<number> {
  const runner = runnerOf(args, context.info);
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
  await runner?.idle();
  return runner !== undefined && runner.failures > 0 ? 1 : status;
}
